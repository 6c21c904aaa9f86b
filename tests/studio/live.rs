//! A journey that runs on a target: seen, paused, resumed and stopped by keyboard; its prediction, its KPIs, its draft.

use std::path::Path;

use model::time::{DAY, HOUR, MINUTE, parse_instant};
use pinpoint_local::{ClockSetting, Server};

use super::{ENTER, ESCAPE, Hand, review, shots};

/// A Pinpoint whose clock is moved by hand, as the target `stage` of a project that is not open yet.
pub async fn stage(folder: &Path) -> Server {
    let start = parse_instant("2026-11-30T08:00:00Z");
    let settings = pinpoint_local::Settings { clock: ClockSetting::Virtual { start }, ..Default::default() };
    let server = Server::start(settings).await.expect("a server");
    let file = folder.join("waymark.toml");
    let text = std::fs::read_to_string(&file).expect("the settings");
    let target = format!("\n[target.stage]\nendpoint_url = \"{}\"\n", server.endpoint_url());
    std::fs::write(file, text + &target).expect("the settings");
    server
}

async fn later(server: &Server, span: i64) {
    server.advance_to(server.now() + span).await.expect("the clock");
}

/// Publishes `welcome-series` to the target, and watches it there. The studio was started with the example `onboarding`
/// and [`stage`].
pub async fn watch(hand: &Hand, server: &Server, folder: &Path, who: &str) {
    hand.until("the journey is on the canvas", "return document.querySelectorAll('[data-activity]').length > 5").await;
    hand.ask(
        "[...document.querySelectorAll('.journey')].find(b => b.textContent.startsWith('welcome-series')).click()",
    )
    .await;

    // Nothing there yet: it says so, and what to do.
    hand.press("[data-test=mode-live]").await;
    choose(hand, "[data-test=live-target]", "stage").await;
    let said = "document.querySelector('[data-test=live-said]')?.textContent";
    hand.until("it is not there", &format!("return {said}?.includes('is not on “stage” yet')")).await;
    hand.shot(&shots().join(format!("{who}-live-empty.png"))).await;

    run_for_an_hour(hand, server).await;
    let state = "document.querySelector('.live .state')?.textContent";
    hand.shot(&shots().join(format!("{who}-live.png"))).await;
    hand.look("live").await;

    // Paused by keyboard; the question has the numbers, and Escape leaves all as it is.
    hand.tab_to("[data-test=live-pause]").await;
    hand.key(ENTER).await;
    let tells = "document.querySelector('[data-test=live-confirm] li')?.textContent";
    hand.until("it is asked", &format!("return /^[1-9][0-9,]* people are inside now: /.test({tells})")).await;
    hand.until("it has the keyboard", ASKED).await;
    hand.look("live, asked").await;
    hand.key(ESCAPE).await;
    hand.until("it is left", "return !document.querySelector('[data-test=live-confirm]')").await;
    change(hand, "pause").await;
    hand.until("it is paused", &format!("return {state} == 'Paused'")).await;
    let resume = "document.querySelector('[data-test=live-resume]')";
    hand.until("not resumed so soon", &format!("return {resume}?.disabled && {resume}.title.includes('5 minutes')"))
        .await;
    later(server, 6 * MINUTE).await;
    hand.press("[data-test=live-refresh]").await;
    hand.until("now it may be", &format!("return {resume}?.disabled === false")).await;
    change(hand, "resume").await;
    hand.until("it goes on", &format!("return {state} == 'Active'")).await;

    // Three days on nobody has opened anything, which the sample people would have.
    later(server, 3 * DAY).await;
    hand.press("[data-test=live-refresh]").await;
    let off = "document.querySelector('[data-test=figure-predicted] tr.bad')?.textContent";
    hand.until("what is off is listed", &format!("return {off}?.includes('⚠')")).await;
    let marked = "[...document.querySelectorAll('.way')].some(way => way.textContent.includes('⚠')) && !!document.querySelector('.line.off')";
    hand.until("and marked on its connection", &format!("return {marked}")).await;
    hand.shot(&shots().join(format!("{who}-live-predicted.png"))).await;
    hand.look("live, with what is off").await;

    // KPIs, also into a file.
    hand.press("[data-test=live-kpis]").await;
    hand.until("they have a plot", "return !!document.querySelector('[data-test=kpis] svg.plot')").await;
    let file = folder.join("kpis.parquet");
    hand.type_into("[data-test=kpis-path]", &file.display().to_string()).await;
    hand.press("[data-test=kpis-write]").await;
    hand.until(
        "they are written",
        "return document.querySelector('[data-test=notice]')?.textContent.includes('kpis.parquet')",
    )
    .await;
    assert!(std::fs::read(&file).expect("the file").starts_with(b"PAR1"));
    choose(hand, "[data-test=kpis-of]", "all").await;
    hand.until("those of all are shown", "return !!document.querySelector('[data-test=figure-journeys] svg')").await;
    hand.shot(&shots().join(format!("{who}-live-kpis.png"))).await;
    hand.look("live, KPIs").await;
    hand.press("[data-test=live-now]").await;

    // A step is taken out: what that means for those who wait there, here and where it is published.
    hand.press("[data-test=mode-design]").await;
    hand.press("[data-activity=openedWelcome]").await;
    hand.key(super::DELETE).await;
    hand.press("[data-test=mode-live]").await;
    let flight = "document.querySelector('[data-test=figure-flight]')?.textContent";
    hand.until("it says so", &format!("return {flight}?.includes('can not be changed')")).await;
    hand.shot(&shots().join(format!("{who}-live-flight.png"))).await;
    hand.look("live, people in flight").await;
    hand.press("[data-test=copy-draft]").await;
    hand.until("there is a copy", "return document.querySelector('.journey-name').textContent == 'welcome-series-2'")
        .await;
    hand.press("[data-test=undo]").await;
    hand.ask(
        "[...document.querySelectorAll('.journey')].find(b => b.textContent.startsWith('welcome-series')).click()",
    )
    .await;
    hand.press("[data-test=undo]").await;

    // Stopped for good.
    hand.press("[data-test=mode-live]").await;
    hand.until("it runs still", &format!("return {state} == 'Active'")).await;
    change(hand, "stop").await;
    hand.until(
        "it is stopped",
        &format!("return {state} == 'Stopped' && !document.querySelector('[data-test=live-stop]')"),
    )
    .await;
    let title = "document.querySelector('[data-test=figure-waiting] h3').textContent";
    hand.until("who was where is kept", &format!("return {title}.includes('when it was stopped')")).await;
}

