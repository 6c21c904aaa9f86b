//! Cards of activities, the entry's card, and the marks where paths end.

use diagram::Rect;
use diagram::scene::Stands;
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use model::{ActivityKind, Severity};

use super::walk::focus_inspector;
use super::{Gesture, Hand, focus_canvas, to_world};
use crate::icons::{ENTRY, family, icon, of_kind};
use crate::store::{Mode, Selection, Store, store};

/// A card or an end mark.
#[component]
pub fn Card(id: String, hand: Hand) -> impl IntoView {
    let store = store();
    let place = {
        let id = id.clone();
        Memo::new(move |_| store.scene.with(|scene| scene.nodes.iter().position(|node| node.id == id)))
    };
    let node = Memo::new(move |_| place.get().and_then(|i| store.scene.with(|scene| scene.nodes.get(i).cloned())));
    let rect = Memo::new(move |_| {
        place.get().and_then(|i| store.layout.with(|layout| layout.nodes.get(i).copied())).unwrap_or(Rect {
            x: 0.0,
            y: 0.0,
            width: 0.0,
            height: 0.0,
        })
    });
    let offset = {
        let id = id.clone();
        Memo::new(move |_| {
            hand.gesture.with(|gesture| match gesture {
                Some(Gesture::Move { ids, by, .. }) if ids.contains(&id) => *by,
                _ => (0.0, 0.0),
            })
        })
    };
    let style = move || {
        let Rect { x, y, width, height } = rect.get();
        let (dx, dy) = offset.get();
        format!("transform: translate({}px, {}px); width: {width}px; height: {height}px", x + dx, y + dy)
    };
    let Some(first) = node.get_untracked() else { return ().into_any() };
    match first.stands {
        Stands::End | Stands::Missing => {
            let origin = store.scene.with_untracked(|scene| {
                let edge = scene.graph.edges.iter().position(|edge| scene.nodes[edge.to].id == id);
                edge.map(|i| scene.connections[i].origin.clone())
            });
            let start = move |event: PointerEvent| {
                event.stop_propagation();
                if let Some(origin) = origin.clone()
                    && store.mode.get_untracked() == Mode::Design
                    && let Some(to) = to_world(store, f64::from(event.client_x()), f64::from(event.client_y()))
                {
                    store.selection.set(Selection::Connection(origin.clone()));
                    hand.gesture.set(Some(Gesture::Connect { origin, to }));
                }
            };
            let missing = first.stands == Stands::Missing;
            let title = if missing {
                format!("{} does not exist. Drag to an activity to connect.", first.title)
            } else {
                "The path ends here. Drag to an activity to connect.".to_owned()
            };
            view! {
                <div class="end" class:missing=missing style=style title=title data-end=id.clone() on:pointerdown=start>
                    {if missing { "?" } else { "" }}
                </div>
            }
            .into_any()
        }
        Stands::Entry | Stands::Activity(_) => {
            let is_entry = first.stands == Stands::Entry;
            let selected = {
                let id = id.clone();
                Memo::new(move |_| {
                    store.selection.with(|selection| match selection {
                        Selection::Entry => is_entry,
                        Selection::Activities(ids) => ids.contains(&id),
                        _ => false,
                    })
                })
            };
            let problems = {
                let id = id.clone();
                Memo::new(move |_| if is_entry { entry_problems(store) } else { store.problems_of(&id) })
            };
            let kind = move || match node.get().map(|n| n.stands) {
                Some(Stands::Activity(kind)) => kind,
                _ => None,
            };
            let press = {
                let id = id.clone();
                move |event: PointerEvent| {
                    if event.button() != 0 {
                        return;
                    }
                    event.stop_propagation();
                    hand.adding.set(None);
                    focus_canvas();
                    press_card(store, hand, &id, is_entry, &event);
                }
            };
            let open = move |_| focus_inspector();
            let counts = {
                let id = id.clone();
                Memo::new(move |_| node_counts(store, &id, is_entry))
            };
            let lit = {
                let id = id.clone();
                Memo::new(move |_| {
                    store.mode.get() == Mode::Simulate
                        && store.story.with(|story| {
                            story.as_ref().is_some_and(|s| {
                                (is_entry && !s.steps.is_empty())
                                    || s.steps.iter().any(|step| step.activity.as_deref() == Some(id.as_str()))
                            })
                        })
                })
            };
            let spoken = move || {
                let node = node.get();
                let kind = if is_entry { "Entry" } else { kind().map_or("Activity without kind", ActivityKind::title) };
                let problems = problems.get().map_or(String::new(), |(_, n)| format!(", {n} problems"));
                node.map_or(String::new(), |n| format!("{kind}: {}. {}{problems}", n.title, n.summary))
            };
            view! {
                <div
                    class=move || format!("card {}", if is_entry { "entry" } else { family(kind()) })
                    class:selected=move || selected.get()
                    class:lit=move || lit.get()
                    style=style
                    role="button"
                    aria-label=spoken
                    aria-pressed=move || selected.get().to_string()
                    data-activity=id.clone()
                    on:pointerdown=press
                    on:dblclick=open
                >
                    <span class="badge">{move || icon(if is_entry { ENTRY } else { of_kind(kind()) })}</span>
                    <span class="words">
                        <span class="title" dir="auto" title=move || node.get().map(|n| n.title)>{move || node.get().map(|n| n.title)}</span>
                        <span class="summary" dir="auto" title=move || node.get().map(|n| n.summary)>{move || node.get().map(|n| n.summary)}</span>
                    </span>
                    {move || problems.get().map(|(severity, n)| {
                        let bad = severity == Severity::Error;
                        view! {
                            <span class="found" class:bad=bad title=format!("{n} {}", if n == 1 { "problem" } else { "problems" })>
                                {if bad { "!" } else { "i" }}
                            </span>
                        }
                    })}
                    {move || counts.get().map(|text| view! { <span class="passed">{text}</span> })}
                </div>
            }
            .into_any()
        }
    }
}

