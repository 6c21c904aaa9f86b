//! `waymark merge`: two versions into one, also as git's merge driver.

use std::path::Path;
use std::process::ExitCode;

use bridge::FailureCode;
use serde_json::{Value, json};
use workbench::merge::{Merged, Request, install, keep_conflicts, merge};

use crate::arguments::{Format, Merge};
use crate::commands::{Outcome, count, failure, json as text_of};
use crate::say;

/// Merges, or makes git do so.
pub fn run(arguments: &Merge) -> Outcome {
    if let Some(folder) = &arguments.install {
        let program = std::env::current_exe()
            .map_err(|error| failure(FailureCode::Internal, format!("could not find this program: {error}")))?;
        install(folder, &program)?;
        say::note("git merges journeys, segments, campaigns and templates by member now; commit .gitattributes");
        return Ok(ExitCode::SUCCESS);
    }
    let [base, ours, theirs] = arguments.versions.as_slice() else {
        return Err(failure(FailureCode::BadInput, "name three versions: BASE OURS THEIRS"));
    };
    let merged = merge(&Request { base, ours, theirs, path: arguments.path.as_deref() })?;
    let text = workbench::merge::text(&merged);
    let beside = arguments.path.as_deref().map(Path::new).or(arguments.output.as_deref());
    let kept = beside.map(|path| keep_conflicts(path, &merged)).transpose()?.flatten();
    match (&arguments.output, arguments.format) {
        (Some(file), _) => std::fs::write(file, text)
            .map_err(|error| failure(FailureCode::Disk, format!("could not write `{}`: {error}", file.display())))?,
        (None, Format::Text) => say::raw(&text),
        (None, Format::Json) => {}
    }
    if arguments.format == Format::Json {
        say::result(&text_of(&json!({
            "document": merged.document, "value": merged.value, "conflicts": merged.conflicts,
            "renamed": merged.renamed, "found": merged.found,
        })));
    }
    tell(&merged);
    if let Some(file) = kept {
        say::note(&format!("what has to be decided stands in `{}`", file.display()));
    }
    let sound = merged.conflicts.is_empty() && !merged.found.iter().any(workbench::merge::is_error);
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(merged: &Merged) {
    let document = &merged.document;
    for step in &merged.renamed {
        say::note(&format!("{document}: their step `{}` is `{}` now, for both sides added one", step.from, step.to));
    }
    for conflict in &merged.conflicts {
        say::note(&format!("{document}: conflict at {}: {}", conflict.path, conflict.reason));
        for (side, value) in [("ours", &conflict.ours), ("theirs", &conflict.theirs)] {
            let text = value.as_ref().map_or_else(|| "-".to_owned(), Value::to_string);
            say::note(&format!("  {side}: {}", text.chars().take(200).collect::<String>()));
        }
    }
    for found in &merged.found {
        let place = &found.place.path;
        say::note(&format!(
            "{document}: after the merge the checks say [{}] at {place}: {}",
            found.rule, found.message
        ));
    }
    if !merged.conflicts.is_empty() {
        say::note(&format!("{}; the result says what ours says", count(merged.conflicts.len(), "conflict")));
    }
}
