//! Runs of the examples as one number each, so that a run on this machine's processor can be compared with one in wasm.
//!
//! Every journey with the example's templates, and every campaign. Everything is built in: as a wasm module it imports
//! nothing. `same_run.rs` beside it compares.

use std::collections::BTreeMap;

use audience::{People, import};
use engine::campaign::{self, Renderer};
use engine::{Context, Program, compile};
use model::time::{DAY, parse_instant};
use model::wire::WriteCampaignRequest;
use model::{DocumentId, Project, TemplateKind, View};
use serde_json::Value;
use simulation::{CampaignInputs, CampaignSettings, Event, Inputs, Settings, Simulation, events, simulate_campaign};

/// Path below the examples' folder, and text.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// Journeys whose run replays what people did, and the file that says so; in all others they do as the seed has it.
const REPLAYED: &[(&str, &str)] = &[
    ("onboarding/verify-address", "onboarding/events/engagement.jsonl"),
    ("win-back/win-back", "win-back/events/engagement.jsonl"),
];

/// Files of events that start journeys and campaigns.
const STARTS: &[&str] = &[
    "cart-abandonment/events/carts.jsonl",
    "consent/events/sign-ups.jsonl",
    "event-stream/events/workouts.jsonl",
    "onboarding/events/accounts-created.jsonl",
    "outage/events/lines.jsonl",
    "price-drop/events/prices.jsonl",
    "renewal/events/renewals.jsonl",
    "security-alert/events/sign-ins.jsonl",
    "survey/events/trips.jsonl",
    "verification/events/accounts.jsonl",
];

/// A run, ready to be walked.
pub struct Ready {
    name: String,
    kind: Kind,
    people: People,
    events: Vec<Event>,
}

enum Kind {
    Journey(Box<Program>),
    Campaign(Box<campaign::Program>, Box<Renderer>),
}

/// The examples: name, and what its folder holds.
fn examples() -> BTreeMap<&'static str, Project> {
    let mut examples: BTreeMap<&str, Project> = BTreeMap::new();
    for (path, text) in FILES {
        let Some((example, file)) = path.split_once('/') else { continue };
        let project = examples.entry(example).or_default();
        let body = |folder: &str| {
            let (id, name) = file.rsplit_once('/')?;
            let id: DocumentId = id.parse().ok().filter(|_| folder == "templates")?;
            let DocumentId::Template(kind, _) = &id else { return None };
            let (member, _) = kind.bodies().iter().find(|(_, body)| *body == name)?;
            Some((id, *member))
        };
        let stem = file.strip_suffix("/template.json").or_else(|| file.strip_suffix(".json")).unwrap_or_default();
        if let Ok(id) = stem.parse::<DocumentId>() {
            let mut value: Value = serde_json::from_str(text).unwrap_or_default();
            // Bodies stand beside their template, and come before it.
            if let (Some(members), Some(Value::Object(bodies))) = (value.as_object_mut(), project.documents.remove(&id))
            {
                members.extend(bodies);
            }
            project.documents.insert(id, value);
        } else if let Some((id, member)) = body(file.split('/').next().unwrap_or_default()) {
            let template = project.documents.get_or_insert_with(id, || Value::Object(Default::default()));
            template[member] = Value::from(*text);
        }
    }
    // One example is broken on purpose: it is there for the checks.
    examples.remove("broken-on-purpose");
    examples
}

/// The names of all runs: `onboarding/welcome-series`.
pub fn names() -> Vec<String> {
    let mut names = Vec::new();
    for (example, project) in examples() {
        for id in project.documents.keys() {
            if let DocumentId::Journey(name) | DocumentId::Campaign(name) = id {
                names.push(format!("{example}/{name}"));
            }
        }
    }
    names
}

/// Reads and compiles a run by its number; `None` = there is none, or it can not run.
pub fn ready(number: usize) -> Option<Ready> {
    let name = names().into_iter().nth(number)?;
    let (example, of_example) = name.split_once('/')?;
    let project = examples().remove(example)?;
    let find = |id: &str| project.documents.get(project.segment(id)?.0);
    let text = |wanted: &str| FILES.iter().find(|(path, _)| *path == wanted).map(|(_, text)| *text);
    let kind = match project.journey(of_example) {
        Some(journey) => {
            let template = |kind: TemplateKind, name: &str, _: Option<&str>| project.template(kind, name);
            let context = Context { template: Some(&template), ..Context::new(&find) };
            Kind::Journey(Box::new(compile(journey, of_example, &context).ok()?))
        }
        None => {
            let document = project.documents.get(&DocumentId::Campaign(of_example.to_owned()))?;
            let context = campaign::Context::new(&find, start());
            let program = campaign::compile(WriteCampaignRequest::of(document)?, of_example, &context).ok()?;
            let template = |kind: TemplateKind, name: &campaign::TemplateName| project.template(kind, &name.name);
            let renderer = Renderer::compile(&program, &template).ok()?;
            Kind::Campaign(Box::new(program), Box::new(renderer))
        }
    };
    let mut people = People::default();
    for (path, text) in FILES.iter().filter(|(path, _)| path.starts_with(&format!("{example}/endpoints/"))) {
        import::any_into(&mut people, path, text);
    }
    let starts = STARTS.iter().filter(|path| path.starts_with(example)).filter_map(|path| text(path));
    let replayed = REPLAYED.iter().filter(|(run, _)| *run == name).filter_map(|(_, path)| text(path));
    let mut events: Vec<Event> = starts.chain(replayed).flat_map(|text| events::parse(text).0).collect();
    events.sort_by_key(|event| event.at);
    Some(Ready { name, kind, people, events })
}

/// A week before the examples' first dates.
fn start() -> i64 {
    parse_instant("2026-11-30T09:00:00Z").unwrap_or_default()
}

impl Ready {
    /// The run's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many endpoints there are.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Prepares the run of a journey, and hands it to `walk`; `None` = a campaign, which has one walk for everybody.
    pub fn run(&self, seed: u64, walk: impl FnOnce(&Simulation<'_>) -> u64) -> Option<u64> {
        let Kind::Journey(program) = &self.kind else { return None };
        let settings = Settings { seed, start: start(), ..Settings::default() };
        let inputs = Inputs { program, people: &self.people, events: &self.events };
        Some(walk(&Simulation::new(&inputs, &settings)))
    }

    /// The trace hash of the run, walked in one piece.
    pub fn hash(&self, seed: u64) -> u64 {
        match &self.kind {
            Kind::Journey(_) => self.run(seed, |simulation| {
                let all = simulation.range(0..self.len());
                simulation.finish(&all).trace_hash
            }),
            Kind::Campaign(program, renderer) => {
                let settings =
                    CampaignSettings { start: start(), horizon: Some(start() + 60 * DAY), ..Default::default() };
                let inputs = CampaignInputs { program, renderer, people: &self.people, events: &self.events };
                Some(simulate_campaign(&inputs, &settings, &mut |_| {}).trace_hash)
            }
        }
        .unwrap_or(0)
    }
}

/// For the host of the wasm module: the trace hash of a run by its number; 0 = there is no such run.
#[allow(unsafe_code, reason = "a function that a host calls by its name can not be exported otherwise")]
#[unsafe(no_mangle)]
pub extern "C" fn trace_hash(number: u32, seed: u64) -> u64 {
    ready(number as usize).map_or(0, |ready| ready.hash(seed))
}
