//! The `waymark` command, run as people run it, on copies of the examples.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

pub fn example(name: &str) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    let examples: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../journeys/examples");
    let mut folders = vec![examples.join(name)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let to = place.path().join(path.strip_prefix(examples.join(name)).unwrap());
            if path.is_dir() {
                fs::create_dir_all(to).unwrap();
                folders.push(path);
            } else {
                fs::copy(path, to).unwrap();
            }
        }
    }
    place
}

pub fn waymark(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
    command.args(arguments).stdin(Stdio::null());
    command.output().unwrap()
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
