//! Counts of a journey that really runs, made of what the service tells of it (journeys.md 11): the same counts as those of
//! a simulated [`Run`], so that both are painted and compared alike.
//!
//! The service counts what splits, waits and holdouts decide for a participant, and for messages what became of each
//! endpoint's. How many participants a message lets on is told by nobody: they are those that arrived, less those it may
//! still hold ([`counts`]). Nobody comes back to a step (J008), so that each step is counted after those before it.

use std::collections::{BTreeMap, BTreeSet};

use model::{Activity, ActivityKind, Connection, Journey, Slot};
use serde_json::Value;

use crate::run::{ActivityCounts, ConnectionCount, Outcome, Run};

/// Numbers by name: a `Metrics` map, whose values are numbers written as text.
pub type Metrics = BTreeMap<String, u64>;

/// What the service tells of a journey, or of one run of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// `GetJourneyExecutionMetrics` or `GetJourneyRunExecutionMetrics`.
    pub journey: Metrics,
    /// `GetJourneyExecutionActivityMetrics` or `GetJourneyRunExecutionActivityMetrics`, by activity.
    pub activities: BTreeMap<String, Metrics>,
}

/// Counts that are no refusal of somebody who wanted to enter.
const OF_JOURNEY: [&str; 6] =
    ["ENDPOINT_ENTERED", "ENDPOINT_LEFT", "ENDPOINT_ACTIVE", "CANCELLED", "ENDPOINT_PRODUCED", "ENDPOINTS_FROM_USER"];

/// Counts of an activity that are no outcome of a message: who was taken out there.
const TAKEN_OUT: [&str; 2] = ["DROPPED", "REEVALUATED_OUT"];

/// The numbers of a `Metrics` object; what is no whole number is left out.
pub fn metrics(object: &Value) -> Metrics {
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
    let members = object.as_object().into_iter().flatten();
    members.filter_map(|(name, value)| Some((name.clone(), number(value)?))).collect()
}

/// The counts of `journey`, the document that runs.
///
/// [`ActivityCounts::waiting`] is who is at the step now; of a cancelled journey, who was when it was stopped. At a message
/// somebody is only where the journey holds messages until they may go out (`WaitForQuietTime`, `SendingSchedule`), and then
/// those for whom nothing was counted yet. `offered` is `ENDPOINT_PRODUCED` where the service tells it (runs do), else who
/// entered and who was refused.
pub fn counts(name: &str, journey: Journey<'_>, told: &Told) -> Run {
    let of_journey = |name: &str| told.journey.get(name).copied().unwrap_or_default();
    let refused: Vec<Outcome> = told
        .journey
        .iter()
        .filter(|(name, count)| **count > 0 && !OF_JOURNEY.contains(&name.as_str()))
        .map(|(name, count)| Outcome { name: name.clone(), count: *count })
        .collect();
    let entered = of_journey("ENDPOINT_ENTERED");
    let produced = told.journey.get("ENDPOINT_PRODUCED").copied();
    let mut run = Run {
        journey: name.to_owned(),
        offered: produced.unwrap_or_else(|| entered + refused.iter().map(|outcome| outcome.count).sum::<u64>()),
        entered,
        left: of_journey("ENDPOINT_LEFT"),
        refused,
        ..Run::default()
    };
    let activities = journey.activities();
    let holds = journey.wire.wait_for_quiet_time() == Some(true) || journey.wire.sending_schedule() == Some(true);
    let ways = Ways::of(&activities);
    let mut came: BTreeMap<&str, u64> = BTreeMap::new();
    if let Some(start) = journey.wire.start_activity() {
        came.insert(start, entered);
    }
    let nothing = Metrics::new();
    let mut counted: BTreeMap<&str, (ActivityCounts, Vec<ConnectionCount>)> = BTreeMap::new();
    for activity in ways.order(&activities) {
        let metrics = told.activities.get(activity.id).unwrap_or(&nothing);
        let step = Step { activity, metrics };
        let arrived = came.get(activity.id).copied().unwrap_or_default();
        let next = activity.connections().first().and_then(|connection| connection.target);
        // Whoever the next step has counted has left this one, if nothing else leads there.
        let at_least =
            next.filter(|next| ways.arrows_to(next) == 1).and_then(|next| journey.activity(next)).map(|next| {
                let metrics = told.activities.get(next.id).unwrap_or(&nothing);
                Step { activity: &next, metrics }.known()
            });
        let (counts, taken) = step.counts(arrived, holds, at_least.unwrap_or_default());
        for (connection, along) in activity.connections().iter().zip(&taken) {
            if let Some(target) = connection.target {
                *came.entry(target).or_default() += along.count;
            }
        }
        run.messages += if step.is_message() { step.get("SUCCESS") } else { 0 };
        counted.insert(activity.id, (counts, taken));
    }
    for activity in &activities {
        if let Some((counts, taken)) = counted.remove(activity.id) {
            run.activities.push(counts);
            run.connections.extend(taken);
        }
    }
    run
}

