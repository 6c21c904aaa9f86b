//! The canvas: cards as HTML, connections as one SVG below them, one transform on both.
//!
//! Only what the window shows is there as elements, and from afar, where thousands of cards show at once, a bitmap takes
//! their place. Pan and zoom change one transform and restyle nothing. What is drawn is in the files beside; `hand` and
//! `pointer` have the gestures. Geometry, hit test and culling are `diagram`'s, edits `model::drawing`'s.

mod bar;
mod cards;
mod clipboard;
mod connections;
mod far;
mod ghosts;
mod gradually;
mod hand;
mod menu;
mod minimap;
mod notes;
mod pointer;
mod walk;
mod zoom;

use std::time::Duration;

use diagram::scene::Stands;
use diagram::{Detail, Point, Viewport};
use leptos::html::Div;
use leptos::prelude::*;
use model::drawing::Origin;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

use self::bar::SelectionBar;
pub use self::bar::{fold, tidy};
use self::cards::Card;
pub use self::cards::is_lit;
pub use self::clipboard::{
    copy_command, cut_command, duplicate, listen as listen_to_clipboard, paste_command, take_documents,
};
pub use self::connections::in_story;
use self::connections::{ConnectionLine, ConnectionMarks, Drafts, why_not};
use self::far::FarPicture;
use self::ghosts::{Ghosts, LostLines};
use self::gradually::gradually;
use self::hand::{Gesture, Hand};
use self::menu::AddMenu;
use self::minimap::Minimap;
use self::notes::Notes;
pub use self::notes::add as note;
use self::pointer::Pointer;
pub use self::pointer::connect;
use self::walk::walk;
pub use self::walk::{focus_inspector, select_all};
use self::zoom::ZoomBar;
use crate::outline::{self, heard};
use crate::store::{Mode, Selection, Store, store};
use crate::timing::{mark, when_idle};

/// How near to a connection, in CSS pixels, a carried activity counts as on it.
const REACH: f64 = 22.0;

/// How long cards take to their new places; the style sheet has the same.
const SETTLE: Duration = Duration::from_millis(150);

/// A place in the window as a place on the canvas; `None` = outside of it.
pub fn to_world(store: Store, x: f64, y: f64) -> Option<Point> {
    let element = leptos::prelude::document().query_selector(".canvas").ok()??;
    let rect = element.get_bounding_client_rect();
    let inside = x >= rect.left() && x <= rect.right() && y >= rect.top() && y <= rect.bottom();
    let at = Point { x: x - rect.left(), y: y - rect.top() };
    inside.then(|| store.viewport.get_untracked().to_world(at))
}

/// The connection near a place on the canvas; the end marks count as part of theirs.
pub fn connection_near(store: Store, at: Point) -> Option<Origin> {
    let zoom = store.viewport.get_untracked().zoom;
    store.layout.with_untracked(|layout| {
        store.scene.with_untracked(|scene| {
            let reach = REACH / zoom;
            let distance = |(i, route): (usize, &diagram::Route)| {
                let end = scene.graph.edges[i].to;
                let on_end = matches!(scene.nodes[end].stands, Stands::End | Stands::Missing)
                    && layout.nodes[end].inflate(reach / 2.0).contains(at);
                (i, if on_end { 0.0 } else { route.distance_to(at) })
            };
            let nearest = layout.edges.iter().enumerate().map(distance).min_by(|a, b| a.1.total_cmp(&b.1));
            nearest.filter(|(_, d)| *d <= reach).map(|(i, _)| scene.origins[i].clone())
        })
    })
}

