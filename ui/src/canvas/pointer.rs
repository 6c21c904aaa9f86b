//! What the pointer means on the canvas: press, move, let go, turn the wheel.
//!
//! What lies under it is asked of the layout, not of the page: far out there are no elements to ask.

use std::collections::BTreeSet;
use std::time::Duration;

use diagram::scene::Stands;
use diagram::{Hit, Point, Rect};
use leptos::ev::{MouseEvent, PointerEvent, WheelEvent};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use model::drawing::{self, Origin};

use super::bar::fold;
use super::hand::{Gesture, Hand, can_edit, selected};
use super::walk::focus_inspector;
use super::{focus_canvas, to_world};
use crate::store::{Selection, Store};

/// The pointer has to move this far, in CSS pixels, for a press to become a drag.
const SLACK: f64 = 4.0;

/// How long the wheel rests before the picture is painted sharp again.
const STILL: Duration = Duration::from_millis(140);

/// The pointer between two frames.
#[derive(Clone, Copy, Debug, Default)]
struct Track {
    /// Where it was pressed, in the window.
    from: (f64, f64),
    /// Where the gesture was carried to.
    done: (f64, f64),
    /// Where it is.
    now: (f64, f64),
    /// Whether it is a drag.
    drags: bool,
    /// Whether the next frame carries the gesture on.
    asked: bool,
}

/// The pointer on the canvas; copying it copies handles.
#[derive(Clone, Copy)]
pub struct Pointer {
    store: Store,
    hand: Hand,
    track: StoredValue<Track>,
    /// Ends the turning of the wheel.
    still: StoredValue<Option<TimeoutHandle>>,
}

impl Pointer {
    /// A pointer that rests.
    pub fn new(store: Store, hand: Hand) -> Pointer {
        Pointer { store, hand, track: StoredValue::new(Track::default()), still: StoredValue::new(None) }
    }

    /// The wheel zooms about the pointer; with Shift, or sideways, it pans.
    pub fn wheel(&self, event: &WheelEvent, corner: Point) {
        event.prevent_default();
        let at = Point::new(f64::from(event.client_x()) - corner.x, f64::from(event.client_y()) - corner.y);
        let (dx, dy) = (event.delta_x(), event.delta_y());
        self.store.viewport.update(|view| {
            *view = if event.ctrl_key() || (dx == 0.0 && !event.shift_key()) {
                view.zoom_at(at, (-dy * 0.0015).exp())
            } else if event.shift_key() {
                view.pan(-dy, -dx)
            } else {
                view.pan(-dx, -dy)
            };
        });
        self.keep_zooming();
    }

    /// The wheel turns, until it has rested for a moment.
    fn keep_zooming(&self) {
        let (zooming, still) = (self.hand.zooming, self.still);
        if !zooming.get_untracked() {
            zooming.set(true);
        }
        let rest = move || zooming.try_set(false).map_or((), |_| ());
        let timer = set_timeout_with_handle(rest, STILL).ok();
        if let Some(before) = still.try_update_value(|kept| std::mem::replace(kept, timer)).flatten() {
            before.clear();
        }
    }

    /// A press begins a gesture.
    pub fn down(&self, event: &PointerEvent) {
        let (store, hand) = (self.store, self.hand);
        hand.adding.set(None);
        hand.over.set(None);
        let here = place(event);
        self.track.set_value(Track { from: here, done: here, now: here, ..Track::default() });
        if event.button() == 1 {
            hand.gesture.set(Some(Gesture::Pan));
            return;
        }
        let Some(at) = to_world(store, here.0, here.1).filter(|_| event.button() == 0) else { return };
        focus_canvas();
        hand.at.set(at);
        let more = event.shift_key() || event.ctrl_key() || event.meta_key();
        match hand.hit(store, at) {
            Hit::Node(place) => self.press_node(place, more),
            Hit::Edge(place) => {
                let origin = store.scene.with_untracked(|scene| scene.origins[place].clone());
                store.selection.set(Selection::Connection(origin.clone()));
                hand.gesture.set(Some(Gesture::Grab(origin)));
            }
            Hit::Nothing if more => hand.gesture.set(Some(Gesture::Frame(at))),
            Hit::Nothing => hand.gesture.set(Some(Gesture::Pan)),
        }
    }

