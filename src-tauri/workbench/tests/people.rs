//! What the window asks about the sample people, through the bridge as it asks it: looked through, changed, imported,
//! copied for sharing.
#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use std::fmt::Write;
use std::fs;

use base64::Engine;
use bridge::{
    Asked, ChangePerson, Command, CountPeople, Failure, FailureCode, Import, ImportView, Importing, KeepPiece,
    ListPeople, LookAtFile, Pseudonymise, ShowPerson,
};
use model::{Change, DocumentId, Edit, Project};
use serde_json::{Value, json};
use workbench::{Settings, Workbench};

struct Desk {
    workbench: Workbench,
    folder: tempfile::TempDir,
    project: Project,
}

const CSV: &str = "Id,ChannelType,Address,User.UserId,User.UserAttributes.FirstName,Attributes.Plan\n\
                   ada-mail,EMAIL,ada@example.org,ada,Ada,pro\n\
                   ben,EMAIL,ben@example.org,,Ben,\"free, so far\"\n\
                   ada-sms,SMS,+4915112345678,ada,,\n";
const LINES: &str = "{\"Id\":\"eve\",\"ChannelType\":\"EMAIL\",\"Address\":\"eve@example.org\",\"Location\":{\"City\":\"Berlin\"}}\n\
                     {\"Id\":\"ada-push\",\"ChannelType\":\"GCM\",\"Address\":\"token\",\"User\":{\"UserId\":\"ada\"}}\n\
                     {\"Id\":\"fay\",\"ChannelType\":\"EMAIL\",\"Address\":\"fay@example.org\"}\n";

