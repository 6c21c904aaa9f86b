//! What the hand does on the canvas, and what the canvas derives from the picture for it.

use std::collections::{BTreeMap, BTreeSet};

use diagram::comparison::Comparison;
use diagram::{Detail, Hit, Index, Point, Rect};
use leptos::prelude::*;
use model::drawing::{self, Origin, Refusal};

use crate::conflicts;
use crate::simulate::flow;
use crate::store::{Mode, Selection, Store};

/// How near to a connection, in CSS pixels, counts as on it.
const REACH: f64 = 9.0;
/// Canvas units by which the drawn part grows and shrinks.
const STEP: f64 = 256.0;
/// CSS pixels around the window that are drawn as well, so that panning does not show cards being made.
const MARGIN: f64 = 64.0;

/// A gesture under way on the canvas; places are canvas units.
#[derive(Clone, Debug, PartialEq)]
pub enum Gesture {
    /// The canvas follows the pointer.
    Pan,
    /// Cards, by place in the scene, follow the pointer.
    Move(BTreeSet<usize>),
    /// A frame is drawn around cards.
    Frame(Point),
    /// A connection is held; it follows once the pointer has moved.
    Grab(Origin),
    /// The end of a connection follows the pointer.
    Connect(Origin),
}

/// The hand; copying it copies handles.
#[derive(Clone, Copy)]
pub struct Hand {
    /// What it does.
    pub gesture: RwSignal<Option<Gesture>>,
    /// Whether the wheel is being turned.
    pub zooming: RwSignal<bool>,
    /// How far the moved cards are from their places, canvas units.
    pub by: RwSignal<(f64, f64)>,
    /// Where the pointer is on the canvas, canvas units; followed during a gesture only.
    pub at: RwSignal<Point>,
    /// The "+" whose menu is open.
    pub adding: RwSignal<Option<Origin>>,
    /// The connection under the pointer, by place in the scene.
    pub over: RwSignal<Option<usize>>,
    /// Finds what lies where.
    pub index: Memo<Index>,
    /// How much of a card is drawn.
    pub detail: Memo<Detail>,
    /// The part of the canvas that is drawn; `None` = not measured yet.
    pub kept: Memo<Option<Rect>>,
    /// While a connection is drawn: where it may not lead.
    pub refused: Memo<BTreeMap<String, Refusal>>,
    /// How many conflicts of a merge each step has.
    pub conflicts: Memo<BTreeMap<String, usize>>,
    /// What the version that is compared with has otherwise; `None` = none is.
    pub compared: Memo<Option<Comparison>>,
}

impl Hand {
    /// A hand that rests.
    pub fn new(store: Store) -> Hand {
        let gesture = RwSignal::new(None);
        let detail = Memo::new(move |_| store.viewport.get().detail(store.scene.with(|scene| scene.nodes.len())));
        Hand {
            gesture,
            zooming: RwSignal::new(false),
            by: RwSignal::new((0.0, 0.0)),
            at: RwSignal::new(Point::default()),
            adding: RwSignal::new(None),
            over: RwSignal::new(None),
            index: Memo::new(move |_| store.layout.with(Index::of)),
            detail,
            kept: Memo::new(move |_| {
                let (width, height) = store.canvas_size.get();
                // no margin for the first picture
                let margin = if store.settled.get() { MARGIN } else { 0.0 };
                (width > 0.0).then(|| store.viewport.get().kept(width, height, margin, STEP))
            }),
            refused: Memo::new(move |_| match gesture.get() {
                Some(Gesture::Connect(origin)) => {
                    store.peek(|journey| drawing::refusals(journey, &origin)).unwrap_or_default()
                }
                _ => BTreeMap::new(),
            }),
            conflicts: conflicts::by_step(store),
            compared: flow::compared(store),
        }
    }

    /// Gives up what is under way.
    pub fn rest(&self) {
        self.gesture.set(None);
        self.by.set((0.0, 0.0));
    }

    /// What lies under a place on the canvas.
    pub fn hit(&self, store: Store, at: Point) -> Hit {
        let reach = REACH / store.viewport.get_untracked().zoom;
        store.layout.with_untracked(|layout| self.index.with_untracked(|index| index.hit(layout, at, reach)))
    }
}

/// Whether journeys can be changed in this view.
pub fn can_edit(store: Store) -> bool {
    store.mode.get_untracked() == Mode::Design
}

/// The selected activities; none when something else is selected.
pub fn selected(store: Store) -> Vec<String> {
    match store.selection.get_untracked() {
        Selection::Activities(ids) => ids,
        _ => Vec::new(),
    }
}
