//! The Tauri shell of Waymark: the desktop window around the page.
//!
//! Takes a project folder on the command line; gives windows whose pages reach the machine through four commands
//! (`commands`), and hear of the menu and of dropped files (`page`). It opens no file, runs no journey and talks to no server: that is the workbench, and the browser shell
//! (`waymark studio --web`) puts the same page before the same workbench.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program says on its terminal why it does not open")]

mod commands;
mod menu;
mod page;
#[cfg(target_os = "linux")]
mod recovery;
#[cfg(target_os = "linux")]
mod rendering;
mod request;
mod stand;
mod windows;

use std::process::ExitCode;

use anyhow::Context;
use workbench::Workbench;

use request::Request;

fn main() -> ExitCode {
    let outcome = Request::read(std::env::args_os().skip(1)).and_then(|request| match request {
        Request::Open(folder) => open(folder),
        Request::Say(text) => {
            println!("{text}");
            Ok(())
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("waymark-studio: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Opens the window and returns when it is closed.
fn open(folder: Option<std::path::PathBuf>) -> anyhow::Result<()> {
    #[cfg(target_os = "linux")]
    rendering::choose();
    find_display()?;
    let settings = workbench::Settings { folder, ..workbench::Settings::default() };
    let workbench = tauri::async_runtime::block_on(async { Workbench::start(settings) })
        .context("could not start the workbench")?;
    tauri::Builder::default()
        .manage(workbench)
        .setup(|app| {
            windows::open_first(app.handle())?;
            Ok(())
        })
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::pick_folder,
            commands::pick_file,
            commands::pick_target,
            commands::open_window
        ])
        .run(tauri::generate_context!())
        .context("could not open the window")
}

/// Fails when there is no display to open a window on.
#[cfg(target_os = "linux")]
fn find_display() -> anyhow::Result<()> {
    if gtk::init().is_ok() {
        return Ok(());
    }
    let named = ["WAYLAND_DISPLAY", "DISPLAY"].iter().find_map(|name| {
        let value = std::env::var(name).ok().filter(|value| !value.is_empty())?;
        Some(format!("{name}={value}"))
    });
    let why = match named {
        Some(display) => format!("the display {display} cannot be opened"),
        None => "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)".to_owned(),
    };
    anyhow::bail!("{why}; `waymark studio --web` serves the studio to a browser instead")
}

#[cfg(not(target_os = "linux"))]
fn find_display() -> anyhow::Result<()> {
    Ok(())
}
