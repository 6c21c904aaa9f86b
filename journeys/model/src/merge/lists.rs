//! Which elements of three versions of a list belong together, and in what order they stand in the result.
//!
//! Three lists of one length whose elements stayed where they were go together by place. Others go together by what an
//! element is about: the step that a branch leads to, the id of a source segment, the name of a closed day, else the whole
//! element. What one side added or moved is then added or moved in the result, as in a merge of text by lines.

use serde_json::Value;

use crate::shapes::Shape;

/// An element of the result, as the three versions have it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    pub base: Option<&'a Value>,
    pub ours: Option<&'a Value>,
    pub theirs: Option<&'a Value>,
}

/// The members by which elements of a shape are told apart.
const KEYS: &[(&str, &str)] = &[
    ("RandomSplitEntry", "NextActivity"),
    ("MultiConditionalBranch", "NextActivity"),
    ("SegmentReference", "Id"),
    ("ClosedDaysRule", "Name"),
    ("WriteTreatmentResource", "TreatmentName"),
];

/// The elements of the result in order; `None` = the lists can not be brought together. With `words`, elements are words of
/// a set, and their order means nothing.
pub(super) fn plan<'a>(
    shape: Option<&'static Shape>,
    words: bool,
    base: &'a [Value],
    ours: &'a [Value],
    theirs: &'a [Value],
) -> Option<Vec<Element<'a>>> {
    if shape.is_none() && !words {
        return None;
    }
    let names = |list: &[Value]| -> Vec<String> { list.iter().map(|element| name(shape, element)).collect() };
    let [base_names, our_names, their_names] = [base, ours, theirs].map(names);
    let stayed = |names: &[String]| {
        let moved = |(place, name): (usize, &String)| {
            base_names.get(place) != Some(name) && (base_names.contains(name) || names[..place].contains(name))
        };
        names.len() == base_names.len() && !names.iter().enumerate().any(moved)
    };
    if !words && stayed(&our_names) && stayed(&their_names) {
        let places = base.iter().zip(ours).zip(theirs);
        let element = |((base, ours), theirs)| Element { base: Some(base), ours: Some(ours), theirs: Some(theirs) };
        return Some(places.map(element).collect());
    }
    if [&base_names, &our_names, &their_names].into_iter().any(|names| has_twins(names)) {
        return None;
    }
    let (ours_of, theirs_of) = (Side::of(&base_names, &our_names), Side::of(&base_names, &their_names));
    if !words {
        // What both took out and one put back in may be the same element, changed in two ways.
        let both_took = ours_of.gone.iter().any(|name| theirs_of.gone.contains(name));
        let moved_past = (ours_of.moved && theirs_of.changed()) || (theirs_of.moved && ours_of.changed());
        let side_by_side = ours_of
            .added
            .iter()
            .any(|(name, after)| theirs_of.added.iter().any(|(other, behind)| after == behind && name != other));
        let behind_what_is_gone = |side: &Side<'_>, other: &Side<'_>| {
            side.added.iter().any(|(_, after)| after.is_some_and(|after| other.gone.contains(&after)))
        };
        if behind_what_is_gone(&ours_of, &theirs_of) || behind_what_is_gone(&theirs_of, &ours_of) {
            return None;
        }
        if both_took && !(ours_of.added.is_empty() && theirs_of.added.is_empty()) || moved_past || side_by_side {
            return None;
        }
    }
    let (first, second) = if theirs_of.moved { (&their_names, &ours_of) } else { (&our_names, &theirs_of) };
    let gone = |name: &String| ours_of.gone.contains(&name) || theirs_of.gone.contains(&name);
    let mut order: Vec<&String> = first.iter().collect();
    for (name, after) in &second.added {
        if !order.contains(name) {
            let place = after.and_then(|after| order.iter().position(|known| *known == after));
            order.insert(place.map_or(0, |place| place + 1), name);
        }
    }
    let find = |list: &'a [Value], names: &[String], name: &String| -> Option<&'a Value> {
        names.iter().position(|known| known == name).and_then(|place| list.get(place))
    };
    let elements = order.into_iter().map(|name| {
        let element = Element {
            base: find(base, &base_names, name),
            ours: find(ours, &our_names, name),
            theirs: find(theirs, &their_names, name),
        };
        (gone(name), element)
    });
    let mut result = Vec::new();
    for (gone, element) in elements {
        // Taken out by one side: it stays out, unless the other changed it.
        match (gone, element.ours.or(element.theirs) == element.base) {
            (true, true) => {}
            (true, false) => return None,
            (false, _) => result.push(element),
        }
    }
    // What one side took out and the first list does not have any more, the other side may have changed.
    let lost = |(name, value): (&String, &Value)| {
        let left = find(ours, &our_names, name).or(find(theirs, &their_names, name));
        gone(name) && left.is_some_and(|left| left != value)
    };
    if base_names.iter().zip(base).any(lost) { None } else { Some(result) }
}

/// What an element is about.
fn name(shape: Option<&'static Shape>, element: &Value) -> String {
    let key = shape.and_then(|shape| KEYS.iter().find(|(name, _)| *name == shape.name));
    let named = key.and_then(|(_, member)| element.get(*member)?.as_str()).filter(|name| !name.is_empty());
    named.map_or_else(|| element.to_string(), str::to_owned)
}

fn has_twins(names: &[String]) -> bool {
    names.iter().enumerate().any(|(place, name)| names[..place].contains(name))
}

/// What a side did to a list, by names.
struct Side<'n> {
    /// What it took out.
    gone: Vec<&'n String>,
    /// What it put in, each with what stands before it there; `None` = it is the first.
    added: Vec<(&'n String, Option<&'n String>)>,
    /// Whether what stayed stands in another order.
    moved: bool,
}

impl<'n> Side<'n> {
    fn of(base: &'n [String], side: &'n [String]) -> Side<'n> {
        let stayed_before: Vec<&String> = base.iter().filter(|name| side.contains(name)).collect();
        let stayed: Vec<&String> = side.iter().filter(|name| base.contains(name)).collect();
        let added = side.iter().enumerate().filter(|(_, name)| !base.contains(name));
        Side {
            gone: base.iter().filter(|name| !side.contains(name)).collect(),
            added: added
                .map(|(place, name)| (name, place.checked_sub(1).and_then(|before| side.get(before))))
                .collect(),
            moved: stayed != stayed_before,
        }
    }

    fn changed(&self) -> bool {
        self.moved || !self.gone.is_empty() || !self.added.is_empty()
    }
}
