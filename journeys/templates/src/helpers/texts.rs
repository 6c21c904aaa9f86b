//! Helpers that make texts of texts. Lengths are in characters; a missing value is the empty text.

use super::{Answer, Arguments, Written, width};
use crate::decimal::Decimal;
use crate::output::{Output, TooLarge};
use crate::value::Plain;

/// Widest text that padding makes, in characters.
pub(crate) const MAX_WIDTH: usize = 10_000;

/// The options of padding: the width, unless it is an argument, and what is padded with.
pub(super) const PAD: &[&str] = &["size", "pad"];

pub(super) fn abbreviate(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    let text = arguments.text(0);
    let width = arguments.width(1).ok_or("the width is not a number")?;
    if text.chars().nth(width).is_none() {
        out.push_str(&text)?;
    } else {
        out.push_str(first(&text, width.saturating_sub(3)))?;
        out.push_str(&"..."[..width.min(3)])?;
    }
    Ok(Written::Text)
}

pub(super) fn capitalize(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    let mut inside = false;
    for c in arguments.text(0).chars() {
        if inside || c.is_whitespace() {
            out.push(c)?;
        } else {
            out.extend(c.to_uppercase())?;
        }
        inside = !c.is_whitespace();
    }
    Ok(Written::Text)
}

pub(super) fn capitalize_first(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    let text = arguments.text(0);
    let mut rest = text.chars();
    if let Some(first) = rest.next() {
        out.extend(first.to_uppercase())?;
    }
    out.push_str(rest.as_str())?;
    Ok(Written::Text)
}

/// Pads to the width; `left` of the missing characters go to the left.
fn pad(arguments: &Arguments<'_>, out: &mut Output<'_>, left: fn(usize) -> usize) -> Answer {
    let text = arguments.text(0);
    let given = arguments.given(1).or_else(|| arguments.option(0));
    let width = given.and_then(width).ok_or("the width is not a number")?.min(MAX_WIDTH);
    let missing = width.saturating_sub(text.chars().count());
    let pad = arguments.option_text(1).filter(|pad| !pad.is_empty()).unwrap_or(" ".into());
    let fill = |out: &mut Output<'_>, count| out.extend(pad.chars().cycle().take(count));
    let left = left(missing);
    fill(out, left)?;
    out.push_str(&text)?;
    fill(out, missing - left)?;
    Ok(Written::Text)
}

pub(super) fn center(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    pad(arguments, out, |missing| missing / 2)
}

pub(super) fn ljust(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    pad(arguments, out, |_| 0)
}

pub(super) fn rjust(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    pad(arguments, out, |missing| missing)
}

pub(super) fn cut(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    let removed = arguments.given(1).map_or(" ".into(), Plain::as_text);
    replaced(&arguments.text(0), &removed, "", out)?;
    Ok(Written::Text)
}

pub(super) fn replace(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    replaced(&arguments.text(0), &arguments.text(1), &arguments.text(2), out)?;
    Ok(Written::Text)
}

/// All occurrences; of the empty text there are none.
fn replaced(text: &str, old: &str, new: &str, out: &mut Output<'_>) -> Result<(), TooLarge> {
    let mut done = 0;
    if !old.is_empty() {
        for (place, _) in text.match_indices(old) {
            out.push_str(&text[done..place])?;
            out.push_str(new)?;
            done = place + old.len();
        }
    }
    out.push_str(&text[done..])
}

pub(super) fn inflect(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    let count = arguments.number(0);
    let include = arguments.option_text(0).is_some_and(|flag| flag == "true");
    if let Some(count) = count.filter(|_| include) {
        out.push_str(count.digits(&mut [0; Decimal::LONGEST]))?;
        out.push(' ')?;
    }
    let one = count.is_some_and(|count| count.whole() == Some(1));
    out.push_str(&arguments.text(if one { 1 } else { 2 }))?;
    Ok(Written::Text)
}

pub(super) fn lower(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    out.push_str(&arguments.text(0).to_lowercase())?;
    Ok(Written::Text)
}

pub(super) fn upper(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    out.push_str(&arguments.text(0).to_uppercase())?;
    Ok(Written::Text)
}

pub(super) fn ordinalize(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    let Some((number, whole)) = arguments.number(0).and_then(|number| Some((number, number.whole()?))) else {
        out.push_str(&arguments.text(0))?;
        return Ok(Written::Text);
    };
    let ending = match (whole.unsigned_abs() % 100, whole.unsigned_abs() % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    out.push_str(number.digits(&mut [0; Decimal::LONGEST]))?;
    out.push_str(ending)?;
    Ok(Written::Text)
}

pub(super) fn slugify(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    let (mut gap, mut begun) = (false, false);
    for c in arguments.text(0).to_lowercase().chars() {
        match c {
            c if c.is_alphanumeric() || c == '_' => {
                if gap && begun {
                    out.push('-')?;
                }
                (gap, begun) = (false, true);
                out.push(c)?;
            }
            c if c.is_whitespace() || c == '-' => gap = true,
            _ => {}
        }
    }
    Ok(Written::Text)
}

pub(super) fn strip_tags(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    let text = arguments.text(0);
    let mut rest = &*text;
    while let Some(open) = rest.find('<') {
        let Some(length) = rest[open..].find('>') else { break };
        out.push_str(&rest[..open])?;
        rest = &rest[open + length + 1..];
    }
    out.push_str(rest)?;
    Ok(Written::Text)
}

pub(super) fn substring(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    let text = arguments.text(0);
    let start = arguments.width(1).ok_or("the start is not a number")?;
    let end = match arguments.given(2) {
        None => usize::MAX,
        Some(end) => width(end).ok_or("the end is not a number")?,
    };
    let rest = &text[first(&text, start).len()..];
    out.push_str(first(rest, end.saturating_sub(start)))?;
    Ok(Written::Text)
}

/// The first characters of a text.
fn first(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or(text, |(end, _)| &text[..end])
}

pub(super) fn yesno(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    let value = arguments.value(0);
    let (place, word) = match value {
        Plain::Missing => (2, "maybe"),
        Plain::Text(text) if text == "false" => (1, "no"),
        value if value.is_truthy() => (0, "yes"),
        _ => (1, "no"),
    };
    match arguments.option(place) {
        Some(other) => other.write(out)?,
        None => out.push_str(word)?,
    }
    Ok(Written::Text)
}
