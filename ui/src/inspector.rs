//! What is selected, in fields: an activity, a connection, the entry, or the journey's settings.

use leptos::prelude::*;
use model::drawing::{self, Origin};
use model::shapes;
use model::{ActivityKind, path};

use crate::canvas;
use crate::form::{event_start, field, judged, members, one_of, targets, targets_asked};
use crate::icons::{ENTRY, family, icon, of_kind};
use crate::keys;
use crate::store::{Selection, store};
use crate::words::Words;

/// The inspector.
#[component]
pub fn Inspector() -> impl IntoView {
    let store = store();
    // The form is built anew only when something else is selected, or the activity's kind changes.
    let shown = Memo::new(move |_| {
        let selection = store.selection.get();
        let kind = match &selection {
            Selection::Activities(ids) => {
                ids.first().map(|id| store.document.with(|root| model::Journey::of(root)?.activity(id)?.kind()))
            }
            _ => None,
        };
        (store.journey.get(), selection, kind)
    });
    view! {
        <section class="inspector" aria-label="Inspector" data-test="inspector">
            {move || {
                let (_, selection, kind) = shown.get();
                match selection {
                    Selection::Journey => journey_form().into_any(),
                    Selection::Entry => entry_form().into_any(),
                    Selection::Connection(origin) => connection_form(origin).into_any(),
                    Selection::Activities(ids) if ids.len() == 1 => activity_form(ids[0].clone(), kind.flatten()).into_any(),
                    Selection::Activities(ids) => several(ids.len()).into_any(),
                }
            }}
        </section>
    }
}

fn journey_form() -> AnyView {
    let Some(shape) = shapes::find("WriteJourneyRequest") else { return ().into_any() };
    let first = [
        "Name",
        "Schedule",
        "LocalTime",
        "RefreshFrequency",
        "RefreshOnSegmentUpdate",
        "Limits",
        "QuietTime",
        "WaitForQuietTime",
        "TimezoneEstimationMethods",
        "SendingSchedule",
        "OpenHours",
        "ClosedDays",
    ];
    let skip = ["Activities", "StartCondition", "StartActivity", "CreationDate", "LastModifiedDate"];
    view! {
        <header class="what"><h2>"Journey"</h2></header>
        <p class="note">"Settings of the whole journey. Select an activity to edit it."</p>
        <Words />
        {members(shape, &path![], &first, &skip)}
    }
    .into_any()
}

