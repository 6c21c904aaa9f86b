//! The main views, each held against its picture.

use pinpoint_local::Server;

use super::barriers::{command, show, step};
use super::{DELETE, ESCAPE, Hand, live, looks_as_before};

/// Goes through the views. The studio was started with the example `onboarding` and [`live::stage`].
pub async fn look_as_before(hand: &Hand, server: &Server) {
    design(hand).await;
    simulation(hand).await;
    rooms(hand).await;
    target(hand, server).await;
    hand.press(".home").await;
    hand.until("examples are offered", "return document.querySelectorAll('.example').length > 3").await;
    hand.until("the tour is offered", "return !!document.querySelector('[data-test=tour-offer]')").await;
    hand.until("so is what was open last", "return !!document.querySelector('.recent li')").await;
    // where the project lies is another place every time
    hand.ask("document.querySelectorAll('.recent .link span').forEach(place => place.style.visibility = 'hidden')")
        .await;
    looks_as_before(hand, "start", false).await;
}

async fn design(hand: &Hand) {
    hand.until("the journey is on the canvas", "return document.querySelectorAll('[data-activity]').length > 5").await;
    let checked = "return !document.querySelector('[data-test=problem-count]')?.textContent.startsWith('Checking')";
    hand.until("it is checked", checked).await;
    let clocks = "return document.querySelector('.inspector')?.textContent.includes('For people: ') === true";
    hand.until("the clocks of the people are known", clocks).await;
    looks_as_before(hand, "design", true).await;

    // the outline with a split in the inspector; problems, and the page of a rule
    hand.press("[data-test=tab-outline]").await;
    step(hand, "Still unverified?").await;
    looks_as_before(hand, "outline", false).await;
    // a wait that is too long has a rule against it
    step(hand, "Two more days").await;
    hand.press("[data-test=tab-add]").await;
    hand.type_into(".inspector input[type=number]", "600").await;
    hand.press(".problems .bar").await;
    hand.until("it is told", "return !!document.querySelector('.problems .fix')").await;
    looks_as_before(hand, "problems", false).await;
    hand.press(".problems .rule").await;
    hand.until("the rule has a page", "return !!document.querySelector('[data-test=rule-page]')").await;
    looks_as_before(hand, "rule", false).await;
    hand.key(ESCAPE).await;
    command(hand, "Review: errors and recommendations").await;
    hand.until("the review is open", "return document.querySelectorAll('[data-test=review] .findings li').length > 0")
        .await;
    looks_as_before(hand, "review", false).await;
    hand.key(ESCAPE).await;
    hand.press(".problems .bar").await;
    hand.press("[data-test=undo]").await;
    hand.until("nothing is wrong any more", "return !document.querySelector('.problems .dot:not(.fine)')").await;
}

async fn simulation(hand: &Hand) {
    hand.press("[data-test=mode-simulate]").await;
    hand.until("the run is there", "return document.querySelectorAll('[data-test=people] li').length > 0").await;
    hand.until("counts over time are there", "return document.querySelector('[data-test=play]')?.disabled === false")
        .await;
    hand.until("the story is told", "return document.querySelectorAll('[data-test=story] li').length > 0").await;
    looks_as_before(hand, "simulate", true).await;

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
    let new = "return document.querySelectorAll('.card.added').length == 1 && !!document.querySelector('.line.fresh')";
    hand.until("what is new is marked", new).await;
    assert!(hand.number("return document.querySelectorAll('.line.lost').length").await > 0, "connections are gone");
    hand.press("[data-test=fit]").await;
    looks_as_before(hand, "compare", true).await;
    for _ in 0..2 {
        hand.press("[data-test=undo]").await;
    }
}

async fn rooms(hand: &Hand) {
    let there = |shown: &str| format!("return !!document.querySelector('{shown}')");
    for (view, section, document, shown, dark) in [
        ("message", "E-mails", "templates/email/welcome", "[data-test=variables] tbody tr", false),
        ("campaign", "Campaigns", "campaigns/december-newsletter", "[data-test=figure-campaign-hours] svg.plot", true),
        ("segment", "Segments", "segments/shared-garden-owners", "[data-test=segment-sample] li", false),
    ] {
        hand.press(&format!("[data-section='{section}']")).await;
        hand.press(&format!("[data-document='{document}']")).await;
        hand.until(&format!("{document} is shown"), &there(shown)).await;
        looks_as_before(hand, view, dark).await;
    }
    hand.press("[data-test=calendar]").await;
    hand.until("days are marked", &there("[data-day]")).await;
    hand.press("[data-day]").await;
    hand.until("the day is told", &there("[data-test=calendar-day] tbody tr")).await;
    looks_as_before(hand, "calendar", false).await;
    hand.press("[data-test=people]").await;
    hand.press("[data-test=people-rows] button").await;
    hand.until("what becomes of somebody is told", &there("[data-test=person-campaigns] > li")).await;
    looks_as_before(hand, "people", false).await;
}

async fn target(hand: &Hand, server: &Server) {
    show(hand, "welcome-series").await;
    hand.press("[data-test=mode-publish]").await;
    hand.press("[data-test=plan]").await;
    hand.until("the plan has steps", "return document.querySelectorAll('[data-test=plan-steps] ol > li').length > 0")
        .await;
    looks_as_before(hand, "publish", false).await;
    live::run_for_an_hour(hand, server).await;
    let predicted = "document.querySelector('[data-test=figure-predicted]')?.textContent.includes('simulated runs')";
    hand.until("it is held against what was predicted", &format!("return {predicted} === true")).await;
    // what was told may be gone by itself
    hand.ask("document.querySelector('[data-test=notice] button')?.click()").await;
    hand.until("nothing is told", "return !document.querySelector('[data-test=notice]')").await;
    looks_as_before(hand, "live", true).await;
}
