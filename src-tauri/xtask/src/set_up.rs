//! `cargo xtask set-up`: installs what is missing, and nothing else.
//!
//! Debian packages through apt (as root, or through sudo), the wasm target and cargo's own checkers through rustup, a
//! Python of its own with boto3 and the AWS CLI for the service tests, and axe for those of the page. What is there
//! already is left alone, so a second run only looks.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::place::{Place, WASM};
use crate::step::{answer, is_on_path, run as run_program, step};

/// How much is needed; each holds the one before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The page and the `waymark` command.
    Web,
    /// The desktop window.
    Window,
    /// All checks and tests.
    Verify,
}

/// One thing that a distribution's package brings.
struct Need {
    scope: Scope,
    debian: &'static str,
    ubuntu: &'static str,
    /// When this program is on the path, the need is met, whichever way it came.
    program: Option<&'static str>,
}

const fn need(scope: Scope, package: &'static str, program: Option<&'static str>) -> Need {
    Need { scope, debian: package, ubuntu: package, program }
}

const NEEDS: &[Need] = &[
    need(Scope::Window, "pkg-config", Some("pkg-config")),
    need(Scope::Window, "libwebkit2gtk-4.1-dev", None),
    need(Scope::Verify, "xvfb", Some("Xvfb")),
    need(Scope::Verify, "webkit2gtk-driver", Some("WebKitWebDriver")),
    need(Scope::Verify, "xdotool", Some("xdotool")),
    Need { ubuntu: "chromium-browser", ..need(Scope::Verify, "chromium", Some("chromium")) },
    Need { ubuntu: "chromium-chromedriver", ..need(Scope::Verify, "chromium-driver", Some("chromedriver")) },
    // a machine without any font draws empty boxes
    need(Scope::Verify, "fonts-dejavu-core", None),
    need(Scope::Verify, "python3", Some("python3")),
    need(Scope::Verify, "npm", Some("npm")),
];

/// What the service tests run. The first two still know Pinpoint, the others are what it delivers to: AWS and a mail server;
/// pinned, so that they go on doing so.
const PYTHON_PACKAGES: &[&str] =
    &["boto3==1.44.5", "awscli==1.46.2", "moto[awslambda,server]==5.2.5", "aiosmtpd==1.4.6"];

/// What looks for barriers in the page: the checks of axe, pinned, so that a page that had none has none tomorrow.
const AXE: &str = "axe-core@4.14.1";

/// `cargo xtask set-up`
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    crate::only_flags(arguments, &[])?;
    let place = Place::find()?;
    step("set-up", || set_up(Scope::Verify))?;
    step("python with boto3 and the AWS CLI", || python(&place))?;
    step("axe", || axe(&place)).map(drop)
}

/// Installs what `scope` needs and this machine lacks.
pub fn set_up(scope: Scope) -> anyhow::Result<()> {
    packages(scope)?;
    wasm_target()?;
    if scope == Scope::Verify {
        component("clippy")?;
        component("fmt")?;
    }
    Ok(())
}

fn packages(scope: Scope) -> anyhow::Result<()> {
    let needed: Vec<&Need> =
        NEEDS.iter().filter(|need| need.scope <= scope && !need.program.is_some_and(is_on_path)).collect();
    if needed.is_empty() {
        return Ok(());
    }
    let ubuntu = std::fs::read_to_string("/etc/os-release").unwrap_or_default().lines().any(|line| line == "ID=ubuntu");
    let names = needed.iter().map(|need| if ubuntu { need.ubuntu } else { need.debian });
    if !is_on_path("dpkg-query") {
        let names: Vec<&str> = names.collect();
        println!("    no apt here; if a later step fails, install what Debian calls {}", names.join(" "));
        return Ok(());
    }
    let missing: Vec<&str> = names.filter(|name| !is_installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("    installing with apt: {}", missing.join(" "));
    install(&missing).with_context(|| format!("could not install; by hand: sudo apt-get install {}", missing.join(" ")))
}

fn is_installed(package: &str) -> bool {
    answer(Command::new("dpkg-query").args(["-W", "-f=${db:Status-Status}", package]))
        .is_some_and(|status| status == "installed")
}

fn install(packages: &[&str]) -> anyhow::Result<()> {
    let mut attempt = vec!["install", "--yes", "--no-install-recommends"];
    attempt.extend_from_slice(packages);
    if package_lists_are_there() && run_program(&mut apt(&attempt)?).is_ok() {
        return Ok(());
    }
    // a fresh image has no package lists, an old one has lists of packages that are gone
    run_program(&mut apt(&["update"])?)?;
    run_program(&mut apt(&attempt)?)
}

fn package_lists_are_there() -> bool {
    std::fs::read_dir("/var/lib/apt/lists")
        .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().to_string_lossy().contains("_Packages")))
}

