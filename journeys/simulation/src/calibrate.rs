//! Learning how people respond from what they did: rates and delays out of the event stream.
//!
//! A rate is the share of messages of which something came, with its Wilson interval; a delay is a table of quantiles.
//! What could not have been learned from too few messages is left as it is without calibration, and said.

mod linking;
mod sample;

use std::collections::BTreeMap;

use model::Millis;
use model::time::DAY;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::events::Event;
use crate::response::{Delay, ResponseModel};
use linking::{Channel, Linked, link};
use sample::Sample;

/// What to learn.
#[derive(Clone, Copy)]
pub struct Calibration<'a> {
    /// Messages that an activity, a segment or an activity within a segment needs to be learned apart; 200.
    pub least: u64,
    /// Messages that were sent less than this before the last event are left out, because people still respond to them; 3
    /// days, after which a text message without an answer counts as unknown (events-and-analytics.md 1.5).
    pub settle: Millis,
    /// Segments to learn apart. The first that an endpoint is in counts.
    pub segments: &'a [Group<'a>],
}

/// A segment to learn apart.
#[derive(Clone, Copy)]
pub struct Group<'a> {
    /// Its name in the project.
    pub segment: &'a str,
    /// Whether the endpoint of an id is in.
    pub contains: &'a dyn Fn(&str) -> bool,
}

impl Default for Calibration<'_> {
    fn default() -> Self {
        Calibration { least: 200, settle: 3 * DAY, segments: &[] }
    }
}

/// What was learned, and from how much.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CalibrationReport {
    /// Events that were given.
    pub events: u64,
    /// Those that are about no message.
    pub others: u64,
    /// Messages that were learned from.
    pub messages: u64,
    /// Messages left out because they were sent too shortly before the last event.
    pub unsettled: u64,
    /// E-mails left out because their address had bounced or complained before (events-and-analytics.md 2, "Suppression").
    pub suppressed: u64,
    /// What was learned: for everybody by channel, by activity, then by segment.
    pub learned: Vec<Learned>,
    /// What to know before trusting it, in sentences without full stop.
    pub notes: Vec<String>,
}

/// What was learned of one channel: of all its messages, or of those of an activity or to a segment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// The segment; `None` = everybody outside those that were learned apart.
    pub segment: Option<String>,
    /// The activity; `None` = all.
    pub activity: Option<String>,
    /// The channel as the response model names it: `email`, `sms`, `push`, `custom`, `contact_center`.
    pub channel: String,
    /// Messages sent.
    pub sent: u64,
    /// Rates.
    pub rates: Vec<LearnedRate>,
    /// Delays.
    pub delays: Vec<LearnedDelay>,
    /// Opens, clicks or receipts of which no event tells and another event shows: who clicked has opened.
    pub inferred: u64,
}

/// A rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LearnedRate {
    /// The member of the response model.
    pub member: String,
    /// How often it happened.
    pub happened: u64,
    /// Of how many.
    pub of: u64,
    /// What these are: `sent`, `delivered`, `opened`, …
    pub base: String,
    /// The share; `None` = too few to learn from.
    pub rate: Option<f64>,
    /// Lower end of the 95 % Wilson interval.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// A delay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LearnedDelay {
    /// The member of the response model.
    pub member: String,
    /// How many were measured.
    pub count: u64,
    /// Half were shorter, in seconds.
    pub median: f64,
    /// The distribution; `None` = too few to learn from.
    pub delay: Option<Delay>,
}

