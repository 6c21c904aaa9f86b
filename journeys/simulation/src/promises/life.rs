//! Lives: who somebody is and what they do, taken from the project or made up.

use audience::People;
use engine::Program;
use model::time::{DAY, HOUR, MINUTE};
use model::view::Word;
use model::wire::ChannelType;
use model::{ActivityKind, Project};
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::expectations::{
    Cause, Expectation, Expectations, Expected, Given, Subject, Verb, When, doing, names, write,
};
use crate::generation::criteria::{Criteria, Member, put};
use crate::generation::{Event, Known, known};
use crate::promises::Promises;
use crate::promises::rules::{Breach, Promise};
use crate::trial::{Doing, Trial, Walked};

/// Most sample people who are tried as they are.
const MOST_SAMPLES: usize = 2_000;
/// Most paths whose people are tried.
const MOST_PATHS: usize = 500;
/// What made-up people are called.
pub(crate) const NOBODY: &str = "somebody";

/// Time zones of made-up people: far east, far west, odd minutes, and both kinds of daylight saving.
const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "America/St_Johns",
    "Australia/Sydney",
];

/// Who somebody is and what they do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Life {
    /// Endpoints of one person.
    pub endpoints: Vec<Value>,
    /// Their doings; rows are places in `endpoints`.
    pub doings: Vec<Doing>,
}

/// Lives a life.
pub(crate) fn live<'s>(subject: &'s Subject, life: &Life) -> Option<(Trial<'s>, Walked)> {
    let mut trial = Trial::new(&subject.program, subject.start);
    for endpoint in &life.endpoints {
        trial.add(endpoint).ok()?;
    }
    trial.doings.clone_from(&life.doings);
    let walked = trial.walk(&[0]);
    Some((trial, walked))
}

/// All lives that are tried, by number.
pub(crate) struct Lives<'a> {
    program: &'a Program,
    seed: u64,
    tries: usize,
    start: i64,
    known: Vec<Life>,
    criteria: Criteria,
    /// What can be done with messages: activity and event.
    reactions: Vec<(u16, Event)>,
    /// Events that start the journey; empty for a segment journey.
    calls: Vec<Event>,
}

