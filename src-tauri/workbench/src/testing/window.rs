//! Tests as the window asks for them: run, generated, written from a story, promises switched on and off.

use std::fs;
use std::path::{Path, PathBuf};

use bridge::{Generated, Promises, TestReport, Verb, Who};
use engine::EventKind;
use model::{Edit, Millis};
use simulation::expectations::{
    self, Cause, Expectation, Expectations, Expected, Frequency, Given, Moment, Wanted, When, Window,
};
use simulation::paths;
use simulation::promises::OptOut;
use toml_edit::{DocumentMut, Item};

use super::{FOLDER, GENERATED, Testing, expectation_files};
use crate::Inner;
use crate::contents::Contents;
use crate::failure::{Outcome, bad_input, disk};
use crate::simulate::person::PersonRun;

/// The file that stories of the window are written to.
const FROM_STORIES: &str = "expectations/from-stories.toml";

/// Members of `[promises]` that the window switches.
const SWITCHED: [&str; 5] = [
    "nobody_is_messaged_after_opting_out",
    "nobody_is_stranded",
    "nobody_gets_the_same_message_twice",
    "everyone_leaves_within",
    "at_most",
];

/// How much later than in the story a message may come.
const TOLERANCE: Millis = model::time::HOUR;

/// Runs all tests of a project, also with unsaved changes.
pub(crate) fn test(command: &bridge::Test) -> Outcome<TestReport> {
    let report = Testing::with(Path::new(&command.folder), command.project.clone()).run();
    Ok(TestReport {
        outcomes: report.outcomes,
        promises: report.promises,
        coverage: report.coverage,
        unreadable: report.unreadable,
    })
}

/// Writes a person for each path.
pub(crate) fn generate(command: &bridge::Generate) -> Outcome<Generated> {
    let folder = Path::new(&command.folder);
    let before = Contents::keep(folder, [GENERATED.to_owned()])?;
    let written = Testing::with(folder, command.project.clone()).generate()?;
    let cut = written.cut.into_iter().map(|journey| format!("{journey} (more than {} paths)", paths::MOST));
    Ok(Generated {
        file: written.file,
        people: written.people as u64,
        impossible: written.impossible,
        problems: cut.chain(written.broken).collect(),
        edit: before.step("Find every path")?,
    })
}

/// The promises of a journey; those of the first file that has some.
pub(crate) fn promised(command: &bridge::Promised) -> Outcome<Promises> {
    let found = promises_of(Path::new(&command.folder), &command.journey)?;
    Ok(found.map(|(_, promises)| switched(&promises)).unwrap_or_default())
}

/// Writes the promises of a journey, in the file that has them, else in one of their own; the rest of the file stays.
pub(crate) fn promise(command: &bridge::Promise) -> Outcome<Edit> {
    let folder = Path::new(&command.folder);
    let wanted = &command.promises;
    if wanted.leaves_within.is_some_and(|span| span <= 0) || wanted.at_most.iter().any(|(_, span)| *span <= 0) {
        return Err(bad_input("a promise within no time can not be kept", "choose a time of at least an hour"));
    }
    let found = promises_of(folder, &command.journey)?;
    let (path, before) = found.unwrap_or_else(|| {
        let path = folder.join(FOLDER).join(format!("promises-{}.toml", command.journey));
        (path, simulation::promises::Promises::default())
    });
    let known = before.clone();
    let opt_out = before.opt_out.unwrap_or(OptOut::Endpoint);
    let promises = simulation::promises::Promises {
        journey: command.journey.clone(),
        opt_out: wanted.opt_out.then_some(opt_out),
        nobody_stranded: wanted.nobody_stranded,
        no_message_twice: wanted.no_message_twice,
        leaves_within: wanted.leaves_within,
        at_most: wanted.at_most.clone(),
        ..before
    };
    let label = called(&known, &promises);
    let text = expectations::write(&Expectations { promises: Some(promises), ..Expectations::default() });
    let said = parse(&path, &text)?;
    let mut document = parse(&path, &read(&path)?)?;
    if !document.contains_key("promises") {
        document.insert("promises", said.get("promises").cloned().unwrap_or_default());
    }
    // What is written by hand beside the promises stays: the journey, the seed, comments.
    let said = said.get("promises").and_then(Item::as_table_like);
    if let (Some(said), Some(table)) = (said, document.get_mut("promises").and_then(Item::as_table_like_mut)) {
        for name in SWITCHED {
            match said.get(name) {
                Some(item) if table.get(name).map(|known| known.to_string()) != Some(item.to_string()) => {
                    table.insert(name, item.clone());
                }
                Some(_) => {}
                None => drop(table.remove(name)),
            }
        }
    }
    let kept = Contents::keep(folder, [below(&path)])?;
    write(&path, &document.to_string())?;
    kept.step(label)
}

/// What of promises the window switches.
fn switched(promises: &simulation::promises::Promises) -> Promises {
    Promises {
        opt_out: promises.opt_out.is_some(),
        nobody_stranded: promises.nobody_stranded,
        no_message_twice: promises.no_message_twice,
        leaves_within: promises.leaves_within,
        at_most: promises.at_most.clone(),
    }
}

/// What it is called to put promises in the place of others.
fn called(before: &simulation::promises::Promises, after: &simulation::promises::Promises) -> String {
    let (before, after) = (before.words(), after.words());
    let off = before.iter().find(|words| !after.contains(words));
    let on = after.iter().find(|words| !before.contains(words));
    match (off, on) {
        (None, Some(words)) => format!("Switch on promise: {words}"),
        (Some(words), None) => format!("Switch off promise: {words}"),
        (_, words) => format!("Change promise: {}", words.map_or("", String::as_str)),
    }
}

