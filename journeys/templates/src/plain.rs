//! The plain text of an HTML page, for people whose mail program shows no HTML.

/// Elements whose content is not read.
const SILENT: [&str; 5] = ["head", "script", "style", "title", "template"];
/// Elements that stand in lines of their own.
const BLOCKS: [&str; 19] = [
    "address",
    "article",
    "blockquote",
    "center",
    "div",
    "dd",
    "dl",
    "dt",
    "figure",
    "footer",
    "form",
    "header",
    "main",
    "nav",
    "ol",
    "section",
    "table",
    "tr",
    "ul",
];
/// Elements with an empty line before and after.
const PARAGRAPHS: [&str; 8] = ["p", "h1", "h2", "h3", "h4", "h5", "h6", "pre"];
/// The character references that pages use most; others are left as they are written.
const NAMED: [(&str, &str); 20] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("copy", "©"),
    ("reg", "®"),
    ("trade", "™"),
    ("hellip", "…"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("euro", "€"),
    ("middot", "·"),
    ("bull", "•"),
    ("zwnj", ""),
];

/// The text of a page: paragraphs with an empty line between, a line for each row and list item, links with their address
/// behind, images by their alternative text. Empty for a page without words.
///
/// What stands in double braces is copied as it is, so that the text of a template's HTML part is a template as well. Hidden
/// elements (`display:none`, as for the words beside the subject) are left out, and so is what programs of one maker read only
/// (`<!--[if mso]>`). Never fails: what is no HTML is text.
pub fn plain_text(html: &str) -> String {
    let mut reading = Reading::default();
    let mut rest = html;
    while let Some(first) = rest.chars().next() {
        let length = if let Some(comment) = rest.strip_prefix("<!--") {
            comment.find("-->").map_or(rest.len(), |end| end + "<!---->".len())
        } else if rest.starts_with("{{") {
            let length = braces(rest);
            reading.verbatim(&rest[..length]);
            length
        } else if first == '<'
            && rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
        {
            let length = tag_length(rest);
            reading.tag(&rest[1..length]);
            length
        } else if first == '&' {
            let (text, length) = reference(rest);
            reading.words(&text);
            length
        } else {
            let length = rest[first.len_utf8()..].find(['<', '&', '{']).map_or(rest.len(), |at| at + first.len_utf8());
            reading.words(&rest[..length]);
            length
        };
        rest = &rest[length..];
    }
    reading.end()
}

/// How long what stands in braces is.
pub(crate) fn braces(rest: &str) -> usize {
    let end = match () {
        () if rest.starts_with("{{!--") => "--}}",
        () if rest.starts_with("{{{") => "}}}",
        () => "}}",
    };
    rest.find(end).map_or(rest.len(), |at| at + end.len())
}

/// How long the tag is that `rest` begins with, in bytes; `>` in quotes does not end it. All of `rest` where it does not end.
pub fn tag_length(rest: &str) -> usize {
    let mut quote = None;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    rest.len()
}

/// What a character reference says, and how long it is; an ampersand alone is itself.
pub(crate) fn reference(rest: &str) -> (String, usize) {
    let plain = ("&".to_owned(), 1);
    let Some(end) = rest.bytes().take(12).position(|byte| byte == b';') else { return plain };
    let name = &rest[1..end];
    let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    });
    match number.and_then(char::from_u32) {
        // Blanks that do not break, and marks without a width, which mails fill the line beside the subject with.
        Some('\u{a0}') => (" ".to_owned(), end + 1),
        Some('\u{200b}'..='\u{200d}' | '\u{34f}' | '\u{feff}' | '\u{ad}') => (String::new(), end + 1),
        Some(c) => (c.to_string(), end + 1),
        None => match NAMED.iter().find(|(known, _)| *known == name) {
            Some((_, text)) => ((*text).to_owned(), end + 1),
            None => plain,
        },
    }
}

