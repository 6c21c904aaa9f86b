//! A campaign on a target: its runs, its treatments, whom it did not reach.

use std::collections::BTreeMap;

use bridge::{Figure, Live, LiveAction, LiveView};
use engine::campaign::status::{Turn, after};
use model::Millis;
use model::numbers::{grouped, percent};
use model::time::{DAY, parse_instant};
use model::view::Word;
use model::wire::CampaignStatus;
use publishing::{Found, KpiOf, PublishError};
use serde_json::Value;
use simulation::live::{metrics, refusal};

use super::figures::measured;
use super::journey::moment;
use super::predicting::of_treatments as of_shares;
use super::words::people;
use super::{Desk, row, table};
use crate::Workbench;
use crate::campaign::expected::Told;
use crate::failure::Outcome;
use crate::publication::target_failure;

/// Runs that are listed.
const LISTED: usize = 50;

/// The treatment that everybody gets who is in no other.
const STANDARD: &str = "Standard treatment";

/// How long after the end of a run its messages are opened: by the usual response model all but a few in a million are
/// by then.
const OPENED_AFTER: Millis = 3 * DAY;

/// KPIs of each run that shares are made of (events-and-analytics.md 5.4).
const KPIS: [&str; 4] = ["attempted-deliveries", "unique-deliveries", "email-open-rate", "push-open-rate"];

/// Everything about the campaign.
pub(super) async fn view(workbench: &Workbench, desk: &Desk, found: &Found, asked: &Live) -> Outcome<LiveView> {
    let live = publishing::live_campaign(&desk.remote, found).await.map_err(target_failure)?;
    let mut view = shown(&found.document, &live.activities);
    let Some(prediction) = workbench.predicted(desk, &desk.named(found), asked.predict).await else {
        return Ok(view);
    };
    // A prediction is on its way.
    view.again = u32::from(prediction.is_open());
    let told = if live.activities.is_empty() { Kpis::default() } else { kpis(desk, found).await? };
    let treatments = treatments(&found.document);
    let names: Vec<&str> = treatments.iter().map(|treatment| treatment.name.as_str()).collect();
    let actual = |treatment: usize, share: Told| actual(&treatments, &live.activities, &told, treatment, share);
    view.figures.insert(1, of_shares(&prediction, &names, &actual));
    Ok(view)
}

/// KPIs by name and run.
#[derive(Default)]
struct Kpis {
    values: BTreeMap<(&'static str, String), f64>,
    /// As of when (`EndTime`).
    at: Option<Millis>,
}

impl Kpis {
    fn of(&self, kpi: &'static str, run: &str) -> f64 {
        self.values.get(&(kpi, run.to_owned())).copied().unwrap_or_default()
    }
}

/// A KPI that the target does not know is one of which nothing is told.
async fn kpis(desk: &Desk, found: &Found) -> Outcome<Kpis> {
    let mut kpis = Kpis::default();
    let of = KpiOf::Campaign(found.id.clone());
    for kpi in KPIS {
        let name = format!("{kpi}-grouped-by-campaign-activity");
        let answer = match desk.remote.kpi(&found.application, &of, &name, (None, None)).await {
            Ok(answer) => answer,
            Err(PublishError::Refused { .. }) => continue,
            Err(error) => return Err(target_failure(error)),
        };
        kpis.at = answer["EndTime"].as_str().and_then(parse_instant).or(kpis.at);
        kpis.values.extend(measured(&name, &answer).into_iter().map(|one| ((kpi, one.group), one.value)));
    }
    Ok(kpis)
}

/// What came of a share of a treatment, over all runs that ended long enough ago: how many did it, of how many who might
/// have.
fn actual(treatments: &[Treatment<'_>], runs: &[Value], kpis: &Kpis, treatment: usize, share: Told) -> (u64, u64) {
    let patience = if share == Told::Delivered { 0 } else { OPENED_AFTER };
    let due = |run: &&Value| {
        let end = run["End"].as_str().and_then(parse_instant);
        run["State"] == "COMPLETED" && end.zip(kpis.at).is_none_or(|(end, at)| end + patience <= at)
    };
    let counts = runs.iter().filter(|run| place(treatments, run) == treatment).filter(due).map(|run| {
        let of = |kpi| kpis.of(kpi, run["Id"].as_str().unwrap_or_default());
        let (count, decided) = match share {
            Told::Delivered => (of("unique-deliveries"), of("attempted-deliveries")),
            Told::EmailOpened => (of("email-open-rate") * of("unique-deliveries"), of("unique-deliveries")),
            Told::PushOpened => (of("push-open-rate") * of("attempted-deliveries"), of("attempted-deliveries")),
        };
        let whole = |number: f64| number.round().max(0.0) as u64;
        // Nobody can do it who might not have.
        (whole(count).min(whole(decided)), whole(decided))
    });
    counts.fold((0, 0), |(count, decided), (more, might)| (count + more, decided + might))
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
    let so_far = match all {
        0 => "nothing was sent yet".to_owned(),
        all => format!("{} of {} reached so far", grouped(sent), people(all)),
    };
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

/// Pausing and going on (campaigns.md 8). Nothing in the API cancels a campaign: it says so in the place of Stop.
fn actions(campaign: &Value, state: &str, runs: &[Value]) -> Vec<LiveAction> {
    let Some(status) = CampaignStatus::parse(state) else { return Vec::new() };
    let by_event = campaign["Schedule"]["EventFilter"].is_object();
    let immediate = campaign["Schedule"]["StartTime"].as_str() == Some("IMMEDIATE");
    let going: Vec<&Value> = runs
        .iter()
        .filter(|run| matches!(run["State"].as_str(), Some("RUNNING" | "INITIALIZING" | "PENDING")))
        .collect();
    let (all, sent) = totals(going.iter().copied());
    let (everybody, reached) = totals(runs.iter());
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
            match everybody {
                0 => "It has sent nothing so far.".to_owned(),
                all => format!("It has reached {} of {} so far.", grouped(reached), people(all)),
            },
            "It is sent again at its next time. What fell into the pause is not made up for.".to_owned(),
            "If no time is left, it is over.".to_owned(),
        ],
    };
    let stop = LiveAction {
        state: "CANCELLED".to_owned(),
        words: "Stop".to_owned(),
        refused: "Pinpoint can not stop a campaign for good. As long as it is paused, it sends nothing.".to_owned(),
        tells: Vec::new(),
    };
    let lives = pauses || resumes;
    [pauses.then_some(pause), resumes.then_some(resume), lives.then_some(stop)].into_iter().flatten().collect()
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
        let words: Vec<&str> = view.actions.iter().map(|action| action.words.as_str()).collect();
        assert_eq!(words, ["Pause", "Stop"]);
        assert!(view.actions[0].tells[0].contains("20 of 60 people so far"), "{:?}", view.actions);
        assert!(view.actions[1].refused.contains("can not stop a campaign"), "{:?}", view.actions);
    }

