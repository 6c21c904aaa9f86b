//! What comes back after a message was accepted: bounces, complaints, receipts, answers.
//!
//! Each way in gives [`Receipt`]s: events of Pinpoint's own names, about one message or one address. Nothing is believed
//! that is not signed: [`sns`] checks the envelope that AWS sends, [`own`] takes what carries our own signature.

pub mod own;
pub mod ses;
pub mod sms;
pub mod sns;

use model::Millis;
use serde_json::{Map, Value};

/// One event about a message or an address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Receipt {
    /// What makes it the one it is: the same receipt that comes twice has the same one.
    pub id: String,
    /// Our id of the message, where it came back.
    pub message: Option<String>,
    /// The provider's id of the message.
    pub provider_id: Option<String>,
    /// The address that it is about, where it is said.
    pub address: Option<String>,
    /// `event_type` (events-and-analytics.md 2), or [`CALL_COMPLETED`] or [`CALL_FAILED`], which are no events.
    pub event: String,
    /// When it happened, milliseconds since 1970.
    pub at: Option<Millis>,
    /// `attributes` of the event.
    pub attributes: Vec<(String, String)>,
    /// `metrics` of the event.
    pub metrics: Vec<(String, f64)>,
    /// What `mail_event` says beside `mail` (events-and-analytics.md 1.4): `{"bounce": {…}}`.
    pub detail: Map<String, Value>,
}

/// A voice message was spoken to the end.
pub const CALL_COMPLETED: &str = "call completed";
/// Nobody took the call of a voice message, or it broke off.
pub const CALL_FAILED: &str = "call failed";

/// Whether a receipt is about the call of a voice message: Pinpoint has no events of these (events-and-analytics.md 1).
pub fn is_call(event: &str) -> bool {
    matches!(event, CALL_COMPLETED | CALL_FAILED)
}

/// Whether a text is an opt-out keyword: the whole message, in any case (events-and-analytics.md 2).
pub fn is_opt_out(text: &str) -> bool {
    const KEYWORDS: [&str; 10] =
        ["ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "STOP", "TD", "UNSUBSCRIBE"];
    KEYWORDS.iter().any(|keyword| text.trim().eq_ignore_ascii_case(keyword))
}

/// The text of a member.
fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opt_out_keywords_are_whole_messages() {
        assert!(["STOP", " stop ", "Arret", "opt-out"].into_iter().all(is_opt_out));
        assert!(!["please stop", "stopp", ""].into_iter().any(is_opt_out));
    }
}
