//! Asks before a state is changed, with the numbers of those whom it is about.

use bridge::SetState;
use leptos::portal::Portal;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::DocumentId;

use super::{Watch, ask, on_target};
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
    let element = NodeRef::<leptos::html::Div>::new();
    let hold = crate::modal::hold(element);
    let close = move || watch.confirm.set(None);
    let key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            close();
        }
    };
    let name = id.name().to_owned();
    let go = {
        let state = action.state.clone();
        move |_| {
            let of = on_target(store, id.clone(), watch.target.get_untracked());
            let (state, id) = (state.clone(), id.clone());
            close();
            spawn_local(async move {
                if let Err(failure) = transport::call(&SetState { of, state }).await {
                    store.tell_failure(failure);
                }
                ask(store, watch, id);
            });
        }
    };
    let title = format!("{} {name}?", action.words);
    view! {
        <div class="veil" on:pointerdown=move |_| close() on:keydown=key>
            <div class="dialog" role="alertdialog" aria-modal="true" aria-label=title.clone() aria-describedby="live-tells" data-test="live-confirm"
                node_ref=element on:keydown=hold on:pointerdown=|event| event.stop_propagation()>
                <h2>{title.clone()}</h2>
                <ul id="live-tells" class="tells">{action.tells.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
                <div class="actions">
                    <button class="primary" data-test="live-go" on:click=go>{action.words}</button>
                    <button data-test="live-leave" on:click=move |_| close()>"Leave it as it is"</button>
                </div>
            </div>
        </div>
    }
}
