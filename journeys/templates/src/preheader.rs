//! The preheader of an e-mail: the words that mailboxes show beside the subject.
//!
//! Pinpoint has no member for it. Those who write mails put it into the page, as a hidden first element; MJML has an element of
//! its own. So the page stays the one place where it is: it is read from there, and changed there.

use crate::plain::{attribute, braces, is_hidden, plain_text, reference, tag_length};

/// Elements that may stand around the first words of a page.
const AROUND: [&str; 9] = ["center", "div", "main", "section", "table", "tbody", "td", "tr", "article"];
/// Elements that may stand inside a preheader; with others a hidden element is something else.
const INSIDE: [&str; 9] = ["b", "br", "em", "font", "i", "p", "small", "span", "strong"];
/// Classes that name a preheader whose style stands elsewhere.
const CLASSES: [&str; 4] = ["preheader", "pre-header", "previewtext", "preview-text"];
/// Elements without content.
const EMPTY: [&str; 6] = ["br", "col", "hr", "img", "link", "meta"];

/// A piece of a text, in bytes.
type Span = std::ops::Range<usize>;

/// Where a preheader stands in a text.
struct Found {
    /// From the start tag to the end tag.
    element: Span,
    /// What is between them.
    content: Span,
}

/// The preheader of an HTML page as plain words, with what stands in double braces as it is; `None` = it has none.
///
/// It is the content of the first element below `<body>` where that is hidden (`display:none`, or a class such as
/// `preheader`) and holds nothing but words. Elements around the first words of the page (tables, `<center>`) do not count, and
/// neither do comments. Blanks and marks without a width that fill the line up are no words.
pub fn preheader(html: &str) -> Option<String> {
    find(html).map(|found| words(&html[found.content]))
}

/// The page with another preheader: changed in its place, or inserted behind `<body>`; without words it is taken out.
///
/// Its style and what fills the line up stay. What stands in double braces is not escaped.
pub fn with_preheader(html: &str, text: &str) -> String {
    let text = text.trim();
    match find(html) {
        Some(found) if text.is_empty() => without(html, found.element),
        Some(found) => put(html, own(html, found.content), &escaped(text)),
        None if text.is_empty() => html.to_owned(),
        None => {
            let at = body(html);
            let blank = &html[at..html.len() - html[at..].trim_start().len()];
            let element =
                format!("{blank}<div style=\"display:none;max-height:0;overflow:hidden\">{}</div>", escaped(text));
            put(html, at..at, &element)
        }
    }
}

/// The words of `<mj-preview>` in a source of MJML; `None` = there is no such element.
pub fn mjml_preheader(mjml: &str) -> Option<String> {
    find_mjml(mjml).map(|found| words(&mjml[found.content]))
}

/// The source of MJML with other words in `<mj-preview>`; the element and its head are added where they are missing, and without
/// words the element is taken out. What has no element `<mjml>` stays as it is.
pub fn with_mjml_preheader(mjml: &str, text: &str) -> String {
    let text = text.trim();
    let element = format!("<mj-preview>{}</mj-preview>", escaped(text));
    let first = |name: &str| tags(mjml).find(|(_, tag)| name_of(tag) == name && !tag.starts_with("</"));
    match find_mjml(mjml) {
        Some(found) if text.is_empty() => without(mjml, found.element),
        Some(found) => put(mjml, found.element, &element),
        None if text.is_empty() => mjml.to_owned(),
        None => match (first("mj-head"), first("mjml")) {
            (Some((at, tag)), _) if !tag.ends_with("/>") => {
                let end = at + tag.len();
                let blank = &mjml[end..mjml.len() - mjml[end..].trim_start().len()];
                put(mjml, end..end, &format!("{blank}{element}"))
            }
            (Some((at, tag)), _) => put(mjml, at..at + tag.len(), &format!("<mj-head>{element}</mj-head>")),
            (None, Some((at, tag))) => {
                let end = at + tag.len();
                let blank = &mjml[end..mjml.len() - mjml[end..].trim_start().len()];
                put(mjml, end..end, &format!("{blank}<mj-head>{element}</mj-head>"))
            }
            (None, None) => mjml.to_owned(),
        },
    }
}

fn put(text: &str, span: Span, new: &str) -> String {
    format!("{}{new}{}", &text[..span.start], &text[span.end..])
}

