//! The people of a folder, kept in memory between questions: read again when a file of theirs is another.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use audience::{Activity, People};
use bridge::FileProblem;

use crate::{Inner, key, lock, people, simulate};

/// Folders whose people are kept.
const KEPT: usize = 2;

/// Time and size of each file of people, events and lists.
type Stamps = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// People and when they were heard of.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    /// The endpoints; last activity counts the events (segments-and-endpoints.md 2.1).
    pub people: People,
    /// Events of these endpoints, in order of time.
    pub events: Vec<Activity>,
    /// How many events there are, those of others included.
    pub recorded: usize,
    /// Whether they are invented, because the project has none.
    pub invented: bool,
    /// What could not be read.
    pub problems: Vec<FileProblem>,
}

/// Crowds by folder, the last one used at the end.
#[derive(Default)]
pub(crate) struct Crowds {
    kept: Vec<(PathBuf, Stamps, Arc<Crowd>)>,
}

impl Crowd {
    /// Reads the people and events of a project folder.
    pub fn read(folder: &Path) -> Crowd {
        let (people, mut problems) = people::endpoints(folder);
        let (events, more) = simulate::events_of_folder(folder);
        problems.extend(more);
        let recorded = events.len();
        let mut crowd = Crowd { people, recorded, problems, ..Crowd::default() };
        for event in events {
            if let Some(row) = crowd.people.find(&event.endpoint) {
                crowd.people.touch(row, event.at);
                crowd.events.push(Activity { at: event.at, row: row as u32 });
            }
        }
        crowd
    }
}

impl Inner {
    /// The people of a folder as its files are now.
    pub(crate) fn crowd(&self, folder: &Path) -> Arc<Crowd> {
        let (folder, stamps) = (key(folder), stamps(folder));
        let mut crowds = lock(&self.crowds);
        if let Some(place) = crowds.kept.iter().position(|(of, _, _)| *of == folder) {
            let found = crowds.kept.remove(place);
            if found.1 == stamps {
                let crowd = found.2.clone();
                crowds.kept.push(found);
                return crowd;
            }
        }
        // Two questions that come together wait for one reading.
        let crowd = Arc::new(Crowd::read(&folder));
        crowds.kept.push((folder, stamps, crowd.clone()));
        let old = crowds.kept.len().saturating_sub(KEPT);
        crowds.kept.drain(..old);
        crowd
    }

    /// The people of a project: those of its folder, else a few invented ones.
    pub(crate) fn crowd_of(&self, project: &model::Project, folder: Option<&str>) -> Arc<Crowd> {
        let found = folder.map(|folder| self.crowd(Path::new(folder))).filter(|crowd| !crowd.people.is_empty());
        found.unwrap_or_else(|| {
            Arc::new(Crowd { people: simulate::invent(project), invented: true, ..Crowd::default() })
        })
    }
}

fn stamps(folder: &Path) -> Stamps {
    let parts = ["endpoints", "events"].map(|part| fs::read_dir(folder.join(part)).into_iter().flatten().flatten());
    let paths = parts.into_iter().flatten().map(|entry| entry.path()).chain(people::lists::files(folder));
    let stamp = |path: PathBuf| {
        let metadata = fs::metadata(&path).ok()?;
        Some((path, (metadata.modified().ok(), metadata.len())))
    };
    paths.filter_map(stamp).collect()
}
