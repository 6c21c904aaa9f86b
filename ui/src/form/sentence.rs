//! A value as a sentence whose words can be changed: each that stands for a value is a button that opens its input below.
//!
//! The words come from [`model::clause`]; what the sentence does not say is in "All fields", the generic form.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use model::clause::{Asks, Hole, Part, event_start_has_more, has_more};
use model::{Journey, Path, View, path, wire};
use serde_json::json;
use wasm_bindgen::JsCast;

use super::asking::asking;
use super::{value_at, write_as};
use crate::store::{Store, store};

/// What is being changed below the sentence.
#[derive(Clone, PartialEq)]
pub enum Open {
    /// What some words stand for.
    Hole(Hole),
    /// One more criterion in the dimensions at a place below the sentence's.
    More(Path),
}

/// A way to say more, behind the sentence: its words, and what it opens.
type More = (&'static str, Open);

/// One condition of a split.
/// `lead` comes before it.
pub fn condition(path: Path, lead: &'static str) -> AnyView {
    let store = store();
    let value = value_at(store, path.clone());
    let parts = Memo::new(move |_| {
        let value = value.get().unwrap_or_else(|| json!({}));
        store.document.with(|root| {
            let (Some(journey), Some(view)) = (Journey::of(root), wire::SimpleCondition::of(&value)) else {
                return Vec::new();
            };
            model::clause::condition(view, journey)
        })
    });
    let set = Memo::new(move |_| {
        value.with(|value| value.as_ref().and_then(|v| v.as_object()).is_some_and(|o| o.values().any(|v| !v.is_null())))
    });
    let more = Memo::new(move |_| {
        value.with(|value| {
            let at = |pointer: &str| value.as_ref().is_some_and(|value| value.pointer(pointer).is_some());
            let answered = "/EventCondition/Dimensions/EventType/Values";
            let of_call = value.as_ref().and_then(|value| value.pointer(answered)?.as_array().cloned());
            if at("/segmentDimensions") {
                vec![("and …", Open::More(path!["segmentDimensions"]))]
            } else if of_call.is_some_and(|events| events.iter().any(|event| event == "_custom.response")) {
                vec![("and its …", Open::More(path!["EventCondition", "Dimensions"]))]
            } else {
                Vec::new()
            }
        })
    });
    let unsaid = Memo::new(move |_| value.with(|value| value.as_ref().is_some_and(has_more)));
    let choices = {
        let path = path.clone();
        move || (!set.get()).then(|| kinds(store, path.clone()))
    };
    let again = {
        let path = path.clone();
        move |_| write_as(store, &path, Some(json!({})), "Take a condition back")
    };
    let shape = model::shapes::find(wire::SimpleCondition::SHAPE);
    let fields = {
        let path = path.clone();
        move || shape.map(|shape| super::one_of(shape, "Condition".to_owned(), path.clone()))
    };
    let of_words = path.clone();
    view! {
        <div class="told">
            <Show when=move || set.get()>{told(of_words.clone(), lead, parts, more)}</Show>
            {choices}
            <Show when=move || set.get()>
                <button type="button" class="link again" data-test="ask-else" on:click=again.clone()>"Ask something else"</button>
            </Show>
            {all_fields(store, path, unsaid, fields)}
        </div>
    }
    .into_any()
}

/// Who an event lets into the journey.
pub fn event_start() -> AnyView {
    let store = store();
    let path = path!["StartCondition", "EventStartCondition"];
    let value = value_at(store, path.clone());
    let parts = Memo::new(move |_| {
        value.with(|value| {
            let view = value.as_ref().and_then(wire::EventStartCondition::of);
            view.map(|view| model::clause::event_start(view).into_iter().map(first_capital()).collect())
                .unwrap_or_default()
        })
    });
    let more = Memo::new(move |_| {
        let segment = value.with(|value| value.as_ref().is_some_and(|value| value.get("SegmentId").is_some()));
        let in_segment = Open::Hole(Hole { asks: Asks::Segment, place: path!["SegmentId"] });
        let criterion = Open::More(path!["EventFilter", "Dimensions"]);
        [Some(("whose …", criterion)), (!segment).then_some(("who is in …", in_segment))]
            .into_iter()
            .flatten()
            .collect()
    });
    let unsaid = Memo::new(move |_| value.with(|value| value.as_ref().is_some_and(event_start_has_more)));
    let of_fields = path.clone();
    let shape = model::shapes::find(wire::EventStartCondition::SHAPE);
    let fields = move || shape.map(|shape| super::members(shape, &of_fields, &["EventFilter"], &[]));
    view! {
        <div class="told">
            {told(path.clone(), "", parts, more)}
            {all_fields(store, path, unsaid, fields)}
        </div>
    }
    .into_any()
}

/// Gives the first of several parts a capital letter.
fn first_capital() -> impl FnMut(Part) -> Part {
    let mut first = true;
    move |mut part| {
        if std::mem::take(&mut first) {
            part.text = model::telling::capital(&part.text);
        }
        part
    }
}

/// The three things that a condition can ask about.
fn kinds(store: Store, path: Path) -> AnyView {
    let start = move |member: &'static str| {
        let path = path.clone();
        move |_| {
            let value = json!({ member: {} });
            write_as(store, &path, Some(value), "Start a condition");
            focus_first_hole(&path);
        }
    };
    view! {
        <div class="kinds-of" role="group" aria-label="What it asks about">
            <button type="button" data-ask="message" on:click=start("EventCondition")>"What came of a message"</button>
            <button type="button" data-ask="person" on:click=start("segmentDimensions")>"Something about the person"</button>
            <button type="button" data-ask="segment" on:click=start("SegmentCondition")>"Being in a segment"</button>
        </div>
    }
    .into_any()
}

