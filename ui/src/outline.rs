//! The journey as a tree beside the canvas, for those who do not point: everything that the canvas can do is done here
//! with keys. What its lines are and say is `model::outline`'s.

use std::cell::Cell;

use leptos::attr::custom::custom_attribute;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use model::outline::{Line, Stands, lines, next_way, numbers, steps_between};
use model::{DocumentId, Journey, Severity};
use serde_json::Value;
use wasm_bindgen::JsCast;

use crate::canvas::{focus_inspector, fold};
use crate::icons::{ENTRY, family, icon, of_kind};
use crate::store::{Dialog, Mode, Selection, Store, store};

/// The mark of a connection that leads on, and of one that ends.
const WAY: &str = "M12 4v13M7 13l5 5 5-5";
const END: &str = "M12 6v12M6 12h12";

thread_local! {
    /// Whether the person works here, not on the canvas.
    static IN_USE: Cell<bool> = const { Cell::new(false) };
}

/// Notes where the person works: here, or on the canvas.
pub fn works_here(here: bool) {
    IN_USE.set(here);
}

/// Gives the keyboard back to the outline, if the person works there; answers whether they do.
pub fn take_back() -> bool {
    let there = IN_USE.get() && matches!(document().query_selector(".outline"), Ok(Some(_)));
    if there {
        // the lines may be about to change
        request_animation_frame(focus_current);
    }
    there
}

/// Shows the outline and gives it the keyboard.
pub fn show(store: Store) {
    store.outlined.set(true);
    request_animation_frame(focus_current);
}

fn focus_current() {
    let line = document().query_selector(".outline [tabindex='0']").ok().flatten();
    if let Some(line) = line.and_then(|line| line.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = line.focus();
    }
}

/// What is selected, if it is one thing.
fn selected(selection: Selection) -> Option<Stands> {
    match selection {
        Selection::Entry => Some(Stands::Entry),
        Selection::Activities(mut ids) if ids.len() == 1 => ids.pop().map(Stands::Activity),
        Selection::Connection(origin) => Some(Stands::Way(origin)),
        Selection::Journey | Selection::Activities(_) => None,
    }
}

/// Selects what a line is about and shows it.
fn select(store: Store, what: &Stands) {
    match what {
        Stands::Activity(id) => store.select_activity(id),
        Stands::Entry => {
            store.selection.set(Selection::Entry);
            store.reveal("@entry");
        }
        Stands::Way(origin) => {
            store.selection.set(Selection::Connection(origin.clone()));
            store.reveal(match origin {
                model::drawing::Origin::Entry => "@entry",
                model::drawing::Origin::Activity(id, _) => id,
            });
        }
    }
}

/// Selects the next connection of the selected step; behind the last the step again.
pub fn select_next_way(store: Store) {
    let Some(here) = selected(store.selection.get_untracked()) else {
        return store.tell("Select a step first: its connections are selected one after the other.");
    };
    if let Some(next) = store.peek(|journey| next_way(journey, &here)).flatten() {
        select(store, &next);
    }
}

/// Reads the journey on the canvas, with what is folded.
fn with_canvas<T>(store: Store, read: impl FnOnce(Journey, Option<&Value>) -> T) -> Option<T> {
    let canvas = DocumentId::Canvas(store.journey.get());
    store.project.with(|project| {
        let root = project.documents.get(&DocumentId::Journey(store.journey.get()))?;
        Journey::of(root).map(|journey| read(journey, project.documents.get(&canvas)))
    })
}