/// `apt-get` that asks nothing: as root directly, else through sudo, which may ask for a password on a terminal only.
fn apt(arguments: &[&str]) -> anyhow::Result<Command> {
    let root = answer(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    let mut command = if root {
        Command::new("env")
    } else if is_on_path("sudo") {
        let mut command = Command::new("sudo");
        if !std::io::stdin().is_terminal() {
            command.arg("-n");
        }
        command.arg("env");
        command
    } else {
        bail!("packages are missing, this user is not root and there is no sudo");
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "Dpkg::Use-Pty=0", "-q"]);
    command.args(arguments);
    Ok(command)
}

fn wasm_target() -> anyhow::Result<()> {
    let folder = answer(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]));
    if folder.is_some_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    println!("    adding the target {WASM}");
    run_program(Command::new("rustup").args(["target", "add", WASM]))
        .with_context(|| format!("the Rust target {WASM} is missing and rustup could not add it"))
}

/// Clippy and rustfmt are absent from rustup's minimal profile.
fn component(tool: &str) -> anyhow::Result<()> {
    if answer(Command::new("cargo").args([tool, "--version"])).is_some() {
        return Ok(());
    }
    let component = if tool == "fmt" { "rustfmt" } else { tool };
    println!("    adding {component}");
    run_program(Command::new("rustup").args(["component", "add", component]))
        .with_context(|| format!("{component} is missing and rustup could not add it"))
}

/// The programs that the service tests call.
pub struct Python {
    /// A Python that can import boto3.
    pub python: PathBuf,
    /// The AWS CLI.
    pub aws: PathBuf,
}

/// A virtual environment in the target folder, made on the first call.
pub fn python(place: &Place) -> anyhow::Result<Python> {
    let folder = place.own().join("python");
    let stamp = folder.join("waymark.stamp");
    let wanted = PYTHON_PACKAGES.join(" ");
    let python = Python { python: folder.join("bin/python"), aws: folder.join("bin/aws") };
    let is_there = std::fs::read_to_string(&stamp).is_ok_and(|found| found == wanted)
        && answer(Command::new(&python.python).arg("--version")).is_some();
    if is_there {
        return Ok(python);
    }
    if answer(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_none() {
        println!("    installing with apt: python3-venv");
        install(&["python3-venv"])?;
    }
    std::fs::create_dir_all(place.own()).context("could not create a folder in the target folder")?;
    run_program(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    run_program(
        Command::new(&python.python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(PYTHON_PACKAGES),
    )?;
    std::fs::write(&stamp, wanted).context("could not write the stamp of the Python environment")?;
    Ok(python)
}

/// The script of axe in the target folder, fetched on the first call.
pub fn axe(place: &Place) -> anyhow::Result<PathBuf> {
    let folder = place.own().join("axe");
    let stamp = folder.join("waymark.stamp");
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if script.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|found| found == AXE) {
        return Ok(script);
    }
    std::fs::create_dir_all(&folder).context("could not create a folder in the target folder")?;
    run_program(
        Command::new("npm")
            .args(["install", "--silent", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"])
            .arg(&folder)
            .arg(AXE),
    )?;
    std::fs::write(&stamp, AXE).context("could not write the stamp of axe")?;
    Ok(script)
}
