//! One step of one participant: load, [`engine::advance`], carry out, save.

use std::collections::BTreeMap;

use audience::People;
use engine::{
    Effect, EventKind, Host, Input, MessageEvent, Pace, Participant, Reason, SendEvent, SendStatus, Senders, State,
    What,
};
use model::{Activity, ActivityKind, Millis, Slot};
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::{Value, json};

use super::message::{self, Envelope, Handed};
use super::program::Running;
use super::{count, entry, told};
use crate::api::{Context, channels, endpoints};
use crate::outbox::{self, Counted};
use crate::refusal::{Exception, Refusal, Result};

/// A participant of a journey as the store has it.
pub struct Inside {
    /// Row in the store.
    pub seq: i64,
    /// The run that admitted it.
    pub run: String,
    /// Its state.
    pub state: State,
}

/// Reads a participant's state; one that was never offered has none.
pub fn find(transaction: &Transaction<'_>, journey: &str, key: &str) -> Result<Option<Inside>> {
    let mut statement = transaction.prepare_cached(
        "SELECT p.seq, r.id, p.state FROM participants p JOIN runs r ON r.seq = p.run
         WHERE p.journey = (SELECT seq FROM journeys WHERE id = ?1) AND p.key = ?2",
    )?;
    let found: Option<(i64, String, String)> =
        statement.query_row(params![journey, key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
    found.map(|(seq, run, state)| Ok(Inside { seq, run, state: read_state(&state)? })).transpose()
}

/// The state in a column.
pub fn read_state(text: &str) -> Result<State> {
    serde_json::from_str(text).map_err(|error| {
        tracing::error!(%error, "a participant's state cannot be read");
        Refusal::new(Exception::InternalServerError, "a participant's state cannot be read")
    })
}

/// The state as it is stored.
pub fn write_state(state: &State) -> String {
    serde_json::to_string(state).unwrap_or_default()
}

/// Offers a participant for entry and carries out what follows.
pub fn enter(
    context: &Context<'_>,
    running: &Running,
    run: &str,
    key: &str,
    (people, rows): (&People, &[u32]),
    input: Input<'_>,
) -> Result<()> {
    let found = find(context.store, &running.id, key)?;
    let was_inside = found.as_ref().is_some_and(|found| found.state.is_inside());
    let mut state = found.as_ref().map_or_else(State::default, |found| found.state.clone());
    let before = state.clone();
    let participant = Participant { people, rows, hash: engine::draw::hash(&[key]), ids: &[], opted_out: 0 };
    let step = Step { context, running, run, key, participant };
    step.advance(&mut state, input)?;
    if state == before {
        return Ok(());
    }
    let place = match running.program.rate() {
        Some(_) => endpoints::first_place(
            context.store,
            &running.app,
            people.row(rows.first().map_or(0, |row| *row as usize)),
        )?,
        None => 0,
    };
    // Refused because inside: the run that admitted it keeps it.
    let run = found.as_ref().filter(|_| was_inside).map_or(run, |found| &found.run);
    context
        .store
        .prepare_cached(
            "INSERT INTO participants (journey, key, run, inside, due, state, place) VALUES (
                (SELECT seq FROM journeys WHERE id = ?1), ?2, (SELECT seq FROM runs WHERE id = ?3), ?4, ?5, ?6, ?7)
             ON CONFLICT (journey, key) DO UPDATE SET run = excluded.run, inside = ?4, due = ?5, state = ?6, place = ?7",
        )?
        .execute(params![running.id, key, run, state.is_inside(), state.wakes(), write_state(&state), place])?;
    Ok(())
}

/// Advances participants whose timer is due, at most `limit`; how many there were.
pub fn timers(context: &Context<'_>, limit: usize) -> Result<usize> {
    let (transaction, now) = (context.store, context.now);
    let due: Vec<(i64, String, String, String, String, String)> = transaction
        .prepare_cached(
            "SELECT p.seq, j.app, j.id, p.key, r.id, p.state FROM participants p
             JOIN journeys j ON j.seq = p.journey JOIN runs r ON r.seq = p.run
             WHERE p.due <= ?1 ORDER BY p.due, p.place, p.seq LIMIT ?2",
        )?
        .query_map(params![now, i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut programs: BTreeMap<String, Running> = BTreeMap::new();
    for (seq, app, journey, key, run, state) in &due {
        if !programs.contains_key(journey) {
            match context.programs.load(transaction, app, journey, false) {
                Ok(running) => {
                    programs.insert(journey.clone(), running);
                }
                Err(refusal) => {
                    // Its entry segment is gone, say: the journey cannot go on, and its participants drop out.
                    tracing::warn!(journey, message = refusal.message, "a participant is dropped");
                    let state = read_state(state)?;
                    drop_out(transaction, journey, run, *seq, "", state, now)?;
                    continue;
                }
            }
        }
        let Some(running) = programs.get(journey) else { continue };
        let mut state = read_state(state)?;
        let people = entry::people(&of_key(transaction, app, key)?);
        let rows: Vec<u32> = (0..people.len()).filter_map(|row| row.try_into().ok()).collect();
        if rows.is_empty() {
            // Its endpoints were deleted: reported as dropped at the last activity (journeys.md 4).
            let activity = state.position.map_or("", |position| running.program.activity_id(position.activity));
            drop_out(transaction, journey, run, *seq, activity, state, now)?;
            continue;
        }
        let participant =
            Participant { people: &people, rows: &rows, hash: engine::draw::hash(&[key]), ids: &[], opted_out: 0 };
        let step = Step { context, running, run, key, participant };
        step.advance(&mut state, Input::Timer)?;
        save(transaction, *seq, &state, now)?;
    }
    Ok(due.len())
}

/// Feeds an input to a participant that is inside, and saves its state; `(seq, key, run, state)` is its row.
pub fn feed(
    context: &Context<'_>,
    running: &Running,
    (seq, key, run, state): (i64, &str, &str, &str),
    input: Input<'_>,
) -> Result<()> {
    let mut state = read_state(state)?;
    let people = entry::people(&of_key(context.store, &running.app, key)?);
    let rows: Vec<u32> = (0..people.len()).filter_map(|row| row.try_into().ok()).collect();
    let participant =
        Participant { people: &people, rows: &rows, hash: engine::draw::hash(&[key]), ids: &[], opted_out: 0 };
    let step = Step { context, running, run, key, participant };
    step.advance(&mut state, input)?;
    save(context.store, seq, &state, context.now)
}

fn save(transaction: &Transaction<'_>, seq: i64, state: &State, now: Millis) -> Result<()> {
    // A timer that is not later than this step would be due again at once, for ever.
    let due = state.wakes().map(|at| at.max(now + 1));
    transaction
        .prepare_cached("UPDATE participants SET inside = ?2, due = ?3, state = ?4 WHERE seq = ?1")?
        .execute(params![seq, state.is_inside(), due, write_state(state)])?;
    Ok(())
}

fn drop_out(
    transaction: &Transaction<'_>,
    journey: &str,
    run: &str,
    seq: i64,
    activity: &str,
    mut state: State,
    now: Millis,
) -> Result<()> {
    state.position = None;
    state.left_at = Some(now);
    count(transaction, journey, run, "", "ENDPOINT_LEFT", 1)?;
    if !activity.is_empty() {
        count(transaction, journey, run, activity, "DROPPED", 1)?;
    }
    save(transaction, seq, &state, now)
}

/// The endpoints of a participant key, with when each was last heard of.
pub fn of_key(transaction: &Transaction<'_>, app: &str, key: &str) -> Result<Vec<(Value, Millis)>> {
    match key.split_once(':') {
        Some(("user", user)) => endpoints::read_of_user_with_seen(transaction, app, user),
        Some((_, id)) => Ok(endpoints::read_with_seen(transaction, app, id)?.into_iter().collect()),
        None => Ok(Vec::new()),
    }
}

/// What a step lends to the engine.
struct World<'s> {
    step: &'s Step<'s>,
    pace: Pace,
    effects: Vec<Effect>,
    /// What went wrong while the engine asked; the step does not count then.
    failure: Option<Refusal>,
}

impl Host for World<'_> {
    fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn slot(&mut self, now: Millis) -> Millis {
        self.pace.take(self.step.running.program.rate().unwrap_or(0), now)
    }

    fn sent_elsewhere(&mut self, row: u32, senders: Senders, since: Millis) -> u32 {
        let Step { context, running, participant, .. } = self.step;
        let endpoint = participant.people.row(row as usize).id();
        let counted = match senders {
            Senders::Journeys => Counted::JourneysBut(&running.id),
            Senders::All => Counted::AllBut(&running.id),
        };
        match outbox::sent(context.store, &running.app, endpoint, counted, since) {
            Ok(count) => count,
            Err(error) => {
                self.failure = Some(error.into());
                u32::MAX
            }
        }
    }
}

/// What a step works on.
pub struct Step<'a> {
    /// The transaction that keeps the step, and the instant.
    pub context: &'a Context<'a>,
    /// The journey.
    pub running: &'a Running,
    /// The run that the participant belongs to.
    pub run: &'a str,
    /// The participant's key.
    pub key: &'a str,
    /// The participant.
    pub participant: Participant<'a>,
}

