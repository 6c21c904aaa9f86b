//! A campaign in its room: changed, published to the Pinpoint inside, looked up in the history, brought back.

use std::path::Path;

use super::{ENTER, Hand, review, shots};

const CAMPAIGN: &str = "december-newsletter";

/// Puts the campaign a hundred years off, so that it has not begun whenever the story is told: a target takes no campaign whose
/// start is past.
pub fn far_ahead(folder: &Path) {
    let change = |file: &str, change: &dyn Fn(&str) -> String| {
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path).expect("a file of the example");
        let changed = change(&text);
        assert_ne!(changed, text, "{file}");
        std::fs::write(path, changed).expect("the file");
    };
    change(&format!("campaigns/{CAMPAIGN}.json"), &|text| {
        text.replace("\"2026-", "\"2126-").replace("\"2027-", "\"2127-")
    });
    change("waymark.toml", &|text| text.replace("start = ", "# start = "));
}

/// Changes the share that is held out, publishes the campaign twice and rolls it back. The studio was started with the
/// example `onboarding`, [`far_ahead`].
pub async fn publish_one(hand: &Hand, folder: &Path, who: &str) {
    hand.until("the project is there", "return !!document.querySelector('[data-section=\"Campaigns\"]')").await;
    hand.press("[data-section='Campaigns']").await;
    hand.press(&format!("[data-document='campaigns/{CAMPAIGN}']")).await;
    let rows = "document.querySelectorAll('[data-test=campaign-rows] tr').length";
    hand.until("who gets what when is listed", &format!("return {rows} > 20")).await;
    hand.until("and hour by hour", "return !!document.querySelector('[data-test=figure-campaign-hours] svg.plot')")
        .await;
    hand.type_into("[data-test=campaign-search]", "holdout").await;
    let held = "[...document.querySelectorAll('[data-test=campaign-rows] .status')].every(one => one.textContent == 'holdout')";
    hand.until("those held out are found", &format!("return {rows} > 0 && {held}")).await;
    hand.type_into("[data-test=campaign-search]", " ").await;

    hand.press("[data-test=campaign-publish]").await;
    let what = "document.querySelector('[data-test=publish-what]')?.selectedOptions[0].textContent";
    hand.until("it says what is published", &format!("return {what} == 'This campaign: {CAMPAIGN}'")).await;
    let history = "document.querySelectorAll('[data-test=history] ol > li').length";
    hand.until("nothing was published", &format!("return {history} == 0")).await;
    hand.type_into("[data-test=publish-why]", "The first of them").await;
    review(hand).await;
    publish(hand).await;
    hand.until("it is in the history", &format!("return {history} == 1")).await;

    // A share is changed: the plan says so in words.
    hand.type_into("[id='field:HoldoutPercent']", "12").await;
    hand.press("[data-test=plan]").await;
    let words = "[...document.querySelectorAll('[data-test=plan-steps] .told li')].map(one => one.textContent).join()";
    hand.until("the plan is in words", &format!("return {words} == 'Holdout percent: 12, was 5'")).await;
    let operation = "document.querySelector('[data-test=plan-steps] .members')";
    hand.until("the operation is folded", &format!("return {operation}?.open === false")).await;
    hand.unfold("[data-test=plan-steps] .members").await;
    hand.until("and can be read", &format!("return {operation}.textContent.includes('UpdateCampaign')")).await;
    hand.shot(&shots().join(format!("{who}-campaign-plan.png"))).await;
    hand.look("campaign, with its plan").await;
    hand.type_into("[data-test=publish-why]", "Fewer readers, to measure by").await;
    publish(hand).await;
    hand.until("both are in the history", &format!("return {history} == 2")).await;
    let newest = "document.querySelector('[data-test=history] li')?.textContent";
    hand.until("with the reason", &format!("return {newest}.includes('Fewer readers, to measure by')")).await;
    let files = std::fs::read_dir(folder.join("publications/local")).expect("the history's folder").count();
    assert_eq!(files, 2, "each publication is a file of the project");

    // Back, by keyboard, once it was asked.
    hand.tab_to("[data-test=roll-back]").await;
    hand.key(ENTER).await;
    let asked = "document.querySelector('[data-test=roll-back-confirm]')";
    hand.until("it is asked", &format!("return {asked}?.textContent.includes('Holdout percent: 5, was 12')")).await;
    hand.until("and has the keyboard", &format!("return {asked}?.contains(document.activeElement)")).await;
    hand.shot(&shots().join(format!("{who}-roll-back.png"))).await;
    hand.look("a target is rolled back").await;
    hand.tab_to("[data-test=roll-back-go]").await;
    hand.key(ENTER).await;
    hand.until(
        "that is in the history too",
        &format!("return {history} == 3 && {newest}.includes('back to publication 1')"),
    )
    .await;
    hand.shot(&shots().join(format!("{who}-history.png"))).await;

    // On the target it waits, paused; what can not be done says so.
    hand.press("[data-test=campaign-live]").await;
    let state = "document.querySelector('.live .state')?.textContent";
    hand.until("it is paused there", &format!("return {state} == 'Paused'")).await;
    let stop = "document.querySelector('[data-test=live-stop]')";
    hand.until("it can not be stopped", &format!("return {stop}?.disabled && {stop}.title.includes('can not stop')"))
        .await;
    hand.look("campaign, live").await;
    hand.press("[data-test=undo]").await;
}

/// Publishes what the view is about.
async fn publish(hand: &Hand) {
    hand.press("[data-test=apply]").await;
    let done = "document.querySelector('[data-test=progress] h3')?.textContent";
    hand.until("it is published", &format!("return {done} == 'Published'")).await;
}
