//! Notifications of Amazon SES: of feedback (`notificationType`) and of a configuration set (`eventType`).

use model::Millis;
use model::time::parse_instant;
use serde_json::{Map, Value, json};

use super::{Receipt, text};

/// The tag that brings our id back.
const TAG: &str = "waymark-message";

/// The events in a notification, one for each recipient that it names; none when it tells nothing that Pinpoint tells.
/// `id` = that of the envelope.
pub fn receipts(id: &str, notification: &Value) -> Vec<Receipt> {
    let kind = text(notification, "eventType").or_else(|| text(notification, "notificationType")).unwrap_or_default();
    let mail = &notification["mail"];
    let of = |member: &str| &notification[member];
    let recipients = |value: &Value, member: &str| -> Vec<String> {
        let listed = value[member].as_array().into_iter().flatten();
        listed
            .filter_map(|recipient| recipient.as_str().or_else(|| text(recipient, "emailAddress")))
            .map(bare)
            .collect()
    };
    let all = || recipients(mail, "destination");
    let (event, feedback, at, detail, addresses) = match kind {
        // The adapter knew that already.
        "Send" | "" => return Vec::new(),
        "Delivery" => {
            let delivery = of("delivery");
            let detail = json!({"delivery": {
                "smtp_response": delivery["smtpResponse"], "reporting_mta": delivery["reportingMTA"],
                "recipients": delivery["recipients"], "processing_time_millis": delivery["processingTimeMillis"],
            }});
            ("_email.delivered", "delivered", delivery, detail, recipients(delivery, "recipients"))
        }
        "Bounce" => {
            let bounce = of("bounce");
            let is_hard = text(bounce, "bounceType") == Some("Permanent");
            let recipient = |recipient: &Value| {
                json!({
                    "email_address": recipient["emailAddress"], "action": recipient["action"],
                    "status": recipient["status"], "diagnostic_code": recipient["diagnosticCode"],
                })
            };
            let listed: Vec<Value> =
                bounce["bouncedRecipients"].as_array().into_iter().flatten().map(recipient).collect();
            let detail = json!({"bounce": {
                "bounce_type": if is_hard { "Permanent" } else { "Transient" },
                "bounce_sub_type": bounce["bounceSubType"], "bounced_recipients": listed,
                "reporting_mta": bounce["reportingMTA"],
            }});
            let (event, feedback) =
                if is_hard { ("_email.hardbounce", "hardbounce") } else { ("_email.softbounce", "softbounce") };
            (event, feedback, bounce, detail, recipients(bounce, "bouncedRecipients"))
        }
        // Not delivered yet, tried again: what Pinpoint calls a soft bounce (events-and-analytics.md 2).
        "DeliveryDelay" => {
            let delay = of("deliveryDelay");
            let detail = json!({"bounce": {"bounce_type": "Transient", "bounce_sub_type": delay["delayType"]}});
            ("_email.softbounce", "softbounce", delay, detail, recipients(delay, "delayedRecipients"))
        }
        "Complaint" => {
            let complaint = of("complaint");
            let addresses = recipients(complaint, "complainedRecipients");
            let listed: Vec<Value> = addresses.iter().map(|address| json!({"email_address": address})).collect();
            let detail = json!({"complaint": {
                "complained_recipients": listed, "complaint_feedback_type": complaint["complaintFeedbackType"],
                "user_agent": complaint["userAgent"], "arrival_date": complaint["arrivalDate"],
            }});
            ("_email.complaint", "complaint", complaint, detail, addresses)
        }
        "Reject" => {
            let reject = of("reject");
            ("_email.rejected", "rejected", reject, json!({"reject": {"reason": reject["reason"]}}), all())
        }
        "Rendering Failure" => {
            let failure = of("failure");
            let detail = json!({"rendering_failure": {
                "template_name": failure["templateName"], "error_message": failure["errorMessage"],
            }});
            ("_email.rendering_failure", "rendering_failure", failure, detail, all())
        }
        "Open" => {
            let open = of("open");
            let detail = json!({"open": {"ip_address": open["ipAddress"], "user_agent": open["userAgent"]}});
            ("_email.open", "opened", open, detail, all())
        }
        "Click" => {
            let click = of("click");
            let detail = json!({"click": {
                "ip_address": click["ipAddress"], "user_agent": click["userAgent"], "link": click["link"],
            }});
            // templates.md 5: a click on a link with this tag is an unsubscribe event.
            let is_unsubscribe = click["linkTags"].get("unsubscribeLinkTag").is_some();
            let event = if is_unsubscribe { "_email.unsubscribe" } else { "_email.click" };
            (event, text(click, "link").unwrap_or("clicked"), click, detail, all())
        }
        "Subscription" => ("_email.unsubscribe", "unsubscribed", of("subscription"), json!({}), all()),
        _ => return Vec::new(),
    };
    let receipt = |(number, address): (usize, String)| Receipt {
        id: format!("{id}/{number}"),
        message: mail["tags"][TAG][0].as_str().map(str::to_owned),
        provider_id: text(mail, "messageId").map(str::to_owned),
        address: Some(address),
        event: event.to_owned(),
        at: moment(at),
        attributes: vec![("feedback".to_owned(), feedback.to_owned())],
        metrics: Vec::new(),
        detail: without_null(&detail),
    };
    addresses.into_iter().enumerate().map(receipt).collect()
}

