//! Execution metrics of journeys and their runs (journeys.md 11). All values are numbers written as text.

use model::time::format_instant;
use model::{ActivityKind, Journey};
use rusqlite::params;
use serde_json::{Map, Value, json};

use crate::api::{Answer, Call, Context, Handler, journeys};
use crate::refusal::{Refusal, Result};

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[
    ("GetJourneyExecutionMetrics", of_journey),
    ("GetJourneyExecutionActivityMetrics", of_activity),
    ("GetJourneyRunExecutionMetrics", of_run),
    ("GetJourneyRunExecutionActivityMetrics", of_run_activity),
];

/// What 11.1 lists for a journey, besides `ENDPOINT_ACTIVE`.
const OF_JOURNEY: &[&str] =
    &["ENDPOINT_ENTERED", "ENDPOINT_LEFT", "CANCELLED", "REENTRY_CAP_EXCEEDED", "ACTIVE_ENDPOINT_REJECTED"];

/// Counts of an activity (`''` = of the journey), of one run or of all.
fn counts(context: &Context<'_>, journey: &str, run: Option<&str>, activity: &str) -> Result<Map<String, Value>> {
    let mut statement = context.store.prepare_cached(
        "SELECT name, sum(count) FROM counts WHERE journey = ?1 AND (?2 IS NULL OR run = ?2) AND activity = ?3
         GROUP BY name ORDER BY name",
    )?;
    let rows = statement.query_map(params![journey, run, activity], |row| {
        Ok((row.get::<_, String>(0)?, Value::from(row.get::<_, i64>(1)?.to_string())))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn number(metrics: &Map<String, Value>, name: &str) -> i64 {
    metrics.get(name).and_then(Value::as_str).and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn of_journey(context: &Context<'_>, call: &Call) -> Result<Answer> {
    journeys::existing(context, call)?;
    let counted = counts(context, call.parameter("journey-id"), None, "")?;
    let mut metrics = Map::new();
    for name in OF_JOURNEY {
        metrics.insert((*name).into(), number(&counted, name).to_string().into());
    }
    let active =
        number(&counted, "ENDPOINT_ENTERED") - number(&counted, "ENDPOINT_LEFT") - number(&counted, "CANCELLED");
    metrics.insert("ENDPOINT_ACTIVE".into(), active.to_string().into());
    Ok(answer(context, call, metrics, &[]))
}

fn of_run(context: &Context<'_>, call: &Call) -> Result<Answer> {
    journeys::existing(context, call)?;
    run_exists(context, call)?;
    let (journey, run) = (call.parameter("journey-id"), call.parameter("run-id"));
    let metrics = counts(context, journey, Some(run), "")?;
    Ok(answer(context, call, metrics, &[("RunId", run)]))
}

fn of_activity(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let (activity, kind) = activity_of(context, call)?;
    let metrics = counts(context, call.parameter("journey-id"), None, &activity)?;
    Ok(answer(context, call, metrics, &[("ActivityType", kind), ("JourneyActivityId", &activity)]))
}

fn of_run_activity(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let (activity, kind) = activity_of(context, call)?;
    run_exists(context, call)?;
    let (journey, run) = (call.parameter("journey-id"), call.parameter("run-id"));
    let metrics = counts(context, journey, Some(run), &activity)?;
    Ok(answer(context, call, metrics, &[("ActivityType", kind), ("JourneyActivityId", &activity), ("RunId", run)]))
}

fn answer(context: &Context<'_>, call: &Call, metrics: Map<String, Value>, more: &[(&str, &str)]) -> Answer {
    let mut body = json!({
        "ApplicationId": call.parameter("application-id"),
        "JourneyId": call.parameter("journey-id"),
        "LastEvaluatedTime": format_instant(context.now),
        "Metrics": metrics,
    });
    for (name, value) in more {
        body[*name] = (*value).into();
    }
    call.answer(body)
}

fn run_exists(context: &Context<'_>, call: &Call) -> Result<()> {
    let (journey, run) = (call.parameter("journey-id"), call.parameter("run-id"));
    let mut statement = context.store.prepare_cached("SELECT 1 FROM runs WHERE journey = ?1 AND id = ?2")?;
    if statement.exists(params![journey, run])? {
        return Ok(());
    }
    Err(Refusal::not_found(format!("the journey has no run `{run}`")))
}

/// The activity of the path, and its `ActivityType` (11.2).
fn activity_of(context: &Context<'_>, call: &Call) -> Result<(String, &'static str)> {
    let journey = journeys::existing(context, call)?;
    let id = call.parameter("journey-activity-id");
    let kind = Journey::of(&journey.document).and_then(|journey| journey.activity(id)).and_then(|found| found.kind());
    let kind = match kind {
        None => return Err(Refusal::not_found(format!("the journey has no activity `{id}`"))),
        Some(ActivityKind::Wait) => "WAIT",
        Some(ActivityKind::ConditionalSplit) => "CONDITIONAL_SPLIT",
        Some(ActivityKind::MultiCondition) => "MULTI_CONDITIONAL_SPLIT",
        Some(ActivityKind::RandomSplit) => "RANDOM_SPLIT",
        Some(ActivityKind::Holdout) => "HOLDOUT",
        Some(ActivityKind::ContactCenter) => "CONTACT_CENTER",
        Some(ActivityKind::Email | ActivityKind::Push | ActivityKind::Sms | ActivityKind::Custom) => "MESSAGE",
    };
    Ok((id.to_owned(), kind))
}