/// Why somebody did not enter, or was not sent to (journeys.md 11.1, 11.4).
pub fn refusal(metric: &str) -> String {
    match metric {
        "ENDPOINT_OPT_OUT" => "opted out".to_owned(),
        "ENDPOINT_INACTIVE" => "inactive".to_owned(),
        "FILTERED_OUT_BY_SEGMENT" => "not in the segment any more".to_owned(),
        "ENDPOINT_MISSING_ADDRESS" => "no address".to_owned(),
        "ENDPOINT_MISSING_CHANNEL" => "no channel".to_owned(),
        "ENDPOINT_MISSING_TIMEZONE" => "no time zone is known".to_owned(),
        "ENDPOINT_TIMEZONE_MISMATCH" => "not due in their time zone yet".to_owned(),
        "ENDPOINT_CHANNEL_MISMATCH" => "no message for their channel".to_owned(),
        "DUPLICATE_ENDPOINT" | "DUPLICATE_USER" => "there twice".to_owned(),
        "PAUSED" => "came while it was paused".to_owned(),
        "ENDED" => "came after the end".to_owned(),
        "TREATMENT_HOLDOUT" => "in another treatment, or held out".to_owned(),
        "REENTRY_CAP_EXCEEDED" => "entered often enough".to_owned(),
        "ACTIVE_ENDPOINT_REJECTED" => "still inside".to_owned(),
        other => other.replace('_', " ").to_lowercase(),
    }
}

/// An activity and its numbers.
struct Step<'s> {
    activity: &'s Activity<'s>,
    metrics: &'s Metrics,
}

impl Step<'_> {
    fn get(&self, name: &str) -> u64 {
        self.metrics.get(name).copied().unwrap_or_default()
    }

    fn is_message(&self) -> bool {
        self.activity.kind().is_some_and(ActivityKind::is_message)
    }

    /// Participants that were taken out there.
    fn taken_out(&self) -> u64 {
        TAKEN_OUT.iter().map(|name| self.get(name)).sum()
    }

    /// Participants that the step's own numbers account for. Who is taken out while waiting still counts as waiting there.
    fn known(&self) -> u64 {
        let ways: u64 = self.activity.connections().iter().map(|connection| self.decided(connection)).sum();
        ways + self.get("HOLDOUT") + self.get("WAIT_STARTED").max(self.taken_out())
    }

    /// Participants of which the step's own numbers say that they went along a connection; 0 for those of a message.
    fn decided(&self, connection: &Connection<'_>) -> u64 {
        match (self.activity.kind(), connection.slot) {
            (Some(ActivityKind::Wait), _) => self.get("WAIT_FINISHED") + self.get("WAIT_SKIPPED"),
            (Some(ActivityKind::Holdout), _) => self.get("PASSED"),
            (_, Slot::Yes) => self.get("Branch_TRUE"),
            (_, Slot::No) => self.get("Branch_FALSE"),
            (_, Slot::Branch(n)) => self.get(&format!("Branch_{}", n + 1)),
            (_, Slot::Else) => self.get("Branch_DEFAULT"),
            (_, Slot::Next) => 0,
        }
    }

    /// Its counts and those of its ways out, when so many arrived; `at_least` of them have gone on for certain.
    fn counts(&self, arrived: u64, holds: bool, at_least: u64) -> (ActivityCounts, Vec<ConnectionCount>) {
        let out_of_it = self.taken_out();
        let entered = arrived.max(self.known());
        let passes = matches!(self.activity.kind(), None | Some(ActivityKind::ContactCenter)) || self.is_message();
        let stays = entered.saturating_sub(out_of_it);
        let gone_on = match self.is_message() && holds {
            true => {
                let handled = self.metrics.iter().filter(|(name, _)| !TAKEN_OUT.contains(&name.as_str()));
                handled.map(|(_, count)| count).sum::<u64>().max(at_least).min(stays)
            }
            false => stays,
        };
        let connections: Vec<Connection<'_>> = self.activity.connections();
        let along = |connection: &Connection<'_>| if passes { gone_on } else { self.decided(connection) };
        let taken: Vec<ConnectionCount> = connections
            .iter()
            .map(|connection| ConnectionCount {
                from: self.activity.id.to_owned(),
                slot: connection.slot,
                count: along(connection),
            })
            .collect();
        let gone: u64 = taken.iter().map(|taken| taken.count).sum();
        let nowhere = connections.iter().zip(&taken).filter(|(connection, _)| connection.target.is_none());
        let ended = nowhere.map(|(_, taken)| taken.count).sum::<u64>() + self.get("HOLDOUT") + out_of_it;
        let outcomes = self.metrics.iter().filter(|(name, count)| **count > 0 && !name.starts_with("Branch_"));
        let counts = ActivityCounts {
            id: self.activity.id.to_owned(),
            entered,
            ended,
            waiting: entered.saturating_sub(gone + self.get("HOLDOUT") + out_of_it),
            outcomes: outcomes.map(|(name, count)| Outcome { name: name.clone(), count: *count }).collect(),
        };
        (counts, taken)
    }
}

