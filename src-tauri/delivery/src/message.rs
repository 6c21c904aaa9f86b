//! A message as an adapter takes it.

use model::Millis;
use serde_json::{Map, Value};

/// A rendered message for one address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outgoing {
    /// Its id in the outbox, 32 hexadecimal characters: the idempotency key. The same message has the same one, however
    /// often it is tried.
    pub id: String,
    /// `ChannelType` of the address: `EMAIL`, `SMS`, `GCM` and so on.
    pub channel: String,
    /// Where it goes: an e-mail address, an E.164 number, a device token.
    pub address: String,
    /// When it was made, milliseconds since 1970.
    pub at: Millis,
    /// The rendered texts by part: `Subject`, `HtmlPart`, `TextPart`, `Headers.NAME`, `Body`, `Title`, `RawContent` …
    pub parts: Vec<(String, String)>,
    /// What the channel needs besides the texts, in members and types of the API's own shapes.
    pub envelope: Map<String, Value>,
    /// Where a click opts the address out, an https URL; of e-mail only.
    pub unsubscribe: Option<String>,
}

impl Outgoing {
    /// The text of a part.
    pub fn part(&self, name: &str) -> Option<&str> {
        self.parts.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// A text of the envelope that is not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.envelope.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A whole number of the envelope, which may also be written as a text (`TimeToLive` of a journey).
    pub fn number(&self, name: &str) -> Option<i64> {
        let value = self.envelope.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }
}
