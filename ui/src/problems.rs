//! What the checks say about the journey on the canvas; a click leads to the activity and the field.

use leptos::prelude::*;
use model::numbers::grouped;
use model::{Diagnostic, DocumentId, Fix, Severity};
use validation::Report;
use wasm_bindgen::JsCast;

use crate::store::{Dialog, Room, Selection, Store, store};

/// How many rows the list has at first, and more each time they are asked for: each weighs on the page.
const ROWS: usize = 40;

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
    let found: Memo<Vec<usize>> = Memo::new(move |_| store.report.with(|report| listed(store, report)));
    let by_key = Memo::new(move |_| first_fix(store).map(|(found, _)| found));
    let at = move |row: usize| {
        let place = found.with(|all| all.get(row).copied())?;
        store.report.with(|report| report.diagnostics.get(place).cloned())
    };
    let count = move |severity| {
        let is_such = |report: &Report, &place: &usize| {
            report.diagnostics.get(place).is_some_and(|found| found.severity == severity)
        };
        store.report.with(|report| found.with(|all| all.iter().filter(|place| is_such(report, place)).count()))
    };
    let title = move || {
        if !store.checks.get() {
            return "Checking".to_owned();
        }
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        let plural = |n: usize, word: &str| format!("{} {word}{}", grouped(n as u64), if n == 1 { "" } else { "s" });
        match (errors, warnings) {
            (0, 0) => "No problems".to_owned(),
            (0, w) => plural(w, "warning"),
            (e, 0) => plural(e, "error"),
            (e, w) => format!("{}, {}", plural(e, "error"), plural(w, "warning")),
        }
    };
    let stale = Memo::new(move |_| store.ran.with(|ran| store.document.with(|now| now != ran)));
    let told = move |row: usize| {
        let found = at(row)?;
        store.document.track();
        Some(Told {
            severity: found.severity,
            message: store.told_of(&found, &found.message),
            help: store.told_of(&found, &found.help),
            place: place(store, &found),
            by_key: by_key.with(|by_key| by_key.as_ref() == Some(&found)),
            seen: validation::explain(&found.rule).is_some_and(|rule| rule.is_of_run()).then(|| stale.get()),
            fix: found.fix.map(|fix| fix.title),
            rule: found.rule,
        })
    };
    let shown = RwSignal::new(ROWS);
    let rows = Memo::new(move |_| found.with(|all| (0..all.len().min(shown.get())).collect::<Vec<_>>()));
    let left = Memo::new(move |_| found.with(Vec::len).saturating_sub(shown.get()));
    let list = NodeRef::<leptos::html::Ul>::new();
    let more = move |_| {
        let first_new = shown.get_untracked();
        shown.update(|shown| *shown += ROWS);
        request_animation_frame(move || focus_row(list, first_new));
    };
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
                <ul node_ref=list>
                    <For each=move || rows.get() key=|i| *i let:i>
                        {
                            // one memo and one effect a row: there may be many
                            let told = Memo::new(move |_| told(i));
                            move || told.get().map(|told| row(store, told, move || at(i)))
                        }
                    </For>
                    <Show when=move || { left.get() > 0 }>
                        <li>
                            <button class="link more" data-test="more-problems" on:click=more>
                                {move || format!("Show {} more of {}", left.get().min(ROWS), grouped(found.with(Vec::len) as u64))}
                            </button>
                        </li>
                    </Show>
                </ul>
            </Show>
        </section>
    }
}

/// Leads the keyboard on, to the first row that was not there before.
fn focus_row(list: NodeRef<leptos::html::Ul>, row: usize) {
    let row = list.get_untracked().and_then(|list| list.children().item(row as u32));
    let button = row.and_then(|row| row.query_selector("button").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = button.focus();
    }
}

/// What a row says.
#[derive(Clone, PartialEq)]
struct Told {
    severity: Severity,
    message: String,
    help: String,
    place: String,
    /// What the fix is called.
    fix: Option<String>,
    /// Whether the key for fixes mends it.
    by_key: bool,
    rule: String,
    /// For what a run has shown: whether the journey was changed since.
    seen: Option<bool>,
}

/// A row of the list. `at` answers its problem.
fn row(store: Store, told: Told, at: impl Fn() -> Option<Diagnostic> + Copy + Send + Sync + 'static) -> impl IntoView {
    let Told { severity, message, help, place, fix, by_key, rule, seen } = told;
    let bad = severity == Severity::Error;
    let mend = move |_| {
        if let Some(fix) = at().and_then(|found| found.fix) {
            store.edit(fix.edit);
        }
    };
    let explain = move |_| {
        if let Some(found) = at() {
            store.dialog.set(Some(Dialog::Rule { id: found.rule, back: None }));
        }
    };
    view! {
        <li class:bad=bad>
            <button class="row" on:click=move |_| if let Some(found) = at() { store.go_to(&found) }>
                <span class="weight">{if bad { "Error" } else { "Warning" }}</span>
                <span class="message">{message}</span>
                <span class="help">{help}</span>
                <span class="where">{place}</span>
            </button>
            <span class="side">
                {fix.map(|title| view! {
                    <button class="fix" aria-keyshortcuts=by_key.then_some(".") on:click=mend>
                        {title}{by_key.then(|| view! { " " <kbd aria-hidden="true">"."</kbd> })}
                    </button>
                })}
                <span class="rule-line">
                    {seen.map(|stale| view! {
                        <span class="seen" title=if stale { "The journey was changed since that run" } else { "" }>
                            {if stale { "Seen in an earlier run" } else { "Seen in the simulated run" }}
                        </span>
                    })}
                    <button class="link rule" title="What this rule checks, and why" on:click=explain>{rule}</button>
                </span>
            </span>
        </li>
    }
}

/// The problems of the journey on the canvas and of what journeys share, worst first; those of other journeys stand in the
/// list of journeys. In another room, the problems of its document. As places in the report: it may be long.
fn listed(store: Store, report: &Report) -> Vec<usize> {
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
    let all = &report.diagnostics;
    let mut found: Vec<usize> = (0..all.len()).filter(|&place| concerns(&all[place])).collect();
    found.sort_by_key(|&place| all[place].severity);
    found
}

/// Problems that have fixes, as places in the report, those of the selected steps first.
fn fixable(store: Store, report: &Report) -> Vec<usize> {
    let selected = match store.selection.get() {
        Selection::Activities(ids) => ids,
        _ => Vec::new(),
    };
    let mut all = listed(store, report);
    all.retain(|&place| report.diagnostics[place].fix.is_some());
    let is_selected = |id: &str| selected.iter().any(|of| of == id);
    all.sort_by_key(|&place| !report.diagnostics[place].place.path.activity().is_some_and(is_selected));
    all
}

fn with_fix(found: &Diagnostic) -> Option<(Diagnostic, Fix)> {
    Some((found.clone(), found.fix.clone()?))
}

/// Problems with their fixes, those of the selected steps first: the first is what the key for fixes mends.
pub fn fixes(store: Store) -> Vec<(Diagnostic, Fix)> {
    store.report.with(|report| {
        let all = fixable(store, report);
        all.into_iter().filter_map(|place| with_fix(&report.diagnostics[place])).collect()
    })
}

fn first_fix(store: Store) -> Option<(Diagnostic, Fix)> {
    store.report.with(|report| fixable(store, report).first().and_then(|&place| with_fix(&report.diagnostics[place])))
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
