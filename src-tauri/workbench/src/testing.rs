//! Tests of a project's journeys: `expectations/*.toml`.

mod junit;
mod window;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use audience::People;
use bridge::FileProblem;
use model::{DocumentId, Project};
use serde::Serialize;
use simulation::expectations::coverage::Coverage;
use simulation::expectations::{self, Expectations, Subject};
use simulation::generation::{self, Impossible};
use simulation::paths;
use simulation::promises::{self, Kept};

use crate::failure::{Outcome, disk, not_found};
use crate::folder;
use crate::people;
use crate::simulate::{Cohort, Request, events_of_folder};

pub use junit::junit;
pub use simulation::StoryStep;
pub use simulation::expectations::{Outcome as Tested, Verdict};
pub(crate) use window::{generate, promise, promised, test};

/// The folder of expectations below a project.
const FOLDER: &str = "expectations";
/// The file that [`Testing::generate`] writes.
const GENERATED: &str = "expectations/generated.toml";

/// A project that is being tested: what was read of it, and its journeys, compiled once.
pub struct Testing {
    folder: PathBuf,
    project: Project,
    people: People,
    /// What could not be read of people and events.
    problems: Vec<FileProblem>,
    subjects: BTreeMap<String, Result<Subject, String>>,
}

/// What came of all tests.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Each expectation, by file and line.
    pub outcomes: Vec<Tested>,
    /// Each promise.
    pub promises: Vec<Kept>,
    /// How much of each journey some expectation takes.
    pub coverage: Vec<Coverage>,
    /// Files of expectations, people and events that could be read in part or not at all.
    pub unreadable: Vec<FileProblem>,
}

impl Report {
    /// How many expectations and promises came out like this.
    pub fn count(&self, verdict: Verdict) -> usize {
        let promises = self.promises.iter().filter(|kept| kept.verdict == verdict).count();
        self.outcomes.iter().filter(|outcome| outcome.verdict == verdict).count() + promises
    }
}

/// What was generated.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Written {
    /// The file, below the project.
    pub file: String,
    /// People in it: one for each path that can be taken.
    pub people: usize,
    /// Paths that can not be taken.
    pub impossible: Vec<Impossible>,
    /// Journeys with more paths than are told apart.
    pub cut: Vec<String>,
    /// Journeys that can not run, and why.
    pub broken: Vec<String>,
}

impl Testing {
    /// Reads a project folder and compiles its journeys.
    ///
    /// # Errors
    /// When there is no project in the folder.
    pub fn of(path: &Path) -> Outcome<Testing> {
        let read = folder::read(path)?;
        if !folder::is_project(path) && !path.join(FOLDER).is_dir() {
            return Err(not_found(
                format!("`{}` is no project: it has no `waymark.toml` and no journeys", path.display()),
                "name a project folder, or make one with `waymark new`",
            ));
        }
        Ok(Testing::with(path, read.project))
    }

    /// The journeys of a project that may differ from what is in its folder; people, events and expectations are the
    /// folder's.
    pub fn with(path: &Path, project: Project) -> Testing {
        let (people, mut problems) = people::endpoints(path);
        let (events, event_problems) = events_of_folder(path);
        problems.extend(event_problems);
        let names = project.documents.keys().filter_map(|id| match id {
            DocumentId::Journey(name) => Some(name.clone()),
            _ => None,
        });
        let subjects = names
            .map(|name| {
                let cohort = Cohort::new(&project, &name, People::default(), events.clone(), &Request::default());
                (name, cohort.map(Cohort::subject).map_err(|failure| failure.message))
            })
            .collect();
        Testing { folder: path.to_path_buf(), project, people, problems, subjects }
    }

    /// Runs every file of expectations, in the order of their names.
    pub fn run(&self) -> Report {
        let mut report = Report { unreadable: self.problems.clone(), ..Report::default() };
        let mut all: Vec<(String, Expectations)> = Vec::new();
        for path in expectation_files(&self.folder) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let file = format!("{FOLDER}/{name}");
            match fs::read(&path) {
                Ok(content) => {
                    let (expectations, problems) = expectations::read(&String::from_utf8_lossy(&content));
                    report.unreadable.extend(problems.into_iter().map(|problem| FileProblem {
                        file: file.clone(),
                        document: None,
                        line: problem.line,
                        column: 1,
                        message: problem.message,
                    }));
                    all.push((file, expectations));
                }
                Err(error) => report.unreadable.push(FileProblem {
                    file,
                    document: None,
                    line: 0,
                    column: 0,
                    message: format!("could not be read: {error}"),
                }),
            }
        }
        (report.outcomes, report.coverage) = expectations::check(&all, &self.subjects, &self.people);
        for (file, promised) in all.iter().filter_map(|(file, all)| Some((file, all.promises.as_ref()?))) {
            report.promises.extend(promises::keep(file, promised, &self.project, &self.subjects, &self.people));
        }
        report
    }

    /// Writes a person for each path of each journey that can be taken. The same project gives the same file.
    ///
    /// # Errors
    /// When the file can not be written.
    pub fn generate(&self) -> Outcome<Written> {
        let mut written = Written { file: GENERATED.to_owned(), ..Written::default() };
        let mut all = Expectations::default();
        for (name, subject) in &self.subjects {
            match subject {
                Ok(subject) => {
                    let made = generation::generate(&self.project, name, subject, &self.people);
                    all.expectations.extend(made.expectations);
                    written.impossible.extend(made.impossible);
                    written.cut.extend(
                        made.cut
                            .then(|| format!("`{name}` has more than {} paths; the others are left out", paths::MOST)),
                    );
                }
                Err(why) => written.broken.push(why.clone()),
            }
        }
        written.people = all.expectations.len();
        let text = format!(
            "# One person for each path that can be taken. Written by `waymark test --generate`, which replaces this file:\n\
             # write expectations of your own into another.\n\n{}",
            expectations::write(&all)
        );
        let path = self.folder.join(GENERATED);
        files::write(&path, text.as_bytes()).map_err(|error| disk("write", &path, &error))?;
        Ok(written)
    }
}

fn expectation_files(folder: &Path) -> Vec<PathBuf> {
    let fits = |path: &PathBuf| {
        let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        path.is_file() && !hidden && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
    };
    let entries = fs::read_dir(folder.join(FOLDER)).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(fits).collect();
    files.sort();
    files
}
