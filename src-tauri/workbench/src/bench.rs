//! `waymark bench`: how fast this computer runs the engine, on the input of the published comparisons.
//!
//! Every figure is of this process alone, in CPU time of one thread where it says CPU-s, best of some rounds; the input is
//! generated first and not counted.

use std::time::{Duration, Instant};

use audience::{Audience, People, Stored, import};
use benchmark::people::{CSV_HEADER, Generated, NOW, standard_segment};
use benchmark::{forty, texts, twelve};
use bridge::FailureCode;
use engine::{Context, Place, Program};
use model::{DocumentId, Journey, Project, TemplateKind};
use rayon::prelude::*;
use serde_json::{Value, json};
use simulation::{Inputs, ResponseModel, Settings, Simulation};
use templates::{Rendering, Template};

use crate::failure::{Outcome, failure};

/// How long each job is repeated for, so that its best rounds can be told from chance.
pub const LEAST: Duration = Duration::from_millis(600);
/// Fewest rounds of a job.
const ROUNDS: usize = 3;
/// Messages a second of the coupled run.
const RATE: u32 = 1_000;
/// Endpoints whose text is read at once: as much as a file of a gigabyte in pieces.
const PIECE: u64 = 100_000;

/// One line of the table.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Figure {
    /// What was done.
    pub what: String,
    /// How it came out.
    pub figure: f64,
    /// Of what: `people/CPU-s`, `ms CPU`.
    pub unit: &'static str,
    /// What it is held against: more is better, unless `less`.
    pub goal: f64,
    /// Whether less is better.
    pub less: bool,
    /// What the best other tool reaches, and its name.
    pub peer: Option<(f64, &'static str)>,
}

impl Figure {
    /// Whether the goal is reached.
    pub fn reached(&self) -> bool {
        if self.less { self.figure <= self.goal } else { self.figure >= self.goal }
    }

    fn more(what: impl Into<String>, figure: f64, unit: &'static str, goal: f64) -> Figure {
        Figure { what: what.into(), figure, unit, goal, less: false, peer: None }
    }

    fn less(what: impl Into<String>, figure: f64, unit: &'static str, goal: f64) -> Figure {
        Figure { less: true, ..Figure::more(what, figure, unit, goal) }
    }

    fn beside(self, figure: f64, name: &'static str) -> Figure {
        Figure { peer: Some((figure, name)), ..self }
    }
}

/// Runs all jobs with so many endpoints, each for at least `least`, and tells each figure as it is there.
///
/// # Errors
/// When the generated input is not understood, which is a fault of the program.
pub fn run(endpoints: u64, least: Duration, tell: &mut dyn FnMut(&Figure)) -> Outcome<Vec<Figure>> {
    let watch = Watch { least };
    let mut figures = Vec::new();
    let mut add = |figure: Figure| {
        tell(&figure);
        figures.push(figure);
    };
    let people = generate(endpoints);
    cohort(&people, watch, &mut add)?;
    segments(&people, watch, &mut add)?;
    templates(&people, watch, &mut add)?;
    drop(people);
    reading(endpoints.min(PIECE), watch, &mut add);
    importing(endpoints, &mut add)?;
    one_person(watch, &mut add)?;
    Ok(figures)
}

/// CPU time of this process, all threads that run; where the system does not say, time.
fn cpu(since: Instant) -> Duration {
    let of_threads = || {
        let mut nanos: u64 = 0;
        for thread in std::fs::read_dir("/proc/self/task").ok()? {
            let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            nanos += text.split(' ').next()?.parse::<u64>().ok()?;
        }
        Some(Duration::from_nanos(nanos))
    };
    of_threads().unwrap_or_else(|| since.elapsed())
}

/// Takes the time of jobs.
#[derive(Clone, Copy)]
struct Watch {
    least: Duration,
}

impl Watch {
    /// Seconds of CPU time of one of the quickest rounds. Short rounds are timed many at a time: the system counts CPU time
    /// in steps of some milliseconds.
    fn seconds(self, mut round: impl FnMut()) -> f64 {
        let began = Instant::now();
        round();
        let once = began.elapsed().as_secs_f64().max(1e-9);
        let times = (self.least.as_secs_f64() / 6.0 / once).ceil().clamp(1.0, 1e6) as usize;
        let mut best = f64::MAX;
        let mut samples = 0;
        while samples < ROUNDS || began.elapsed() < self.least {
            let before = cpu(began);
            (0..times).for_each(|_| round());
            best = best.min(cpu(began).saturating_sub(before).as_secs_f64() / times as f64);
            samples += 1;
        }
        best.max(1e-9)
    }
}

/// Most bytes that were in memory during some work beyond those before it; `None` where the system does not say.
fn memory_above(work: impl FnOnce()) -> Option<f64> {
    let bytes = |name: &str| -> Option<f64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().trim_end_matches(" kB").parse::<f64>().ok().map(|kilobytes| kilobytes * 1024.0)
    };
    let before = bytes("VmRSS:")?;
    // Makes the peak begin anew.
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    work();
    Some((bytes("VmHWM:")? - before).max(1.0))
}

