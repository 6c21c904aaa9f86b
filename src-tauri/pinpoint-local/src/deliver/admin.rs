//! Paths below `/waymark/` about messages: searching them, the source of a mail, dead letters, the suppression list. The
//! crate page documents them.

use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::{lane, queue};
use crate::admin::limit;
use crate::api::Answer;
use crate::audit::{self, Entry};
use crate::outbox;
use crate::refusal::{Exception, Refusal, Result};
use crate::server::Machine;

/// Answers a request; `None` = the path is none of these. `told` = what the audit log tells of a change.
pub fn answer(
    machine: &Machine,
    method: &str,
    path: &str,
    query: &[(String, String)],
    told: &Entry,
) -> Result<Option<Answer>> {
    let Some(rest) = path.strip_prefix("/waymark/") else { return Ok(None) };
    let parts: Vec<&str> = rest.split('/').collect();
    let answer = match (method, &parts[..]) {
        ("GET", ["outbox"]) => search(machine, query, None)?,
        ("GET", ["outbox", id, "mime"]) => mime(machine, id)?,
        ("GET", ["dead-letters"]) => search(machine, query, Some("DEAD"))?,
        ("POST", ["dead-letters", id, "replay"]) => replay(machine, id, told.clone())?,
        ("GET", ["suppressions"]) => {
            let limit = i64::from(limit(query)?);
            json!({"Item": machine.store.read(|store| suppressions(store, limit))?})
        }
        ("DELETE", ["suppressions", channel, address]) => release(machine, channel, address, told.clone())?,
        (_, ["outbox", _, "mime"] | ["dead-letters", ..] | ["suppressions", ..]) => {
            return Err(Refusal::new(Exception::MethodNotAllowed, format!("{method} is not allowed on this path")));
        }
        _ => return Ok(None),
    };
    Ok(Some(Answer::ok(answer)))
}

fn find<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    found.filter(|value| !value.is_empty())
}

/// Messages that fit, newest first, with where they stand on their way out.
fn search(machine: &Machine, query: &[(String, String)], status: Option<&str>) -> Result<Value> {
    let limit = i64::from(limit(query)?);
    let before: i64 = match find(query, "token") {
        None => i64::MAX,
        Some(text) => text.parse().map_err(|_| Refusal::bad_request("token: expected the `NextToken` of an answer"))?,
    };
    let status = status.or(find(query, "status"));
    let text = find(query, "text").map(str::to_lowercase);
    let (mut items, next) = machine.store.read(|store| {
        let mut statement = store.prepare_cached(&format!(
            "SELECT {}, {}, o.seq FROM outbox o LEFT JOIN deliveries d ON d.message = o.id
             WHERE o.seq < ?1 AND (?2 IS NULL OR o.app = ?2)
             AND (?3 IS NULL OR instr(lower(o.parts), ?3) > 0 OR instr(lower(o.address), ?3) > 0)
             AND (?4 IS NULL OR o.channel = ?4) AND (?5 IS NULL OR o.endpoint = ?5)
             AND (?6 IS NULL OR (o.sender = 'JOURNEY' AND o.origin = ?6))
             AND (?7 IS NULL OR (o.sender = 'CAMPAIGN' AND o.origin = ?7))
             AND (?8 IS NULL OR d.status = ?8 OR (?8 = 'FAILED' AND o.failure IS NOT NULL))
             ORDER BY o.seq DESC LIMIT ?9",
            outbox::COLUMNS,
            queue::COLUMNS
        ))?;
        let (app, channel, endpoint) = (find(query, "app"), find(query, "channel"), find(query, "endpoint"));
        let (journey, campaign) = (find(query, "journey"), find(query, "campaign"));
        let parameters = params![before, app, text, channel, endpoint, journey, campaign, status, limit + 1];
        let rows = statement.query_map(parameters, |row| {
            let mut item = to_value(&outbox::message(row)?);
            let from = outbox::COLUMN_COUNT;
            if row.get_ref(from)? != rusqlite::types::ValueRef::Null {
                item["Delivery"] = to_value(&queue::delivery(row, from)?);
            }
            Ok((item, row.get::<_, i64>("seq")?))
        })?;
        let mut rows: Vec<(Value, i64)> = rows.collect::<rusqlite::Result<_>>()?;
        let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
        if more {
            rows.pop();
        }
        let next = rows.last().filter(|_| more).map(|(_, seq)| seq.to_string());
        Ok::<_, Refusal>((rows.into_iter().map(|(item, _)| item).collect::<Vec<_>>(), next))
    })?;
    let mut answer = json!({"Item": std::mem::take(&mut items)});
    if let Some(next) = next {
        answer["NextToken"] = next.into();
    }
    Ok(answer)
}

/// The source of a mail, as its adapter would make it.
fn mime(machine: &Machine, id: &str) -> Result<Value> {
    let source = machine.store.read(|store| {
        let message = outbox::find(store, id)?;
        let message = message.ok_or_else(|| Refusal::not_found("there is no such message in the outbox"))?;
        if message.channel_type != "EMAIL" {
            return Err(Refusal::bad_request(format!("a message of channel {} has no source", message.channel_type)));
        }
        let outgoing = lane::outgoing(&machine.deliverer.config, store, &message)?;
        // A store without a sender still shows the mail.
        delivery::source(&outgoing, Some("nobody@localhost"), &[]).map_err(Refusal::bad_request)
    })?;
    Ok(json!({"Source": String::from_utf8_lossy(&source)}))
}

fn replay(machine: &Machine, id: &str, told: Entry) -> Result<Value> {
    let (id, now) = (id.to_owned(), machine.clock.now());
    let found = machine.store.transact::<_, Refusal>(move |store| {
        audit::write(store, &told)?;
        Ok(queue::replay(store, &id, now)?)
    })?;
    if !found {
        return Err(Refusal::not_found("there is no such dead letter"));
    }
    machine.deliverer.ring();
    Ok(json!({"Replayed": true}))
}

fn suppressions(connection: &Connection, limit: i64) -> Result<Vec<Value>> {
    let mut statement = connection.prepare_cached(
        "SELECT channel, address, reason, at FROM suppressions ORDER BY at DESC, channel, address LIMIT ?1",
    )?;
    let rows = statement.query_map([limit], |row| {
        let (channel, address, reason): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(json!({"ChannelType": channel, "Address": address, "Reason": reason, "At": row.get::<_, i64>(3)?}))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn release(machine: &Machine, channel: &str, address: &str, told: Entry) -> Result<Value> {
    let (channel, address) = (channel.to_owned(), crate::route::decoded(address));
    // Without the address, which the audit log does not name.
    let told = Entry {
        resource: "/waymark/suppressions".to_owned(),
        operation: "DELETE /waymark/suppressions".to_owned(),
        ..told
    };
    let found = machine.store.transact::<_, Refusal>(move |store| {
        audit::write(store, &told)?;
        Ok(queue::release(store, &channel, &address)?)
    })?;
    if found { Ok(json!({"Released": true})) } else { Err(Refusal::not_found("the address is not on the list")) }
}

fn to_value(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
