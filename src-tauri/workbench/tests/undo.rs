//! One list of undo for every change: settings, tests of the journeys, and people; also after a restart.
#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use bridge::{
    Bring, ChangePerson, Command, Expect, Failure, FailureCode, Generate, Import, Importing, InventPeople, Keep,
    OpenPath, Opened, Person, Promise, Promised, Promises, Save, Simulate, Who,
};
use model::history::{Act, History};
use model::journal::{Entry, put};
use model::time::DAY;
use model::{Edit, Project, edit, naming};
use serde_json::json;
use workbench::examples::Examples;
use workbench::{Settings, Workbench};

/// A window on a copy of an example, and the program behind it.
struct Window {
    place: tempfile::TempDir,
    workbench: Workbench,
    project: Project,
    history: History,
    journal: u64,
    sent: u64,
}

/// Every file of people, lists and expectations, with what is in it.
type Files = BTreeMap<String, Vec<u8>>;

fn start(place: &tempfile::TempDir) -> Workbench {
    let settings = Settings { data: Some(place.path().join("data")), start_local: false, ..Settings::default() };
    Workbench::start(settings).unwrap()
}

impl Window {
    async fn open() -> Window {
        let place = tempfile::tempdir().unwrap();
        Examples::default().copy("onboarding", &place.path().join("shop")).unwrap();
        let workbench = start(&place);
        let (project, history) = Default::default();
        let mut window = Window { place, workbench, project, history, journal: 0, sent: 0 };
        window.reopen().await;
        window
    }

    /// The program ends and starts again.
    async fn restart(&mut self) {
        // The lock goes with the last that holds it.
        self.workbench = start(&tempfile::tempdir().unwrap());
        self.workbench = start(&self.place);
        self.reopen().await;
    }

    async fn reopen(&mut self) {
        let opened: Opened = self.ask(OpenPath { path: self.folder().display().to_string() }).await;
        assert_eq!(opened.aside, None);
        let kept = opened.kept.unwrap_or_default();
        (self.project, self.history, self.journal, self.sent) = (opened.project, kept.history, opened.journal, 0);
        put(&mut self.project, kept.changed);
        if let Some(settings) = kept.settings {
            self.project.settings = settings;
        }
    }

    fn folder(&self) -> PathBuf {
        self.place.path().join("shop")
    }

    fn files(&self) -> Files {
        let mut files = Files::new();
        for part in ["endpoints", "expectations", "segments"] {
            for entry in fs::read_dir(self.folder().join(part)).unwrap().map(Result::unwrap) {
                let name = format!("{part}/{}", entry.file_name().display());
                files.insert(name, fs::read(entry.path()).unwrap());
            }
        }
        files
    }

    async fn try_ask<C: Command>(&self, command: C) -> Result<C::Answer, Failure> {
        let answer = self.workbench.call(C::NAME, &serde_json::to_string(&command).unwrap()).await;
        answer.map(|text| serde_json::from_str(&text).unwrap()).map_err(|text| serde_json::from_str(&text).unwrap())
    }

    async fn ask<C: Command>(&self, command: C) -> C::Answer {
        self.try_ask(command).await.unwrap_or_else(|failure| panic!("{}: {failure:?}", C::NAME))
    }

    /// Does something as the window does: the machine moves files first.
    async fn act(&mut self, act: Act) -> Result<(), Failure> {
        let step = match act {
            Act::Undo => self.history.undo.last(),
            Act::Redo => self.history.redo.last(),
            _ => None,
        };
        let changes = step.map(Edit::files).unwrap_or_default();
        if !changes.is_empty() {
            let outcome = self.try_ask(Bring { folder: self.folder().display().to_string(), changes }).await;
            if let Err(failure) = outcome {
                if failure.code == FailureCode::WouldLose {
                    self.carry_out(Act::Pass { redo: act == Act::Redo }).await;
                }
                return Err(failure);
            }
        }
        self.carry_out(act).await;
        Ok(())
    }

