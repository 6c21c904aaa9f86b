//! Templates of three sizes: a text message, a paragraph, an e-mail in HTML of about 7 kB. All read generated endpoints
//! ([`crate::people`]); the comparison names the sizes, the words are ours.

use serde_json::{Value, json};

/// One line with three variables.
pub const SHORT: &str = include_str!("../texts/short.txt");
/// A letter with a dozen variables, helpers and a condition.
pub const MEDIUM: &str = include_str!("../texts/medium.txt");
/// An e-mail in HTML with lists and conditions.
pub const LONG: &str = include_str!("../texts/long.html");

/// The short text as an `SMSTemplateRequest`.
pub fn short() -> Value {
    json!({"Body": SHORT})
}

/// The medium text as an `EmailTemplateRequest`.
pub fn medium() -> Value {
    json!({"TextPart": MEDIUM})
}

/// The long text as an `EmailTemplateRequest`.
pub fn long() -> Value {
    json!({"HtmlPart": LONG})
}
