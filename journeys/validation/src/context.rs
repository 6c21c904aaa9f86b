//! What the rules look at: a document, and for a journey what many rules need to know about it.

use std::collections::BTreeMap;

use model::time::{DAY, parse_clock, parse_instant};
use model::{
    Account, Activity, Connection, DocumentId, Edit, Journey, Millis, Path, Project, Slot, TemplateKind, drawing, path,
    wire,
};
use petgraph::algo::astar;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{Dfs, DfsPostOrder, Reversed};
use serde_json::Value;
use templates::{Template, TemplateError};

use crate::evidence::Evidence;
use crate::places::{self, ConditionPlace};

/// How long a journey may run (journeys.md 6, 12).
pub const LONGEST_JOURNEY: Millis = 540 * DAY;

/// What is known beside the project. Rules that need what is `None` are silent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// The present; `None` = dates may lie in the past.
    pub now: Option<Millis>,
    /// What the account behind the target allows; `None` = anything.
    pub account: Option<&'a Account>,
    /// What a simulated run has shown; `None` = there was none.
    pub evidence: Option<&'a Evidence>,
    /// What the sample people have, by the path that variables name it with: `Attributes.Plan`, `Location.City`; `None` =
    /// there are no people, or nobody has looked.
    pub people: Option<&'a [String]>,
}

/// One document of a project.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// The project around it.
    pub project: &'a Project,
    /// Which document.
    pub id: &'a DocumentId,
    /// The whole of it.
    pub root: &'a Value,
    /// What is known beside the project.
    pub facts: Facts<'a>,
}

/// A journey, and what follows from its text: computed once, read by many rules.
#[derive(Debug)]
pub struct JourneyContext<'a> {
    /// The document.
    pub document: Document<'a>,
    /// The journey.
    pub journey: Journey<'a>,
    /// The activities, in the order of the document.
    pub activities: Vec<Activity<'a>>,
    /// The ways out of each activity, in the same order.
    pub ways: Vec<Vec<Connection<'a>>>,
    /// A node for each activity, with the same number; an edge for each way out that leads to an activity.
    pub graph: DiGraph<(), Slot>,
    /// The activity that `StartActivity` names.
    pub start: Option<usize>,
    /// Which activities people can come to from the start.
    pub reachable: Vec<bool>,
    /// `Schedule.StartTime`.
    pub begin: Option<Millis>,
    /// When the journey ends: `Schedule.EndTime`, else 540 days after the start time.
    pub end: Option<Millis>,
    /// Quiet time as minutes of the day, start and end.
    pub quiet: Option<(u16, u16)>,
    /// The conditions of yes/no and multivariate splits, in the order of the document.
    pub(crate) conditions: Vec<ConditionPlace<'a>>,
    /// The wait times of waits and of splits: number of the activity, place, and what it says.
    pub(crate) waits: Vec<(usize, Path, wire::WaitTime<'a>)>,
    numbers: BTreeMap<&'a str, usize>,
}

/// A template, compiled once for all rules.
#[derive(Debug)]
pub struct TemplateContext<'a> {
    /// The document.
    pub document: Document<'a>,
    /// Its kind.
    pub kind: TemplateKind,
    /// What became of its parts.
    pub compiled: Result<Template, TemplateError>,
}

