//! Barriers: what keeps people from using a view, as axe finds it; and what a text of twice the size cuts off.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use serde_json::{Value, json};

use super::{ESCAPE, Hand, Look, program};

/// A journey with an activity of every kind, and names that are found on cards and in lists.
pub fn every_kind(folder: &Path) {
    let event = |types: &[&str]| json!({"EventType": {"DimensionType": "INCLUSIVE", "Values": types}});
    let opened = json!({"EventCondition": {"MessageActivity": "email", "Dimensions": event(&["_email.open"])}});
    let plan =
        json!({"segmentDimensions": {"UserAttributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["pro"]}}}});
    let journey = json!({
        "Name": "every-kind", "State": "DRAFT", "StartActivity": "email",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "new-sign-ups"}},
        "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2027-02-01T09:00:00+02:00", "Timezone": "UTC"},
        "TimezoneEstimationMethods": ["PHONE_NUMBER"],
        "QuietTime": {"Start": "22:00", "End": "08:00"},
        "Activities": {
            "email": {"Description": "E-mail", "EMAIL": {"TemplateName": "welcome", "NextActivity": "wait"}},
            "wait": {"Description": "Two days", "Wait": {"WaitTime": {"WaitFor": "P2D"}, "NextActivity": "until"}},
            "until": {"Description": "Until spring", "Wait": {"WaitTime": {"WaitUntil": "2027-01-21T10:00:00+05:30"}, "NextActivity": "yes-no"}},
            "yes-no": {"Description": "Opened or pro", "ConditionalSplit": {
                "Condition": {"Operator": "ANY", "Conditions": [opened, plan.clone()]},
                "EvaluationWaitTime": {"WaitFor": "P1D"}, "TrueActivity": "sms", "FalseActivity": "several"}},
            "several": {"Description": "Which plan", "MultiCondition": {"Branches": [
                {"Condition": plan, "NextActivity": "push"}, {"Condition": {}}], "DefaultActivity": "draw"}},
            "draw": {"Description": "Half each", "RandomSplit": {"Branches": [
                {"Percentage": 50, "NextActivity": "custom"}, {"Percentage": 50, "NextActivity": "hold"}]}},
            "hold": {"Description": "Leave one in ten", "Holdout": {"Percentage": 10, "NextActivity": "call"}},
            "sms": {"Description": "Text", "SMS": {"TemplateName": "none", "MessageConfig": {"MessageType": "PROMOTIONAL"}}},
            "push": {"Description": "Push", "PUSH": {"TemplateName": "none"}},
            "custom": {"Description": "Webhook", "CUSTOM": {"DeliveryUri": "https://example.com/hook", "EndpointTypes": ["CUSTOM", "EMAIL"]}},
            "call": {"Description": "Call", "ContactCenter": {}},
        }
    });
    std::fs::write(folder.join("journeys/every-kind.json"), journey.to_string()).expect("a journey");
}

/// What was looked at, and the barriers that were found there.
#[derive(Default)]
pub struct Barriers {
    axe: OnceLock<Option<String>>,
    found: Mutex<Vec<String>>,
    dialogs: Mutex<BTreeSet<String>>,
}

impl Barriers {
    /// Runs the rules of axe over the page as it is: all of them in the light, those about colours in the dark where the
    /// browser can be told to be dark. Then texts get twice their size: all of them do, and nothing is cut off.
    ///
    /// Without axe, which `cargo verify` fetches, it only says so.
    pub async fn look_at(&self, hand: &Hand, view: &str) {
        let Some(axe) = self.axe() else { return };
        if hand.ask("return !!window.axe").await != Value::Bool(true) {
            hand.ask(&format!("{axe}; window.axe = axe;")).await;
        }
        if let Value::String(title) = hand.ask("return document.querySelector('.dialog h2')?.textContent").await {
            self.dialogs.lock().expect("nobody failed with it").insert(title);
        }
        hand.shown(Some(Look::Light)).await;
        hand.until("nothing moves", STILL).await;
        self.keep("light", view, hand.ask_later(&run("{}")).await);
        if hand.shown(Some(Look::Dark)).await {
            hand.until("nothing moves", STILL).await;
            self.keep("dark", view, hand.ask_later(&run("{runOnly: ['color-contrast', 'link-in-text-block']}")).await);
        }
        hand.shown(Some(Look::Light)).await;
        self.keep("twice the size", view, hand.ask_later(TWICE).await);
        hand.shown(None).await;
    }

