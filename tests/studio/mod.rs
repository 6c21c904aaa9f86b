//! The studio as a person uses it: one story, told to the desktop window and to a browser.
//!
//! Shared by `window.rs` and `browser.rs`; `same_run.rs` uses the browser. Programs come from the environment, where
//! `cargo verify` puts them: `WAYMARK_STUDIO_BIN`, `WAYMARK_BIN`, `WAYMARK_PAGE` and `WAYMARK_SAME_RUN`. Without them the tests say so and pass, but in CI they fail.

#![allow(dead_code, unused_imports, reason = "the window's test and the browser's each use a part of this")]
#![allow(clippy::print_stdout, reason = "what was skipped, and where the pictures are, is for whoever runs the tests")]

pub mod barriers;
pub mod campaigns;
pub mod canvas;
mod chromium;
pub mod content;
mod dropping;
pub mod export;
mod hand;
pub mod keyboard;
pub mod live;
pub mod menus;
pub mod messages;
pub mod people;
mod pictures;
mod processes;
pub mod project;
pub mod recovery;
pub mod rooms;
pub mod segments;
mod simulate;
pub mod views;
mod webkit;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use chromium::{Chromium, Look};
pub use hand::{DELETE, ENTER, ESCAPE, Hand};
pub use pictures::looks_as_before;
pub use processes::{Group, address_in_log, free_port, wait_for_port};
pub use webkit::{screen, window, window_at_start};

/// The program named by a variable of the environment; `None`, with a word about it, when it is not named.
pub fn program(variable: &str) -> Option<PathBuf> {
    match std::env::var_os(variable) {
        Some(path) => Some(PathBuf::from(path)),
        None if std::env::var_os("CI").is_some() => panic!("{variable} is not set; `cargo verify` sets it"),
        None => {
            println!("skipped: {variable} is not set; `cargo verify` sets it");
            None
        }
    }
}

/// A copy of an example project that may be changed.
pub fn copy_of_example(name: &str) -> tempfile::TempDir {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../journeys/examples").join(name);
    let to = tempfile::tempdir().expect("a temporary folder");
    copy(&from, to.path());
    to
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the example's folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &target) } else { drop(std::fs::copy(entry.path(), target)) }
    }
}

/// Where the pictures of the story are kept, to be looked at.
fn shots() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shots");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

/// Opens an example, moves a step, adds one, edits it, undoes, saves, simulates, publishes.
///
/// `folder` is the project that the studio was started with; `who` names the pictures.
pub async fn tell(hand: &Hand, folder: &Path, who: &str) {
    hand.until("the journey is on the canvas", "return document.querySelectorAll('[data-activity]').length > 5").await;
    hand.shot(&shots().join(format!("{who}-design.png"))).await;
    let name = hand.text("return document.querySelector('.journey-name').textContent").await;
    let file = folder.join("journeys").join(format!("{name}.json"));
    let journey: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&file).expect("the journey's file")).expect("a journey");
    let first = journey["StartActivity"].as_str().expect("a first activity").to_owned();

    // Move a card by hand: it stays where it is put.
    let before = hand.middle(".card.message").await;
    hand.drag(before, (before.0 + 130.0, before.1 + 30.0)).await;
    hand.until("undo knows of the move", "return document.querySelector('[data-test=undo]').title.includes('Move')")
        .await;

    // Add a wait behind the entry, through the "+" and its menu.
    hand.press("[data-insert='@end:']").await;
    hand.press("[data-add='Wait']").await;
    let summary = "return document.querySelector('.card.selected .summary')?.textContent";
    hand.until("the wait is there, and selected", &format!("{summary} == '1 day'")).await;

    // Edit a field of it.
    let field = ".inspector input[type=number]";
    hand.type_into(field, "3").await;
    hand.until("the card says so", &format!("{summary} == '3 days'")).await;

    // Undo takes just that back, redo brings it again.
    hand.press("[data-test=undo]").await;
    hand.until("the edit is undone", &format!("{summary} == '1 day'")).await;
    hand.press("[data-test=redo]").await;
    hand.until("and done again", &format!("{summary} == '3 days'")).await;

    // Take its connection away, and draw it again from the end mark to the card that it led to.
    let wait = hand.text("return document.querySelector('.card.selected').dataset.activity").await;
    hand.press_line(&format!("[data-connection='@end:{wait}/next']"), 0.1).await;
    hand.key(DELETE).await;
    let end = format!("[data-end='@end:{wait}/next']");
    let from = hand.middle(&end).await;
    let to = hand.middle(&format!("[data-activity='{first}']")).await;
    hand.jump(from, to).await;
    hand.until("they are connected", &format!("return !document.querySelector(\"{end}\")")).await;

    several_at_once(hand, &first).await;

    // Save writes the folder.
    hand.press("[data-test=save]").await;
    hand.until("it is saved", "return document.querySelector('[data-test=saved]').textContent.trim() == 'Saved'").await;
    let text = std::fs::read_to_string(&file).expect("the journey's file");
    let saved: serde_json::Value = serde_json::from_str(&text).expect("a journey");
    let new = &saved["Activities"][&wait]["Wait"];
    assert_eq!((&new["WaitTime"]["WaitFor"], &new["NextActivity"]), (&"P3D".into(), &first.as_str().into()), "{text}");
    assert_eq!(saved["StartActivity"], wait.as_str());

    // Simulate: counts on the same picture, and one person's story.
    hand.press("[data-test=mode-simulate]").await;
    hand.until("the run is there", "return document.querySelectorAll('[data-test=figures] div').length > 3").await;
    hand.until("somebody is to be picked", "return document.querySelectorAll('[data-test=people] li').length > 0")
        .await;
    hand.press("[data-test=people] li button").await;
    hand.until("the story is told", "return document.querySelectorAll('[data-test=story] li').length > 0").await;
    hand.shot(&shots().join(format!("{who}-simulate.png"))).await;
    simulate::look_around(hand, folder, who).await;

    // Publish to the Pinpoint inside the studio.
    hand.press("[data-test=mode-publish]").await;
    hand.press("[data-test=plan]").await;
    hand.until("the plan has steps", "return document.querySelectorAll('[data-test=plan-steps] ol > li').length > 0")
        .await;
    review(hand).await;
    hand.press("[data-test=apply]").await;
    hand.until(
        "it is published",
        "return document.querySelector('[data-test=progress] h3')?.textContent == 'Published'",
    )
    .await;
    hand.shot(&shots().join(format!("{who}-publish.png"))).await;
    hand.press("[data-test=plan]").await;
    hand.until(
        "a second plan has nothing to do",
        "return document.querySelector('[data-test=plan-steps] .note')?.textContent.startsWith('Nothing to do')",
    )
    .await;
}

