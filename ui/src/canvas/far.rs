//! The canvas from afar: a bitmap of boxes and lines in place of cards.
//!
//! It is painted a good deal larger than the window and then only moved and scaled with it, until it no longer covers
//! the window or is too coarse; when the canvas rests it is painted anew at its true scale.

use std::time::Duration;

use diagram::overview::{Ink, Look, paint};
use diagram::scene::Stands;
use diagram::{Rect, Viewport};
use leptos::html;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::cards::is_lit;
use super::connections::in_story;
use super::hand::Hand;
use crate::icons::family;
use crate::store::{Selection, Store, store};

/// Share of the window that the bitmap reaches beyond each side.
const MORE: f64 = 0.25;
/// How much larger or smaller than painted it may be shown.
const STRETCH: f64 = 1.6;
/// How long the canvas has to rest before the bitmap is painted at its true scale.
const REST: Duration = Duration::from_millis(140);
/// Rows that are painted at once: what a buffer takes is this times the width times four bytes.
const BAND: usize = 64;
/// The most pixels of a bitmap; larger ones are painted coarser.
const MOST: f64 = 4.0e6;

/// What of the canvas the bitmap shows.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Painted {
    window: Rect,
    zoom: f64,
}

/// The bitmap; there from `far`, and while cards are still to come.
#[component]
pub fn FarPicture(far: Memo<bool>, hand: Hand) -> impl IntoView {
    view! { <Show when=move || far.get()><Bitmap hand=hand /></Show> }
}

#[component]
fn Bitmap(hand: Hand) -> impl IntoView {
    let store = store();
    let element = NodeRef::<html::Canvas>::new();
    let painted = StoredValue::new(None::<Painted>);
    let rest = StoredValue::new_local(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = rest.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    on_cleanup(stop);
    let again = move |view: Viewport| {
        let (width, height) = store.canvas_size.get_untracked();
        let shown = view.visible(width, height);
        let window = Rect::new(
            shown.x - shown.width * MORE,
            shown.y - shown.height * MORE,
            shown.width * (1.0 + 2.0 * MORE),
            shown.height * (1.0 + 2.0 * MORE),
        );
        if let Some(element) = element.get_untracked() {
            let sharp = leptos::prelude::window().device_pixel_ratio().max(1.0);
            paint_into(store, hand, &element, &window, view.zoom * sharp);
            painted.set_value(Some(Painted { window, zoom: view.zoom }));
        }
    };
    let place = move |view: Viewport| {
        let (Some(element), Some(at)) = (element.get_untracked(), painted.get_value()) else { return };
        let corner = view.to_screen(diagram::Point::new(at.window.x, at.window.y));
        let style = format!(
            "transform: translate({:.2}px, {:.2}px); width: {:.2}px; height: {:.2}px",
            corner.x,
            corner.y,
            at.window.width * at.zoom,
            at.window.height * at.zoom
        );
        let scale = view.zoom / at.zoom;
        let _ = element.set_attribute("style", &style.replace("; width", &format!(" scale({scale:.4}); width")));
    };
    // Where it is looked at.
    Effect::new(move |_| {
        let view = store.viewport.get();
        let (width, height) = store.canvas_size.get();
        if element.get().is_none() {
            return;
        }
        let shown = view.visible(width, height);
        let fits = painted.get_value().is_some_and(|at| {
            let stretch = view.zoom / at.zoom;
            at.window.union(&shown) == at.window && (1.0 / STRETCH..=STRETCH).contains(&stretch)
        });
        if !fits {
            again(view);
        }
        place(view);
        stop();
        if painted.get_value().is_some_and(|at| at.zoom != view.zoom) {
            let settle = move || {
                let view = store.viewport.get_untracked();
                again(view);
                place(view);
            };
            rest.set_value(set_timeout_with_handle(settle, REST).ok());
        }
    });
    // What is looked at.
    Effect::new(move |before: Option<()>| {
        store.layout.track();
        store.dark.track();
        store.selection.track();
        store.story.track();
        store.mode.track();
        store.problems.track();
        if before.is_some() {
            let view = store.viewport.get_untracked();
            again(view);
            place(view);
        }
    });
    view! { <canvas class="far" node_ref=element aria-hidden="true"></canvas> }
}

/// Paints `window` into a bitmap, `scale` pixels to a canvas unit; fewer where it would be very large.
pub fn paint_into(store: Store, hand: Hand, element: &HtmlCanvasElement, window: &Rect, scale: f64) {
    let pixels = window.width * window.height * scale.powi(2);
    let scale = scale * (MOST / pixels).sqrt().min(1.0);
    let (width, height) = ((window.width * scale).ceil() as usize, (window.height * scale).ceil() as usize);
    if width == 0 || height == 0 {
        return;
    }
    element.set_width(width as u32);
    element.set_height(height as u32);
    let context = element.get_context("2d").ok().flatten();
    let Some(context) = context.and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok()) else { return };
    let inks = Inks::of_page();
    store.layout.with_untracked(|layout| {
        store.scene.with_untracked(|scene| {
            let selected: Vec<usize> = store.selection.with_untracked(|selection| match selection {
                Selection::Activities(ids) => ids.iter().filter_map(|id| scene.place(id)).collect(),
                Selection::Entry => scene.place("@entry").into_iter().collect(),
                _ => Vec::new(),
            });
            let card = |place: usize| {
                let node = &scene.nodes[place];
                let (face, border) = match node.stands {
                    Stands::Entry => (inks.entry.0, inks.entry.1),
                    Stands::Activity(kind) => inks.family(family(kind)),
                    Stands::End | Stands::Folded(_) => (inks.panel, inks.line),
                    Stands::Missing => (inks.panel, inks.bad),
                };
                let wrong = store.problems.with_untracked(|problems| {
                    problems.get(&node.id).is_some_and(|(worst, _)| *worst == model::Severity::Error)
                });
                let lit = is_lit(store, &node.id, node.stands == Stands::Entry);
                let border = match () {
                    () if selected.contains(&place) => inks.accent,
                    () if lit => inks.lit,
                    () if wrong => inks.bad,
                    () => border,
                };
                Look { face, border }
            };
            let line = |place: usize| {
                let origin = &scene.origins[place];
                let chosen = store.selection.with_untracked(|s| matches!(s, Selection::Connection(o) if o == origin));
                match () {
                    () if chosen => inks.accent,
                    () if in_story(store, origin) => inks.lit,
                    () => inks.line,
                }
            };
            hand.index.with_untracked(|index| {
                for top in (0..height).step_by(BAND) {
                    let rows = BAND.min(height - top);
                    let part =
                        Rect::new(window.x, window.y + top as f64 / scale, width as f64 / scale, rows as f64 / scale);
                    let band = paint(layout, index, &part, (width, rows), card, line);
                    let image = ImageData::new_with_u8_clamped_array(Clamped(&band), width as u32);
                    if let Ok(image) = image {
                        let _ = context.put_image_data(&image, 0.0, top as f64);
                    }
                }
            });
        });
    });
}

