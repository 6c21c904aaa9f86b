//! Speech markup in voice messages: tags that the voice does not know, and tags that are left open.
//!
//! Pinpoint's reference names SSML in voice messages and counts its tags (templates.md 5), not which there are: the elements here
//! are those of the voices that speak them.

use std::ops::Range;

use crate::plain::{braces, tag_length};

/// The elements that voices know.
const ELEMENTS: [&str; 19] = [
    "amazon:auto-breaths",
    "amazon:breath",
    "amazon:domain",
    "amazon:effect",
    "amazon:emotion",
    "break",
    "desc",
    "emphasis",
    "lang",
    "mark",
    "p",
    "phoneme",
    "prosody",
    "s",
    "say-as",
    "speak",
    "sub",
    "voice",
    "w",
];
/// Elements that stand alone.
const EMPTY: [&str; 3] = ["amazon:breath", "break", "mark"];

/// What is wrong with the markup of a voice message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SsmlWrong {
    /// A tag of speech markup in a text that does not begin with `<speak>`: it would be read aloud.
    #[error("the tag `<{0}>` stands in a text that is not in `<speak>`: it is read aloud")]
    Outside(String),
    /// A tag that voices do not know, and the one that may be meant.
    #[error("voices do not know the tag `<{0}>`")]
    Unknown(String, Option<&'static str>),
    /// A tag without its end.
    #[error("`<{0}>` is not closed")]
    Open(String),
    /// An end without its tag.
    #[error("`</{0}>` closes what is not open")]
    Stray(String),
}

/// A mistake in the markup of a voice message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsmlProblem {
    /// Where the tag begins, in bytes.
    pub at: usize,
    /// What is wrong.
    pub wrong: SsmlWrong,
    /// The whole text with this mended; `None` = what is meant can not be told.
    pub mended: Option<String>,
}

/// What is wrong with the speech markup of a voice message, in the order of the text. What stands in double braces is no markup,
/// and a text without markup has no mistakes.
pub fn ssml_problems(text: &str) -> Vec<SsmlProblem> {
    let tags = tags(text);
    if !text.trim_start().starts_with("<speak") {
        let known = tags.iter().find(|tag| ELEMENTS.contains(&tag.name));
        let outside = known.map(|tag| SsmlProblem {
            at: tag.span.start,
            wrong: SsmlWrong::Outside(tag.name.to_owned()),
            mended: (tag.name != "speak").then(|| format!("<speak>{text}</speak>")),
        });
        return outside.into_iter().collect();
    }
    let mut found = Vec::new();
    let mut open: Vec<&Tag<'_>> = Vec::new();
    for tag in &tags {
        if !ELEMENTS.contains(&tag.name) {
            if !tag.ends {
                found.push(unknown(text, tag, &tags));
            }
            continue;
        }
        if tag.alone {
            continue;
        }
        if !tag.ends {
            open.push(tag);
            continue;
        }
        match open.iter().rposition(|opened| opened.name == tag.name) {
            Some(place) => {
                found.extend(open.drain(place + 1..).map(|left| left_open(text, left, tag.span.start)));
                open.pop();
            }
            None => found.push(SsmlProblem {
                at: tag.span.start,
                wrong: SsmlWrong::Stray(tag.name.to_owned()),
                mended: Some(put(text, tag.span.clone(), "")),
            }),
        }
    }
    found.extend(open.into_iter().map(|left| left_open(text, left, text.trim_end().len())));
    found.sort_by_key(|problem| problem.at);
    found
}

/// A tag.
struct Tag<'t> {
    name: &'t str,
    span: Range<usize>,
    /// Whether it is an end: `</p>`.
    ends: bool,
    /// Whether it stands alone: `<break/>`.
    alone: bool,
}

fn tags(text: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find(['<', '{']) {
        at += next;
        let rest = &text[at..];
        if rest.starts_with("{{") {
            at += braces(rest);
            continue;
        }
        if let Some(comment) = rest.strip_prefix("<!--") {
            at += comment.find("-->").map_or(rest.len(), |end| end + "<!---->".len());
            continue;
        }
        let inside = rest.strip_prefix("</").or_else(|| rest.strip_prefix('<')).unwrap_or_default();
        if !inside.starts_with(|c: char| c.is_ascii_alphabetic()) {
            at += 1;
            continue;
        }
        let length = tag_length(rest);
        let name =
            inside.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | ':')).next().unwrap_or_default();
        let alone = rest[..length].ends_with("/>");
        found.push(Tag { name, span: at..at + length, ends: rest.starts_with("</"), alone });
        at += length;
    }
    found
}

