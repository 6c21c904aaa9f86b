//! Records of the event stream (events-and-analytics.md 1): a pure function of what the store has.

use model::Millis;
use model::time::parse_instant;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::api::{naming, phone};

/// `event_version` of every record (1.1, chosen for the events of apps too).
const VERSION: &str = "3.1";

/// An event as the store has it.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    /// Its place in the store.
    pub seq: i64,
    /// The project.
    pub app: &'a str,
    /// The endpoint; empty for a message to a bare address.
    pub endpoint: &'a str,
    /// `EventType`
    pub event_type: &'a str,
    /// Arrival, milliseconds since 1970.
    pub at: Millis,
    /// `Event`, and `Facets` where the service made it.
    pub document: &'a Value,
    /// `EndpointResponse` of the endpoint, where it is still there.
    pub of_endpoint: Option<&'a Value>,
}

/// Whose an event is, by the name of its type. An app may report an event of any name; what it says beyond its family is
/// not lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// 1.2
    Campaign,
    /// 1.3
    Journey,
    /// 1.4
    Email,
    /// 1.5
    Sms,
    /// 1.6; among them what apps report of push messages of journeys and campaigns.
    App,
}

impl Family {
    fn of(event_type: &str) -> Family {
        match event_type {
            "_campaign.send" => Family::Campaign,
            "_journey.send" => Family::Journey,
            _ if event_type.starts_with("_email.") => Family::Email,
            _ if event_type.starts_with("_SMS.") => Family::Sms,
            _ => Family::App,
        }
    }
}

/// Whether the record of an event of this type says something of the endpoint besides its id.
pub fn has_endpoint(event_type: &str) -> bool {
    matches!(Family::of(event_type), Family::Campaign | Family::Journey | Family::App)
}

/// The record of an event, members in the order of the reference.
///
/// The endpoint in `client_context` and the device are those of now, not of the moment of the event (chosen): they are
/// not kept with each event.
pub fn record(stored: &Stored<'_>) -> Map<String, Value> {
    let Stored { app, event_type, at, document, of_endpoint, .. } = *stored;
    let family = Family::of(event_type);
    let member = |name: &str| document.get(name).filter(|value| !value.is_null());
    let mut record = Map::new();
    let mut put = |name: &str, value: Value| record.insert(name.to_owned(), value);
    put("event_type", event_type.into());
    put("event_timestamp", happened(document).unwrap_or(at).into());
    put("arrival_timestamp", at.into());
    put("event_version", VERSION.into());
    put("application", application(app, document));
    put("client", json!({"client_id": client(stored)}));
    put("device", device(of_endpoint.filter(|_| family == Family::App)));
    put("session", session(member("Session")));
    put("attributes", attributes(document, family));
    match member("Metrics") {
        Some(metrics) => put("metrics", metrics.clone()),
        None if family == Family::App => put("metrics", json!({})),
        None => None,
    };
    match family {
        Family::Campaign | Family::Journey => {
            if let Some(endpoint) = of_endpoint {
                put("client_context", json!({"custom": {"endpoint": endpoint.to_string()}}));
            }
        }
        Family::Email => {
            put("client_context", json!({"custom": {"legacy_identifier": app}}));
        }
        Family::Sms | Family::App => {}
    }
    if let Some(facets) = member("Facets") {
        put("facets", facets.clone());
    }
    if family != Family::App {
        put("awsAccountId", naming::ACCOUNT.into());
    }
    record
}

/// `event_timestamp`: of an e-mail the moment of sending, the same for all its events (1.1).
fn happened(document: &Value) -> Option<Millis> {
    let sent = document.pointer("/Facets/email_channel/mail_event/mail/message_send_timestamp").and_then(Value::as_i64);
    sent.or_else(|| document.get("Timestamp").and_then(Value::as_str).and_then(parse_instant))
}

/// `application`, with what an app says of itself (1.6).
fn application(app: &str, document: &Value) -> Value {
    let given = |pairs: &[(&str, &str)]| -> Map<String, Value> {
        let found =
            pairs.iter().filter_map(|(name, member)| Some(((*name).to_owned(), text(document, member)?.into())));
        found.collect()
    };
    let mut application = Map::from_iter([("app_id".to_owned(), app.into())]);
    application.extend(given(&[("package_name", "AppPackageName")]));
    application.insert("sdk".into(), given(&[("name", "SdkName"), ("version", "ClientSdkVersion")]).into());
    application.extend(given(&[("title", "AppTitle"), ("version_code", "AppVersionCode")]));
    Value::Object(application)
}

