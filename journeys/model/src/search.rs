//! Finding something in a project: names, what steps say, conditions, contents of templates.

use serde_json::{Map, Value};

use crate::diagnostic::Place;
use crate::journey::Journey;
use crate::path;
use crate::path::Path;
use crate::project::{DocumentId, Project};
use crate::summary;
use crate::view::View;

/// Letters shown on either side of what was found.
const AROUND: usize = 32;

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where it stands.
    pub place: Place,
    /// The document or the step that it is in: "Welcome e-mail".
    pub title: String,
    /// What was found there, with some of what stands around it; empty where the title itself fits.
    pub excerpt: String,
}

/// Where a text is looked for, the better the earlier.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    NameBegins,
    Name,
    Summary,
    Content,
}

/// What fits `wanted`, names first; upper and lower case are the same. A document or step is there at most once. Nothing
/// for an empty text.
pub fn search(project: &Project, wanted: &str, limit: usize) -> Vec<Hit> {
    let wanted = wanted.trim().to_lowercase();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut hits: Vec<(Rank, Hit)> = Vec::new();
    for (id, document) in &project.documents {
        if matches!(id, DocumentId::Canvas(_) | DocumentId::Conflicts(_)) {
            continue;
        }
        let Some(members) = document.as_object() else { continue };
        match Journey::of(document).filter(|_| matches!(id, DocumentId::Journey(_))) {
            None => hits.extend(look(id, path![], (id.name(), &[]), "", members, &wanted)),
            Some(journey) => {
                let about = summary::entry(journey);
                hits.extend(look(id, path![], (id.name(), &[]), &about, members, &wanted));
                for activity in journey.activities() {
                    let about = summary::activity(&activity, journey);
                    let place = path!["Activities", activity.id];
                    let names = (activity.label(), &[activity.id][..]);
                    hits.extend(look(id, place, names, &about, activity.wire.object(), &wanted));
                }
            }
        }
    }
    hits.sort_by_key(|(rank, _)| *rank);
    hits.into_iter().take(limit).map(|(_, hit)| hit).collect()
}

/// Looks into one document or step: its name and other names, what it does in words, and all its texts but those of steps.
fn look(
    id: &DocumentId,
    place: Path,
    (name, others): (&str, &[&str]),
    about: &str,
    members: &Map<String, Value>,
    wanted: &str,
) -> Option<(Rank, Hit)> {
    let hit = |path: Path, excerpt: String| Hit {
        place: Place { document: id.clone(), path },
        title: name.to_owned(),
        excerpt,
    };
    match find(name, wanted) {
        Some(0) => return Some((Rank::NameBegins, hit(place, String::new()))),
        Some(_) => return Some((Rank::Name, hit(place, String::new()))),
        None => {}
    }
    if let Some(other) = others.iter().find(|other| find(other, wanted).is_some()) {
        return Some((Rank::Name, hit(place, (*other).to_owned())));
    }
    if find(about, wanted).is_some() {
        return Some((Rank::Summary, hit(place, about.to_owned())));
    }
    let members = members.iter().rev().filter(|(key, _)| *key != "Activities");
    let mut open: Vec<(Path, &Value)> = members.map(|(key, value)| (place.join(key), value)).collect();
    while let Some((path, value)) = open.pop() {
        match value {
            Value::String(text) => {
                if let Some(at) = find(text, wanted) {
                    let member = path.0.iter().rev().find_map(|step| match step {
                        crate::path::Step::Key(key) => Some(key.as_str()),
                        crate::path::Step::Index(_) => None,
                    });
                    let excerpt = format!("{}: {}", member.unwrap_or_default(), around(text, at, wanted.len()));
                    return Some((Rank::Content, hit(path, excerpt)));
                }
            }
            Value::Array(items) => open.extend(items.iter().enumerate().rev().map(|(n, item)| (path.join(n), item))),
            Value::Object(members) => open.extend(members.iter().rev().map(|(key, item)| (path.join(key), item))),
            _ => {}
        }
    }
    None
}

/// The byte at which `wanted`, in small letters, stands in `text`.
fn find(text: &str, wanted: &str) -> Option<usize> {
    if text.is_ascii() {
        let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
        return text.windows(wanted.len()).position(|window| window.eq_ignore_ascii_case(wanted));
    }
    text.to_lowercase().find(wanted)
}

/// What stands around a place, on one line.
fn around(text: &str, at: usize, length: usize) -> String {
    // Lower case can be longer than upper case, so that the place may be beside a letter or behind the end.
    let near = |mut byte: usize| {
        byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        byte
    };
    let (from, to) = (near(at.saturating_sub(AROUND)), near(at + length + AROUND));
    let part = text[from..to].split_whitespace().collect::<Vec<_>>().join(" ");
    let (before, after) = (if from > 0 { "…" } else { "" }, if to < text.len() { "…" } else { "" });
    format!("{before}{part}{after}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::TemplateKind;

    fn project() -> Project {
        let mut project = Project::default();
        let welcome = json!({"Name": "Welcome series", "StartCondition": {"SegmentStartCondition": {"SegmentId": "new-customers"}},
        "StartActivity": "hello", "Activities": {
            "hello": {"Description": "Greeting", "EMAIL": {"TemplateName": "welcome", "NextActivity": "opened"}},
            "opened": {"ConditionalSplit": {"Condition": {"Conditions": [{"EventCondition": {"MessageActivity": "hello",
                "Dimensions": {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["_email.open"]}}}}]}}}
        }});
        let body =
            "Guten Tag, schöne Größe! The quick brown fox jumps over the lazy dog, and welcomes you to the shop.";
        project.documents.insert(DocumentId::Journey("welcome-series".to_owned()), welcome);
        project
            .documents
            .insert(DocumentId::Template(TemplateKind::Email, "hello".to_owned()), json!({"HtmlPart": body}));
        project.documents.insert(DocumentId::Canvas("welcome-series".to_owned()), json!({"welcome": "hello"}));
        project
    }

    fn found(wanted: &str) -> Vec<(String, String, String)> {
        let hits = search(&project(), wanted, 10);
        hits.into_iter().map(|hit| (hit.title, hit.place.path.to_string(), hit.excerpt)).collect()
    }

    fn hit(title: &str, path: &str, excerpt: &str) -> (String, String, String) {
        (title.to_owned(), path.to_owned(), excerpt.to_owned())
    }

    #[test]
    fn names_come_before_contents() {
        let expected = [
            hit("welcome-series", "", ""),
            hit("Greeting", "Activities.hello", "Sends welcome"),
            hit("hello", "HtmlPart", "HtmlPart: …ox jumps over the lazy dog, and welcomes you to the shop."),
        ];
        assert_eq!(found(" Welcome "), expected);
        assert_eq!(found("greet")[0], hit("Greeting", "Activities.hello", ""));
    }

    #[test]
    fn conditions_ids_and_other_scripts_are_found() {
        assert_eq!(found("opened greeting"), [hit("opened", "Activities.opened", "Opened Greeting")]);
        assert_eq!(found("new-cust"), [hit("welcome-series", "", "Members of new-customers")]);
        let path =
            "Activities.opened.ConditionalSplit.Condition.Conditions[0].EventCondition.Dimensions.EventType.Values[0]";
        assert_eq!(found("_EMAIL.open"), [hit("opened", path, "Values: _email.open")]);
        assert_eq!(found("GRÖSSE"), []);
        assert_eq!(found("größe")[0].2, "HtmlPart: Guten Tag, schöne Größe! The quick brown fox jumps over…");
        assert_eq!(found("   "), []);
    }
}
