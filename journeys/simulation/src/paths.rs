//! The paths of a journey: every sequence of activities and ways out of them, from the start to an end.

use engine::{Program, Target};
use model::ActivityKind;

/// Most paths that are told apart; a journey of 40 activities can have billions.
pub const MOST: usize = 10_000;

/// One way through a journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Activities in order, each with how it is left.
    pub legs: Vec<Leg>,
    /// The activity, already on the path, that the last way leads back to: such a path never ends.
    pub circle: Option<u16>,
}

/// An activity and how it is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// The activity.
    pub activity: u16,
    /// How it is left.
    pub exit: Exit,
}

/// How an activity is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Along a way, an index into [`Program::ways`].
    Way(u16),
    /// Out of the journey, held out.
    HeldOut,
    /// Out of the journey: the activity has no way out.
    Nowhere,
}

/// The paths in the order of the document, at most `limit`, and whether there are more.
pub fn routes(program: &Program, limit: usize) -> (Vec<Route>, bool) {
    let exits: Vec<Vec<Exit>> = (0..program.len() as u16).map(|activity| exits(program, activity)).collect();
    let mut found = Vec::new();
    let mut legs: Vec<Leg> = Vec::new();
    let mut on_path = vec![false; program.len()];
    // For each leg, which exit to take next.
    let mut next = vec![0usize];
    let mut activity = vec![program.start()];
    while let (Some(at), Some(number)) = (activity.last().copied(), next.last().copied()) {
        let Some(exit) = exits.get(usize::from(at)).and_then(|exits| exits.get(number)).copied() else {
            next.pop();
            activity.pop();
            // The exit that led here is done.
            if let Some(leg) = legs.pop() {
                on_path[usize::from(leg.activity)] = false;
            }
            continue;
        };
        if let Some(number) = next.last_mut() {
            *number += 1;
        }
        let target = match exit {
            Exit::Way(way) => program.ways().get(usize::from(way)).map(|way| &way.target),
            Exit::HeldOut | Exit::Nowhere => None,
        };
        let leg = Leg { activity: at, exit };
        match target {
            Some(Target::Activity(target)) if !on_path[usize::from(*target)] && *target != at => {
                legs.push(leg);
                on_path[usize::from(at)] = true;
                next.push(0);
                activity.push(*target);
            }
            target => {
                if found.len() == limit {
                    return (found, true);
                }
                let circle = match target {
                    Some(Target::Activity(target)) => Some(*target),
                    _ => None,
                };
                found.push(Route { legs: legs.iter().copied().chain([leg]).collect(), circle });
            }
        }
    }
    (found, false)
}

fn exits(program: &Program, activity: u16) -> Vec<Exit> {
    let ways = (0u16..).zip(program.ways()).filter(|(_, way)| way.from == activity);
    let mut exits: Vec<Exit> = ways.map(|(index, _)| Exit::Way(index)).collect();
    if program.kind(activity) == Some(ActivityKind::Holdout) {
        exits.push(Exit::HeldOut);
    }
    if exits.is_empty() {
        exits.push(Exit::Nowhere);
    }
    exits
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn program(activities: serde_json::Value) -> Program {
        let journey = json!({"Name": "j", "StartActivity": "a", "Activities": activities,
            "StartCondition": {"SegmentStartCondition": {"SegmentId": "all"}}});
        let all = json!({"Name": "all"});
        let segment = |id: &str| (id == "all").then_some(&all);
        engine::compile(model::Journey::of(&journey).unwrap(), "j", &engine::Context::new(&segment)).unwrap()
    }

    fn shown(program: &Program, limit: usize) -> Vec<String> {
        let (routes, cut) = routes(program, limit);
        let mut lines: Vec<String> = routes
            .iter()
            .map(|route| {
                let legs = route.legs.iter().map(|leg| {
                    let label = match leg.exit {
                        Exit::Way(way) => program.ways()[usize::from(way)].label.clone(),
                        Exit::HeldOut => "held out".to_owned(),
                        Exit::Nowhere => "nowhere".to_owned(),
                    };
                    format!("{} {label}", program.activity_id(leg.activity)).trim_end().to_owned()
                });
                let circle = route.circle.map(|at| format!(" -> {} again", program.activity_id(at)));
                legs.collect::<Vec<_>>().join(", ") + &circle.unwrap_or_default()
            })
            .collect();
        lines.extend(cut.then(|| "and more".to_owned()));
        lines
    }

    #[test]
    fn every_way_from_the_start_to_an_end_is_a_path() {
        let program = program(json!({
            "a": {"ConditionalSplit": {"TrueActivity": "b", "FalseActivity": "c"}},
            "b": {"Holdout": {"Percentage": 10, "NextActivity": "c"}},
            "c": {"RandomSplit": {"Branches": [{"Percentage": 40}, {"Percentage": 60, "NextActivity": "d"}]}},
            "d": {},
            "alone": {"Wait": {}},
        }));
        let all = [
            "a Yes, b, c 40%",
            "a Yes, b, c 60%, d nowhere",
            "a Yes, b held out",
            "a No, c 40%",
            "a No, c 60%, d nowhere",
        ];
        assert_eq!(shown(&program, MOST), all);
        assert_eq!(shown(&program, 2), ["a Yes, b, c 40%", "a Yes, b, c 60%, d nowhere", "and more"]);
        assert_eq!(shown(&program, 5).len(), 5, "no more than there are is nothing cut");
    }

    #[test]
    fn a_circle_is_walked_once() {
        let program = program(json!({
            "a": {"Wait": {"NextActivity": "b"}},
            "b": {"ConditionalSplit": {"TrueActivity": "a", "FalseActivity": "b"}},
        }));
        assert_eq!(shown(&program, MOST), ["a, b Yes -> a again", "a, b No -> b again"]);
    }
}
