//! A few people, what they do, and what comes of it: a run small enough to be made thousands of times.
//!
//! What people do may follow a message ("3 hours after it was sent"), and the message may follow what they did before. So
//! a trial is walked again and again, each time with the events whose messages are known by then, until no more are: an
//! event changes nothing before itself, so what was found stays true.

use std::sync::OnceLock;

use audience::People;
use engine::{Effect, Program, What};
use model::Millis;
use serde_json::Value;

use crate::events::Event;
use crate::expectations::When;
use crate::response::{
    ContactCenterResponse, CustomResponse, EmailResponse, PushResponse, ResponseModel, Responses, SmsResponse,
};
use crate::simulation::{Inputs, Settings, Simulation};
use crate::walk::{Listener, Walker};

/// Something that somebody does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Doing {
    /// Row of the person's first endpoint.
    pub person: u32,
    /// Row of the endpoint; `None` = the one that the message went to, or the person's first.
    pub row: Option<u32>,
    /// The message activity; `None` = an event of the person's own.
    pub activity: Option<u16>,
    pub event_type: String,
    pub attributes: Vec<(String, String)>,
    pub metrics: Vec<(String, f64)>,
    pub when: When,
}

/// Something that happened to a person.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Happened {
    Effect(Effect),
    /// An event of a message.
    Event {
        activity: u16,
        name: String,
    },
}

/// What happened to a person, in order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Course {
    pub steps: Vec<(Millis, Happened)>,
}

impl Course {
    pub fn effects(&self) -> impl Iterator<Item = (Millis, Effect)> {
        self.steps.iter().filter_map(|(at, step)| match step {
            Happened::Effect(effect) => Some((*at, *effect)),
            Happened::Event { .. } => None,
        })
    }

    /// Messages handed over: when, of which activity, to which row.
    pub fn sends(&self) -> impl Iterator<Item = (Millis, u16, u32)> {
        self.effects().filter_map(|(at, effect)| match effect.what {
            What::Send { activity, row } => Some((at, activity, row)),
            _ => None,
        })
    }

    /// The first entry.
    pub fn entered(&self) -> Option<Millis> {
        self.effects().find(|(_, effect)| matches!(effect.what, What::Entered { .. })).map(|(at, _)| at)
    }

    /// Whether the person is inside at the end.
    pub fn is_inside(&self) -> bool {
        self.effects().fold(false, |inside, (_, effect)| match effect.what {
            What::Entered { .. } => true,
            What::Left { .. } => false,
            _ => inside,
        })
    }
}

impl Listener for Course {
    const ON: bool = true;

    fn effect(&mut self, at: Millis, effect: Effect) {
        self.steps.push((at, Happened::Effect(effect)));
    }

    fn event(&mut self, at: Millis, activity: u16, _: u32, name: &str) {
        self.steps.push((at, Happened::Event { activity, name: name.to_owned() }));
    }

    /// More of what is known already.
    fn refusals(&mut self, _: Millis, _: u64) {}
}

/// A few people and what they do.
#[derive(Clone, Debug)]
pub(crate) struct Trial<'p> {
    pub program: &'p Program,
    pub people: People,
    pub doings: Vec<Doing>,
    pub settings: Settings,
}

/// What came of a trial.
#[derive(Clone, Debug)]
pub(crate) struct Walked {
    /// By the rows asked for.
    pub courses: Vec<Course>,
    /// The events, at their instants.
    pub events: Vec<Event>,
    /// Doings about messages that were never sent to that person, as places in the trial's list.
    pub idle: Vec<usize>,
}