/// The text without an element and the blanks before it.
fn without(text: &str, element: Span) -> String {
    let start = text[..element.start].trim_end().len();
    put(text, start..element.end, "")
}

/// The content as one line of words.
fn words(content: &str) -> String {
    let text = plain_text(content);
    let words = text.split_whitespace().filter(|word| !word.chars().all(is_without_width));
    words.collect::<Vec<_>>().join(" ")
}

/// The tags of a text, each with its place; what is in comments and braces is none.
fn tags(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(next) = text[at..].find(['<', '{']) {
            let place = at + next;
            let rest = &text[place..];
            let length = skipped(rest).unwrap_or(1);
            at = place + length;
            if is_tag(rest) {
                return Some((place, &text[place..at]));
            }
        }
        None
    })
}

fn is_tag(rest: &str) -> bool {
    let inside = rest.strip_prefix("</").or_else(|| rest.strip_prefix('<'));
    inside.is_some_and(|inside| inside.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// How long the comment, tag or pair of braces is that a text begins with; `None` = it begins with a character.
fn skipped(rest: &str) -> Option<usize> {
    if let Some(comment) = rest.strip_prefix("<!--") {
        return Some(comment.find("-->").map_or(rest.len(), |end| end + "<!---->".len()));
    }
    if rest.starts_with("{{") {
        return Some(braces(rest));
    }
    (is_tag(rest) || rest.starts_with("<!") || rest.starts_with("<?")).then(|| tag_length(rest))
}

/// The name of a tag's element, in lower case.
fn name_of(tag: &str) -> String {
    let inside = tag.trim_start_matches('<').trim_start_matches('/');
    inside.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>().to_ascii_lowercase()
}

/// Where the page begins to show: behind `<body>`, else behind the head, else at the beginning.
fn body(html: &str) -> usize {
    let mut end = 0;
    for (at, tag) in tags(html) {
        match name_of(tag).as_str() {
            "body" if !tag.starts_with("</") => return at + tag.len(),
            "html" if !tag.starts_with("</") => end = at + tag.len(),
            "head" if tag.starts_with("</") => end = at + tag.len(),
            _ => {}
        }
    }
    match html.trim_start().get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) {
        true if end == 0 => html.len() - html.trim_start().len() + tag_length(html.trim_start()),
        _ => end,
    }
}

fn find(html: &str) -> Option<Found> {
    let mut at = body(html);
    loop {
        at += html[at..].len() - html[at..].trim_start().len();
        let rest = &html[at..];
        if rest.starts_with("<!--") || rest.starts_with("{{!") {
            at += skipped(rest)?;
            continue;
        }
        if !is_tag(rest) || rest.starts_with("</") {
            return None;
        }
        let tag = &rest[..tag_length(rest)];
        let name = name_of(tag);
        if names_preheader(tag) {
            return close(html, at, tag, &name).filter(|found| has_words_alone(&html[found.content.clone()]));
        }
        if !AROUND.contains(&name.as_str()) {
            return None;
        }
        at += tag.len();
    }
}

fn names_preheader(tag: &str) -> bool {
    let inside = tag.trim_start_matches('<').trim_end_matches('>');
    let class = attribute(inside, "class").unwrap_or_default().to_ascii_lowercase();
    is_hidden(inside) || class.split_whitespace().any(|class| CLASSES.contains(&class))
}

/// The element that begins at a place; `None` = it is never closed.
fn close(text: &str, at: usize, tag: &str, name: &str) -> Option<Found> {
    let start = at + tag.len();
    if tag.ends_with("/>") || EMPTY.contains(&name) {
        return None;
    }
    let mut depth = 1;
    for (place, inner) in tags(&text[start..]) {
        if name_of(inner) == name && !inner.ends_with("/>") {
            depth = if inner.starts_with("</") { depth - 1 } else { depth + 1 };
        }
        if depth == 0 {
            let place = start + place;
            return Some(Found { element: at..place + inner.len(), content: start..place });
        }
    }
    None
}

fn has_words_alone(content: &str) -> bool {
    tags(content).all(|(_, tag)| INSIDE.contains(&name_of(tag).as_str()))
}

fn find_mjml(mjml: &str) -> Option<Found> {
    let (at, tag) = tags(mjml).find(|(_, tag)| name_of(tag) == "mj-preview" && !tag.starts_with("</"))?;
    let end = at + tag.len();
    match tag.ends_with("/>") {
        true => Some(Found { element: at..end, content: end..end }),
        false => close(mjml, at, tag, "mj-preview"),
    }
}

/// The part of a content that is words: without blanks around it, and without what fills the line up behind it.
fn own(html: &str, content: Span) -> Span {
    let text = &html[content.clone()];
    let start = text.len() - text.trim_start().len();
    let (mut at, mut end) = (start, start);
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let (length, fills) = match skipped(rest) {
            Some(length) => (length, false),
            None if c == '&' => {
                let (said, length) = reference(rest);
                (length, said.trim().is_empty())
            }
            None => (c.len_utf8(), c.is_whitespace() || is_without_width(c)),
        };
        at += length;
        if !fills {
            end = at;
        }
    }
    content.start + start..content.start + end
}

