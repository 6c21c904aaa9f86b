//! What a journey must keep to be stored, and to be published (journeys.md 10).
//!
//! Only what the service itself refuses: level A for every write; of level E what must resolve against the store, and
//! what the engine cannot run. The full list is the business of who draws.

use std::collections::{BTreeMap, BTreeSet};

use model::time::{DAY, HOUR, parse_clock, parse_duration, parse_instant};
use model::view::View;
use model::{ActivityKind, Entry, Journey, Millis, Payload};
use rusqlite::params;
use serde_json::Value;

use crate::api::{Context, segments, templates};
use crate::refusal::{Refusal, Result};

/// Active journeys in an account, and active event journeys (12).
const MAX_ACTIVE: i64 = 50;
const MAX_ACTIVE_BY_EVENT: usize = 20;

/// Offsets that `Schedule.Timezone` may name (6), besides `UTC`.
const OFFSETS: &[&str] = &[
    "+01", "+02", "+03", "+03:30", "+04", "+04:30", "+05", "+05:30", "+05:45", "+06", "+06:30", "+07", "+08", "+08:45",
    "+09", "+09:30", "+10", "+10:30", "+11", "+12", "+12:45", "+13", "+13:45", "-02", "-02:30", "-03", "-03:30", "-04",
    "-05", "-06", "-07", "-08", "-09", "-09:30", "-10", "-11",
];

fn refuse<T>(member: impl AsRef<str>, message: impl AsRef<str>) -> Result<T> {
    Err(Refusal::bad_request(format!("{}: {}", member.as_ref(), message.as_ref())))
}

fn text<'a>(value: &'a Value, path: &[&str]) -> Option<&'a str> {
    path.iter().try_fold(value, |value, name| value.get(name)).and_then(Value::as_str)
}

/// Level A: refused even for a DRAFT.
pub fn check(body: &Value) -> Result<()> {
    let name = text(body, &["Name"]).unwrap_or_default();
    if name.is_empty() || name.chars().count() > 150 || name.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return refuse("Name", "must have 1 to 150 characters and no spaces");
    }
    if let Some(state) = text(body, &["State"])
        && state != "DRAFT"
        && state != "ACTIVE"
    {
        return refuse("State", format!("`{state}` is not one of DRAFT, ACTIVE"));
    }
    times(body)?;
    limits(body)?;
    let activities = body.get("Activities").and_then(Value::as_object);
    for (id, activity) in activities.into_iter().flatten() {
        activity_rules(id, activity)?;
    }
    Ok(())
}

fn times(body: &Value) -> Result<()> {
    for member in ["StartTime", "EndTime"] {
        if let Some(value) = text(body, &["Schedule", member])
            && parse_instant(value).is_none()
        {
            return refuse(format!("Schedule.{member}"), format!("`{value}` is not an ISO 8601 instant"));
        }
    }
    if let Some(zone) = text(body, &["Schedule", "Timezone"])
        && zone != "UTC"
        && !zone.strip_prefix("UTC").is_some_and(|offset| OFFSETS.contains(&offset))
    {
        return refuse("Schedule.Timezone", format!("`{zone}` is not a zone of the list, such as UTC or UTC+05:30"));
    }
    if let Some(value) = text(body, &["RefreshFrequency"])
        && parse_duration(value).is_none_or(|span| span < HOUR)
    {
        return refuse("RefreshFrequency", format!("`{value}` is not an ISO 8601 duration of at least PT1H"));
    }
    let quiet = [text(body, &["QuietTime", "Start"]), text(body, &["QuietTime", "End"])];
    match quiet.map(|clock| clock.filter(|clock| !clock.is_empty())) {
        [None, None] => Ok(()),
        [Some(start), Some(end)] if parse_clock(start).is_some() && parse_clock(end).is_some() => Ok(()),
        [Some(_), Some(_)] => refuse("QuietTime", "`Start` and `End` are times as HH:MM"),
        _ => refuse("QuietTime", "needs both `Start` and `End`"),
    }
}

/// J047: caps to 100, days to 30.
fn limits(body: &Value) -> Result<()> {
    let Some(limits) = body.get("Limits") else { return Ok(()) };
    let frame = limits.get("TimeframeCap");
    let given = [
        ("DailyCap", limits.get("DailyCap"), 100),
        ("TotalCap", limits.get("TotalCap"), 100),
        ("EndpointReentryCap", limits.get("EndpointReentryCap"), 100),
        ("TimeframeCap.Cap", frame.and_then(|frame| frame.get("Cap")), 100),
        ("TimeframeCap.Days", frame.and_then(|frame| frame.get("Days")), 30),
    ];
    for (member, value, most) in given {
        if value.and_then(Value::as_i64).is_some_and(|value| !(0..=most).contains(&value)) {
            return refuse(format!("Limits.{member}"), format!("expected 0 to {most}"));
        }
    }
    if let Some(value) = text(limits, &["EndpointReentryInterval"])
        && parse_duration(value).is_none()
    {
        return refuse("Limits.EndpointReentryInterval", format!("`{value}` is not an ISO 8601 duration"));
    }
    Ok(())
}

