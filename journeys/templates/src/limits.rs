//! How large templates and messages may be (templates.md 5). Every such number stands here and nowhere else.

use model::{Path, TemplateKind, path};
use serde_json::Value;

use crate::payload::{ENVELOPE, push_payload};
use crate::sms::{Encoding, sms_parts};
use crate::template::Rendered;

/// Characters of an e-mail template, all texts together.
pub const EMAIL_TEMPLATE: usize = 600_000;
/// Headers of an e-mail template (templates.md 1).
pub const EMAIL_HEADERS: usize = 15;
/// Bytes of an e-mail with its attachments: 10 MB.
pub const EMAIL_MESSAGE_BYTES: usize = 10 << 20;
/// Recipients of an e-mail.
pub const EMAIL_RECIPIENTS: usize = 50;
/// Characters of an in-app template, all texts together.
pub const IN_APP_TEMPLATE: usize = 200_000;
/// Contents of an in-app template.
pub const IN_APP_CONTENTS: usize = 5;
/// Characters of an in-app header.
pub const IN_APP_HEADER: usize = 64;
/// Characters of an in-app body.
pub const IN_APP_BODY: usize = 150;
/// Characters on an in-app button.
pub const IN_APP_BUTTON: usize = 64;
/// Pairs of `CustomConfig` of an in-app template.
pub const IN_APP_CUSTOM: usize = 10;
/// Characters of the default part of a push template, and of APNS, Baidu and GCM.
pub const PUSH_PART: usize = 4_000;
/// Characters of the ADM part of a push template.
pub const PUSH_PART_ADM: usize = 6_000;
/// Bytes of a push payload: 4 KB.
pub const PUSH_PAYLOAD: usize = 4 << 10;
/// Bytes of a push payload for ADM: 6 KB.
pub const PUSH_PAYLOAD_ADM: usize = 6 << 10;
/// Characters of the body of a campaign's push message.
pub const CAMPAIGN_PUSH_BODY: usize = 200;
/// Characters of an SMS template.
pub const SMS_TEMPLATE: usize = 1_600;
/// Characters of a text message in GSM 03.38.
pub const SMS_GSM: usize = 1_600;
/// Characters of a text message with others than those of GSM 03.38.
pub const SMS_OTHER: usize = 630;
/// Characters of a voice template.
pub const VOICE_TEMPLATE: usize = 10_000;
/// Characters of a voice message that are spoken, and so paid for: those outside of SSML tags.
pub const VOICE_BILLED: usize = 3_000;
/// Characters of a voice message with its SSML tags.
pub const VOICE_MESSAGE: usize = 6_000;
/// Characters of `TemplateDescription` (templates.md 1).
pub const DESCRIPTION: usize = 500;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// The characters of all texts in the member.
    Characters,
    /// Elements of a list, members of an object.
    Elements,
}

/// A member of a template that is too large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excess {
    /// The member; empty = the whole template.
    pub at: Path,
    /// What is counted.
    pub unit: Unit,
    /// How many there are.
    pub count: usize,
    /// How many there may be.
    pub most: usize,
}

/// What of a template document is too large, in the order of the reference.
pub fn excesses(kind: TemplateKind, document: &Value) -> Vec<Excess> {
    use Unit::{Characters, Elements};
    let mut found = Vec::new();
    let mut limit = |at: Path, unit: Unit, most: usize| {
        let member = at.find(document);
        let count = match unit {
            Unit::Characters => member.map_or(0, characters),
            Unit::Elements => member.map_or(0, crate::view::View::count),
        };
        if count > most {
            found.push(Excess { at, unit, count, most });
        }
    };
    limit(path!["TemplateDescription"], Characters, DESCRIPTION);
    match kind {
        TemplateKind::Email => {
            limit(Path::default(), Characters, EMAIL_TEMPLATE);
            limit(path!["Headers"], Elements, EMAIL_HEADERS);
        }
        TemplateKind::Sms => limit(path!["Body"], Characters, SMS_TEMPLATE),
        TemplateKind::Voice => limit(path!["Body"], Characters, VOICE_TEMPLATE),
        TemplateKind::Push => {
            for part in ["Default", "APNS", "GCM", "Baidu"] {
                limit(path![part], Characters, PUSH_PART);
            }
            limit(path!["ADM"], Characters, PUSH_PART_ADM);
        }
        TemplateKind::InApp => {
            limit(Path::default(), Characters, IN_APP_TEMPLATE);
            limit(path!["Content"], Elements, IN_APP_CONTENTS);
            limit(path!["CustomConfig"], Elements, IN_APP_CUSTOM);
            let contents = document.get("Content").and_then(Value::as_array).map_or(0, Vec::len);
            for content in (0..contents).map(|n| path!["Content", n]) {
                limit(content.join("HeaderConfig").join("Header"), Characters, IN_APP_HEADER);
                limit(content.join("BodyConfig").join("Body"), Characters, IN_APP_BODY);
                for button in ["PrimaryBtn", "SecondaryBtn"] {
                    limit(content.join(button).join("DefaultConfig").join("Text"), Characters, IN_APP_BUTTON);
                }
            }
        }
    }
    found
}

