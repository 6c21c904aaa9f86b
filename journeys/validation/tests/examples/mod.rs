//! The example projects, read from their folders.
#![expect(clippy::disallowed_methods, reason = "the examples are read from disk: this is a test, not the room")]

use std::path::Path;

use model::{DocumentId, Project, TemplateKind};
use serde_json::{Value, json};

/// The names of all examples, the good ones first.
pub const NAMES: [&str; 14] = [
    "onboarding",
    "cart-abandonment",
    "win-back",
    "flash-sale",
    "verification",
    "price-drop",
    "outage",
    "renewal",
    "feature-announcement",
    "security-alert",
    "survey",
    "consent",
    "event-stream",
    "broken-on-purpose",
];

/// The project of that example.
pub fn read(name: &str) -> Project {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name);
    let mut project = Project::default();
    for folder in ["journeys", "segments", "campaigns"] {
        let Ok(files) = std::fs::read_dir(root.join(folder)) else { continue };
        for file in files.map(|file| file.unwrap().path()) {
            let stem = file.file_stem().unwrap().to_str().unwrap();
            let id: DocumentId = format!("{folder}/{stem}").parse().unwrap();
            project.documents.insert(id, json_of(&file));
        }
    }
    for kind in TemplateKind::ALL {
        let Ok(folders) = std::fs::read_dir(root.join("templates").join(kind.folder())) else { continue };
        for folder in folders.map(|folder| folder.unwrap().path()) {
            let mut template = json_of(&folder.join("template.json"));
            for (member, file) in kind.bodies() {
                if let Ok(text) = std::fs::read_to_string(folder.join(file)) {
                    template[member] = json!(text);
                }
            }
            let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
            project.documents.insert(DocumentId::Template(kind, name), template);
        }
    }
    project
}

fn json_of(file: &Path) -> Value {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
