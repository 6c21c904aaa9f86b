//! `waymark export`: a journey as Pinpoint's JSON, as a picture, or in formats of others.

use std::process::ExitCode;

use bridge::{FailureCode, PictureKind};

use workbench::export::{Foreign, JourneyOfFile};

use crate::arguments::{Export, ExportAs};
use crate::commands::{Outcome, failure};
use crate::say;

/// Writes the journey to a file or to the standard output.
pub fn run(export: &Export) -> Outcome {
    let foreign = match export.kind {
        ExportAs::AwsCli => Some(Foreign::AwsCli),
        ExportAs::Cloudformation => Some(Foreign::CloudFormation),
        ExportAs::Connect => Some(Foreign::Connect),
        _ => None,
    };
    if let Some(format) = foreign {
        let exported = workbench::export::foreign(&export.journey, format)?;
        for loss in &exported.losses {
            say::note(&format!("lost: {}: {}", loss.place, loss.what));
        }
        return write(export, exported.text.as_bytes());
    }
    let JourneyOfFile { project, name, problems } = workbench::export::journey_of_file(&export.journey)?;
    if !problems.is_empty() {
        super::tell_problems(&problems);
        say::note("the journey could not be read whole; what could be read is exported");
    }
    let picture = |kind| workbench::export::picture_as(&workbench::export::svg(&project, &name)?, kind);
    let content = match export.kind {
        ExportAs::Svg => picture(PictureKind::Svg)?,
        ExportAs::Png => picture(PictureKind::Png)?,
        ExportAs::Pdf => picture(PictureKind::Pdf)?,
        _ => workbench::export::pinpoint(&project, &name)?.into_bytes(),
    };
    write(export, &content)
}

fn write(export: &Export, content: &[u8]) -> Outcome {
    match &export.output {
        None => say::raw(content),
        Some(file) => {
            std::fs::write(file, content).map_err(|error| {
                failure(FailureCode::Disk, format!("could not write `{}`: {error}", file.display()))
            })?;
            say::note(&format!("wrote `{}`", file.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}