impl<'a> JourneyContext<'a> {
    /// The context of the journey that `document` holds; `None` when that is no JSON object.
    pub fn of(document: Document<'a>) -> Option<JourneyContext<'a>> {
        let journey = Journey::of(document.root)?;
        let activities = journey.activities();
        let ways: Vec<_> = activities.iter().map(Activity::connections).collect();
        let numbers: BTreeMap<_, _> = activities.iter().enumerate().map(|(i, activity)| (activity.id, i)).collect();

        let mut graph = DiGraph::with_capacity(activities.len(), activities.len());
        for _ in &activities {
            graph.add_node(());
        }
        for (from, ways) in ways.iter().enumerate() {
            for way in ways {
                if let Some(to) = way.target.and_then(|id| numbers.get(id)) {
                    graph.add_edge(NodeIndex::new(from), NodeIndex::new(*to), way.slot);
                }
            }
        }

        let start = journey.wire.start_activity().and_then(|id| numbers.get(id)).copied();
        let mut reachable = vec![false; activities.len()];
        if let Some(start) = start {
            let mut walk = Dfs::new(&graph, NodeIndex::new(start));
            while let Some(node) = walk.next(&graph) {
                reachable[node.index()] = true;
            }
        }

        let schedule = journey.wire.schedule();
        let begin = schedule.and_then(|s| s.start_time()).and_then(parse_instant);
        let end = schedule.and_then(|s| s.end_time()).and_then(parse_instant);
        let quiet = journey.wire.quiet_time().and_then(|q| Some((parse_clock(q.start()?)?, parse_clock(q.end()?)?)));
        Some(JourneyContext {
            document,
            journey,
            ways,
            graph,
            start,
            reachable,
            begin,
            end: end.or_else(|| begin?.checked_add(LONGEST_JOURNEY)),
            quiet,
            waits: places::wait_times(&activities),
            conditions: places::conditions(document.root, &activities),
            numbers,
            activities,
        })
    }

    /// The number of the activity of that id.
    pub fn number(&self, id: &str) -> Option<usize> {
        self.numbers.get(id).copied()
    }

    /// The activity of that id.
    pub fn activity(&self, id: &str) -> Option<&Activity<'a>> {
        self.number(id).map(|number| &self.activities[number])
    }

    /// Whether `Activities` has that key, whatever stands there.
    pub fn has_key(&self, id: &str) -> bool {
        path!["Activities", id].find(self.document.root).is_some()
    }

    /// The place of the activity of that number.
    pub fn place(&self, number: usize) -> Path {
        path!["Activities", self.activities[number].id]
    }

    /// From which other activities some path leads to that one.
    pub fn leading_to(&self, number: usize) -> Vec<bool> {
        let mut leading = vec![false; self.activities.len()];
        let mut walk = Dfs::new(Reversed(&self.graph), NodeIndex::new(number));
        while let Some(node) = walk.next(Reversed(&self.graph)) {
            leading[node.index()] = node.index() != number;
        }
        leading
    }

    /// The activities with a way out to the given one.
    pub fn before(&self, number: usize) -> impl Iterator<Item = usize> {
        let mut numbers: Vec<_> = self.graph.neighbors_directed(NodeIndex::new(number), petgraph::Incoming).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(NodeIndex::index)
    }

    /// The shortest way from one activity to another, both included.
    pub fn shortest(&self, from: usize, to: usize) -> Vec<usize> {
        let found = astar(&self.graph, NodeIndex::new(from), |node| node.index() == to, |_| 1u32, |_| 0);
        found.map(|(_, nodes)| nodes.into_iter().map(NodeIndex::index).collect()).unwrap_or_default()
    }

    /// The edit that takes the activity of that number out; what led to it leads to what followed it, where that is one.
    pub fn delete(&self, number: usize) -> Edit {
        let near = self.before(number).map(|before| self.activities[before]);
        drawing::delete_near(self.document.id, self.journey, &[self.activities[number].id.to_owned()], near)
    }

    /// When a walk into depth leaves each activity, counted from the start and then from the first activities that it
    /// did not come to. An edge closes a loop exactly when its target is left after, or is, its origin.
    pub fn left_at(&self) -> Vec<usize> {
        let mut left = vec![0; self.activities.len()];
        let mut walk = DfsPostOrder::empty(&self.graph);
        let mut count = 0;
        for root in self.start.into_iter().chain(0..self.activities.len()) {
            walk.move_to(NodeIndex::new(root));
            while let Some(node) = walk.next(&self.graph) {
                left[node.index()] = count;
                count += 1;
            }
        }
        left
    }
}