/// What leads where.
struct Ways<'a> {
    /// How many connections lead to each activity.
    into: BTreeMap<&'a str, usize>,
}

impl<'a> Ways<'a> {
    fn of(activities: &[Activity<'a>]) -> Ways<'a> {
        let mut into: BTreeMap<&str, usize> = BTreeMap::new();
        for connection in activities.iter().flat_map(Activity::connections) {
            if let Some(target) = connection.target {
                *into.entry(target).or_default() += 1;
            }
        }
        Ways { into }
    }

    fn arrows_to(&self, id: &str) -> usize {
        self.into.get(id).copied().unwrap_or_default()
    }

    /// Each after all that lead to it (Kahn); those of a circle, which no published journey has, last.
    fn order<'o>(&self, activities: &'o [Activity<'a>]) -> Vec<&'o Activity<'a>> {
        let mut open = self.into.clone();
        let mut free: Vec<&Activity<'a>> =
            activities.iter().filter(|activity| self.arrows_to(activity.id) == 0).collect();
        let mut order: Vec<&Activity<'a>> = Vec::new();
        while let Some(activity) = free.pop() {
            order.push(activity);
            for target in activity.connections().iter().filter_map(|connection| connection.target) {
                let left = open.entry(target).or_default();
                *left = left.saturating_sub(1);
                if *left == 0
                    && let Some(found) = activities.iter().find(|activity| activity.id == target)
                {
                    free.push(found);
                }
            }
        }
        let done: BTreeSet<&str> = order.iter().map(|activity| activity.id).collect();
        order.extend(activities.iter().filter(|activity| !done.contains(activity.id)));
        order
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn journey() -> Value {
        json!({"Name": "a", "StartActivity": "mail", "Activities": {
            "half": {"RandomSplit": {"Branches": [{"Percentage": 50, "NextActivity": "hold"}, {"Percentage": 50, "NextActivity": "bye"}]}},
            "mail": {"EMAIL": {"TemplateName": "m", "NextActivity": "wait"}},
            "wait": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "opened"}},
            "opened": {"ConditionalSplit": {"TrueActivity": "half"}},
            "hold": {"Holdout": {"Percentage": 10, "NextActivity": "bye"}},
            "bye": {"EMAIL": {"TemplateName": "b"}},
        }})
    }

    fn told(journey: Value, activities: Value) -> Told {
        let activities = activities.as_object().unwrap().iter();
        Told {
            journey: metrics(&journey),
            activities: activities.map(|(id, value)| (id.clone(), metrics(value))).collect(),
        }
    }

    /// Of each step: its id and three counts; of each connection: where from, which way, how many.
    type Counts = (Vec<(String, u64, u64, u64)>, Vec<(String, Slot, u64)>, Run);

    fn of(document: &Value, told: &Told) -> Counts {
        let run = counts("a", Journey::of(document).unwrap(), told);
        let steps = run.activities.iter().map(|of| (of.id.clone(), of.entered, of.waiting, of.ended)).collect();
        let ways = run.connections.iter().map(|of| (of.from.clone(), of.slot, of.count)).collect();
        (steps, ways, run)
    }

    #[test]
    fn who_came_to_each_step_and_who_is_there_follows_from_what_splits_and_waits_count() {
        let document = journey();
        let told = told(
            json!({"ENDPOINT_ENTERED": "100", "ENDPOINT_LEFT": "31", "ENDPOINT_ACTIVE": "69", "REENTRY_CAP_EXCEEDED": "4"}),
            json!({
                "mail": {"SUCCESS": "97", "FAILURE_PERMANENT": "3"},
                "wait": {"WAIT_STARTED": "40", "WAIT_FINISHED": "58", "WAIT_SKIPPED": "2"},
                "opened": {"Branch_TRUE": "20", "Branch_FALSE": "11"},
                "half": {"Branch_1": "12", "Branch_2": "8"},
                "hold": {"HOLDOUT": "2", "PASSED": "10"},
                "bye": {"SUCCESS": "17"},
            }),
        );
        let (steps, ways, run) = of(&document, &told);
        let step = |id: &str, entered, waiting, ended| (id.to_owned(), entered, waiting, ended);
        assert_eq!(
            steps,
            [
                step("half", 20, 0, 0),
                step("mail", 100, 0, 0),
                step("wait", 100, 40, 0),
                step("opened", 60, 29, 11),
                step("hold", 12, 0, 2),
                step("bye", 18, 0, 18),
            ]
        );
        let way = |from: &str, slot, count| (from.to_owned(), slot, count);
        assert_eq!(
            ways,
            [
                way("half", Slot::Branch(0), 12),
                way("half", Slot::Branch(1), 8),
                way("mail", Slot::Next, 100),
                way("wait", Slot::Next, 60),
                way("opened", Slot::Yes, 20),
                way("opened", Slot::No, 11),
                way("hold", Slot::Next, 10),
                way("bye", Slot::Next, 18),
            ]
        );
        assert_eq!((run.entered, run.left, run.offered, run.messages), (100, 31, 104, 114));
        assert_eq!(run.refused, [Outcome { name: "REENTRY_CAP_EXCEEDED".to_owned(), count: 4 }]);
    }

    #[test]
    fn a_message_holds_people_only_where_the_journey_holds_messages() {
        let mut document = journey();
        let told = told(
            json!({"ENDPOINT_ENTERED": "10"}),
            json!({"mail": {"SUCCESS": "4"}, "wait": {"WAIT_STARTED": "5", "WAIT_FINISHED": "0"}}),
        );
        let waiting = |document: &Value| {
            let (steps, ..) = of(document, &told);
            (steps[1].2, steps[2].1, steps[2].2)
        };
        // The wait counts five: who arrived there was let on, and five of them still are to be counted.
        assert_eq!(waiting(&document), (0, 10, 10));
        document["WaitForQuietTime"] = json!(true);
        assert_eq!(waiting(&document), (5, 5, 5), "one was skipped without a count, and waits at the next step");
    }

    #[test]
    fn who_is_taken_out_does_not_wait() {
        let document = journey();
        let told =
            told(json!({"ENDPOINT_ENTERED": 3}), json!({"wait": {"WAIT_STARTED": "3", "DROPPED": "1", "odd": "x"}}));
        let (steps, ..) = of(&document, &told);
        assert_eq!(steps[2], ("wait".to_owned(), 3, 2, 1));
    }

    #[test]
    fn every_reason_not_to_enter_has_words_of_its_own() {
        for metric in [
            "ENDPOINT_OPT_OUT",
            "FILTERED_OUT_BY_SEGMENT",
            "ENDPOINT_MISSING_ADDRESS",
            "ENDPOINT_TIMEZONE_MISMATCH",
            "ENDPOINT_CHANNEL_MISMATCH",
            "DUPLICATE_USER",
            "TREATMENT_HOLDOUT",
            "REENTRY_CAP_EXCEEDED",
        ] {
            assert_ne!(refusal(metric), metric.replace('_', " ").to_lowercase());
        }
        assert_eq!(refusal("SOMETHING_NEW"), "something new");
    }

    #[test]
    fn a_journey_with_a_circle_is_counted_too() {
        let document = json!({"StartActivity": "a", "Activities": {
            "a": {"Wait": {"NextActivity": "b"}}, "b": {"Wait": {"NextActivity": "a"}}, "c": {}}});
        let told = told(json!({"ENDPOINT_ENTERED": "1"}), json!({"a": {"WAIT_STARTED": "1"}}));
        let (steps, ..) = of(&document, &told);
        assert_eq!(steps[0], ("a".to_owned(), 1, 1, 0));
    }
}
