//! Another variable in the place of one, in the text of a template.

use crate::marks::{Mark, marks};

/// The text with `to` wherever it reads the variable `from`; both are dotted paths as
/// [`Variable::path`](crate::Variable::path) has them. Elements of a list go with it: `from.[0]` becomes `to.[0]`.
///
/// Quoted words, text outside of braces and comments stay as they are.
pub fn rename_variable(text: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (mark, piece) in marks(text) {
        match mark {
            Mark::Variable | Mark::Block => renamed(piece, from, to, &mut out),
            Mark::Text | Mark::Tag | Mark::Comment => out.push_str(piece),
        }
    }
    out
}

/// What stands in one pair of braces, word by word.
fn renamed(tag: &str, from: &str, to: &str, out: &mut String) {
    let mut rest = tag;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            c if separates(c) => c.len_utf8(),
            _ => word_length(rest),
        };
        let word = &rest[..length];
        let plain = word.replace(['[', ']'], "");
        let place = plain.strip_prefix(from).filter(|place| {
            place.is_empty() || place.strip_prefix('.').is_some_and(|number| number.parse::<usize>().is_ok())
        });
        match place.filter(|_| !matches!(first, '"' | '\'')) {
            None => out.push_str(word),
            Some(place) => {
                out.push_str(&written(to));
                if let Some(number) = place.strip_prefix('.') {
                    out.push_str(&format!(".[{number}]"));
                }
            }
        }
        rest = &rest[length..];
    }
}

fn separates(c: char) -> bool {
    c.is_whitespace() || matches!(c, '{' | '}' | '(' | ')' | '=' | '#' | '^' | '~' | '>' | '&' | '!')
}

/// How long a path is; a name in brackets may hold anything.
fn word_length(rest: &str) -> usize {
    let mut in_brackets = false;
    for (at, c) in rest.char_indices() {
        match c {
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            c if !in_brackets && (separates(c) || matches!(c, '"' | '\'')) => return at,
            _ => {}
        }
    }
    rest.len()
}

/// A path as templates write it: names that are no plain words stand in brackets.
fn written(path: &str) -> String {
    let plain = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let names: Vec<String> =
        path.split('.').map(|name| if plain(name) { name.to_owned() } else { format!("[{name}]") }).collect();
    names.join(".")
}

#[cfg(test)]
mod tests {
    use super::rename_variable;

    #[test]
    fn a_variable_is_renamed_where_it_is_read_and_nowhere_else() {
        let (from, to) = ("Attributes.Nam", "Attributes.First Name");
        for (text, expected) in [
            ("{{Attributes.Nam}}, Attributes.Nam", "{{Attributes.[First Name]}}, Attributes.Nam"),
            ("{{{Attributes.[Nam].[0]}}}", "{{{Attributes.[First Name].[0]}}}"),
            (
                "{{#if (eq Attributes.Nam \"Attributes.Nam\")}}",
                "{{#if (eq Attributes.[First Name] \"Attributes.Nam\")}}",
            ),
            ("{{upper v=Attributes.Nam}}{{Attributes.Name}}", "{{upper v=Attributes.[First Name]}}{{Attributes.Name}}"),
            ("<!-- {{Attributes.Nam}} -->{{! Attributes.Nam}}", "<!-- {{Attributes.Nam}} -->{{! Attributes.Nam}}"),
            (
                "{{~#each Attributes.Nam~}}ü{{/each}}{{Attributes.Nam",
                "{{~#each Attributes.[First Name]~}}ü{{/each}}{{Attributes.[First Name]",
            ),
        ] {
            assert_eq!(rename_variable(text, from, to), expected);
        }
    }
}
