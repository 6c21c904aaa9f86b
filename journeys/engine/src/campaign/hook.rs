//! The hook, and custom deliveries: what is sent to a function and what it may answer (campaigns.md 7).

use audience::People;
use model::Millis;
use model::time::{SECOND, format_instant};
use model::view::Word;
use model::wire::ChannelType;
use serde_json::{Map, Value, json};

use crate::campaign::effect::Activity;
use crate::campaign::program::Program;

/// Most endpoints of one call.
pub const MAX_ENDPOINTS: usize = 50;
/// Largest payload, in bytes.
pub const MAX_PAYLOAD: usize = 6 * 1024 * 1024;
/// How long a call may take.
pub const TIMEOUT: Millis = 15 * SECOND;
/// How often a call is tried.
pub const ATTEMPTS: u8 = 3;

/// What came of a call of the hook.
#[derive(Clone, Copy, Debug)]
pub enum Answer<'a> {
    /// It answered this.
    Json(&'a Value),
    /// It answered something that is no JSON, or the payload was too large: trying again does not help.
    Unreadable,
    /// It failed, or could not be reached: it is tried again, up to [`ATTEMPTS`] times.
    Failed,
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
    let mut payload = json!({"MessageConfiguration": configuration.unwrap_or(&Value::Null)});
    common(&mut payload, program, activity, scheduled, application);
    payload["Endpoints"] = Value::Object(
        rows.iter()
            .filter(|row| (**row as usize) < people.len())
            .map(|row| people.row(*row as usize))
            .map(|row| (row.id().to_owned(), row.to_json()))
            .collect(),
    );
    payload
}

/// What the function or address of a custom message is called with; `endpoints` by id, at most [`MAX_ENDPOINTS`].
pub fn custom_payload(
    program: &Program,
    activity: Activity,
    scheduled: Millis,
    application: &str,
    data: &str,
    endpoints: Map<String, Value>,
) -> Value {
    let mut payload = json!({"Message": {}, "Data": data});
    common(&mut payload, program, activity, scheduled, application);
    payload["Endpoints"] = Value::Object(endpoints);
    payload
}

fn common(payload: &mut Value, program: &Program, activity: Activity, scheduled: Millis, application: &str) {
    payload["ApplicationId"] = json!(application);
    payload["CampaignId"] = json!(program.id());
    payload["TreatmentId"] = json!(activity.treatment.to_string());
    payload["ActivityId"] = json!(program.activity_id(activity));
    payload["ScheduledTime"] = json!(format_instant(scheduled));
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