    #[test]
    fn what_came_of_a_treatment_is_of_the_runs_that_ended_long_enough_ago() {
        let campaign = json!({"AdditionalTreatments": [{"Id": "t1", "SizePercent": 50}]});
        let run = |id: &str, treatment: &str, state: &str, end: &str| json!({"Id": id, "TreatmentId": treatment, "State": state, "End": end});
        let runs = [
            run("a", "t0", "COMPLETED", "2026-12-01T09:00:00Z"),
            run("b", "t1", "COMPLETED", "2026-12-01T09:00:00Z"),
            run("c", "t0", "COMPLETED", "2026-12-05T09:00:00Z"),
            run("d", "t0", "RUNNING", ""),
        ];
        let mut kpis = Kpis { at: parse_instant("2026-12-06T09:00:00Z"), ..Kpis::default() };
        for (run, sent, delivered, opened) in
            [("a", 100.0, 90.0, 0.2), ("b", 40.0, 30.0, 0.5), ("c", 50.0, 50.0, 0.1), ("d", 7.0, 7.0, 0.0)]
        {
            kpis.values.insert(("attempted-deliveries", run.to_owned()), sent);
            kpis.values.insert(("unique-deliveries", run.to_owned()), delivered);
            kpis.values.insert(("email-open-rate", run.to_owned()), opened);
        }
        let treatments = treatments(&campaign);
        let of = |treatment, share| actual(&treatments, &runs, &kpis, treatment, share);
        assert_eq!((of(0, Told::Delivered), of(1, Told::Delivered)), ((140, 150), (30, 40)));
        assert_eq!(of(0, Told::EmailOpened), (18, 90), "the last run is a day old, and people still open it");
        assert_eq!((of(1, Told::EmailOpened), of(0, Told::PushOpened)), ((15, 30), (0, 100)));
    }

    #[test]
    fn what_is_sent_at_once_can_not_be_paused_and_what_is_over_not_resumed() {
        let campaign =
            |status: &str, start: &str| json!({"State": {"CampaignStatus": status}, "Schedule": {"StartTime": start}});
        let offered = |campaign: &Value| -> Vec<(String, bool)> {
            let view = shown(campaign, &[]);
            let other = view.actions.into_iter().filter(|one| one.words != "Stop");
            other.map(|one| (one.words, one.refused.is_empty())).collect()
        };
        let one = |words: &str, can| vec![(words.to_owned(), can)];
        assert_eq!(offered(&campaign("EXECUTING", "IMMEDIATE")), one("Pause", false));
        assert_eq!(offered(&campaign("SCHEDULED", "2026-11-30T09:00:00Z")), one("Pause", true));
        assert_eq!(offered(&campaign("PAUSED", "2026-11-30T09:00:00Z")), one("Resume", true));
        assert_eq!(offered(&campaign("COMPLETED", "2026-11-30T09:00:00Z")), []);
    }
}
