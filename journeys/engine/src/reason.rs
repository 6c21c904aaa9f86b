//! Why things happen, in sentences with the values seen.

use audience::People;
use model::time::duration_words;
use model::{ActivityKind, Millis};

use crate::effect::{Effect, Refusal, SendStatus, What};
use crate::event::EventKinds;
use crate::program::{Condition, Program, Target};
use crate::sending::Shut;

/// Why an effect came about. Small and copied; [`Effect::sentence`] puts it into words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reason {
    /// What the effect is says it all.
    Plain,
    /// Already inside, at this activity.
    Inside {
        /// Where.
        activity: u16,
    },
    /// All entries are used up.
    ReentryCap {
        /// `EndpointReentryCap`.
        cap: u32,
    },
    /// The next entry is allowed only later.
    ReentryInterval {
        /// When.
        allowed: Millis,
    },
    /// Not a member of the segment; the first endpoint stands for all.
    NotMember {
        /// The endpoint.
        row: u32,
    },
    /// The journey admits from or until this instant.
    Schedule {
        /// Start or end.
        at: Millis,
    },
    /// A cap on messages was reached.
    Cap {
        /// Which.
        cap: CapKind,
        /// How many messages it allows.
        limit: u32,
    },
    /// Quiet time, open hours or closed days at this local time of day, in minutes.
    Shut {
        /// Which.
        why: Shut,
        /// Local minute after midnight.
        local: u16,
        /// Next moment that is open, if any.
        until: Option<Millis>,
    },
    /// The message waits for its turn: the journey sends so many messages a second.
    Queued {
        /// `MessagesPerSecond`
        rate: u32,
    },
    /// The message can not be made for this endpoint.
    NotRendered {
        /// The endpoint.
        row: u32,
    },
    /// The channel did not take the message.
    Channel,
    /// The journey goes on after a pause; frozen waits end later by this much.
    Resumed {
        /// By how much.
        pause: Millis,
    },
    /// The journey was cancelled.
    Cancelled,
    /// The participant's endpoints are gone.
    Dropped,
    /// A wait of this length.
    WaitFor {
        /// How long.
        span: Millis,
    },
    /// A wait until a given instant.
    WaitUntil {
        /// The instant.
        at: Millis,
    },
    /// A wait whose instant has passed.
    Past {
        /// The instant.
        at: Millis,
    },
    /// A wait that says no readable time.
    Unreadable,
    /// A split that is evaluated later: by its own wait, or by the implicit one after a message.
    Evaluation {
        /// The message whose outcome is waited for; `None` = the split's own wait.
        message: Option<u16>,
    },
    /// The timer came too early.
    TooEarly,
    /// A condition decided.
    Condition {
        /// The condition, its index in the program.
        condition: u16,
        /// Whether it holds.
        holds: bool,
        /// What was seen.
        evidence: Evidence,
        /// Time since arrival at the split.
        waited: Millis,
    },
    /// A split without any condition.
    NoCondition,
    /// None of several conditions decided alone: all hold, or none does.
    Exhausted {
        /// How many there are.
        count: u16,
        /// Whether they hold.
        hold: bool,
    },
    /// A number was drawn, 0 to 99; the branch takes those from `from` up to but not `to`.
    Draw {
        /// The number.
        number: u8,
        /// The first that the branch takes.
        from: u8,
        /// The first that it does not take any more.
        to: u8,
    },
    /// A holdout of `percent` drew a number, 0 to 99.
    Holdout {
        /// The number; held out when below `percent`.
        number: u8,
        /// `Percentage`.
        percent: u8,
    },
    /// A random split or branch that takes nobody.
    NoBranch {
        /// The number drawn.
        number: u8,
    },
    /// The way leads nowhere.
    PathEnds,
    /// The way leads to an activity that does not exist.
    Missing {
        /// The way.
        way: u16,
    },
    /// An activity without type.
    NoKind,
    /// More activities than a traversal may visit: the journey goes in circles.
    TooManySteps,
    /// Before dialling, this split (or, `None`, the entry condition) came out differently (journeys.md 3.2).
    Reevaluated {
        /// The split.
        split: Option<u16>,
    },
}

