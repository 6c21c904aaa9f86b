//! What a segment holds while it is edited: how many, some of them, and the other questions about it.

use bridge::{CountSegment, PersonLine, SegmentCount};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::asked;
use super::overlap::Overlap;
use super::sizes::Sizes;
use super::why::Why;
use crate::problems::{sentence, sentences};
use crate::simulate::flow::{grouped, percent};
use crate::store::store;
use crate::transport;

/// The panel beside the sentences.
#[component]
pub fn Beside(segment: String) -> impl IntoView {
    let store = store();
    let count = RwSignal::new(None::<SegmentCount>);
    let who = RwSignal::new(String::new());
    // One question at a time: what changes meanwhile is asked when the answer is there.
    let (running, again) = (StoredValue::new(false), StoredValue::new(false));
    let question = {
        let segment = segment.clone();
        Memo::new(move |_| (asked(store), segment.clone()))
    };
    let ask = StoredValue::new(None::<std::sync::Arc<dyn Fn() + Send + Sync>>);
    let go = move || {
        if running.get_value() {
            again.set_value(true);
            return;
        }
        running.set_value(true);
        let (asked, segment) = question.get_untracked();
        spawn_local(async move {
            let answer = transport::call(&CountSegment { asked, segment }).await;
            if running.try_update_value(|running| *running = false).is_none() {
                return;
            }
            match answer {
                Ok(found) => count.set(Some(found)),
                Err(failure) => store.tell_failure(failure),
            }
            if again.try_update_value(std::mem::take) == Some(true)
                && let Some(Some(ask)) = ask.try_get_value()
            {
                ask();
            }
        });
    };
    ask.set_value(Some(std::sync::Arc::new(go)));
    Effect::new(move |_| {
        question.track();
        go();
    });
    let share = move || {
        count.with(|count| count.as_ref().map_or(0.0, |count| count.members as f64 / (count.total.max(1)) as f64))
    };
    let figure = move || {
        count.with(|count| match count {
            None => "…".to_owned(),
            Some(count) if count.problem.is_some() => "–".to_owned(),
            Some(count) => grouped(count.members),
        })
    };
    let of_all = move || {
        count.with(|count| {
            let count = count.as_ref()?;
            Some(match &count.problem {
                Some(problem) => sentence(problem),
                None => format!("of {} sample endpoints, {}", grouped(count.total), percent(share())),
            })
        })
    };
    let took = move || count.with(|count| count.as_ref().map(|count| format!("Counted in {:.1} ms", count.took)));
    view! {
        <aside class="beside" aria-label="Who is in">
            <h2 class="heard">"Who is in"</h2>
            <div class="counted" role="status" data-test="segment-count" title=took>
                <strong>{figure}</strong>
                <span class:bad=move || count.with(|count| count.as_ref().is_some_and(|count| count.problem.is_some()))>{of_all}</span>
                <div class="member-share" aria-hidden="true"><div style:width=move || format!("{:.1}%", share() * 100.0)></div></div>
            </div>
            {move || count.with(|count| count.as_ref()?.unlisted.as_deref().map(|why| view! {
                <p class="note" role="status" data-test="segment-unlisted">{sentences(why, "")}</p>
            }))}
            <h3>"Some of them"</h3>
            <ul class="people" class:empty=move || count.with(|count| count.as_ref().is_none_or(|count| count.sample.is_empty())) data-test="segment-sample">
                {move || count.with(|count| count.iter().flat_map(|count| count.sample.clone()).collect::<Vec<_>>())
                    .into_iter().map(|person| line(person, who)).collect_view()}
            </ul>
            <Show when=move || count.with(|count| count.as_ref().is_some_and(|count| count.sample.is_empty() && count.problem.is_none()))>
                <p class="note">"Nobody of the sample people is in."</p>
            </Show>
            <Why segment=segment.clone() who=who />
            <Overlap segment=segment.clone() />
            <Sizes segment=segment />
        </aside>
    }
}

/// A member; a press asks why.
fn line(person: PersonLine, who: RwSignal<String>) -> impl IntoView {
    let shown = if person.name.is_empty() { person.id.clone() } else { person.name.clone() };
    let about = [person.channel.clone(), person.country.clone(), person.unreached.clone()];
    let about: Vec<String> = about.into_iter().filter(|text| !text.is_empty()).collect();
    let id = person.id.clone();
    view! {
        <li>
            <button type="button" title=format!("Why is {} in?", person.id) on:click=move |_| who.set(id.clone())>
                <span class="clip" dir="auto">{shown}</span>
                <span class="last clip">{about.join(", ")}</span>
            </button>
        </li>
    }
}
