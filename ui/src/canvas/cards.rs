//! Cards of activities, the entry's card, and the marks where paths end.

use diagram::scene::{SceneNode, Stands};
use diagram::{Detail, Rect};
use leptos::prelude::*;
use model::{ActivityKind, Severity};

use super::hand::{Gesture, Hand};
use crate::icons::{ENTRY, family, of_kind};
use crate::simulate::flow;
use crate::store::{Selection, Store, store};

/// A card or an end mark.
#[component]
pub fn Card(id: String, hand: Hand) -> impl IntoView {
    let store = store();
    let place = {
        let id = id.clone();
        Memo::new(move |_| store.scene.with(|scene| scene.place(&id)))
    };
    let node = Memo::new(move |_| store.scene.with(|scene| scene.nodes.get(place.get()?).cloned()));
    let area =
        Memo::new(move |_| store.layout.with(|layout| layout.nodes.get(place.get()?).copied()).unwrap_or_default());
    let held = Memo::new(move |_| {
        hand.gesture.with(|gesture| match gesture {
            Some(Gesture::Move(held)) => place.get().is_some_and(|place| held.contains(&place)),
            _ => false,
        })
    });
    let style = move || {
        let Rect { x, y, width, height } = area.get();
        // a transform, not left and top: with those the browser makes a layer of its own of many a card and "+"
        let (dx, dy) = if held.get() { hand.by.get() } else { (0.0, 0.0) };
        format!("transform: translate({}px, {}px); width: {width}px; height: {height}px", x + dx, y + dy)
    };
    let Some(first) = node.get_untracked() else { return ().into_any() };
    match first.stands {
        Stands::End | Stands::Missing => {
            let missing = first.stands == Stands::Missing;
            let title = if missing {
                format!("{} does not exist. Drag to an activity to connect.", first.title)
            } else {
                "The path ends here. Drag to an activity to connect.".to_owned()
            };
            view! {
                <div class="end" class:missing=missing style=style title=title data-end=id>
                    {if missing { "?" } else { "" }}
                </div>
            }
            .into_any()
        }
        Stands::Folded(_) => {
            let words = move || node.with(|node| node.as_ref().map(|node| format!("+ {}", node.title)));
            view! {
                <div class="folded" style=style title="Press to unfold the branch" data-folded=id>{words}</div>
            }
            .into_any()
        }
        Stands::Entry | Stands::Activity(_) => {
            view! { <Step id=id hand=hand node=node area=area style=style held=held /> }.into_any()
        }
    }
}

