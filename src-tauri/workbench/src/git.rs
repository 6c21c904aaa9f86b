//! What is asked of git: files of other revisions, and how it merges.

use std::path::Path;
use std::process::Command;

use bridge::FailureCode;

use crate::failure::{Outcome, failure};

/// Runs git in a folder; answers what it writes.
///
/// # Errors
/// When git is not installed, or fails; the message is its own.
pub fn run(folder: &Path, arguments: &[&str]) -> Outcome<Vec<u8>> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output().map_err(|error| {
        failure(
            FailureCode::NotFound,
            format!("could not start git: {error}"),
            "install git, or name files and folders",
        )
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("no reason given").trim_start_matches("fatal: ").to_owned();
    let what = arguments.first().copied().unwrap_or_default();
    Err(failure(FailureCode::NotFound, format!("git {what}: {said}"), "check the revision and the path"))
}

/// As [`run`], as one line of text.
///
/// # Errors
/// As [`run`].
pub fn line(folder: &Path, arguments: &[&str]) -> Outcome<String> {
    let output = run(folder, arguments)?;
    Ok(String::from_utf8_lossy(&output).trim_end().to_owned())
}
