//! The smallest journeys, and one participant in them.

#![allow(dead_code, reason = "each test program uses a part")]

use audience::People;
use engine::{
    Context, Effect, EventKind, Host, Input, MessageEvent, Pace, Participant, Program, Senders, State, Timing, What,
    advance, compile,
};
use model::{Journey, Millis, TemplateKind};
use serde_json::{Value, json};

/// 2026-12-01T09:00:00Z, a Tuesday.
pub const T0: Millis = 1_796_115_600_000;

/// A participant in a journey, with everything said so far.
pub struct Case {
    pub program: Program,
    pub people: People,
    pub rows: Vec<u32>,
    pub state: State,
    pub opted_out: u64,
    pub told: Vec<String>,
    /// The journey's pace, shared by all its participants.
    pub pace: Pace,
    /// When other journeys sent something to every endpoint, and when campaigns did.
    pub elsewhere: [Vec<Millis>; 2],
}

/// What [`Case`] lends to a step.
struct World<'w> {
    rate: u32,
    pace: &'w mut Pace,
    elsewhere: &'w [Vec<Millis>; 2],
    effects: Vec<Effect>,
}

impl Host for World<'_> {
    fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn slot(&mut self, now: Millis) -> Millis {
        self.pace.take(self.rate, now)
    }

    fn sent_elsewhere(&mut self, _: u32, senders: Senders, since: Millis) -> u32 {
        let [journeys, campaigns] = self.elsewhere;
        let counted = match senders {
            Senders::Journeys => &[][..],
            Senders::All => campaigns,
        };
        journeys.iter().chain(counted).filter(|at| **at > since).count() as u32
    }
}

fn segments(id: &str) -> Option<Value> {
    match id {
        "all" => Some(json!({"Name": "all"})),
        "gold" => Some(json!({"Name": "gold", "Dimensions": {"Attributes": {"Plan": {"Values": ["gold"]}}}})),
        _ => None,
    }
}

/// Templates by name: `t` needs nothing, `named` a first name.
fn templates(name: &str) -> Option<Value> {
    match name {
        "t" => Some(json!({"Subject": "Hello", "TextPart": "Hello"})),
        "named" => Some(json!({"Subject": "Hello {{User.UserAttributes.FirstName}}"})),
        "broken" => Some(json!({"Subject": "Hello {{"})),
        _ => None,
    }
}

pub fn program(journey: &Value, timing: Timing) -> Result<Program, engine::CompileError> {
    compiled(journey, timing, false, None)
}

pub fn compiled(
    journey: &Value,
    timing: Timing,
    with_templates: bool,
    project_daily: Option<u32>,
) -> Result<Program, engine::CompileError> {
    let known: Vec<(&str, Value)> = ["all", "gold"].into_iter().filter_map(|id| Some((id, segments(id)?))).collect();
    let find = |id: &str| known.iter().find(|(name, _)| *name == id).map(|(_, value)| value);
    let known: Vec<(&str, Value)> =
        ["t", "named", "broken"].into_iter().filter_map(|name| Some((name, templates(name)?))).collect();
    let template = |_: TemplateKind, name: &str, version: Option<&str>| {
        known.iter().find(|(known, _)| *known == name && version.is_none()).map(|(_, value)| value)
    };
    let context =
        Context { timing, template: with_templates.then_some(&template), project_daily, ..Context::new(&find) };
    compile(Journey::of(journey).unwrap(), "j", &context)
}

pub fn journey(members: Value, activities: Value) -> Value {
    let mut journey = json!({
        "Name": "j", "StartActivity": "a",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "all"}},
    });
    let object = journey.as_object_mut().unwrap();
    object.extend(members.as_object().unwrap().clone());
    object.insert("Activities".into(), activities);
    journey
}

pub fn ann() -> Value {
    json!({"ChannelType": "EMAIL", "Address": "ann@example.com", "Attributes": {"Plan": ["gold"]},
        "Demographic": {"Timezone": "Europe/Berlin"}})
}

impl Case {
    pub fn new(members: Value, activities: Value) -> Case {
        Case::of(&journey(members, activities), &[ann()])
    }

    pub fn of(journey: &Value, endpoints: &[Value]) -> Case {
        let mut people = People::default();
        for (i, endpoint) in endpoints.iter().enumerate() {
            people.push(Some(&format!("e{i}")), endpoint).unwrap();
        }
        let program = program(journey, Timing::default()).unwrap();
        let rows = (0..endpoints.len() as u32).collect();
        Case {
            program,
            people,
            rows,
            state: State::default(),
            opted_out: 0,
            told: Vec::new(),
            pace: Pace::default(),
            elsewhere: [Vec::new(), Vec::new()],
        }
    }

    pub fn feed(&mut self, input: Input<'_>, now: Millis) -> Vec<Effect> {
        let participant = Participant { opted_out: self.opted_out, ..Participant::of(&self.people, &self.rows) };
        let rate = self.program.rate().unwrap_or(0);
        let mut world = World { rate, pace: &mut self.pace, elsewhere: &self.elsewhere, effects: Vec::new() };
        let mut state = self.state.clone();
        advance(&self.program, &mut state, &participant, input, now, &mut world);
        let effects = world.effects;
        // Whatever happens, a state can be written and read.
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<State>(&text).unwrap(), state);
        self.state = state;
        self.told = effects.iter().map(|effect| effect.sentence(&self.program, &self.people, now)).collect();
        effects
    }

    /// The participant with only this endpoint: another one in the same journey.
    pub fn other(&mut self, row: u32) -> State {
        self.rows = vec![row];
        std::mem::take(&mut self.state)
    }

    pub fn enter(&mut self, now: Millis) -> Vec<Effect> {
        self.feed(Input::Enter { offered: u64::MAX }, now)
    }

    pub fn timer(&mut self, now: Millis) -> Vec<Effect> {
        self.feed(Input::Timer, now)
    }

    pub fn event(&mut self, activity: &str, kind: EventKind, now: Millis) {
        let activity = self.program.activity_index(activity).unwrap();
        self.feed(Input::Event(MessageEvent::of(activity, kind)), now);
    }

    pub fn at(&self) -> Option<&str> {
        self.state.position.map(|position| self.program.activity_id(position.activity))
    }

    #[track_caller]
    pub fn said(&self, text: &str) {
        assert!(self.told.iter().any(|told| told == text), "not said: {text}\n{:#?}", self.told);
    }

    pub fn sends(effects: &[Effect]) -> Vec<u32> {
        let row = |effect: &Effect| match effect.what {
            What::Send { row, .. } => Some(row),
            _ => None,
        };
        effects.iter().filter_map(row).collect()
    }
}

pub fn email(next: &str) -> Value {
    json!({"EMAIL": {"TemplateName": "t", "NextActivity": next}})
}

pub fn wait(span: &str, next: &str) -> Value {
    json!({"Wait": {"WaitTime": {"WaitFor": span}, "NextActivity": next}})
}

pub fn on_event(message: &str, event: &str) -> Value {
    json!({"EventCondition": {"MessageActivity": message, "Dimensions": {
        "EventType": {"DimensionType": "INCLUSIVE", "Values": [event]}}}})
}

pub fn split(conditions: Value, operator: &str, wait: Value) -> Value {
    json!({"ConditionalSplit": {"Condition": {"Conditions": conditions, "Operator": operator},
        "EvaluationWaitTime": wait, "TrueActivity": "y", "FalseActivity": "n"}})
}

pub fn with(mut object: Value, more: Value) -> Value {
    object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    object
}
