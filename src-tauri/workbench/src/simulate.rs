//! Simulated runs on all processors.

mod compare;
mod disagreement;
mod evidence;
pub(crate) mod hours;
mod many;
mod messages;
mod page;
pub(crate) mod person;
pub(crate) mod segments;
mod series;
pub(crate) mod table;
pub mod whole;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use audience::People;
use bridge::{Failure, FailureCode, FileProblem, WaitingView};
pub use engine::Waits;
use engine::{Context, FindTemplate, Program, Timing};
use model::time::{DAY, parse_duration, parse_instant};
use model::{Entry, Journey, Millis, Project, TemplateKind, View};
use rayon::prelude::*;
use serde_json::{Value, json};
use simulation::expectations::Subject;
use simulation::{Event, Inputs, Note, PersonSummary, Rates, ResponseModel, Settings, Simulation, Story};

use messages::Content;
use segments::Segments;
pub use series::write_series;
pub use simulation::monte_carlo::{Band, Bands};
pub use simulation::run::{Run, StoryStep};
pub use simulation::series::Busy;
pub use simulation::{PersonAt, Whereabouts};

use crate::export::{JourneyOfFile, journey_of_file};
use crate::failure::{Outcome, bad_input, failure, not_found};
use crate::{check, people};

/// The file that somebody named for a table.
///
/// # Errors
/// `BadInput`: none is named.
pub(crate) fn file(path: &str) -> Outcome<&Path> {
    match path.trim() {
        "" => Err(bad_input("no file is named", "name a file that ends in `.csv`, `.jsonl` or `.parquet`")),
        path => Ok(Path::new(path)),
    }
}

/// People that one thread walks at a time.
const CHUNK: usize = 1 << 13;

/// The channels that can have a rate.
pub const CHANNELS: [&str; 5] = simulation::Series::CHANNELS;

/// Steps of a series: an hour, a day of UTC.
pub const STEPS: (Millis, Millis) = (model::time::HOUR, DAY);

/// People of a simulation without any of its own.
const INVENTED: usize = 300;

/// Where a project folder keeps the settings of its application.
const APPLICATION: &str = "application/settings.json";

/// Where a run starts when neither the caller, the project, the journey nor an event says: a Thursday morning. Fixed, so
/// that the same input gives the same run.
pub(crate) const START: &str = "2026-01-01T09:00:00Z";

/// The segment of the test copy of a journey that has none: everybody who is simulated. No file has such a name.
const TESTERS: &str = "/everybody/";

/// How a run is asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Seed; the project's default, else 1, when absent.
    pub seed: Option<u64>,
    /// Virtual start, ISO 8601; the project's default, else the journey's start, when absent.
    pub start: Option<String>,
    /// How people respond; as the project says, else by the defaults, when absent.
    pub responses: Option<ResponseModel>,
    /// Most messages a second by channel; they go before the project's.
    pub rates: BTreeMap<String, u32>,
    /// Whether segments that the project does not have hold everybody, instead of failing: for a journey without project.
    pub unknown_segments_hold_all: bool,
    /// Simulates the test copy of the journey, with this made of its waits ([`Waits::AsDrawn`] changes none); absent = the
    /// journey itself.
    pub test: Option<Waits>,
    /// The application's settings, an `ApplicationSettingsResource`: its daily limit counts what all journeys and campaigns
    /// send.
    pub application: Option<Value>,
}

impl Request {
    /// With the settings of the application that a folder keeps (`application/settings.json`, as `waymark pull` writes it).
    ///
    /// # Errors
    /// When there are some and they can not be read.
    pub(crate) fn in_folder(self, folder: Option<&Path>) -> Outcome<Request> {
        let Some(folder) = folder else { return Ok(self) };
        let path = folder.join(APPLICATION);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(self),
            Err(error) => return Err(crate::failure::disk("read", &path, &error)),
        };
        let application = serde_json::from_slice(&text).map_err(|error| {
            bad_input(
                format!("`{}` is not JSON: {error}", path.display()),
                "correct it, or fetch it again with `waymark pull`",
            )
        })?;
        Ok(Request { application: Some(application), ..self })
    }

    /// The application's daily limit on all messages to one endpoint; `None` = without limit.
    fn project_daily(&self) -> Option<u32> {
        let daily = self.application.as_ref()?.get("Limits")?.get("Daily")?.as_u64()?;
        u32::try_from(daily).ok()
    }
}

