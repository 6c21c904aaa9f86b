//! Journeys and other JSON from a tape of choices: a test shrinks by shortening the tape and lowering its numbers.

#![allow(dead_code, reason = "each test uses its own part")]

use model::shapes::{Kind, SHAPES, Shape};
use model::{ActivityKind, path};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value, json};

/// The same cases in every run, on every machine.
pub fn fixed(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(20_161_201),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Tapes of up to `length` choices.
pub fn tapes(length: usize) -> impl Strategy<Value = Tape> {
    proptest::collection::vec(any::<u16>(), 0..length).prop_map(|choices| Tape { choices, at: 0, more: None })
}

/// A row of choices; when it is used up, every further choice is the first one (or goes on by a seed).
#[derive(Clone, Debug)]
pub struct Tape {
    choices: Vec<u16>,
    at: usize,
    more: Option<u64>,
}

impl Tape {
    /// A tape without end.
    pub fn endless(seed: u64) -> Tape {
        Tape { choices: Vec::new(), at: 0, more: Some(seed) }
    }

    fn next(&mut self) -> u16 {
        if let Some(choice) = self.choices.get(self.at) {
            self.at += 1;
            return *choice;
        }
        let Some(state) = &mut self.more else { return 0 };
        // SplitMix64
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed >> 40) as u16
    }

    /// A number from 0 up to, not including, `count`.
    pub fn below(&mut self, count: usize) -> usize {
        usize::from(self.next()) % count.max(1)
    }

    /// True in `percent` of 100 cases; false on an empty tape.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// One of `choices`.
    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}

/// JSON as it is spelled.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    Null,
    Flag(bool),
    Number(String),
    Text(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "40",
    "1.0",
    "100",
    "0.10",
    "-0",
    "1e2",
    "1E+2",
    "-1.50e-3",
    "12345678901234567890",
    "9007199254740993",
    "3.141592653589793238462643",
    "1e400",
    "-0.0",
];

const TEXTS: &[&str] = &[
    "",
    "Welcome",
    "quote \" back \\ slash / tab \t line \n return \r",
    "\u{0}\u{1}\u{8}\u{c}\u{1f}\u{7f}\u{2028}\u{feff}",
    "Grüße aus Köln",
    "你好，世界",
    "नमस्ते दुनिया",
    "مرحبا بالعالم",
    "שלום",
    "Здравствуйте",
    "👩‍👩‍👧🎉 e\u{301}",
    "{\"not\": [\"an\", \"object\"]}",
    "P1DT2H",
    "2026-12-03T09:00:00Z",
    "{{User.UserAttributes.FirstName}}",
    "null",
];

/// Ids of activities, so that connections find something; the last is nobody's.
const IDS: &[&str] = &["a", "b", "email1", "wait1", "Ç1", "", "ghost"];

fn text(tape: &mut Tape) -> String {
    if tape.chance(70) {
        return tape.pick(TEXTS).to_owned();
    }
    (0..tape.below(6)).map(|_| char::from_u32(tape.below(0xD800) as u32).unwrap_or('?')).collect()
}

/// Any JSON, at most `depth` levels deep.
pub fn any_tree(tape: &mut Tape, depth: usize) -> Tree {
    match tape.below(if depth == 0 { 4 } else { 6 }) {
        0 => Tree::Null,
        1 => Tree::Number(tape.pick(NUMBERS).to_owned()),
        2 => Tree::Text(text(tape)),
        3 => Tree::Flag(tape.chance(50)),
        4 => Tree::List((0..tape.below(4)).map(|_| any_tree(tape, depth - 1)).collect()),
        _ => {
            let mut members = Vec::new();
            for _ in 0..tape.below(4) {
                let name = text(tape);
                add(&mut members, name, any_tree(tape, depth - 1));
            }
            Tree::Object(members)
        }
    }
}

