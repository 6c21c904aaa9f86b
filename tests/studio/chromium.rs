//! A browser without a window, driven through ChromeDriver.

use std::process::Command;
use std::time::Duration;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use url::{ParseError, Url};

use super::{Group, Hand, free_port, wait_for_port};

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

    /// Opens a page, and answers the hand for it.
    pub async fn open(&self, address: &str) -> Hand {
        self.client.goto(address).await.expect("the page");
        Hand::in_chromium(self.client.clone())
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

/// What the desktop looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Light,
    Dark,
}

/// Has the page think that the desktop is light or dark, and that nothing is to move; `None` = as it really is.
pub async fn show(client: &Client, look: Option<Look>) {
    let feature = |name: &str, value: &str| json!({"name": name, "value": value});
    let features = match look {
        Some(look) => {
            let scheme = if look == Look::Dark { "dark" } else { "light" };
            vec![feature("prefers-color-scheme", scheme), feature("prefers-reduced-motion", "reduce")]
        }
        None => Vec::new(),
    };
    let body = json!({"cmd": "Emulation.setEmulatedMedia", "params": {"features": features}}).to_string();
    client.issue_cmd(DevTools { body }).await.expect("the browser does as it is told");
}

/// A command of Chromium's own; WebDriver has none for what the desktop looks like.
#[derive(Debug)]
struct DevTools {
    body: String,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, driver: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        driver.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.clone()))
    }
}