/// Which cap was reached (journeys.md 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapKind {
    /// `TotalCap`
    Total,
    /// `DailyCap`
    Daily,
    /// `TimeframeCap`
    Timeframe {
        /// `Days`
        days: u32,
    },
    /// `Limits.Daily` of the project: of all its journeys and campaigns.
    ProjectDaily,
}

/// What a condition saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The event came then.
    Came {
        /// When.
        at: Millis,
    },
    /// The event has not come.
    None {
        /// When the message was handed over; `None` = it was not.
        sent: Option<Millis>,
        /// What is known to have come of the message.
        events: EventKinds,
    },
    /// An endpoint is or is not in the audience; when none is, the first stands for all.
    Endpoint {
        /// The endpoint.
        row: u32,
    },
    /// The condition can not be evaluated.
    Broken,
}

/// An instant as stories print it: `2026-12-02 10:00 UTC`, with seconds where there are any.
pub fn instant_words(at: Millis) -> String {
    let Ok(instant) = jiff::Timestamp::from_millisecond(at) else { return format!("{at} ms") };
    let civil = jiff::tz::TimeZone::UTC.to_datetime(instant);
    let clock = if civil.second() == 0 { "%Y-%m-%d %H:%M UTC" } else { "%Y-%m-%d %H:%M:%S UTC" };
    civil.strftime(clock).to_string()
}

impl Effect {
    /// The effect and its reason as a sentence without full stop: "went No: `hello` was delivered, but no `_email.open`
    /// came before 2026-12-02 10:00 UTC (waited 2 days)".
    pub fn sentence(&self, program: &Program, people: &People, now: Millis) -> String {
        let id = |activity: u16| program.activity_id(activity);
        let endpoint = |row: u32| endpoint(people, row);
        let why = self.why(program, people, now);
        let because = |head: String| if why.is_empty() { head } else { format!("{head}: {why}") };
        match self.what {
            What::Refused { row: Some(row), refusal } => because(format!(
                "{} was not let in, {}",
                endpoint(row),
                match refusal {
                    Refusal::OptOut => "it has opted out",
                    Refusal::Inactive => "it is inactive",
                    Refusal::MissingAddress => "it has no address",
                    Refusal::MissingChannel => "it has no channel",
                    Refusal::MissingTimezone => "its time zone is not known",
                    _ => refusal.name(),
                }
            )),
            What::Refused { row: None, refusal } => because(
                match refusal {
                    Refusal::Active => "did not enter again",
                    Refusal::Reentry => "did not enter again",
                    Refusal::Ended => "did not enter, the journey has ended",
                    Refusal::NotStarted => "did not enter, the journey has not started",
                    Refusal::TimezoneMismatch => "did not enter, the journey has not started in this time zone",
                    _ => "did not enter",
                }
                .to_owned(),
            ),
            What::Entered { entry: 1 } => "entered the journey".to_owned(),
            What::Entered { entry } => format!("entered the journey for the {entry}. time"),
            What::Arrived { activity } => match program.kind(activity) {
                Some(kind) => format!("came to `{}` ({})", id(activity), lower(kind)),
                None => format!("came to `{}`", id(activity)),
            },
            What::Send { activity, row } => {
                let to = endpoint(row);
                match (program.kind(activity), program.template(activity).0) {
                    (Some(ActivityKind::ContactCenter), _) => format!("`{}` dials {to}", id(activity)),
                    (Some(ActivityKind::Custom), None) => format!("`{}` calls its function for {to}", id(activity)),
                    (_, Some(template)) => format!("`{}` was sent to {to} with template `{template}`", id(activity)),
                    (_, None) => format!("`{}` was sent to {to}", id(activity)),
                }
            }
            What::NotSent { activity, row, status } => {
                let to = row.map(|row| format!(" to {}", endpoint(row))).unwrap_or_default();
                let name = id(activity);
                because(match status {
                    SendStatus::UnsupportedChannel => {
                        format!("`{name}` was not sent: no endpoint of a channel that it is for (UNSUPPORTED_CHANNEL)")
                    }
                    SendStatus::Skipped => format!("`{name}` was not sent{to}: it can not be reached"),
                    SendStatus::Held => format!("`{name}`{to} is held"),
                    SendStatus::QuietTimeWaitFinished => format!("`{name}`{to} is released, quiet time is over"),
                    SendStatus::QuietTimeMissingTimezone => {
                        format!("`{name}` was not sent{to}: its time zone is not known (QUIET_TIME_MISSING_TIMEZONE)")
                    }
                    _ => format!("`{name}` was not sent{to} ({})", status.name()),
                })
            }
            What::WaitUntil { at, .. } => {
                let until = format!("waits until {}", instant_words(at));
                match self.reason {
                    Reason::Evaluation { message: None } => format!("{until}, then evaluates the conditions"),
                    Reason::Evaluation { message: Some(message) } => {
                        format!("{until} for what comes of `{}`, then evaluates the conditions", id(message))
                    }
                    Reason::Shut { .. } => format!("{until} for the message to be released"),
                    Reason::Queued { rate } => {
                        format!("{until} for its turn: the journey sends {rate} messages a second")
                    }
                    _ => because(until),
                }
            }
            What::Judged { number, holds, .. } => {
                because(format!("condition {} {}", number + 1, if holds { "holds" } else { "does not hold" }))
            }
            What::Took { way, .. } => {
                let Some(way) = program.ways().get(usize::from(way)) else { return because("went on".to_owned()) };
                because(if way.label.is_empty() { "went on".to_owned() } else { format!("went {}", way.label) })
            }
            What::Left { .. } => because("left the journey".to_owned()),
        }
    }

