//! The cohort benchmark: 1,000,000 people through a journey of twelve activities, from people in memory to all counts.
//!
//! `cargo run --release -p simulation --example million [-- PEOPLE.jsonl | COUNT] [--threads N] [--rounds N] [--rate N]
//! [--each]` prints
//! seconds, people a second, people a CPU second and memory. Without a file it makes people like those of the benchmark's
//! generator: the same channels, users, plans and opt-outs in the same shares. `--rate` gives the journey caps and
//! `MessagesPerSecond`, which couples everybody; `--each` makes every one a user with e-mail and phone, so that all of the
//! journey is walked.

use std::io::{BufRead, BufReader};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use audience::People;
use engine::draw::mix;
use engine::{Context, compile};
use model::Journey;
use serde_json::{Value, json};
use simulation::response::{Delay, EmailResponse, Responses, SmsResponse};
use simulation::{Inputs, ResponseModel, Settings, Simulation};

/// 2026-01-01T00:00:00Z
const START: i64 = 1_767_225_600_000;
const CHUNK: usize = 1 << 15;

#[allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark reads the clock and prints")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut threads = 2;
    let mut source = "1000000".to_owned();
    let (mut rate, mut each, mut rounds) = (0, false, 3);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--threads" => threads = arguments.next().ok_or("--threads needs a number")?.parse()?,
            "--rate" => rate = arguments.next().ok_or("--rate needs a number")?.parse()?,
            "--rounds" => rounds = arguments.next().ok_or("--rounds needs a number")?.parse()?,
            "--each" => each = true,
            _ => source = argument,
        }
    }
    let people = match source.parse::<u64>() {
        Ok(count) => generate(count, each)?,
        Err(_) => read(&source)?,
    };
    let (loaded, _) = memory();
    println!("people            {:>12}   {loaded} MiB in memory", people.len());

    let document = journey(rate);
    let everybody = json!({"Name": "everybody"});
    let segment = |id: &str| (id == "everybody").then_some(&everybody);
    let journey = Journey::of(&document).ok_or("not a journey")?;
    let program = compile(journey, "benchmark", &Context::new(&segment))?;
    let settings = Settings { seed: 1, start: START, response: responses(), horizon: None };
    let inputs = Inputs { program: &program, people: &people, events: &[] };

    for round in 1..=rounds {
        let (started, cpu) = (Instant::now(), cpu_seconds());
        let simulation = Simulation::new(&inputs, &settings);
        let next = AtomicUsize::new(0);
        let mut all = simulation.nobody();
        std::thread::scope(|scope| {
            let walkers: Vec<_> = (0..threads)
                .map(|_| {
                    scope.spawn(|| {
                        let mut part = simulation.nobody();
                        loop {
                            let start = next.fetch_add(CHUNK, Ordering::Relaxed);
                            if start >= people.len() {
                                return part;
                            }
                            part.merge(&simulation.range(start..start + CHUNK));
                        }
                    })
                })
                .collect();
            for walker in walkers {
                if let Ok(part) = walker.join() {
                    all.merge(&part);
                }
            }
        });
        let run = simulation.finish(&all);
        let (wall, cpu) = (started.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        let count = people.len() as f64;
        println!(
            "round {round}: {wall:.3} s on {threads} threads, {:.0} people/s, {cpu:.3} CPU-s, {:.0} people/CPU-s",
            count / wall,
            count / cpu
        );
        if round == rounds {
            let (now, peak) = memory();
            let steps: u64 = run.activities.iter().map(|activity| activity.entered).sum();
            println!(
                "memory            {now} MiB, peak {peak} MiB, {} MiB above the people",
                now.saturating_sub(loaded)
            );
            println!("entered {} left {} messages {} activities entered {steps}", run.entered, run.left, run.messages);
            println!("trace hash {:016x}", run.trace_hash);
        }
    }
    Ok(())
}

/// People of a file of JSON lines, read piece by piece so that the peak of memory is the run's and not the text's.
#[allow(clippy::disallowed_methods, reason = "a benchmark reads its input")]
fn read(path: &str) -> Result<People, Box<dyn std::error::Error>> {
    let mut people = People::default();
    let mut lines = BufReader::new(std::fs::File::open(path)?);
    let mut piece = String::new();
    while lines.read_line(&mut piece)? > 0 {
        if piece.len() > 1 << 20 {
            audience::import::json_lines_into(&mut people, &piece);
            piece.clear();
        }
    }
    audience::import::json_lines_into(&mut people, &piece);
    people.shrink();
    Ok(people)
}

