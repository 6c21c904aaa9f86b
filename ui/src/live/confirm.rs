//! Asks before a state is changed, with the numbers of those whom it is about.

use bridge::SetState;
use leptos::portal::Portal;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::DocumentId;

use super::{Watch, ask, on_target};
use crate::modal::Question;
use crate::store::store;
use crate::transport;

/// The dialog, while something is to be confirmed.
#[component]
pub fn Confirm(watch: Watch, id: DocumentId) -> impl IntoView {
    let id = StoredValue::new(id);
    view! { <Portal>{move || watch.confirm.get().map(|action| view! { <Dialog watch=watch id=id.get_value() action=action /> })}</Portal> }
}

#[component]
fn Dialog(watch: Watch, id: DocumentId, action: bridge::LiveAction) -> impl IntoView {
    let store = store();
    let close = move || watch.confirm.set(None);
    let title = format!("{} {}?", action.words, id.name());
    let state = action.state;
    let go = move || {
        let of = on_target(store, id.clone(), watch.target.get_untracked());
        let (state, id) = (state.clone(), id.clone());
        close();
        spawn_local(async move {
            if let Err(failure) = transport::call(&SetState { of, state }).await {
                store.tell_failure(failure);
            }
            ask(store, watch, id);
        });
    };
    view! {
        <Question title=title test="live" yes=action.words go=go close=close>
            <ul class="tells">{action.tells.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
        </Question>
    }
}
