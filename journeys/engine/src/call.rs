//! Calls of functions and web addresses outside: the hook of campaigns, and custom messages of campaigns and journeys
//! (campaigns.md 7, journeys.md 3.1 "Custom").
//!
//! Says what goes out, what becomes of an attempt, and what may come back. Never calls anything: the driver does. What a
//! call costs its endpoints when it has failed is the caller's: `HOOK_FAILURE` for a hook, `CUSTOM_DELIVERY_FAILURE` for
//! a custom message, each for all endpoints of the call.

use std::collections::BTreeMap;

use model::Millis;
use model::time::{SECOND, format_instant};
use serde_json::{Map, Value, json};

/// Most endpoints of one call.
pub const MAX_ENDPOINTS: usize = 50;
/// Largest payload, in bytes.
pub const MAX_PAYLOAD: usize = 6 * 1024 * 1024;
/// How long an attempt may take.
pub const TIMEOUT: Millis = 15 * SECOND;
/// How often a call is tried.
pub const ATTEMPTS: u8 = 3;
/// Most `EventAttributes` of an endpoint in the answer to a journey.
pub const MAX_ATTRIBUTES: usize = 5;
/// Longest name and longest value of an attribute, in characters.
pub const MAX_ATTRIBUTE: usize = 128;

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller<'a> {
    /// A campaign.
    Campaign {
        /// `CampaignId`
        campaign: &'a str,
        /// The number of the treatment, 0 to 4.
        treatment: u8,
        /// `ActivityId`: the run.
        activity: &'a str,
    },
    /// A journey.
    Journey {
        /// `JourneyId`
        journey: &'a str,
        /// `JourneyRunId`: the run that admitted the endpoints.
        run: &'a str,
        /// `ActivityId`: the CUSTOM activity.
        activity: &'a str,
    },
}

/// What goes out, besides who calls and whom it is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Content<'a> {
    /// Of a hook: the campaign's `MessageConfiguration` as it stands.
    Configuration(Option<&'a Value>),
    /// Of a custom message: its `Data`, and the `Message` that the template gave, if there is one.
    Custom {
        /// `Data`
        data: &'a str,
        /// `Message`; `None` = an empty object.
        message: Option<&'a Value>,
    },
}

/// The body of a call, by members: the content, `ApplicationId`, who calls, `ScheduledTime`, and `Endpoints` by id.
///
/// `endpoints` are those of one of [`batches`]. The names for a journey are chosen by journeys.md 3.1: `ApplicationId`,
/// `JourneyId`, `JourneyRunId`, `ActivityId`, `ScheduledTime`, `Data`, `Message`, `Endpoints`.
pub fn payload(
    content: Content<'_>,
    application: &str,
    caller: Caller<'_>,
    scheduled: Millis,
    endpoints: Map<String, Value>,
) -> Value {
    let mut payload = match content {
        Content::Configuration(configuration) => json!({"MessageConfiguration": configuration}),
        Content::Custom { data, message } => {
            let nothing = json!({});
            json!({"Message": message.unwrap_or(&nothing), "Data": data})
        }
    };
    payload["ApplicationId"] = json!(application);
    let activity = match caller {
        Caller::Campaign { campaign, treatment, activity } => {
            payload["CampaignId"] = json!(campaign);
            payload["TreatmentId"] = json!(treatment.to_string());
            activity
        }
        Caller::Journey { journey, run, activity } => {
            payload["JourneyId"] = json!(journey);
            payload["JourneyRunId"] = json!(run);
            activity
        }
    };
    payload["ActivityId"] = json!(activity);
    payload["ScheduledTime"] = json!(format_instant(scheduled));
    payload["Endpoints"] = Value::Object(endpoints);
    payload
}

/// The text of a payload, as it goes out.
///
/// # Errors
/// [`Failure::TooLarge`] when it is larger than [`MAX_PAYLOAD`]: the call is not made.
pub fn body(payload: &Value) -> Result<String, Failure> {
    let text = payload.to_string();
    if text.len() > MAX_PAYLOAD { Err(Failure::TooLarge { bytes: text.len() }) } else { Ok(text) }
}

/// The endpoints of each call, in order: at most [`MAX_ENDPOINTS`] each.
pub fn batches<T>(endpoints: &[T]) -> impl Iterator<Item = &[T]> {
    endpoints.chunks(MAX_ENDPOINTS)
}

/// Why an attempt came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It failed, or could not be reached. The only one that is tried again.
    #[error("the call failed")]
    Failed,
    /// There was no answer within [`TIMEOUT`].
    #[error("there was no answer within 15 seconds")]
    TimedOut,
    /// The answer can not be read.
    #[error("the answer can not be read")]
    Unreadable,
    /// The payload is larger than [`MAX_PAYLOAD`].
    #[error("the payload has {bytes} bytes, a call may have at most {MAX_PAYLOAD}")]
    TooLarge {
        /// How many bytes it has.
        bytes: usize,
    },
}

/// An attempt of a call that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// From 1 to [`ATTEMPTS`].
    pub number: u8,
    /// The attempt has failed at this instant, with [`Failure::TimedOut`].
    pub deadline: Millis,
}

