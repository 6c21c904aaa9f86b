//! What the window asks when it publishes: a campaign to the Pinpoint inside, the history, the way back.
#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use bridge::{
    Apply, BackView, Command, Failure, FailureCode, ListPublications, OpenPath, Plan, PlanBack, PlanView, Progress,
    ProgressView, PublicationLine, RollBack, TargetOf,
};
use model::{DocumentId, Project};
use serde_json::json;
use workbench::examples::Examples;
use workbench::{Settings, Workbench};

const CAMPAIGN: &str = "december-newsletter";

/// The example `onboarding`, with the studio's own Pinpoint.
struct Desk {
    workbench: Workbench,
    folder: tempfile::TempDir,
    project: Project,
}

impl Desk {
    async fn open() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        Examples::default().copy("onboarding", folder.path()).unwrap();
        let settings = Settings { data: Some(folder.path().join(".data")), ..Settings::default() };
        let desk = Desk { workbench: Workbench::start(settings).unwrap(), folder, project: Project::default() };
        let mut project = desk.ask(OpenPath { path: desk.path() }).await.project;
        // A target takes no campaign whose start is past, and this one is asked by the real clock.
        let campaign = project.documents.get_mut(&DocumentId::Campaign(CAMPAIGN.to_owned())).unwrap();
        campaign["Schedule"]["StartTime"] = json!("2126-12-02T10:00:00Z");
        campaign["Schedule"]["EndTime"] = json!("2127-04-30T10:00:00Z");
        Desk { project, ..desk }
    }

    fn path(&self) -> String {
        self.folder.path().display().to_string()
    }

    fn plan(&self) -> Plan {
        Plan {
            project: self.project.clone(),
            folder: Some(self.path()),
            journeys: vec![DocumentId::Campaign(CAMPAIGN.to_owned()).to_string()],
            target: "local".to_owned(),
            activate: false,
        }
    }

    fn of(&self) -> TargetOf {
        TargetOf { settings: self.project.settings.clone(), folder: self.path(), target: "local".to_owned() }
    }

    fn hold_out(&mut self, percent: u8) {
        let id = DocumentId::Campaign(CAMPAIGN.to_owned());
        self.project.documents.get_mut(&id).unwrap()["HoldoutPercent"] = json!(percent);
    }

    async fn publish(&self, message: &str) -> ProgressView {
        let job = self.ask(Apply { plan: self.plan(), over_drift: false, message: message.to_owned() }).await;
        self.end(job).await
    }

    async fn end(&self, job: u64) -> ProgressView {
        loop {
            let progress = self.ask(Progress { job }).await;
            if progress.ended {
                return progress;
            }
            tokio::task::yield_now().await;
        }
    }

    async fn history(&self) -> Vec<PublicationLine> {
        self.ask(ListPublications { of: self.of() }).await
    }

    async fn try_ask<C: Command>(&self, command: C) -> Result<C::Answer, Failure> {
        let answer = self.workbench.call(C::NAME, &serde_json::to_string(&command).unwrap()).await;
        answer.map(|text| serde_json::from_str(&text).unwrap()).map_err(|text| serde_json::from_str(&text).unwrap())
    }

    async fn ask<C: Command>(&self, command: C) -> C::Answer {
        self.try_ask(command).await.unwrap_or_else(|failure| panic!("{}: {failure:?}", C::NAME))
    }
}

fn titles(plan: &PlanView) -> Vec<&str> {
    plan.steps.iter().map(|step| step.title.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_published_changed_and_brought_back_with_its_history() {
    let mut desk = Desk::open().await;
    assert_eq!(desk.history().await, []);
    let back = desk.try_ask(PlanBack { of: desk.of(), number: None }).await.unwrap_err();
    assert_eq!(back.code, FailureCode::NotFound, "{back:?}");

    let plan = desk.ask(desk.plan()).await;
    let all = titles(&plan);
    assert!(
        all.contains(&"enable channel `EMAIL`") && all.contains(&"create campaign `december-newsletter`"),
        "{all:?}"
    );
    assert!(!all.iter().any(|title| title.contains("journey")), "only what the campaign needs: {all:?}");
    let first = desk.publish("  the winter list ").await;
    assert_eq!((first.failure, first.total as usize), (None, all.len()), "{:?}", first.done);

    // Of a change it says what it means, and then which members.
    desk.hold_out(10);
    let plan = desk.ask(desk.plan()).await;
    assert_eq!(titles(&plan), ["change campaign `december-newsletter`"]);
    assert_eq!(plan.steps[0].words, ["Holdout percent: 10, was 5"]);
    let member = ("HoldoutPercent".to_owned(), "5".to_owned(), "10".to_owned());
    assert_eq!((plan.steps[0].operation.as_str(), plan.steps[0].changes.as_slice()), ("UpdateCampaign", &[member][..]));
    assert_eq!(desk.publish("").await.failure, None);

    let history = desk.history().await;
    let told: Vec<(u32, &str, bool)> =
        history.iter().map(|one| (one.number, one.message.as_str(), one.complete)).collect();
    assert_eq!(told, [(2, "", true), (1, "the winter list", true)]);
    assert_eq!(history[0].steps, ["updated campaign `december-newsletter`"]);
    assert!(history.iter().all(|one| !one.by.is_empty() && one.at.len() == 16), "{history:?}");

    // Back to the last state that is not the one there now.
    let BackView { to, plan } = desk.ask(PlanBack { of: desk.of(), number: None }).await;
    assert_eq!((to.number, plan.steps[0].words.as_slice()), (1, &["Holdout percent: 5, was 10".to_owned()][..]));
    let job = desk.ask(RollBack { of: desk.of(), number: to.number, message: String::new() }).await;
    assert_eq!(desk.end(job).await.failure, None);
    assert_eq!(desk.history().await[0].message, "back to publication 1");
    assert_eq!(desk.ask(desk.plan()).await.steps[0].words, ["Holdout percent: 10, was 5"], "the folder stays as it is");

    let none = desk.ask(RollBack { of: desk.of(), number: 9, message: String::new() }).await;
    assert_eq!(desk.end(none).await.failure.unwrap().code, FailureCode::NotFound);
}