impl Desk {
    async fn open() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("endpoints")).unwrap();
        fs::write(folder.path().join("endpoints/a.csv"), CSV).unwrap();
        fs::write(folder.path().join("endpoints/b.jsonl"), LINES).unwrap();
        let settings = Settings { data: Some(folder.path().join(".data")), start_local: false, ..Settings::default() };
        let mut project = Project::default();
        let pro = json!({"Dimensions": {"Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["pro"]}}}});
        project.documents.insert(DocumentId::Segment("pro".into()), pro);
        project.documents.insert(DocumentId::Segment("odd".into()), json!({"Dimensions": {}, "SegmentGroups": {}}));
        let journey = json!({"Name": "hello", "StartActivity": "mail", "StartCondition": {"SegmentStartCondition": {"SegmentId": "pro"}},
            "Activities": {"mail": {"EMAIL": {"TemplateName": "hello"}}}});
        project.documents.insert(DocumentId::Journey("hello".into()), journey);
        let template = json!({"Subject": "Hello {{User.UserAttributes.FirstName}}", "TextPart": "Hi"});
        project.documents.insert(DocumentId::Template(model::TemplateKind::Email, "hello".into()), template);
        let campaign = json!({"Name": "news", "SegmentId": "pro", "Schedule": {"StartTime": "2026-12-02T10:00:00Z", "Frequency": "ONCE"},
            "TemplateConfiguration": {"EmailTemplate": {"Name": "hello"}}});
        project.documents.insert(DocumentId::Campaign("news".into()), campaign);
        Desk { workbench: Workbench::start(settings).unwrap(), folder, project }
    }

    fn path(&self) -> String {
        self.folder.path().display().to_string()
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.path().join(file)).unwrap_or_default()
    }

    async fn try_ask<C: Command>(&self, command: C) -> Result<C::Answer, Failure> {
        let answer = self.workbench.call(C::NAME, &serde_json::to_string(&command).unwrap()).await;
        answer.map(|text| serde_json::from_str(&text).unwrap()).map_err(|text| serde_json::from_str(&text).unwrap())
    }

    async fn ask<C: Command>(&self, command: C) -> C::Answer {
        self.try_ask(command).await.unwrap_or_else(|failure| panic!("{}: {failure:?}", C::NAME))
    }

    fn asked(&self) -> Asked {
        Asked { project: self.project.clone(), folder: Some(self.path()), at: None }
    }

    async fn ids(&self, query: ListPeople) -> Vec<String> {
        let page = self.ask(ListPeople { asked: self.asked(), ..query }).await;
        assert_eq!(page.found as usize, page.rows.len());
        page.rows.into_iter().map(|row| row.id).collect()
    }

    async fn person(&self, id: &str) -> bridge::PersonPage {
        self.ask(ShowPerson { project: self.project.clone(), folder: Some(self.path()), id: id.to_owned() }).await
    }

    fn people(&self) -> audience::People {
        let (people, problems) = workbench::people::endpoints(self.folder.path());
        assert_eq!(problems, []);
        people
    }

    /// An import to its end.
    async fn import(&self, command: Import) -> ImportView {
        let number = self.ask(command).await;
        loop {
            let view = self.ask(Importing { number, cancel: false }).await;
            if view.ended {
                return view;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// The files that a step of undo is about.
fn files(edit: &Edit) -> Vec<&str> {
    let mut files = Vec::new();
    for change in &edit.changes {
        let Change::File { file, .. } = change else { panic!("{change:?}") };
        files.push(file.as_str());
    }
    files
}

#[tokio::test]
async fn people_are_looked_through() {
    let desk = Desk::open().await;
    assert_eq!(desk.ids(ListPeople::default()).await, ["ada-mail", "ben", "ada-sms", "eve", "ada-push", "fay"]);
    let text = |text: &str| ListPeople { text: text.to_owned(), ..ListPeople::default() };
    assert_eq!(desk.ids(text("BERLIN")).await, ["eve"]);
    assert_eq!(desk.ids(text("so far")).await, ["ben"]);
    assert_eq!(desk.ids(text("ada")).await, ["ada-mail", "ada-sms", "ada-push"]);
    let sms = ListPeople { channel: "SMS".into(), ..ListPeople::default() };
    assert_eq!(desk.ids(sms).await, ["ada-sms"]);
    let pro = ListPeople { segment: "pro".into(), ..ListPeople::default() };
    assert_eq!(desk.ids(pro).await, ["ada-mail"]);
    let page = desk.ask(ListPeople { asked: desk.asked(), ..ListPeople::default() }).await;
    let personal: Vec<&str> =
        page.members.iter().filter(|(_, personal)| *personal).map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        personal,
        ["User.UserAttributes.FirstName", "Location.PostalCode", "Location.Latitude", "Location.Longitude"]
    );
    assert!(!page.invented);
    let asked = Asked { folder: None, ..desk.asked() };
    assert!(desk.ask(ListPeople { asked, ..ListPeople::default() }).await.invented);
    let odd = ListPeople { asked: desk.asked(), segment: "odd".into(), ..ListPeople::default() };
    assert_eq!(desk.try_ask(odd).await.unwrap_err().code, FailureCode::BadInput);
}

#[tokio::test]
async fn a_person_is_shown_with_segments_journeys_and_messages() {
    let desk = Desk::open().await;
    let page = desk.person("ada-sms").await;
    let ids: Vec<&str> = page.endpoints.iter().filter_map(|endpoint| endpoint["Id"].as_str()).collect();
    assert_eq!((ids.as_slice(), page.line.name.as_str()), (&["ada-mail", "ada-sms", "ada-push"][..], "Ada"));
    assert_eq!(page.personal, ["Id", "Address", "User.UserId", "User.UserAttributes.FirstName"]);
    let pro = page.segments.iter().find(|segment| segment.name == "pro").unwrap();
    assert_eq!((pro.endpoints.as_slice(), pro.reason.holds), (&["ada-mail".to_owned()][..], true));
    assert!(
        page.segments.iter().any(|segment| segment.name == "odd" && segment.problem.contains("excludes the other"))
    );
    let [journey] = page.journeys.as_slice() else { panic!("{:?}", page.journeys) };
    assert!(journey.enters, "{journey:?}");
    let [message] = journey.messages.as_slice() else { panic!("{journey:?}") };
    assert_eq!((message.endpoint.as_deref(), message.parts[0].1.as_str()), (Some("ada-mail"), "Hello Ada"));
    let ben = desk.person("ben").await;
    assert!(!ben.journeys[0].enters && ben.journeys[0].messages.is_empty(), "{:?}", ben.journeys);

    let [campaign] = page.campaigns.as_slice() else { panic!("{:?}", page.campaigns) };
    assert!(campaign.gets && campaign.words.contains("was sent to `ada-mail`"), "{campaign:?}");
    let [message] = campaign.messages.as_slice() else { panic!("{campaign:?}") };
    assert_eq!(message.at, model::time::parse_instant("2026-12-02T10:00:00Z").unwrap());
    assert_eq!((message.status.as_str(), message.parts[0].1.as_str()), ("SUCCESS", "Hello Ada"));
    let [campaign] = ben.campaigns.as_slice() else { panic!("{:?}", ben.campaigns) };
    assert!(!campaign.gets && campaign.messages.is_empty() && campaign.words.contains("Plan"), "{campaign:?}");
    let nobody = ShowPerson { project: desk.project.clone(), folder: Some(desk.path()), id: "x".into() };
    assert_eq!(desk.try_ask(nobody).await.unwrap_err().code, FailureCode::NotFound);
}

#[tokio::test]
async fn a_changed_person_is_written_whole_and_others_stay_as_they_were() {
    let desk = Desk::open().await;
    let mut endpoints = desk.person("ada-mail").await.endpoints;
    endpoints[0]["Attributes"]["Plan"] = json!(["basic"]);
    endpoints[0].as_object_mut().unwrap().insert("Location".into(), json!({"City": "Bonn"}));
    for endpoint in &mut endpoints {
        endpoint["User"].as_object_mut().unwrap().shift_remove("UserAttributes");
    }
    let ids: Vec<String> = ["ada-mail", "ada-sms", "ada-push"].map(str::to_owned).into();
    let written = desk.ask(ChangePerson { folder: desk.path(), ids: ids.clone(), endpoints: endpoints.clone() }).await;
    assert_eq!(files(&written), ["endpoints/b.jsonl", "endpoints/a.csv"], "the file that gains comes first");
    let rows: Vec<&str> = CSV.lines().collect();
    assert_eq!(desk.read("endpoints/a.csv"), format!("{}\n{}\n", rows[0], rows[2]), "Ben's row is as it was");
    let lines: Vec<String> = desk.read("endpoints/b.jsonl").lines().map(str::to_owned).collect();
    let before: Vec<&str> = LINES.lines().collect();
    assert_eq!((lines[0].as_str(), lines[4].as_str(), lines.len()), (before[0], before[2], 5));
    let people = desk.people();
    let ada = people.row(people.find("ada-mail").unwrap());
    assert_eq!(ada.attribute("Plan").first(), Some("basic"));
    assert_eq!(ada.user_attribute("FirstName").first(), None, "what was taken away is gone");
    assert_eq!(ada.member("Location", "City"), Some("Bonn"));
    assert_eq!(people.of_user("ada").len(), 3);

    // Somebody new has a file of their own; without endpoints a person is gone.
    let new = json!({"Id": "gil", "ChannelType": "EMAIL", "Address": "gil@example.org"});
    let written = desk.ask(ChangePerson { folder: desk.path(), ids: Vec::new(), endpoints: vec![new] }).await;
    assert_eq!(files(&written), ["endpoints/changed.jsonl"]);
    desk.ask(ChangePerson { folder: desk.path(), ids: vec!["ben".into()], endpoints: Vec::new() }).await;
    assert_eq!(desk.read("endpoints/a.csv"), format!("{}\n", rows[0]));
    let (count, attributes) = desk.ask(CountPeople { folder: desk.path() }).await;
    assert_eq!((count, attributes.as_slice()), (6, &["Attributes.Plan".to_owned()][..]));

    let bad = json!({"Id": "gil", "ChannelType": "PIGEON", "Address": "x"});
    let refused =
        desk.try_ask(ChangePerson { folder: desk.path(), ids: vec!["gil".into()], endpoints: vec![bad] }).await;
    assert!(refused.unwrap_err().message.contains("`PIGEON` is not one of"));
    assert!(desk.read("endpoints/changed.jsonl").contains("gil@example.org"), "nothing was written");
    fs::write(
        desk.folder.path().join("endpoints/c.json"),
        "[{\"Id\":\"hal\",\"ChannelType\":\"EMAIL\",\"Address\":\"h@example.org\"}]",
    )
    .unwrap();
    let refused =
        desk.try_ask(ChangePerson { folder: desk.path(), ids: vec!["hal".into()], endpoints: Vec::new() }).await;
    assert!(refused.unwrap_err().message.contains("`endpoints/c.json`, which is one JSON document"));
}

#[tokio::test]
async fn a_file_is_looked_into_mapped_and_imported_whole_or_not_at_all() {
    let desk = Desk::open().await;
    let text = "E-mail,First name,Orders,Secret\n\
                ida@example.org,Ida,3,x\n\
                \n\
                jon@example.org,\"Jon, \"\"J\"\"\",many,y\n\
                ,Kim,4,z\n\
                lea@example.org,Lea,5,w\n";
    let path = desk.ask(KeepPiece { name: "../new people.csv".into(), path: None, bytes: encode(&text[..40]) }).await;
    let again = KeepPiece { name: String::new(), path: Some(path.clone()), bytes: encode(&text[40..]) };
    assert_eq!(desk.ask(again).await, path);
    let elsewhere = KeepPiece { name: String::new(), path: Some(desk.path() + "/waymark.toml"), bytes: encode("x") };
    assert_eq!(desk.try_ask(elsewhere).await.unwrap_err().code, FailureCode::BadInput);

    let look = desk.ask(LookAtFile { path: path.clone() }).await;
    let guesses: Vec<&str> = look.columns.iter().map(|column| column.guess.as_str()).collect();
    assert_eq!(guesses, ["Address", "User.UserAttributes.FirstName", "Attributes.Orders", "Attributes.Secret"]);
    assert_eq!((look.name.as_str(), look.size, look.rows.len()), ("new people.csv", text.len() as u64, 4));
    assert!(look.members.iter().any(|member| member == "Location.City"));

    let columns: Vec<String> =
        ["Address", "User.UserAttributes.FirstName", "Metrics.Orders", ""].map(str::to_owned).into();
    let import = Import {
        folder: desk.path(),
        path,
        name: look.name,
        columns,
        channel: "EMAIL".into(),
        leave_out: false,
        ..Import::default()
    };
    let view = desk.import(import.clone()).await;
    let told: Vec<String> = view.problems.iter().map(|(line, column, why)| format!("{line} {column} {why}")).collect();
    assert_eq!(
        told,
        [
            "4 Metrics.Orders `many` is not a number",
            "5 Address is missing; a new endpoint needs an address and a channel type"
        ]
    );
    assert_eq!((view.written, view.rows, view.bad, view.share), (None, 2, 2, 1.0));
    assert_eq!(fs::read_dir(desk.folder.path().join("endpoints")).unwrap().count(), 2, "nothing half-imported");

    let view = desk.import(Import { leave_out: true, ..import.clone() }).await;
    assert_eq!(view.written.as_deref(), Some("endpoints/new people.csv"));
    assert_eq!(
        desk.read("endpoints/new people.csv"),
        "Address,User.UserAttributes.FirstName,Metrics.Orders,ChannelType\n\
         ida@example.org,Ida,3,EMAIL\nlea@example.org,Lea,5,EMAIL\n"
    );
    assert_eq!(desk.people().len(), 8);
    assert!(!std::path::Path::new(&import.path).exists(), "what was kept for the import is gone");
    let own = desk.folder.path().join("own.csv");
    fs::write(&own, text).unwrap();
    let import = Import { path: own.display().to_string(), ..import };
    let again = desk.import(Import { leave_out: true, ..import.clone() }).await;
    assert!(own.exists());
    assert_eq!(again.written.as_deref(), Some("endpoints/new people-2.csv"), "nothing is written over");
    assert_eq!(desk.people().len(), 8, "the same addresses are the same endpoints");

    // On the list of an imported segment go those who are imported, and they stay on it.
    let on_list = Import { leave_out: true, segment: "vip".to_owned(), ..import.clone() };
    desk.import(on_list.clone()).await;
    let list = || desk.read("segments/vip.members.csv").lines().count();
    assert_eq!(list(), 1 + 2, "a header and two people");
    desk.import(on_list).await;
    assert_eq!(list(), 1 + 2, "the same people");
    let vip = desk.people();
    assert!(vip.list_of("vip").unwrap().endpoints.iter().all(|id| vip.find(id).is_some()));
    let outside = desk.try_ask(Import { segment: "../vip".to_owned(), ..import.clone() }).await;
    assert!(outside.is_err_and(|refused| refused.message.contains("no name of a segment")));

    let wrong = Import { columns: ["Adress", "", "", ""].map(str::to_owned).into(), ..import };
    let refused = desk.try_ask(wrong).await.unwrap_err();
    assert!(refused.message.contains("`Adress`: unknown column"), "{refused:?}");
}

#[tokio::test]
async fn json_lines_and_long_files_are_imported_in_pieces() {
    let desk = Desk::open().await;
    let mut text = String::new();
    for number in 0..60_000 {
        let _ = match number % 20_000 {
            7 => writeln!(text, "{{\"Id\":\"n{number}\",\"OptOut\":\"SOME\"}}"),
            _ => writeln!(
                text,
                "{{\"Id\":\"n{number}\",\"ChannelType\":\"EMAIL\",\"Address\":\"n{number}@example.org\"}}"
            ),
        };
    }
    let path = desk.folder.path().join("many.jsonl");
    fs::write(&path, &text).unwrap();
    let path = path.display().to_string();
    let look = desk.ask(LookAtFile { path: path.clone() }).await;
    assert!(look.columns.is_empty() && look.rows[0][0].starts_with("{\"Id\":\"n0\""), "{look:?}");
    let import = Import {
        folder: desk.path(),
        path: path.clone(),
        name: "many.jsonl".into(),
        leave_out: true,
        ..Import::default()
    };
    let view = desk.import(import.clone()).await;
    let lines: Vec<u64> = view.problems.iter().map(|(line, _, _)| *line).collect();
    assert_eq!((lines, view.rows), (vec![8, 20_008, 40_008], 59_997));
    assert_eq!(desk.people().len(), 6 + 59_997);

    // As CSV, with quoted line ends across the borders of pieces.
    let mut text = "Address,Attributes.Note,ChannelType\n".to_owned();
    for number in 0..40_000 {
        let _ = writeln!(
            text,
            "c{number}@example.org,\"line\nline {number}\",{}",
            if number == 39_999 { "FAX" } else { "EMAIL" }
        );
    }
    let path = desk.folder.path().join("many.csv");
    fs::write(&path, &text).unwrap();
    let columns: Vec<String> = ["Address", "Attributes.Note", "ChannelType"].map(str::to_owned).into();
    let import = Import { path: path.display().to_string(), name: "many.csv".into(), columns, ..import };
    let view = desk.import(import).await;
    assert_eq!((view.rows, view.problems[0].0), (39_999, 2 + 2 * 39_999));
    assert!(view.problems[0].2.contains("`FAX` is not one of"), "{view:?}");
    assert_eq!(desk.read("endpoints/many.csv").lines().count(), 1 + 2 * 39_999);
}

#[tokio::test]
async fn a_cancelled_import_and_a_file_without_endpoints_write_nothing() {
    let desk = Desk::open().await;
    let path = desk.folder.path().join("x.csv");
    fs::write(&path, "A,B\n1,2\n").unwrap();
    let columns: Vec<String> = ["Attributes.A", "Metrics.B"].map(str::to_owned).into();
    let import = Import {
        folder: desk.path(),
        path: path.display().to_string(),
        name: "x.csv".into(),
        columns,
        leave_out: true,
        ..Import::default()
    };
    let view = desk.import(import.clone()).await;
    assert_eq!(view.failure.unwrap().message, "no row of the file is an endpoint");
    fs::write(&path, b"A,B\n\xff,2\n").unwrap();
    assert!(
        desk.import(import.clone()).await.failure.unwrap().message.contains("line 2: byte 1 of the line is not UTF-8")
    );

    let mut text = String::new();
    for number in 0..400_000 {
        let _ =
            writeln!(text, "{{\"Id\":\"n{number}\",\"ChannelType\":\"EMAIL\",\"Address\":\"n{number}@example.org\"}}");
    }
    fs::write(&path, &text).unwrap();
    let number = desk.ask(Import { columns: Vec::new(), ..import }).await;
    desk.ask(Importing { number, cancel: true }).await;
    let view = loop {
        let view = desk.ask(Importing { number, cancel: false }).await;
        if view.ended {
            break view;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((view.written, view.failure), (None, None));
    assert_eq!(fs::read_dir(desk.folder.path().join("endpoints")).unwrap().count(), 2, "no file and no draft is left");
}

#[tokio::test]
async fn a_copy_for_sharing_has_nobody_in_it() {
    let desk = Desk::open().await;
    let path = desk.folder.path().join("shared.jsonl");
    let copy = Pseudonymise {
        folder: desk.path(),
        path: path.display().to_string(),
        personal: vec!["User.UserAttributes.FirstName".into(), "Location.City".into()],
    };
    assert_eq!(desk.ask(copy.clone()).await, 6);
    let text = fs::read_to_string(&path).unwrap();
    for original in ["ada", "Ada", "Ben", "ben@", "eve", "example.org", "+4915112345678", "token", "Berlin", "fay"] {
        assert!(!text.contains(original), "{original} in {text}");
    }
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows[0]["User"]["UserId"], rows[2]["User"]["UserId"], "a user keeps the endpoints");
    assert_eq!(rows[1]["Attributes"]["Plan"], json!(["free, so far"]));
    assert!(rows[2]["Address"].as_str().unwrap().starts_with("+4915"));
    assert_eq!(desk.try_ask(copy.clone()).await.unwrap_err().code, FailureCode::BadInput, "the file is there already");
    fs::remove_file(&path).unwrap();
    desk.ask(copy.clone()).await;
    assert_eq!(fs::read_to_string(&path).unwrap(), text, "the project keeps its key");
    let strange = Pseudonymise { personal: vec!["Attributes.Moon".into()], path: desk.path() + "/other.jsonl", ..copy };
    assert_eq!(desk.try_ask(strange).await.unwrap_err().message, "nobody has `Attributes.Moon`");
}

fn encode(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}
