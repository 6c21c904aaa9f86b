//! What the window asks about a journey that runs on a target, through the bridge as it asks it.
#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use std::fs;

use bridge::{
    Command, Failure, FailureCode, Figure, Figures, Live, LiveAction, LiveView, LoadPeople, OnTarget, OpenPath,
    SetState,
};
use model::time::{DAY, HOUR, MINUTE, parse_instant};
use model::{DocumentId, Project, Target};
use pinpoint_local::{ClockSetting, Server};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use workbench::examples::Examples;
use workbench::publication::{Publication, Terms};
use workbench::{Settings, Workbench};

const JOURNEY: &str = "welcome-series";

/// The example `onboarding`, and a Pinpoint whose clock is moved by hand.
struct Desk {
    workbench: Workbench,
    server: Server,
    folder: tempfile::TempDir,
    project: Project,
}

impl Desk {
    async fn open() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        Examples::default().copy("onboarding", folder.path()).unwrap();
        let start = parse_instant("2026-11-30T08:00:00Z");
        let settings = pinpoint_local::Settings { clock: ClockSetting::Virtual { start }, ..Default::default() };
        let server = Server::start(settings).await.unwrap();
        let settings = Settings { data: Some(folder.path().join(".data")), start_local: false, ..Settings::default() };
        let workbench = Workbench::start(settings).unwrap();
        let desk = Desk { workbench, server, folder, project: Project::default() };
        let mut project = desk.ask(OpenPath { path: desk.path() }).await.project;
        let target = Target { endpoint_url: Some(desk.server.endpoint_url()), ..Target::default() };
        project.settings.target.insert("stage".to_owned(), target);
        fs::write(
            desk.folder.path().join("waymark.toml"),
            format!("name = \"Onboarding\"\n[target.stage]\nendpoint_url = \"{}\"\n", desk.server.endpoint_url()),
        )
        .unwrap();
        Desk { project, ..desk }
    }

    fn path(&self) -> String {
        self.folder.path().display().to_string()
    }

    /// Publishes the journey, started, and puts the sample people there.
    async fn publish(&self) {
        self.ask(LoadPeople { folder: self.path(), target: "stage".to_owned() }).await;
        self.publication().apply(None, &mut |_, _, _| {}).await.unwrap();
    }

    fn publication(&self) -> Publication {
        Publication {
            project: self.project.clone(),
            folder: Some(self.folder.path().to_owned()),
            journeys: vec![JOURNEY.to_owned()],
            campaigns: false,
            target: "stage".to_owned(),
            activate: true,
            terms: Terms::default(),
        }
    }

    /// Campaigns are taken only where their channel is enabled.
    async fn enable_email(&self) {
        let application = &self.server.status().apps[0].id;
        let body = r#"{"FromAddress":"hello@example.com","Identity":"arn:aws:ses:us-east-1:000000000000:identity/example.com"}"#;
        let mut stream = TcpStream::connect(self.server.address()).await.unwrap();
        let request = format!(
            "PUT /v1/apps/{application}/channels/email HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            self.server.address(),
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    async fn later(&self, span: i64) {
        self.server.advance_to(self.server.now() + span).await.unwrap();
    }

    fn of(&self) -> OnTarget {
        self.about(DocumentId::Journey(JOURNEY.to_owned()))
    }

    fn about(&self, id: DocumentId) -> OnTarget {
        OnTarget {
            settings: self.project.settings.clone(),
            folder: Some(self.path()),
            target: "stage".to_owned(),
            document: self.project.documents[&id].clone(),
            id,
        }
    }

    async fn live(&self, predict: bool) -> LiveView {
        self.ask(Live { of: self.of(), run: None, predict }).await
    }

    async fn set(&self, state: &str) -> Result<(), Failure> {
        self.try_ask(SetState { of: self.of(), state: state.to_owned() }).await
    }

    async fn try_ask<C: Command>(&self, command: C) -> Result<C::Answer, Failure> {
        let answer = self.workbench.call(C::NAME, &serde_json::to_string(&command).unwrap()).await;
        answer.map(|text| serde_json::from_str(&text).unwrap()).map_err(|text| serde_json::from_str(&text).unwrap())
    }

    async fn ask<C: Command>(&self, command: C) -> C::Answer {
        self.try_ask(command).await.unwrap_or_else(|failure| panic!("{}: {failure:?}", C::NAME))
    }
}

fn figure<'v>(view: &'v LiveView, key: &str) -> Option<&'v Figure> {
    view.figures.iter().find(|figure| figure.key == key)
}

