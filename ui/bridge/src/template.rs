//! Questions about a template elsewhere: its versions on a target and in git, and a test message.

use model::changes::Change;
use model::{DocumentId, Project};
use serde::{Deserialize, Serialize};

/// The versions of a template, newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListVersions {
    /// The project's folder, for git.
    pub folder: Option<String>,
    /// The project, for its targets.
    pub project: Project,
    /// The template.
    pub template: DocumentId,
    /// The target whose versions are wanted; `None` = those of git.
    pub target: Option<String>,
}

command!(ListVersions, "list-versions" => Vec<TemplateVersion>);

/// A version of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateVersion {
    /// By what it is asked for: the target's number, or git's revision.
    pub id: String,
    /// When it was last changed, ISO 8601.
    pub at: String,
    /// Who wrote it; empty = not known.
    pub by: String,
    /// What was said of it; may be empty.
    pub words: String,
    /// Whether it is the one that messages are made from (templates.md 2).
    pub is_active: bool,
}

/// What differs between a version and the template as it is in the window.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CompareVersion {
    /// As for [`ListVersions`].
    pub of: ListVersions,
    /// [`TemplateVersion::id`]
    pub version: String,
}

command!(CompareVersion, "compare-version" => Vec<MemberWords>);

/// A member that differs, word by word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberWords {
    /// Its place.
    pub place: String,
    /// What is the same (`None`), new or gone, in order; long stretches that are the same are cut.
    pub pieces: Vec<(Option<Change>, String)>,
}

/// Makes a version the one that messages are made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ActivateVersion {
    /// As for [`ListVersions`]; with a target.
    pub of: ListVersions,
    /// [`TemplateVersion::id`]
    pub version: String,
}

command!(ActivateVersion, "activate-version" => ());

/// Sends one message to one address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SendTest {
    /// What is sent: the template as one of the sample people gets it.
    pub message: crate::Preview,
    /// Through which target.
    pub target: String,
    /// To whom: an e-mail address, a telephone number, or the token of a device.
    pub address: String,
}

command!(SendTest, "send-test" => TestSent);

/// What became of a test message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestSent {
    /// The address.
    pub address: String,
    /// `SUCCESSFUL`, `PERMANENT_FAILURE`, … (`DeliveryStatus`)
    pub status: String,
    /// The words of the target; may be empty.
    pub words: String,
    /// Whether it was taken.
    pub is_taken: bool,
}
