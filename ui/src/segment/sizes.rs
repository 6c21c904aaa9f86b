//! How large a segment was over the time of the recorded events.

use bridge::{AskSizes, SizesView};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::asked;
use crate::simulate::flow::grouped;
use crate::simulate::moment;
use crate::store::store;
use crate::transport;

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 64.0;

/// The curve; asked when it is unfolded, and then when the segment changes.
#[component]
pub fn Sizes(segment: String) -> impl IntoView {
    let store = store();
    let open = RwSignal::new(false);
    let found = RwSignal::new(None::<SizesView>);
    let asking = StoredValue::new(0_u64);
    Effect::new(move |_| {
        if !open.get() {
            return;
        }
        let question = AskSizes { asked: asked(store), segment: segment.clone() };
        asking.update_value(|asking| *asking += 1);
        let this = asking.get_value();
        spawn_local(async move {
            let answer = transport::call(&question).await;
            if asking.try_get_value() == Some(this) {
                found.set(answer.ok());
            }
        });
    });
    view! {
        <button type="button" class="fold all" data-test="sizes" aria-expanded=move || open.get().to_string() on:click=move |_| open.update(|open| *open = !*open)>
            <span aria-hidden="true">{move || if open.get() { "▾" } else { "▸" }}</span>
            "Size over time"
        </button>
        <Show when=move || open.get()>
            {move || found.get().map(|found| curve(&found))}
        </Show>
    }
}

fn curve(view: &SizesView) -> AnyView {
    let (Some((first, _)), Some((last, now))) = (view.sizes.first(), view.sizes.last()) else {
        return view! { <p class="note">"No date of a person and no event says how it was before."</p> }.into_any();
    };
    let most = view.sizes.iter().map(|(_, size)| *size).max().unwrap_or(0).max(1);
    let span = (last - first).max(1) as f64;
    let point = |(at, size): &(model::Millis, u64)| {
        let x = (at - first) as f64 / span * WIDTH;
        let y = HEIGHT - *size as f64 / most as f64 * (HEIGHT - 4.0);
        format!("{x:.1} {y:.1}")
    };
    let line: Vec<String> = view.sizes.iter().map(point).collect();
    let line = line.join(" L");
    let day = |at: model::Millis| moment(at).chars().take(10).collect::<String>();
    let words = format!(
        "From {} on {} to {} on {}; at most {}.",
        grouped(view.sizes[0].1),
        day(*first),
        grouped(*now),
        day(*last),
        grouped(most)
    );
    view! {
        <figure class="curve" data-test="sizes-curve">
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=words.clone()>
                <path class="area" d=format!("M0 {HEIGHT} L{line} L{WIDTH} {HEIGHT} Z") />
                <path class="edge" d=format!("M{line}") />
            </svg>
            <figcaption>{words}</figcaption>
        </figure>
        <p class="note">"Members are taken as they are today; who was there and who was active is as it was then."</p>
    }
    .into_any()
}
