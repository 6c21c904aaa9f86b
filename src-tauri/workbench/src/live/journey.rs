//! A journey that runs: who is where, what failed, what may be done about it.

use std::collections::BTreeMap;

use bridge::{Figure, Live, LiveAction, LiveView, Run};
use engine::lifecycle::{self, Refused, Standing};
use model::numbers::grouped;
use model::time::{format_instant, parse_instant};
use model::view::Word;
use model::wire::State;
use model::{DocumentId, Journey, Millis};
use publishing::{Found, LiveJourney};
use serde_json::Value;
use simulation::live::{Metrics, Told, counts, metrics, refusal};

use super::predicting::shares;
use super::words::{failure, is_failure, people, standing};
use super::{Desk, flight, row, table};
use crate::failure::Outcome;
use crate::publication::target_failure;
use crate::{Workbench, now};

/// Steps that a confirmation names; the rest are counted together.
const NAMED: usize = 4;

/// Everything about the journey.
pub(super) async fn view(workbench: &Workbench, desk: &Desk, found: &Found, asked: &Live) -> Outcome<LiveView> {
    let run = asked.run.as_deref();
    let live = publishing::live_journey(&desk.remote, found, run).await.map_err(target_failure)?;
    let document = desk.named(found);
    let Some(journey) = Journey::of(&document) else { return Ok(LiveView::default()) };
    let (shown, told) = of(&desk.id, journey, &live);
    // What may be done is about everybody inside, whichever run is looked at.
    let (all, all_told) = match run {
        None => (shown.clone(), told),
        Some(_) => {
            let live = publishing::live_journey(&desk.remote, found, None).await.map_err(target_failure)?;
            of(&desk.id, journey, &live)
        }
    };
    let state = document["State"].as_str().unwrap_or("DRAFT").to_owned();
    let of_all = |name: &str| all_told.journey.get(name).copied().unwrap_or_default();
    let (cancelled, active) = (of_all("CANCELLED"), all_told.journey.get("ENDPOINT_ACTIVE").copied());
    let inside = active.unwrap_or_else(|| all.entered.saturating_sub(all.left + cancelled));
    let prediction = workbench.predicted(desk, &document, asked.predict).await;
    let soon = prediction.as_ref().is_some_and(|prediction| prediction.is_open());
    let (compared, predicted) =
        prediction.map_or((Vec::new(), None), |prediction| shares(&prediction, journey, &shown));
    let mut figures: Vec<Figure> = flight::figure(desk, &state, &document, &all).into_iter().collect();
    figures.push(waiting(&state, journey, &shown));
    figures.extend(failures(journey, &shown));
    figures.extend(not_entered(&shown));
    figures.extend(predicted);
    Ok(LiveView {
        said: standing(&state, inside, all.entered, cancelled),
        actions: actions(&document, &state, journey, &all, inside, live.at),
        state,
        at: live.at.map(moment).unwrap_or_default(),
        failed: failed(&shown),
        run: Some(shown),
        runs: live.runs.iter().filter_map(run_words).collect(),
        compared,
        figures,
        // A prediction is on its way.
        again: u32::from(soon),
    })
}

fn of(id: &DocumentId, journey: Journey<'_>, live: &LiveJourney) -> (Run, Told) {
    let activities = live.activities.iter();
    let activities: BTreeMap<String, Metrics> =
        activities.map(|(activity, value)| (activity.clone(), metrics(value))).collect();
    let told = Told { journey: metrics(&live.metrics), activities };
    (counts(id.name(), journey, &told), told)
}

/// What a step is called.
pub(super) fn label<'a>(journey: Journey<'a>, id: &'a str) -> &'a str {
    journey.activity(id).map_or(id, |activity| activity.label())
}

