//! Effects of campaigns in sentences with the values seen.

use audience::People;
use model::Millis;
use model::view::Word;

use crate::campaign::effect::{Effect, Filter, Reason, SendStatus, What};
use crate::campaign::program::{Program, Scope};
use crate::reason::instant_words;

impl Effect {
    /// The effect and its reason as a sentence without full stop: "the message to `e1` was not sent (QUIET_TIME): it is
    /// 22:10 there, in quiet time from 20:00 to 08:00".
    pub fn sentence(&self, program: &Program, people: &People, now: Millis) -> String {
        let endpoint = |row: u32| match people.len() > row as usize {
            true => format!("`{}`", people.row(row as usize).id()),
            false => "an endpoint".to_owned(),
        };
        let number = self.activity.treatment;
        let of = match (program.len() > 1, program.treatment_name(number)) {
            (false, _) => String::new(),
            (true, Some(name)) => format!(" of treatment `{name}`"),
            (true, None) => format!(" of treatment {number}"),
        };
        let why = self.why(program, people, now);
        let because = |head: String| if why.is_empty() { head } else { format!("{head}: {why}") };
        match &self.what {
            What::Status(status) => because(format!("the campaign{of} is now {}", status.as_str())),
            What::Refused => because("the campaign stays as it is".to_owned()),
            What::RunStarted { scheduled, .. } => {
                format!("run {}{of} starts, scheduled for {}", self.activity.run + 1, instant_words(*scheduled))
            }
            What::Zones { zones, waiting } => {
                format!("run {}{of} is spread over {zones} time zones with {waiting} endpoints", self.activity.run + 1)
            }
            What::SliceDone { zones } => format!("{zones} time zones of run {}{of} are done", self.activity.run + 1),
            What::RunEnded { whole: true } => because(format!("run {}{of} ends", self.activity.run + 1)),
            What::RunEnded { whole: false } => because(format!("run {}{of} is cut short", self.activity.run + 1)),
            What::Expanded { row } => format!("{} comes in because the segment lists its user", endpoint(*row)),
            What::Filtered { row, filter } => because(format!("{} was left out, {}", endpoint(*row), words(*filter))),
            What::CallHook { attempt, rows, .. } => {
                let again = if *attempt > 1 { format!(" for the {attempt}. time") } else { String::new() };
                format!("the hook is called{again} with {} endpoints", rows.len())
            }
            What::Send { row, channel, .. } => {
                let template = program.message(number, *channel).and_then(|message| message.template.as_ref());
                let with = template.map(|template| format!(" with template `{}`", template.name)).unwrap_or_default();
                format!("the message{of} was sent to {}{with}", endpoint(*row))
            }
            What::NotSent { row, status: SendStatus::Holdout } => because(format!("{} is held out", endpoint(*row))),
            What::NotSent { row, status } => {
                because(format!("the message{of} to {} was not sent ({})", endpoint(*row), status.name()))
            }
            What::Failed { row, status } => {
                format!("the message{of} to {} came to nothing, says its channel ({})", endpoint(*row), status.name())
            }
            What::WaitUntil { at } => format!("the campaign waits until {}", instant_words(*at)),
        }
    }

    fn why(&self, program: &Program, people: &People, now: Millis) -> String {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        match &self.reason {
            Reason::Plain => match self.what {
                What::Filtered { row, filter: Filter::Segment } if people.len() > row as usize => {
                    program.audience.explain(people, row as usize, now)
                }
                _ => String::new(),
            },
            Reason::Told => String::new(),
            Reason::Starts(at) => format!("it starts at {}", instant_words(*at)),
            Reason::NextRun(at) => format!("the next run is due at {}", instant_words(*at)),
            Reason::LastRun => "no other run is due".to_owned(),
            Reason::Closed(at) => format!("it takes no events after {}", instant_words(*at)),
            Reason::Pause => "it was paused".to_owned(),
            Reason::Resume => "it goes on".to_owned(),
            Reason::Updated => "it was changed".to_owned(),
            Reason::Immediate => "an immediate campaign can not be paused".to_owned(),
            Reason::NotNow(status) => format!("it is {}", status.as_str()),
            Reason::SegmentDeleted => format!("its segment `{}` was deleted", program.segment),
            Reason::Deleted => "it was deleted".to_owned(),
            Reason::Unusable(what) => what.clone(),
            Reason::OtherTreatment { cohort, treatment: Some(treatment) } => {
                format!("cohort {cohort} belongs to treatment {treatment}")
            }
            Reason::OtherTreatment { cohort, treatment: None } | Reason::Holdout { cohort } => {
                format!("cohort {cohort} gets nothing")
            }
            Reason::Twin { row } if people.len() > *row as usize => {
                format!("`{}` has the same address", people.row(*row as usize).id())
            }
            Reason::Twin { .. } => "another endpoint has the same address".to_owned(),
            Reason::Daily { limit, scope: Scope::Campaign } => {
                format!("the daily limit of {limit} is reached")
            }
            Reason::Daily { limit, scope: Scope::Project } => {
                format!("the project's daily limit of {limit} is reached, all campaigns and journeys together")
            }
            Reason::Total { limit } => format!("the campaign has targeted it {limit} times, its limit"),
            Reason::Quiet { start, end, local } => {
                format!("it is {} there, in quiet time from {} to {}", clock(*local), clock(*start), clock(*end))
            }
            Reason::Late(at) => format!("it could be sent until {}", instant_words(*at)),
            Reason::HookTimeout => "the hook did not answer within 15 seconds".to_owned(),
            Reason::HookUnreadable => "the hook's answer can not be read".to_owned(),
            Reason::HookFailed(attempts) => format!("the hook failed {attempts} times"),
            Reason::HookRefused(why) => format!("the hook failed: {why}"),
            Reason::Render(why) | Reason::Recommender(why) => why.clone(),
        }
    }
}

fn words(filter: Filter) -> &'static str {
    match filter {
        Filter::Segment => "it caused the event but is not in the segment",
        Filter::OptOut => "it has opted out",
        Filter::Inactive => "it is inactive",
        Filter::MissingAddress => "it has no address",
        Filter::MissingChannel => "it has no channel",
        Filter::MissingTimezone => "its time zone is not known",
        Filter::ChannelMismatch => "there is no message for its channel",
        Filter::TreatmentHoldout => "it gets another treatment",
        Filter::DuplicateEndpoint => "the segment lists it by its id and by its user",
        Filter::Hook => "by the hook",
    }
}
