//! The calendar of a project: everything that its journeys and campaigns send, day by day, and who gets too much.

mod days;

use std::time::Duration;

use bridge::{DaySender, DocumentRun, ProjectRunView, SimulateProject, Span, TooMuch};
use leptos::prelude::*;
use model::DocumentId;
use model::time::{day_name, day_number, monday_of};

use self::days::{month_of, months_later, name_of_month, weeks_of};
use crate::latest::{Latest, Pause};
use crate::problems::{sentence, sentences};
use crate::simulate::flow::grouped;
use crate::store::{Store, store};

/// After the last change, before it is run again.
const PAUSE: Duration = Duration::from_millis(500);

/// Senders that a day of a month names.
const NAMED: usize = 3;

/// What the calendar shows at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Range {
    Month,
    Week,
}

/// What the parts of the room share; a copy is the same.
#[derive(Clone, Copy)]
struct Desk {
    found: RwSignal<Option<Result<ProjectRunView, bridge::Failure>>>,
    range: RwSignal<Range>,
    /// A day of the month or week that is shown, by its number.
    shown: RwSignal<i64>,
    /// The day that is looked into.
    chosen: RwSignal<Option<String>>,
}

/// The room.
#[component]
pub fn CalendarRoom() -> impl IntoView {
    let store = store();
    let desk = Desk {
        found: RwSignal::new(None),
        range: RwSignal::new(Range::Month),
        shown: RwSignal::new(0),
        chosen: RwSignal::new(None),
    };
    provide_context(desk);
    ask_after_changes(store, desk);
    let said = move || {
        desk.found.with(|found| {
            let view = found.as_ref()?.as_ref().ok()?;
            let messages: u64 = view.documents.iter().map(|of| of.messages).sum();
            Some(format!(
                "{} messages to {} people in {} days",
                grouped(messages),
                grouped(view.people),
                (view.end - view.start) / model::time::DAY
            ))
        })
    };
    view! {
        <main class="room calendar-room" aria-label="Calendar">
            <header class="room-head">
                <h1>"Calendar"</h1>
                <span class="room-kind" role="status" data-test="calendar-said">{said}</span>
            </header>
            {move || desk.found.with(|found| match found {
                None => view! { <p class="note" role="status">"The sample people go through all journeys and campaigns."</p> }.into_any(),
                Some(Err(failure)) => view! {
                    <p class="failure" role="alert" data-test="calendar-failure">{sentences(&failure.message, &failure.help)}</p>
                }
                .into_any(),
                Some(Ok(view)) => whole(store, desk, view),
            })}
        </main>
    }
}

/// The first of the days with most messages.
fn busiest(view: &ProjectRunView) -> Option<i64> {
    let messages = |day: &bridge::DayView| day.senders.iter().map(|of| of.messages).sum::<u64>();
    view.days.iter().rev().max_by_key(|day| messages(day)).and_then(|day| day_number(&day.day))
}

/// Simulates now, and again a little after each change of the project.
fn ask_after_changes(store: Store, desk: Desk) {
    let (latest, pause) = (Latest::new(), Pause::new(PAUSE));
    let ask = move || {
        let command = SimulateProject {
            folder: store.folder.get_untracked(),
            project: store.project.get_untracked(),
            days: None,
        };
        latest.ask(command, move |answer| {
            if let Ok(view) = &answer
                && desk.shown.get_untracked() == 0
            {
                desk.shown.set(busiest(view).unwrap_or(view.start / model::time::DAY));
            }
            desk.found.set(Some(answer));
        });
    };
    Effect::new(move |first: Option<()>| {
        store.project.track();
        if first.is_none() {
            ask();
            return;
        }
        pause.then(ask);
    });
}

fn whole(store: Store, desk: Desk, view: &ProjectRunView) -> AnyView {
    let left_out = view.left_out.iter().map(|(id, why)| {
        view! { <li>{link(store, id)} " is left out: " {sentence(why)}</li> }
    });
    let notes = view.notes.iter().map(|note| view! { <li>{sentence(note)}</li> });
    let too_much = view.too_much.iter().map(|found| warning(store, view, found));
    view! {
        <ul class="complaints" aria-label="Too much for one person" data-test="too-much">{too_much.collect_view()}</ul>
        <div class="two calendar-two">
            <section class="calendar" aria-label="Days">
                {head(desk)}
                {calendar(desk, view)}
                {(view.without_zone > 0).then(|| view! {
                    <p class="note">{format!("Days and times are those of each person’s clock. The time zone of {} recipients is not known; they are counted by UTC.", grouped(view.without_zone))}</p>
                })}
            </section>
            <aside class="beside" aria-label="Details">
                {day(store, desk, view)}
                {documents(store, view)}
                <ul class="users note">{left_out.collect_view()}{notes.collect_view()}</ul>
            </aside>
        </div>
    }
    .into_any()
}

