//! The message as one of the sample people gets it; people are gone through by key.

use std::time::Duration;

use bridge::PreviewView;
use leptos::prelude::*;
use model::{DocumentId, TemplateKind};

use super::drawn;
use crate::latest::{Latest, Pause};
use crate::problems::sentence;
use crate::store::Store;

/// After the last change, before the machine is asked.
const PAUSE: Duration = Duration::from_millis(120);

/// What is looked at, and what the machine said of it.
#[derive(Clone, Copy)]
pub struct Preview {
    /// Whose message: their place.
    pub person: RwSignal<u64>,
    /// Looks for somebody.
    pub text: RwSignal<String>,
    /// The last answer.
    pub view: RwSignal<PreviewView>,
    /// E-mail as wide as a telephone.
    pub narrow: RwSignal<bool>,
    /// E-mail as in a dark mailbox.
    pub dark: RwSignal<bool>,
}

impl Preview {
    /// Asks the machine now, and after each change of the message or the choice of person.
    pub fn new(store: Store, id: DocumentId) -> Preview {
        let preview = Preview {
            person: RwSignal::new(0),
            text: RwSignal::new(String::new()),
            view: RwSignal::new(PreviewView::default()),
            narrow: RwSignal::new(false),
            dark: RwSignal::new(false),
        };
        let (latest, pause) = (Latest::new(), Pause::new(PAUSE));
        // What the HTML of an e-mail is made from.
        let sources = Memo::new(move |_| {
            let is_source = |id: &DocumentId| matches!(id, DocumentId::Source(..) | DocumentId::Partial(_));
            store.project.with(|project| {
                let sources = project.documents.iter().filter(|(id, _)| is_source(id));
                sources.map(|(id, text)| (id.clone(), text.clone())).collect::<Vec<_>>()
            })
        });
        Effect::new(move |first: Option<()>| {
            store.content.track();
            sources.track();
            let (person, text) = (preview.person.get(), preview.text.get());
            let id = id.clone();
            let ask = move || {
                let command = bridge::Preview {
                    folder: store.folder.get_untracked(),
                    project: store.project.get_untracked(),
                    template: id,
                    person,
                    text,
                };
                latest.ask(command, move |answer| match answer {
                    Ok(view) => preview.view.set(view),
                    Err(failure) => store.tell_failure(failure),
                });
            };
            if first.is_none() {
                ask();
                return;
            }
            pause.then(ask);
        });
        preview
    }

    fn turn(self, by: i64) {
        let total = self.view.with_untracked(|view| view.total);
        let last = i64::try_from(total).unwrap_or(i64::MAX) - 1;
        self.person.update(|person| {
            let to = i64::try_from(*person).unwrap_or(0).saturating_add(by).clamp(0, last.max(0));
            *person = u64::try_from(to).unwrap_or(0);
        });
    }
}

/// The pane: who, and what they get.
#[component]
pub fn PreviewPane(preview: Preview, kind: TemplateKind) -> impl IntoView {
    let keys = move |event: leptos::ev::KeyboardEvent| {
        match event.key().as_str() {
            "ArrowLeft" => preview.turn(-1),
            "ArrowRight" => preview.turn(1),
            _ => return,
        }
        event.prevent_default();
    };
    let who = move || {
        preview.view.with(|view| match &view.recipient {
            Some(recipient) => {
                let name = if recipient.name.is_empty() { &recipient.id } else { &recipient.name };
                // Kept apart: a name may be written from right to left.
                format!("\u{2068}{name}\u{2069}, {} of {}", recipient.place + 1, view.total)
            }
            None if view.failure.is_some() => String::new(),
            None if preview.text.with(String::is_empty) => "None of the sample people has this channel".to_owned(),
            None => "Nobody is called that".to_owned(),
        })
    };
    let at_the_end =
        move || preview.view.with(|view| view.recipient.as_ref().is_none_or(|r| r.place + 1 >= view.total));
    let at_the_start = move || preview.view.with(|view| view.recipient.as_ref().is_none_or(|r| r.place == 0));
    let toggle = move |signal: RwSignal<bool>, word: &'static str| {
        view! {
            <button aria-pressed=move || signal.get().to_string() on:click=move |_| signal.update(|on| *on = !*on)>{word}</button>
        }
    };
    view! {
        <div class="whom" role="group" aria-label="For whom" on:keydown=keys>
            <button class="quiet" aria-label="The person before" title="The person before (Left)" aria-disabled=move || at_the_start().to_string() on:click=move |_| preview.turn(-1)>"‹"</button>
            <span class="who clip" role="status" data-test="preview-who">{who}</span>
            <button class="quiet" data-test="next-person" aria-label="The next person" title="The next person (Right)" aria-disabled=move || at_the_end().to_string() on:click=move |_| preview.turn(1)>"›"</button>
        </div>
        <div class="looking">
            <Show when=move || kind == TemplateKind::Email>
                <div class="modes small" role="group" aria-label="Mailbox">{toggle(preview.narrow, "Telephone")}{toggle(preview.dark, "Dark")}</div>
            </Show>
            <input
                type="search"
                aria-label="Look for a person"
                placeholder="Find a person"
                on:input=move |event| { preview.person.set(0); preview.text.set(event_target_value(&event)); }
            />
        </div>
        {move || preview.view.with(|view| {
            let whom = if view.recipient.is_some() { "No message for this person. " } else { "No message for anybody. " };
            view.failure.as_ref().map(|why| view! {
                <p class="failure" role="alert" data-test="preview-failure"><strong>{whom}</strong>{sentence(why)}</p>
            })
        })}
        {move || {
            let view = preview.view.get();
            match kind {
                TemplateKind::Email => drawn::mail(&view, preview.narrow.get(), preview.dark.get()),
                TemplateKind::Sms => drawn::text_message(&view),
                TemplateKind::Push => drawn::push(&view),
                TemplateKind::Voice => drawn::voice(&view),
                TemplateKind::InApp => drawn::in_app(),
            }
        }}
        {move || preview.view.with(|view| (!view.conditions.is_empty()).then(|| {
            let row = |(condition, holds): &(String, bool)| view! {
                <li><code>{condition.clone()}</code> {if *holds { " holds for this person" } else { " does not hold for this person" }}</li>
            };
            view! { <details class="conditions"><summary>"What depends on the person"</summary><ul>{view.conditions.iter().map(row).collect_view()}</ul></details> }
        }))}
    }
}
