//! Hands messages over: template, rendering, outbox.

use std::collections::BTreeMap;

use audience::Row;
use engine::draw::hash;
use model::view::Word;
use model::{ActivityKind, Millis, TemplateKind};
use rusqlite::Transaction;
use serde_json::Value;
use templates::{Rendering, Substitutions, Template};

use crate::api;
use crate::outbox::{self, Message};
use crate::refusal::Result;

/// A message on its way.
pub struct Envelope<'a> {
    /// The project.
    pub app: &'a str,
    /// The journey.
    pub journey: &'a str,
    /// The run that admitted the participant.
    pub run: &'a str,
    /// The message activity.
    pub activity: &'a str,
    /// The participant's key.
    pub participant: &'a str,
    /// Number of the traversal.
    pub entry: u32,
    /// Whom it is for.
    pub endpoint: Row<'a>,
    /// Kind of the activity.
    pub kind: Option<ActivityKind>,
    /// Name of the template.
    pub template: Option<&'a str>,
    /// Its version; `None` = the one that is active now.
    pub version: Option<&'a str>,
    /// `Data` of a CUSTOM activity.
    pub data: Option<&'a str>,
}

/// Kind, name and version of a template.
type Name = (TemplateKind, String, Option<String>);

/// The templates of one transaction, each compiled once.
#[derive(Default)]
pub struct Post {
    templates: BTreeMap<Name, Option<Template>>,
}

impl Post {
    /// Renders the message and puts it into the outbox; `false` = it cannot be made, and nobody gets it (templates.md 3).
    pub fn hand_over(&mut self, transaction: &Transaction<'_>, envelope: &Envelope<'_>, now: Millis) -> Result<bool> {
        let id = id(envelope);
        let Some(parts) = self.parts(transaction, envelope, &id, now)? else { return Ok(false) };
        let message = Message {
            id,
            application_id: envelope.app.to_owned(),
            journey_id: envelope.journey.to_owned(),
            journey_run_id: envelope.run.to_owned(),
            journey_activity_id: envelope.activity.to_owned(),
            participant: envelope.participant.to_owned(),
            endpoint_id: envelope.endpoint.id().to_owned(),
            channel_type: envelope.endpoint.channel().map_or_else(String::new, |channel| channel.as_str().to_owned()),
            address: envelope.endpoint.address().unwrap_or_default().to_owned(),
            at: now,
            parts,
        };
        outbox::put(transaction, &message)?;
        Ok(true)
    }

    fn parts(
        &mut self,
        transaction: &Transaction<'_>,
        envelope: &Envelope<'_>,
        id: &str,
        now: Millis,
    ) -> Result<Option<Vec<(String, String)>>> {
        let kind = envelope.kind.and_then(ActivityKind::template_kind);
        let (Some(kind), Some(name)) = (kind, envelope.template) else {
            // CUSTOM and contact centre carry no template of ours, only their data.
            return Ok(Some(envelope.data.map(|data| ("Data".to_owned(), data.to_owned())).into_iter().collect()));
        };
        let key = (kind, name.to_owned(), envelope.version.map(str::to_owned));
        if !self.templates.contains_key(&key) {
            let template = compile(transaction, &key)?;
            self.templates.insert(key.clone(), template);
        }
        let Some(Some(template)) = self.templates.get(&key) else { return Ok(None) };
        let endpoint = envelope.endpoint.to_json();
        let rendering = Rendering {
            endpoint: &endpoint,
            substitutions: Substitutions::default(),
            now,
            seed: hash(&[id]),
            missing_as_empty: false,
        };
        match template.render_with(&rendering) {
            Ok(rendered) => Ok(Some(rendered.parts)),
            Err(error) => {
                tracing::warn!(template = name, %error, "a message could not be rendered");
                Ok(None)
            }
        }
    }
}

fn compile(transaction: &Transaction<'_>, (kind, name, version): &Name) -> Result<Option<Template>> {
    let document: Option<Value> = api::templates::read(transaction, *kind, name, version.as_deref())?;
    let Some(document) = document else {
        tracing::warn!(template = name, "the template of a message is gone");
        return Ok(None);
    };
    match Template::compile(*kind, &document) {
        Ok(template) => Ok(Some(template)),
        Err(error) => {
            tracing::warn!(template = name, %error, "the template of a message cannot be read");
            Ok(None)
        }
    }
}

/// The same for the same message, whenever it is made: 32 hexadecimal characters. An activity is visited once in a
/// traversal, because a published journey has no circles.
fn id(envelope: &Envelope<'_>) -> String {
    let entry = envelope.entry.to_string();
    let half = |salt: &str| {
        hash(&[
            salt,
            envelope.app,
            envelope.journey,
            envelope.run,
            envelope.participant,
            "\u{0}",
            &entry,
            "\u{0}",
            envelope.activity,
            "\u{0}",
            envelope.endpoint.id(),
        ])
    };
    format!("{:016x}{:016x}", half("1"), half("2"))
}
