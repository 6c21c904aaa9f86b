//! Learning a response model from files of events.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use audience::{Audience, People};
use bridge::FileProblem;
use model::time::DAY;
use model::{Millis, Project};
use simulation::calibrate::{Group, Learned};
use simulation::{Calibration, CalibrationReport, Event};

use crate::failure::{Outcome, bad_input, disk, not_found};
use crate::{folder, people, simulate};

/// How to learn.
#[derive(Clone, Debug)]
pub struct Request {
    /// Files of event-stream records; those of several are taken together.
    pub events: Vec<PathBuf>,
    /// Messages that an activity or a segment needs to be learned apart.
    pub least: u64,
    /// Days before the last event whose messages are left out.
    pub settle: u32,
    /// The project folder whose segments and endpoints `segments` are of.
    pub project: Option<PathBuf>,
    /// Segments of the project to learn apart, the first that an endpoint is in counts.
    pub segments: Vec<String>,
}

/// What was learned.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// Rates and delays with their confidence.
    pub report: CalibrationReport,
    /// The same as a file of responses, with the confidence in comments.
    pub file: String,
    /// What could not be read of the events and people.
    pub problems: Vec<FileProblem>,
}

/// Whether an endpoint is in a segment.
type Contains<'a> = Box<dyn Fn(&str) -> bool + 'a>;

/// Learns how people respond.
///
/// # Errors
/// When a file can not be read or has no event, or a segment is not one of the project.
pub fn calibrate(request: &Request) -> Outcome<Lesson> {
    let (events, mut problems) = read_events(&request.events)?;
    if events.is_empty() {
        let first = problems.first().map(|p| format!(": line {}: {}", p.line, p.message)).unwrap_or_default();
        let names: Vec<String> = request.events.iter().map(|path| format!("`{}`", path.display())).collect();
        return Err(bad_input(
            format!("{} holds no events{first}", names.join(", ")),
            "give records of Pinpoint's event stream, one JSON object a line",
        ));
    }
    let last = events.last().map_or(0, |event| event.at);
    let (people, audiences) = match (&request.project, request.segments.is_empty()) {
        (_, true) => (People::default(), Vec::new()),
        (None, false) => return Err(bad_input("segments are of a project", "name its folder with --project")),
        (Some(folder), false) => {
            let (people, wrong) = people::endpoints(folder);
            problems.extend(wrong);
            let audiences = audiences(&folder::read(folder)?.project, &request.segments)?;
            let mut unlisted: Vec<&str> = audiences.iter().flat_map(|audience| audience.unlisted(&people)).collect();
            unlisted.dedup();
            if let Some(unknown) = people::lists::unknown(&unlisted) {
                return Err(not_found(unknown, "leave the segment out, or import its list first"));
            }
            (people, audiences)
        }
    };
    let is_in = |audience: &Audience, id: &str, at: Millis| {
        people.find(id).is_some_and(|row| audience.contains(&people, row, at))
    };
    let contains: Vec<Contains<'_>> =
        audiences.iter().map(|audience| Box::new(move |id: &str| is_in(audience, id, last)) as Contains<'_>).collect();
    let groups: Vec<Group<'_>> = request
        .segments
        .iter()
        .zip(&contains)
        .map(|(segment, contains)| Group { segment, contains: contains.as_ref() })
        .collect();
    let calibration =
        Calibration { least: request.least, settle: Millis::from(request.settle) * DAY, segments: &groups };
    let (_, report) = simulation::calibrate(&events, &calibration);
    Ok(Lesson { file: file(&report), report, problems })
}

fn read_events(paths: &[PathBuf]) -> Outcome<(Vec<Event>, Vec<FileProblem>)> {
    let mut texts = Vec::new();
    for path in paths {
        let content = std::fs::read(path).map_err(|error| disk("read", path, &error))?;
        texts.push((path.display().to_string(), String::from_utf8_lossy(&content).into_owned()));
    }
    Ok(simulate::parse_events(&texts))
}

fn audiences(project: &Project, segments: &[String]) -> Outcome<Vec<Audience>> {
    let lookup = |reference: &str| project.segment(reference).and_then(|(id, _)| project.documents.get(id));
    let compile = |segment: &String| {
        Audience::compile(segment, &lookup)
            .map_err(|error| not_found(error.to_string(), "name a segment as its file in `segments/`, without `.json`"))
    };
    segments.iter().map(compile).collect()
}

/// What was learned as TOML for `--responses`, with the confidence in comments.
pub fn file(report: &CalibrationReport) -> String {
    let mut text = format!(
        "# Learned from {} messages of {} events. What is not named keeps its default.\n",
        report.messages, report.events
    );
    // All of a segment stands together, because a list of tables goes on until the next.
    let segments: Vec<Option<&str>> = {
        let mut names: Vec<Option<&str>> = report.learned.iter().map(|learned| learned.segment.as_deref()).collect();
        names.dedup();
        names
    };
    for segment in segments {
        let of_segment = report.learned.iter().filter(|learned| learned.segment.as_deref() == segment);
        let of_segment: Vec<&Learned> = of_segment.filter(|learned| is_anything(learned)).collect();
        if of_segment.is_empty() {
            continue;
        }
        if let Some(name) = segment {
            let _ = write!(text, "\n[[segments]]\nsegment = {}\n", quoted(name));
        }
        for learned in of_segment {
            channel(&mut text, learned);
        }
    }
    text
}

fn is_anything(learned: &Learned) -> bool {
    learned.rates.iter().any(|rate| rate.rate.is_some()) || learned.delays.iter().any(|delay| delay.delay.is_some())
}

fn channel(text: &mut String, learned: &Learned) {
    let above = if learned.segment.is_some() { "segments." } else { "" };
    let scope = match &learned.activity {
        None => "channels".to_owned(),
        Some(activity) => format!("activities.{}", key(activity)),
    };
    // Writing to a text does not fail.
    let _ = write!(text, "\n# {} sent\n[{above}{scope}.{}]\n", learned.sent, learned.channel);
    for rate in &learned.rates {
        let counted = format!(
            "{} of {} {}, 95 % between {:.4} and {:.4}",
            rate.happened, rate.of, rate.base, rate.low, rate.high
        );
        let _ = match rate.rate {
            Some(value) => writeln!(text, "{} = {value:?} # {counted}", rate.member),
            None => writeln!(text, "# {}: too few, {counted}", rate.member),
        };
    }
    for delay in &learned.delays {
        let counted = format!("{} measured, median {:.1} s", delay.count, delay.median);
        let value = delay.delay.as_ref().and_then(|delay| toml::Value::try_from(delay).ok());
        let _ = match value {
            Some(value) => writeln!(text, "{} = {value} # {counted}", delay.member),
            None => writeln!(text, "# {}: too few, {counted}", delay.member),
        };
    }
}

/// A key in TOML, quoted where it must be.
fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if bare { name.to_owned() } else { quoted(name) }
}

/// A text in TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Writes the file of what was learned.
///
/// # Errors
/// When it can not be written.
pub fn write(lesson: &Lesson, path: &Path) -> Outcome<()> {
    files::write(path, lesson.file.as_bytes()).map_err(|error| disk("write", path, &error))
}