#[derive(Default)]
struct Reading {
    out: String,
    /// Line breaks that come before the next word.
    breaks: usize,
    /// Whether a blank comes before the next word.
    blank: bool,
    /// Elements that are not read, from the outside in, with those of the same name in them.
    silent: Option<(String, usize)>,
    /// Open links: where they lead, and where their words begin.
    links: Vec<(String, usize)>,
    /// Numbers of the open lists; `None` = its items have none.
    lists: Vec<Option<usize>>,
}

impl Reading {
    fn words(&mut self, text: &str) {
        if self.silent.is_some() {
            return;
        }
        for (place, word) in text.split(|c: char| c.is_whitespace()).enumerate() {
            self.blank |= place > 0;
            if !word.is_empty() {
                self.verbatim(word);
            }
        }
    }

    fn verbatim(&mut self, text: &str) {
        if self.silent.is_some() {
            return;
        }
        if !self.out.is_empty() {
            match self.breaks {
                0 if self.blank && !self.out.ends_with([' ', '\n']) => self.out.push(' '),
                breaks => {
                    for _ in 0..breaks {
                        self.out.push('\n');
                    }
                }
            }
        }
        (self.breaks, self.blank) = (0, false);
        self.out.push_str(text);
    }

    fn tag(&mut self, inside: &str) {
        let closes = inside.starts_with('/');
        let inside = inside.trim_start_matches('/').trim_end_matches('>');
        let name: String = inside.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        let name = name.to_ascii_lowercase();
        let empty =
            inside.ends_with('/') || matches!(name.as_str(), "br" | "hr" | "img" | "input" | "meta" | "link" | "col");
        if let Some((silent, depth)) = &mut self.silent {
            if *silent == name && !empty {
                *depth = if closes { depth.saturating_sub(1) } else { *depth + 1 };
                if *depth == 0 {
                    self.silent = None;
                }
            }
            return;
        }
        if !closes && !empty && (SILENT.contains(&name.as_str()) || is_hidden(inside)) {
            self.silent = Some((name, 1));
            return;
        }
        match name.as_str() {
            "br" => self.breaks += 1,
            "hr" => {
                self.break_lines(2);
                self.verbatim("---");
                self.break_lines(2);
            }
            "img" => {
                if let Some(words) = attribute(inside, "alt").filter(|words| !words.is_empty()) {
                    self.words(&plain_text(&words));
                }
            }
            "a" if closes => {
                if let Some((address, from)) = self.links.pop() {
                    self.address(&address, from);
                }
            }
            "a" => self.links.push((attribute(inside, "href").unwrap_or_default(), self.out.len())),
            "td" | "th" => self.blank = true,
            "li" if !closes => {
                self.break_lines(1);
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{number}.")
                    }
                    _ => "-".to_owned(),
                };
                self.verbatim(&mark);
                self.blank = true;
            }
            "ul" | "ol" => {
                match closes {
                    true => drop(self.lists.pop()),
                    false => self.lists.push((name == "ol").then_some(0)),
                }
                self.break_lines(if self.lists.len() > usize::from(!closes) { 1 } else { 2 });
            }
            block if PARAGRAPHS.contains(&block) => self.break_lines(2),
            block if BLOCKS.contains(&block) => self.break_lines(1),
            _ => {}
        }
    }

    /// An address behind the words that lead to it; where they are the address it is there already.
    fn address(&mut self, address: &str, from: usize) {
        let words = self.out.get(from..).unwrap_or_default().trim().to_owned();
        let bare = |text: &str| {
            let text = text.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("mailto:");
            text.trim_end_matches('/').to_owned()
        };
        if address.is_empty() || address.starts_with('#') || bare(address) == bare(&words) {
            return;
        }
        // Links around an image without words have only their address.
        let address = plain_reference(address);
        if words.is_empty() {
            self.verbatim(&address);
        } else {
            self.blank = true;
            self.verbatim(&format!("({address})"));
        }
    }

    fn break_lines(&mut self, count: usize) {
        self.breaks = self.breaks.max(count);
    }

    fn end(self) -> String {
        let mut text = String::with_capacity(self.out.len() + 1);
        let mut empty = 0;
        for line in self.out.lines().map(str::trim_end) {
            empty = if line.is_empty() { empty + 1 } else { 0 };
            if empty < 2 {
                text.push_str(line);
                text.push('\n');
            }
        }
        text.truncate(text.trim_end().len());
        text
    }
}

