//! Opens and clicks of mail that goes out over a mail server: links and an image with a token of ours, which become
//! `_email.open` and `_email.click` (events-and-analytics.md 1.4, 2). Mail over SES is tracked by SES.

use std::net::IpAddr;

use delivery::tracking::{Links, tracked};
use rusqlite::Connection;
use serde_json::{Map, json};

use super::token::{self, Use};
use super::told::{self, Told};
use crate::api::Context;
use crate::outbox::{self, Message};
use crate::refusal::Result;

/// The path of images, before their token.
pub const OPEN: &str = "/waymark/open/";
/// The path of links, before their token.
pub const CLICK: &str = "/waymark/click/";

/// Who shows a mail or follows its link, as far as the request says.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// The address that asks: that of a proxy, where one stands between.
    pub address: Option<IpAddr>,
    /// `User-Agent`
    pub agent: String,
}

/// The parts of a mail with its HTML marked; `url` is where this server is reached from outside. As they are without HTML or
/// before the store has a key. The same message gives the same parts each time.
pub fn marked(connection: &Connection, url: &str, message: &Message) -> rusqlite::Result<Vec<(String, String)>> {
    let mut parts = message.parts.clone();
    let (Some(open), Some(click)) = (token::key(connection, Use::Open)?, token::key(connection, Use::Click)?) else {
        return Ok(parts);
    };
    let opts_out = |name: &str| name.eq_ignore_ascii_case("Headers.List-Unsubscribe");
    let opt_out = message.parts.iter().find(|(name, _)| opts_out(name)).map_or("", |(_, value)| value.as_str());
    let own = format!("{url}/waymark/");
    if let Some((_, html)) = parts.iter_mut().find(|(name, _)| name == "HtmlPart") {
        let links = Links {
            is_kept: &|link| link.starts_with(&own) || opt_out.contains(&format!("<{link}>")),
            click: &|link| format!("{url}{CLICK}{}", token::write(&click, &[&message.id, link])),
            open: &format!("{url}{OPEN}{}", token::write(&open, &[&message.id])),
        };
        *html = tracked(html, &links);
    }
    Ok(parts)
}

/// The message that the token of an image is about; `None` = it is not ours.
pub fn of_open(connection: &Connection, token: &str) -> Result<Option<String>> {
    Ok(token::read(connection, Use::Open, token)?.map(|[message]| message))
}

/// The message that the token of a link is about, and where it leads; `None` = it is not ours.
pub fn of_click(connection: &Connection, token: &str) -> Result<Option<(String, String)>> {
    Ok(token::read(connection, Use::Click, token)?.map(|[message, link]| (message, link)))
}

/// Tells that a mail was shown. Every time: only metrics count a person once (events-and-analytics.md 1).
pub fn opened(context: &Context<'_>, message: &str, reader: &Reader) -> Result<()> {
    tell(context, message, "_email.open", "opened", "open", reader, None)
}

/// Tells that a link was followed.
pub fn clicked(context: &Context<'_>, message: &str, link: &str, reader: &Reader) -> Result<()> {
    tell(context, message, "_email.click", link, "click", reader, Some(link))
}

fn tell(
    context: &Context<'_>,
    message: &str,
    event: &str,
    feedback: &str,
    kind: &str,
    reader: &Reader,
    link: Option<&str>,
) -> Result<()> {
    // The outbox was emptied meanwhile: nobody knows any more what the mail was of.
    let Some(message) = outbox::find(context.store, message)? else { return Ok(()) };
    let mut detail = json!({"user_agent": reader.agent});
    if let Some(address) = reader.address {
        detail["ip_address"] = address.to_string().into();
    }
    if let Some(link) = link {
        detail["link"] = link.into();
    }
    let detail = Map::from_iter([(kind.to_owned(), detail)]);
    told::event(context, &message, event, Told { detail, ..Told::of("feedback", feedback) })
}

/// An image of one transparent pixel (GIF89a).
pub const IMAGE: &[u8] = &[
    0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x01, 0x00, 0x01, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
    0x21, 0xf9, 0x04, 0x01, 0x00, 0x00, 0x00, 0x00, 0x2c, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00, 0x00, 0x02,
    0x02, 0x44, 0x01, 0x00, 0x3b,
];
