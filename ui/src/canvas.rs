//! The canvas: cards as HTML, connections as one SVG below them, one transform on both.
//!
//! Geometry, hit test and culling are `diagram`'s, edits `model::drawing`'s; here are only gestures and markup.

use diagram::scene::Stands;
use diagram::{Point, Rect, Viewport};
use leptos::ev::{KeyboardEvent, PointerEvent, WheelEvent};
use leptos::html::Div;
use leptos::prelude::*;
use model::drawing::{self, Origin};
use model::{ActivityKind, Severity, Slot};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

use crate::icons::{ENTRY, family, icon, of_kind};
use crate::palette::{FAMILIES, insert};
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

/// How many participants of the shown run went along a connection, and whether the story did.
fn traffic(store: Store, origin: &Origin) -> Option<(u64, f64)> {
    if store.mode.get() != Mode::Simulate {
        return None;
    }
    store.run.with(|run| {
        let run = &run.as_ref()?.run;
        let share = |count: u64| if run.entered == 0 { 0.0 } else { count as f64 / run.entered as f64 };
        let count = match origin {
            Origin::Entry => run.entered,
            Origin::Activity(id, slot) => {
                run.connections.iter().find(|c| c.from == *id && c.slot == *slot).map_or(0, |c| c.count)
            }
        };
        Some((count, share(count)))
    })
}

fn in_story(store: Store, origin: &Origin) -> bool {
    store.mode.get() == Mode::Simulate
        && store.story.with(|story| {
            story.as_ref().is_some_and(|story| match origin {
                Origin::Entry => !story.steps.is_empty(),
                Origin::Activity(id, slot) => {
                    story.steps.iter().any(|s| s.activity.as_ref() == Some(id) && s.slot == Some(*slot))
                }
            })
        })
}

#[component]
fn ConnectionLine(origin: Origin) -> impl IntoView {
    let store = store();
    let place = {
        let origin = origin.clone();
        Memo::new(move |_| edge_of(store, &origin))
    };
    let line = Memo::new(move |_| {
        let place = place.get()?;
        store.layout.with(|layout| layout.edges.get(place).map(|route| route.svg_path(10.0)))
    });
    let selected = {
        let origin = origin.clone();
        move || store.selection.with(|s| *s == Selection::Connection(origin.clone()))
    };
    let lit = {
        let origin = origin.clone();
        move || in_story(store, &origin)
    };
    let width = {
        let origin = origin.clone();
        move || traffic(store, &origin).map_or(2.0, |(_, share)| 1.5 + 7.0 * share)
    };
    let way = match &origin {
        Origin::Activity(_, Slot::Yes) => "yes",
        Origin::Activity(_, Slot::No) => "no",
        _ => "plain",
    };
    let key = diagram::scene::end_id(&origin);
    let choose = move |event: PointerEvent| {
        event.stop_propagation();
        focus_canvas();
        store.selection.set(Selection::Connection(origin.clone()));
    };
    view! {
        <g class=format!("connection {way}") data-connection=key class:selected=selected class:lit=lit>
            <path class="line" d=move || line.get().unwrap_or_default() style:stroke-width=move || format!("{}px", width()) />
            <path class="reach" d=move || line.get().unwrap_or_default() on:pointerdown=choose />
        </g>
    }
}

