//! Divides a part into text and tags: `Hello {{upper Name}}!` is a text, a tag and a text.
//!
//! One pass in linear time, without recursion. The handlebars library then reads what stands in one tag at a time: its
//! own reading of a whole text takes time by the square of its length, and its depth follows the text's.

use std::borrow::Cow;

use crate::tree::{At, Fault, MAX_DEPTH};

/// Longest tag, in bytes.
const MAX_TAG: usize = 8_000;
/// Most words, literals and parentheses in a tag.
const MAX_WORDS: usize = 300;

/// A piece of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'t> {
    Text(Cow<'t, str>),
    Tag(Tag<'t>),
}

/// What stands between `{{` and `}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag<'t> {
    pub(crate) kind: TagKind,
    /// What stands behind the sign of the kind.
    pub(crate) inner: &'t str,
    /// Where the tag begins.
    pub(crate) at: At,
    /// Characters from there to `inner`.
    pub(crate) indent: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TagKind {
    /// `{{x}}`
    Print,
    /// `{{{x}}}`, `{{&x}}`
    PrintRaw,
    /// `{{#x}}`
    Open,
    /// `{{else}}`, `{{else x}}`, `{{^}}`
    Else,
    /// `{{/x}}`
    Close,
    /// `{{> x}}`
    Partial,
    /// `{{#* x}}`
    Define,
    /// `{{! x}}`
    Comment,
}

/// A tag with what it does to the text around it.
struct Found<'t> {
    tag: Tag<'t>,
    /// Bytes of the whole tag in the part.
    from: usize,
    to: usize,
    /// `{{~`, `~}}`
    strips: (bool, bool),
}

pub(crate) fn pieces(part: &str) -> Result<Vec<Piece<'_>>, Fault> {
    let mut scan = Scan { part, at: 0, counted: 0, place: At { line: 1, column: 1 }, long_comments: true };
    let mut pieces = Vec::new();
    let mut before: Option<(usize, bool, bool)> = None;
    loop {
        let from = scan.at;
        let found = scan.tag()?;
        let to = found.as_ref().map_or(part.len(), |found| found.from);
        let mut text = &part[from..to];
        // What the tag before does to the text.
        match before {
            Some((_, true, _)) => text = text.trim_start(),
            Some((_, _, true)) => text = without_line_end(text),
            _ => {}
        }
        let alone = found.as_ref().is_some_and(|found| stands_alone(part, found));
        match &found {
            Some(found) if found.strips.0 => text = text.trim_end(),
            Some(_) if alone => text = text.trim_end_matches(is_blank),
            _ => {}
        }
        if !text.is_empty() {
            let touches = found.as_ref().is_some_and(|found| part[..found.from].ends_with('\\'));
            pieces.push(Piece::Text(unescaped(text, touches)));
        }
        let Some(found) = found else { return Ok(pieces) };
        before = Some((found.to, found.strips.1, alone));
        scan.at = found.to;
        if found.tag.kind != TagKind::Comment {
            pieces.push(Piece::Tag(found.tag));
        }
    }
}

fn is_blank(c: char) -> bool {
    c == ' ' || c == '\t'
}

/// Takes the rest of a line away that holds nothing.
fn without_line_end(text: &str) -> &str {
    let text = text.trim_start_matches(is_blank);
    text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\n')).unwrap_or(text)
}

/// A tag that prints nothing and has a line of its own takes the whole line away, as the language says.
fn stands_alone(part: &str, found: &Found<'_>) -> bool {
    if matches!(found.tag.kind, TagKind::Print | TagKind::PrintRaw) {
        return false;
    }
    let before = part[..found.from].trim_end_matches(is_blank);
    let after = &part[found.to..];
    let line_begins = before.is_empty() || before.ends_with(['\n', '\r']);
    line_begins && (after.is_empty() || after.trim_start_matches(is_blank).starts_with(['\n', '\r']))
}