/// Everything that a run is made of; the same gives the same run.
pub struct Cohort {
    /// File name of the journey.
    name: String,
    /// As it was asked for.
    request: Request,
    program: Program,
    people: Arc<People>,
    events: Arc<Vec<Event>>,
    settings: Settings,
    notes: Vec<Note>,
    /// What the canvas calls each activity, by id.
    labels: BTreeMap<String, String>,
    /// The templates of message activities, by activity.
    contents: Vec<Option<Content>>,
    /// What its splits ask about messages.
    questions: Vec<evidence::Question>,
    /// What its splits ask about endpoints.
    criteria: Vec<disagreement::Criterion>,
    rates: Rates,
}

impl Cohort {
    /// Compiles the journey `name`.
    ///
    /// # Errors
    /// When there is no such journey, nobody could take its first step, or the start is no instant.
    pub fn new(
        project: &Project,
        name: &str,
        people: impl Into<Arc<People>>,
        events: impl Into<Arc<Vec<Event>>>,
        request: &Request,
    ) -> Outcome<Cohort> {
        let (people, events) = (people.into(), events.into());
        let journey = project.journey(name).ok_or_else(|| {
            not_found(
                format!("the project has no journey `{name}`"),
                "name it as its file in `journeys/`, without `.json`",
            )
        })?;
        let test = request.test.map(|_| test_copy_of(journey));
        let (journey, name) = match &test {
            Some((copy, name)) => (Journey::of(copy).unwrap_or(journey), name.as_str()),
            None => (journey, name),
        };
        let segments = Segments::of(project, &people, request.unknown_segments_hold_all);
        let segment = |reference: &str| -> Option<&Value> {
            if reference == TESTERS && test.is_some() {
                return Some(&segments::EVERYBODY);
            }
            segments.find(reference)
        };
        // A template that is still to be written holds nobody back; the checks and a note name it.
        let unwritten = json!({});
        let missing = Mutex::new(Vec::<String>::new());
        let template = |kind: TemplateKind, name: &str, _: Option<&str>| -> Option<&Value> {
            project.template(kind, name).or_else(|| {
                crate::lock(&missing).push(name.to_owned());
                Some(&unwritten)
            })
        };
        let template: Option<&FindTemplate<'_>> =
            if request.unknown_segments_hold_all { None } else { Some(&template) };
        let timing = Timing { waits: request.test.unwrap_or_default(), ..Timing::default() };
        let context = Context { template, timing, project_daily: request.project_daily(), ..Context::new(&segment) };
        let program = engine::compile(journey, name, &context).map_err(|error| {
            failure(
                FailureCode::Errors,
                format!("the journey `{name}` can not run: {error}"),
                "correct what the checks say (`waymark check`), and simulate again",
            )
        })?;
        let defaults = &project.settings.simulation;
        let schedule = journey.wire.schedule();
        let start = match request.start.as_ref().or(defaults.start.as_ref()) {
            Some(text) => parse_instant(text)
                .ok_or_else(|| bad_input(format!("`{text}` is no instant"), "write it as 2026-11-30T09:00:00Z"))?,
            None => schedule
                .and_then(|schedule| parse_instant(schedule.start_time()?))
                .or_else(|| first_day(&events))
                .or_else(|| parse_instant(START))
                .unwrap_or_default(),
        };
        let mut missing = std::mem::take(&mut *crate::lock(&missing));
        missing.sort();
        missing.dedup();
        let mut notes: Vec<Note> = missing
            .into_iter()
            .map(|name| Note {
                path: model::Path::default(),
                text: format!("the template `{name}` is not in the project: its messages count as made"),
            })
            .collect();
        let response = response_model(project, request, &segment, &mut notes)?;
        let criteria = disagreement::Criterion::of(journey, &segment);
        notes.extend(segments.notes());
        let per_second = journey.wire.limits().and_then(|limits| limits.messages_per_second());
        let seed = request.seed.or(defaults.seed).unwrap_or(1);
        Ok(Cohort {
            name: name.to_owned(),
            request: request.clone(),
            contents: Content::of(project, &program),
            questions: evidence::Question::of(journey),
            criteria,
            labels: journey
                .activities()
                .into_iter()
                .map(|activity| (activity.id.to_owned(), activity.label().to_owned()))
                .collect(),
            rates: Rates {
                journey: per_second.and_then(|rate| u32::try_from(rate).ok()).filter(|rate| *rate > 0),
                channels: defaults
                    .rates
                    .iter()
                    .chain(&request.rates)
                    .map(|(name, rate)| (name.clone(), *rate))
                    .collect(),
            },
            program,
            people,
            events,
            settings: Settings { seed, start, response, ..Settings::default() },
            notes,
        })
    }

