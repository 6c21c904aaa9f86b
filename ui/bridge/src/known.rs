//! What the sample people and events have, for whoever writes a condition.

use model::Project;
use serde::{Deserialize, Serialize};

/// Which attributes the people have and which events there are; of people that are invented where a project has none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AskKnown {
    /// The project, with unsaved changes.
    pub project: Project,
    /// Folder with the sample people and events; `None` = a few invented people.
    pub folder: Option<String>,
}

command!(AskKnown, "known" => Known);

/// What people and events have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Of the people: `Attributes.Plan`, `User.UserAttributes.FirstName`, `Metrics.Orders`, `Demographic.Make`,
    /// `Location.Country`, `ChannelType`; sorted.
    pub of_people: Vec<KnownMember>,
    /// Names of events, the most frequent first.
    pub events: Vec<KnownEvent>,
}

/// A member that some have a value of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownMember {
    /// Its dotted name.
    pub path: String,
    /// How many have a value.
    pub holders: u64,
    /// Values and how many have each, the most frequent first, at most 50; none for numbers.
    pub values: Vec<(String, u64)>,
}

/// An event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownEvent {
    /// `event_type`
    pub name: String,
    /// How often it was recorded.
    pub count: u64,
    /// What it has: `Attributes.currency`, `Metrics.total`; sorted.
    pub members: Vec<KnownMember>,
}
