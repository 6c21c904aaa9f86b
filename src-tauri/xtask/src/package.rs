//! `cargo xtask package`: what people install. A `.deb`, and an archive that runs from any folder, in `target/packages`.
//!
//! Both hold the same tree: the program, its desktop entry, its kind of file, its icons. Everything is built from what is
//! in the checkout; nothing is fetched. An AppImage would need a runtime that is only to be had from elsewhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::page::{self, Profile};
use crate::place::Place;
use crate::set_up::{Scope, set_up};
use crate::step::{run as run_program, step};

/// The most that a package should weigh, in bytes.
const GOAL: u64 = 15 << 20;

/// The program's name as installed.
const PROGRAM: &str = "waymark-studio";

/// What the program needs of the system, as Debian names it: the page's engine, and the window around it.
const NEEDS: &str = "libwebkit2gtk-4.1-0, libgtk-3-0";

/// The kind of a project's `waymark.toml`.
const KIND: &str = "application/x-waymark-project";

/// Icons: size as the icon theme names it, and the file in `src-tauri/icons`; larger than the largest no menu draws one.
const ICONS: &[(&str, &str)] = &[("32x32", "32x32.png"), ("128x128", "128x128.png"), ("256x256", "128x128@2x.png")];

/// `cargo xtask package [--program FILE]`
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let program = match arguments {
        [] => None,
        [flag, file] if flag == "--program" => Some(PathBuf::from(file)),
        _ => bail!("`cargo xtask package` takes `--program FILE` (one that is built already) or nothing"),
    };
    if !cfg!(target_os = "linux") {
        bail!("packages are made on Linux");
    }
    let place = Place::find()?;
    let program = match program {
        Some(program) => program,
        None => build(&place)?,
    };
    let packages = place.target.join("packages");
    let tree = packages.join("tree");
    step("files", || lay_out(&place, &program, &tree))?;
    let version = env!("CARGO_PKG_VERSION");
    let machine = debian_machine(std::env::consts::ARCH);
    let deb = packages.join(format!("waymark_{version}_{machine}.deb"));
    step("Debian package", || debian(&tree, &deb, version, machine))?;
    let archive = packages.join(format!("waymark-{version}-linux-{}.tar.xz", std::env::consts::ARCH));
    step("archive", || {
        let folder = format!("s,^usr,waymark-{version},");
        let tar = ["--owner=0", "--group=0", "--sort=name", "--mtime=@0", "--transform"];
        run_program(
            Command::new("tar")
                .env("XZ_OPT", "-9e")
                .arg("-cJf")
                .arg(&archive)
                .args(tar)
                .arg(folder)
                .arg("-C")
                .arg(&tree)
                .arg("usr"),
        )
    })?;
    for package in [&deb, &archive] {
        println!("{}", told(package, fs::metadata(package)?.len()));
    }
    Ok(())
}

/// The page inside the program, both as they are shipped.
fn build(place: &Place) -> anyhow::Result<PathBuf> {
    step("set-up", || set_up(Scope::Window))?;
    step(Profile::Release.title(), || page::build(place, Profile::Release))?;
    step(&format!("program ({PROGRAM})"), || {
        let build = ["build", "--release", "--package", PROGRAM, "--features", "custom-protocol"];
        run_program(place.cargo().args(build))
    })?;
    Ok(place.program("release", PROGRAM))
}

/// Puts what is installed below `tree/usr`.
fn lay_out(place: &Place, program: &Path, tree: &Path) -> anyhow::Result<()> {
    if tree.exists() {
        fs::remove_dir_all(tree).with_context(|| format!("could not clear {}", tree.display()))?;
    }
    let share = tree.join("usr/share");
    let installed = tree.join("usr/bin").join(PROGRAM);
    copy(program, &installed)?;
    // names of functions are of use to who builds, not to who installs
    run_program(Command::new("strip").arg(&installed))?;
    write(&share.join("applications").join(format!("{PROGRAM}.desktop")), &desktop_entry())?;
    write(&share.join("mime/packages").join(format!("{PROGRAM}.xml")), &kind_of_file())?;
    for (size, icon) in ICONS {
        let to = share.join("icons/hicolor").join(size).join("apps").join(format!("{PROGRAM}.png"));
        copy(&place.root.join("src-tauri/icons").join(icon), &to)?;
    }
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let from = place.root.join(licence);
        if from.is_file() {
            copy(&from, &share.join("doc/waymark").join(licence))?;
        }
    }
    Ok(())
}