impl Attempt {
    /// The first attempt of a call that is made at `now`.
    pub fn first(now: Millis) -> Attempt {
        Attempt { number: 1, deadline: now.saturating_add(TIMEOUT) }
    }

    /// What to do when the attempt has come to nothing at `now`: try again, or `None` = the call has failed.
    ///
    /// Only what failed is tried again: a call fails after 15 seconds, by an answer that can not be read, or by the third
    /// failed attempt (campaigns.md 7; journeys.md 3.1 chooses three attempts too).
    pub fn after(self, failure: Failure, now: Millis) -> Option<Attempt> {
        let again = failure == Failure::Failed && self.number < ATTEMPTS;
        again.then(|| Attempt { number: self.number + 1, ..Attempt::first(now) })
    }
}

/// What a function or address answered to a journey.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// `EventAttributes` by endpoint id: what a `_custom.response` event of the endpoint carries. Endpoints that were
    /// called about and not answered have none; all of them count as delivered.
    pub attributes: BTreeMap<String, Vec<(String, String)>>,
    /// What was answered and is left out.
    pub left_out: Vec<LeftOut>,
}

/// Something in an answer that is left out; the rest counts (what exceeds a limit: chosen).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("endpoint `{endpoint}`: {why}")]
pub struct LeftOut {
    /// The endpoint id in the answer.
    pub endpoint: String,
    /// What is wrong.
    pub why: Excess,
}

/// Why something in an answer is left out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Excess {
    /// The call was not about that endpoint.
    #[error("the call was not about it")]
    Stranger,
    /// `EventAttributes` is no object.
    #[error("`EventAttributes` is not a JSON object")]
    NoAttributes,
    /// The attribute's name is too long.
    #[error("the attribute name `{start}…` has {length} characters, at most {MAX_ATTRIBUTE} are kept")]
    Name {
        /// Its first characters.
        start: String,
        /// Its length in characters.
        length: usize,
    },
    /// The attribute's value is too long.
    #[error("the value of attribute `{name}` has {length} characters, at most {MAX_ATTRIBUTE} are kept")]
    Value {
        /// The attribute.
        name: String,
        /// Length of its value in characters.
        length: usize,
    },
    /// The attribute's value is no text.
    #[error("the value of attribute `{name}` is not a text")]
    NoText {
        /// The attribute.
        name: String,
    },
    /// There are five attributes already.
    #[error("attribute `{name}` is beyond the {MAX_ATTRIBUTES} that an endpoint may have")]
    Surplus {
        /// The attribute.
        name: String,
    },
}

/// Reads what a call about the endpoints `asked` brought back: `{"<EndpointId>":{"EventAttributes":{"name":"value"}}}`.
///
/// Of each endpoint the first [`MAX_ATTRIBUTES`] attributes count whose name and value are texts of at most
/// [`MAX_ATTRIBUTE`] characters; all else is left out and told. `null`, which a function answers that answers nothing, is
/// an answer without attributes (chosen).
///
/// # Errors
/// [`Failure::Unreadable`] when the answer is no object, or an endpoint in it is none.
pub fn answer(answered: &Value, asked: &[&str]) -> Result<Answer, Failure> {
    let mut answer = Answer::default();
    if answered.is_null() {
        return Ok(answer);
    }
    for (endpoint, said) in answered.as_object().ok_or(Failure::Unreadable)? {
        let said = said.as_object().ok_or(Failure::Unreadable)?;
        let mut leave_out = |why| answer.left_out.push(LeftOut { endpoint: endpoint.clone(), why });
        if !asked.contains(&endpoint.as_str()) {
            leave_out(Excess::Stranger);
            continue;
        }
        let attributes = match said.get("EventAttributes") {
            None | Some(Value::Null) => continue,
            Some(Value::Object(attributes)) => attributes,
            Some(_) => {
                leave_out(Excess::NoAttributes);
                continue;
            }
        };
        let mut kept: Vec<(String, String)> = Vec::new();
        for (name, value) in attributes {
            match attribute(name, value) {
                Ok(_) if kept.len() == MAX_ATTRIBUTES => leave_out(Excess::Surplus { name: name.clone() }),
                Ok(value) => kept.push((name.clone(), value.to_owned())),
                Err(why) => leave_out(why),
            }
        }
        answer.attributes.insert(endpoint.clone(), kept);
    }
    Ok(answer)
}

