//! A mail in the form that is sent: headers, text and HTML, attachments (RFC 5322, MIME).
//!
//! The same message gives the same bytes whenever it is made: date, ids and boundaries come from the message. So a
//! second attempt can be told from a second message.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use serde_json::Value;

use crate::Outgoing;
use crate::attachment::{self, Attachment};

/// Largest mail with its attachments, bytes (templates.md 5).
const LARGEST: usize = 10 * 1024 * 1024;

/// Headers that the message itself sets; a template that names one is not heard.
const OWN: [&str; 10] = [
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
];

/// The mail of an `EMAIL` message; `from` is the sender of messages that name none.
///
/// `RawEmail` goes as it is. Else `TextPart` and `HtmlPart` are alternatives (without the first, the words of the second are:
/// `EmailTemplateRequest.TextPart` is recommended, and says nothing of a mail without it), `Headers.NAME` become headers, and
/// [`Outgoing::unsubscribe`] becomes `List-Unsubscribe` with one click (RFC 8058).
///
/// # Errors
/// What is wrong: no sender, an address that is none, an empty message, more than 10 MB.
pub fn source(message: &Outgoing, from: Option<&str>, attachments: &[Attachment]) -> Result<Vec<u8>, String> {
    if let Some(raw) = message.envelope.get("RawEmail") {
        let data = raw.get("Data").unwrap_or(raw).as_str().unwrap_or_default();
        return STANDARD.decode(data).map_err(|_| "`RawEmail.Data` is not base64".to_owned()).and_then(sized);
    }
    let from = sender(message, from)?;
    let domain = from.email.domain().to_owned();
    let made = u64::try_from(message.at).unwrap_or(0);
    let mut mail = Message::builder()
        .date(UNIX_EPOCH + Duration::from_millis(made))
        .message_id(Some(format!("<{}@{domain}>", message.id)))
        .from(from)
        .to(mailbox("the address", &message.address)?)
        .subject(message.part("Subject").unwrap_or_default());
    for address in message.envelope.get("ReplyToAddresses").and_then(Value::as_array).into_iter().flatten() {
        mail = mail.reply_to(mailbox("ReplyToAddresses", address.as_str().unwrap_or_default())?);
    }
    for (name, value) in headers(message) {
        let header = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| format!("header `{name}` has no name"))?;
        // A line break would begin another header.
        let value: String = value.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        mail = mail.raw_header(HeaderValue::new(header, value));
    }
    if let Some(url) = &message.unsubscribe {
        let header = |name: &'static str, value: String| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
        mail = mail
            .raw_header(header("List-Unsubscribe", format!("<{url}>")))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    let mail = match body(message, attachments)? {
        Body::One(part) => mail.singlepart(part),
        Body::Many(parts) => mail.multipart(parts),
    };
    mail.map_err(|error| error.to_string()).and_then(|mail| sized(mail.formatted()))
}

/// Who sends the mail: `FromAddress` of the message, or the one that is given.
pub fn sender(message: &Outgoing, from: Option<&str>) -> Result<Mailbox, String> {
    let text = message.text("FromAddress").or(from);
    mailbox(
        "FromAddress",
        text.ok_or("the message has no sender: set `FromAddress`, of the message or of the channel")?,
    )
}

/// An address, with or without a name.
pub fn mailbox(what: &str, text: &str) -> Result<Mailbox, String> {
    text.trim().parse().map_err(|_| format!("{what}: `{text}` is not an e-mail address"))
}

enum Body {
    One(SinglePart),
    Many(MultiPart),
}

fn body(message: &Outgoing, attachments: &[Attachment]) -> Result<Body, String> {
    let part = |name: &str| message.part(name).filter(|text| !text.is_empty()).map(str::to_owned);
    let html = part("HtmlPart");
    let made = || html.as_deref().map(templates::plain_text).filter(|text| !text.is_empty());
    let boundary = |letter: char| format!("waymark-{}-{letter}", message.id);
    let texts = match (part("TextPart").or_else(made), html.clone()) {
        (Some(text), Some(html)) => Body::Many(
            MultiPart::alternative()
                .boundary(boundary('a'))
                .singlepart(SinglePart::plain(text))
                .singlepart(SinglePart::html(html)),
        ),
        (Some(text), None) => Body::One(SinglePart::plain(text)),
        (None, Some(html)) => Body::One(SinglePart::html(html)),
        (None, None) => return Err("the mail has neither a text nor an HTML part".to_owned()),
    };
    if attachments.is_empty() {
        return Ok(texts);
    }
    let mixed = MultiPart::mixed().boundary(boundary('m'));
    let mixed = match texts {
        Body::One(part) => mixed.singlepart(part),
        Body::Many(parts) => mixed.multipart(parts),
    };
    Ok(Body::Many(attachments.iter().fold(mixed, |mixed, attachment| mixed.singlepart(attachment.part()))))
}

/// The headers that the template gives, without those that are the message's own or ours.
fn headers(message: &Outgoing) -> impl Iterator<Item = (&str, &str)> {
    let given = message.parts.iter().filter_map(|(name, value)| Some((name.strip_prefix("Headers.")?, value.as_str())));
    given.filter(|(name, _)| {
        let lower = name.to_ascii_lowercase();
        let replaced = message.unsubscribe.is_some() && lower.starts_with("list-unsubscribe");
        !OWN.contains(&lower.as_str()) && lower != attachment::HEADER && !replaced
    })
}

