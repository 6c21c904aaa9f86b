//! What a message says, so far as it decides whether it can be made (journeys.md 3.1, templates.md 3 and 5).

use audience::Row;
use model::Millis;
use templates::{Rendering, Template};

use crate::Place;

/// The template of a message activity.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// It can be made for endpoints that have the values it needs.
    Template(Box<Template>),
    /// It can be made for nobody, for this reason.
    Broken(String),
}

impl Content {
    /// Whether the message can be made for an endpoint.
    pub fn can_be_made(&self, endpoint: Row<'_>, now: Millis) -> bool {
        self.failure(endpoint, now).is_none()
    }

    /// Why the message can not be made for an endpoint.
    pub fn failure(&self, endpoint: Row<'_>, now: Millis) -> Option<String> {
        match self {
            Content::Template(template) => {
                let checked = template.check(&Rendering::of(Place::of(endpoint), now));
                checked.err().map(|error| error.to_string())
            }
            Content::Broken(why) => Some(why.clone()),
        }
    }
}
