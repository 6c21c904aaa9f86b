//! What a campaign does to the sample people: who gets which treatment, when, and what became of it.

use std::time::Duration;

use bridge::{CampaignView, SimulateCampaign};
use leptos::prelude::*;
use simulation::monte_carlo::Band;
use simulation::{CampaignRun, Comparison, Measure, TreatmentForecast, people_needed};

use super::calendar::{self, Months};
use super::table::WhoGetsWhat;
use crate::latest::{Latest, Pause};
use crate::live::figure;
use crate::problems::{sentence, sentences};
use crate::simulate::flow::grouped;
use crate::store::store;

/// After the last change, before it is run again.
const PAUSE: Duration = Duration::from_millis(300);

/// The outcome, run again after each change.
#[component]
pub fn Outcome(name: String) -> impl IntoView {
    let store = store();
    let found = RwSignal::new(None::<Result<CampaignView, bridge::Failure>>);
    // What is searched for, and which months are looked at, stay as the campaign changes.
    let (text, from) = (RwSignal::new(String::new()), RwSignal::new(0));
    let (latest, pause) = (Latest::new(), Pause::new(PAUSE));
    Effect::new(move |first: Option<()>| {
        store.content.track();
        let campaign = name.clone();
        let ask = move || {
            let command = SimulateCampaign {
                folder: store.folder.get_untracked(),
                project: store.project.get_untracked(),
                campaign,
            };
            latest.ask(command, move |answer| found.set(Some(answer)));
        };
        if first.is_none() {
            ask();
            return;
        }
        pause.then(ask);
    });
    move || {
        match found.get() {
        None => view! { <p class="note" role="status">"The sample people go through it."</p> }.into_any(),
        Some(Err(failure)) => view! {
            <p class="failure" role="alert" data-test="campaign-failure">{sentences(&failure.message, &failure.help)}</p>
        }
        .into_any(),
        Some(Ok(view)) => shown(&view, text, from),
    }
    }
}

fn shown(view: &CampaignView, text: RwSignal<String>, from: RwSignal<usize>) -> AnyView {
    let run = &view.run;
    let over_time = Signal::stored(view.over_time.clone());
    let notes = run.notes.iter().map(|note| view! { <li>{sentence(&note.text)}</li> }).collect_view();
    let runs = run.runs.iter().map(|run| run.number).max().unwrap_or(0);
    let sum = format!(
        "{} messages to {} endpoints, in {} {}.",
        grouped(run.messages),
        grouped(run.endpoints),
        grouped(runs.into()),
        if runs == 1 { "run" } else { "runs" }
    );
    view! {
        <h2>"What it does"</h2>
        <p role="status" data-test="campaign-sum">{sum}</p>
        {split(run)}
        {treatments(run)}
        {forecast(view)}
        <h3>"When messages arrive, by the clock of each person"</h3>
        <Months days=view.days.clone() from=from />
        {calendar::hours(&view.hours)}
        {(view.without_zone > 0).then(|| view! {
            <p class="note">{format!("The time zone of {} recipients is not known; they are counted by UTC.", view.without_zone)}</p>
        })}
        {(!run.notes.is_empty()).then(|| view! { <ul class="users note">{notes}</ul> })}
        {(run.messages > 0).then(|| figure(store(), over_time))}
        <WhoGetsWhat run_id=view.run_id campaign=run.campaign.clone() text=text />
        <SampleSize />
    }
    .into_any()
}

fn name_of(treatment: &simulation::TreatmentCounts) -> String {
    match (&treatment.name, treatment.treatment) {
        (Some(name), _) => name.clone(),
        (None, 0) => "Default treatment".to_owned(),
        (None, number) => format!("Treatment {number}"),
    }
}

/// The people in shares: treatments, and those who get nothing.
fn split(run: &CampaignRun) -> AnyView {
    let sum: u32 = run.treatments.iter().map(|treatment| u32::from(treatment.percent)).sum();
    let held = 100u32.saturating_sub(sum);
    let shares = run.treatments.iter().map(|treatment| (name_of(treatment), u32::from(treatment.percent)));
    let shares: Vec<(String, u32)> = shares.chain((held > 0).then(|| ("Holdout".to_owned(), held))).collect();
    let words = shares.iter().map(|(name, share)| format!("{name} {share} %")).collect::<Vec<_>>().join(", ");
    let parts = shares.into_iter().filter(|(_, share)| *share > 0).map(|(name, share)| {
        let class = if name == "Holdout" { "share held" } else { "share" };
        let title = format!("{name}: {share} %");
        view! { <span class=class style=format!("flex: {share}") title=title><b>{format!("{share} %")}</b><span class="clip">{name}</span></span> }
    });
    view! { <div class="split-bar" role="img" aria-label=words>{parts.collect_view()}</div> }.into_any()
}

