//! A journal brings back what was done, whatever was done and wherever it was cut.

#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

mod generate;

use generate::{Tape, fixed, places, tapes};
use model::history::{Act, History, newest};
use model::journal::{self, Entry, Line, Misfit, Session, Start};
use model::{Change, DocumentId, Edit, Project, path};
use proptest::prelude::*;
use serde_json::{Value, json};

fn files() -> Project {
    let mut project = Project::default();
    let journey =
        json!({"Name": "welcome", "Activities": {"a": {"Wait": {"WaitTime": {"WaitFor": "P1D"}}}}, "Limits": {}});
    project.documents.insert(DocumentId::Journey("welcome".to_owned()), journey);
    project.documents.insert(DocumentId::Segment("vip".to_owned()), json!({"Name": "vip", "Groups": [1, 2.50, "x"]}));
    project
}

/// Some act: mostly an edit somewhere, at times one that does not fit; undo and redo in between.
fn act(tape: &mut Tape, project: &Project) -> Act {
    let edit = |label: &str, change| Act::Edit(Edit { label: label.to_owned(), changes: vec![change] });
    match tape.below(8) {
        0 => return Act::Undo,
        1 => return Act::Redo,
        2 => {
            let prices = path!["simulation", "prices"];
            let places = [path!["name"], path!["simulation", "seed"], prices.join("sms"), prices.join("email"), prices];
            let values = [json!("Shop"), json!(7), json!(0.02), json!({"sms": 0.10}), json!([])];
            let value = tape.chance(70).then(|| values[tape.below(5)].clone());
            return edit("Set", Change::Setting { path: places[tape.below(5)].clone(), value });
        }
        3 => {
            let content = |tape: &mut Tape| [None, Some("a".repeat(64)), Some("b".repeat(64))][tape.below(3)].clone();
            let (from, to) = (content(tape), content(tape));
            return edit("Import", Change::File { file: "endpoints/people.csv".to_owned(), from, to });
        }
        _ => {}
    }
    let mut documents: Vec<DocumentId> = project.documents.keys().cloned().collect();
    documents.push(DocumentId::Journey(format!("new-{}", tape.below(3))));
    let document = documents[tape.below(documents.len())].clone();
    let path = project.documents.get(&document).map(|root| {
        let all = places(root);
        let path = all[tape.below(all.len())].clone();
        if tape.chance(40) { path.join(["Name", "one", "two"][tape.below(3)]) } else { path }
    });
    let path = path.unwrap_or_default();
    let value =
        [json!({"one": [], "Name": "é\n\"x\""}), json!(1.50), json!([1, {}]), json!("text")][tape.below(4)].clone();
    let change = match tape.below(4) {
        0 => Change::Remove { document, path },
        1 => Change::Insert { document, path, value },
        _ => Change::Set { document, path, value, position: tape.chance(30).then(|| tape.below(3)) },
    };
    Act::Edit(Edit { label: format!("Edit {}", tape.below(9)), changes: vec![change] })
}

/// Does `count` acts; answers the state after each, and the journal's lines.
fn perform(tape: &mut Tape, files: &Project, count: usize) -> (Vec<Session>, Vec<String>) {
    let mut session = Session { project: files.clone(), history: History::default() };
    let start = Start::of(&session, files, None, 0);
    let mut lines = vec![journal::write(&Line::Start(Box::new(start))).unwrap()];
    let mut states = vec![session.clone()];
    for at in 1..=count {
        let act = act(tape, &session.project);
        let before = session.clone();
        match session.history.act(&mut session.project, &act) {
            Ok(true) => {
                lines.push(journal::write(&Line::Entry(Entry { at: at as i64, act })).unwrap());
                states.push(session.clone());
            }
            Ok(false) | Err(_) => assert_eq!(session, before, "{act:?}"),
        }
    }
    (states, lines)
}

fn same(a: &Session, b: &Session) {
    assert_eq!(a, b);
    // to the last byte: equality does not see the order of members
    let texts = |s: &Session| (serde_json::to_string(&s.project).unwrap(), serde_json::to_string(&s.history).unwrap());
    assert_eq!(texts(a), texts(b));
}

