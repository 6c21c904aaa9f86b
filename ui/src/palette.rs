//! The activity kinds to put on the canvas: by click, by key or by carrying them there.

use diagram::scene::Stands;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use model::drawing::{self, Origin};
use model::{ActivityKind, Slot};
use wasm_bindgen::JsCast;

use crate::canvas;
use crate::icons::{family, icon, of_kind};
use crate::store::{Selection, Store, store};

/// The families of the palette, with their kinds.
pub const FAMILIES: [(&str, &[ActivityKind]); 3] = [
    (
        "Messages",
        &[
            ActivityKind::Email,
            ActivityKind::Push,
            ActivityKind::Sms,
            ActivityKind::Custom,
            ActivityKind::ContactCenter,
        ],
    ),
    ("Timing", &[ActivityKind::Wait]),
    (
        "Paths",
        &[
            ActivityKind::ConditionalSplit,
            ActivityKind::MultiCondition,
            ActivityKind::RandomSplit,
            ActivityKind::Holdout,
        ],
    ),
];

/// What people also call a kind, for the search.
fn other_names(kind: ActivityKind) -> &'static str {
    match kind {
        ActivityKind::Email => "e-mail mail letter",
        ActivityKind::Push => "notification app mobile",
        ActivityKind::Sms => "text message phone",
        ActivityKind::Custom => "lambda function webhook call whatsapp",
        ActivityKind::ContactCenter => "contact center call voice connect",
        ActivityKind::Wait => "delay pause until days",
        ActivityKind::ConditionalSplit => "condition if branch decision opened",
        ActivityKind::MultiCondition => "conditions branches decision switch else",
        ActivityKind::RandomSplit => "a/b ab test percent experiment",
        ActivityKind::Holdout => "control group exit percent",
    }
}

/// Whether a search asks for a kind: all its words are in the kind's names or its family's.
fn fits(title: &str, kind: ActivityKind, wanted: &str) -> bool {
    let names = format!("{title} {} {}", kind.title(), other_names(kind)).to_lowercase();
    wanted.to_lowercase().split_whitespace().all(|word| names.contains(word))
}

/// The kinds that a search asks for, with their families.
pub fn found_kinds(wanted: &str) -> Vec<(&'static str, ActivityKind)> {
    let all = FAMILIES.into_iter().flat_map(|(title, kinds)| kinds.iter().map(move |kind| (title, *kind)));
    all.filter(|(title, kind)| fits(title, *kind, wanted)).collect()
}

/// The keyboard goes to the search.
pub fn focus_search(store: Store) {
    store.outlined.set(false);
    request_animation_frame(focus_shown_search);
}

fn focus_shown_search() {
    let input = document().query_selector("[data-test=search-kinds]").ok().flatten();
    if let Some(input) = input.and_then(|input| input.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = input.focus();
    }
}

/// The palette: a search, and the kinds of each family. Enter adds the first that fits; with the arrows others are reached.
#[component]
pub fn Palette() -> impl IntoView {
    let store = store();
    let wanted = RwSignal::new(String::new());
    let shown = move || {
        let wanted = wanted.get();
        let families = FAMILIES.into_iter().map(|(title, kinds)| {
            let kinds: Vec<ActivityKind> = kinds.iter().copied().filter(|kind| fits(title, *kind, &wanted)).collect();
            (title, kinds)
        });
        families.filter(|(_, kinds)| !kinds.is_empty()).collect::<Vec<_>>()
    };
    let in_search = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            if let Some(kind) = shown().first().and_then(|(_, kinds)| kinds.first().copied()) {
                wanted.set(String::new());
                add_after_selection(store, kind);
            }
        }
        "ArrowDown" => {
            event.prevent_default();
            step(1);
        }
        "Escape" if !wanted.with_untracked(String::is_empty) => {
            event.stop_propagation();
            wanted.set(String::new());
        }
        _ => {}
    };
    let in_list = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowDown" => {
            event.prevent_default();
            step(1);
        }
        "ArrowUp" => {
            event.prevent_default();
            step(-1);
        }
        _ => {}
    };
    view! {
        <section class="palette" aria-label="Activities to add">
            <input type="search" placeholder="Search (N)" aria-label="Search the activities; Enter adds the first after the selection"
                data-test="search-kinds" prop:value=move || wanted.get()
                on:input=move |event| wanted.set(event_target_value(&event)) on:keydown=in_search />
            <Show when=move || shown().is_empty()><p class="note">"No activity is called that."</p></Show>
            <div on:keydown=in_list>
            {move || shown()
                .into_iter()
                .map(|(title, kinds)| {
                    view! {
                        <h3>{title}</h3>
                        <div class="kinds" role="group" aria-label=title>
                            {kinds
                                .into_iter()
                                .map(|kind| {
                                    view! {
                                        <button
                                            class=format!("kind {}", family(Some(kind)))
                                            data-kind=kind.member()
                                            title="Drag onto a connection, or press to add after the selection"
                                            on:pointerdown=move |event| carry(store, kind, &event)
                                            on:click=move |event| {
                                                // A click by keyboard has no pointer behind it: detail is 0.
                                                if event.detail() == 0 { add_after_selection(store, kind) }
                                            }
                                        >
                                            {icon(of_kind(Some(kind)))}
                                            <span>{kind.title()}</span>
                                        </button>
                                    }
                                })
                                .collect_view()}
                        </div>
                    }
                })
                .collect_view()}
            </div>
        </section>
    }
}

