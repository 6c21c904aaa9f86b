//! `cargo xtask ui`: the page. Compiles `ui` for wasm, binds it, and puts it into `ui/dist` with the static files.
//!
//! Cargo decides whether to compile. Binding is skipped when the compiled file is the one that `ui/dist` was made of,
//! and a static file is only written when it differs, so that the shell, which embeds the page, is not rebuilt for
//! nothing.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::place::{Place, WASM};
use crate::set_up::{Scope, set_up};
use crate::step::{run as run_program, step};

/// The static files of the page: where they lie in the checkout, and their names in the page.
const STATIC: &[(&str, &str)] = &[
    ("ui/index.html", "index.html"),
    ("ui/boot.js", "boot.js"),
    ("ui/style.css", "style.css"),
    ("ui/rooms.css", "rooms.css"),
    ("ui/people.css", "people.css"),
    ("ui/live.css", "live.css"),
    ("src-tauri/icons/128x128.png", "icon.png"),
];

/// How the page is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build, large.
    Dev,
    /// Slow to build, small: what we ship.
    Release,
}

impl Profile {
    /// The step that builds it, in words.
    pub fn title(self) -> &'static str {
        match self {
            Profile::Dev => "page (wasm, quick build)",
            Profile::Release => "page (wasm, small build)",
        }
    }
}

/// `cargo xtask ui [--release]`
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    crate::only_flags(arguments, &["--release"])?;
    let profile = if arguments.is_empty() { Profile::Dev } else { Profile::Release };
    step("set-up", || set_up(Scope::Web))?;
    step(profile.title(), || build(&Place::find()?, profile))
}

/// Brings `ui/dist` up to date.
pub fn build(place: &Place, profile: Profile) -> anyhow::Result<()> {
    let (cargo_profile, folder) = match profile {
        Profile::Dev => ("dev", "debug"),
        Profile::Release => ("wasm-release", "wasm-release"),
    };
    // first, so that the shell can be compiled even when `ui` cannot
    copy_static_files(place)?;
    run_program(place.cargo().args(["build", "--package", "ui", "--target", WASM, "--profile", cargo_profile]))?;
    let wasm = place.target.join(WASM).join(folder).join("ui.wasm");
    if !wasm.is_file() {
        bail!("`ui` compiled, but into no wasm file: it has to be a program or a `cdylib`");
    }
    bind(place, profile, &wasm)
}

fn bind(place: &Place, profile: Profile, wasm: &Path) -> anyhow::Result<()> {
    let page = place.page();
    // the stamp lies beside what it speaks of: another target folder may have written the page last
    let stamp = page.join(".stamp");
    let identity = identity(wasm)?;
    if page.join("ui.js").is_file() && std::fs::read_to_string(&stamp).is_ok_and(|found| found == identity) {
        return Ok(());
    }
    let release = profile == Profile::Release;
    Bindgen::new()
        .input_path(wasm)
        .out_name("ui")
        .typescript(false)
        .web(true)?
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(&page)
        .context("could not bind the compiled page")?;
    std::fs::write(&stamp, identity).context("could not write the stamp of the page")
}

/// Path, length and time of the compiled file.
fn identity(wasm: &Path) -> anyhow::Result<String> {
    let facts = std::fs::metadata(wasm).with_context(|| format!("could not read {}", wasm.display()))?;
    let time = facts.modified()?.duration_since(SystemTime::UNIX_EPOCH)?;
    Ok(format!("{} {} {}", wasm.display(), facts.len(), time.as_nanos()))
}

fn copy_static_files(place: &Place) -> anyhow::Result<()> {
    let page = place.page();
    for (from, to) in STATIC {
        copy(&place.root.join(from), &page.join(to))?;
    }
    let assets = place.root.join("ui/assets");
    if assets.is_dir() {
        copy_folder(&assets, &page.join("assets"))?;
    }
    Ok(())
}

/// Copies what lies in a folder, at any depth; equal files are left alone.
pub fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(from)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .with_context(|| format!("could not list {}", from.display()))?;
    entries.sort();
    for entry in entries {
        let target = to.join(entry.file_name().unwrap_or_default());
        if entry.is_dir() {
            copy_folder(&entry, &target)?;
        } else {
            copy(&entry, &target)?;
        }
    }
    Ok(())
}

/// Copies a file, unless the copy is the same already.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let bytes = std::fs::read(from).with_context(|| format!("could not read {}", from.display()))?;
    if std::fs::read(to).is_ok_and(|found| found == bytes) {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("could not create {}", folder.display()))?;
    }
    std::fs::write(to, bytes).with_context(|| format!("could not write {}", to.display()))
}
