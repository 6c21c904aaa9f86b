//! The studio in a browser: `waymark studio --web`, driven through ChromeDriver with the same story as the window.

#![allow(missing_docs, reason = "a test program has no readers of its documentation")]

mod studio;

use std::process::Command;

use studio::{Chromium, Group, Hand, copy_of_example, free_port, program, tell, wait_for_port};

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_is_opened_drawn_simulated_and_published_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    let port = free_port();
    let mut serve = Command::new(waymark);
    serve.args(["studio", "--web", "--port", &port.to_string(), "--page"]).arg(page).arg(project.path());
    serve.env("XDG_DATA_HOME", project.path().join(".data"));
    let _server = Group::start(&mut serve, "browser-server");
    wait_for_port(port);
    let address = studio::address_in_log("browser-server");
    let browser = Chromium::start("browser").await;
    browser.client.goto(&address).await.expect("the page");
    let hand = Hand::new(browser.client.clone());
    tell(&hand, project.path(), "browser").await;
    hand.close().await;
}