fn waiting(state: &str, journey: Journey<'_>, run: &Run) -> Figure {
    let here = run.activities.iter().filter(|of| of.waiting > 0);
    let rows =
        here.map(|of| row(&of.id, [label(journey, &of.id).to_owned(), grouped(of.waiting), grouped(of.entered)]));
    let title = if state == "CANCELLED" { "Who was where when it was stopped" } else { "Who is where" };
    let mut figure = table("waiting", title, &["Step", "Here", "Came"], rows.collect());
    if figure.rows.is_empty() {
        figure.note = "Nobody is inside.".to_owned();
    }
    figure
}

/// How often something failed at each activity.
fn failed(run: &Run) -> Vec<(String, u64)> {
    let of = |counts: &bridge::ActivityCounts| {
        let failed = counts.outcomes.iter().filter(|outcome| is_failure(&outcome.name));
        (counts.id.clone(), failed.map(|outcome| outcome.count).sum())
    };
    run.activities.iter().map(of).filter(|(_, count)| *count > 0).collect()
}

fn failures(journey: Journey<'_>, run: &Run) -> Option<Figure> {
    let mut rows = Vec::new();
    for of in &run.activities {
        for outcome in of.outcomes.iter().filter(|outcome| is_failure(&outcome.name)) {
            let words = format!("{}: {}", label(journey, &of.id), failure(&outcome.name));
            rows.push(row(&of.id, [words, grouped(outcome.count)]));
        }
    }
    (!rows.is_empty()).then(|| table("failures", "What did not go out", &["Step and reason", "Times"], rows))
}

fn not_entered(run: &Run) -> Option<Figure> {
    let rows = run.refused.iter().map(|outcome| row("", [refusal(&outcome.name), grouped(outcome.count)]));
    let rows: Vec<_> = rows.collect();
    (!rows.is_empty()).then(|| table("refused", "Who did not enter", &["Reason", "Times"], rows))
}

/// An instant for people, in UTC: "2026-11-30 09:10".
pub(super) fn moment(at: Millis) -> String {
    format_instant(at).get(..16).unwrap_or_default().replace('T', " ")
}

/// A run of the journey (journeys.md 11.3): its id, and when it began.
fn run_words(run: &Value) -> Option<(String, String)> {
    let id = run["RunId"].as_str()?;
    let began = run["CreationTime"].as_str().and_then(parse_instant).map(moment).unwrap_or_default();
    let status = run["Status"].as_str().unwrap_or_default().to_lowercase();
    Some((id.to_owned(), format!("{began}, {status}")))
}

/// The states that may be asked for (journeys.md 7), with what they mean for those inside.
fn actions(
    document: &Value,
    state: &str,
    journey: Journey<'_>,
    all: &Run,
    inside: u64,
    at: Option<Millis>,
) -> Vec<LiveAction> {
    let Some(word) = State::parse(state) else { return Vec::new() };
    let refreshes = document.get("RefreshFrequency").is_some_and(|value| !value.is_null());
    // No member says since when it is paused; nothing else changes a paused journey.
    let paused = document["LastModifiedDate"].as_str().and_then(parse_instant).filter(|_| word == State::Paused);
    // A target may have a clock of its own; one whose numbers lag is not behind ours.
    let now = at.unwrap_or_default().max(now());
    let standing = Standing { state: word, refreshes, paused };
    let all_actions = [
        (State::Paused, "Pause", word == State::Active),
        (State::Active, "Resume", word == State::Paused),
        (State::Cancelled, "Stop", matches!(word, State::Active | State::Paused | State::Closed)),
    ];
    let offered = all_actions.into_iter().filter(|(.., offered)| *offered);
    offered
        .map(|(to, words, _)| LiveAction {
            state: to.as_str().to_owned(),
            words: words.to_owned(),
            refused: lifecycle::change(standing, to, now).err().map(refused).unwrap_or_default(),
            tells: tells(to, journey, all, inside),
        })
        .collect()
}

