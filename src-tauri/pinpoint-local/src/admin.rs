//! Paths of our own below `/waymark/`: status, outbox and clock. The crate page documents them.

use model::time::{format_instant, parse_duration, parse_instant};
use serde_json::{Value, json};

use crate::api::Answer;
use crate::outbox;
use crate::refusal::{Exception, Refusal, Result};
use crate::server::Machine;

/// Carries out a request on a path of our own.
pub fn answer(machine: &Machine, method: &str, path: &str, query: &[(String, String)], body: &Value) -> Result<Answer> {
    match (method, path) {
        ("GET", "/waymark/status") => Ok(Answer::ok(to_value(&machine.status()?))),
        ("GET", "/waymark/outbox") => {
            let limit = match find(query, "limit") {
                None => 100,
                Some(text) => text
                    .parse()
                    .ok()
                    .filter(|limit| (1..=1000).contains(limit))
                    .ok_or_else(|| Refusal::bad_request("limit: expected a number from 1 to 1000"))?,
            };
            let messages = machine.store.read(|connection| outbox::read(connection, limit, find(query, "app")))?;
            Ok(Answer::ok(json!({"Item": to_value(&messages)})))
        }
        ("DELETE", "/waymark/outbox") => {
            let removed = machine.store.transact::<_, Refusal>(|transaction| Ok(outbox::clear(transaction)?))?;
            Ok(Answer::ok(json!({"Removed": removed})))
        }
        ("GET", "/waymark/clock") => Ok(Answer::ok(clock(machine))),
        ("POST", "/waymark/clock") => {
            let advance = body.get("advance").and_then(Value::as_str);
            let to = body.get("to").and_then(Value::as_str);
            let target = match (advance, to) {
                (Some(span), None) => parse_duration(span)
                    .map(|span| machine.clock.now() + span)
                    .ok_or_else(|| Refusal::bad_request("advance: expected an ISO 8601 duration such as P1D"))?,
                (None, Some(instant)) => {
                    parse_instant(instant).ok_or_else(|| Refusal::bad_request("to: expected an ISO 8601 instant"))?
                }
                _ => return Err(Refusal::bad_request("expected one of `advance` and `to`")),
            };
            machine.advance_to(target)?;
            Ok(Answer::ok(clock(machine)))
        }
        (_, "/waymark/status" | "/waymark/outbox" | "/waymark/clock") => {
            Err(Refusal::new(Exception::MethodNotAllowed, format!("{method} is not allowed on this path")))
        }
        _ => Err(Refusal::not_found("there is no such path below /waymark/")),
    }
}

fn clock(machine: &Machine) -> Value {
    json!({"Now": format_instant(machine.clock.now()), "Virtual": machine.clock.is_virtual()})
}

fn find<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

fn to_value(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
