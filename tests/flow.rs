//! A journey from folder to Pinpoint: every example is opened, checked, simulated, published through aws-sdk-pinpoint to a
//! local Pinpoint, and read back; and a publication that is killed anywhere goes on without making anything twice.
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

mod target;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bridge::FailureCode;
use model::{Account, DocumentId, Project, Target};
use pinpoint_local::Server;
use publishing::Remote;
use serde_json::Value;
use target::{copy, enable_channels, publication, serve, target_of};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use workbench::examples::Examples;
use workbench::publication::Publication;
use workbench::{check, folder, simulate};

/// The example that shows what the checks say.
const BROKEN: &str = "broken-on-purpose";

#[tokio::test(flavor = "multi_thread")]
async fn every_example_opens_checks_simulates_publishes_and_reads_back() {
    let names: Vec<String> = Examples::default().list().into_iter().map(|example| example.name).collect();
    assert_eq!(names.len(), 14, "{names:?}");
    for name in names.iter().filter(|name| *name != BROKEN) {
        let place = copy(name);
        let opened = folder::read(place.path()).unwrap();
        assert_eq!(opened.problems, [], "{name}");
        let checked = check::check(place.path()).unwrap();
        assert!(checked.findings.is_empty(), "{name}: {:#?}", checked.findings);
        simulates(name, place.path());
        publishes(name, place.path()).await;
    }
}

fn simulates(name: &str, folder: &Path) {
    let project = folder::read(folder).unwrap().project;
    for (journey, _) in project.journeys() {
        let file = folder.join(DocumentId::Journey(journey.to_owned()).file());
        let (cohort, problems) = simulate::of_file(&file, None, None, simulate::Request::default()).unwrap();
        assert_eq!(problems, [], "{name}");
        assert!(cohort.len() >= 1000, "{name} has {} endpoints", cohort.len());
        let (run, people) = cohort.run(50, &|_| {});
        assert!(run.entered > 0, "nobody enters {name}/{journey}: {:?}", run.refused);
        assert!(run.messages > 0, "{name}/{journey} sends nothing");
        let (again, _) = cohort.run(50, &|_| {});
        assert_eq!(run, again, "{name}/{journey} is not the same twice");
        for person in people {
            assert!(!cohort.story(&person.person).unwrap().steps.is_empty(), "{name}: {} has no story", person.person);
        }
    }
}

async fn publishes(name: &str, folder: &Path) {
    let server = serve().await;
    let mut publication = publication(folder, &server.endpoint_url());
    let before = publication.plan(None).await.unwrap();
    assert_eq!(before.obstacles, [], "{name}");
    assert_eq!(before.steps[0].operation, "CreateApp");
    let mut sentences = Vec::new();
    publication.apply(None, &mut |sentence, _, _| sentences.push(sentence)).await.unwrap();
    assert_eq!(sentences.len(), before.steps.len(), "{name}: {sentences:?}");

    let after = publication.plan(None).await.unwrap();
    assert_eq!(after.steps, [], "{name}: publishing again would do something");
    assert_eq!(after.unchanged as usize + 1, before.steps.len());

    publication.campaigns = true;
    enable_channels(&server, &publication.project, folder).await;
    publication.apply(None, &mut |_, _, _| {}).await.unwrap();
    reads_back(name, &publication.project, folder).await;
    assert_eq!(publication.plan(None).await.unwrap().steps, [], "{name}: publishing again would do something");
    server.stop().await;
}

