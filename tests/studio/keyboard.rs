//! A journey from nothing to Pinpoint with the keyboard alone.

use super::{ENTER, ESCAPE, Hand, shots};

const ARROW_DOWN: char = '\u{e015}';
const ARROW_UP: char = '\u{e013}';
const HOME: char = '\u{e011}';
const SPACE: char = ' ';

/// To the start, from a project if one is open.
pub async fn at_start(hand: &Hand) {
    hand.until("the page is there", "return !!document.querySelector('.start, .home')").await;
    if hand.ask("return !!document.querySelector('.start')").await == serde_json::Value::Bool(false) {
        hand.until("its journey is there", "return !!document.querySelector('.canvas')").await;
        hand.tab_to(".home").await;
        hand.key(ENTER).await;
    }
}

/// From the start to Pinpoint. `who` names the pictures.
pub async fn by_keyboard(hand: &Hand, who: &str) {
    at_start(hand).await;
    hand.until("the start is there", "return !!document.querySelector('[data-test=blank]')").await;
    hand.ask("for (const kind of ['pointerdown', 'mousedown']) window.addEventListener(kind, () => window.pointed = true, true)").await;
    hand.tab_to("[data-test=blank]").await;
    hand.key(ENTER).await;
    hand.until("the canvas has the keyboard", "return document.activeElement?.matches('.canvas') === true").await;

    // A segment to begin with.
    command(hand, "add a message").await;
    hand.until("it is asked what", "return !!document.querySelector('[data-test=document-name]')").await;
    hand.tab_to(".dialog input[type=radio]").await;
    for _ in 0..5 {
        hand.key(ARROW_DOWN).await;
    }
    hand.tab_to("[data-test=document-name]").await;
    hand.type_text("everybody").await;
    hand.key(ENTER).await;
    hand.until("it is added", "return document.querySelector('.room h1')?.textContent == 'everybody'").await;
    command(hand, "go to journey-1").await;
    hand.until("the canvas is back", "return document.activeElement?.matches('.canvas') === true").await;

    // Its members come in.
    hand.key(ARROW_DOWN).await;
    heard(hand, "Entry").await;
    hand.key(ENTER).await;
    choose(hand, "[id='field:StartCondition.SegmentStartCondition.SegmentId']", "everybody").await;

    // A call, a wait, a split, and two more calls behind it.
    back(hand).await;
    for (kind, name) in
        [("webhook", "Greet"), ("delay", ""), ("yes no", "Is it Ana?"), ("webhook", "For Ana"), ("webhook", "For all")]
    {
        hand.key('n').await;
        hand.until("the search has the keyboard", "return document.activeElement?.dataset.test == 'search-kinds'")
            .await;
        // steps outside of the window are not drawn, so they can not be counted
        let before = hand.text(&format!("return {UNDO}")).await;
        hand.type_text(kind).await;
        hand.key(ENTER).await;
        let before = serde_json::Value::from(before);
        hand.until("it is added", &format!("return {UNDO} != {before} && {UNDO}.startsWith('Undo: Add ')")).await;
        back(hand).await;
        if name.is_empty() {
            continue;
        }
        hand.key(ENTER).await;
        hand.until(
            "its description has the keyboard",
            "return document.activeElement?.id.endsWith('.Description') === true",
        )
        .await;
        if name == "Greet" {
            // the card follows each key, and all of them are one step of undo
            let card = "document.querySelector('.card.selected .title').textContent";
            for so_far in ["Gr", "Gree"] {
                hand.type_text(&so_far[so_far.len() - 2..]).await;
                hand.until("the card follows", &format!("return {card} == '{so_far}'")).await;
            }
            back(hand).await;
            hand.chord('z').await;
            hand.until("the name is gone as a whole", &format!("return !{card}.startsWith('G')")).await;
            hand.key(ENTER).await;
            hand.until("it can be typed", "return document.activeElement?.id.endsWith('.Description') === true").await;
        }
        hand.write(name).await;
        if kind == "webhook" {
            hand.tab_to("[id$='.DeliveryUri']").await;
            hand.write("https://example.com/hook").await;
        }
        back(hand).await;
        heard(hand, name).await;
    }

    // The wait takes two days; the split asks for a name that the sample people have.
    walk_to(hand, "Wait").await;
    hand.key(ENTER).await;
    hand.tab_to(".inspector input[type=number]").await;
    hand.chord('a').await;
    hand.write("2").await;
    hand.until("the card says so", "return document.querySelector('.card.selected .summary').textContent == '2 days'")
        .await;
    back(hand).await;
    hand.key(ARROW_DOWN).await;
    heard(hand, "Is it Ana?").await;
    hand.key(ENTER).await;
    press(hand, "[data-test=add-condition]").await;
    press(hand, "[data-ask=person]").await;
    press(hand, ".told .more").await;
    hand.until("it is asked for what", "return document.activeElement?.dataset.test == 'subject'").await;
    hand.until("names are known", "return !!document.querySelector('[data-subject=FirstName]')").await;
    hand.type_text("firstn").await;
    hand.key(ENTER).await;
    hand.until("values are known", "return !!document.querySelector('[data-value=Ana]')").await;
    hand.tab_to("[data-value=Ana]").await;
    hand.key(SPACE).await;
    hand.until(
        "it reads as a sentence",
        "return document.querySelector('.sentence[data-told]').textContent.trim().startsWith('If their FirstName is Ana')",
    )
    .await;
    hand.key(ESCAPE).await;
    hand.until("the words have the keyboard", "return document.activeElement?.dataset.hole == 'values'").await;
    hand.shot(&shots().join(format!("{who}-keyboard.png"))).await;

    // No leads to the last call as well: in the outline, where a step is put on the branch and taken back before.
    back(hand).await;
    hand.key('w').await;
    heard(hand, "Connection of Is it Ana?").await;
    hand.key('o').await;
    hand.until("the outline has the keyboard", "return document.activeElement?.role == 'treeitem'").await;
    to_line(hand, "Connection of Is it Ana?, No").await;
    hand.until("the branch is selected", "return document.activeElement?.ariaSelected == 'true'").await;
    hand.key('a').await;
    hand.until("it is asked what", "return document.activeElement?.dataset.test == 'finder'").await;
    hand.type_text("delay").await;
    hand.key(ENTER).await;
    hand.until(
        "the step is there, and the outline has the keyboard",
        &format!("return {UNDO}.includes('Add wait') && document.activeElement?.ariaLabel?.startsWith('Wait, branch No') === true"),
    )
    .await;
    hand.chord('z').await;
    hand.until("it is taken back", &format!("return !{UNDO}.includes('Add wait')")).await;
    hand.key('o').await;
    to_line(hand, "Connection of Is it Ana?, No").await;
    hand.key('c').await;
    hand.until("it is asked where to", "return document.querySelectorAll('[data-test=found] li').length > 1").await;
    hand.type_text("for all").await;
    hand.key(ENTER).await;
    hand.until("it is connected", "return document.querySelectorAll('[data-connection$=\"/no\"]').length == 1 && !document.querySelector('.dialog') && document.querySelector('[data-test=undo]').title.includes('Connect')").await;

    // People run through it; one of them is read.
    hand.chord(ENTER).await;
    hand.until("somebody is to be picked", "return document.querySelectorAll('[data-test=people] li').length > 0")
        .await;
    press(hand, "[data-test=people] li button").await;
    hand.until("the story is told", "return document.querySelectorAll('[data-test=story] li').length > 2").await;

    // To the Pinpoint inside the studio.
    command(hand, "publish view").await;
    press(hand, "[data-test=plan]").await;
    hand.until("the plan has steps", "return document.querySelectorAll('[data-test=plan-steps] ol > li').length > 0")
        .await;
    press(hand, "[data-test=review-open]").await;
    hand.until("the review is open", "return document.querySelector('[data-test=review]') != null").await;
    while hand.number("return document.querySelectorAll('[data-test=mark-reviewed]').length").await > 0 {
        press(hand, "[data-test=mark-reviewed]").await;
    }
    press(hand, "[data-test=reviewed]").await;
    hand.until("it may be published", "return document.querySelector('[data-test=apply]')?.disabled === false").await;
    press(hand, "[data-test=apply]").await;
    hand.until(
        "it is published",
        "return document.querySelector('[data-test=progress] h3')?.textContent == 'Published'",
    )
    .await;
    hand.shot(&shots().join(format!("{who}-keyboard-published.png"))).await;
    assert_eq!(hand.ask("return window.pointed ?? null").await, serde_json::Value::Null, "nothing was pointed at");
}

