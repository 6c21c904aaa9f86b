//! What is in the project: its journeys, and the documents that they need.

use leptos::prelude::*;
use model::{DocumentId, Edit, Severity, TemplateKind, path};
use serde_json::json;

use crate::simulate::flow::grouped;
use crate::store::{Dialog, Room, Store, store};

/// The lists of documents.
#[component]
pub fn Sidebar() -> impl IntoView {
    let store = store();
    view! {
        <nav class="journeys" aria-label="Project">
            <div class="heading">
                <h2>"Journeys"</h2>
                <button class="quiet" title="Add a journey" aria-label="Add a journey" on:click=move |_| add_journey(store)>"+"</button>
            </div>
            {list(store, |id| matches!(id, DocumentId::Journey(_)))}
            {section(store, "Campaigns", |id| matches!(id, DocumentId::Campaign(_)))}
            {section(store, "Segments", |id| matches!(id, DocumentId::Segment(_)))}
            {TemplateKind::ALL.map(|of| section(store, plural(of), move |id| matches!(id, DocumentId::Template(kind, _) if *kind == of))).collect_view()}
            {section(store, "Partials", |id| matches!(id, DocumentId::Partial(_)))}
            <button class="quiet add" data-test="add-document" on:click=move |_| store.dialog.set(Some(Dialog::AddDocument))>
                "Add a message, segment or campaign"
            </button>
            <button class="section" data-test="calendar" aria-current=move || (store.room.get() == Room::Calendar).then_some("true")
                on:click=move |_| store.room.set(Room::Calendar)>
                <span class="clip">"Calendar"</span>
            </button>
            <button class="section" data-test="people" aria-current=move || (store.room.get() == Room::People).then_some("true")
                on:click=move |_| store.room.set(Room::People)>
                <span class="clip">"Sample people"</span>
                <span class="number">{move || grouped(store.endpoints.get())}</span>
            </button>
            <dl class="contents">
                <div><dt>"Recorded events"</dt><dd>{move || store.events.get()}</dd></div>
            </dl>
        </nav>
    }
}

fn plural(kind: TemplateKind) -> &'static str {
    match kind {
        TemplateKind::Email => "E-mails",
        TemplateKind::Sms => "Text messages",
        TemplateKind::Push => "Push notifications",
        TemplateKind::InApp => "In-app messages",
        TemplateKind::Voice => "Voice messages",
    }
}

/// A list that is folded until somebody asks for it, or what the window is about is in it.
fn section(
    store: Store,
    title: &'static str,
    belongs: impl Fn(&DocumentId) -> bool + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let count =
        Memo::new(move |_| store.project.with(|project| project.documents.keys().filter(|id| belongs(id)).count()));
    let holds = move || store.room.with(|room| matches!(room, Room::Document(id) if belongs(id)));
    let unfolded = RwSignal::new(false);
    Effect::new(move |_| {
        if holds() {
            unfolded.set(true);
        }
    });
    view! {
        <Show when=move || { count.get() > 0 }>
            <button
                class="section"
                data-section=title
                aria-expanded=move || unfolded.get().to_string()
                on:click=move |_| unfolded.update(|open| *open = !*open)
            >
                <span class="fold" aria-hidden="true">{move || if unfolded.get() { "▾" } else { "▸" }}</span>
                <span class="clip">{title}</span>
                <span class="number">{move || count.get()}</span>
            </button>
            <Show when=move || unfolded.get()>{list(store, belongs)}</Show>
        </Show>
    }
}

fn list(store: Store, belongs: impl Fn(&DocumentId) -> bool + Copy + Send + Sync + 'static) -> impl IntoView {
    let ids = Memo::new(move |_| {
        store.project.with(|project| project.documents.keys().filter(|id| belongs(id)).cloned().collect::<Vec<_>>())
    });
    view! {
        <ul>
            <For each=move || ids.get() key=|id| id.clone() let:id>
                <li>{entry(store, id)}</li>
            </For>
        </ul>
    }
}

fn entry(store: Store, id: DocumentId) -> impl IntoView {
    let (name, place) = (id.name().to_owned(), id.to_string());
    let counts = {
        let id = id.clone();
        Memo::new(move |_| {
            store.report.with(|report| {
                let errors = report.of(&id).filter(|found| found.severity == Severity::Error).count();
                (errors, report.of(&id).count())
            })
        })
    };
    let here = {
        let id = id.clone();
        move || {
            store.subject.with(|subject| *subject == id)
                && store.room.with(|room| !matches!(room, Room::People | Room::Calendar))
        }
    };
    view! {
        <button class="journey" data-document=place aria-current=move || here().then_some("true") on:click=move |_| store.visit(&id)>
            <span class="clip">{name}</span>
            <Show when=move || { counts.get().1 > 0 }>
                <span
                    class="count"
                    class:bad=move || { counts.get().0 > 0 }
                    title=move || { let (errors, all) = counts.get(); format!("{errors} errors, {} warnings", all - errors) }
                >
                    {move || counts.get().1}
                </span>
            </Show>
        </button>
    }
}

