//! The small map: the whole journey, and which part of it the window shows.

use diagram::Rect;
use leptos::ev::PointerEvent;
use leptos::html;
use leptos::prelude::*;

use super::far::paint_into;
use super::hand::Hand;
use crate::store::store;

/// The most width and height of the map, CSS pixels.
const SIZE: (f64, f64) = (176.0, 132.0);
/// Below this many cards and marks the journey needs no map.
const WORTH: usize = 12;

/// The map; there while the journey is larger than the window.
#[component]
pub fn Minimap(hand: Hand) -> impl IntoView {
    let store = store();
    let wanted = Memo::new(move |_| {
        let (width, height) = store.canvas_size.get();
        let view = store.viewport.get();
        let bounds = store.layout.with(|layout| layout.bounds);
        let larger = bounds.width * view.zoom > width || bounds.height * view.zoom > height;
        store.settled.get() && larger && width > 480.0 && height > 320.0 && store.scene.with(|s| s.nodes.len()) > WORTH
    });
    view! { <Show when=move || wanted.get()><Map hand=hand /></Show> }
}

#[component]
fn Map(hand: Hand) -> impl IntoView {
    let store = store();
    let element = NodeRef::<html::Canvas>::new();
    let frame = NodeRef::<html::Div>::new();
    let area = Memo::new(move |_| {
        let bounds = store.layout.with(|layout| layout.bounds);
        bounds.inflate(bounds.width.max(bounds.height) * 0.02)
    });
    let scale = move || {
        let area = area.get();
        (SIZE.0 / area.width.max(1.0)).min(SIZE.1 / area.height.max(1.0))
    };
    Effect::new(move |_| {
        store.layout.track();
        store.dark.track();
        store.problems.track();
        if let Some(element) = element.get() {
            let sharp = window().device_pixel_ratio().max(1.0);
            paint_into(store, hand, &element, &area.get(), scale() * sharp);
        }
    });
    let size = move || {
        let (area, scale) = (area.get(), scale());
        format!("width: {:.1}px; height: {:.1}px", area.width * scale, area.height * scale)
    };
    let shown = move || {
        let (width, height) = store.canvas_size.get();
        let (area, scale, part) = (area.get(), scale(), store.viewport.get().visible(width, height));
        let inside = |at: f64, from: f64, length: f64| (at - from).clamp(0.0, length) * scale;
        let (left, right) = (inside(part.x, area.x, area.width), inside(part.right(), area.x, area.width));
        let (top, bottom) = (inside(part.y, area.y, area.height), inside(part.bottom(), area.y, area.height));
        let part = Rect::new(left, top, (right - left).max(4.0), (bottom - top).max(4.0));
        format!(
            "transform: translate({:.1}px, {:.1}px); width: {:.1}px; height: {:.1}px",
            part.x, part.y, part.width, part.height
        )
    };
    let go = move |event: &PointerEvent| {
        let Some(map) = element.get_untracked() else { return };
        let (corner, scale) = (map.get_bounding_client_rect(), scale());
        let area = area.get_untracked();
        let x = area.x + (f64::from(event.client_x()) - corner.left()) / scale;
        let y = area.y + (f64::from(event.client_y()) - corner.top()) / scale;
        let (width, height) = store.canvas_size.get_untracked();
        store.viewport.update(|view| {
            view.x = width / 2.0 - x * view.zoom;
            view.y = height / 2.0 - y * view.zoom;
        });
    };
    view! {
        <div
            class="minimap"
            style=size
            title="The whole journey; press to go there"
            aria-hidden="true"
            data-test="minimap"
            on:pointerdown=move |event| {
                event.stop_propagation();
                if let Some(frame) = frame.get_untracked() {
                    let _ = frame.set_pointer_capture(event.pointer_id());
                }
                go(&event);
            }
            on:pointermove=move |event| if event.buttons() == 1 { go(&event) }
        >
            <canvas node_ref=element style=size></canvas>
            <div class="part" node_ref=frame style=shown></div>
        </div>
    }
}
