//! From a campaign document to a program.

use audience::{Audience, AudienceError, Members};
use model::time::SECOND;
use model::wire::{self, CampaignHook, CampaignLimits, Mode, WriteCampaignRequest};
use model::{Millis, Path, View, path};
use serde_json::Value;

use crate::campaign::message::Messages;
use crate::campaign::program::{Daily, Hook, Limits, Program, Scope, Treatment};
use crate::campaign::schedule::Schedule;
use crate::campaign::treatment::Allocation;
use crate::event_filter::EventFilter;
use crate::sending::Window;

/// Rows that one step handles before it hands control back.
const BATCH: u32 = 4_096;
/// Most treatments beside the default one (campaigns.md 4).
const MAX_TREATMENTS: usize = 4;

/// Where the compiler finds what a campaign only names.
#[derive(Clone, Copy)]
pub struct Context<'c, 'a> {
    /// The segment document of a `SegmentId`, of the campaign's `SegmentVersion` if it names one.
    pub segment: &'c dyn Fn(&str) -> Option<&'a Value>,
    /// The list of an imported segment; `None` = not known, everybody is in it.
    pub members: &'c dyn Fn(&str) -> Option<Members>,
    /// The project's settings as they were when the campaign was created, a `WriteApplicationSettingsRequest` or
    /// `ApplicationSettingsResource`: later changes apply only to campaigns created afterwards (campaigns.md 6).
    pub settings: Option<&'a Value>,
    /// When the campaign was created: an `IMMEDIATE` one starts then.
    pub created: Millis,
    /// Rows that one step handles before it hands control back, at least 1.
    pub batch: u32,
    /// The driver tells of calls of the hook that were not answered in time ([`Answer::TimedOut`](super::hook::Answer)):
    /// it knows when it really made them. Else the engine counts 15 seconds from [`What::CallHook`](super::What::CallHook).
    pub driver_times_calls: bool,
}

impl<'c, 'a> Context<'c, 'a> {
    /// A context with these segments, a moment of creation and everything else by default.
    pub fn new(segment: &'c dyn Fn(&str) -> Option<&'a Value>, created: Millis) -> Self {
        Context { segment, members: &|_| None, settings: None, created, batch: BATCH, driver_times_calls: false }
    }
}

/// Why a campaign can not run at all. Everything less is run, and [`Program::not_honoured`] says what is odd.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CompileError {
    /// C001
    #[error("the campaign does not say who gets it: `SegmentId` is missing")]
    NoSegment,
    /// C001, or a segment that can not be evaluated.
    #[error("nobody can get it: {0}")]
    Segment(AudienceError),
    /// C002, C004
    #[error("{}{message}", of(*treatment))]
    Schedule {
        /// The treatment, 0 = the campaign itself.
        treatment: usize,
        /// What is wrong.
        message: String,
    },
    /// C005
    #[error("{}it waits for events, but `EventFilter` does not say for which", of(*treatment))]
    NoEvent {
        /// The treatment, 0 = the campaign itself.
        treatment: usize,
    },
    /// C005, a filter that can not be evaluated.
    #[error("{}`EventFilter` can not be read: {error}", of(*treatment))]
    Event {
        /// The treatment, 0 = the campaign itself.
        treatment: usize,
        /// What is wrong with it.
        error: AudienceError,
    },
    /// C009
    #[error("{}there is no message and no template", of(*treatment))]
    NoMessage {
        /// The treatment, 0 = the campaign itself.
        treatment: usize,
    },
    /// C014
    #[error("there are {count} additional treatments, at most {MAX_TREATMENTS} are allowed")]
    TooManyTreatments {
        /// How many there are.
        count: usize,
    },
}

fn of(treatment: usize) -> String {
    if treatment == 0 { String::new() } else { format!("treatment {treatment}: ") }
}

