//! The journeys of the project, and what else is in its folder.

use leptos::prelude::*;
use model::{DocumentId, Edit, Severity, TemplateKind, path};
use serde_json::json;

use crate::store::{Store, store};

/// The list of journeys.
#[component]
pub fn Sidebar() -> impl IntoView {
    let store = store();
    let journeys = Memo::new(move |_| {
        store.project.with(|project| {
            project.documents.keys().filter(|id| matches!(id, DocumentId::Journey(_))).cloned().collect::<Vec<_>>()
        })
    });
    let contents = move || {
        store.project.with(|project| {
            let segments = project.segment_names().count();
            let templates: usize = TemplateKind::ALL.iter().map(|kind| project.template_names(*kind).count()).sum();
            let campaigns = project.documents.keys().filter(|id| matches!(id, DocumentId::Campaign(_))).count();
            [("Segments", segments as u64), ("Templates", templates as u64), ("Campaigns", campaigns as u64)]
        })
    };
    let worst = move |id: DocumentId| {
        store.report.with(|report| {
            let errors = report.of(&id).filter(|found| found.severity == Severity::Error).count();
            let all = report.of(&id).count();
            (errors, all)
        })
    };
    view! {
        <nav class="journeys" aria-label="Journeys">
            <div class="heading">
                <h2>"Journeys"</h2>
                <button class="quiet" title="Add a journey" aria-label="Add a journey" on:click=move |_| add_journey(store)>"+"</button>
            </div>
            <ul>
                <For each=move || journeys.get() key=|id| id.clone() let:id>
                    {
                        let name = id.name().to_owned();
                        let shown = name.clone();
                        let here = name.clone();
                        let counts = Memo::new(move |_| worst(id.clone()));
                        view! {
                            <li>
                                <button
                                    class="journey"
                                    aria-current=move || (store.journey.get() == here).then_some("true")
                                    on:click=move |_| store.show(&name)
                                >
                                    <span class="clip">{shown}</span>
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
                            </li>
                        }
                    }
                </For>
            </ul>
            <dl class="contents">
                {move || contents().into_iter().map(|(word, n)| view! { <div><dt>{word}</dt><dd>{n}</dd></div> }).collect_view()}
                <div><dt>"Sample people"</dt><dd>{move || store.endpoints.get()}</dd></div>
                <div><dt>"Recorded events"</dt><dd>{move || store.events.get()}</dd></div>
            </dl>
        </nav>
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
