//! A browser without a window, driven through ChromeDriver.

use std::process::Command;
use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use super::{Group, free_port, wait_for_port};

/// A browser; it ends with this value.
pub struct Chromium {
    /// What drives it.
    pub client: Client,
    driver: Group,
    _profile: tempfile::TempDir,
}

impl Chromium {
    /// The time that the browser has used on processors, all its processes together; nought where the system does not say.
    pub fn cpu(&self) -> Duration {
        self.driver.cpu()
    }

    /// Starts one with a profile of its own; `who` names the log of its driver.
    pub async fn start(who: &str) -> Chromium {
        Chromium::start_with(who, &[]).await
    }

    /// The same with further arguments.
    pub async fn start_with(who: &str, more: &[&str]) -> Chromium {
        let port = free_port();
        let log = format!("{who}-driver");
        let driver = Group::start(Command::new("chromedriver").arg(format!("--port={port}")), &log);
        wait_for_port(port);
        let profile = tempfile::tempdir().expect("a temporary folder");
        let size = "--window-size=1440,1043";
        let profile_folder = format!("--user-data-dir={}", profile.path().display());
        let mut arguments = vec![
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            size,
            &profile_folder,
        ];
        arguments.extend(more);
        let options = json!({"browserName": "chrome", "goog:chromeOptions": {"args": arguments}});
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(options.as_object().expect("an object").clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a session with the browser");
        Chromium { client, driver, _profile: profile }
    }
}
