//! What of a merge is still to be decided in the journey: marks for the canvas, and a list with both versions.

use std::collections::BTreeMap;

use leptos::prelude::*;
use model::conflicts::{Side, Undecided, decide};
use model::merge::Conflict;
use model::{DocumentId, Journey, Path, Step};
use serde_json::Value;

use crate::problems::sentence;
use crate::store::{Store, store};

/// Characters of a value that are shown.
const SHOWN: usize = 240;

/// What is to be decided in the journey on the canvas.
pub fn undecided(store: Store) -> Memo<Option<Undecided>> {
    Memo::new(move |_| store.project.with(|project| Undecided::of(project, &store.journey.get())))
}

/// How many conflicts each step has.
pub fn by_step(store: Store) -> Memo<BTreeMap<String, usize>> {
    let undecided = undecided(store);
    Memo::new(move |_| {
        let mut steps = BTreeMap::new();
        undecided.with(|found| {
            let conflicts = found.iter().flat_map(|found| &found.conflicts);
            for id in conflicts.filter_map(|conflict| conflict.path.activity()) {
                *steps.entry(id.to_owned()).or_default() += 1;
            }
        });
        steps
    })
}

/// The conflicts, each with the way to its step and a button for each side.
#[component]
pub fn Conflicts() -> impl IntoView {
    let store = store();
    let found = undecided(store);
    let words = move || {
        found.with(|found| match found.as_ref().map_or(0, |found| found.conflicts.len()) {
            1 => "1 conflict of a merge".to_owned(),
            count => format!("{count} conflicts of a merge"),
        })
    };
    let rows = move || {
        found.with(|found| {
            let conflicts = found.iter().flat_map(|found| &found.conflicts).enumerate();
            conflicts.map(|(number, conflict)| row(store, number, conflict)).collect_view()
        })
    };
    view! {
        <Show when=move || found.with(Option::is_some)>
            <section class="conflicts" aria-label="Conflicts" data-test="conflicts">
                <h2>{words}</h2>
                <p class="note">"Two people changed the same thing. The journey says ours until you decide; save when all is decided."</p>
                <ol>{rows}</ol>
            </section>
        </Show>
    }
}

fn row(store: Store, number: usize, conflict: &Conflict) -> AnyView {
    let take = move |side: Side| {
        let journey = store.journey.get_untracked();
        if let Some(edit) = store.project.with_untracked(|project| decide(project, &journey, number, side)) {
            store.edit(edit);
        }
    };
    let step = conflict.path.activity().map(|id| {
        let id = id.to_owned();
        let name = store.project.with_untracked(|project| {
            let root = project.documents.get(&DocumentId::Journey(store.journey.get_untracked()))?;
            Some(Journey::of(root)?.activity(&id)?.label().to_owned())
        });
        let name = name.unwrap_or_else(|| id.clone());
        view! { <button type="button" class="link" on:click=move |_| store.select_activity(&id)>{name}</button> " " }
    });
    view! {
        <li data-conflict=number.to_string()>
            <p class="where">{step}<code>{place_words(&conflict.path)}</code></p>
            <p class="note">{sentence(&conflict.reason)}</p>
            <dl>
                <div><dt>"Ours"</dt><dd>{said(conflict.ours.as_ref())}</dd></div>
                <div><dt>"Theirs"</dt><dd>{said(conflict.theirs.as_ref())}</dd></div>
            </dl>
            <div class="row">
                <button type="button" data-test="take-ours" on:click=move |_| take(Side::Ours)>"Take ours"</button>
                <button type="button" data-test="take-theirs" on:click=move |_| take(Side::Theirs)>"Take theirs"</button>
            </div>
        </li>
    }
    .into_any()
}

/// The place within its step; of the journey itself, the whole place.
fn place_words(path: &Path) -> String {
    let within = if path.activity().is_some() { path.0.get(2..).unwrap_or_default() } else { &path.0 };
    if within.is_empty() {
        "the whole step".to_owned()
    } else {
        Path(within.iter().map(Step::clone).collect()).to_string()
    }
}

fn said(value: Option<&Value>) -> String {
    let text = match value {
        None => return "nothing".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use model::path;
    use serde_json::json;

    use super::*;

    #[test]
    fn places_and_values_in_words() {
        assert_eq!(place_words(&path!["Activities", "a"]), "the whole step");
        assert_eq!(place_words(&path!["Activities", "a", "EMAIL", "TemplateName"]), "EMAIL.TemplateName");
        assert_eq!(place_words(&path!["Limits", "DailyCap"]), "Limits.DailyCap");
        assert_eq!(said(None), "nothing");
        assert_eq!(said(Some(&json!({"WaitFor": "P1D"}))), "{\"WaitFor\":\"P1D\"}");
        assert_eq!(said(Some(&json!("é".repeat(300)))).chars().count(), SHOWN + 1);
    }
}
