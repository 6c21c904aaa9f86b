//! The activity kinds to put on the canvas: by click, by key or by carrying them there.

use diagram::scene::Stands;
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use model::drawing::{self, Origin};
use model::{ActivityKind, Slot};

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

/// The palette.
#[component]
pub fn Palette() -> impl IntoView {
    let store = store();
    view! {
        <section class="palette" aria-label="Activities to add">
            {FAMILIES
                .into_iter()
                .map(|(title, kinds)| {
                    view! {
                        <h3>{title}</h3>
                        <div class="kinds">
                            {kinds
                                .iter()
                                .map(|kind| {
                                    let kind = *kind;
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
        </section>
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
            let edges = scene.graph.edges.iter().zip(&scene.connections);
            let mut ends = edges.filter(|(edge, _)| scene.nodes[edge.to].stands == Stands::End);
            ends.next().map_or(Origin::Entry, |(_, connection)| connection.origin.clone())
        }),
    };
    insert(store, &origin, kind);
}

fn first_way(journey: &model::Journey, id: &str) -> Option<Origin> {
    let ways = journey.activity(id)?.connections();
    let slot = ways.iter().find(|way| way.target.is_none()).or(ways.first()).map_or(Slot::Next, |way| way.slot);
    Some(Origin::Activity(id.to_owned(), slot))
}

/// Puts a new activity on a connection and selects it.
pub fn insert(store: Store, origin: &Origin, kind: ActivityKind) {
    let id = store.id();
    if let Some(Some((edit, new))) = store.peek(|journey| drawing::insert(&id, journey, origin, kind)) {
        store.edit(edit);
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
