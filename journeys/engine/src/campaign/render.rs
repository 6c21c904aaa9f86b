//! Making a message for an endpoint: the only place where campaigns meet templates.

use std::collections::BTreeMap;

use audience::People;
use model::TemplateKind;
use model::view::Word;
use model::wire::ChannelType;
use serde_json::{Value, json};
use templates::{Rendered, Rendering, Template};

use crate::Place;
use crate::campaign::hook::overrides;
use crate::campaign::message::TemplateName;
use crate::campaign::program::Program;
use crate::campaign::world::Draft;

/// The messages of a campaign, ready to be made for many endpoints.
#[derive(Clone, Debug, Default)]
pub struct Renderer {
    /// By treatment and message of it.
    templates: BTreeMap<(u8, u8), Template>,
    /// `RecommenderId` of those that have one.
    recommenders: BTreeMap<(u8, u8), String>,
}

/// Why a campaign's messages can not be made for anybody: the campaign is unusable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// C019, C027
    #[error("there is no {} template `{name}`{}", kind.template_type(), version.as_ref().map(|v| format!(" with version `{v}`")).unwrap_or_default())]
    NoTemplate {
        /// The kind that the message needs.
        kind: TemplateKind,
        /// Its name.
        name: String,
        /// The version that the campaign asks for.
        version: Option<String>,
    },
    /// The text is wrong, or inline and template do not fit.
    #[error("the {} message can not be read: {error}", kind.template_type())]
    Template {
        /// The kind.
        kind: TemplateKind,
        /// What is wrong.
        error: templates::TemplateError,
    },
}

impl Renderer {
    /// Compiles the messages of all treatments. `lookup` answers the document of a template: of the version named, else
    /// of the active one.
    ///
    /// # Errors
    /// See [`MessageError`].
    pub fn compile<'a>(
        program: &Program,
        lookup: &dyn Fn(TemplateKind, &TemplateName) -> Option<&'a Value>,
    ) -> Result<Renderer, MessageError> {
        let mut renderer = Renderer::default();
        for (treatment, compiled) in (0u8..).zip(&program.treatments) {
            for (number, message) in compiled.messages.all() {
                let Some(kind) = message.kind else { continue };
                let document = match &message.template {
                    None => None,
                    Some(template) => Some(lookup(kind, template).ok_or_else(|| MessageError::NoTemplate {
                        kind,
                        name: template.name.clone(),
                        version: template.version.clone(),
                    })?),
                };
                let composed = message.compose(document);
                let template =
                    Template::compile(kind, &composed).map_err(|error| MessageError::Template { kind, error })?;
                renderer.templates.insert((treatment, number), template);
                if let Some(recommender) = recommender(kind, &composed) {
                    renderer.recommenders.insert((treatment, number), recommender.to_owned());
                }
            }
        }
        Ok(renderer)
    }

    /// The recommender that must be asked before the message is made (templates.md 6); `None` = there is none.
    pub fn recommender(&self, program: &Program, draft: &Draft<'_>) -> Option<&str> {
        let number = program.treatment(draft.treatment)?.messages.number(draft.channel)?;
        self.recommenders.get(&(draft.treatment, number)).map(String::as_str)
    }

    /// The message for an endpoint, with what the hook changed.
    ///
    /// # Errors
    /// Why it can not be made: it must not be sent (`FAILURE_PERMANENT`).
    pub fn render(&self, program: &Program, people: &People, draft: &Draft<'_>) -> Result<Rendered, String> {
        let Some(template) = self.template(program, draft) else {
            // A custom message goes out as it stands.
            let data = draft.message.custom.as_ref().map(|custom| ("Data".to_owned(), custom.data.clone()));
            return Ok(Rendered { parts: data.into_iter().collect() });
        };
        let endpoint = endpoint(people, draft);
        let rendering = Rendering::of(&endpoint, draft.now);
        let mut rendered = template.message(&rendering).map_err(|error| error.to_string())?;
        let (title, body) = draft.changed.map_or((None, None), |changed| overrides(changed, draft.channel));
        for (name, text) in [("Title", title), ("Body", body)] {
            let Some(text) = text else { continue };
            match rendered.parts.iter_mut().find(|(part, _)| part == name) {
                Some((_, part)) => text.clone_into(part),
                // Texts have no title.
                None if draft.channel == ChannelType::Sms => {}
                None => rendered.parts.push((name.to_owned(), text.to_owned())),
            }
        }
        Ok(rendered)
    }

    /// As [`render`](Renderer::render), without the message, which most endpoints need not have rendered to be sure of.
    ///
    /// # Errors
    /// Why it can not be made.
    pub fn check(&self, program: &Program, people: &People, draft: &Draft<'_>) -> Result<(), String> {
        let Some(template) = self.template(program, draft) else { return Ok(()) };
        if draft.changed.is_some() || draft.row as usize >= people.len() {
            return self.render(program, people, draft).map(|_| ());
        }
        let rendering = Rendering::of(Place::of(people.row(draft.row as usize)), draft.now);
        template.check(&rendering).map_err(|error| error.to_string())
    }

    fn template(&self, program: &Program, draft: &Draft<'_>) -> Option<&Template> {
        let number = program.treatment(draft.treatment)?.messages.number(draft.channel)?;
        self.templates.get(&(draft.treatment, number))
    }
}

/// `RecommenderId`, for the kinds that a recommender works in: not for spoken and in-app messages.
fn recommender(kind: TemplateKind, template: &Value) -> Option<&str> {
    let works = matches!(kind, TemplateKind::Email | TemplateKind::Push | TemplateKind::Sms);
    let id = template.get("RecommenderId").and_then(Value::as_str).filter(|id| !id.is_empty());
    id.filter(|_| works)
}

/// The endpoint that the message is made for: as it is, with the members that the hook answered in their place.
fn endpoint(people: &People, draft: &Draft<'_>) -> Value {
    let mut endpoint =
        if (draft.row as usize) < people.len() { people.row(draft.row as usize).to_json() } else { json!({}) };
    let changed = draft.changed.and_then(Value::as_object);
    if let (Some(members), Some(changed)) = (endpoint.as_object_mut(), changed) {
        members.extend(changed.iter().map(|(name, value)| (name.clone(), value.clone())));
        // What it is sent over is not the hook's to say.
        members.insert("ChannelType".to_owned(), json!(draft.channel.as_str()));
    }
    endpoint
}
