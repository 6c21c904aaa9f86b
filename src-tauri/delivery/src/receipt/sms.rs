//! Events of AWS End User Messaging SMS and voice, and the text messages that people answer.

use model::Millis;
use serde_json::{Map, Value};

use super::{CALL_COMPLETED, CALL_FAILED, Receipt, is_opt_out, text};

/// The key of `context` that brings our id back.
const CONTEXT: &str = "waymark-message";

/// The events in a notification: what became of a message, or an answer to one; none when it tells nothing that Pinpoint
/// tells. `id` = that of the envelope.
pub fn receipts(id: &str, notification: &Value) -> Vec<Receipt> {
    if notification.get("inboundMessageId").is_some() {
        return inbound(id, notification);
    }
    let kind = text(notification, "eventType").unwrap_or_default();
    let Some(status) = text(notification, "messageStatus") else { return Vec::new() };
    let event = match status {
        "COMPLETED" if kind.starts_with("VOICE_") => CALL_COMPLETED,
        "BUSY" | "NO_ANSWER" | "FAILED" | "TTL_EXPIRED" if kind.starts_with("VOICE_") => CALL_FAILED,
        // It rings, or is spoken: not the end yet.
        _ if !kind.starts_with("TEXT_") => return Vec::new(),
        "DELIVERED" | "SUCCESSFUL" => "_SMS.SUCCESS",
        "PENDING" | "QUEUED" | "SENT" => "_SMS.BUFFERED",
        _ => "_SMS.FAILURE",
    };
    let attributes = [
        ("record_status", Some(status)),
        ("destination_phone_number", text(notification, "destinationPhoneNumber")),
        ("origination_phone_number", text(notification, "originationPhoneNumber")),
        ("iso_country_code", text(notification, "isoCountryCode")),
        ("message_id", text(notification, "messageId")),
        ("message_type", text(notification, "messageType").map(spelled)),
    ];
    let mut attributes: Vec<(String, String)> =
        attributes.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
    if let Some(parts) = notification.get("totalMessageParts").and_then(Value::as_u64) {
        attributes.push(("number_of_message_parts".to_owned(), parts.to_string()));
    }
    // USD there, thousandths of a cent here.
    let price = notification.get("totalMessagePrice").and_then(Value::as_f64).filter(|_| event != "_SMS.BUFFERED");
    vec![Receipt {
        id: id.to_owned(),
        message: notification["context"][CONTEXT].as_str().map(str::to_owned),
        provider_id: text(notification, "messageId").map(str::to_owned),
        address: text(notification, "destinationPhoneNumber").map(str::to_owned),
        event: event.to_owned(),
        at: at(notification, "eventTimestamp"),
        attributes,
        metrics: price.map(|usd| ("price_in_millicents_usd".to_owned(), usd * 100_000.0)).into_iter().collect(),
        detail: Map::new(),
    }]
}

/// An answer: `_SMS.RECEIVED`, and `_SMS.OPTOUT` when it is an opt-out keyword.
fn inbound(id: &str, notification: &Value) -> Vec<Receipt> {
    let body = text(notification, "messageBody").unwrap_or_default();
    let attributes = [
        ("origination_phone_number", text(notification, "originationNumber")),
        ("destination_phone_number", text(notification, "destinationNumber")),
        ("message_keyword", text(notification, "messageKeyword")),
        ("message_body", Some(body)),
    ];
    let attributes: Vec<(String, String)> =
        attributes.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
    let receipt = |event: &str| Receipt {
        id: format!("{id}/{event}"),
        message: None,
        provider_id: text(notification, "previousPublishedMessageId").map(str::to_owned),
        address: text(notification, "originationNumber").map(str::to_owned),
        event: event.to_owned(),
        at: None,
        attributes: attributes.clone(),
        metrics: Vec::new(),
        detail: Map::new(),
    };
    let mut receipts = vec![receipt("_SMS.RECEIVED")];
    if is_opt_out(body) {
        receipts.push(receipt("_SMS.OPTOUT"));
    }
    receipts
}