    async fn carry_out(&mut self, act: Act) {
        assert!(self.history.act(&mut self.project, &act).unwrap(), "{act:?}");
        self.ask(Keep { journal: self.journal, first: self.sent, entries: vec![Entry { at: 1, act }] }).await;
        self.sent += 1;
    }

    async fn undo(&mut self) {
        self.act(Act::Undo).await.unwrap();
    }

    async fn redo(&mut self) {
        self.act(Act::Redo).await.unwrap();
    }

    fn name(&self) -> String {
        self.history.undo.last().unwrap().label.clone()
    }

    async fn save(&self) {
        let folder = self.folder().display().to_string();
        let project = self.project.clone();
        let journal = self.journal;
        self.ask(Save { folder, project, removed: Vec::new(), overwrite_damaged: false, journal }).await;
    }

    async fn promise(&self, promises: Promises) -> Edit {
        let (folder, journey) = (self.folder().display().to_string(), "welcome-series".to_owned());
        self.ask(Promise { folder, journey, promises }).await
    }

    async fn change(&self, ids: &[&str], endpoints: Vec<serde_json::Value>) -> Edit {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        self.ask(ChangePerson { folder: self.folder().display().to_string(), ids, endpoints }).await
    }

    async fn import(&self, segment: &str) -> Edit {
        let path = self.place.path().join("more.jsonl");
        let line =
            |id: &str| format!("{{\"Id\":\"{id}\",\"ChannelType\":\"EMAIL\",\"Address\":\"{id}@example.org\"}}\n");
        fs::write(&path, line("ida") + &line("jon")).unwrap();
        let command = Import {
            folder: self.folder().display().to_string(),
            path: path.display().to_string(),
            name: "more.jsonl".to_owned(),
            segment: segment.to_owned(),
            ..Import::default()
        };
        let number = self.ask(command).await;
        loop {
            let view = self.ask(Importing { number, cancel: false }).await;
            if view.ended {
                assert!(view.written.is_some(), "{view:?}");
                return view.edit;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Does the change of that number, and says what it is called.
    async fn nth(&self, number: usize) -> Option<(&'static str, Edit)> {
        let folder = self.folder().display().to_string();
        let people = fs::read_to_string(self.folder().join("endpoints/people.csv")).unwrap();
        let id = people.lines().nth(1).unwrap().split(',').next().unwrap();
        let known = self.ask(Promised { folder: folder.clone(), journey: "welcome-series".to_owned() }).await;
        let somebody = |name: &str| json!({"Id": name, "ChannelType": "EMAIL", "Address": "x@example.org"});
        Some(match number {
            0 => {
                let none = Promises { opt_out: true, at_most: Vec::new(), leaves_within: None, ..known };
                ("", self.promise(none).await)
            }
            1 => {
                let edit = self.promise(Promises { leaves_within: Some(30 * DAY), ..known }).await;
                ("Switch on promise: everyone leaves within 30 days", edit)
            }
            2 => {
                let edit = self.promise(Promises { leaves_within: Some(2 * DAY), ..known }).await;
                ("Change promise: everyone leaves within 2 days", edit)
            }
            3 => {
                let edit = self.promise(Promises { opt_out: false, ..known }).await;
                ("Switch off promise: nobody is messaged after opting out", edit)
            }
            4 => {
                let (project, journey) = (self.project.clone(), "welcome-series".to_owned());
                let run = Simulate { project, folder: Some(folder.clone()), journey, seed: Some(3), start: None };
                let run = self.ask(run).await;
                let who = Who::Known(run.people[0].person.clone());
                let person = Person { run_id: run.run_id, who, deeds: Vec::new() };
                let (file, edit) = self.ask(Expect { folder, name: "as in the run".to_owned(), person }).await;
                assert_eq!(file, "expectations/from-stories.toml");
                ("Expect “as in the run”", edit)
            }
            5 => ("Find every path", self.ask(Generate { project: self.project.clone(), folder }).await.edit),
            6 => ("Add a person", self.change(&[], vec![somebody("gil")]).await),
            7 => ("Change a person", self.change(&["gil"], vec![somebody("gil"), somebody("gil-2")]).await),
            // A person of whom a file has the only rows: it is empty then.
            8 => ("Remove a person", self.change(&["gil", "gil-2"], Vec::new()).await),
            9 => ("Remove a person", self.change(&[id], Vec::new()).await),
            10 => ("Import 2 people", self.import("").await),
            11 => ("Import 2 people", self.import("new-sign-ups").await),
            12 => {
                let command = InventPeople { project: self.project.clone(), folder, count: 3, seed: 9 };
                let invented = self.ask(command).await;
                assert_eq!(invented.edit.label, format!("Invent {} people", invented.endpoints));
                ("", invented.edit)
            }
            _ => return None,
        })
    }
}

#[tokio::test]
async fn every_change_of_files_is_undone_to_the_byte_and_done_again_also_after_a_restart() {
    let mut window = Window::open().await;
    let mut states = vec![window.files()];
    let mut number = 0;
    while let Some((name, edit)) = window.nth(number).await {
        window.act(Act::Edit(edit)).await.unwrap();
        if !name.is_empty() {
            assert_eq!(window.name(), name);
        }
        let after = window.files();
        assert_ne!(states.last(), Some(&after), "{number}: {name}");
        window.undo().await;
        assert_eq!(states.last(), Some(&window.files()), "{number}: {name}");
        window.redo().await;
        assert_eq!(after, window.files(), "{number}: {name}");
        states.push(after);
        number += 1;
    }
    for restarts in [false, true] {
        for state in states.iter().rev().skip(1) {
            if restarts {
                window.restart().await;
            }
            window.undo().await;
            assert_eq!(*state, window.files());
        }
        for state in states.iter().skip(1) {
            if restarts {
                window.restart().await;
            }
            window.redo().await;
            assert_eq!(*state, window.files());
        }
    }
    assert_eq!(
        fs::read_to_string(window.folder().join(".waymark/.gitignore")).unwrap(),
        "*\n",
        "people stay out of git"
    );
}

#[tokio::test]
async fn settings_are_steps_like_others() {
    let mut window = Window::open().await;
    let toml = window.folder().join("waymark.toml");
    let before = (window.project.settings.clone(), fs::read_to_string(&toml).unwrap());
    let price = serde_json::Number::from_f64(0.02).unwrap();
    let mut wanted = before.0.clone();
    let label = naming::price("sms", Some(&price));
    wanted.simulation.prices.insert("sms".to_owned(), price);
    let changes = edit::settings(&before.0, &wanted);
    window.act(Act::Edit(Edit { label, changes })).await.unwrap();
    let priced = wanted.clone();
    wanted.people.mark("Attributes.Plan", true, false);
    let label = naming::mark("Attributes.Plan", true);
    window.act(Act::Edit(Edit { label, changes: edit::settings(&priced, &wanted) })).await.unwrap();

    window.restart().await;
    assert_eq!((window.name().as_str(), &window.project.settings), ("Mark Attributes.Plan as personal", &wanted));
    assert_eq!(fs::read_to_string(&toml).unwrap(), before.1, "nothing was saved");
    window.save().await;
    window.restart().await;
    assert_eq!(window.project.settings, wanted);
    window.undo().await;
    assert_eq!((window.name().as_str(), &window.project.settings), ("Change price of an SMS to 0.02", &priced));
    window.restart().await;
    window.undo().await;
    assert_eq!(window.project.settings, before.0);
    window.redo().await;
    assert_eq!(window.project.settings, priced);
    window.undo().await;
    window.save().await;
    let after = fs::read_to_string(&toml).unwrap();
    let said = |text: &str| toml::from_str::<toml::Table>(text).unwrap();
    assert_eq!(said(&after).get("name"), said(&before.1).get("name"));
    assert!(!after.contains("sms") && !after.contains("Attributes.Plan"), "{after}");
}

#[tokio::test]
async fn what_somebody_else_changed_is_not_written_over_and_does_not_stand_in_the_way() {
    let mut window = Window::open().await;
    let before = window.files();
    let added = window.nth(6).await.unwrap().1;
    window.act(Act::Edit(added)).await.unwrap();
    let between = window.files();
    let imported = window.import("").await;
    window.act(Act::Edit(imported)).await.unwrap();
    let file = window.folder().join("endpoints/more.jsonl");
    let theirs = fs::read_to_string(&file).unwrap().replace("ida", "eve");
    fs::write(&file, &theirs).unwrap();
    let refused = window.act(Act::Undo).await.unwrap_err();
    assert!(refused.message.contains("`endpoints/more.jsonl` was changed by something else since"), "{refused:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), theirs);
    fs::remove_file(&file).unwrap();
    assert_eq!(window.files(), between);
    window.restart().await;
    assert_eq!(window.name(), "Add a person", "the step that was refused is off the list");
    window.undo().await;
    assert_eq!(window.files(), before);

    // What is not kept any more can not come back, and that is told.
    fs::remove_dir_all(window.folder().join(".waymark/contents")).unwrap();
    let refused = window.act(Act::Redo).await.unwrap_err();
    assert!(refused.message.contains("is not kept any more"), "{refused:?}");
    assert!(window.history.redo.is_empty());
    assert_eq!(window.files(), before);

    // No list of steps leads out of the folders of people and tests.
    let outside =
        |file: &str| vec![model::Change::File { file: file.to_owned(), from: None, to: Some("a".repeat(64)) }];
    for file in
        ["waymark.toml", "../shop/endpoints/x.csv", "endpoints/../waymark.toml", "/etc/hosts", "journeys/a.json"]
    {
        let folder = window.folder().display().to_string();
        let refused = window.try_ask(Bring { folder, changes: outside(file) }).await.unwrap_err();
        assert_eq!(refused.code, FailureCode::BadInput, "{file}");
    }
}

#[tokio::test]
async fn contents_that_no_step_leads_to_are_removed_when_the_project_is_opened() {
    let mut window = Window::open().await;
    let kept = |window: &Window| {
        let files = fs::read_dir(window.folder().join(".waymark/contents/endpoints")).into_iter().flatten();
        files.map(|file| fs::read_dir(file.unwrap().path()).unwrap().count()).sum::<usize>()
    };
    for number in [6, 7] {
        let edit = window.nth(number).await.unwrap().1;
        window.act(Act::Edit(edit)).await.unwrap();
    }
    assert_eq!(kept(&window), 1, "the first has no content of before");
    window.undo().await;
    window.undo().await;
    assert_eq!(kept(&window), 2, "what can be done again");
    window.restart().await;
    assert_eq!(kept(&window), 2);
    let edit = window.import("").await;
    window.act(Act::Edit(edit)).await.unwrap();
    window.restart().await;
    assert_eq!(kept(&window), 0, "what was to be done again can not be any more");
    window.undo().await;
    assert_eq!(kept(&window), 1);
}

/// However large: the file that is replaced is the copy.
#[cfg(unix)]
#[tokio::test]
async fn a_copy_of_before_takes_no_room_of_its_own() {
    use std::os::unix::fs::MetadataExt;
    let mut window = Window::open().await;
    let file = window.folder().join("endpoints/people.csv");
    let node = fs::metadata(&file).unwrap().ino();
    let edit = window.nth(9).await.unwrap().1;
    window.act(Act::Edit(edit)).await.unwrap();
    let kept = fs::read_dir(window.folder().join(".waymark/contents/endpoints/people.csv")).unwrap();
    let kept: Vec<u64> = kept.map(|entry| entry.unwrap().metadata().unwrap().ino()).collect();
    assert_eq!(kept, [node]);
    window.undo().await;
    assert_eq!(fs::metadata(&file).unwrap().ino(), node);
}
