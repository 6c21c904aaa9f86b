//! `waymark simulate FOLDER`: all journeys and campaigns of a project together.

use std::process::ExitCode;
use std::time::Instant;

use bridge::{Failure, ProjectRunView, ReceivedLine, Span};
use serde_json::json;
use workbench::simulate::Request;
use workbench::simulate::whole::{Whole, of_folder};

use super::{bad_input, rows_of};
use crate::arguments::{Format, Simulate};
use crate::commands::{Outcome, count, json as text_of, tell_problems};
use crate::say;

/// Days printed in full.
const DAYS: usize = 31;

/// Simulates, prints what each comes to, the days, and who gets too much; writes the messages that were asked for.
pub fn run(simulate: &Simulate, request: Request) -> Outcome {
    let began = Instant::now();
    refuse(simulate)?;
    let (endpoints, events) = (simulate.endpoints.as_deref(), simulate.events.as_deref());
    let (whole, limits, problems) = of_folder(&simulate.journey, endpoints, events, request, simulate.days)?;
    tell_problems(&problems);
    let view = whole.view(limits);
    let person = simulate.trace.as_deref().map(|person| whole.person(person)).transpose()?;
    if let Some(path) = &simulate.messages {
        let rows = whole.write_messages(path)?;
        say::note(&format!("{} in `{}`", rows_of(rows), path.display()));
    }
    if simulate.format == Format::Json {
        let line = |(line, status): (ReceivedLine, &str)| json!({ "message": line, "status": status });
        let person: Option<Vec<_>> = person.map(|lines| lines.into_iter().map(line).collect());
        say::result(&text_of(&json!({ "run": view, "person": person })));
        return Ok(ExitCode::SUCCESS);
    }
    say_documents(&view);
    say_days(&view);
    for found in &view.too_much {
        let span = match found.span {
            Span::Day => "a day",
            Span::Week => "a week",
        };
        let who = if found.people == 1 { "person gets" } else { "people get" };
        say::result(&format!(
            "{} {who} more than {} in {span}, such as {} from {} on:",
            found.people,
            count(found.most as usize, "message"),
            found.person,
            found.day
        ));
        found.messages.iter().for_each(|line| say_line(&whole, line, ""));
    }
    for (document, why) in &view.left_out {
        say::result(&format!("left out: {document}: {why}"));
    }
    view.notes.iter().for_each(|note| say::result(&format!("note: {note}")));
    if let Some(lines) = &person {
        say::result("\nby the clock of the one who gets them");
        lines.iter().for_each(|(line, status)| say_line(&whole, line, status));
    }
    say::note(&format!("{:.2} s", began.elapsed().as_secs_f64()));
    Ok(ExitCode::SUCCESS)
}

/// Refuses what can be asked of one journey alone.
fn refuse(simulate: &Simulate) -> Result<(), Failure> {
    let asked = [
        ("--at", simulate.at.is_some()),
        ("--render", simulate.render),
        ("--series", simulate.series.is_some()),
        ("--rate", !simulate.rates.is_empty()),
        ("--runs", simulate.runs.is_some()),
        ("--record", simulate.record.is_some()),
        ("--skip-waits", simulate.skip_waits),
        ("--each-wait", simulate.each_wait.is_some()),
    ];
    match asked.into_iter().find(|(_, asked)| *asked) {
        None => Ok(()),
        Some((option, _)) => Err(bad_input(
            format!("{option} is about one journey, and `{}` is a folder", simulate.journey.display()),
            "leave it out, or name a journey in the folder",
        )),
    }
}

fn say_documents(view: &ProjectRunView) {
    let people = if view.people == 1 { "person" } else { "people" };
    say::result(&format!(
        "{} to {}, {} {people}",
        workbench::instant(view.start),
        workbench::instant(view.end),
        view.people
    ));
    say::result(&format!("\n{:40} {:>9} {:>9} {:>9}", "", "messages", "capped", "alone"));
    for of in &view.documents {
        say::result(&format!("{:40} {:>9} {:>9} {:>9}", of.document.to_string(), of.messages, of.capped, of.alone));
    }
}

fn say_days(view: &ProjectRunView) {
    say::result("");
    for day in view.days.iter().take(DAYS) {
        say::result(&day.day);
        for of in &day.senders {
            let document = view.documents.get(of.sender).map(|of| of.document.to_string()).unwrap_or_default();
            let capped = if of.capped > 0 { format!("  {} kept back by a cap", of.capped) } else { String::new() };
            say::result(&format!("  {document:38} {:>9}  {} to {}{capped}", of.messages, of.first, of.last));
        }
    }
    if view.days.len() > DAYS {
        let more = count(view.days.len() - DAYS, "day");
        say::result(&format!("  … and {more} more; `--format json` has them all"));
    }
    say::result("");
}

fn say_line(whole: &Whole, line: &ReceivedLine, status: &str) {
    let document = whole.document(line.sender).map(ToString::to_string).unwrap_or_default();
    say::result(format!("  {}  {document} {} {status}", line.at, line.part).trim_end());
}