    /// The reason alone; empty where the effect says it all.
    pub(crate) fn why(&self, program: &Program, people: &People, now: Millis) -> String {
        match self.reason {
            Reason::Plain | Reason::Evaluation { .. } => String::new(),
            Reason::Inside { activity } => format!("is still inside, at `{}`", program.activity_id(activity)),
            Reason::ReentryCap { cap } => {
                format!("all {} used up", if cap == 1 { "1 entry is".into() } else { format!("{cap} entries are") })
            }
            Reason::ReentryInterval { allowed } => format!("the next entry is allowed at {}", instant_words(allowed)),
            Reason::NotMember { row } => match program.entry_audience() {
                Some(audience) if (row as usize) < people.len() => audience.explain(people, row as usize, now),
                _ => "not in the segment".to_owned(),
            },
            Reason::Schedule { at } => instant_words(at),
            Reason::Cap { cap, limit } => match cap {
                CapKind::Total => format!("`TotalCap` of {limit} is reached"),
                CapKind::Daily => format!("`DailyCap` of {limit} in 24 hours is reached"),
                CapKind::Timeframe { days } => format!("`TimeframeCap` of {limit} in {days} days is reached"),
                CapKind::ProjectDaily => format!("the project's limit of {limit} in 24 hours is reached"),
            },
            Reason::Shut { why, local, until } => {
                let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
                let mut text = match why {
                    Shut::Quiet { start, end } => {
                        format!("it is {} there, in quiet time from {} to {}", clock(local), clock(start), clock(end))
                    }
                    Shut::Hours => format!("it is {} there, outside the open hours", clock(local)),
                    Shut::Day => format!("it is {} there, on a closed day", clock(local)),
                };
                if let Some(until) = until {
                    text += &format!(", next open at {}", instant_words(until));
                }
                text
            }
            Reason::Queued { rate } => format!("its turn at {rate} messages a second"),
            Reason::NotRendered { row } => not_rendered(self.what, program, people, row, now),
            Reason::Channel => "the channel did not take it".to_owned(),
            Reason::Resumed { pause: 0 } => "the journey goes on after a pause".to_owned(),
            Reason::Resumed { pause } => {
                format!("the journey goes on after a pause, the wait ends {} later", duration_words(pause))
            }
            Reason::Cancelled => "the journey was cancelled".to_owned(),
            Reason::Dropped => "its endpoints are gone".to_owned(),
            Reason::WaitFor { span } => match self.what {
                What::Took { .. } => format!("waited {}", duration_words(span)),
                _ => duration_words(span),
            },
            Reason::WaitUntil { at } => match self.what {
                What::Took { .. } => format!("waited until {}", instant_words(at)),
                _ => "as the activity says".to_owned(),
            },
            Reason::Past { at } => format!("{} has passed, the wait is skipped", instant_words(at)),
            Reason::Unreadable => "the wait says no readable time and is skipped".to_owned(),
            Reason::TooEarly => "it is not time yet".to_owned(),
            Reason::Condition { condition, holds, evidence, waited } => {
                judged(program, people, now, condition, holds, evidence, waited)
            }
            Reason::NoCondition => "the split has no condition".to_owned(),
            Reason::Exhausted { count, hold: true } => format!("all {count} conditions hold"),
            Reason::Exhausted { count, hold: false } => format!("none of the {count} conditions holds"),
            Reason::Draw { number, from, to } => {
                format!("drew {number}, the branch takes {from} to {}", to.saturating_sub(1))
            }
            Reason::Holdout { number, percent } if number < percent => {
                format!("held out, drew {number}, below {percent}")
            }
            Reason::Holdout { number, percent } => format!("not held out, drew {number}, not below {percent}"),
            Reason::NoBranch { number } => format!("drew {number}, and no branch takes that"),
            Reason::PathEnds => "the path ends here".to_owned(),
            Reason::Missing { way } => match program.ways().get(usize::from(way)).map(|way| &way.target) {
                Some(Target::Missing(name)) => format!("the next activity `{name}` does not exist"),
                _ => "the next activity does not exist".to_owned(),
            },
            Reason::NoKind => "the activity has no type, nothing can be done".to_owned(),
            Reason::TooManySteps => "the journey goes in circles".to_owned(),
            Reason::Reevaluated { split: None } => {
                "removed due to re-evaluation, the entry condition does not hold any more".to_owned()
            }
            Reason::Reevaluated { split: Some(split) } => {
                format!("removed due to re-evaluation, `{}` comes out differently now", program.activity_id(split))
            }
        }
    }
}