#[component]
fn ConnectionMarks(origin: Origin, hand: Hand) -> impl IntoView {
    let store = store();
    let place = {
        let origin = origin.clone();
        Memo::new(move |_| edge_of(store, &origin))
    };
    let spots = Memo::new(move |_| {
        let place = place.get()?;
        store.layout.with(|layout| layout.edges.get(place).map(|route| (route.label_at, route.insert_at)))
    });
    let label = Memo::new(move |_| {
        let place = place.get()?;
        store.scene.with(|scene| scene.connections.get(place).map(|connection| connection.label.clone()))
    });
    let words = {
        let origin = origin.clone();
        move || {
            let label = label.get().unwrap_or_default();
            match traffic(store, &origin) {
                Some((count, share)) => {
                    let gap = if label.is_empty() { "" } else { " · " };
                    format!("{label}{gap}{count} ({:.0}%)", share * 100.0)
                }
                None => label,
            }
        }
    };
    let put = move |first: bool| {
        let spot = spots.get().map(|(label, insert)| if first { label } else { insert });
        spot.map_or("display: none".to_owned(), |p| format!("transform: translate({}px, {}px)", p.x, p.y))
    };
    let menu_open = {
        let origin = origin.clone();
        move || hand.adding.with(|adding| adding.as_ref() == Some(&origin))
    };
    let toggle = {
        let origin = origin.clone();
        move |_| {
            let now = hand.adding.get_untracked();
            hand.adding.set(if now.as_ref() == Some(&origin) { None } else { Some(origin.clone()) });
        }
    };
    let name = match &origin {
        Origin::Entry => "after the entry".to_owned(),
        Origin::Activity(id, _) => format!("after {id}"),
    };
    let key = diagram::scene::end_id(&origin);
    let words = Memo::new(move |_| words());
    view! {
        <Show when=move || !words.get().is_empty()>
            <span class="way" style=move || put(true)><span>{move || words.get()}</span></span>
        </Show>
        <Show when=move || store.mode.get() == Mode::Design>
            {
                let toggle = toggle.clone();
                let menu_open = menu_open.clone();
                let origin = origin.clone();
                let name = name.clone();
                let key = key.clone();
                view! {
                    <div class="insert" style=move || put(false)>
                        <button
                            class="plus"
                            tabindex="-1"
                            data-insert=key
                            aria-label=format!("Add an activity {name}")
                            title="Add an activity here"
                            on:pointerdown=|event| event.stop_propagation()
                            on:click=toggle
                        >
                            "+"
                        </button>
                        <Show when=menu_open>
                            {
                                let origin = origin.clone();
                                view! { <KindMenu origin=origin hand=hand /> }
                            }
                        </Show>
                    </div>
                }
            }
        </Show>
    }
}

/// The kinds to choose from behind a "+".
#[component]
fn KindMenu(origin: Origin, hand: Hand) -> impl IntoView {
    let store = store();
    let kinds: Vec<ActivityKind> = FAMILIES.iter().flat_map(|(_, kinds)| kinds.iter().copied()).collect();
    let first = NodeRef::<leptos::html::Button>::new();
    Effect::new(move |_| {
        if let Some(button) = first.get() {
            let _ = button.focus();
        }
    });
    view! {
        <div class="menu" role="menu" aria-label="Activity to add" on:pointerdown=|event| event.stop_propagation() on:wheel=|event| event.stop_propagation()
            on:keydown=move |event| menu_key(hand, &event)>
            {kinds
                .into_iter()
                .enumerate()
                .map(|(i, kind)| {
                    let origin = origin.clone();
                    let choose = move |_| {
                        hand.adding.set(None);
                        insert(store, &origin, kind);
                        focus_canvas();
                    };
                    let inside = view! { {icon(of_kind(Some(kind)))} {kind.title()} };
                    let class = format!("kind {}", family(Some(kind)));
                    if i == 0 {
                        view! { <button role="menuitem" class=class data-add=kind.member() on:click=choose node_ref=first>{inside}</button> }.into_any()
                    } else {
                        view! { <button role="menuitem" class=class data-add=kind.member() on:click=choose>{inside}</button> }.into_any()
                    }
                })
                .collect_view()}
        </div>
    }
}

fn menu_key(hand: Hand, event: &KeyboardEvent) {
    event.stop_propagation();
    let focused = leptos::prelude::document().active_element();
    match event.key().as_str() {
        "Escape" => {
            hand.adding.set(None);
            focus_canvas();
        }
        "ArrowDown" | "ArrowUp" => {
            event.prevent_default();
            let next = focused.and_then(|element| {
                if event.key() == "ArrowDown" {
                    element.next_element_sibling()
                } else {
                    element.previous_element_sibling()
                }
            });
            if let Some(button) = next.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = button.focus();
            }
        }
        _ => {}
    }
}

/// Gives the keyboard back to the canvas.
pub fn focus_canvas() {
    let canvas = leptos::prelude::document().query_selector(".canvas").ok().flatten();
    if let Some(canvas) = canvas.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = canvas.focus();
    }
}