/// Compiles a campaign; `id` is what cohorts and activity ids depend on: its Pinpoint id, or its file name.
///
/// Lenient where something can still be sent: a limit out of range or a hook that can not be called is left out and told.
///
/// # Errors
/// When no message could ever be sent.
pub fn compile(
    campaign: WriteCampaignRequest<'_>,
    id: &str,
    context: &Context<'_, '_>,
) -> Result<Program, CompileError> {
    let mut not_honoured = Vec::new();
    let segment = campaign.segment_id().filter(|id| !id.is_empty()).ok_or(CompileError::NoSegment)?;
    let audience =
        Audience::compile_with_members(segment, context.segment, context.members).map_err(CompileError::Segment)?;
    let listed = (context.members)(segment).map(|members| (members.endpoints, members.users));
    let settings = context.settings.and_then(wire::WriteApplicationSettingsRequest::of);

    let percent = |percent: Option<i64>| percent.unwrap_or(0).clamp(0, 100) as u8;
    let holdout = percent(campaign.holdout_percent());
    let others = campaign.additional_treatments();
    if others.len() > MAX_TREATMENTS {
        return Err(CompileError::TooManyTreatments { count: others.len() });
    }
    let sizes: Vec<u8> = others.iter().map(|treatment| percent(treatment.size_percent())).collect();

    let own_schedule = campaign.schedule();
    let mut treatments = Vec::with_capacity(1 + others.len());
    let mut compile_one = |number: usize,
                           place: &Path,
                           schedule: Option<wire::Schedule<'_>>,
                           messages: Messages,
                           name: Option<&str>,
                           size: u8,
                           notes: &mut Vec<(Path, String)>|
     -> Result<(), CompileError> {
        if messages.is_empty() {
            return Err(CompileError::NoMessage { treatment: number });
        }
        let missing = || CompileError::Schedule { treatment: number, message: "`Schedule` is missing".to_owned() };
        let wire = schedule.ok_or_else(missing)?;
        let schedule = Schedule::compile(wire, &place.join("Schedule"), notes)
            .map_err(|message| CompileError::Schedule { treatment: number, message })?;
        let filter = match schedule.is_event() || schedule.is_in_app() {
            false => None,
            true => {
                let filter = wire.event_filter().ok_or(CompileError::NoEvent { treatment: number })?;
                if !filter.has("Dimensions") {
                    return Err(CompileError::NoEvent { treatment: number });
                }
                let filter = EventFilter::compile(filter.object())
                    .map_err(|error| CompileError::Event { treatment: number, error })?;
                Some(filter)
            }
        };
        // The campaign's own quiet time overrides the project's (campaigns.md 3).
        let quiet = wire.quiet_time().or_else(|| settings.and_then(|settings| settings.quiet_time()));
        let quiet = Window::of_quiet(quiet).unwrap_or_else(|| {
            let what = "needs `Start` and `End` as `HH:MM`: there is no quiet time".to_owned();
            notes.push((place.join("Schedule").join("QuietTime"), what));
            Window::default()
        });
        let name = name.filter(|name| !name.is_empty()).map(str::to_owned);
        treatments.push(Treatment { name, percent: size, messages, schedule, filter, quiet });
        Ok(())
    };

    let inline = campaign.message_configuration();
    let templates = campaign.template_configuration();
    let delivery = campaign.custom_delivery_configuration();
    let allocated = sizes.iter().fold(u16::from(holdout), |sum, size| sum + u16::from(*size));
    let rest = 100u16.saturating_sub(allocated) as u8;
    let own = Messages::compile(inline, templates, delivery);
    compile_one(0, &Path::default(), own_schedule, own, campaign.treatment_name(), rest, &mut not_honoured)?;
    for (number, treatment) in others.into_iter().enumerate() {
        let place = path!["AdditionalTreatments", number];
        // What a treatment does not say it inherits (campaigns.md 4, chosen); a message is inherited as a whole.
        let own = (treatment.message_configuration(), treatment.template_configuration());
        let (inline, templates) = if own.0.is_none() && own.1.is_none() { (inline, templates) } else { own };
        let delivery = treatment.custom_delivery_configuration().or(delivery);
        let messages = Messages::compile(inline, templates, delivery);
        let schedule = treatment.schedule().or(own_schedule);
        let size = sizes.get(number).copied().unwrap_or(0);
        compile_one(number + 1, &place, schedule, messages, treatment.treatment_name(), size, &mut not_honoured)?;
    }

    let project = settings.and_then(|settings| settings.limits());
    let limits = limits(campaign.limits(), project);
    let hook = campaign.hook().map(|hook| (hook, path!["Hook"])).or_else(|| {
        // The campaign's hook wins over the project's (campaigns.md 7).
        settings.and_then(|settings| settings.campaign_hook()).map(|hook| (hook, path!["CampaignHook"]))
    });
    let hook = hook.and_then(|(hook, place)| match compile_hook(hook) {
        Ok(hook) => Some(hook),
        Err(text) => {
            not_honoured.push((place, text));
            None
        }
    });
    Ok(Program {
        id: id.to_owned(),
        name: campaign.name().unwrap_or(id).to_owned(),
        segment: segment.to_owned(),
        audience,
        listed,
        allocation: Allocation::new(id, holdout, &sizes),
        treatments,
        limits,
        hook,
        // 1 (highest) to 5, default 3 (campaigns.md 1, chosen).
        priority: campaign.priority().map_or(3, |priority| priority.clamp(1, 5) as u8),
        created: context.created,
        batch: context.batch.max(1),
        driver_times_calls: context.driver_times_calls,
        not_honoured,
    })
}

/// Member by member the campaign's limit, else the project's (campaigns.md 6). 0 is no limit (chosen).
fn limits(own: Option<CampaignLimits<'_>>, project: Option<CampaignLimits<'_>>) -> Limits {
    let count = |count: i64| u32::try_from(count).ok().filter(|count| *count > 0);
    let either = |read: fn(CampaignLimits<'_>) -> Option<i64>| own.and_then(read).or_else(|| project.and_then(read));
    let daily = match own.and_then(|limits| limits.daily()) {
        Some(limit) => count(limit).map(|limit| Daily { limit, scope: Scope::Campaign }),
        None => project
            .and_then(|limits| limits.daily())
            .and_then(count)
            .map(|limit| Daily { limit, scope: Scope::Project }),
    };
    Limits {
        daily,
        total: either(|limits| limits.total()).and_then(count),
        messages_per_second: either(|limits| limits.messages_per_second()).and_then(count),
        maximum_duration: either(|limits| limits.maximum_duration())
            .and_then(count)
            .map(|seconds| Millis::from(seconds) * SECOND),
        session: either(|limits| limits.session()).and_then(count),
    }
}

fn compile_hook(hook: CampaignHook<'_>) -> Result<Hook, String> {
    if hook.mode() == Some(Mode::Delivery) {
        return Err("`Mode` `DELIVERY` is no longer functional: the hook is not called".to_owned());
    }
    let there = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    match (there(hook.lambda_function_name()), there(hook.web_url())) {
        (Some(target), None) => Ok(Hook { target, web: false }),
        (None, Some(target)) => Ok(Hook { target, web: true }),
        (None, None) => Err("names neither `LambdaFunctionName` nor `WebUrl`: there is no hook".to_owned()),
        (Some(_), Some(_)) => {
            Err("names both `LambdaFunctionName` and `WebUrl`, but one excludes the other: there is no hook".to_owned())
        }
    }
}
