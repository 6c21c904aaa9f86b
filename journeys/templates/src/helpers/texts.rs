//! Helpers that make texts of texts. Lengths are in characters; a missing value is the empty text.

use super::{Answer, Arguments};
use crate::value::Val;

/// Widest text that padding makes.
const MAX_WIDTH: usize = 10_000;

pub(super) fn abbreviate<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let text = arguments.text(0);
    let width = arguments.width(1).ok_or("the width is not a number")?;
    if text.chars().count() <= width {
        return Ok(Val::Text(text));
    }
    let kept: String = text.chars().take(width.saturating_sub(3)).collect();
    Ok(Val::text(format!("{kept}{}", &"..."[..width.min(3)])))
}

pub(super) fn capitalize<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let mut inside = false;
    let mut out = String::new();
    for c in arguments.text(0).chars() {
        if inside || c.is_whitespace() {
            out.push(c);
        } else {
            out.extend(c.to_uppercase());
        }
        inside = !c.is_whitespace();
    }
    Ok(Val::text(out))
}

pub(super) fn capitalize_first<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let text = arguments.text(0);
    let mut rest = text.chars();
    let first: String = rest.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    Ok(Val::text(first + rest.as_str()))
}

/// Pads to the width; `left` of `missing` says how much goes to the left.
fn pad<'a>(arguments: &Arguments<'a>, left: fn(usize) -> usize) -> Answer<'a> {
    let text = arguments.text(0);
    let width = arguments.width(1).ok_or("the width is not a number")?.min(MAX_WIDTH);
    let missing = width.saturating_sub(text.chars().count());
    let pad = arguments.option_text("pad").filter(|pad| !pad.is_empty()).unwrap_or(" ".into());
    let fill = |count: usize| pad.chars().cycle().take(count).collect::<String>();
    let left = left(missing);
    Ok(Val::text(format!("{}{text}{}", fill(left), fill(missing - left))))
}

pub(super) fn center<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    pad(arguments, |missing| missing / 2)
}

pub(super) fn ljust<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    pad(arguments, |_| 0)
}

pub(super) fn rjust<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    pad(arguments, |missing| missing)
}

pub(super) fn cut<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let removed = if arguments.values.len() > 1 { arguments.text(1) } else { " ".into() };
    Ok(Val::text(arguments.text(0).replace(&*removed, "")))
}

pub(super) fn inflect<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let count = arguments.number(0);
    let one = count.is_some_and(|count| count.whole() == Some(1));
    let word = arguments.text(if one { 1 } else { 2 });
    let include = arguments.option_text("includeCount").is_some_and(|flag| flag == "true");
    Ok(match count {
        Some(count) if include => Val::text(format!("{count} {word}")),
        _ => Val::Text(word),
    })
}

pub(super) fn join<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let texts: Vec<_> = arguments.value(0).elements().into_iter().map(Val::into_text).collect();
    let (prefix, suffix) = (arguments.option_text("prefix"), arguments.option_text("suffix"));
    let joined = texts.join(&*arguments.text(1));
    Ok(Val::text(format!("{}{joined}{}", prefix.unwrap_or_default(), suffix.unwrap_or_default())))
}

pub(super) fn lower<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    Ok(Val::text(arguments.text(0).to_lowercase()))
}

pub(super) fn upper<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    Ok(Val::text(arguments.text(0).to_uppercase()))
}

pub(super) fn ordinalize<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let Some(number) = arguments.number(0).and_then(|number| number.whole()) else {
        return Ok(Val::Text(arguments.text(0)));
    };
    let ending = match (number.unsigned_abs() % 100, number.unsigned_abs() % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    Ok(Val::text(format!("{number}{ending}")))
}

pub(super) fn replace<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let old = arguments.text(1);
    if old.is_empty() {
        return Ok(Val::Text(arguments.text(0)));
    }
    Ok(Val::text(arguments.text(0).replace(&*old, &arguments.text(2))))
}

pub(super) fn slugify<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let mut out = String::new();
    let mut gap = false;
    for c in arguments.text(0).trim().to_lowercase().chars() {
        match c {
            c if c.is_alphanumeric() || c == '_' => {
                if gap && !out.is_empty() {
                    out.push('-');
                }
                gap = false;
                out.push(c);
            }
            c if c.is_whitespace() || c == '-' => gap = true,
            _ => {}
        }
    }
    Ok(Val::text(out))
}

pub(super) fn strip_tags<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let text = arguments.text(0);
    let (mut out, mut rest) = (String::new(), &*text);
    while let Some(open) = rest.find('<') {
        let Some(length) = rest[open..].find('>') else { break };
        out.push_str(&rest[..open]);
        rest = &rest[open + length + 1..];
    }
    Ok(Val::text(out + rest))
}

pub(super) fn substring<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let text = arguments.text(0);
    let start = arguments.width(1).ok_or("the start is not a number")?;
    let end = match arguments.values.len() {
        2 => usize::MAX,
        _ => arguments.width(2).ok_or("the end is not a number")?,
    };
    Ok(Val::text(text.chars().skip(start).take(end.saturating_sub(start)).collect::<String>()))
}

pub(super) fn yesno<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let value = arguments.value(0);
    let word = match value.print().as_deref() {
        None => "maybe",
        Some("false") => "no",
        Some(_) if value.is_truthy() => "yes",
        Some(_) => "no",
    };
    Ok(arguments.option(word).cloned().unwrap_or(Val::text(word)))
}
