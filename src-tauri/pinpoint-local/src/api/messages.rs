//! Messages that a request sends (api.md 8): to addresses, endpoints and users, each with an answer of its own.
//!
//! Quiet time and the limits of campaigns and journeys do not hold here. None is tried again.

mod compose;

use std::collections::BTreeSet;

use engine::draw::hash;
use model::view::Word;
use model::wire::ChannelType;
use serde_json::{Map, Value, json};
use templates::{Rendering, Substitutions, Template};

use crate::api::{Answer, Call, Context, Handler, apps, campaign_rules, endpoints};
use crate::outbox::{self, Message, Placed, Sender};
use crate::refusal::{Refusal, Result};
use crate::runner::told;

use compose::{Letter, Letters};

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[("SendMessages", send), ("SendUsersMessages", send_to_users)];

/// Recipients of a request (api.md 8, chosen).
const MAX_RECIPIENTS: usize = 100;

fn members<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> + Clone {
    value.get(name).and_then(Value::as_object).into_iter().flatten()
}

fn send(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let (addresses, endpoints) = (members(&call.body, "Addresses"), members(&call.body, "Endpoints"));
    let count = addresses.clone().count() + endpoints.clone().count();
    if count == 0 {
        return call.refuse("Addresses", "expected at least one recipient, here or in `Endpoints`");
    }
    if count > MAX_RECIPIENTS {
        return call.refuse("Addresses", &format!("{count} recipients, {MAX_RECIPIENTS} are allowed"));
    }
    let mut sending = Sending::of(context, call, app)?;
    let mut result = Map::new();
    for (address, one) in addresses {
        let channel = one.get("ChannelType").and_then(Value::as_str).and_then(ChannelType::parse);
        let Some(channel) = channel else {
            return call.refuse(&format!("Addresses.{address}.ChannelType"), "required, but missing");
        };
        let endpoint = json!({"ChannelType": channel.as_str()});
        let to = Recipient { endpoint_id: "", channel, address, endpoint: &endpoint, given: one };
        result.insert(address.clone(), sending.send(&to)?.json(None));
    }
    let mut endpoint_result = Map::new();
    for (id, one) in endpoints {
        endpoint_result.insert(id.clone(), sending.send_to_endpoint(id, one)?);
    }
    let mut answer = json!({"ApplicationId": app, "RequestId": call.request_id});
    for (member, results) in [("Result", result), ("EndpointResult", endpoint_result)] {
        if !results.is_empty() {
            answer[member] = Value::Object(results);
        }
    }
    Ok(call.answer(answer))
}

/// Sends to every endpoint of the users whose channel has a message.
fn send_to_users(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let users = members(&call.body, "Users");
    let count = users.clone().count();
    if count == 0 || count > MAX_RECIPIENTS {
        return call.refuse("Users", &format!("{count} users, 1 to {MAX_RECIPIENTS} are allowed"));
    }
    let mut sending = Sending::of(context, call, app)?;
    let mut result = Map::new();
    for (user, one) in users {
        let mut of_user = Map::new();
        for endpoint in endpoints::read_of_user(context.store, app, user)? {
            let id = endpoint.get("Id").and_then(Value::as_str).unwrap_or_default();
            let channel = endpoint.get("ChannelType").and_then(Value::as_str).and_then(ChannelType::parse);
            if channel.is_some_and(|channel| sending.letters.of_channel(channel).is_some()) {
                of_user.insert(id.to_owned(), sending.send_to_endpoint(id, one)?);
            }
        }
        result.insert(user.clone(), Value::Object(of_user));
    }
    Ok(call.answer(json!({"ApplicationId": app, "RequestId": call.request_id, "Result": result})))
}

/// Whom a message is for.
struct Recipient<'a> {
    /// Empty for a bare address.
    endpoint_id: &'a str,
    channel: ChannelType,
    address: &'a str,
    /// What variables read: the endpoint, or no more than the channel of an address (templates.md 3).
    endpoint: &'a Value,
    /// `AddressConfiguration` or `EndpointSendConfiguration`.
    given: &'a Value,
}

/// What became of a message: `DeliveryStatus`, its code (api.md 8, chosen), a sentence, and the message's id.
pub struct Delivery {
    status: &'static str,
    code: u16,
    message: String,
    id: Option<String>,
}

impl Delivery {
    fn failed(message: impl Into<String>) -> Delivery {
        Delivery { status: "PERMANENT_FAILURE", code: 400, message: message.into(), id: None }
    }

    fn json(self, address: Option<&str>) -> Value {
        let mut result = json!({"DeliveryStatus": self.status, "StatusCode": self.code, "StatusMessage": self.message});
        if let Some(id) = self.id {
            result["MessageId"] = id.into();
        }
        if let Some(address) = address {
            result["Address"] = address.into();
        }
        result
    }
}

/// A request on its way.
struct Sending<'a> {
    context: &'a Context<'a>,
    call: &'a Call,
    app: &'a str,
    letters: Letters<'a>,
    /// Channels that are enabled.
    channels: Vec<String>,
    /// Channel and address of messages sent.
    sent: BTreeSet<(&'static str, String)>,
}

