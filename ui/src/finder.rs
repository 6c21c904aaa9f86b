//! The lists behind Ctrl+K and Ctrl+F: type, choose with the arrows, Enter.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use model::drawing::{self, Origin};
use model::search::search;
use model::{ActivityKind, DocumentId, Place};

use crate::canvas::{connect, focus_steps};
use crate::commands::{COMMANDS, Command, add, kinds};
use crate::palette::found_kinds;
use crate::problems::{fixes, sentence};
use crate::store::{Selection, Store, store};

/// Most lines that are shown.
const MOST: usize = 100;

/// What a line does when it is chosen.
#[derive(Clone)]
enum Act {
    Command(Command),
    Add(ActivityKind),
    Show(String),
    GoTo(Place),
    Connect(Origin, String),
    Fix(model::Edit),
}

/// What the list is of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Commands, kinds to add, journeys.
    Commands,
    /// The contents of the project.
    Project,
    /// The steps that the selected step or connection can lead to.
    Targets,
    /// The kinds of steps.
    Kinds,
}

/// A line of the list.
#[derive(Clone)]
struct Line {
    title: String,
    about: String,
    keys: &'static str,
    act: Act,
}

/// A search field with its list.
#[component]
pub fn Finder(over: Over) -> impl IntoView {
    let store = store();
    let wanted = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let lines: Memo<Lines> = Memo::new(move |_| {
        let wanted = wanted.get();
        Lines(match over {
            Over::Commands => fitting(store, &wanted),
            Over::Project => found(store, &wanted),
            Over::Targets => targets(store, &wanted),
            Over::Kinds => of_kinds(&wanted),
        })
    });
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
    let choose = move |place: usize| {
        if let Some(line) = lines.with_untracked(|lines| lines.0.get(place).cloned()) {
            store.dialog.set(None);
            act(store, line.act);
        }
    };
    let press = move |event: KeyboardEvent| {
        let count = lines.with_untracked(|lines| lines.0.len());
        let to = match event.key().as_str() {
            "ArrowDown" => at.get_untracked() + 1,
            "ArrowUp" => at.get_untracked() + count.saturating_sub(1),
            "Enter" => {
                event.prevent_default();
                return choose(at.get_untracked());
            }
            _ => return,
        };
        event.prevent_default();
        at.set(to.checked_rem(count).unwrap_or(0));
        if let Some(line) = document().get_element_by_id(&line_id(at.get_untracked())) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            line.scroll_into_view_with_scroll_into_view_options(&options);
        }
    };
    let some = move || lines.with(|lines| !lines.0.is_empty());
    let label = match over {
        Over::Commands => "What to do, or a journey",
        Over::Project => "Names, contents, conditions",
        Over::Targets => "Name of a step, or of a branch",
        Over::Kinds => "Kind of step",
    };
    let none = move || match (over, wanted.with(|wanted| wanted.trim().is_empty())) {
        (Over::Project, true) => "Type what to look for in journeys, segments, templates and campaigns.",
        (Over::Project, false) => "Nothing in this project has that.",
        (Over::Commands, _) => "There is no such command.",
        (Over::Targets, true) => "It can lead to no other step: each would lead back to it.",
        (Over::Targets, false) => "No such step can follow.",
        (Over::Kinds, _) => "No activity is called that.",
    };
    view! {
        <input type="search" role="combobox" aria-expanded=move || some().to_string() aria-controls="found" aria-autocomplete="list" autocomplete="off"
            placeholder=label aria-label=label node_ref=input data-test="finder"
            aria-activedescendant=move || some().then(|| line_id(at.get()))
            on:input=move |event| { wanted.set(event_target_value(&event)); at.set(0) } on:keydown=press />
        <ul class="finds" id="found" role="listbox" aria-label="Found" data-test="found">
            {move || lines.get().0.into_iter().enumerate().map(|(place, line)| view! {
                <li role="option" id=line_id(place) aria-selected=move || (at.get() == place).to_string()
                    on:pointermove=move |_| at.set(place) on:click=move |_| choose(place)>
                    <span class="title clip">{line.title}</span>
                    <span class="about clip">{line.about}</span>
                    {(!line.keys.is_empty()).then(|| view! { <kbd>{line.keys}</kbd> })}
                </li>
            }).collect_view()}
        </ul>
        <Show when=move || lines.with(|lines| lines.0.is_empty())>
            <p class="note">{none}</p>
        </Show>
    }
}

/// Lines are made anew for every text; whether two are the same is not asked.
#[derive(Clone)]
struct Lines(Vec<Line>);

impl PartialEq for Lines {
    fn eq(&self, _: &Lines) -> bool {
        false
    }
}

fn line_id(place: usize) -> String {
    format!("found-{place}")
}

