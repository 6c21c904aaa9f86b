//! `waymark export`: a journey as Pinpoint's JSON, or as a picture.

use std::process::ExitCode;

use bridge::FailureCode;

use crate::arguments::{Export, ExportAs};
use crate::commands::{Outcome, failure};
use crate::say;

/// Writes the journey to a file or to the standard output.
pub fn run(export: &Export) -> Outcome {
    let (project, name) = workbench::export::journey_of_file(&export.journey)?;
    let text = match export.kind {
        ExportAs::Pinpoint => workbench::export::pinpoint(&project, &name)?,
        ExportAs::Svg => workbench::export::svg(&project, &name)?,
    };
    match &export.output {
        None => say::raw(&text),
        Some(file) => {
            std::fs::write(file, text).map_err(|error| {
                failure(FailureCode::Disk, format!("could not write `{}`: {error}", file.display()))
            })?;
            say::note(&format!("wrote `{}`", file.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}
