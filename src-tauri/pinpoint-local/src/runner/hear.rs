//! Events that reach journeys, after campaigns: what came of a message, and what starts a journey.

use engine::{EventFilter, EventKind, Input, MessageEvent, Participant, State};
use model::ActivityKind;
use rusqlite::params;
use serde_json::Value;

use super::program::Running;
use super::{count, entry, lifecycle, step};
use crate::api::{Context, endpoints};
use crate::refusal::Result;

/// Event types that opt an endpoint out, whoever reports them.
const OPT_OUTS: [EventKind; 3] = [EventKind::EmailUnsubscribe, EventKind::EmailComplaint, EventKind::SmsOptOut];

/// An event as the engine reads it.
struct Heard<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    metrics: Vec<(&'a str, f64)>,
}

impl Heard<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| *found == name).map(|(_, value)| *value)
    }
}

/// Lets the campaigns and journeys of a project hear an event of an endpoint, which is stored already.
pub fn hear(context: &Context<'_>, app: &str, endpoint: &str, name: &str, event: &Value) -> Result<()> {
    super::campaign::hear(context.store, app, endpoint, event, context.now)?;
    hear_in_journeys(context, app, endpoint, name, event)
}

/// As [`hear`], of what campaigns are not to hear.
pub fn hear_in_journeys(context: &Context<'_>, app: &str, endpoint: &str, name: &str, event: &Value) -> Result<()> {
    let members = |member: &str| event.get(member).and_then(Value::as_object).into_iter().flatten();
    let heard = Heard {
        name,
        attributes: members("Attributes").filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))).collect(),
        metrics: members("Metrics").filter_map(|(key, value)| Some((key.as_str(), value.as_f64()?))).collect(),
    };
    let kind = EventKind::parse(name);
    if kind.is_some_and(|kind| OPT_OUTS.contains(&kind)) {
        endpoints::opt_out(context.store, app, endpoint)?;
    }
    let journeys = context.programs.listening(context.store, app)?;
    let named = heard.attribute("journey_id");
    let of_message = kind.is_some() || heard.attribute("journey_activity_id").is_some();
    let mut keys: Option<Vec<String>> = None;
    for journey in journeys.iter() {
        if of_message && named.is_none_or(|named| named == journey.id) {
            let keys = match &mut keys {
                Some(keys) => keys,
                none => none.insert(keys_of(context, app, endpoint)?),
            };
            for key in keys {
                note(context, app, &journey.id, key, &heard)?;
            }
        }
        let starts = |filter: &EventFilter| filter.matches(heard.name, &heard.attributes, &heard.metrics);
        if journey.is_active && journey.starts.as_ref().is_some_and(starts) {
            admit(context, app, &journey.id, endpoint)?;
        }
    }
    Ok(())
}

/// The keys by which an endpoint can be in a journey: as itself, and as one of its user's.
fn keys_of(context: &Context<'_>, app: &str, endpoint: &str) -> Result<Vec<String>> {
    let document = endpoints::read(context.store, app, endpoint)?;
    let user = document.as_ref().and_then(|document| super::text_at(document, &["User", "UserId"]));
    Ok([Some(format!("endpoint:{endpoint}")), user.map(|user| format!("user:{user}"))].into_iter().flatten().collect())
}

/// Offers the participant of the endpoint that caused the event (journeys.md 2.1).
fn admit(context: &Context<'_>, app: &str, id: &str, endpoint: &str) -> Result<()> {
    let (transaction, now) = (context.store, context.now);
    let running = match context.programs.load(transaction, app, id, false) {
        Ok(running) => running,
        Err(refusal) => {
            tracing::warn!(journey = id, message = refusal.message, "nobody can enter the journey");
            return Ok(());
        }
    };
    let run = match lifecycle::newest_run(transaction, id)? {
        Some(run) => run,
        None => lifecycle::open_run(transaction, id, "RUNNING", now)?,
    };
    let Some(found) = endpoints::read_with_seen(transaction, app, endpoint)? else { return Ok(()) };
    let alone = entry::people(std::slice::from_ref(&found));
    if alone.is_empty() {
        return Ok(());
    }
    let key = Participant::key_of(alone.row(0));
    let people = entry::people(&step::of_key(transaction, app, &key)?);
    let rows: Vec<u32> = (0..people.len()).filter_map(|row| row.try_into().ok()).collect();
    let place = people.find(endpoint).filter(|place| *place < 64).unwrap_or(0);
    count(transaction, id, &run, "", "ENDPOINT_PRODUCED", 1)?;
    let input = Input::Enter { offered: 1 << place };
    step::enter(context, &running, &run, &key, (&people, &rows), input)
}

/// Remembers what came of a message, where a participant of that key got one in this journey.
fn note(context: &Context<'_>, app: &str, journey: &str, key: &str, heard: &Heard<'_>) -> Result<()> {
    let (transaction, now) = (context.store, context.now);
    let Some(mut found) = step::find(transaction, journey, key)? else { return Ok(()) };
    let Ok(running) = context.programs.load(transaction, app, journey, false) else { return Ok(()) };
    let kind = EventKind::parse(heard.name);
    let activity = match heard.attribute("journey_activity_id") {
        Some(id) => running.program.activity_index(id),
        None => last_message(&running, &found.state, heard.name),
    };
    let Some(activity) = activity.filter(|activity| found.state.sent(*activity).is_some()) else { return Ok(()) };
    let people = entry::people(&step::of_key(transaction, app, key)?);
    let rows: Vec<u32> = (0..people.len()).filter_map(|row| row.try_into().ok()).collect();
    let participant =
        Participant { people: &people, rows: &rows, hash: engine::draw::hash(&[key]), ids: &[], opted_out: 0 };
    let event =
        MessageEvent { activity, name: heard.name, kind, attributes: &heard.attributes, metrics: &heard.metrics };
    let event = Input::Event(event);
    engine::advance(&running.program, &mut found.state, &participant, event, now, &mut |_| {});
    // The position does not change with an event: neither does the timer, which a pause may have taken away.
    transaction
        .prepare_cached("UPDATE participants SET state = ?2 WHERE seq = ?1")?
        .execute(params![found.seq, step::write_state(&found.state)])?;
    count(transaction, journey, &found.run, running.program.activity_id(activity), heard.name, 1)
}

/// The last message of the event's channel: what an event means that does not name its activity.
fn last_message(running: &Running, state: &State, name: &str) -> Option<u16> {
    let fits = |kind: ActivityKind| match name.split('.').next() {
        Some("_email") => kind == ActivityKind::Email,
        Some("_SMS") => kind == ActivityKind::Sms,
        Some("_journey") => kind == ActivityKind::Push,
        Some("_custom") => kind == ActivityKind::Custom,
        Some("_contact_center") => kind == ActivityKind::ContactCenter,
        _ => false,
    };
    state
        .sent
        .iter()
        .filter(|sent| running.program.kind(sent.activity).is_some_and(fits))
        .max_by_key(|sent| sent.at)
        .map(|sent| sent.activity)
}