/// The keyboard goes to the first words that can be changed, once they are there.
fn focus_first_hole(path: &Path) {
    let selector = format!("[data-told=\"{path}\"] .hole, [data-told=\"{path}\"] .more");
    request_animation_frame(move || {
        let found = document().query_selector(&selector).ok().flatten();
        if let Some(button) = found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = button.focus();
        }
    });
}

/// The generic form of the same value, folded; unfolded where the sentence does not say all, or a problem leads there.
pub fn all_fields(
    store: Store,
    path: Path,
    unsaid: Memo<bool>,
    fields: impl Fn() -> Option<AnyView> + Clone + Send + Sync + 'static,
) -> AnyView {
    let open = RwSignal::new(unsaid.get_untracked());
    let below = path.clone();
    Effect::new(move |_| {
        if store.field.with(|field| field.as_ref().is_some_and(|field| field.starts_with(&below))) {
            open.set(true);
        }
    });
    view! {
        <Show when=move || unsaid.get()><p class="note">"There is more in it than the sentence says."</p></Show>
        <button type="button" class="fold all" aria-expanded=move || open.get().to_string() on:click=move |_| open.update(|open| *open = !*open)>
            <span aria-hidden="true">{move || if open.get() { "▾" } else { "▸" }}</span>
            "All fields"
        </button>
        <Show when=move || open.get()>{fields()}</Show>
    }
    .into_any()
}

/// The sentence, and below it the input of what is being changed. `path` is the value that the places of `parts` are below.
pub fn told(path: Path, lead: &'static str, parts: Memo<Vec<Part>>, more: Memo<Vec<More>>) -> AnyView {
    let store = store();
    let open: RwSignal<Option<Open>> = RwSignal::new(None);
    let opens = move |what: Open| open.update(|now| *now = (now.as_ref() != Some(&what)).then_some(what));
    let words = {
        let path = path.clone();
        move || {
            let path = path.clone();
            parts
                .get()
                .into_iter()
                .map(move |part| match part.hole {
                    None => part.text.into_any(),
                    Some(hole) => hole_button(&path, part.text, hole, open).into_any(),
                })
                .collect_view()
        }
    };
    let shown = path.to_string();
    let panel = path.clone();
    view! {
        <p class="sentence" data-told=shown>
            {lead}
            {words}
            {move || more.get().into_iter().map(|(words, what)| {
                let own = what.clone();
                view! {
                    " "
                    <button type="button" class="more" aria-expanded=move || (open.get().as_ref() == Some(&own)).to_string()
                        on:click=move |_| opens(what.clone())>{words}</button>
                }
            }).collect_view()}
        </p>
        {move || open.get().map(|what| below(store, panel.clone(), what, open))}
    }
    .into_any()
}

fn hole_button(path: &Path, text: String, hole: Hole, open: RwSignal<Option<Open>>) -> impl IntoView + use<> {
    let asked = format!("{:?}", hole.asks).to_lowercase();
    let id = hole_id(path, &hole);
    let what = Open::Hole(hole);
    let own = what.clone();
    view! {
        <button type="button" class="hole" id=id data-hole=asked
            aria-expanded=move || (open.get().as_ref() == Some(&own)).to_string()
            on:click=move |_| open.update(|now| *now = (now.as_ref() != Some(&what)).then_some(what.clone()))>
            {text}
        </button>
    }
}

/// The id of the button of some words.
pub fn hole_id(path: &Path, hole: &Hole) -> String {
    format!("hole:{path}:{}:{:?}", hole.place, hole.asks)
}

/// The input of what is being changed; Escape closes it and goes back to the words.
fn below(store: Store, path: Path, what: Open, open: RwSignal<Option<Open>>) -> AnyView {
    let element = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let first =
            element.get().and_then(|panel| panel.query_selector("input, select, textarea, button").ok().flatten());
        if let Some(first) = first.and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = first.focus();
        }
    });
    let back = match &what {
        Open::Hole(hole) => Some(hole_id(&path, hole)),
        Open::More(_) => None,
    };
    let close = move || {
        open.set(None);
        let button = back.as_ref().and_then(|id| document().get_element_by_id(id));
        if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = button.focus();
        }
    };
    let by_key = close.clone();
    let press = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            event.prevent_default();
            by_key();
        }
    };
    let label = match &what {
        Open::Hole(hole) => asks_words(hole.asks),
        Open::More(_) => "What else is asked",
    };
    view! {
        <div class="asking" role="group" aria-label=label data-test="asking" node_ref=element on:keydown=press>
            {asking(store, &path, what, open)}
            <button type="button" class="done" data-test="asked" on:click=move |_| close()>"Done"</button>
        </div>
    }
    .into_any()
}

fn asks_words(asks: Asks) -> &'static str {
    match asks {
        Asks::Message => "Which message",
        Asks::Events => "Which events",
        Asks::Segment => "Which segment",
        Asks::Subject => "What is looked at",
        Asks::Comparison => "How it is compared",
        Asks::Values => "Which values",
        Asks::Number => "Which number",
        Asks::Recency => "Active or not",
        Asks::Span => "In which time",
        Asks::Circle => "Which place",
    }
}
