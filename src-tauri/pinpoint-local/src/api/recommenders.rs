//! Recommender configurations (templates.md 6), of the account. They are checked, stored and returned; no model is asked.

use model::time::format_instant;
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value};

use crate::api::paging::Page;
use crate::api::{Answer, Call, Context, Handler, naming};
use crate::refusal::{Refusal, Result};
use crate::store;

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[
    ("CreateRecommenderConfiguration", create),
    ("GetRecommenderConfiguration", get),
    ("GetRecommenderConfigurations", list),
    ("UpdateRecommenderConfiguration", update),
    ("DeleteRecommenderConfiguration", delete),
];

/// Models of an account.
const MAX_MODELS: i64 = 100;
/// Attributes that a Lambda function may add.
const MAX_ATTRIBUTES: usize = 10;

fn create(context: &Context<'_>, call: &Call) -> Result<Answer> {
    check(call)?;
    let count: i64 = context.store.query_row("SELECT count(*) FROM recommenders", [], |row| row.get(0))?;
    if count >= MAX_MODELS {
        let message = format!("there are {count} recommender configurations, {MAX_MODELS} are allowed in an account");
        return Err(Refusal::bad_request(message));
    }
    let id = naming::id();
    let document = document(context, call, &id, &format_instant(context.now));
    let text = store::text(&document);
    context.store.execute("INSERT INTO recommenders (id, document) VALUES (?1, ?2)", params![id, text])?;
    Ok(call.answer(document))
}

/// Replaces the configuration.
fn update(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let before = existing(context, call)?;
    check(call)?;
    let id = call.parameter("recommender-id");
    let created = before.get("CreationDate").and_then(Value::as_str).unwrap_or_default();
    let document = document(context, call, id, created);
    let text = store::text(&document);
    context.store.execute("UPDATE recommenders SET document = ?2 WHERE id = ?1", params![id, text])?;
    Ok(call.answer(document))
}

fn document(context: &Context<'_>, call: &Call, id: &str, created: &str) -> Value {
    let mut document = Map::new();
    document.insert("Id".into(), id.into());
    document.insert("CreationDate".into(), created.into());
    document.insert("LastModifiedDate".into(), format_instant(context.now).into());
    document.insert("RecommendationProviderIdType".into(), "PINPOINT_ENDPOINT_ID".into());
    document.insert("RecommendationsPerMessage".into(), 5.into());
    let own = ["Id", "CreationDate", "LastModifiedDate"];
    for (key, value) in call.body.as_object().into_iter().flatten() {
        if !own.contains(&key.as_str()) && !value.is_null() {
            document.insert(key.clone(), value.clone());
        }
    }
    Value::Object(document)
}

fn check(call: &Call) -> Result<()> {
    let text = |member: &str| call.body.get(member).and_then(Value::as_str).unwrap_or_default();
    for member in ["RecommendationProviderRoleArn", "RecommendationProviderUri"] {
        if !text(member).starts_with("arn:") {
            return call.refuse(member, "expected an ARN");
        }
    }
    for (member, longest) in [("Name", 128), ("Description", 128), ("RecommendationsDisplayName", 25)] {
        if text(member).chars().count() > longest {
            return call.refuse(member, &format!("may have {longest} characters"));
        }
    }
    if !matches!(text("RecommendationProviderIdType"), "" | "PINPOINT_ENDPOINT_ID" | "PINPOINT_USER_ID") {
        return call.refuse("RecommendationProviderIdType", "expected PINPOINT_ENDPOINT_ID or PINPOINT_USER_ID");
    }
    let per_message = call.body.get("RecommendationsPerMessage").filter(|value| !value.is_null());
    if per_message.is_some_and(|count| !count.as_i64().is_some_and(|count| (1..=5).contains(&count))) {
        return call.refuse("RecommendationsPerMessage", "expected a number from 1 to 5");
    }
    let attributes = call.body.get("Attributes").and_then(Value::as_object);
    let count = attributes.map_or(0, Map::len);
    match text("RecommendationTransformerUri") {
        "" if text("RecommendationsDisplayName").is_empty() => {
            return call.refuse("RecommendationsDisplayName", "required without a `RecommendationTransformerUri`");
        }
        "" if count > 0 => {
            return call.refuse("Attributes", "need a `RecommendationTransformerUri`, which makes them");
        }
        "" => {}
        _ if !(1..=MAX_ATTRIBUTES).contains(&count) => {
            return call.refuse("Attributes", &format!("{count} attributes, 1 to {MAX_ATTRIBUTES} are expected"));
        }
        _ => {}
    }
    for (name, shown) in attributes.into_iter().flatten() {
        if name.chars().count() > 50 || shown.as_str().is_some_and(|shown| shown.chars().count() > 25) {
            return call.refuse("Attributes", &format!("`{name}`: a name may have 50, a display name 25 characters"));
        }
    }
    Ok(())
}

fn existing(context: &Context<'_>, call: &Call) -> Result<Value> {
    let id = call.parameter("recommender-id");
    let mut statement = context.store.prepare_cached("SELECT document FROM recommenders WHERE id = ?1")?;
    let found = statement.query_row(params![id], |row| store::json(row, 0)).optional()?;
    found.ok_or_else(|| Refusal::not_found(format!("there is no recommender configuration `{id}`")))
}

fn get(context: &Context<'_>, call: &Call) -> Result<Answer> {
    Ok(call.answer(existing(context, call)?))
}

fn delete(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let document = existing(context, call)?;
    context.store.execute("DELETE FROM recommenders WHERE id = ?1", params![call.parameter("recommender-id")])?;
    Ok(call.answer(document))
}

fn list(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let page = Page::of(call, "token", "recommenders".into())?;
    let rows = context
        .store
        .prepare_cached("SELECT seq, document FROM recommenders WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2")?
        .query_map(params![page.before, page.limit()], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(call.answer(page.answer(rows)))
}