impl Inner {
    /// Writes what a person gets as an expectation.
    pub(crate) fn expect(&self, command: bridge::Expect) -> Outcome<(String, Edit)> {
        if command.name.trim().is_empty() {
            return Err(bad_input("the expectation has no name", "say in a sentence what is expected"));
        }
        let cohort = self.cohort(command.person.run_id)?;
        let run = cohort.run_of(&command.person.who, &command.person.deeds)?;
        let expectation = expectation(command.name.trim(), cohort.journey(), &run, &command.person.who)?;
        let folder = Path::new(&command.folder);
        let path = folder.join(FROM_STORIES);
        let before = read(&path)?;
        let (known, problems) = expectations::read(&before);
        if let Some(problem) = problems.first() {
            return Err(bad_input(
                format!("`{FROM_STORIES}`:{}: {}", problem.line, problem.message),
                "correct it, and write the expectation again",
            ));
        }
        if known.expectations.iter().any(|known| known.name == expectation.name) {
            return Err(bad_input(
                format!("`{FROM_STORIES}` has an expectation `{}` already", expectation.name),
                "choose another name",
            ));
        }
        let label = format!("Expect “{}”", expectation.name);
        let kept = Contents::keep(folder, [FROM_STORIES.to_owned()])?;
        let made = expectations::write(&Expectations { expectations: vec![expectation], ..Expectations::default() });
        let gap = if before.is_empty() { "" } else { "\n" };
        write(&path, &format!("{before}{gap}{made}"))?;
        Ok((FROM_STORIES.to_owned(), kept.step(label)?))
    }
}

/// The expectation that what happens in a run to a person happens again, when they do the same.
fn expectation(name: &str, journey: &str, run: &PersonRun<'_>, who: &Who) -> Outcome<Expectation> {
    let simulation = run.simulation();
    let at = simulation.at(&run.person, Millis::MAX).ok_or_else(|| crate::simulate::nobody(&run.person))?;
    let person = match who {
        Who::Known(_) => run.endpoint().to_owned(),
        Who::Invented(_) => "somebody".to_owned(),
    };
    let program = run.program();
    let entered = run.entered();
    let (mut given, mut expect) = (run.entry_events(&person), Vec::new());
    let mut say = |wanted: Wanted, window: Window| {
        expect.push(Expected { line: 0, person: person.clone(), wanted, window });
    };
    say(Wanted::Enters(entered.is_some()), Window::default());
    let sent: Vec<_> = at.messages.iter().filter(|message| message.status == "SUCCESS").collect();
    for message in &sent {
        let kind = program.activity_index(&message.activity).and_then(|activity| program.kind(activity));
        for (event, when) in &message.events {
            let verb = kind.zip(EventKind::parse(event)).and_then(|(kind, event)| Verb::of(event, kind));
            let of = message.activity.clone();
            let cause = match verb {
                Some(verb) => Cause::Does { verb, of },
                None => Cause::Event {
                    event_type: event.clone(),
                    of: Some(of),
                    attributes: Vec::new(),
                    metrics: Vec::new(),
                },
            };
            given.push(Given {
                line: 0,
                person: person.clone(),
                endpoint: None,
                cause,
                when: When::After(when - message.at),
            });
        }
    }
    let mut named: Vec<&str> = Vec::new();
    for message in &sent {
        if named.contains(&message.activity.as_str()) {
            continue;
        }
        named.push(&message.activity);
        let wanted = Wanted::Gets { message: message.activity.clone(), frequency: Frequency::Once };
        let by = entered
            .map_or(Moment::At(message.at + TOLERANCE), |entered| Moment::AfterEntry(message.at - entered + TOLERANCE));
        say(wanted, Window { from: None, to: Some(by) });
    }
    for activity in (0..program.len()).filter_map(|activity| u16::try_from(activity).ok()) {
        let id = program.activity_id(activity);
        if program.kind(activity).is_some_and(model::ActivityKind::is_message) && !named.contains(&id) {
            let wanted = Wanted::Gets { message: id.to_owned(), frequency: Frequency::Times(0) };
            say(wanted, Window::default());
        }
    }
    let people = match who {
        Who::Known(_) => Default::default(),
        Who::Invented(endpoints) => [(person.clone(), endpoints.clone())].into(),
    };
    Ok(Expectation {
        name: name.to_owned(),
        journey: journey.to_owned(),
        start: Some(run.start()),
        people,
        given,
        expect,
        ..Expectation::default()
    })
}

/// The file that promises something of a journey, and what.
fn promises_of(folder: &Path, journey: &str) -> Outcome<Option<(PathBuf, simulation::promises::Promises)>> {
    for path in expectation_files(folder) {
        let (found, _) = expectations::read(&read(&path)?);
        if let Some(promises) = found.promises.filter(|promises| promises.journey == journey) {
            return Ok(Some((path, promises)));
        }
    }
    Ok(None)
}

/// The text of a file; of one that is not there nothing.
fn read(path: &Path) -> Outcome<String> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(disk("read", path, &error)),
    }
}

fn write(path: &Path, text: &str) -> Outcome<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| disk("make", folder, &error))?;
    }
    files::write(path, text.as_bytes()).map_err(|error| disk("write", path, &error))
}

fn parse(path: &Path, text: &str) -> Outcome<DocumentMut> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        bad_input(format!("`{}` is not TOML: {}", below(path), error.message()), "correct it by hand")
    })
}

/// The name of a file of expectations, below the project.
fn below(path: &Path) -> String {
    format!("{FOLDER}/{}", path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default())
}