impl<'a> Lives<'a> {
    pub fn new(project: &Project, name: &str, subject: &'a Subject, people: &People, promised: &Promises) -> Lives<'a> {
        let program = &subject.program;
        let Known { criteria, expectations, reactions, calls } = known(project, name, subject, people, MOST_PATHS);
        let start = crate::generation::start_of_entries(program, subject.start);
        let call = |event: &Event| Doing {
            person: 0,
            row: None,
            activity: None,
            event_type: event.event_type.clone(),
            attributes: event.attributes.clone(),
            metrics: event.metrics.clone(),
            when: When::At(start + HOUR),
        };
        let mut lives = Vec::new();
        for row in 0..people.len() {
            if lives.len() >= MOST_SAMPLES {
                break;
            }
            let rows = people.companions(row);
            if rows.first() == Some(&row) {
                let endpoints = rows.into_iter().map(|row| people.row(row).to_json()).collect();
                lives.push(Life { endpoints, doings: calls.iter().take(1).map(call).collect() });
            }
        }
        lives.extend(expectations.iter().filter_map(|made| Life::of(made, subject)));
        let verbs = (0..program.len() as u16).filter(|activity| names::is_message(program, *activity));
        let verbs = verbs.flat_map(|activity| {
            let kinds = Verb::ALL.into_iter().filter_map(move |verb| verb.kind(program.kind(activity)?));
            kinds.map(move |kind| (activity, Event::of(kind.name())))
        });
        let reactions = verbs.chain(reactions).collect();
        Lives {
            program,
            seed: promised.seed,
            tries: promised.tries as usize,
            start,
            known: lives,
            criteria,
            reactions,
            calls,
        }
    }

    pub fn len(&self) -> usize {
        self.known.len() + self.tries
    }

    pub fn get(&self, number: usize) -> Life {
        match self.known.get(number) {
            Some(life) => life.clone(),
            None => self.invent((number - self.known.len()) as u64),
        }
    }

    /// A life drawn from the seed.
    fn invent(&self, number: u64) -> Life {
        let mut chance = Chance::of(self.seed, number, 0, 0);
        let mut pick = |count: usize| ((chance.draw() * count as f64) as usize).min(count.saturating_sub(1));
        let mut life = match self.known.get(pick(self.known.len())) {
            Some(known) => known.clone(),
            None => Life { endpoints: Vec::new(), doings: Vec::new() },
        };
        // Another id draws other branches.
        let user = format!("{NOBODY}-{}", number + 1);
        if life.endpoints.is_empty() {
            life.endpoints.push(json!({"Id": user, "ChannelType": "EMAIL", "Address": format!("{user}@example.com")}));
        }
        for channel in [ChannelType::Email, ChannelType::Sms, ChannelType::Gcm, ChannelType::Voice] {
            let has = |endpoint: &Value| endpoint["ChannelType"].as_str() == Some(channel.as_str());
            if pick(4) == 0 && life.endpoints.len() < 4 && !life.endpoints.iter().any(has) {
                let mut more = life.endpoints[0].clone();
                more["ChannelType"] = json!(channel.as_str());
                more["Address"] = json!(match channel {
                    ChannelType::Email => format!("{user}@example.com"),
                    ChannelType::Gcm => format!("token-{user}"),
                    _ => "+12065550100".to_owned(),
                });
                life.endpoints.push(more);
            }
        }
        let zone = ZONES[pick(ZONES.len())];
        let change_zone = pick(2) == 0;
        let mut answers: Vec<(usize, usize)> = Vec::new();
        for (place, variable) in self.criteria.variables.iter().enumerate() {
            if variable.member != Member::Channel && pick(3) == 0 {
                answers.push((place, pick(variable.answers.len())));
            }
        }
        let opted_out = pick(40) == 0;
        for (place, endpoint) in life.endpoints.iter_mut().enumerate() {
            endpoint["Id"] = match place {
                0 => json!(user),
                _ => json!(format!("{user}-{}", place + 1)),
            };
            endpoint["User"]["UserId"] = json!(user);
            if change_zone {
                endpoint["Demographic"]["Timezone"] = json!(zone);
            }
            if opted_out && place == 0 {
                endpoint["OptOut"] = json!("ALL");
            }
            for (variable, answer) in &answers {
                let variable = &self.criteria.variables[*variable];
                put(endpoint, &variable.member, &variable.answers[*answer]);
            }
        }
        // Delays from a minute to ten days, short ones as likely as long ones.
        const SPANS: [i64; 10] =
            [MINUTE, 10 * MINUTE, HOUR, 3 * HOUR, 9 * HOUR, DAY, 2 * DAY, 3 * DAY, 5 * DAY, 10 * DAY];
        life.doings.retain(|doing| doing.row.is_none_or(|row| (row as usize) < life.endpoints.len()));
        if !self.calls.is_empty() {
            life.doings.retain(|doing| doing.activity.is_some());
            for _ in 0..=pick(3) {
                let at = self.start + pick(60 * 24 * 12) as i64 * 5 * MINUTE;
                let event = &self.calls[pick(self.calls.len())];
                life.doings.push(Doing {
                    person: 0,
                    row: Some(pick(life.endpoints.len()) as u32),
                    activity: None,
                    event_type: event.event_type.clone(),
                    attributes: event.attributes.clone(),
                    metrics: event.metrics.clone(),
                    when: When::At(at),
                });
            }
        }
        if !self.reactions.is_empty() {
            for _ in 0..pick(9) {
                let (activity, event) = &self.reactions[pick(self.reactions.len())];
                let span = SPANS[pick(SPANS.len())];
                life.doings.push(Doing {
                    person: 0,
                    row: None,
                    activity: Some(*activity),
                    event_type: event.event_type.clone(),
                    attributes: event.attributes.clone(),
                    metrics: event.metrics.clone(),
                    when: When::After(span + pick(60) as i64 * MINUTE),
                });
            }
        }
        debug_assert!(
            life.doings.iter().all(|doing| doing.activity.is_none_or(|a| usize::from(a) < self.program.len()))
        );
        life
    }
}

impl Life {
    /// The life of the person of a generated expectation.
    fn of(made: &Expectation, subject: &Subject) -> Option<Life> {
        let endpoints = made.people.values().next()?.clone();
        let mut trial = Trial::new(&subject.program, subject.start);
        for endpoint in &endpoints {
            trial.add(endpoint).ok()?;
        }
        let doings = made.given.iter().map(|given| doing(&trial, given, 0)).collect::<Result<_, _>>().ok()?;
        Some(Life { endpoints, doings })
    }

    /// The life as an expectation that fails as long as the promise is broken.
    pub fn expectation(&self, journey: &str, subject: &Subject, promise: &Promise, breach: &Breach) -> String {
        let program = &subject.program;
        let person = self.endpoints.first().and_then(|endpoint| endpoint["Id"].as_str()).unwrap_or(NOBODY).to_owned();
        let given = self.doings.iter().map(|doing| {
            let kind = doing.activity.and_then(|activity| program.kind(activity));
            let verb = engine::EventKind::parse(&doing.event_type)
                .zip(kind)
                .and_then(|(event, kind): (_, ActivityKind)| Verb::of(event, kind))
                .filter(|_| doing.attributes.is_empty() && doing.metrics.is_empty());
            let of = doing.activity.map(|activity| program.activity_id(activity).to_owned());
            let cause = match (verb, of) {
                (Some(verb), Some(of)) => Cause::Does { verb, of },
                (_, of) => Cause::Event {
                    event_type: doing.event_type.clone(),
                    of,
                    attributes: doing.attributes.clone(),
                    metrics: doing.metrics.clone(),
                },
            };
            let endpoint = doing.row.filter(|row| *row > 0).and_then(|row| self.endpoints.get(row as usize));
            let endpoint = endpoint.and_then(|endpoint| endpoint["Id"].as_str()).map(str::to_owned);
            Given { line: 0, person: person.clone(), endpoint, cause, when: doing.when }
        });
        let expectation = Expectation {
            name: promise.words(),
            journey: journey.to_owned(),
            start: Some(subject.start),
            given: given.collect(),
            expect: vec![Expected {
                line: 0,
                person: person.clone(),
                wanted: breach.wanted.clone(),
                window: breach.window,
            }],
            people: [(person.clone(), self.endpoints.clone())].into(),
            ..Expectation::default()
        };
        write(&Expectations { expectations: vec![expectation], ..Expectations::default() })
    }
}
