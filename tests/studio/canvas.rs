//! A person with a mouse on the canvas: draws, reconnects, chooses, moves, finds, fixes, plays.

use std::path::Path;

use serde_json::{Value, json};

use super::{ENTER, ESCAPE, Hand, shots};

/// A journey that fits the window, the first of the project.
pub fn small(folder: &Path) {
    let journey = json!({
        "Name": "a-small-one", "State": "DRAFT", "StartActivity": "hello",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "new-sign-ups"}},
        "Activities": {
            "hello": {"Description": "Say hello", "EMAIL": {"TemplateName": "welcome", "NextActivity": "opened"}},
            "opened": {"Description": "Was it read?", "ConditionalSplit": {
                "Condition": {"Operator": "ALL", "Conditions": [{"EventCondition": {
                    "MessageActivity": "hello",
                    "Dimensions": {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["_email.open"]}}
                }}]},
                "EvaluationWaitTime": {"WaitFor": "P1D"},
                "TrueActivity": "pause", "FalseActivity": "again"
            }},
            "pause": {"Description": "A pause", "Wait": {"WaitTime": {"WaitFor": "P2D"}, "NextActivity": "bye"}},
            "again": {"Description": "Ask again", "EMAIL": {"TemplateName": "welcome", "NextActivity": "bye"}},
            "bye": {"Description": "Say bye", "EMAIL": {"TemplateName": "welcome"}}
        }
    });
    std::fs::write(folder.join("journeys/a-small-one.json"), journey.to_string()).expect("a file of the project");
}

const UNDO: &str = "document.querySelector('[data-test=undo]').title";
const CARDS: &str = "document.querySelectorAll('[data-activity]').length";
const CHOSEN: &str = "document.querySelectorAll('.card.selected').length";

/// Does with the mouse what can be done with it. The studio was started with [`small`]; `who` names the pictures.
pub async fn by_pointer(hand: &Hand, who: &str) {
    hand.until("the journey is on the canvas", &format!("return {CARDS} == 6")).await;
    hand.press("[data-test=fit]").await;
    draw(hand).await;
    choose(hand).await;
    find_and_fix(hand, who).await;
    many_problems(hand, who).await;
    play(hand, who).await;
}

async fn undone(hand: &Hand, what: &str) {
    hand.press("[data-test=undo]").await;
    hand.until("it is taken back", &format!("return !{UNDO}.includes('{what}')")).await;
}

/// Inserts from the palette, leads a branch elsewhere, and is told where it may not lead.
async fn draw(hand: &Hand) {
    let kind = hand.middle("[data-kind='Wait']").await;
    let plus = hand.middle("[data-insert='@end:hello/next']").await;
    hand.drag(kind, plus).await;
    let inserted =
        format!("return {CARDS} == 7 && document.querySelector('.card.selected .summary').textContent == '1 day'");
    hand.until("the wait is on the connection", &inserted).await;
    hand.until("it leads on", "return !!document.querySelector('[data-connection=\"@end:wait1/next\"]')").await;
    undone(hand, "Add wait").await;

    // a split needs more room than its branch had: what is above stays nevertheless, until it is tidied
    let places = "['hello', 'opened', 'pause', 'again'] \
        .map(id => document.querySelector(`.card[data-activity=${id}]`).style.transform).join()";
    let where_they_are = format!("return {places}");
    hand.press("[data-test=fit]").await;
    let above = hand.text(&where_they_are).await;
    let kind = hand.middle("[data-kind='MultiCondition']").await;
    let plus = hand.middle("[data-insert='@end:pause/next']").await;
    hand.drag(kind, plus).await;
    hand.until("what is above is held", "return document.querySelector('[data-test=tidy]') != null").await;
    assert_eq!(hand.text(&where_they_are).await, above);
    hand.press("[data-test=tidy]").await;
    hand.until("it is tidy", "return document.querySelector('[data-test=tidy]') == null").await;
    assert_ne!(hand.text(&where_they_are).await, above, "laid out anew, sources stand in the middle of their branches");
    hand.press("[data-test=undo]").await;
    hand.until("the split is gone, the room for it is held", &format!("return {CARDS} == 6")).await;
    hand.press("[data-test=tidy]").await;
    hand.until("all is as it was", &format!("return {places} == {}", json!(above))).await;

    hand.press("[data-test=fit]").await;
    let line = hand.on_line("[data-connection='@end:opened/no']", 0.75).await;
    let bye = hand.middle("[data-activity='bye']").await;
    hand.drag(line, bye).await;
    hand.until("No leads to the last step", &format!("return {UNDO}.includes('Connect')")).await;
    undone(hand, "Connect").await;

    hand.press("[data-test=fit]").await;
    let end = hand.middle("[data-end='@end:bye/next']").await;
    let hello = hand.middle("[data-activity='hello']").await;
    hand.hold(end, hello).await;
    hand.until("it is dim", "return document.querySelector('[data-activity=hello]').matches('.refused')").await;
    hand.until(
        "the reason is told",
        "return document.querySelector('.canvas .hint')?.textContent.includes('only goes forward')",
    )
    .await;
    hand.let_go(hello).await;
    hand.until("nothing is dim any more", "return !document.querySelector('.refused')").await;
    hand.press("[data-test=notice] button").await;
    assert_eq!(hand.number("return document.querySelectorAll('[data-end]').length").await, 1, "nothing was connected");
}

