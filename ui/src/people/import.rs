//! A file of people: chosen, looked into, its columns mapped, and imported whole or not at all.

use audience::import::channel_of;
use bridge::{FileLook, Import, ImportView, Importing, LookAtFile};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::DocumentId;

use super::fetch::FromTarget;
use super::file::{take_file, take_path};
use super::{Desk, PeopleFile, desk};
use crate::problems::{sentence, sentences};
use crate::simulate::flow::{grouped, percent};
use crate::transport;

/// From one look at the progress to the next.
const BREATH: std::time::Duration = std::time::Duration::from_millis(150);
/// Cells of a column that are shown.
const CELLS: usize = 3;
/// Channels that all rows can be of.
const CHANNELS: [&str; 8] = ["EMAIL", "SMS", "VOICE", "GCM", "APNS", "IN_APP", "CUSTOM", "ADM"];

/// An import under way, by its number, and how far it is.
#[derive(Clone, PartialEq)]
struct Running {
    number: u64,
    view: ImportView,
}

/// The panel.
#[component]
pub fn ImportPanel() -> impl IntoView {
    let desk = desk();
    let store = desk.store;
    let look = RwSignal::new(None::<FileLook>);
    let columns = RwSignal::new(Vec::<String>::new());
    let channel = RwSignal::new(String::new());
    let segment = RwSignal::new(String::new());
    let running = RwSignal::new(None::<Running>);
    Effect::new(move |_| {
        look.set(None);
        running.set(None);
        let Some(file) = store.people_file.get() else { return };
        spawn_local(async move {
            match transport::call(&LookAtFile { path: file.path }).await {
                Ok(found) => {
                    columns.set(found.columns.iter().map(|column| column.guess.clone()).collect());
                    channel.set(guess_channel(&found));
                    look.set(Some(found));
                }
                Err(failure) => store.tell_failure(failure),
            }
        });
    });
    let start = move |leave_out: bool| {
        let (Some(folder), Some(PeopleFile { path, name })) =
            (store.folder.get_untracked(), store.people_file.get_untracked())
        else {
            return;
        };
        let own = columns.with_untracked(|columns| columns.iter().any(|column| column == "ChannelType"));
        let channel = if own { String::new() } else { channel.get_untracked() };
        let (columns, segment) = (columns.get_untracked(), segment.get_untracked());
        let command = Import { folder, path, name, columns, channel, leave_out, segment };
        spawn_local(async move {
            match transport::call(&command).await {
                Ok(number) => {
                    running.set(Some(Running { number, view: ImportView::default() }));
                    follow(desk, running, number);
                }
                Err(failure) => store.tell_failure(failure),
            }
        });
    };
    let cancel = move |_| {
        let Some(number) = running.with_untracked(|running| running.as_ref().map(|running| running.number)) else {
            return;
        };
        spawn_local(async move {
            // An import that is over can not be stopped any more.
            let _ = transport::call(&Importing { number, cancel: true }).await;
        });
    };
    let under_way = move || running.with(|running| running.as_ref().is_some_and(|running| !running.view.ended));
    view! {
        <h2>"Import people"</h2>
        <Chooser />
        <FromTarget />
        {move || look.get().map(|look| view! {
            <Mapped look=look columns=columns channel=channel />
            <ListOf segment=segment />
            <div class="actions">
                <button type="button" class="primary" data-test="import-go" disabled=under_way on:click=move |_| start(false)>"Import"</button>
            </div>
        })}
        {move || running.get().map(|running| progress(running, cancel, move || start(true)))}
    }
}

/// Asks how far an import is, until it has ended; the room may be left meanwhile.
fn follow(desk: Desk, running: RwSignal<Option<Running>>, number: u64) {
    spawn_local(async move {
        let Ok(mut view) = transport::call(&Importing { number, cancel: false }).await else { return };
        let ended = view.ended;
        if let Some(file) = &view.written {
            desk.store.tell(format!("{} endpoints are in {file}.", grouped(view.rows)));
            desk.changed(std::mem::take(&mut view.edit));
        }
        running.try_update(|running| {
            if let Some(running) = running.as_mut().filter(|running| running.number == number) {
                running.view = view;
            }
        });
        if !ended {
            set_timeout(move || follow(desk, running, number), BREATH);
        }
    });
}

