//! Coming home: everything of an application into a folder and back, from one target to another, and from dumps of an
//! account that is gone.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "in a test a failing step is a failing test")]

mod target;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use bridge::FailureCode;
use model::{DocumentId, Project, Target};
use pinpoint_local::{Server, Settings};
use publishing::Remote;
use serde_json::Value;
use target::{copy, enable_channels, publication, serve, target_of};
use workbench::examples::Examples;
use workbench::folder;
use workbench::publication::Publication;
use workbench::pull::{Instead, Request, pull, read, rebind};

/// The example that nothing can be published of.
const BROKEN: &str = "broken-on-purpose";

fn request<'a>(folder: &Path, server: &Server, application: Option<&str>) -> Request<'a> {
    let place = Target {
        endpoint_url: Some(server.endpoint_url()),
        application_id: application.map(str::to_owned),
        ..Target::default()
    };
    Request { folder: folder.to_owned(), target: "home".to_owned(), place, ..Request::default() }
}

/// What publishing all journeys and campaigns of a folder back would do.
async fn plan_back(folder: &Path) -> bridge::PlanView {
    let project = folder::read(folder).unwrap().project;
    let publication = Publication {
        project,
        folder: Some(folder.to_owned()),
        journeys: Vec::new(),
        campaigns: true,
        target: "home".to_owned(),
        activate: false,
        terms: workbench::publication::Terms::default(),
    };
    publication.plan(None).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pulled_is_what_the_target_answers_and_goes_back_without_a_change() {
    let names = Examples::default().list().into_iter().map(|example| example.name).filter(|name| name != BROKEN);
    for name in names {
        let server = serve().await;
        let place = copy(&name);
        let mut made = publication(place.path(), &server.endpoint_url());
        made.load_people(None, &[]).await.unwrap();
        enable_channels(&server, &made.project, place.path()).await;
        made.campaigns = true;
        made.apply(None, &mut |_, _, _| {}).await.unwrap();
        let (remote, bound) = target_of(&made.project, place.path()).await;
        let application = bound.application.unwrap();

        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("home");
        let done = pull(&request(&folder, &server, None)).await.unwrap();
        assert_eq!(done.application, application, "the only application is the one that is meant");
        let pulled = publishing::pull(&remote, &application).await.unwrap();
        let opened = folder::read(&folder).unwrap();
        assert_eq!(opened.problems, [], "{name}");
        assert_eq!(opened.project.documents.len(), pulled.documents.len());
        for one in &pulled.documents {
            assert_eq!(opened.project.documents.get(&one.id), Some(&one.value), "{name}: {}", one.id);
        }
        for part in ["application", "settings", "channels", "template-versions"] {
            let text = fs::read_to_string(folder.join("application").join(format!("{part}.json"))).unwrap();
            let (_, there) = pulled.application.iter().find(|(other, _)| *other == part).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), *there);
        }
        let back = plan_back(&folder).await;
        assert_eq!((&back.steps, &back.obstacles), (&Vec::new(), &Vec::new()), "{name}");
        assert!(back.unchanged > 0);

        // Again: nothing is written. Something else in the folder: it is not lost.
        let again = pull(&Request { place: Target::default(), ..request(&folder, &server, None) }).await.unwrap();
        assert_eq!((again.written, &again.application), (0, &application), "{name}");
        let id = opened.project.documents.keys().find(|id| matches!(id, DocumentId::Journey(_))).unwrap();
        let file = folder.join(id.file());
        let before = fs::read_to_string(&file).unwrap();
        let changed = before.replacen('{', "{\n  \"Note\": \"ours\",", 1);
        fs::write(&file, &changed).unwrap();
        let refused = pull(&request(&folder, &server, None)).await.unwrap_err();
        assert_eq!(refused.code, FailureCode::WouldLose, "{refused:?}");
        assert!(refused.message.contains(&id.file()), "{refused:?}");
        assert_eq!(fs::read_to_string(&file).unwrap(), changed);
        pull(&Request { replace: true, ..request(&folder, &server, None) }).await.unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), before);
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_finds_or_makes_segments_and_templates_on_the_other_target() {
    let (here, there) = (serve().await, serve().await);
    let place = copy("cart-abandonment");
    let mut project = publication(place.path(), &here.endpoint_url());
    project.apply(None, &mut |_, _, _| {}).await.unwrap();
    let target = |server: &Server| Target { endpoint_url: Some(server.endpoint_url()), ..Target::default() };
    let settings = &mut project.project.settings;
    settings.target.insert("there".to_owned(), target(&there));
    let settings = settings.clone();
    let from = read(place.path(), &settings, "local").await.unwrap();
    let mut copied = model::Project { settings: settings.clone(), ..model::Project::default() };
    copied.documents = from.documents.iter().map(|one| (one.id.clone(), one.value.clone())).collect();
    let mut work = Publication {
        project: copied.clone(),
        folder: None,
        journeys: Vec::new(),
        campaigns: false,
        target: "there".to_owned(),
        activate: false,
        terms: workbench::publication::Terms::default(),
    };
    let first = work.apply(None, &mut |_, _, _| {}).await.unwrap();
    assert!(first.steps.iter().any(|step| step.operation == "CreateSegment"), "{first:?}");
    assert_eq!(work.plan(None).await.unwrap().steps, [], "a copy can be repeated");

    // On the other target the journey names ids of there, and each is the segment of the same name.
    let to = read(Path::new("nowhere"), &settings, "there").await.unwrap();
    let names = |pulled: &publishing::Pulled| -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        for one in pulled.documents.iter().filter(|one| matches!(one.id, DocumentId::Journey(_))) {
            model::references::segment_references(&one.id, &mut one.value.clone(), &mut |id| {
                let segment = pulled.documents.iter().find(|one| one.value["Id"] == id.as_str()).unwrap();
                found.insert((one.id.to_string(), segment.value["Name"].to_string()));
            });
        }
        found
    };
    assert!(!names(&from).is_empty());
    assert_eq!(names(&from), names(&to));

    // Another segment and another template of there, in place of the copies.
    let remote = Remote::connect("there", &target(&there)).await.unwrap();
    let used: Vec<String> = names(&from).into_iter().map(|(_, name)| name.trim_matches('"').to_owned()).collect();
    let mut prepared = copied.clone();
    let other = DocumentId::Segment("other".to_owned());
    prepared.documents.clear();
    prepared.documents.insert(other, serde_json::json!({"Name": "other", "Dimensions": {}}));
    let template = DocumentId::Template(model::TemplateKind::Email, "elsewhere".to_owned());
    prepared
        .documents
        .insert(template, serde_json::json!({"Subject": "s", "TextPart": "Hello", "HtmlPart": "<p>Hello</p>"}));
    let journey = serde_json::json!({"Name": "holder", "StartActivity": "a",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "other"}},
        "Activities": {"a": {"EMAIL": {"TemplateName": "elsewhere"}}}});
    prepared.documents.insert(DocumentId::Journey("holder".to_owned()), journey);
    let holder = Publication { project: prepared, ..work.clone() };
    holder.apply(None, &mut |_, _, _| {}).await.unwrap();
    let to = read(Path::new("nowhere"), &settings, "there").await.unwrap();
    let mut email = BTreeSet::new();
    for one in &from.documents {
        model::references::template_references(&one.id, &mut one.value.clone(), &mut |kind, name| {
            if kind == model::TemplateKind::Email {
                email.insert(name.clone());
            }
        });
    }
    let first_email = email.first().unwrap().clone();
    let instead = Instead {
        segments: vec![(used[0].clone(), "other".to_owned())],
        templates: vec![(first_email.clone(), "elsewhere".to_owned())],
    };
    work.project = rebind(&copied, &to, &instead).unwrap();
    let plan = work.plan(None).await.unwrap();
    assert_eq!(plan.obstacles, [], "{plan:?}");
    let operations: Vec<&str> = plan.steps.iter().map(|step| step.operation.as_str()).collect();
    assert_eq!(operations, ["UpdateJourney"], "{plan:#?}");
    let changed: Vec<&String> = plan.steps[0].changes.iter().map(|(place, ..)| place).collect();
    assert!(changed.iter().any(|place| place.contains("SegmentId")), "{changed:?}");
    assert!(changed.iter().any(|place| place.contains("TemplateName")), "{changed:?}");
    work.apply(None, &mut |_, _, _| {}).await.unwrap();
    assert_eq!(work.plan(None).await.unwrap().steps, []);
    let wrong = Instead { segments: vec![("nobody".to_owned(), "other".to_owned())], ..Instead::default() };
    assert_eq!(rebind(&copied, &to, &wrong).unwrap_err().code, FailureCode::NotFound);
    assert!(!remote.applications().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_come_along_where_they_are_asked_for() {
    let files = tempfile::tempdir().unwrap();
    let settings = Settings { files: Some(files.path().to_owned()), ..Settings::default() };
    let server = Server::start(settings).await.unwrap();
    let place = copy("onboarding");
    let made = publication(place.path(), &server.endpoint_url());
    let (people, _) = workbench::people::endpoints(place.path());
    let items = workbench::people::items(&people);
    made.load_people(None, &items).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("home");
    let address = format!("file://{}/out/", files.path().display());
    let done = pull(&Request { endpoints: Some(&address), ..request(&folder, &server, None) }).await.unwrap();
    assert_eq!(done.endpoints.unwrap().0, items.len() as u64);
    let (back, problems) = workbench::people::endpoints(&folder);
    assert_eq!(problems, []);
    let ids = |items: &[Value]| -> BTreeSet<String> { items.iter().map(|one| one["Id"].to_string()).collect() };
    assert_eq!(ids(&workbench::people::items(&back)), ids(&items));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_boto3_made_comes_home_and_goes_back_without_a_change() {
    let Some(python) = std::env::var("WAYMARK_PYTHON").ok().filter(|path| !path.is_empty()) else {
        let everything = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!everything, "WAYMARK_PYTHON must name a program when everything is checked; `cargo verify` sets it");
        println!("skipped: WAYMARK_PYTHON is not set; `cargo verify` sets it");
        return;
    };
    let files = tempfile::tempdir().unwrap();
    let start = model::time::parse_instant("2026-11-30T09:00:00Z");
    let clock = pinpoint_local::ClockSetting::Virtual { start };
    let settings = Settings { files: Some(files.path().to_owned()), clock, ..Settings::default() };
    let server = Server::start(settings).await.unwrap();
    let mut command = Command::new(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("service/project.py"));
    command.arg(server.endpoint_url()).arg(files.path());
    for (name, value) in [
        ("AWS_ACCESS_KEY_ID", "waymark"),
        ("AWS_SECRET_ACCESS_KEY", "waymark"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("NO_PROXY", "127.0.0.1"),
    ] {
        command.env(name, value);
    }
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{output:?}");
    let applications: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(applications.len(), 12);
    for application in &applications {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("home");
        let done = pull(&request(&folder, &server, Some(application))).await.unwrap();
        assert!(done.documents >= 12, "{done:?}");
        let project = folder::read(&folder).unwrap().project;
        let imported = project.documents.values().filter(|value| value["SegmentType"] == "IMPORT").count();
        assert_eq!(imported, 1, "imported segments come along");
        let back = plan_back(&folder).await;
        assert_eq!((&back.steps, &back.obstacles), (&Vec::new(), &Vec::new()), "{application}");
        // Without what this computer keeps beside the folder it is the same.
        fs::remove_dir_all(folder.join(".waymark")).unwrap();
        assert_eq!(plan_back(&folder).await.steps, []);
        pushed_elsewhere_it_is_the_same(project).await;
    }
}

/// Publishes a project to an account that has nothing, brings it home from there, and compares all that was said.
async fn pushed_elsewhere_it_is_the_same(mut project: Project) {
    let elsewhere = serve().await;
    // What no journey and no campaign uses is not published, so neither are the members of an import job.
    let unused = ["from a file", "of a file", "near / by", "push", "call", "banner"];
    project
        .documents
        .retain(|_, value| !unused.iter().any(|name| value["Name"] == *name || value["TemplateName"] == *name));
    assert_eq!(project.documents.len(), 8, "three segments, two templates, two journeys, a campaign");
    let place = Target { endpoint_url: Some(elsewhere.endpoint_url()), ..Target::default() };
    project.settings.target.insert("local".to_owned(), place);
    let folder = tempfile::tempdir().unwrap();
    let mut publication = Publication {
        project: project.clone(),
        folder: Some(folder.path().to_owned()),
        journeys: Vec::new(),
        campaigns: false,
        target: "local".to_owned(),
        activate: false,
        terms: workbench::publication::Terms::default(),
    };
    publication.apply(None, &mut |_, _, _| {}).await.unwrap();
    enable_channels(&elsewhere, &project, folder.path()).await;
    publication.campaigns = true;
    let last = publication.apply(None, &mut |_, _, _| {}).await.unwrap();
    assert!(last.steps.iter().any(|step| step.operation == "CreateCampaign"), "{last:?}");
    let home = tempfile::tempdir().unwrap();
    let again = home.path().join("home");
    pull(&request(&again, &elsewhere, None)).await.unwrap();
    assert_eq!(said(&folder::read(&again).unwrap().project), said(&project));
    elsewhere.stop().await;
}

/// What a project says of each document, in order: less what a service writes, ids of segments as what those segments say.
fn said(project: &Project) -> Vec<String> {
    let mut segments: BTreeMap<String, String> = BTreeMap::new();
    let told = |id: &DocumentId, segments: &BTreeMap<String, String>| {
        let mut body = model::request::body(id, &project.documents[id]);
        model::references::segment_references(id, &mut body, &mut |reference| {
            if let Some(words) = segments.get(reference) {
                reference.clone_from(words);
            }
        });
        // A copy of a campaign rests until somebody lets it send.
        body.as_object_mut().unwrap().remove("IsPaused");
        format!("{} {body}", id.kind())
    };
    // Segments stand on segments: two rounds, for those of the first stand on none.
    for _ in 0..2 {
        let round = segments.clone();
        for id in project.documents.keys().filter(|id| matches!(id, DocumentId::Segment(_))) {
            let key = project.documents[id]["Id"].as_str().unwrap_or(id.name()).to_owned();
            segments.insert(key, told(id, &round));
        }
    }
    let mut all: Vec<String> = project.documents.keys().map(|id| told(id, &segments)).collect();
    all.sort();
    all
}
