//! Partials that templates share, put into the source that a part of a message is made from.
//!
//! Pinpoint knows only inline partials, defined above their use in the same part (templates.md 4.5). A partial of several
//! templates is ours: a file of the project, put in where a source says `{{> NAME}}` or `<mj-include path="NAME.mjml" />`.

use crate::limits;
use crate::marks::{Mark, marks};

/// Longest text with its partials, in bytes: every character of the largest template may take four (templates.md 5).
const MAX_BYTES: usize = 4 * limits::EMAIL_TEMPLATE;

/// A source with its partials in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expanded {
    /// The text.
    pub text: String,
    /// The partials in it, each once, in the order in which they come.
    pub partials: Vec<String>,
    /// Where pieces of the text come from: byte place in the text, the file, byte place in that.
    from: Vec<(usize, Option<String>, usize)>,
}

impl Expanded {
    /// Where a byte of the text comes from: the partial (`None` = the source itself), and the byte place in it.
    pub fn origin(&self, at: usize) -> (Option<&str>, usize) {
        let after = self.from.partition_point(|(start, ..)| *start <= at);
        match after.checked_sub(1).and_then(|place| self.from.get(place)) {
            Some((start, file, offset)) => (file.as_deref(), offset + (at - start)),
            None => (None, at),
        }
    }
}

/// Why partials can not be put in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PartialError {
    /// The partial with the mistake; `None` = the source itself.
    pub partial: Option<String>,
    /// Line there, from 1.
    pub line: usize,
    /// Column there, in characters, from 1.
    pub column: usize,
    /// What is wrong, lower case, no full stop.
    pub message: String,
}

/// Puts partials into a source. `{{> NAME}}` takes the first of the files `NAME.ENDING` that is there, in the order of
/// `endings`, and stays as it is where the source defines an inline partial of that name. With the ending `mjml`,
/// `<mj-include path="FILE" />` takes that file; folders before its name do not count, all partials are in one.
///
/// `file` gives the text of a partial by its file name.
///
/// # Errors
/// The first partial that is not there, or is in itself; a text that becomes longer than any template.
pub fn expand<'a>(
    source: &str,
    endings: &[&str],
    file: &dyn Fn(&str) -> Option<&'a str>,
) -> Result<Expanded, PartialError> {
    let inline = marks(source).into_iter().filter(|(mark, _)| *mark == Mark::Block).filter_map(|(_, tag)| defined(tag));
    let mut work = Work { endings, file, inline: inline.collect(), open: Vec::new(), done: Expanded::default() };
    work.put(source)?;
    Ok(work.done)
}

/// Line and column of a byte place in a text, both from 1.
pub fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

struct Work<'w, 'a> {
    endings: &'w [&'w str],
    file: &'w dyn Fn(&str) -> Option<&'a str>,
    /// Names of inline partials of the source.
    inline: Vec<&'w str>,
    /// The partials around this place, outermost first.
    open: Vec<String>,
    done: Expanded,
}

impl Work<'_, '_> {
    fn put(&mut self, text: &str) -> Result<(), PartialError> {
        let mut at = 0;
        for (mark, piece) in marks(text) {
            let wanted = match mark {
                Mark::Block => inserted(piece).filter(|name| !self.inline.contains(name)).map(|name| self.find(name)),
                Mark::Tag if self.endings.contains(&"mjml") => included(piece).map(|name| Ok(name.to_owned())),
                _ => None,
            };
            match wanted {
                None => self.copy(text, at, piece)?,
                Some(Ok(name)) => self.insert(&name, text, at)?,
                Some(Err(message)) => return Err(self.error(text, at, message)),
            }
            at += piece.len();
        }
        Ok(())
    }

    /// The file of a partial.
    fn find(&self, name: &str) -> Result<String, String> {
        let files: Vec<String> = self.endings.iter().map(|ending| format!("{name}.{ending}")).collect();
        let found = files.iter().find(|file| (self.file)(file).is_some());
        found.cloned().ok_or_else(|| format!("there is no partial `{}`", files.join("` and no `")))
    }

    fn insert(&mut self, name: &str, text: &str, at: usize) -> Result<(), PartialError> {
        let Some(content) = (self.file)(name) else {
            return Err(self.error(text, at, format!("there is no partial `{name}`")));
        };
        if self.open.iter().any(|open| open == name) {
            let way = format!("`{}` > `{name}`", self.open.join("` > `"));
            return Err(self.error(text, at, format!("the partial `{name}` is in itself: {way}")));
        }
        if !self.done.partials.iter().any(|known| known == name) {
            self.done.partials.push(name.to_owned());
        }
        self.open.push(name.to_owned());
        // The line break that ends a file is no part of what it says.
        self.put(content.strip_suffix('\n').unwrap_or(content))?;
        self.open.pop();
        Ok(())
    }

    fn copy(&mut self, text: &str, at: usize, piece: &str) -> Result<(), PartialError> {
        if self.done.text.len() + piece.len() > MAX_BYTES {
            return Err(self.error(text, at, format!("with its partials the text is longer than {MAX_BYTES} bytes")));
        }
        let file = self.open.last().cloned();
        let goes_on = self
            .done
            .from
            .last()
            .is_some_and(|(start, known, offset)| *known == file && self.done.text.len() - start + offset == at);
        if !goes_on {
            self.done.from.push((self.done.text.len(), file, at));
        }
        self.done.text.push_str(piece);
        Ok(())
    }