/// The address in `Name <address>`.
fn bare(text: &str) -> String {
    let inner = text.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or(text, |(address, _)| address).trim().to_owned()
}

fn moment(value: &Value) -> Option<Millis> {
    parse_instant(text(value, "timestamp")?)
}

/// A detail without the members that the notification did not have.
fn without_null(detail: &Value) -> Map<String, Value> {
    let clean = |value: &Value| match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        other => other.clone(),
    };
    detail.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), clean(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(notification: &Value) -> Vec<(String, Option<String>)> {
        receipts("n", notification).into_iter().map(|receipt| (receipt.event, receipt.address)).collect()
    }

    fn mail() -> Value {
        json!({"messageId": "p-1", "destination": ["Ann <ann@x.example>"], "tags": {"waymark-message": ["m-1"]}})
    }

    #[test]
    fn each_kind_becomes_an_event() {
        let ann = || Some("ann@x.example".to_owned());
        for (kind, member, value, expected) in [
            ("Delivery", "delivery", json!({"recipients": ["ann@x.example"]}), "_email.delivered"),
            (
                "Bounce",
                "bounce",
                json!({"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "ann@x.example"}]}),
                "_email.hardbounce",
            ),
            (
                "Bounce",
                "bounce",
                json!({"bounceType": "Transient", "bouncedRecipients": [{"emailAddress": "ann@x.example"}]}),
                "_email.softbounce",
            ),
            (
                "DeliveryDelay",
                "deliveryDelay",
                json!({"delayedRecipients": [{"emailAddress": "ann@x.example"}]}),
                "_email.softbounce",
            ),
            (
                "Complaint",
                "complaint",
                json!({"complainedRecipients": [{"emailAddress": "ann@x.example"}]}),
                "_email.complaint",
            ),
            ("Reject", "reject", json!({"reason": "Bad content"}), "_email.rejected"),
            ("Rendering Failure", "failure", json!({"errorMessage": "x"}), "_email.rendering_failure"),
            ("Open", "open", json!({"ipAddress": "203.0.113.7"}), "_email.open"),
            ("Click", "click", json!({"link": "https://x.example/"}), "_email.click"),
            (
                "Click",
                "click",
                json!({"link": "https://x.example/", "linkTags": {"unsubscribeLinkTag": ["all"]}}),
                "_email.unsubscribe",
            ),
            ("Subscription", "subscription", json!({}), "_email.unsubscribe"),
        ] {
            for name in ["eventType", "notificationType"] {
                let notification = json!({name: kind, member: value, "mail": mail()});
                assert_eq!(events(&notification), [(expected.to_owned(), ann())], "{notification}");
            }
        }
        assert!(events(&json!({"eventType": "Send", "mail": mail()})).is_empty());
        assert!(events(&json!({})).is_empty() && events(&json!([1])).is_empty() && events(&Value::Null).is_empty());
    }

    #[test]
    fn a_bounce_tells_what_the_events_of_pinpoint_tell() {
        let notification = json!({
            "notificationType": "Bounce", "mail": mail(),
            "bounce": {
                "bounceType": "Permanent", "bounceSubType": "General", "timestamp": "2026-11-30T09:00:00.000Z",
                "reportingMTA": "dsn; mx.example",
                "bouncedRecipients": [{
                    "emailAddress": "ann@x.example", "action": "failed", "status": "5.1.1", "diagnosticCode": "550",
                }],
            },
        });
        let expected = Receipt {
            id: "n/0".into(),
            message: Some("m-1".into()),
            provider_id: Some("p-1".into()),
            address: Some("ann@x.example".into()),
            event: "_email.hardbounce".into(),
            at: Some(1_796_029_200_000),
            attributes: vec![("feedback".into(), "hardbounce".into())],
            metrics: Vec::new(),
            detail: without_null(&json!({"bounce": {
                "bounce_type": "Permanent", "bounce_sub_type": "General", "reporting_mta": "dsn; mx.example",
                "bounced_recipients": [{
                    "email_address": "ann@x.example", "action": "failed", "status": "5.1.1", "diagnostic_code": "550",
                }],
            }})),
        };
        assert_eq!(receipts("n", &notification), [expected]);
    }
}
