//! What the pieces of a template's text are, for an editor that colours them.

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Text that is sent as it is.
    Text,
    /// A tag of HTML or SSML, from `<` to `>`.
    Tag,
    /// `{{Attributes.Plan}}`, `{{{…}}}`: printed.
    Variable,
    /// `{{#if …}}`, `{{else}}`, `{{/if}}`, `{{> partial}}`: decides what follows.
    Block,
    /// `<!-- … -->`, `{{! … }}`: not sent, or not seen.
    Comment,
}

/// The pieces of a text in order; together they are the text. What is opened and never closed goes to the end.
pub fn marks(text: &str) -> Vec<(Mark, &str)> {
    let mut pieces = Vec::new();
    let (mut plain, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        let Some((mark, length)) = opened(rest) else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        if plain < at {
            pieces.push((Mark::Text, &text[plain..at]));
        }
        pieces.push((mark, &rest[..length]));
        at += length;
        plain = at;
    }
    if plain < text.len() {
        pieces.push((Mark::Text, &text[plain..]));
    }
    pieces
}

/// What begins here, and how long it is.
fn opened(rest: &str) -> Option<(Mark, usize)> {
    let up_to = |end: &str| rest.find(end).map_or(rest.len(), |place| place + end.len());
    if rest.starts_with("{{!--") {
        return Some((Mark::Comment, up_to("--}}")));
    }
    if rest.starts_with("{{{") {
        return Some((Mark::Variable, up_to("}}}")));
    }
    if let Some(inside) = rest.strip_prefix("{{") {
        let word = inside.trim_start_matches('~').trim_start();
        let mark = match word.as_bytes().first() {
            Some(b'!') => Mark::Comment,
            Some(b'#' | b'/' | b'^' | b'>') => Mark::Block,
            _ if word.starts_with("else") => Mark::Block,
            _ => Mark::Variable,
        };
        return Some((mark, up_to("}}")));
    }
    if rest.starts_with("<!--") {
        return Some((Mark::Comment, up_to("-->")));
    }
    let begins_a_tag = |c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!');
    if rest.strip_prefix('<').is_some_and(|inside| inside.starts_with(begins_a_tag)) {
        // A tag is coloured up to a variable in it, and goes on behind.
        let end = up_to(">");
        let length = rest.find("{{").map_or(end, |variable| variable.min(end));
        return Some((Mark::Tag, length));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_told_apart() {
        let text = "a < b<p class=\"{{x}}\">{{#if y}}ü{{{z}}}{{else}}{{!-- }} --}}{{~/if}}<!-- {{q}} -->{{! c}}{{open";
        let kinds: Vec<(Mark, &str)> = marks(text);
        assert_eq!(
            kinds,
            [
                (Mark::Text, "a < b"),
                (Mark::Tag, "<p class=\""),
                (Mark::Variable, "{{x}}"),
                (Mark::Text, "\">"),
                (Mark::Block, "{{#if y}}"),
                (Mark::Text, "ü"),
                (Mark::Variable, "{{{z}}}"),
                (Mark::Block, "{{else}}"),
                (Mark::Comment, "{{!-- }} --}}"),
                (Mark::Block, "{{~/if}}"),
                (Mark::Comment, "<!-- {{q}} -->"),
                (Mark::Comment, "{{! c}}"),
                (Mark::Variable, "{{open"),
            ]
        );
        assert_eq!(kinds.iter().map(|(_, piece)| *piece).collect::<String>(), text);
    }
}
