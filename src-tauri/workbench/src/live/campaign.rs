//! A campaign on a target: its runs, its treatments, whom it did not reach.

use std::collections::BTreeMap;

use bridge::{Figure, LiveAction, LiveView};
use engine::campaign::status::{Turn, after};
use model::numbers::{grouped, percent};
use model::time::parse_instant;
use model::view::Word;
use model::wire::CampaignStatus;
use publishing::Found;
use serde_json::Value;
use simulation::live::{metrics, refusal};

use super::journey::moment;
use super::words::people;
use super::{Desk, row, table};
use crate::failure::Outcome;
use crate::publication::target_failure;

/// Runs that are listed.
const LISTED: usize = 50;

/// The treatment that everybody gets who is in no other.
const STANDARD: &str = "Standard treatment";

/// Everything about the campaign.
pub(super) async fn view(desk: &Desk, found: &Found) -> Outcome<LiveView> {
    let live = publishing::live_campaign(&desk.remote, found).await.map_err(target_failure)?;
    Ok(shown(&found.document, &live.activities))
}

fn shown(campaign: &Value, runs: &[Value]) -> LiveView {
    let state = campaign["State"]["CampaignStatus"].as_str().unwrap_or("SCHEDULED").to_owned();
    let names = treatments(campaign);
    let mut figures = vec![of_treatments(&names, runs), of_runs(&names, runs)];
    figures.extend(not_reached(runs));
    LiveView {
        said: said(&state, runs),
        actions: actions(campaign, &state, runs),
        state,
        figures,
        ..LiveView::default()
    }
}

/// A treatment: its id where it is an additional one, its name, its share of people in percent, its state.
struct Treatment<'a> {
    id: &'a str,
    name: String,
    share: i64,
    state: &'a str,
}

fn treatments(campaign: &Value) -> Vec<Treatment<'_>> {
    let more = campaign["AdditionalTreatments"].as_array().map_or(&[][..], Vec::as_slice);
    let share = |value: &Value| value["SizePercent"].as_i64().unwrap_or_default();
    let taken: i64 = more.iter().map(share).sum::<i64>() + campaign["HoldoutPercent"].as_i64().unwrap_or_default();
    let name = |value: &Value, other: String| value["TreatmentName"].as_str().map_or(other, str::to_owned);
    let of_default = campaign["DefaultState"]["CampaignStatus"].as_str();
    let first = Treatment {
        id: "",
        name: name(campaign, STANDARD.to_owned()),
        share: 100 - taken,
        state: of_default.or(campaign["State"]["CampaignStatus"].as_str()).unwrap_or_default(),
    };
    let others = more.iter().enumerate().map(|(number, value)| Treatment {
        id: value["Id"].as_str().unwrap_or_default(),
        name: name(value, format!("Treatment {}", number + 1)),
        share: share(value),
        state: value["State"]["CampaignStatus"].as_str().unwrap_or_default(),
    });
    [first].into_iter().chain(others).collect()
}

/// Endpoints that a run went to, and those that it reached.
fn counts(run: &Value) -> (u64, u64) {
    let count = |name: &str| run[name].as_u64().unwrap_or_default();
    (count("TotalEndpointCount"), count("SuccessfulEndpointCount"))
}

fn totals<'a>(runs: impl Iterator<Item = &'a Value>) -> (u64, u64) {
    runs.map(counts).fold((0, 0), |(all, sent), (more, reached)| (all + more, sent + reached))
}