fn act(store: Store, act: Act) {
    match act {
        Act::Command(command) => command.perform(store),
        Act::Add(kind) => add(store, kind),
        Act::Show(journey) => {
            store.show(&journey);
            focus_steps();
        }
        Act::Connect(origin, to) => {
            connect(store, &origin, &to);
            focus_steps();
        }
        Act::Fix(edit) => store.edit(edit),
        Act::GoTo(place) => {
            store.go_to_place(&place);
            focus_steps();
        }
    }
}

/// The kinds of steps, as the palette finds them.
fn of_kinds(wanted: &str) -> Vec<Line> {
    let line = |(family, kind): (&'static str, ActivityKind)| Line {
        title: kind.title().to_owned(),
        about: family.to_owned(),
        keys: "",
        act: Act::Add(kind),
    };
    found_kinds(wanted).into_iter().map(line).collect()
}

/// Commands, kinds to add and journeys that have all words of `wanted`.
fn fitting(store: Store, wanted: &str) -> Vec<Line> {
    let words: Vec<String> = wanted.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let commands = COMMANDS.iter().map(|command| Line {
        title: command.words.to_owned(),
        about: String::new(),
        keys: command.keys,
        act: Act::Command(*command),
    });
    let adding = kinds().map(|kind| Line {
        title: format!("Add {}", kind.title()),
        about: "after the selection".to_owned(),
        keys: "",
        act: Act::Add(kind),
    });
    let journeys = store.project.with_untracked(|project| {
        let names = project.journeys().map(|(name, _)| name.to_owned());
        names.collect::<Vec<_>>()
    });
    let journeys = journeys.into_iter().map(|name| Line {
        title: format!("Go to {name}"),
        about: "journey".to_owned(),
        keys: "",
        act: Act::Show(name),
    });
    let fixing = untrack(|| fixes(store)).into_iter().enumerate().map(|(place, (found, fix))| Line {
        title: format!("Fix: {}", fix.title),
        about: sentence(&found.message),
        keys: if place == 0 { "." } else { "" },
        act: Act::Fix(fix.edit),
    });
    let fits = |line: &Line| {
        let title = line.title.to_lowercase();
        words.iter().all(|word| title.contains(word.as_str()))
    };
    commands.chain(adding).chain(journeys).chain(fixing).filter(fits).take(MOST).collect()
}

/// The steps that the ways out of what is selected can lead to, those first that lead nowhere yet.
fn targets(store: Store, wanted: &str) -> Vec<Line> {
    let words: Vec<String> = wanted.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let selection = store.selection.get_untracked();
    let lines = store.peek(|journey| {
        let mut ways: Vec<(Origin, String, Option<String>)> = match &selection {
            Selection::Entry => vec![(Origin::Entry, "the entry".to_owned(), None)],
            Selection::Connection(origin) => vec![(origin.clone(), "the connection".to_owned(), None)],
            Selection::Activities(ids) => ids
                .first()
                .and_then(|id| journey.activity(id))
                .map(|activity| {
                    let way = |way: model::Connection| {
                        let name =
                            if way.label.is_empty() { "here".to_owned() } else { format!("branch {}", way.label) };
                        (Origin::Activity(activity.id.to_owned(), way.slot), name, way.target.map(str::to_owned))
                    };
                    activity.connections().into_iter().map(way).collect()
                })
                .unwrap_or_default(),
            Selection::Journey => Vec::new(),
        };
        ways.sort_by_key(|(_, _, target)| target.is_some());
        let mut lines = Vec::new();
        for (origin, from, now) in ways {
            let others = journey.activities().into_iter().filter(|to| Some(to.id) != now.as_deref());
            let refused = drawing::refusals(journey, &origin);
            let fits = others.filter(|to| !refused.contains_key(to.id));
            lines.extend(fits.map(|to| Line {
                title: to.label().to_owned(),
                about: format!("from {from}"),
                keys: "",
                act: Act::Connect(origin.clone(), to.id.to_owned()),
            }));
        }
        lines
    });
    let fits = |line: &Line| {
        let text = format!("{} {}", line.title, line.about).to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    lines.unwrap_or_default().into_iter().filter(fits).take(MOST).collect()
}

/// What the project has of it.
fn found(store: Store, wanted: &str) -> Vec<Line> {
    let hits = store.project.with_untracked(|project| search(project, wanted, MOST));
    let line = |hit: model::search::Hit| Line {
        about: match (hit.excerpt.is_empty(), &hit.place.document) {
            (false, _) => hit.excerpt,
            (true, DocumentId::Journey(name)) if *name != hit.title => format!("in {name}"),
            (true, document) => document.file(),
        },
        title: hit.title,
        keys: "",
        act: Act::GoTo(hit.place),
    };
    hits.into_iter().map(line).collect()
}