fn add(members: &mut Vec<(String, Tree)>, name: String, value: Tree) {
    if members.iter().all(|(other, _)| *other != name) {
        members.push((name, value));
    }
}

/// Something of that shape: every member absent, `null` or there; unknown members; members in any order.
pub fn of_shape(tape: &mut Tape, shape: &Shape, name: &str) -> Tree {
    match shape.kind {
        Kind::Text | Kind::Blob if name.ends_with("Activity") => Tree::Text(tape.pick(IDS).to_owned()),
        Kind::Text | Kind::Blob | Kind::Timestamp => Tree::Text(text(tape)),
        Kind::Words(words) => Tree::Text(tape.pick(words).to_owned()),
        Kind::Flag => Tree::Flag(tape.chance(50)),
        Kind::Integer => Tree::Number(tape.pick(&["1", "0", "50", "1.0", "1e2", "-0", "1E+2", "100.00"]).to_owned()),
        Kind::Double => Tree::Number(tape.pick(NUMBERS).to_owned()),
        Kind::List(inner) => Tree::List((0..tape.below(4)).map(|_| of_shape(tape, &SHAPES[inner], "")).collect()),
        Kind::Map(inner) => {
            let mut members = Vec::new();
            for _ in 0..tape.below(6) {
                let key = if name == "Activities" { tape.pick(IDS).to_owned() } else { text(tape) };
                add(&mut members, key, of_shape(tape, &SHAPES[inner], ""));
            }
            Tree::Object(members)
        }
        Kind::Structure(list) => {
            let mut members = Vec::new();
            for member in list {
                let likely = if member.name == "Activities" { 90 } else { 35 };
                if tape.chance(likely) {
                    let value = match tape.chance(8) {
                        true => Tree::Null,
                        false => of_shape(tape, &SHAPES[member.shape], member.name),
                    };
                    members.push((member.name.to_owned(), value));
                }
            }
            if tape.chance(12) {
                let name = text(tape);
                if list.iter().all(|member| member.name != name) {
                    add(&mut members, name, any_tree(tape, 2));
                }
            }
            for i in (1..members.len()).rev() {
                let other = i - tape.below(i + 1);
                members.swap(i, other);
            }
            Tree::Object(members)
        }
    }
}

/// A journey with whatever the API allows.
pub fn journey(tape: &mut Tape) -> Tree {
    let shape = model::shapes::find("WriteJourneyRequest").expect("the API has journeys");
    of_shape(tape, shape, "")
}

/// The same with something of another type here and there.
pub fn damage(tape: &mut Tape, tree: &mut Tree) {
    if tape.chance(6) {
        *tree = any_tree(tape, 1);
    }
    match tree {
        Tree::List(list) => list.iter_mut().for_each(|element| damage(tape, element)),
        Tree::Object(members) => members.iter_mut().for_each(|(_, value)| damage(tape, value)),
        _ => {}
    }
}

/// The text of a tree, with white space and escapes as the tape wants them.
pub fn spell(tape: &mut Tape, tree: &Tree) -> String {
    let mut out = String::new();
    if tape.chance(5) {
        out.push('\u{feff}');
    }
    spell_into(tape, tree, &mut out);
    space(tape, &mut out);
    out
}

fn space(tape: &mut Tape, out: &mut String) {
    out.push_str(tape.pick(&["", "", "", " ", "\n", "\r\n\t"]));
}

fn spell_into(tape: &mut Tape, tree: &Tree, out: &mut String) {
    space(tape, out);
    let rows = |tape: &mut Tape, out: &mut String, i: usize| {
        space(tape, out);
        if i > 0 {
            out.push(',');
        }
    };
    match tree {
        Tree::Null => out.push_str("null"),
        Tree::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Tree::Number(spelled) => out.push_str(spelled),
        Tree::Text(text) => spell_text(tape, text, out),
        Tree::List(list) => {
            out.push('[');
            for (i, element) in list.iter().enumerate() {
                rows(tape, out, i);
                spell_into(tape, element, out);
            }
            space(tape, out);
            out.push(']');
        }
        Tree::Object(members) => {
            out.push('{');
            for (i, (name, value)) in members.iter().enumerate() {
                rows(tape, out, i);
                space(tape, out);
                spell_text(tape, name, out);
                space(tape, out);
                out.push(':');
                spell_into(tape, value, out);
            }
            space(tape, out);
            out.push('}');
        }
    }
}