/// The journey of the benchmark as a Pinpoint journey.
fn journey(rate: u32) -> Value {
    let opened = json!({"EventCondition": {"MessageActivity": "A1", "Dimensions": {
        "EventType": {"DimensionType": "INCLUSIVE", "Values": ["_email.open"]}}}});
    let plan = |values: &[&str]| json!({"segmentDimensions": {"UserAttributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": values}}}});
    let mut journey = json!({
        "Name": "benchmark", "StartActivity": "A1",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
        "Activities": {
            "A1": {"EMAIL": {"TemplateName": "one", "NextActivity": "A2"}},
            "A2": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "A3"}},
            "A3": {"ConditionalSplit": {"Condition": {"Conditions": [opened]}, "TrueActivity": "A4", "FalseActivity": "A7"}},
            "A4": {"RandomSplit": {"Branches": [
                {"Percentage": 50, "NextActivity": "A5"}, {"Percentage": 30, "NextActivity": "A6"},
                {"Percentage": 20, "NextActivity": "A9"}]}},
            "A5": {"EMAIL": {"TemplateName": "two", "NextActivity": "A9"}},
            "A6": {"SMS": {"TemplateName": "three", "NextActivity": "A9"}},
            "A7": {"SMS": {"TemplateName": "four", "NextActivity": "A8"}},
            "A8": {"Wait": {"WaitTime": {"WaitFor": "P2D"}, "NextActivity": "A9"}},
            "A9": {"Holdout": {"Percentage": 10, "NextActivity": "A10"}},
            "A10": {"MultiCondition": {"Branches": [
                {"Condition": plan(&["free"]), "NextActivity": "A11"},
                {"Condition": plan(&["plus", "pro"]), "NextActivity": "A12"}]}},
            "A11": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "A12"}},
            "A12": {"EMAIL": {"TemplateName": "five"}},
        },
    });
    if rate > 0 {
        journey["Limits"] = json!({"DailyCap": 2, "TotalCap": 4, "MessagesPerSecond": rate});
    }
    journey
}

/// The engagement of the benchmark's journey.
fn responses() -> ResponseModel {
    let email = |open: f64| Responses {
        email: EmailResponse {
            delivered: 0.97,
            hard_bounce: 0.0,
            soft_bounce: 0.0,
            rejected: 0.0,
            open,
            click: 0.15,
            unsubscribe: 0.02,
            complaint: 0.0,
            delivery_delay: Delay::Fixed(5.0),
            open_delay: Delay::Exponential(21_600.0),
            click_delay: Delay::Exponential(600.0),
            unsubscribe_delay: Delay::Fixed(0.0),
        },
        ..Responses::default()
    };
    let sms = SmsResponse { delivered: 0.99, failed: 0.01, opt_out: 0.0, ..SmsResponse::default() };
    let channels = Responses { sms, ..email(0.30) };
    let activities = [("A1", 0.35), ("A5", 0.30), ("A12", 0.25)].map(|(id, open)| (id.to_owned(), email(open)));
    ResponseModel { channels, activities: activities.into(), ..ResponseModel::default() }
}

/// People with the shares of the benchmark's generator.
fn generate(count: u64, each: bool) -> Result<People, Box<dyn std::error::Error>> {
    let mut people = People::default();
    if each {
        for i in 0..count {
            let plan =
                ["free", "free", "free", "free", "free", "free", "plus", "plus", "plus", "pro"][(mix(i) % 10) as usize];
            let user = json!({"UserId": format!("user-{i}"), "UserAttributes": {"Plan": [plan]}});
            for (channel, address) in [("EMAIL", format!("u{i}@example.com")), ("SMS", format!("+1555{i:07}"))] {
                let endpoint = json!({"ChannelType": channel, "Address": address, "User": user});
                people.push(Some(&format!("{channel}-{i}")), &endpoint).map_err(|problem| problem.to_string())?;
            }
        }
        people.shrink();
        return Ok(people);
    }
    let users = (count * 5 / 8).max(1);
    for i in 0..count {
        let a = mix(i * 4);
        let channel = match (a & 0xFFFF) % 100 {
            0..50 => "EMAIL",
            50..75 => "SMS",
            75..87 => "GCM",
            87..97 => "APNS",
            97..99 => "CUSTOM",
            _ => "VOICE",
        };
        let user = (i * 7919) % users;
        let plan = match (mix(user) >> 8) % 10 {
            0..6 => "free",
            6..9 => "plus",
            _ => "pro",
        };
        let endpoint = json!({
            "ChannelType": channel, "Address": format!("u{user}.{i}@example.com"),
            "OptOut": if (a >> 20) % 100 < 8 { "ALL" } else { "NONE" },
            "User": {"UserId": format!("user-{user}"), "UserAttributes": {"Plan": [plan]}},
        });
        people.push(Some(&format!("ep-{i:08}")), &endpoint).map_err(|problem| problem.to_string())?;
    }
    people.shrink();
    Ok(people)
}

/// CPU seconds of this process, all threads; 0 where the system does not say.
#[allow(clippy::disallowed_methods, reason = "a benchmark looks at its own process")]
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: f64 = after.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// Resident memory in MiB, now and at its peak; 0 where the system does not say.
#[allow(clippy::disallowed_methods, reason = "a benchmark looks at its own process")]
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) / 1024
    };
    (line("VmRSS:"), line("VmHWM:"))
}
