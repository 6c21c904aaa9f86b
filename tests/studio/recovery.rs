//! What was not saved, after the program was killed; and files that another program changed meanwhile.

use std::path::Path;
use std::time::{Duration, Instant};

use super::Hand;

/// What a crash may cost at most: the edits of the last second.
const LOST: Duration = Duration::from_secs(1);

const SAVED: &str = "document.querySelector('[data-test=saved]').textContent.trim()";
/// Whether the wait that was added is on the canvas.
const WAIT: &str = "!!document.querySelector('[data-activity=wait1]')";

/// Adds a wait and answers when that was done. The studio was started with the example `onboarding`.
pub async fn edit(hand: &Hand) -> Instant {
    hand.until("the journey is on the canvas", "return document.querySelectorAll('[data-activity]').length > 5").await;
    assert_eq!(hand.ask(&format!("return {WAIT}")).await, serde_json::Value::Bool(false));
    hand.press("[data-insert='@end:']").await;
    hand.press("[data-add='Wait']").await;
    Instant::now()
}

/// Lets a second go by after the edit, and not more: who kills the program then has waited for no word of it.
pub async fn a_second_after(edit: Instant) {
    tokio::time::sleep_until((edit + LOST).into()).await;
}

/// Finds the edit in the studio that was started again on the project in `folder`, drops it and has it back; then another
/// program changes the same journey.
pub async fn find_again(hand: &Hand, folder: &Path) {
    let told = "document.querySelector('[data-test=brought-back]')";
    let undo = "document.querySelector('[data-test=undo]').title";
    hand.until("it is told", &format!("return {told}?.textContent.includes('were brought back')")).await;
    hand.until(
        "it is there",
        &format!("return {SAVED} == 'Unsaved changes' && {undo}.startsWith('Undo: Add wait') && {WAIT}"),
    )
    .await;
    hand.look("what was brought back").await;
    hand.press("[data-test=drop-changes]").await;
    hand.until("it is dropped", &format!("return {SAVED} == 'Saved' && !{told} && !{WAIT}")).await;
    hand.press("[data-test=undo]").await;
    hand.until("undo brings it again", &format!("return {SAVED} == 'Unsaved changes' && {WAIT}")).await;

    let name = hand.text("return document.querySelector('.journey-name').textContent").await;
    let file = folder.join("journeys").join(format!("{name}.json"));
    let theirs = std::fs::read_to_string(&file).expect("the journey").replacen("DRAFT", "CLOSED", 1);
    std::fs::write(&file, theirs).expect("the journey");
    let outside = "document.querySelector('[data-test=outside]')";
    hand.until("it is noticed", &format!("return {outside}?.textContent.includes('CLOSED')")).await;
    hand.unfold("[data-test=outside] details").await;
    hand.look("a file that another program changed").await;
    hand.press("[data-test=reload]").await;
    hand.until("it is taken", &format!("return {SAVED} == 'Saved' && !{outside}")).await;
    assert_eq!(hand.text("return document.querySelector('.state').dataset.state").await.to_lowercase(), "closed");
    hand.press("[data-test=undo]").await;
    hand.until("mine is not lost", &format!("return {SAVED} == 'Unsaved changes' && {WAIT}")).await;
}
