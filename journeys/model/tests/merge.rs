//! Two-sided merges of journeys: generated ones, of which every edit leaves a word that is nowhere else, and named ones.

use std::collections::BTreeSet;

use model::merge::{Conflict, Merged, merge};
use model::{DocumentId, Path, Step, difference};
use serde_json::{Map, Value, json};

/// Generated cases.
const CASES: u64 = 600;

fn journey() -> DocumentId {
    DocumentId::Journey("welcome".to_owned())
}

/// Draws by a seed; the same everywhere (splitmix64).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        if of.is_empty() { None } else { of.get(self.below(of.len())) }
    }
}

/// A journey being made or changed; every text that it writes is a word that nobody else writes.
struct Author<'d> {
    draw: &'d mut Draw,
    who: &'static str,
    words: usize,
    journey: Value,
}

impl Author<'_> {
    fn word(&mut self) -> String {
        self.words += 1;
        format!("{}-{}-", self.who, self.words)
    }

    fn steps(&mut self) -> &mut Map<String, Value> {
        self.journey["Activities"].as_object_mut().expect("steps")
    }

    fn ids(&self) -> Vec<String> {
        self.journey["Activities"].as_object().expect("steps").keys().cloned().collect()
    }

    /// A new step that leads to `next`.
    fn step(&mut self, next: Option<&str>) -> Value {
        let described = self.word();
        let (word, other) = (self.word(), self.word());
        let mut step = match self.draw.below(4) {
            0 => {
                json!({"EMAIL": {"TemplateName": word, "MessageConfig": {"FromAddress": other}, "NextActivity": next}})
            }
            1 => json!({"Wait": {"WaitTime": {"WaitFor": word}, "NextActivity": next}}),
            2 => json!({"MultiCondition": {"Branches": [
                {"Condition": {"SegmentCondition": {"SegmentId": word}}, "NextActivity": next},
                {"Condition": {"EventCondition": {"Dimensions": {"EventType":
                    {"DimensionType": "INCLUSIVE", "Values": [other, self.word()]}}}}}], "DefaultActivity": null}}),
            _ => json!({"RandomSplit": {"Branches": [{"Percentage": 10, "NextActivity": next}, {"Percentage": 90}]}}),
        };
        step["Description"] = described.into();
        step
    }

    /// Puts a new step on the way out of another, or beside the start.
    fn add(&mut self) {
        let ids = self.ids();
        let origin = self.draw.one(&ids).cloned();
        let way = origin.as_ref().and_then(|id| way(&self.journey["Activities"][id]));
        let next = way.as_ref().and_then(|way| way.find(&self.journey["Activities"][origin.as_deref()?])?.as_str());
        let next = next.map(str::to_owned);
        let step = self.step(next.as_deref());
        // Both sides use the ids that the window would.
        let id = (1..).map(|n| format!("step{n}")).find(|id| !ids.contains(id)).expect("a free id");
        self.steps().insert(id.clone(), step);
        match (origin, way) {
            (Some(origin), Some(way)) => set(&mut self.steps()[&origin], &way, id.into()),
            _ => self.journey["StartActivity"] = id.into(),
        }
    }

    /// Takes a step out; what led to it leads to nothing any more.
    fn remove(&mut self) {
        let ids = self.ids();
        let Some(gone) = self.draw.one(&ids).cloned() else { return };
        self.steps().shift_remove(&gone);
        forget(&mut self.journey, &gone);
    }

    fn change(&mut self) {
        let ids = self.ids();
        let Some(id) = self.draw.one(&ids).cloned() else { return };
        let word = self.word();
        let choice = self.draw.below(6);
        let percent = 1 + self.draw.below(98);
        let place = self.draw.below(3);
        let step = &mut self.steps()[&id];
        match choice {
            0 => step["Description"] = word.into(),
            1 if step.get("EMAIL").is_some() => step["EMAIL"]["TemplateName"] = word.into(),
            1 if step.get("Wait").is_some() => step["Wait"]["WaitTime"] = json!({"WaitUntil": word}),
            2 => {
                let described = step["Description"].clone();
                *step = json!({"Description": described, "SMS": {"TemplateName": word}});
            }
            3 if step.get("EMAIL").is_some() => step["EMAIL"]["MessageConfig"]["FromAddress"] = word.into(),
            _ => {
                let branches = ["MultiCondition", "RandomSplit"].into_iter().find(|kind| step.get(kind).is_some());
                let list = branches.and_then(|kind| step[kind]["Branches"].as_array_mut());
                let Some(list) = list else { return };
                match (choice, place) {
                    (3, _) => list.push(json!({"Percentage": percent, "Condition":
                        {"SegmentCondition": {"SegmentId": word}}})),
                    (4, 0) if list.len() > 1 => drop(list.remove(0)),
                    (4, 1) => list.reverse(),
                    (5, _) => {
                        for branch in list.iter_mut() {
                            if let Some(Value::Array(values)) =
                                branch.pointer_mut("/Condition/EventCondition/Dimensions/EventType/Values")
                            {
                                if place == 0 && !values.is_empty() {
                                    values.remove(0);
                                }
                                values.push(word.clone().into());
                            }
                        }
                    }
                    _ => {
                        if let Some(Value::Object(branch)) = list.get_mut(place) {
                            branch.insert("Percentage".into(), percent.into());
                        }
                    }
                }
            }
        }
    }

    fn whole(&mut self) {
        let word = self.word();
        match self.draw.below(4) {
            0 => self.journey["QuietTime"] = json!({"Start": word}),
            1 => self.journey["Name"] = word.into(),
            2 => self.journey["Limits"]["DailyCap"] = json!(self.draw.below(50) + 1),
            _ => drop(self.journey.as_object_mut().expect("a journey").shift_remove("QuietTime")),
        }
    }

    fn edit(&mut self) {
        match self.draw.below(8) {
            0 | 1 => self.add(),
            2 => self.remove(),
            3 => self.whole(),
            _ => self.change(),
        }
    }
}

