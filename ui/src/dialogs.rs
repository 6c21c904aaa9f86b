//! What stands over the window: dialogs and notices; and saving and opening, which need them.

use bridge::{FailureCode, OpenPath, Save};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::DocumentId;

use crate::autosave;
use crate::canvas::take_documents;
use crate::commands::{COMMANDS, GESTURES};
use crate::finder::{Finder, Over};
use crate::modal;
use crate::problems::{sentence, sentences};
use crate::review::review;
use crate::rule_page::rule_page;
use crate::sidebar::add_document;
use crate::store::{Dialog, Store, store};
use crate::transport;

/// Saves the project; asks for a folder when it has none.
pub fn save(store: Store) {
    match store.folder.get_untracked() {
        Some(folder) => save_into(store, folder, false),
        None => store.dialog.set(Some(Dialog::SaveAs)),
    }
}

fn save_into(store: Store, folder: String, overwrite_damaged: bool) {
    // The journal has everything first, so that undo and redo stay when the machine starts it anew.
    store.autosave.alone(store, move || save_now(store, folder, overwrite_damaged));
}

async fn save_now(store: Store, folder: String, overwrite_damaged: bool) {
    let project = store.project.get_untracked();
    let removed: Vec<DocumentId> = store.saved.with_untracked(|saved| {
        saved.documents.keys().filter(|id| !project.documents.contains_key(id)).cloned().collect()
    });
    let command = Save {
        folder: folder.clone(),
        project: project.clone(),
        removed,
        overwrite_damaged,
        journal: store.autosave.journal(),
    };
    match transport::call(&command).await {
        Ok(done) => {
            store.saved.set(project);
            store.folder.set(Some(folder));
            if overwrite_damaged {
                store.file_problems.set(Vec::new());
            }
            store.tell(match done.written.len() + done.removed.len() {
                0 => "Everything was saved already.".to_owned(),
                1 => "Saved 1 file.".to_owned(),
                n => format!("Saved {n} files."),
            });
        }
        Err(failure)
            if failure.code == FailureCode::WouldLose && !store.file_problems.with_untracked(Vec::is_empty) =>
        {
            store.dialog.set(Some(Dialog::Damaged));
        }
        Err(failure) => store.tell_failure(failure),
    }
}

/// Closes the project and goes to the start; asks first where changes are not saved.
pub fn close_project(store: Store) {
    if store.dirty.get_untracked() { store.dialog.set(Some(Dialog::Leave)) } else { store.open.set(false) }
}

/// Opens a path on this machine.
pub fn open_path(store: Store, path: String) {
    spawn_local(async move {
        match transport::call(&OpenPath { path }).await {
            Ok(opened) => store.take(opened),
            Err(failure) => store.tell_failure(failure),
        }
    });
}

/// The message at the foot of the window, and damaged files.
#[component]
pub fn Notices() -> impl IntoView {
    let store = store();
    view! {
        {move || {
            store.notice.get().map(|notice| {
                view! {
                    <div class="notice" class:bad=notice.bad role=if notice.bad { "alert" } else { "status" } data-test="notice">
                        <span>{sentences(&notice.text, &notice.help)}</span>
                        <button class="quiet" aria-label="Close" on:click=move |_| store.notice.set(None)>"×"</button>
                    </div>
                }
            })
        }}
        <Show when=move || store.open.get() && !store.file_problems.with(Vec::is_empty)>
            <section class="damaged" aria-label="Damaged files" data-test="damaged">
                <details>
                    <summary>
                        {move || {
                            let n = store.file_problems.with(Vec::len);
                            format!("{n} {} in the files. They are not overwritten unless you say so.", if n == 1 { "problem" } else { "problems" })
                        }}
                    </summary>
                    <ul>
                        {move || store.file_problems.get().into_iter().map(|problem| {
                            let place = if problem.line == 0 { problem.file } else { format!("{}:{}:{}", problem.file, problem.line, problem.column) };
                            view! { <li><code>{place}</code> " " {sentence(&problem.message)}</li> }
                        }).collect_view()}
                    </ul>
                </details>
            </section>
        </Show>
    }
}