/// The card of an activity or of the entry.
#[component]
fn Step(
    id: String,
    hand: Hand,
    node: Memo<Option<SceneNode>>,
    area: Memo<Rect>,
    style: impl Fn() -> String + Copy + Send + Sync + 'static,
    held: Memo<bool>,
) -> impl IntoView {
    let store = store();
    let is_entry = node.with_untracked(|node| node.as_ref().is_some_and(|node| node.stands == Stands::Entry));
    let kind = move || node.with(|node| kind_of(node.as_ref()));
    let problems = {
        let id = id.clone();
        Memo::new(move |_| store.problems.with(|problems| problems.get(&id).copied()))
    };
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
    let differs = {
        let id = id.clone();
        Memo::new(move |_| hand.compared.with(|found| Some(flow::differs(found.as_ref()?.steps.get(&id)?))))
    };
    let conflicts = {
        let id = id.clone();
        Memo::new(move |_| hand.conflicts.with(|found| found.get(&id).copied()))
    };
    let class = {
        let id = id.clone();
        Memo::new(move |_| {
            let mut class = format!("card {}", if is_entry { "entry" } else { family(kind()) });
            let mut mark = |is: bool, name: &str| {
                if is {
                    class.push(' ');
                    class.push_str(name);
                }
            };
            mark(selected.get(), "selected");
            mark(held.get(), "held");
            mark(conflicts.get().is_some(), "conflicted");
            mark(is_lit(store, &id, is_entry), "lit");
            differs.with(|differs| differs.iter().for_each(|differs| mark(true, differs.class)));
            let connecting = hand.gesture.with(|gesture| matches!(gesture, Some(Gesture::Connect(_))));
            mark(connecting && (is_entry || hand.refused.with(|refused| refused.contains_key(&id))), "refused");
            class
        })
    };
    let counts = {
        let id = id.clone();
        Memo::new(move |_| flow::counts(store, &id, is_entry))
    };
    let dots = {
        let id = id.clone();
        Memo::new(move |_| {
            let Rect { width, height, .. } = area.get();
            diagram::dots::standing(&Rect::new(0.0, 0.0, width, height), flow::dots_at(store, &id))
        })
    };
    let spoken = move || {
        let kind = if is_entry { "Entry" } else { kind().map_or("Activity without kind", ActivityKind::title) };
        let problems = match problems.get() {
            None => String::new(),
            Some((_, 1)) => ", 1 problem".to_owned(),
            Some((_, n)) => format!(", {n} problems"),
        };
        let differs = differs.get().map_or(String::new(), |differs| format!(", {}", differs.words));
        let passed = counts.get().map_or(String::new(), |text| format!(", {text}"));
        let conflicts = conflicts.get().map_or(String::new(), |n| format!(", {}", conflict_words(n)));
        let marks = differs + &conflicts + &passed;
        // far out a card has no summary: then the marks follow its name, in what is heard as in what is seen
        let far = !marks.is_empty() && hand.detail.get() == Detail::Names;
        node.with(|node| match node {
            None => String::new(),
            Some(node) if far => format!("{kind}: {}{marks}{problems}. {} {}", node.title, node.day, node.summary),
            Some(node) => spoken_of(kind, node) + &marks + &problems,
        })
    };
    let title = move || node.with(|node| node.as_ref().map(|node| node.title.clone()));
    let summary = move || node.with(|node| node.as_ref().map(|node| node.summary.clone()));
    let day =
        Memo::new(move |_| node.with(|node| node.as_ref().map(|node| node.day.clone()).filter(|day| !day.is_empty())));
    view! {
        <div
            class=move || class.get()
            style=style
            role="button"
            aria-label=spoken
            aria-pressed=move || selected.get().to_string()
            data-activity=id
        >
            <svg class="icon badge" viewBox="0 0 24 24" aria-hidden="true">
                <path d=move || if is_entry { ENTRY } else { of_kind(kind()) } />
            </svg>
            // from the top to the foot: where a card is partly seen, what is seen stays together in what is heard
            {move || day.get().map(|day| view! { <span class="elapsed" title="When people get here, counted from their entry">{day}</span> " " })}
            <span class="title" dir="auto" title=title>{title}</span>
            " "
            <span class="summary" dir="auto" title=summary>{summary}</span>
            {move || problems.get().map(|(severity, n)| {
                let bad = severity == Severity::Error;
                view! {
                    <span class="found" class:bad=bad aria-hidden="true" title=format!("{n} {}", if n == 1 { "problem" } else { "problems" })></span>
                }
            })}
            {move || differs.get().map(|differs| view! { " " <span class=format!("differs {}", differs.class) title=differs.members>{differs.words}</span> })}
            {move || conflicts.get().map(|n| view! { " " <span class="differs conflict">{format!("⇄ {}", conflict_words(n))}</span> })}
            {move || counts.get().map(|text| view! { " " <span class="passed">{text}</span> })}
            {move || Some(dots.get()).filter(|dots| !dots.is_empty()).map(|dots| view! { <svg class="waiting-dots" aria-hidden="true"><path d=dots /></svg> })}
        </div>
    }
}

fn conflict_words(count: usize) -> String {
    format!("{count} {}", if count == 1 { "conflict" } else { "conflicts" })
}

/// A card in words: kind, when people get there, name, what it does; in the order in which it is seen.
fn spoken_of(kind: &str, node: &SceneNode) -> String {
    let day = if node.day.is_empty() { String::new() } else { format!(", {}", node.day) };
    format!("{kind}{day}: {}. {}", node.title, node.summary)
}

fn kind_of(node: Option<&SceneNode>) -> Option<ActivityKind> {
    match node?.stands {
        Stands::Activity(kind) => kind,
        _ => None,
    }
}

/// Whether the story being read comes by.
pub fn is_lit(store: Store, id: &str, is_entry: bool) -> bool {
    flow::shows_story(store)
        && store.story.with(|story| {
            story.as_ref().is_some_and(|story| {
                (is_entry && story.steps.iter().any(|step| step.activity.is_some()))
                    || story.steps.iter().any(|step| step.activity.as_deref() == Some(id))
            })
        })
}
