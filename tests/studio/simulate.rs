//! What a person does with a simulated run: time, one person's story, figures, versions, tests.

use std::path::Path;

use super::{ESCAPE, Hand, shots};

/// Looks at a run that is there from all sides. `folder` is the project's; `who` names the pictures.
pub async fn look_around(hand: &Hand, folder: &Path, who: &str) {
    time(hand).await;
    story(hand, folder, who).await;

    // Who gets what when: searched, sorted, written.
    hand.press("[data-test=table]").await;
    const ROWS: &str = "document.querySelectorAll('[data-test=message-rows] tr').length";
    hand.until("messages are listed", &format!("return {ROWS} > 0")).await;
    hand.type_into("[data-test=search-messages]", "no such thing").await;
    hand.until("none fits", &format!("return {ROWS} == 0 && !!document.querySelector('.message-table .none')")).await;
    hand.type_into("[data-test=search-messages]", "success").await;
    hand.until("some fit", &format!("return {ROWS} > 0")).await;
    hand.press(".message-table th:nth-child(2) button").await;
    hand.until(
        "it is sorted",
        "return document.querySelector('[aria-sort=ascending]')?.textContent.includes('Person')",
    )
    .await;
    let file = folder.join("messages.csv");
    hand.press("[data-test=write-messages]").await;
    hand.type_into("[data-test=export-path]", &file.display().to_string()).await;
    hand.press("[data-test=export-go]").await;
    hand.until("it is written", "return !document.querySelector('[data-test=export-path]')").await;
    assert!(std::fs::read_to_string(&file).expect("the file").starts_with("person,endpoint,time"));
    hand.press("[data-test=table]").await;

    // Figures: a price makes a cost.
    hand.press("[data-test=tab-numbers]").await;
    hand.type_into("[data-price=email]", "0.5").await;
    hand.until("it costs", "return document.querySelector('[data-test=cost-total]').textContent != '0.00'").await;
    const UNDO: &str = "document.querySelector('[data-test=undo]').title";
    hand.until("it is a step", &format!("return {UNDO}.includes('Change price of an e-mail to 0.5')")).await;
    hand.press("[data-test=undo]").await;
    hand.until("undo takes it away", "return document.querySelector('[data-test=cost-total]').textContent == '0.00'")
        .await;
    hand.press("[data-test=redo]").await;

    // A promise is a step too, and so is a file of expectations.
    hand.press("[data-test=tab-tests]").await;
    const PROMISED: &str = "document.querySelector('[data-test=promise-twice]')";
    hand.until("promises are known", &format!("return {PROMISED}?.matches(':enabled')")).await;
    let before = hand.number(&format!("return Number({PROMISED}.checked)")).await;
    hand.press("[data-test=promise-twice]").await;
    hand.until("it is named", &format!("return {UNDO}.includes('promise: nobody gets the same message twice')")).await;
    hand.press("[data-test=undo]").await;
    hand.until(
        "the box is as it was",
        &format!("return Number({PROMISED}.checked) == {before} && !{UNDO}.includes('promise')"),
    )
    .await;

    // The saved version is the same.
    hand.press("[data-test=tab-compare]").await;
    hand.press("[data-test=compare-saved]").await;
    hand.until(
        "nobody gets anything else",
        "return document.querySelector('[data-test=different]')?.textContent.startsWith('Nobody of')",
    )
    .await;
}

/// Steps through time; asks who waits.
async fn time(hand: &Hand) {
    hand.until("counts over time are there", "return document.querySelector('[data-test=play]')?.disabled === false")
        .await;
    hand.press("[data-test=step-on]").await;
    const SAID: &str = "document.querySelector('[data-test=time-said] strong').textContent";
    hand.until("the first hours are shown", &format!("return {SAID}.includes('day 0')")).await;
    let first = hand.text(&format!("return {SAID}")).await;
    hand.press("[data-test=step-on]").await;
    hand.until("the next hour is shown", &format!("return {SAID} != '{first}'")).await;
    hand.press("[data-test=step-back]").await;
    hand.until("and the one before", &format!("return {SAID} == '{first}'")).await;
    hand.press("[data-test=event-on]").await;
    hand.until("what happens next is shown", &format!("return {SAID} != '{first}'")).await;
    let event = hand.text(&format!("return {SAID}")).await;
    hand.press("[data-test=event-back]").await;
    hand.until("and what happened before", &format!("return {SAID} < '{event}'")).await;
    hand.press("[data-test=event-on]").await;
    hand.until("and it again", &format!("return {SAID} == '{event}'")).await;
    hand.press("[data-test=fit]").await;
    const WAITS: &str = "[...document.querySelectorAll('.card .passed')].find(e => e.textContent.includes('here'))";
    hand.until("somebody waits somewhere", &format!("return !!{WAITS}")).await;
    let id = hand.text(&format!("return {WAITS}.parentElement.dataset.activity")).await;
    hand.press(&format!("[data-activity='{id}']")).await;
    hand.until("it is said who", "return document.querySelectorAll('[data-test=waiting-people] li').length > 0").await;
    hand.press("[data-test=whole-run]").await;
    hand.until("all of it is shown again", &format!("return {SAID} == 'Whole run'")).await;
}

/// Reads a message; asks what if; keeps the story as a test.
async fn story(hand: &Hand, folder: &Path, who: &str) {
    hand.ask(
        "[...document.querySelectorAll('[data-test=people] button')]\
         .find(b => Number(b.querySelector('.n').textContent) > 0).focus()",
    )
    .await;
    hand.key('\u{e007}').await;
    hand.until("a message is in the story", "return !!document.querySelector('[data-test=letter]')").await;
    hand.press("[data-test=letter]").await;
    hand.until("it can be read", "return !!document.querySelector('[data-test=message] dd')").await;
    hand.shot(&shots().join(format!("{who}-message.png"))).await;
    hand.look("a message of a story").await;
    hand.key(ESCAPE).await;
    hand.until("it is closed", "return !document.querySelector('[data-test=message]')").await;

    hand.unfold("[data-test=what-if]").await;
    hand.type_into("[data-test=deed-day]", "0").await;
    hand.press("[data-test=ask-what-if]").await;
    hand.until("it is told otherwise", "return document.querySelectorAll('[data-test=deeds] li').length == 1").await;
    hand.press("[data-test=deeds] button").await;
    hand.until("and as it was", "return !document.querySelector('[data-test=deeds]')").await;

    hand.press("[data-test=keep-story]").await;
    hand.type_into("[data-test=expectation-name]", "it stays so").await;
    hand.press("[data-test=write-expectation]").await;
    hand.until(
        "it is among the tests, and holds",
        "return [...document.querySelectorAll('[data-test=tests] .fine')].some(e => e.textContent.includes('it stays so'))",
    )
    .await;
    let file = folder.join("expectations/from-stories.toml");
    assert!(std::fs::read_to_string(file).expect("the file").contains("it stays so"));
    hand.shot(&shots().join(format!("{who}-tests.png"))).await;
    hand.press("[data-test=tab-people]").await;
}
