//! A message on a target: its versions there, and a test of it, through the Pinpoint inside.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use std::path::Path;

use bridge::{
    ActivateVersion, Command, CompareVersion, ListVersions, MemberWords, Outbox, OutboxPage, Preview, SendTest,
    TemplateVersion, TestSent,
};
use model::DocumentId;
use serde_json::Value;
use workbench::publication::{Publication, Terms};
use workbench::{Project, Settings, Workbench};

async fn ask<C: Command>(workbench: &Workbench, command: &C) -> Result<C::Answer, String> {
    let body = serde_json::to_string(command).unwrap();
    workbench.call(C::NAME, &body).await.map(|answer| serde_json::from_str(&answer).unwrap())
}

fn example() -> Project {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../journeys/examples/onboarding");
    workbench::folder::read(&folder).unwrap().project
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_compared_with_its_version_on_a_target_and_sent_to_one_address() {
    let data = tempfile::tempdir().unwrap();
    let settings = Settings { data: Some(data.path().to_path_buf()), ..Settings::default() };
    let workbench = Workbench::start(settings).unwrap();
    let url = workbench.local().server().await.unwrap().endpoint_url();
    let template: DocumentId = "templates/email/welcome".parse().unwrap();
    let mut project = example();
    let of = |project: &Project| ListVersions {
        folder: None,
        project: project.clone(),
        template: template.clone(),
        target: Some("local".to_owned()),
    };
    assert_eq!(ask(&workbench, &of(&project)).await.unwrap(), Vec::<TemplateVersion>::new(), "it is not there yet");
    let publication = Publication {
        project: project.clone(),
        folder: None,
        journeys: Vec::new(),
        campaigns: false,
        target: "local".to_owned(),
        activate: false,
        terms: Terms::default(),
    };
    publication.apply(Some(&url), &mut |_, _, _| {}).await.unwrap();
    let versions = ask(&workbench, &of(&project)).await.unwrap();
    assert_eq!(versions.iter().map(|one| (one.id.as_str(), one.is_active)).collect::<Vec<_>>(), [("1", true)]);
    let compare = |project: &Project| CompareVersion { of: of(project), version: "1".to_owned() };
    assert_eq!(ask(&workbench, &compare(&project)).await.unwrap(), Vec::<MemberWords>::new(), "nothing differs");
    project.documents.get_mut(&template).unwrap()["Subject"] = "Good day".into();
    let found = ask(&workbench, &compare(&project)).await.unwrap();
    assert_eq!(found.iter().map(|member| member.place.as_str()).collect::<Vec<_>>(), ["Subject"]);
    let activate = |version: &str| ActivateVersion { of: of(&project), version: version.to_owned() };
    ask(&workbench, &activate("1")).await.unwrap();
    assert!(ask(&workbench, &activate("7")).await.is_err(), "there is no such version");

    let message = |template: &str| Preview {
        folder: None,
        project: project.clone(),
        template: template.parse().unwrap(),
        person: 0,
        text: String::new(),
    };
    let test = |address: &str, target: &str| SendTest {
        message: message("templates/email/welcome"),
        target: target.to_owned(),
        address: address.to_owned(),
    };
    let sent: TestSent = ask(&workbench, &test(" ann@example.com ", "local")).await.unwrap();
    assert_eq!((sent.address.as_str(), sent.status.as_str(), sent.is_taken), ("ann@example.com", "SUCCESSFUL", true));
    let wanted = Outbox { text: "ann@example.com".to_owned(), ..Outbox::default() };
    let page: OutboxPage = ask(&workbench, &wanted).await.unwrap();
    assert_eq!(page.messages.iter().map(|message| message.title.as_str()).collect::<Vec<_>>(), ["Good day"]);
    let refused = ask(&workbench, &test("", "local")).await.unwrap_err();
    assert!(serde_json::from_str::<Value>(&refused).unwrap()["message"].as_str().unwrap().contains("no address"));
    assert!(ask(&workbench, &test("a@example.com", "nowhere")).await.unwrap_err().contains("no target `nowhere`"));
}
