//! `cargo studio`: builds what is missing and opens the studio, in the desktop window or in a browser.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::page::{self, Profile, copy_folder};
use crate::place::Place;
use crate::set_up::{Scope, set_up};
use crate::step::{run as run_program, step};

/// The project that opens when none is named.
const EXAMPLE: &str = "onboarding";

/// What was asked for on the command line.
#[derive(Default)]
struct Request {
    /// The project folder; none opens an example.
    folder: Option<PathBuf>,
    web: bool,
    release: bool,
}

/// `cargo studio [DIR] [--web] [--release]`
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let request = read(arguments)?;
    if !request.web && !has_display() {
        bail!(
            "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): \
             `cargo studio --web` serves the studio to a browser instead"
        );
    }
    let place = Place::find()?;
    step("set-up", || set_up(if request.web { Scope::Web } else { Scope::Window }))?;
    let profile = if request.release { Profile::Release } else { Profile::Dev };
    step(profile.title(), || page::build(&place, profile))?;
    let folder = match &request.folder {
        Some(folder) => folder.clone(),
        None => working_copy(&place)?,
    };
    if request.web { open_web(&place, &request, &folder) } else { open_window(&place, &request, &folder) }
}

fn read(arguments: &[String]) -> anyhow::Result<Request> {
    let mut request = Request::default();
    for argument in arguments {
        match argument.as_str() {
            "--web" => request.web = true,
            "--release" => request.release = true,
            flag if flag.starts_with('-') => bail!("`{flag}` is not an option of `cargo studio`"),
            folder if request.folder.is_none() => {
                let path = std::path::absolute(folder).with_context(|| format!("could not find `{folder}`"))?;
                request.folder = Some(path);
            }
            other => bail!("`{other}` is a second folder; `cargo studio` opens one"),
        }
    }
    Ok(request)
}

fn has_display() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// A copy of the example to draw in: what is in git stays as it is. One that is there already is opened as it was left.
fn working_copy(place: &Place) -> anyhow::Result<PathBuf> {
    let copy = place.own().join("examples").join(EXAMPLE);
    if !copy.is_dir() {
        // under another name first: a copy that was cut short is not taken for a whole one
        let unfinished = copy.with_extension("unfinished");
        copy_folder(&place.root.join("journeys/examples").join(EXAMPLE), &unfinished)?;
        std::fs::rename(&unfinished, &copy).with_context(|| format!("could not create {}", copy.display()))?;
    }
    println!("==> the project is {}, a copy of the example `{EXAMPLE}`", copy.display());
    Ok(copy)
}

fn open_window(place: &Place, request: &Request, folder: &Path) -> anyhow::Result<()> {
    let program = build(place, request, "waymark-studio")?;
    println!("==> opening the window");
    run_program(std::process::Command::new(program).arg(folder))
}

fn open_web(place: &Place, request: &Request, folder: &Path) -> anyhow::Result<()> {
    let program = build(place, request, "waymark")?;
    println!("==> serving the studio on this machine; Ctrl+C ends it");
    run_program(
        std::process::Command::new(program).arg("studio").arg(folder).arg("--web").arg("--page").arg(place.page()),
    )
}

fn build(place: &Place, request: &Request, package: &str) -> anyhow::Result<PathBuf> {
    let mut command = place.cargo();
    command.args(["build", "--package", package]);
    if request.release {
        command.arg("--release");
        if package == "waymark-studio" {
            command.args(["--features", "custom-protocol"]);
        }
    }
    step(&format!("program ({package})"), || run_program(&mut command))?;
    Ok(place.program(if request.release { "release" } else { "debug" }, package))
}