fn guess_channel(look: &FileLook) -> String {
    let column = look.columns.iter().position(|column| column.guess == "Address");
    let cells: Vec<&str> = column
        .map(|column| {
            look.rows.iter().filter_map(|row| row.get(column)).map(String::as_str).filter(|c| !c.is_empty()).collect()
        })
        .unwrap_or_default();
    channel_of(&cells).unwrap_or_default().to_owned()
}

/// How files of people end.
const ENDINGS: &[&str; 5] = &["csv", "jsonl", "ndjson", "json", "txt"];

/// Where the file comes from.
#[component]
fn Chooser() -> impl IntoView {
    let desk = desk();
    let store = desk.store;
    let input = NodeRef::<html::Input>::new();
    let take = move |_| {
        if let Some(file) = input.get_untracked().and_then(|input| input.files()).and_then(|files| files.get(0)) {
            take_file(store, file);
        }
    };
    let pick = move |_| {
        spawn_local(async move {
            if let Some(path) = transport::pick_file("Import people", ENDINGS).await {
                take_path(store, path);
            }
        });
    };
    let chosen = move || store.people_file.with(|file| file.as_ref().map(|file| file.name.clone()));
    view! {
        <p class="note">"CSV with one person's address a line, or JSON lines, up to 1 GB. Drop the file on the window, or choose it."</p>
        <Show when=transport::in_desktop fallback=move || view! {
            <input type="file" accept=ENDINGS.map(|ending| format!(".{ending}")).join(",") aria-label="File of people" data-test="import-file" node_ref=input on:change=take />
        }>
            <button type="button" on:click=pick>"Choose a file"</button>
        </Show>
        <Show when=move || transport::in_desktop() && chosen().is_some()><p class="clip">{chosen}</p></Show>
    }
}

/// The columns, each with its first cells and what it is taken for.
#[component]
fn Mapped(look: FileLook, columns: RwSignal<Vec<String>>, channel: RwSignal<String>) -> impl IntoView {
    if look.columns.is_empty() {
        let rows = look.rows.into_iter().take(CELLS).flatten();
        return view! {
            <p class="note">"JSON lines have Pinpoint's members already. The first of them:"</p>
            <pre class="first-lines" tabindex="0">{rows.collect::<Vec<_>>().join("\n")}</pre>
        }
        .into_any();
    }
    let rows = look.rows.clone();
    let each = look.columns.into_iter().enumerate().map(move |(number, column)| {
        let cells: Vec<String> = rows.iter().filter_map(|row| row.get(number)).filter(|c| !c.is_empty()).take(CELLS).cloned().collect();
        let named = if column.name.is_empty() { format!("Column {}", number + 1) } else { column.name };
        let label = format!("What {named} is");
        let now = move || columns.with(|columns| columns.get(number).cloned().unwrap_or_default());
        view! {
            <li class:out=move || now().is_empty()>
                <strong class="clip">{named}</strong>
                <span class="cells-of clip is-personal" dir="auto">{cells.join(" · ")}</span>
                <input type="text" list="import-members" aria-label=label data-column=number.to_string() placeholder="Left out" prop:value=now
                    on:change=move |event| columns.update(|columns| if let Some(column) = columns.get_mut(number) { *column = event_target_value(&event).trim().to_owned() }) />
            </li>
        }
    });
    let members: Vec<_> = look.members.iter().map(|member| view! { <option value=member.clone()></option> }).collect();
    let needs_channel = move || columns.with(|columns| !columns.iter().any(|column| column == "ChannelType"));
    view! {
        <p class="note">"What each column is. Anything of your own is Attributes.NAME, Metrics.NAME for numbers, or User.UserAttributes.NAME."</p>
        <datalist id="import-members">{members}</datalist>
        <ul class="mapped" data-test="import-columns">{each.collect_view()}</ul>
        <Show when=needs_channel>
            <label class="field">
                <span class="name">"Channel of all rows"</span>
                <select data-test="import-channel" prop:value=move || channel.get() on:change=move |event| channel.set(event_target_value(&event))>
                    <option value="" selected=move || channel.with(String::is_empty)>"Not said"</option>
                    {CHANNELS.iter().map(|word| view! { <option value=*word selected=move || channel.with(|channel| channel == word)>{*word}</option> }).collect_view()}
                </select>
            </label>
        </Show>
    }
    .into_any()
}

