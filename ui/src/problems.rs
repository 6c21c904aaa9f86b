//! What the checks say about the journey on the canvas; a click leads to the activity and the field.

use leptos::prelude::*;
use model::{Diagnostic, DocumentId, Fix, Severity};

use crate::store::{Dialog, Room, Selection, Store, store};

/// How many rows the list has at most; nobody reads on, and each row weighs on the page.
const MOST: usize = 200;

/// The list of problems.
#[component]
pub fn Problems() -> impl IntoView {
    let store = store();
    // Open from the start where something stands in the way, folded where there is only advice.
    let errors = move || store.report.with_untracked(|report| report.errors().count());
    let unfolded = RwSignal::new(errors() > 0);
    Effect::new(move |seen: Option<bool>| {
        let checked = store.checks.get();
        if checked && seen == Some(false) {
            unfolded.set(errors() > 0);
        }
        checked
    });
    let found: Memo<Vec<Diagnostic>> = Memo::new(move |_| listed(store));
    let by_key = Memo::new(move |_| first_fix(store).map(|(found, _)| found));
    let count = move |severity| found.with(|all| all.iter().filter(|f| f.severity == severity).count());
    let title = move || {
        if !store.checks.get() {
            return "Checking".to_owned();
        }
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        match (errors, warnings) {
            (0, 0) => "No problems".to_owned(),
            (0, w) => plural(w, "warning"),
            (e, 0) => plural(e, "error"),
            (e, w) => format!("{}, {}", plural(e, "error"), plural(w, "warning")),
        }
    };
    let of_run = |rule: &str| validation::explain(rule).is_some_and(|rule| rule.is_of_run());
    let stale = move || store.ran.with(|ran| store.document.with(|now| now != ran));
    let told = move |found: &Diagnostic, words: &str| {
        store.document.track();
        store.told_of(found, words)
    };
    let rows = Memo::new(move |_| found.with(|all| (0..all.len().min(MOST)).collect::<Vec<_>>()));
    view! {
        <section class="problems" aria-label="Problems" data-test="problems">
            <button
                class="bar"
                aria-expanded=move || unfolded.get().to_string()
                on:click=move |_| unfolded.update(|open| *open = !*open)
            >
                <span class="dot" class:bad=move || { count(Severity::Error) > 0 } class:fine=move || found.with(Vec::is_empty)></span>
                <span data-test="problem-count">{title}</span>
                <span class="fold" aria-hidden="true">{move || if unfolded.get() { "▾" } else { "▴" }}</span>
            </button>
            <Show when=move || unfolded.get() && !found.with(Vec::is_empty)>
                <ul>
                    <For each=move || rows.get() key=|i| *i let:i>
                        {
                            let at = move || found.with(|all| all.get(i).cloned());
                            view! {
                                <li class:bad=move || at().is_some_and(|f| f.severity == Severity::Error)>
                                    <button class="row" on:click=move |_| if let Some(found) = at() { store.go_to(&found) }>
                                        <span class="weight">{move || at().map(|f| if f.severity == Severity::Error { "Error" } else { "Warning" })}</span>
                                        <span class="message">{move || at().map(|f| told(&f, &f.message))}</span>
                                        <span class="help">{move || at().map(|f| told(&f, &f.help))}</span>
                                        <span class="where">{move || at().map(|f| place(store, &f))}</span>
                                    </button>
                                    <span class="side">
                                        {move || at().and_then(|f| Some((by_key.with(|by_key| by_key.as_ref() == Some(&f)), f.fix?))).map(|(by_key, fix)| {
                                            let title = fix.title.clone();
                                            view! {
                                                <button class="fix" aria-keyshortcuts=by_key.then_some(".") on:click=move |_| store.edit(fix.edit.clone())>
                                                    {title}{by_key.then(|| view! { " " <kbd aria-hidden="true">"."</kbd> })}
                                                </button>
                                            }
                                        })}
                                        <span class="rule-line">
                                            {move || at().filter(|f| of_run(&f.rule)).map(|_| view! {
                                                <span class="seen" title=move || if stale() { "The journey was changed since that run" } else { "" }>
                                                    {move || if stale() { "Seen in an earlier run" } else { "Seen in the simulated run" }}
                                                </span>
                                            })}
                                            <button
                                                class="link rule"
                                                title="What this rule checks, and why"
                                                on:click=move |_| if let Some(found) = at() {
                                                    store.dialog.set(Some(Dialog::Rule { id: found.rule, back: None }));
                                                }
                                            >
                                                {move || at().map(|f| f.rule)}
                                            </button>
                                        </span>
                                    </span>
                                </li>
                            }
                        }
                    </For>
                </ul>
            </Show>
        </section>
    }
}