    /// The journey and its start alone, for tests of it.
    pub fn subject(self) -> Subject {
        Subject { program: self.program, start: self.settings.start }
    }

    /// File name of the journey.
    pub fn journey(&self) -> &str {
        &self.name
    }

    /// How many endpoints there are.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether nobody could enter because there is nobody.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Walks everybody; the run, and up to `limit` people of it. `progress` is told how many endpoints are done.
    pub fn run(&self, limit: usize, progress: &(dyn Fn(u64) + Sync)) -> (Run, Vec<PersonSummary>) {
        let simulation = self.simulation();
        let done = AtomicU64::new(0);
        let chunks: Vec<_> = (0..self.people.len()).step_by(CHUNK).collect();
        let all = chunks
            .into_par_iter()
            .map(|start| {
                let end = (start + CHUNK).min(self.people.len());
                let partial = simulation.range(start..end);
                progress(done.fetch_add((end - start) as u64, Ordering::Relaxed) + (end - start) as u64);
                partial
            })
            .reduce(
                || simulation.nobody(),
                |mut a, b| {
                    a.merge(&b);
                    a
                },
            );
        let mut run = simulation.finish(&all);
        run.notes.extend(self.notes.iter().cloned());
        (run, simulation.people(&all, limit))
    }

    /// What happened to one person.
    ///
    /// # Errors
    /// When there is nobody of that name.
    pub fn story(&self, person: &str) -> Outcome<Story> {
        self.simulation().story(person).ok_or_else(|| nobody(person))
    }

    /// Where one person is at an instant, and what they have received by then.
    ///
    /// # Errors
    /// When there is nobody of that name, or the text is no instant.
    pub fn at(&self, person: &str, instant: &str) -> Outcome<PersonAt> {
        let at = parse_instant(instant)
            .ok_or_else(|| bad_input(format!("`{instant}` is no instant"), "write it as 2026-12-02T10:00:00Z"))?;
        self.simulation().at(person, at).ok_or_else(|| nobody(person))
    }

    /// Who is at an activity at an instant.
    ///
    /// # Errors
    /// When the journey has no such activity.
    pub fn waiting(&self, activity: &str, at: Millis) -> Outcome<WaitingView> {
        let simulation = self.simulation();
        let starts: Vec<usize> = (0..self.people.len()).step_by(CHUNK).collect();
        let pieces: Option<Vec<Vec<u32>>> =
            starts.into_par_iter().map(|start| simulation.present(start..start + CHUNK, activity, at)).collect();
        let pieces = pieces.ok_or_else(|| {
            not_found(
                format!("the journey that was simulated has no activity `{activity}`"),
                "simulate again, or choose another activity",
            )
        })?;
        let there: Vec<u32> = pieces.into_iter().flatten().collect();
        let people = simulation.summaries(&there[..there.len().min(person::FOUND)]);
        Ok(WaitingView { count: there.len() as u64, people })
    }

    /// The most that the journey and the channels send in a second, as far as somebody says.
    pub fn rates(&self) -> &Rates {
        &self.rates
    }

    /// Writes the records that the messages of the run cause, as the event stream would carry them: JSON lines, to be
    /// replayed or learned from. Answers how many.
    ///
    /// # Errors
    /// When the file can not be written; there is then none.
    pub fn write_records(&self, path: &Path) -> Outcome<u64> {
        let fail = |error: std::io::Error| crate::failure::disk("write", path, &error);
        let mut file = std::io::BufWriter::new(files::Draft::begin(path).map_err(fail)?);
        let simulation = self.simulation();
        let (mut count, mut written) = (0, Ok(()));
        simulation.records(0..self.people.len(), &mut |record| {
            count += 1;
            if written.is_ok() {
                written = writeln!(file, "{record}");
            }
        });
        written.map_err(fail)?;
        file.into_inner().map_err(std::io::IntoInnerError::into_error).and_then(|draft| draft.keep()).map_err(fail)?;
        Ok(count)
    }

    fn simulation(&self) -> Simulation<'_> {
        let inputs = Inputs { program: &self.program, people: &self.people, events: &self.events };
        Simulation::new(&inputs, &self.settings)
    }
}

/// Nobody of the people is called that.
pub(crate) fn nobody(person: &str) -> Failure {
    not_found(format!("nobody is called `{person}`"), "name an endpoint id, a user id, `user:ID` or `endpoint:ID`")
}

