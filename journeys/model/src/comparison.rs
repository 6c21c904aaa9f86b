//! What differs between two versions of a project's documents, in words.
//!
//! A journey is told step by step, and by the sentences about what people go through that are new or gone; other documents
//! by the members that differ.

use serde::Serialize;
use serde_json::Value;

use crate::changes::{self, Change};
use crate::difference;
use crate::documents::Documents;
use crate::journey::Journey;
use crate::path::Path;
use crate::project::DocumentId;
use crate::view::View;
use crate::{path, summary, telling};

/// Lines of two tellings, or words of two texts, of which the longest common sequence is looked for: the product of their numbers. Beyond it all of
/// one is gone and all of the other new.
const COMMON: usize = 4_000_000;

/// A document that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DocumentChange {
    /// The document.
    pub document: DocumentId,
    /// How.
    pub what: Change,
    /// Of a journey that is there in both: what people go through, sentences that are new or gone with those around them.
    pub telling: Vec<Told>,
    /// Of a journey that is there in both: the steps that differ.
    pub steps: Vec<StepWords>,
    /// The members that differ; of a journey its own ones.
    pub members: Vec<MemberChange>,
}

/// A sentence of a telling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Whether it is new or gone; `None` = it is the same.
    pub what: Option<Change>,
    /// How deep it stands in branches.
    pub depth: usize,
    /// The sentence.
    pub text: String,
}

/// A step that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepWords {
    /// The activity's id.
    pub id: String,
    /// Its id before, where it has another one now.
    pub was: Option<String>,
    /// How it differs.
    pub what: Change,
    /// What it is called and what it is: `“Hello” (Email)`.
    pub name: String,
    /// What it did; empty for a new one.
    pub before: String,
    /// What it does; empty for one that is gone.
    pub after: String,
    /// The members that differ, below the activity.
    pub members: Vec<MemberChange>,
}

/// A member that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MemberChange {
    /// Its place.
    pub place: String,
    /// What stood there; absent = nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What stands there; absent = nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// Documents of both, in order of their ids, with what they say in each.
pub fn pairs<'a>(
    before: &'a Documents,
    after: &'a Documents,
) -> Vec<(&'a DocumentId, Option<&'a Value>, Option<&'a Value>)> {
    let mut ids: Vec<&DocumentId> = before.keys().chain(after.keys().filter(|id| !before.contains_key(id))).collect();
    ids.sort();
    ids.into_iter().map(|id| (id, before.get(id), after.get(id))).filter(|(_, old, new)| old != new).collect()
}

/// What differs in a document; `None` = nothing. `None` for a value is a document that is not there.
pub fn document(id: &DocumentId, before: Option<&Value>, after: Option<&Value>) -> Option<DocumentChange> {
    if before == after {
        return None;
    }
    let mut change = DocumentChange {
        document: id.clone(),
        what: match (before, after) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ => Change::Changed,
        },
        telling: Vec::new(),
        steps: Vec::new(),
        members: Vec::new(),
    };
    let (Some(before), Some(after)) = (before, after) else { return Some(change) };
    let is_journey = matches!(id, DocumentId::Journey(_));
    match (Journey::of(before).filter(|_| is_journey), Journey::of(after)) {
        (Some(then), Some(now)) => {
            change.telling = around(told(then, now));
            change.steps = steps(then, now);
            let own = |journey: &Value| {
                let members = journey.as_object().into_iter().flatten().filter(|(name, _)| *name != "Activities");
                Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect())
            };
            change.members = members(Some(&own(before)), Some(&own(after)));
        }
        _ => change.members = members(Some(before), Some(after)),
    }
    Some(change)
}

/// The members that differ.
pub fn members(before: Option<&Value>, after: Option<&Value>) -> Vec<MemberChange> {
    let told = |one: difference::Difference<'_>| MemberChange {
        place: one.path.to_string(),
        before: one.before.cloned(),
        after: one.after.cloned(),
    };
    difference::exact(before, after).into_iter().map(told).collect()
}

