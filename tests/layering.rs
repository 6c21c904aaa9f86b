//! Which room may use which: the table of ranks, held against what the manifests say.
//!
//! Dependencies point one way, and a new arrow is a decision: it is made here and in the table of ARCHITECTURE.md, in a
//! commit of its own. Dependencies of tests are free.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// Our crates and those of ours that each may use, lowest rank first.
const ARROWS: &[(&str, &[&str])] = &[
    // 0
    ("model", &[]),
    // 1
    ("audience", &["model"]),
    ("templates", &["model"]),
    ("diagram", &["model"]),
    ("benchmark", &[]),
    ("exchange", &["model"]),
    ("files", &["model"]),
    // 2
    ("engine", &["model", "audience", "templates"]),
    // 3
    ("simulation", &["model", "audience", "templates", "diagram", "engine"]),
    ("validation", &["model", "audience", "templates", "diagram", "engine"]),
    ("delivery", &["model", "templates"]),
    // 4
    ("bridge", &["model", "diagram", "validation", "simulation"]),
    ("publishing", &["model", "engine", "validation"]),
    ("pinpoint-local", &["model", "audience", "templates", "diagram", "engine", "validation", "delivery", "files"]),
    // 5
    (
        "workbench",
        &[
            "model",
            "audience",
            "templates",
            "diagram",
            "engine",
            "simulation",
            "validation",
            "benchmark",
            "exchange",
            "bridge",
            "delivery",
            "files",
            "publishing",
            "pinpoint-local",
        ],
    ),
    ("ui", &["model", "audience", "templates", "diagram", "benchmark", "engine", "simulation", "validation", "bridge"]),
    // 6
    ("waymark-studio", &["workbench", "pinpoint-local", "bridge"]),
    ("waymark", &["workbench", "pinpoint-local", "bridge"]),
    // beside the ranks
    ("xtask", &[]),
    ("stories", &[]),
    ("same-run", &["model", "audience", "engine", "simulation"]),
];

/// What every pure crate may use: JSON, time without a clock, errors.
const PURE: &[&str] = &["serde", "serde_json", "jiff", "thiserror"];

/// What one pure crate may use beyond `PURE`, and why.
const PURE_EXTRA: &[(&str, &str, &str)] = &[
    ("audience", "memchr", "finds the lines of an import"),
    ("audience", "rustc-hash", "hashes short keys, the same way on every run"),
    ("audience", "hmac", "is the keyed hash behind pseudonyms"),
    ("audience", "sha2", "is the hash in it"),
    ("templates", "handlebars", "is the language of message templates"),
    ("templates", "base64", "is behind a helper of Pinpoint's templates"),
    ("templates", "md-5", "is behind a helper of Pinpoint's templates"),
    ("templates", "sha2", "is behind a helper of Pinpoint's templates"),
    ("diagram", "petgraph", "orders activities in layers"),
    ("simulation", "toml", "reads expectations, which people write"),
    ("validation", "petgraph", "finds cycles and what cannot be reached"),
];

/// What never gets below a pure crate, at any depth, on the page's target.
const IMPURE: &[(&str, &str)] = &[
    ("tokio", "an event loop"),
    ("mio", "sockets"),
    ("hyper", "the network"),
    ("axum", "the network"),
    ("reqwest", "the network"),
    ("aws-config", "the network and credentials"),
    ("aws-sdk-pinpoint", "the network"),
    ("rayon", "threads"),
    ("rusqlite", "the disk"),
    ("getrandom", "the machine's randomness"),
    ("web-sys", "the browser"),
    ("js-sys", "the browser"),
];

#[test]
fn our_crates_use_lower_ranks_only() {
    let metadata = metadata(&["--no-deps"]);
    let table: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let ours: BTreeSet<&str> = metadata.workspace_packages().iter().map(|package| package.name.as_str()).collect();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let Some(allowed) = table.get(name) else {
            wrong.push(format!("`{name}` is a new crate: give it a rank in ARROWS of tests/layering.rs"));
            continue;
        };
        for used in uses(package).into_iter().filter(|used| ours.contains(used)) {
            if !allowed.contains(&used) {
                wrong.push(format!(
                    "`{name}` uses `{used}`, a new arrow: decide it in ARROWS of tests/layering.rs and in the table of \
                     ARCHITECTURE.md, or pass a value instead"
                ));
            }
        }
    }
    for name in table.keys().filter(|name| !ours.contains(*name)) {
        wrong.push(format!("`{name}` is no crate of ours: take it out of ARROWS of tests/layering.rs"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_itself_points_one_way() {
    let order: Vec<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    for (place, (name, uses)) in ARROWS.iter().enumerate() {
        for used in *uses {
            let lower = order.iter().position(|other| other == used).is_some_and(|other| other < place);
            assert!(lower, "`{name}` may not use `{used}`: ARROWS is ordered from the lowest rank up");
        }
    }
}

#[test]
fn pure_crates_use_few_libraries() {
    let metadata = metadata(&["--no-deps"]);
    let ours: BTreeSet<&str> = metadata.workspace_packages().iter().map(|package| package.name.as_str()).collect();
    let mut wrong = Vec::new();
    for package in pure(&metadata) {
        let name = package.name.as_str();
        for used in uses(package).into_iter().filter(|used| !ours.contains(used)) {
            let extra = PURE_EXTRA.iter().any(|(owner, library, _)| *owner == name && *library == used);
            if !extra && !PURE.contains(&used) {
                wrong.push(format!(
                    "`{name}` uses `{used}`: name it with its reason in PURE_EXTRA of tests/layering.rs, or do without"
                ));
            }
        }
    }
    for (owner, library, _) in PURE_EXTRA {
        if !pure(&metadata).iter().any(|package| *package.name == *owner && uses(package).contains(library)) {
            wrong.push(format!("`{owner}` does without `{library}`: take it out of PURE_EXTRA of tests/layering.rs"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_impure_lies_below_a_pure_crate() {
    let metadata = metadata(&["--filter-platform", "wasm32-unknown-unknown"]);
    let resolve = metadata.resolve.as_ref().expect("cargo metadata resolves dependencies unless told not to");
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let mut wrong = BTreeSet::new();
    for package in pure(&metadata) {
        let mut seen = BTreeSet::new();
        let mut open = vec![(&package.id, package.name.to_string())];
        while let Some((id, way)) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            for dependency in &nodes[id].deps {
                if !dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal) {
                    continue;
                }
                let name = metadata[&dependency.pkg].name.as_str();
                let way = format!("{way} > {name}");
                if let Some((_, what)) = IMPURE.iter().find(|(impure, _)| *impure == name) {
                    wrong.insert(format!("{way}: `{name}` brings {what} into a pure crate"));
                }
                open.push((&dependency.pkg, way));
            }
        }
    }
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn metadata(options: &[&str]) -> Metadata {
    let mut command = MetadataCommand::new();
    command.manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"));
    command.other_options(options.iter().map(ToString::to_string).collect::<Vec<_>>());
    command.exec().expect("cargo metadata reads the workspace")
}

/// The crates below `journeys/`.
fn pure(metadata: &Metadata) -> Vec<&Package> {
    let room = metadata.workspace_root.join("journeys");
    let packages: Vec<&Package> =
        metadata.workspace_packages().into_iter().filter(|package| package.manifest_path.starts_with(&room)).collect();
    assert!(!packages.is_empty(), "no crate lies below {room}");
    packages
}

/// Names of the normal dependencies.
fn uses(package: &Package) -> Vec<&str> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == DependencyKind::Normal)
        .map(|dependency| dependency.name.as_str())
        .collect()
}