/// How people respond: as the request says, else the project, else by the defaults.
pub(crate) fn response_model<'a>(
    project: &Project,
    request: &Request,
    segment: &dyn Fn(&str) -> Option<&'a Value>,
    notes: &mut Vec<Note>,
) -> Outcome<ResponseModel> {
    let mut model = match (&request.responses, &project.settings.simulation.responses) {
        (Some(model), _) => model.clone(),
        (None, Some(file)) => ResponseModel::read(file).map_err(|faults| {
            let first = faults.first().map(ToString::to_string).unwrap_or_default();
            bad_input(format!("`simulation.responses` of `waymark.toml`: {first}"), "correct it, and simulate again")
        })?,
        (None, None) => ResponseModel::default(),
    };
    model.bind(segment).map_err(|error| {
        not_found(format!("the response model can not be asked: {error}"), "name a segment as its file in `segments/`")
    })?;
    let mut activities = model.activities.keys().chain(model.segments.iter().flat_map(|of| of.activities.keys()));
    let unknown = activities.find(|id| !project.journeys().any(|(_, journey)| journey.activity(id).is_some()));
    if let Some(id) = unknown {
        notes.push(Note {
            path: model::Path::default(),
            text: format!("the response model names the activity `{id}`, which no journey here has"),
        });
    }
    Ok(model)
}

/// A journey of a file, with the people and events that are named or lie beside it.
///
/// Answers the cohort, and what could not be read of the journey, the people and the events.
///
/// # Errors
/// When a file can not be read, or as [`Cohort::new`].
pub fn of_file(
    journey: &Path,
    endpoints: Option<&Path>,
    events: Option<&Path>,
    mut request: Request,
) -> Outcome<(Cohort, Vec<FileProblem>)> {
    let JourneyOfFile { project, name, problems: mut unread } = journey_of_file(journey)?;
    let folder = check::project_of(journey).map(|(folder, _)| folder);
    request = request.in_folder(folder.as_deref())?;
    request.unknown_segments_hold_all = folder.is_none();
    let (people, events, problems) = inputs(&project, folder.as_deref(), endpoints, events)?;
    unread.extend(problems);
    Ok((Cohort::new(&project, &name, people, events, &request)?, unread))
}

/// The people and events of a simulation: those that are named, else those of the project folder; people are invented
/// where there are none. With what could not be read of them.
pub(crate) fn inputs(
    project: &Project,
    folder: Option<&Path>,
    endpoints: Option<&Path>,
    events: Option<&Path>,
) -> Outcome<(People, Vec<Event>, Vec<FileProblem>)> {
    let (people, mut problems) = match (endpoints, folder) {
        (Some(file), _) => {
            let (people, problems) = people::endpoints_of_file(file);
            if people.is_empty() {
                return Err(no_endpoints(file, &problems));
            }
            (people, problems)
        }
        (None, Some(folder)) => people::endpoints(folder),
        (None, None) => (People::default(), Vec::new()),
    };
    let (events, event_problems) = match (events, folder) {
        (Some(file), _) => {
            let content = std::fs::read(file).map_err(|error| crate::failure::disk("read", file, &error))?;
            parse_events(&[(file.display().to_string(), String::from_utf8_lossy(&content).into_owned())])
        }
        (None, Some(folder)) => events_of_folder(folder),
        (None, None) => (Vec::new(), Vec::new()),
    };
    problems.extend(event_problems);
    let people = if people.is_empty() { invent(project) } else { people };
    Ok((people, events, problems))
}

/// What a test run makes of waits, from the duration that each is to take: `PT1M`.
///
/// # Errors
/// When the text is no ISO 8601 duration; says how to write one.
pub fn each_wait(text: &str) -> Result<Waits, String> {
    let span = parse_duration(text);
    span.map(Waits::Each).ok_or_else(|| format!("`{text}` is no duration; write it in ISO 8601, as PT1M, PT12H or P2D"))
}

/// The test copy of a journey and its name (journeys.md 9): for the members of its entry segment, where it has one, also
/// when an event would have to come.
fn test_copy_of(journey: Journey<'_>) -> (Value, String) {
    let segment = match journey.entry() {
        Some(Entry::Segment { segment } | Entry::Event { segment: Some(segment), .. }) => segment,
        Some(Entry::Event { segment: None, .. }) | None => TESTERS,
    };
    let copy = model::test_copy(journey.wire.object(), segment);
    let name = copy.get("Name").and_then(Value::as_str).unwrap_or_default().to_owned();
    (Value::Object(copy), name)
}