/// What undo would take back.
const UNDO: &str = "document.querySelector('[data-test=undo]').title";

/// Finds a command by some of its words and runs it.
async fn command(hand: &Hand, words: &str) {
    hand.chord('k').await;
    hand.until("commands are listed", "return document.activeElement?.dataset.test == 'finder'").await;
    hand.type_text(words).await;
    hand.key(ENTER).await;
    hand.until("the list is gone", "return !document.querySelector('[data-test=finder]')").await;
}

/// Goes to a control and presses it.
async fn press(hand: &Hand, selector: &str) {
    hand.tab_to(selector).await;
    hand.key(ENTER).await;
}

/// Goes to a list of choices and takes the one of that value.
async fn choose(hand: &Hand, selector: &str, value: &str) {
    hand.tab_to(selector).await;
    for _ in 0..20 {
        if hand.text("return document.activeElement.value").await == value {
            return;
        }
        hand.key(ARROW_DOWN).await;
    }
    panic!("{value} is not among the choices of {selector}");
}

/// Back to the canvas.
async fn back(hand: &Hand) {
    hand.key(ESCAPE).await;
    hand.until("the canvas has the keyboard", "return document.activeElement?.matches('.canvas') === true").await;
}

/// Goes in the outline, from its first line, to the one that begins so.
async fn to_line(hand: &Hand, begins: &str) {
    hand.key(HOME).await;
    for _ in 0..30 {
        let there = format!("return document.activeElement?.ariaLabel?.startsWith('{begins}') === true");
        if hand.ask(&there).await == serde_json::Value::Bool(true) {
            return;
        }
        hand.key(ARROW_DOWN).await;
    }
    panic!("no line begins with `{begins}`");
}

