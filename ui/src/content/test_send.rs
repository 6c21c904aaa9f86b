//! A test message: to one address, through a target, after a question that names both.

use bridge::{SendTest, TestSent};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{DocumentId, TemplateKind};
use wasm_bindgen::JsCast;

use super::preview::Preview;
use crate::store::{Store, store};
use crate::transport;

/// Names of the targets, the Pinpoint of this studio first.
pub fn targets(store: Store) -> Vec<String> {
    let mut names: Vec<String> =
        store.project.with_untracked(|project| project.settings.target.keys().cloned().collect());
    names.retain(|name| name != "local");
    names.insert(0, "local".to_owned());
    names
}

/// What a channel's address is called.
fn address_of(kind: TemplateKind) -> (&'static str, &'static str) {
    match kind {
        TemplateKind::Email => ("E-mail address", "an e-mail"),
        TemplateKind::Sms => ("Telephone number", "a text message"),
        TemplateKind::Voice => ("Telephone number", "a voice message"),
        TemplateKind::Push | TemplateKind::InApp => ("Token of the device", "a push notification"),
    }
}

/// Address, target, question, answer.
#[component]
pub fn TestSend(id: DocumentId, kind: TemplateKind, preview: Preview) -> impl IntoView {
    let store = store();
    let (target, address) = (RwSignal::new("local".to_owned()), RwSignal::new(String::new()));
    let (asking, busy) = (RwSignal::new(false), RwSignal::new(false));
    let sent = RwSignal::new(None::<Result<TestSent, String>>);
    let (label, what) = address_of(kind);
    let ask = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        sent.set(None);
        asking.set(!address.with_untracked(|address| address.trim().is_empty()));
    };
    let send = move |_| {
        asking.set(false);
        busy.set(true);
        let command = SendTest {
            message: bridge::Preview {
                folder: store.folder.get_untracked(),
                project: store.project.get_untracked(),
                template: id.clone(),
                person: preview.person.get_untracked(),
                text: preview.text.get_untracked(),
            },
            target: target.get_untracked(),
            address: address.get_untracked(),
        };
        spawn_local(async move {
            let answer =
                transport::call(&command).await.map_err(|failure| format!("{}. {}", failure.message, failure.help));
            sent.try_set(Some(answer));
            busy.try_set(false);
        });
    };
    // What is asked has the keyboard, and with it comes into view.
    let asked = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        let Some(asked) = asked.get() else { return };
        request_animation_frame(move || {
            let first = asked.query_selector("button").ok().flatten();
            if let Some(first) = first.and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = first.focus();
            }
        });
    });
    let question = move || {
        let channel =
            preview.view.with(|view| view.recipient.as_ref().map(|who| who.channel.clone())).unwrap_or_default();
        format!(
            "Send {what} ({channel}) to {} through the target {}, as this person gets it?",
            address.get().trim(),
            target.get()
        )
    };
    let outcome = move || {
        sent.get().map(|answer| match answer {
            Ok(sent) if sent.is_taken => view! { <p class="note" role="status" data-test="test-sent">{format!("{}: sent.", sent.address)}</p> }.into_any(),
            Ok(sent) => view! { <p class="failure" role="alert">{format!("{}: {}. {}", sent.address, sent.status, sent.words)}</p> }.into_any(),
            Err(why) => view! { <p class="failure" role="alert">{why}</p> }.into_any(),
        })
    };
    if kind == TemplateKind::InApp {
        return view! { <p class="note">"In-app messages are not sent: an app asks for them when somebody opens it."</p> }.into_any();
    }
    view! {
        <details class="test-send">
            <summary>"Send a test message"</summary>
            <form on:submit=ask>
                <label class="field">
                    <span class="name">{label}</span>
                    <input type="text" data-test="test-address" autocomplete="off" prop:value=move || address.get()
                        on:input=move |event| { address.set(event_target_value(&event)); asking.set(false); } />
                </label>
                <label class="field">
                    <span class="name">"Target"</span>
                    <select on:change=move |event| { target.set(event_target_value(&event)); asking.set(false); }>
                        {targets(store).into_iter().map(|name| view! { <option value=name.clone()>{name.clone()}</option> }).collect_view()}
                    </select>
                </label>
                <button type="submit" data-test="test-ask" disabled=move || busy.get()>"Send…"</button>
            </form>
            <Show when=move || asking.get()>
                <div class="question" role="alertdialog" aria-label="Send a test message" node_ref=asked>
                    <p>{question}</p>
                    <div class="actions">
                        <button class="primary" data-test="test-send" on:click=send.clone()>"Send it"</button>
                        <button on:click=move |_| asking.set(false)>"Do not send"</button>
                    </div>
                </div>
            </Show>
            {outcome}
        </details>
    }
    .into_any()
}