/// Publishes the journey on the canvas, which is `welcome-series`, and watches it an hour later: counts are on the picture and
/// beside it.
pub async fn run_for_an_hour(hand: &Hand, server: &Server) {
    publish(hand).await;
    later(server, HOUR + 10 * MINUTE).await;
    hand.press("[data-test=mode-live]").await;
    let state = "document.querySelector('.live .state')?.textContent";
    let said = "document.querySelector('[data-test=live-said]')?.textContent";
    hand.until("it runs", &format!("return {state} == 'Active' && {said}.includes('inside now')")).await;
    let here = "document.querySelector('[data-activity=openedWelcome] .passed')?.textContent";
    hand.until("who waits is on the card", &format!("return /^[1-9][0-9]* here/.test({here})")).await;
    let waiting = "document.querySelectorAll('[data-test=figure-waiting] tbody tr').length";
    hand.until("and in the table", &format!("return {waiting} > 0")).await;
}

/// Publishes the journey on the canvas to `stage`, started, with the sample people.
async fn publish(hand: &Hand) {
    hand.press("[data-test=mode-publish]").await;
    choose(hand, "[data-test=publish-target]", "stage").await;
    hand.press("[data-test=activate]").await;
    hand.press("[data-test=load-people]").await;
    hand.until(
        "they are there",
        "return document.querySelector('[data-test=notice]')?.textContent.includes('sample people are on the target')",
    )
    .await;
    review(hand).await;
    hand.press("[data-test=apply]").await;
    let done = "document.querySelector('[data-test=progress] h3')?.textContent";
    hand.until("it is published", &format!("return {done} == 'Published'")).await;
}

/// Whether the question has the keyboard.
const ASKED: &str = "return document.activeElement?.closest('[data-test=live-confirm]') != null";

/// Asks for a state by keyboard, and says yes.
async fn change(hand: &Hand, words: &str) {
    hand.tab_to(&format!("[data-test=live-{words}]")).await;
    hand.key(ENTER).await;
    hand.until("it is asked", ASKED).await;
    hand.tab_to("[data-test=live-go]").await;
    hand.key(ENTER).await;
    hand.until("the question is gone", "return !document.querySelector('[data-test=live-confirm]')").await;
}

async fn choose(hand: &Hand, selector: &str, value: &str) {
    hand.until(
        "there is a choice",
        &format!("return !!document.querySelector(\"{selector} option[value='{value}']\")"),
    )
    .await;
    hand.ask(&format!(
        "const select = document.querySelector('{selector}'); select.value = '{value}'; \
         select.dispatchEvent(new Event('change', {{bubbles: true}}))"
    ))
    .await;
}