/// The problems of the journey on the canvas and of what journeys share, worst first; those of other journeys stand in the
/// list of journeys. In another room, the problems of its document.
fn listed(store: Store) -> Vec<Diagnostic> {
    let about = match store.room.get() {
        Room::Document(id) => Some(id),
        Room::Journey | Room::People | Room::Calendar => None,
    };
    let journey = store.journey.get();
    let concerns = |found: &Diagnostic| match (&about, &found.place.document) {
        (Some(about), document) => document == about,
        (None, DocumentId::Journey(name) | DocumentId::Canvas(name) | DocumentId::Conflicts(name)) => *name == journey,
        (None, _) => true,
    };
    store.report.with(|report| {
        let mut found: Vec<Diagnostic> = report.diagnostics.iter().filter(|found| concerns(found)).cloned().collect();
        found.sort_by_key(|found| found.severity);
        found
    })
}

/// Problems with their fixes, those of the selected steps first: the first is what the key for fixes mends.
pub fn fixes(store: Store) -> Vec<(Diagnostic, Fix)> {
    let selected = match store.selection.get() {
        Selection::Activities(ids) => ids,
        _ => Vec::new(),
    };
    let mut all: Vec<(Diagnostic, Fix)> =
        listed(store).into_iter().filter_map(|found| Some((found.clone(), found.fix?))).collect();
    all.sort_by_key(|(found, _)| !found.place.path.activity().is_some_and(|id| selected.iter().any(|of| of == id)));
    all
}

fn first_fix(store: Store) -> Option<(Diagnostic, Fix)> {
    fixes(store).into_iter().next()
}

/// Carries out the first of the [`fixes`], and says so.
pub fn fix_first(store: Store) {
    match untrack(|| first_fix(store)) {
        Some((_, fix)) => {
            store.edit(fix.edit);
            store.tell(format!("Done: {}.", fix.title));
        }
        None => store.tell("No problem here can be fixed with a key."),
    }
}

/// A message of the checks or the machine as a sentence: first letter large unless a name begins it, no backticks.
pub fn sentence(text: &str) -> String {
    if text.starts_with('`') {
        return text.replace('`', "");
    }
    let text = text.replace('`', "");
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// What happened and what to do, as two sentences; either may be empty.
pub fn sentences(what: &str, help: &str) -> String {
    let ended = |text: &str| {
        let text = sentence(text.trim());
        if text.is_empty() || text.ends_with(['.', '?', '!']) { text } else { text + "." }
    };
    format!("{} {}", ended(what), ended(help)).trim().to_owned()
}

/// Where a problem is, in few words; nothing where the problem itself names the activity.
pub fn place(store: Store, found: &Diagnostic) -> String {
    match (&found.place.document, found.place.path.activity()) {
        (DocumentId::Journey(_), Some(id)) if found.message.contains(&format!("`{id}`")) => String::new(),
        (document, Some(id)) if *document == store.id() => store.label(id),
        (DocumentId::Journey(_), Some(id)) => id.to_owned(),
        (DocumentId::Journey(_), None) => found.place.path.to_string(),
        (other, _) => other.to_string(),
    }
}