    fn axe(&self) -> Option<&str> {
        let read = || Some(std::fs::read_to_string(program("WAYMARK_AXE")?).expect("the script of axe"));
        self.axe.get_or_init(read).as_deref()
    }

    fn keep(&self, how: &str, view: &str, found: Value) {
        let found = found.as_array().cloned().unwrap_or_else(|| vec![json!("the page did not answer")]);
        let lines = found.iter().map(|line| format!("{how}, {view}: {}", line.as_str().unwrap_or("?")));
        self.found.lock().expect("nobody failed with it").extend(lines);
    }

    /// Fails when a dialog of the page was not looked at: all of them stand in a table of `ui/src/dialogs.rs`.
    fn knows_all_dialogs(&self) {
        if self.axe().is_none() {
            return;
        }
        let table = include_str!("../../ui/src/dialogs.rs").lines().filter_map(|line| {
            let (_, title) = line.trim().strip_prefix("Dialog::")?.split_once(" => \"")?;
            title.strip_suffix("\",")
        });
        let seen = self.dialogs.lock().expect("nobody failed with it");
        let missing: Vec<&str> = table.filter(|title| !seen.contains(*title)).collect();
        assert!(missing.is_empty() && seen.len() > 10, "not looked at: {missing:?}; seen: {seen:?}");
    }

    /// Fails with what was found in all views.
    pub fn end(&self) {
        let found = self.found.lock().expect("nobody failed with it");
        assert!(found.is_empty(), "{} barriers:\n{}", found.len(), found.join("\n"));
    }
}

/// Whether no colour is on its way to another.
const STILL: &str =
    "return !document.getAnimations().some(a => a instanceof CSSTransition && a.playState == 'running')";

/// Runs axe and hands on a line for each barrier. The page of a mail is another's, and lets no script in.
fn run(options: &str) -> String {
    format!(
        "const done = arguments[arguments.length - 1]; \
         axe.run(document, {{resultTypes: ['violations'], iframes: false, ...{options}}}).then( \
             run => done(run.violations.flatMap(rule => rule.nodes.map(node => `${{rule.id}}: ${{node.target}} ${{node.html.slice(0, 480)}}`))), \
             error => done([`axe failed: ${{error}}`]))"
    )
}

/// Gives texts twice their size and hands on a line for each that does not grow or is cut off, and for each part of the page
/// that is wider than its place, leaves the window or has no room left. The canvas has a zoom instead.
const TWICE: &str = "\
    const done = arguments[arguments.length - 1], root = document.documentElement, found = []; \
    const all = what => [...document.querySelectorAll(what)].filter(e => e.getClientRects().length && !e.closest('.world, .minimap, .heard, svg')); \
    const tell = (what, those) => found.push(...those.map(e => `${what}: ${e.outerHTML.slice(0, 200)}`)); \
    const style = e => getComputedStyle(e), size = e => parseFloat(style(e).fontSize); \
    const writes = 'input:not([type=checkbox], [type=radio], [type=range], [type=file]), select, textarea'; \
    const says = e => e.matches(writes) || [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim()); \
    const before = all('body *').filter(says).map(e => [e, size(e)]); \
    root.style.fontSize = '200%'; \
    requestAnimationFrame(() => requestAnimationFrame(() => { \
        tell('does not grow', before.filter(([e, was]) => e.isConnected && size(e) < 1.9 * was).map(([e]) => e)); \
        tell('cut off', all('button, label, legend, h1, h2, h3, p, dt, dd, summary, li, span, strong, td, th').filter(e => { \
            const s = style(e), wide = e.scrollWidth > e.clientWidth + 2, high = e.scrollHeight > e.clientHeight + 2; \
            return e.clientWidth > 1 && s.textOverflow != 'ellipsis' && (s.overflowY == 'hidden' && (wide || high) \
                || e.tagName == 'BUTTON' && wide && !e.querySelector('.clip')); })); \
        tell('too low', all(writes).filter(e => e.clientHeight < 1.15 * size(e))); \
        tell('too wide', all('.top, .left, .right, .problems, .dialog, .start, .room, .beside, .tour, .outside, .notice, .menu, .bar-of-selection, .message-table header, .people-list, .filters') \
            .filter(e => e.scrollWidth > e.clientWidth + 2) \
            .map(e => { const edge = e.getBoundingClientRect().left + e.clientLeft + e.clientWidth + 1; \
                return [...e.querySelectorAll('*')].findLast(one => !one.closest('svg, .wide, .cells-scroll') && one.getBoundingClientRect().right > edge) ?? e; })); \
        tell('leaves the window', all('.dialog, .tour, .notice, .outside, .damaged, .menu, .hint, .bar-of-selection, .zoom').filter(e => { \
            const r = e.getBoundingClientRect(); return r.left < -2 || r.top < -2 || r.right > innerWidth + 2 || r.bottom > innerHeight + 2; })); \
        tell('no room', all('.cells-scroll, .canvas, .outline, .finds, .story, iframe.page').filter(e => e.clientHeight < 60 && e.scrollHeight > e.clientHeight + 2)); \
        root.style.fontSize = ''; \
        requestAnimationFrame(() => done(found)); \
    }))";