/// The characters of all texts in a value.
fn characters(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        Value::Array(list) => list.iter().map(characters).sum(),
        Value::Object(object) => object.values().map(characters).sum(),
        _ => 0,
    }
}

/// A rendered message is larger than its channel takes: it is not sent to this endpoint, now or later (templates.md 5,
/// chosen).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverLimit {
    /// SMS; its record status is `INVALID_MESSAGE`.
    #[error("the text message has {characters} characters; {most} is the most {}", encoding_words(*encoding))]
    Sms {
        /// How many.
        characters: usize,
        /// How many there may be in this encoding.
        most: usize,
        /// Which the text needs.
        encoding: Encoding,
    },
    /// Push.
    #[error("the payload for {service} has {bytes} bytes; {most} is the most")]
    Push {
        /// `APNS`, `GCM`, `ADM`, `Baidu` or `Default`.
        service: &'static str,
        /// How many.
        bytes: usize,
        /// How many there may be.
        most: usize,
    },
    /// E-mail.
    #[error("the e-mail has {bytes} bytes; {most} is the most")]
    Email {
        /// How many, all parts together.
        bytes: usize,
        /// How many there may be.
        most: usize,
    },
    /// Voice.
    #[error("the voice message has {characters} characters {}; {most} is the most", if *billed { "to speak" } else { "with its tags" })]
    Voice {
        /// How many.
        characters: usize,
        /// How many there may be.
        most: usize,
        /// Whether only those outside of tags count.
        billed: bool,
    },
}

fn encoding_words(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Gsm => "in GSM 03.38",
        Encoding::Ucs2 => "with characters that are not in GSM 03.38",
    }
}

impl OverLimit {
    /// The `record_status` of the failure's event (templates.md 5, "SMS parts"); `None` = the channel has none.
    pub fn record_status(&self) -> Option<&'static str> {
        matches!(self, OverLimit::Sms { .. }).then_some("INVALID_MESSAGE")
    }
}

/// Whether a rendered message of a kind can be sent. `service` is the push service, as in [`push_payload`].
pub(crate) fn check(kind: TemplateKind, service: &'static str, message: &Rendered) -> Result<(), OverLimit> {
    let body = message.part("Body").unwrap_or_default();
    match kind {
        TemplateKind::Email => {
            let bytes = message.parts.iter().map(|(_, text)| text.len()).sum();
            let most = EMAIL_MESSAGE_BYTES;
            if bytes > most { Err(OverLimit::Email { bytes, most }) } else { Ok(()) }
        }
        TemplateKind::Sms => {
            // No text has more characters than bytes.
            if body.len() <= SMS_OTHER {
                return Ok(());
            }
            let encoding = sms_parts(body).encoding;
            let (characters, most) = (body.chars().count(), sms_most(encoding));
            if characters > most { Err(OverLimit::Sms { characters, most, encoding }) } else { Ok(()) }
        }
        TemplateKind::Voice => {
            let all = body.chars().count();
            if all > VOICE_MESSAGE {
                return Err(OverLimit::Voice { characters: all, most: VOICE_MESSAGE, billed: false });
            }
            let characters = billed(body);
            let over = characters > VOICE_BILLED;
            if over { Err(OverLimit::Voice { characters, most: VOICE_BILLED, billed: true }) } else { Ok(()) }
        }
        TemplateKind::Push => {
            let (bytes, most) = (push_payload(service, message).len(), push_most(service));
            if bytes > most { Err(OverLimit::Push { service, bytes, most }) } else { Ok(()) }
        }
        TemplateKind::InApp => Ok(()),
    }
}