/// Nobody does anything, nothing arrives and nothing bounces.
pub(crate) fn silence() -> &'static ResponseModel {
    static SILENCE: OnceLock<ResponseModel> = OnceLock::new();
    SILENCE.get_or_init(|| {
        let channels = Responses {
            email: EmailResponse {
                delivered: 0.0,
                hard_bounce: 0.0,
                soft_bounce: 0.0,
                rejected: 0.0,
                ..EmailResponse::default()
            },
            sms: SmsResponse { delivered: 0.0, failed: 0.0, ..SmsResponse::default() },
            push: PushResponse { received_foreground: 0.0, received_background: 0.0, ..PushResponse::default() },
            custom: CustomResponse { answered: 0.0, ..CustomResponse::default() },
            contact_center: ContactCenterResponse {
                connected: 0.0,
                voicemail: 0.0,
                sit_tone: 0.0,
                fax: 0.0,
                not_answered: 0.0,
                ..ContactCenterResponse::default()
            },
        };
        ResponseModel { channels, ..ResponseModel::default() }
    })
}

impl<'p> Trial<'p> {
    /// A trial of people who do nothing.
    pub fn new(program: &'p Program, start: Millis) -> Trial<'p> {
        let settings = Settings { start, response: silence().clone(), ..Settings::default() };
        Trial { program, people: People::default(), doings: Vec::new(), settings }
    }

    /// Adds an endpoint; its row.
    ///
    /// # Errors
    /// When it is none, in words.
    pub fn add(&mut self, endpoint: &Value) -> Result<u32, String> {
        self.people.push(None, endpoint).map(|row| row as u32).map_err(|problem| problem.to_string())
    }

    /// Walks the people whose first endpoints these are.
    pub fn walk(&self, persons: &[u32]) -> Walked {
        let mut events: Vec<Event> = Vec::with_capacity(self.doings.len());
        let mut open: Vec<usize> = Vec::new();
        for (place, doing) in self.doings.iter().enumerate() {
            match (doing.when, doing.activity) {
                (When::At(at), _) => events.push(self.event(doing, doing.row.unwrap_or(doing.person), at)),
                (When::After(span), None) => {
                    let at = self.settings.start.saturating_add(span);
                    events.push(self.event(doing, doing.row.unwrap_or(doing.person), at));
                }
                (When::After(_), Some(_)) => open.push(place),
            }
        }
        loop {
            events.sort_by_key(|event| event.at);
            let inputs = Inputs { program: self.program, people: &self.people, events: &events };
            let simulation = Simulation::new(&inputs, &self.settings);
            let courses: Vec<Course> = persons.iter().map(|row| course(&simulation, *row)).collect();
            let mut due: Vec<(Millis, Millis, usize, u32)> = open
                .iter()
                .filter_map(|place| {
                    let doing = self.doings.get(*place)?;
                    let person = persons.iter().position(|row| *row == doing.person)?;
                    let mut sends = courses[person].sends();
                    let (sent, _, row) = sends.find(|(_, activity, row)| {
                        Some(*activity) == doing.activity && doing.row.is_none_or(|wanted| wanted == *row)
                    })?;
                    let When::After(span) = doing.when else { return None };
                    Some((sent, sent.saturating_add(span), *place, row))
                })
                .collect();
            due.sort_unstable();
            // What was sent before the first new event stays as it is; what was sent later may not.
            let mut changes = Millis::MAX;
            let before = events.len();
            for (sent, at, place, row) in due {
                if sent > changes {
                    break;
                }
                changes = changes.min(at);
                events.push(self.event(&self.doings[place], row, at));
                open.retain(|other| *other != place);
            }
            if events.len() == before {
                return Walked { courses, events, idle: open };
            }
        }
    }

    fn event(&self, doing: &Doing, row: u32, at: Millis) -> Event {
        Event {
            event_type: doing.event_type.clone(),
            endpoint: self.people.row(row as usize).id().to_owned(),
            at,
            journey: None,
            activity: doing.activity.map(|activity| self.program.activity_id(activity).to_owned()),
            attributes: doing.attributes.clone(),
            metrics: doing.metrics.clone(),
            message: None,
            timestamp: at,
        }
    }
}

fn course(simulation: &Simulation<'_>, row: u32) -> Course {
    let rows = simulation.people.companions(row as usize).into_iter().map(|row| row as u32).collect();
    let mut course = Course::default();
    Walker::new(simulation).tell(rows, &mut course);
    course
}
