//! The input of some words of a sentence.

use leptos::prelude::*;
use model::clause::{Asks, Hole, Subject, comparison_words, comparisons, replace, span_words};
use model::view::Word;
use model::{Path, wire};
use serde_json::{Value, json};

use super::choices::{event_types, messages, named_events};
use super::inputs::{choice, number};
use super::members;
use super::sentence::Open;
use super::values::{subject_picker, values_picker};
use super::{value_at, write_as};
use crate::store::Store;

/// The input of what is open below the sentence of `base`.
pub fn asking(store: Store, base: &Path, what: Open, open: RwSignal<Option<Open>>) -> AnyView {
    match what {
        Open::More(dimensions) => subject_picker(store, base.clone(), Path(joined(base, &dimensions).0), None, open),
        Open::Hole(hole) => of_hole(store, base, &hole, open),
    }
}

fn of_hole(store: Store, base: &Path, hole: &Hole, open: RwSignal<Option<Open>>) -> AnyView {
    let place = joined(base, &hole.place);
    let words_of = |words: Vec<(&'static str, &'static str)>| {
        move |_: Store, _: &Path| words.iter().map(|(word, shown)| ((*word).to_owned(), (*shown).to_owned())).collect()
    };
    match hole.asks {
        Asks::Message => choice(store, "Message".to_owned(), place, messages),
        Asks::Segment => choice(store, "Segment".to_owned(), place, |store, _| {
            store.project.with(|p| p.segment_names().map(|name| (name.to_owned(), name.to_owned())).collect())
        }),
        Asks::Events if place.activity().is_some() => event_types(store, "Any of these".to_owned(), place),
        Asks::Events => named_events(store, place),
        Asks::Comparison => {
            let words = comparisons(&place).into_iter().map(|word| (word, comparison_words(word))).collect();
            choice(store, "Compared".to_owned(), place, words_of(words))
        }
        Asks::Number => number(store, "Number".to_owned(), place, true),
        Asks::Recency => {
            let words = vec![("ACTIVE", "active"), ("INACTIVE", "not active")];
            with_remove(store, &place, open, choice(store, "They were".to_owned(), place.clone(), words_of(words)))
        }
        Asks::Span => {
            let words = wire::Duration::ALL.iter().map(|span| (span.as_str(), span_words(*span))).collect();
            choice(store, "Time".to_owned(), place, words_of(words))
        }
        Asks::Circle => {
            let shape = model::shapes::find("GPSPointDimension");
            let fields = shape.map(|shape| members(shape, &place, &["Coordinates"], &[])).into_any();
            with_remove(store, &place.join("any"), open, fields)
        }
        Asks::Values => values_picker(store, place),
        Asks::Subject => {
            let old = Subject::at(&place);
            let dimensions = up(&place, 2);
            let inside = subject_picker(store, base.clone(), dimensions, old, open);
            with_remove(store, &place.join("any"), open, inside)
        }
    }
}

/// An input with a way to take the whole criterion away; `place` is one of the criterion's members.
fn with_remove(store: Store, place: &Path, open: RwSignal<Option<Open>>, inside: AnyView) -> AnyView {
    let criterion = up(place, 1);
    let remove = move |_| {
        let Some(old) = Subject::at(&criterion) else { return };
        open.set(None);
        put_subject(store, &up(&criterion, 2), Some(&old), None);
    };
    view! {
        {inside}
        <button type="button" class="danger" data-test="remove-criterion" on:click=remove>"Do not ask this"</button>
    }
    .into_any()
}

/// Writes dimensions with `new` instead of `old`.
pub fn put_subject(store: Store, dimensions: &Path, old: Option<&Subject>, new: Option<&Subject>) {
    let now = value_at(store, dimensions.clone()).get_untracked().unwrap_or_else(|| json!({}));
    let label = match (old, new) {
        (Some(old), None) => format!("No longer ask about {}", old.words()),
        (_, Some(new)) => format!("Ask about {}", new.words()),
        (None, None) => return,
    };
    write_as(store, dimensions, Some(replace(&now, old, new)), &label);
}

/// The words of a sentence that come next, once its subject is chosen.
pub fn next_hole(base: &Path, dimensions: &Path, subject: &Subject) -> Hole {
    let below = Path(dimensions.0.iter().skip(base.0.len()).cloned().collect());
    let criterion = joined(&below, &subject.path());
    match subject {
        Subject::Metric(_) => Hole { asks: Asks::Number, place: criterion.join("Value") },
        Subject::Recency => Hole { asks: Asks::Recency, place: criterion.join("RecencyType") },
        Subject::Circle => Hole { asks: Asks::Circle, place: criterion },
        _ => Hole { asks: Asks::Values, place: criterion.join("Values") },
    }
}

/// The events that a criterion's dimensions are about; `None` = they are about people.
pub fn events_of(store: Store, dimensions: &Path) -> Option<Vec<String>> {
    let own = value_at(store, dimensions.join("EventType").join("Values")).get();
    is_about_event(dimensions).then(|| {
        let list = own.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
        list.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
    })
}

/// Whether the dimensions at a place are those of an event; a segment has its own at the top, or in a list.
pub fn is_about_event(dimensions: &Path) -> bool {
    dimensions.0.len() > 1 && matches!(dimensions.0.last(), Some(model::Step::Key(key)) if key == "Dimensions")
}

/// A path below another.
pub fn joined(base: &Path, below: &Path) -> Path {
    Path(base.0.iter().chain(&below.0).cloned().collect())
}

/// A path without its last steps.
pub fn up(path: &Path, steps: usize) -> Path {
    Path(path.0[..path.0.len().saturating_sub(steps)].to_vec())
}
