//! Who is in a segment, as sentences: groups, base segments, sets of criteria.
//!
//! What can be shown says [`audience::sheet`]; the rest stands below as JSON. Every change is one edit of the document.

use audience::sheet::{self, Form, Quantity, Set, Sheet};
use leptos::prelude::*;
use model::clause::{self, Part};
use model::view::View;
use model::{Edit, Path, Step, path, wire};
use serde_json::{Value, json};

use super::part::JsonPart;
use crate::form::{Open, members, told, write_as};
use crate::store::{Store, store};

/// What stays the same while criteria change, so that a field keeps the keyboard.
#[derive(Clone, Debug, PartialEq)]
struct Frame {
    form: Form,
    groups: Vec<GroupFrame>,
    rest: Vec<Path>,
}

#[derive(Clone, Debug, PartialEq)]
struct GroupFrame {
    sets: Vec<Path>,
    several: bool,
    is_group: bool,
}

/// The sentences.
#[component]
pub fn Builder() -> impl IntoView {
    let store = store();
    let sheet = Memo::new(move |_| store.content.with(|document| Sheet::of(document)));
    let frame = Memo::new(move |_| {
        sheet.with(|sheet| Frame {
            form: sheet.form,
            groups: sheet
                .groups
                .iter()
                .map(|group| GroupFrame {
                    sets: group.sets.iter().map(|set| set.place.clone()).collect(),
                    several: group.sets.len() > 1,
                    is_group: group.place.is_some(),
                })
                .collect(),
            rest: sheet.rest.clone(),
        })
    });
    let shape = model::shapes::find(wire::WriteSegmentRequest::SHAPE);
    let name = shape.map(|shape| members(shape, &Path::default(), &[], &["Dimensions", "SegmentGroups", "tags"]));
    view! {
        <div class="name-field">{name}</div>
        {move || {
            let frame = frame.get();
            let words = match frame.form {
                Form::Imported => Some("This segment is a list that was imported. It has no criteria; who is on the list stands in a file beside it."),
                Form::Json => Some("This segment can only be shown as JSON. Correct it below."),
                _ => None,
            };
            let several = frame.groups.len() > 1;
            let editable = words.is_none();
            let groups = frame.groups.iter().enumerate().map(|(number, group)| {
                group_view(store, sheet, number, group.clone(), several)
            }).collect_view();
            let rest = frame.rest.iter().map(|place| view! { <JsonPart place=place.clone() /> }).collect_view();
            let any_rest = !frame.rest.is_empty();
            view! {
                {words.map(|words| view! { <p class="note">{words}</p> })}
                {several.then(|| view! {
                    <p class="sentence">
                        "People are in when "
                        {quantity(store, move |sheet| Some(&sheet.include), sheet, "How the groups come together", [
                            "every group has them", "at least one group has them", "no group has them",
                        ])}
                        "."
                    </p>
                })}
                {(editable && frame.groups.is_empty()).then(|| view! { <p class="sentence">"Everybody is in."</p> })}
                {groups}
                {editable.then(|| view! {
                    <button type="button" class="quiet add" data-test="add-group"
                        on:click=move |_| change(store, "Add a group", sheet::with_group)>
                        {if frame.groups.is_empty() { "Only some of them" } else { "Add a group" }}
                    </button>
                })}
                {any_rest.then(|| view! {
                    <section class="unsaid" aria-label="As JSON">
                        <h2>"Not in the sentences"</h2>
                        {rest}
                    </section>
                })}
            }
        }}
    }
}

/// Changes the segment, as one edit.
fn change(store: Store, label: &str, how: impl FnOnce(&Value) -> Value) {
    let id = store.subject.get_untracked();
    let after = store.content.with_untracked(|document| how(document));
    store.edit(Edit::new(label).set(&id, path![], after));
}

fn remove(store: Store, label: &str, place: Path) {
    let id = store.subject.get_untracked();
    store.edit(Edit::new(label).remove(&id, place));
}

fn group_view(store: Store, sheet: Memo<Sheet>, number: usize, group: GroupFrame, titled: bool) -> impl IntoView {
    let place = path!["SegmentGroups", "Groups", number];
    let sets = group.sets.iter().enumerate().map(|(at, set)| {
        let removable = group.is_group && (group.several || number > 0 || at > 0);
        set_view(store, sheet, number, at, set.clone(), removable)
    });
    let sets = sets.collect_view();
    view! {
        <section class="people-group" data-test="segment-group" aria-label=format!("Group {}", number + 1)>
            {titled.then(|| view! {
                <header class="heading">
                    <h2>{format!("Group {}", number + 1)}</h2>
                    <button type="button" class="quiet" aria-label=format!("Remove group {}", number + 1)
                        on:click=move |_| remove(store, "Remove a group", place.clone())>"×"</button>
                </header>
            })}
            {sources_view(store, sheet, number)}
            {group.several.then(|| view! {
                <p class="sentence">
                    "They are in when "
                    {quantity(store, move |sheet| sheet.groups.get(number).map(|group| &group.kind), sheet, "How the conditions come together", [
                        "all of these hold", "at least one of these holds", "none of these holds",
                    ])}
                    ":"
                </p>
            })}
            <ol class="sets" class:several=group.several>{sets}</ol>
            <button type="button" class="quiet add" data-test="add-set"
                on:click=move |_| change(store, "Add conditions", |document| sheet::with_set(document, number))>
                "Add other conditions"
            </button>
        </section>
    }
}