/// A name that no voice knows; mended, it is the similar one everywhere.
fn unknown(text: &str, tag: &Tag<'_>, tags: &[Tag<'_>]) -> SsmlProblem {
    let meant = model::similar::similar(tag.name, ELEMENTS.into_iter());
    let mended = meant.map(|meant| {
        let mut text = text.to_owned();
        for other in tags.iter().rev().filter(|other| other.name == tag.name) {
            let start = other.span.start + if other.ends { 2 } else { 1 };
            text.replace_range(start..start + other.name.len(), meant);
        }
        text
    });
    SsmlProblem { at: tag.span.start, wrong: SsmlWrong::Unknown(tag.name.to_owned(), meant), mended }
}

/// A tag that is left open; mended, it stands alone where it can, else it is closed at `end`.
fn left_open(text: &str, tag: &Tag<'_>, end: usize) -> SsmlProblem {
    let mended = match EMPTY.contains(&tag.name) && text[tag.span.clone()].ends_with('>') {
        true => put(text, tag.span.end - 1..tag.span.end, "/>"),
        false => put(text, end..end, &format!("</{}>", tag.name)),
    };
    let is_whole = text[tag.span.clone()].ends_with('>');
    let wrong = SsmlWrong::Open(tag.name.to_owned());
    SsmlProblem { at: tag.span.start, wrong, mended: is_whole.then_some(mended) }
}

fn put(text: &str, span: Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..span.start], &text[span.end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_and_mended() {
        for (text, told, mended) in [
            ("Call us <3, {{#if (gt a 1)}}<b>{{/if}}", "", ""),
            ("<speak>Hi<break time=\"1s\"/> <p><s>one</s></p> 1 < 2 {{#if a}}x{{/if}}</speak>", "", ""),
            ("<speak>a <!-- <p> --> {{! <p> }}</speak> ", "", ""),
            (
                "Hi <break/> you",
                "the tag `<break>` stands in a text that is not in `<speak>`: it is read aloud",
                "<speak>Hi <break/> you</speak>",
            ),
            (
                "Hi <speak>you</speak>",
                "the tag `<speak>` stands in a text that is not in `<speak>`: it is read aloud",
                "",
            ),
            (
                "<speak><emphasys level='strong'>now</emphasys></speak>",
                "voices do not know the tag `<emphasys>`",
                "<speak><emphasis level='strong'>now</emphasis></speak>",
            ),
            ("<speak><blink>now</blink></speak>", "voices do not know the tag `<blink>`", ""),
            ("<speak>a<break time='1s'>b</speak>", "`<break>` is not closed", "<speak>a<break time='1s'/>b</speak>"),
            ("<speak><p>one</speak>", "`<p>` is not closed", "<speak><p>one</p></speak>"),
            ("<speak>Hi\n", "`<speak>` is not closed", "<speak>Hi</speak>\n"),
            ("<speak>Hi</p></speak>", "`</p>` closes what is not open", "<speak>Hi</speak>"),
            ("<speak>Hi <brea", "`<speak>` is not closed", "<speak>Hi <brea</speak>"),
        ] {
            let found = ssml_problems(text);
            let first = found.first();
            let words = first.map(|problem| problem.wrong.to_string()).unwrap_or_default();
            assert_eq!(words, told, "{text}");
            assert_eq!(first.and_then(|problem| problem.mended.clone()).unwrap_or_default(), mended, "{text}");
        }
    }

    #[test]
    fn mending_one_after_the_other_ends_without_mistakes() {
        let mut text = "<speak><p><s>a<break>b</w><prosodi rate='slow'>c</prosodi></p>".to_owned();
        for _ in 0..10 {
            let Some(problem) = ssml_problems(&text).into_iter().next() else { break };
            text = problem.mended.unwrap();
        }
        assert_eq!(text, "<speak><p><s>a<break/>b<prosody rate='slow'>c</prosody></s></p></speak>");
        assert_eq!(ssml_problems(&text), []);
    }

    #[test]
    fn broken_markup_does_not_matter() {
        let text = "<speak>ü<p a='>'></s><bre{{x}}ak/><!-- <w></speak>";
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let _ = ssml_problems(&text[..end]);
        }
    }
}