/// The text of an attribute with its character references read.
fn plain_reference(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (said, length) = reference(&rest[at..]);
        out.push_str(&rest[..at]);
        out.push_str(&said);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    out
}

pub(crate) fn is_hidden(tag: &str) -> bool {
    let style = attribute(tag, "style").unwrap_or_default().to_ascii_lowercase();
    style.split(';').any(|rule| {
        let (name, value) = rule.split_once(':').unwrap_or_default();
        name.trim() == "display" && value.trim().trim_end_matches("!important").trim() == "none"
    })
}

/// The value of an attribute of a tag.
pub(crate) fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag.split_once(|c: char| c.is_whitespace())?.1;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        if end == 0 {
            return None;
        }
        let (found, behind) = rest.split_at(end);
        let behind = behind.trim_start();
        let (value, next) = match behind.strip_prefix('=') {
            None => ("", behind),
            Some(value) => {
                let value = value.trim_start();
                match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
                    Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                    None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
                }
            }
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(value.to_owned());
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_text() {
        for (html, text) in [
            ("", ""),
            ("Hello", "Hello"),
            ("<p>Hello\n  <b>Ann</b>,</p><p>how are&nbsp;you?</p>", "Hello Ann,\n\nhow are you?"),
            ("<h1>News</h1><ul><li>One</li><li>Two</li></ul><p>End</p>", "News\n\n- One\n- Two\n\nEnd"),
            ("<ol><li>One</li><li>Two<ul><li>a</li></ul></li></ol>", "1. One\n2. Two\n- a"),
            ("a<br>b<br/><br/>c", "a\nb\n\nc"),
            ("<a href=\"https://x.example/a?b=1&amp;c=2\">Shop</a> now", "Shop (https://x.example/a?b=1&c=2) now"),
            ("<a href='https://x.example/'>x.example</a>", "x.example"),
            ("<a href=https://x.example/><img src=a alt=\"Our &amp; shop\"></a>", "Our & shop (https://x.example/)"),
            ("<a href=\"https://x.example/\"><img src=a></a>", "https://x.example/"),
            ("<table><tr><td>Tea</td><td>2 €</td></tr><tr><td>Milk</td></tr></table>", "Tea 2 €\nMilk"),
            ("<head><title>T</title><style>p { color: red }</style></head><body>Hi</body>", "Hi"),
            ("<div style=\"color:red; Display : none\">early<div>words</div></div><div>Hi</div>", "Hi"),
            ("a<!--[if mso]><table><![endif]-->b<hr>c", "ab\n\n---\n\nc"),
            ("1 < 2 &lt; 3 &unknown; &#x20AC;&#8204;", "1 < 2 < 3 &unknown; €"),
            ("<p title=\"a > b\">x</p", "x"),
        ] {
            assert_eq!(plain_text(html), text, "{html}");
        }
    }

    #[test]
    fn what_stands_in_braces_stays() {
        let html = "<p>{{#if (gt Metrics.age \"17\")}}Hi <b>{{Attributes.Name}}</b>{{else}}No{{/if}}</p>\
                    <a href=\"{{{Attributes.Link}}}\">{{! a > b }}Go</a>";
        let text = "{{#if (gt Metrics.age \"17\")}}Hi {{Attributes.Name}}{{else}}No{{/if}}\n\n{{! a > b }}Go ({{{Attributes.Link}}})";
        assert_eq!(plain_text(html), text);
    }

    #[test]
    fn broken_pages_are_read_too() {
        let text = "<p>ü<a href='x{{/a}}&#x110000;&é;<td><!-- {{{ <style>".repeat(3);
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let read = plain_text(&text[..end]);
            assert!(!read.contains("<p>"), "{read}");
        }
    }
}
