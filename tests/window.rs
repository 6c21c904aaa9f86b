//! The desktop window, driven as a person would: the real program under Xvfb, through WebKit's WebDriver.

#![allow(missing_docs, reason = "a test program has no readers of its documentation")]

mod studio;

use studio::{
    barriers, campaigns, canvas, content, copy_of_example, export, keyboard, live, menus, messages, people, program,
    project, recovery, rooms, screen, segments, tell, window, window_at_start,
};

/// What the window keeps of its own speed (`ui/src/timing.rs`), in words.
const FIGURES: &str = "const took = name => Math.round(performance.getEntriesByName(name)[0]?.duration ?? NaN); \
    const shown = performance.getEntriesByName('journey-shown')[0]?.startTime ?? NaN; \
    return `journey shown ${Math.round(shown)} ms after the page began; last layout ${took('layout')} ms, last check ${took('check')} ms`";

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_is_opened_drawn_simulated_and_published_in_the_window() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let project = copy_of_example("onboarding");
    let (_screen, display) = screen();
    let (_driver, hand) = window(&studio, project.path(), &display).await;
    println!("{}", hand.text(FIGURES).await);
    tell(&hand, project.path(), "window").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_canvas_is_worked_on_with_a_mouse_in_the_window() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let project = copy_of_example("onboarding");
    canvas::small(project.path());
    let (_screen, display) = screen();
    let (_driver, hand) = window(&studio, project.path(), &display).await;
    canvas::by_pointer(&hand, "window").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_is_built_simulated_and_published_by_keyboard_in_the_window() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let data = tempfile::tempdir().expect("a folder");
    let (_screen, display) = screen();
    let (_driver, hand) = window_at_start(&studio, data.path(), &display).await;
    keyboard::by_keyboard(&hand, "window").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_and_campaigns_have_rooms_in_the_window() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let project = copy_of_example("onboarding");
    let (_screen, display) = screen();
    let (_driver, hand) = window(&studio, project.path(), &display).await;
    rooms::visit(&hand, "window").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_changed_published_and_rolled_back_in_the_window() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let project = copy_of_example("onboarding");
    campaigns::far_ahead(project.path());
    let (_screen, display) = screen();
    let (_driver, hand) = window(&studio, project.path(), &display).await;
    campaigns::publish_one(&hand, project.path(), "window").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_every_kind_have_rooms_that_follow_in_the_window() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let project = copy_of_example("security-alert");
    messages::callers(project.path());
    let (_screen, display) = screen();
    let (_driver, hand) = window(&studio, project.path(), &display).await;
    messages::visit(&hand, "window").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_written_in_mjml_compared_and_tested_in_the_window() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let project = copy_of_example("onboarding");
    content::under_git(project.path());
    let (_screen, display) = screen();
    let (_driver, hand) = window(&studio, project.path(), &display).await;
    content::write_anew(&hand, project.path(), "window").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_project_is_looked_at_decided_and_written_over_in_the_window() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let project = copy_of_example("onboarding");
    project::merged(project.path());
    let (_screen, display) = screen();
    let (_driver, hand) = window(&studio, project.path(), &display).await;
    project::visit(&hand, project.path(), "window").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_is_written_by_keyboard_and_people_are_imported_in_the_window() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let project = copy_of_example("cart-abandonment");
    let (_screen, display) = screen();
    let (_driver, hand) = window(&studio, project.path(), &display).await;
    hand.until("the journey is on the canvas", "return document.querySelectorAll('[data-activity]').length > 5").await;
    segments::write_one(&hand, project.path(), "window").await;
    people::look_around(&hand, project.path(), "window", Some(&display)).await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_that_runs_is_watched_paused_resumed_and_stopped_by_keyboard_in_the_window() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let project = copy_of_example("onboarding");
    let stage = live::stage(project.path()).await;
    let (_screen, display) = screen();
    let (_driver, hand) = window(&studio, project.path(), &display).await;
    live::watch(&hand, &stage, project.path(), "window").await;
    hand.close().await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_saved_comes_back_after_the_window_was_killed_and_other_programs_are_noticed() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let project = copy_of_example("onboarding");
    let (_screen, display) = screen();
    let (driver, hand) = window(&studio, project.path(), &display).await;
    let edit = recovery::edit(&hand).await;
    recovery::a_second_after(edit).await;
    driver.crash_only(&studio);
    drop((hand, driver));

    let (_driver, hand) = window(&studio, project.path(), &display).await;
    recovery::find_again(&hand, project.path()).await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_is_written_in_three_forms_by_the_window() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let project = copy_of_example("onboarding");
    let pictures = tempfile::tempdir().expect("a folder");
    let (_screen, display) = screen();
    let (_driver, hand) = window(&studio, project.path(), &display).await;
    export::in_three_forms(&hand, Some(pictures.path())).await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menus_open_views_windows_and_dialogs_of_the_window() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let project = copy_of_example("onboarding");
    let (_screen, display) = screen();
    let (_driver, hand) = window(&studio, project.path(), &display).await;
    menus::by_keys_of_the_screen(&hand, &display, project.path()).await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_ends_with_people_running_through_a_journey_and_is_offered_once_in_the_window() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let data = tempfile::tempdir().expect("a folder");
    let (_screen, display) = screen();
    let (_driver, hand) = window_at_start(&studio, data.path(), &display).await;
    keyboard::tour(&hand, "window").await;
    hand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_view_has_a_barrier_in_the_window_or_with_texts_of_twice_the_size() {
    let Some(studio) = program("WAYMARK_STUDIO_BIN") else { return };
    let project = copy_of_example("onboarding");
    barriers::every_kind(project.path());
    barriers::damaged(project.path());
    let (_screen, display) = screen();
    let (_driver, hand) = window(&studio, project.path(), &display).await;
    barriers::everywhere(&hand).await;
    hand.close().await;
}