/// The place of one way out of a step, below it.
fn way(step: &Value) -> Option<Path> {
    let activity = model::Activity::of("", step)?;
    let slot = activity.connections().first()?.slot;
    Some(Path(activity.slot_path(slot).0[2..].to_vec()))
}

fn set(root: &mut Value, path: &Path, value: Value) {
    let mut at = root;
    for step in &path.0 {
        at = match step {
            Step::Key(name) => &mut at[name.as_str()],
            Step::Index(index) => &mut at[*index],
        };
    }
    *at = value;
}

fn forget(value: &mut Value, gone: &str) {
    match value {
        Value::Object(object) => {
            object.retain(|_, value| value.as_str() != Some(gone));
            object.values_mut().for_each(|value| forget(value, gone));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| forget(value, gone)),
        _ => {}
    }
}

/// Base, ours, theirs of a case.
fn case(seed: u64) -> [Value; 3] {
    let mut draw = Draw(seed);
    let mut base = json!({"Name": "base-name-", "StartActivity": null, "Limits": {"DailyCap": 100}, "Activities": {}});
    let sizes = [3 + draw.below(6), 1 + draw.below(4), 1 + draw.below(4)];
    let mut versions = Vec::new();
    for (who, size) in ["base", "ours", "theirs"].into_iter().zip(sizes) {
        let mut author = Author { draw: &mut draw, who, words: 0, journey: base.clone() };
        for _ in 0..size {
            if who == "base" { author.add() } else { author.edit() }
        }
        // A side may also take over what the other did, word by word.
        versions.push(author.journey);
        if who == "base" {
            base = versions[0].clone();
        }
    }
    versions.try_into().expect("three versions")
}

/// All words of authors in a value.
fn words(value: &Value) -> BTreeSet<String> {
    let text = value.to_string();
    let quoted = text.split('"').filter(|part| part.ends_with('-') && part.matches('-').count() > 1);
    quoted.map(str::to_owned).collect()
}

fn told(conflicts: &[Conflict]) -> Value {
    let sides = |c: &Conflict| [c.base.clone(), c.ours.clone(), c.theirs.clone()];
    conflicts.iter().flat_map(sides).flatten().collect()
}

/// Places outside of lists at which a side differs from `base`; of lists their own place.
fn changed(base: &Value, side: &Value) -> BTreeSet<Path> {
    let places = difference::exact(Some(base), Some(side)).into_iter().map(|one| {
        let until = one.path.0.iter().position(|step| matches!(step, Step::Index(_)));
        Path(one.path.0[..until.unwrap_or(one.path.0.len())].to_vec())
    });
    places.collect()
}

