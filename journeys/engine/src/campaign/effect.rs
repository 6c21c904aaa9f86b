//! What a step of a campaign brings about: values, each with its reason.

use model::Millis;
use model::wire::{CampaignStatus, ChannelType};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::campaign::program::Scope;

/// A run of a treatment: `ActivityResponse` (campaigns.md 9). Ids: [`Program::activity_id`](super::Program::activity_id).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Activity {
    /// The treatment, 0 = the default one.
    pub treatment: u8,
    /// Number of the run, from 0. Event campaigns have one a UTC day (campaigns.md 3, chosen).
    pub run: u32,
}

/// Something that a step brought about. What must be done outside ([`What::Send`], [`What::CallHook`],
/// [`What::WaitUntil`]) is the driver's; the rest is there to be counted and told.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The run that it belongs to; of [`What::Status`], [`What::Refused`] and [`What::WaitUntil`] only the treatment
    /// counts.
    pub activity: Activity,
    /// What it is.
    pub what: What,
    /// Why.
    pub reason: Reason,
}

/// What a step brought about. Rows are indices into the people.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The status of a treatment changed. [`State::status`](super::State::status) is the aggregate.
    Status(CampaignStatus),
    /// The campaign does not do what the input asks for.
    Refused,
    /// A run began: an activity is to be kept.
    RunStarted {
        /// `ScheduledStart`
        scheduled: Millis,
        /// Whether it first looks for the time zones (`INITIALIZING`).
        by_zone: bool,
    },
    /// The time zones of a run are known.
    Zones {
        /// `TimezonesTotalCount`
        zones: u32,
        /// Endpoints whose zone is not due yet; those that stay are of zones that were due before the first offset.
        waiting: u32,
    },
    /// The zones of a slice are done.
    SliceDone {
        /// How many zones that were.
        zones: u32,
    },
    /// A run ended; `Result` is `FAIL` when it was cut short.
    RunEnded {
        /// Whether it came to its end.
        whole: bool,
    },
    /// An endpoint came in because the segment lists its user.
    Expanded {
        /// The endpoint.
        row: u32,
    },
    /// An endpoint was set aside without event; a metric counts it.
    Filtered {
        /// The endpoint.
        row: u32,
        /// The metric.
        filter: Filter,
    },
    /// **Do:** call the hook with these endpoints and feed [`Input::HookAnswer`](super::Input::HookAnswer).
    CallHook {
        /// Which call; the answer names it.
        call: u32,
        /// From 1 to 3.
        attempt: u8,
        /// The endpoints, at most 50.
        rows: Vec<u32>,
        /// The call has failed at this instant; [`Millis::MAX`] = the driver says when
        /// ([`Context::driver_times_calls`](super::Context::driver_times_calls)).
        deadline: Millis,
    },
    /// **Do:** hand the message for this endpoint to its channel. A `_campaign.send` event says `SUCCESS`, unless the
    /// channel says otherwise ([`Input::Outcome`](super::Input::Outcome)).
    Send {
        /// The endpoint.
        row: u32,
        /// Its channel, which picks the message.
        channel: ChannelType,
        /// The endpoint as the hook answered it, with what the recommender recommended to it, for rendering.
        changed: Option<Box<Value>>,
    },
    /// A message was not sent; a `_campaign.send` event says so.
    NotSent {
        /// The endpoint.
        row: u32,
        /// `campaign_send_status`
        status: SendStatus,
    },
    /// A message that was handed over came to nothing after all.
    Failed {
        /// The endpoint.
        row: u32,
        /// `campaign_send_status`
        status: SendStatus,
    },
    /// **Do:** feed [`Input::Timer`](super::Input::Timer) at `at`; it takes the place of the timer before.
    WaitUntil {
        /// When.
        at: Millis,
    },
}

/// Why an endpoint was set aside; prints as the metric of journeys.md 11.4. `DUPLICATE_USER` is not among them: a campaign
/// is for endpoints, and a list names a user once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Filter {
    /// It caused the event, but is not in the segment.
    Segment,
    /// `OptOut` is `ALL`.
    OptOut,
    /// `EndpointStatus` is `INACTIVE`.
    Inactive,
    /// No address.
    MissingAddress,
    /// No channel.
    MissingChannel,
    /// No valid time zone, and `IsLocalTime` needs one.
    MissingTimezone,
    /// No message for its channel.
    ChannelMismatch,
    /// Its cohort belongs to another treatment.
    TreatmentHoldout,
    /// The segment lists it by its id and by its user.
    DuplicateEndpoint,
    /// The hook left it out. Has no metric in the reference; the name is ours.
    Hook,
}

impl Filter {
    /// All of them, in order.
    pub const ALL: [Filter; 10] = [
        Filter::Segment,
        Filter::OptOut,
        Filter::Inactive,
        Filter::MissingAddress,
        Filter::MissingChannel,
        Filter::MissingTimezone,
        Filter::ChannelMismatch,
        Filter::TreatmentHoldout,
        Filter::DuplicateEndpoint,
        Filter::Hook,
    ];

