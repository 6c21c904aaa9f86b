//! The example projects: from a folder while they are being written, else those inside the program.

use std::fs;
use std::path::{Path, PathBuf};

use bridge::Example;

use serde::Deserialize;

use crate::failure::{Outcome, disk, not_found};
use crate::settings_file;

/// Files of the examples: name below `journeys/examples`, and content.
static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// What examples are for, in the order of a customer's life; mistakes come last: nobody wants to begin with them.
const GOALS: &[&str] = &["Welcome", "Sell", "Inform", "Listen", "Keep", "Mistakes"];

/// What the settings of an example say beside those of any project.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Shelf {
    /// One of [`GOALS`].
    goal: String,
}

/// Where examples come from.
#[derive(Clone, Debug, Default)]
pub struct Examples {
    /// A folder of project folders; those inside the program when absent.
    pub folder: Option<PathBuf>,
}

impl Examples {
    /// All examples, by goal and name; those of a goal that is not known here come last.
    pub fn list(&self) -> Vec<Example> {
        let names: Vec<String> = match &self.folder {
            Some(folder) => fs::read_dir(folder)
                .into_iter()
                .flatten()
                .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                .filter(|name| folder.join(name).join(settings_file::FILE).is_file())
                .collect(),
            None => EMBEDDED
                .iter()
                .filter_map(|(file, _)| file.strip_suffix(settings_file::FILE)?.strip_suffix('/').map(str::to_owned))
                .collect(),
        };
        let mut examples: Vec<Example> = names.into_iter().map(|name| self.describe(name)).collect();
        let place = |goal: &str| GOALS.iter().position(|known| *known == goal).unwrap_or(GOALS.len());
        examples.sort_by_cached_key(|example| (place(&example.goal), example.goal.clone(), example.name.clone()));
        examples
    }

    fn describe(&self, name: String) -> Example {
        let file = format!("{name}/{}", settings_file::FILE);
        let text = match &self.folder {
            Some(folder) => fs::read_to_string(folder.join(&file)).unwrap_or_default(),
            None => EMBEDDED
                .iter()
                .find(|(embedded, _)| *embedded == file)
                .map(|(_, content)| String::from_utf8_lossy(content).into_owned())
                .unwrap_or_default(),
        };
        let (settings, _) = settings_file::read(&text);
        let Shelf { goal } = toml::from_str(&text).unwrap_or_default();
        Example { name, title: settings.name, goal, description: settings.description }
    }

    /// Copies an example into `into`, which is made; files that are there already stay.
    ///
    /// # Errors
    /// When there is no such example, or the folder can not be written.
    pub fn copy(&self, name: &str, into: &Path) -> Outcome<()> {
        let names: Vec<String> = self.list().into_iter().map(|example| example.name).collect();
        if !names.iter().any(|known| known == name) {
            return Err(not_found(
                format!("there is no example `{name}`"),
                format!("choose one of {}", names.join(", ")),
            ));
        }
        let copy = |file: &str, content: &[u8]| {
            let path = into.join(file);
            if path.exists() {
                return Ok(());
            }
            files::write(&path, content).map_err(|error| disk("write", &path, &error))
        };
        match &self.folder {
            Some(folder) => {
                let root = folder.join(name);
                let mut folders = vec![root.clone()];
                while let Some(folder) = folders.pop() {
                    for entry in fs::read_dir(&folder).map_err(|error| disk("read", &folder, &error))?.flatten() {
                        let path = entry.path();
                        if entry.file_name().to_string_lossy().starts_with('.') {
                        } else if path.is_dir() {
                            folders.push(path);
                        } else if let Ok(file) = path.strip_prefix(&root) {
                            let content = fs::read(&path).map_err(|error| disk("read", &path, &error))?;
                            copy(&file.to_string_lossy(), &content)?;
                        }
                    }
                }
            }
            None => {
                let prefix = format!("{name}/");
                for (file, content) in EMBEDDED {
                    if let Some(file) = file.strip_prefix(&prefix) {
                        copy(file, content)?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Examples, GOALS};

    #[test]
    fn examples_stand_by_goal_and_say_what_they_show() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../journeys/examples");
        for examples in [Examples::default(), Examples { folder: Some(folder) }] {
            let listed = examples.list();
            let places: Vec<_> = listed
                .iter()
                .map(|example| GOALS.iter().position(|goal| *goal == example.goal).map(|place| (place, &example.name)))
                .collect();
            assert!(places.iter().all(Option::is_some), "{listed:#?}");
            assert!(places.is_sorted(), "{listed:#?}");
            assert!(GOALS.iter().all(|goal| listed.iter().any(|example| example.goal == *goal)), "{listed:#?}");
            for example in &listed {
                assert!(!example.title.is_empty() && example.title.chars().count() <= 30, "{example:?}");
                let length = example.description.chars().count();
                assert!((40..=260).contains(&length), "{length} characters: {example:?}");
            }
        }
    }
}