/// The colours of the page's theme.
struct Inks {
    entry: (Ink, Ink),
    message: (Ink, Ink),
    time: (Ink, Ink),
    split: (Ink, Ink),
    unknown: (Ink, Ink),
    panel: Ink,
    line: Ink,
    bad: Ink,
    accent: Ink,
    lit: Ink,
}

impl Inks {
    /// As the style sheet names them now.
    fn of_page() -> Inks {
        let root = leptos::prelude::document().document_element();
        let style = root.and_then(|root| leptos::prelude::window().get_computed_style(&root).ok().flatten());
        let ink = |name: &str| {
            let text = style.as_ref().and_then(|style| style.get_property_value(name).ok()).unwrap_or_default();
            parse(text.trim()).unwrap_or([128, 128, 128, 255])
        };
        let pair = |name: &str| (ink(&format!("--{name}-soft")), ink(&format!("--{name}")));
        Inks {
            entry: pair("entry"),
            message: pair("message"),
            time: pair("time"),
            split: pair("split"),
            unknown: (ink("--sunken"), ink("--line-strong")),
            panel: ink("--panel"),
            line: ink("--wire"),
            bad: ink("--bad"),
            accent: ink("--accent"),
            lit: ink("--lit"),
        }
    }

    fn family(&self, name: &str) -> (Ink, Ink) {
        match name {
            "message" => self.message,
            "time" => self.time,
            "split" => self.split,
            _ => self.unknown,
        }
    }
}

/// `#rrggbb` as a colour.
fn parse(text: &str) -> Option<Ink> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?, 255])
}