/// Problems of the start condition, worst and how many.
fn entry_problems(store: Store) -> Option<(Severity, usize)> {
    let id = model::DocumentId::Journey(store.journey.get());
    store.report.with(|report| {
        let about = [model::path!["StartCondition"], model::path!["StartActivity"]];
        let found: Vec<Severity> = report
            .of(&id)
            .filter(|found| about.iter().any(|path| found.place.path.starts_with(path)))
            .map(|found| found.severity)
            .collect();
        Some((*found.iter().min()?, found.len()))
    })
}

fn node_counts(store: Store, id: &str, is_entry: bool) -> Option<String> {
    if store.mode.get() != Mode::Simulate {
        return None;
    }
    store.run.with(|run| {
        let run = &run.as_ref()?.run;
        if is_entry {
            return Some(format!("{} of {}", run.entered, run.offered));
        }
        let counts = run.activities.iter().find(|activity| activity.id == id)?;
        let opened =
            counts.outcomes.iter().find(|o| matches!(o.name.as_str(), "_email.open" | "_journey.opened_notification"));
        let mut text = counts.entered.to_string();
        if let Some(opened) = opened {
            text += &format!(" · {} opened", opened.count);
        }
        Some(text)
    })
}

fn press_card(store: Store, hand: Hand, id: &str, is_entry: bool, event: &PointerEvent) {
    if is_entry {
        store.selection.set(Selection::Entry);
    } else {
        let chosen = match store.selection.get_untracked() {
            Selection::Activities(mut ids) if event.shift_key() => {
                if let Some(place) = ids.iter().position(|other| other == id) {
                    ids.remove(place);
                } else {
                    ids.push(id.to_owned());
                }
                ids
            }
            Selection::Activities(ids) if ids.iter().any(|other| other == id) => ids,
            _ => vec![id.to_owned()],
        };
        store.selection.set(if chosen.is_empty() { Selection::Journey } else { Selection::Activities(chosen) });
    }
    if store.mode.get_untracked() == Mode::Design {
        let ids = match store.selection.get_untracked() {
            Selection::Activities(ids) => ids,
            Selection::Entry => vec!["@entry".to_owned()],
            _ => return,
        };
        let from = (f64::from(event.client_x()), f64::from(event.client_y()));
        hand.gesture.set(Some(Gesture::Move { ids, from, by: (0.0, 0.0) }));
    }
}
