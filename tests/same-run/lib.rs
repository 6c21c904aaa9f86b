//! Runs of the examples as one number each, so that a run on this machine's processor can be compared with one in wasm.
//!
//! Everything is built in: as a wasm module it imports nothing. `same_run.rs` beside it compares.

use audience::{People, import};
use engine::{Context, Program, compile};
use model::Journey;
use model::time::parse_instant;
use serde_json::{Value, json};
use simulation::{Event, Inputs, Settings, Simulation, events};

/// A journey of an example, with what it needs.
struct Example {
    name: &'static str,
    journey: &'static str,
    /// File name and text.
    segments: &'static [(&'static str, &'static str)],
    people: &'static str,
    /// JSON lines instead of CSV.
    lines: bool,
    events: &'static [&'static str],
}

macro_rules! file {
    ($($path:literal),+) => {
        include_str!(concat!("../../journeys/examples/", $($path),+))
    };
}

macro_rules! segments {
    ($example:literal, $($name:literal),+) => {
        &[$(($name, file!($example, "/segments/", $name, ".json"))),+]
    };
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "welcome-series",
        journey: file!("onboarding/journeys/welcome-series.json"),
        segments: segments!(
            "onboarding",
            "engaged-gardeners",
            "new-sign-ups",
            "shared-garden-owners",
            "unverified-accounts"
        ),
        people: file!("onboarding/endpoints/people.csv"),
        lines: false,
        events: &[],
    },
    Example {
        name: "verify-address",
        journey: file!("onboarding/journeys/verify-address.json"),
        segments: segments!(
            "onboarding",
            "engaged-gardeners",
            "new-sign-ups",
            "shared-garden-owners",
            "unverified-accounts"
        ),
        people: file!("onboarding/endpoints/people.csv"),
        lines: false,
        events: &[file!("onboarding/events/accounts-created.jsonl"), file!("onboarding/events/engagement.jsonl")],
    },
    Example {
        name: "cart-abandonment",
        journey: file!("cart-abandonment/journeys/cart-abandonment.json"),
        segments: segments!("cart-abandonment", "bought-recently", "gold-members", "reachable-shoppers"),
        people: file!("cart-abandonment/endpoints/people.jsonl"),
        lines: true,
        events: &[file!("cart-abandonment/events/carts.jsonl")],
    },
    Example {
        name: "flash-sale",
        journey: file!("flash-sale/journeys/flash-sale.json"),
        segments: segments!("flash-sale", "outdated-app", "sale-fans", "shoe-fans", "weekend-shoppers"),
        people: file!("flash-sale/endpoints/people.jsonl"),
        lines: true,
        events: &[],
    },
    Example {
        name: "win-back",
        journey: file!("win-back/journeys/win-back.json"),
        segments: segments!("win-back", "active-readers", "away-for-a-month", "high-value-lapsed", "lapsed-readers"),
        people: file!("win-back/endpoints/people.csv"),
        lines: false,
        events: &[file!("win-back/events/engagement.jsonl")],
    },
];

/// A run, ready to be walked.
pub struct Ready {
    name: &'static str,
    program: Program,
    people: People,
    events: Vec<Event>,
}

/// The names of all runs.
pub fn names() -> Vec<&'static str> {
    EXAMPLES.iter().map(|example| example.name).collect()
}

/// Reads and compiles a run by its number; `None` = there is none, or it can not run.
pub fn ready(number: usize) -> Option<Ready> {
    let example = EXAMPLES.get(number)?;
    let segments: Vec<(&str, Value)> = example
        .segments
        .iter()
        .map(|(name, text)| (*name, serde_json::from_str(text).unwrap_or_else(|_| json!({}))))
        .collect();
    let find = |id: &str| segments.iter().find(|(name, _)| *name == id).map(|(_, document)| document);
    let journey: Value = serde_json::from_str(example.journey).ok()?;
    let program = compile(Journey::of(&journey)?, example.name, &Context::new(&find)).ok()?;
    let mut people = People::default();
    if example.lines {
        import::json_lines_into(&mut people, example.people);
    } else {
        import::csv_into(&mut people, example.people);
    }
    let events = example.events.iter().flat_map(|text| events::parse(text).0).collect();
    Some(Ready { name: example.name, program, people, events })
}

impl Ready {
    /// The run's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How many endpoints there are.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Prepares the run, and hands it to `walk`, which answers the trace hash.
    pub fn run(&self, seed: u64, walk: impl FnOnce(&Simulation<'_>) -> u64) -> u64 {
        let start = parse_instant("2026-11-30T09:00:00Z").unwrap_or_default();
        let settings = Settings { seed, start, ..Settings::default() };
        let inputs = Inputs { program: &self.program, people: &self.people, events: &self.events };
        walk(&Simulation::new(&inputs, &settings))
    }

    /// The trace hash of the run, walked in one piece.
    pub fn hash(&self, seed: u64) -> u64 {
        self.run(seed, |simulation| {
            let all = simulation.range(0..self.len());
            simulation.finish(&all).trace_hash
        })
    }
}

/// For the host of the wasm module: the trace hash of a run by its number; 0 = there is no such run.
#[allow(unsafe_code, reason = "a function that a host calls by its name can not be exported otherwise")]
#[unsafe(no_mangle)]
pub extern "C" fn trace_hash(number: u32, seed: u64) -> u64 {
    ready(number as usize).map_or(0, |ready| ready.hash(seed))
}
