//! A run: what goes in, prepared once, then walked in chunks of rows.

use std::ops::Range;
use std::sync::OnceLock;

use audience::{Audience, People};
use engine::{EventKind, LONGEST, Participant, Program, Senders};
use model::{Millis, Path};
use serde::{Deserialize, Serialize};

use crate::elsewhere::{Elsewhere, Other};
use crate::events::Event;
use crate::pacing::AllTurns;
use crate::response::{Plan, ResponseModel};
use crate::run::{Note, Run};
use crate::tally::Partial;
use crate::walk::Walker;

/// Rows between two words of progress.
const CHUNK: usize = 1 << 16;

/// What is simulated.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The journey.
    pub program: &'a Program,
    /// Everybody who might enter.
    pub people: &'a People,
    /// Events, in order of arrival. Those that start the journey enter people into an event journey; those that messages
    /// of this journey caused (`journey_activity_id`) take the place of the response model.
    pub events: &'a [Event],
}

/// How it is simulated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Seed of the response model. Random splits and holdouts do not depend on it: they draw as the real run will.
    pub seed: u64,
    /// Virtual instant at which the journey is published.
    pub start: Millis,
    /// How people respond.
    pub response: ResponseModel,
    /// Instant at which the run is cut off; 540 days after the start when absent (journeys.md 6). The end of the journey's
    /// schedule does not cut off: nobody enters after it, but who is inside goes on (journeys.md 7, `CLOSED`).
    pub horizon: Option<Millis>,
    /// Whether people respond by the model to messages of activities that no recorded event is about. Else, where there are
    /// recorded events of messages, nobody does anything but what is recorded.
    pub beside_events: bool,
}

/// A run, prepared.
#[derive(Clone, Debug)]
pub struct Simulation<'a> {
    pub(crate) program: &'a Program,
    pub(crate) people: &'a People,
    pub(crate) events: &'a [Event],
    pub(crate) settings: &'a Settings,
    pub(crate) plan: Plan,
    pub(crate) horizon: Millis,
    /// When the first members come in.
    pub(crate) entry_at: Millis,
    /// Evaluations of the entry segment end before this.
    pub(crate) last_tick: Millis,
    /// What is worked out for everybody at once, before many are walked.
    everybody: OnceLock<Everybody>,
    /// The turns of a journey with a rate.
    turns: OnceLock<AllTurns>,
    /// Events that matter, by participant and time.
    recorded: Vec<Recorded>,
    /// Messages that others sent, by row and time.
    elsewhere: Elsewhere,
    /// Whether recorded events take the place of the response model.
    pub(crate) replay: bool,
    /// By activity: whether what comes of its messages is recorded; beside the model only.
    recorded_activities: Vec<bool>,
    notes: Vec<Note>,
}

/// Who is in which audience, a bit by row: a column at a time is much quicker than a person at a time.
#[derive(Clone, Debug)]
struct Everybody {
    /// In the entry segment when the first members come in; empty for event journeys and with `LocalTime`.
    members: Vec<u64>,
    /// By condition; empty for those on events, and those whose answer changes with time.
    conditions: Vec<Vec<u64>>,
    /// For journeys whose participants are walked again and again: the hash of the participant with that first row, and of
    /// the endpoint's id.
    hashes: Vec<(u64, u64)>,
}

impl Everybody {
    fn of(simulation: &Simulation<'_>) -> Everybody {
        let Simulation { program, people, entry_at, .. } = *simulation;
        let bits = |audience: &Audience| {
            let mut bits = vec![0u64; people.len().div_ceil(64)];
            for row in audience.select(people, entry_at) {
                bits[row as usize / 64] |= 1 << (row % 64);
            }
            bits
        };
        let entry = program.entry_audience().filter(|_| !program.is_event_entry() && !program.is_local());
        let conditions = (0..program.condition_count())
            .map(|condition| program.audience_of(condition).filter(|a| a.is_timeless()).map_or_else(Vec::new, bits));
        let conditions = conditions.collect();
        let hashes = program.rate().map_or_else(Vec::new, |_| {
            let of = |row| (Participant::hash_of(row), Participant::hash_of_endpoint(row));
            people.rows().map(of).collect()
        });
        Everybody { members: entry.map_or_else(Vec::new, bits), conditions, hashes }
    }
}