#[component]
fn Card(id: String, hand: Hand) -> impl IntoView {
    let store = store();
    let place = {
        let id = id.clone();
        Memo::new(move |_| store.scene.with(|scene| scene.nodes.iter().position(|node| node.id == id)))
    };
    let node = Memo::new(move |_| place.get().and_then(|i| store.scene.with(|scene| scene.nodes.get(i).cloned())));
    let rect = Memo::new(move |_| {
        place.get().and_then(|i| store.layout.with(|layout| layout.nodes.get(i).copied())).unwrap_or(Rect {
            x: 0.0,
            y: 0.0,
            width: 0.0,
            height: 0.0,
        })
    });
    let offset = {
        let id = id.clone();
        Memo::new(move |_| {
            hand.gesture.with(|gesture| match gesture {
                Some(Gesture::Move { ids, by, .. }) if ids.contains(&id) => *by,
                _ => (0.0, 0.0),
            })
        })
    };
    let style = move || {
        let Rect { x, y, width, height } = rect.get();
        let (dx, dy) = offset.get();
        format!("transform: translate({}px, {}px); width: {width}px; height: {height}px", x + dx, y + dy)
    };
    let Some(first) = node.get_untracked() else { return ().into_any() };
    match first.stands {
        Stands::End | Stands::Missing => {
            let origin = store.scene.with_untracked(|scene| {
                let edge = scene.graph.edges.iter().position(|edge| scene.nodes[edge.to].id == id);
                edge.map(|i| scene.connections[i].origin.clone())
            });
            let start = move |event: PointerEvent| {
                event.stop_propagation();
                if let Some(origin) = origin.clone()
                    && store.mode.get_untracked() == Mode::Design
                    && let Some(to) = to_world(store, f64::from(event.client_x()), f64::from(event.client_y()))
                {
                    store.selection.set(Selection::Connection(origin.clone()));
                    hand.gesture.set(Some(Gesture::Connect { origin, to }));
                }
            };
            let missing = first.stands == Stands::Missing;
            let title = if missing {
                format!("{} does not exist. Drag to an activity to connect.", first.title)
            } else {
                "The path ends here. Drag to an activity to connect.".to_owned()
            };
            view! {
                <div class="end" class:missing=missing style=style title=title data-end=id.clone() on:pointerdown=start>
                    {if missing { "?" } else { "" }}
                </div>
            }
            .into_any()
        }
        Stands::Entry | Stands::Activity(_) => {
            let is_entry = first.stands == Stands::Entry;
            let selected = {
                let id = id.clone();
                Memo::new(move |_| {
                    store.selection.with(|selection| match selection {
                        Selection::Entry => is_entry,
                        Selection::Activities(ids) => ids.contains(&id),
                        _ => false,
                    })
                })
            };
            let problems = {
                let id = id.clone();
                Memo::new(move |_| if is_entry { entry_problems(store) } else { store.problems_of(&id) })
            };
            let kind = move || match node.get().map(|n| n.stands) {
                Some(Stands::Activity(kind)) => kind,
                _ => None,
            };
            let press = {
                let id = id.clone();
                move |event: PointerEvent| {
                    if event.button() != 0 {
                        return;
                    }
                    event.stop_propagation();
                    hand.adding.set(None);
                    focus_canvas();
                    press_card(store, hand, &id, is_entry, &event);
                }
            };
            let open = move |_| focus_inspector();
            let counts = {
                let id = id.clone();
                Memo::new(move |_| node_counts(store, &id, is_entry))
            };
            let lit = {
                let id = id.clone();
                Memo::new(move |_| {
                    store.mode.get() == Mode::Simulate
                        && store.story.with(|story| {
                            story.as_ref().is_some_and(|s| {
                                (is_entry && !s.steps.is_empty())
                                    || s.steps.iter().any(|step| step.activity.as_deref() == Some(id.as_str()))
                            })
                        })
                })
            };
            let spoken = move || {
                let node = node.get();
                let kind = if is_entry { "Entry" } else { kind().map_or("Activity without kind", ActivityKind::title) };
                let problems = problems.get().map_or(String::new(), |(_, n)| format!(", {n} problems"));
                node.map_or(String::new(), |n| format!("{kind}: {}. {}{problems}", n.title, n.summary))
            };
            view! {
                <div
                    class=move || format!("card {}", if is_entry { "entry" } else { family(kind()) })
                    class:selected=move || selected.get()
                    class:lit=move || lit.get()
                    style=style
                    role="button"
                    aria-label=spoken
                    aria-pressed=move || selected.get().to_string()
                    data-activity=id.clone()
                    on:pointerdown=press
                    on:dblclick=open
                >
                    <span class="badge">{move || icon(if is_entry { ENTRY } else { of_kind(kind()) })}</span>
                    <span class="words">
                        <span class="title" dir="auto" title=move || node.get().map(|n| n.title)>{move || node.get().map(|n| n.title)}</span>
                        <span class="summary" dir="auto" title=move || node.get().map(|n| n.summary)>{move || node.get().map(|n| n.summary)}</span>
                    </span>
                    {move || problems.get().map(|(severity, n)| {
                        let bad = severity == Severity::Error;
                        view! {
                            <span class="found" class:bad=bad title=format!("{n} {}", if n == 1 { "problem" } else { "problems" })>
                                {if bad { "!" } else { "i" }}
                            </span>
                        }
                    })}
                    {move || counts.get().map(|text| view! { <span class="passed">{text}</span> })}
                </div>
            }
            .into_any()
        }
    }
}