/// The imported segment whose list they go on, where the project has some.
#[component]
fn ListOf(segment: RwSignal<String>) -> impl IntoView {
    let store = desk().store;
    let lists = Memo::new(move |_| {
        store.project.with(|project| {
            let imported = |id: &DocumentId| project.documents.get(id).is_some_and(audience::is_imported);
            let segments = project.documents.keys().filter(|id| matches!(id, DocumentId::Segment(_)) && imported(id));
            segments.map(|id| id.name().to_owned()).collect::<Vec<_>>()
        })
    });
    view! {
        <Show when=move || !lists.with(Vec::is_empty)>
            <label class="field">
                <span class="name">"They are on the list of"</span>
                <select data-test="import-segment" prop:value=move || segment.get() on:change=move |event| segment.set(event_target_value(&event))>
                    <option value="">"No imported segment"</option>
                    {move || lists.get().into_iter().map(|name| view! { <option value=name.clone()>{name.clone()}</option> }).collect_view()}
                </select>
            </label>
        </Show>
    }
}

fn progress(
    running: Running,
    cancel: impl Fn(leptos::ev::MouseEvent) + 'static,
    leave_out: impl Fn() + 'static,
) -> impl IntoView {
    let view = running.view;
    let words = match (&view.written, &view.failure, view.ended) {
        (Some(file), _, _) => format!("{} endpoints are in {file}.", grouped(view.rows)),
        (_, Some(failure), _) => sentences(&failure.message, &failure.help),
        (_, _, true) if view.bad > 0 => {
            format!("Nothing was imported: {} of {} rows are wrong.", grouped(view.bad), grouped(view.bad + view.rows))
        }
        (_, _, true) => "Nothing was imported: it was cancelled.".to_owned(),
        (_, _, false) => format!("{}, {} endpoints so far", percent(view.share), grouped(view.rows)),
    };
    let width = format!("{:.1}%", view.share * 100.0);
    let offers = view.ended && view.written.is_none() && view.failure.is_none() && view.bad > 0 && view.rows > 0;
    let shown = view.problems.len() as u64;
    let left = view.bad.saturating_sub(shown);
    let problems: Vec<_> = view.problems.into_iter().map(|(line, column, why)| {
        view! { <li><span class="weight">{format!("Line {line}")}</span><span>{(!column.is_empty()).then(|| view! { <code>{column}</code> " " })}{sentence(&why)}</span></li> }
    }).collect();
    view! {
        <div class="importing" role="status" data-test="importing">
            <div class="member-share" aria-hidden="true"><div style:width=width></div></div>
            <p>{words}</p>
            {(!view.ended).then(|| view! { <button type="button" data-test="import-cancel" on:click=cancel>"Cancel"</button> })}
            {offers.then(|| view! { <button type="button" data-test="import-others" on:click=move |_| leave_out()>{format!("Import the other {}", grouped(view.rows))}</button> })}
            <ul class="complaints" data-test="import-problems">{problems}</ul>
            {(left > 0).then(|| view! { <p class="note">{format!("And {} more.", grouped(left))} {view.report.map(|path| format!(" All of them: {path}"))}</p> })}
        </div>
    }
}