#[test]
fn a_thousand_random_acts_come_back_and_all_of_them_can_be_undone() {
    for seed in 0..20 {
        let files = files();
        let (states, lines) = perform(&mut Tape::endless(seed), &files, 1_000);
        let done = states.last().unwrap();
        let mut back = journal::replay(lines.concat().as_bytes(), &files).unwrap().session;
        same(&back, done);
        while back.history.act(&mut back.project, &Act::Undo).unwrap() {}
        assert_eq!(serde_json::to_string(&back.project).unwrap(), serde_json::to_string(&files).unwrap());
    }
}

#[test]
fn an_edit_to_another_state_leads_there_and_back() {
    let files = files();
    let (states, _) = perform(&mut Tape::endless(7), &files, 200);
    let mut session = states.last().unwrap().clone();
    let mine = session.project.clone();
    let edit = journal::edit_to("Drop", &mine, &files);
    session.history.act(&mut session.project, &Act::Edit(edit)).unwrap();
    assert_eq!(session.project.documents, files.documents);
    session.history.act(&mut session.project, &Act::Undo).unwrap();
    assert_eq!(session.project, mine);
}

#[test]
fn settings_that_are_not_saved_come_back_beside_others_that_changed() {
    let before = files();
    let mut session = Session { project: before.clone(), history: History::default() };
    let price = json!({"sms": 0.02});
    let change = Change::Setting { path: path!["simulation", "prices"], value: Some(price.clone()) };
    let act = Act::Edit(Edit { label: "Change price of an SMS to 0.02".to_owned(), changes: vec![change] });
    assert!(session.history.act(&mut session.project, &act).unwrap());
    let start = journal::write(&Line::Start(Box::new(Start::of(&session, &before, None, 5)))).unwrap();
    let mut others = before.clone();
    others.settings.description = "written by hand meanwhile".to_owned();
    let mut back = journal::replay(start.as_bytes(), &others).unwrap().session;
    assert_eq!(serde_json::to_value(&back.project.settings.simulation.prices).unwrap(), price);
    assert_eq!(back.project.settings.description, others.settings.description);
    back.history.act(&mut back.project, &Act::Undo).unwrap();
    assert_eq!(back.project, others);
    // a journal of before knows nothing of settings
    let old = start.replace("\"set\":", "\"unknown\":");
    assert_eq!(journal::replay(old.as_bytes(), &others).unwrap().session.project, others);
}

#[test]
fn a_step_that_is_passed_over_is_gone_from_its_list_alone() {
    let files = files();
    let (states, _) = perform(&mut Tape::endless(11), &files, 100);
    let mut session = states.last().unwrap().clone();
    session.history.act(&mut session.project, &Act::Undo).unwrap();
    let before = session.clone();
    for redo in [false, true] {
        assert!(session.history.act(&mut session.project, &Act::Pass { redo }).unwrap());
    }
    assert_eq!(session.project, before.project);
    let History { undo, redo, .. } = &before.history;
    assert_eq!(session.history.undo, undo[..undo.len() - 1]);
    assert_eq!(session.history.redo, redo[..redo.len() - 1]);
    let mut empty = Session::default();
    assert!(!empty.history.act(&mut empty.project, &Act::Pass { redo: false }).unwrap());
}

#[test]
fn ten_thousand_named_edits_stay() {
    let files = files();
    let mut session = Session { project: files.clone(), history: History::default() };
    let id = DocumentId::Journey("welcome".to_owned());
    for i in 0..10_000 {
        let edit = Edit::new(format!("Move {i}")).set(&id, path!["Name"], json!(i));
        session.history.act(&mut session.project, &Act::Edit(edit)).unwrap();
    }
    let line = journal::write(&Line::Start(Box::new(Start::of(&session, &files, None, 5)))).unwrap();
    let back = journal::replay(line.as_bytes(), &files).unwrap();
    same(&back.session, &session);
    assert_eq!(back.session.history.undo.last().unwrap().label, "Move 9999");
}

