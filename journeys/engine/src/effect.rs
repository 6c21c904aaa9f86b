//! What a step brings about: values, each with its reason.

use crate::reason::Reason;
use model::Millis;

/// Something that a step brought about. What must be done outside ([`What::Send`], [`What::WaitUntil`]) is the driver's;
/// the rest is there to be counted and told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// What it is.
    pub what: What,
    /// Why.
    pub reason: Reason,
}

/// What a step brought about. Activities, ways and rows are indices into the program and the people.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum What {
    /// An endpoint (`row`), or the whole participant, was not let in.
    Refused {
        /// The endpoint; `None` = the participant.
        row: Option<u32>,
        /// The metric that counts it.
        refusal: Refusal,
    },
    /// The participant is in the journey.
    Entered {
        /// Number of the traversal, from 1.
        entry: u32,
    },
    /// The participant came to an activity.
    Arrived {
        /// The activity.
        activity: u16,
    },
    /// **Do:** hand the activity's message for this endpoint to its channel.
    Send {
        /// The message activity.
        activity: u16,
        /// The endpoint.
        row: u32,
    },
    /// A message was not sent, or not yet; for all but [`SendStatus::Skipped`] a `_journey.send` event says so.
    NotSent {
        /// The message activity.
        activity: u16,
        /// The endpoint; `None` = the participant has no endpoint that fits.
        row: Option<u32>,
        /// `journey_send_status`.
        status: SendStatus,
    },
    /// **Do:** feed [`Input::Timer`](crate::Input::Timer) at `at`.
    WaitUntil {
        /// Where the participant waits.
        activity: u16,
        /// When to go on.
        at: Millis,
    },
    /// A condition of a split was evaluated; told only of splits with several.
    Judged {
        /// The split.
        activity: u16,
        /// The condition, counted from the split's first.
        number: u16,
        /// Whether it holds.
        holds: bool,
    },
    /// The participant left an activity along a way, whether it leads anywhere or not.
    Took {
        /// The activity left.
        activity: u16,
        /// The way, an index into [`Program::ways`](crate::Program::ways).
        way: u16,
    },
    /// The participant left the journey.
    Left {
        /// The last activity.
        activity: u16,
    },
}

/// Why an endpoint or a participant was not let in; prints as the metric of journeys.md 11.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// `OptOut` is `ALL`.
    OptOut,
    /// `EndpointStatus` is `INACTIVE`.
    Inactive,
    /// No address.
    MissingAddress,
    /// No channel.
    MissingChannel,
    /// Already inside (rule 3).
    Active,
    /// The cap or the interval of re-entry (rules 4 and 5).
    Reentry,
    /// Not in the segment of an event journey.
    FilteredOut,
    /// `LocalTime`, and no time zone is known.
    MissingTimezone,
    /// `LocalTime`, and it is not yet time in the endpoint's zone.
    TimezoneMismatch,
    /// The journey has not started yet. Has no metric in the reference; the name is ours.
    NotStarted,
    /// The journey has ended.
    Ended,
}

impl Refusal {
    /// All of them, in order.
    pub const ALL: [Refusal; 11] = [
        Refusal::OptOut,
        Refusal::Inactive,
        Refusal::MissingAddress,
        Refusal::MissingChannel,
        Refusal::Active,
        Refusal::Reentry,
        Refusal::FilteredOut,
        Refusal::MissingTimezone,
        Refusal::TimezoneMismatch,
        Refusal::NotStarted,
        Refusal::Ended,
    ];

    /// The metric.
    pub fn name(self) -> &'static str {
        match self {
            Refusal::OptOut => "ENDPOINT_OPT_OUT",
            Refusal::Inactive => "ENDPOINT_INACTIVE",
            Refusal::MissingAddress => "ENDPOINT_MISSING_ADDRESS",
            Refusal::MissingChannel => "ENDPOINT_MISSING_CHANNEL",
            Refusal::Active => "ACTIVE_ENDPOINT_REJECTED",
            Refusal::Reentry => "REENTRY_CAP_EXCEEDED",
            Refusal::FilteredOut => "FILTERED_OUT_BY_SEGMENT",
            Refusal::MissingTimezone => "ENDPOINT_MISSING_TIMEZONE",
            Refusal::TimezoneMismatch => "ENDPOINT_TIMEZONE_MISMATCH",
            Refusal::NotStarted => "NOT_STARTED",
            Refusal::Ended => "ENDED",
        }
    }
}

/// What became of a message (events-and-analytics.md 1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SendStatus {
    /// Handed to the channel.
    Success,
    /// A cap was reached.
    DailyCap,
    /// Dropped: quiet time, open hours or closed days.
    QuietTime,
    /// Quiet time applies and the endpoint's time zone is not known.
    QuietTimeMissingTimezone,
    /// Held until quiet time is over; the event of the release is `QUIET_TIME_WAIT_FINISHED`.
    Held,
    /// The hold is over.
    QuietTimeWaitFinished,
    /// No endpoint fits the channel.
    UnsupportedChannel,
    /// The endpoint is opted out or inactive: no event, no log (journeys.md 3.1).
    Skipped,
    /// The message can not be made, or the channel refused it for good.
    FailurePermanent,
    /// The channel could not take it.
    Failure,
    /// The channel takes no more messages now.
    Throttled,
    /// The function or webhook failed.
    CustomDeliveryFailure,
    /// The channel could not take it for now. A metric only: the event says `FAILURE`, and this in its message.
    TransientFailure,
    /// The service itself failed. A metric only, as above.
    ServiceFailure,
    /// The channel does not say. A metric only, as above.
    Unknown,
}

impl SendStatus {
    /// All of them, in order.
    pub const ALL: [SendStatus; 15] = [
        SendStatus::Success,
        SendStatus::DailyCap,
        SendStatus::QuietTime,
        SendStatus::QuietTimeMissingTimezone,
        SendStatus::Held,
        SendStatus::QuietTimeWaitFinished,
        SendStatus::UnsupportedChannel,
        SendStatus::Skipped,
        SendStatus::FailurePermanent,
        SendStatus::Failure,
        SendStatus::Throttled,
        SendStatus::CustomDeliveryFailure,
        SendStatus::TransientFailure,
        SendStatus::ServiceFailure,
        SendStatus::Unknown,
    ];

    /// The `journey_send_status`, or the metric of the three that have none (journeys.md 11.2); `HELD` and `SKIPPED` have
    /// neither, and a name of ours. What the event says: [`Effect::send_event`].
    pub fn name(self) -> &'static str {
        match self {
            SendStatus::Success => "SUCCESS",
            SendStatus::DailyCap => "DAILY_CAP",
            SendStatus::QuietTime => "QUIET_TIME",
            SendStatus::QuietTimeMissingTimezone => "QUIET_TIME_MISSING_TIMEZONE",
            SendStatus::Held => "HELD",
            SendStatus::QuietTimeWaitFinished => "QUIET_TIME_WAIT_FINISHED",
            SendStatus::UnsupportedChannel => "UNSUPPORTED_CHANNEL",
            SendStatus::Skipped => "SKIPPED",
            SendStatus::FailurePermanent => "FAILURE_PERMANENT",
            SendStatus::Failure => "FAILURE",
            SendStatus::Throttled => "THROTTLED",
            SendStatus::CustomDeliveryFailure => "CUSTOM_DELIVERY_FAILURE",
            SendStatus::TransientFailure => "TRANSIENT_FAILURE",
            SendStatus::ServiceFailure => "SERVICE_FAILURE",
            SendStatus::Unknown => "UNKNOWN",
        }
    }
}