fn generate(endpoints: u64) -> People {
    let generated = Generated::new(endpoints, 1);
    let mut people = People::default();
    let mut text = String::new();
    for start in (0..endpoints).step_by(PIECE as usize) {
        text.clear();
        generated.json_lines(start..endpoints.min(start + PIECE), &mut text);
        import::json_lines_into(&mut people, &text);
    }
    people.shrink();
    people
}

fn understood<T, E: std::fmt::Display>(result: Result<T, E>) -> Outcome<T> {
    result.map_err(|error| failure(FailureCode::Internal, error.to_string(), "report this as a fault of Waymark"))
}

fn program(journey: &Value) -> Outcome<Program> {
    let everybody = json!({"Name": "everybody"});
    let view = Journey::of(journey).ok_or("the journey is no object");
    understood(engine::compile(understood(view)?, "benchmark", &Context::new(&|_| Some(&everybody))))
}

fn settings() -> Outcome<Settings> {
    let response: ResponseModel = understood(serde_json::from_value(twelve::responses()))?;
    Ok(Settings { seed: 1, start: NOW, response, ..Settings::default() })
}

fn cohort(people: &People, watch: Watch, add: &mut impl FnMut(Figure)) -> Outcome<()> {
    let settings = settings()?;
    let millions = people.len() as f64 / 1e6;
    for (rate, goal, peer, name) in
        [(0, 4e6, 3.5e6, "numpy, by hand"), (RATE, 1e6, 0.43e6, "a heap of all events, in Rust")]
    {
        let program = program(&twelve::journey(rate))?;
        let inputs = Inputs { program: &program, people, events: &[] };
        let best = watch.seconds(|| {
            let simulation = Simulation::new(&inputs, &settings);
            std::hint::black_box(simulation.range(0..people.len()));
        });
        let coupled = if rate > 0 { format!(", caps and {rate} messages a second") } else { String::new() };
        let what = format!("{millions} million people through 12 activities{coupled}");
        add(Figure::more(what, people.len() as f64 / best, "people/CPU-s", goal).beside(peer, name));
        let above = memory_above(|| {
            let simulation = Simulation::new(&inputs, &settings);
            std::hint::black_box(simulation.range(0..people.len()));
        });
        if let Some(above) = above {
            let what = format!("memory of that run above the people{coupled}");
            add(Figure::less(what, above / 1e6, "MB", 200.0 * millions.max(1.0)));
        }
    }
    let program = program(&twelve::journey(0))?;
    let inputs = Inputs { program: &program, people, events: &[] };
    let on = |threads: usize| {
        let step = people.len().div_ceil(threads * 8).max(1);
        let began = Instant::now();
        let simulation = Simulation::new(&inputs, &settings);
        let starts: Vec<usize> = (0..people.len()).step_by(step).collect();
        let walk = |start: &usize| simulation.range(*start..*start + step);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let parts: Vec<_> = match pool {
            Ok(pool) => pool.install(|| starts.par_iter().map(walk).collect()),
            Err(_) => starts.iter().map(walk).collect(),
        };
        std::hint::black_box(parts);
        began.elapsed().as_secs_f64()
    };
    let best = |threads: usize| (0..ROUNDS).map(|_| on(threads)).fold(f64::MAX, f64::min);
    let threads = rayon::current_num_threads();
    add(Figure::more(
        format!("the same on {threads} threads, against one"),
        best(1) / best(threads),
        "times as quick",
        threads as f64 * 0.7,
    ));
    Ok(())
}

fn segments(people: &People, watch: Watch, add: &mut impl FnMut(Figure)) -> Outcome<()> {
    let audience = understood(Audience::from_dimensions(&standard_segment(true)))?;
    let millions = people.len() as f64 / 1e6;
    let best = watch.seconds(|| {
        std::hint::black_box(audience.select(std::hint::black_box(people), NOW));
    });
    let what = format!("segment of 5 criteria over {millions} million endpoints in memory");
    add(Figure::less(what, best * 1e3, "ms CPU", if millions > 5.0 { 12.0 * millions } else { 10.0 * millions })
        .beside(73.0 * millions, "DuckDB"));
    let best = watch.seconds(|| {
        std::hint::black_box(audience.count(std::hint::black_box(people), NOW, 12));
    });
    let what = format!("the count beside the builder, with members, of {millions} million");
    add(Figure::less(what, best * 1e3, "ms CPU", 100.0 * millions.max(1.0)));
    let file = understood(tempfile::tempfile().and_then(|file| people.write_to(&file).map(|()| file)))?;
    let best = watch.seconds(|| {
        let found = Stored::open(&file).and_then(|mut stored| stored.select(&audience, NOW));
        let _ = std::hint::black_box(found);
    });
    let what = format!("the same from our own store on disk, {millions} million");
    add(Figure::less(what, best * 1e3, "ms CPU", 107.0 * millions).beside(107.0 * millions, "DuckDB on Parquet"));
    Ok(())
}