/// Whether the bit of a row is set; `None` = the bits were not worked out.
#[inline]
fn bit(bits: &[u64], row: u32) -> Option<bool> {
    bits.get(row as usize / 64).map(|bits| bits & (1 << (row % 64)) != 0)
}

/// An event that matters to a participant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recorded {
    /// The participant's first row.
    pub participant: u32,
    pub at: Millis,
    /// The endpoint's row.
    pub row: u32,
    /// Index into the events.
    pub event: u32,
    /// The message activity that caused it; `None` = it starts the journey.
    pub activity: Option<u16>,
    pub kind: Option<EventKind>,
}

/// Simulates everybody. `progress` is told how many rows are done.
pub fn simulate(inputs: &Inputs<'_>, settings: &Settings, progress: &dyn Fn(u64)) -> Run {
    let simulation = Simulation::new(inputs, settings);
    let mut all = simulation.nobody();
    for start in (0..inputs.people.len()).step_by(CHUNK) {
        let end = (start + CHUNK).min(inputs.people.len());
        all.merge(&simulation.range(start..end));
        progress(end as u64);
    }
    simulation.finish(&all)
}

impl<'a> Simulation<'a> {
    /// Prepares a run.
    pub fn new(inputs: &Inputs<'a>, settings: &'a Settings) -> Simulation<'a> {
        let Inputs { program, people, events } = *inputs;
        let entry_at = program.entry_at(settings.start);
        let horizon = settings.horizon.unwrap_or_else(|| settings.start.saturating_add(LONGEST));
        let mut simulation = Simulation {
            program,
            people,
            events,
            settings,
            plan: Plan::compile(&settings.response, program, people, entry_at),
            horizon,
            entry_at,
            last_tick: program.closes(settings.start).min(horizon),
            everybody: OnceLock::new(),
            turns: OnceLock::new(),
            recorded: Vec::new(),
            elsewhere: Elsewhere::default(),
            replay: false,
            recorded_activities: vec![false; program.len()],
            notes: program
                .not_honoured()
                .iter()
                .map(|(path, text)| Note { path: path.clone(), text: text.clone() })
                .collect(),
        };
        simulation.record();
        simulation
    }

    /// The counts of nobody, to merge others into.
    pub fn nobody(&self) -> Partial {
        Partial::new(self.program)
    }

    /// Walks the participants whose first endpoint lies in these rows. Ranges that together are all rows, each once, give
    /// partials that merge into the whole run, whatever they are.
    pub fn range(&self, rows: Range<usize>) -> Partial {
        self.prepare();
        let mut walker = Walker::new(self);
        for row in rows.start..rows.end.min(self.people.len()) {
            walker.row(row as u32);
        }
        walker.tally
    }

    /// Works out, once, what is worked out for everybody at once.
    pub(crate) fn prepare(&self) {
        self.everybody.get_or_init(|| Everybody::of(self));
        self.turns();
    }

    /// The run that all partials merged make.
    pub fn finish(&self, all: &Partial) -> Run {
        let mut run = all.run(self.program, self.settings.seed, self.settings.start);
        run.notes.clone_from(&self.notes);
        if all.unmatched > 0 {
            run.notes.push(Note {
                path: Path::default(),
                text: format!(
                    "{} of a message that this run did not send to that person, and {} without effect",
                    count(all.unmatched, "recorded event is", "recorded events are"),
                    if all.unmatched == 1 { "is" } else { "are" }
                ),
            });
        }
        let waiting: u64 = run.activities.iter().map(|activity| activity.waiting).sum();
        if waiting > 0 {
            run.notes.push(Note {
                path: Path::default(),
                text: format!(
                    "{} still inside when the run was cut off at {}",
                    count(waiting, "participant was", "participants were"),
                    engine::instant_words(self.horizon)
                ),
            });
        }
        run
    }

    /// When the participant with these rows comes in first, if it is a member.
    #[inline]
    pub(crate) fn entry_of(&self, rows: &[u32]) -> Millis {
        if !self.program.is_local() {
            return self.entry_at;
        }
        // The zone of the first endpoint that has one; without any the participant is refused when the first come in.
        let entry = |row: &u32| self.program.entry_of(self.people.row(*row as usize), self.settings.start);
        rows.iter().find_map(entry).unwrap_or(self.entry_at)
    }

    /// Whether the endpoint is in the entry segment when its participant comes in first, at `at`.
    #[inline]
    pub(crate) fn is_member(&self, row: u32, at: Millis) -> bool {
        let known = self.everybody.get().and_then(|everybody| bit(&everybody.members, row));
        known.unwrap_or_else(|| {
            self.program.entry_audience().is_some_and(|audience| audience.contains(self.people, row as usize, at))
        })
    }

    /// Whether the endpoint is in the audience of a condition, where that was worked out for everybody.
    #[inline]
    pub(crate) fn is_in(&self, condition: u16, row: u32) -> Option<bool> {
        bit(self.everybody.get()?.conditions.get(usize::from(condition))?, row)
    }

    /// The participant with these rows; `ids` keeps the hashes of its endpoints.
    #[inline]
    pub(crate) fn participant<'p>(&'p self, rows: &'p [u32], ids: &'p mut Vec<u64>) -> Participant<'p> {
        let known = self.everybody.get().map_or(&[][..], |everybody| &everybody.hashes);
        let Some((hash, _)) = rows.first().and_then(|row| known.get(*row as usize)) else {
            return Participant::of(self.people, rows);
        };
        ids.clear();
        ids.extend(rows.iter().filter_map(|row| known.get(*row as usize)).map(|(_, id)| *id));
        Participant { people: self.people, rows, hash: *hash, ids, opted_out: 0 }
    }

    /// The turns of the participant whose first row this is.
    #[inline]
    pub(crate) fn turns_of(&self, row: u32) -> &[Millis] {
        if self.program.rate().is_none() { &[] } else { self.turns().of(row) }
    }

    /// All turns; worked out once, when they are first asked for.
    fn turns(&self) -> &AllTurns {
        self.turns.get_or_init(|| match self.program.rate() {
            Some(rate) => {
                self.everybody.get_or_init(|| Everybody::of(self));
                AllTurns::of_run(self, rate)
            }
            None => AllTurns::default(),
        })
    }

    /// Whether what comes of the messages of an activity is recorded, and not drawn.
    #[inline]
    pub(crate) fn is_recorded(&self, activity: u16) -> bool {
        self.replay
            && (!self.settings.beside_events || self.recorded_activities.get(usize::from(activity)) == Some(&true))
    }

    /// Messages of others to an endpoint after `since` and up to `now`.
    pub(crate) fn sent_elsewhere(&self, row: u32, senders: Senders, since: Millis, now: Millis) -> u32 {
        self.elsewhere.count(row, senders, since, now)
    }

    /// What recorded events say that others sent.
    pub(crate) fn elsewhere(&self) -> &Elsewhere {
        &self.elsewhere
    }

    /// From now on, others sent this.
    pub(crate) fn set_elsewhere(&mut self, elsewhere: Elsewhere) {
        self.elsewhere = elsewhere;
        // Who waits for a turn depends on it.
        self.turns = OnceLock::new();
    }

    pub(crate) fn recorded_of(&self, participant: u32) -> &[Recorded] {
        if self.recorded.is_empty() {
            return &[];
        }
        let start = self.recorded.partition_point(|event| event.participant < participant);
        let rest = &self.recorded[start..];
        &rest[..rest.partition_point(|event| event.participant == participant)]
    }

    /// Sorts out the events that matter.
    fn record(&mut self) {
        let (program, people) = (self.program, self.people);
        // Events of other journeys may name the same activities; where any event names this journey, only its own count.
        let named = self.events.iter().any(|event| event.journey.as_deref() == Some(program.id()));
        let (mut strangers, mut entries, mut early) = (0u64, 0u64, 0u64);
        let mut elsewhere = Vec::new();
        for (index, event) in (0u32..).zip(self.events) {
            let attributes: Vec<(&str, &str)> =
                event.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let metrics: Vec<(&str, f64)> = event.metrics.iter().map(|(name, value)| (name.as_str(), *value)).collect();
            let activity = event
                .activity
                .as_deref()
                .filter(|_| !named || event.journey.as_deref() == Some(program.id()))
                .and_then(|id| program.activity_index(id))
                .filter(|activity| program.kind(*activity).is_some_and(model::ActivityKind::is_message));
            if let Some(sender) = sender_of(event).filter(|_| event.journey.as_deref() != Some(program.id()))
                && let Some(row) = people.find(&event.endpoint)
            {
                elsewhere.push(Other { row: row as u32, at: event.at, sender, later: false });
            }
            let starts = program.is_entry_event(&event.event_type, &attributes, &metrics);
            if activity.is_none() && !starts {
                continue;
            }
            let Some(row) = people.find(&event.endpoint) else {
                strangers += 1;
                continue;
            };
            let participant = people.first_companion(row);
            let recorded = Recorded {
                participant,
                at: event.at,
                row: row as u32,
                event: index,
                activity: None,
                kind: EventKind::parse(&event.event_type),
            };
            if starts {
                entries += 1;
                early += u64::from(event.at < self.settings.start);
                self.recorded.push(recorded);
            }
            if let Some(activity) = activity {
                self.replay = true;
                self.recorded_activities[usize::from(activity)] = true;
            }
            // That a message was sent is what the service did: this run sends its own.
            let sent = recorded.kind.is_some_and(EventKind::is_send);
            if activity.is_some() && !sent {
                self.recorded.push(Recorded { activity, ..recorded });
            }
        }
        self.recorded.sort_by_key(|event| (event.participant, event.at, event.event));
        self.elsewhere = Elsewhere::new(elsewhere);
        let mut note = |text: String| self.notes.push(Note { path: Path::default(), text });
        for segment in self.settings.response.unbound() {
            note(format!(
                "the segment `{segment}` of the response model is not known here: nobody responds as it says"
            ));
        }
        if self.replay {
            note("what people do comes from the recorded events, not from the response model".to_owned());
        }
        if strangers > 0 {
            let whose = count(strangers, "event belongs to an endpoint", "events belong to endpoints");
            note(format!("{whose} not among the people"));
        }
        if program.is_event_entry() && entries == 0 {
            note(format!(
                "nobody enters: the journey starts with the event {}, and no such event is there",
                program.entry_event_words()
            ));
        } else if early > 0 {
            note(format!(
                "{} before the run starts, at {}, and {} nobody",
                count(early, "event that would start the journey came", "events that would start the journey came"),
                engine::instant_words(self.settings.start),
                if early == 1 { "enters" } else { "enter" }
            ));
        }
    }
}

/// Whose message an event tells of, where it counts toward caps over several journeys (journeys.md 5): one with outcome
/// `SUCCESS`, of a journey or of a campaign.
pub(crate) fn sender_of(event: &Event) -> Option<Senders> {
    let says = |name: &str| event.attributes.iter().any(|(key, value)| key == name && value == "SUCCESS");
    match event.event_type.as_str() {
        "_journey.send" => says("journey_send_status").then_some(Senders::Journeys),
        "_campaign.send" => says("campaign_send_status").then_some(Senders::All),
        _ => None,
    }
}

fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
