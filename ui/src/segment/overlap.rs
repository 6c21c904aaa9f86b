//! How many are in this segment and in another, drawn as two circles.

use bridge::{AskOverlap, OverlapView};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::asked;
use crate::simulate::flow::grouped;
use crate::store::store;
use crate::transport;

/// Radius of the larger circle, in CSS pixels.
const RADIUS: f64 = 52.0;

/// A choice of another segment, and the picture.
#[component]
pub fn Overlap(segment: String) -> impl IntoView {
    let store = store();
    let other = RwSignal::new(String::new());
    let found = RwSignal::new(None::<OverlapView>);
    let own = segment.clone();
    let others = Memo::new(move |_| {
        store
            .project
            .with(|project| project.segment_names().filter(|name| *name != own).map(str::to_owned).collect::<Vec<_>>())
    });
    let mine = segment.clone();
    Effect::new(move |_| {
        let name = other.get();
        if name.is_empty() {
            found.set(None);
            return;
        }
        let question = AskOverlap { asked: asked(store), segments: [mine.clone(), name.clone()] };
        spawn_local(async move {
            let answer = transport::call(&question).await;
            if other.try_with_untracked(|other| *other == name) == Some(true) {
                // A segment that can not be asked says so where it is counted.
                found.set(answer.ok());
            }
        });
    });
    view! {
        <Show when=move || !others.with(Vec::is_empty)>
            <h3>"Also in another segment"</h3>
            <select aria-label="The other segment" data-test="overlap-with" prop:value=move || other.get() on:change=move |event| other.set(event_target_value(&event))>
                <option value="">"Choose a segment"</option>
                <For each=move || others.get() key=Clone::clone let:name><option value=name.clone()>{name.clone()}</option></For>
            </select>
            {
                let segment = segment.clone();
                move || found.get().map(|found| picture(&segment, &other.get(), found))
            }
        </Show>
    }
}

fn picture(segment: &str, other: &str, found: OverlapView) -> impl IntoView + use<> {
    let drawn = diagram::venn(found.first, found.second, found.both);
    let (first, second) = (drawn.first * RADIUS, drawn.second * RADIUS);
    let distance = drawn.distance * RADIUS;
    let left = (first).max(second - distance) + 2.0;
    let right = (distance + second).max(first) + 2.0;
    let (width, height) = (left + right, 2.0 * first.max(second) + 4.0);
    let middle = height / 2.0;
    let only = |count: u64| grouped(count - found.both.min(count));
    let words = format!(
        "{} are in both, {} only in {segment}, {} only in {other}.",
        grouped(found.both),
        only(found.first),
        only(found.second)
    );
    let outside = found.total.saturating_sub(found.first + found.second - found.both);
    view! {
        <figure class="overlap" data-test="overlap">
            <svg viewBox=format!("0 0 {width:.1} {height:.1}") width=format!("{width:.0}") height=format!("{height:.0}") role="img" aria-label=words>
                <circle class="one" cx=format!("{left:.2}") cy=format!("{middle:.2}") r=format!("{first:.2}") />
                <circle class="two" cx=format!("{:.2}", left + distance) cy=format!("{middle:.2}") r=format!("{second:.2}") />
            </svg>
            <dl>
                <div><dt><i class="one"></i><span class="clip">{segment.to_owned()}</span></dt><dd>{grouped(found.first)}</dd></div>
                <div><dt><i class="two"></i><span class="clip">{other.to_owned()}</span></dt><dd>{grouped(found.second)}</dd></div>
                <div><dt><i class="both"></i>"In both"</dt><dd data-test="in-both">{grouped(found.both)}</dd></div>
                <div><dt><i></i>"In neither"</dt><dd>{grouped(outside)}</dd></div>
            </dl>
        </figure>
    }
}