/// Why not, and what to do instead.
fn refused(why: Refused) -> String {
    match why {
        Refused::NotRefreshed => {
            "Only a journey that looks for new people again and again (refresh frequency) can be paused. Stop ends it for good."
                .to_owned()
        }
        Refused::TooSoon { .. } => format!("It was {why}."),
        other => format!("It can not be: {other}."),
    }
}

fn tells(to: State, journey: Journey<'_>, all: &Run, inside: u64) -> Vec<String> {
    let places = places(journey, all);
    let whom = match inside {
        0 => "Nobody is inside now.".to_owned(),
        count => format!("{} {} inside now{places}.", people(count), if count == 1 { "is" } else { "are" }),
    };
    let more: &[&str] = match to {
        State::Paused => &[
            "They stay where they are: nothing is sent to them, and the time of their waits stands still.",
            "Nobody enters. Messages that are going out now still do.",
            "It can be resumed, five minutes from now at the earliest.",
        ],
        State::Active => &[
            "They go on where they are: a wait takes what was left of it, and one until a day that is past ends at once.",
            "Who was missed meanwhile is looked for once, and may enter.",
        ],
        _ => &[
            "They leave, wherever they are, and get nothing more of this journey. Messages that are going out now still do.",
            "This can not be taken back: a stopped journey never starts again. Its numbers stay.",
        ],
    };
    [whom].into_iter().chain(more.iter().map(|line| (*line).to_owned())).collect()
}

/// Where those inside are: ": 40 at Two days, 12 at Opened".
fn places(journey: Journey<'_>, run: &Run) -> String {
    let mut here: Vec<(&str, u64)> =
        run.activities.iter().filter(|of| of.waiting > 0).map(|of| (of.id.as_str(), of.waiting)).collect();
    // The most first; those alike in the order of the journey.
    here.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rest: u64 = here.iter().skip(NAMED).map(|(_, count)| count).sum();
    let mut parts: Vec<String> =
        here.iter().take(NAMED).map(|(id, count)| format!("{} at {}", grouped(*count), label(journey, id))).collect();
    if rest > 0 {
        parts.push(format!("{} elsewhere", grouped(rest)));
    }
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use model::time::MINUTE;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_change_means_is_told_with_the_numbers() {
        let document = json!({"State": "PAUSED", "StartActivity": "a", "RefreshFrequency": "PT1H",
            "LastModifiedDate": "2026-11-30T09:00:00Z",
            "Activities": {"a": {"Description": "Two days", "Wait": {"NextActivity": "b"}}, "b": {"ConditionalSplit": {}}}});
        let journey = Journey::of(&document).unwrap();
        let told = |name: &str, value: Value| (name.to_owned(), metrics(&value));
        let activities = [told("a", json!({"WAIT_STARTED": "40", "WAIT_FINISHED": "12"}))].into_iter().collect();
        let run = counts("j", journey, &Told { journey: metrics(&json!({"ENDPOINT_ENTERED": "52"})), activities });
        let at = parse_instant("2126-11-30T09:00:00Z").unwrap();
        let of = |document: &Value, at: Millis| {
            let state = document["State"].as_str().unwrap();
            actions(document, state, journey, &run, 52, Some(at))
        };
        let found = of(&document, at);
        assert_eq!(found.iter().map(|one| one.words.as_str()).collect::<Vec<_>>(), ["Resume", "Stop"]);
        assert_eq!(found[0].tells[0], "52 people are inside now: 40 at Two days, 12 at b.");
        assert_eq!((found[0].refused.as_str(), found[1].refused.as_str()), ("", ""));

        let mut just = document.clone();
        just["LastModifiedDate"] = format_instant(at - MINUTE).into();
        assert_eq!(of(&just, at)[0].refused, "It was paused less than 5 minutes ago; try again in 4 minutes.");
        just["State"] = json!("ACTIVE");
        just["RefreshFrequency"] = Value::Null;
        assert!(of(&just, at)[0].refused.starts_with("Only a journey that looks for new people"));
        just["State"] = json!("COMPLETED");
        assert_eq!(of(&just, at), []);
    }
}
