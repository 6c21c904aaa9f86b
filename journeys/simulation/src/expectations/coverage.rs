//! How much of a journey the expectations have taken: every connection, and every end that no connection leads to.

use engine::{Program, Reason, What};
use model::ActivityKind;
use serde::{Deserialize, Serialize};

use crate::expectations::names;
use crate::trial::Course;

/// What has been taken of a journey.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    ways: Vec<bool>,
    /// By activity: held out there.
    held_out: Vec<bool>,
}

/// How much of a journey was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// File name of the journey.
    pub journey: String,
    /// Connections and outcomes that some expectation takes.
    pub taken: usize,
    /// All connections and outcomes.
    pub all: usize,
    /// Those never taken, in words, in the order of the document.
    pub missing: Vec<String>,
}

impl Coverage {
    /// Percent, rounded down; 100 for a journey without connections.
    pub fn percent(&self) -> usize {
        (self.taken * 100).checked_div(self.all).unwrap_or(100)
    }
}

impl Taken {
    pub fn nothing(program: &Program) -> Taken {
        Taken { ways: vec![false; program.ways().len()], held_out: vec![false; program.len()] }
    }

    pub fn add(&mut self, course: &Course) {
        for (_, effect) in course.effects() {
            match effect.what {
                What::Took { way, .. } => {
                    if let Some(taken) = self.ways.get_mut(usize::from(way)) {
                        *taken = true;
                    }
                }
                What::Left { activity } if matches!(effect.reason, Reason::Holdout { .. }) => {
                    if let Some(taken) = self.held_out.get_mut(usize::from(activity)) {
                        *taken = true;
                    }
                }
                _ => {}
            }
        }
    }

    pub fn coverage(&self, journey: &str, program: &Program) -> Coverage {
        let mut coverage = Coverage { journey: journey.to_owned(), taken: 0, all: 0, missing: Vec::new() };
        let mut count = |taken: bool, words: &dyn Fn() -> String| {
            coverage.all += 1;
            match taken {
                true => coverage.taken += 1,
                false => coverage.missing.push(words()),
            }
        };
        for activity in 0..program.len() as u16 {
            for (index, way) in program.ways().iter().enumerate().filter(|(_, way)| way.from == activity) {
                count(self.ways[index], &|| names::connection(program, way));
            }
            if program.kind(activity) == Some(ActivityKind::Holdout) {
                let words = || format!("`{}` held out", program.activity_id(activity));
                count(self.held_out[usize::from(activity)], &words);
            }
        }
        coverage
    }
}
