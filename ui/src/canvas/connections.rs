//! Connections: the line, what stands on it and the "+"; the line that is being drawn.

use diagram::scene::end_id;
use diagram::{Point, Rect, Route};
use leptos::prelude::*;
use model::Slot;
use model::drawing::Origin;

use super::hand::{Gesture, Hand};
use super::pointer::activity_at;
use crate::simulate::flow::{dots_on, shows_story, traffic};
use crate::store::{Mode, Selection, Store, store};

/// Side of a "+", canvas units; the style sheet has the same.
const PLUS: f64 = 22.0;
/// Height of a label, canvas units; the style sheet has the same.
const LABEL: f64 = 22.0;
/// Radius of a line's corners, canvas units.
pub const CORNER: f64 = 10.0;

/// Whether the story being read goes along a connection.
pub fn in_story(store: Store, origin: &Origin) -> bool {
    shows_story(store)
        && store.story.with(|story| {
            story.as_ref().is_some_and(|story| match origin {
                Origin::Entry => story.steps.iter().any(|step| step.activity.is_some()),
                Origin::Activity(id, slot) => {
                    story.steps.iter().any(|s| s.activity.as_ref() == Some(id) && s.slot == Some(*slot))
                }
            })
        })
}

/// Whether the version that is compared with has no such connection.
fn is_fresh(hand: Hand, origin: &Origin) -> bool {
    hand.compared.with(|found| found.as_ref().is_some_and(|found| found.added.contains(origin)))
}

/// The connection's place in the layout, which changes as others come and go.
fn place_of(store: Store, origin: &Origin) -> Memo<Option<usize>> {
    let origin = origin.clone();
    Memo::new(move |_| store.scene.with(|scene| scene.way(&origin)))
}

/// Which ends of a connection are under the hand: that of its source, that of its target.
fn held(store: Store, hand: Hand, place: Memo<Option<usize>>) -> Memo<(bool, bool)> {
    Memo::new(move |_| {
        hand.gesture.with(|gesture| match gesture {
            Some(Gesture::Move(held)) => store.scene.with(|scene| {
                let edge = place.get().and_then(|place| scene.graph.edges.get(place));
                edge.map_or((false, false), |edge| (held.contains(&edge.from), held.contains(&edge.to)))
            }),
            _ => (false, false),
        })
    })
}

/// The line of a connection.
#[component]
pub fn ConnectionLine(origin: Origin, hand: Hand) -> impl IntoView {
    let store = store();
    let place = place_of(store, &origin);
    let held = held(store, hand, place);
    let line = Memo::new(move |_| {
        let place = place.get()?;
        store.layout.with(|layout| {
            let route = layout.edges.get(place)?;
            let (from, to) = held.get();
            if !from && !to {
                return Some(route.svg_path(CORNER));
            }
            let by = hand.by.get();
            if from && to {
                return Some(route.moved(by.0, by.1).svg_path(CORNER));
            }
            let shift = |at: &Point, held: bool| if held { Point::new(at.x + by.0, at.y + by.1) } else { *at };
            let (start, end) = (route.points.first()?, route.points.last()?);
            Some(Route::elbow(shift(start, from), shift(end, to)).svg_path(CORNER))
        })
    });
    let class = {
        let origin = origin.clone();
        Memo::new(move |_| {
            let way = match &origin {
                Origin::Activity(_, Slot::Yes) => "yes",
                Origin::Activity(_, Slot::No) => "no",
                _ => "plain",
            };
            let selected = store.selection.with(|s| *s == Selection::Connection(origin.clone()));
            let lit = in_story(store, &origin);
            let fresh = is_fresh(hand, &origin);
            let off = traffic(store, &origin).is_some_and(|traffic| traffic.off);
            format!(
                "line {way}{}{}{}{}",
                if fresh { " fresh" } else { "" },
                if off { " off" } else { "" },
                if selected { " selected" } else { "" },
                if lit { " lit" } else { "" }
            )
        })
    };
    let width = {
        let origin = origin.clone();
        move || traffic(store, &origin).map(|traffic| format!("stroke-width: {:.2}px", 1.5 + 7.0 * traffic.share))
    };
    let key = end_id(&origin);
    let dots = Memo::new(move |_| dots_on(store, &origin));
    view! {
        <path class=move || class.get() data-connection=key d=move || line.get().unwrap_or_default() style=width />
        {move || dots.get().map(|gap| view! { <path class="dots" d=move || line.get().unwrap_or_default() stroke-dasharray=diagram::dots::walking(gap) /> })}
    }
}