/// Chooses with a frame and with Shift, cuts, pastes, moves and tidies.
async fn choose(hand: &Hand) {
    hand.press("[data-test=fit]").await;
    let (from, to) = hand.around(&["[data-activity='pause']", "[data-activity='again']"]).await;
    hand.drag_with_shift(from, to).await;
    hand.until("both in the frame are chosen", &format!("return {CHOSEN} == 2")).await;
    hand.press_with_shift("[data-activity='bye']").await;
    hand.until("and one more", &format!("return {CHOSEN} == 3")).await;
    hand.press_with_shift("[data-activity='bye']").await;
    hand.until("which is left again", &format!("return {CHOSEN} == 2")).await;

    let board = |event: &str| {
        format!(
            "window.board ??= new DataTransfer(); \
             window.dispatchEvent(new ClipboardEvent('{event}', {{clipboardData: window.board, cancelable: true}}))"
        )
    };
    hand.ask(&board("cut")).await;
    hand.until("they are gone", &format!("return {CARDS} == 4 && {UNDO}.includes('Cut 2 activities')")).await;
    hand.ask(&board("paste")).await;
    hand.until("they are there again", &format!("return {CARDS} == 6 && {CHOSEN} == 2")).await;
    undone(hand, "Paste").await;
    undone(hand, "Cut").await;

    hand.press("[data-test=fit]").await;
    let again = hand.middle("[data-activity='again']").await;
    hand.drag(again, (again.0 + 70.0, again.1 + 12.0)).await;
    hand.until("it was moved", &format!("return {UNDO}.includes('Move activity')")).await;
    hand.press("[data-activity='pause']").await;
    hand.press_with_shift("[data-activity='again']").await;
    hand.press("[data-test=tidy-selection]").await;
    hand.until("it stands where it stood", &format!("return {UNDO}.includes('Tidy up')")).await;
    undone(hand, "Tidy").await;
    undone(hand, "Move").await;
}

/// Goes by the small map, finds a step by its name, and fixes a problem by a button and by a key.
async fn find_and_fix(hand: &Hand, who: &str) {
    // A journey that is larger than the window has a small map.
    hand.press("[data-document='journeys/welcome-series']").await;
    hand.until("the small map is there", "return !!document.querySelector('[data-test=minimap]')").await;
    let transform = "document.querySelector('.world').style.transform";
    let before = hand.text(&format!("return {transform}")).await;
    hand.press_in("[data-test=minimap]", 0.5, 0.9).await;
    hand.until("the canvas is elsewhere", &format!("return {transform} != {before:?}")).await;
    hand.press("[data-document='journeys/a-small-one']").await;
    hand.until("the small one is back", &format!("return {CARDS} == 6")).await;

    hand.chord('f').await;
    hand.until("something is looked for", "return document.activeElement?.dataset.test == 'finder'").await;
    hand.type_text("a pause").await;
    hand.until("it is found", "return document.querySelectorAll('[data-test=found] li').length > 0").await;
    hand.press("[data-test=found] li").await;
    let summary = "document.querySelector('.card.selected .summary')?.textContent";
    hand.until("it is shown", &format!("return {summary} == '2 days'")).await;

    let unfolded = "document.querySelector('.problems .bar').getAttribute('aria-expanded') == 'true'";
    for by_key in [false, true] {
        hand.type_into(".inspector input[type=number]", "600").await;
        hand.until("undo says how long", &format!("return {UNDO}.includes('Change wait to 600 days')")).await;
        if by_key {
            hand.key(ESCAPE).await;
            hand.until("the canvas has the keyboard", "return document.activeElement?.matches('.canvas') === true")
                .await;
            hand.key('.').await;
        } else {
            if hand.ask(&format!("return {unfolded}")).await == Value::Bool(false) {
                hand.press(".problems .bar").await;
            }
            hand.until("the key is told", "return !!document.querySelector('.problems .fix kbd')").await;
            hand.shot(&shots().join(format!("{who}-fix.png"))).await;
            hand.press(".problems .fix:has(kbd)").await;
        }
        hand.until("it is mended", &format!("return {summary} == '365 days'")).await;
    }
}