/// Walks up until a step of that name is heard.
async fn walk_to(hand: &Hand, name: &str) {
    for _ in 0..10 {
        if hand.text("return document.querySelector('[data-test=heard]').textContent").await.contains(name) {
            return;
        }
        hand.key(ARROW_UP).await;
    }
    panic!("{name} is not on the way up");
}

async fn heard(hand: &Hand, name: &str) {
    hand.until(
        &format!("{name} is heard"),
        &format!("return document.querySelector('[data-test=heard]').textContent.includes('{name}')"),
    )
    .await;
}

/// The tour by keyboard, from the first start to people who ran through a journey; it is offered once.
pub async fn tour(hand: &Hand, who: &str) {
    at_start(hand).await;
    hand.until("the tour is offered", "return !!document.querySelector('[data-test=tour-start]')").await;
    hand.tab_to("[data-test=tour-start]").await;
    hand.key(ENTER).await;
    for step in 1..=5 {
        hand.until(
            "a step is shown, and the keyboard is on the way on",
            &format!(
                "return document.querySelector('[data-test=tour] .note')?.textContent == '{step} of 5' \
                 && document.activeElement?.dataset.test == 'tour-next'"
            ),
        )
        .await;
        if step == 5 {
            hand.until(
                "people ran through it",
                "return document.querySelector('[data-test=tour]').textContent.includes('people went through')",
            )
            .await;
            hand.shot(&shots().join(format!("{who}-tour.png"))).await;
        }
        hand.look(&format!("step {step} of the tour")).await;
        hand.key(ENTER).await;
    }
    hand.until("the tour is over", "return !document.querySelector('[data-test=tour]')").await;
    assert!(hand.number("return document.querySelectorAll('[data-test=figures] div').length").await > 3);

    hand.load_anew().await;
    at_start(hand).await;
    hand.until("the start is there", "return document.querySelectorAll('.example').length > 3").await;
    assert_eq!(hand.ask("return document.querySelector('[data-test=tour-offer]')").await, serde_json::Value::Null);
}