    /// The metric.
    pub fn name(self) -> &'static str {
        match self {
            Filter::Segment => "FILTERED_OUT_BY_SEGMENT",
            Filter::OptOut => "ENDPOINT_OPT_OUT",
            Filter::Inactive => "ENDPOINT_INACTIVE",
            Filter::MissingAddress => "ENDPOINT_MISSING_ADDRESS",
            Filter::MissingChannel => "ENDPOINT_MISSING_CHANNEL",
            Filter::MissingTimezone => "ENDPOINT_MISSING_TIMEZONE",
            Filter::ChannelMismatch => "ENDPOINT_CHANNEL_MISMATCH",
            Filter::TreatmentHoldout => "TREATMENT_HOLDOUT",
            Filter::DuplicateEndpoint => "DUPLICATE_ENDPOINT",
            Filter::Hook => "FILTERED_OUT_BY_HOOK",
        }
    }
}

macro_rules! statuses {
    ($($(#[doc = $doc:literal])* $name:ident = $word:literal,)*) => {
        /// What became of a message (events-and-analytics.md 1.2).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum SendStatus {
            $($(#[doc = $doc])* $name,)*
        }

        impl SendStatus {
            /// All of them, in order.
            pub const ALL: [SendStatus; 16] = [$(SendStatus::$name),*];

            /// The `campaign_send_status`.
            pub fn name(self) -> &'static str {
                match self { $(SendStatus::$name => $word),* }
            }

            /// The status of that name.
            pub fn parse(name: &str) -> Option<SendStatus> {
                match name { $($word => Some(SendStatus::$name),)* _ => None }
            }
        }
    };
}

statuses! {
    /// Handed to the channel.
    Success = "SUCCESS",
    /// The channel says so.
    Failure = "FAILURE",
    /// The daily limit is reached.
    DailyCap = "DAILY_CAP",
    /// Not sent within `MaximumDuration`, or, of an event, within 5 minutes.
    Expired = "EXPIRED",
    /// Quiet time; the message is lost.
    QuietTime = "QUIET_TIME",
    /// Held out.
    Holdout = "HOLDOUT",
    /// Another endpoint of this run has the same address.
    DuplicateAddress = "DUPLICATE_ADDRESS",
    /// `Total` is reached.
    CampaignCap = "CAMPAIGN_CAP",
    /// The message can not be made for this endpoint, or the channel says so.
    FailurePermanent = "FAILURE_PERMANENT",
    /// The channel says so.
    TransientFailure = "TRANSIENT_FAILURE",
    /// The channel says so.
    Throttled = "THROTTLED",
    /// The channel says so.
    Unknown = "UNKNOWN",
    /// The hook did not answer for this endpoint's batch.
    HookFailure = "HOOK_FAILURE",
    /// The function or address of a custom message failed.
    CustomDeliveryFailure = "CUSTOM_DELIVERY_FAILURE",
    /// The recommender gave nothing.
    RecommendationFailure = "RECOMMENDATION_FAILURE",
    /// The channel is not enabled.
    UnsupportedChannel = "UNSUPPORTED_CHANNEL",
}

/// Why an effect came about; [`Effect::sentence`] puts it into words.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// What the effect is says it all.
    Plain,
    /// The campaign starts at this instant, or has.
    Starts(Millis),
    /// The next run is due at this instant.
    NextRun(Millis),
    /// There is no run after this one.
    LastRun,
    /// The window of an event campaign has closed.
    Closed(Millis),
    /// `IsPaused` was set.
    Pause,
    /// `IsPaused` was taken back.
    Resume,
    /// The campaign was changed.
    Updated,
    /// An `IMMEDIATE` campaign can not be paused.
    Immediate,
    /// The campaign is executing, or over (campaigns.md 8).
    NotNow(CampaignStatus),
    /// The segment was deleted.
    SegmentDeleted,
    /// The campaign was deleted.
    Deleted,
    /// Something that it needs is gone.
    Unusable(String),
    /// The endpoint's cohort is of this treatment.
    OtherTreatment {
        /// The cohort.
        cohort: u8,
        /// The treatment that gets it; `None` = it is held out.
        treatment: Option<u8>,
    },
    /// The endpoint's cohort is held out.
    Holdout {
        /// The cohort.
        cohort: u8,
    },
    /// This endpoint has the same address and came first.
    Twin {
        /// The first endpoint.
        row: u32,
    },
    /// `Daily` is reached.
    Daily {
        /// How many messages it allows in 24 hours.
        limit: u32,
        /// Whose messages count.
        scope: Scope,
    },
    /// `Total` is reached.
    Total {
        /// How often the campaign may target an endpoint.
        limit: u32,
    },
    /// Quiet time at this local minute.
    Quiet {
        /// First minute.
        start: u16,
        /// Last minute.
        end: u16,
        /// Local minute after midnight.
        local: u16,
    },
    /// `MaximumDuration` was over, or the 5 minutes of an event, at this instant.
    Late(Millis),
    /// The hook did not answer in time.
    HookTimeout,
    /// The hook's answer can not be read.
    HookUnreadable,
    /// The hook failed this often.
    HookFailed(u8),
    /// The hook was not called, or did not take the call; says why.
    HookRefused(String),
    /// The message can not be made.
    Render(String),
    /// The recommender recommends nothing.
    Recommender(String),
    /// The driver told of it.
    Told,
}
