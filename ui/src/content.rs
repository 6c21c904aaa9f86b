//! The room of a message: its texts on the left, on the right what one of the sample people gets.

mod code;
mod drawn;
pub mod partial;
mod preheader;
mod preview;
mod source;
mod test_send;
mod variables;
mod versions;

use leptos::prelude::*;
use model::{DocumentId, Markup, Place, TemplateKind, path, shapes};
use serde_json::Value;
use templates::plain_text;

use self::preheader::PreheaderField;
use self::preview::{Preview, PreviewPane};
use self::source::{MemberTexts, TextPart, Written};
use self::test_send::TestSend;
use self::variables::Variables;
use self::versions::Versions;
use crate::form::{field, members, value_at, write_as};
use crate::json_text::JsonText;
use crate::room::complaints;
use crate::store::{Store, store};

/// What is edited.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The texts.
    Message,
    /// The rest of the members.
    More,
    /// What it was before.
    Versions,
    /// The whole document.
    Json,
}

/// The room.
#[component]
pub fn Content(kind: TemplateKind, name: String) -> impl IntoView {
    let store = store();
    let used = name.clone();
    let id = DocumentId::Template(kind, name);
    let part = RwSignal::new(Part::Message);
    let preview = Preview::new(store, id.clone());
    // What people have is asked for, so that misspelled variables are found.
    store.known.found(store);
    let tab = move |of: Part, word: &'static str| {
        view! {
            <button role="tab" aria-selected=move || (part.get() == of).to_string() on:click=move |_| part.set(of)>{word}</button>
        }
    };
    let (edited, tested) = (id.clone(), id.clone());
    let complained = id.clone();
    view! {
        <div class="content">
            <section class="writing" aria-label="Message">
                <div class="modes" role="tablist" aria-label="Parts">
                    {tab(Part::Message, "Message")}
                    {tab(Part::More, "Settings")}
                    {tab(Part::Versions, "Versions")}
                    {tab(Part::Json, "JSON")}
                </div>
                {complaints(store, complained)}
                {move || match part.get() {
                    Part::Message => message(kind, id.name(), preview),
                    Part::More => settings(kind),
                    Part::Versions => view! { <Versions id=edited.clone() /> }.into_any(),
                    Part::Json => view! { <JsonText id=edited.clone() /> }.into_any(),
                }}
                {used_in(store, kind, used)}
            </section>
            <section class="reading" aria-label="Preview">
                <PreviewPane preview=preview kind=kind />
                <Variables preview=preview />
                <TestSend id=tested kind=kind preview=preview />
            </section>
        </div>
    }
}

/// Members that are texts of the message.
fn texts(kind: TemplateKind) -> &'static [&'static str] {
    match kind {
        TemplateKind::Email => &["Subject", "HtmlPart", "TextPart"],
        TemplateKind::Sms | TemplateKind::Voice => &["Body"],
        TemplateKind::Push => &["Default", "APNS", "GCM", "ADM", "Baidu"],
        TemplateKind::InApp => &["Content", "Layout"],
    }
}

const PAGE: Written = Written {
    member: "HtmlPart",
    label: "HTML",
    choice: "Page written as",
    markups: &[(Markup::Html, "HTML with partials"), (Markup::Mjml, "MJML")],
    rows: 18,
};
const PLAIN: &[(Markup, &str)] = &[(Markup::Text, "With partials")];

fn message(kind: TemplateKind, name: &str, preview: Preview) -> AnyView {
    let Some(shape) = shapes::find(kind.shape()) else { return ().into_any() };
    let text = move |member, label, choice, rows| {
        let text = Written { member, label, choice, markups: PLAIN, rows };
        view! { <TextPart kind=kind name=name.to_owned() text=text preview=preview /> }
    };
    match kind {
        TemplateKind::Email => view! {
            {shapes::find("__string").map(|text| field(text, shape.name, "Subject", path!["Subject"]))}
            <PreheaderField name=name.to_owned() preview=preview />
            <TextPart kind=kind name=name.to_owned() text=PAGE preview=preview />
            {text("TextPart", "Plain text", "Plain text written as", 6)}
            {made_text()}
        }
        .into_any(),
        TemplateKind::Sms => text("Body", "Text", "Written as", 5).into_any(),
        TemplateKind::Voice => text("Body", "Text, or SSML", "Written as", 8).into_any(),
        TemplateKind::Push | TemplateKind::InApp => {
            let others: Vec<&str> =
                shape.members().iter().map(|member| member.name).filter(|name| !texts(kind).contains(name)).collect();
            view! {
                {members(shape, &path![], texts(kind), &others)}
                <MemberTexts kind=kind name=name.to_owned() preview=preview />
            }
            .into_any()
        }
    }
}

/// Without plain text some is made when the mail is sent; it can be made here, and changed.
fn made_text() -> impl IntoView {
    let store = store();
    let (html, text) = (value_at(store, path!["HtmlPart"]), value_at(store, path!["TextPart"]));
    let is_empty = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).is_none_or(str::is_empty);
    let offered = move || text.with(is_empty) && !html.with(is_empty);
    let make = move |_| {
        let made = html.with_untracked(|html| plain_text(html.as_ref().and_then(Value::as_str).unwrap_or_default()));
        write_as(store, &path!["TextPart"], Some(Value::String(made)), "Make plain text from the HTML");
    };
    view! {
        <Show when=offered>
            <div class="note differs">
                <span>"It goes out with the words of the HTML as plain text."</span>
                <button data-test="make-text" on:click=make>"Write them here"</button>
            </div>
        </Show>
    }
}

fn settings(kind: TemplateKind) -> AnyView {
    let Some(shape) = shapes::find(kind.shape()) else { return ().into_any() };
    // Default values have their own place, beside the variables.
    let skip: Vec<&str> = texts(kind).iter().copied().chain(["DefaultSubstitutions"]).collect();
    members(shape, &path![], &["TemplateDescription"], &skip)
}

/// The journeys and campaigns that send it, each a way there.
fn used_in(store: Store, kind: TemplateKind, name: String) -> impl IntoView {
    let senders = Memo::new(move |_| store.project.with(|project| validation::senders(project, kind, &name)));
    let link = move |place: Place| {
        let words = match (&place.document, place.path.activity()) {
            (DocumentId::Journey(journey), Some(id)) => {
                let activity = store.project.with_untracked(|project| {
                    project.journey(journey)?.activity(id).map(|activity| activity.label().to_owned())
                });
                format!("{}, in the journey {journey}", activity.as_deref().unwrap_or(id))
            }
            (document, _) => format!("The campaign {}", document.name()),
        };
        view! { <li><button class="link" on:click=move |_| store.go_to_place(&place)>{words}</button></li> }
    };
    view! {
        <h2>"Where it is used"</h2>
        <Show when=move || !senders.with(Vec::is_empty) fallback=|| view! { <p class="note">"No journey and no campaign sends it."</p> }>
            <ul class="users">{move || senders.get().into_iter().map(link).collect_view()}</ul>
        </Show>
    }
}
