//! What the window asks about a simulated run, through the bridge as it asks it.
#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use std::fs;
use std::path::Path;

use bridge::{
    Command, Compare, Deed, Expect, Failure, FindPeople, Flow, Generate, ManyRuns, MessageColumn, MessageLine,
    Messages, Moment, OpenPath, Person, Promise, Promised, Promises, Simulate, Test, Verdict, Waiting, Who,
    WriteMessages,
};
use model::time::{DAY, HOUR};
use model::{Change, DocumentId, Project};
use serde_json::json;
use workbench::examples::Examples;
use workbench::{Settings, Workbench};

/// A copy of an example whose people respond by the model, opened.
struct Desk {
    workbench: Workbench,
    folder: tempfile::TempDir,
    project: Project,
}

impl Desk {
    async fn open() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        Examples::default().copy("onboarding", folder.path()).unwrap();
        fs::remove_dir_all(folder.path().join("events")).unwrap();
        // Fewer made-up lives: here it is asked whether they are looked at, not how many.
        for entry in fs::read_dir(folder.path().join("expectations")).unwrap().map(Result::unwrap) {
            let text = fs::read_to_string(entry.path()).unwrap();
            fs::write(entry.path(), text.replace("[promises]", "[promises]\ntries = 20")).unwrap();
        }
        let settings = Settings { data: Some(folder.path().join(".data")), start_local: false, ..Settings::default() };
        let workbench = Workbench::start(settings).unwrap();
        let desk = Desk { workbench, folder, project: Project::default() };
        let project = desk.ask(OpenPath { path: desk.path() }).await.project;
        Desk { project, ..desk }
    }

    fn path(&self) -> String {
        self.folder.path().display().to_string()
    }

    async fn try_ask<C: Command>(&self, command: C) -> Result<C::Answer, Failure> {
        let answer = self.workbench.call(C::NAME, &serde_json::to_string(&command).unwrap()).await;
        answer.map(|text| serde_json::from_str(&text).unwrap()).map_err(|text| serde_json::from_str(&text).unwrap())
    }

    async fn ask<C: Command>(&self, command: C) -> C::Answer {
        self.try_ask(command).await.unwrap_or_else(|failure| panic!("{}: {failure:?}", C::NAME))
    }

    async fn run(&self) -> bridge::SimulationView {
        self.ask(Simulate {
            project: self.project.clone(),
            folder: Some(self.path()),
            journey: "welcome-series".to_owned(),
            seed: Some(3),
            start: None,
        })
        .await
    }
}

#[tokio::test]
async fn counts_over_time_end_as_the_run_and_name_who_waits() {
    let desk = Desk::open().await;
    let view = desk.run().await;
    let flow = desk.ask(Flow { run_id: view.run_id }).await;
    assert!((1..=500).contains(&flow.series.len()), "{}", flow.series.len());
    let sends: u64 = flow.series.activities.iter().flat_map(|of| &of.sends).sum();
    assert_eq!(sends, view.run.messages);
    for (of, counts) in flow.series.connections.iter().zip(&view.run.connections) {
        assert_eq!((&of.from, of.taken.iter().sum::<u64>()), (&counts.from, counts.count));
    }
    let (busiest, most) = flow.busiest.unwrap();
    assert!(most > 0 && busiest >= flow.series.start);
    let mut asked = 0;
    for of in &flow.series.activities {
        let Some(step) = of.waiting.iter().position(|waiting| *waiting > 0) else { continue };
        let at = flow.series.at(step + 1) - 1;
        let there = desk.ask(Waiting { run_id: view.run_id, activity: of.id.clone(), at }).await;
        assert_eq!(there.count, of.waiting[step], "{}", of.id);
        assert_eq!(there.people.len() as u64, there.count.min(60));
        asked += 1;
    }
    assert!(asked > 0);
    let wrong = desk.try_ask(Waiting { run_id: view.run_id, activity: "nowhere".into(), at: 0 }).await.unwrap_err();
    assert!(wrong.message.contains("`nowhere`"), "{wrong:?}");
    assert!(desk.try_ask(Flow { run_id: 99 }).await.unwrap_err().help.contains("simulate again"));
}

