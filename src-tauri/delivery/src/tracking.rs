//! Opens and clicks of a mail: its HTML with an image that is fetched when it is shown, and with links that lead over us.
//!
//! Only what stands in `href` of `<a>` is changed, and only addresses of http and https. The rest of the text stays as it is,
//! byte for byte: comments (Outlook reads conditions in them), styles, what is no sound HTML. Left alone is a link that
//! - has the attribute `ses:no-track`, or is tagged `unsubscribeLinkTag`, as Amazon SES reads them;
//! - [`Links::is_kept`] names: those that opt out.

use std::ops::Range;

/// What the HTML of one mail is changed with.
pub struct Links<'a> {
    /// Whether a link stays as it is.
    pub is_kept: &'a dyn Fn(&str) -> bool,
    /// The address that stands for a link, and leads to it.
    pub click: &'a dyn Fn(&str) -> String,
    /// The address of the image.
    pub open: &'a str,
}

/// The HTML with its links replaced and the image at its end.
pub fn tracked(html: &str, links: &Links<'_>) -> String {
    let mut out = String::with_capacity(html.len() * 2);
    let mut rest = html;
    let mut end = None;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        out.push_str(text);
        let Some(length) = piece(tag, links, &mut out) else {
            rest = tag;
            break;
        };
        if is_tag(tag, "</body") {
            end = Some(out.len() - length);
        }
        rest = &tag[length..];
    }
    out.push_str(rest);
    let image = format!(
        "<img src=\"{}\" alt=\"\" width=\"1\" height=\"1\" style=\"display:block;border:0\">",
        escaped(links.open)
    );
    out.insert_str(end.unwrap_or(out.len()), &image);
    out
}

/// Writes the comment, style or tag that a text begins with; its length in bytes, `None` = it has no end.
fn piece(text: &str, links: &Links<'_>, out: &mut String) -> Option<usize> {
    let whole = |end: &str| Some(text.find(end)? + end.len());
    if text.starts_with("<!--") {
        let length = whole("-->")?;
        out.push_str(&text[..length]);
        return Some(length);
    }
    for (begin, end) in [("<style", "</style"), ("<script", "</script")] {
        if is_tag(text, begin) {
            let length = text.to_ascii_lowercase().find(end)? + end.len();
            out.push_str(&text[..length]);
            return Some(length);
        }
    }
    if !text[1..].starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?')) {
        out.push('<');
        return Some(1);
    }
    let (attributes, length) = attributes(text)?;
    let tag = &text[..length];
    match link(tag, &attributes, links) {
        Some((at, address)) => {
            out.push_str(&tag[..at.start]);
            out.push_str(&format!("\"{}\"", escaped(&address)));
            out.push_str(&tag[at.end..]);
        }
        None => out.push_str(tag),
    }
    Some(length)
}

/// Where the address of a link stands that is to be replaced, and what by.
fn link(tag: &str, attributes: &[Attribute<'_>], links: &Links<'_>) -> Option<(Range<usize>, String)> {
    if !is_tag(tag, "<a") {
        return None;
    }
    let find = |name: &str| attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name));
    let tags = find("ses:tags").map_or("", |attribute| attribute.value);
    if find("ses:no-track").is_some() || tags.contains("unsubscribeLinkTag") {
        return None;
    }
    let attribute = find("href")?;
    let address = address(attribute.value)?;
    if (links.is_kept)(&address) {
        return None;
    }
    Some((attribute.at.clone(), (links.click)(&address)))
}

/// Whether a text begins with a tag of that name: `<a` is no `<abbr`.
fn is_tag(text: &str, begin: &str) -> bool {
    let Some((name, rest)) = text.split_at_checked(begin.len()) else { return false };
    let ends = rest.starts_with(|next: char| next.is_ascii_whitespace() || matches!(next, '>' | '/'));
    name.eq_ignore_ascii_case(begin) && ends
}

/// An attribute of a tag.
struct Attribute<'h> {
    name: &'h str,
    value: &'h str,
    /// Where its value stands in the tag, quotes included.
    at: Range<usize>,
}

