//! A campaign on a virtual clock, for the tests of its clauses.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]
#![allow(dead_code, reason = "every test file uses a part of it")]

use std::collections::BTreeMap;

use audience::{Members, People};
use engine::campaign::hook::Answer;
use engine::campaign::{
    self, Book, CompileError, Context, Draft, Effect, Filter, Input, Occurrence, Program, Record, Records, Renderer,
    Scope, SendStatus, State, What, World,
};
use model::time::parse_instant;
use model::wire::{CampaignStatus, WriteCampaignRequest};
use model::{Millis, View};
use serde_json::{Value, json};

pub fn at(text: &str) -> Millis {
    parse_instant(text).unwrap()
}

/// People and what they got, with messages of other campaigns.
pub struct Shop {
    pub people: People,
    pub book: Book,
    pub renderer: Renderer,
    pub program: Program,
    /// Messages of others to a row.
    pub others: BTreeMap<u32, u32>,
    /// What is recommended to a row; a row without entry gets nothing.
    pub recommended: BTreeMap<u32, Value>,
    /// Which recommender was asked about which row.
    pub asked: Vec<(String, u32)>,
}

impl World for Shop {
    fn people(&self) -> &People {
        &self.people
    }

    fn targeted(&self, row: u32) -> u32 {
        self.book.targeted(row)
    }

    fn sent(&self, row: u32, scope: Scope, since: Millis) -> u32 {
        let others = if scope == Scope::Project { self.others.get(&row).copied().unwrap_or(0) } else { 0 };
        self.book.sent(row, since) + others
    }

    fn target(&mut self, row: u32) {
        self.book.target(row);
    }

    fn send(&mut self, row: u32, at: Millis) {
        self.book.send(row, at);
    }

    fn recommend(&mut self, draft: &Draft<'_>) -> Result<Option<Value>, String> {
        let Some(recommender) = self.renderer.recommender(&self.program, draft) else { return Ok(None) };
        self.asked.push((recommender.to_owned(), draft.row));
        self.recommended.get(&draft.row).cloned().map(Some).ok_or_else(|| "the model knows nothing".to_owned())
    }

    fn render(&mut self, draft: &Draft<'_>) -> Result<(), String> {
        self.renderer.check(&self.program, &self.people, draft)
    }
}

/// A campaign, and all that happened so far.
pub struct Case {
    pub shop: Shop,
    pub state: State,
    pub now: Millis,
    pub told: Vec<(Millis, Effect)>,
    pub records: Records,
}

pub const CREATED: &str = "2026-11-30T12:00:00Z";

pub fn base() -> Value {
    json!({
        "Name": "sale", "SegmentId": "all",
        "MessageConfiguration": {"SMSMessage": {"Body": "hello"}, "EmailMessage": {"Title": "hello", "Body": "you"}},
        "Schedule": {"StartTime": "2026-12-01T09:00:00Z"},
    })
}

pub fn campaign(members: Value) -> Value {
    let mut campaign = base();
    campaign.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    campaign
}

pub fn sms(number: usize) -> Value {
    json!({"ChannelType": "SMS", "Address": format!("+1206555{number:04}")})
}

pub fn in_zone(number: usize, zone: &str) -> Value {
    let mut endpoint = sms(number);
    endpoint["Demographic"] = json!({"Timezone": zone});
    endpoint
}

/// Compiles with two segments, `all` and `gold` (attribute `Plan`), and one imported, `list`.
pub fn compiled(campaign: &Value, settings: Option<&Value>, batch: u32) -> Result<Program, CompileError> {
    compiled_for(campaign, settings, batch, false)
}

/// For a driver that itself gives up calls of the hook, or not.
pub fn compiled_for(
    campaign: &Value,
    settings: Option<&Value>,
    batch: u32,
    driver_times_calls: bool,
) -> Result<Program, CompileError> {
    let all = json!({"Name": "all"});
    let gold = json!({"Name": "gold", "Dimensions": {"Attributes": {"Plan": {"Values": ["gold"]}}}});
    let list = json!({"Name": "list", "SegmentType": "IMPORT"});
    let find = |id: &str| match id {
        "all" => Some(&all),
        "gold" => Some(&gold),
        "list" => Some(&list),
        _ => None,
    };
    let members = |id: &str| {
        let text = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect();
        (id == "list").then(|| Members { endpoints: text(&["e0", "e1"]), users: text(&["ann"]) })
    };
    let context =
        Context { members: &members, settings, batch, driver_times_calls, ..Context::new(&find, at(CREATED)) };
    campaign::compile(WriteCampaignRequest::of(campaign).unwrap(), "c1", &context)
}

impl Case {
    pub fn new(members: Value, endpoints: &[Value]) -> Case {
        Case::with(&campaign(members), endpoints, None, 4_096)
    }

