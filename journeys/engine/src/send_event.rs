//! The `_journey.send` event of a message: which status it carries, and in which words (events-and-analytics.md 1.3).

use audience::People;
use model::{ActivityKind, Millis};

use crate::effect::{Effect, SendStatus, What};
use crate::program::Program;

/// What a `_journey.send` event says of a message to one endpoint; its attributes besides the ids of the journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendEvent {
    /// The message activity, `journey_activity_id`.
    pub activity: u16,
    /// The endpoint; `None` = the participant has none that fits, and the event is of the participant.
    pub row: Option<u32>,
    /// `journey_activity_type`; `None` = the attribute is absent, as with `QUIET_TIME_WAIT_FINISHED`.
    pub activity_type: Option<&'static str>,
    /// `journey_send_status`
    pub status: &'static str,
    /// `journey_send_status_code`: an HTTP code as text; `None` = no channel was asked, and the attribute is absent
    /// (chosen).
    pub code: Option<&'static str>,
    /// `journey_send_status_message`: the code where all went well, else the reason. Of a cap it names which.
    pub message: String,
}

impl Effect {
    /// The `_journey.send` event that the effect causes; `None` = it causes none: it is of no message, the message is
    /// held, or the endpoint is opted out or inactive (journeys.md 3.1).
    pub fn send_event(&self, program: &Program, people: &People, now: Millis) -> Option<SendEvent> {
        let (activity, row, status) = match self.what {
            What::Send { activity, row } => (activity, Some(row), SendStatus::Success),
            What::NotSent { activity, row, status } => (activity, row, status),
            _ => return None,
        };
        let (status_word, code) = words(status)?;
        let finished = status == SendStatus::QuietTimeWaitFinished;
        let activity_type = program.kind(activity).filter(|_| !finished).and_then(activity_type);
        let reason = self.why(program, people, now);
        let message = match status {
            SendStatus::Success => "200".to_owned(),
            // Metrics know these; the event says `FAILURE` with the reason in the message (chosen).
            SendStatus::TransientFailure | SendStatus::ServiceFailure | SendStatus::Unknown => {
                format!("{}: {reason}", status.name())
            }
            _ if reason.is_empty() => plain_words(status).to_owned(),
            _ => reason,
        };
        Some(SendEvent { activity, row, activity_type, status: status_word, code, message })
    }
}

/// `journey_send_status` and its code; `None` = there is no event.
fn words(status: SendStatus) -> Option<(&'static str, Option<&'static str>)> {
    let code = match status {
        SendStatus::Held | SendStatus::Skipped => return None,
        SendStatus::Success => Some("200"),
        SendStatus::FailurePermanent => Some("400"),
        SendStatus::Throttled => Some("429"),
        SendStatus::TransientFailure => Some("503"),
        SendStatus::Failure | SendStatus::ServiceFailure | SendStatus::Unknown | SendStatus::CustomDeliveryFailure => {
            Some("500")
        }
        SendStatus::DailyCap
        | SendStatus::QuietTime
        | SendStatus::QuietTimeMissingTimezone
        | SendStatus::QuietTimeWaitFinished
        | SendStatus::UnsupportedChannel => None,
    };
    let word = match status {
        SendStatus::TransientFailure | SendStatus::ServiceFailure | SendStatus::Unknown => SendStatus::Failure.name(),
        status => status.name(),
    };
    Some((word, code))
}

/// What a status means, where no reason says it.
fn plain_words(status: SendStatus) -> &'static str {
    match status {
        SendStatus::QuietTimeMissingTimezone => "the time zone of the endpoint is not known",
        SendStatus::QuietTimeWaitFinished => "quiet time is over",
        SendStatus::UnsupportedChannel => "no endpoint of a channel that the activity is for",
        _ => "not sent",
    }
}

/// `journey_activity_type`
fn activity_type(kind: ActivityKind) -> Option<&'static str> {
    match kind {
        // Never `VOICE`.
        ActivityKind::ContactCenter => Some("CONTACT_CENTER"),
        kind => kind.is_message().then(|| kind.member()),
    }
}
