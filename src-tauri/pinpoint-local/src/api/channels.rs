//! Channels of a project (api.md 7). The same three handlers answer for all ten: the path names the channel.
//!
//! Credentials are looked at, never stored and never returned: the outbox needs none.

use model::shapes::SHAPES;
use model::time::format_instant;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value, json};

use crate::api::{Answer, Call, Context, Handler, apps};
use crate::refusal::{Refusal, Result};
use crate::store;

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[
    ("GetChannels", list),
    ("GetAdmChannel", get),
    ("GetApnsChannel", get),
    ("GetApnsSandboxChannel", get),
    ("GetApnsVoipChannel", get),
    ("GetApnsVoipSandboxChannel", get),
    ("GetBaiduChannel", get),
    ("GetEmailChannel", get),
    ("GetGcmChannel", get),
    ("GetSmsChannel", get),
    ("GetVoiceChannel", get),
    ("UpdateAdmChannel", update),
    ("UpdateApnsChannel", update),
    ("UpdateApnsSandboxChannel", update),
    ("UpdateApnsVoipChannel", update),
    ("UpdateApnsVoipSandboxChannel", update),
    ("UpdateBaiduChannel", update),
    ("UpdateEmailChannel", update),
    ("UpdateGcmChannel", update),
    ("UpdateSmsChannel", update),
    ("UpdateVoiceChannel", update),
    ("DeleteAdmChannel", delete),
    ("DeleteApnsChannel", delete),
    ("DeleteApnsSandboxChannel", delete),
    ("DeleteApnsVoipChannel", delete),
    ("DeleteApnsVoipSandboxChannel", delete),
    ("DeleteBaiduChannel", delete),
    ("DeleteEmailChannel", delete),
    ("DeleteGcmChannel", delete),
    ("DeleteSmsChannel", delete),
    ("DeleteVoiceChannel", delete),
];

/// Request members that are secrets; one that is given makes `HasCredential` true.
const SECRETS: &[&str] =
    &["ApiKey", "ServiceJson", "Certificate", "PrivateKey", "TokenKey", "ClientId", "ClientSecret", "SecretKey"];

/// The channel's name: the last word of the path.
fn name(call: &Call) -> &'static str {
    call.operation.path.rsplit('/').next().unwrap_or_default()
}

fn read(context: &Context<'_>, app: &str, name: &str) -> Result<Option<Value>> {
    let mut statement = context.store.prepare_cached("SELECT document FROM channels WHERE app = ?1 AND name = ?2")?;
    Ok(statement.query_row(params![app, name], |row| store::json(row, 0)).optional()?)
}

/// `FromAddress` of the e-mail channel; `None` = there is none, or it does not say.
pub fn from_address(connection: &Connection, app: &str) -> Result<Option<String>> {
    let address = "SELECT json_extract(document, '$.FromAddress') FROM channels WHERE app = ?1 AND name = 'email'";
    let mut statement = connection.prepare_cached(address)?;
    Ok(statement.query_row(params![app], |row| row.get::<_, Option<String>>(0)).optional()?.flatten())
}

fn existing(context: &Context<'_>, call: &Call) -> Result<Value> {
    let app = apps::existing(context, call)?;
    let name = name(call);
    read(context, app, name)?
        .ok_or_else(|| Refusal::not_found(format!("the project has no {} channel", name.to_uppercase())))
}

fn get(context: &Context<'_>, call: &Call) -> Result<Answer> {
    Ok(call.answer(existing(context, call)?))
}

/// Members given replace, others stay; `Enabled` is true when a new channel does not say (chosen).
fn update(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let name = name(call);
    let now = format_instant(context.now);
    let given = |member: &str| call.body.get(member).filter(|value| !value.is_null());
    let mut document = match read(context, app, name)? {
        Some(Value::Object(document)) => document,
        _ => {
            let mut document = Map::new();
            document.insert("ApplicationId".into(), app.into());
            document.insert("CreationDate".into(), now.as_str().into());
            document.insert("Enabled".into(), true.into());
            document.insert("HasCredential".into(), false.into());
            document.insert("Id".into(), name.into());
            document.insert("IsArchived".into(), false.into());
            document.insert("Platform".into(), name.to_uppercase().into());
            document
        }
    };
    let answered = call.operation.response.map_or(&[][..], |shape| SHAPES[shape].members());
    for (key, value) in call.body.as_object().into_iter().flatten() {
        if !value.is_null() && !SECRETS.contains(&key.as_str()) && answered.iter().any(|member| member.name == key) {
            document.insert(key.clone(), value.clone());
        }
    }
    if SECRETS.iter().any(|secret| given(secret).is_some()) {
        document.insert("HasCredential".into(), true.into());
    }
    for (flag, secret) in [("HasTokenKey", "TokenKey"), ("HasFcmServiceCredentials", "ServiceJson")] {
        if answered.iter().any(|member| member.name == flag) {
            let before = document.get(flag).and_then(Value::as_bool).unwrap_or(false);
            document.insert(flag.into(), (before || given(secret).is_some()).into());
        }
    }
    if name == "baidu" {
        // The only channel whose answer must carry its key.
        document.insert("Credential".into(), given("ApiKey").cloned().unwrap_or_else(|| "".into()));
    }
    let version = document.get("Version").and_then(Value::as_i64).unwrap_or(0) + 1;
    document.insert("Version".into(), version.into());
    document.insert("LastModifiedDate".into(), now.into());
    let document = Value::Object(document);
    context
        .store
        .prepare_cached("INSERT OR REPLACE INTO channels (app, name, document) VALUES (?1, ?2, ?3)")?
        .execute(params![app, name, store::text(&document)])?;
    Ok(call.answer(document))
}

fn delete(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let document = existing(context, call)?;
    let app = call.parameter("application-id");
    context.store.execute("DELETE FROM channels WHERE app = ?1 AND name = ?2", params![app, name(call)])?;
    Ok(call.answer(document))
}

fn list(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let members = model::shapes::find("ChannelResponse").map_or(&[][..], |shape| shape.members());
    let rows: Vec<(String, Value)> = context
        .store
        .prepare_cached("SELECT name, document FROM channels WHERE app = ?1 ORDER BY name")?
        .query_map(params![app], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut channels = Map::new();
    for (name, mut document) in rows {
        if let Some(object) = document.as_object_mut() {
            object.retain(|key, _| members.iter().any(|member| member.name == key));
        }
        channels.insert(name.to_uppercase(), document);
    }
    Ok(call.answer(json!({"Channels": channels})))
}