/// The value of an attribute, where its name and itself keep to the limits.
fn attribute<'v>(name: &str, value: &'v Value) -> Result<&'v str, Excess> {
    let length = name.chars().count();
    if length > MAX_ATTRIBUTE {
        return Err(Excess::Name { start: name.chars().take(20).collect(), length });
    }
    let Some(value) = value.as_str() else { return Err(Excess::NoText { name: name.to_owned() }) };
    let length = value.chars().count();
    if length > MAX_ATTRIBUTE {
        return Err(Excess::Value { name: name.to_owned(), length });
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_at_most_50_endpoints() {
        let sizes = |count: usize| batches(&vec![(); count]).map(<[()]>::len).collect::<Vec<_>>();
        assert_eq!(sizes(0), [0; 0]);
        assert_eq!(sizes(50), [50]);
        assert_eq!(sizes(51), [50, 1]);
        assert_eq!(sizes(120), [50, 50, 20]);
    }

    #[test]
    fn a_journey_calls_with_the_names_of_the_reference() {
        let endpoints = json!({"e1": {"ChannelType": "CUSTOM"}});
        let caller = Caller::Journey { journey: "j", run: "r", activity: "call" };
        let content = Content::Custom { data: "{\"a\":1}", message: None };
        let payload = payload(content, "app", caller, 0, endpoints.as_object().unwrap().clone());
        assert_eq!(
            payload,
            json!({
                "ApplicationId": "app", "JourneyId": "j", "JourneyRunId": "r", "ActivityId": "call",
                "ScheduledTime": "1970-01-01T00:00:00.000Z", "Data": "{\"a\":1}", "Message": {},
                "Endpoints": {"e1": {"ChannelType": "CUSTOM"}},
            })
        );
        let message = json!({"Body": "hello"});
        let content = Content::Custom { data: "", message: Some(&message) };
        assert_eq!(super::payload(content, "app", caller, 0, Map::new())["Message"], message);
    }

    #[test]
    fn a_payload_has_at_most_6_megabytes() {
        let frame = json!({"Data": ""}).to_string().len();
        let filled = |length: usize| json!({"Data": "x".repeat(length - frame)});
        assert_eq!(body(&filled(MAX_PAYLOAD)).map(|body| body.len()), Ok(6_291_456));
        let failure = body(&filled(MAX_PAYLOAD + 1)).unwrap_err();
        assert_eq!(failure.to_string(), "the payload has 6291457 bytes, a call may have at most 6291456");
        assert_eq!(Attempt::first(0).after(failure, 1), None);
    }

    #[test]
    fn what_fails_is_tried_three_times_of_15_seconds_and_nothing_else_is_tried_again() {
        let first = Attempt::first(1_000);
        assert_eq!(first, Attempt { number: 1, deadline: 16_000 });
        let second = first.after(Failure::Failed, 2_000).unwrap();
        assert_eq!(second, Attempt { number: 2, deadline: 17_000 });
        let third = second.after(Failure::Failed, 3_000).unwrap();
        assert_eq!(third, Attempt { number: 3, deadline: 18_000 });
        assert_eq!(third.after(Failure::Failed, 4_000), None);
        for failure in [Failure::TimedOut, Failure::Unreadable, Failure::TooLarge { bytes: 1 }] {
            assert_eq!(first.after(failure, 2_000), None, "{failure}");
        }
    }

    #[test]
    fn an_answer_gives_each_endpoint_its_attributes() {
        let answered = json!({"e1": {"EventAttributes": {"plan": "gold", "step": "2"}}, "e2": {}});
        let answer = answer(&answered, &["e1", "e2", "e3"]).unwrap();
        let expected = [("plan", "gold"), ("step", "2")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(answer.attributes, BTreeMap::from([("e1".to_owned(), expected.to_vec())]));
        assert_eq!(answer.left_out, []);
        assert_eq!(super::answer(&Value::Null, &["e1"]), Ok(Answer::default()));
    }

    #[test]
    fn what_exceeds_the_limits_of_an_answer_is_left_out_and_told() {
        let longest = "é".repeat(MAX_ATTRIBUTE);
        let too_long = format!("{longest}x");
        let answered = json!({
            "e1": {"EventAttributes": {
                too_long.clone(): "1", "number": 2, "long": too_long, longest.clone(): longest,
                "b": "", "c": "3", "d": "4", "e": "5", "f": "6",
            }},
            "e2": {"EventAttributes": ["gold"]},
            "e9": {"EventAttributes": {"plan": "gold"}},
        });
        let answer = answer(&answered, &["e1", "e2"]).unwrap();
        let kept: Vec<&str> = answer.attributes["e1"].iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(kept, [longest.as_str(), "b", "c", "d", "e"]);
        assert_eq!(answer.attributes.len(), 1);
        let told: Vec<String> = answer.left_out.iter().map(ToString::to_string).collect();
        let start = "é".repeat(20);
        assert_eq!(
            told,
            [
                format!("endpoint `e1`: the attribute name `{start}…` has 129 characters, at most 128 are kept"),
                "endpoint `e1`: the value of attribute `number` is not a text".to_owned(),
                "endpoint `e1`: the value of attribute `long` has 129 characters, at most 128 are kept".to_owned(),
                "endpoint `e1`: attribute `f` is beyond the 5 that an endpoint may have".to_owned(),
                "endpoint `e2`: `EventAttributes` is not a JSON object".to_owned(),
                "endpoint `e9`: the call was not about it".to_owned(),
            ]
        );
    }

    #[test]
    fn an_answer_of_another_form_can_not_be_read() {
        for answered in [json!("ok"), json!([]), json!(200), json!({"e1": "done"}), json!({"e1": null})] {
            assert_eq!(answer(&answered, &["e1"]), Err(Failure::Unreadable), "{answered}");
        }
    }
}
