//! Which remote id a name of the project has got, per target.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a project knows of its targets: `.waymark/bindings.json`.
///
/// Losing it loses nothing: resources are then found by name, and the application by its tag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bindings {
    /// By name of the target in `waymark.toml`.
    pub targets: BTreeMap<String, TargetBindings>,
}

/// What a project knows of one target. Templates are missing because their name is their id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TargetBindings {
    /// The Pinpoint project that was made for a target without `application_id`.
    pub application: Option<String>,
    /// Ids of segments, by file name.
    pub segments: BTreeMap<String, String>,
    /// Ids of journeys, by file name.
    pub journeys: BTreeMap<String, String>,
    /// Ids of campaigns, by file name.
    pub campaigns: BTreeMap<String, String>,
}

impl Bindings {
    /// What is known of a target; nothing for a new one.
    pub fn of(&self, target: &str) -> TargetBindings {
        self.targets.get(target).cloned().unwrap_or_default()
    }
}