/// Reviews the journey: what is recommended is counted until somebody has looked at it, and stands in nobody's way.
async fn review(hand: &Hand) {
    const STATE: &str = "return document.querySelector('[data-test=review-state]').textContent";
    hand.press("[data-test=review-open]").await;
    hand.until("the review is open", "return document.querySelector('[data-test=review]') != null").await;
    if hand.number("return document.querySelectorAll('.findings li').length").await > 0 {
        let state = hand.text(STATE).await;
        assert!(state.contains("not reviewed"), "nobody has looked at the recommendations: {state}");
        hand.press(".findings .link").await;
        let examples = "return document.querySelectorAll('[data-test=rule-page] pre').length == 2";
        hand.until("the page of the rule has two examples", examples).await;
        hand.press("[data-test=rule-page] .actions button").await;
        hand.press("[data-test=mark-reviewed]").await;
    }
    hand.press("[data-test=reviewed]").await;
    assert_eq!(hand.text(STATE).await, "Reviewed: it can be published.");
    hand.until("it may be published", "return !document.querySelector('[data-test=apply]').disabled").await;
}

/// Chooses steps together, duplicates, copies and pastes them, folds a branch, writes a note; takes each back.
async fn several_at_once(hand: &Hand, first: &str) {
    const CARDS: &str = "document.querySelectorAll('[data-activity]').length";
    const CHOSEN: &str = "document.querySelectorAll('.card.selected').length";
    let undone = |what: &'static str, cards: u64| async move {
        hand.press("[data-test=undo]").await;
        hand.until(what, &format!("return {CARDS} == {cards}")).await;
    };
    hand.press("[data-test=fit]").await;
    let cards = hand.number(&format!("return {CARDS}")).await;

    hand.press(&format!("[data-activity='{first}']")).await;
    hand.chord('a').await;
    hand.until("all activities are chosen", &format!("return {CHOSEN} == {cards} - 1")).await;
    hand.chord('d').await;
    hand.until("there are twins, chosen", &format!("return {CARDS} == 2 * {cards} - 1 && {CHOSEN} == {cards} - 1"))
        .await;
    undone("one step of undo takes all twins away", cards).await;

    // The text is the same that the system's clipboard would bring.
    hand.press("[data-test=fit]").await;
    hand.press(&format!("[data-activity='{first}']")).await;
    hand.ask(
        "const board = new DataTransfer(); window.copied = board; \
         window.dispatchEvent(new ClipboardEvent('copy', {clipboardData: board, cancelable: true}));",
    )
    .await;
    let copied = hand.text("return window.copied.getData('text/plain')").await;
    let copied: serde_json::Value = serde_json::from_str(&copied).expect("what is copied is JSON");
    assert_eq!(copied["Activities"].as_object().map(serde_json::Map::len), Some(1), "{copied}");
    hand.ask("window.dispatchEvent(new ClipboardEvent('paste', {clipboardData: window.copied, cancelable: true}));")
        .await;
    hand.until("it is pasted", &format!("return {CARDS} == {cards} + 1")).await;
    undone("and taken back", cards).await;

    // A branch of the first split is folded, and unfolded by undo.
    hand.press("[data-test=fit]").await;
    hand.press_line("[data-connection$='/yes'], [data-connection$='/0']", 0.3).await;
    hand.press("[data-test=fold]").await;
    hand.until("the branch is one mark", &format!("return !!document.querySelector('.folded') && {CARDS} < {cards}"))
        .await;
    undone("it is whole again", cards).await;

    hand.press("[data-test=add-note]").await;
    hand.until("a note waits for words", "return document.activeElement?.closest('.sheet') != null").await;
    hand.write("Ask Ana").await;
    hand.until(
        "undo knows of the words",
        "return document.querySelector('[data-test=undo]').title.includes('Write note')",
    )
    .await;
    hand.press("[data-test=undo]").await;
    hand.press("[data-test=undo]").await;
    hand.until("the note is gone", "return !document.querySelector('.sheet')").await;
}

/// How long the studio may take for anything in the story; generous, because machines that test are busy.
const PATIENCE: Duration = Duration::from_secs(60);
