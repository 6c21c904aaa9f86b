//! Barriers: what keeps people from using a view, as axe finds it; and what a text of twice the size cuts off.

use std::path::Path;

use serde_json::{Value, json};

use super::{Hand, program, shots};

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

/// Looks for barriers in what is shown; `view` names it.
pub struct Barriers {
    axe: String,
    look: &'static str,
    found: Vec<String>,
}

impl Barriers {
    /// With axe as `cargo verify` fetched it; `look` = light or dark. `None`, with a word about it, when it is not there.
    pub fn new(look: &'static str) -> Option<Barriers> {
        let axe = std::fs::read_to_string(program("WAYMARK_AXE")?).expect("the script of axe");
        Some(Barriers { axe, look, found: Vec::new() })
    }

    /// Runs every rule of axe over the page as it is.
    pub async fn look_at(&mut self, hand: &Hand, view: &str) {
        if hand.ask("return !!window.axe").await != Value::Bool(true) {
            hand.ask(&format!("{}; window.axe = axe;", self.axe)).await;
        }
        let found = hand
            .ask_later(
                "const done = arguments[arguments.length - 1]; \
                 axe.run(document, {resultTypes: ['violations']}).then( \
                     run => done(run.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target} ${node.html.slice(0, 480)}`))), \
                     error => done([`axe failed: ${error}`]))",
            )
            .await;
        let found = found.as_array().cloned().unwrap_or_else(|| vec![json!("axe did not answer")]);
        self.found.extend(found.iter().map(|line| format!("{} {view}: {}", self.look, line.as_str().unwrap_or("?"))));
    }

    /// What was found in all views.
    pub fn end(self) {
        assert!(self.found.is_empty(), "{} barriers:\n{}", self.found.len(), self.found.join("\n"));
    }
}

/// Looks at every view. The studio was started with the example `onboarding` and [`every_kind`] in it.
pub async fn everywhere(hand: &Hand, barriers: &mut Barriers) {
    hand.until("the journey is on the canvas", "return document.querySelectorAll('[data-activity]').length > 3").await;
    show(hand, "every-kind").await;
    barriers.look_at(hand, "design").await;
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
        hand.ask(&format!(
            "[...document.querySelectorAll('.outline [role=treeitem]')].find(e => e.ariaLabel.includes(', {name}') && !e.ariaLabel.includes('goes on')).click()"
        ))
        .await;
        hand.until("the inspector shows it", "return !!document.querySelector('.inspector .what')").await;
        barriers.look_at(hand, &format!("inspector of {name}")).await;
        for ask in asks {
            hand.press(&format!(".inspector [data-hole={ask}]")).await;
            hand.until("its input is there", "return !!document.querySelector('.asking')").await;
            barriers.look_at(hand, &format!("{ask} in {name}")).await;
        }
    }
    hand.press("[data-test=tab-add]").await;
    hand.press(".problems .bar").await;
    barriers.look_at(hand, "problems").await;

    // What stands over the window.
    for (key, control, what) in
        [('k', true, "commands"), ('f', true, "search"), ('o', true, "open"), ('?', false, "keys")]
    {
        hand.ask("document.querySelector('.canvas').focus()").await;
        if control {
            hand.chord(key).await
        } else {
            hand.key(key).await
        }
        hand.until("the dialog is there", "return !!document.querySelector('.dialog')").await;
        barriers.look_at(hand, what).await;
        hand.key(super::ESCAPE).await;
        hand.until("it is closed", "return !document.querySelector('.dialog')").await;
    }

    // A run, its views, and a comparison.
    show(hand, "welcome-series").await;
    hand.press("[data-test=mode-simulate]").await;
    hand.until("somebody is to be picked", "return document.querySelectorAll('[data-test=people] li').length > 0")
        .await;
    barriers.look_at(hand, "simulate").await;
    hand.press("[data-test=people] li button").await;
    hand.until("the story is told", "return document.querySelectorAll('[data-test=story] li').length > 0").await;
    barriers.look_at(hand, "story").await;
    hand.press("[data-test=table]").await;
    hand.until("messages are listed", "return document.querySelectorAll('[data-test=message-rows] tr').length > 0")
        .await;
    barriers.look_at(hand, "table of messages").await;
    hand.press("[data-test=table]").await;
    for tab in ["numbers", "tests"] {
        hand.press(&format!("[data-test=tab-{tab}]")).await;
        barriers.look_at(hand, tab).await;
    }
    hand.press("[data-test=tab-compare]").await;
    hand.press("[data-test=compare-saved]").await;
    hand.until("they are compared", "return !!document.querySelector('[data-test=different]')").await;
    barriers.look_at(hand, "compare").await;

    // Plan, review, the page of a rule, the outbox.
    hand.press("[data-test=mode-publish]").await;
    hand.press("[data-test=plan]").await;
    hand.until("the plan has steps", "return document.querySelectorAll('[data-test=plan-steps] ol > li').length > 0")
        .await;
    barriers.look_at(hand, "publish, with the outbox").await;
    hand.press("[data-test=review-open]").await;
    hand.until("the review is open", "return document.querySelector('[data-test=review]') != null").await;
    barriers.look_at(hand, "review").await;
    if hand.number("return document.querySelectorAll('.findings .link').length").await > 0 {
        hand.press(".findings .link").await;
        hand.until("the rule has a page", "return !!document.querySelector('[data-test=rule-page]')").await;
        barriers.look_at(hand, "rule").await;
    }
    hand.key(super::ESCAPE).await;
    hand.until("it is closed", "return !document.querySelector('.dialog')").await;

    // What runs: nothing yet.
    hand.press("[data-test=mode-live]").await;
    hand.until("the target has answered", "return !!document.querySelector('[data-test=live-said]')").await;
    barriers.look_at(hand, "live").await;

    // The rooms of documents.
    for (section, document, shown) in [
        ("E-mails", "templates/email/welcome", "iframe.page"),
        ("Text messages", "templates/sms/verify-reminder", ".bubble"),
        ("Campaigns", "campaigns/december-newsletter", ".month"),
    ] {
        hand.press(&format!("[data-section='{section}']")).await;
        hand.press(&format!("[data-document='{document}']")).await;
        hand.until("it is shown", &format!("return !!document.querySelector('{shown}')")).await;
        barriers.look_at(hand, document).await;
        if section == "E-mails" {
            hand.press(".writing [role=tab]:nth-child(3)").await;
            hand.until("versions are looked for", "return !!document.querySelector('.versions, .writing p.note')")
                .await;
            hand.press(".test-send summary").await;
            hand.type_into("[data-test=test-address]", "ann@example.com").await;
            hand.press("[data-test=test-ask]").await;
            hand.until("it is asked", "return !!document.querySelector('.question')").await;
            barriers.look_at(hand, "versions and a test message").await;
        }
    }
    hand.press("[data-test=mode-design]").await;

    // The start, with the offer of the tour.
    hand.press(".home").await;
    hand.until("examples are offered", "return document.querySelectorAll('.example').length > 3").await;
    hand.until("so is the tour", "return !!document.querySelector('[data-test=tour-offer]')").await;
    barriers.look_at(hand, "start").await;
}

