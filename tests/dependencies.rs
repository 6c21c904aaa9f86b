//! What we take from others: each dependency is used, and its licence fits ours.
//!
//! Known weaknesses (advisories) are not checked here: their database is on the network, and tests run without.

use std::path::Path;

use cargo_metadata::{Metadata, MetadataCommand};

/// Licences that a program under MIT or Apache-2.0 can be shipped with.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Dependencies that no line names, and why they stay.
const UNNAMED: &[(&str, &str, &str)] = &[];

#[test]
fn every_dependency_is_used() {
    let metadata = metadata();
    let resolve = metadata.resolve.as_ref().expect("cargo metadata resolves dependencies unless told not to");
    let mut wrong = Vec::new();
    for node in resolve.nodes.iter().filter(|node| metadata.workspace_members.contains(&node.id)) {
        let package = &metadata[&node.id];
        let mut code = String::new();
        let folder = package.manifest_path.parent().expect("a manifest lies in a folder");
        collect_code(folder.as_std_path(), &mut code);
        // a target may stand elsewhere: the command's story lies in `tests/`
        for target in package.targets.iter().filter(|target| target.src_path.as_str().contains("/../")) {
            append_code(target.src_path.as_std_path(), &mut code);
        }
        for dependency in &node.deps {
            let library = &metadata[&dependency.pkg].name;
            let excused = UNNAMED.iter().any(|(owner, unnamed, _)| *owner == *package.name && *unnamed == **library);
            // the name here is the one that code says: `md5` for `md-5`
            if !names(&code, &dependency.name) && !excused {
                wrong.push(format!("`{}` lists `{library}` and does not use it: take it out", package.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_licence_fits() {
    let metadata = metadata();
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let Some(licence) = &package.license else {
            wrong.push(format!("`{}` names no licence", package.name));
            continue;
        };
        let fits = spdx::Expression::parse_mode(licence, spdx::ParseMode::LAX).is_ok_and(|expression| {
            expression.evaluate(|needed| needed.license.id().is_some_and(|id| LICENCES.contains(&id.name)))
        });
        if !fits {
            wrong.push(format!("`{}` is under {licence}, which LICENCES of tests/dependencies.rs lacks", package.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn metadata() -> Metadata {
    let mut command = MetadataCommand::new();
    command.manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"));
    command.exec().expect("cargo metadata reads the workspace")
}

/// Appends the Rust lines below `folder` that are not comments. Folders with a manifest are other packages.
fn collect_code(folder: &Path, code: &mut String) {
    let entries = std::fs::read_dir(folder).expect("a package's folder can be listed");
    for path in entries.map(|entry| entry.expect("a folder's entry can be read").path()) {
        if path.is_dir() {
            if !path.join("Cargo.toml").exists() {
                collect_code(&path, code);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            append_code(&path, code);
        }
    }
}

fn append_code(file: &Path, code: &mut String) {
    let text = std::fs::read_to_string(file).expect("a source file is text");
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        code.push_str(line);
        code.push('\n');
    }
}

/// Whether `word` stands in `code` as a name of its own.
fn names(code: &str, word: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    code.match_indices(word)
        .any(|(place, _)| !code[..place].ends_with(is_part) && !code[place + word.len()..].starts_with(is_part))
}

#[test]
fn a_longer_name_is_another_name() {
    assert!(names("use csv::Reader;", "csv"));
    assert!(!names("let csv_text = 1;", "csv"));
}