/// The attributes of the tag that a text begins with, and its length in bytes; `None` = it has no end.
fn attributes(text: &str) -> Option<(Vec<Attribute<'_>>, usize)> {
    let bytes = text.as_bytes();
    let skip = |mut at: usize, is_in: &dyn Fn(u8) -> bool| {
        while bytes.get(at).is_some_and(|byte| is_in(*byte)) {
            at += 1;
        }
        at
    };
    let is_space = |byte: u8| byte.is_ascii_whitespace();
    let mut found = Vec::new();
    let mut at = skip(1, &|byte| !is_space(byte) && byte != b'>');
    loop {
        at = skip(at, &|byte| is_space(byte) || byte == b'/');
        if *bytes.get(at)? == b'>' {
            return Some((found, at + 1));
        }
        let from = at;
        // An `=` that begins a name is part of it, as browsers read it.
        at = skip(at + 1, &|byte| !is_space(byte) && !matches!(byte, b'=' | b'>' | b'/'));
        let name = &text[from..at];
        let after = skip(at, &is_space);
        if bytes.get(after) != Some(&b'=') {
            found.push(Attribute { name, value: "", at: at..at });
            continue;
        }
        let start = skip(after + 1, &is_space);
        let value = match *bytes.get(start)? {
            quote @ (b'"' | b'\'') => {
                let value = &text[start + 1..];
                let value = &value[..value.find(char::from(quote))?];
                at = start + value.len() + 2;
                value
            }
            _ => {
                at = skip(start, &|byte| !is_space(byte) && byte != b'>');
                &text[start..at]
            }
        };
        found.push(Attribute { name, value, at: start..at });
    }
}

/// The address of a link as a header may have it; `None` = it is not of http or https.
fn address(value: &str) -> Option<String> {
    let value = value.trim();
    let plain = value.replace("&quot;", "\"").replace("&#39;", "'").replace("&#38;", "&").replace("&amp;", "&");
    let scheme = plain.split_once("://")?.0;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let mut address = String::with_capacity(plain.len());
    for byte in plain.bytes() {
        match byte {
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0..=b' ' | 0x7f.. => {
                address.push_str(&format!("%{byte:02X}"));
            }
            byte => address.push(char::from(byte)),
        }
    }
    Some(address)
}

fn escaped(address: &str) -> String {
    address.replace('&', "&amp;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAGE: &str =
        "<img src=\"https://p.example/o\" alt=\"\" width=\"1\" height=\"1\" style=\"display:block;border:0\">";

    /// Links in brackets, behind the address of ours.
    fn marked(html: &str) -> String {
        let links = Links {
            is_kept: &|link| link.starts_with("https://p.example/waymark/"),
            click: &|link| format!("https://p.example/c/[{link}]"),
            open: "https://p.example/o",
        };
        tracked(html, &links)
    }

    #[test]
    fn links_lead_over_us_and_the_image_stands_at_the_end() {
        for (html, expected) in [
            ("<p>Hi</p>", "<p>Hi</p>IMAGE"),
            ("<body>Hi</body></html>", "<body>Hi IMAGE</body></html>"),
            ("<a href=\"https://x.example\">x</a>", "<a href=\"https://p.example/c/[https://x.example]\">x</a>IMAGE"),
            (
                "<A\nclass=b HREF = 'http://x.example/?a=1&amp;b=2'>",
                "<A\nclass=b HREF = \"https://p.example/c/[http://x.example/?a=1&amp;b=2]\">IMAGE",
            ),
            ("<a href=https://x.example/y>", "<a href=\"https://p.example/c/[https://x.example/y]\">IMAGE"),
            (
                "<a title=\"a > b\" href=\"https://x.example/ä b\">",
                "<a title=\"a > b\" href=\"https://p.example/c/[https://x.example/%C3%A4%20b]\">IMAGE",
            ),
        ] {
            let expected = expected.replace(" IMAGE", "IMAGE").replace("IMAGE", IMAGE);
            assert_eq!(marked(html), expected, "{html}");
        }
    }

    #[test]
    fn all_else_stays_as_it_is() {
        for html in [
            "<a href=\"mailto:shop@x.example\">",
            "<a href=\"tel:+15550100001\">",
            "<a href=\"#top\">",
            "<a href=\"javascript:alert('https://x.example')\">",
            "<a name=\"top\">",
            "<abbr href=\"https://x.example\">",
            "<link href=\"https://x.example/style.css\"><img src=\"https://x.example/a.png\">",
            "<a href=\"https://p.example/waymark/unsubscribe/t\">",
            "<a ses:no-track href=\"https://x.example\">",
            "<a ses:tags=\"unsubscribeLinkTag:click;\" href=\"https://x.example/out\">",
            "<!--[if mso]><a href=\"https://x.example\"><![endif]-->",
            "<style>a[href=\"https://x.example\"] > b {}</style>",
            "a < b and <3 <a href=\"https://x.example",
            "<a href",
            "<",
            "<!-- never ends <a href=\"https://x.example\">",
            "Grüße <b title='<a href=\"https://x.example\">'>",
        ] {
            assert_eq!(marked(html), format!("{html}{IMAGE}"), "{html}");
        }
    }

    #[test]
    fn a_line_break_in_a_link_can_not_begin_a_header() {
        let html = marked("<a href=\"https://x.example/\r\nSet-Cookie: a=b\">");
        assert!(html.contains("[https://x.example/%0D%0ASet-Cookie:%20a=b]"), "{html}");
    }
}
