//! `cargo studio`: builds what is missing and opens the studio, in the desktop window or in a browser.

use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::page::{self, Profile};
use crate::place::Place;
use crate::set_up::{Scope, set_up};
use crate::step::{run as run_program, step};

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
    set_up(if request.web { Scope::Web } else { Scope::Window })?;
    page::build(&place, if request.release { Profile::Release } else { Profile::Dev })?;
    if request.web { open_web(&place, &request) } else { open_window(&place, &request) }
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

fn open_window(place: &Place, request: &Request) -> anyhow::Result<()> {
    let program = build(place, request, "waymark-studio")?;
    println!("==> opening the window");
    run_program(std::process::Command::new(program).args(&request.folder))
}

fn open_web(place: &Place, request: &Request) -> anyhow::Result<()> {
    let program = build(place, request, "waymark")?;
    println!("==> serving the studio on this machine; Ctrl+C ends it");
    run_program(
        std::process::Command::new(program)
            .arg("studio")
            .args(&request.folder)
            .arg("--web")
            .arg("--page")
            .arg(place.page()),
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