/// What the target holds is what the folder says, member for member.
async fn reads_back(name: &str, project: &Project, folder: &Path) {
    let (remote, bound) = target_of(project, folder).await;
    let application = bound.application.clone().unwrap();
    let names_by_id: BTreeMap<&str, &str> =
        bound.segments.iter().map(|(name, id)| (id.as_str(), name.as_str())).collect();
    let with_names = |value: &Value| {
        let text = names_by_id.iter().fold(value.to_string(), |text, (id, name)| text.replace(id, name));
        serde_json::from_str::<Value>(&text).unwrap()
    };
    for (id, document) in &project.documents {
        let there = match id {
            DocumentId::Journey(journey) => remote.journey(&application, &bound.journeys[journey]).await.unwrap(),
            DocumentId::Segment(segment) => match bound.segments.get(segment) {
                Some(segment) => remote.segment(&application, segment).await.unwrap(),
                None => continue,
            },
            DocumentId::Template(kind, template) => match remote.template(*kind, template).await.unwrap() {
                Some(template) => Some(template),
                // Only what a journey needs is published.
                None => continue,
            },
            DocumentId::Campaign(campaign) => Some(campaign_on(&remote, &bound, campaign).await),
            DocumentId::Canvas(_) | DocumentId::Conflicts(_) | DocumentId::Source(..) | DocumentId::Partial(_) => {
                continue;
            }
        };
        let there = there.unwrap_or_else(|| panic!("{name}: {id} is not on the target"));
        let sent = publishing::request_body(id, document);
        // Treatments of campaigns come back with members that only an answer has.
        let there = publishing::request_body(id, &there);
        for (member, value) in sent.as_object().unwrap() {
            assert_eq!(with_names(&there[member]), *value, "{name}: {id} {member}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_with_errors_is_not_published() {
    let place = copy(BROKEN);
    let checked = check::check(place.path()).unwrap();
    assert!(checked.findings.iter().filter(|found| found.is_error()).count() >= 5);
    assert!(checked.findings.iter().all(|found| found.line > 0), "every finding has a place in its file");
    let server = serve().await;
    let publication = publication(place.path(), &server.endpoint_url());
    let failure = publication.apply(None, &mut |_, _, _| {}).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Errors, "{failure:?}");
    assert!(server.status().apps.is_empty(), "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_account_of_a_target_does_not_allow_is_not_published_there() {
    let place = copy("onboarding");
    let server = serve().await;
    let mut publication = publication(place.path(), &server.endpoint_url());
    let account = |channel: &str| Account { channels: Some(vec![channel.to_owned()]), ..Account::default() };
    publication.project.settings.target.get_mut("local").unwrap().account = Some(account("VOICE"));
    let failure = publication.plan(None).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Errors, "{failure:?}");
    assert!(failure.message.contains("is not enabled in the account"), "{failure:?}");
    // What is known of another target does not matter here.
    let elsewhere = publication.project.settings.target["local"].clone();
    publication.project.settings.target.insert("prod".to_owned(), elsewhere);
    publication.project.settings.target.get_mut("local").unwrap().account = None;
    assert!(!publication.plan(None).await.unwrap().steps.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_publication_goes_on_without_duplicates() {
    // How many requests a publication has, to kill it at each tenth of them and at the first few.
    let requests = {
        let (_place, publication, _server, gate) = behind_a_gate(usize::MAX, Kill::AfterIt).await;
        publication.apply(None, &mut |_, _, _| {}).await.unwrap();
        gate.seen.load(Ordering::SeqCst)
    };
    assert!(requests > 10, "{requests}");
    let moments = (1..=requests).filter(|moment| *moment <= 6 || moment % 4 == 0);
    for moment in moments {
        for kill in [Kill::BeforeIt, Kill::AfterIt] {
            let (place, publication, server, gate) = behind_a_gate(moment, kill).await;
            let mut tell = |_, _, _| {};
            tokio::select! {
                outcome = publication.apply(None, &mut tell) => panic!("not killed at {moment}: {outcome:?}"),
                () = gate.reached.notified() => {}
            }
            let again = self::publication(place.path(), &server.endpoint_url());
            again.apply(None, &mut |_, _, _| {}).await.unwrap();
            assert_eq!(again.plan(None).await.unwrap().steps, [], "killed at {moment}");
            let status = server.status();
            assert_eq!(status.apps.len(), 1, "killed at {moment}");
            let journeys = again.project.journeys().count();
            assert_eq!(status.apps[0].journeys.len(), journeys, "killed at {moment}");
            let (_, bound) = target_of(&again.project, place.path()).await;
            assert_eq!(
                segments_on(&server, &bound.application.unwrap()).await,
                bound.segments.len(),
                "killed at {moment}"
            );
        }
    }
}

/// The project with something else in every document.
fn changed(mut publication: Publication) -> Publication {
    for (id, document) in publication.project.documents.iter_mut() {
        match id {
            DocumentId::Template(..) => document["TemplateDescription"] = "the second".into(),
            DocumentId::Segment(_) => document["Name"] = format!("{} 2", id.name()).into(),
            DocumentId::Journey(_) => document["Limits"] = serde_json::json!({"DailyCap": 17}),
            _ => {}
        }
    }
    publication
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_is_killed_anywhere_leaves_the_old_or_the_new_and_goes_on() {
    let mut points = 0;
    for name in ["onboarding", "cart-abandonment", "win-back", "survey", "renewal"] {
        let mut moment = 0;
        let mut reached = true;
        while reached {
            moment += 1;
            for kill in [Kill::BeforeIt, Kill::AfterIt] {
                let server = serve().await;
                let place = copy(name);
                let old = publication(place.path(), &server.endpoint_url());
                old.apply(None, &mut |_, _, _| {}).await.unwrap();
                let (address, gate) = gate_before(&server, moment, kill).await;
                let through = changed(publication(place.path(), &address));
                let mut tell = |_, _, _| {};
                reached = tokio::select! {
                    outcome = through.apply(None, &mut tell) => outcome.map(|_| false).unwrap(),
                    () = gate.reached.notified() => true,
                };
                let new = changed(publication(place.path(), &server.endpoint_url()));
                let subjects = |plan: bridge::PlanView| -> BTreeSet<String> {
                    assert_eq!(plan.obstacles, []);
                    assert_eq!(plan.drift, [], "{name}, {kill:?} {moment}: what we did ourselves is no drift");
                    plan.steps.into_iter().map(|step| step.subject).collect()
                };
                let (to_old, to_new) = (old.plan(None).await.unwrap(), new.plan(None).await.unwrap());
                let (to_old, to_new) = (subjects(to_old), subjects(to_new));
                let half: Vec<&String> = to_old.intersection(&to_new).collect();
                assert!(half.is_empty(), "{name}, {kill:?} {moment}: neither old nor new: {half:?}");
                new.apply(None, &mut |_, _, _| {}).await.unwrap();
                assert_eq!(new.plan(None).await.unwrap().steps, [], "{name}, {kill:?} {moment}");
                let again = new.apply(None, &mut |_, _, _| {}).await.unwrap();
                assert_eq!(again.steps, [], "a second time there is nothing to do");
                points += usize::from(reached);
                server.stop().await;
            }
        }
    }
    assert!(points >= 200, "killed at {points} points");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_folder_of_bindings_loses_nothing() {
    let server = serve().await;
    let place = copy("onboarding");
    let publication = publication(place.path(), &server.endpoint_url());
    publication.apply(None, &mut |_, _, _| {}).await.unwrap();
    std::fs::remove_dir_all(place.path().join(".waymark")).unwrap();
    assert_eq!(publication.plan(None).await.unwrap().steps, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_an_update_and_a_started_journey_is_left_alone() {
    let server = serve().await;
    let place = copy("onboarding");
    let mut publication = publication(place.path(), &server.endpoint_url());
    publication.apply(None, &mut |_, _, _| {}).await.unwrap();

    let id = publication.project.documents.keys().find(|id| matches!(id, DocumentId::Journey(_))).unwrap().clone();
    let limits = serde_json::json!({"MessagesPerSecond": 50});
    publication.project.documents.get_mut(&id).unwrap()["Limits"] = limits;
    let plan = publication.plan(None).await.unwrap();
    assert_eq!(plan.steps.len(), 1, "{plan:#?}");
    assert_eq!(plan.steps[0].operation, "UpdateJourney");
    assert!(plan.steps[0].changes.iter().all(|(path, _, _)| path.starts_with("Limits")), "{plan:#?}");
    publication.activate = true;
    publication.apply(None, &mut |_, _, _| {}).await.unwrap();
    assert!(server.status().apps[0].journeys.iter().all(|journey| journey.state == "ACTIVE"));
    assert_eq!(publication.plan(None).await.unwrap().steps, []);

    publication.project.documents.get_mut(&id).unwrap()["Limits"]["MessagesPerSecond"] = 60.into();
    let plan = publication.plan(None).await.unwrap();
    assert_eq!(plan.obstacles.len(), 1, "{plan:#?}");
    assert!(plan.obstacles[0].message.contains("ACTIVE"), "{plan:#?}");
    let failure = publication.apply(None, &mut |_, _, _| {}).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Target);
}

/// The example `onboarding` on a server whose application has its channels, to publish a campaign of it.
async fn campaign_alone(server: &Server, place: &TempDir) -> (Publication, DocumentId) {
    let mut publication = publication(place.path(), &server.endpoint_url());
    publication.load_people(None, &[]).await.unwrap();
    enable_channels(server, &publication.project, place.path()).await;
    let id = DocumentId::Campaign("december-newsletter".to_owned());
    publication.journeys = vec![id.to_string()];
    (publication, id)
}

/// A campaign as the target has it.
async fn campaign_on(remote: &Remote, bound: &publishing::TargetBindings, name: &str) -> Value {
    let campaigns = remote.campaigns(bound.application.as_deref().unwrap()).await.unwrap();
    let found: Vec<Value> = campaigns.into_iter().filter(|one| one["Id"] == bound.campaigns[name].as_str()).collect();
    assert_eq!(found.len(), 1, "{name}");
    found[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_rests_until_it_is_activated_and_is_changed_as_the_folder_says() {
    let server = serve().await;
    let place = copy("onboarding");
    let (mut publication, id) = campaign_alone(&server, &place).await;
    publication.project.documents.get_mut(&id).unwrap()["Limits"] = serde_json::json!({"Daily": 2});
    publication.apply(None, &mut |_, _, _| {}).await.unwrap();
    let (remote, bound) = target_of(&publication.project, place.path()).await;
    assert!(bound.journeys.is_empty(), "only what was named");
    let there = async || campaign_on(&remote, &bound, "december-newsletter").await;
    let state = |campaign: &Value| campaign["State"]["CampaignStatus"].as_str().unwrap().to_owned();
    let first = there().await;
    assert_eq!(state(&first), "PAUSED", "it would be sent at its time");
    assert!(bound.segments.values().any(|id| first["SegmentId"] == id.as_str()), "{first}");
    assert_eq!(publication.plan(None).await.unwrap().steps, []);

    publication.activate = true;
    let plan = publication.plan(None).await.unwrap();
    let changes: Vec<&str> = plan.steps.iter().flat_map(|step| &step.changes).map(|change| change.0.as_str()).collect();
    assert_eq!((plan.steps[0].operation.as_str(), changes), ("UpdateCampaign", vec!["IsPaused"]));
    publication.apply(None, &mut |_, _, _| {}).await.unwrap();
    assert_eq!(state(&there().await), "SCHEDULED");
    assert_eq!(publication.plan(None).await.unwrap().steps, []);
    publication.activate = false;
    assert_eq!(publication.plan(None).await.unwrap().steps, [], "what runs is not put to rest again");

    // A member that the folder does not have any more goes, another comes.
    let document = publication.project.documents.get_mut(&id).unwrap().as_object_mut().unwrap();
    document.shift_remove("Limits");
    document.insert("Description".to_owned(), "for the winter".into());
    publication.apply(None, &mut |_, _, _| {}).await.unwrap();
    let changed = there().await;
    assert_eq!((changed.get("Limits"), &changed["Description"]), (None, &Value::from("for the winter")));
    assert_eq!(state(&changed), "SCHEDULED");
    assert_eq!(publication.plan(None).await.unwrap().steps, []);

    // Without bindings it is found by its name, and not made twice.
    std::fs::remove_dir_all(place.path().join(".waymark")).unwrap();
    assert_eq!(publication.plan(None).await.unwrap().steps, []);

    // Once it was sent it is left alone, and a change stands in the way.
    server.advance_to(model::time::parse_instant("2027-12-31T00:00:00Z").unwrap()).await.unwrap();
    assert_eq!(state(&there().await), "COMPLETED");
    publication.activate = true;
    assert_eq!(publication.plan(None).await.unwrap().obstacles, []);
    publication.project.documents.get_mut(&id).unwrap()["Description"] = "too late".into();
    let plan = publication.plan(None).await.unwrap();
    assert!(plan.obstacles[0].message.contains("COMPLETED"), "{plan:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_that_is_sent_at_once_is_made_only_when_it_is_activated() {
    let server = serve().await;
    let place = copy("onboarding");
    let (mut publication, id) = campaign_alone(&server, &place).await;
    let document = publication.project.documents.get_mut(&id).unwrap();
    document["Schedule"] = serde_json::json!({"StartTime": "IMMEDIATE"});
    let plan = publication.plan(None).await.unwrap();
    assert!(plan.obstacles[0].help.contains("--activate"), "{plan:#?}");
    publication.activate = true;
    publication.apply(None, &mut |_, _, _| {}).await.unwrap();
    let (remote, bound) = target_of(&publication.project, place.path()).await;
    let there = campaign_on(&remote, &bound, "december-newsletter").await;
    assert_ne!(there["IsPaused"], true);
    assert_eq!(publication.plan(None).await.unwrap().steps, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_trouble_with_a_target_is_one_clear_sentence() {
    let server = serve().await;
    let place = copy("onboarding");
    let mut publication = publication(place.path(), &server.endpoint_url());
    let mut failure_with = async |target: Target| {
        publication.project.settings.target.insert("local".to_owned(), target);
        publication.plan(None).await.unwrap_err()
    };
    let unknown = failure_with(Target {
        endpoint_url: Some(server.endpoint_url()),
        application_id: Some("0123456789abcdef0123456789abcdef".to_owned()),
        ..Target::default()
    })
    .await;
    assert!(unknown.message.contains("does not exist") && unknown.help.contains("application_id"), "{unknown:?}");
    let address = failure_with(Target { endpoint_url: Some("127.0.0.1:8700".to_owned()), ..Target::default() }).await;
    assert!(address.help.contains("http://"), "{address:?}");
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let down = failure_with(Target { endpoint_url: Some(format!("http://{closed}")), ..Target::default() }).await;
    assert_eq!(down.code, FailureCode::Target);
    assert!(down.message.contains("does not answer") && down.help.contains("waymark serve"), "{down:?}");
}

/// How many segments an application has, asked over plain HTTP.
async fn segments_on(server: &Server, application: &str) -> usize {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request = format!(
        "GET /v1/apps/{application}/segments?page-size=200 HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        server.address()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let body = &body[body.find('{').unwrap()..=body.rfind('}').unwrap()];
    serde_json::from_str::<Value>(body).unwrap()["Item"].as_array().unwrap().len()
}

/// When a publication is killed.
#[derive(Clone, Copy, Debug)]
enum Kill {
    /// The request never arrives.
    BeforeIt,
    /// The request is carried out, and its answer is lost.
    AfterIt,
}

/// Lets requests through to a server up to a moment.
struct Gate {
    seen: AtomicUsize,
    reached: Notify,
    moment: usize,
    kill: Kill,
    server: SocketAddr,
}

/// An example, its publication through a gate that closes at `moment`, and the server behind.
async fn behind_a_gate(moment: usize, kill: Kill) -> (TempDir, Publication, Server, Arc<Gate>) {
    let server = serve().await;
    let (address, gate) = gate_before(&server, moment, kill).await;
    let place = copy("onboarding");
    let publication = publication(place.path(), &address);
    (place, publication, server, gate)
}

/// A gate before a server that closes at `moment`, and its address.
async fn gate_before(server: &Server, moment: usize, kill: Kill) -> (String, Arc<Gate>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let gate =
        Arc::new(Gate { seen: AtomicUsize::new(0), reached: Notify::new(), moment, kill, server: server.address() });
    let keeper = gate.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let gate = keeper.clone();
            tokio::spawn(async move { gate.pass(client).await });
        }
    });
    (format!("http://{address}"), gate)
}

impl Gate {
    /// Carries one request and its answer, then closes the connection.
    async fn pass(&self, mut client: TcpStream) {
        let Some(request) = read_message(&mut client).await else { return };
        let number = self.seen.fetch_add(1, Ordering::SeqCst) + 1;
        if number >= self.moment && matches!(self.kill, Kill::BeforeIt) {
            return self.close(client).await;
        }
        let mut server = TcpStream::connect(self.server).await.unwrap();
        server.write_all(&request).await.unwrap();
        let answer = read_message(&mut server).await.unwrap_or_default();
        if number >= self.moment {
            return self.close(client).await;
        }
        let answer = String::from_utf8(answer).unwrap().replacen("\r\n", "\r\nconnection: close\r\n", 1);
        client.write_all(answer.as_bytes()).await.unwrap();
        let _ = client.shutdown().await;
    }

    /// Says that the moment has come, and holds the line: whoever waits is killed now.
    async fn close(&self, client: TcpStream) {
        self.reached.notify_one();
        std::future::pending::<()>().await;
        drop(client);
    }
}

/// One HTTP message with its body, by `content-length`.
async fn read_message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut message = Vec::new();
    let mut chunk = [0; 16 * 1024];
    loop {
        if let Some(end) = message.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&message[..end]).to_lowercase();
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
            if message.len() >= end + 4 + length {
                return Some(message);
            }
        }
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => message.extend_from_slice(&chunk[..read]),
        }
    }
}