fn templates(people: &People, watch: Watch, add: &mut impl FnMut(Figure)) -> Outcome<()> {
    const RENDERS: usize = 2_000;
    for (name, kind, document, goal, peer) in [
        ("short", TemplateKind::Sms, texts::short(), 800e3, 271e3),
        ("medium", TemplateKind::Email, texts::medium(), 400e3, 191e3),
        ("long", TemplateKind::Email, texts::long(), 60e3, 34e3),
    ] {
        let template = understood(Template::compile(kind, &document))?;
        let best = watch.seconds(|| {
            for row in people.rows().take(RENDERS) {
                let rendering = Rendering::of(Place::of(row), NOW);
                let _ = std::hint::black_box(template.render_with(&rendering));
            }
        });
        let rate = RENDERS.min(people.len()) as f64 / best;
        add(Figure::more(format!("a {name} template"), rate, "renders/CPU-s", goal)
            .beside(peer, "handlebars as it comes"));
    }
    Ok(())
}

fn reading(endpoints: u64, watch: Watch, add: &mut impl FnMut(Figure)) {
    let generated = Generated::new(endpoints, 1);
    let mut lines = String::new();
    generated.json_lines(0..endpoints, &mut lines);
    let mut table = CSV_HEADER.to_owned();
    generated.csv(0..endpoints, &mut table);
    let rate = |text: &str, read: fn(&str) -> (People, Vec<audience::RowProblem>)| {
        text.len() as f64 / 1e6 / watch.seconds(|| drop(std::hint::black_box(read(text))))
    };
    let (of_lines, of_table) = (rate(&lines, import::json_lines), rate(&table, import::csv));
    add(Figure::more("reading endpoints as JSON lines", of_lines, "MB/CPU-s", 600.0).beside(295.0, "DuckDB"));
    add(Figure::more("reading endpoints as CSV", of_table, "MB/CPU-s", 500.0).beside(342.0, "pyarrow"));
}

/// An import as the window does it: columns mapped, every row checked among those before it, all but the writing.
fn importing(endpoints: u64, add: &mut impl FnMut(Figure)) -> Outcome<()> {
    let mut table = CSV_HEADER.to_owned();
    Generated::new(endpoints, 1).csv(0..endpoints, &mut table);
    let columns: Vec<String> = CSV_HEADER.trim_end().split(',').map(str::to_owned).collect();
    let began = Instant::now();
    let before = cpu(began);
    let (rows, bad) = crate::people::import::rehearse(&table, &columns)?;
    let took = cpu(began).saturating_sub(before).as_secs_f64().max(1e-9);
    if (rows, bad) != (endpoints, 0) {
        return understood(Err(format!("{bad} of {endpoints} generated rows can not be imported")));
    }
    let what = format!("import of {} million people, mapped and checked", endpoints as f64 / 1e6);
    add(Figure::more(what, rows as f64 / took, "rows/CPU-s", 100e3));
    Ok(())
}

fn one_person(watch: Watch, add: &mut impl FnMut(Figure)) -> Outcome<()> {
    let mut project = Project::default();
    project.documents.insert(DocumentId::Journey("forty".into()), forty::journey());
    project.documents.insert(DocumentId::Segment("everyone".into()), forty::segment());
    for kind in [TemplateKind::Email, TemplateKind::Sms] {
        project.documents.insert(DocumentId::Template(kind, "hello".into()), forty::template());
    }
    let segment = |id: &str| project.documents.get(project.segment(id)?.0);
    let journey = understood(project.journey("forty").ok_or("the journey is missing"))?;
    let compile = || engine::compile(journey, "forty", &Context::new(&segment));
    let both = watch.seconds(|| drop(std::hint::black_box((validation::check(&project), compile()))));
    add(Figure::less("check and compile 40 activities", both * 1e3, "ms CPU", 2.0));
    let program = understood(compile())?;
    let mut people = People::default();
    for (id, endpoint) in twelve::everybody(100) {
        understood(people.push(Some(&id), &endpoint))?;
    }
    let settings = Settings { start: NOW, ..settings()? };
    let inputs = Inputs { program: &program, people: &people, events: &[] };
    let simulation = Simulation::new(&inputs, &settings);
    let ids: Vec<String> = (0..100).map(|n| format!("user:user-{n}")).collect();
    let all = watch.seconds(|| {
        for id in &ids {
            std::hint::black_box(simulation.story(id));
        }
    });
    add(Figure::less("the story of one person through 40 activities", all / 100.0 * 1e6, "µs CPU", 50.0));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_gives_a_figure_of_its_own() {
        let mut told = Vec::new();
        let figures = run(500, Duration::from_millis(1), &mut |figure| told.push(figure.clone())).unwrap();
        assert_eq!(told, figures);
        // Where the system does not tell of memory, two are missing.
        assert!(matches!(figures.len(), 14 | 16), "{figures:?}");
        assert!(figures.iter().all(|figure| figure.figure.is_finite() && figure.figure > 0.0), "{figures:?}");
        let mut names: Vec<&str> = figures.iter().map(|figure| figure.what.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), figures.len());
    }
}