/// Adds a blank journey and shows it.
pub fn add_journey(store: Store) {
    let name =
        (1..).map(|n| format!("journey-{n}")).find(|name| store.project.with_untracked(|p| p.journey(name).is_none()));
    if let Some(name) = name {
        let id = DocumentId::Journey(name.clone());
        let blank =
            json!({"Name": name, "State": "DRAFT", "StartCondition": {"SegmentStartCondition": {}}, "Activities": {}});
        store.edit(Edit::new(format!("Add journey {name}")).set(&id, path![], blank));
        store.show(&name);
    }
}

/// Asks for the kind and the name of a document, adds it, and goes there.
pub fn add_document(store: Store) -> impl IntoView {
    let kinds: Vec<fn(String) -> DocumentId> = vec![
        |name| DocumentId::Template(TemplateKind::Email, name),
        |name| DocumentId::Template(TemplateKind::Sms, name),
        |name| DocumentId::Template(TemplateKind::Push, name),
        |name| DocumentId::Template(TemplateKind::InApp, name),
        |name| DocumentId::Template(TemplateKind::Voice, name),
        DocumentId::Segment,
        DocumentId::Campaign,
        |name| match [".html", ".mjml", ".txt"].iter().any(|ending| name.ends_with(ending)) {
            true => DocumentId::Partial(name),
            false => DocumentId::Partial(format!("{name}.html")),
        },
    ];
    let chosen = RwSignal::new(0usize);
    let name = RwSignal::new(String::new());
    let made = {
        let kinds = kinds.clone();
        move || kinds.get(chosen.get()).map(|of| of(name.get().trim().to_owned()))
    };
    let wrong = {
        let made = made.clone();
        Memo::new(move |_| made().and_then(|id| refusal(store, &id)))
    };
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(id) = made().filter(|id| refusal(store, id).is_none()) else { return };
        let words = id.kind().to_lowercase();
        store.edit(Edit::new(format!("Add {words} {}", id.name())).set(&id, path![], blank(&id)));
        store.dialog.set(None);
        store.visit(&id);
    };
    view! {
        <form on:submit=go>
            <fieldset class="group">
                <legend>"What"</legend>
                {kinds.into_iter().enumerate().map(|(place, of)| view! {
                    <label class="field check">
                        <input type="radio" name="kind" prop:checked=move || chosen.get() == place on:change=move |_| chosen.set(place) />
                        <span class="name">{of(String::new()).kind()}</span>
                    </label>
                }).collect_view()}
            </fieldset>
            <label class="field">
                <span class="name">"Name"</span>
                <input type="text" data-test="document-name" prop:value=move || name.get() on:input=move |event| name.set(event_target_value(&event)) />
                {move || wrong.get().filter(|_| !name.with(|name| name.trim().is_empty())).map(|why| view! { <span class="complaint bad">{why}</span> })}
            </label>
            <div class="actions"><button class="primary" type="submit" disabled=move || wrong.get().is_some()>"Add"</button></div>
        </form>
    }
}

/// Why a document can not be added under its name; `None` = it can. Names are those of files, and of the API's paths.
fn refusal(store: Store, id: &DocumentId) -> Option<String> {
    let name = id.name();
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(fits) {
        return Some(
            "A name has letters, digits, hyphens, underscores and full stops, and begins with none.".to_owned(),
        );
    }
    let taken = store.project.with_untracked(|project| project.documents.contains_key(id));
    taken.then(|| format!("There is one called {name} already."))
}

/// A document to begin with: what its kind has to have.
fn blank(id: &DocumentId) -> serde_json::Value {
    match id {
        DocumentId::Template(TemplateKind::Email, _) => json!({"Subject": "", "HtmlPart": "", "TextPart": ""}),
        DocumentId::Template(TemplateKind::Sms | TemplateKind::Voice, _) => json!({"Body": ""}),
        DocumentId::Template(TemplateKind::Push, _) => {
            json!({"Default": {"Action": "OPEN_APP", "Title": "", "Body": ""}})
        }
        DocumentId::Template(TemplateKind::InApp, _) => json!({"Layout": "MIDDLE_BANNER", "Content": [{}]}),
        DocumentId::Segment(name) => json!({"Name": name, "SegmentGroups": {"Include": "ALL", "Groups": []}}),
        DocumentId::Campaign(name) => json!({"Name": name, "Schedule": {"StartTime": "IMMEDIATE"}}),
        DocumentId::Source(..) | DocumentId::Partial(_) => json!(""),
        DocumentId::Journey(_) | DocumentId::Canvas(_) | DocumentId::Conflicts(_) => json!({}),
    }
}
