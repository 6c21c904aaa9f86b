//! People who do not exist, written into the folder for the segments and journeys that do.

use std::fmt::Write;
use std::path::Path;

use audience::People;
use bridge::{InventPeople, Invented};
use simulation::crowd;

use super::counted;
use crate::contents::Contents;
use crate::failure::{Outcome, bad_input, disk};
use crate::simulate::{self, Cohort};
use crate::{Inner, now};

/// Most people at once.
const MOST: u64 = 100_000;

impl Inner {
    pub(crate) fn invent_people(&self, command: InventPeople) -> Outcome<Invented> {
        if command.count > MOST {
            return Err(bad_input(format!("{} people are too many", command.count), format!("ask for at most {MOST}")));
        }
        let project = &command.project;
        let request = simulate::Request::default();
        let mut impossible = Vec::new();
        let mut journeys = Vec::new();
        for name in project.journeys().map(|(name, _)| name.to_owned()) {
            match Cohort::new(project, &name, People::default(), Vec::new(), &request) {
                Ok(cohort) => journeys.push((name, cohort.subject())),
                Err(failure) => impossible.push(failure.message),
            }
        }
        let count = usize::try_from(command.count).unwrap_or(usize::MAX);
        let made = crowd::crowd(project, &journeys, count, command.seed, now());
        if made.endpoints.is_empty() {
            return Err(bad_input("nobody was asked for", "ask for at least one"));
        }
        impossible
            .extend(made.impossible.into_iter().map(|way| format!("{}, {}: {}", way.journey, way.path, way.reason)));
        let mut text = String::new();
        for endpoint in &made.endpoints {
            let _ = writeln!(text, "{endpoint}");
        }
        let file = format!("endpoints/invented-{}.jsonl", command.seed);
        let path = Path::new(&command.folder).join(&file);
        let kept = Contents::keep(Path::new(&command.folder), [file.clone()])?;
        files::write(&path, text.as_bytes()).map_err(|error| disk("write", &path, &error))?;
        let endpoints = made.endpoints.len() as u64;
        let edit = kept.step(format!("Invent {}", counted(endpoints)))?;
        Ok(Invented { file, endpoints, ways: made.ways as u64, impossible, edit })
    }
}
