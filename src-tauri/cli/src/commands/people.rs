//! `waymark people`: the sample people of a project, and a copy of them in which nobody can be recognised.

use std::path::Path;
use std::process::ExitCode;

use bridge::{Failure, FailureCode};
use serde_json::json;
use workbench::people::{self, share};

use crate::arguments::{Format, People};
use crate::commands::{Outcome, count, json as text_of};
use crate::say;

/// Says who there is; with `--pseudonymise` writes the copy.
pub fn run(arguments: &People) -> Outcome {
    let folder = &arguments.folder;
    if !folder.is_dir() {
        return Err(Failure {
            code: FailureCode::NotFound,
            message: format!("there is no folder `{}`", folder.display()),
            help: "name the folder of a project; `waymark new` makes one".to_owned(),
        });
    }
    let (found, problems) = people::endpoints(folder);
    super::tell_problems(&problems);
    let members = share::members(&found, &workbench::folder::read(folder)?.project.settings.people);
    let Some(path) = &arguments.pseudonymise else {
        let listed = |(path, personal): &(String, bool)| json!({"member": path, "personal": personal});
        if arguments.format == Format::Json {
            let members: Vec<_> = members.iter().map(listed).collect();
            say::result(&text_of(&json!({ "endpoints": found.len(), "members": members })));
        } else {
            say::result(&count(found.len(), "endpoint"));
            for (path, personal) in &members {
                say::result(&format!("  {path}{}", if *personal { "  (personal)" } else { "" }));
            }
        }
        return Ok(ExitCode::SUCCESS);
    };
    let key = match &arguments.key {
        Some(file) => share::read_key(file)?,
        None => share::key_of(folder)?,
    };
    let marked = members.into_iter().filter(|(path, personal)| *personal && !arguments.keep.contains(path));
    let personal: Vec<String> = marked.map(|(path, _)| path).chain(arguments.personal.iter().cloned()).collect();
    let written = share::pseudonymise(&found, personal.clone(), &key, Path::new(path))?;
    if arguments.format == Format::Json {
        say::result(&text_of(&json!({ "endpoints": written, "file": path, "replaced": personal })));
    } else {
        let words = count(usize::try_from(written).unwrap_or(usize::MAX), "endpoint");
        say::result(&format!("{words} in {}", path.display()));
        say::note(&format!("replaced: Id, Address, User.UserId, {}", personal.join(", ")));
    }
    Ok(ExitCode::SUCCESS)
}
