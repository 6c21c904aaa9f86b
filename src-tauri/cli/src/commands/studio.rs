//! `waymark studio`: the window, or the same page in a browser.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bridge::{Failure, FailureCode};
use workbench::Workbench;

use crate::arguments::Studio;
use crate::commands::serve::stopped;
use crate::commands::{Outcome, failure, runtime};
use crate::{say, web};

/// Opens the window by its own program, or serves the page.
pub fn run(studio: &Studio) -> Outcome {
    let folder = match &studio.dir {
        Some(dir) if dir.exists() => Some(dir.clone()),
        Some(dir) => {
            return Err(Failure {
                code: FailureCode::NotFound,
                message: format!("there is no `{}`", dir.display()),
                help: format!("make it with `waymark new {}`", dir.display()),
            });
        }
        None => Some(PathBuf::from(".")).filter(|here| workbench::folder::is_project(here)),
    };
    match studio.web {
        true => serve(studio, folder),
        false => open_window(folder.as_deref()),
    }
}

fn open_window(folder: Option<&Path>) -> Outcome {
    let program = beside(&format!("waymark-studio{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        return Err(Failure {
            code: FailureCode::NotFound,
            message: format!("the window's program `{}` is not installed", program.display()),
            help: "in a checkout run `cargo studio`; `waymark studio --web` needs no window".to_owned(),
        });
    }
    let status = std::process::Command::new(&program)
        .args(folder)
        .status()
        .map_err(|error| failure(FailureCode::Internal, format!("could not start `{}`: {error}", program.display())))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn serve(studio: &Studio, folder: Option<PathBuf>) -> Outcome {
    let page = studio.page.clone().unwrap_or_else(|| beside("page"));
    if !page.join("index.html").is_file() {
        return Err(Failure {
            code: FailureCode::NotFound,
            message: format!("`{}` holds no page", page.display()),
            help: "in a checkout run `cargo studio --web`, or name the folder with --page".to_owned(),
        });
    }
    runtime()?.block_on(async {
        let settings = workbench::Settings { folder, ..workbench::Settings::default() };
        let workbench = Workbench::start(settings).map_err(|error| failure(FailureCode::Disk, format!("{error:#}")))?;
        let server = web::Server::bind(studio.port, page, workbench).await.map_err(|error| {
            failure(
                FailureCode::Internal,
                format!("could not listen on port {} of this computer: {error}", studio.port),
            )
        })?;
        say::result(&format!("studio on {}", server.address()));
        say::note("open this address in a browser on this computer; Ctrl+C ends the studio");
        server
            .run(stopped())
            .await
            .map_err(|error| failure(FailureCode::Internal, format!("the studio stopped: {error}")))?;
        Ok(ExitCode::SUCCESS)
    })
}

/// A file or folder beside this program.
fn beside(name: &str) -> PathBuf {
    let own = std::env::current_exe().and_then(std::fs::canonicalize).unwrap_or_default();
    own.parent().unwrap_or(Path::new(".")).join(name)
}
