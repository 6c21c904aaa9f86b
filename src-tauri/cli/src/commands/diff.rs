//! `waymark diff`: what differs between two versions, in words.

use std::process::ExitCode;

use bridge::FailureCode;
use serde_json::{Value, json};
use workbench::versions::{self, Change, Differences, MemberChange};

use crate::arguments::{Diff, DiffAs};
use crate::commands::{Outcome, count, failure, json as text_of};
use crate::say;

/// Most characters of a value on a terminal.
const CHARACTERS: usize = 120;

/// Compares.
pub fn run(diff: &Diff) -> Outcome {
    let found = versions::compare(&versions::read(&diff.before)?, &versions::read(&diff.after)?)?;
    let text = match diff.kind {
        DiffAs::Text => words(&found),
        DiffAs::Json => text_of(&json!({"settings": found.settings, "documents": found.documents})) + "\n",
        DiffAs::Svg if found.is_empty() => String::new(),
        DiffAs::Svg => found.picture()?,
    };
    match &diff.output {
        None => say::raw(&text),
        Some(file) => std::fs::write(file, text)
            .map_err(|error| failure(FailureCode::Disk, format!("could not write `{}`: {error}", file.display())))?,
    }
    if found.is_empty() {
        say::note("nothing differs");
        return Ok(ExitCode::SUCCESS);
    }
    say::note(&format!("{} differ", count(found.documents.len(), "document")));
    Ok(ExitCode::FAILURE)
}

fn words(found: &Differences) -> String {
    let mut lines = Vec::new();
    if !found.settings.is_empty() {
        lines.push("waymark.toml: changed".to_owned());
        lines.extend(found.settings.iter().map(|member| member_line(2, member)));
    }
    for change in &found.documents {
        lines.push(format!("{}: {}", change.document, word(change.what)));
        if !change.telling.is_empty() {
            lines.push("  what people go through".to_owned());
        }
        for told in &change.telling {
            let indent = "  ".repeat(told.depth);
            lines.push(format!("    {} {indent}{}", told.what.map_or(" ", sign), told.text));
        }
        if !change.steps.is_empty() {
            lines.push("  steps".to_owned());
        }
        for step in &change.steps {
            let does = match (step.before.as_str(), step.after.as_str()) {
                (before, "") => before.to_owned(),
                ("", after) => after.to_owned(),
                (before, after) if before == after => after.to_owned(),
                (before, after) => format!("{before} → {after}"),
            };
            let was = step.was.as_ref().map(|was| format!(", was {was}")).unwrap_or_default();
            lines.push(format!("    {} {}, {}{was}: {does}", sign(step.what), step.name, step.id));
            lines.extend(step.members.iter().map(|member| member_line(8, member)));
        }
        if !change.members.is_empty() {
            lines.push("  members".to_owned());
        }
        lines.extend(change.members.iter().map(|member| member_line(4, member)));
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn word(what: Change) -> &'static str {
    match what {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Changed => "changed",
        Change::Renamed => "renamed",
    }
}

fn sign(what: Change) -> &'static str {
    match what {
        Change::Added => "+",
        Change::Removed => "-",
        Change::Changed => "~",
        Change::Renamed => "=",
    }
}

fn member_line(indent: usize, member: &MemberChange) -> String {
    let text = |value: &Option<Value>| {
        let text = value.as_ref().map_or_else(|| "-".to_owned(), Value::to_string);
        match text.char_indices().nth(CHARACTERS) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    };
    let place = if member.place.is_empty() { "all of it" } else { &member.place };
    format!("{}{place}: {} → {}", " ".repeat(indent), text(&member.before), text(&member.after))
}