fn steps(before: Journey<'_>, after: Journey<'_>) -> Vec<StepWords> {
    let found =
        changes::changes(before, after).into_iter().filter_map(|change| Some((change.id?, change.what, change.was)));
    let at = |journey: Journey<'_>, path: &Path| {
        let steps = journey.wire.object().get("Activities")?;
        steps.get(path.activity()?).cloned()
    };
    found
        .map(|(id, what, was)| {
            let does = |journey: Journey<'_>, id: &str| {
                journey.activity(id).map(|activity| summary::activity(&activity, journey)).unwrap_or_default()
            };
            let then = was.as_deref().unwrap_or(&id);
            let step = after.activity(&id).or_else(|| before.activity(&id));
            let kind = step.and_then(|step| step.kind()).map_or("no kind", |kind| kind.title());
            let members = match what {
                Change::Changed | Change::Renamed => {
                    let old = at(before, &path!["Activities", then]);
                    members(old.as_ref(), at(after, &path!["Activities", &id]).as_ref())
                }
                Change::Added | Change::Removed => Vec::new(),
            };
            let name = format!("“{}” ({kind})", step.map_or(id.as_str(), |step| step.label()));
            StepWords { what, name, before: does(before, then), after: does(after, &id), members, was, id }
        })
        .collect()
}

/// The sentences of both tellings in one order, by their longest common sequence.
fn told(before: Journey<'_>, after: Journey<'_>) -> Vec<Told> {
    let lines = |journey| -> Vec<(usize, String)> {
        telling::tell(journey).into_iter().map(|sentence| (sentence.depth, sentence.text)).collect()
    };
    let (old, new) = (lines(before), lines(after));
    let head = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(one, other)| one == other).count();
    let (old_middle, new_middle) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut result: Vec<Told> = new[..head].iter().map(|line| line_of(None, line)).collect();
    result.extend(middle(old_middle, new_middle));
    result.extend(new[new.len() - tail..].iter().map(|line| line_of(None, line)));
    result
}

/// What is the same, new or gone in two texts, word by word, in order; neighbours of one kind are one piece. Words are runs of
/// letters and digits; everything else is a word by itself.
pub fn words(before: &str, after: &str) -> Vec<(Option<Change>, String)> {
    let (old, new) = (pieces(before), pieces(after));
    let head = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(one, other)| one == other).count();
    let middle = aligned(&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let same = |piece: &&str| (None, (*piece).to_owned());
    let mut joined: Vec<(Option<Change>, String)> = Vec::new();
    let all = new[..head].iter().map(same).chain(middle.into_iter().map(|(what, piece)| (what, (*piece).to_owned())));
    for (what, piece) in all.chain(new[new.len() - tail..].iter().map(same)) {
        match joined.last_mut() {
            Some((last, text)) if *last == what => text.push_str(&piece),
            _ => joined.push((what, piece)),
        }
    }
    joined
}

/// The words of a text, and what is between them.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric();
        let end = if is_word(first) { rest.find(|c| !is_word(c)) } else { Some(first.len_utf8()) };
        let (piece, next) = rest.split_at(end.unwrap_or(rest.len()));
        pieces.push(piece);
        rest = next;
    }
    pieces
}

fn middle(old: &[(usize, String)], new: &[(usize, String)]) -> Vec<Told> {
    aligned(old, new).into_iter().map(|(what, line)| line_of(what, line)).collect()
}

