//! What was published to a target, and the way back.

use model::Settings;
use serde::{Deserialize, Serialize};

use crate::PlanView;

/// A target of a project that has a folder: its history stands there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetOf {
    /// The project's settings, with its targets.
    pub settings: Settings,
    /// Its folder.
    pub folder: String,
    /// Name of the target.
    pub target: String,
}

/// Lists what was published to a target, the newest first; at most 100.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListPublications {
    /// The target.
    pub of: TargetOf,
}

command!(ListPublications, "list-publications" => Vec<PublicationLine>);

/// A publication: who, what, when and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PublicationLine {
    /// Its number, from 1.
    pub number: u32,
    /// When, "2026-11-30 09:10" in UTC.
    pub at: String,
    /// Who.
    pub by: String,
    /// Who approved the plan, where the target demands it.
    pub approved_by: Option<String>,
    /// Why, as it was said; may be empty.
    pub message: String,
    /// Whether it came to its end.
    pub complete: bool,
    /// What was done, in words.
    pub steps: Vec<String>,
}

/// What bringing a target back to a former publication would do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlanBack {
    /// The target.
    pub of: TargetOf,
    /// The publication; `None` = the latest whose state the target does not have now.
    pub number: Option<u32>,
}

command!(PlanBack, "plan-back" => BackView);

/// The way back to a former publication.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BackView {
    /// The publication.
    pub to: PublicationLine,
    /// What would be done.
    pub plan: PlanView,
}

/// Brings a target back to a former publication, over what others changed there; answers at once, `Progress` tells how far
/// it is. What was made since stays, and nothing leads to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RollBack {
    /// The target.
    pub of: TargetOf,
    /// The publication.
    pub number: u32,
    /// Why; empty = it says where it goes back to.
    pub message: String,
}

command!(RollBack, "roll-back" => u64);
