//! The page of a rule: what it checks, why, a bad and a good example.

use leptos::prelude::*;
use model::Severity;
use validation::page::NOTATION;

use crate::store::{Dialog, store};

/// The page of the rule of that id; `back` is what stood over the window before.
pub fn rule_page(id: &str, back: Option<Dialog>) -> AnyView {
    let store = store();
    let Some(rule) = validation::explain(id) else {
        let text = format!("There is no page about {id}.");
        return view! { <p>{text}</p> }.into_any();
    };
    let page = rule.page();
    let (weight, bad) = match rule.severity {
        Severity::Error => ("Error: keeps the journey from being published", true),
        Severity::Warning => ("Recommendation: the journey can be published all the same", false),
    };
    let notation = page.has_notation().then_some(NOTATION);
    view! {
        <article class="page" data-test="rule-page">
            <p class="weighs" class:bad=bad><code>{rule.id}</code> <span>{weight}</span></p>
            <Show when=move || rule.is_of_run()><p class="seen">"Seen in a simulated run; silent without one"</p></Show>
            {prose(&page.what)}
            <h3>"Why it matters"</h3>
            {prose(&page.why)}
            <div class="examples-of">
                <section>
                    <h3>"Bad"</h3>
                    {prose(&page.bad)}
                    <pre tabindex="0" aria-label="Bad example">{page.bad_json}</pre>
                </section>
                <section>
                    <h3>"Good"</h3>
                    {prose(&page.fix)}
                    <pre tabindex="0" aria-label="Good example">{page.good_json}</pre>
                </section>
            </div>
            {notation.map(prose)}
            <p class="from">"Source: " {marked(&page.source.replace('\n', " "))}</p>
            {back.map(|back| view! {
                <div class="actions"><button on:click=move |_| store.dialog.set(Some(back.clone()))>"Back"</button></div>
            })}
        </article>
    }
    .into_any()
}

/// Paragraphs of Markdown, of which only blank lines and backticks are used.
fn prose(text: &str) -> Vec<AnyView> {
    let paragraph = |text: &str| view! { <p>{marked(&text.replace('\n', " "))}</p> }.into_any();
    text.split("\n\n").filter(|text| !text.trim().is_empty()).map(paragraph).collect()
}

/// A text whose names in backticks are set as code.
fn marked(text: &str) -> Vec<AnyView> {
    let piece = |(number, text): (usize, &str)| {
        let text = text.to_owned();
        if number % 2 == 1 { view! { <code>{text}</code> }.into_any() } else { text.into_any() }
    };
    text.split('`').enumerate().map(piece).collect()
}