fn treatments(run: &CampaignRun) -> AnyView {
    let rows = run.treatments.iter().map(|treatment| {
        let outcomes = treatment
            .outcomes
            .iter()
            .map(|outcome| format!("{} {}", grouped(outcome.count), outcome.name.to_lowercase().replace('_', " ")));
        view! {
            <tr>
                <th scope="row">{name_of(treatment)}</th>
                <td class="number">{grouped(treatment.messages)}</td>
                <td>{outcomes.collect::<Vec<_>>().join(", ")}</td>
            </tr>
        }
    });
    view! {
        <table class="variables">
            <thead><tr><th scope="col">"Treatment"</th><th scope="col">"Messages"</th><th scope="col">"What became of them"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// What comes of the messages, with how far it spreads, and whether the treatments can be told apart by it.
fn forecast(view: &CampaignView) -> AnyView {
    let forecast = &view.forecast;
    if forecast.treatments.iter().all(|treatment| treatment.messages == 0) {
        return ().into_any();
    }
    let name = |number: u8| {
        let known = view.run.treatments.iter().find(|treatment| treatment.treatment == number);
        known.map(name_of).unwrap_or_default()
    };
    let row = |treatment: &TreatmentForecast| {
        let cell = |band: &Band| {
            let share = percent(band.mean / treatment.messages.max(1) as f64);
            let words =
                format!("{} ({} to {})", grouped(band.mean.round() as u64), grouped(band.low), grouped(band.high));
            view! { <td class="number"><b>{share}</b> <span class="note">{words}</span></td> }
        };
        view! {
            <tr>
                <th scope="row">{name(treatment.treatment)}</th>
                <td class="number">{grouped(treatment.people)}</td>
                {cell(&treatment.delivered)}{cell(&treatment.opened)}{cell(&treatment.clicked)}
            </tr>
        }
    };
    let compared = forecast.comparisons.iter().map(|found| view! { <li>{told_apart(found, &name)}</li> });
    view! {
        <h3>"What is expected"</h3>
        <table class="variables" data-test="forecast">
            <thead><tr>
                <th scope="col">"Treatment"</th><th scope="col">"People"</th>
                <th scope="col">"Delivered"</th><th scope="col">"Opened"</th><th scope="col">"Clicked"</th>
            </tr></thead>
            <tbody>{forecast.treatments.iter().map(row).collect_view()}</tbody>
        </table>
        <p class="note">{format!("By the project’s response model, drawn {} times: the mean, and from where to where 95 % of the draws lie.", forecast.seeds)}</p>
        {(!forecast.comparisons.is_empty()).then(|| view! {
            <h3>"Can the treatments be told apart?"</h3>
            <ul class="users" data-test="told-apart">{compared.collect_view()}</ul>
            <p class="note">"95 % sure, 4 times in 5."</p>
        })}
    }
    .into_any()
}

/// Whether two treatments can be told apart, in a sentence or two.
fn told_apart(found: &Comparison, name: &impl Fn(u8) -> String) -> String {
    let measure = match found.measure {
        Measure::Delivered => "Delivered",
        Measure::Opened => "Opened",
        Measure::Clicked => "Clicked",
    };
    let between = format!("{} and {}", name(0), name(found.treatment));
    let people = if found.people == 1 { "1 person".to_owned() } else { format!("{} people", grouped(found.people)) };
    let mut words = match found.told {
        Some(told) => format!(
            "{measure}, {between}: with {people} in the smaller one, a difference of {} points or more from {} can be told.",
            points(told),
            percent(found.base)
        ),
        None => format!("{measure}, {between}: with {people} in the smaller one, no difference can be told."),
    };
    // The least difference that takes more people than there are.
    if let Some((of, needed)) = found.needed_for.iter().rev().find(|(_, needed)| *needed > found.people) {
        let unit = if *of == 1 { "point" } else { "points" };
        words.push_str(&format!(" For {of} {unit}, each treatment needs {} people.", grouped(*needed)));
    }
    words
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// Points of a hundred, rounded up: a difference that is named is one that is shown.
fn points(share: f64) -> String {
    format!("{:.1}", (share * 1_000.0).ceil() / 10.0)
}

/// How many people it takes to tell two treatments apart.
#[component]
fn SampleSize() -> impl IntoView {
    let (base, other) = (RwSignal::new(20.0), RwSignal::new(25.0));
    let percent = move |signal: RwSignal<f64>, label: &'static str| {
        view! {
            <label class="field">
                <span class="name">{label}</span>
                <input type="number" min="0" max="100" step="0.1" prop:value=move || signal.get()
                    on:input=move |event| if let Ok(share) = event_target_value(&event).parse() { signal.set(share) } />
            </label>
        }
    };
    let words = move || match people_needed(base.get() / 100.0, other.get() / 100.0) {
        Some(people) => {
            format!("Each treatment needs {people} people to be told from the other (95 % sure, 4 times in 5).")
        }
        None => "Give two different shares from 0 to 100 %.".to_owned(),
    };
    view! {
        <details class="sample-size">
            <summary>"How many people tell two treatments apart?"</summary>
            <div class="two">{percent(base, "Open now, %")}{percent(other, "Would open, %")}</div>
            <p role="status">{words}</p>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_told_apart_is_said_with_the_people_that_it_takes() {
        let found = Comparison {
            treatment: 1,
            measure: Measure::Opened,
            base: 0.3,
            other: 0.3,
            people: 1_065,
            needed: None,
            told: Some(0.0561),
            needed_for: vec![(1, 33_201), (2, 8_390), (5, 1_376)],
        };
        let name = |number: u8| ["Long", "Short"][usize::from(number)].to_owned();
        assert_eq!(
            told_apart(&found, &name),
            "Opened, Long and Short: with 1,065 people in the smaller one, a difference of 5.7 points or more from 30.0 % can be \
             told. For 5 points, each treatment needs 1,376 people."
        );
        let few = Comparison { people: 1, told: None, needed_for: Vec::new(), ..found };
        assert_eq!(
            told_apart(&few, &name),
            "Opened, Long and Short: with 1 person in the smaller one, no difference can be told."
        );
    }
}