impl<'a> Sending<'a> {
    fn of(context: &'a Context<'a>, call: &'a Call, app: &'a str) -> Result<Sending<'a>> {
        let letters = Letters::of(context.store, &call.body)?;
        let channels = campaign_rules::channels(context.store, app)?;
        Ok(Sending { context, call, app, letters, channels, sent: BTreeSet::new() })
    }

    fn send_to_endpoint(&mut self, id: &str, given: &Value) -> Result<Value> {
        let Some(endpoint) = endpoints::read(self.context.store, self.app, id)? else {
            return Ok(Delivery::failed(format!("there is no endpoint `{id}`")).json(None));
        };
        let text = |name: &str| endpoint.get(name).and_then(Value::as_str).unwrap_or_default();
        let address = text("Address");
        let delivery = match ChannelType::parse(text("ChannelType")) {
            _ if text("EndpointStatus") == "INACTIVE" => Delivery::failed("the endpoint is inactive"),
            _ if text("OptOut") == "ALL" => {
                Delivery { status: "OPT_OUT", code: 400, message: "the endpoint has opted out".to_owned(), id: None }
            }
            None => Delivery::failed("the endpoint has no channel"),
            _ if address.is_empty() => Delivery::failed("the endpoint has no address"),
            Some(channel) => self.send(&Recipient { endpoint_id: id, channel, address, endpoint: &endpoint, given })?,
        };
        Ok(delivery.json(Some(address)))
    }

    fn send(&mut self, to: &Recipient<'_>) -> Result<Delivery> {
        let channel = to.channel.as_str();
        let Some(letter) = self.letters.of_channel(to.channel) else {
            return Ok(Delivery::failed(format!("there is no message for {channel}")));
        };
        if !self.channels.iter().any(|enabled| enabled == channel) {
            return Ok(Delivery::failed(format!("the {channel} channel is not enabled")));
        }
        if !self.sent.insert((channel, to.address.to_owned())) {
            let message = "the request sends to this address already".to_owned();
            return Ok(Delivery { status: "DUPLICATE", code: 400, message, id: None });
        }
        let letter = letter.overridden(to.given);
        let id = id(&self.call.request_id, to);
        let made = self.parts(&letter, to, &id);
        let mut envelope = letter.envelope;
        let context: Map<String, Value> = members(&self.call.body, "Context")
            .chain(members(to.given, "Context"))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if !context.is_empty() {
            envelope.insert("Context".into(), Value::Object(context));
        }
        let (parts, failure) = match made {
            Ok(parts) => (parts, None),
            Err(reason) => (Vec::new(), Some(reason)),
        };
        let message = Message {
            id: id.clone(),
            application_id: self.app.to_owned(),
            sender: sender(self.call),
            endpoint_id: to.endpoint_id.to_owned(),
            channel_type: channel.to_owned(),
            address: to.address.to_owned(),
            at: self.context.now,
            parts,
            envelope,
            failure,
        };
        hand_over(self.context, message)
    }

    /// The texts, or why they can not be made.
    fn parts(
        &self,
        letter: &Letter,
        to: &Recipient<'_>,
        id: &str,
    ) -> std::result::Result<Vec<(String, String)>, String> {
        if let Some(raw) = to.given.get("RawContent").and_then(Value::as_str).filter(|raw| !raw.is_empty()) {
            return Ok(vec![("RawContent".to_owned(), raw.to_owned())]);
        }
        if letter.envelope.contains_key("RawEmail") {
            return Ok(Vec::new());
        }
        let template = Template::compile(letter.kind, &letter.document).map_err(|error| error.to_string())?;
        let rendering = Rendering {
            endpoint: to.endpoint,
            substitutions: Substitutions {
                address: to.given.get("Substitutions").and_then(Value::as_object),
                message: letter.substitutions.as_ref(),
            },
            now: self.context.now,
            seed: hash(&[id]),
            missing_as_empty: false,
        };
        Ok(template.message(&rendering).map_err(|error| error.to_string())?.parts)
    }
}

/// Who sends the messages of a request.
pub fn sender(call: &Call) -> Sender {
    let trace_id = call.body.get("TraceId").and_then(Value::as_str).map(str::to_owned);
    Sender::Direct { request_id: call.request_id.clone(), trace_id }
}

/// Puts a message into the outbox; one with a failure was not made.
pub fn hand_over(context: &Context<'_>, message: Message) -> Result<Delivery> {
    let placed = outbox::put(context.store, &message)?;
    let Message { id, failure, .. } = &message;
    match failure {
        Some(reason) => {
            told::not_made(context.store, &message, reason)?;
            Ok(Delivery { id: Some(id.clone()), ..Delivery::failed(reason.clone()) })
        }
        None => {
            // One that waits for its channel's adapter is told of when that has taken it.
            if placed != Placed::Queued {
                told::accepted(context.store, &message)?;
            }
            let text = format!("MessageId: {id}");
            Ok(Delivery { status: "SUCCESSFUL", code: 200, message: text, id: Some(id.clone()) })
        }
    }
}

/// The `MessageResponse` about one address.
pub fn answer(call: &Call, app: &str, address: &str, delivery: Delivery) -> Answer {
    let result = json!({address: delivery.json(None)});
    call.answer(json!({"ApplicationId": app, "RequestId": call.request_id, "Result": result}))
}

/// A delivery that was not tried.
pub fn not_tried(reason: &str) -> Delivery {
    Delivery::failed(reason)
}

fn id(request_id: &str, to: &Recipient<'_>) -> String {
    let parts = [request_id, "\u{0}", to.endpoint_id, "\u{0}", to.channel.as_str(), "\u{0}", to.address];
    let half = |salt: &'static str| hash(&[&[salt], &parts[..]].concat());
    format!("{:016x}{:016x}", half("direct 1"), half("direct 2"))
}

/// 400 about a member of the message.
fn refuse<T>(member: &str, message: &str) -> Result<T> {
    Err(Refusal::bad_request(format!("{member}: {message}")))
}
