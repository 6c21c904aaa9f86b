//! `waymark export`: a journey as Pinpoint's JSON, or as a picture.

use std::process::ExitCode;

use bridge::{FailureCode, PictureKind};

use crate::arguments::{Export, ExportAs};
use crate::commands::{Outcome, failure};
use crate::say;

/// Writes the journey to a file or to the standard output.
pub fn run(export: &Export) -> Outcome {
    let (project, name) = workbench::export::journey_of_file(&export.journey)?;
    let picture = |kind| workbench::export::picture_as(&workbench::export::svg(&project, &name)?, kind);
    let content = match export.kind {
        ExportAs::Pinpoint => workbench::export::pinpoint(&project, &name)?.into_bytes(),
        ExportAs::Svg => picture(PictureKind::Svg)?,
        ExportAs::Png => picture(PictureKind::Png)?,
        ExportAs::Pdf => picture(PictureKind::Pdf)?,
    };
    match &export.output {
        None => say::raw(&content),
        Some(file) => {
            std::fs::write(file, content).map_err(|error| {
                failure(FailureCode::Disk, format!("could not write `{}`: {error}", file.display()))
            })?;
            say::note(&format!("wrote `{}`", file.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}