fn sized(mail: Vec<u8>) -> Result<Vec<u8>, String> {
    match mail.len() {
        0..=LARGEST => Ok(mail),
        size => Err(format!("the mail has {size} bytes, at most {LARGEST} are allowed")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn mail(parts: &[(&str, &str)], envelope: Value) -> Outgoing {
        Outgoing {
            id: "0123456789abcdef0123456789abcdef".into(),
            channel: "EMAIL".into(),
            address: "ann@x.example".into(),
            at: 1_796_029_200_000,
            parts: parts.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect(),
            envelope: envelope.as_object().cloned().unwrap_or_default(),
            unsubscribe: None,
        }
    }

    fn text(message: &Outgoing, attachments: &[Attachment]) -> String {
        String::from_utf8(source(message, Some("Shop <shop@y.example>"), attachments).unwrap()).unwrap()
    }

    #[test]
    fn html_alone_goes_with_its_words_as_text() {
        let source = text(&mail(&[("HtmlPart", "<p>Hi <b>Ann</b></p>")], Value::Null), &[]);
        let lines: Vec<&str> = source.lines().collect();
        assert!(source.contains("multipart/alternative"), "{source}");
        let place = |wanted: &str| lines.iter().position(|line| *line == wanted);
        assert!(place("Hi Ann").is_some_and(|text| Some(text) < place("<p>Hi <b>Ann</b></p>")), "{source}");
        let picture = text(&mail(&[("HtmlPart", "<img src=\"a.png\">")], Value::Null), &[]);
        assert!(!picture.contains("multipart"), "a page without words has no text");
    }

    #[test]
    fn text_and_html_are_alternatives_and_headers_stand_above() {
        let parts = [
            ("Subject", "Grüße"),
            ("TextPart", "Hi"),
            ("HtmlPart", "<p>Hi</p>"),
            ("Headers.X-Campaign", "spring"),
            ("Headers.Bcc", "eve@z.example"),
            ("Headers.List-Unsubscribe", "<https://old.example>"),
        ];
        let mut message = mail(&parts, json!({"ReplyToAddresses": ["help@y.example"]}));
        message.unsubscribe = Some("https://p.example/waymark/unsubscribe/t".into());
        let source = text(&message, &[]);
        assert_eq!(source, text(&message, &[]), "the same bytes each time");
        for line in [
            "Message-ID: <0123456789abcdef0123456789abcdef@y.example>",
            "Date: Mon, 30 Nov 2026 09:00:00 +0000",
            "From: Shop <shop@y.example>",
            "To: ann@x.example",
            "Reply-To: help@y.example",
            "Subject: =?utf-8?b?R3LDvMOfZQ==?=",
            "X-Campaign: spring",
            "List-Unsubscribe: <https://p.example/waymark/unsubscribe/t>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Type: text/html; charset=utf-8",
            "<p>Hi</p>",
        ] {
            assert!(source.lines().any(|found| found == line), "{line}\n{source}");
        }
        assert!(source.contains("multipart/alternative"));
        assert!(!source.contains("eve@z.example") && !source.contains("old.example"));
    }

    #[test]
    fn a_header_cannot_begin_another() {
        let message = mail(&[("TextPart", "Hi"), ("Headers.X-Name", "Ann\r\nBcc: eve@z.example")], Value::Null);
        assert!(text(&message, &[]).lines().all(|line| !line.starts_with("Bcc")));
        let message = mail(&[("TextPart", "Hi"), ("Subject", "Ann\r\nBcc: eve@z.example")], Value::Null);
        assert!(text(&message, &[]).lines().all(|line| !line.starts_with("Bcc")));
    }

    #[test]
    fn attachments_come_after_the_texts() {
        let message = mail(&[("TextPart", "Hi")], Value::Null);
        let attachment = Attachment { name: "a.pdf".into(), kind: "application/pdf".into(), bytes: b"%PDF-".to_vec() };
        let source = text(&message, &[attachment]);
        assert!(source.contains("multipart/mixed") && source.contains(r#"attachment; filename="a.pdf""#), "{source}");
        assert!(source.contains("Content-Type: application/pdf"), "{source}");
    }

    #[test]
    fn a_raw_mail_goes_as_it_is() {
        let raw = mail(&[], json!({"RawEmail": {"Data": STANDARD.encode("From: a@b.example\r\n\r\nHi")}}));
        assert_eq!(text(&raw, &[]), "From: a@b.example\r\n\r\nHi");
        let broken = mail(&[], json!({"RawEmail": {"Data": "?"}}));
        assert_eq!(source(&broken, None, &[]), Err("`RawEmail.Data` is not base64".into()));
    }

    #[test]
    fn what_cannot_be_sent_is_said() {
        let hi = [("TextPart", "Hi")];
        let no_sender = source(&mail(&hi, Value::Null), None, &[]);
        assert_eq!(
            no_sender,
            Err("the message has no sender: set `FromAddress`, of the message or of the channel".into())
        );
        let wrong = source(&mail(&hi, json!({"FromAddress": "shop"})), None, &[]);
        assert_eq!(wrong, Err("FromAddress: `shop` is not an e-mail address".into()));
        let mut nobody = mail(&hi, Value::Null);
        nobody.address = "ann".into();
        assert_eq!(
            source(&nobody, Some("a@b.example"), &[]),
            Err("the address: `ann` is not an e-mail address".into())
        );
        let empty = source(&mail(&[("Subject", "Hi")], Value::Null), Some("a@b.example"), &[]);
        assert_eq!(empty, Err("the mail has neither a text nor an HTML part".into()));
        let large = "x".repeat(LARGEST + 1);
        assert!(source(&mail(&[("TextPart", &large)], Value::Null), Some("a@b.example"), &[]).is_err());
    }
}
