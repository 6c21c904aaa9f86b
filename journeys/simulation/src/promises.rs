//! What must hold for everybody, whatever they do, and the search for somebody for whom it does not.
//!
//! In a file of expectations:
//!
//! ```toml
//! journey = "welcome-series"
//!
//! [promises]
//! nobody_is_messaged_after_opting_out = true      # on that endpoint; "person" = on any endpoint of theirs
//! at_most = { messages = 1, in = "1 day" }        # to one person in any stretch of that length; a list for several
//! nobody_is_stranded = true                       # who enters gets to an end of the journey
//! everyone_leaves_within = "20 days"              # of entering
//! nobody_gets_the_same_message_twice = true       # the same template on the same endpoint, over all entries
//! seed = 1                                        # of the search
//! tries = 2000                                    # made-up lives
//! ```
//!
//! Lives are tried in this order: the sample people as they are, who do nothing; one person for each path of the journey
//! ([`generation`](crate::generation)); then made-up lives, drawn from the seed: other answers to what the journey asks,
//! other channels, time zones and ids, and opens, clicks, bounces, opt-outs and entries at any time. Who breaks a promise is
//! made smaller, one event, endpoint, member and time after the other, as long as the promise stays broken.
//!
//! A promise that was not broken is not proven: it held in so many lives.

mod life;
mod rules;
mod shrink;

use std::collections::BTreeMap;

use audience::People;
use model::{Millis, Project};
use serde::{Deserialize, Serialize};

use crate::expectations::steps::{About, steps};
use crate::expectations::{Subject, Verdict};
use crate::promises::life::{Lives, live};
use crate::promises::rules::Promise;
use crate::run::StoryStep;

/// Promises of a journey, and how hard to look for somebody for whom they do not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Promises {
    /// Line of the heading, from 1.
    pub line: usize,
    /// File name of the journey, without `.json`.
    pub journey: String,
    /// When it is published; `None` = as a simulated run starts.
    pub start: Option<Millis>,
    /// Seed of the search: the same finds the same.
    pub seed: u64,
    /// Made-up lives that are tried, beside everybody's own.
    pub tries: u32,
    /// Nobody is messaged after opting out.
    pub opt_out: Option<OptOut>,
    /// At most so many messages reach a person in any stretch of that length.
    pub at_most: Vec<(u32, Millis)>,
    /// Everybody who enters leaves at an end of the journey.
    pub nobody_stranded: bool,
    /// Everybody leaves so soon after entering.
    pub leaves_within: Option<Millis>,
    /// No endpoint gets the message of a template, or of an activity without one, twice.
    pub no_message_twice: bool,
}

/// What nobody is messaged on after opting out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptOut {
    /// The endpoint that opted out.
    Endpoint,
    /// Any endpoint of the person.
    Person,
}

impl Default for Promises {
    fn default() -> Self {
        Promises {
            line: 0,
            journey: String::new(),
            start: None,
            seed: 1,
            tries: 2_000,
            opt_out: None,
            at_most: Vec::new(),
            nobody_stranded: false,
            leaves_within: None,
            no_message_twice: false,
        }
    }
}

impl Promises {
    /// What is promised, each in a sentence without full stop.
    pub fn words(&self) -> Vec<String> {
        Promise::of(self).into_iter().map(Promise::words).collect()
    }
}

/// What came of one promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The file, as it was named to [`keep`].
    pub file: String,
    /// Line of the promises.
    pub line: usize,
    /// The journey.
    pub journey: String,
    /// The promise in words.
    pub promise: String,
    /// Whether it held in every life that was tried.
    pub verdict: Verdict,
    /// How many lives were tried.
    pub lives: u64,
    /// How it was broken, in a sentence without full stop; empty when it held.
    pub message: String,
    /// The smallest life found that breaks it.
    pub broken: Option<CounterExample>,
}

/// Somebody for whom a promise does not hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CounterExample {
    /// What happened to them.
    pub story: Vec<StoryStep>,
    /// The same as an expectation, which fails until the promise holds: to be kept in a file.
    pub again: String,
}

/// Looks for somebody for whom a promise of `promised` does not hold. `file` is how the file shall be shown, `people` are
/// the project's sample people.
pub fn keep(
    file: &str,
    promised: &Promises,
    project: &Project,
    subjects: &BTreeMap<String, Result<Subject, String>>,
    people: &People,
) -> Vec<Kept> {
    let name = &promised.journey;
    let kept = |promise: String, verdict: Verdict, lives: u64, message: String| Kept {
        file: file.to_owned(),
        line: promised.line,
        journey: name.clone(),
        promise,
        verdict,
        lives,
        message,
        broken: None,
    };
    let mut subject = match crate::expectations::subject(subjects, name) {
        Ok(subject) => subject.clone(),
        Err(message) => return vec![kept(format!("promises of `{name}`"), Verdict::Broken, 0, message)],
    };
    subject.start = promised.start.unwrap_or(subject.start);
    let mut open: Vec<(Promise, Option<Kept>)> =
        Promise::of(promised).into_iter().map(|promise| (promise, None)).collect();
    let lives = Lives::new(project, name, &subject, people, promised);
    let mut tried = 0;
    for number in 0..lives.len() {
        if open.iter().all(|(_, broken)| broken.is_some()) {
            break;
        }
        let life = lives.get(number);
        let Some((trial, walked)) = live(&subject, &life) else { continue };
        tried += 1;
        for (promise, found) in open.iter_mut().filter(|(_, found)| found.is_none()) {
            if promise.broken(&trial, &walked).is_none() {
                continue;
            }
            let small = shrink::shrink(&subject, promise, life.clone());
            let Some((trial, walked)) = live(&subject, &small) else { continue };
            let Some(breach) = promise.broken(&trial, &walked) else { continue };
            let again = small.expectation(name, &subject, promise, &breach);
            let mut kept = kept(promise.words(), Verdict::Failed, tried, breach.message);
            let course = walked.courses.first();
            let story = course.map(|course| steps(&subject.program, &trial.people, course, About::Messages));
            kept.broken = Some(CounterExample { story: story.unwrap_or_default(), again });
            *found = Some(kept);
        }
    }
    let done = |(promise, found): (Promise, Option<Kept>)| {
        found.unwrap_or_else(|| kept(promise.words(), Verdict::Passed, tried, String::new()))
    };
    open.into_iter().map(done).collect()
}