/// Which range, and the way to the next.
fn head(desk: Desk) -> AnyView {
    let tab = move |range: Range, word: &'static str, test: &'static str| {
        view! {
            <button role="tab" data-test=test aria-selected=move || (desk.range.get() == range).to_string()
                on:click=move |_| desk.range.set(range)>{word}</button>
        }
    };
    let turn = move |by: i64| {
        desk.shown.update(|shown| {
            *shown = match desk.range.get_untracked() {
                Range::Week => *shown + 7 * by,
                Range::Month => months_later(*shown, by),
            };
        });
    };
    let title = move || match desk.range.get() {
        Range::Month => name_of_month(desk.shown.get()),
        Range::Week => format!("Week of {}", day_name(monday_of(desk.shown.get()))),
    };
    let word = move |which: &str| match desk.range.get() {
        Range::Month => format!("The {which} month"),
        Range::Week => format!("The {which} week"),
    };
    view! {
        <div class="calendar-head">
            <button class="quiet" data-test="calendar-before" aria-label=move || word("previous") title=move || word("previous") on:click=move |_| turn(-1)>"‹"</button>
            <h2 aria-live="polite" data-test="calendar-title">{title}</h2>
            <button class="quiet" data-test="calendar-after" aria-label=move || word("next") title=move || word("next") on:click=move |_| turn(1)>"›"</button>
            <div class="modes small" role="tablist" aria-label="Shown at once">
                {tab(Range::Month, "Month", "calendar-month")}{tab(Range::Week, "Week", "calendar-week")}
            </div>
        </div>
    }
    .into_any()
}

/// The days of the month or week.
fn calendar(desk: Desk, view: &ProjectRunView) -> AnyView {
    let days: StoredValue<Vec<bridge::DayView>> = StoredValue::new(view.days.clone());
    let names: StoredValue<Vec<DocumentId>> =
        StoredValue::new(view.documents.iter().map(|of| of.document.clone()).collect());
    let cell = move |number: i64, outside: bool, range: Range| {
        let name = day_name(number);
        let senders = days.with_value(|days| {
            days.iter().find(|day| day.day == name).map(|day| day.senders.clone()).unwrap_or_default()
        });
        let date = match range {
            Range::Month => name.get(8..).unwrap_or_default().trim_start_matches('0').to_owned(),
            Range::Week => name.get(5..).unwrap_or_default().to_owned(),
        };
        if senders.is_empty() {
            return view! { <div class="calendar-day" class:other-month=outside><span class="date">{date}</span></div> }
                .into_any();
        }
        let all: u64 = senders.iter().map(|of| of.messages).sum();
        let shown = if range == Range::Month { NAMED } else { senders.len() };
        let more = senders.len().saturating_sub(shown);
        let lines = names.with_value(|names| {
            let line = |of: &DaySender| {
                let id = names.get(of.sender)?;
                let class = if matches!(id, DocumentId::Journey(_)) { "of-journey" } else { "of-campaign" };
                let when = (range == Range::Week).then(|| view! { <span class="when">{span_words(of)}</span> });
                let name = id.name().to_owned();
                Some(view! { <span class=format!("sender {class}")><span class="clip">{name}</span><b>{grouped(of.messages)}</b>{when}</span> })
            };
            senders.iter().take(shown).filter_map(line).collect_view()
        });
        let (test, chosen, spoken) = (name.clone(), name.clone(), name.clone());
        view! {
            <button type="button" class="calendar-day" class:other-month=outside data-day=test
                aria-pressed=move || desk.chosen.with(|of| of.as_ref() == Some(&chosen)).to_string()
                on:click=move |_| desk.chosen.set(Some(name.clone()))>
                <span class="date">{date}</span>
                <span class="heard">{format!(" {spoken}, {} messages: ", grouped(all))}</span>
                {lines}
                {(more > 0).then(|| view! { <span class="and-more">{format!("and {more} more")}</span> })}
            </button>
        }
        .into_any()
    };
    let cells = move || {
        let shown = desk.shown.get();
        match desk.range.get() {
            Range::Week => (0..7).map(|day| cell(monday_of(shown) + day, false, Range::Week)).collect_view(),
            Range::Month => {
                let month = month_of(shown);
                let day = |number| cell(number, month_of(number) != month, Range::Month);
                weeks_of(shown).map(day).collect_view()
            }
        }
    };
    let heads = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map(|day| view! { <span>{day}</span> });
    view! {
        <div class="calendar-weekdays" aria-hidden="true">{heads.collect_view()}</div>
        <div class="calendar-days" class:week=move || desk.range.get() == Range::Week data-test="calendar-days">{cells}</div>
    }
    .into_any()
}

