//! The canvas: cards as HTML, connections as one SVG below them, one transform on both.
//!
//! Here are the gestures; what is drawn is in the files beside. Geometry, hit test and culling are `diagram`'s, edits
//! `model::drawing`'s.

mod cards;
mod connections;
mod walk;
mod zoom;

use diagram::scene::Stands;
use diagram::{Point, Viewport};
use leptos::ev::{PointerEvent, WheelEvent};
use leptos::html::Div;
use leptos::prelude::*;
use model::drawing::{self, Origin};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

use self::cards::Card;
use self::connections::{ConnectionLine, ConnectionMarks};
use self::walk::walk;
use self::zoom::ZoomBar;
use crate::store::{Mode, Selection, Store, store};
use crate::timing::mark;

/// How near to a connection, in CSS pixels, counts as on it.
const REACH: f64 = 22.0;

/// A gesture under way on the canvas.
#[derive(Clone, Debug, PartialEq)]
enum Gesture {
    /// The canvas follows the pointer from this place.
    Pan(f64, f64),
    /// Cards follow the pointer: from where, by how much so far, in canvas units.
    Move { ids: Vec<String>, from: (f64, f64), by: (f64, f64) },
    /// A new connection follows the pointer, in canvas units.
    Connect { origin: Origin, to: Point },
}

/// The gesture, and the "+" whose menu is open.
#[derive(Clone, Copy)]
struct Hand {
    gesture: RwSignal<Option<Gesture>>,
    adding: RwSignal<Option<Origin>>,
}

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
            nearest.filter(|(_, d)| *d <= reach).map(|(i, _)| scene.connections[i].origin.clone())
        })
    })
}

/// The activity under a place on the canvas.
fn activity_at(store: Store, at: Point) -> Option<String> {
    store.layout.with_untracked(|layout| match diagram::hit(layout, at, 0.0) {
        diagram::Hit::Node(i) => store.scene.with_untracked(|scene| {
            scene.nodes.get(i).filter(|node| matches!(node.stands, Stands::Activity(_))).map(|node| node.id.clone())
        }),
        _ => None,
    })
}

