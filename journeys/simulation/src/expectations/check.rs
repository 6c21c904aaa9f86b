//! Runs expectations and says what came of each.

use std::collections::BTreeMap;

use audience::People;
use engine::{Participant, Program};
use model::Millis;
use model::similar::similar;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::expectations::coverage::{Coverage, Taken};
use crate::expectations::document::{
    Cause, Expectation, Expectations, Expected, Frequency, Given, Named, Responses, Wanted, Window,
};
use crate::expectations::judge::{Judged, Witness, judge};
use crate::expectations::names;
use crate::expectations::steps::{About, steps};
use crate::response::ResponseModel;
use crate::run::StoryStep;
use crate::trial::{Doing, Trial};

/// A journey to be tested: compiled once, whatever is expected of it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The journey.
    pub program: Program,
    /// When it is published, unless an expectation says.
    pub start: Millis,
}

/// What came of one expectation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The file, as it was named to [`check`].
    pub file: String,
    /// Line of its heading.
    pub line: usize,
    /// What it says.
    pub name: String,
    /// The journey.
    pub journey: String,
    /// Whether it came true.
    pub verdict: Verdict,
    /// What did not; empty when it passed.
    pub failed: Vec<Failed>,
}

/// Whether an expectation came true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All of it.
    Passed,
    /// Something else happened.
    Failed,
    /// It can not be asked: it names something that is not there.
    Broken,
}

/// Something expected that did not come true.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failed {
    /// Line in the file.
    pub line: usize,
    /// What was expected and what happened instead, in a sentence without full stop.
    pub message: String,
    /// The steps of the person's story that matter; empty where nothing could be walked.
    pub story: Vec<StoryStep>,
}

/// Runs the expectations of files, named as they shall be shown, against journeys by file name (`Err` = it can not run,
/// and why, in a sentence). `people` are the project's sample people. Answers the outcomes in order, and the coverage of each journey.
pub fn check(
    files: &[(String, Expectations)],
    subjects: &BTreeMap<String, Result<Subject, String>>,
    people: &People,
) -> (Vec<Outcome>, Vec<Coverage>) {
    let mut taken: BTreeMap<&str, Taken> = subjects
        .iter()
        .filter_map(|(name, subject)| Some((name.as_str(), Taken::nothing(&subject.as_ref().ok()?.program))))
        .collect();
    let mut outcomes = Vec::new();
    for (file, expectations) in files {
        for expectation in &expectations.expectations {
            let failed = match subject(subjects, &expectation.journey) {
                Err(message) => Err(Failed { line: expectation.line, message, story: Vec::new() }),
                Ok(subject) => {
                    let described = [&expectation.people, &expectations.people];
                    run(expectation, described, subject, people, taken.get_mut(expectation.journey.as_str()))
                }
            };
            let (verdict, failed) = match failed {
                Ok(failed) if failed.is_empty() => (Verdict::Passed, failed),
                Ok(failed) => (Verdict::Failed, failed),
                Err(broken) => (Verdict::Broken, vec![broken]),
            };
            outcomes.push(Outcome {
                file: file.clone(),
                line: expectation.line,
                name: expectation.name.clone(),
                journey: expectation.journey.clone(),
                verdict,
                failed,
            });
        }
    }
    let coverage = subjects
        .iter()
        .filter_map(|(name, subject)| Some(taken.get(name.as_str())?.coverage(name, &subject.as_ref().ok()?.program)));
    (outcomes, coverage.collect())
}

/// The journey of that name.
///
/// # Errors
/// When there is none or it can not run, in words.
pub(crate) fn subject<'s>(
    subjects: &'s BTreeMap<String, Result<Subject, String>>,
    name: &str,
) -> Result<&'s Subject, String> {
    match subjects.get(name) {
        Some(Ok(subject)) => Ok(subject),
        Some(Err(why)) => Err(why.clone()),
        None => {
            let hint = similar(name, subjects.keys().map(String::as_str));
            let hint = hint.map(|meant| format!("; is `{meant}` meant?")).unwrap_or_default();
            Err(format!("the project has no journey `{name}`{hint}"))
        }
    }
}

