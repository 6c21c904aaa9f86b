//! A project in the formats of others.
//!
//! Takes a project; gives a text and a list of everything that the format can not say. Never leaves anything out silently,
//! and never reads: what comes in is `model::open`'s.
//!
//! - [`aws_cli`]: a shell script that makes everything through the AWS CLI.
//! - [`cloudformation`]: a template of segments, campaigns, templates and channels.
//! - [`connect`]: a journey as a campaign flow of Amazon Connect.

pub mod aws_cli;
pub mod cloudformation;
pub mod connect;
mod order;

use serde::Serialize;

/// A project in another format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The file.
    pub text: String,
    /// What it does not say, in the order of the project.
    pub losses: Vec<Loss>,
}

/// Something that a format can not say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// The document, and the place in it where it is not the whole: `journeys/welcome Activities.wait`.
    pub place: String,
    /// What is lost, lower case, no full stop.
    pub what: String,
}

impl Loss {
    fn new(place: impl ToString, what: impl Into<String>) -> Loss {
        Loss { place: place.to_string(), what: what.into() }
    }
}
