//! Hands messages over: template, rendering, outbox.

use audience::Row;
use engine::draw::hash;
use engine::{Delivery, Place};
use model::view::Word;
use model::{ActivityKind, Millis};
use templates::{Rendering, Substitutions};

use super::told;
use crate::api::Context;
use crate::outbox::{self, Message, Placed, Sender};
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
    /// What the channel needs besides the texts, and the `Data` of a CUSTOM activity (journeys.md 3.1).
    pub delivery: Option<Delivery<'a>>,
}

impl Envelope<'_> {
    /// `Data` of a CUSTOM activity, where it has any.
    fn data(&self) -> Option<&str> {
        match &self.delivery {
            Some(Delivery::Custom { data, .. }) => Some(*data).filter(|data| !data.is_empty()),
            _ => None,
        }
    }
}

/// The parts of a message, or why it cannot be made.
type Made = std::result::Result<Vec<(String, String)>, String>;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handed {
    /// The outbox has it, and that is all there is to its channel.
    Over,
    /// It waits for its channel's adapter, which will tell what comes of it.
    Queued,
    /// It cannot be made, and nobody gets it (templates.md 3): the outbox keeps the reason.
    NotMade,
}

/// Renders the message and puts it into the outbox.
pub fn hand_over(context: &Context<'_>, envelope: &Envelope<'_>) -> Result<Handed> {
    let id = id(envelope);
    let (parts, failure) = match parts(context, envelope, &id)? {
        Ok(parts) => (parts, None),
        Err(reason) => (Vec::new(), Some(reason)),
    };
    let message = message(envelope, id, context.now, parts, failure);
    let placed = outbox::put(context.store, &message)?;
    match (&message.failure, placed) {
        (None, Placed::Kept) => told::accepted(context.store, &message)?,
        (Some(reason), Placed::Kept) => told::not_made(context.store, &message, reason)?,
        _ => {}
    }
    Ok(match placed {
        _ if message.failure.is_some() => Handed::NotMade,
        Placed::Queued => Handed::Queued,
        Placed::Kept | Placed::Again => Handed::Over,
    })
}

/// Puts a message that can not be made into the outbox, with the reason.
pub fn keep_failure(context: &Context<'_>, envelope: &Envelope<'_>, reason: String) -> Result<()> {
    outbox::put(context.store, &message(envelope, id(envelope), context.now, Vec::new(), Some(reason)))?;
    Ok(())
}

fn message(
    envelope: &Envelope<'_>,
    id: String,
    at: Millis,
    parts: Vec<(String, String)>,
    failure: Option<String>,
) -> Message {
    Message {
        id,
        application_id: envelope.app.to_owned(),
        sender: Sender::Journey {
            journey_id: envelope.journey.to_owned(),
            journey_run_id: envelope.run.to_owned(),
            journey_activity_id: envelope.activity.to_owned(),
            participant: envelope.participant.to_owned(),
        },
        endpoint_id: envelope.endpoint.id().to_owned(),
        channel_type: envelope.endpoint.channel().map_or_else(String::new, |channel| channel.as_str().to_owned()),
        address: envelope.endpoint.address().unwrap_or_default().to_owned(),
        at,
        parts,
        envelope: envelope.delivery.as_ref().map(Delivery::members).unwrap_or_default(),
        failure,
    }
}

fn parts(context: &Context<'_>, envelope: &Envelope<'_>, id: &str) -> Result<Made> {
    let kind = envelope.kind.and_then(ActivityKind::template_kind);
    let (Some(kind), Some(name)) = (kind, envelope.template) else {
        // CUSTOM and contact centre carry no template of ours, only their data.
        return Ok(Ok(envelope.data().map(|data| ("Data".to_owned(), data.to_owned())).into_iter().collect()));
    };
    let key = (kind, name.to_owned(), envelope.version.map(str::to_owned));
    let template = context.programs.template(context.store, &key)?;
    let template = match &*template {
        Ok(template) => template,
        Err(reason) => return Ok(Err(reason.clone())),
    };
    let rendering = Rendering {
        endpoint: Place::of(envelope.endpoint),
        substitutions: Substitutions::default(),
        now: context.now,
        seed: hash(&[id]),
        missing_as_empty: false,
    };
    Ok(match template.message(&rendering) {
        Ok(rendered) => Ok(rendered.parts),
        Err(error) => {
            tracing::warn!(template = name, "a message could not be rendered; the outbox says why");
            Err(format!("template `{name}`: {error}"))
        }
    })
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
