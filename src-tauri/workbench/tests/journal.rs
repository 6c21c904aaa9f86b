//! What was not saved survives the end of the program, and other programs' changes are noticed.
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};

use bridge::{
    Command, Failure, FailureCode, ForgetJournal, ForgetRecent, Keep, ListRecent, LookOutside, OpenPath, OpenUnsaved,
    Opened, Place, Reread, Save, StartJournal,
};
use model::history::{Act, History};
use model::journal::{Entry, put};
use model::{DocumentId, Edit, Project, path};
use serde_json::json;
use tempfile::TempDir;
use workbench::{Settings, Workbench};

/// Names the project's folder to the child process that edits it until it is killed.
const CHILD: &str = "WAYMARK_TEST_JOURNAL_FOLDER";

/// A data folder, and in it a project of one journey.
struct Desk {
    place: TempDir,
}

impl Desk {
    fn new() -> Desk {
        let desk = Desk { place: tempfile::tempdir().unwrap() };
        fs::create_dir_all(desk.folder().join("journeys")).unwrap();
        let text = model::text::write(&json!({"Name": "welcome", "Activities": {}, "Limits": {"DailyCap": 3}}));
        fs::write(desk.file(), text).unwrap();
        desk
    }

    fn folder(&self) -> PathBuf {
        self.place.path().join("shop")
    }

    fn file(&self) -> PathBuf {
        self.folder().join("journeys/welcome.json")
    }

    fn journal(&self) -> PathBuf {
        self.folder().join(".waymark/edits.jsonl")
    }

    /// A program that has just been started.
    fn workbench(&self) -> Workbench {
        start(self.place.path())
    }

    async fn open(&self, workbench: &Workbench) -> Opened {
        call(workbench, &OpenPath { path: self.folder().display().to_string() }).await.unwrap()
    }
}

fn start(data: &Path) -> Workbench {
    Workbench::start(Settings { data: Some(data.join("data")), start_local: false, ..Settings::default() }).unwrap()
}

async fn call<C: Command>(workbench: &Workbench, command: &C) -> Result<C::Answer, Failure> {
    let answer = workbench.call(C::NAME, &serde_json::to_string(command).unwrap()).await;
    answer.map(|text| serde_json::from_str(&text).unwrap()).map_err(|text| serde_json::from_str(&text).unwrap())
}

fn welcome() -> DocumentId {
    DocumentId::Journey("welcome".to_owned())
}

fn rename(to: &str) -> Act {
    Act::Edit(Edit::new(format!("Rename to {to}")).set(&welcome(), path!["Name"], json!(to)))
}

async fn keep(workbench: &Workbench, journal: u64, first: u64, acts: &[Act]) -> Result<(), Failure> {
    let entry = |(i, act): (usize, &Act)| Entry { at: i as i64 + 1, act: act.clone() };
    let command = Keep { journal, first, entries: acts.iter().enumerate().map(entry).collect() };
    call(workbench, &command).await.map(|long| assert!(!long))
}

/// The window's state: what is in the files, and what the journal brought back.
fn state(opened: &Opened) -> (Project, History) {
    let mut project = opened.project.clone();
    let kept = opened.kept.clone().unwrap_or_default();
    put(&mut project, kept.changed);
    (project, kept.history)
}

fn name(project: &Project) -> &str {
    project.documents[&welcome()]["Name"].as_str().unwrap()
}

async fn save(workbench: &Workbench, folder: &Path, project: &Project, journal: u64) {
    let folder = folder.display().to_string();
    let command = Save { folder, project: project.clone(), removed: Vec::new(), overwrite_damaged: false, journal };
    call(workbench, &command).await.unwrap();
}