    fn press_node(&self, place: usize, more: bool) {
        let (store, hand) = (self.store, self.hand);
        let node = store.scene.with_untracked(|scene| scene.nodes[place].clone());
        match node.stands {
            Stands::End | Stands::Missing | Stands::Folded(_) => {
                let into = store.scene.with_untracked(|scene| {
                    let edge = scene.graph.edges.iter().position(|edge| edge.to == place)?;
                    Some(scene.origins[edge].clone())
                });
                if let Some(origin) = into {
                    if matches!(node.stands, Stands::Folded(_)) {
                        fold(store, &origin);
                        return;
                    }
                    store.selection.set(Selection::Connection(origin.clone()));
                    hand.gesture.set(can_edit(store).then_some(Gesture::Connect(origin)));
                }
                return;
            }
            Stands::Entry => store.selection.set(Selection::Entry),
            Stands::Activity(_) => {
                let mut ids = selected(store);
                let chosen = ids.iter().position(|id| *id == node.id);
                match (chosen, more) {
                    (Some(at), true) => drop(ids.remove(at)),
                    (None, true) => ids.push(node.id.clone()),
                    (Some(_), false) => {}
                    (None, false) => ids = vec![node.id.clone()],
                }
                store.selection.set(if ids.is_empty() { Selection::Journey } else { Selection::Activities(ids) });
            }
        }
        if can_edit(store) {
            let held: BTreeSet<usize> = match store.selection.get_untracked() {
                Selection::Activities(ids) => {
                    store.scene.with_untracked(|scene| ids.iter().filter_map(|id| scene.place(id)).collect())
                }
                Selection::Entry => BTreeSet::from([place]),
                _ => BTreeSet::new(),
            };
            hand.gesture.set(Some(Gesture::Move(held)));
        }
    }

    /// The pointer moved: the next frame carries the gesture on, however many moves it takes until then.
    pub fn moved(&self, event: &PointerEvent) {
        let here = place(event);
        let mut first = false;
        self.track.update_value(|track| {
            track.now = here;
            first = !track.asked;
            track.asked = true;
        });
        if first {
            let this = *self;
            request_animation_frame(move || this.carry_on());
        }
    }

    fn carry_on(&self) {
        let (store, hand) = (self.store, self.hand);
        // the canvas may be gone by the time of the frame
        let Some(track) = self.track.try_update_value(|track| {
            track.asked = false;
            track.drags |= (track.now.0 - track.from.0).hypot(track.now.1 - track.from.1) > SLACK;
            let before = *track;
            track.done = track.now;
            before
        }) else {
            return;
        };
        let Some(gesture) = hand.gesture.get_untracked() else {
            self.hover(track.now);
            return;
        };
        if !track.drags {
            return;
        }
        let zoom = store.viewport.get_untracked().zoom;
        match gesture {
            Gesture::Pan => {
                let (dx, dy) = (track.now.0 - track.done.0, track.now.1 - track.done.1);
                store.viewport.update(|view| *view = view.pan(dx, dy));
            }
            Gesture::Move(_) => {
                hand.by.set(((track.now.0 - track.from.0) / zoom, (track.now.1 - track.from.1) / zoom));
            }
            Gesture::Grab(origin) if can_edit(store) => hand.gesture.set(Some(Gesture::Connect(origin))),
            Gesture::Grab(_) => {}
            Gesture::Frame(_) | Gesture::Connect(_) => {
                if let Some(at) = to_world(store, track.now.0, track.now.1) {
                    hand.at.set(at);
                }
            }
        }
    }