/// One set of criteria: a sentence whose words can be changed.
fn set_view(store: Store, sheet: Memo<Sheet>, group: usize, at: usize, place: Path, removable: bool) -> impl IntoView {
    let of = move |sheet: &Sheet| -> Option<(Set, bool)> {
        let group = sheet.groups.get(group)?;
        Some((group.sets.get(at)?.clone(), group.sets.len() > 1))
    };
    let parts = Memo::new(move |_| {
        let Some((set, several)) = sheet.with(of) else { return Vec::new() };
        store.content.with(|document| sentence(document, &set, several))
    });
    let more = Memo::new(move |_| {
        let empty = sheet.with(of).is_none_or(|(set, _)| set.criteria.is_empty());
        vec![(if empty { "only those whose …" } else { "and …" }, Open::More(Path::default()))]
    });
    let gone = place.clone();
    view! {
        <li class="set">
            <div class="told">{told(place, "", parts, more)}</div>
            {removable.then(|| view! {
                <button type="button" class="quiet" title="Remove these conditions" aria-label="Remove these conditions"
                    on:click=move |_| remove(store, "Remove conditions", gone.clone())>"×"</button>
            })}
        </li>
    }
}

fn sentence(document: &Value, set: &Set, several: bool) -> Vec<Part> {
    let said = |text: &str| Part { text: text.to_owned(), hole: None };
    let shown = sheet::shown(document, set);
    let told = wire::SegmentDimensions::of(&shown).map(|view| clause::about_them(view, &Path::default()));
    match (set.criteria.is_empty(), several) {
        (true, false) => vec![said("Everybody is in,")],
        (true, true) => vec![said("They are anybody,")],
        (false, false) => [said("People are in when ")].into_iter().chain(told.unwrap_or_default()).collect(),
        (false, true) => {
            let mut parts = told.unwrap_or_default();
            if let Some(first) = parts.first_mut() {
                first.text = model::telling::capital(&first.text);
            }
            parts
        }
    }
}

/// The base segments of a group.
fn sources_view(store: Store, sheet: Memo<Sheet>, number: usize) -> impl IntoView {
    let sources = Memo::new(move |_| {
        sheet.with(|sheet| sheet.groups.get(number).map(|group| group.sources.clone()).unwrap_or_default())
    });
    let own = move || store.subject.with(|subject| subject.name().to_owned());
    let others = Memo::new(move |_| {
        let (own, used) = (own(), sources.get());
        store.project.with(|project| {
            let free = |name: &&str| **name != own && !used.iter().any(|source| source.id == **name);
            project.segment_names().filter(free).map(str::to_owned).collect::<Vec<_>>()
        })
    });
    let add = move |event: leptos::ev::Event| {
        let name = event_target_value(&event);
        if !name.is_empty() {
            change(store, &format!("Start from {name}"), |document| sheet::with_source(document, number, &name));
        }
    };
    let lead = move || match sources.with(Vec::len) {
        0 => "From everybody",
        _ => "From those who are in",
    };
    view! {
        <p class="sentence sources" data-test="sources">
            {lead}
            <Show when=move || !sources.with(Vec::is_empty)>
                " "
                {quantity(store, move |sheet| sheet.groups.get(number).map(|group| &group.source_type), sheet, "How the base segments come together", [
                    "all of", "at least one of", "none of",
                ])}
            </Show>
            <For each=move || sources.get() key=|source| (source.place.clone(), source.id.clone()) let:source>
                {
                    let (place, id) = (source.place.clone(), source.id.clone());
                    let known = { let id = id.clone(); move || store.project.with(|project| project.segment(&id).is_some()) };
                    let version = source.version.map(|version| format!(" version {version}"));
                    view! {
                        <span class="chip" class:bad=move || !known()>
                            {id.clone()}{version}
                            <button type="button" class="quiet" aria-label=format!("Do not start from {id}")
                                on:click=move |_| remove_source(store, number, &place)>"×"</button>
                        </span>
                    }
                }
            </For>
            <Show when=move || !others.with(Vec::is_empty)>
                <select class="inline" aria-label="Base segment to add" data-test="add-source" prop:value="" on:change=add>
                    <option value="" selected=true>{move || if sources.with(Vec::is_empty) { "in a segment …" } else { "and …" }}</option>
                    <For each=move || others.get() key=Clone::clone let:name>
                        <option value=name.clone()>{name.clone()}</option>
                    </For>
                </select>
            </Show>
        </p>
    }
}

/// Takes a base segment away, and the list with the last one.
fn remove_source(store: Store, number: usize, place: &Path) {
    let list = path!["SegmentGroups", "Groups", number, "SourceSegments"];
    let last =
        store.content.with_untracked(|root| list.find(root).and_then(Value::as_array).is_some_and(|l| l.len() < 2));
    remove(store, "Remove a base segment", if last { list } else { place.clone() });
}

/// A choice among all, any and none.
fn quantity(
    store: Store,
    of: impl Fn(&Sheet) -> Option<&Quantity> + Copy + Send + Sync + 'static,
    sheet: Memo<Sheet>,
    label: &'static str,
    words: [&'static str; 3],
) -> impl IntoView {
    let now = Memo::new(move |_| sheet.with(|sheet| of(sheet).map_or("ALL", |quantity| quantity.word)));
    let choose = move |event: leptos::ev::Event| {
        let Some(place) = sheet.with_untracked(|sheet| of(sheet).map(|quantity| quantity.place.clone())) else {
            return;
        };
        let member = match place.0.last() {
            Some(Step::Key(member)) => member.clone(),
            _ => String::new(),
        };
        write_as(store, &place, Some(json!(event_target_value(&event))), &format!("Change {member}"));
    };
    view! {
        <select class="inline" aria-label=label prop:value=move || now.get() on:change=choose>
            {sheet::QUANTITIES.iter().zip(words).map(|(word, words)| view! {
                <option value=*word selected=move || now.get() == *word>{words}</option>
            }).collect_view()}
        </select>
    }
}