#[tokio::test]
async fn a_run_is_gone_through_from_event_to_event_and_back() {
    let desk = Desk::open().await;
    let run_id = desk.run().await.run_id;
    let flow = desk.ask(Flow { run_id }).await;
    let go = async |from, back| desk.ask(Moment { run_id, from, back }).await;
    let first = go(None, false).await.unwrap();
    let at = |moment: &bridge::Series| moment.at(2) - 1;
    assert_eq!(flow.series.step_of(at(&first)), 0);
    let second = go(Some(at(&first)), false).await.unwrap();
    assert!(at(&second) > at(&first));
    assert_eq!(go(Some(at(&second)), true).await, Some(first.clone()));
    assert_eq!(go(Some(at(&first)), true).await, None);
    let last = go(None, true).await.unwrap();
    assert_eq!(flow.series.step_of(at(&last)), flow.series.len() - 1);
    assert_eq!(go(Some(at(&last)), false).await, None);
    let mut asked = 0;
    for of in second.activities.iter().filter(|of| of.waiting[1] > 0) {
        let there = desk.ask(Waiting { run_id, activity: of.id.clone(), at: at(&second) }).await;
        assert_eq!(there.count, of.waiting[1], "{}", of.id);
        asked += 1;
    }
    assert!(asked > 0);
}

#[tokio::test]
async fn a_person_is_found_reads_messages_and_may_do_something_else() {
    let desk = Desk::open().await;
    let view = desk.run().await;
    let run_id = view.run_id;
    let someone = view.people.iter().find(|person| person.messages > 1).unwrap();
    let id = someone.person.split_once(':').unwrap().1;
    let found = desk.ask(FindPeople { run_id, text: id.to_uppercase() }).await;
    assert!(found.iter().any(|person| person.person == someone.person), "{found:?}");
    assert_eq!(desk.ask(FindPeople { run_id, text: "no such person".into() }).await, []);

    let who = Who::Known(someone.person.clone());
    let told = desk.ask(Person { run_id, who: who.clone(), deeds: Vec::new() }).await;
    let mail = told.messages.iter().find(|message| message.activity == "welcomeEmail").unwrap();
    assert!(mail.problem.is_none(), "{mail:?}");
    assert!(mail.parts.iter().any(|(name, text)| name == "Subject" && !text.contains("{{")), "{mail:?}");
    assert!(!mail.why.is_empty());

    let open = |at| Deed { at, activity: Some("welcomeEmail".to_owned()), event_type: "_email.open".to_owned() };
    let opened = desk.ask(Person { run_id, who: who.clone(), deeds: vec![open(mail.at + HOUR)] }).await;
    assert_eq!(opened.without_effect, Vec::<usize>::new());
    let says_open = |view: &bridge::PersonView| view.story.steps.iter().any(|step| step.text.contains("_email.open"));
    assert!(says_open(&opened));
    let early = desk.ask(Person { run_id, who, deeds: vec![open(mail.at - HOUR)] }).await;
    assert_eq!(early.without_effect, [0]);

    let endpoint = json!({"ChannelType": "EMAIL", "Address": "sam@example.com",
        "Demographic": {"Timezone": "Europe/Berlin"}, "User": {"UserId": "sam", "UserAttributes": {"FirstName": ["Sam"]}}});
    let invented = desk.ask(Person { run_id, who: Who::Invented(vec![endpoint]), deeds: Vec::new() }).await;
    assert_eq!(invented.story.person, "user:sam");
    assert!(!invented.story.steps.is_empty());
    let wrong = Person { run_id, who: Who::Invented(vec![json!({"ChannelType": "PIGEON"})]), deeds: Vec::new() };
    assert!(desk.try_ask(wrong).await.unwrap_err().help.contains("ChannelType"));
    let nobody = Person { run_id, who: Who::Invented(Vec::new()), deeds: Vec::new() };
    assert_eq!(desk.try_ask(nobody).await.unwrap_err().message, "nobody is described");
}