    /// Shows which connection a press would choose.
    fn hover(&self, (x, y): (f64, f64)) {
        let hit = to_world(self.store, x, y).map(|at| self.hand.hit(self.store, at));
        let over = match hit {
            Some(Hit::Edge(edge)) => Some(edge),
            _ => None,
        };
        if self.hand.over.get_untracked() != over {
            self.hand.over.set(over);
        }
    }

    /// Letting go ends the gesture.
    pub fn up(&self, event: &PointerEvent) {
        let (store, hand) = (self.store, self.hand);
        let Some(gesture) = hand.gesture.get_untracked() else { return };
        let here = place(event);
        self.track.update_value(|track| track.now = here);
        self.carry_on();
        let drags = self.track.with_value(|track| track.drags);
        let at = to_world(store, here.0, here.1);
        match gesture {
            Gesture::Pan if !drags && event.button() == 0 => store.selection.set(Selection::Journey),
            Gesture::Move(held) if drags => drop_cards(store, &held, hand.by.get_untracked()),
            Gesture::Move(held) if held.len() > 1 && !(event.shift_key() || event.ctrl_key() || event.meta_key()) => {
                // a press on one of several that went nowhere chooses that one
                if let Some(Hit::Node(place)) = at.map(|at| hand.hit(store, at)) {
                    let id = store.scene.with_untracked(|scene| scene.nodes[place].id.clone());
                    store.selection.set(Selection::Activities(vec![id]));
                }
            }
            Gesture::Frame(from) => {
                if let Some(at) = at.filter(|_| drags) {
                    frame(store, hand, from, at);
                }
            }
            Gesture::Grab(origin) | Gesture::Connect(origin) if drags && can_edit(store) => {
                if let Some(target) = at.and_then(|at| activity_at(store, hand, at)) {
                    connect(store, &origin, &target);
                }
            }
            _ => {}
        }
        hand.rest();
    }

    /// A second press on a card goes to its first field.
    pub fn double(&self, event: &MouseEvent) {
        let at = to_world(self.store, f64::from(event.client_x()), f64::from(event.client_y()));
        if let Some(Hit::Node(_)) = at.map(|at| self.hand.hit(self.store, at)) {
            focus_inspector();
        }
    }
}

fn place(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}

/// The activity under a place on the canvas.
pub fn activity_at(store: Store, hand: Hand, at: Point) -> Option<String> {
    let Hit::Node(place) = hand.hit(store, at) else { return None };
    store.scene.with_untracked(|scene| {
        let node = scene.nodes.get(place)?;
        matches!(node.stands, Stands::Activity(_)).then(|| node.id.clone())
    })
}

/// Adds what a frame touches to the selection.
fn frame(store: Store, hand: Hand, from: Point, to: Point) {
    let area = Rect::new(from.x.min(to.x), from.y.min(to.y), (from.x - to.x).abs(), (from.y - to.y).abs());
    let mut ids = selected(store);
    store.layout.with_untracked(|layout| {
        store.scene.with_untracked(|scene| {
            for place in hand.index.with_untracked(|index| index.nodes_in(layout, &area)) {
                let node = &scene.nodes[place];
                if matches!(node.stands, Stands::Activity(_)) && !ids.contains(&node.id) {
                    ids.push(node.id.clone());
                }
            }
        });
    });
    store.selection.set(if ids.is_empty() { Selection::Journey } else { Selection::Activities(ids) });
}

/// What a drop of moved cards means: their new places, as one edit.
fn drop_cards(store: Store, held: &BTreeSet<usize>, by: (f64, f64)) {
    let mut places: Vec<(String, f64, f64)> = store.scene.with_untracked(|scene| {
        store.layout.with_untracked(|layout| {
            let of = |place: &usize| {
                let area = layout.nodes.get(*place)?;
                Some((scene.nodes.get(*place)?.id.clone(), area.x + by.0, area.y + by.1))
            };
            held.iter().filter_map(of).collect()
        })
    });
    places.sort_by(|a, b| a.0.cmp(&b.0));
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
