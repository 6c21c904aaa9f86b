//! Opening and saving a project folder: nothing is lost, and nothing is written that need not be.
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bridge::{Command, Failure, FailureCode, OpenPath, OpenText, Opened, Save, Saved};
use model::{DocumentId, TemplateKind};
use serde_json::json;
use tempfile::TempDir;
use workbench::examples::Examples;
use workbench::{Settings, Workbench};

#[tokio::test]
async fn an_unchanged_project_is_not_written_and_a_second_save_neither() {
    for example in Examples::default().list() {
        let (place, workbench) = example_of(&example.name);
        let before = files(place.path());
        let opened = open(&workbench, place.path()).await;
        assert_eq!(opened.problems, [], "{}", example.name);
        assert!(opened.endpoints >= 1000 && opened.events > 0 && !opened.attributes.is_empty(), "{}", example.name);
        assert_eq!(save(&workbench, &opened, false).await.unwrap(), Saved::default(), "{}", example.name);

        // Saved as another folder, every document reads back the same, and a second save writes nothing.
        let other = tempfile::tempdir().unwrap();
        let elsewhere = Opened { folder: Some(other.path().display().to_string()), ..opened.clone() };
        assert!(!save(&workbench, &elsewhere, false).await.unwrap().written.is_empty());
        let written = files(other.path());
        assert_eq!(save(&workbench, &elsewhere, false).await.unwrap(), Saved::default());
        let again = open(&workbench, other.path()).await;
        assert_eq!(again.project, opened.project, "{}", example.name);
        assert_eq!(save(&workbench, &again, true).await.unwrap(), Saved::default());
        assert_eq!(files(other.path()), written);
        assert_eq!(files(place.path()), before);
    }
}

#[tokio::test]
async fn only_what_was_changed_is_written() {
    let (place, workbench) = example_of("onboarding");
    let mut opened = open(&workbench, place.path()).await;
    let before = files(place.path());
    let template = opened.project.template_names(TemplateKind::Email).next().unwrap().to_owned();
    let id = DocumentId::Template(TemplateKind::Email, template);
    opened.project.documents.get_mut(&id).unwrap()["HtmlPart"] = json!("<p>new</p>");
    let saved = save(&workbench, &opened, false).await.unwrap();
    assert_eq!(saved.written, [format!("{id}/body.html")]);
    let mut after = files(place.path());
    assert_eq!(after.remove(&saved.written[0]).unwrap(), b"<p>new</p>");
    assert!(after.iter().all(|(file, content)| before[file] == *content));

    opened.project.documents.remove(&id);
    let saved = workbench_save(&workbench, &opened, vec![id.clone()], false).await.unwrap();
    assert!(saved.written.is_empty() && !saved.removed.is_empty());
    assert!(!place.path().join(id.to_string()).exists());
}

#[tokio::test]
async fn a_file_that_changed_meanwhile_is_not_overwritten() {
    let (place, workbench) = example_of("onboarding");
    let mut opened = open(&workbench, place.path()).await;
    let id = opened.project.documents.keys().find(|id| matches!(id, DocumentId::Journey(_))).unwrap().clone();
    opened.project.documents.get_mut(&id).unwrap()["Name"] = json!("mine");
    let file = place.path().join(id.file());
    let theirs = fs::read_to_string(&file).unwrap().replace("DRAFT", "CLOSED");
    fs::write(&file, &theirs).unwrap();
    let failure = save(&workbench, &opened, true).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::WouldLose, "{failure:?}");
    assert!(failure.message.contains(&id.file()), "{failure:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), theirs);
}

#[tokio::test]
async fn a_damaged_file_is_overwritten_only_when_asked() {
    let (place, workbench) = example_of("onboarding");
    let id = {
        let opened = open(&workbench, place.path()).await;
        opened.project.documents.keys().find(|id| matches!(id, DocumentId::Journey(_))).unwrap().clone()
    };
    let file = place.path().join(id.file());
    let damaged = fs::read_to_string(&file).unwrap().replacen(",", "", 1);
    fs::write(&file, &damaged).unwrap();
    let mut opened = open(&workbench, place.path()).await;
    assert_eq!(opened.problems[0].file, id.file());
    assert_eq!(opened.problems[0].document.as_ref(), Some(&id));
    assert!(
        opened.problems[0].line > 0 && opened.problems[0].column > 0 && opened.problems[0].message.contains("expected")
    );

    // Another document can be saved beside it.
    opened.project.settings.description = "changed".to_owned();
    assert_eq!(save(&workbench, &opened, false).await.unwrap().written, ["waymark.toml"]);
    opened.project.documents.get_mut(&id).unwrap()["Name"] = json!("mine");
    let failure = save(&workbench, &opened, false).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::WouldLose, "{failure:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), damaged);
    assert_eq!(save(&workbench, &opened, true).await.unwrap().written, [id.file()]);
    assert_eq!(open(&workbench, place.path()).await.problems, []);
}

#[tokio::test]
async fn names_that_lead_out_of_the_folder_are_refused() {
    let (place, workbench) = example_of("onboarding");
    for name in ["../x", "a/b", "..", "", ".hidden", "a\\b"] {
        let mut opened = open(&workbench, place.path()).await;
        opened.project.documents.insert(DocumentId::Journey(name.to_owned()), json!({}));
        let failure = save(&workbench, &opened, true).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::BadInput, "{name}: {failure:?}");
    }
}

