//! Figures of the cohort: sends by hour against the limits, cost by channel, and how far chance spreads the counts.

use std::collections::BTreeMap;

use bridge::{Bands, FlowView, ManyRuns};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Number;

use super::flow::{grouped, percent};
use super::playback::{is_shown, run_id};
use super::{moment, of};
use crate::store::{Store, store};
use crate::transport;

/// The channels and their names.
const CHANNELS: [(&str, &str); 5] =
    [("email", "E-mail"), ("sms", "SMS"), ("push", "Push"), ("voice", "Call"), ("custom", "Custom channel")];

/// All figures.
#[component]
pub fn Numbers() -> impl IntoView {
    let store = store();
    let playback = store.playback;
    view! {
        <Show when=move || playback.flow.with(Option::is_some) fallback=|| view! { <p class="note">"Counting over time …"</p> }>
            {move || playback.flow.with(|flow| flow.as_ref().map(sends))}
            <Cost />
        </Show>
        <Chance />
    }
}

/// Sends by hour: columns, the busiest hour, hours near a limit.
fn sends(flow: &FlowView) -> AnyView {
    let summary = match flow.busiest {
        Some((at, sends)) => format!("At most {} in an hour, at {}.", of(sends, "message", "messages"), moment(at)),
        None => "Nothing is sent.".to_owned(),
    };
    let limits: Vec<String> = flow
        .rates
        .journey
        .iter()
        .map(|rate| format!("the journey {rate} a second"))
        .chain(flow.rates.channels.iter().map(|(channel, rate)| format!("{} {rate} a second", name_of(channel))))
        .collect();
    let limits = match limits.is_empty() {
        true => "No limit is known: the journey has no messages per second, and waymark.toml no rates.".to_owned(),
        false => format!("Limits: {}.", limits.join(", ")),
    };
    let rows: Vec<_> = flow
        .busy
        .iter()
        .map(|busy| {
            let whose = busy.channel.as_deref().map_or("Journey", name_of);
            let full = busy.share() >= 1.0;
            view! {
                <tr class:bad=full>
                    <td>{moment(busy.at)}</td><td>{whose}</td><td class="n">{grouped(busy.sends)}</td>
                    <td class="n" title=format!("{} fit in an hour", grouped(busy.most))>{percent(busy.share())}</td>
                </tr>
            }
        })
        .collect();
    let calm = rows.is_empty();
    let plot = |of: &bridge::HourPlot| {
        let name = format!("{} by hour", of.title);
        view! {
            // the machine draws it; it is wider than the panel
            <figure class="sends" data-test="hours">
                <figcaption><strong>{of.title.clone()}</strong> <span>{of.note.clone()}</span></figcaption>
                <div class="wide" tabindex="0" role="group" aria-label=name inner_html=of.svg.clone()></div>
            </figure>
        }
    };
    let plots: Vec<_> = flow.plots.iter().map(plot).collect();
    view! {
        <h3>"Sends by hour"</h3>
        {plots}
        <p>{summary}</p>
        <p class="note">{limits}</p>
        {(!calm).then(|| view! {
            <table class="cells" data-test="busy">
                <caption>"Hours near a limit"</caption>
                <thead><tr><th scope="col">"Hour (UTC)"</th><th scope="col">"Limit of"</th><th scope="col" class="n">"Sends"</th><th scope="col" class="n">"Used"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        })}
    }
    .into_any()
}

fn name_of(channel: &str) -> &'static str {
    CHANNELS.iter().find(|(known, _)| *known == channel).map_or("Other", |(_, name)| name)
}

