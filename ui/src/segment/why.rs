//! Why somebody is in a segment or not, question by question.

use bridge::{AskWhy, PersonLine, Reason};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::asked;
use crate::problems::{sentence, sentences};
use crate::store::store;
use crate::transport;

/// A field for somebody, and the answers for each of their endpoints; asked anew when the segment changes.
#[component]
pub fn Why(segment: String, who: RwSignal<String>) -> impl IntoView {
    let store = store();
    let found = RwSignal::new(None::<Result<Vec<(PersonLine, Reason)>, String>>);
    Effect::new(move |_| {
        let name = who.with(|who| who.trim().to_owned());
        if name.is_empty() {
            found.set(None);
            return;
        }
        let question = AskWhy { asked: asked(store), segment: segment.clone(), who: name.clone() };
        spawn_local(async move {
            let answer = transport::call(&question).await;
            if who.try_with_untracked(|who| who.trim() == name) == Some(true) {
                found.set(Some(answer.map_err(|failure| sentences(&failure.message, &failure.help))));
            }
        });
    });
    view! {
        <h3>"Why is somebody in or out?"</h3>
        <input type="search" placeholder="Endpoint id, user id or address" aria-label="Somebody" data-test="why"
            prop:value=move || who.get() on:change=move |event| who.set(event_target_value(&event)) />
        <div aria-live="polite" data-test="why-answer">
            {move || found.get().map(|found| match found {
                Err(words) => view! { <p class="note">{words}</p> }.into_any(),
                Ok(endpoints) => endpoints.into_iter().map(|(line, reason)| {
                    let verdict = if reason.holds { "is in" } else { "is not in" };
                    view! {
                        <p class="verdict" class:in=reason.holds><span dir="auto">{line.id}</span>" "<strong>{verdict}</strong></p>
                        {reasons(&reason)}
                    }
                }).collect_view().into_any(),
            })}
        </div>
    }
}

/// A reason and what it is made of, as a list.
pub fn reasons(reason: &Reason) -> AnyView {
    let mark = if reason.holds { "✓" } else { "✗" };
    let said = if reason.holds { "holds" } else { "does not hold" };
    let of: Vec<AnyView> = reason.of.iter().map(reasons).collect();
    view! {
        <ul class="reasons">
            <li class:in=reason.holds>
                <span class="sign" role="img" aria-label=said>{mark}</span>
                <span>{sentence(&reason.words)}{of}</span>
            </li>
        </ul>
    }
    .into_any()
}
