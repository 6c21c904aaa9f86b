//! `waymark new`: a project folder to start from.

use std::process::ExitCode;

use crate::arguments::New;
use crate::commands::Outcome;
use crate::say;

/// Makes the folder, or lists the examples.
pub fn run(new: &New) -> Outcome {
    let Some(dir) = new.dir.as_deref().filter(|_| !new.list) else {
        for example in workbench::examples::Examples::default().list() {
            say::result(&format!("{:20} {}", example.name, example.description));
        }
        return Ok(ExitCode::SUCCESS);
    };
    workbench::new_project(dir, new.from.as_deref())?;
    let shown = dir.display();
    say::note(&format!("made `{shown}`; next: `waymark check {shown}`, `waymark studio {shown}`"));
    Ok(ExitCode::SUCCESS)
}