impl Step<'_> {
    /// Advances and carries out the effects; the state is the caller's to save.
    pub fn advance(&self, state: &mut State, input: Input<'_>) -> Result<()> {
        let program = &self.running.program;
        let now = self.context.now;
        let before = self.running.pace.get();
        let mut world = World { step: self, pace: before, effects: Vec::new(), failure: None };
        engine::advance(program, state, &self.participant, input, now, &mut world);
        let World { pace, effects, failure, .. } = world;
        if let Some(failure) = failure {
            return Err(failure);
        }
        self.running.pace.set(pace);
        self.running.save_pace(self.context.store, before)?;
        let mut outcomes = Vec::new();
        let mut arrived = None;
        let sender = self.sender(&effects)?;
        for effect in effects {
            let mut said = effect.send_event(program, self.participant.people, now);
            match effect.what {
                What::Arrived { activity } => arrived = Some(activity),
                What::Send { activity, row } => {
                    let envelope = self.envelope(activity, row, state.entries, sender.as_deref());
                    match message::hand_over(self.context, &envelope)? {
                        Handed::Over => outcomes.extend(self.outcome(activity, true)?),
                        // Its channel will tell, and only then is there anything to say.
                        Handed::Queued => said = None,
                        Handed::NotMade => {
                            if let Some(said) = &mut said {
                                said.status = SendStatus::FailurePermanent.name();
                                said.code = Some("400");
                                said.message = "the message could not be made".to_owned();
                            }
                            outcomes.extend(self.outcome(activity, false)?);
                        }
                    }
                }
                What::NotSent { activity, row: Some(row), status: SendStatus::FailurePermanent } => {
                    let reason = effect.sentence(program, self.participant.people, now);
                    let envelope = self.envelope(activity, row, state.entries, sender.as_deref());
                    message::keep_failure(self.context, &envelope, reason)?;
                    outcomes.extend(self.outcome(activity, false)?);
                }
                _ => self.count(effect, arrived)?,
            }
            if let Some(said) = said {
                self.tell(&said)?;
            }
        }
        for (activity, kind) in outcomes {
            let event = Input::Event(MessageEvent::of(activity, kind));
            engine::advance(program, state, &self.participant, event, now, &mut |_| {});
        }
        Ok(())
    }

    /// Keeps the event `_journey.send` of a message.
    fn tell(&self, said: &SendEvent) -> Result<()> {
        let Some(row) = said.row.or_else(|| self.participant.rows.first().copied()) else { return Ok(()) };
        let mut attributes = json!({
            "journey_id": self.running.id,
            "journey_run_id": self.run,
            "journey_activity_id": self.running.program.activity_id(said.activity),
            "journey_send_status": said.status,
            "journey_send_status_message": said.message,
        });
        for (name, value) in [("journey_activity_type", said.activity_type), ("journey_send_status_code", said.code)] {
            if let Some(value) = value {
                attributes[name] = value.into();
            }
        }
        let endpoint = self.participant.people.row(row as usize).id();
        let Context { store, now, .. } = *self.context;
        told::event(store, &self.running.app, endpoint, "_journey.send", attributes, told::More::default(), now)?;
        Ok(())
    }

    /// The address of the e-mail channel, where an effect is of an e-mail.
    fn sender(&self, effects: &[Effect]) -> Result<Option<String>> {
        let is_email = |effect: &Effect| match effect.what {
            What::Send { activity, .. } | What::NotSent { activity, .. } => {
                self.running.program.kind(activity) == Some(ActivityKind::Email)
            }
            _ => false,
        };
        if effects.iter().any(is_email) {
            channels::from_address(self.context.store, &self.running.app)
        } else {
            Ok(None)
        }
    }

    /// `sender` is the address of the e-mail channel.
    fn envelope<'e>(&'e self, activity: u16, row: u32, entry: u32, sender: Option<&'e str>) -> Envelope<'e> {
        let program = &self.running.program;
        let endpoint = self.participant.people.row(row as usize);
        let kind = program.kind(activity);
        let (template, version) = program.template(activity);
        let activity_document = &self.running.document["Activities"][program.activity_id(activity)];
        let delivery = Activity::of(program.activity_id(activity), activity_document)
            .zip(endpoint.channel())
            .and_then(|(activity, channel)| engine::delivery(&activity, channel, sender));
        Envelope {
            app: &self.running.app,
            journey: &self.running.id,
            run: self.run,
            activity: program.activity_id(activity),
            participant: self.key,
            entry,
            endpoint,
            kind,
            template,
            version,
            delivery,
        }
    }

    /// Counts a message; the event that says what came of it, with its activity.
    fn outcome(&self, activity: u16, made: bool) -> Result<Option<(u16, EventKind)>> {
        let program = &self.running.program;
        self.add(program.activity_id(activity), if made { "SUCCESS" } else { "FAILURE_PERMANENT" }, 1)?;
        let kind = match (program.kind(activity), made) {
            (Some(ActivityKind::Email), true) => Some(EventKind::EmailDelivered),
            (Some(ActivityKind::Email), false) => Some(EventKind::EmailRenderingFailure),
            (Some(ActivityKind::Sms), true) => Some(EventKind::SmsSuccess),
            (Some(ActivityKind::Sms), false) => Some(EventKind::SmsFailure),
            _ => None,
        };
        Ok(kind.map(|kind| (activity, kind)))
    }

    fn add(&self, activity: &str, name: &str, by: i64) -> Result<()> {
        count(self.context.store, &self.running.id, self.run, activity, name, by)
    }

    /// The metrics of journeys.md 11; `arrived` = the activity that this step came to last.
    fn count(&self, effect: Effect, arrived: Option<u16>) -> Result<()> {
        let program = &self.running.program;
        let id = |activity: u16| program.activity_id(activity);
        match effect.what {
            What::Refused { refusal, .. } => self.add("", refusal.name(), 1),
            What::Entered { .. } => self.add("", "ENDPOINT_ENTERED", 1),
            What::Left { activity } => {
                if matches!(effect.reason, Reason::Holdout { .. }) {
                    self.add(id(activity), "HOLDOUT", 1)?;
                }
                if matches!(effect.reason, Reason::Reevaluated { .. }) {
                    self.add(id(activity), "REEVALUATED_OUT", 1)?;
                }
                self.add("", "ENDPOINT_LEFT", 1)
            }
            What::NotSent { activity, status, .. } => match status {
                SendStatus::DailyCap => self.add(id(activity), "DAILY_CAP_EXCEEDED", 1),
                SendStatus::QuietTime | SendStatus::QuietTimeMissingTimezone | SendStatus::UnsupportedChannel => {
                    self.add(id(activity), status.name(), 1)
                }
                _ => Ok(()),
            },
            What::WaitUntil { activity, .. }
                if program.kind(activity) == Some(ActivityKind::Wait) && effect.reason != Reason::TooEarly =>
            {
                self.add(id(activity), "WAIT_STARTED", 1)
            }
            What::Took { activity, way } => {
                let slot = program.ways().get(usize::from(way)).map(|way| way.slot);
                match (program.kind(activity), slot) {
                    (Some(ActivityKind::Wait), _) if arrived == Some(activity) => {
                        self.add(id(activity), "WAIT_SKIPPED", 1)
                    }
                    (Some(ActivityKind::Wait), _) => {
                        self.add(id(activity), "WAIT_STARTED", -1)?;
                        self.add(id(activity), "WAIT_FINISHED", 1)
                    }
                    (Some(ActivityKind::Holdout), _) => self.add(id(activity), "PASSED", 1),
                    (_, Some(Slot::Yes)) => self.add(id(activity), "Branch_TRUE", 1),
                    (_, Some(Slot::No)) => self.add(id(activity), "Branch_FALSE", 1),
                    (_, Some(Slot::Branch(n))) => self.add(id(activity), &format!("Branch_{}", n + 1), 1),
                    (_, Some(Slot::Else)) => self.add(id(activity), "Branch_DEFAULT", 1),
                    _ => Ok(()),
                }
            }
            What::WaitUntil { .. } | What::Judged { .. } | What::Arrived { .. } | What::Send { .. } => Ok(()),
        }
    }
}