/// Desktop Entry Specification 1.5: how the desktop starts the program, and with what: projects, and what is left of an
/// account that is gone, as JSON or as an archive.
fn desktop_entry() -> String {
    format!(
        "[Desktop Entry]\nType=Application\nName=Waymark\nGenericName=Journey designer\n\
         Comment=Draw, check, simulate and publish Amazon Pinpoint journeys\nExec={PROGRAM} %f\nIcon={PROGRAM}\n\
         Terminal=false\nStartupWMClass={PROGRAM}\nCategories=Office;\nKeywords=journey;campaign;Pinpoint;\n\
         MimeType={KIND};inode/directory;application/json;application/zip;\n"
    )
}

/// Shared MIME-info Database: a file named `waymark.toml` is a project.
fn kind_of_file() -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <mime-info xmlns=\"http://www.freedesktop.org/standards/shared-mime-info\">\n  \
         <mime-type type=\"{KIND}\">\n    <comment>Waymark project</comment>\n    \
         <sub-class-of type=\"application/toml\"/>\n    <icon name=\"{PROGRAM}\"/>\n    \
         <glob pattern=\"waymark.toml\" weight=\"80\"/>\n  </mime-type>\n</mime-info>\n"
    )
}

fn debian(tree: &Path, deb: &Path, version: &str, machine: &str) -> anyhow::Result<()> {
    let size = weight(tree)? / 1024 + 1;
    write(&tree.join("DEBIAN/control"), &control(version, machine, size))?;
    let made = run_program(
        Command::new("dpkg-deb").args(["--root-owner-group", "-Zxz", "-z9", "-Sextreme", "--build"]).arg(tree).arg(deb),
    );
    // the other packages are made from the same tree
    fs::remove_dir_all(tree.join("DEBIAN")).context("could not remove the control file")?;
    made.map(|_| ())
}

/// Debian Policy 5.3: the control file; `size` in KiB.
fn control(version: &str, machine: &str, size: u64) -> String {
    format!(
        "Package: waymark\nVersion: {version}\nArchitecture: {machine}\nMaintainer: Waymark <waymark@localhost>\n\
         Installed-Size: {size}\nDepends: {NEEDS}\nSection: editors\nPriority: optional\n\
         Description: Designer for customer journeys\n Draws, checks, simulates and publishes Amazon Pinpoint journeys, \
         and carries the\n Pinpoint API on this computer.\n"
    )
}

/// Debian's word for a kind of machine.
fn debian_machine(rust: &str) -> &str {
    match rust {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

fn told(package: &Path, bytes: u64) -> String {
    let mebibytes = bytes as f64 / f64::from(1 << 20);
    let judged = if bytes <= GOAL { "within" } else { "OVER" };
    format!("{}: {mebibytes:.1} MiB, {judged} the goal of {} MiB", package.display(), GOAL >> 20)
}

fn weight(folder: &Path) -> anyhow::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        sum += if path.is_dir() { weight(&path)? } else { fs::metadata(&path)?.len() };
    }
    Ok(sum)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    make_room(to)?;
    fs::copy(from, to).with_context(|| format!("could not copy {} to {}", from.display(), to.display()))?;
    Ok(())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    make_room(path)?;
    fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}

fn make_room(path: &Path) -> anyhow::Result<()> {
    let Some(folder) = path.parent() else { return Ok(()) };
    fs::create_dir_all(folder).with_context(|| format!("could not create {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desktop_opens_a_project_with_the_program_that_is_installed() {
        let entry = desktop_entry();
        let value = |name: &str| {
            entry
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
                .unwrap_or_default()
        };
        assert!(value("Exec").starts_with(PROGRAM) && value("Exec").ends_with(" %f"));
        assert!(value("MimeType").split(';').any(|kind| kind == KIND));
        assert!(kind_of_file().contains(&format!("type=\"{KIND}\"")));
    }

    #[test]
    fn the_control_file_has_what_policy_demands() {
        let control = control("1.2.3", debian_machine("x86_64"), 7);
        for line in ["Package: waymark", "Version: 1.2.3", "Architecture: amd64", "Installed-Size: 7"] {
            assert!(control.lines().any(|found| found == line), "{line} is not in\n{control}");
        }
        // lines of the long description start with a space
        let description = control.split("Description: ").nth(1).unwrap_or_default();
        assert!(description.lines().skip(1).all(|line| line.starts_with(' ') && line.len() > 1));
    }
}
