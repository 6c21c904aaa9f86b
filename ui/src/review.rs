//! The review before publishing, in two pages: errors, which must be mended, and recommendations, which must be looked at.

use leptos::prelude::*;
use model::{Diagnostic, DocumentId, Severity};

use crate::problems::place;
use crate::store::{Dialog, Store, store};

/// What the checks say about journeys or campaigns and what is published with them, errors or recommendations.
fn found(store: Store, of: &[DocumentId], severity: Severity) -> Vec<Diagnostic> {
    store.project.with(|project| {
        let documents: Vec<_> = of.iter().flat_map(|id| validation::published_with(project, id)).collect();
        store.report.with(|report| {
            let concerns = |one: &&Diagnostic| one.severity == severity && documents.contains(&&one.place.document);
            report.diagnostics.iter().filter(concerns).cloned().collect()
        })
    })
}

/// By what a recommendation is remembered as reviewed: what it says and where. Said otherwise, it is another one.
fn mark(one: &Diagnostic) -> String {
    format!("{} {} {} {}", one.place.document, one.place.path, one.rule, one.message)
}

/// How many recommendations nobody has marked as reviewed.
fn to_review(store: Store, of: &[DocumentId]) -> usize {
    let all = found(store, of, Severity::Warning);
    store.reviewed.with(|reviewed| all.iter().filter(|one| !reviewed.contains(&mark(one))).count())
}

/// Why journeys or campaigns can not be published now; `None` = they can. Recommendations stand in nobody's way.
pub fn obstacle(store: Store, of: &[DocumentId]) -> Option<String> {
    if !store.checks.get() {
        return Some("Not before it is checked.".to_owned());
    }
    match found(store, of, Severity::Error).len() {
        0 => None,
        1 => Some("Not before 1 error is mended.".to_owned()),
        n => Some(format!("Not before {n} errors are mended.")),
    }
}

/// How far the review has come, in a sentence.
pub fn state(store: Store, of: &[DocumentId]) -> String {
    obstacle(store, of).unwrap_or_else(|| match to_review(store, of) {
        0 => "Reviewed: it can be published.".to_owned(),
        1 => "It can be published; 1 recommendation is not reviewed.".to_owned(),
        n => format!("It can be published; {n} recommendations are not reviewed."),
    })
}

/// The dialog.
pub fn review(of: Vec<DocumentId>) -> AnyView {
    let store = store();
    let of = StoredValue::new(of);
    let errors = Memo::new(move |_| of.with_value(|of| found(store, of, Severity::Error)));
    let advice = Memo::new(move |_| of.with_value(|of| found(store, of, Severity::Warning)));
    // The second page is for what has no errors.
    let second = RwSignal::new(errors.with_untracked(Vec::is_empty));
    let shown = Memo::new(move |_| second.get() && errors.with(Vec::is_empty));
    let open = Memo::new(move |_| of.with_value(|of| to_review(store, of)));
    let mark_all = move |_| {
        let marks: Vec<String> = advice.with_untracked(|all| all.iter().map(mark).collect());
        store.reviewed.update(|reviewed| reviewed.extend(marks));
    };
    let tab = move |page: bool, title: &'static str, count: Memo<Vec<Diagnostic>>| {
        view! {
            <button
                role="tab"
                aria-selected=move || (shown.get() == page).to_string()
                disabled=move || page && !errors.with(Vec::is_empty)
                title=move || if page && !errors.with(Vec::is_empty) { "Mend the errors first" } else { "" }
                on:click=move |_| second.set(page)
            >
                {title} " " <span class="count" class:bad=!page class:none=move || count.with(Vec::is_empty)>{move || count.with(Vec::len)}</span>
            </button>
        }
    };
    view! {
        <div class="review" data-test="review">
            <div class="modes" role="tablist" aria-label="Review">
                {tab(false, "Errors", errors)}
                {tab(true, "Recommendations", advice)}
            </div>
            {move || if shown.get() {
                let none = advice.with(Vec::is_empty);
                view! {
                    <p>{if none { "There is nothing to recommend." } else { "Publishing works with these, but it may not do what is meant." }}</p>
                    <Findings all=advice of=of />
                }.into_any()
            } else if errors.with(Vec::is_empty) {
                view! { <p>"No errors: it can be published."</p> }.into_any()
            } else {
                view! {
                    <p>"These keep it from being published. A click leads to the field."</p>
                    <Findings all=errors of=of />
                }.into_any()
            }}
            <div class="actions">
                {move || match (shown.get(), errors.with(Vec::is_empty), open.get()) {
                    (false, true, _) => view! { <button class="primary" data-test="next" on:click=move |_| second.set(true)>"Recommendations"</button> }.into_any(),
                    (false, false, _) => ().into_any(),
                    (true, _, 0) => view! {
                        <span class="reviewed" role="status">{if advice.with(Vec::is_empty) { "Nothing to review" } else { "Reviewed" }}</span>
                        <button class="primary" data-test="reviewed" on:click=move |_| store.dialog.set(None)>"Done"</button>
                    }.into_any(),
                    (true, _, _) => view! { <button class="primary" data-test="mark-reviewed" on:click=mark_all>"Mark as reviewed"</button> }.into_any(),
                }}
            </div>
        </div>
    }
    .into_any()
}

/// A list of what was found; a click leads to the field.
#[component]
fn Findings(all: Memo<Vec<Diagnostic>>, of: StoredValue<Vec<DocumentId>>) -> impl IntoView {
    let store = store();
    let row = move |one: Diagnostic| {
        let (target, rule) = (one.clone(), one.rule.clone());
        let of_run = validation::explain(&rule).is_some_and(|rule| rule.is_of_run());
        let bad = one.severity == Severity::Error;
        let go = move |_| {
            store.dialog.set(None);
            store.go_to(&target);
        };
        let page = Dialog::Rule { id: rule.clone(), back: Some(Box::new(Dialog::Review(of.get_value()))) };
        view! {
            <li class:bad=bad>
                <button class="row" on:click=go>
                    <span class="message">{store.told_of(&one, &one.message)}</span>
                    <span class="help">{store.told_of(&one, &one.help)}</span>
                    <span class="where">{place(store, &one)}</span>
                </button>
                <span class="side">
                    {one.fix.map(|fix| {
                        let title = fix.title.clone();
                        view! { <button class="fix" on:click=move |_| store.edit(fix.edit.clone())>{title}</button> }
                    })}
                    <button class="link" title="What this rule checks, and why" on:click=move |_| store.dialog.set(Some(page.clone()))>{rule}</button>
                    {of_run.then(|| view! { <span class="seen">"Simulated run"</span> })}
                </span>
            </li>
        }
    };
    view! { <ul class="findings">{move || all.get().into_iter().map(row).collect_view()}</ul> }
}