fn activity_rules(id: &str, activity: &Value) -> Result<()> {
    let place = format!("Activities.{id}");
    if id.is_empty() || id.len() > 100 || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return refuse(place, "an activity's id has letters and digits, at most 100");
    }
    let has = |kind: &ActivityKind| activity.get(kind.member()).is_some_and(|value| !value.is_null());
    let kinds: Vec<&str> = ActivityKind::ALL.iter().filter(|kind| has(kind)).map(|kind| kind.member()).collect();
    if kinds.len() != 1 {
        let found = if kinds.is_empty() { "none".to_owned() } else { kinds.join(" and ") };
        return refuse(place, format!("expected one kind of activity, found {found}"));
    }
    for (member, wait) in
        [("Wait", "WaitTime"), ("ConditionalSplit", "EvaluationWaitTime"), ("MultiCondition", "EvaluationWaitTime")]
    {
        if let Some(value) = text(activity, &[member, wait, "WaitFor"])
            && parse_duration(value).is_none()
        {
            return refuse(
                format!("{place}.{member}.{wait}.WaitFor"),
                format!("`{value}` is not an ISO 8601 duration"),
            );
        }
        if let Some(value) = text(activity, &[member, wait, "WaitUntil"])
            && parse_instant(value).is_none()
        {
            return refuse(
                format!("{place}.{member}.{wait}.WaitUntil"),
                format!("`{value}` is not an ISO 8601 instant"),
            );
        }
    }
    if text(activity, &["CUSTOM", "MessageConfig", "Data"]).is_some_and(|data| data.chars().count() > 5_000) {
        return refuse(format!("{place}.CUSTOM.MessageConfig.Data"), "5,000 characters are allowed");
    }
    Ok(())
}

/// Of level E: what must resolve, and what the engine must be able to run.
pub fn publishable(context: &Context<'_>, app: &str, id: &str, document: &Value) -> Result<()> {
    let Some(journey) = Journey::of(document) else { return refuse("the body", "expected an object") };
    let activities = journey.activities();
    if activities.is_empty() {
        return refuse("Activities", "a journey needs at least one activity");
    }
    let known = |id: &str| activities.iter().any(|activity| activity.id == id);
    match journey.wire.start_activity() {
        Some(start) if known(start) => {}
        Some(start) => return refuse("StartActivity", format!("there is no activity `{start}`")),
        None => return refuse("StartActivity", "required for publication, but missing"),
    }
    for activity in &activities {
        for connection in activity.connections() {
            if let Some(target) = connection.target
                && !known(target)
            {
                return refuse(
                    activity.slot_path(connection.slot).to_string(),
                    format!("there is no activity `{target}`"),
                );
            }
        }
    }
    no_circle(&activities)?;
    schedule(document, context.now)?;
    let is_event = match journey.entry() {
        None => return refuse("StartCondition", "expected one of segment and event, with its segment or filter"),
        Some(Entry::Segment { segment }) => {
            segment_exists(context, app, "StartCondition.SegmentStartCondition.SegmentId", segment)?;
            false
        }
        Some(Entry::Event { segment, .. }) => {
            if let Some(segment) = segment {
                segment_exists(context, app, "StartCondition.EventStartCondition.SegmentId", segment)?;
            }
            true
        }
    };
    for activity in &activities {
        template_exists(context, activity)?;
    }
    condition_segments(context, app, "Activities", document.get("Activities").unwrap_or(&Value::Null))?;
    active_journeys(context, id, is_event)
}