/// A file that can only be read in part.
pub fn damaged(folder: &Path) {
    std::fs::write(folder.join("segments/half.json"), "{\"Name\": \"half\", \"Dimensions\": {").expect("a segment");
}

/// Looks at every view that no other story looks at. The studio was started with the example `onboarding`, [`every_kind`] and
/// [`damaged`] in it.
pub async fn everywhere(hand: &Hand) {
    hand.until("the journey is on the canvas", "return document.querySelectorAll('[data-activity]').length > 3").await;
    half_a_file(hand).await;
    show(hand, "every-kind").await;
    inspector(hand).await;
    canvas(hand).await;
    dialogs(hand).await;
    simulation(hand).await;
    publication(hand).await;
    rooms(hand).await;
    way_out(hand).await;
    hand.barriers().knows_all_dialogs();
}

/// A file of which half could be read: it is told, and nothing is written over it unless somebody says so.
async fn half_a_file(hand: &Hand) {
    hand.press(".damaged summary").await;
    hand.look("damaged files are told").await;
    hand.press(".damaged summary").await;
    hand.press("[data-section='Segments']").await;
    hand.press("[data-document='segments/half']").await;
    hand.press("[data-test=add-group]").await;
    hand.look("a segment of which half is there").await;
    hand.press("[data-test=save]").await;
    hand.until("it is asked", "return document.querySelector('.dialog h2')?.textContent == 'Damaged files'").await;
    hand.look("damaged files").await;
    hand.press(".dialog .danger").await;
    hand.until("it is written", "return document.querySelector('[data-test=saved]')?.textContent.trim() == 'Saved'")
        .await;
    hand.until("nothing is damaged", "return !document.querySelector('.damaged')").await;
}

/// Each kind of step and its inputs, in the inspector; the journey in words; its problems.
async fn inspector(hand: &Hand) {
    hand.press("[data-test=tab-outline]").await;
    for (name, asks) in [
        ("Entry", &[][..]),
        ("E-mail", &[]),
        ("Two days", &[]),
        ("Until spring", &[]),
        ("Opened or pro", &["events", "message", "judged", "subject", "values"]),
        ("Which plan", &["comparison"]),
        ("Half each", &[]),
        ("Leave one in ten", &[]),
        ("Text", &[]),
        ("Push", &[]),
        ("Webhook", &[]),
        ("Call", &[]),
    ] {
        step(hand, name).await;
        hand.look(&format!("inspector of {name}")).await;
        for ask in asks {
            hand.press(&format!(".inspector [data-hole={ask}]")).await;
            hand.until("its input is there", "return !!document.querySelector('.asking')").await;
            if *ask == "events" {
                const OFFERED: &str = "[...document.querySelectorAll('.asking [data-event]')]";
                const FREE: &str = "document.querySelector('.asking input[type=text]')";
                let own =
                    format!("{OFFERED}.length > 1 && {OFFERED}.every(e => e.dataset.event.startsWith('_email.'))");
                hand.until("only events of the message are offered", &format!("return {own} && !{FREE}")).await;
            }
            hand.look(&format!("{ask} in {name}")).await;
        }
    }
    command(hand, "Settings of the journey").await;
    hand.unfold("[data-test=words]").await;
    hand.press("[data-test=tab-add]").await;
    hand.press(".problems .bar").await;
    hand.look("settings of the journey, its words and its problems").await;
}