fn no_endpoints(file: &Path, problems: &[FileProblem]) -> Failure {
    let first = problems.first().map(|problem| match problem.line {
        0 => format!(": {}", problem.message),
        line => format!(": line {line}: {}", problem.message),
    });
    bad_input(
        format!("`{}` holds no endpoints{}", file.display(), first.unwrap_or_default()),
        "give endpoints as CSV or JSON lines, as Pinpoint imports them",
    )
}

/// The recorded events of a project folder, in order of arrival.
pub fn events_of_folder(folder: &Path) -> (Vec<Event>, Vec<FileProblem>) {
    let (texts, mut problems) = people::events(folder);
    let (events, more) = parse_events(&texts);
    problems.extend(more);
    (events, problems)
}

pub(crate) fn parse_events(texts: &[(String, String)]) -> (Vec<Event>, Vec<FileProblem>) {
    let mut events = Vec::new();
    let mut problems = Vec::new();
    for (file, text) in texts {
        let (found, wrong) = simulation::events::parse(text);
        events.extend(found);
        problems.extend(wrong.into_iter().map(|problem| FileProblem {
            file: file.clone(),
            document: None,
            line: problem.number,
            column: 1,
            message: problem.message,
        }));
    }
    // Stable: events of one instant stay in the order of their files.
    events.sort_by_key(|event| event.at);
    (events, problems)
}

pub(crate) fn first_day(events: &[Event]) -> Option<Millis> {
    events.first().map(|event| event.at.div_euclid(DAY) * DAY)
}

/// A few people where a project has none: of every channel, with the attribute values that its segments ask for.
pub fn invent(project: &Project) -> People {
    const NAMES: &[&str] =
        &["Ana", "Ben", "Chidi", "Dana", "Emre", "Fay", "Goran", "Hana", "Iris", "Jun", "Kofi", "Lea"];
    const ZONES: &[&str] = &["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Europe/London", "America/Sao_Paulo"];
    let wanted = wanted_attributes(project);
    let mut people = People::default();
    for number in 0..INVENTED {
        let user = format!("person-{:03}", number / 2 + 1);
        let (channel, address) = match number % 4 {
            0 | 2 => ("EMAIL", format!("{user}@example.com")),
            1 => ("SMS", format!("+1206555{:04}", number)),
            _ if number % 8 == 3 => ("GCM", format!("token-{number}")),
            _ => ("APNS", format!("{number:064x}")),
        };
        let mut attributes = [json!({}), json!({"FirstName": [NAMES[number / 2 % NAMES.len()]]})];
        for (index, (of_user, name, values)) in wanted.iter().enumerate() {
            // One person in four has none of a value, so that both ways of a split are taken.
            if (number / 2 + index) % 4 != 3 && !values.is_empty() {
                attributes[usize::from(*of_user)][name] = json!([values[number / 2 % values.len()]]);
            }
        }
        let [own, of_user] = attributes;
        let endpoint = json!({
            "ChannelType": channel,
            "Address": address,
            "Attributes": own,
            "Demographic": {"Timezone": ZONES[number / 2 % ZONES.len()]},
            "User": {"UserId": user, "UserAttributes": of_user},
        });
        // Invented people are well formed; one that were not would only be missing.
        let _ = people.push(Some(&format!("{user}-{}", channel.to_lowercase())), &endpoint);
    }
    people
}

/// Attributes that segments ask for: whether of the user, name, values.
fn wanted_attributes(project: &Project) -> Vec<(bool, String, Vec<String>)> {
    fn walk(value: &Value, out: &mut Vec<(bool, String, Vec<String>)>) {
        match value {
            Value::Object(object) => {
                for (key, inner) in object {
                    let of_user = key == "UserAttributes";
                    if let Some(map) = inner.as_object().filter(|_| of_user || key == "Attributes") {
                        for (name, dimension) in map {
                            let values = dimension["Values"].as_array().into_iter().flatten();
                            let values = values.filter_map(|value| value.as_str().map(str::to_owned)).collect();
                            out.push((of_user, name.clone(), values));
                        }
                    } else {
                        walk(inner, out);
                    }
                }
            }
            Value::Array(list) => list.iter().for_each(|inner| walk(inner, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    for (id, value) in &project.documents {
        if matches!(id, model::DocumentId::Segment(_)) {
            walk(value, &mut out);
        }
    }
    out.sort();
    out.dedup_by(|a, b| a.0 == b.0 && a.1 == b.1);
    out
}