/// Pastes steps with more problems than the list shows at first, and asks for the others with a key.
async fn many_problems(hand: &Hand, who: &str) {
    let message = |at: usize| (format!("m{at}"), json!({"EMAIL": {"TemplateName": format!("lost-{at}")}}));
    let journey = json!({
        "Name": "much-is-lost", "StartActivity": "m0", "Activities": (0..95).map(message).collect::<serde_json::Map<_, _>>(),
    });
    hand.ask(&format!(
        "const board = new DataTransfer(); board.setData('text/plain', {}); \
         window.dispatchEvent(new ClipboardEvent('paste', {{clipboardData: board, cancelable: true}}))",
        json!(journey.to_string())
    ))
    .await;
    let numbers = "document.querySelector('[data-test=problem-count]').textContent.match(/[0-9]+/g)";
    let counted = format!("({numbers} ?? []).reduce((sum, of) => sum + +of, 0)");
    hand.until("all are counted", &format!("return {counted} >= 95 && {UNDO}.includes('Paste')")).await;
    let rows = "document.querySelectorAll('.problems ul > li:has(.row)').length";
    if hand.ask(&format!("return {rows} == 0")).await == Value::Bool(true) {
        hand.press(".problems .bar").await;
    }
    hand.until("not all are shown", &format!("return {rows} == 40")).await;
    hand.ask("document.querySelector('[data-test=more-problems]').focus()").await;
    hand.key(ENTER).await;
    let at = "[...document.querySelectorAll('.problems ul > li')].indexOf(document.activeElement.closest('li'))";
    hand.until("the keyboard is at the first new one", &format!("return {rows} == 80 && {at} == 40")).await;
    hand.shot(&shots().join(format!("{who}-problems.png"))).await;
    for shown in [120, 160] {
        hand.press("[data-test=more-problems]").await;
        hand.until("more are shown", &format!("return {rows} == {shown}")).await;
    }
    hand.press("[data-test=more-problems]").await;
    let all = format!("return {rows} == {counted} && !document.querySelector('[data-test=more-problems]')");
    hand.until("all are shown", &all).await;
    undone(hand, "Paste").await;
    hand.until("the small one is back", &format!("return {CARDS} == 6")).await;
}

/// Plays the run, scrubs through it, switches the dots off, and makes it faster.
async fn play(hand: &Hand, who: &str) {
    hand.press("[data-test=mode-simulate]").await;
    hand.until("the run is there", "return document.querySelector('[data-test=play]')?.disabled === false").await;
    let said = "document.querySelector('[data-test=time-said] strong').textContent";
    hand.press("[data-test=play]").await;
    hand.until("time goes on", &format!("return {said}.includes('day')")).await;
    hand.press_in("[data-test=time]", 0.5, 0.5).await;
    hand.until("scrubbing stops it", "return document.querySelector('[data-test=play]').title == 'Play'").await;
    hand.until(
        "the middle is shown",
        "const t = document.querySelector('[data-test=time]'); return Math.abs(t.value / t.max - 0.5) < 0.1",
    )
    .await;
    hand.shot(&shots().join(format!("{who}-play.png"))).await;
    hand.press("[data-test=dots]").await;
    hand.until("people are no dots", "return !document.querySelector('.dots, .waiting-dots')").await;
    let fast = "document.querySelector('.speed output').textContent";
    let before = hand.text(&format!("return {fast}")).await;
    hand.press_in("[data-test=speed]", 0.9, 0.5).await;
    hand.until("it plays faster", &format!("return {fast} != {before:?} && {fast}.endsWith('days/s')")).await;
    hand.press("[data-test=tab-numbers]").await;
    hand.until("sends are drawn by hour", "return !!document.querySelector('[data-test=hours] svg path')").await;
    hand.shot(&shots().join(format!("{who}-hours.png"))).await;
}
