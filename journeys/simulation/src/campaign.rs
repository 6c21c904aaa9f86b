//! A campaign on a virtual clock: who gets what and when, over all its runs.
//!
//! One driver of [`engine::campaign::advance`], as the server is another. Runs, the rate and the limits couple all people,
//! so there is one walk for everybody; how much of it one step does ([`Context::batch`](engine::campaign::Context)) changes
//! nothing that happens.

use std::collections::VecDeque;

use audience::People;
use engine::campaign::hook::Answer;
use engine::campaign::{
    self, Book, Draft, Effect, Filter, Input, Occurrence, Program, Record, Records, Renderer, Scope, SendStatus, State,
    What, World,
};
use engine::draw::{hash, mix};
use engine::{Participant, Senders};
use model::view::Word;
use model::{Millis, Path};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::elsewhere::Elsewhere;
use crate::events::Event;
use crate::run::{Note, Outcome, Story, StoryStep};
use crate::story::rows_of;

/// What is simulated.
#[derive(Clone, Copy, Debug)]
pub struct CampaignInputs<'a> {
    /// The campaign.
    pub program: &'a Program,
    /// Its messages.
    pub renderer: &'a Renderer,
    /// Everybody who might get it.
    pub people: &'a People,
    /// Events, in order of arrival; they matter to campaigns that wait for some.
    pub events: &'a [Event],
}

/// How it is simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CampaignSettings {
    /// Virtual instant at which the campaign is created; the program was compiled for the same.
    pub start: Millis,
    /// Instant at which the simulation is cut off; 540 days after the start when absent, as for journeys.
    pub horizon: Option<Millis>,
    /// What the campaign's hook does.
    pub hook: HookModel,
}

/// What a hook does in a simulation: it is never called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookModel {
    /// It lets everybody pass, unchanged.
    #[default]
    Passes,
    /// It fails.
    Fails,
}

/// A finished simulation of one campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CampaignRun {
    /// File name of the campaign.
    pub campaign: String,
    /// Virtual instant at which it was created.
    pub start: Millis,
    /// Virtual instant of the last thing that happened.
    pub end: Millis,
    /// `CampaignStatus` at the end.
    pub status: String,
    /// Endpoints that were looked at.
    pub endpoints: u64,
    /// Messages handed to a channel.
    pub messages: u64,
    /// Counts of each treatment over all runs, the default one first.
    pub treatments: Vec<TreatmentCounts>,
    /// Counts of each run, in order of their start.
    pub runs: Vec<RunCounts>,
    /// A hash over everything that happened, in order: equal hashes, equal runs.
    pub trace_hash: u64,
    /// What the run leaves out or does otherwise than the campaign says, and what was odd about its input.
    #[serde(default)]
    pub notes: Vec<Note>,
}

/// Counts of one treatment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreatmentCounts {
    /// Its number, as events carry it; 0 = the default one.
    pub treatment: u8,
    /// `TreatmentName`
    pub name: Option<String>,
    /// Its share of the people, in percent.
    pub percent: u8,
    /// Messages handed to a channel.
    pub messages: u64,
    /// What became of its messages and of endpoints that got none, as in [`RunCounts::outcomes`].
    pub outcomes: Vec<Outcome>,
}

/// Counts of one run of a treatment: an activity of the API (campaigns.md 9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCounts {
    /// The treatment.
    pub treatment: u8,
    /// Number of the run, from 1.
    pub number: u32,
    /// The instant it was scheduled for.
    pub scheduled: Millis,
    /// When it began.
    pub started: Millis,
    /// When it ended; `None` = it was still going on when the simulation was cut off.
    pub ended: Option<Millis>,
    /// Time zones of its endpoints; 0 = it is not spread over time zones.
    pub zones: u32,
    /// Time zones served.
    pub zones_done: u32,
    /// Endpoints of the segment, or of events.
    pub produced: u64,
    /// Messages handed to a channel.
    pub messages: u64,
    /// What became of messages (`campaign_send_status`) and of endpoints that got none (the metrics of journeys.md 11.4),
    /// sorted by name.
    pub outcomes: Vec<Outcome>,
}

/// A message that a simulated campaign sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignMessage {
    /// `user:ID` or `endpoint:ID`.
    pub person: String,
    /// The endpoint's id.
    pub endpoint: String,
    /// When.
    pub at: Millis,
    /// `ChannelType` of the endpoint.
    pub channel: String,
    /// The treatment, as events carry it.
    pub treatment: u8,
    /// Number of the run, from 1.
    pub run: u32,
    /// The template, if one is used.
    pub template: Option<String>,
    /// The template's version where the campaign names one; else the active one is meant.
    pub template_version: Option<String>,
}

