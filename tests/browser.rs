//! The studio in a browser: `waymark studio --web`, driven through ChromeDriver with the same story as the window.

#![allow(missing_docs, reason = "a test program has no readers of its documentation")]

mod studio;

use std::path::Path;
use std::process::Command;

use base64::Engine;
use studio::barriers::{self, Barriers};
use studio::{
    Chromium, DELETE, Group, Hand, campaigns, canvas, content, copy_of_example, free_port, keyboard, live,
    looks_as_before, messages, people, program, project, rooms, segments, tell, wait_for_port,
};

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
async fn the_canvas_is_worked_on_with_a_mouse_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    canvas::small(project.path());
    let (_server, address) = serve(&waymark, &page, project.path(), "canvas-server");
    let browser = Chromium::start("canvas").await;
    browser.client.goto(&address).await.expect("the page");
    let hand = Hand::new(browser.client.clone());
    canvas::by_pointer(&hand, "browser").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_is_written_by_keyboard_and_people_are_looked_through_changed_and_imported() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("cart-abandonment");
    let (_server, address) = serve(&waymark, &page, project.path(), "people-server");
    let browser = Chromium::start("people").await;
    browser.client.goto(&address).await.expect("the page");
    let hand = Hand::new(browser.client.clone());
    hand.until("the journey is on the canvas", "return document.querySelectorAll('[data-activity]').length > 5").await;
    segments::write_one(&hand, project.path(), "browser").await;
    people::look_around(&hand, project.path(), "browser", true).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn messages_and_campaigns_have_rooms_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    let (_server, address) = serve(&waymark, &page, project.path(), "rooms-server");
    let browser = Chromium::start("rooms").await;
    browser.client.goto(&address).await.expect("the page");
    let hand = Hand::new(browser.client.clone());
    rooms::visit(&hand, "browser").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_changed_published_and_rolled_back_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    for (look, argument) in THEMES {
        let project = copy_of_example("onboarding");
        campaigns::far_ahead(project.path());
        let (_server, address) = serve(&waymark, &page, project.path(), &format!("campaign-{look}-server"));
        let browser = Chromium::start_with(&format!("campaign-{look}"), &[STILL, argument]).await;
        browser.client.goto(&address).await.expect("the page");
        let hand = Hand::new(browser.client.clone());
        let mut barriers = Barriers::new(look);
        campaigns::publish_one(&hand, project.path(), &format!("browser-{look}"), barriers.as_mut()).await;
        hand.close().await;
        if let Some(barriers) = barriers {
            barriers.end();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_that_runs_is_watched_paused_resumed_and_stopped_by_keyboard_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    let stage = live::stage(project.path()).await;
    let (_server, address) = serve(&waymark, &page, project.path(), "live-server");
    let browser = Chromium::start("live").await;
    browser.client.goto(&address).await.expect("the page");
    let hand = Hand::new(browser.client.clone());
    let mut barriers = Barriers::new("light");
    live::watch(&hand, &stage, project.path(), "browser", &mut barriers).await;
    hand.close().await;
    stage.stop().await;
    if let Some(barriers) = barriers {
        barriers.end();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_written_in_mjml_compared_and_tested_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    content::under_git(project.path());
    let (_server, address) = serve(&waymark, &page, project.path(), "content-server");
    let browser = Chromium::start("content").await;
    browser.client.goto(&address).await.expect("the page");
    let hand = Hand::new(browser.client.clone());
    content::write_anew(&hand, project.path(), "browser").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_project_is_looked_at_decided_and_written_over_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    for (look, argument) in THEMES {
        let project = copy_of_example("onboarding");
        project::merged(project.path());
        let (_server, address) = serve(&waymark, &page, project.path(), &format!("project-{look}-server"));
        let browser = Chromium::start_with(&format!("project-{look}"), &[STILL, argument]).await;
        browser.client.goto(&address).await.expect("the page");
        let hand = Hand::new(browser.client.clone());
        let mut barriers = Barriers::new(look);
        project::visit(&hand, project.path(), &format!("browser-{look}"), barriers.as_mut()).await;
        hand.close().await;
        if let Some(barriers) = barriers {
            barriers.end();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_every_kind_have_rooms_that_follow_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    for (look, argument) in THEMES {
        let project = copy_of_example("security-alert");
        messages::callers(project.path());
        let (_server, address) = serve(&waymark, &page, project.path(), &format!("messages-{look}-server"));
        let browser = Chromium::start_with(&format!("messages-{look}"), &[STILL, argument]).await;
        browser.client.goto(&address).await.expect("the page");
        let hand = Hand::new(browser.client.clone());
        let mut barriers = Barriers::new(look);
        messages::visit(&hand, &format!("browser-{look}"), barriers.as_mut()).await;
        hand.close().await;
        if let Some(barriers) = barriers {
            barriers.end();
        }
    }
}

/// Arguments of a browser in which nothing moves, in the light or the dark theme.
const STILL: &str = "--force-prefers-reduced-motion";
const THEMES: [(&str, &str); 2] =
    [("light", "--blink-settings=preferredColorScheme=1"), ("dark", "--blink-settings=preferredColorScheme=0")];

#[tokio::test(flavor = "multi_thread")]
async fn the_main_views_look_as_before() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    for (theme, argument) in THEMES {
        let project = copy_of_example("onboarding");
        let log = format!("look-{theme}-server");
        let (_server, address) = serve(&waymark, &page, project.path(), &log);
        let browser = Chromium::start_with(&format!("look-{theme}"), &[STILL, argument]).await;
        browser.client.goto(&address).await.expect("the page");
        let hand = Hand::new(browser.client.clone());
        hand.until("the journey is on the canvas", "return document.querySelectorAll('[data-activity]').length > 5")
            .await;
        let checked = "return !document.querySelector('[data-test=problem-count]')?.textContent.startsWith('Checking')";
        hand.until("it is checked", checked).await;
        let clocks = "return document.querySelector('.inspector')?.textContent.includes('For people: ') === true";
        hand.until("the clocks of the people are known", clocks).await;
        looks_as_before(&hand, &format!("design-{theme}")).await;

        hand.press("[data-test=mode-simulate]").await;
        hand.until("the run is there", "return document.querySelectorAll('[data-test=people] li').length > 0").await;
        hand.until(
            "counts over time are there",
            "return document.querySelector('[data-test=play]')?.disabled === false",
        )
        .await;
        hand.until("the story is told", "return document.querySelectorAll('[data-test=story] li').length > 0").await;
        looks_as_before(&hand, &format!("simulate-{theme}")).await;

        // a step goes, another comes: against what is saved, both are on the picture
        hand.press("[data-test=mode-design]").await;
        hand.press("[data-activity] + [data-activity]").await;
        hand.key(DELETE).await;
        hand.press("[data-insert='@end:']").await;
        hand.press("[data-add='SMS']").await;
        hand.press("[data-test=mode-simulate]").await;
        hand.press("[data-test=tab-compare]").await;
        hand.press("[data-test=compare-saved]").await;
        hand.until("what is gone is drawn", "return document.querySelectorAll('.ghost').length == 1").await;
        let new =
            "return document.querySelectorAll('.card.added').length == 1 && !!document.querySelector('.line.fresh')";
        hand.until("what is new is marked", new).await;
        assert!(hand.number("return document.querySelectorAll('.line.lost').length").await > 0, "connections are gone");
        hand.press("[data-test=fit]").await;
        looks_as_before(&hand, &format!("compare-{theme}")).await;
        hand.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_is_downloaded_in_three_forms() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    let (_server, address) = serve(&waymark, &page, project.path(), "export-server");
    let browser = Chromium::start("export").await;
    browser.client.goto(&address).await.expect("the page");
    let hand = Hand::new(browser.client.clone());
    hand.until("the journey is on the canvas", "return document.querySelectorAll('[data-activity]').length > 5").await;
    let name = hand.text("return document.querySelector('.journey-name').textContent").await;
    // what the browser would save is looked at instead
    hand.ask("HTMLAnchorElement.prototype.click = function () { window.saved = [this.download, this.href]; }").await;
    for (kind, media_type, start) in
        [("SVG", "image/svg+xml", &b"<svg"[..]), ("PNG", "image/png", b"\x89PNG"), ("PDF", "application/pdf", b"%PDF-")]
    {
        hand.ask("window.saved = null").await;
        hand.ask(&format!(
            "window.dispatchEvent(new CustomEvent('waymark-command', {{detail: 'Export the picture as {kind}'}}))"
        ))
        .await;
        hand.until("it is handed over", "return window.saved != null").await;
        assert_eq!(hand.text("return window.saved[0]").await, format!("{name}.{}", kind.to_lowercase()));
        let address = hand.text("return window.saved[1]").await;
        let content = address.strip_prefix(&format!("data:{media_type};base64,")).expect("of that type");
        let content = base64::engine::general_purpose::STANDARD.decode(content).expect("base64");
        assert!(content.starts_with(start), "{kind}");
    }
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_is_built_simulated_and_published_by_keyboard_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let data = tempfile::tempdir().expect("a folder");
    let (_server, address) = serve_start(&waymark, &page, data.path(), "keyboard-server");
    let browser = Chromium::start("keyboard").await;
    browser.client.goto(&address).await.expect("the page");
    let hand = Hand::new(browser.client.clone());
    keyboard::by_keyboard(&hand, "browser").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_ends_with_people_running_through_a_journey_and_is_offered_once() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let data = tempfile::tempdir().expect("a folder");
    let (_server, address) = serve_start(&waymark, &page, data.path(), "tour-server");
    let browser = Chromium::start("tour").await;
    browser.client.goto(&address).await.expect("the page");
    let hand = Hand::new(browser.client.clone());
    keyboard::tour(&hand).await;
    browser.client.goto(&address).await.expect("the page");
    keyboard::at_start(&hand).await;
    hand.until("the start is there", "return document.querySelectorAll('.example').length > 3").await;
    assert_eq!(hand.ask("return document.querySelector('[data-test=tour-offer]')").await, serde_json::Value::Null);
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_view_has_a_barrier_light_or_dark() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    for (look, argument) in THEMES {
        let Some(mut barriers) = Barriers::new(look) else { return };
        let project = copy_of_example("onboarding");
        barriers::every_kind(project.path());
        let (_server, address) = serve(&waymark, &page, project.path(), &format!("barriers-{look}-server"));
        let browser = Chromium::start_with(&format!("barriers-{look}"), &[STILL, argument]).await;
        browser.client.goto(&address).await.expect("the page");
        let hand = Hand::new(browser.client.clone());
        let dark = hand.ask("return matchMedia('(prefers-color-scheme: dark)').matches").await;
        assert_eq!(dark, serde_json::Value::Bool(look == "dark"));
        barriers::everywhere(&hand, &mut barriers).await;
        hand.close().await;
        barriers.end();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_twice_the_size_are_not_cut_off() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    barriers::every_kind(project.path());
    let (_server, address) = serve(&waymark, &page, project.path(), "large-server");
    let browser = Chromium::start_with("large", &["--window-size=1280,943", STILL]).await;
    browser.client.goto(&address).await.expect("the page");
    let hand = Hand::new(browser.client.clone());
    barriers::large_text(&hand).await;
    hand.close().await;
}

/// The studio on a project, and its address.
fn serve(waymark: &Path, page: &Path, project: &Path, log: &str) -> (Group, String) {
    serve_with(waymark, page, project, &project.join(".data"), log)
}

/// The studio on an empty folder, with nothing kept from before.
fn serve_start(waymark: &Path, page: &Path, data: &Path, log: &str) -> (Group, String) {
    serve_with(waymark, page, data, &data.join(".data"), log)
}

fn serve_with(waymark: &Path, page: &Path, project: &Path, data: &Path, log: &str) -> (Group, String) {
    let port = free_port();
    let mut serve = Command::new(waymark);
    serve.args(["studio", "--web", "--port", &port.to_string(), "--page"]).arg(page).arg(project);
    serve.env("XDG_DATA_HOME", data);
    let server = Group::start(&mut serve, log);
    wait_for_port(port);
    (server, studio::address_in_log(log))
}
