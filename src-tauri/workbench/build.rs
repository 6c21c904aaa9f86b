//! Puts the example projects into the program, so that an installed one has them without the checkout.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let examples = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../journeys/examples");
    let examples = examples.canonicalize()?;
    println!("cargo::rerun-if-changed={}", examples.display());
    let mut files = Vec::new();
    gather(&examples, &mut files)?;
    files.sort();
    let mut table = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(&examples).map_err(io::Error::other)?;
        let name: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        writeln!(table, "    ({:?}, include_bytes!({:?})),", name.join("/"), file).map_err(io::Error::other)?;
    }
    table.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("examples.rs"), table)
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        match path.is_dir() {
            _ if hidden => {}
            true => gather(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}