/// Something that happened in a simulated campaign.
#[derive(Clone, Copy, Debug)]
pub struct CampaignStep<'a> {
    /// When.
    pub at: Millis,
    /// What, and why.
    pub effect: &'a Effect,
}

/// Simulates a campaign from its creation on. `watch` sees every step, in order; [`message_of`] makes a row of those that
/// are messages.
pub fn simulate_campaign(
    inputs: &CampaignInputs<'_>,
    settings: &CampaignSettings,
    watch: &mut dyn FnMut(CampaignStep<'_>),
) -> CampaignRun {
    simulate_among(inputs, settings, None, watch)
}

/// The same among `others`; `None` = nobody knows what others send.
pub(crate) fn simulate_among(
    inputs: &CampaignInputs<'_>,
    settings: &CampaignSettings,
    others: Option<&Elsewhere>,
    watch: &mut dyn FnMut(CampaignStep<'_>),
) -> CampaignRun {
    let CampaignInputs { program, people, events, .. } = *inputs;
    let horizon = settings.horizon.unwrap_or_else(|| settings.start.saturating_add(engine::LONGEST));
    let mut run = Simulated {
        program,
        world: Virtual { inputs: *inputs, book: Book::new(program), others, now: settings.start },
        state: State::default(),
        records: Records::default(),
        hook: settings.hook,
        end: settings.start,
        trace: hash(&[program.id()]),
        watch,
    };
    let mut strangers = 0u64;
    run.feed(Input::Create, settings.start);
    let mut events = events
        .iter()
        .filter(|event| program.takes_events() && event.at >= settings.start)
        .filter_map(|event| {
            let row = people.find(&event.endpoint);
            strangers += u64::from(row.is_none());
            Some((event, row? as u32))
        })
        .peekable();
    loop {
        let timer = run.state.wakes().unwrap_or(Millis::MAX);
        let event = events.peek().map_or(Millis::MAX, |(event, _)| event.at);
        let at = timer.min(event);
        if at > horizon || at == Millis::MAX {
            break;
        }
        // Of what falls on one instant: timers first.
        if timer <= event {
            run.feed(Input::Timer, at.max(settings.start));
        } else if let Some((event, row)) = events.next() {
            run.event(event, row);
        }
    }
    drop(events);
    let cut_off = run.state.wakes().is_some().then_some(horizon);
    let mut notes: Vec<Note> =
        program.not_honoured().iter().map(|(path, text)| Note { path: path.clone(), text: text.clone() }).collect();
    notes.extend(run.notes(cut_off, strangers).into_iter().map(|text| Note { path: Path::default(), text }));
    run.finish(settings.start, people.len() as u64, notes)
}

/// What happened to one person, in a campaign that is simulated again for it; `None` = nobody is called that.
pub fn campaign_story(inputs: &CampaignInputs<'_>, settings: &CampaignSettings, person: &str) -> Option<Story> {
    let CampaignInputs { program, people, .. } = *inputs;
    let rows = rows_of(people, person)?;
    let first = *rows.first()?;
    let mut steps = Vec::new();
    let step = |at, text| StoryStep { at, activity: None, slot: None, text };
    simulate_campaign(inputs, settings, &mut |happened| {
        let row = match happened.effect.what {
            // Its own treatment has more to tell.
            What::Filtered { filter: Filter::TreatmentHoldout, .. } => return,
            What::Expanded { row }
            | What::Filtered { row, .. }
            | What::Send { row, .. }
            | What::NotSent { row, .. }
            | What::Failed { row, .. } => row,
            _ => return,
        };
        if rows.contains(&row) {
            steps.push(step(happened.at, happened.effect.sentence(program, people, happened.at)));
        }
    });
    if steps.is_empty() {
        let why = program.audience().explain(people, first as usize, settings.start);
        steps.push(step(settings.start, format!("nothing happened; {why}")));
    }
    Some(Story { person: Participant::key_of(people.row(first as usize)), steps })
}

/// The row of a step that is a message; `None` = it is none.
pub fn message_of(program: &Program, people: &People, step: CampaignStep<'_>) -> Option<CampaignMessage> {
    let What::Send { row, channel, .. } = &step.effect.what else { return None };
    let endpoint = people.row(*row as usize);
    let activity = step.effect.activity;
    let template = program.message(activity.treatment, *channel).and_then(|message| message.template.as_ref());
    Some(CampaignMessage {
        person: Participant::key_of(endpoint),
        endpoint: endpoint.id().to_owned(),
        at: step.at,
        channel: channel.as_str().to_owned(),
        treatment: activity.treatment,
        run: activity.run + 1,
        template: template.map(|template| template.name.clone()),
        template_version: template.and_then(|template| template.version.clone()),
    })
}

/// People and limits of a simulation.
struct Virtual<'a> {
    inputs: CampaignInputs<'a>,
    book: Book,
    /// What other campaigns and journeys send; `None` = nobody knows.
    others: Option<&'a Elsewhere>,
    /// The instant of the step.
    now: Millis,
}

impl World for Virtual<'_> {
    fn people(&self) -> &People {
        self.inputs.people
    }

    fn targeted(&self, row: u32) -> u32 {
        self.book.targeted(row)
    }

    fn sent(&self, row: u32, scope: Scope, since: Millis) -> u32 {
        let others = self.others.filter(|_| scope == Scope::Project);
        let others = others.map_or(0, |others| others.count(row, Senders::All, since, self.now));
        self.book.sent(row, since).saturating_add(others)
    }

    fn target(&mut self, row: u32) {
        self.book.target(row);
    }

    fn send(&mut self, row: u32, at: Millis) {
        self.book.send(row, at);
    }

    fn render(&mut self, draft: &Draft<'_>) -> Result<(), String> {
        self.inputs.renderer.check(self.inputs.program, self.inputs.people, draft)
    }
}