/// Texts of twice the size: nothing of the frame, the inspector and the dialogs is cut off.
pub async fn large_text(hand: &Hand) {
    const CUT: &str = "return [...document.querySelectorAll('button, label, legend, h1, h2, h3, p, dt, dd, summary, li')] \
        .filter(e => e.offsetParent && !e.closest('.world, .minimap, .heard')) \
        .filter(e => { const s = getComputedStyle(e); \
            return s.overflow != 'visible' && s.textOverflow != 'ellipsis' && (e.scrollWidth > e.clientWidth + 2 || e.scrollHeight > e.clientHeight + 2) && s.overflowY == 'hidden' \
            || e.tagName == 'BUTTON' && e.scrollWidth > e.clientWidth + 2 && !e.querySelector('.clip') }) \
        .map(e => e.outerHTML.slice(0, 120)).join('\\n')";
    const WIDE: &str = "return [...document.querySelectorAll('.top, .left, .right, .problems, .dialog, .start')] \
        .filter(e => e.scrollWidth > e.clientWidth + 2).map(e => e.className).join(' ')";
    hand.until("the journey is on the canvas", "return document.querySelectorAll('[data-activity]').length > 3").await;
    show(hand, "every-kind").await;
    hand.ask("document.documentElement.style.fontSize = '200%'").await;
    hand.press("[data-test=tab-outline]").await;
    for name in ["Opened or pro", "Half each", "Until spring", "Webhook"] {
        hand.ask(&format!(
            "[...document.querySelectorAll('.outline [role=treeitem]')].find(e => e.ariaLabel.includes(', {name}') && !e.ariaLabel.includes('goes on')).click()"
        ))
        .await;
        hand.until("the inspector shows it", "return !!document.querySelector('.inspector .what')").await;
        hand.shot(&shots().join(format!("large-{}.png", name.replace(' ', "-")))).await;
        assert_eq!(hand.text(WIDE).await, "", "too wide in {name}");
        assert_eq!(hand.text(CUT).await, "", "cut off in {name}");
    }
    hand.press("[data-test=mode-simulate]").await;
    hand.until("the run is there", "return document.querySelectorAll('[data-test=figures] div').length > 3").await;
    hand.shot(&shots().join("large-simulate.png")).await;
    assert_eq!(hand.text(WIDE).await, "", "too wide in the simulation");
    hand.press("[data-test=mode-publish]").await;
    hand.shot(&shots().join("large-publish.png")).await;
    assert_eq!(hand.text(WIDE).await, "", "too wide in publish");
    hand.press("[data-test=mode-live]").await;
    hand.until("the target has answered", "return !!document.querySelector('[data-test=live-said]')").await;
    assert_eq!(hand.text(WIDE).await, "", "too wide in live");
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
