//! What was published to a target, when, by whom and why: `publications/TARGET/NNNN.json` in the project folder.
//!
//! Each publication keeps the documents that it brought there, so that what others changed on the target is told from what
//! we did, and so that a former state can be brought back. Approvals stand beside them, each for one plan. The files are for
//! the repository of the project: a team shares them.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use model::{Documents, Project, text, time};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::failure::{Outcome, bad_input, disk};
use crate::{git, now};

/// The folder below the project.
const FOLDER: &str = "publications";

/// One publication.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1.
    pub number: u32,
    /// When, ISO 8601.
    pub at: String,
    /// Who.
    pub by: String,
    /// Why, as it was said; may be empty.
    pub message: String,
    /// Whether it came to its end; what was stopped in between goes on with the next one.
    pub complete: bool,
    /// Who approved the plan, where the target demands it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// What was done, in words.
    pub steps: Vec<String>,
    /// What was published: journeys, and campaigns as `campaigns/NAME`.
    pub published: Vec<String>,
    /// The documents of the project as they were, with the variables of the target.
    pub documents: Documents,
}

/// A plan that somebody has approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The plan ([`fingerprint`]).
    pub plan: String,
    /// Who.
    pub by: String,
    /// When, ISO 8601.
    pub at: String,
    /// What they say; may be empty.
    pub message: String,
}

/// What a plan is known by: the hash of everything that it would send.
pub fn fingerprint(plan: &publishing::Plan) -> String {
    let digest = Sha256::digest(plan.said().as_bytes());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// All publications to a target, in order.
///
/// # Errors
/// `Disk`, also where there is no such folder, or `BadInput` where a file is damaged.
pub fn entries(folder: &Path, target: &str) -> Outcome<Vec<Entry>> {
    let place = place(folder, target)?;
    let listed = match fs::read_dir(&place) {
        Ok(listed) => listed,
        Err(error) if error.kind() == ErrorKind::NotFound && folder.is_dir() => return Ok(Vec::new()),
        Err(error) => return Err(disk("read", if folder.is_dir() { &place } else { folder }, &error)),
    };
    let mut files: Vec<PathBuf> = listed
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.file_stem().is_some_and(|stem| stem.to_string_lossy().parse::<u32>().is_ok()))
        .collect();
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn read<T: for<'de> Deserialize<'de>>(file: &Path) -> Outcome<T> {
    let content = fs::read(file).map_err(|error| disk("read", file, &error))?;
    serde_json::from_slice(&content).map_err(|error| {
        bad_input(format!("`{}` is damaged: {error}", file.display()), "take the file from the repository again")
    })
}

/// Writes a publication down; under its number, over what was written of it before.
///
/// # Errors
/// `Disk`.
pub fn keep(folder: &Path, target: &str, entry: &Entry) -> Outcome<()> {
    write(&place(folder, target)?.join(format!("{:04}.json", entry.number)), entry)
}

/// The approval of a plan, where there is one.
///
/// # Errors
/// As [`entries`].
pub fn approval(folder: &Path, target: &str, plan: &str) -> Outcome<Option<Approval>> {
    let file = place(folder, target)?.join(format!("approval-{plan}.json"));
    if file.exists() { read(&file).map(Some) } else { Ok(None) }
}

/// Approves a plan as whoever uses this computer.
///
/// # Errors
/// `Disk`.
pub fn approve(folder: &Path, target: &str, plan: &str, message: &str) -> Outcome<Approval> {
    let approval = Approval { plan: plan.to_owned(), by: who(folder), at: instant(), message: message.to_owned() };
    write(&place(folder, target)?.join(format!("approval-{plan}.json")), &approval)?;
    Ok(approval)
}

fn write<T: Serialize>(file: &Path, value: &T) -> Outcome<()> {
    let value = serde_json::to_value(value).unwrap_or_default();
    files::write(file, text::write(&value).as_bytes()).map_err(|error| disk("write", file, &error))
}

fn place(folder: &Path, target: &str) -> Outcome<PathBuf> {
    match model::open::file_name(target) == target {
        true => Ok(folder.join(FOLDER).join(target)),
        false => Err(bad_input(
            format!("the target `{target}` has a name that no folder can have"),
            "name it by letters, digits, `-` and `_`",
        )),
    }
}

/// Who uses this computer: as git knows them, else the name of their account here.
pub fn who(folder: &Path) -> String {
    let of_git = git::line(folder, &["var", "GIT_AUTHOR_IDENT"]).ok();
    let of_git = of_git.and_then(|ident| Some(format!("{}>", ident.rsplit_once('>')?.0)));
    let account = || ["USER", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    of_git.or_else(account).unwrap_or_else(|| "somebody".to_owned())
}

/// This moment, ISO 8601.
pub fn instant() -> String {
    time::format_instant(now())
}

/// A project of the documents of a publication.
pub fn project(now: &Project, entry: &Entry) -> Project {
    Project { settings: now.settings.clone(), documents: entry.documents.clone() }
}
