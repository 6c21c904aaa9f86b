//! The window without a project: an example, a blank journey, or what one has already.

use bridge::{Example, ListExamples, OpenExample};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{DocumentId, Project};
use serde_json::json;

use crate::recent::RecentProjects;
use crate::store::{Dialog, Store, store};
use crate::tour::Offer;
use crate::transport;

/// The start.
#[component]
pub fn Start() -> impl IntoView {
    let store = store();
    let examples: RwSignal<Vec<Example>> = RwSignal::new(Vec::new());
    spawn_local(async move {
        match transport::call(&ListExamples {}).await {
            Ok(found) => examples.set(found),
            Err(failure) => store.tell_failure(failure),
        }
    });
    let open = move |name: String| {
        spawn_local(async move {
            match transport::call(&OpenExample { name }).await {
                Ok(opened) => store.take(opened),
                Err(failure) => store.tell_failure(failure),
            }
        });
    };
    view! {
        <main class="start">
            <header>
                <span class="mark" aria-hidden="true"></span>
                <h1>"Waymark"</h1>
                <p>"Draw a customer journey, check it, run people through it, publish it."</p>
            </header>
            <Offer />
            <div class="starts">
                <section class="gallery">
                    <h2>"Start from an example"</h2>
                    <For each=move || by_goal(examples.get()) key=|(goal, _)| goal.clone() let:shelf>
                        <div class="goal">
                            <h3>{shelf.0}</h3>
                            <ul class="examples">
                                {shelf.1.into_iter().map(|example| card(example, open)).collect_view()}
                            </ul>
                        </div>
                    </For>
                </section>
                <section>
                    <h2>"Start blank"</h2>
                    <p>"A new journey with its entry in place."</p>
                    <button class="primary" data-test="blank" on:click=move |_| blank(store)>"New journey"</button>
                </section>
                <section>
                    <h2>"Open what you have"</h2>
                    <p>"A project folder, or journeys saved from Amazon Pinpoint: get-journey output, API dumps, a folder of them."</p>
                    <div class="row">
                        <button class="primary" data-test="open" on:click=move |_| store.dialog.set(Some(Dialog::Open))>"Open"</button>
                        <button data-test="paste" on:click=move |_| store.dialog.set(Some(Dialog::Paste))>"Paste JSON"</button>
                    </div>
                </section>
                <RecentProjects />
            </div>
        </main>
    }
}

/// One example: its title and the first words of what it shows; all of it on hover.
fn card(example: Example, open: impl Fn(String) + Copy + 'static) -> impl IntoView {
    let Example { name, title, description, .. } = example;
    let first = first_words(&description).to_owned();
    view! {
        <li>
            <button class="example" data-example=name.clone() title=description on:click=move |_| open(name.clone())>
                <strong>{title}</strong>
                <span>{first}</span>
            </button>
        </li>
    }
}

/// The examples that follow each other with the same goal, together.
fn by_goal(examples: Vec<Example>) -> Vec<(String, Vec<Example>)> {
    let mut shelves: Vec<(String, Vec<Example>)> = Vec::new();
    for example in examples {
        match shelves.last_mut() {
            Some((goal, shelf)) if *goal == example.goal => shelf.push(example),
            _ => shelves.push((example.goal.clone(), vec![example])),
        }
    }
    shelves
}

/// What stands before the first colon or the end of the first sentence; all of the text where there is neither.
fn first_words(text: &str) -> &str {
    let sentence = text.split_once(". ").map_or(text, |(first, _)| first);
    sentence.split_once(": ").map_or(sentence, |(first, _)| first).trim_end_matches('.')
}

/// Opens a new project with one journey of which only the entry is placed.
fn blank(store: Store) {
    let mut project = Project::default();
    project.settings.name = "Untitled".to_owned();
    let journey = json!({
        "Name": "journey-1",
        "State": "DRAFT",
        "StartCondition": {"SegmentStartCondition": {}},
        "Activities": {}
    });
    project.documents.insert(DocumentId::Journey("journey-1".to_owned()), journey);
    store.take(bridge::Opened { project, ..bridge::Opened::default() });
}