/// What the run costs, by prices that the project keeps.
#[component]
fn Cost() -> impl IntoView {
    let store = store();
    let counts = Memo::new(move |_| {
        store.playback.flow.with(|flow| {
            let channels = flow.iter().flat_map(|flow| &flow.series.channels);
            channels.map(|of| (of.channel.clone(), of.sends.iter().sum::<u64>())).collect::<BTreeMap<_, _>>()
        })
    });
    let price = move |channel: &str| -> Option<f64> {
        store.project.with(|project| project.settings.simulation.prices.get(channel).and_then(Number::as_f64))
    };
    let set = move |channel: &'static str, text: String| {
        let number = text.trim().replace(',', ".");
        let number = match (number.is_empty(), number.parse::<f64>()) {
            (true, _) => None,
            (false, Ok(price)) if price >= 0.0 => Number::from_f64(price),
            _ => {
                store.tell_bad(format!("“{}” is no price.", text.trim()), "Write a number such as 0.0001.");
                return;
            }
        };
        store.set(model::naming::price(channel, number.as_ref()), |settings| {
            let prices = &mut settings.simulation.prices;
            match number {
                Some(number) => drop(prices.insert(channel.to_owned(), number)),
                None => drop(prices.remove(channel)),
            }
        });
    };
    let used = move |channel: &str| counts.with(|counts| counts.get(channel).copied().unwrap_or_default());
    let total = move || -> f64 {
        CHANNELS.iter().map(|(channel, _)| price(channel).unwrap_or_default() * used(channel) as f64).sum()
    };
    let missing = move || CHANNELS.iter().any(|(channel, _)| used(channel) > 0 && price(channel).is_none());
    let each = move || {
        let entered = store.run.with(|run| run.as_ref().map_or(0, |run| run.run.entered));
        (entered > 0 && total() > 0.0).then(|| format!("{} for each who entered", money(total() / entered as f64)))
    };
    view! {
        <h3>"Cost"</h3>
        <table class="cells cost" data-test="cost">
            <thead><tr><th scope="col">"Channel"</th><th scope="col" class="n">"Messages"</th><th scope="col" class="n">"Price each"</th><th scope="col" class="n">"Cost"</th></tr></thead>
            <tbody>
                {CHANNELS.iter().map(|(channel, name)| {
                    let (channel, name) = (*channel, *name);
                    let shown = move || used(channel) > 0 || price(channel).is_some();
                    view! {
                        <Show when=shown>
                            <tr>
                                <th scope="row">{name}</th>
                                <td class="n">{move || grouped(used(channel))}</td>
                                <td class="n"><input inputmode="decimal" placeholder="–" aria-label=format!("Price of one: {name}") data-price=channel
                                    prop:value=move || price(channel).map(|price| price.to_string()).unwrap_or_default()
                                    on:change=move |e| set(channel, event_target_value(&e)) /></td>
                                <td class="n">{move || price(channel).map_or("–".to_owned(), |price| money(price * used(channel) as f64))}</td>
                            </tr>
                        </Show>
                    }
                }).collect_view()}
            </tbody>
            <tfoot><tr><th scope="row">"Total"</th><td></td><td></td><td class="n" data-test="cost-total">{move || money(total())}</td></tr></tfoot>
        </table>
        <p class="note">
            {move || if missing() { "A channel without a price counts nothing. Prices are saved with the project, in the currency of your bill." } else { "Prices are saved with the project, in the currency of your bill." }}
            " " {each}
        </p>
    }
}

/// An amount, as exact as it needs to be.
fn money(amount: f64) -> String {
    match amount {
        a if a > 0.0 && a < 0.01 => format!("{a:.4}"),
        a => {
            let cents = (a * 100.0).round() as u64;
            format!("{}.{:02}", grouped(cents / 100), cents % 100)
        }
    }
}

/// Many runs with other luck.
#[component]
fn Chance() -> impl IntoView {
    let store = store();
    let playback = store.playback;
    let runs = RwSignal::new("200".to_owned());
    let busy = RwSignal::new(false);
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        ask(store, runs.get_untracked(), busy);
    };
    view! {
        <h3>"Chance"</h3>
        <form class="row chance" on:submit=go>
            <label>"Run " <input type="number" min="2" max="10000" prop:value=move || runs.get() on:input=move |e| runs.set(event_target_value(&e)) /> " times"</label>
            <button data-test="many-runs" disabled=move || busy.get() || playback.busy.get()>{move || if busy.get() { "Running …" } else { "See the ranges" }}</button>
        </form>
        {move || playback.bands.with(|bands| bands.as_ref().map(ranges))}
    }
}

fn ask(store: Store, runs: String, busy: RwSignal<bool>) {
    let Some(run_id) = run_id(store) else { return };
    let Ok(runs) = runs.trim().parse() else {
        store.tell_bad("This is no number of runs.", "Write a number from 2 to 10,000.");
        return;
    };
    busy.set(true);
    spawn_local(async move {
        match transport::call(&ManyRuns { run_id, runs }).await {
            Ok(bands) if is_shown(store, run_id) => {
                store.playback.show_all();
                store.playback.bands.set(Some(bands));
            }
            Ok(_) => {}
            Err(failure) => store.tell_failure(failure),
        }
        busy.set(false);
    });
}

fn ranges(bands: &Bands) -> AnyView {
    let line = |name: &'static str, band: &bridge::Band| {
        view! { <tr><th scope="row">{name}</th><td class="n">{grouped(band.mean.round() as u64)}</td><td class="n">{grouped(band.low)} " – " {grouped(band.high)}</td></tr> }
    };
    view! {
        <table class="cells" data-test="ranges">
            <caption>{format!("{} with other seeds", of(u64::from(bands.runs), "run", "runs"))}</caption>
            <thead><tr><th></th><th scope="col" class="n">"On average"</th><th scope="col" class="n">"95 % lie in"</th></tr></thead>
            <tbody>{line("Entered", &bands.entered)}{line("Left", &bands.left)}{line("Messages", &bands.messages)}</tbody>
        </table>
        <p class="note">"The connections of the whole run show their ranges too. Random splits come out the same in every run; what spreads is what people do."</p>
    }
    .into_any()
}