/// `client.client_id`: the endpoint. A message to a bare address has an id that is made of it: it is the same for all
/// events of the message, and when a record is delivered once more.
fn client(stored: &Stored<'_>) -> String {
    if !stored.endpoint.is_empty() {
        return stored.endpoint.to_owned();
    }
    let of_mail = stored.document.pointer("/Facets/email_channel/mail_event/mail/message_id").and_then(Value::as_str);
    let of_text = || stored.document.pointer("/Attributes/message_id").and_then(Value::as_str);
    let message = of_mail.or_else(of_text).map_or_else(|| stored.seq.to_string(), str::to_owned);
    let hash = Sha256::digest(format!("{}\u{0}{message}", stored.app));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

/// `device`: of the endpoint's `Demographic`; of events of the service only an empty platform.
fn device(endpoint: Option<&Value>) -> Value {
    let demographic = endpoint.and_then(|endpoint| endpoint.get("Demographic")).unwrap_or(&Value::Null);
    let mut device = Map::new();
    if let Some(code) = text(demographic, "Locale") {
        device.insert("locale".into(), locale(code));
    }
    let (mut platform, names) = (Map::new(), [("name", "Platform"), ("version", "PlatformVersion")]);
    for (into, pairs) in [(&mut device, &[("make", "Make"), ("model", "Model")]), (&mut platform, &names)] {
        for (name, member) in pairs {
            if let Some(text) = text(demographic, member) {
                into.insert((*name).to_owned(), text.into());
            }
        }
    }
    device.insert("platform".into(), platform.into());
    Value::Object(device)
}

/// `en_US`, `en-US` or `zh_Hant_TW`: the language is the first part, the country the one of two letters or three digits.
fn locale(code: &str) -> Value {
    let mut parts = code.split(['_', '-', '.']);
    let language = parts.next().unwrap_or_default();
    let is_country = |part: &&str| match part.len() {
        2 => part.bytes().all(|byte| byte.is_ascii_alphabetic()),
        3 => part.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    };
    let mut locale = json!({"code": code, "language": language});
    if let Some(country) = parts.find(is_country) {
        locale["country"] = country.to_ascii_uppercase().into();
    }
    locale
}

/// `session`: empty where the event has none.
fn session(session: Option<&Value>) -> Value {
    let session = session.unwrap_or(&Value::Null);
    let mut out = Map::new();
    if let Some(id) = text(session, "Id") {
        out.insert("session_id".into(), id.into());
    }
    for (name, member) in [("start_timestamp", "StartTimestamp"), ("stop_timestamp", "StopTimestamp")] {
        if let Some(at) = text(session, member).and_then(parse_instant) {
            out.insert(name.into(), at.into());
        }
    }
    Value::Object(out)
}

/// `attributes`; of a text message also the country of the number (1.5).
fn attributes(document: &Value, family: Family) -> Value {
    let mut attributes = document.get("Attributes").and_then(Value::as_object).cloned().unwrap_or_default();
    if family == Family::Sms && !attributes.contains_key("iso_country_code") {
        let number = attributes.get("destination_phone_number").and_then(Value::as_str);
        if let Some(country) = number.and_then(phone::country) {
            attributes.insert("iso_country_code".into(), country.into());
        }
    }
    Value::Object(attributes)
}

fn text<'a>(value: &'a Value, member: &str) -> Option<&'a str> {
    value.get(member).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored<'a>(event_type: &'a str, document: &'a Value, of_endpoint: Option<&'a Value>) -> Stored<'a> {
        Stored { seq: 7, app: "0f0e", endpoint: "ep-3", event_type, at: 1_700_000_000_300, document, of_endpoint }
    }

    #[test]
    fn clause_1_6_an_event_of_an_app() {
        let event = json!({
            "EventType": "cart.checkout", "Timestamp": "2023-11-14T22:13:20Z", "AppPackageName": "com.example",
            "AppTitle": "Shop", "AppVersionCode": "7", "ClientSdkVersion": "1", "SdkName": "x",
            "Session": {"Id": "q", "StartTimestamp": "2023-11-14T22:13:10Z"},
            "Attributes": {"item": "gloves"}, "Metrics": {"price": 10.0},
        });
        let endpoint = json!({"Demographic": {
            "Locale": "en_US", "Make": "acme", "Model": "m", "Platform": "android", "PlatformVersion": "14",
        }});
        let record = Value::Object(record(&stored("cart.checkout", &event, Some(&endpoint))));
        let expected = json!({
            "event_type": "cart.checkout", "event_timestamp": 1_700_000_000_000_i64,
            "arrival_timestamp": 1_700_000_000_300_i64, "event_version": "3.1",
            "application": {
                "app_id": "0f0e", "package_name": "com.example", "sdk": {"name": "x", "version": "1"}, "title": "Shop",
                "version_code": "7",
            },
            "client": {"client_id": "ep-3"},
            "device": {
                "locale": {"code": "en_US", "language": "en", "country": "US"}, "make": "acme", "model": "m",
                "platform": {"name": "android", "version": "14"},
            },
            "session": {"session_id": "q", "start_timestamp": 1_699_999_990_000_i64},
            "attributes": {"item": "gloves"}, "metrics": {"price": 10.0},
        });
        assert_eq!(record, expected);
        assert_eq!(record.to_string(), expected.to_string(), "the members in their order");
    }

    #[test]
    fn clause_1_1_an_event_of_the_service_has_no_device_and_no_session() {
        let event = json!({"Timestamp": "2023-11-14T22:13:20Z", "Attributes": {"journey_send_status": "SUCCESS"}});
        let endpoint = json!({"ChannelType": "SMS", "OptOut": "NONE", "Demographic": {"Make": "acme"}});
        let record = Value::Object(record(&stored("_journey.send", &event, Some(&endpoint))));
        assert_eq!(record["device"], json!({"platform": {}}));
        assert_eq!(record["session"], json!({}));
        assert_eq!(record["application"], json!({"app_id": "0f0e", "sdk": {}}));
        assert_eq!(record["client_context"]["custom"]["endpoint"], endpoint.to_string());
        assert_eq!(record["awsAccountId"], "000000000000");
        assert!(record.get("metrics").is_none() && record.get("facets").is_none());
    }

    #[test]
    fn clause_1_4_all_events_of_an_email_have_the_moment_of_its_sending() {
        let mail = json!({"message_id": "m-1", "message_send_timestamp": 1_600_000_000_000_i64});
        let event = json!({
            "Timestamp": "2023-11-14T22:13:20Z", "Attributes": {"feedback": "opened"},
            "Facets": {"email_channel": {"mail_event": {"mail": mail, "open": {}}}},
        });
        let bare = Stored { endpoint: "", ..stored("_email.open", &event, None) };
        let opened = Value::Object(record(&bare));
        assert_eq!(opened["event_timestamp"], 1_600_000_000_000_i64);
        assert_eq!(opened["facets"], event["Facets"]);
        assert_eq!(opened["client_context"], json!({"custom": {"legacy_identifier": "0f0e"}}));
        let id = opened["client"]["client_id"].as_str().unwrap();
        assert!(uuid::Uuid::parse_str(id).is_ok(), "{id}");
        let later = Value::Object(record(&Stored { seq: 8, ..bare }));
        assert_eq!(later["client"], opened["client"], "one id for all events of the message");
    }

    #[test]
    fn clause_1_5_a_text_message_says_where_its_number_is() {
        let event = json!({"Attributes": {"destination_phone_number": "+15555550100"}});
        let found = |number: &str| {
            let event = json!({"Attributes": {"destination_phone_number": number}});
            record(&stored("_SMS.SUCCESS", &event, None))["attributes"].get("iso_country_code").cloned()
        };
        assert_eq!(found("+4915112345678"), Some("DE".into()));
        assert_eq!(found("+12025550123"), Some("US".into()));
        assert_eq!(found("nobody"), None);
        assert_eq!(record(&stored("_SMS.SUCCESS", &event, None))["event_timestamp"], 1_700_000_000_300_i64);
    }

    #[test]
    fn locales() {
        for (code, country) in [
            ("en_US", Some("US")),
            ("pt-br", Some("BR")),
            ("zh_Hant_TW", Some("TW")),
            ("es-419", Some("419")),
            ("de", None),
        ] {
            assert_eq!(locale(code).get("country").and_then(Value::as_str), country, "{code}");
        }
    }
}