/// Moves the keyboard from the search or a kind to the one before or behind it.
fn step(by: i32) {
    let Ok(all) = document().query_selector_all("[data-test=search-kinds], .palette .kind") else { return };
    let list: Vec<web_sys::HtmlElement> = (0..all.length()).filter_map(|i| all.item(i)?.dyn_into().ok()).collect();
    let active = document().active_element();
    let at = list.iter().position(|one| active.as_ref().is_some_and(|active| active.is_same_node(Some(one))));
    let to = at.and_then(|at| at.checked_add_signed(by as isize));
    if let Some(element) = to.and_then(|to| list.get(to)) {
        let _ = element.focus();
    }
}

/// Begins to carry a kind; where the pointer is let go decides what comes of it.
fn carry(store: Store, kind: ActivityKind, event: &PointerEvent) {
    if event.button() != 0 {
        return;
    }
    event.prevent_default();
    let from = (f64::from(event.client_x()), f64::from(event.client_y()));
    let moved = StoredValue::new(false);
    store.carried.set(Some((kind, from.0, from.1)));
    let moving = window_event_listener(leptos::ev::pointermove, move |event| {
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        if (x - from.0).hypot(y - from.1) > 4.0 {
            moved.set_value(true);
        }
        store.carried.set(Some((kind, x, y)));
    });
    let handles = StoredValue::new_local(Some(moving));
    let up = StoredValue::new_local(None);
    let listener = window_event_listener(leptos::ev::pointerup, move |event| {
        store.carried.set(None);
        if moved.get_value() {
            drop_at(store, kind, f64::from(event.client_x()), f64::from(event.client_y()));
        } else {
            add_after_selection(store, kind);
        }
        for handle in [handles.try_update_value(Option::take).flatten(), up.try_update_value(Option::take).flatten()]
            .into_iter()
            .flatten()
        {
            let handle: WindowListenerHandle = handle;
            handle.remove();
        }
    });
    up.set_value(Some(listener));
}

/// Adds an activity after what is selected, or at the first end.
pub fn add_after_selection(store: Store, kind: ActivityKind) {
    let origin = match store.selection.get_untracked() {
        Selection::Activities(ids) => {
            ids.last().and_then(|id| store.peek(|j| first_way(&j, id)).flatten()).unwrap_or(Origin::Entry)
        }
        Selection::Connection(origin) => origin,
        Selection::Entry | Selection::Journey => store.scene.with_untracked(|scene| {
            let edges = scene.graph.edges.iter().zip(&scene.origins);
            let mut ends = edges.filter(|(edge, _)| scene.nodes[edge.to].stands == Stands::End);
            ends.next().map_or(Origin::Entry, |(_, origin)| origin.clone())
        }),
    };
    insert(store, &origin, kind);
}

fn first_way(journey: &model::Journey, id: &str) -> Option<Origin> {
    let ways = journey.activity(id)?.connections();
    let slot = ways.iter().find(|way| way.target.is_none()).or(ways.first()).map_or(Slot::Next, |way| way.slot);
    Some(Origin::Activity(id.to_owned(), slot))
}

/// Puts a new activity on a connection and selects it. The card that the connection comes from stays where it is in the
/// window, also where branches below come to need more room.
pub fn insert(store: Store, origin: &Origin, kind: ActivityKind) {
    let id = store.id();
    if let Some(Some((edit, new))) = store.peek(|journey| drawing::insert(&id, journey, origin, kind)) {
        let source = match origin {
            Origin::Entry => "@entry",
            Origin::Activity(id, _) => id.as_str(),
        };
        let before = store.area_of(source);
        store.edit(edit);
        if let (Some(before), Some(after)) = (before, store.area_of(source))
            && before != after
        {
            store.viewport.update(|view| *view = view.following(&before, &after));
        }
        store.select_activity(&new);
    }
}

/// Lets a carried kind go at a place in the window: onto a connection or an end, or loose on the canvas.
fn drop_at(store: Store, kind: ActivityKind, x: f64, y: f64) {
    let Some(at) = canvas::to_world(store, x, y) else { return };
    if let Some(origin) = canvas::connection_near(store, at) {
        insert(store, &origin, kind);
        return;
    }
    let id = store.id();
    if let Some((mut edit, new)) = store.peek(|journey| drawing::add_loose(&id, journey, kind)) {
        let name = store.journey.get_untracked();
        let canvas_id = model::DocumentId::Canvas(name.clone());
        let (width, height) = diagram::scene::CARD;
        let place = (new.clone(), at.x - width / 2.0, at.y - height / 2.0);
        let pin = store.project.with_untracked(|p| drawing::pin(&name, p.documents.get(&canvas_id), &[place]));
        edit.changes.extend(pin.changes);
        store.edit(edit);
        store.selection.set(Selection::Activities(vec![new]));
    }
}

/// The kind under the pointer while it is carried.
#[component]
pub fn Carried() -> impl IntoView {
    let store = store();
    view! {
        {move || {
            store.carried.get().map(|(kind, x, y)| {
                view! {
                    <div class=format!("carried {}", family(Some(kind))) style:transform=format!("translate({x}px, {y}px)")>
                        {icon(of_kind(Some(kind)))}
                        {kind.title()}
                    </div>
                }
            })
        }}
    }
}