fn span_words(of: &DaySender) -> String {
    if of.first == of.last { of.first.clone() } else { format!("{} to {}", of.first, of.last) }
}

/// What is sent on the day that is looked into.
fn day(store: Store, desk: Desk, view: &ProjectRunView) -> AnyView {
    let view = StoredValue::new((view.days.clone(), view.documents.clone()));
    let shown = move || {
        let Some(chosen) = desk.chosen.get() else {
            return view! { <p class="note">"Choose a day to see what is sent."</p> }.into_any();
        };
        view.with_value(|(days, documents)| {
            let senders = days.iter().find(|day| day.day == chosen).map(|day| day.senders.clone()).unwrap_or_default();
            let row = |of: &DaySender| {
                let id = &documents.get(of.sender)?.document;
                let capped =
                    (of.capped > 0).then(|| view! { <span class="note">{format!("{} kept back by a cap", grouped(of.capped))}</span> });
                Some(view! {
                    <tr>
                        <th scope="row">{link(store, id)} <span class="room-kind">{id.kind()}</span> {capped}</th>
                        <td class="number">{grouped(of.messages)}</td>
                        <td>{span_words(of)}</td>
                    </tr>
                })
            };
            view! {
                <h2>{chosen.clone()}</h2>
                <Show when={let none = senders.is_empty(); move || none}><p class="note">"Nothing is sent any more."</p></Show>
                <table class="variables" data-test="calendar-day">
                    <thead><tr><th scope="col">"Sent by"</th><th scope="col">"Messages"</th><th scope="col">"When"</th></tr></thead>
                    <tbody>{senders.iter().filter_map(row).collect_view()}</tbody>
                </table>
            }
            .into_any()
        })
    };
    view! { <div aria-live="polite">{shown}</div> }.into_any()
}

/// What each comes to, with the others and without them.
fn documents(store: Store, view: &ProjectRunView) -> AnyView {
    let row = |of: &DocumentRun| {
        view! {
            <tr>
                <th scope="row">{link(store, &of.document)}</th>
                <td class="number">{grouped(of.messages)}</td>
                <td class="number">{grouped(of.capped)}</td>
                <td class="number">{grouped(of.alone.saturating_sub(of.messages))}</td>
            </tr>
        }
    };
    view! {
        <h3>"All together"</h3>
        <table class="variables" data-test="calendar-documents">
            <thead><tr>
                <th scope="col">"Sent by"</th><th scope="col">"Messages"</th>
                <th scope="col" title="Messages that a limit kept back, its own or a shared one">"Capped"</th>
                <th scope="col" title="Messages that are missing only because the others send too">"Crowded out"</th>
            </tr></thead>
            <tbody>{view.documents.iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// Who gets too much, with somebody as an example.
fn warning(store: Store, view: &ProjectRunView, found: &TooMuch) -> AnyView {
    let span = match found.span {
        Span::Day => "a day",
        Span::Week => "a week",
    };
    let who =
        if found.people == 1 { "1 person gets".to_owned() } else { format!("{} people get", grouped(found.people)) };
    let lines = found.messages.iter().filter_map(|line| {
        let id = &view.documents.get(line.sender)?.document;
        Some(view! { <li><span class="when">{line.at.clone()}</span> " " {link(store, id)} " " <span class="room-kind">{line.part.clone()}</span></li> })
    });
    let when = match found.span {
        Span::Day => format!("on {}", found.day),
        Span::Week => format!("in the week of {}", found.day),
    };
    view! {
        <li>
            <span class="weight">"Warning"</span>
            <details>
                <summary>{format!("{who} more than {} messages in {span}. {} gets {} {when}.", found.most, found.person, found.messages.len())}</summary>
                <ul class="users">{lines.collect_view()}</ul>
                <p class="note">{format!("How many are too many says {} below [calendar] in waymark.toml.", if found.span == Span::Day { "per_day" } else { "per_week" })}</p>
            </details>
        </li>
    }
    .into_any()
}

/// The way to a document.
fn link(store: Store, id: &DocumentId) -> AnyView {
    let (name, id) = (id.name().to_owned(), id.clone());
    view! { <button type="button" class="link" on:click=move |_| store.visit(&id)>{name}</button> }.into_any()
}