#[tokio::test]
async fn what_was_not_saved_comes_back_with_undo_and_redo() {
    let desk = Desk::new();
    let first = desk.workbench();
    let opened = desk.open(&first).await;
    assert!(opened.journal > 0 && opened.kept.is_none() && !desk.journal().exists());
    keep(&first, opened.journal, 0, &[rename("a"), rename("b")]).await.unwrap();
    keep(&first, opened.journal, 2, &[rename("c"), Act::Undo]).await.unwrap();
    // an answer that got lost: the same entries again, and one more
    keep(&first, opened.journal, 2, &[rename("c"), Act::Undo, rename("d"), Act::Undo]).await.unwrap();
    drop(first);

    let second = desk.workbench();
    let back = desk.open(&second).await;
    assert_eq!(back.aside, None);
    assert_eq!(back.kept.as_ref().unwrap().at, 4);
    let (mut project, mut history) = state(&back);
    assert_eq!((name(&project), history.undo.len(), history.redo.len()), ("b", 2, 1));

    // saved: nothing is brought back, the lists stay
    save(&second, &desk.folder(), &project, back.journal).await;
    drop(second);
    let third = desk.workbench();
    let saved = desk.open(&third).await;
    assert_eq!(saved.kept.as_ref().unwrap().changed.len(), 0);
    assert_eq!(state(&saved), (project.clone(), history.clone()));
    assert!(history.act(&mut project, &Act::Undo).unwrap());
    assert!(history.act(&mut project, &Act::Undo).unwrap());
    assert_eq!(name(&project), "welcome");
    assert_eq!(fs::read_to_string(desk.folder().join(".waymark/.gitignore")).unwrap(), "*\n");
}

#[tokio::test]
async fn a_torn_last_line_is_dropped_and_the_next_follows_the_last_whole_one() {
    let desk = Desk::new();
    let first = desk.workbench();
    let opened = desk.open(&first).await;
    keep(&first, opened.journal, 0, &[rename("a")]).await.unwrap();
    drop(first);
    fs::OpenOptions::new().append(true).open(desk.journal()).unwrap().write_all(b"{\"entry\":{\"at\":7,\"a").unwrap();
    let second = desk.workbench();
    let back = desk.open(&second).await;
    assert_eq!(name(&state(&back).0), "a");
    keep(&second, back.journal, 0, &[rename("b")]).await.unwrap();
    drop(second);
    assert_eq!(name(&state(&desk.open(&desk.workbench()).await).0), "b");
}

#[tokio::test]
async fn a_journal_beside_other_files_is_put_aside_and_told() {
    let desk = Desk::new();
    let first = desk.workbench();
    let opened = desk.open(&first).await;
    keep(&first, opened.journal, 0, &[rename("mine")]).await.unwrap();
    drop(first);
    let kept = fs::read(desk.journal()).unwrap();
    let theirs = fs::read_to_string(desk.file()).unwrap().replace("welcome", "theirs");
    fs::write(desk.file(), theirs).unwrap();
    let second = desk.workbench();
    let back = desk.open(&second).await;
    assert_eq!((name(&state(&back).0), &back.kept), ("theirs", &None));
    let told = back.aside.unwrap();
    assert!(told.contains("`journeys/welcome.json`"), "{told}");
    let aside = told.split('`').find(|part| part.ends_with(".jsonl")).unwrap();
    assert_eq!(fs::read(aside).unwrap(), kept);
    // and editing goes on
    keep(&second, back.journal, 0, &[rename("mine again")]).await.unwrap();
    drop(second);
    assert_eq!(name(&state(&desk.open(&desk.workbench()).await).0), "mine again");
}

#[tokio::test]
async fn a_second_window_takes_over_and_a_second_program_does_not() {
    let desk = Desk::new();
    let here = desk.workbench();
    let window = desk.open(&here).await;
    keep(&here, window.journal, 0, &[rename("a")]).await.unwrap();
    let second_window = desk.open(&here).await;
    assert_eq!(name(&state(&second_window).0), "a");
    let refused = keep(&here, window.journal, 1, &[rename("b")]).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::WouldLose);
    keep(&here, second_window.journal, 0, &[rename("c")]).await.unwrap();

    let there = desk.workbench();
    let other = desk.open(&there).await;
    assert_eq!((other.journal, &other.kept), (0, &None));
    assert!(other.aside.unwrap().contains("another Waymark"));
    let start = StartJournal {
        folder: Some(desk.folder().display().to_string()),
        project: other.project,
        history: History::default(),
    };
    assert_eq!(call(&there, &start).await.unwrap_err().code, FailureCode::WouldLose);
    drop(here);
    assert_eq!(name(&state(&desk.open(&there).await).0), "c");
}