fn is_without_width(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '\u{34f}' | '\u{feff}' | '\u{ad}')
}

/// Words as HTML: what stands in braces stays, and so do references to characters whose names are not known here.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '{' if rest.starts_with("{{") => braces(rest),
            _ => c.len_utf8(),
        };
        match c {
            '&' if !names_unknown(rest) => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    out
}

/// Whether a reference to a character stands there that is passed through as it is written.
fn names_unknown(rest: &str) -> bool {
    let name = rest[1..].split_once(';').map_or("", |(name, _)| name);
    let is_name = !name.is_empty() && name.len() < 12 && name.chars().all(|c| c.is_ascii_alphanumeric());
    is_name && reference(rest).1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const HIDDEN: &str = "<div style=\"display:none;max-height:0;overflow:hidden\">";

    #[test]
    fn the_forms_that_mails_have_are_recognised() {
        for (html, words) in [
            ("", None),
            ("Hello", None),
            ("<body><p>Hi</p></body>", None),
            ("<body>Hi <div style='display:none'>late</div></body>", None),
            ("<body><div style='display:none'>Early</div>Hi", Some("Early")),
            (
                "<BODY bgcolor=\"a>b\">\n <!-- x --> <Span STYLE='Display : none !important'>A\n &amp; b</Span>",
                Some("A & b"),
            ),
            ("<html><head><title>T</title></head><div style='display:none'>No body</div>", Some("No body")),
            ("<!doctype html>\n<div style='display:none'>Bare</div>", Some("Bare")),
            ("<body><center><table><tr><td><span class=\"small preheader\">In a table</span>", Some("In a table")),
            ("<body><div class='wrap'><p>Hi</p></div>", None),
            ("<body><div style='display:none'>Words &zwnj;&nbsp;&#8204;&#xa0;\u{200c}</div>", Some("Words")),
            (
                "<body><div style='display:none'><b>Bold</b>{{#if a}} {{User.UserId}}{{/if}}</div>",
                Some("Bold{{#if a}} {{User.UserId}}{{/if}}"),
            ),
            ("<body><div style='display:none'><div style='display:none'>a</div></div>", None),
            ("<body><div style='display:none'></div>", Some("")),
            ("<body><div style='display:none'><img src=a></div><div style='display:none'>x</div>", None),
            ("<body><div style='display:none'>never closed", None),
            (
                "<style>body > p { color: red }</style><body>{{! <div style='display:none'> }}<div style='display:none'>x</div>",
                Some("x"),
            ),
        ] {
            assert_eq!(preheader(html).as_deref(), words, "{html}");
        }
    }

    #[test]
    fn it_is_changed_in_its_place_inserted_or_taken_out() {
        for (html, words, changed) in [
            (
                "<body><div style='display:none'>Old&zwnj;&nbsp;</div>Hi",
                "New",
                "<body><div style='display:none'>New&zwnj;&nbsp;</div>Hi".to_owned(),
            ),
            (
                "<body>\n  <span class=\"preheader\">\n    Old <i>one</i>\n  </span>\n",
                "New & <b>",
                "<body>\n  <span class=\"preheader\">\n    New &amp; &lt;b&gt;\n  </span>\n".to_owned(),
            ),
            ("<body>\n  <p>Hi</p>", " Now ", format!("<body>\n  {HIDDEN}Now</div>\n  <p>Hi</p>")),
            (
                "<body><p>Hi</p>",
                "{{#if (eq a \"<\")}}x{{/if}}",
                format!("<body>{HIDDEN}{{{{#if (eq a \"<\")}}}}x{{{{/if}}}}</div><p>Hi</p>"),
            ),
            ("<p>Hi</p>", "Now", format!("{HIDDEN}Now</div><p>Hi</p>")),
            ("<!DOCTYPE html>\n<p>Hi</p>", "Now", format!("<!DOCTYPE html>\n{HIDDEN}Now</div>\n<p>Hi</p>")),
            ("<body>\n  <div style='display:none'>Old</div>\n  <p>Hi</p>", "", "<body>\n  <p>Hi</p>".to_owned()),
            ("<body><div style='display:none'></div>", "New", "<body><div style='display:none'>New</div>".to_owned()),
            ("<body><p>Hi</p>", "  ", "<body><p>Hi</p>".to_owned()),
            ("<body><p>Hi</p>", "&Auml; &amp; &", format!("<body>{HIDDEN}&Auml; &amp;amp; &amp;</div><p>Hi</p>")),
        ] {
            assert_eq!(with_preheader(html, words), changed, "{html}");
        }
    }

    #[test]
    fn mjml_has_an_element_for_it() {
        for (mjml, read, words, changed) in [
            (
                "<mjml><mj-head><mj-preview>Old</mj-preview></mj-head></mjml>",
                Some("Old"),
                "New",
                "<mjml><mj-head><mj-preview>New</mj-preview></mj-head></mjml>",
            ),
            (
                "<mjml><mj-head>\n  <mj-preview />\n</mj-head></mjml>",
                Some(""),
                "New",
                "<mjml><mj-head>\n  <mj-preview>New</mj-preview>\n</mj-head></mjml>",
            ),
            (
                "<mjml><mj-head>\n  <mj-title>T</mj-title></mj-head></mjml>",
                None,
                "A & b",
                "<mjml><mj-head>\n  <mj-preview>A &amp; b</mj-preview>\n  <mj-title>T</mj-title></mj-head></mjml>",
            ),
            ("<mjml><mj-head/></mjml>", None, "New", "<mjml><mj-head><mj-preview>New</mj-preview></mj-head></mjml>"),
            (
                "<mjml>\n<mj-body></mj-body></mjml>",
                None,
                "New",
                "<mjml>\n<mj-head><mj-preview>New</mj-preview></mj-head>\n<mj-body></mj-body></mjml>",
            ),
            (
                "<mjml><mj-head>\n <mj-preview>Old</mj-preview>\n</mj-head></mjml>",
                Some("Old"),
                "",
                "<mjml><mj-head>\n</mj-head></mjml>",
            ),
            (
                "<!-- <mj-preview>x</mj-preview> -->{{> all}}",
                None,
                "New",
                "<!-- <mj-preview>x</mj-preview> -->{{> all}}",
            ),
            ("<mjml><mj-head><mj-preview>open", None, "", "<mjml><mj-head><mj-preview>open"),
        ] {
            assert_eq!(mjml_preheader(mjml).as_deref(), read, "{mjml}");
            assert_eq!(with_mjml_preheader(mjml, words), changed, "{mjml}");
        }
    }

    #[test]
    fn what_is_written_is_read_again_and_written_twice_is_written_once() {
        let pages =
            ["", "<p>Hi</p>", "<html><body>\n <table><tr><td>x</table>", "<body><i style='display:none'>a&nbsp;</i>"];
        for html in pages {
            for words in ["Now", "1 < 2 & 3 > 2", "&amp; &Auml; &#8364;", "{{Attributes.a}}, \"you\"", "ü €"] {
                let once = with_preheader(html, words);
                assert_eq!(preheader(&once).as_deref(), Some(words), "{once}");
                assert_eq!(with_preheader(&once, words), once);
                assert_eq!(preheader(&with_preheader(&once, "")), None, "{once}");
            }
        }
    }

    #[test]
    fn broken_pages_do_not_matter() {
        let text =
            "<!doctype<body a='><!-- --><div class=preheader style=display:none>&zw ü{{a}}</div></mjml><mj-preview>";
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            for start in (0..end).filter(|start| text.is_char_boundary(*start)) {
                let page = &text[start..end];
                let _ = (with_preheader(page, "x"), with_preheader(page, ""), with_mjml_preheader(page, "x"));
            }
        }
    }
}
