//! Where things are: the checkout, the target folder, the page, our packages. One question to `cargo metadata`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde::Deserialize;

/// The target triple of the page.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The folders that the commands work in.
pub struct Place {
    /// The top of the checkout.
    pub root: PathBuf,
    /// Cargo's target folder, wherever the settings or `CARGO_TARGET_DIR` put it.
    pub target: PathBuf,
    /// Our packages that must build for wasm: those below `journeys/` and `ui/`.
    pub wasm_packages: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    target_directory: PathBuf,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
}

impl Place {
    /// Asks cargo. Fails when a manifest of the workspace cannot be read.
    pub fn find() -> anyhow::Result<Place> {
        // asked when it runs: a target folder that two checkouts share may hold the program of the other
        let own = std::env::var_os("CARGO_MANIFEST_DIR").context("start this through cargo: `cargo xtask`")?;
        let root = Path::new(&own).join("../..");
        let root = root.canonicalize().context("could not find the checkout")?;
        let output = cargo(&root)
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .output()
            .context("could not start cargo")?;
        if !output.status.success() {
            bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        let metadata: Metadata =
            serde_json::from_slice(&output.stdout).context("could not read what cargo metadata says")?;
        let wasm_packages = metadata
            .packages
            .iter()
            .filter(|package| ["journeys", "ui"].iter().any(|room| package.manifest_path.starts_with(root.join(room))))
            .map(|package| package.name.clone())
            .collect();
        Ok(Place { root, target: metadata.target_directory, wasm_packages })
    }

    /// A cargo command that runs in the checkout.
    pub fn cargo(&self) -> Command {
        cargo(&self.root)
    }

    /// The built page.
    pub fn page(&self) -> PathBuf {
        self.root.join("ui/dist")
    }

    /// What xtask itself keeps between runs: stamps, logs, the Python of the service tests.
    pub fn own(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// A program that cargo built. `profile` is the folder's name: `debug` or `release`.
    pub fn program(&self, profile: &str, name: &str) -> PathBuf {
        self.target.join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }
}

/// Cargo, without the variables that `cargo run` sets for us: they describe xtask, and build scripts that watch them
/// would run again.
fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}