/// `\{{` means the braces themselves; of several backslashes that touch the tag behind the text one is taken away.
fn unescaped(text: &str, touches: bool) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.find('\\') {
        let count = rest[first..].bytes().take_while(|byte| *byte == b'\\').count();
        let (run, after) = (&rest[..first + count], &rest[first + count..]);
        let escapes = after.starts_with("{{") || (after.is_empty() && touches);
        out.push_str(if escapes { &run[..run.len() - 1] } else { run });
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

struct Scan<'t> {
    part: &'t str,
    /// Where the search goes on, in bytes.
    at: usize,
    /// Up to where lines and columns have been counted, and the place there.
    counted: usize,
    place: At,
    /// Whether a `--}}` may still come.
    long_comments: bool,
}

impl<'t> Scan<'t> {
    /// The next tag from `at` on.
    fn tag(&mut self) -> Result<Option<Found<'t>>, Fault> {
        let mut from = self.at;
        loop {
            let Some(offset) = self.part[from..].find("{{") else { return Ok(None) };
            let braces = from + offset;
            let backslashes = self.part[self.at..braces].bytes().rev().take_while(|byte| *byte == b'\\').count();
            if backslashes != 1 {
                return self.read(braces).map(Some);
            }
            // `\{{{{` escapes all four, as in the library.
            let more = if self.part[braces + 2..].starts_with("{{") { 4 } else { 2 };
            from = braces + more;
        }
    }

    fn read(&mut self, from: usize) -> Result<Found<'t>, Fault> {
        let part = self.part;
        let at = self.count(from);
        if part[from..].starts_with("{{{{") {
            return Err(Fault::new(at, "raw blocks are not supported"));
        }
        let mut inside = from + 2;
        let strips_before = part[inside..].starts_with('~');
        inside += usize::from(strips_before);
        let sign = part[inside..].bytes().next().unwrap_or_default();
        if sign == b'!' {
            return self.comment(from, inside, strips_before, at);
        }
        let (kind, width) = match sign {
            b'{' => (TagKind::PrintRaw, 1),
            b'&' => (TagKind::PrintRaw, 1),
            b'>' => (TagKind::Partial, 1),
            b'/' => (TagKind::Close, 1),
            b'^' => (TagKind::Else, 1),
            b'#' if part[inside + 1..].starts_with('*') => (TagKind::Define, 2),
            b'#' if part[inside + 1..].starts_with('>') => {
                return Err(Fault::new(at, "partial blocks are not supported"));
            }
            b'#' => (TagKind::Open, 1),
            b'*' => return Err(Fault::new(at, "decorators are not supported")),
            _ if is_else(&part[inside..]) => (TagKind::Else, else_width(&part[inside..])),
            _ => (TagKind::Print, 0),
        };
        inside += width;
        let end = self.end_of_expression(inside, at)?;
        let mut inner = &part[inside..end];
        let mut to = end + 2;
        let mut strips_after = inner.ends_with('~');
        if sign == b'{' {
            // `{{{x}}}`, `{{{~x~}}}`, `{{~{x}~}}`
            let rest = &part[end..];
            let width = ["}~}}", "~}}}", "}}}"].iter().find(|close| rest.starts_with(**close)).map(|close| close.len());
            let Some(width) = width else { return Err(unreadable(at)) };
            to = end + width;
            strips_after = width == 4;
        } else if !part[end..].starts_with("}}") {
            return Err(unreadable(at));
        } else if strips_after {
            inner = &inner[..inner.len() - 1];
        }
        let strips_inside = sign == b'{' && inner.starts_with('~');
        if strips_inside {
            inner = &inner[1..];
            inside += 1;
        }
        let indent = part[from..inside].chars().count();
        let tag = Tag { kind, inner, at, indent };
        Ok(Found { tag, from, to, strips: (strips_before || strips_inside, strips_after) })
    }

    fn comment(&mut self, from: usize, inside: usize, strips: bool, at: At) -> Result<Found<'t>, Fault> {
        let part = self.part;
        let tag = Tag { kind: TagKind::Comment, inner: "", at, indent: 0 };
        let body = &part[inside + 1..];
        if body.starts_with("--") && self.long_comments {
            // The dashes that open do not close too.
            let closes = ["--}}", "--~}}"].map(|close| (body[2..].find(close), close.len()));
            let first = closes.iter().filter_map(|(place, width)| Some(((*place)?, *width))).min();
            if let Some((place, width)) = first {
                let to = inside + 3 + place + width;
                return Ok(Found { tag, from, to, strips: (strips, width == 5) });
            }
            self.long_comments = false;
        }
        let Some(end) = body.find("}}") else { return Err(Fault::new(at, "this comment has no end `}}`")) };
        Ok(Found { tag, from, to: inside + 1 + end + 2, strips: (strips, body[..end].ends_with('~')) })
    }

    /// Where the braces begin that close the expression. Braces in quotes and brackets do not count.
    fn end_of_expression(&mut self, from: usize, at: At) -> Result<usize, Fault> {
        let bytes = self.part.as_bytes();
        let (mut depth, mut words, mut in_word) = (0usize, 0usize, false);
        let mut place = from;
        loop {
            if place - from > MAX_TAG {
                return Err(Fault::new(at, format!("is longer than {MAX_TAG} bytes")));
            }
            let Some(byte) = bytes.get(place) else { return Err(unreadable(at)) };
            let starts = matches!(byte, b'"' | b'\'' | b'[' | b'(' | b'=')
                || (!in_word && !byte.is_ascii_whitespace() && *byte != b')');
            words += usize::from(starts);
            in_word = !byte.is_ascii_whitespace() && !matches!(byte, b'(' | b')' | b'"' | b'\'' | b']');
            match byte {
                b'"' | b'\'' => place = end_of_text(bytes, place).ok_or_else(|| unreadable(at))?,
                b'[' => {
                    let close = bytes[place + 1..].iter().take(MAX_TAG).position(|byte| b"[]{".contains(byte));
                    match close.map(|close| place + 1 + close) {
                        // Lists of lists and objects are no arguments; so they can not be nested either.
                        Some(close) if bytes[close] == b']' => place = close,
                        _ => return Err(unreadable(at)),
                    }
                }
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                b'}' => return Ok(place),
                b'~' if bytes[place + 1..].starts_with(b"}}}") => return Ok(place),
                b'{' => return Err(unreadable(at)),
                b'|' => return Err(Fault::new(at, "names behind `as` are not supported; use `this`")),
                _ => {}
            }
            if depth > MAX_DEPTH {
                return Err(Fault::new(at, format!("nested deeper than {MAX_DEPTH} levels")));
            }
            if words > MAX_WORDS {
                return Err(Fault::new(at, format!("has more than {MAX_WORDS} words")));
            }
            place += 1;
        }
    }

    /// Line and column of a byte; asked for in order.
    fn count(&mut self, to: usize) -> At {
        for c in self.part[self.counted..to].chars() {
            if c == '\n' {
                self.place = At { line: self.place.line + 1, column: 1 };
            } else {
                self.place.column += 1;
            }
        }
        self.counted = to;
        self.place
    }
}