    fn error(&self, text: &str, at: usize, message: String) -> PartialError {
        let (line, column) = line_and_column(text, at);
        PartialError { partial: self.open.last().cloned(), line, column, message }
    }
}

/// What stands in braces, without them and `~`.
fn inside(tag: &str) -> &str {
    tag.trim_start_matches('{').trim_end_matches('}').trim_matches('~').trim()
}

/// The name of `{{> name}}`.
fn inserted(tag: &str) -> Option<&str> {
    let name = inside(tag).strip_prefix('>')?.trim();
    let name = name.trim_matches(['"', '\'', '[', ']']);
    (!name.is_empty() && !name.contains(char::is_whitespace)).then_some(name)
}

/// The name of `{{#* inline "name"}}`.
fn defined(tag: &str) -> Option<&str> {
    let rest = inside(tag).strip_prefix('#')?.trim_start().strip_prefix('*')?.trim_start().strip_prefix("inline")?;
    Some(rest.trim().trim_matches(['"', '\'']))
}

/// The file of `<mj-include path="file" />`.
fn included(tag: &str) -> Option<&str> {
    let rest = tag.strip_prefix("<mj-include")?;
    let path = rest.split_once("path")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = path.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let path = path[1..].split_once(quote)?.0;
    Some(path.rsplit('/').next().unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> Option<&'static str> {
        Some(match name {
            "footer.html" => "<p>{{> address}}</p>\n",
            "address.html" => "Street {{Attributes.No}}",
            "head.mjml" => "<mj-text>ü</mj-text>",
            "head.html" => "wrong",
            "one.html" => "a\n {{> two}}",
            "two.html" => "{{> one}}",
            "bomb.html" => "{{> b1}}{{> b1}}",
            "b1.html" => "{{> b2}}{{> b2}}{{> b2}}{{> b2}}{{> b2}}{{> b2}}{{> b2}}{{> b2}}{{> b2}}{{> b2}}",
            "b2.html" => "{{> b3}}{{> b3}}{{> b3}}{{> b3}}{{> b3}}{{> b3}}{{> b3}}{{> b3}}{{> b3}}{{> b3}}",
            "b3.html" => "{{> b4}}{{> b4}}{{> b4}}{{> b4}}{{> b4}}{{> b4}}{{> b4}}{{> b4}}{{> b4}}{{> b4}}",
            "b4.html" => "{{> b5}}{{> b5}}{{> b5}}{{> b5}}{{> b5}}{{> b5}}{{> b5}}{{> b5}}{{> b5}}{{> b5}}",
            "b5.html" => {
                "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            }
            _ => return None,
        })
    }

    #[test]
    fn partials_are_put_in_where_they_are_named() {
        let whole = expand("Hi\n{{> footer}}{{~> [footer]~}}!", &["html"], &file).unwrap();
        assert_eq!(whole.text, "Hi\n<p>Street {{Attributes.No}}</p><p>Street {{Attributes.No}}</p>!");
        assert_eq!(whole.partials, ["footer.html", "address.html"]);
        let place = |text: &str| whole.origin(whole.text.find(text).unwrap());
        assert_eq!(place("Hi"), (None, 0));
        assert_eq!(place("<p>"), (Some("footer.html"), 0));
        assert_eq!(place("{{A"), (Some("address.html"), 7));
        assert_eq!(place("!"), (None, 31));
        let mjml = expand("{{> head}}<mj-include path='../partials/head.mjml' />", &["mjml", "html"], &file).unwrap();
        assert_eq!(mjml.text, "<mj-text>ü</mj-text><mj-text>ü</mj-text>");
        let own = "{{#* inline \"footer\"}}mine{{/inline}}{{> footer}}<!-- {{> nothing}} -->";
        assert_eq!(expand(own, &["html"], &file).unwrap().text, own, "Pinpoint's own stay");
    }

    #[test]
    fn what_is_not_there_and_what_is_in_itself_is_told_with_its_place() {
        let wrong = |text: &str| expand(text, &["html"], &file).unwrap_err();
        let missing = wrong("a\nü{{> nothing}}");
        assert_eq!((missing.partial.as_deref(), missing.line, missing.column), (None, 2, 2));
        assert_eq!(missing.message, "there is no partial `nothing.html`");
        let circle = wrong("{{> one}}");
        assert_eq!((circle.partial.as_deref(), circle.line, circle.column), (Some("two.html"), 1, 1));
        assert_eq!(circle.message, "the partial `one.html` is in itself: `one.html` > `two.html` > `one.html`");
        assert!(wrong("{{> bomb}}").message.contains("longer than"), "a text that multiplies is stopped");
        let included = expand("<mj-include path=\"x.mjml\"/>", &["mjml", "html"], &file).unwrap_err();
        assert_eq!(included.message, "there is no partial `x.mjml`");
    }
}
