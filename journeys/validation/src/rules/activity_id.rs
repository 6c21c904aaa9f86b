use std::collections::BTreeMap;

use model::{Change, Edit, path};
use serde_json::{Value, json};

use crate::places::ConditionPlace;
use crate::{Findings, JourneyContext};

rule! {
    /// Checks that every activity id has 1 to 100 letters and digits and nothing else.
    ///
    /// **Why it matters.** The service refuses the journey, even as a draft.
    ///
    /// **Bad example.** `"Activities": {"say hello!": …}`
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "StartActivity": "say hello!",
    ///   "Activities": {"say hello!": {"EMAIL": {"TemplateName": "hello"}}}
    /// }}
    /// ```
    ///
    /// **How to fix it.** Rename it everywhere: `sayhello`. What people read is the `Description`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "StartActivity": "sayhello",
    ///   "Activities": {"sayhello": {"EMAIL": {"TemplateName": "hello"}}}
    /// }}
    /// ```
    ///
    /// Source: journeys.md 1 and 10, J004; `WriteJourneyRequest.Activities`.
    "activity-id", Error, "an activity id is not allowed", Journey
}

const LONGEST: usize = 100;

/// The conditions that ask about a message, by the id that they name.
type Asking<'c> = BTreeMap<&'c str, Vec<&'c ConditionPlace<'c>>>;

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let mut asking = None;
    for (number, activity) in ctx.activities.iter().enumerate() {
        let id = activity.id;
        let message = if id.is_empty() {
            "an activity has an empty id".to_owned()
        } else if id.chars().count() > LONGEST {
            format!("the activity id has {} characters; {LONGEST} is the most", id.chars().count())
        } else if let Some(wrong) = id.chars().find(|c| !c.is_ascii_alphanumeric()) {
            format!("the activity id `{id}` contains {wrong:?}; only letters and digits are allowed")
        } else {
            continue;
        };
        let better = unused(ctx, id);
        let asking = asking.get_or_insert_with(|| asking_about(ctx));
        let edit = rename(ctx, asking, number, &better);
        found.report(path!["Activities", id], message).help(format!("rename it, for example to `{better}`")).fix(edit);
    }
}

/// The letters and digits of `id`, with a number behind when another activity is called so.
fn unused(ctx: &JourneyContext, id: &str) -> String {
    let stem: String = id.chars().filter(char::is_ascii_alphanumeric).take(LONGEST - 6).collect();
    let stem = if stem.is_empty() { "activity".to_owned() } else { stem };
    let numbered = (2..).map(|n| format!("{stem}{n}"));
    std::iter::once(stem.clone()).chain(numbered).find(|name| !ctx.has_key(name)).unwrap_or(stem)
}

fn asking_about<'c>(ctx: &'c JourneyContext) -> Asking<'c> {
    let mut asking = Asking::new();
    for place in &ctx.conditions {
        if let Some(message) = place.condition.event_condition().and_then(|event| event.message_activity()) {
            asking.entry(message).or_default().push(place);
        }
    }
    asking
}

/// Renames an activity and everything that names it.
fn rename(ctx: &JourneyContext, asking: &Asking, number: usize, to: &str) -> Edit {
    let from = ctx.activities[number].id;
    let document = ctx.document.id;
    let mut edit = Edit::new(format!("Rename to {to}"));
    if ctx.journey.wire.start_activity() == Some(from) {
        edit = edit.set(document, path!["StartActivity"], to);
    }
    for before in ctx.before(number) {
        for way in ctx.ways[before].iter().filter(|way| way.target == Some(from)) {
            edit = edit.set(document, ctx.activities[before].slot_path(way.slot), to);
        }
    }
    for place in asking.get(from).into_iter().flatten() {
        edit = edit.set(document, place.path.join("EventCondition").join("MessageActivity"), to);
    }
    // The references inside the activity have been set above, so the value is moved as it then stands: it is taken from
    // an edited copy, of the activity alone.
    let mut copy = model::Project::default();
    let value = path!["Activities", from].find(ctx.document.root).cloned().unwrap_or_default();
    copy.documents.insert(document.clone(), json!({"Activities": {from: value}}));
    let inside = |change: &&Change| change.place().is_some_and(|(_, path)| path.activity() == Some(from));
    let moved = match copy
        .apply(&Edit { label: String::new(), changes: edit.changes.iter().filter(inside).cloned().collect() })
    {
        Ok(_) => copy.documents.get(document).and_then(|root| path!["Activities", from].find(root)).cloned(),
        Err(_) => None,
    };
    edit = edit.remove(document, path!["Activities", from]);
    edit.changes.push(Change::Set {
        document: document.clone(),
        path: path!["Activities", to],
        value: moved.unwrap_or(Value::Null),
        position: Some(number),
    });
    edit
}