/// Learns a response model from events of the stream, in any order; [`events::parse`](crate::events::parse) reads them.
///
/// Activities go by their id alone: the same id in two journeys is one activity here, as it is in the response model.
pub fn calibrate(events: &[Event], calibration: &Calibration<'_>) -> (ResponseModel, CalibrationReport) {
    let (messages, others) = link(events);
    let mut report = CalibrationReport { events: events.len() as u64, others, ..CalibrationReport::default() };
    let last = events.iter().map(|event| event.at).max().unwrap_or_default();
    let mut settled_by = last.saturating_sub(calibration.settle);
    let settled = |message: &Linked<'_>, by: Millis| message.sent.is_none_or(|sent| sent <= by);
    if !messages.is_empty() && !messages.iter().any(|message| settled(message, settled_by)) {
        settled_by = Millis::MAX;
        report.notes.push(
            "all messages were sent shortly before the last event: none is left out, and late responses are missing"
                .to_owned(),
        );
    }
    let lost = lost_addresses(&messages);
    let mut samples: BTreeMap<Scope<'_>, Sample> = BTreeMap::new();
    for message in &messages {
        if !settled(message, settled_by) {
            report.unsettled += 1;
            continue;
        }
        let lost_before = |sent: Millis| lost.get(message.endpoint).is_some_and(|lost| *lost < sent);
        if message.channel == Channel::Email && message.sent.is_some_and(lost_before) {
            report.suppressed += 1;
            continue;
        }
        report.messages += 1;
        let segment = calibration.segments.iter().position(|group| (group.contains)(message.endpoint));
        let scope = Scope { segment, activity: None, channel: message.channel };
        samples.entry(scope).or_default().add(message);
        if message.activity.is_some() {
            samples.entry(Scope { activity: message.activity, ..scope }).or_default().add(message);
        }
    }
    fold_small(&mut samples, calibration.least);
    for (scope, sample) in &samples {
        if scope.activity.is_some() && sample.sent() < calibration.least {
            continue;
        }
        report.learned.push(Learned {
            segment: scope.segment.and_then(|at| calibration.segments.get(at)).map(|group| group.segment.to_owned()),
            activity: scope.activity.map(str::to_owned),
            channel: scope.channel.name().to_owned(),
            sent: sample.sent(),
            rates: sample.rates(scope.channel),
            delays: sample.delays(scope.channel),
            inferred: sample.inferred(),
        });
    }
    if report.messages == 0 {
        report.notes.push("no event is about a message: nothing was learned".to_owned());
    }
    let model = match ResponseModel::read(&report.file()) {
        Ok(model) => model,
        Err(faults) => {
            // Shares of counts are rates; should one be none after all, that is said and nothing learned.
            report.notes.extend(faults.iter().map(|fault| format!("left out: {fault}")));
            report.learned.clear();
            ResponseModel::default()
        }
    };
    (model, report)
}

/// Whose messages a sample is of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Scope<'e> {
    segment: Option<usize>,
    activity: Option<&'e str>,
    channel: Channel,
}

/// By endpoint: when its e-mail address was lost to a hard bounce or a complaint.
fn lost_addresses<'e>(messages: &[Linked<'e>]) -> BTreeMap<&'e str, Millis> {
    use engine::EventKind::{EmailComplaint, EmailHardBounce};
    let mut lost: BTreeMap<&str, Millis> = BTreeMap::new();
    for message in messages {
        let at = [EmailHardBounce, EmailComplaint].into_iter().filter_map(|kind| message.first(kind)).min();
        if let Some(at) = at {
            lost.entry(message.endpoint).and_modify(|first| *first = at.min(*first)).or_insert(at);
        }
    }
    lost
}

/// Adds what is too little of a segment to be learned apart to everybody's.
fn fold_small(samples: &mut BTreeMap<Scope<'_>, Sample>, least: u64) {
    let small = |(scope, sample): (&Scope<'_>, &Sample)| scope.segment.is_some() && sample.sent() < least;
    let scopes: Vec<Scope<'_>> =
        samples.iter().filter(|entry| small((entry.0, entry.1))).map(|entry| *entry.0).collect();
    for scope in scopes {
        if let Some(sample) = samples.remove(&scope) {
            samples.entry(Scope { segment: None, ..scope }).or_default().merge(sample);
        }
    }
}

impl CalibrationReport {
    /// What was learned as a response model file says it, for [`ResponseModel::read`]: nothing but what was learned.
    pub fn file(&self) -> Value {
        let mut file = Map::new();
        let mut segments: Vec<(&str, Map<String, Value>)> = Vec::new();
        for learned in &self.learned {
            let mut members = Map::new();
            for rate in &learned.rates {
                if let Some(value) = rate.rate {
                    members.insert(rate.member.clone(), Value::from(value));
                }
            }
            for delay in &learned.delays {
                if let Some(value) = delay.delay.as_ref().and_then(|delay| serde_json::to_value(delay).ok()) {
                    members.insert(delay.member.clone(), value);
                }
            }
            if members.is_empty() {
                continue;
            }
            let layer = match &learned.segment {
                None => &mut file,
                Some(name) => {
                    let place = segments.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
                        segments.push((name, Map::from_iter([("segment".to_owned(), Value::from(name.as_str()))])));
                        segments.len() - 1
                    });
                    &mut segments[place].1
                }
            };
            let channels = match &learned.activity {
                None => below(layer, "channels"),
                Some(activity) => below(below(layer, "activities"), activity),
            };
            channels.insert(learned.channel.clone(), Value::Object(members));
        }
        if !segments.is_empty() {
            let list = segments.into_iter().map(|(_, layer)| Value::Object(layer)).collect();
            file.insert("segments".to_owned(), Value::Array(list));
        }
        Value::Object(file)
    }
}

/// The object of a member, made when it is not there.
fn below<'m>(object: &'m mut Map<String, Value>, name: &str) -> &'m mut Map<String, Value> {
    let value = object.entry(name.to_owned()).or_insert_with(|| Value::Object(Map::new()));
    value.as_object_mut().expect("this file makes objects only")
}
