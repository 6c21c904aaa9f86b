//! The studio in a browser: `waymark studio --web`, driven through ChromeDriver with the same story as the window.

#![allow(missing_docs, reason = "a test program has no readers of its documentation")]

mod studio;

use std::path::Path;
use std::process::Command;

use studio::{
    Chromium, Group, barriers, campaigns, canvas, content, copy_of_example, export, free_port, keyboard, live,
    messages, people, program, project, recovery, rooms, segments, tell, views, wait_for_port,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_is_opened_drawn_simulated_and_published_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    let (_server, address) = serve(&waymark, &page, project.path(), "browser-server");
    let browser = Chromium::start("browser").await;
    let hand = browser.open(&address).await;
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
    let hand = browser.open(&address).await;
    canvas::by_pointer(&hand, "browser").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_is_written_by_keyboard_and_people_are_looked_through_changed_and_imported() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("cart-abandonment");
    let (_server, address) = serve(&waymark, &page, project.path(), "people-server");
    let browser = Chromium::start("people").await;
    let hand = browser.open(&address).await;
    hand.until("the journey is on the canvas", "return document.querySelectorAll('[data-activity]').length > 5").await;
    segments::write_one(&hand, project.path(), "browser").await;
    people::look_around(&hand, project.path(), "browser", None).await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_saved_comes_back_after_a_crash_and_other_programs_are_noticed() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    let (server, address) = serve(&waymark, &page, project.path(), "crash-server");
    let browser = Chromium::start("crash").await;
    let edit = recovery::edit(&browser.open(&address).await).await;
    recovery::a_second_after(edit).await;
    server.crash();

    let (_server, address) = serve(&waymark, &page, project.path(), "crash-server-again");
    let hand = browser.open(&address).await;
    recovery::find_again(&hand, project.path()).await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_and_campaigns_have_rooms_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    let (_server, address) = serve(&waymark, &page, project.path(), "rooms-server");
    let browser = Chromium::start("rooms").await;
    let hand = browser.open(&address).await;
    rooms::visit(&hand, "browser").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_changed_published_and_rolled_back_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    campaigns::far_ahead(project.path());
    let (_server, address) = serve(&waymark, &page, project.path(), "campaign-server");
    let browser = Chromium::start("campaign").await;
    let hand = browser.open(&address).await;
    campaigns::publish_one(&hand, project.path(), "browser").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_that_runs_is_watched_paused_resumed_and_stopped_by_keyboard_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    let stage = live::stage(project.path()).await;
    let (_server, address) = serve(&waymark, &page, project.path(), "live-server");
    let browser = Chromium::start("live").await;
    let hand = browser.open(&address).await;
    live::watch(&hand, &stage, project.path(), "browser").await;
    hand.close().await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_written_in_mjml_compared_and_tested_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    content::under_git(project.path());
    let (_server, address) = serve(&waymark, &page, project.path(), "content-server");
    let browser = Chromium::start("content").await;
    let hand = browser.open(&address).await;
    content::write_anew(&hand, project.path(), "browser").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_project_is_looked_at_decided_and_written_over_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    project::merged(project.path());
    let (_server, address) = serve(&waymark, &page, project.path(), "project-server");
    let browser = Chromium::start("project").await;
    let hand = browser.open(&address).await;
    project::visit(&hand, project.path(), "browser").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_every_kind_have_rooms_that_follow_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("security-alert");
    messages::callers(project.path());
    let (_server, address) = serve(&waymark, &page, project.path(), "messages-server");
    let browser = Chromium::start("messages").await;
    let hand = browser.open(&address).await;
    messages::visit(&hand, "browser").await;
    hand.close().await;
}

/// The argument of a browser in which nothing moves.
const STILL: &str = "--force-prefers-reduced-motion";

#[tokio::test(flavor = "multi_thread")]
async fn the_main_views_look_as_before() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    let stage = live::stage(project.path()).await;
    let (_server, address) = serve(&waymark, &page, project.path(), "look-server");
    let browser = Chromium::start_with("look", &[STILL]).await;
    let hand = browser.open(&address).await;
    views::look_as_before(&hand, &stage).await;
    hand.close().await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_is_downloaded_in_three_forms() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    let (_server, address) = serve(&waymark, &page, project.path(), "export-server");
    let browser = Chromium::start("export").await;
    let hand = browser.open(&address).await;
    export::in_three_forms(&hand, None).await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_is_built_simulated_and_published_by_keyboard_in_a_browser() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let data = tempfile::tempdir().expect("a folder");
    let (_server, address) = serve_start(&waymark, &page, data.path(), "keyboard-server");
    let browser = Chromium::start("keyboard").await;
    let hand = browser.open(&address).await;
    keyboard::by_keyboard(&hand, "browser").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_ends_with_people_running_through_a_journey_and_is_offered_once() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let data = tempfile::tempdir().expect("a folder");
    let (_server, address) = serve_start(&waymark, &page, data.path(), "tour-server");
    let browser = Chromium::start("tour").await;
    let hand = browser.open(&address).await;
    keyboard::tour(&hand, "browser").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_view_has_a_barrier_in_a_browser_light_dark_or_with_texts_of_twice_the_size() {
    let (Some(waymark), Some(page)) = (program("WAYMARK_BIN"), program("WAYMARK_PAGE")) else { return };
    let project = copy_of_example("onboarding");
    barriers::every_kind(project.path());
    barriers::damaged(project.path());
    let (_server, address) = serve(&waymark, &page, project.path(), "barriers-server");
    let browser = Chromium::start_with("barriers", &["--window-size=1280,943", STILL]).await;
    let hand = browser.open(&address).await;
    barriers::everywhere(&hand).await;
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
