//! Lists the examples' files with their texts: a wasm module has no folder to read.

#![expect(clippy::unwrap_used, reason = "a build that can not read its own examples stops")]

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

fn main() {
    let examples = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("../../journeys/examples");
    let examples = examples.canonicalize().unwrap();
    println!("cargo::rerun-if-changed={}", examples.display());
    let mut list = String::from("&[\n");
    walk(&examples, "", &mut list);
    list.push(']');
    fs::write(Path::new(&env::var("OUT_DIR").unwrap()).join("files.rs"), list).unwrap();
}

fn walk(folder: &Path, name: &str, list: &mut String) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = format!("{name}/{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            walk(&path, &name, list);
        } else {
            writeln!(list, "    ({:?}, include_str!({:?})),", &name[1..], path.to_str().unwrap()).unwrap();
        }
    }
}