/// The canvas.
#[component]
pub fn Canvas() -> impl IntoView {
    let store = store();
    let hand = Hand::new(store);
    let pointer = Pointer::new(store, hand);
    let element = NodeRef::<Div>::new();
    watch_size(store, element);
    let corner = move || {
        let origin = element.get_untracked().map(|e| e.get_bounding_client_rect());
        origin.map_or(Point::default(), |r| Point::new(r.left(), r.top()))
    };
    // Listeners on the window, so that a gesture that leaves the canvas still ends.
    let moving = window_event_listener(leptos::ev::pointermove, move |event| pointer.moved(&event));
    let ending = window_event_listener(leptos::ev::pointerup, move |event| pointer.up(&event));
    let losing = window_event_listener(leptos::ev::pointercancel, move |_| hand.rest());
    on_cleanup(move || {
        moving.remove();
        ending.remove();
        losing.remove();
    });
    let shown = Memo::new(move |_| {
        let Some(window) = hand.kept.get() else { return (Vec::new(), Vec::new()) };
        store.layout.with(|layout| {
            hand.index.with(|index| match hand.detail.get() {
                Detail::Boxes => (Vec::new(), Vec::new()),
                _ => (index.nodes_in(layout, &window), index.edges_in(layout, &window)),
            })
        })
    });
    let node_ids = Memo::new(move |_| {
        store.scene.with(|scene| {
            let of = |i: &usize| Some(scene.nodes.get(*i)?.id.clone());
            let mut ids: Vec<String> = shown.with(|(nodes, _)| nodes.iter().filter_map(of).collect());
            // what is selected can be seen and touched from any distance
            if hand.detail.get() == Detail::Boxes {
                ids.extend(match store.selection.get() {
                    Selection::Activities(ids) if ids.len() <= 50 => ids,
                    Selection::Entry => vec!["@entry".to_owned()],
                    _ => Vec::new(),
                });
            }
            ids
        })
    });
    let origins = Memo::new(move |_| {
        store.scene.with(|scene| {
            let of = |i: &usize| scene.origins.get(*i).cloned();
            shown.with(|(_, edges)| edges.iter().filter_map(of).collect::<Vec<_>>())
        })
    });
    let (node_ids, cards_behind) = gradually(node_ids, hand.zooming);
    let (origins, lines_behind) = gradually(origins, hand.zooming);
    let far = Memo::new(move |_| hand.detail.get() == Detail::Boxes || cards_behind.get() || lines_behind.get());
    let transform = move || {
        let Viewport { x, y, zoom } = store.viewport.get();
        format!("translate({x:.2}px, {y:.2}px) scale({zoom:.4})")
    };
    let settling = settling(store);
    let heard = heard(store);
    let gesture = move |is: fn(&Gesture) -> bool| hand.gesture.with(|gesture| gesture.as_ref().is_some_and(is));
    view! {
        <div
            class="canvas"
            class:panning=move || gesture(|gesture| matches!(gesture, Gesture::Pan))
            class:connecting=move || gesture(|gesture| matches!(gesture, Gesture::Connect(_)))
            class:carrying=move || store.carried.with(Option::is_some)
            class:over=move || hand.over.get().is_some()
            class:names=move || hand.detail.get() == Detail::Names
            class:boxes=move || hand.detail.get() == Detail::Boxes
            node_ref=element
            tabindex="0"
            role="application"
            aria-label="Journey canvas. Arrow keys walk along the journey, Enter edits, A adds, Delete removes, Control and A selects all."
            data-test="canvas"
            on:focus=|_| outline::works_here(false)
            on:wheel=move |event| pointer.wheel(&event, corner())
            on:pointerdown=move |event| pointer.down(&event)
            on:dblclick=move |event| pointer.double(&event)
            on:keydown=move |event| walk(store, hand, &event)
        >
            <span class="heard" role="status" data-test="heard">{heard}</span>
            <FarPicture far=far hand=hand />
            <div class="world" class:settling=move || settling.get() style:transform=transform>
                <svg class="connections" aria-hidden="true">
                    <For each=move || origins.get() key=|origin| origin.clone() let:origin>
                        <ConnectionLine origin=origin hand=hand />
                    </For>
                    <LostLines hand=hand />
                    <Drafts hand=hand />
                </svg>
                <For each=move || origins.get() key=|origin| origin.clone() let:origin>
                    <ConnectionMarks origin=origin hand=hand />
                </For>
                <For each=move || node_ids.get() key=|id| id.clone() let:id>
                    <Card id=id hand=hand />
                </For>
                <Ghosts hand=hand />
                <Notes />
                <AddMenu hand=hand />
            </div>
            {move || why_not(store, hand).map(|reason| view! { <p class="hint" role="status">{reason}</p> })}
            <Show when=move || store.scene.with(|scene| scene.nodes.len() <= 2) && store.mode.get() == Mode::Design>
                <p class="hint">"Drag an activity from the left onto the “+”, or press A."</p>
            </Show>
            <ZoomBar />
            <SelectionBar />
            <Minimap hand=hand />
        </div>
    }
}

/// Whether cards glide to new places: for a moment after the layout of the same journey has changed.
fn settling(store: Store) -> RwSignal<bool> {
    let settling = RwSignal::new(false);
    Effect::new(move |before: Option<String>| {
        store.layout.track();
        let journey = store.journey.get_untracked();
        if before.as_ref() == Some(&journey) {
            settling.set(true);
            set_timeout(move || settling.try_set(false).map_or((), |_| ()), SETTLE);
        }
        journey
    });
    settling
}

/// Follows the canvas's size: when the window changes, and when a panel beside it opens.
fn watch_size(store: Store, element: NodeRef<Div>) {
    let seen = StoredValue::new(false);
    let measure = move || {
        let Some(element) = element.get_untracked() else { return };
        let rect = element.get_bounding_client_rect();
        let size = (rect.width(), rect.height());
        if size.0 == 0.0 || size == store.canvas_size.get_untracked() && seen.get_value() {
            return;
        }
        let before = store.canvas_size.get_untracked();
        store.canvas_size.set(size);
        if seen.get_value() {
            // what was in the middle stays there
            store.viewport.update(|view| *view = view.pan((size.0 - before.0) / 2.0, 0.0));
        } else {
            seen.set_value(true);
            store.frame();
            // the callback of a frame comes before its painting, that of the next one after it
            request_animation_frame(move || {
                request_animation_frame(move || {
                    mark("journey-shown");
                    store.settled.set(true);
                    when_idle(move || store.checks.try_set(true).map_or((), |_| ()));
                });
            });
        }
    };
    let closure = Closure::<dyn FnMut()>::new(measure);
    let observer = web_sys::ResizeObserver::new(closure.as_ref().unchecked_ref()).ok();
    let kept = StoredValue::new_local(Some((closure, observer)));
    Effect::new(move |_| {
        if let Some(element) = element.get() {
            kept.with_value(|kept| {
                if let Some((_, Some(observer))) = kept {
                    observer.observe(&element);
                }
            });
        }
    });
    on_cleanup(move || {
        if let Some((_, Some(observer))) = kept.try_update_value(Option::take).flatten() {
            observer.disconnect();
        }
    });
}

/// Gives the keyboard back to where the person works on the steps: the outline, or the canvas.
pub fn focus_steps() {
    if !outline::take_back() {
        focus_canvas();
    }
}

/// Gives the keyboard to the canvas.
pub fn focus_canvas() {
    let take = || {
        let canvas = leptos::prelude::document().query_selector(".canvas").ok().flatten();
        let canvas = canvas.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
        canvas.is_some_and(|canvas| canvas.focus().is_ok())
    };
    // Coming from another room, it is not on the page yet.
    if !take() {
        request_animation_frame(move || {
            take();
        });
    }
}