struct Simulated<'s, 'a> {
    program: &'a Program,
    world: Virtual<'a>,
    state: State,
    records: Records,
    hook: HookModel,
    end: Millis,
    trace: u64,
    watch: &'s mut dyn FnMut(CampaignStep<'_>),
}

impl Simulated<'_, '_> {
    /// One step, and all that it brings about at the same instant: the hook answers at once, in the order of its calls,
    /// but not before a run has gone on as far as it can, so that the size of steps changes nothing.
    fn feed(&mut self, input: Input<'_>, now: Millis) {
        let mut calls = VecDeque::new();
        self.step(input, now, &mut calls);
        loop {
            if self.state.wakes().is_some_and(|wake| wake <= now) {
                self.step(Input::Timer, now, &mut calls);
                continue;
            }
            let Some((treatment, call, rows)) = calls.pop_front() else { break };
            let passed;
            let answer = match self.hook {
                HookModel::Fails => Answer::Failed,
                HookModel::Passes => {
                    let people = self.world.inputs.people;
                    let nothing = |row: &u32| (people.row(*row as usize).id().to_owned(), json!({}));
                    passed = Value::Object(rows.iter().map(nothing).collect::<Map<String, Value>>());
                    Answer::Json(&passed)
                }
            };
            self.step(Input::HookAnswer { treatment, call, answer }, now, &mut calls);
        }
    }

    fn step(&mut self, input: Input<'_>, now: Millis, calls: &mut VecDeque<(u8, u32, Vec<u32>)>) {
        let Simulated { program, world, state, records, end, trace, watch, .. } = self;
        world.now = now;
        campaign::advance(program, state, world, input, now, &mut |effect| {
            if let Some(word) = word(&effect) {
                *end = now;
                for word in [now as u64, word] {
                    *trace = (trace.rotate_left(5) ^ word).wrapping_mul(0x517C_C1B7_2722_0A95);
                }
            }
            records.note(&effect, now);
            watch(CampaignStep { at: now, effect: &effect });
            if let What::CallHook { call, rows, .. } = effect.what {
                calls.push_back((effect.activity.treatment, call, rows));
            }
        });
    }

    fn event(&mut self, event: &Event, row: u32) {
        let attributes: Vec<(&str, &str)> =
            event.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let metrics: Vec<(&str, f64)> = event.metrics.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let occurrence =
            Occurrence { row, name: &event.event_type, attributes: &attributes, metrics: &metrics, at: event.at };
        self.feed(Input::Event(occurrence), event.at);
    }

    fn notes(&self, cut_off: Option<Millis>, strangers: u64) -> Vec<String> {
        let mut notes = Vec::new();
        if self.program.hook().is_some() {
            notes.push(match self.hook {
                HookModel::Passes => "the hook is not called: it lets everybody pass, unchanged".to_owned(),
                HookModel::Fails => "the hook is not called: it fails".to_owned(),
            });
        }
        match strangers {
            0 => {}
            1 => notes.push("1 event belongs to an endpoint that is not among the people".to_owned()),
            _ => notes.push(format!("{strangers} events belong to endpoints that are not among the people")),
        }
        let missed: u32 = self.records.0.iter().map(|record| record.not_due).max().unwrap_or(0);
        if missed > 0 && cut_off.is_none() {
            notes.push(format!(
                "in the time zones of {missed} endpoints the time of a run had passed when its first offset was due: they \
                 get nothing; an earlier `Timezone`, such as `UTC+13`, serves them too"
            ));
        }
        if self.world.others.is_none() && self.program.counts_others() {
            notes.push(
                "the project's daily limit counts this campaign alone: others are not simulated with it".to_owned(),
            );
        }
        let handed = self.handed();
        if let Some(handed) = handed {
            notes.push(format!(
                "nothing is sent: the apps of {handed} endpoints are handed the campaign while it is running"
            ));
        }
        if let Some(at) = cut_off {
            notes.push(format!("the campaign was not over when it was cut off at {}", engine::instant_words(at)));
        }
        notes
    }

