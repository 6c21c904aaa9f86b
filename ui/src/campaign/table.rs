//! Who gets which treatment when: the messages of a simulated campaign, searched and written to a file.

use bridge::{CampaignLine, CampaignMessages, CampaignPage, WriteCampaignMessages};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::latest::Latest;
use crate::simulate::{moment, of};
use crate::store::store;
use crate::transport;

/// The table; `text` is what is searched for.
#[component]
pub fn WhoGetsWhat(run_id: u64, campaign: String, text: RwSignal<String>) -> impl IntoView {
    let store = store();
    let page = RwSignal::new(CampaignPage::default());
    let latest = Latest::new();
    let ask = move |from: u64| {
        latest.ask(CampaignMessages { run_id, text: text.get(), from }, move |answer| match answer {
            Ok(more) if from > 0 => page.update(|page| page.rows.extend(more.rows)),
            Ok(first) => page.set(first),
            Err(failure) => store.tell_failure(failure),
        });
    };
    Effect::new(move |_| ask(0));
    let left = move || page.with(|page| page.total - page.rows.len() as u64);
    let folder = store.folder.get_untracked();
    let path =
        RwSignal::new(folder.map_or(String::new(), |folder| format!("{folder}/.waymark/{campaign}-messages.csv")));
    let write = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let command = WriteCampaignMessages { run_id, path: path.get_untracked() };
        spawn_local(async move {
            match transport::call(&command).await {
                Ok(rows) => store.tell(format!("{} written to {}.", of(rows, "message", "messages"), command.path)),
                Err(failure) => store.tell_failure(failure),
            }
        });
    };
    view! {
        <section class="who-gets" aria-label="Who gets which treatment when" data-test="campaign-table">
            <h3>"Who gets which treatment when"</h3>
            <div class="row">
                <input type="search" placeholder="Person, treatment, status" aria-label="Search the messages" data-test="campaign-search"
                    prop:value=move || text.get() on:input=move |e| text.set(event_target_value(&e)) />
                <span class="note" role="status">{move || of(page.with(|page| page.total), "message, sent or not", "messages, sent or not")}</span>
            </div>
            <div class="cells-scroll" tabindex="0" role="group" aria-label="Table of messages">
                <table class="cells">
                    <thead><tr>{["Time (UTC)", "Person", "Treatment", "Status", "Run", "Channel"].map(|head| view! { <th scope="col">{head}</th> }).collect_view()}</tr></thead>
                    <tbody data-test="campaign-rows">{move || page.with(|page| page.rows.iter().map(line).collect_view())}</tbody>
                </table>
                <Show when={move || left() > 0}>
                    <button class="quiet more" on:click=move |_| untrack(|| ask(page.with(|page| page.rows.len() as u64)))>{move || format!("Show more ({} left)", left())}</button>
                </Show>
            </div>
            <details>
                <summary>"Export"</summary>
                <form class="row" on:submit=write>
                    <input required aria-label="File" data-test="campaign-path" placeholder="/home/you/messages.csv" prop:value=move || path.get() on:input=move |e| path.set(event_target_value(&e)) />
                    <button data-test="campaign-write">"Write the file"</button>
                </form>
                <p class="note">"CSV, JSON lines or Parquet, by the ending of the name."</p>
            </details>
        </section>
    }
}

fn line(row: &CampaignLine) -> impl IntoView + use<> {
    let person = row.person.split_once(':').map_or(row.person.as_str(), |(_, id)| id).to_owned();
    let bad = row.status != "SUCCESS" && row.status != "HOLDOUT";
    view! {
        <tr class:bad=bad>
            <td class="when">{moment(row.at)}</td>
            <td class="clip" title=row.person.clone()>{person}</td>
            <td class="clip" title=row.template.clone()>{row.treatment.clone()}</td>
            <td class="status">{model::naming::word(&row.status)}</td>
            <td class="n">{row.run}</td>
            <td>{row.channel.clone()}</td>
        </tr>
    }
}