/// Problems of the start condition, worst and how many.
fn entry_problems(store: Store) -> Option<(Severity, usize)> {
    let id = model::DocumentId::Journey(store.journey.get());
    store.report.with(|report| {
        let about = [model::path!["StartCondition"], model::path!["StartActivity"]];
        let found: Vec<Severity> = report
            .of(&id)
            .filter(|found| about.iter().any(|path| found.place.path.starts_with(path)))
            .map(|found| found.severity)
            .collect();
        Some((*found.iter().min()?, found.len()))
    })
}

fn node_counts(store: Store, id: &str, is_entry: bool) -> Option<String> {
    if store.mode.get() != Mode::Simulate {
        return None;
    }
    store.run.with(|run| {
        let run = &run.as_ref()?.run;
        if is_entry {
            return Some(format!("{} of {}", run.entered, run.offered));
        }
        let counts = run.activities.iter().find(|activity| activity.id == id)?;
        let opened =
            counts.outcomes.iter().find(|o| matches!(o.name.as_str(), "_email.open" | "_journey.opened_notification"));
        let mut text = counts.entered.to_string();
        if let Some(opened) = opened {
            text += &format!(" · {} opened", opened.count);
        }
        Some(text)
    })
}

fn press_card(store: Store, hand: Hand, id: &str, is_entry: bool, event: &PointerEvent) {
    if is_entry {
        store.selection.set(Selection::Entry);
    } else {
        let chosen = match store.selection.get_untracked() {
            Selection::Activities(mut ids) if event.shift_key() => {
                if let Some(place) = ids.iter().position(|other| other == id) {
                    ids.remove(place);
                } else {
                    ids.push(id.to_owned());
                }
                ids
            }
            Selection::Activities(ids) if ids.iter().any(|other| other == id) => ids,
            _ => vec![id.to_owned()],
        };
        store.selection.set(if chosen.is_empty() { Selection::Journey } else { Selection::Activities(chosen) });
    }
    if store.mode.get_untracked() == Mode::Design {
        let ids = match store.selection.get_untracked() {
            Selection::Activities(ids) => ids,
            Selection::Entry => vec!["@entry".to_owned()],
            _ => return,
        };
        let from = (f64::from(event.client_x()), f64::from(event.client_y()));
        hand.gesture.set(Some(Gesture::Move { ids, from, by: (0.0, 0.0) }));
    }
}

/// Moves the keyboard to the first field of the inspector.
pub fn focus_inspector() {
    let field =
        leptos::prelude::document().query_selector(".right input, .right select, .right textarea").ok().flatten();
    if let Some(field) = field.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = field.focus();
    }
}