#[tokio::test]
async fn json_from_elsewhere_becomes_an_unsaved_project() {
    let workbench = workbench_in(tempfile::tempdir().unwrap().path());
    let dump = json!({"JourneysResponse": {"Item": [
        {"Name": "One", "StartActivity": "a", "Activities": {"a": {"Description": "x"}}, "Extra": 1.50},
        {"Name": "One", "StartActivity": "b", "Activities": {"b": {"Description": "y"}}}
    ]}});
    let opened = open_text(&workbench, &dump.to_string()).await;
    assert_eq!(opened.folder, None);
    let names: Vec<_> = opened.project.documents.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["journeys/One", "journeys/One-2"]);
    let failure = call(&workbench, &OpenText { text: "{\"Name\": ".to_owned() }).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::BadInput);
    assert!(failure.message.contains("line 1, column"), "{failure:?}");

    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("deep")).unwrap();
    fs::write(folder.path().join("deep/journey.json"), dump.to_string()).unwrap();
    fs::write(folder.path().join("segment.json"), r#"{"SegmentResponse": {"Name": "s", "Id": "1", "Dimensions": {}}}"#)
        .unwrap();
    fs::write(folder.path().join("other.json"), "[1, 2").unwrap();
    let opened = open(&workbench, folder.path()).await;
    assert_eq!(opened.folder, None);
    assert_eq!(opened.project.documents.len(), 3);
    assert_eq!(opened.problems[0].file, "other.json");
}

#[tokio::test]
async fn ten_thousand_templates_come_back_as_they_were() {
    let place = tempfile::tempdir().unwrap();
    let workbench = workbench_in(place.path());
    let mut draw = Draw(1);
    let mut opened = Opened {
        folder: Some(place.path().display().to_string()),
        ..open_text(&workbench, r#"{"Activities": {}}"#).await
    };
    opened.project.documents.clear();
    for number in 0..10_000 {
        let kind = TemplateKind::ALL[number % TemplateKind::ALL.len()];
        let id = DocumentId::Template(kind, format!("t{number}"));
        opened.project.documents.insert(id, template(kind, &mut draw));
    }
    save(&workbench, &opened, false).await.unwrap();
    let again = open(&workbench, place.path()).await;
    assert_eq!(again.problems, []);
    assert_eq!(again.project.documents.len(), 10_000);
    for (id, value) in &opened.project.documents {
        assert_eq!(&again.project.documents[id], value, "{id}");
    }
    assert_eq!(save(&workbench, &again, false).await.unwrap(), Saved::default(), "there is nothing to write");
}

/// Draws that are the same in every run (xorshift).
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 12] = [
            "Hello ",
            "{{Attributes.FirstName}}",
            "{{#if User.UserAttributes.Tier}}é{{/if}}",
            "\r\n",
            "\n",
            "\u{feff}",
            "\"quoted\" \\ back",
            "<p class='a'>&amp;</p>",
            "日本 🎉",
            "\u{0}\u{1f}\t",
            "\u{2028}",
            "  ",
        ];
        (0..self.below(8)).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }
}

/// A template with any of its kind's members, also of wrong types, and with members that nobody knows.
fn template(kind: TemplateKind, draw: &mut Draw) -> serde_json::Value {
    let shape = model::shapes::find(kind.shape()).unwrap();
    let mut members = serde_json::Map::new();
    for member in shape.members() {
        let value = match draw.below(10) {
            0..=2 => continue,
            3 => json!(null),
            4 => serde_json::from_str(["1e2", "-0.50", "12345678901234567890123"][draw.below(3)]).unwrap(),
            5 => json!({"a": [draw.text(), {"b": draw.text()}], "": false}),
            _ => json!(draw.text()),
        };
        members.insert(member.name.to_owned(), value);
    }
    members.insert(draw.text(), json!(draw.text()));
    members.into()
}

/// Every file below a folder, with its content.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // what the program keeps is none of the project's
            if path.ends_with(".data") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(root).unwrap().display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn example_of(name: &str) -> (TempDir, Workbench) {
    let place = tempfile::tempdir().unwrap();
    Examples::default().copy(name, place.path()).unwrap();
    let workbench = workbench_in(place.path());
    (place, workbench)
}

fn workbench_in(data: &Path) -> Workbench {
    let settings = Settings { data: Some(data.join(".data")), start_local: false, ..Settings::default() };
    Workbench::start(settings).unwrap()
}

async fn open_text(workbench: &Workbench, text: &str) -> Opened {
    call(workbench, &OpenText { text: text.to_owned() }).await.unwrap()
}

async fn open(workbench: &Workbench, path: &Path) -> Opened {
    call(workbench, &OpenPath { path: path.display().to_string() }).await.unwrap()
}

async fn save(workbench: &Workbench, opened: &Opened, overwrite_damaged: bool) -> Result<Saved, Failure> {
    workbench_save(workbench, opened, Vec::new(), overwrite_damaged).await
}

async fn workbench_save(
    workbench: &Workbench,
    opened: &Opened,
    removed: Vec<DocumentId>,
    overwrite_damaged: bool,
) -> Result<Saved, Failure> {
    let folder = opened.folder.clone().unwrap();
    call(workbench, &Save { folder, project: opened.project.clone(), removed, overwrite_damaged, journal: 0 }).await
}

async fn call<C: Command>(workbench: &Workbench, command: &C) -> Result<C::Answer, Failure> {
    match workbench.call(C::NAME, &serde_json::to_string(command).unwrap()).await {
        Ok(answer) => Ok(serde_json::from_str(&answer).unwrap()),
        Err(failure) => Err(serde_json::from_str(&failure).unwrap()),
    }
}
