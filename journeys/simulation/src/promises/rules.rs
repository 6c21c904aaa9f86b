//! Each promise, and how a life breaks it.

use std::collections::BTreeMap;

use engine::{EventKind, Reason, What, instant_words};
use model::Millis;
use model::time::duration_words;

use crate::expectations::{Frequency, Moment, Wanted, Window, crowded, names};
use crate::promises::{OptOut, Promises};
use crate::trial::{Course, Trial, Walked};

/// One promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promise {
    OptOut(OptOut),
    AtMost(u32, Millis),
    NobodyStranded,
    LeavesWithin(Millis),
    NoMessageTwice,
}

/// How a life breaks a promise.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Breach {
    /// In a sentence without full stop.
    pub message: String,
    /// What should have been instead, as something expected of the person.
    pub wanted: Wanted,
    pub window: Window,
}

impl Promise {
    pub fn of(promises: &Promises) -> Vec<Promise> {
        let mut all = Vec::new();
        all.extend(promises.opt_out.map(Promise::OptOut));
        all.extend(promises.at_most.iter().map(|(count, span)| Promise::AtMost(*count, *span)));
        all.extend(promises.nobody_stranded.then_some(Promise::NobodyStranded));
        all.extend(promises.leaves_within.map(Promise::LeavesWithin));
        all.extend(promises.no_message_twice.then_some(Promise::NoMessageTwice));
        all
    }

    pub fn words(self) -> String {
        match self {
            Promise::OptOut(OptOut::Endpoint) => "nobody is messaged after opting out".to_owned(),
            Promise::OptOut(OptOut::Person) => "nobody is messaged on any endpoint after opting out".to_owned(),
            Promise::AtMost(count, span) => {
                let messages = if count == 1 { "message" } else { "messages" };
                format!("nobody gets more than {count} {messages} in {}", duration_words(span))
            }
            Promise::NobodyStranded => "nobody is stranded".to_owned(),
            Promise::LeavesWithin(span) => format!("everyone leaves within {}", duration_words(span)),
            Promise::NoMessageTwice => "nobody gets the same message twice".to_owned(),
        }
    }

    /// How the first person of a trial breaks it, if they do.
    pub fn broken(self, trial: &Trial<'_>, walked: &Walked) -> Option<Breach> {
        let course = walked.courses.first()?;
        match self {
            Promise::OptOut(scope) => opted_out(scope, trial, walked, course),
            Promise::AtMost(limit, span) => {
                let times: Vec<Millis> = course.sends().map(|(at, ..)| at).collect();
                let first = crowded(&times, limit as usize, Some(span))?;
                let inside = &times[first..=first + limit as usize];
                let each: Vec<String> = course
                    .sends()
                    .skip(first)
                    .take(inside.len())
                    .map(|(at, activity, _)| {
                        format!("`{}` at {}", trial.program.activity_id(activity), instant_words(at))
                    })
                    .collect();
                Some(Breach {
                    message: format!("{} messages in {}: {}", inside.len(), duration_words(span), each.join(", ")),
                    wanted: Wanted::Gets {
                        message: "anything".to_owned(),
                        frequency: Frequency::AtMost(limit, Some(span)),
                    },
                    window: Window::default(),
                })
            }
            Promise::NobodyStranded => stranded(trial, course),
            Promise::LeavesWithin(span) => too_long(span, trial, course),
            Promise::NoMessageTwice => twice(trial, course),
        }
    }
}

