//! The journey as a tree beside the canvas, for those who do not point: everything that the canvas can do is done here
//! with keys.

use std::collections::BTreeSet;

use leptos::attr::custom::custom_attribute;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use model::activity::ActivityKind;
use model::elapsed::{beside, elapsed};
use model::{Journey, Severity, summary};
use wasm_bindgen::JsCast;

use crate::canvas::focus_inspector;
use crate::icons::{ENTRY, family, icon, of_kind};
use crate::store::{Selection, Store, store};

/// A line of the outline.
#[derive(Clone, PartialEq)]
struct Line {
    /// The activity; `None` = the entry.
    id: Option<String>,
    /// How deep it stands in branches; the entry is at 1.
    level: usize,
    kind: Option<ActivityKind>,
    title: String,
    about: String,
    /// The way that leads here: "Yes", "60%".
    way: String,
    /// On which day people get there.
    day: String,
    /// It stands further up already; this line only points there.
    again: bool,
}

/// The tree.
#[component]
pub fn Outline() -> impl IntoView {
    let store = store();
    let lines = Memo::new(move |_| store.document.with(|root| Journey::of(root).map(lines).unwrap_or_default()));
    let here = move || match store.selection.get() {
        Selection::Activities(ids) => Some(ids.last().cloned()),
        Selection::Entry => Some(None),
        Selection::Journey | Selection::Connection(_) => None,
    };
    // The line that the keyboard is on: the selected one, else the first.
    let current = Memo::new(move |_| {
        let here = here();
        lines.with(|lines| lines.iter().position(|line| Some(&line.id) == here.as_ref() && !line.again).unwrap_or(0))
    });
    let go = move |place: usize| {
        lines.with_untracked(|lines| match lines.get(place).map(|line| line.id.clone()) {
            Some(Some(id)) => store.select_activity(&id),
            Some(None) => {
                store.selection.set(Selection::Entry);
                store.reveal("@entry");
            }
            None => {}
        });
        focus_line(place);
    };
    let press = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let at = current.get_untracked();
        let to = lines.with_untracked(|lines| {
            let level = lines.get(at).map_or(0, |line| line.level);
            match event.key().as_str() {
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
        match (to, event.key().as_str()) {
            (Some(to), _) => {
                event.prevent_default();
                go(to);
            }
            (None, "Enter") => {
                event.prevent_default();
                go(at);
                focus_inspector();
            }
            _ => {}
        }
    };
    view! {
        <ul class="outline" role="tree" aria-label="Steps of the journey" data-test="outline" on:keydown=press>
            {move || {
                let all = lines.get();
                let count = all.iter().filter(|line| !line.again && line.id.is_some()).count();
                let mut number = 0;
                all.into_iter().enumerate().map(|(place, line)| {
                    if line.id.is_some() && !line.again { number += 1 }
                    one(place, line, (number, count), current, go)
                }).collect_view()
            }}
        </ul>
    }
}

fn one(
    place: usize,
    line: Line,
    (number, count): (usize, usize),
    current: Memo<usize>,
    go: impl Fn(usize) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let store = store();
    let problem = {
        let id = line.id.clone().unwrap_or_else(|| "@entry".to_owned());
        Memo::new(move |_| store.problems.with(|problems| problems.get(&id).copied()))
    };
    let about = about(&line);
    // What is seen is part of what is heard, in the same order: who speaks to the program says what they see.
    let spoken = {
        let line = line.clone();
        move || spoken(&line, (number, count), problem.get())
    };
    let level = custom_attribute("aria-level", line.level.to_string());
    let style = format!("--level: {}", line.level.min(9));
    let class = format!("line {}", if line.id.is_some() { family(line.kind) } else { "entry" });
    let mark = if line.id.is_some() { of_kind(line.kind) } else { ENTRY };
    view! {
        <li role="treeitem" {..level} id=line_id(place) class=class class:again=line.again style=style
            aria-label=spoken
            aria-selected=move || (current.get() == place).to_string()
            tabindex=move || if current.get() == place { "0" } else { "-1" }
            on:click=move |_| go(place)>
            {icon(mark)}
            <span class="text">
                <span class="clip">
                    {(!line.way.is_empty()).then(|| view! { <b class="branch">{line.way}</b> " " })}
                    {line.title}
                </span>
                " "
                {(!about.is_empty()).then(|| view! { <span class="about clip">{about}</span> })}
            </span>
            {move || problem.get().map(|(severity, n)| view! {
                " "
                <span class="count" class:bad=severity == Severity::Error>{n}</span>
            })}
        </li>
    }
}

/// What is said below a title: when people come there, and what it does.
fn about(line: &Line) -> String {
    match (line.again, line.day.is_empty(), line.about.is_empty()) {
        (true, ..) => String::new(),
        (false, true, _) => line.about.clone(),
        (false, false, true) => line.day.clone(),
        (false, false, false) => format!("{} · {}", line.day, line.about),
    }
}

/// A line as it is heard: kind, branch, name, what it does, what is wrong with it, where it is. What is seen is part of it,
/// in the same order: who speaks to the program says what they see.
fn spoken(line: &Line, (number, count): (usize, usize), problems: Option<(Severity, usize)>) -> String {
    let kind = match (&line.id, line.kind) {
        (None, _) => "Entry",
        (_, Some(kind)) => kind.title(),
        (_, None) => "Kind not set",
    };
    let mut parts = vec![kind.to_owned()];
    if !line.way.is_empty() {
        parts.push(format!("branch {}", line.way));
    }
    parts.push(line.title.clone());
    parts.extend(Some(about(line)).filter(|about| !about.is_empty()));
    parts.extend(problems.map(|(severity, n)| {
        let word = if severity == Severity::Error { "error" } else { "warning" };
        format!("{n} {word}{}", if n == 1 { "" } else { "s" })
    }));
    if line.again {
        parts.push("goes on there".to_owned());
    } else if line.id.is_some() {
        parts.push(format!("step {number} of {count}"));
    }
    parts.join(", ")
}

/// What is selected on the canvas, as it is heard; empty where no single step is.
pub fn heard(store: Store) -> Memo<String> {
    Memo::new(move |_| {
        let id = match store.selection.get() {
            Selection::Entry => None,
            Selection::Activities(ids) if ids.len() == 1 => ids.into_iter().next(),
            _ => return String::new(),
        };
        let problems = store.problems.with(|all| all.get(id.as_deref().unwrap_or("@entry")).copied());
        let all = store.peek(lines).unwrap_or_default();
        let steps: Vec<&Line> = all.iter().filter(|line| !line.again && line.id.is_some()).collect();
        let number = steps.iter().position(|line| line.id == id).map_or(0, |at| at + 1);
        let line = all.iter().find(|line| !line.again && line.id == id);
        line.map(|line| spoken(line, (number, steps.len()), problems)).unwrap_or_default()
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

/// The entry, then every activity once, below what leads to it; at last those that nothing leads to.
fn lines(journey: Journey) -> Vec<Line> {
    let days = elapsed(journey);
    let mut lines = vec![Line {
        id: None,
        level: 1,
        kind: None,
        title: "Entry".to_owned(),
        about: summary::entry(journey),
        way: String::new(),
        day: String::new(),
        again: false,
    }];
    let mut told = BTreeSet::new();
    let starts = journey.wire.start_activity().into_iter().chain(journey.activities().into_iter().map(|a| a.id));
    for (nth, start) in starts.enumerate() {
        // The first is what the entry leads to; of the others those are new that nothing leads to.
        if told.contains(start) {
            continue;
        }
        let mut open = vec![(start, 1, String::new())];
        while let Some((id, level, way)) = open.pop() {
            let Some(activity) = journey.activity(id) else { continue };
            let again = !told.insert(id);
            lines.push(Line {
                id: Some(id.to_owned()),
                level,
                kind: activity.kind(),
                title: activity.label().to_owned(),
                about: summary::activity(&activity, journey),
                way,
                day: match days.contains_key(id) {
                    false if nth > 0 => "not reached".to_owned(),
                    _ => beside(&activity, &days).unwrap_or_default(),
                },
                again,
            });
            if again {
                continue;
            }
            let ways = activity.connections();
            let deeper = level + usize::from(ways.len() > 1);
            open.extend(ways.into_iter().rev().filter_map(|way| Some((way.target?, deeper, way.label))));
        }
    }
    lines
}