#[tokio::test]
async fn the_journal_is_compacted_and_says_the_same() {
    let desk = Desk::new();
    let first = desk.workbench();
    let opened = desk.open(&first).await;
    let long = "x".repeat(100_000);
    let mut most = 0;
    for i in 0..150_u64 {
        let act = if i % 2 == 0 { rename(&format!("{i}{long}")) } else { Act::Undo };
        keep(&first, opened.journal, i, &[act]).await.unwrap();
        most = most.max(fs::metadata(desk.journal()).unwrap().len());
    }
    assert!(most < 6 << 20, "{most}");
    keep(&first, opened.journal, 150, &[rename("last")]).await.unwrap();
    drop(first);
    let (project, history) = state(&desk.open(&desk.workbench()).await);
    assert_eq!((name(&project), history.undo.len()), ("last", 1));
}

#[tokio::test]
async fn a_project_without_a_folder_is_kept_listed_and_goes_along_when_it_is_saved() {
    let desk = Desk::new();
    let first = desk.workbench();
    let mut project = Project::default();
    project.settings.name = "Untitled".to_owned();
    project.documents.insert(welcome(), json!({"Name": "blank"}));
    let start = StartJournal { folder: None, project: project.clone(), history: History::default() };
    let journal = call(&first, &start).await.unwrap();
    keep(&first, journal, 0, &[rename("a")]).await.unwrap();
    let thrown_away = call(&first, &start).await.unwrap();
    call(&first, &ForgetJournal { journal: thrown_away }).await.unwrap();
    drop(first);

    let second = desk.workbench();
    let listed = call(&second, &ListRecent {}).await.unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(listed[0].name, "Untitled");
    let Place::Unsaved(unsaved) = &listed[0].place else { panic!("{listed:?}") };
    let back = call(&second, &OpenUnsaved { name: unsaved.clone() }).await.unwrap();
    assert_eq!((name(&back.project), back.project.settings.name.as_str()), ("a", "Untitled"));
    assert_eq!(back.kept.as_ref().unwrap().history.undo.len(), 1);

    let folder = desk.place.path().join("new");
    save(&second, &folder, &back.project, back.journal).await;
    keep(&second, back.journal, 0, &[Act::Undo]).await.unwrap();
    drop(second);
    let third = desk.workbench();
    let listed = call(&third, &ListRecent {}).await.unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
    let back = call(&third, &OpenPath { path: folder.display().to_string() }).await.unwrap();
    let (project, history) = state(&back);
    assert_eq!((name(&project), history.redo.len()), ("blank", 1));
    assert!(call(&third, &OpenUnsaved { name: "../shop".to_owned() }).await.is_err());
}

#[tokio::test]
async fn what_another_program_changes_is_told_and_can_be_taken_or_not() {
    let desk = Desk::new();
    let workbench = desk.workbench();
    let opened = desk.open(&workbench).await;
    let look = LookOutside { folder: desk.folder().display().to_string() };
    assert_eq!(call(&workbench, &look).await.unwrap(), []);
    keep(&workbench, opened.journal, 0, &[rename("mine")]).await.unwrap();

    let theirs = model::text::write(&json!({"Name": "welcome", "Activities": {}, "Limits": {"DailyCap": 30}}));
    fs::write(desk.file(), theirs).unwrap();
    fs::create_dir_all(desk.folder().join("segments")).unwrap();
    fs::write(desk.folder().join("segments/vip.json"), "{\"Name\": \"vip\"}\n").unwrap();
    let found = call(&workbench, &look).await.unwrap();
    let words: Vec<_> = found.iter().map(|change| (change.file.as_str(), change.members.clone())).collect();
    let member = |path: &str, before: &str, after: &str| vec![(path.to_owned(), before.to_owned(), after.to_owned())];
    assert_eq!(
        words,
        [
            ("journeys/welcome.json", member("Limits.DailyCap", "3", "30")),
            ("segments/vip.json", member("", "-", "{\"Name\":\"vip\"}")),
        ]
    );
    // it is told again until somebody decides
    assert_eq!(call(&workbench, &look).await.unwrap(), found);
    let reread = Reread { folder: look.folder.clone(), journal: opened.journal };
    let fresh = call(&workbench, &reread).await.unwrap();
    assert_eq!(fresh.project.documents.len(), 2);
    assert_eq!(call(&workbench, &look).await.unwrap(), []);

    // mine stayed in the journal, beside the files as they are now, and can be saved over them
    let again = desk.workbench();
    drop(workbench);
    let back = desk.open(&again).await;
    assert_eq!(back.aside, None);
    let (mut project, _) = state(&back);
    assert_eq!((name(&project), &project.documents[&welcome()]["Limits"]["DailyCap"]), ("mine", &json!(3)));
    // what is new outside is taken, as the window does
    let vip = DocumentId::Segment("vip".to_owned());
    project.documents.insert(vip.clone(), fresh.project.documents[&vip].clone());
    save(&again, &desk.folder(), &project, back.journal).await;
    assert!(fs::read_to_string(desk.file()).unwrap().contains("mine"));
    assert_eq!(call(&again, &look).await.unwrap(), []);

    // the same content in other words is no change, and does not stand in the way of a save
    let text = fs::read_to_string(desk.file()).unwrap();
    fs::write(desk.file(), text.replace('\n', "\n\n")).unwrap();
    assert_eq!(call(&again, &look).await.unwrap(), []);
}