/// Up to so many bytes of rendered texts a message can be sent for sure, whatever its characters.
pub(crate) fn certain(kind: TemplateKind, service: &str) -> usize {
    match kind {
        TemplateKind::Email => EMAIL_MESSAGE_BYTES,
        TemplateKind::Sms => SMS_OTHER,
        TemplateKind::Voice => VOICE_BILLED,
        // The texts count as they stand in JSON.
        TemplateKind::Push => push_most(service) - ENVELOPE,
        TemplateKind::InApp => usize::MAX,
    }
}

/// Characters outside of `<...>`; a `<` without an end is a character.
fn billed(body: &str) -> usize {
    let (mut count, mut rest) = (0, body);
    while let Some((before, after)) = rest.split_once('<') {
        let Some((_, after)) = after.split_once('>') else { break };
        count += before.chars().count();
        rest = after;
    }
    count + rest.chars().count()
}

/// Most characters of a text message.
pub(crate) fn sms_most(encoding: Encoding) -> usize {
    match encoding {
        Encoding::Gsm => SMS_GSM,
        Encoding::Ucs2 => SMS_OTHER,
    }
}

/// Most bytes of a payload for a service.
pub fn push_most(service: &str) -> usize {
    if service == "ADM" { PUSH_PAYLOAD_ADM } else { PUSH_PAYLOAD }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn template_sizes() {
        let x = |count: usize| "x".repeat(count);
        let table = [
            (TemplateKind::Email, json!({"Subject": x(1), "HtmlPart": x(599_999)}), None),
            (TemplateKind::Email, json!({"Subject": x(1), "HtmlPart": x(600_000)}), Some(("", 600_001, 600_000))),
            (TemplateKind::Email, json!({"Headers": vec![json!({}); 15]}), None),
            (TemplateKind::Email, json!({"Headers": vec![json!({}); 16]}), Some(("Headers", 16, 15))),
            (TemplateKind::Sms, json!({"Body": "é".repeat(1_600)}), None),
            (TemplateKind::Sms, json!({"Body": x(1_601)}), Some(("Body", 1_601, 1_600))),
            (TemplateKind::Voice, json!({"Body": x(10_001)}), Some(("Body", 10_001, 10_000))),
            (TemplateKind::Push, json!({"GCM": {"Title": x(1), "Body": x(4_000)}}), Some(("GCM", 4_001, 4_000))),
            (TemplateKind::Push, json!({"ADM": {"Body": x(6_000)}}), None),
            (TemplateKind::Push, json!({"ADM": {"Body": x(6_001)}}), Some(("ADM", 6_001, 6_000))),
            (TemplateKind::InApp, json!({"Content": vec![json!({}); 6]}), Some(("Content", 6, 5))),
            (
                TemplateKind::InApp,
                json!({"Content": [{}, {"HeaderConfig": {"Header": x(65)}}]}),
                Some(("Content[1].HeaderConfig.Header", 65, 64)),
            ),
            (
                TemplateKind::InApp,
                json!({"Content": [{"PrimaryBtn": {"DefaultConfig": {"Text": x(65)}}}]}),
                Some(("Content[0].PrimaryBtn.DefaultConfig.Text", 65, 64)),
            ),
            (TemplateKind::Sms, json!({"TemplateDescription": x(501)}), Some(("TemplateDescription", 501, 500))),
        ];
        for (kind, document, expected) in table {
            let found: Vec<_> =
                excesses(kind, &document).into_iter().map(|e| (e.at.to_string(), e.count, e.most)).collect();
            let expected: Vec<_> = expected.into_iter().map(|(at, count, most)| (at.to_owned(), count, most)).collect();
            assert_eq!(found, expected, "{kind:?}");
        }
    }

    #[test]
    fn in_app_templates_are_as_large_as_allowed_and_no_larger() {
        let x = |count: usize| "x".repeat(count);
        let button = |name: &str, text: String| json!({name: {"DefaultConfig": {"Text": text}}});
        let pairs = |count: usize| -> Value { (0..count).map(|n| (format!("k{n}"), "v")).collect() };
        let content = |content: Value| json!({"Content": [content]});
        let (header, body) = ("HeaderConfig", "BodyConfig");
        let table = [
            (json!({"Content": vec![json!({}); 5]}), None),
            (content(json!({header: {"Header": x(64)}})), None),
            (content(json!({body: {"Body": "é".repeat(150)}})), None),
            (content(json!({body: {"Body": x(151)}})), Some(("Content[0].BodyConfig.Body", 151, 150))),
            (content(button("PrimaryBtn", x(64))), None),
            (content(button("SecondaryBtn", x(64))), None),
            (content(button("SecondaryBtn", x(65))), Some(("Content[0].SecondaryBtn.DefaultConfig.Text", 65, 64))),
            (json!({"CustomConfig": pairs(10)}), None),
            (json!({"CustomConfig": pairs(11)}), Some(("CustomConfig", 11, 10))),
            (json!({"Layout": x(200_000)}), None),
            (json!({"Layout": x(200_001)}), Some(("", 200_001, 200_000))),
        ];
        for (document, expected) in table {
            let found: Vec<_> = excesses(TemplateKind::InApp, &document)
                .into_iter()
                .map(|e| (e.at.to_string(), e.count, e.most))
                .collect();
            let expected: Vec<_> = expected.into_iter().map(|(at, count, most)| (at.to_owned(), count, most)).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn voice_templates_and_messages() {
        let x = |count: usize| "x".repeat(count);
        assert_eq!(excesses(TemplateKind::Voice, &json!({"Body": x(10_000)})), []);
        let over = excesses(TemplateKind::Voice, &json!({"Body": "é".repeat(10_001)}));
        assert_eq!((over[0].count, over[0].most), (10_001, 10_000));
        let check = |text: String| check(TemplateKind::Voice, "", &Rendered { parts: vec![("Body".to_owned(), text)] });
        // 3,000 are spoken and paid for, 6,000 with the tags.
        assert_eq!(check(format!("<speak>{}</speak>", x(3_000))), Ok(()));
        assert!(check(format!("<speak>{}</speak>", x(3_001))).is_err());
        let tag = |length: usize| format!("<{}>", x(length - 2));
        assert_eq!(check(format!("{}{}", tag(3_000), x(3_000))), Ok(()));
        assert!(check(format!("{}{}", tag(3_001), x(3_000))).is_err());
    }

    #[test]
    fn message_sizes() {
        let check = |kind, service, name: &str, text: String| {
            let message = Rendered { parts: vec![(name.to_owned(), text)] };
            check(kind, service, &message).map_err(|over| over.to_string())
        };
        let x = |count: usize| "x".repeat(count);
        let sms = |text| check(TemplateKind::Sms, "", "Body", text);
        assert_eq!(sms(x(1_600)), Ok(()));
        assert_eq!(sms(x(1_601)).unwrap_err(), "the text message has 1601 characters; 1600 is the most in GSM 03.38");
        assert_eq!(sms("好".repeat(630)), Ok(()));
        assert_eq!(
            sms("好".repeat(631)).unwrap_err(),
            "the text message has 631 characters; 630 is the most with characters that are not in GSM 03.38"
        );
        let voice = |text| check(TemplateKind::Voice, "", "Body", text);
        assert_eq!(voice(x(3_000)), Ok(()));
        assert_eq!(voice(x(3_001)).unwrap_err(), "the voice message has 3001 characters to speak; 3000 is the most");
        assert_eq!(voice(format!("<speak {}>{}", x(2_900), x(3_000))), Ok(()));
        assert!(voice(format!("<speak {}>{}", x(3_000), x(3_000))).unwrap_err().contains("with its tags"));
        let raw = |service, count| check(TemplateKind::Push, service, "RawContent", x(count));
        for service in ["APNS", "GCM", "Baidu"] {
            assert_eq!(raw(service, 4_096), Ok(()));
            assert_eq!(
                raw(service, 4_097).unwrap_err(),
                format!("the payload for {service} has 4097 bytes; 4096 is the most")
            );
        }
        assert_eq!(raw("ADM", 6_144), Ok(()));
        assert!(raw("ADM", 6_145).is_err());
        let email = |count| check(TemplateKind::Email, "", "HtmlPart", x(count));
        assert_eq!(email(10 << 20), Ok(()));
        assert_eq!(email((10 << 20) + 1).unwrap_err(), "the e-mail has 10485761 bytes; 10485760 is the most");
    }
}
