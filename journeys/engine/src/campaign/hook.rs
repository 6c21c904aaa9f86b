//! The hook, and custom deliveries: what is sent to a function and what it may answer (campaigns.md 7). What they share
//! with the custom messages of journeys is [`crate::call`]'s.

use audience::People;
use model::Millis;
use model::view::Word;
use model::wire::ChannelType;
use serde_json::{Map, Value};

use crate::call::{self, Caller, Content};
use crate::campaign::effect::Activity;
use crate::campaign::program::Program;

/// What came of a call of the hook.
#[derive(Clone, Copy, Debug)]
pub enum Answer<'a> {
    /// It answered this.
    Json(&'a Value),
    /// It answered something that is no JSON: trying again does not help.
    Unreadable,
    /// It failed, or could not be reached: it is tried again, up to [`call::ATTEMPTS`] times.
    Failed,
    /// There was no answer within [`call::TIMEOUT`]. Told by drivers of
    /// [`Context::driver_times_calls`](super::Context::driver_times_calls); it is not tried again.
    TimedOut,
    /// Trying again does not help, for this reason: nobody can call it, the payload is too large, the other side does not
    /// take the call.
    Refused(&'a str),
}

/// What the hook is called with. `configuration` is the campaign's `MessageConfiguration` as it stands.
pub fn payload(
    program: &Program,
    activity: Activity,
    scheduled: Millis,
    application: &str,
    configuration: Option<&Value>,
    people: &People,
    rows: &[u32],
) -> Value {
    let endpoints = rows
        .iter()
        .filter(|row| (**row as usize) < people.len())
        .map(|row| people.row(*row as usize))
        .map(|row| (row.id().to_owned(), row.to_json()))
        .collect();
    called(Content::Configuration(configuration), program, activity, scheduled, application, endpoints)
}

/// What the function or address of a custom message is called with; `endpoints` by id, at most
/// [`call::MAX_ENDPOINTS`].
pub fn custom_payload(
    program: &Program,
    activity: Activity,
    scheduled: Millis,
    application: &str,
    data: &str,
    endpoints: Map<String, Value>,
) -> Value {
    called(Content::Custom { data, message: None }, program, activity, scheduled, application, endpoints)
}

fn called(
    content: Content<'_>,
    program: &Program,
    activity: Activity,
    scheduled: Millis,
    application: &str,
    endpoints: Map<String, Value>,
) -> Value {
    let id = program.activity_id(activity);
    let caller = Caller::Campaign { campaign: program.id(), treatment: activity.treatment, activity: &id };
    call::payload(content, application, caller, scheduled, endpoints)
}

/// The endpoints of an answer, by id: those of its `Endpoints`, or of the answer itself. `None` = it can not be read.
///
/// Only endpoint definitions are read, so a function may give back what it got, or the endpoints alone.
pub(crate) fn endpoints(answer: &Value) -> Option<&Map<String, Value>> {
    let whole = answer.as_object()?;
    let endpoints = match whole.get("Endpoints") {
        Some(endpoints) => endpoints.as_object()?,
        None => whole,
    };
    endpoints.values().all(Value::is_object).then_some(endpoints)
}

/// `TitleOverride` and `BodyOverride` of an endpoint that the hook answered, where its channel honours them.
pub fn overrides(changed: &Value, channel: ChannelType) -> (Option<&str>, Option<&str>) {
    // "never for `EMAIL`": the list is closed.
    const HONOURED: [&str; 8] =
        ["ADM", "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "BAIDU", "GCM", "SMS"];
    if !HONOURED.contains(&channel.as_str()) {
        return (None, None);
    }
    let text = |name: &str| changed.get(name).and_then(Value::as_str);
    (text("TitleOverride"), text("BodyOverride"))
}