fn entry_form() -> AnyView {
    let store = store();
    let Some(condition) = shapes::find("StartCondition") else { return ().into_any() };
    let event = Memo::new(move |_| {
        store.document.with(|root| {
            root.get("StartCondition").is_some_and(|c| c.get("EventStartCondition").is_some_and(|v| !v.is_null()))
        })
    });
    let choose = move |by_event: bool| {
        let value = if by_event {
            serde_json::json!({"EventStartCondition": {"EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"DimensionType": "INCLUSIVE", "Values": []}}}}})
        } else {
            serde_json::json!({"SegmentStartCondition": {}})
        };
        crate::form::write(store, &path!["StartCondition"], Some(value));
    };
    let Some(segment) = shapes::find("SegmentCondition") else { return ().into_any() };
    view! {
        <header class="what"><span class="badge">{icon(ENTRY)}</span><h2>"Entry"</h2></header>
        <fieldset class="group">
            <legend>"Who enters"</legend>
            <label class="field check">
                <input type="radio" name="entry" prop:checked=move || !event.get() on:change=move |_| choose(false) />
                <span class="name">"The members of a segment"</span>
            </label>
            <label class="field check">
                <input type="radio" name="entry" prop:checked=move || event.get() on:change=move |_| choose(true) />
                <span class="name">"Whoever causes an event"</span>
            </label>
        </fieldset>
        {move || {
            if event.get() {
                event_start()
            } else {
                members(segment, &path!["StartCondition", "SegmentStartCondition"], &[], &[])
            }
        }}
        {members(condition, &path!["StartCondition"], &[], &["SegmentStartCondition", "EventStartCondition"])}
        {shapes::find("__string").map(|text| field(text, "WriteJourneyRequest", "First activity", path!["StartActivity"]))}
    }
    .into_any()
}

fn activity_form(id: String, kind: Option<ActivityKind>) -> AnyView {
    let Some(activity) = shapes::find("Activity") else { return ().into_any() };
    let place = path!["Activities", &id];
    let title = kind.map_or("Activity without a kind", ActivityKind::title);
    let fields = match kind {
        None => one_of(activity, "Kind".to_owned(), place.clone()),
        Some(kind) => shapes::find(kind.shape())
            .map(|shape| {
                let first = match kind {
                    ActivityKind::ConditionalSplit => ["Condition", "TrueActivity", "FalseActivity"].as_slice(),
                    ActivityKind::MultiCondition => ["Branches", "DefaultActivity"].as_slice(),
                    ActivityKind::Wait => ["WaitTime"].as_slice(),
                    ActivityKind::Holdout => ["Percentage"].as_slice(),
                    _ => {
                        ["TemplateName", "TemplateVersion", "DeliveryUri", "EndpointTypes", "MessageConfig"].as_slice()
                    }
                };
                let payload = place.join(kind.member());
                let has_conditions = matches!(kind, ActivityKind::ConditionalSplit | ActivityKind::MultiCondition);
                let when = has_conditions.then(|| judged(payload.join("EvaluationWaitTime")));
                let skip: &[&str] = if has_conditions { &["EvaluationWaitTime"] } else { &[] };
                view! { {when} {members(shape, &payload, first, skip)} }
            })
            .into_any(),
    };
    view! {
        <header class=format!("what {}", family(kind))>
            <span class="badge">{icon(of_kind(kind))}</span>
            <h2>{title}</h2>
            <code>{id.clone()}</code>
        </header>
        {shapes::find("__string").map(|text| field(text, "Activity", "Description", place.join("Description")))}
        {fields}
        <div class="actions">
            <button type="button" class="danger" data-test="delete" on:click=move |_| keys::delete(store())>"Delete activity"</button>
        </div>
    }
    .into_any()
}

fn connection_form(origin: Origin) -> AnyView {
    let store = store();
    let from = match &origin {
        Origin::Entry => "the entry".to_owned(),
        Origin::Activity(id, _) => {
            store.peek(|j| j.activity(id).map(|a| a.label().to_owned())).flatten().unwrap_or_else(|| id.clone())
        }
    };
    let now = {
        let origin = origin.clone();
        Memo::new(move |_| {
            store.document.with(|root| {
                let journey = model::Journey::of(root)?;
                let way = match &origin {
                    Origin::Entry => None,
                    Origin::Activity(id, slot) => {
                        journey.activity(id)?.connections().into_iter().find(|w| w.slot == *slot)
                    }
                };
                Some((drawing::target(journey, &origin).map(str::to_owned), way.map(|w| w.label).unwrap_or_default()))
            })
        })
    };
    let asked = targets_asked(store);
    let options = {
        let origin = origin.clone();
        Memo::new(move |_| targets(store, &origin, asked.get()))
    };
    let target = move || now.get().and_then(|(target, _)| target).unwrap_or_default();
    let lead = {
        let origin = origin.clone();
        move |event| {
            let to = event_target_value(&event);
            if to.is_empty() { keys::delete(store) } else { canvas::connect(store, &origin, &to) }
        }
    };
    view! {
        <header class="what"><h2>"Connection"</h2></header>
        <p class="note">
            {format!("From {from}")}
            {move || now.get().map(|(_, label)| label).filter(|label| !label.is_empty()).map(|label| format!(", way {label}"))}
        </p>
        <label class="field">
            <span class="name">"Leads to"</span>
            <select
                data-test="leads-to"
                on:pointerdown=move |_| asked.set(true)
                on:focus=move |_| asked.set(true)
                on:change=lead
                prop:value=move || { options.track(); target() }
            >
                <option value="" selected=move || target().is_empty()>"The end"</option>
                <For each=move || options.get() key=|option| option.clone() let:option>
                    {
                        let (id, label) = option;
                        let own = id.clone();
                        view! { <option value=id selected=move || target() == own>{label}</option> }
                    }
                </For>
            </select>
        </label>
        <div class="actions">
            <button type="button" class="danger" data-test="disconnect" on:click=move |_| keys::delete(store)>"Disconnect"</button>
        </div>
    }
    .into_any()
}

fn several(count: usize) -> AnyView {
    view! {
        <header class="what"><h2>{format!("{count} activities")}</h2></header>
        <p class="note">"Drag to move them together; Delete takes them out of the journey."</p>
        <div class="actions">
            <button type="button" class="danger" on:click=move |_| keys::delete(store())>"Delete all"</button>
        </div>
    }
    .into_any()
}