/// Keys on the canvas: arrows walk the graph, Enter edits, A adds.
fn walk(store: Store, hand: Hand, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let here = match store.selection.get_untracked() {
        Selection::Entry => Some("@entry".to_owned()),
        Selection::Activities(ids) => ids.last().cloned(),
        Selection::Connection(Origin::Activity(id, _)) => Some(id),
        Selection::Connection(Origin::Entry) => Some("@entry".to_owned()),
        Selection::Journey => None,
    };
    let go = |id: Option<String>| {
        if let Some(id) = id {
            if id == "@entry" {
                store.selection.set(Selection::Entry);
                store.reveal("@entry");
            } else {
                store.select_activity(&id);
            }
        }
    };
    match event.key().as_str() {
        "ArrowDown" | "ArrowUp" | "ArrowLeft" | "ArrowRight" => {
            event.prevent_default();
            match here {
                None => go(Some("@entry".to_owned())),
                Some(here) => go(neighbour(store, &here, &event.key())),
            }
        }
        "Enter" => {
            event.prevent_default();
            focus_inspector();
        }
        "a" | "A" if store.mode.get_untracked() == Mode::Design => {
            event.prevent_default();
            let origin = match store.selection.get_untracked() {
                Selection::Connection(origin) => origin,
                _ => here
                    .filter(|id| id != "@entry")
                    .and_then(|id| {
                        store.peek(|journey| {
                            let ways = journey.activity(&id)?.connections();
                            let open = ways.iter().find(|way| way.target.is_none()).or(ways.first())?;
                            Some(Origin::Activity(id.clone(), open.slot))
                        })?
                    })
                    .unwrap_or(Origin::Entry),
            };
            hand.adding.set(Some(origin));
        }
        _ => {}
    }
}

/// The activity next to `here` in the direction of an arrow key: onward, back, or beside on the same rank.
fn neighbour(store: Store, here: &str, key: &str) -> Option<String> {
    store.scene.with_untracked(|scene| {
        store.layout.with_untracked(|layout| {
            let at = scene.nodes.iter().position(|node| node.id == here)?;
            let real = |i: &usize| matches!(scene.nodes[*i].stands, Stands::Entry | Stands::Activity(_));
            let center = |i: usize| layout.nodes[i].center();
            let found = match key {
                "ArrowDown" => scene.graph.edges.iter().filter(|e| e.from == at).map(|e| e.to).find(real),
                "ArrowUp" => scene.graph.edges.iter().filter(|e| e.to == at).map(|e| e.from).find(real),
                _ => {
                    let side = if key == "ArrowLeft" { -1.0 } else { 1.0 };
                    let here = center(at);
                    (0..scene.nodes.len())
                        .filter(real)
                        .filter(|i| (center(*i).x - here.x) * side > 1.0 && (center(*i).y - here.y).abs() < 120.0)
                        .min_by(|a, b| (center(*a).x - here.x).abs().total_cmp(&(center(*b).x - here.x).abs()))
                }
            };
            found.map(|i| scene.nodes[i].id.clone())
        })
    })
}

#[component]
fn ZoomBar() -> impl IntoView {
    let store = store();
    let zoom = move |factor: f64| {
        let (width, height) = store.canvas_size.get_untracked();
        store.viewport.update(|view| *view = view.zoom_at(Point { x: width / 2.0, y: height / 2.0 }, factor));
    };
    let pinned = Memo::new(move |_| {
        let id = model::DocumentId::Canvas(store.journey.get());
        store.project.with(|p| {
            p.documents.get(&id).and_then(|v| v.get("pins")?.as_object()).is_some_and(|pins| !pins.is_empty())
        })
    });
    let tidy = move |_| {
        let name = store.journey.get_untracked();
        let id = model::DocumentId::Canvas(name.clone());
        let edit =
            store.project.with_untracked(|p| p.documents.get(&id).map(|canvas| drawing::unpin(&name, canvas, &[])));
        if let Some(edit) = edit {
            store.edit(edit);
        }
    };
    view! {
        <div class="zoom" on:pointerdown=|event| event.stop_propagation()>
            <button title="Zoom out (-)" aria-label="Zoom out" on:click=move |_| zoom(0.8)>"−"</button>
            <span class="level">{move || format!("{:.0}%", store.viewport.get().zoom * 100.0)}</span>
            <button title="Zoom in (+)" aria-label="Zoom in" on:click=move |_| zoom(1.25)>"+"</button>
            <button title="Show the whole journey (1)" data-test="fit" on:click=move |_| store.fit()>"Fit"</button>
            <Show when=move || pinned.get()>
                <button title="Take hand-given positions back" data-test="tidy" on:click=tidy>"Tidy"</button>
            </Show>
        </div>
    }
}
