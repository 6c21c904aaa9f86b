//! A journey as things to draw: cards, ends and connections, and the graph that the layout takes.
//!
//! The canvas and the exported picture show the same scene.

use std::collections::BTreeSet;

use model::drawing::{Origin, canvas as kept};
use model::{Activity, ActivityKind, Journey, elapsed, summary};
use serde_json::Value;

use crate::{Edge, Graph, Node, Point, Settings};

/// Size of an activity's card.
pub const CARD: (f64, f64) = (236.0, 68.0);
/// Size of an end mark.
pub const END: (f64, f64) = (26.0, 26.0);

/// Size of the mark in place of a folded branch.
pub const FOLD: (f64, f64) = (104.0, 30.0);

/// What a node of the scene stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stands {
    /// The entry.
    Entry,
    /// An activity; the kind is `None` while none is set.
    Activity(Option<ActivityKind>),
    /// The end of a path: nothing follows.
    End,
    /// The end of a path that names an activity which does not exist.
    Missing,
    /// A folded branch, with as many activities behind it that are not drawn.
    Folded(usize),
}

/// A card or mark on the canvas; its place in [`Scene::nodes`] is its place in the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneNode {
    /// The activity's id; `@entry` for the entry, `@end:…` for ends.
    pub id: String,
    /// What it stands for.
    pub stands: Stands,
    /// The label.
    pub title: String,
    /// One line on what it does.
    pub summary: String,
    /// For a message: when people get there, counted from their entry; "day 3". Else empty.
    pub day: String,
}

/// Everything there is to draw of a journey.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Cards and marks.
    pub nodes: Vec<SceneNode>,
    /// Where each connection starts, an edge of the graph.
    pub origins: Vec<Origin>,
    /// What the layout takes.
    pub graph: Graph,
    /// Places of nodes, in the order of their ids.
    by_id: Vec<usize>,
}

impl Scene {
    /// The scene of `journey`; `canvas` is its `NAME.canvas.json` with the pinned positions and the folded branches.
    pub fn of(journey: Journey, canvas: Option<&Value>) -> Scene {
        let mut scene = Scene::default();
        let hidden = canvas.map(|canvas| kept::hidden(journey, canvas)).unwrap_or_default();
        let entry = SceneNode {
            id: "@entry".to_owned(),
            stands: Stands::Entry,
            title: "Entry".to_owned(),
            summary: summary::entry(journey),
            day: String::new(),
        };
        scene.push(entry, canvas);
        scene.graph.root = Some(0);
        let mut activities = journey.activities();
        activities.retain(|activity| !hidden.contains(activity.id));
        scene.reserve(activities.len());
        let days = elapsed::elapsed(journey);
        for activity in &activities {
            let node = SceneNode {
                id: activity.id.to_owned(),
                stands: Stands::Activity(activity.kind()),
                title: title(activity),
                summary: summary::activity(activity, journey),
                day: elapsed::beside(activity, &days).unwrap_or_default(),
            };
            scene.push(node, canvas);
        }
        scene.sort();
        let start = journey.wire.start_activity().filter(|id| !id.is_empty());
        let folded = Folded { journey, hidden };
        scene.connect(0, Origin::Entry, start, String::new(), &folded);
        for (i, activity) in activities.iter().enumerate() {
            for way in activity.connections() {
                let origin = Origin::Activity(activity.id.to_owned(), way.slot);
                scene.connect(i + 1, origin, way.target, way.label, &folded);
            }
        }
        scene.sort();
        scene.shrink_to_fit();
        scene
    }

    /// Makes room for so many activities and as many ends and connections as they mostly have: a list that grows leaves
    /// holes behind.
    fn reserve(&mut self, activities: usize) {
        let usual = activities + activities / 2;
        self.nodes.reserve(usual);
        self.graph.nodes.reserve(usual);
        self.origins.reserve(usual);
        self.graph.edges.reserve(usual);
    }

    /// So that nodes are found by their ids.
    fn sort(&mut self) {
        self.by_id = (0..self.nodes.len()).collect();
        self.by_id.sort_by(|&a, &b| self.nodes[a].id.cmp(&self.nodes[b].id));
    }

    fn shrink_to_fit(&mut self) {
        self.nodes.shrink_to_fit();
        self.graph.nodes.shrink_to_fit();
        self.origins.shrink_to_fit();
        self.graph.edges.shrink_to_fit();
    }