fn at(value: &Value, name: &str) -> Option<Millis> {
    value.get(name).and_then(Value::as_i64)
}

/// `message_type` as Pinpoint writes it.
fn spelled(kind: &str) -> &str {
    match kind {
        "TRANSACTIONAL" => "Transactional",
        "PROMOTIONAL" => "Promotional",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_receipt_becomes_an_event() {
        let notification = |status: &str| {
            json!({
                "eventType": format!("TEXT_{status}"), "eventTimestamp": 1_796_029_200_000_i64, "messageId": "p-1",
                "destinationPhoneNumber": "+15550100001", "originationPhoneNumber": "+15550100002",
                "isoCountryCode": "US", "messageType": "TRANSACTIONAL", "messageStatus": status,
                "totalMessageParts": 2, "totalMessagePrice": 0.00645, "context": {"waymark-message": "m-1"},
            })
        };
        let [receipt] = &receipts("n", &notification("DELIVERED"))[..] else { panic!("one receipt") };
        assert_eq!((receipt.event.as_str(), receipt.message.as_deref()), ("_SMS.SUCCESS", Some("m-1")));
        assert_eq!((receipt.provider_id.as_deref(), receipt.at), (Some("p-1"), Some(1_796_029_200_000)));
        assert_eq!(receipt.metrics, [("price_in_millicents_usd".to_owned(), 645.0)]);
        let attribute =
            |name: &str| receipt.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| &**value);
        assert_eq!(attribute("record_status"), Some("DELIVERED"));
        assert_eq!(attribute("number_of_message_parts"), Some("2"));
        assert_eq!(attribute("message_type"), Some("Transactional"));
        for (status, event) in [
            ("SUCCESSFUL", "_SMS.SUCCESS"),
            ("PENDING", "_SMS.BUFFERED"),
            ("UNREACHABLE", "_SMS.FAILURE"),
            ("BLOCKED", "_SMS.FAILURE"),
            ("UNKNOWN", "_SMS.FAILURE"),
            ("TTL_EXPIRED", "_SMS.FAILURE"),
        ] {
            assert_eq!(receipts("n", &notification(status))[0].event, event, "{status}");
        }
        assert!(receipts("n", &Value::Null).is_empty());
    }

    #[test]
    fn a_call_tells_how_it_ended() {
        let of = |status: &str| {
            let notification = json!({
                "eventType": format!("VOICE_{status}"), "messageId": "p-1", "messageStatus": status,
                "context": {"waymark-message": "m-1"},
            });
            receipts("n", &notification).into_iter().map(|one| (one.message, one.event)).next()
        };
        let told = |event: &str| Some((Some("m-1".to_owned()), event.to_owned()));
        assert_eq!(of("COMPLETED"), told(CALL_COMPLETED));
        for status in ["BUSY", "NO_ANSWER", "FAILED", "TTL_EXPIRED"] {
            assert_eq!(of(status), told(CALL_FAILED), "{status}");
        }
        for status in ["INITIATED", "RINGING", "ANSWERED"] {
            assert_eq!(of(status), None, "{status}");
        }
    }

    #[test]
    fn an_answer_may_opt_out() {
        let answer = |body: &str| {
            let notification = json!({
                "originationNumber": "+15550100001", "destinationNumber": "+15550100002", "messageKeyword": "K",
                "messageBody": body, "inboundMessageId": "i-1", "previousPublishedMessageId": "p-1",
            });
            receipts("n", &notification).into_iter().map(|receipt| receipt.event).collect::<Vec<_>>()
        };
        assert_eq!(answer("stop"), ["_SMS.RECEIVED", "_SMS.OPTOUT"]);
        assert_eq!(answer("thanks"), ["_SMS.RECEIVED"]);
    }
}
