//! Dates with their zone, and what the same instant is on the clocks of the people.

use leptos::prelude::*;
use model::time::{clock_and_offset, clock_in_zone, offset_suffix, parse_instant, zone_offset};
use model::{Path, path};
use serde_json::Value;

use super::choices::ZONES;
use super::{labelled, marked, text_of, value_at, write};
use crate::store::Store;

/// Most zones of people that are told.
const TOLD: usize = 4;

/// A date and time at a place. With `has_zone` it is an instant and its zone is chosen beside it; without it is a time on
/// each person's own clock.
pub fn date_time(store: Store, label: String, path: Path, has_zone: bool) -> AnyView {
    let value = value_at(store, path.clone());
    let (id, _) = marked(store, &path);
    let of_schedule = path.0.first() == path!["Schedule"].0.first();
    let schedule_zone = value_at(store, path!["Schedule", "Timezone"]);
    let text = Memo::new(move |_| text_of(value.get()));
    let read = Memo::new(move |_| text.with(|text| clock_and_offset(text)));
    let clock = move || read.get().map(|(clock, _)| clock).unwrap_or_default();
    // Without an offset of its own a schedule's time is in the schedule's zone (journeys.md 6).
    let zone = Memo::new(move |_| {
        let offset = read.get().and_then(|(_, offset)| offset);
        let own = text_of(schedule_zone.get());
        match offset {
            None if of_schedule && zone_offset(&own).is_some() => own,
            None => "UTC".to_owned(),
            Some(offset) => {
                let known = ZONES.iter().find(|zone| zone_offset(zone) == Some(offset));
                known.map_or_else(|| format!("UTC{}", offset_suffix(offset)), |zone| (*zone).to_owned())
            }
        }
    });
    let place = path.clone();
    let put = move |clock: &str, zone: &str| {
        let suffix = match has_zone {
            true => offset_suffix(zone_offset(zone).unwrap_or(0)),
            false => String::new(),
        };
        write(store, &place, (!clock.is_empty()).then(|| Value::String(format!("{clock}:00{suffix}"))));
    };
    let put_zone = put.clone();
    let odd = move || text.with(|text| !text.is_empty() && read.with(Option::is_none));
    let zones = move || {
        let now = zone.get();
        let odd = (!ZONES.contains(&now.as_str())).then(|| now.clone());
        let listed = odd.into_iter().chain(ZONES.iter().map(|zone| (*zone).to_owned()));
        listed.map(|one| view! { <option value=one.clone() selected=one == now>{one.clone()}</option> }).collect_view()
    };
    let inside = view! {
        <span class="pair date">
            <input id=id type="datetime-local" prop:value=clock
                on:change=move |event| put(&event_target_value(&event), &zone.get_untracked()) />
            {has_zone.then(|| view! {
                <select aria-label="Zone" data-test="zone" prop:value=move || zone.get()
                    on:change=move |event| if !clock().is_empty() { put_zone(&clock(), &event_target_value(&event)) }>
                    {zones}
                </select>
            })}
        </span>
        <Show when=odd><span class="complaint">{move || format!("In the file: {}", text.get())}</span></Show>
        {has_zone.then(|| hint(store, text, zone, of_schedule))}
        {(!has_zone).then(|| view! { <span class="hint-of">"On each person's own clock"</span> })}
    };
    labelled(store, label, &path, inside.into_any())
}

/// What the clocks of the people show at that instant, in the zones that most of them live in.
fn hint(store: Store, text: Memo<String>, zone: Memo<String>, of_schedule: bool) -> impl IntoView {
    let known = store.known.found(store);
    let local = value_at(store, path!["LocalTime"]);
    let words = move || {
        if of_schedule && local.get() == Some(Value::Bool(true)) && text.with(|text| !text.is_empty()) {
            return Some("Whenever it is that time on a person's own clock".to_owned());
        }
        let written = text.get();
        // A time without offset is in the zone that is shown.
        let (clock, offset) = clock_and_offset(&written)?;
        let at = parse_instant(&format!("{clock}Z"))? - offset.or_else(|| zone_offset(&zone.get()))?;
        let zones = known.with(|known| {
            let zones = known.of_people.iter().find(|member| member.path == "Demographic.Timezone");
            zones.map(|zones| zones.values.iter().take(TOLD).map(|(zone, _)| zone.clone()).collect::<Vec<_>>())
        })?;
        let day = &clock[..10];
        let told = zones.iter().filter_map(|zone| {
            let there = clock_in_zone(at, zone)?;
            let there = there.strip_prefix(day).map_or(there.as_str(), str::trim_start);
            let city = zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
            Some(format!("{there} in {city}"))
        });
        let told: Vec<String> = told.collect();
        (!told.is_empty()).then(|| format!("For people: {}", told.join(", ")))
    };
    view! { <Show when=move || words().is_some()><span class="hint-of" data-test="people-clocks">{words}</span></Show> }
}
