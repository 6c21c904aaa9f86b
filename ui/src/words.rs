//! The journey in words: sentences that lead to the steps they are about.

use leptos::prelude::*;
use model::Journey;
use model::telling::{Sentence, tell};

use crate::store::store;

/// The journey on the canvas, told.
#[component]
pub fn Words() -> impl IntoView {
    let store = store();
    // nothing is told before somebody asks: a long journey has thousands of sentences
    let open = RwSignal::new(false);
    let sentences = Memo::new(move |_| match open.get() {
        true => store.document.with(|root| Journey::of(root).map(tell).unwrap_or_default()),
        false => Vec::new(),
    });
    view! {
        <details
            class="words"
            data-test="words"
            on:toggle=move |event| open.set(event_target::<web_sys::HtmlElement>(&event).has_attribute("open"))
        >
            <summary>"In words"</summary>
            <ol>{move || sentences.get().into_iter().map(sentence).collect_view()}</ol>
        </details>
    }
}

fn sentence(told: Sentence) -> impl IntoView {
    let store = store();
    let style = format!("margin-left: {}px", 14 * told.depth.min(8));
    let text = match told.activity {
        Some(id) => {
            view! { <button class="link" on:click=move |_| store.select_activity(&id)>{told.text}</button> }.into_any()
        }
        None => told.text.into_any(),
    };
    view! { <li style=style>{text}</li> }
}
