//! Who gets what when: the messages of everybody as a table, sorted, searched, and written to a file.

use bridge::{MessageColumn, MessageLine, Messages, MessagesPage, Who, WriteMessages};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::flow::grouped;
use super::moment;
use super::of;
use super::playback::{Tab, run_id, tell};
use crate::store::{Store, store};
use crate::transport;

/// Columns and their heads.
const COLUMNS: [(MessageColumn, &str); 7] = [
    (MessageColumn::Time, "Time (UTC)"),
    (MessageColumn::Person, "Person"),
    (MessageColumn::Channel, "Channel"),
    (MessageColumn::Activity, "Step"),
    (MessageColumn::Template, "Template"),
    (MessageColumn::Status, "Status"),
    (MessageColumn::Outcome, "Outcome"),
];

/// The table below the picture.
#[component]
pub fn MessageTable() -> impl IntoView {
    let store = store();
    let playback = store.playback;
    let text = RwSignal::new(String::new());
    let by = RwSignal::new(MessageColumn::Time);
    let descending = RwSignal::new(false);
    let page = RwSignal::new(None::<MessagesPage>);
    let writing = RwSignal::new(false);
    let asked = StoredValue::new(0u64);
    let ask = move |from: u64| {
        let Some(run_id) = run_id(store) else { return };
        asked.update_value(|asked| *asked += 1);
        let this = asked.get_value();
        let query = Messages {
            run_id,
            text: text.get_untracked(),
            by: by.get_untracked(),
            descending: descending.get_untracked(),
            from,
        };
        spawn_local(async move {
            let answer = transport::call(&query).await;
            if asked.try_get_value() != Some(this) {
                return;
            }
            match answer {
                Ok(more) if from > 0 => page.update(|page| {
                    if let Some(page) = page {
                        page.rows.extend(more.rows);
                    }
                }),
                Ok(first) => page.set(Some(first)),
                Err(failure) => store.tell_failure(failure),
            }
        });
    };
    Effect::new(move |_| {
        let shown = store.run.with(|run| run.as_ref().map(|run| run.run_id));
        text.track();
        by.track();
        descending.track();
        if shown.is_some() {
            ask(0);
        }
    });
    let sort = move |column: MessageColumn| {
        if by.get_untracked() == column {
            descending.update(|descending| *descending = !*descending);
        } else {
            by.set(column);
            descending.set(false);
        }
    };
    let heads: Vec<_> = COLUMNS
        .iter()
        .map(|(column, words)| {
            let column = *column;
            let direction = move || match (by.get() == column, descending.get()) {
                (false, _) => "none",
                (true, false) => "ascending",
                (true, true) => "descending",
            };
            let arrow = move || match direction() {
                "ascending" => "↑",
                "descending" => "↓",
                _ => "",
            };
            view! { <th scope="col" aria-sort=direction><button class="quiet" on:click=move |_| sort(column)>{*words} <span aria-hidden="true">{arrow}</span></button></th> }
        })
        .collect();
    let said = move || {
        page.with(|page| {
            let page = page.as_ref()?;
            let endpoints = store.run.with(|run| run.as_ref().map_or(0, |run| run.run.offered));
            let part = if page.endpoints < endpoints {
                format!(" of the first {} endpoints", grouped(page.endpoints))
            } else {
                String::new()
            };
            Some(format!("{}{part}", of(page.total, "message, sent or not", "messages, sent or not")))
        })
    };
    let rest = move || page.with(|page| page.as_ref().map_or(0, |page| page.total - page.rows.len() as u64));
    view! {
        <section class="message-table" aria-label="Messages of everybody" data-test="message-table">
            <header>
                <h2>"Who gets what when"</h2>
                <span class="note" role="status">{said}</span>
                <input type="search" placeholder="Person, step, template, status" aria-label="Search the messages" data-test="search-messages"
                    prop:value=move || text.get() on:input=move |e| text.set(event_target_value(&e)) />
                <button data-test="write-messages" aria-expanded=move || writing.get().to_string() on:click=move |_| writing.update(|open| *open = !*open)>"Export"</button>
                <button class="quiet" aria-label="Close the table" on:click=move |_| playback.table.set(false)>"×"</button>
            </header>
            <Show when=move || writing.get()><Export done=move || writing.set(false) /></Show>
            <div class="cells-scroll" tabindex="0" aria-label="Table of messages">
                <table class="cells">
                    <thead><tr>{heads}</tr></thead>
                    <tbody data-test="message-rows">
                        {move || page.with(|page| page.iter().flat_map(|page| page.rows.iter()).map(|row| line(store, row)).collect_view())}
                    </tbody>
                </table>
                <Show when=move || page.with(|page| page.as_ref().is_some_and(|page| page.total == 0))>
                    <p class="note none">{move || if text.with(|text| text.trim().is_empty()) { "Nobody gets a message in this run." } else { "No message fits." }}</p>
                </Show>
                <Show when={move || rest() > 0}>
                    <button class="quiet more" on:click=move |_| ask(page.with_untracked(|page| page.as_ref().map_or(0, |page| page.rows.len() as u64)))>
                        {move || format!("Show more ({} left)", grouped(rest()))}
                    </button>
                </Show>
            </div>
        </section>
    }
}

fn line(store: Store, row: &MessageLine) -> AnyView {
    let who = Who::Known(row.person.clone());
    let shown = row.person.split_once(':').map_or(row.person.as_str(), |(_, id)| id).to_owned();
    let id = row.activity.clone();
    let bad = row.status != "SUCCESS";
    view! {
        <tr class:bad=bad>
            <td class="when">{moment(row.at)}</td>
            <td><button class="link clip" title=row.person.clone() on:click=move |_| { tell(store, who.clone(), Vec::new()); store.playback.tab.set(Tab::People); }>{shown}</button></td>
            <td>{row.channel.clone()}</td>
            <td><button class="link clip" title=row.label.clone() on:click=move |_| store.select_activity(&id)>{row.label.clone()}</button></td>
            <td class="clip" title=row.template.clone()>{row.template.clone()}</td>
            <td class="status">{row.status.clone()}</td>
            <td>{row.outcome.clone()}</td>
        </tr>
    }
    .into_any()
}

/// Where the table is written to.
#[component]
fn Export(done: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let store = store();
    let folder = store.folder.get_untracked();
    let journey = store.journey.get_untracked();
    let start = folder.map_or(String::new(), |folder| format!("{folder}/.waymark/{journey}-messages.csv"));
    let path = RwSignal::new(start);
    let render = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let write = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(run_id) = run_id(store) else { return };
        busy.set(true);
        let command = WriteMessages { run_id, path: path.get_untracked(), render: render.get_untracked() };
        spawn_local(async move {
            match transport::call(&command).await {
                Ok(rows) => {
                    store.tell(format!("{} written to {}.", of(rows, "message", "messages"), command.path));
                    done();
                }
                Err(failure) => store.tell_failure(failure),
            }
            busy.set(false);
        });
    };
    view! {
        <form class="export" on:submit=write>
            <input required aria-label="File" data-test="export-path" placeholder="/home/you/messages.csv" prop:value=move || path.get() on:input=move |e| path.set(event_target_value(&e)) />
            <label><input type="checkbox" prop:checked=move || render.get() on:change=move |e| render.set(event_target_checked(&e)) /> "With the text that each receives"</label>
            <button class="primary" data-test="export-go" disabled=move || busy.get()>{move || if busy.get() { "Writing …" } else { "Write the file" }}</button>
            <span class="note">"CSV, JSON lines or Parquet, by the ending of the name."</span>
        </form>
    }
}