/// The menu of a connection, several steps, a branch, a note; where a step can lead to and what can follow it.
async fn canvas(hand: &Hand) {
    hand.press("[data-test=tab-outline]").await;
    step(hand, "Opened or pro").await;
    hand.ask("document.querySelector('.canvas').focus()").await;
    hand.key('o').await;
    hand.until("the outline has the keyboard", "return document.activeElement?.role == 'treeitem'").await;
    hand.key('a').await;
    dialog(hand, "what follows a step").await;
    command(hand, "Select the connections of the step, one after the other").await;
    hand.look("a connection").await;
    command(hand, "Connect the selection to another step").await;
    dialog(hand, "where a step leads to").await;
    command(hand, "Select all activities").await;
    hand.until("there is a bar", "return !!document.querySelector('[data-test=selection-bar]')").await;
    hand.look("several steps").await;
    command(hand, "Add a note").await;
    hand.until("a note waits for words", "return document.activeElement?.closest('.sheet') != null").await;
    hand.look("a note").await;
    hand.press("[data-test=undo]").await;
    command(hand, "Settings of the entry").await;
    command(hand, "Show the whole journey").await;
    command(hand, "Zoom to 100%").await;
    let plus = hand.inner("[data-insert]").await;
    hand.jump(plus, plus).await;
    hand.until("kinds are offered", "return !!document.querySelector('.menu')").await;
    hand.look("menu of a connection").await;
    hand.key(ESCAPE).await;
}

/// What stands over the window.
async fn dialogs(hand: &Hand) {
    for words in [
        "All commands",
        "Find in the project",
        "Open",
        "Save as",
        "Paste JSON",
        "Keys",
        "Add a message, segment or campaign",
    ] {
        command(hand, words).await;
        dialog(hand, words).await;
    }
    command(hand, "Review: errors and recommendations").await;
    hand.until("the review is open", "return document.querySelector('[data-test=review]') != null").await;
    hand.look("review").await;
    hand.press(".findings .link").await;
    hand.until("the rule has a page", "return !!document.querySelector('[data-test=rule-page]')").await;
    dialog(hand, "page of a rule").await;
}

/// A run, its views, and a comparison.
async fn simulation(hand: &Hand) {
    show(hand, "welcome-series").await;
    hand.press("[data-test=mode-simulate]").await;
    hand.until("somebody is to be picked", "return document.querySelectorAll('[data-test=people] li').length > 0")
        .await;
    hand.press("[data-test=people] li button").await;
    hand.until("the story is told", "return document.querySelectorAll('[data-test=story] li').length > 0").await;
    unfold_all(hand).await;
    hand.look("simulate, a story, and what if it went otherwise").await;
    hand.press("[data-test=keep-story]").await;
    hand.press("[data-test=invent]").await;
    hand.until("somebody is to be invented", "return !!document.querySelector('[data-test=invent-form]')").await;
    hand.look("somebody who is invented, and a story that is kept").await;
    hand.press("[data-test=table]").await;
    hand.until("messages are listed", "return document.querySelectorAll('[data-test=message-rows] tr').length > 0")
        .await;
    hand.press("[data-test=write-messages]").await;
    hand.look("table of messages").await;
    hand.press("[data-test=table]").await;
    hand.press("[data-test=tab-numbers]").await;
    hand.look("numbers").await;
    hand.press("[data-test=tab-tests]").await;
    hand.press("[data-test=run-tests]").await;
    hand.until("tests ran", "return !!document.querySelector('[data-test=tests-said]')").await;
    unfold_all(hand).await;
    hand.look("tests and promises").await;
    hand.press("[data-test=tab-compare]").await;
    hand.press("[data-test=compare-saved]").await;
    hand.until("they are compared", "return !!document.querySelector('[data-test=different]')").await;
    hand.look("compare").await;
}

