//! Receipts of anybody else, in a form of our own: for relays and gateways that have an adapter of yours in between.
//!
//! ```json
//! {"Id": "1", "MessageId": "0123…", "EventType": "_email.hardbounce", "Timestamp": "2026-11-30T09:00:00Z",
//!  "Address": "ann@x.example", "Attributes": {"feedback": "hardbounce"}}
//! ```
//!
//! `Id` and `EventType` are needed, and one of `MessageId` (ours, which mail carries in its `Message-ID`), `ProviderId` and
//! `Address`. The request carries the signature of [`crate::signature`].

use model::time::parse_instant;
use serde_json::{Map, Value};

use super::{Receipt, text};

/// Reads a receipt.
///
/// # Errors
/// The member that is missing or wrong.
pub fn receipt(body: &Value) -> Result<Receipt, String> {
    let needed = |name: &str| text(body, name).ok_or_else(|| format!("{name}: required, but missing"));
    let event = needed("EventType")?;
    if !event.starts_with("_email.") && !event.starts_with("_SMS.") && !event.starts_with("_journey.") {
        return Err("EventType: expected an event of a message, such as `_email.hardbounce`".to_owned());
    }
    let owned = |name: &str| text(body, name).map(str::to_owned);
    let (message, provider_id, address) = (owned("MessageId"), owned("ProviderId"), owned("Address"));
    if message.is_none() && provider_id.is_none() && address.is_none() {
        return Err("expected one of `MessageId`, `ProviderId` and `Address`".to_owned());
    }
    let at = match text(body, "Timestamp") {
        None => None,
        Some(instant) => Some(parse_instant(instant).ok_or("Timestamp: expected an ISO 8601 instant")?),
    };
    let attributes = body.get("Attributes").and_then(Value::as_object).into_iter().flatten();
    let attributes = attributes.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    Ok(Receipt {
        id: needed("Id")?.to_owned(),
        message,
        provider_id,
        address,
        event: event.to_owned(),
        at,
        attributes: attributes.collect(),
        metrics: Vec::new(),
        detail: Map::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_needed_is_asked_for() {
        let read = receipt(&json!({"Id": "1", "MessageId": "m", "EventType": "_email.open", "Attributes": {"a": "b"}}));
        let expected = Receipt {
            id: "1".into(),
            message: Some("m".into()),
            event: "_email.open".into(),
            attributes: vec![("a".into(), "b".into())],
            ..Receipt::default()
        };
        assert_eq!(read, Ok(expected));
        for (body, message) in [
            (json!({}), "EventType: required, but missing"),
            (
                json!({"EventType": "cart.checkout"}),
                "EventType: expected an event of a message, such as `_email.hardbounce`",
            ),
            (json!({"EventType": "_email.open"}), "expected one of `MessageId`, `ProviderId` and `Address`"),
            (json!({"EventType": "_email.open", "Address": "a"}), "Id: required, but missing"),
            (
                json!({"EventType": "_email.open", "Address": "a", "Id": "1", "Timestamp": "now"}),
                "Timestamp: expected an ISO 8601 instant",
            ),
        ] {
            assert_eq!(receipt(&body), Err(message.to_owned()));
        }
    }
}