fn spell_text(tape: &mut Tape, text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '/' if tape.chance(50) => out.push_str("\\/"),
            c if (c as u32) < 0x20 || tape.chance(5) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Whether a value is the tree, spelling of numbers and order of members included.
pub fn same(tree: &Tree, value: &Value) -> bool {
    match (tree, value) {
        (Tree::Null, Value::Null) => true,
        (Tree::Flag(a), Value::Bool(b)) => a == b,
        (Tree::Number(a), Value::Number(b)) => *a == b.to_string(),
        (Tree::Text(a), Value::String(b)) => a == b,
        (Tree::List(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Tree::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((name, a), (key, b))| name == key && same(a, b))
        }
        _ => false,
    }
}

/// A drawn journey: activities of every kind, each way out to any of them, to an end or to nobody.
pub fn drawn(tape: &mut Tape) -> Value {
    let count = tape.below(9);
    let ids: Vec<String> = (0..count).map(|i| format!("{}{}", ["n", "email", "wait"][i % 3], i)).collect();
    // Mostly forward, so that there are journeys without a loop.
    let target = |tape: &mut Tape, from: usize| match tape.below(12) {
        0..=2 => None,
        3 => Some("email1".to_owned()),
        4 => Some(String::new()),
        5 => ids.get(tape.below(count)).cloned(),
        _ => ids.get(from + 1 + tape.below(3)).cloned(),
    };
    let mut activities = Map::new();
    for (i, id) in ids.iter().enumerate() {
        let kind = ActivityKind::ALL[tape.below(10)];
        let mut value = model::drawing::new_activity(kind, None);
        if let Some(branches) = value[kind.member()].get_mut("Branches").and_then(Value::as_array_mut) {
            for _ in 0..tape.below(3) {
                branches.push(json!({}));
            }
        }
        let ways: Vec<_> = model::Activity::of(id, &value)
            .map(|activity| activity.connections().iter().map(|way| activity.slot_path(way.slot)).collect())
            .unwrap_or_default();
        for way in ways {
            if let Some(to) = target(tape, i) {
                // Without `Activities` and the id, which lead to the activity.
                let way = model::Path(way.0[2..].to_vec());
                let edit = model::edit::put("", &any_document(), &value, &way, json!(to));
                let mut project = model::Project::default();
                project.documents.insert(any_document(), value);
                project.apply(&edit).expect("a way out has a place");
                value = project.documents.remove(&any_document()).expect("it is there");
            }
        }
        activities.insert(id.clone(), value);
    }
    let mut journey = json!({"Name": "Drawn"});
    if count > 0 || tape.chance(50) {
        journey["Activities"] = Value::Object(activities);
    }
    if let Some(start) = target(tape, 0) {
        journey["StartActivity"] = json!(start);
    }
    journey
}

fn any_document() -> model::DocumentId {
    model::DocumentId::Journey("any".to_owned())
}

/// All places in a value, the whole first.
pub fn places(value: &Value) -> Vec<model::Path> {
    let mut found = vec![path![]];
    let mut at = 0;
    while let Some(place) = found.get(at).cloned() {
        match place.find(value) {
            Some(Value::Object(object)) => found.extend(object.keys().map(|key| place.join(key))),
            Some(Value::Array(list)) => found.extend((0..list.len()).map(|i| place.join(i))),
            _ => {}
        }
        at += 1;
    }
    found
}
