//! A member that differs, as a sentence.

use serde_json::Value;

use super::{member, small, word};
use crate::changes::Change;
use crate::comparison;
use crate::path::{Path, Step};
use crate::shapes::{Kind, SHAPES, Shape};
use crate::time;

/// Characters of a value that are told; of a longer text it is told how much of it differs.
const LONGEST: usize = 60;

/// A member that differs, as a sentence: "Schedule, frequency: monthly, was weekly". `shape` is that of the whole value, so
/// that names which people gave stay as they are; absent = nothing stands there.
pub fn change(shape: &'static Shape, path: &Path, before: Option<&Value>, after: Option<&Value>) -> String {
    let (place, inner) = place(shape, path);
    let told = |value: &Value| self::value(inner, value);
    match (before, after) {
        (Some(Value::String(before)), Some(Value::String(after))) if is_long(before) || is_long(after) => {
            let (mut new, mut gone) = (0, 0);
            for (what, piece) in comparison::words(before, after) {
                let words = piece.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count();
                match what {
                    Some(Change::Removed) => gone += words,
                    Some(_) => new += words,
                    None => {}
                }
            }
            format!("{place}: {new} {} new, {gone} gone", if new == 1 { "word" } else { "words" })
        }
        (None, Some(after)) => format!("{place}: {}, was not set", told(after)),
        (Some(before), None) => format!("{place}: not set any more, was {}", told(before)),
        (Some(before), Some(after)) => format!("{place}: {}, was {}", told(after), told(before)),
        (None, None) => place,
    }
}

/// A place in words, and the shape of what stands there.
fn place(whole: &'static Shape, path: &Path) -> (String, Option<&'static Shape>) {
    let mut words = String::new();
    let mut shape = Some(whole);
    for step in &path.0 {
        let (name, inner) = match (shape.map(|shape| shape.kind), step) {
            (Some(Kind::Structure(members)), Step::Key(name)) => {
                let inner = members.iter().find(|member| member.name == name.as_str());
                (member(name), inner.map(|member| &SHAPES[member.shape]))
            }
            (Some(Kind::Map(inner)), Step::Key(name)) => (format!("“{name}”"), Some(&SHAPES[inner])),
            (Some(Kind::List(inner)), Step::Index(index)) => (format!("{}", index + 1), Some(&SHAPES[inner])),
            (_, Step::Key(name)) => (name.clone(), None),
            (_, Step::Index(index)) => (format!("{}", index + 1), None),
        };
        match (words.is_empty(), step) {
            (true, _) => words = name,
            (false, Step::Index(_)) => words += &format!(" {name}"),
            (false, Step::Key(_)) => words += &format!(", {}", small(&name)),
        }
        shape = inner;
    }
    if words.is_empty() {
        words = "All of it".to_owned();
    }
    (words, shape)
}

fn is_long(text: &str) -> bool {
    text.contains('\n') || text.chars().count() > LONGEST
}

/// A value in words, cut off where it is long.
fn value(shape: Option<&'static Shape>, value: &Value) -> String {
    let all = whole(shape, value);
    match all.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &all[..end]),
        None => all,
    }
}

fn whole(shape: Option<&'static Shape>, value: &Value) -> String {
    let kind = shape.map(|shape| shape.kind);
    match (value, kind) {
        (Value::Null, _) => "nothing".to_owned(),
        (Value::Bool(flag), _) => if *flag { "yes" } else { "no" }.to_owned(),
        (Value::Number(number), _) => number.to_string(),
        (Value::String(text), Some(Kind::Words(_))) => word(text),
        (Value::String(text), _) if time::parse_instant(text).is_some() => text.clone(),
        (Value::String(text), _) => format!("“{text}”"),
        (Value::Array(list), _) => {
            let inner = match kind {
                Some(Kind::List(inner)) => Some(&SHAPES[inner]),
                _ => None,
            };
            let parts: Vec<String> = list.iter().map(|one| whole(inner, one)).collect();
            if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
        }
        (Value::Object(members), _) => {
            let part = |(name, value): (&String, &Value)| {
                let (name, inner) = match kind {
                    Some(Kind::Structure(known)) => {
                        let inner = known.iter().find(|member| member.name == name.as_str());
                        (small(&member(name)), inner.map(|member| &SHAPES[member.shape]))
                    }
                    Some(Kind::Map(inner)) => (format!("“{name}”"), Some(&SHAPES[inner])),
                    _ => (name.clone(), None),
                };
                format!("{name} {}", whole(inner, value))
            };
            let parts: Vec<String> = members.iter().map(part).collect();
            if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::path;
    use crate::shapes::find;

    #[test]
    fn a_changed_member_is_a_sentence_and_names_of_people_stay() {
        let campaign = find("WriteCampaignRequest").unwrap();
        let told = |path: Path, before: Value, after: Value| {
            let some = |value: &Value| !value.is_null();
            change(campaign, &path, Some(&before).filter(|v| some(v)), Some(&after).filter(|v| some(v)))
        };
        let none = Value::Null;
        assert_eq!(told(path!["HoldoutPercent"], json!(5), json!(10)), "Holdout percent: 10, was 5");
        assert_eq!(
            told(path!["Schedule", "Frequency"], json!("WEEKLY"), json!("MONTHLY")),
            "Schedule, frequency: monthly, was weekly"
        );
        assert_eq!(
            told(path!["Schedule", "StartTime"], json!("2026-12-02T10:00:00Z"), none.clone()),
            "Schedule, start: not set any more, was 2026-12-02T10:00:00Z"
        );
        assert_eq!(
            told(path!["Limits"], none.clone(), json!({"Daily": 1, "MessagesPerSecond": 50})),
            "Limits: daily 1, messages per second 50, was not set"
        );
        let treatment = path!["AdditionalTreatments"].join(1).join("SizePercent");
        assert_eq!(told(treatment, json!(20), json!(30)), "Additional treatments 2, size percent: 30, was 20");
        let segment = find("WriteSegmentRequest").unwrap();
        let own = path!["Dimensions", "Attributes", "FavouriteColour", "Values"].join(0);
        assert_eq!(
            change(segment, &own, Some(&json!("red")), Some(&json!("blue"))),
            "Dimensions, attributes, “FavouriteColour”, values 1: “blue”, was “red”"
        );
        let (old, new) = ("<p>Hello\nthere</p>", "<p>Hello\nyou there</p>");
        let template = find("EmailTemplateRequest").unwrap();
        assert_eq!(
            change(template, &path!["HtmlPart"], Some(&json!(old)), Some(&json!(new))),
            "Html part: 1 word new, 0 gone"
        );
    }
}
