//! Messages of a server: those that it kept and those that went out.

use model::Millis;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Elsewhere;

/// Messages of a server, newest first: those that it kept and those that went out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Outbox {
    /// Whose; `None` = that of the Pinpoint inside the studio.
    #[serde(default)]
    pub at: Option<Elsewhere>,
    /// What stands in a rendered part or in the address; empty = anything.
    #[serde(default)]
    pub text: String,
    /// `EMAIL`, `SMS`, …; empty = every channel.
    #[serde(default)]
    pub channel: String,
    /// `FAILED` (could not be made), `QUEUED`, `ACCEPTED`, `DELIVERED`, `UNKNOWN`, `SKIPPED`, `DEAD` (given up); empty =
    /// all.
    #[serde(default)]
    pub status: String,
    /// Where an earlier page ended.
    #[serde(default)]
    pub token: Option<String>,
}

command!(Outbox, "outbox" => OutboxPage);

/// A page of the outbox.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OutboxPage {
    /// At most 50 messages.
    pub messages: Vec<OutboxMessage>,
    /// Asks for the next page; `None` = this is the last.
    pub next: Option<String>,
}

/// The source of a mail, as it is sent, without attachments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailSource {
    /// Whose outbox; `None` = that of the Pinpoint inside the studio.
    #[serde(default)]
    pub at: Option<Elsewhere>,
    /// Id of the message.
    pub id: String,
}

command!(MailSource, "mail-source" => String);

/// Puts a message that was given up back into the queue of its channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Replay {
    /// Whose outbox; `None` = that of the Pinpoint inside the studio.
    #[serde(default)]
    pub at: Option<Elsewhere>,
    /// Id of the message.
    pub id: String,
}

command!(Replay, "replay" => ());

/// A message in the outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxMessage {
    /// Its id.
    pub id: String,
    /// When it was handed over.
    pub at: Millis,
    /// `EMAIL`, `SMS`, `APNS`, `GCM`, …
    pub channel: String,
    /// Address of the recipient.
    pub address: String,
    /// Id of the journey; of the campaign or request, when one of those sent it.
    pub journey: String,
    /// Id of the activity; empty for a request.
    pub activity: String,
    /// Subject, title or first words.
    pub title: String,
    /// The rendered parts by name: `Subject`, `HtmlPart`, `TextPart`, `Body`, …
    pub content: Value,
    /// Why it could not be made, and nobody got it; `None` = it was handed over.
    #[serde(default)]
    pub failure: Option<String>,
    /// Where it stands on its way out; `None` = its channel has no adapter, it stays here.
    #[serde(default)]
    pub delivery: Option<DeliveryView>,
}

/// Where a message stands on its way out.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DeliveryView {
    /// `QUEUED`, `ACCEPTED`, `DELIVERED`, `UNKNOWN`, `SKIPPED`, `DEAD`.
    pub status: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub next_at: Option<Millis>,
    /// The other side's last words.
    pub reason: Option<String>,
}
