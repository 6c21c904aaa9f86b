//! Tokens in links that we give out: texts, and a tag over them that only this store can make. Whoever has one can do what it
//! is for, and cannot make another.

use delivery::signature;
use rusqlite::Connection;

use crate::refusal::{Exception, Refusal, Result};
use crate::store;

/// What tokens are for. Each has a key of its own: a token of one is none of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Opting out: project, endpoint, message.
    Unsubscribe,
    /// That a mail was opened: message.
    Open,
    /// That a link was clicked: message, where it leads.
    Click,
}

impl Use {
    const ALL: [Use; 3] = [Use::Unsubscribe, Use::Open, Use::Click];

    /// Where the store keeps the key.
    fn key(self) -> &'static str {
        match self {
            Use::Unsubscribe => "unsubscribe_key",
            Use::Open => "open_key",
            Use::Click => "click_key",
        }
    }
}

/// Makes the keys of this store, once. Links hold for as long as the store does.
pub fn make_keys(connection: &Connection) -> Result<()> {
    for of in Use::ALL {
        if store::meta(connection, of.key())?.is_none() {
            let secret = signature::new_secret();
            let secret = secret.ok_or_else(|| {
                Refusal::new(Exception::InternalServerError, "the system gives no random numbers for links")
            })?;
            store::set_meta(connection, of.key(), &secret)?;
        }
    }
    Ok(())
}

/// The key of a use; `None` = the store has none yet.
pub fn key(connection: &Connection, of: Use) -> rusqlite::Result<Option<String>> {
    store::meta(connection, of.key())
}

/// A token of these texts.
pub fn write(key: &str, texts: &[&str]) -> String {
    let text = serde_json::Value::from(texts).to_string();
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let tag = signature::tag(key.as_bytes(), &text);
    format!("{hex}.{tag}")
}

/// The texts of a token; `None` = it is not ours, or of another use.
pub fn read<const N: usize>(connection: &Connection, of: Use, token: &str) -> Result<Option<[String; N]>> {
    let Some(key) = key(connection, of)? else { return Ok(None) };
    let Some((hex, tag)) = token.split_once('.') else { return Ok(None) };
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
    let bytes = hex.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    });
    let Some(text) = bytes.collect::<Option<Vec<u8>>>().and_then(|bytes| String::from_utf8(bytes).ok()) else {
        return Ok(None);
    };
    if !signature::is_tag(key.as_bytes(), &text, tag) {
        return Ok(None);
    }
    let texts: Option<Vec<String>> = serde_json::from_str(&text).ok();
    Ok(texts.and_then(|texts| texts.try_into().ok()))
}