/// The canvas.
#[component]
pub fn Canvas() -> impl IntoView {
    let store = store();
    let hand = Hand { gesture: RwSignal::new(None), adding: RwSignal::new(None) };
    let element = NodeRef::<Div>::new();
    watch_size(store, element);
    let at = move |x: i32, y: i32| {
        let origin = element.get_untracked().map(|e| e.get_bounding_client_rect());
        origin.map_or(Point { x: 0.0, y: 0.0 }, |r| Point { x: f64::from(x) - r.left(), y: f64::from(y) - r.top() })
    };
    let wheel = move |event: WheelEvent| {
        event.prevent_default();
        if event.ctrl_key() || (event.delta_x() == 0.0 && !event.shift_key()) {
            let factor = (-event.delta_y() * 0.0015).exp();
            let pointer = at(event.client_x(), event.client_y());
            store.viewport.update(|view| *view = view.zoom_at(pointer, factor));
        } else {
            let (dx, dy) =
                if event.shift_key() { (event.delta_y(), event.delta_x()) } else { (event.delta_x(), event.delta_y()) };
            store.viewport.update(|view| *view = view.pan(-dx, -dy));
        }
    };
    let down = move |event: PointerEvent| {
        hand.adding.set(None);
        if event.button() == 0 || event.button() == 1 {
            hand.gesture.set(Some(Gesture::Pan(f64::from(event.client_x()), f64::from(event.client_y()))));
            if event.button() == 0 && !event.shift_key() {
                store.selection.set(Selection::Journey);
            }
        }
    };
    let moved = move |event: PointerEvent| {
        let here = (f64::from(event.client_x()), f64::from(event.client_y()));
        let zoom = store.viewport.get_untracked().zoom;
        match hand.gesture.get_untracked() {
            Some(Gesture::Pan(x, y)) => {
                store.viewport.update(|view| *view = view.pan(here.0 - x, here.1 - y));
                hand.gesture.set(Some(Gesture::Pan(here.0, here.1)));
            }
            Some(Gesture::Move { ids, from, by }) => {
                let now = ((here.0 - from.0) / zoom, (here.1 - from.1) / zoom);
                if by != (0.0, 0.0) || (here.0 - from.0).hypot(here.1 - from.1) > 4.0 {
                    hand.gesture.set(Some(Gesture::Move { ids, from, by: now }));
                }
            }
            Some(Gesture::Connect { origin, .. }) => {
                if let Some(to) = to_world(store, here.0, here.1) {
                    hand.gesture.set(Some(Gesture::Connect { origin, to }));
                }
            }
            None => {}
        }
    };
    let up = move |event: PointerEvent| {
        match hand.gesture.get_untracked() {
            Some(Gesture::Move { ids, by, .. }) if by != (0.0, 0.0) => drop_cards(store, &ids, by),
            Some(Gesture::Connect { origin, .. }) => {
                let here = to_world(store, f64::from(event.client_x()), f64::from(event.client_y()));
                if let Some(target) = here.and_then(|at| activity_at(store, at)) {
                    connect(store, &origin, &target);
                }
            }
            _ => {}
        }
        hand.gesture.set(None);
    };
    // Listeners on the window, so that a gesture that leaves the canvas still ends.
    let moving = window_event_listener(leptos::ev::pointermove, moved);
    let ending = window_event_listener(leptos::ev::pointerup, up);
    on_cleanup(move || {
        moving.remove();
        ending.remove();
    });
    let shown = Memo::new(move |_| {
        let (width, height) = store.canvas_size.get();
        if width == 0.0 {
            return (Vec::new(), Vec::new());
        }
        // a margin, so that panning does not show cards being made; not yet for the first picture
        let margin = if store.settled.get() { 300.0 } else { 0.0 };
        let window = store.viewport.get().visible(width, height).inflate(margin);
        store.layout.with(|layout| (diagram::visible_nodes(layout, &window), diagram::visible_edges(layout, &window)))
    });
    let node_ids = Memo::new(move |_| {
        store.scene.with(|scene| {
            shown.with(|(nodes, _)| {
                nodes.iter().filter_map(|i| Some(scene.nodes.get(*i)?.id.clone())).collect::<Vec<_>>()
            })
        })
    });
    let origins = Memo::new(move |_| {
        store.scene.with(|scene| {
            let of = |i: &usize| scene.connections.get(*i).map(|connection| connection.origin.clone());
            shown.with(|(_, edges)| edges.iter().filter_map(of).collect::<Vec<_>>())
        })
    });
    let transform = move || {
        let Viewport { x, y, zoom } = store.viewport.get();
        format!("translate({x:.2}px, {y:.2}px) scale({zoom:.4})")
    };
    let draft = move || match hand.gesture.get() {
        Some(Gesture::Connect { origin, to }) => {
            let from = start_of(store, &origin)?;
            let middle = (from.y + to.y) / 2.0;
            Some(format!("M{} {} C{} {middle} {} {middle} {} {}", from.x, from.y, from.x, to.x, to.x, to.y))
        }
        _ => None,
    };
    view! {
        <div
            class="canvas"
            class:panning=move || matches!(hand.gesture.get(), Some(Gesture::Pan(..)))
            class:connecting=move || matches!(hand.gesture.get(), Some(Gesture::Connect { .. }))
            class:carrying=move || store.carried.get().is_some()
            class:far=move || store.viewport.get().zoom < 0.45
            node_ref=element
            tabindex="0"
            role="application"
            aria-label="Journey canvas. Arrow keys walk along the journey, Enter edits, A adds, Delete removes."
            data-test="canvas"
            on:wheel=wheel
            on:pointerdown=down
            on:keydown=move |event| walk(store, hand, &event)
        >
            <div class="world" style:transform=transform>
                <svg class="connections" aria-hidden="true">
                    <For each=move || origins.get() key=|origin| origin.clone() let:origin>
                        <ConnectionLine origin=origin />
                    </For>
                    <path class="draft" d=move || draft().unwrap_or_default() />
                </svg>
                <For each=move || origins.get() key=|origin| origin.clone() let:origin>
                    <ConnectionMarks origin=origin hand=hand />
                </For>
                <For each=move || node_ids.get() key=|id| id.clone() let:id>
                    <Card id=id hand=hand />
                </For>
            </div>
            <Show when=move || store.scene.with(|scene| scene.nodes.len() <= 2) && store.mode.get() == Mode::Design>
                <p class="hint">"Drag an activity from the left onto the “+”, or press A."</p>
            </Show>
            <ZoomBar />
        </div>
    }
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
        store.canvas_size.set(size);
        if !seen.get_value() {
            seen.set_value(true);
            store.frame();
            // the callback of a frame comes before its painting, that of the next one after it
            request_animation_frame(move || {
                request_animation_frame(move || {
                    mark("journey-shown");
                    store.settled.set(true);
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

/// What a drop of moved cards means: their new places, as one edit.
fn drop_cards(store: Store, ids: &[String], by: (f64, f64)) {
    let places: Vec<(String, f64, f64)> = store.scene.with_untracked(|scene| {
        store.layout.with_untracked(|layout| {
            let of = |id: &String| {
                let rect = layout.nodes.get(scene.nodes.iter().position(|node| node.id == *id)?)?;
                Some((id.clone(), rect.x + by.0, rect.y + by.1))
            };
            ids.iter().filter_map(of).collect()
        })
    });
    let name = store.journey.get_untracked();
    let id = model::DocumentId::Canvas(name.clone());
    let edit = store.project.with_untracked(|p| drawing::pin(&name, p.documents.get(&id), &places));
    store.edit(edit);
}

/// Makes a connection, or says why it may not be.
pub fn connect(store: Store, origin: &Origin, target: &str) {
    let id = store.id();
    match store.peek(|journey| drawing::connect(&id, journey, origin, target)) {
        Some(Ok(edit)) => store.edit(edit),
        Some(Err(refusal)) => store.tell_bad(refusal.reason(), "Connect to an activity further on."),
        None => {}
    }
}

/// Where a connection leaves its card.
fn start_of(store: Store, origin: &Origin) -> Option<Point> {
    let place = edge_of(store, origin)?;
    store.layout.with(|layout| layout.edges.get(place)?.points.first().copied())
}

fn edge_of(store: Store, origin: &Origin) -> Option<usize> {
    store.scene.with(|scene| scene.connections.iter().position(|connection| connection.origin == *origin))
}

/// Gives the keyboard back to the canvas.
pub fn focus_canvas() {
    let canvas = leptos::prelude::document().query_selector(".canvas").ok().flatten();
    if let Some(canvas) = canvas.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = canvas.focus();
    }
}