/// Runs one expectation; `Err` = it can not be asked.
fn run(
    expectation: &Expectation,
    described: [&Named; 2],
    subject: &Subject,
    people: &People,
    taken: Option<&mut Taken>,
) -> Result<Vec<Failed>, Failed> {
    let broken = |line: usize, message: String| Failed {
        line: if line == 0 { expectation.line } else { line },
        message,
        story: Vec::new(),
    };
    let program = &subject.program;
    let mut trial = Trial::new(program, expectation.start.unwrap_or(subject.start));
    trial.settings.seed = expectation.seed;
    if expectation.responses == Responses::Model {
        trial.settings.response = ResponseModel::default();
    }
    let mut rows: BTreeMap<&str, u32> = BTreeMap::new();
    let named = expectation.given.iter().map(|given| (given.line, given.person.as_str()));
    let named = named.chain(expectation.expect.iter().map(|expected| (expected.line, expected.person.as_str())));
    for (line, name) in named {
        if !rows.contains_key(name) {
            let row = add(&mut trial, described, people, name).map_err(|message| broken(line, message))?;
            rows.insert(name, row);
        }
    }
    let row_of = |name: &str| rows.get(name).copied().unwrap_or_default();
    for given in &expectation.given {
        let doing = doing(&trial, given, row_of(&given.person)).map_err(|message| broken(given.line, message))?;
        trial.doings.push(doing);
    }
    let persons: Vec<u32> = rows.values().copied().collect();
    let walked = trial.walk(&persons);
    if let Some(taken) = taken {
        walked.courses.iter().for_each(|course| taken.add(course));
    }
    let witness = |name: &'_ str| -> Option<Witness<'_>> {
        let place = rows.keys().position(|known| *known == name)?;
        Some(Witness {
            program,
            people: &trial.people,
            name: rows.keys().nth(place)?,
            row: persons[place],
            course: &walked.courses[place],
            entry_at: program.entry_at(trial.settings.start),
        })
    };
    let mut failed = Vec::new();
    // What is given about a message that never came would make the test say less than it seems to.
    for place in &walked.idle {
        let Some(given) = expectation.given.get(*place) else { continue };
        let Some(witness) = witness(&given.person) else { continue };
        let of = given.cause.of().unwrap_or_default();
        let expected = Expected {
            line: given.line,
            person: given.person.clone(),
            wanted: Wanted::Gets { message: of.to_owned(), frequency: Frequency::Once },
            window: Window::default(),
        };
        if let Judged::Fails { message, about } = judge(&expected, witness) {
            let message = format!("given what `{}` does with `{of}`: {message}", given.person);
            let story = steps(program, &trial.people, witness.course, About::Activities(&about));
            failed.push(Failed { line: given.line, message, story });
        }
    }
    for expected in &expectation.expect {
        let Some(witness) = witness(&expected.person) else { continue };
        match judge(expected, witness) {
            Judged::Holds => {}
            Judged::Fails { message, about } => {
                let line = if expected.line == 0 { expectation.line } else { expected.line };
                let about = match expected.wanted {
                    Wanted::Enters(_) | Wanted::Refused(_) => About::Entry,
                    _ => About::Activities(&about),
                };
                let story = steps(program, &trial.people, witness.course, about);
                failed.push(Failed { line, message, story });
            }
            Judged::Broken(message) => return Err(broken(expected.line, message)),
        }
    }
    Ok(failed)
}

/// Adds a person to a trial: one described in the expectation or its file, else a sample person. Answers their first row.
fn add(trial: &mut Trial<'_>, described: [&Named; 2], people: &People, name: &str) -> Result<u32, String> {
    let put = |trial: &mut Trial<'_>, endpoint: &Value| -> Result<u32, String> {
        if let Some(id) = endpoint.get("Id").and_then(Value::as_str)
            && trial.people.find(id).is_some()
        {
            return Err(format!("two people of this expectation have the endpoint `{id}`"));
        }
        trial.add(endpoint)
    };
    if let Some(endpoints) = described.iter().find_map(|people| people.get(name)) {
        let mut first = None;
        for endpoint in endpoints {
            let row = put(trial, endpoint)?;
            first.get_or_insert(row);
        }
        return first.ok_or_else(|| format!("`{name}` has no endpoint"));
    }
    let rows = match people.find(name) {
        Some(row) => people.companions(row),
        None => people.of_user(name),
    };
    let mut first = None;
    for row in rows {
        let row = put(trial, &people.row(row).to_json())?;
        first.get_or_insert(row);
    }
    first.ok_or_else(|| {
        let known = described.iter().flat_map(|people| people.keys()).map(String::as_str);
        let samples = (0..people.len()).flat_map(|row| {
            let row = people.row(row);
            [Some(row.id()), row.user_id()].into_iter().flatten()
        });
        let hint = similar(name, known.chain(samples));
        let hint = hint.map(|meant| format!("; is `{meant}` meant?")).unwrap_or_default();
        format!("nobody is called `{name}`, neither under `people` nor among the project's endpoints{hint}")
    })
}

/// What is given, in the trial's terms.
pub(crate) fn doing(trial: &Trial<'_>, given: &Given, person: u32) -> Result<Doing, String> {
    let program = trial.program;
    let activity = given.cause.of().map(|of| names::activity(program, of)).transpose()?;
    if let (Some(activity), Some(of)) = (activity, given.cause.of())
        && !names::is_message(program, activity)
    {
        return Err(format!("`{of}` sends no message that anybody could do something with"));
    }
    let row = match &given.endpoint {
        None => None,
        Some(id) => {
            let row = trial.people.find(id).ok_or_else(|| format!("`{}` has no endpoint `{id}`", given.person))?;
            let theirs = Participant::key_of(trial.people.row(row));
            if theirs != Participant::key_of(trial.people.row(person as usize)) {
                return Err(format!("the endpoint `{id}` is not one of `{}`", given.person));
            }
            Some(row as u32)
        }
    };
    let (event_type, attributes, metrics) = match &given.cause {
        Cause::Does { verb, of } => {
            let kind = activity.and_then(|activity| program.kind(activity));
            let event = kind.and_then(|kind| verb.kind(kind)).ok_or_else(|| {
                let what = kind.map_or("no message", model::ActivityKind::title);
                format!("`{}` can not be said of `{of}`, which is of the kind {what}", verb.key())
            })?;
            (event.name().to_owned(), Vec::new(), Vec::new())
        }
        Cause::Event { event_type, attributes, metrics, .. } => {
            (event_type.clone(), attributes.clone(), metrics.clone())
        }
    };
    Ok(Doing { person, row, activity, event_type, attributes, metrics, when: given.when })
}