/// The dialog over the window.
#[component]
pub fn Dialogs() -> impl IntoView {
    let store = store();
    view! {
        {move || {
            store.dialog.get().map(|dialog| {
                let title = match &dialog {
                    Dialog::SaveAs => "Save the project",
                    Dialog::Open => "Open",
                    Dialog::Paste => "Paste JSON",
                    Dialog::Keys => "Keys",
                    Dialog::Commands => "Commands",
                    Dialog::Find => "Find in the project",
                    Dialog::Connect => "Connect to a step",
                    Dialog::AddStep => "Add a step here",
                    Dialog::AddDocument => "Add to the project",
                    Dialog::Damaged => "Damaged files",
                    Dialog::Leave => "Unsaved changes",
                    Dialog::Review(_) => "Review",
                    Dialog::Rule { id, .. } => validation::explain(id).map_or("A rule", |rule| rule.title),
                };
                let wide = matches!(dialog, Dialog::Review(_) | Dialog::Rule { .. });
                let title = crate::problems::sentence(title);
                let heading = title.clone();
                let body = match dialog {
                    Dialog::SaveAs => path_form(store, "Folder for the project", "Save", None, |store, path| save_into(store, path, false)).into_any(),
                    Dialog::Open => path_form(store, "Path of a project folder, a JSON file or a folder of them", "Open", Some(&["json", "zip"]), open_path).into_any(),
                    Dialog::Paste => paste_form(store).into_any(),
                    Dialog::Keys => keys_sheet().into_any(),
                    Dialog::Commands => view! { <Finder over=Over::Commands /> }.into_any(),
                    Dialog::Find => view! { <Finder over=Over::Project /> }.into_any(),
                    Dialog::Connect => view! { <Finder over=Over::Targets /> }.into_any(),
                    Dialog::AddStep => view! { <Finder over=Over::Kinds /> }.into_any(),
                    Dialog::AddDocument => add_document(store).into_any(),
                    Dialog::Damaged => damaged(store).into_any(),
                    Dialog::Leave => leave(store).into_any(),
                    Dialog::Review(of) => review(of),
                    Dialog::Rule { id, back } => rule_page(&id, back.map(|back| *back)),
                };
                let element = NodeRef::<html::Div>::new();
                let hold = modal::hold(element);
                view! {
                    <div class="veil" on:pointerdown=move |_| store.dialog.set(None)>
                        <div class="dialog" class:wide=wide role="dialog" aria-modal="true" aria-label=heading node_ref=element
                            on:keydown=hold on:pointerdown=|event| event.stop_propagation()>
                            <div class="head">
                                <h2>{title}</h2>
                                <button class="quiet" aria-label="Close" on:click=move |_| store.dialog.set(None)>"×"</button>
                            </div>
                            {body}
                        </div>
                    </div>
                }
            })
        }}
    }
}

/// Asks for a path, which in the desktop can be picked: for a folder, and for a file where some with these endings will do.
fn path_form(
    store: Store,
    label: &'static str,
    verb: &'static str,
    files: Option<&'static [&'static str]>,
    act: fn(Store, String),
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
    let take = move |path: Option<String>| {
        if let (Some(path), Some(input)) = (path, input.get_untracked()) {
            input.set_value(&path);
            let _ = input.focus();
        }
    };
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let path = input.get_untracked().map(|i| i.value().trim().to_owned()).unwrap_or_default();
        if !path.is_empty() {
            store.dialog.set(None);
            act(store, path);
        }
    };
    view! {
        <form on:submit=go>
            <label class="field">
                <span class="name">{label}</span>
                <span class="pair">
                    <input type="text" node_ref=input data-test="path" placeholder="/home/me/journeys/welcome" autocomplete="off" />
                    <Show when=transport::in_desktop>
                        <button type="button" on:click=move |_| spawn_local(async move { take(transport::pick_folder(if files.is_some() { "Open a folder" } else { label }).await) })>
                            {if files.is_some() { "Folder" } else { "Browse" }}
                        </button>
                        {files.map(|endings| view! {
                            <button type="button" on:click=move |_| spawn_local(async move { take(transport::pick_file("Open a file", endings).await) })>"File"</button>
                        })}
                    </Show>
                </span>
            </label>
            <div class="actions"><button class="primary" type="submit">{verb}</button></div>
        </form>
    }
}

fn paste_form(store: Store) -> impl IntoView {
    let input = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        take_documents(store, input.get_untracked().map(|i| i.value()).unwrap_or_default());
    };
    view! {
        <form on:submit=go>
            <label class="field">
                <span class="name">"A journey, segment, campaign or template as the API or the AWS CLI prints it; several at once are fine"</span>
                <textarea rows="14" node_ref=input data-test="paste-text" spellcheck="false"></textarea>
            </label>
            <div class="actions"><button class="primary" type="submit">{if store.open.get_untracked() { "Add" } else { "Open" }}</button></div>
        </form>
    }
}

fn keys_sheet() -> impl IntoView {
    let commands =
        COMMANDS.iter().filter(|command| !command.keys.is_empty()).map(|command| (command.keys, command.words));
    let with_keys = commands.chain(GESTURES.iter().copied());
    view! {
        <dl class="keys">
            {with_keys.map(|(key, does)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div> }).collect_view()}
        </dl>
    }
}

fn damaged(store: Store) -> impl IntoView {
    view! {
        <p>"Some files could not be read in full when the project was opened. Saving would write what could be read over them, and the rest would be lost."</p>
        <ul>
            {store.file_problems.get_untracked().into_iter().map(|problem| view! { <li><code>{problem.file}</code> " " {sentence(&problem.message)}</li> }).collect_view()}
        </ul>
        <div class="actions">
            <button on:click=move |_| store.dialog.set(Some(Dialog::SaveAs))>"Save elsewhere"</button>
            <button class="danger" on:click=move |_| {
                store.dialog.set(None);
                if let Some(folder) = store.folder.get_untracked() { save_into(store, folder, true) }
            }>"Overwrite them"</button>
        </div>
    }
}

fn leave(store: Store) -> impl IntoView {
    view! {
        <p>"The project has changes that are not saved."</p>
        <div class="actions">
            <button on:click=move |_| store.dialog.set(None)>"Stay"</button>
            <button class="danger" on:click=move |_| { store.dialog.set(None); autosave::leave(store) }>"Leave without saving"</button>
        </div>
    }
}
