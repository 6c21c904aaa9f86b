//! Tables with their plots, and the KPIs of a span of days.

use bridge::{Figure, FigureRow, Figures};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::DocumentId;

use super::{Watch, on_target};
use crate::store::{Store, store};
use crate::transport;

/// A table, and its plot before it. A row about a step leads there. Elements stay as numbers change, and so does the
/// keyboard.
pub fn figure(store: Store, of: Signal<Figure>) -> AnyView {
    let read = move |part: fn(&Figure) -> String| move || of.with(part);
    let rows = Memo::new(move |_| of.with(|figure| figure.rows.len()));
    let columns = of.with_untracked(|figure| figure.head.len());
    let key = of.with_untracked(|figure| figure.key.clone());
    let in_row = move |row: usize, part: fn(&FigureRow, usize) -> String, column: usize| {
        of.with(|figure| figure.rows.get(row).map(|row| part(row, column)).unwrap_or_default())
    };
    let cell = |row: &FigureRow, column: usize| row.cells.get(column).cloned().unwrap_or_default();
    let activity = |row: &FigureRow, _: usize| row.activity.clone();
    let line = move |row: usize| {
        let leads = Memo::new(move |_| !in_row(row, activity, 0).is_empty());
        let bad = move || of.with(|figure| figure.rows.get(row).is_some_and(|row| row.bad));
        let first = move || {
            match leads.get() {
            false => (move || in_row(row, cell, 0)).into_any(),
            true => view! {
                <button class="link" on:click=move |_| store.select_activity(&untrack(|| in_row(row, activity, 0)))>{move || in_row(row, cell, 0)}</button>
            }
            .into_any(),
        }
        };
        let others =
            (1..columns).map(|column| view! { <td class="n">{move || in_row(row, cell, column)}</td> }).collect_view();
        view! { <tr class:bad=bad><th scope="row">{first}</th>{others}</tr> }
    };
    let head = (0..columns)
        .map(|column| view! { <th scope="col" class:n=column != 0>{move || of.with(|figure| figure.head.get(column).cloned())}</th> })
        .collect_view();
    let has_note = Memo::new(move |_| of.with(|figure| !figure.note.is_empty()));
    let has_plot = Memo::new(move |_| of.with(|figure| !figure.plot.is_empty()));
    view! {
        <section class="figure" data-test=format!("figure-{key}") aria-label=read(|figure| figure.title.clone())>
            <h3>{read(|figure| figure.title.clone())}</h3>
            <Show when=move || has_note.get()><p class="note">{read(|figure| figure.note.clone())}</p></Show>
            // the machine draws it, and lets no name out of its text
            <Show when=move || has_plot.get()><div inner_html=read(|figure| figure.plot.clone())></div></Show>
            <div class="wide" class:hidden=move || rows.get() == 0 tabindex="0" role="group" aria-label=read(|figure| figure.title.clone())>
                <table class="cells">
                    <thead><tr>{head}</tr></thead>
                    <tbody><For each=move || 0..rows.get() key=|row| *row let:row>{line(row)}</For></tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// KPIs of the journey or campaign, or of all of its application.
#[component]
pub fn Kpis(id: DocumentId, watch: Watch) -> impl IntoView {
    let store = store();
    let (all, busy) = (RwSignal::new(false), RwSignal::new(false));
    let [from, to, path] = [(); 3].map(|()| RwSignal::new(String::new()));
    let shown = RwSignal::new(Vec::<Figure>::new());
    let own = if matches!(id, DocumentId::Campaign(_)) { "This campaign" } else { "This journey" };
    let id = StoredValue::new(id);
    let ask = move |path: String| {
        let asked = Figures {
            of: on_target(store, id.get_value(), watch.target.get_untracked()),
            all: all.get_untracked(),
            from: from.get_untracked(),
            to: to.get_untracked(),
            path,
        };
        busy.set(true);
        spawn_local(async move {
            match transport::call(&asked).await {
                Ok(figures) => {
                    shown.set(figures);
                    if !asked.path.is_empty() {
                        store.tell(format!("The KPIs are in {}.", asked.path));
                    }
                }
                Err(failure) => store.tell_failure(failure),
            }
            busy.set(false);
        });
    };
    ask(String::new());
    let day = move |label: &'static str, signal: RwSignal<String>| {
        view! { <label>{label} " " <input type="date" prop:value=move || signal.get() on:change=move |e| { signal.set(event_target_value(&e)); ask(String::new()) } /></label> }
    };
    let write = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let path = path.get_untracked();
        if path.trim().is_empty() {
            store.tell_bad("No file is named.", "Name one that ends in .csv or .parquet.");
        } else {
            ask(path);
        }
    };
    view! {
        <label class="field">
            <span class="name">"Of"</span>
            <select data-test="kpis-of" on:change=move |e| { all.set(event_target_value(&e) == "all"); ask(String::new()) }>
                <option value="own">{own}</option>
                <option value="all">"All of the application"</option>
            </select>
        </label>
        <div class="row days">{day("From", from)}{day("To", to)}</div>
        <p class="note">"Days are those of UTC, at most 31 of the last 90. Without days: the last 31."</p>
        <form class="row" on:submit=write>
            <input aria-label="File for the KPIs" placeholder="kpis.csv or kpis.parquet" data-test="kpis-path" prop:value=move || path.get() on:input=move |e| path.set(event_target_value(&e)) />
            <button type="submit" data-test="kpis-write" disabled=move || busy.get()>"Export"</button>
        </form>
        <div data-test="kpis" aria-busy=move || busy.get().to_string()>
            <For each=move || shown.get() key=|figure| figure.clone() let:of>{figure(store, Signal::stored(of))}</For>
        </div>
    }
}