/// Where a text in quotes ends.
fn end_of_text(bytes: &[u8], from: usize) -> Option<usize> {
    let quote = bytes[from];
    let mut place = from + 1;
    while place - from <= MAX_TAG {
        match *bytes.get(place)? {
            b'\\' => place += 2,
            byte if byte == quote => return Some(place),
            _ => place += 1,
        }
    }
    // Longer than a tag may be, which the caller says.
    Some(place)
}

fn is_else(inside: &str) -> bool {
    let after = inside.trim_start().strip_prefix("else");
    after.is_some_and(|after| after.starts_with([' ', '\t', '\r', '\n', '}', '~']))
}

fn else_width(inside: &str) -> usize {
    inside.len() - inside.trim_start().len() + "else".len()
}

/// The word on what can not be read.
pub(crate) fn unreadable(at: At) -> Fault {
    Fault::new(at, "this is not a handlebars expression; is a `}}`, a `)`, a quote or a `{{/...}}` missing?")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts as they are, tags as kind and inside.
    fn shown(part: &str) -> String {
        let pieces = pieces(part).unwrap_or_else(|fault| panic!("{part}: {}", fault.message));
        let show = |piece: &Piece<'_>| match piece {
            Piece::Text(text) => format!("{text:?}"),
            Piece::Tag(tag) => format!("{:?}({})", tag.kind, tag.inner),
        };
        pieces.iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn text_and_tags() {
        let table = [
            ("a{{x}}b", r#""a" Print(x) "b""#),
            ("{{{x}}}{{&x}}{{~{x}~}}{{{~ x ~}}}", "PrintRaw(x) PrintRaw(x) PrintRaw(x) PrintRaw( x )"),
            ("{{#if a}}b{{else}}c{{/if}}", r#"Open(if a) "b" Else() "c" Close(if)"#),
            ("{{else if b}}{{^}}{{elsewhere}}", "Else( if b) Else() Print(elsewhere)"),
            ("{{> p}}{{#* inline \"p\"}}", "Partial( p) Define( inline \"p\")"),
            ("a{{! x }}b{{!-- {{y}} --}}c{{!-- d }}e", r#""a" "b" "c" "e""#),
            // Braces in quotes and brackets.
            ("{{upper \"}}\"}}{{a.[}}]}}{{upper '\\'}}'}}", "Print(upper \"}}\") Print(a.[}}]) Print(upper '\\'}}')"),
            // Backslashes.
            ("\\{{x}}", r#""{{x}}""#),
            ("\\\\{{x}}", r#""\\" Print(x)"#),
            ("a\\b \\\\ c", r#""a\\b \\\\ c""#),
            // Whitespace control.
            ("a {{~x~}} b", r#""a" Print(x) "b""#),
            // Lines of their own.
            ("a\n  {{#if b}}  \nc\n{{/if}}\nd", r#""a\n" Open(if b) "c\n" Close(if) "d""#),
            ("a {{#if b}}\nc{{/if}}\n", r#""a " Open(if b) "\nc" Close(if) "\n""#),
            ("{{! note }}\na", r#""a""#),
        ];
        for (part, expected) in table {
            assert_eq!(shown(part), expected, "{part}");
        }
    }

    #[test]
    fn places_are_counted_in_characters() {
        let found = pieces("é\n ü {{x}} {{y}}").unwrap();
        let places: Vec<_> = found
            .iter()
            .filter_map(|piece| match piece {
                Piece::Tag(tag) => Some((tag.at.line, tag.at.column)),
                Piece::Text(_) => None,
            })
            .collect();
        assert_eq!(places, [(2, 4), (2, 10)]);
    }

    #[test]
    fn what_is_refused() {
        let long = format!("{{{{upper \"{}\"}}}}", "x".repeat(MAX_TAG));
        let table = [
            ("{{x", "this is not"),
            ("{{x}", "this is not"),
            ("{{{x}}", "this is not"),
            ("{{upper \"x}}", "this is not"),
            ("{{a.[b}}", "this is not"),
            ("{{a.[[b]]}}", "this is not"),
            ("{{{{raw}}}}", "raw blocks"),
            ("{{#> p}}", "partial blocks"),
            ("{{* p}}", "decorators"),
            ("{{! x", "this comment"),
            ("{{#each a as |b|}}", "names behind"),
            (&long, "is longer than"),
        ];
        for (part, message) in table {
            let fault = pieces(part).unwrap_err();
            assert!(fault.message.starts_with(message), "{message}: {}", fault.message);
        }
        let words = format!("{{{{and {}}}}}", "a ".repeat(MAX_WORDS));
        assert_eq!(pieces(&words).unwrap_err().message, "has more than 300 words");
    }
}