#[tokio::test]
async fn the_table_is_sorted_searched_and_written() {
    let desk = Desk::open().await;
    let view = desk.run().await;
    let query =
        |text: &str, by, descending, from| Messages { run_id: view.run_id, text: text.into(), by, descending, from };
    let first = desk.ask(query("", MessageColumn::Time, false, 0)).await;
    assert!(first.rows.len() == 100.min(first.total as usize) && first.rows.is_sorted_by_key(|row| row.at));
    let last = desk.ask(query("", MessageColumn::Time, true, 0)).await;
    assert!(last.rows.is_sorted_by(|a, b| a.at >= b.at) && last.total == first.total);
    let rest = desk.ask(query("", MessageColumn::Person, false, first.total - 1)).await;
    assert_eq!(rest.rows.len(), 1);
    let some = desk.ask(query("WELCOMEEMAIL", MessageColumn::Activity, false, 0)).await;
    assert!(some.total > 0 && some.total < first.total && some.rows.iter().all(|row| row.activity == "welcomeEmail"));
    let named = desk.ask(query("easy vegetables", MessageColumn::Activity, false, 0)).await;
    let called = |row: &MessageLine| row.label == "Reminder with easy vegetables" && row.activity != row.label;
    assert!(named.total > 0 && named.rows.iter().all(called), "steps are found by what the canvas calls them too");
    let by_step = desk.ask(query("", MessageColumn::Activity, true, 0)).await;
    assert!(by_step.rows.is_sorted_by(|a, b| a.label >= b.label));
    let path = desk.folder.path().join("out.csv");
    let write = |path: &Path| WriteMessages { run_id: view.run_id, path: path.display().to_string(), render: false };
    assert_eq!(desk.ask(write(&path)).await, first.total);
    let lines = fs::read_to_string(&path).unwrap().lines().count() as u64;
    assert_eq!(lines, first.total + 1);
    assert!(desk.try_ask(write(Path::new("out.doc"))).await.unwrap_err().help.contains(".csv"));
    assert!(desk.try_ask(write(Path::new(" "))).await.is_err());
}

#[tokio::test]
async fn many_runs_hold_the_run_in_their_bands() {
    let desk = Desk::open().await;
    let view = desk.run().await;
    let bands = desk.ask(ManyRuns { run_id: view.run_id, runs: 30 }).await;
    assert_eq!((bands.runs, bands.seed), (30, 3));
    assert!(bands.messages.low <= view.run.messages && view.run.messages <= bands.messages.high, "{bands:?}");
    assert!(desk.try_ask(ManyRuns { run_id: view.run_id, runs: 1 }).await.is_err());
}

#[tokio::test]
async fn another_version_is_compared_by_what_people_get() {
    let desk = Desk::open().await;
    let mut changed = desk.project.clone();
    let journey = changed.documents.get_mut(&DocumentId::Journey("welcome-series".into())).unwrap();
    let mut waits = 0;
    for (_, activity) in journey["Activities"].as_object_mut().unwrap() {
        if let Some(wait) = activity.get_mut("Wait") {
            wait["WaitTime"] = json!({"WaitFor": "P9D"});
            waits += 1;
        }
    }
    assert!(waits > 0);
    let view = desk.run().await;
    let compare = |before: &Project| Compare {
        run_id: view.run_id,
        before: before.clone(),
        journey: "welcome-series".into(),
        after: desk.project.clone(),
    };
    let same = desk.ask(compare(&desk.project)).await;
    assert_eq!((same.different, same.examples.len(), same.steps.len()), (0, 0, 0));
    let found = desk.ask(compare(&changed)).await;
    assert!(found.different > 0 && found.different <= found.people, "{found:?}");
    assert_eq!(found.examples.len(), 5.min(found.different as usize));
    assert!(found.examples.iter().all(|example| example.before != example.after));
    assert!((1..=waits).contains(&found.steps.len()), "{:?}", found.steps);
    let gone = desk.try_ask(Compare { journey: "gone".into(), ..compare(&desk.project) }).await.unwrap_err();
    assert!(gone.message.contains("`gone`"), "{gone:?}");

    // A text that was written anew is something else for those who get it.
    let mut rewritten = desk.project.clone();
    let welcome = desk.project.documents[&DocumentId::Journey("welcome-series".into())].clone();
    let name = welcome["Activities"]["welcomeEmail"]["EMAIL"]["TemplateName"].as_str().unwrap();
    let template = DocumentId::Template(model::TemplateKind::Email, name.to_owned());
    rewritten.documents.get_mut(&template).unwrap()["Subject"] = json!("Another subject");
    let found = desk.ask(compare(&rewritten)).await;
    assert!(found.different > 0 && found.steps.is_empty(), "{found:?}");
}