    /// How many endpoints an in-app campaign goes to; `None` = it is none.
    fn handed(&self) -> Option<u64> {
        let program = self.program;
        let people = self.world.inputs.people;
        (0..program.len() as u8).find(|treatment| program.is_in_app(*treatment))?;
        let holds = |row: &u32| program.hands_to(people, *row, self.end).is_some();
        Some((0..people.len() as u32).filter(holds).count() as u64)
    }

    fn finish(self, start: Millis, endpoints: u64, notes: Vec<Note>) -> CampaignRun {
        let program = self.program;
        let sent = |record: &Record| record.status(SendStatus::Success);
        let treatments = (0..program.len() as u8).map(|treatment| {
            let of = || self.records.0.iter().filter(move |record| record.activity.treatment == treatment);
            TreatmentCounts {
                treatment,
                name: program.treatment_name(treatment).map(str::to_owned),
                percent: program.percent(treatment),
                messages: of().map(sent).sum(),
                outcomes: outcomes(of()),
            }
        });
        let runs = self.records.0.iter().map(|record| RunCounts {
            treatment: record.activity.treatment,
            number: record.activity.run + 1,
            scheduled: record.scheduled,
            started: record.started,
            ended: record.ended,
            zones: record.zones,
            zones_done: record.zones_done,
            produced: record.produced(),
            messages: sent(record),
            outcomes: outcomes(std::iter::once(record)),
        });
        CampaignRun {
            campaign: program.id().to_owned(),
            start,
            end: self.end,
            status: self.state.status().as_str().to_owned(),
            endpoints,
            messages: self.records.0.iter().map(sent).sum(),
            treatments: treatments.collect(),
            runs: runs.collect(),
            trace_hash: mix(self.trace),
            notes,
        }
    }
}

/// The counts of some runs together, by name, those that are not zero.
fn outcomes<'r>(records: impl Iterator<Item = &'r Record> + Clone) -> Vec<Outcome> {
    let count = |of: &dyn Fn(&Record) -> u64| records.clone().map(of).sum::<u64>();
    let statuses = SendStatus::ALL.into_iter().map(|status| (status.name(), count(&|record| record.status(status))));
    let filters = Filter::ALL.into_iter().map(|filter| (filter.name(), count(&|record| record.filtered(filter))));
    let others = [
        ("ENDPOINTS_FROM_USER", count(&|record| record.expanded)),
        ("ENDPOINT_TIMEZONE_MISMATCH", count(&|record| u64::from(record.not_due))),
    ];
    let mut all: Vec<Outcome> = statuses
        .chain(filters)
        .chain(others)
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| Outcome { name: name.to_owned(), count })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// What an effect adds to the trace; timers and calls are the driver's own business.
fn word(effect: &Effect) -> Option<u64> {
    let code = |tag: u64, a: u64, b: u64| {
        let activity = effect.activity;
        Some(mix(tag | u64::from(activity.treatment) << 8 | u64::from(activity.run) << 16) ^ mix(a << 32 | b))
    };
    match &effect.what {
        What::Status(status) => code(1, *status as u64, 0),
        What::Refused => code(2, 0, 0),
        What::RunStarted { scheduled, by_zone } => code(3, u64::from(*by_zone), *scheduled as u64),
        What::Zones { zones, waiting } => code(4, u64::from(*zones), u64::from(*waiting)),
        What::SliceDone { zones } => code(5, u64::from(*zones), 0),
        What::RunEnded { whole } => code(6, u64::from(*whole), 0),
        What::Expanded { row } => code(7, u64::from(*row), 0),
        What::Filtered { row, filter } => code(8, u64::from(*row), *filter as u64),
        What::Send { row, channel, .. } => code(9, u64::from(*row), *channel as u64),
        What::NotSent { row, status } => code(10, u64::from(*row), *status as u64),
        What::Failed { row, status } => code(11, u64::from(*row), *status as u64),
        What::CallHook { .. } | What::WaitUntil { .. } => None,
    }
}