/// Plan and outbox; and what runs, which is nothing yet.
async fn publication(hand: &Hand) {
    hand.press("[data-test=mode-publish]").await;
    hand.press("[data-test=plan]").await;
    hand.until("the plan has steps", "return document.querySelectorAll('[data-test=plan-steps] ol > li').length > 0")
        .await;
    unfold_all(hand).await;
    hand.look("publish, with the outbox").await;
    hand.press("[data-test=mode-live]").await;
    hand.until("the target has answered", "return !!document.querySelector('[data-test=live-said]')").await;
    hand.look("live, with nothing there").await;
}

/// The rooms of documents.
async fn rooms(hand: &Hand) {
    for (section, document, shown) in [
        ("E-mails", "templates/email/welcome", "iframe.page"),
        ("Text messages", "templates/sms/verify-reminder", ".bubble"),
        ("Campaigns", "campaigns/december-newsletter", ".month"),
    ] {
        hand.press(&format!("[data-section='{section}']")).await;
        hand.press(&format!("[data-document='{document}']")).await;
        hand.until("it is shown", &format!("return !!document.querySelector('{shown}')")).await;
        unfold_all(hand).await;
        hand.look(document).await;
        if section == "E-mails" {
            hand.press(".writing [role=tab]:nth-child(3)").await;
            hand.until("versions are looked for", "return !!document.querySelector('.versions, .writing p.note')")
                .await;
            hand.look("versions of a mail that has none").await;
        }
    }
}

/// Leaves the project with a change for the start with the offer of the tour.
async fn way_out(hand: &Hand) {
    hand.press("[data-document='segments/half']").await;
    hand.press("[data-test=add-group]").await;
    hand.press(".home").await;
    hand.until("it is asked", "return document.querySelector('.dialog h2')?.textContent == 'Unsaved changes'").await;
    hand.look("unsaved changes").await;
    hand.press(".dialog .danger").await;
    hand.until("examples are offered", "return document.querySelectorAll('.example').length > 3").await;
    hand.until("so is the tour", "return !!document.querySelector('[data-test=tour-offer]')").await;
    hand.look("start").await;
    hand.press("[data-test=paste]").await;
    dialog(hand, "paste at the start").await;
}

/// Selects a step of the journey in the outline.
pub async fn step(hand: &Hand, name: &str) {
    hand.ask(&format!(
        "[...document.querySelectorAll('.outline [role=treeitem]')].find(e => e.ariaLabel.includes(', {name}') && !e.ariaLabel.includes('goes on')).click()"
    ))
    .await;
    hand.until("the inspector shows it", "return !!document.querySelector('.inspector .what')").await;
}

/// Looks at the dialog that opens, and closes it.
async fn dialog(hand: &Hand, view: &str) {
    hand.until("the dialog is there", "return !!document.querySelector('.dialog')").await;
    hand.look(view).await;
    hand.key(ESCAPE).await;
    hand.until("it is closed", "return !document.querySelector('.dialog')").await;
}

/// Has a command of the menu carried out.
pub async fn command(hand: &Hand, words: &str) {
    hand.ask(&format!("window.dispatchEvent(new CustomEvent('waymark-command', {{detail: {}}}))", json!(words))).await;
}

/// Unfolds what is folded beside the list of documents.
async fn unfold_all(hand: &Hand) {
    hand.ask("document.querySelectorAll('.right details, .room details').forEach(one => one.open = true)").await;
}

/// Shows a journey of the project.
pub async fn show(hand: &Hand, name: &str) {
    hand.ask(&format!(
        "[...document.querySelectorAll('.journey')].find(b => b.textContent.startsWith('{name}')).click()"
    ))
    .await;
    hand.until(
        "it is on the canvas",
        &format!("return document.querySelector('.journey-name').textContent == '{name}'"),
    )
    .await;
    hand.until("its cards are drawn", "return document.querySelectorAll('[data-activity]').length > 3").await;
}