/// Both in one order, by their longest common sequence: what is the same, gone, new.
fn aligned<'a, T: PartialEq>(old: &'a [T], new: &'a [T]) -> Vec<(Option<Change>, &'a T)> {
    let gone = |one: &'a T| (Some(Change::Removed), one);
    let added = |one: &'a T| (Some(Change::Added), one);
    if old.len().saturating_mul(new.len()) > COMMON {
        return old.iter().map(gone).chain(new.iter().map(added)).collect();
    }
    // common[i][j]: how long the longest common sequence of old[i..] and new[j..] is
    let mut common = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = match old[i] == new[j] {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut result = Vec::new();
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            result.push((None, &new[j]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || common[i + 1][j] >= common[i][j + 1]) {
            result.push(gone(&old[i]));
            i += 1;
        } else {
            result.push(added(&new[j]));
            j += 1;
        }
    }
    result
}

fn line_of(what: Option<Change>, (depth, text): &(usize, String)) -> Told {
    Told { what, depth: *depth, text: text.clone() }
}

/// What is new or gone, and one sentence before and after it.
fn around(told: Vec<Told>) -> Vec<Told> {
    let near = |place: usize| {
        let until = told.len().min(place + 2);
        told[place.saturating_sub(1)..until].iter().any(|line| line.what.is_some())
    };
    let kept: Vec<bool> = (0..told.len()).map(near).collect();
    told.into_iter().zip(kept).filter_map(|(line, kept)| kept.then_some(line)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_differ_word_by_word() {
        let told = |before: &str, after: &str| {
            let mark = |what| match what {
                None => "",
                Some(Change::Removed) => "-",
                Some(_) => "+",
            };
            let pieces = words(before, after).into_iter().map(|(what, text)| format!("{}{text}", mark(what)));
            pieces.collect::<Vec<_>>().join("|")
        };
        for (before, after, expected) in [
            ("", "", ""),
            ("a b", "a b", "a b"),
            ("", "new", "+new"),
            ("old", "", "-old"),
            ("Hi Ann, bye", "Hi Eve, bye", "Hi |-Ann|+Eve|, bye"),
            ("<p>a</p>", "<p class=\"x\">a</p>", "<p|+ class=\"x\"|>a</p>"),
            ("a c", "a b c", "a |+b |c"),
        ] {
            assert_eq!(told(before, after), expected, "{before} > {after}");
        }
    }

    #[test]
    fn a_journey_is_told_by_what_people_go_through_and_step_by_step() {
        let before = json!({"Name": "j", "StartActivity": "a", "State": "DRAFT", "Activities": {
            "a": {"EMAIL": {"TemplateName": "hello", "NextActivity": "b"}},
            "b": {"SMS": {"TemplateName": "bye"}}}});
        let after = json!({"Name": "j", "StartActivity": "a", "State": "ACTIVE", "Activities": {
            "a": {"EMAIL": {"TemplateName": "welcome", "NextActivity": "w"}},
            "w": {"Wait": {"WaitTime": {"WaitFor": "P2D"}}}}});
        let id = DocumentId::Journey("j".into());
        let change = document(&id, Some(&before), Some(&after)).expect("it differs");
        let told: Vec<String> = change.telling.iter().map(|line| format!("{:?} {}", line.what, line.text)).collect();
        assert_eq!(
            told,
            [
                "None Nobody comes in yet.",
                "Some(Removed) They get the e-mail hello.",
                "Some(Removed) They get the text message bye.",
                "Some(Removed) It ends for them.",
                "Some(Added) They get the e-mail welcome.",
                "Some(Added) 2 days later, it ends for them.",
            ]
        );
        let steps: Vec<(&str, Change)> = change.steps.iter().map(|step| (step.id.as_str(), step.what)).collect();
        assert_eq!(steps, [("a", Change::Changed), ("w", Change::Added), ("b", Change::Removed)]);
        let first = &change.steps[0];
        assert_eq!((first.before.as_str(), first.after.as_str()), ("Sends hello", "Sends welcome"));
        assert_eq!(first.members[1].place, "EMAIL.NextActivity");
        assert_eq!(change.members.iter().map(|member| member.place.as_str()).collect::<Vec<_>>(), ["State"]);
        assert_eq!(document(&id, Some(&after), Some(&after)), None);
    }
}