fn opted_out(scope: OptOut, trial: &Trial<'_>, walked: &Walked, course: &Course) -> Option<Breach> {
    let program = trial.program;
    let people = &trial.people;
    // Who was opted out from the beginning has done so before.
    let before = (0..people.len() as u32)
        .filter(|row| scope == OptOut::Endpoint && people.row(*row as usize).opted_out())
        .map(|row| (Millis::MIN, row));
    let since = walked.events.iter().filter_map(|event| {
        let opts_out =
            matches!(EventKind::parse(&event.event_type), Some(EventKind::EmailUnsubscribe | EventKind::SmsOptOut));
        let row = people.find(&event.endpoint)? as u32;
        let activity = program.activity_index(event.activity.as_deref()?)?;
        let sent = course.sends().any(|(at, sent, _)| sent == activity && at <= event.at);
        (opts_out && sent).then_some((event.at, row))
    });
    let (opted, row, sent, activity, to) = before.chain(since).find_map(|(opted, row)| {
        let later = |(at, _, to): &(Millis, u16, u32)| *at > opted && (scope == OptOut::Person || *to == row);
        course.sends().find(later).map(|(at, activity, to)| (opted, row, at, activity, to))
    })?;
    let id = |row: u32| people.row(row as usize).id();
    let when = match opted {
        Millis::MIN => "is opted out from the beginning".to_owned(),
        at => format!("opted out at {}", instant_words(at)),
    };
    let from = Some(Moment::At(opted.saturating_add(1_000))).filter(|_| opted != Millis::MIN);
    Some(Breach {
        message: format!(
            "`{}` {when}, and `{}` was sent to `{}` at {}",
            id(row),
            program.activity_id(activity),
            id(to),
            instant_words(sent)
        ),
        wanted: Wanted::Gets { message: program.activity_id(activity).to_owned(), frequency: Frequency::Times(0) },
        window: Window { from, to: None },
    })
}

fn stranded(trial: &Trial<'_>, course: &Course) -> Option<Breach> {
    let program = trial.program;
    let breach = |message: String, wanted: Wanted| Some(Breach { message, wanted, window: Window::default() });
    let mut place = program.start();
    let mut first = true;
    for (at, effect) in course.effects() {
        let activity = match effect.what {
            What::Left { activity } => activity,
            What::Arrived { activity } => {
                place = activity;
                continue;
            }
            _ => continue,
        };
        first = false;
        let id = program.activity_id(activity).to_owned();
        // A dead end lets people out too: what must not be is the way there.
        let wanted = match effect.reason {
            Reason::Missing { way } => program.ways().get(usize::from(way)).map(|way| Wanted::Takes {
                branch: names::branch_name(program, way),
                of: id.clone(),
                yes: false,
            }),
            Reason::NoKind | Reason::TooManySteps | Reason::NoBranch { .. } => {
                Some(Wanted::Reaches { activity: id.clone(), yes: false })
            }
            _ => None,
        };
        if let Some(wanted) = wanted {
            let sentence = effect.sentence(program, &trial.people, at);
            return breach(format!("{sentence}, at `{id}` at {}", instant_words(at)), wanted);
        }
    }
    // Who comes in again late in the run may well be inside at its end: only the first time says something.
    if first && course.is_inside() {
        let message = format!("still at `{}` when the run is cut off", program.activity_id(place));
        return breach(message, Wanted::Leaves { activity: None, yes: true });
    }
    None
}

fn too_long(span: Millis, trial: &Trial<'_>, course: &Course) -> Option<Breach> {
    let mut entered = None;
    for (at, effect) in course.effects() {
        let until = match effect.what {
            What::Entered { .. } => {
                entered = Some(at);
                continue;
            }
            What::Left { .. } => at,
            What::WaitUntil { at, .. } => at,
            _ => continue,
        };
        let Some(entered) = entered else { continue };
        if until.saturating_sub(entered) > span {
            let activity = match effect.what {
                What::Left { activity } | What::WaitUntil { activity, .. } => activity,
                _ => continue,
            };
            return Some(Breach {
                message: format!(
                    "entered at {} and was still at `{}` {} later",
                    instant_words(entered),
                    trial.program.activity_id(activity),
                    duration_words(until - entered)
                ),
                wanted: Wanted::Leaves { activity: None, yes: true },
                window: Window { from: None, to: Some(Moment::AfterEntry(span)) },
            });
        }
    }
    None
}

fn twice(trial: &Trial<'_>, course: &Course) -> Option<Breach> {
    let program = trial.program;
    let mut seen: BTreeMap<(u32, &str), (Millis, u16)> = BTreeMap::new();
    for (at, activity, row) in course.sends() {
        let message = program.template(activity).0.unwrap_or(program.activity_id(activity));
        let Some((first, before)) = seen.insert((row, message), (at, activity)) else { continue };
        let wanted = match before == activity {
            true => program.activity_id(activity),
            false => message,
        };
        return Some(Breach {
            message: format!(
                "`{message}` was sent to `{}` at {} and again at {}",
                trial.people.row(row as usize).id(),
                instant_words(first),
                instant_words(at)
            ),
            wanted: Wanted::Gets { message: wanted.to_owned(), frequency: Frequency::AtMost(1, None) },
            window: Window::default(),
        });
    }
    None
}
