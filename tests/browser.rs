//! The studio in a browser: `waymark studio --web`, driven through ChromeDriver with the same story as the window.

#![allow(missing_docs, reason = "a test program has no readers of its documentation")]

mod studio;

use std::path::Path;
use std::process::Command;

use studio::{Chromium, Group, Hand, copy_of_example, free_port, program, tell, wait_for_port};

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_is_opened_drawn_simulated_and_published_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    let (_server, address) = serve(&waymark, &page, project.path(), "browser-server");
    let browser = Chromium::start("browser").await;
    browser.client.goto(&address).await.expect("the page");
    let hand = Hand::new(browser.client.clone());
    tell(&hand, project.path(), "browser").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_saved_comes_back_after_a_crash_and_other_programs_are_noticed() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    let (server, address) = serve(&waymark, &page, project.path(), "crash-server");
    let browser = Chromium::start("crash").await;
    browser.client.goto(&address).await.expect("the page");
    let hand = Hand::new(browser.client.clone());
    hand.until("the journey is on the canvas", "return document.querySelectorAll('[data-activity]').length > 5").await;
    hand.press("[data-insert='@end:']").await;
    hand.press("[data-add='Wait']").await;
    let journal = project.path().join(".waymark/edits.jsonl");
    for _ in 0..600 {
        if std::fs::read_to_string(&journal).is_ok_and(|text| text.lines().count() > 1) {
            break;
        }
        hand.ask("return 1").await;
    }
    server.crash();

    let (_server, address) = serve(&waymark, &page, project.path(), "crash-server-again");
    browser.client.goto(&address).await.expect("the page");
    let told = "document.querySelector('[data-test=brought-back]')";
    let saved = "document.querySelector('[data-test=saved]').textContent.trim()";
    let undo = "document.querySelector('[data-test=undo]').title";
    hand.until("it is told", &format!("return {told}?.textContent.includes('were brought back')")).await;
    hand.until("it is there", &format!("return {saved} == 'Unsaved changes' && {undo}.startsWith('Undo')")).await;
    hand.press("[data-test=drop-changes]").await;
    hand.until("it is dropped", &format!("return {saved} == 'Saved' && !{told}")).await;
    hand.press("[data-test=undo]").await;
    hand.until("undo brings it again", &format!("return {saved} == 'Unsaved changes'")).await;

    // Another program changes the journey that was changed here.
    let name = hand.text("return document.querySelector('.journey-name').textContent").await;
    let file = project.path().join("journeys").join(format!("{name}.json"));
    let theirs = std::fs::read_to_string(&file).expect("the journey").replacen("DRAFT", "CLOSED", 1);
    std::fs::write(&file, theirs).expect("the journey");
    let outside = "document.querySelector('[data-test=outside]')";
    hand.until("it is noticed", &format!("return {outside}?.textContent.includes('CLOSED')")).await;
    hand.press("[data-test=reload]").await;
    hand.until("it is taken", &format!("return {saved} == 'Saved' && !{outside}")).await;
    assert_eq!(hand.text("return document.querySelector('.state').dataset.state").await.to_lowercase(), "closed");
    hand.press("[data-test=undo]").await;
    hand.until("mine is not lost", &format!("return {saved} == 'Unsaved changes'")).await;
    hand.close().await;
}

/// The studio on a project, and its address.
fn serve(waymark: &Path, page: &Path, project: &Path, log: &str) -> (Group, String) {
    let port = free_port();
    let mut serve = Command::new(waymark);
    serve.args(["studio", "--web", "--port", &port.to_string(), "--page"]).arg(page).arg(project);
    serve.env("XDG_DATA_HOME", project.join(".data"));
    let server = Group::start(&mut serve, log);
    wait_for_port(port);
    (server, studio::address_in_log(log))
}