fn covered(path: &Path, conflicts: &[Conflict]) -> bool {
    conflicts.iter().any(|conflict| conflict.path.starts_with(path) || path.starts_with(&conflict.path))
}

/// References of a journey that lead nowhere.
fn dangling(journey: &Value) -> BTreeSet<String> {
    let steps = journey["Activities"].as_object().expect("steps");
    let mut found: BTreeSet<String> = BTreeSet::new();
    let start = journey["StartActivity"].as_str();
    let ways = model::Journey::of(journey).expect("a journey").activities();
    let targets = ways.iter().flat_map(|step| step.connections()).filter_map(|way| way.target);
    found.extend(targets.chain(start).filter(|id| !steps.contains_key(*id)).map(str::to_owned));
    found
}

/// Words of lists in one order, since theirs mean nothing by it.
fn sorted(mut value: Value) -> Value {
    fn sort(value: &mut Value) {
        match value {
            Value::Object(object) => object.values_mut().for_each(sort),
            Value::Array(list) => {
                list.iter_mut().for_each(sort);
                if list.iter().all(Value::is_string) {
                    list.sort_by_key(Value::to_string);
                }
            }
            _ => {}
        }
    }
    sort(&mut value);
    value
}

#[test]
fn what_only_one_side_did_is_the_result() {
    for seed in 0..CASES {
        let [base, ours, theirs] = case(seed);
        for side in [&ours, &theirs] {
            for merged in [merge(&journey(), Some(&base), side, &base), merge(&journey(), Some(&base), &base, side)] {
                assert_eq!((&merged.value, merged.conflicts.len()), (side, 0), "seed {seed}");
            }
            let same = merge(&journey(), Some(&base), side, side);
            assert_eq!((&same.value, same.conflicts.len(), same.renamed.len()), (side, 0, 0), "seed {seed}");
        }
    }
}

#[test]
fn nothing_that_a_side_did_is_lost_silently() {
    let (mut whole, mut with_conflicts, mut with_new_ids) = (0, 0, 0);
    for seed in 0..CASES {
        let [base, ours, theirs] = case(seed);
        let Merged { value, theirs, conflicts, renamed } = merge(&journey(), Some(&base), &ours, &theirs);
        let said = words(&told(&conflicts));
        for side in [&ours, &theirs] {
            // Words that a side wrote are in the result, those that it took away are not; or a conflict tells of them.
            let (before, after, now) = (words(&base), words(side), words(&value));
            for word in after.difference(&before) {
                assert!(now.contains(word) || said.contains(word), "seed {seed}: `{word}` is lost\n{value:#}");
            }
            for word in before.difference(&after) {
                assert!(!now.contains(word) || said.contains(word), "seed {seed}: `{word}` is back\n{value:#}");
            }
            for place in changed(&base, side) {
                let list = [side, &base].iter().any(|of| place.find(of).is_some_and(Value::is_array));
                let same = place.find(&value) == place.find(side);
                assert!(list || same || covered(&place, &conflicts), "seed {seed}: {place}\n{value:#}");
            }
            for (id, step) in side["Activities"].as_object().expect("steps") {
                percentages(seed, &base, &value, &conflicts, id, step);
            }
        }
        for id in dangling(&value) {
            let place = model::path!["Activities", &id];
            assert!(covered(&place, &conflicts), "seed {seed}: nothing tells that `{id}` is gone");
        }
        whole += usize::from(conflicts.is_empty() && value != ours && value != theirs);
        with_conflicts += usize::from(!conflicts.is_empty());
        with_new_ids += usize::from(!renamed.is_empty());
    }
    assert!(whole > 150 && with_conflicts > 100 && with_new_ids > 50, "{whole} {with_conflicts} {with_new_ids}");
}

