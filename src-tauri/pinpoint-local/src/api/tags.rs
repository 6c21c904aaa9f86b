//! Tags of projects, campaigns, segments and templates (api.md 5): members of the resource's own document.

use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value, json};

use crate::api::{Answer, Call, Context, Handler, naming};
use crate::refusal::{Refusal, Result};
use crate::store;

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] =
    &[("ListTagsForResource", list), ("TagResource", tag), ("UntagResource", untag)];

/// The document that carries the tags: where it stands, and itself.
struct Tagged {
    update: &'static str,
    keys: [String; 2],
    document: Map<String, Value>,
}

fn find(context: &Context<'_>, call: &Call) -> Result<Tagged> {
    let arn = call.parameter("resource-arn");
    let resource = naming::resource(arn)
        .ok_or_else(|| Refusal::bad_request(format!("resource-arn: `{arn}` is not an ARN of this API")))?;
    let (select, update, keys) = match resource.split('/').collect::<Vec<_>>().as_slice() {
        ["apps", app] => (
            "SELECT document FROM apps WHERE id = ?1 AND ?2 = ''",
            "UPDATE apps SET document = ?3 WHERE id = ?1 AND ?2 = ''",
            [(*app).to_owned(), String::new()],
        ),
        ["apps", app, "segments", id] => (
            "SELECT document FROM segments JOIN segment_versions USING (app, id, version) WHERE app = ?1 AND id = ?2",
            "UPDATE segment_versions SET document = ?3 WHERE app = ?1 AND id = ?2
             AND version = (SELECT version FROM segments WHERE app = ?1 AND id = ?2)",
            [(*app).to_owned(), (*id).to_owned()],
        ),
        ["apps", app, "campaigns", id] => (
            "SELECT document FROM campaigns JOIN campaign_versions USING (version)
             WHERE app = ?1 AND id = ?2 AND campaign = id",
            "UPDATE campaign_versions SET document = ?3 WHERE campaign = ?2
             AND version = (SELECT version FROM campaigns WHERE app = ?1 AND id = ?2)",
            [(*app).to_owned(), (*id).to_owned()],
        ),
        ["templates", name, kind] => (
            "SELECT document FROM template_versions WHERE name = ?1 AND kind = ?2
             AND version = (SELECT active FROM templates WHERE name = ?1 AND kind = ?2)",
            "UPDATE template_versions SET document = ?3 WHERE name = ?1 AND kind = ?2
             AND version = (SELECT active FROM templates WHERE name = ?1 AND kind = ?2)",
            [(*name).to_owned(), (*kind).to_owned()],
        ),
        _ => return Err(Refusal::not_found(format!("there is no resource `{resource}` that has tags"))),
    };
    let found = context
        .store
        .prepare_cached(select)?
        .query_row(params![keys[0], keys[1]], |row| store::json(row, 0))
        .optional()?;
    match found {
        Some(Value::Object(document)) => Ok(Tagged { update, keys, document }),
        _ => Err(Refusal::not_found(format!("there is no resource `{resource}`"))),
    }
}

impl Tagged {
    fn tags(&self) -> Map<String, Value> {
        self.document.get("tags").and_then(Value::as_object).cloned().unwrap_or_default()
    }

    fn save(mut self, context: &Context<'_>, tags: Map<String, Value>) -> Result<()> {
        self.document.insert("tags".into(), Value::Object(tags));
        let text = store::text(&Value::Object(self.document));
        context.store.execute(self.update, params![self.keys[0], self.keys[1], text])?;
        Ok(())
    }
}

fn list(context: &Context<'_>, call: &Call) -> Result<Answer> {
    Ok(call.answer(json!({"tags": find(context, call)?.tags()})))
}

fn tag(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let tagged = find(context, call)?;
    let mut tags = tagged.tags();
    for (key, value) in call.body.get("tags").and_then(Value::as_object).into_iter().flatten() {
        tags.insert(key.clone(), value.clone());
    }
    naming::check_tags(Some(&Value::Object(tags.clone())))?;
    tagged.save(context, tags)?;
    Ok(call.nothing())
}

fn untag(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let tagged = find(context, call)?;
    let mut tags = tagged.tags();
    for (_, key) in call.query.iter().filter(|(name, _)| name == "tagKeys") {
        tags.shift_remove(key);
    }
    tagged.save(context, tags)?;
    Ok(call.nothing())
}