    fn push(&mut self, mut node: SceneNode, canvas: Option<&Value>) -> usize {
        node.summary.shrink_to_fit();
        node.day.shrink_to_fit();
        let (width, height) = match node.stands {
            Stands::End | Stands::Missing => END,
            Stands::Folded(_) => FOLD,
            _ => CARD,
        };
        let pinned = canvas
            .and_then(|value| value.get("pins")?.get(&node.id))
            .and_then(|pin| Some(Point { x: pin.get(0)?.as_f64()?, y: pin.get(1)?.as_f64()? }));
        self.graph.nodes.push(Node { id: node.id.clone(), width, height, pinned });
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// The place of a card or mark in [`Scene::nodes`].
    pub fn place(&self, id: &str) -> Option<usize> {
        // an activity that bears the name of a mark stands behind it
        let first = self.by_id.partition_point(|&place| self.nodes[place].id.as_str() < id);
        self.by_id.get(first).copied().filter(|&place| self.nodes[place].id == id)
    }

    /// The place of a connection in [`Scene::origins`] and among the edges of the graph.
    pub fn way(&self, origin: &Origin) -> Option<usize> {
        let from = match origin {
            Origin::Entry => 0,
            Origin::Activity(id, _) => self.place(id)?,
        };
        // connections stand in the order of what they come from
        let of_it = self.graph.edges.partition_point(|edge| edge.from < from);
        let near = self.graph.edges[of_it..].iter().take_while(|edge| edge.from == from).count();
        let found = self.origins[of_it..of_it + near].iter().position(|one| one == origin).map(|place| of_it + place);
        // an activity may bear the name of a mark, and is then not found by it
        found.or_else(|| self.origins.iter().position(|one| one == origin))
    }

    fn connect(&mut self, from: usize, origin: Origin, target: Option<&str>, label: String, folded: &Folded) {
        let activity = |&to: &usize| matches!(self.nodes[to].stands, Stands::Activity(_));
        let to = match target.map(|id| (id, self.place(id).filter(activity))) {
            Some((_, Some(to))) => to,
            missing => {
                let (stands, title) = match missing {
                    Some((id, _)) if folded.hidden.contains(id) => {
                        let count = folded.behind(id);
                        (Stands::Folded(count), if count == 1 { "1 step".to_owned() } else { format!("{count} steps") })
                    }
                    Some((id, _)) => (Stands::Missing, id.to_owned()),
                    None => (Stands::End, "End".to_owned()),
                };
                let id = end_id(&origin);
                self.push(SceneNode { id, stands, title, summary: String::new(), day: String::new() }, None)
            }
        };
        self.graph.edges.push(Edge { from, to, label });
        self.origins.push(origin);
    }
}

/// The activities that are not drawn.
struct Folded<'a> {
    journey: Journey<'a>,
    hidden: BTreeSet<String>,
}

impl Folded<'_> {
    /// How many of them `id` leads to, itself included.
    fn behind(&self, id: &str) -> usize {
        let mut seen = BTreeSet::new();
        let mut open = vec![id.to_owned()];
        while let Some(id) = open.pop() {
            if self.hidden.contains(&id) && !seen.contains(&id) {
                let ways = self.journey.activity(&id).map(|activity| activity.connections()).unwrap_or_default();
                open.extend(ways.iter().filter_map(|way| way.target).map(str::to_owned));
                seen.insert(id);
            }
        }
        seen.len()
    }
}

/// The distances that suit cards and marks of these sizes.
pub fn spacing() -> Settings {
    Settings { rank_gap: 76.0, ..Settings::default() }
}

/// What a card is called: the description, else what kind of activity it is.
fn title(activity: &Activity) -> String {
    let described = activity.wire.description().filter(|text| !text.trim().is_empty());
    match (described, activity.kind()) {
        (Some(text), _) => text.to_owned(),
        (None, Some(kind)) => kind.title().to_owned(),
        (None, None) => activity.id.to_owned(),
    }
}

/// The id of the end mark behind a connection.
pub fn end_id(origin: &Origin) -> String {
    match origin {
        Origin::Entry => "@end:".to_owned(),
        Origin::Activity(..) => format!("@end:{}", origin.key()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_folded_branch_is_one_mark() {
        let value = json!({"StartActivity": "split", "Activities": {
            "split": {"ConditionalSplit": {"TrueActivity": "a", "FalseActivity": "b"}},
            "a": {"Wait": {}},
            "b": {"Wait": {"NextActivity": "c"}},
            "c": {"Wait": {"NextActivity": "a"}},
        }});
        let journey = Journey::of(&value).expect("a journey");
        let canvas = json!({"folded": ["split/no", "a/next"]});
        let scene = Scene::of(journey, Some(&canvas));
        let drawn: Vec<(&str, &Stands)> = scene.nodes.iter().map(|node| (node.id.as_str(), &node.stands)).collect();
        let wait = Stands::Activity(Some(ActivityKind::Wait));
        let split = Stands::Activity(Some(ActivityKind::ConditionalSplit));
        let expected = [
            ("@entry", &Stands::Entry),
            ("split", &split),
            ("a", &wait),
            ("@end:split/no", &Stands::Folded(2)),
            ("@end:a/next", &Stands::End),
        ];
        assert_eq!(drawn, expected);
        assert_eq!(scene.nodes[3].title, "2 steps");
        let no = Origin::Activity("split".into(), model::Slot::No);
        let place = scene.way(&no).expect("it is drawn");
        assert_eq!((scene.graph.edges[place].from, scene.graph.edges[place].to), (1, 3));
        assert_eq!((scene.place("c"), scene.place("a")), (None, Some(2)));
    }

    #[test]
    fn ways_are_found_also_from_an_activity_that_bears_the_name_of_a_mark() {
        let value = json!({"StartActivity": "@entry", "Activities": {
            "@entry": {"Wait": {"NextActivity": "split"}},
            "split": {"ConditionalSplit": {"TrueActivity": "@entry"}},
        }});
        let scene = Scene::of(Journey::of(&value).expect("a journey"), None);
        let way = |id: &str, slot| Origin::Activity(id.to_owned(), slot);
        for (place, origin) in scene.origins.iter().enumerate() {
            assert_eq!(scene.way(origin), Some(place), "{origin:?}");
        }
        assert_eq!(scene.way(&way("@entry", model::Slot::Next)), Some(1));
        assert_eq!(scene.way(&way("split", model::Slot::Else)), None);
    }
}