#[tokio::test]
async fn a_story_becomes_an_expectation_that_holds_until_the_journey_changes() {
    let desk = Desk::open().await;
    let view = desk.run().await;
    let run_id = view.run_id;
    let someone = view.people.iter().find(|person| person.messages > 1).unwrap();
    let known = Person { run_id, who: Who::Known(someone.person.clone()), deeds: Vec::new() };
    let expect = |name: &str, person: Person| Expect { folder: desk.path(), name: name.into(), person };
    assert_eq!(desk.ask(expect("as in the run", known.clone())).await.0, "expectations/from-stories.toml");
    let endpoint = json!({"ChannelType": "EMAIL", "Address": "sam@example.com",
        "Demographic": {"Timezone": "Europe/Berlin"}, "User": {"UserId": "sam", "UserAttributes": {"FirstName": ["Sam"]}}});
    let invented = Person { run_id, who: Who::Invented(vec![endpoint]), deeds: Vec::new() };
    desk.ask(expect("sam", invented)).await;
    assert!(desk.try_ask(expect("sam", known.clone())).await.unwrap_err().message.contains("already"));
    assert!(desk.try_ask(expect(" ", known)).await.is_err());

    let test = |project: &Project| Test { project: project.clone(), folder: desk.path() };
    let ours = |report: &bridge::TestReport| -> Vec<Verdict> {
        let ours = report.outcomes.iter().filter(|outcome| outcome.file.ends_with("from-stories.toml"));
        ours.map(|outcome| outcome.verdict).collect()
    };
    let report = desk.ask(test(&desk.project)).await;
    assert_eq!(ours(&report), [Verdict::Passed, Verdict::Passed], "{:#?}", report.outcomes);
    let mut changed = desk.project.clone();
    let journey = changed.documents.get_mut(&DocumentId::Journey("welcome-series".into())).unwrap();
    journey["Activities"]["welcomeEmail"] = json!({"Wait": {"WaitTime": {"WaitFor": "P1D"}}});
    assert!(!ours(&desk.ask(test(&changed)).await).contains(&Verdict::Passed));
}

#[tokio::test]
async fn promises_are_switched_in_the_file_that_has_them_and_paths_are_found() {
    let desk = Desk::open().await;
    let asked = |journey: &str| Promised { folder: desk.path(), journey: journey.into() };
    let put = |journey: &str, promises: Promises| Promise { folder: desk.path(), journey: journey.into(), promises };
    let before = desk.ask(asked("verify-address")).await;
    let wanted = Promises { nobody_stranded: true, leaves_within: Some(30 * DAY), at_most: vec![(3, DAY)], ..before };
    let edit = desk.ask(put("verify-address", wanted.clone())).await;
    let [Change::File { file, .. }] = edit.changes.as_slice() else { panic!("{edit:?}") };
    assert_eq!(desk.ask(asked("verify-address")).await, wanted);
    let report = desk.ask(Test { project: desk.project.clone(), folder: desk.path() }).await;
    assert!(report.promises.iter().filter(|kept| kept.file == *file).count() >= 3, "{:?}", report.promises);
    desk.ask(put("verify-address", Promises::default())).await;
    assert_eq!(desk.ask(asked("verify-address")).await, Promises::default());
    let never = Promises { leaves_within: Some(0), ..Promises::default() };
    assert!(desk.try_ask(put("verify-address", never)).await.is_err());

    let made = desk.ask(Generate { project: desk.project.clone(), folder: desk.path() }).await;
    assert!(made.people > 0 && desk.folder.path().join(&made.file).is_file(), "{made:?}");
}
