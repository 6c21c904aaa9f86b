//! Another version of a journey on the picture of this one: which steps and connections are new, changed or renamed, and
//! ghosts of those that are gone.
//!
//! A ghost stands as it stood in the other version's layout, beside the step that led to it: moved along with that step, and
//! to the right until it covers nothing.

use std::collections::{BTreeMap, BTreeSet};

use model::Journey;
use model::changes::{self, Change, StepChange};
use model::drawing::Origin;

use crate::geometry::{Point, Rect};
use crate::layout::Layout;
use crate::route::Route;
use crate::scene::{Scene, SceneNode};

/// Between a ghost and what it must not cover.
const GAP: f64 = 28.0;

/// A version of a journey as it is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    /// The journey.
    pub journey: Journey<'a>,
    /// What there is to draw of it.
    pub scene: &'a Scene,
    /// Where it stands.
    pub layout: &'a Layout,
}

/// What another version has otherwise, to be drawn on this one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Steps of this version that differ, by id; not those that are gone.
    pub steps: BTreeMap<String, StepChange>,
    /// Steps that are gone, with their places on this picture.
    pub ghosts: Vec<(SceneNode, Rect)>,
    /// Connections that are new.
    pub added: BTreeSet<Origin>,
    /// Connections that are gone.
    pub lost: Vec<Route>,
}

/// What differs from `then` to `now`. Steps in folded branches are not drawn, nor are connections to them.
pub fn compare(then: Version, now: Version) -> Comparison {
    let renamed = changes::renamed(then.journey, now.journey);
    let here = |id: &str| {
        let place = now.scene.place(renamed.get(id).map_or(id, String::as_str))?;
        now.layout.nodes.get(place).copied()
    };
    let there = |id: &str| then.layout.nodes.get(then.scene.place(id)?).copied();
    let mut found = Comparison::default();
    let mut gone = BTreeSet::new();
    for change in changes::changes(then.journey, now.journey) {
        match (&change.id, change.what) {
            (Some(id), Change::Removed) => drop(gone.insert(id.clone())),
            (Some(id), _) => drop(found.steps.insert(id.clone(), change)),
            (None, _) => {}
        }
    }
    let mut stands: BTreeMap<String, Rect> = BTreeMap::new();
    for id in in_order(&then, &gone) {
        let (Some(place), Some(old)) = (then.scene.place(&id), there(&id)) else { continue };
        let before = then.scene.graph.edges.iter().filter(|edge| edge.to == place).map(|edge| edge.from);
        let after = then.scene.graph.edges.iter().filter(|edge| edge.from == place).map(|edge| edge.to);
        let moved = before.chain(after).find_map(|beside| {
            let id = &then.scene.nodes.get(beside)?.id;
            let (was, is) = (there(id)?.center(), here(id).or_else(|| stands.get(id).copied())?.center());
            Some((is.x - was.x, is.y - was.y))
        });
        let (dx, dy) = moved.unwrap_or_default();
        let mut area = Rect::new(old.x + dx, old.y + dy, old.width, old.height);
        while let Some(other) = covered(&area.inflate(GAP - 1.0), now.layout, &stands) {
            area.x = other.right() + GAP;
        }
        found.ghosts.push((then.scene.nodes[place].clone(), area));
        stands.insert(id, area);
    }
    let drawn = |id: &str| if gone.contains(id) { stands.get(id).copied() } else { here(id) };
    for change in changes::connections(then.journey, now.journey) {
        if change.what == Change::Added {
            found.added.insert(change.origin);
            continue;
        }
        let from = match &change.origin {
            Origin::Entry => "@entry",
            Origin::Activity(id, _) => id,
        };
        if let (Some(from), Some(to)) = (drawn(from), drawn(&change.target)) {
            let foot = Point::new(from.center().x, from.bottom());
            found.lost.push(Route::elbow(foot, Point::new(to.center().x, to.y)));
        }
    }
    found
}

/// The steps that are gone, from top to bottom.
fn in_order(then: &Version, gone: &BTreeSet<String>) -> Vec<String> {
    let mut order: Vec<(f64, String)> =
        gone.iter().filter_map(|id| Some((then.layout.nodes.get(then.scene.place(id)?)?.y, id.clone()))).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    order.into_iter().map(|(_, id)| id).collect()
}

/// Something that `area` covers: the one that reaches farthest to the right.
fn covered(area: &Rect, layout: &Layout, ghosts: &BTreeMap<String, Rect>) -> Option<Rect> {
    let all = layout.nodes.iter().chain(ghosts.values());
    all.filter(|other| other.intersects(area)).copied().max_by(|a, b| a.right().total_cmp(&b.right()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::layout;
    use crate::scene::spacing;

    fn drawn(value: &Value) -> (Journey<'_>, Scene, Layout) {
        let journey = Journey::of(value).expect("a journey");
        let scene = Scene::of(journey, None);
        let layout = layout(&scene.graph, &spacing());
        (journey, scene, layout)
    }

    #[test]
    fn what_is_gone_stands_beside_what_led_to_it_and_covers_nothing() {
        let before = json!({"StartActivity": "a", "Activities": {
            "a": {"EMAIL": {"NextActivity": "b"}},
            "b": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "c"}},
            "c": {"SMS": {"NextActivity": "d"}},
            "d": {"PUSH": {}},
        }});
        let after = json!({"StartActivity": "a", "Activities": {
            "a": {"EMAIL": {"NextActivity": "e"}},
            "e": {"PUSH": {"NextActivity": "f"}},
            "f": {"Wait": {"WaitTime": {"WaitFor": "P9D"}}},
        }});
        let (then, now) = (drawn(&before), drawn(&after));
        let version = |of: &'_ (Journey<'_>, Scene, Layout)| -> Comparison {
            let other = Version { journey: then.0, scene: &then.1, layout: &then.2 };
            compare(other, Version { journey: of.0, scene: &of.1, layout: &of.2 })
        };
        let found = version(&now);
        // `d` says what `e` says: it was renamed
        let said: Vec<(&str, Change)> = found.steps.iter().map(|(id, change)| (id.as_str(), change.what)).collect();
        assert_eq!(said, [("a", Change::Changed), ("e", Change::Renamed), ("f", Change::Added)]);
        let ghosts: Vec<&str> = found.ghosts.iter().map(|(node, _)| node.id.as_str()).collect();
        assert_eq!(ghosts, ["b", "c"]);
        for (i, (_, ghost)) in found.ghosts.iter().enumerate() {
            let others = found.ghosts.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, (_, other))| other);
            assert!(
                !now.2.nodes.iter().chain(others).any(|other| other.intersects(ghost)),
                "{ghost:?} covers something"
            );
        }
        assert!(found.ghosts[0].1.y < found.ghosts[1].1.y, "one below the other, as they stood");
        let added: Vec<String> = found.added.iter().map(Origin::key).collect();
        assert_eq!(added, ["a/next", "e/next"]);
        assert_eq!(found.lost.len(), 3, "a to b, b to c, c to d, which is now e");
        assert_eq!(version(&then), Comparison::default());
    }
}