/// J008: walks from each activity; `done` = no circle behind it, `open` = on the way.
fn no_circle(activities: &[model::Activity<'_>]) -> Result<()> {
    let next: BTreeMap<&str, Vec<&str>> = activities
        .iter()
        .map(|activity| (activity.id, activity.connections().iter().filter_map(|way| way.target).collect()))
        .collect();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for start in next.keys() {
        let mut open = vec![(*start, 0)];
        while let Some((id, at)) = open.pop() {
            let Some(target) = next.get(id).and_then(|targets| targets.get(at)) else {
                done.insert(id);
                continue;
            };
            open.push((id, at + 1));
            if open.iter().any(|(id, _)| id == target) {
                return refuse(
                    format!("Activities.{id}"),
                    format!("leads back to `{target}`: a journey has no circles"),
                );
            }
            if !done.contains(target) {
                open.push((target, 0));
            }
        }
    }
    Ok(())
}

fn schedule(document: &Value, now: Millis) -> Result<()> {
    let start = text(document, &["Schedule", "StartTime"]).and_then(parse_instant);
    let end = text(document, &["Schedule", "EndTime"]).and_then(parse_instant);
    if start.is_some_and(|start| start < now) {
        return refuse("Schedule.StartTime", "lies in the past");
    }
    if end.is_some_and(|end| end < now) {
        return refuse("Schedule.EndTime", "lies in the past");
    }
    let Some(end) = end else { return Ok(()) };
    let start = start.unwrap_or(now);
    if end <= start {
        return refuse("Schedule.EndTime", "must lie after the start");
    }
    if end - start > 540 * DAY {
        return refuse("Schedule.EndTime", "a journey may run 540 days");
    }
    Ok(())
}

fn segment_exists(context: &Context<'_>, app: &str, member: &str, segment: &str) -> Result<()> {
    match segments::read(context.store, app, segment, None)? {
        Some(_) => Ok(()),
        None => refuse(member, format!("there is no segment `{segment}`")),
    }
}

fn template_exists(context: &Context<'_>, activity: &model::Activity<'_>) -> Result<()> {
    let Some(kind) = activity.kind().and_then(ActivityKind::template_kind) else { return Ok(()) };
    let place = activity.payload_path();
    let Some(name) = activity.template_name().filter(|name| !name.is_empty()) else {
        return refuse(place.join("TemplateName").to_string(), "required for publication, but missing");
    };
    let version = activity.template_version();
    if templates::read(context.store, kind, name, version)?.is_none() {
        let version = version.map(|version| format!(" with version {version}")).unwrap_or_default();
        let message = format!("there is no {} template `{name}`{version}", kind.template_type());
        return refuse(place.join("TemplateName").to_string(), message);
    }
    if let Some(Payload::Sms(sms)) = activity.payload
        && !sms.message_config().is_some_and(|config| config.has("MessageType"))
    {
        return refuse(
            place.join("MessageConfig").join("MessageType").to_string(),
            "required for publication, but missing",
        );
    }
    Ok(())
}

/// Every `SegmentCondition.SegmentId` below.
fn condition_segments(context: &Context<'_>, app: &str, place: &str, value: &Value) -> Result<()> {
    match value {
        Value::Object(members) => {
            if let Some(id) = members.get("SegmentCondition").and_then(|found| text(found, &["SegmentId"])) {
                segment_exists(context, app, &format!("{place}.SegmentCondition.SegmentId"), id)?;
            }
            members
                .iter()
                .try_for_each(|(key, value)| condition_segments(context, app, &format!("{place}.{key}"), value))
        }
        Value::Array(list) => list
            .iter()
            .enumerate()
            .try_for_each(|(i, value)| condition_segments(context, app, &format!("{place}[{i}]"), value)),
        _ => Ok(()),
    }
}

/// J056.
fn active_journeys(context: &Context<'_>, id: &str, is_event: bool) -> Result<()> {
    let mut statement =
        context.store.prepare_cached("SELECT document FROM journeys WHERE state = 'ACTIVE' AND id <> ?1")?;
    let mut active = 0;
    let mut by_event = 0;
    for document in statement.query_map(params![id], |row| crate::store::json(row, 0))? {
        active += 1;
        by_event += usize::from(matches!(Journey::of(&document?).and_then(Journey::entry), Some(Entry::Event { .. })));
    }
    if active >= MAX_ACTIVE {
        return refuse("State", format!("{active} journeys are active, {MAX_ACTIVE} are allowed"));
    }
    if is_event && by_event >= MAX_ACTIVE_BY_EVENT {
        return refuse("State", format!("{by_event} event journeys are active, {MAX_ACTIVE_BY_EVENT} are allowed"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(body: Value) -> String {
        check(&body).map_or_else(|refusal| refusal.message, |()| "fine".into())
    }

    #[test]
    fn names_states_and_times() {
        assert_eq!(refused(json!({"Name": "a_b-c"})), "fine");
        assert!(refused(json!({"Name": "a b"})).starts_with("Name: "));
        assert!(refused(json!({"Name": "a", "State": "PAUSED"})).starts_with("State: "));
        assert!(refused(json!({"Name": "a", "RefreshFrequency": "PT30M"})).starts_with("RefreshFrequency: "));
        assert!(refused(json!({"Name": "a", "QuietTime": {"Start": "20:00"}})).starts_with("QuietTime: "));
        assert!(
            refused(json!({"Name": "a", "Schedule": {"Timezone": "Europe/Berlin"}})).starts_with("Schedule.Timezone")
        );
        assert_eq!(refused(json!({"Name": "a", "Schedule": {"Timezone": "UTC+05:30"}})), "fine");
        assert!(refused(json!({"Name": "a", "Limits": {"TimeframeCap": {"Days": 31}}})).contains("TimeframeCap.Days"));
    }

    #[test]
    fn an_activity_is_of_one_kind() {
        assert!(refused(json!({"Name": "a", "Activities": {"x": {}}})).contains("found none"));
        let two = json!({"Name": "a", "Activities": {"x": {"EMAIL": {}, "SMS": {}}}});
        assert!(refused(two).contains("found EMAIL and SMS"));
        assert!(refused(json!({"Name": "a", "Activities": {"a-b": {"EMAIL": {}}}})).contains("letters and digits"));
    }
}