/// The place of the treatment that a run is of: an additional one by its id, else the standard one, whose id no campaign
/// tells.
fn place(treatments: &[Treatment<'_>], run: &Value) -> usize {
    let id = run["TreatmentId"].as_str().unwrap_or_default();
    treatments.iter().skip(1).position(|treatment| treatment.id == id).map_or(0, |place| place + 1)
}

fn said(state: &str, runs: &[Value]) -> String {
    let (all, sent) = totals(runs.iter());
    let so_far = format!("{} of {} reached so far", grouped(sent), people(all));
    match state {
        "SCHEDULED" => "It waits for its time; nothing was sent yet.".to_owned(),
        "EXECUTING" => format!("It is sending: {so_far}."),
        "PENDING_NEXT_RUN" => format!("It waits for its next run: {so_far}."),
        "PAUSED" => format!("It is paused: {so_far}."),
        "COMPLETED" => format!("It is over: {so_far}."),
        "DELETED" => format!("It was deleted, or its segment was: {so_far}."),
        "INVALID" => format!("It can not go on, something that it needs is gone: {so_far}."),
        other => format!("Its state is {other}: {so_far}."),
    }
}

fn of_treatments(treatments: &[Treatment<'_>], runs: &[Value]) -> Figure {
    let line = |(number, treatment): (usize, &Treatment<'_>)| {
        let (all, sent) = totals(runs.iter().filter(|run| place(treatments, run) == number));
        let reached = if all == 0 { "–".to_owned() } else { percent(sent as f64 / all as f64) };
        row(
            "",
            [
                treatment.name.clone(),
                format!("{}%", treatment.share),
                treatment.state.to_lowercase().replace('_', " "),
                grouped(all),
                grouped(sent),
                reached,
            ],
        )
    };
    let head = ["Treatment", "Share", "State", "People", "Reached", "Of them"];
    table("treatments", "Treatments", &head, treatments.iter().enumerate().map(line).collect())
}

fn of_runs(treatments: &[Treatment<'_>], runs: &[Value]) -> Figure {
    let at = |run: &Value, name: &str| -> String {
        run[name].as_str().and_then(parse_instant).map_or_else(|| "–".to_owned(), moment)
    };
    let line = |run: &Value| {
        let of = treatments.get(place(treatments, run));
        let (all, sent) = counts(run);
        let failed = run["Result"].as_str() == Some("FAIL");
        let state = run["State"].as_str().unwrap_or_default().to_lowercase();
        let mut line = row(
            "",
            [
                at(run, "Start"),
                of.map_or_else(|| "–".to_owned(), |treatment| treatment.name.clone()),
                if failed { "⚠ failed".to_owned() } else { state },
                grouped(all),
                grouped(sent),
            ],
        );
        line.bad = failed;
        line
    };
    let head = ["Run (UTC)", "Treatment", "State", "People", "Reached"];
    let mut figure = table("runs", "Runs", &head, runs.iter().take(LISTED).map(line).collect());
    if runs.is_empty() {
        figure.note = "It has not run yet.".to_owned();
    } else if runs.len() > LISTED {
        figure.note = format!("The newest {LISTED} of {}.", runs.len());
    }
    figure
}

/// Why people were left out, over all runs (`ExecutionMetrics`, journeys.md 11.4).
fn not_reached(runs: &[Value]) -> Option<Figure> {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for (name, count) in runs.iter().flat_map(|run| metrics(&run["ExecutionMetrics"])) {
        if !["ENDPOINT_PRODUCED", "ENDPOINTS_FROM_USER"].contains(&name.as_str()) {
            *sums.entry(name).or_default() += count;
        }
    }
    sums.retain(|_, count| *count > 0);
    let rows = sums.iter().map(|(name, count)| row("", [refusal(name), grouped(*count)]));
    let figure = table("refused", "Who was left out", &["Reason", "Times"], rows.collect());
    (!figure.rows.is_empty()).then_some(figure)
}

/// Pausing and going on (campaigns.md 8).
fn actions(campaign: &Value, state: &str, runs: &[Value]) -> Vec<LiveAction> {
    let Some(status) = CampaignStatus::parse(state) else { return Vec::new() };
    let by_event = campaign["Schedule"]["EventFilter"].is_object();
    let immediate = campaign["Schedule"]["StartTime"].as_str() == Some("IMMEDIATE");
    let going: Vec<&Value> = runs
        .iter()
        .filter(|run| matches!(run["State"].as_str(), Some("RUNNING" | "INITIALIZING" | "PENDING")))
        .collect();
    let (all, sent) = totals(going.iter().copied());
    let pauses = status == CampaignStatus::Executing || after(status, Turn::Pause { by_event }).is_some();
    let resumes = after(status, Turn::Resume { ran: !runs.is_empty(), more: true }).is_some();
    let pause = LiveAction {
        state: "PAUSED".to_owned(),
        words: "Pause".to_owned(),
        refused: if immediate {
            "A campaign that is sent at once can not be paused.".to_owned()
        } else {
            String::new()
        },
        tells: vec![
            match (going.is_empty(), by_event) {
                (_, true) => "It stops listening for its event at once.".to_owned(),
                (true, false) => "No run is going on: nothing is sent until it is resumed.".to_owned(),
                (false, false) => format!(
                    "The run that is going on still reaches its people first: {} of {} so far. Then nothing is sent.",
                    grouped(sent),
                    people(all)
                ),
            },
            "Runs that fall into the pause are left out, and not made up for.".to_owned(),
        ],
    };
    let resume = LiveAction {
        state: "ACTIVE".to_owned(),
        words: "Resume".to_owned(),
        refused: String::new(),
        tells: vec![
            "It is sent again at its next time. What fell into the pause is not made up for.".to_owned(),
            "If no time is left, it is over.".to_owned(),
        ],
    };
    [pauses.then_some(pause), resumes.then_some(resume)].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cells(view: &LiveView, key: &str) -> Vec<String> {
        let figure = view.figures.iter().find(|figure| figure.key == key);
        figure.map_or_else(Vec::new, |figure| figure.rows.iter().map(|row| row.cells.join(" | ")).collect())
    }

    #[test]
    fn runs_are_added_up_by_treatment_and_what_was_left_out_by_reason() {
        let campaign = json!({
            "State": {"CampaignStatus": "EXECUTING"}, "DefaultState": {"CampaignStatus": "EXECUTING"},
            "HoldoutPercent": 10, "Schedule": {"StartTime": "2026-11-30T09:00:00Z"},
            "AdditionalTreatments": [{"Id": "t1", "SizePercent": 30, "TreatmentName": "Short", "State": {"CampaignStatus": "COMPLETED"}}],
        });
        let run = |treatment: &str, state: &str, all: u64, sent: u64| {
            json!({"TreatmentId": treatment, "State": state, "Result": if sent == 0 { "FAIL" } else { "SUCCESS" },
                "Start": "2026-11-30T09:00:00Z", "TotalEndpointCount": all, "SuccessfulEndpointCount": sent,
                "ExecutionMetrics": {"ENDPOINT_PRODUCED": "70", "ENDPOINT_OPT_OUT": "3", "DUPLICATE_USER": "0"}})
        };
        let runs = [run("t0", "RUNNING", 60, 20), run("t1", "COMPLETED", 30, 30), run("t1", "COMPLETED", 4, 0)];
        let view = shown(&campaign, &runs);
        assert_eq!(view.said, "It is sending: 50 of 94 people reached so far.");
        assert_eq!(
            cells(&view, "treatments"),
            ["Standard treatment | 60% | executing | 60 | 20 | 33%", "Short | 30% | completed | 34 | 30 | 88%"]
        );
        assert_eq!(
            cells(&view, "runs"),
            [
                "2026-11-30 09:00 | Standard treatment | running | 60 | 20",
                "2026-11-30 09:00 | Short | completed | 30 | 30",
                "2026-11-30 09:00 | Short | ⚠ failed | 4 | 0",
            ]
        );
        assert_eq!(cells(&view, "refused"), ["opted out | 9"]);
        assert_eq!(view.actions.len(), 1);
        assert!(view.actions[0].tells[0].contains("20 of 60 people so far"), "{:?}", view.actions);
    }

    #[test]
    fn what_is_sent_at_once_can_not_be_paused_and_what_is_over_not_resumed() {
        let campaign =
            |status: &str, start: &str| json!({"State": {"CampaignStatus": status}, "Schedule": {"StartTime": start}});
        let offered = |campaign: &Value| -> Vec<(String, bool)> {
            let view = shown(campaign, &[]);
            view.actions.into_iter().map(|one| (one.words, one.refused.is_empty())).collect()
        };
        let one = |words: &str, can| vec![(words.to_owned(), can)];
        assert_eq!(offered(&campaign("EXECUTING", "IMMEDIATE")), one("Pause", false));
        assert_eq!(offered(&campaign("SCHEDULED", "2026-11-30T09:00:00Z")), one("Pause", true));
        assert_eq!(offered(&campaign("PAUSED", "2026-11-30T09:00:00Z")), one("Resume", true));
        assert_eq!(offered(&campaign("COMPLETED", "2026-11-30T09:00:00Z")), []);
    }
}