    pub fn with(campaign: &Value, endpoints: &[Value], settings: Option<&Value>, batch: u32) -> Case {
        let program = compiled(campaign, settings, batch).unwrap();
        let mut people = People::default();
        for (number, endpoint) in endpoints.iter().enumerate() {
            people.push(Some(&format!("e{number}")), endpoint).unwrap();
        }
        let renderer = Renderer::compile(&program, &|_, _| None).unwrap_or_default();
        let shop = Shop {
            people,
            book: Book::new(&program),
            renderer,
            program,
            others: BTreeMap::new(),
            recommended: BTreeMap::new(),
            asked: Vec::new(),
        };
        let mut case =
            Case { shop, state: State::default(), now: at(CREATED), told: Vec::new(), records: Records::default() };
        case.feed(Input::Create);
        case
    }

    pub fn feed(&mut self, input: Input<'_>) -> Vec<Effect> {
        let mut effects = Vec::new();
        let program = self.shop.program.clone();
        campaign::advance(&program, &mut self.state, &mut self.shop, input, self.now, &mut |effect| {
            effects.push(effect);
        });
        // Whatever happens, a state can be written and read.
        let text = serde_json::to_string(&self.state).unwrap();
        assert_eq!(serde_json::from_str::<State>(&text).unwrap(), self.state);
        for effect in &effects {
            assert!(!effect.sentence(&program, &self.shop.people, self.now).is_empty());
            self.records.note(effect, self.now);
            self.told.push((self.now, effect.clone()));
        }
        effects
    }

    /// Feeds timers until `until`, which is then now. A hook is not answered.
    pub fn until(&mut self, until: &str) -> &mut Case {
        let until = at(until);
        for _ in 0..1_000_000 {
            let Some(wake) = self.state.wakes().filter(|wake| *wake <= until) else { break };
            self.now = self.now.max(wake);
            self.feed(Input::Timer);
        }
        self.now = until;
        self.feed(Input::Timer);
        self
    }

    pub fn event(&mut self, row: u32, name: &str, moment: &str) -> Vec<Effect> {
        self.until(moment);
        let event = Occurrence { row, name, attributes: &[], metrics: &[], at: self.now };
        self.feed(Input::Event(event))
    }

    /// Answers the last call of the hook.
    pub fn answer(&mut self, answer: Answer<'_>) {
        let call = self.told.iter().rev().find_map(|(_, effect)| match effect.what {
            What::CallHook { call, .. } => Some((effect.activity.treatment, call)),
            _ => None,
        });
        let (treatment, call) = call.unwrap();
        self.feed(Input::HookAnswer { treatment, call, answer });
    }

    /// `row at instant` of all messages.
    pub fn sends(&self) -> Vec<String> {
        let mut sends = Vec::new();
        for (at, effect) in &self.told {
            if let What::Send { row, .. } = effect.what {
                sends.push(format!("{row} {}", engine::instant_words(*at).replace(" UTC", "")));
            }
        }
        sends
    }

    /// `row STATUS` of all messages that were not sent.
    pub fn not_sent(&self) -> Vec<String> {
        let told = self.told.iter().filter_map(|(_, effect)| match effect.what {
            What::NotSent { row, status } => Some(format!("{row} {}", status.name())),
            _ => None,
        });
        told.collect()
    }

    pub fn filtered(&self) -> Vec<String> {
        let told = self.told.iter().filter_map(|(_, effect)| match effect.what {
            What::Filtered { row, filter } => Some(format!("{row} {}", filter.name())),
            _ => None,
        });
        told.collect()
    }

    /// When runs started.
    pub fn runs(&self) -> Vec<String> {
        let started = self.told.iter().filter(|(_, effect)| matches!(effect.what, What::RunStarted { .. }));
        started.map(|(at, _)| engine::instant_words(*at).replace(" UTC", "")).collect()
    }

    /// All statuses of a treatment, in order.
    pub fn statuses(&self, treatment: u8) -> Vec<CampaignStatus> {
        let told = self.told.iter().filter(|(_, effect)| effect.activity.treatment == treatment);
        told.filter_map(|(_, effect)| match effect.what {
            What::Status(status) => Some(status),
            _ => None,
        })
        .collect()
    }

    pub fn status(&self) -> CampaignStatus {
        self.state.status()
    }

    pub fn record(&self, number: usize) -> &Record {
        &self.records.0[number]
    }

    #[track_caller]
    pub fn said(&self, text: &str) {
        let said: Vec<String> =
            self.told.iter().map(|(at, effect)| effect.sentence(&self.shop.program, &self.shop.people, *at)).collect();
        assert!(said.iter().any(|said| said == text), "not said: {text}\n{said:#?}");
    }
}

pub fn count(record: &Record, status: SendStatus) -> u64 {
    record.status(status)
}

pub fn set_aside(record: &Record, filter: Filter) -> u64 {
    record.filtered(filter)
}