/// Why a message can not be made, worked out again: a reason is small and keeps no text.
fn not_rendered(what: What, program: &Program, people: &People, row: u32, now: Millis) -> String {
    let What::NotSent { activity, .. } = what else { return String::new() };
    let content = program.node(activity).and_then(|node| node.content.as_ref());
    match content {
        Some(content) if (row as usize) < people.len() => {
            content.failure(people.row(row as usize), now).unwrap_or_default()
        }
        _ => String::new(),
    }
}

fn judged(
    program: &Program,
    people: &People,
    now: Millis,
    condition: u16,
    holds: bool,
    evidence: Evidence,
    waited: Millis,
) -> String {
    let patience = if waited > 0 { format!(" (waited {})", duration_words(waited)) } else { String::new() };
    match (program.condition(condition), evidence) {
        (Some(Condition::Event { name, words, .. }), Evidence::Came { at }) => {
            format!("{words} of `{name}` came at {}", instant_words(at))
        }
        (Some(Condition::Event { name, words, .. }), Evidence::None { sent: Some(_), events }) => {
            let known = events.furthest().map_or("sent", |kind| kind.participle());
            format!("`{name}` was {known}, but no {words} came before {}{patience}", instant_words(now))
        }
        (Some(Condition::Event { message: None, name, .. }), _) => {
            format!("there is no message activity `{name}`, so none of its events can come")
        }
        (Some(Condition::Event { name, words, .. }), _) => {
            format!("`{name}` was not sent on this way, so no {words} can come")
        }
        (Some(Condition::Audience { audience, segment }), Evidence::Endpoint { row }) => {
            let of = match segment {
                Some(segment) => format!("segment `{segment}`, "),
                None => String::new(),
            };
            if (row as usize) < people.len() {
                format!("{of}{} is {}", endpoint(people, row), audience.explain(people, row as usize, now))
            } else {
                format!("{of}{}", if holds { "in" } else { "not in" })
            }
        }
        (Some(Condition::Audience { .. }), _) => "the participant has no endpoint".to_owned(),
        (Some(Condition::Broken(why)), _) => format!("the condition can not be evaluated and counts as no: {why}"),
        (None, _) => String::new(),
    }
}

/// An endpoint for people to read: channel and id, never the address.
fn endpoint(people: &People, row: u32) -> String {
    if row as usize >= people.len() {
        return "an endpoint".to_owned();
    }
    format!("`{}`", people.row(row as usize).id())
}

fn lower(kind: ActivityKind) -> String {
    match kind {
        ActivityKind::Sms => "SMS".to_owned(),
        other => {
            let title = other.title();
            let mut letters = title.chars();
            letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
        }
    }
}