/// What stands on a connection: its label or count, and the "+".
#[component]
pub fn ConnectionMarks(origin: Origin, hand: Hand) -> impl IntoView {
    let store = store();
    let place = place_of(store, &origin);
    let held = held(store, hand, place);
    let spots = Memo::new(move |_| {
        let place = place.get()?;
        store.layout.with(|layout| layout.edges.get(place).map(|route| (route.label_at, route.insert_at)))
    });
    let words = {
        let origin = origin.clone();
        Memo::new(move |_| {
            let label = store.scene.with(|scene| {
                place.get().and_then(|place| Some(scene.graph.edges.get(place)?.label.clone())).unwrap_or_default()
            });
            let fresh = is_fresh(hand, &origin).then(|| "+ new".to_owned());
            let parts = [Some(label), traffic(store, &origin).map(|traffic| traffic.words()), fresh];
            parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
        })
    };
    let put = move |label: bool| {
        let spot = spots.get().filter(|_| held.get() == (false, false));
        spot.map_or("display: none".to_owned(), |(at_label, at_insert)| {
            if !label {
                return format!("transform: translate({}px, {}px)", at_insert.x - PLUS / 2.0, at_insert.y - PLUS / 2.0);
            }
            let width = words.with(|words| diagram::label_width(words));
            let (x, y) = (at_label.x - width / 2.0, at_label.y - LABEL / 2.0);
            format!("transform: translate({x}px, {y}px); width: {width}px")
        })
    };
    let open = {
        let origin = origin.clone();
        Memo::new(move |_| hand.adding.with(|adding| adding.as_ref() == Some(&origin)))
    };
    let name = match &origin {
        Origin::Entry => "after the entry".to_owned(),
        Origin::Activity(id, _) => format!("after {id}"),
    };
    let key = end_id(&origin);
    let toggle = move |_| hand.adding.set((!open.get_untracked()).then(|| origin.clone()));
    let labelled = Memo::new(move |_| words.with(|words| !words.is_empty()));
    view! {
        {move || labelled.get().then(|| view! { <span class="way" style=move || put(true)>{move || words.get()}</span> })}
        {move || {
            let (key, name, toggle) = (key.clone(), name.clone(), toggle.clone());
            (store.mode.get() == Mode::Design).then(|| view! {
                <button
                    class="plus"
                    style=move || put(false)
                    tabindex="-1"
                    data-insert=key
                    aria-label=format!("Add an activity {name}")
                    aria-expanded=move || open.get().to_string()
                    title="Add an activity here"
                    on:pointerdown=|event| event.stop_propagation()
                    on:click=toggle
                >
                    "+"
                </button>
            })
        }}
    }
}

/// What the hand draws: the connection under the pointer, the line that follows it, the frame around cards.
#[component]
pub fn Drafts(hand: Hand) -> impl IntoView {
    let store = store();
    let over = move || {
        let place = hand.over.get()?;
        store.layout.with(|layout| Some(layout.edges.get(place)?.svg_path(CORNER)))
    };
    let draft = move || match hand.gesture.get() {
        Some(Gesture::Connect(origin)) => {
            let place = store.scene.with(|scene| scene.way(&origin))?;
            let from = store.layout.with(|layout| layout.edges.get(place)?.points.first().copied())?;
            let to = hand.at.get();
            let middle = (from.y + to.y) / 2.0;
            Some(format!("M{} {} C{} {middle} {} {middle} {} {}", from.x, from.y, from.x, to.x, to.x, to.y))
        }
        _ => None,
    };
    let frame = move || match hand.gesture.get() {
        Some(Gesture::Frame(from)) => {
            let to = hand.at.get();
            let area = Rect::new(from.x.min(to.x), from.y.min(to.y), (from.x - to.x).abs(), (from.y - to.y).abs());
            Some(format!("M{} {}h{}v{}h-{}z", area.x, area.y, area.width, area.height, area.width))
        }
        _ => None,
    };
    view! {
        {move || over().map(|line| view! { <path class="over" d=line /> })}
        {move || draft().map(|line| view! { <path class="draft" d=line /> })}
        {move || frame().map(|line| view! { <path class="frame" d=line /> })}
    }
}

/// Why the connection being drawn may not lead to the card under the pointer.
pub fn why_not(store: Store, hand: Hand) -> Option<&'static str> {
    let Some(Gesture::Connect(_)) = hand.gesture.get() else { return None };
    let target = activity_at(store, hand, hand.at.get())?;
    hand.refused.with(|refused| refused.get(&target).map(|refusal| refusal.reason()))
}