#[tokio::test]
async fn recent_projects_are_listed_newest_first_and_missing_ones_are_marked() {
    let desk = Desk::new();
    let workbench = desk.workbench();
    desk.open(&workbench).await;
    let other = desk.place.path().join("other");
    save(&workbench, &other, &Project::default(), 0).await;
    save(&workbench, &desk.folder(), &desk.open(&workbench).await.project, 0).await;
    drop(workbench);
    fs::remove_dir_all(&other).unwrap();
    let workbench = desk.workbench();
    let listed = call(&workbench, &ListRecent {}).await.unwrap();
    let mut words: Vec<_> = listed.iter().map(|recent| (recent.name.as_str(), recent.missing)).collect();
    words.sort();
    assert_eq!(words, [("", true), ("shop", false)]);
    assert!(listed.windows(2).all(|pair| pair[0].at >= pair[1].at));
    let gone = listed.iter().find(|recent| recent.missing).unwrap();
    call(&workbench, &ForgetRecent { place: gone.place.clone() }).await.unwrap();
    assert_eq!(call(&workbench, &ListRecent {}).await.unwrap().len(), 1);
    assert!(desk.folder().exists());
}

/// The child: edits until it is killed, and says each number that was kept. Without the variable, in an ordinary test run,
/// it has nothing to do.
#[tokio::test]
async fn edits_until_killed() {
    let Some(place) = std::env::var_os(CHILD).map(PathBuf::from) else { return };
    let workbench = start(&place);
    let opened = call(&workbench, &OpenPath { path: place.join("shop").display().to_string() }).await.unwrap();
    let (project, _) = state(&opened);
    let from: u64 = name(&project).parse().unwrap_or(0);
    for i in 0.. {
        keep(&workbench, opened.journal, i, &[rename(&(from + i + 1).to_string())]).await.unwrap();
        let mut out = std::io::stderr();
        writeln!(out, "kept {}", from + i + 1).unwrap();
    }
}

#[tokio::test]
async fn kill_9_at_any_moment_loses_nothing_that_was_kept() {
    let desk = Desk::new();
    let mut kept = 0_u64;
    for round in 1..=10 {
        let mut child = Process::new(std::env::current_exe().unwrap())
            .args(["--exact", "edits_until_killed", "--nocapture"])
            .env(CHILD, desk.place.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let said = |line: String| line.strip_prefix("kept ").and_then(|number| number.parse::<u64>().ok());
        for line in lines.by_ref().take(round * 3) {
            kept = said(line.unwrap()).unwrap_or(kept);
        }
        // SIGKILL, while it goes on
        child.kill().unwrap();
        child.wait().unwrap();
        for line in lines {
            kept = said(line.unwrap()).unwrap_or(kept);
        }
        let opened = desk.open(&desk.workbench()).await;
        assert_eq!(opened.aside, None, "round {round}");
        let (project, history) = state(&opened);
        let back: u64 = name(&project).parse().unwrap();
        // the last one may have been kept just before it could say so
        assert!(back == kept || back == kept + 1, "round {round}: {kept} were kept, {back} came back");
        assert_eq!(history.undo.len() as u64, back);
        kept = back;
    }
    assert!(kept >= 100);
}
