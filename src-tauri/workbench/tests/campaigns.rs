//! What the window asks about a simulated campaign: who gets which treatment when, over which time.
#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use std::fs;

use bridge::{
    CampaignMessages, CampaignPage, CampaignView, Command, Failure, FailureCode, OpenPath, SimulateCampaign,
    WriteCampaignMessages,
};
use workbench::examples::Examples;
use workbench::{Settings, Workbench};

/// The example `win-back`, whose campaign has two treatments and a holdout.
struct Desk {
    workbench: Workbench,
    folder: tempfile::TempDir,
}

impl Desk {
    fn open() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        Examples::default().copy("win-back", folder.path()).unwrap();
        let settings = Settings { data: Some(folder.path().join(".data")), start_local: false, ..Settings::default() };
        Desk { workbench: Workbench::start(settings).unwrap(), folder }
    }

    async fn run(&self) -> CampaignView {
        let path = self.folder.path().display().to_string();
        let project = self.ask(OpenPath { path: path.clone() }).await.project;
        self.ask(SimulateCampaign { folder: Some(path), project, campaign: "winter-list".to_owned() }).await
    }

    async fn page(&self, run_id: u64, text: &str, from: u64) -> CampaignPage {
        self.ask(CampaignMessages { run_id, text: text.to_owned(), from }).await
    }

    async fn try_ask<C: Command>(&self, command: C) -> Result<C::Answer, Failure> {
        let answer = self.workbench.call(C::NAME, &serde_json::to_string(&command).unwrap()).await;
        answer.map(|text| serde_json::from_str(&text).unwrap()).map_err(|text| serde_json::from_str(&text).unwrap())
    }

    async fn ask<C: Command>(&self, command: C) -> C::Answer {
        self.try_ask(command).await.unwrap_or_else(|failure| panic!("{}: {failure:?}", C::NAME))
    }
}

#[tokio::test]
async fn who_gets_which_treatment_when_is_listed_searched_and_written() {
    let desk = Desk::open();
    let view = desk.run().await;
    let sent = |page: &CampaignPage| page.rows.iter().filter(|row| row.status == "SUCCESS").count() as u64;

    // Page by page all are there, in order of time.
    let mut all = desk.page(view.run_id, "", 0).await;
    while (all.rows.len() as u64) < all.total {
        let next = desk.page(view.run_id, "", all.rows.len() as u64).await;
        assert!(!next.rows.is_empty() && next.rows.len() <= 100);
        all.rows.extend(next.rows);
    }
    assert_eq!(sent(&all), view.run.messages);
    assert!(all.rows.is_sorted_by_key(|row| row.at));

    // Everybody has the treatment that the counts say.
    for treatment in &view.run.treatments {
        let name = treatment.name.clone().unwrap_or_else(|| "Default treatment".to_owned());
        let own = all.rows.iter().filter(|row| row.status == "SUCCESS" && row.treatment == name);
        assert_eq!(own.count() as u64, treatment.messages, "{name}");
    }
    let held: Vec<_> = all.rows.iter().filter(|row| row.status == "HOLDOUT").collect();
    assert!(held.iter().all(|row| row.treatment.is_empty()), "who is held out is in no treatment");

    let one = &all.rows[0];
    let found = desk.page(view.run_id, &one.person.to_uppercase(), 0).await;
    assert!(found.total >= 1 && found.rows.iter().all(|row| row.person.contains(&one.person)), "{found:?}");
    assert_eq!(desk.page(view.run_id, "nobody at all", 0).await, CampaignPage::default());

    // Over the time of the run, hour by hour.
    let hours: u64 = view.over_time.rows.iter().map(|row| row.cells[1].replace(',', "").parse::<u64>().unwrap()).sum();
    assert_eq!((view.over_time.title.as_str(), hours), ("Messages hour by hour", view.run.messages));
    assert!(view.over_time.plot.contains("role=\"img\""), "{}", view.over_time.plot);

    let file = desk.folder.path().join("messages.csv");
    let write = |path: String| WriteCampaignMessages { run_id: view.run_id, path };
    assert_eq!(desk.ask(write(file.display().to_string())).await, all.total);
    let text = fs::read_to_string(&file).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("person,endpoint,time,channel,treatment,run,template,template_version,status"));
    assert_eq!(lines.clone().count() as u64, all.total);
    assert!(lines.next().unwrap().starts_with(&format!("{},", one.person)));
    assert!(!text.contains('@'), "no row has an address");
    for path in ["", "messages.txt"] {
        assert_eq!(desk.try_ask(write(path.to_owned())).await.unwrap_err().code, FailureCode::BadInput, "{path}");
    }
    let gone = CampaignMessages { run_id: view.run_id + 9, text: String::new(), from: 0 };
    assert_eq!(desk.try_ask(gone).await.unwrap_err().code, FailureCode::NotFound);
}