proptest! {
    #![proptest_config(fixed(300))]

    #[test]
    fn cut_anywhere_the_whole_lines_count(mut tape in tapes(400), cut in any::<u16>()) {
        let files = files();
        let (states, lines) = perform(&mut tape, &files, 30);
        let text = lines.concat();
        let cut = lines[0].len() + usize::from(cut) % (text.len() - lines[0].len() + 1);
        let replayed = journal::replay(&text.as_bytes()[..cut], &files).unwrap();
        let kept = text.as_bytes()[..cut].iter().filter(|b| **b == b'\n').count();
        same(&replayed.session, &states[kept - 1]);
        prop_assert_eq!(replayed.whole, lines[..kept].concat().len());
    }

    #[test]
    fn compacted_anywhere_it_says_the_same(mut tape in tapes(400), at in any::<u16>()) {
        let files = files();
        let (states, lines) = perform(&mut tape, &files, 30);
        let at = usize::from(at) % lines.len();
        let start = Start::of(&states[at], &files, None, 0);
        let text = journal::write(&Line::Start(Box::new(start))).unwrap() + &lines[at + 1..].concat();
        same(&journal::replay(text.as_bytes(), &files).unwrap().session, states.last().unwrap());
    }

    #[test]
    fn a_save_that_was_cut_short_fits_and_other_files_do_not(mut tape in tapes(400), written in any::<u16>()) {
        let before = files();
        let (states, _) = perform(&mut tape, &before, 30);
        let done = states.last().unwrap();
        let line = journal::write(&Line::Start(Box::new(Start::of(done, &before, None, 0)))).unwrap();
        // some documents were written already, some were not
        let changed = journal::changed(&before, &done.project);
        let mut half = before.clone();
        let some = changed.into_iter().enumerate().filter(|(i, _)| written >> (i % 16) & 1 == 1);
        journal::put(&mut half, some.map(|(_, document)| document).collect());
        prop_assert_eq!(&journal::replay(line.as_bytes(), &half).unwrap().session, done);

        let other = DocumentId::Segment("theirs".to_owned());
        half.documents.insert(other.clone(), Value::Null);
        prop_assert_eq!(journal::replay(line.as_bytes(), &half), Err(Misfit::Files(vec![other])));
    }
}

#[test]
fn a_damaged_line_an_entry_that_does_not_fit_and_another_form_are_told() {
    let files = files();
    let (_, lines) = perform(&mut Tape::endless(3), &files, 20);
    let replay = |text: String| journal::replay(text.as_bytes(), &files);
    assert!(matches!(replay(String::new()), Err(Misfit::Damaged { line: 1, .. })));
    assert!(matches!(replay(lines[1].clone()), Err(Misfit::Damaged { line: 1, .. })));
    assert!(matches!(replay(lines[0].clone() + "{}\n" + &lines[1]), Err(Misfit::Damaged { line: 2, .. })));
    assert!(matches!(replay(lines[0].clone() + &lines[0]), Err(Misfit::Damaged { line: 2, .. })));
    let edit = Edit::new("x").set(&DocumentId::Segment("nobody".to_owned()), path!["Name"], json!(1));
    let entry = journal::write(&Line::Entry(Entry { at: 1, act: Act::Edit(edit) })).unwrap();
    assert!(matches!(replay(lines[0].clone() + &entry), Err(Misfit::Damaged { line: 2, .. })));
    let newer = lines[0].replace("\"version\":1", "\"version\":2");
    assert_eq!(replay(newer), Err(Misfit::Version(2)));
}

#[test]
fn the_newest_edits_are_those_that_have_room() {
    let (states, _) = perform(&mut Tape::endless(5), &files(), 200);
    let list = &states.last().unwrap().history.undo;
    let size = |edits: &[Edit]| edits.iter().map(|edit| serde_json::to_string(edit).unwrap().len()).sum::<usize>();
    for most in [0, 500, 3_000, usize::MAX] {
        let kept = newest(list, most);
        let fits = size(&list[list.len() - kept..]) <= most;
        assert!(fits || kept == 1, "{kept} in {most}");
        assert!(kept == list.len() || size(&list[list.len() - kept - 1..]) > most, "{kept} in {most}");
    }
    assert_eq!(newest(&[], 500), 0);
}
