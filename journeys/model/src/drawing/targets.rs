//! Where a connection may lead, for all activities at once: what the canvas dims while one is drawn.

use std::collections::{BTreeMap, BTreeSet};

use super::{Origin, Refusal, target_path};
use crate::journey::Journey;

/// The activities that `origin` may not lead to, each with the reason; what [`super::can_connect`] says of each.
pub fn refusals(journey: Journey, origin: &Origin) -> BTreeMap<String, Refusal> {
    let Origin::Activity(from, _) = origin else { return BTreeMap::new() };
    let activities = journey.activities();
    if target_path(journey, origin).is_none() {
        return activities.iter().map(|activity| (activity.id.to_owned(), Refusal::Unknown)).collect();
    }
    let mut refused = BTreeMap::from([(from.clone(), Refusal::Itself)]);
    refused.extend(leading_to(journey, from).into_iter().map(|earlier| (earlier.to_owned(), Refusal::Cycle)));
    refused
}

/// The activities from which some path leads to the one of that id; without itself.
pub fn leading_to<'a>(journey: Journey<'a>, id: &str) -> BTreeSet<&'a str> {
    let activities = journey.activities();
    let mut before: BTreeMap<&str, Vec<&'a str>> = BTreeMap::new();
    for activity in &activities {
        for to in activity.connections().into_iter().filter_map(|way| way.target) {
            before.entry(to).or_default().push(activity.id);
        }
    }
    let mut seen = BTreeSet::new();
    let mut open = vec![id];
    while let Some(at) = open.pop() {
        for &earlier in before.get(at).into_iter().flatten() {
            if earlier != id && seen.insert(earlier) {
                open.push(earlier);
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::activity::Slot;
    use crate::drawing::can_connect;

    #[test]
    fn all_at_once_says_what_one_by_one_says() {
        let value = json!({"StartActivity": "a", "Activities": {
            "a": {"Wait": {"NextActivity": "split"}},
            "split": {"ConditionalSplit": {"TrueActivity": "b", "FalseActivity": "c"}},
            "b": {"EMAIL": {"NextActivity": "d"}},
            "c": {"SMS": {"NextActivity": "d"}},
            "d": {"PUSH": {"NextActivity": "gone"}},
            "loose": {"Wait": {"NextActivity": "loose"}},
        }});
        let journey = Journey::of(&value).expect("a journey");
        let ids: Vec<&str> = journey.activities().iter().map(|activity| activity.id).collect();
        let mut origins = vec![Origin::Entry, Origin::Activity("gone".into(), Slot::Next)];
        for activity in journey.activities() {
            origins.extend(activity.connections().iter().map(|way| Origin::Activity(activity.id.into(), way.slot)));
            origins.push(Origin::Activity(activity.id.into(), Slot::Branch(7)));
        }
        for origin in origins {
            let refused = refusals(journey, &origin);
            for id in &ids {
                assert_eq!(refused.get(*id).copied(), can_connect(journey, &origin, id).err(), "{origin:?} to {id}");
            }
        }
        let before = |id: &str| leading_to(journey, id).into_iter().collect::<Vec<_>>();
        assert_eq!(before("d"), ["a", "b", "c", "split"]);
        assert_eq!((before("a"), before("loose"), before("gone")), (vec![], vec![], vec!["a", "b", "c", "d", "split"]));
    }
}