fn action<'v>(view: &'v LiveView, words: &str) -> &'v LiveAction {
    view.actions.iter().find(|action| action.words == words).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_that_runs_is_counted_paused_resumed_and_stopped() {
    let desk = Desk::open().await;
    let before = desk.live(false).await;
    assert_eq!((before.state.as_str(), before.run), ("", None));
    assert!(before.said.contains("is not on “stage” yet"), "{}", before.said);
    assert_eq!(desk.set("PAUSED").await.unwrap_err().code, FailureCode::NotFound);

    desk.publish().await;
    let started = desk.live(false).await;
    assert_eq!(started.state, "ACTIVE");
    assert!(started.said.contains("Nobody has entered yet"), "{}", started.said);

    desk.later(HOUR + 10 * MINUTE).await;
    let running = desk.live(false).await;
    let run = running.run.clone().unwrap();
    assert!(run.entered > 100, "{}", running.said);
    let waiting: u64 = run.activities.iter().map(|of| of.waiting).sum();
    assert_eq!(waiting, run.entered - run.left, "everybody inside is somewhere: {:?}", run.activities);
    let first = &run.activities[0];
    assert_eq!((first.id.as_str(), first.entered), ("welcomeEmail", run.entered));
    assert_eq!(
        figure(&running, "waiting").unwrap().rows.len(),
        run.activities.iter().filter(|a| a.waiting > 0).count()
    );
    assert_eq!(running.runs.len(), 1);
    let of_run = desk.ask(Live { of: desk.of(), run: Some(running.runs[0].0.clone()), predict: false }).await;
    assert_eq!(of_run.run.unwrap().entered, run.entered);

    let pause = action(&running, "Pause");
    assert_eq!(pause.refused, "");
    assert!(pause.tells[0].starts_with(&format!("{waiting} people are inside now: ")), "{:?}", pause.tells);
    desk.set("PAUSED").await.unwrap();
    let paused = desk.live(false).await;
    assert_eq!(paused.state, "PAUSED");
    assert!(action(&paused, "Resume").refused.contains("less than 5 minutes ago"), "{:?}", paused.actions);
    assert_eq!(desk.set("ACTIVE").await.unwrap_err().code, FailureCode::Target);
    // Nothing moves.
    desk.later(4 * DAY).await;
    let still = desk.live(false).await;
    assert_eq!(still.run.clone().unwrap().connections, paused.run.unwrap().connections);
    assert_eq!(action(&still, "Resume").refused, "");
    desk.set("ACTIVE").await.unwrap();

    desk.later(3 * DAY).await;
    let on = desk.live(false).await;
    let split = on.run.clone().unwrap();
    let split = split.connections.iter().filter(|of| of.from == "openedWelcome").map(|of| of.count).sum::<u64>();
    assert!(split > 100, "the split has decided: {split}");
    desk.set("CANCELLED").await.unwrap();
    let stopped = desk.live(false).await;
    assert_eq!((stopped.state.as_str(), stopped.actions.len()), ("CANCELLED", 0));
    assert!(figure(&stopped, "waiting").unwrap().title.contains("when it was stopped"));
    let mut gone = desk.of();
    // Nobody listens on the first port.
    gone.settings.target.get_mut("stage").unwrap().endpoint_url = Some("http://127.0.0.1:1".to_owned());
    let gone = desk.try_ask(Live { of: gone, run: None, predict: false }).await.unwrap_err();
    assert_eq!(gone.code, FailureCode::Target);
    assert!(!gone.help.is_empty());
    desk.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_really_happens_is_compared_with_what_sample_people_do() {
    let desk = Desk::open().await;
    desk.publish().await;
    desk.later(HOUR + 3 * DAY).await;
    // Nobody opens anything on a target without people: far fewer than the response model says.
    let mut view = desk.live(true).await;
    // Counts do not wait for the prediction.
    while view.compared.is_empty() {
        assert!(figure(&view, "predicted").unwrap().note.contains("being run"), "{view:?}");
        assert_eq!(view.again, 1);
        view = desk.live(false).await;
    }
    let opened = view.compared.iter().find(|one| one.from == "openedWelcome").unwrap();
    assert_eq!((opened.count, opened.is_off()), (0, true), "{opened:?}");
    assert!(opened.decided > 100 && opened.predicted > 0.05, "{opened:?}");
    let shown = figure(&view, "predicted").unwrap();
    let row = shown.rows.iter().find(|row| row.activity == "openedWelcome").unwrap();
    assert_eq!((row.cells[0].as_str(), row.bad), ("Opened the welcome? · Yes", true));
    assert_eq!(row.cells[2], format!("⚠ 0% of {}, too few", opened.decided));
    assert!(shown.note.contains("not as predicted"), "{}", shown.note);
    let again = desk.live(false).await;
    assert_eq!(again.compared, view.compared, "it was kept");
    desk.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_document_says_what_it_means_for_people_in_flight() {
    let mut desk = Desk::open().await;
    desk.publish().await;
    desk.later(HOUR + 10 * MINUTE).await;
    assert_eq!(figure(&desk.live(false).await, "flight"), None, "nothing differs");
    let id = DocumentId::Journey(JOURNEY.to_owned());
    let document = desk.project.documents.get_mut(&id).unwrap();
    document["Activities"]["openedWelcome"]["ConditionalSplit"]["EvaluationWaitTime"] = json!({"WaitFor": "P3D"});
    let changed = desk.live(false).await;
    let flight = figure(&changed, "flight").unwrap();
    let row = flight.rows.iter().find(|row| row.activity == "openedWelcome").unwrap();
    assert!(row.cells[2].starts_with("changed: ") && !row.bad, "{row:?}");
    assert!(flight.note.contains("can not be changed") && flight.note.contains("another name"), "{}", flight.note);

    desk.project.documents.get_mut(&id).unwrap()["Activities"].as_object_mut().unwrap().shift_remove("openedWelcome");
    let gone = desk.live(false).await;
    let flight = figure(&gone, "flight").unwrap();
    let row = flight.rows.iter().find(|row| row.activity == "openedWelcome").unwrap();
    assert_eq!((row.cells[2].as_str(), row.bad), ("⚠ gone", true));
    assert!(flight.note.contains("wait at steps that the changed journey does not have"), "{}", flight.note);
    desk.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kpis_of_a_journey_and_of_its_application_are_shown_and_written() {
    let desk = Desk::open().await;
    desk.publish().await;
    desk.later(HOUR + 10 * MINUTE).await;
    let asked = |all: bool, path: String| Figures { of: desk.of(), all, from: String::new(), to: String::new(), path };
    let steps = desk.ask(asked(false, String::new())).await;
    assert_eq!(steps.len(), 1);
    let row = steps[0].rows.iter().find(|row| row.activity == "welcomeEmail").unwrap();
    let sent = row.cells[1].replace(',', "").parse::<u64>().unwrap();
    assert!(sent > 100 && row.cells[0] == "Welcome", "{row:?}");
    let file = desk.folder.path().join("kpis.csv");
    let all = desk.ask(asked(true, file.display().to_string())).await;
    let journeys = all.iter().find(|figure| figure.key == "journeys").unwrap();
    assert_eq!(journeys.rows[0].cells, ["Sent".to_owned(), row.cells[1].clone()]);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(&format!("journey-emails-sent,,,{sent}")), "{text}");
    let long = Figures { from: "2026-01-01".to_owned(), to: "2026-11-30".to_owned(), ..asked(false, String::new()) };
    assert!(desk.try_ask(long).await.unwrap_err().message.contains("31 days"));
    desk.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_that_runs_is_shown_paused_and_resumed() {
    let desk = Desk::open().await;
    let id = DocumentId::Campaign("december-newsletter".to_owned());
    let asked = async |predict| desk.ask(Live { of: desk.about(id.clone()), run: None, predict }).await;
    let live = async || asked(false).await;
    assert!(live().await.said.contains("This campaign is not on “stage” yet"));
    desk.ask(LoadPeople { folder: desk.path(), target: "stage".to_owned() }).await;
    desk.enable_email().await;
    let publication = Publication { journeys: vec![id.to_string()], ..desk.publication() };
    publication.apply(None, &mut |_, _, _| {}).await.unwrap();

    let before = live().await;
    assert_eq!(
        (before.state.as_str(), before.said.as_str()),
        ("SCHEDULED", "It waits for its time; nothing was sent yet.")
    );
    assert_eq!(figure(&before, "runs").unwrap().note, "It has not run yet.");
    let set = async |state: &str| desk.ask(SetState { of: desk.about(id.clone()), state: state.to_owned() }).await;
    assert_eq!(action(&before, "Pause").refused, "");
    set("PAUSED").await;
    let paused = live().await;
    assert_eq!((paused.state.as_str(), paused.actions.len()), ("PAUSED", 2));
    assert!(action(&paused, "Stop").refused.contains("can not stop a campaign"));
    let stop = SetState { of: desk.about(id.clone()), state: "CANCELLED".to_owned() };
    assert_eq!(desk.try_ask(stop).await.unwrap_err().code, FailureCode::BadInput);
    set("ACTIVE").await;
    assert_eq!(live().await.state, "SCHEDULED");

    // Its first run is in December.
    desk.server.advance_to(parse_instant("2026-12-20T00:00:00Z").unwrap()).await.unwrap();
    let after = live().await;
    assert_eq!(after.state, "PENDING_NEXT_RUN", "{}", after.said);
    let runs = figure(&after, "runs").unwrap();
    let reached: u64 = runs.rows.iter().map(|row| row.cells[4].replace(',', "").parse::<u64>().unwrap()).sum();
    assert!(reached > 100, "{runs:?}");
    let treatment = &figure(&after, "treatments").unwrap().rows[0];
    assert_eq!(treatment.cells[4].replace(',', "").parse::<u64>().unwrap(), reached, "{treatment:?}");

    // Everything is delivered there, and nobody opens anything, which the sample people do.
    let predicted = loop {
        let found = figure(&asked(true).await, "predicted").unwrap().clone();
        if !found.note.contains('…') {
            break found;
        }
        tokio::task::yield_now().await;
    };
    let [delivered, opened] = predicted.rows.as_slice() else { panic!("{predicted:?}") };
    assert_eq!(delivered.cells[0], "Standard treatment · delivered");
    assert!(opened.cells[0].ends_with("opened") && opened.bad && opened.cells[2].contains("too few"), "{opened:?}");
    assert!(predicted.note.starts_with('⚠'), "{predicted:?}");
    desk.server.stop().await;
}