/// A percentage that a side gave a branch is the branch's in the result.
fn percentages(seed: u64, base: &Value, merged: &Value, conflicts: &[Conflict], id: &str, step: &Value) {
    let list = |journey: &Value| journey["Activities"][id]["RandomSplit"]["Branches"].as_array().cloned();
    let place = model::path!["Activities", id, "RandomSplit", "Branches"];
    let (Some(before), Some(after)) = (list(base), step["RandomSplit"]["Branches"].as_array()) else { return };
    let Some(now) = list(merged) else { return };
    if covered(&place, conflicts) || before.len() != after.len() || before.len() != now.len() {
        return;
    }
    for (index, branch) in after.iter().enumerate() {
        let of = |list: &[Value]| list[index]["Percentage"].clone();
        let same_way = before[index]["NextActivity"] == branch["NextActivity"];
        if same_way && of(&before) != of(after) {
            assert_eq!(of(&now), of(after), "seed {seed}: {id}");
        }
    }
}

#[test]
fn both_orders_of_a_merge_agree() {
    let mut compared = 0;
    for seed in 0..CASES {
        let [base, ours, theirs] = case(seed);
        let one = merge(&journey(), Some(&base), &ours, &theirs);
        let other = merge(&journey(), Some(&base), &theirs, &ours);
        assert_eq!(one.renamed.len(), other.renamed.len(), "seed {seed}");
        if !one.renamed.is_empty() {
            continue;
        }
        // What still leads to a removed step depends on whose ways stay in other conflicts.
        let places = |merged: &Merged| -> BTreeSet<Path> {
            let own = merged.conflicts.iter().filter(|conflict| !conflict.reason.ends_with("leads to it"));
            own.map(|conflict| conflict.path.clone()).collect()
        };
        assert_eq!(places(&one), places(&other), "seed {seed}");
        assert_eq!(one.conflicts.is_empty(), other.conflicts.is_empty(), "seed {seed}");
        if one.conflicts.is_empty() {
            assert_eq!(sorted(one.value), sorted(other.value), "seed {seed}");
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared}");
}

/// A merge of journeys with these steps, as places of conflicts and the steps of the result.
fn steps(base: Value, ours: Value, theirs: Value) -> (Vec<String>, Value) {
    let whole = |steps: Value| json!({"Name": "j", "Activities": steps});
    let merged = merge(&journey(), Some(&whole(base)), &whole(ours), &whole(theirs));
    (merged.conflicts.iter().map(|c| c.path.to_string()).collect(), merged.value["Activities"].clone())
}

#[test]
fn a_step_that_one_side_removes_and_the_other_leads_to_is_a_conflict_and_stays_where_ours_has_it() {
    let base = json!({"a": {"Wait": {}}, "b": {"Wait": {}}});
    let leads = json!({"a": {"Wait": {"NextActivity": "b"}}, "b": {"Wait": {}}});
    let gone = json!({"a": {"Wait": {}}});
    assert_eq!(steps(base.clone(), leads.clone(), gone.clone()), (vec!["Activities.b".to_owned()], leads));
    let (conflicts, result) = steps(base, gone, json!({"a": {"Wait": {"NextActivity": "b"}}, "b": {"Wait": {}}}));
    assert_eq!(conflicts, ["Activities.b"]);
    assert_eq!(result, json!({"a": {"Wait": {"NextActivity": "b"}}}));
}

#[test]
fn what_excludes_each_other_does_not_come_together() {
    let of = |time: Value| json!({"w": {"Wait": {"WaitTime": time}}});
    let base = of(json!({"WaitFor": "P1D"}));
    let ours = of(json!({"WaitFor": "P2D"}));
    let theirs = of(json!({"WaitUntil": "2026-12-01T00:00:00Z"}));
    assert_eq!(steps(base, ours.clone(), theirs), (vec!["Activities.w.Wait.WaitTime".to_owned()], ours));
    let of = |kind: &str| json!({"w": {kind: {"NextActivity": ""}}});
    assert_eq!(steps(of("EMAIL"), of("SMS"), of("PUSH")), (vec!["Activities.w".to_owned()], of("SMS")));
}

#[test]
fn new_steps_of_one_id_are_two_steps() {
    let base = json!({"Name": "j", "StartActivity": "a", "Activities": {"a": {"Wait": {}}}});
    let ours = json!({"Name": "j", "StartActivity": "a", "Activities": {"a": {"Wait": {"NextActivity": "email1"}},
        "email1": {"EMAIL": {"TemplateName": "mine"}}}});
    let theirs = json!({"Name": "j", "StartActivity": "email1", "Activities": {"a": {"Wait": {}},
        "email1": {"EMAIL": {"TemplateName": "yours", "NextActivity": "split1"}},
        "split1": {"ConditionalSplit": {"Condition": {"Conditions": [{"EventCondition": {"MessageActivity": "email1"}}]},
            "TrueActivity": "a"}}}});
    let merged = merge(&journey(), Some(&base), &ours, &theirs);
    assert_eq!(merged.conflicts, []);
    assert_eq!((merged.renamed[0].from.as_str(), merged.renamed[0].to.as_str()), ("email1", "email2"));
    assert_eq!(merged.value["StartActivity"], "email2");
    assert_eq!(merged.value["Activities"]["email1"]["EMAIL"]["TemplateName"], "mine");
    assert_eq!(merged.value["Activities"]["email2"]["EMAIL"]["TemplateName"], "yours");
    let asked = "/Activities/split1/ConditionalSplit/Condition/Conditions/0/EventCondition/MessageActivity";
    assert_eq!(merged.value.pointer(asked), Some(&json!("email2")));
}

#[test]
fn lists_go_together_by_what_their_elements_are_about() {
    let random = |branches: Value| json!({"r": {"RandomSplit": {"Branches": branches}}});
    let branch = |percent: u32, next: &str| json!({"Percentage": percent, "NextActivity": next});
    let base = random(json!([branch(50, "a"), branch(50, "b")]));
    // one retargets a branch, the other changes its share
    let (conflicts, result) = steps(
        base.clone(),
        random(json!([branch(50, "c"), branch(50, "b")])),
        random(json!([branch(40, "a"), branch(60, "b")])),
    );
    assert_eq!((conflicts, result), (vec![], random(json!([branch(40, "c"), branch(60, "b")]))));
    // one adds a branch, the other changes a share
    let (conflicts, result) = steps(
        base.clone(),
        random(json!([branch(50, "a"), branch(30, "x"), branch(50, "b")])),
        random(json!([branch(50, "a"), branch(20, "b")])),
    );
    assert_eq!((conflicts, result), (vec![], random(json!([branch(50, "a"), branch(30, "x"), branch(20, "b")]))));
    // one takes away what the other changes; both put something at one place; both change the order
    let whole = vec!["Activities.r.RandomSplit.Branches".to_owned()];
    let cases = [
        (json!([branch(50, "b")]), json!([branch(10, "a"), branch(50, "b")])),
        (
            json!([branch(50, "a"), branch(50, "b"), branch(1, "x")]),
            json!([branch(50, "a"), branch(50, "b"), branch(2, "y")]),
        ),
        (json!([branch(50, "b"), branch(50, "a")]), json!([branch(50, "a"), branch(1, "x"), branch(50, "b")])),
    ];
    for (ours, theirs) in cases {
        let (conflicts, result) = steps(base.clone(), random(ours.clone()), random(theirs));
        assert_eq!((&conflicts, result), (&whole, random(ours)));
    }
    // words are a set
    let segment = |values: Value| json!({"Dimensions": {"Attributes": {"Plan": {"Values": values}}}});
    let merged = merge(
        &DocumentId::Segment("s".to_owned()),
        Some(&segment(json!(["a", "b"]))),
        &segment(json!(["b", "c"])),
        &segment(json!(["d", "a", "b"])),
    );
    assert_eq!(merged.conflicts, []);
    assert_eq!(merged.value, segment(json!(["d", "b", "c"])));
}

#[test]
fn the_later_stamp_counts_and_a_journey_without_ancestor_is_merged_by_members() {
    let ours = json!({"Name": "j", "LastModifiedDate": "2026-01-02", "Limits": {"DailyCap": 1}, "Activities": {}});
    let theirs = json!({"Name": "j", "LastModifiedDate": "2026-01-03", "Limits": {"MessagesPerSecond": 2}});
    let merged = merge(&journey(), None, &ours, &theirs);
    assert_eq!(merged.conflicts, []);
    assert_eq!(merged.value["LastModifiedDate"], "2026-01-03");
    assert_eq!(merged.value["Limits"], json!({"DailyCap": 1, "MessagesPerSecond": 2}));
}