/// The tree.
#[component]
pub fn Outline() -> impl IntoView {
    let store = store();
    let lines = Memo::new(move |_| with_canvas(store, lines).unwrap_or_default());
    // The line that the keyboard is on: that of the last that is selected, else the first.
    let current = Memo::new(move |_| {
        let here = match store.selection.get() {
            Selection::Activities(ids) => ids.last().cloned().map(Stands::Activity),
            other => selected(other),
        };
        let place =
            |what: &Stands| lines.with(|lines| lines.iter().position(|line| line.stands == *what && !line.again));
        let of_step = || match &here {
            Some(Stands::Way(model::drawing::Origin::Activity(id, _))) => place(&Stands::Activity(id.clone())),
            _ => None,
        };
        here.as_ref().and_then(place).or_else(of_step).unwrap_or(0)
    });
    let chosen = Memo::new(move |_| match store.selection.get() {
        Selection::Activities(ids) => ids.into_iter().map(Stands::Activity).collect(),
        other => selected(other).into_iter().collect::<Vec<_>>(),
    });
    // Where several lines began to be chosen.
    let anchor = StoredValue::new(None::<usize>);
    let go = move |place: usize| {
        anchor.set_value(None);
        if let Some(line) = lines.with_untracked(|lines| lines.get(place).cloned()) {
            select(store, &line.stands);
        }
        focus_line(current.get_untracked());
    };
    let extend = move |by: isize| {
        let at = current.get_untracked();
        let from = anchor.get_value().unwrap_or(at);
        let is_step = |place: &usize| {
            lines.with_untracked(|lines| {
                lines.get(*place).is_some_and(|line| !line.again && matches!(line.stands, Stands::Activity(_)))
            })
        };
        let mut places = std::iter::successors(at.checked_add_signed(by), |place| place.checked_add_signed(by));
        let count = lines.with_untracked(Vec::len);
        if let Some(to) = places.by_ref().take_while(|place| *place < count).find(is_step) {
            anchor.set_value(Some(from));
            let ids = lines.with_untracked(|lines| steps_between(lines, from, to));
            store.selection.set(Selection::Activities(ids));
            focus_line(to);
        }
    };
    let press = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let at = current.get_untracked();
        let to = lines.with_untracked(|lines| {
            let level = lines.get(at).map_or(0, |line| line.level);
            match event.key().as_str() {
                "ArrowDown" | "ArrowUp" if event.shift_key() => None,
                "ArrowDown" => Some((at + 1).min(lines.len().saturating_sub(1))),
                "ArrowUp" => Some(at.saturating_sub(1)),
                "Home" => Some(0),
                "End" => Some(lines.len().saturating_sub(1)),
                // In: the first line below; out: the line above that is less deep.
                "ArrowRight" => Some(at + 1).filter(|next| lines.get(*next).is_some_and(|line| line.level > level)),
                "ArrowLeft" => lines[..at.min(lines.len())].iter().rposition(|line| line.level < level),
                _ => None,
            }
        });
        let design = store.mode.get_untracked() == Mode::Design;
        match (to, event.key().as_str()) {
            (Some(to), _) => go(to),
            (None, "ArrowDown") => extend(1),
            (None, "ArrowUp") => extend(-1),
            (None, "Enter") => {
                go(at);
                focus_inspector();
            }
            (None, "a" | "A") if design => store.dialog.set(Some(Dialog::AddStep)),
            (None, "f" | "F") if design => match store.selection.get_untracked() {
                Selection::Connection(origin) => fold(store, &origin),
                _ => store.tell("Go to a connection first: what only it leads to is folded."),
            },
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <ul class="outline" role="tree" aria-label="Steps of the journey" aria-multiselectable="true" data-test="outline"
            on:keydown=press on:focusin=|_| works_here(true)>
            {move || {
                let all = lines.get();
                let (numbers, count) = numbers(&all);
                all.into_iter().zip(numbers).enumerate().map(|(place, (line, number))| {
                    one(place, line, (number, count), current, chosen, go)
                }).collect_view()
            }}
        </ul>
    }
}

fn one(
    place: usize,
    line: Line,
    position: (usize, usize),
    current: Memo<usize>,
    chosen: Memo<Vec<Stands>>,
    go: impl Fn(usize) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let store = store();
    let problem = {
        let id = match &line.stands {
            Stands::Entry => Some("@entry".to_owned()),
            Stands::Activity(id) => Some(id.clone()),
            Stands::Way(_) => None,
        };
        Memo::new(move |_| id.as_ref().and_then(|id| store.problems.with(|problems| problems.get(id).copied())))
    };
    let below = line.below();
    let spoken = {
        let line = line.clone();
        move || line.spoken(problem.get(), position)
    };
    let level = custom_attribute("aria-level", line.level.to_string());
    let style = format!("--level: {}", (line.depth + 1).min(9));
    let (class, mark) = match &line.stands {
        Stands::Entry => ("line entry".to_owned(), ENTRY),
        Stands::Activity(_) => (format!("line {}", family(line.kind)), of_kind(line.kind)),
        Stands::Way(_) if line.unfolded.is_some() => ("line way".to_owned(), WAY),
        Stands::Way(_) => ("line way".to_owned(), END),
    };
    let unfolded = line.unfolded.map(|unfolded| unfolded.to_string());
    let is_chosen = {
        let (stands, again) = (line.stands.clone(), line.again);
        move || !again && chosen.with(|chosen| chosen.contains(&stands))
    };
    view! {
        <li role="treeitem" {..level} id=line_id(place) class=class class:again=line.again style=style
            aria-label=spoken aria-expanded=unfolded
            aria-selected=move || is_chosen().to_string()
            tabindex=move || if current.get() == place { "0" } else { "-1" }
            on:click=move |_| go(place)>
            {icon(mark)}
            <span class="text">
                <span class="clip">{line.title}</span>
                " "
                {(!below.is_empty()).then(|| view! { <span class="about clip">{below}</span> })}
            </span>
            {move || problem.get().map(|(severity, n)| view! {
                // Drawn by the style sheet: scrolled half out, what is still seen is part of what is heard.
                <span class="count" class:bad=severity == Severity::Error data-count=n aria-hidden="true"></span>
            })}
        </li>
    }
}

/// What is selected on the canvas, as it is heard; empty where no single step or connection is.
pub fn heard(store: Store) -> Memo<String> {
    Memo::new(move |_| {
        let Some(what) = selected(store.selection.get()) else { return String::new() };
        let id = match &what {
            Stands::Entry => "@entry",
            Stands::Activity(id) => id,
            Stands::Way(_) => "",
        };
        let problems = store.problems.with(|all| all.get(id).copied());
        with_canvas(store, |journey, canvas| model::outline::heard(journey, canvas, &what, problems))
            .unwrap_or_default()
    })
}

fn line_id(place: usize) -> String {
    format!("outline-{place}")
}

fn focus_line(place: usize) {
    let line = document().get_element_by_id(&line_id(place));
    if let Some(line) = line.and_then(|line| line.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = line.focus();
    }
}
