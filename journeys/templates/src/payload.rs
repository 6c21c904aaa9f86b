//! What is sent to a push service.

use serde_json::{Map, Value, json};

use crate::template::Rendered;

/// The JSON that a push service is sent for a rendered message; `service` is `APNS`, `GCM`, `ADM`, `Baidu`, or `Default`
/// for others, which get what `GCM` gets.
///
/// `RawContent` goes as it is. Else the reference names no shape, so we **choose** the one that the mobile libraries of
/// Pinpoint read: for APNs title and body as the alert, and the rest under `data`; for the others a map of texts under
/// `data` whose keys begin with `pinpoint.`. Its length is what the limit of the payload counts (templates.md 5).
pub fn push_payload(service: &str, message: &Rendered) -> String {
    if let Some(raw) = message.part("RawContent") {
        return raw.to_owned();
    }
    let part = |name: &str| message.part(name).filter(|text| !text.is_empty());
    let payload = if service == "APNS" { apns(&part) } else { data(&part) };
    payload.to_string()
}

fn apns<'a>(part: &dyn Fn(&str) -> Option<&'a str>) -> Value {
    let mut alert = Map::new();
    put(&mut alert, "title", part("Title"));
    put(&mut alert, "body", part("Body"));
    let mut aps = Map::new();
    aps.insert("alert".into(), Value::Object(alert));
    put(&mut aps, "sound", part("Sound"));
    let mut data = Map::new();
    if let Some(media) = part("MediaUrl") {
        // Without this the device does not fetch the picture.
        aps.insert("mutable-content".into(), Value::from(1));
        data.insert("media-url".into(), media.into());
    }
    if let Some(url) = part("Url") {
        data.insert("pinpoint".into(), json!({"deeplink": url}));
    }
    let mut payload = Map::new();
    payload.insert("aps".into(), Value::Object(aps));
    if !data.is_empty() {
        payload.insert("data".into(), Value::Object(data));
    }
    Value::Object(payload)
}

fn data<'a>(part: &dyn Fn(&str) -> Option<&'a str>) -> Value {
    let mut data = Map::new();
    for (key, name) in [
        ("pinpoint.notification.title", "Title"),
        ("pinpoint.notification.body", "Body"),
        ("pinpoint.notification.sound", "Sound"),
        ("pinpoint.notification.imageUrl", "ImageUrl"),
        ("pinpoint.notification.imageIconUrl", "ImageIconUrl"),
        ("pinpoint.notification.imageSmallIconUrl", "SmallImageIconUrl"),
    ] {
        put(&mut data, key, part(name));
    }
    match (part("Action"), part("Url")) {
        (Some("URL"), Some(url)) => put(&mut data, "pinpoint.url", Some(url)),
        (Some("DEEP_LINK"), Some(url)) => put(&mut data, "pinpoint.deeplink", Some(url)),
        _ => put(&mut data, "pinpoint.openApp", Some("true")),
    }
    put(&mut data, "pinpoint.notification.silentPush", Some("0"));
    json!({"data": data})
}

fn put(object: &mut Map<String, Value>, key: &str, text: Option<&str>) {
    if let Some(text) = text {
        object.insert(key.to_owned(), Value::String(text.to_owned()));
    }
}

/// More than all the bytes of a payload that are not its texts.
pub(crate) const ENVELOPE: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    fn message(parts: &[(&str, &str)]) -> Rendered {
        Rendered { parts: parts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect() }
    }

    #[test]
    fn payloads() {
        let push = message(&[("Title", "T\"1\""), ("Body", "B"), ("Action", "DEEP_LINK"), ("Url", "app://x")]);
        assert_eq!(
            push_payload("APNS", &push),
            r#"{"aps":{"alert":{"title":"T\"1\"","body":"B"}},"data":{"pinpoint":{"deeplink":"app://x"}}}"#
        );
        assert_eq!(
            push_payload("GCM", &push),
            r#"{"data":{"pinpoint.notification.title":"T\"1\"","pinpoint.notification.body":"B","pinpoint.deeplink":"app://x","pinpoint.notification.silentPush":"0"}}"#
        );
        let media = message(&[("Body", "B"), ("MediaUrl", "m"), ("Sound", "s")]);
        assert_eq!(
            push_payload("APNS", &media),
            r#"{"aps":{"alert":{"body":"B"},"sound":"s","mutable-content":1},"data":{"media-url":"m"}}"#
        );
        assert_eq!(push_payload("ADM", &message(&[("RawContent", "{}")])), "{}");
    }

    #[test]
    fn the_envelope_is_not_larger_than_said() {
        let names = ["Title", "Body", "Sound", "ImageUrl", "ImageIconUrl", "SmallImageIconUrl", "MediaUrl", "Url"];
        let parts: Vec<_> = names.iter().map(|name| (*name, "x")).chain([("Action", "DEEP_LINK")]).collect();
        for service in ["APNS", "GCM"] {
            assert!(push_payload(service, &message(&parts)).len() < ENVELOPE);
        }
    }
}
