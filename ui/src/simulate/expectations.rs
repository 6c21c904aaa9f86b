//! Tests of the journey: expectations of the folder, paths that are found, promises; run from the window.

use bridge::{Failed, Generate, KeptPromise, Test, TestReport, Tested, Verdict};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::moment;
use super::of;
use super::person::told;
use super::promises::PromiseBoxes;
use crate::problems::sentence;
use crate::store::{Store, store};
use crate::transport;

/// Runs tests and shows what came of them.
#[component]
pub fn Expectations() -> impl IntoView {
    let store = store();
    let playback = store.playback;
    let busy = RwSignal::new(false);
    let can = move || store.folder.with(Option::is_some);
    Effect::new(move |_| {
        // A step of undo may have changed a file of tests.
        store.files.track();
        if untrack(can) && playback.report.with_untracked(Option::is_none) {
            run_tests(store, busy);
        }
    });
    let find_paths = move |_| {
        let Some(folder) = store.folder.get_untracked() else { return };
        busy.set(true);
        let project = store.project.get_untracked();
        spawn_local(async move {
            match transport::call(&Generate { project, folder }).await {
                Ok(made) => {
                    let paths = of(made.people, "path", "paths");
                    let not = match made.impossible.len() {
                        0 => String::new(),
                        1 => "; one path can not be taken".to_owned(),
                        n => format!("; {n} paths can not be taken"),
                    };
                    store.tell(format!("{paths} written to {}, each with a person who takes it{not}.", made.file));
                    store.edit(made.edit);
                    run_tests(store, busy);
                }
                Err(failure) => {
                    busy.set(false);
                    store.tell_failure(failure);
                }
            }
        });
    };
    view! {
        <Show when=can fallback=|| view! { <p class="note">"Save the project first: tests lie in its folder."</p> }>
            <div class="row">
                <button class="primary" data-test="run-tests" disabled=move || busy.get() on:click=move |_| run_tests(store, busy)>
                    {move || if busy.get() { "Running …" } else { "Run the tests" }}
                </button>
                <button data-test="find-paths" disabled=move || busy.get() title="Writes a person for each path that can be taken" on:click=find_paths>"Find every path"</button>
            </div>
            {move || playback.report.with(|report| report.as_ref().map(|report| show(store, report)))}
            <PromiseBoxes changed=move || run_tests(store, busy) />
        </Show>
    }
}

fn run_tests(store: Store, busy: RwSignal<bool>) {
    let Some(folder) = store.folder.get_untracked() else { return };
    busy.set(true);
    let project = store.project.get_untracked();
    spawn_local(async move {
        match transport::call(&Test { project, folder }).await {
            Ok(report) => store.playback.report.set(Some(report)),
            Err(failure) => store.tell_failure(failure),
        }
        busy.set(false);
    });
}

fn show(store: Store, report: &TestReport) -> AnyView {
    let journey = store.journey.get_untracked();
    let outcomes: Vec<&Tested> = report.outcomes.iter().filter(|outcome| outcome.journey == journey).collect();
    let promises: Vec<&KeptPromise> = report.promises.iter().filter(|kept| kept.journey == journey).collect();
    let elsewhere = report.outcomes.len() + report.promises.len() - outcomes.len() - promises.len();
    let failed = outcomes.iter().filter(|outcome| outcome.verdict != Verdict::Passed).count()
        + promises.iter().filter(|kept| kept.verdict != Verdict::Passed).count();
    let all = outcomes.len() + promises.len();
    let headline = match (all, failed) {
        (0, _) => "Nothing is expected of this journey yet. Make a test of a story, or find every path.".to_owned(),
        (1, 0) => "The one test holds.".to_owned(),
        (all, 0) => format!("All {all} tests hold."),
        (all, failed) => format!(
            "{failed} of {} not hold.",
            if all == 1 { "1 test does".to_owned() } else { format!("{all} tests do") }
        ),
    };
    let coverage = report.coverage.iter().find(|of| of.journey == journey).map(|of| {
        let missing: Vec<_> = of.missing.iter().map(|way| view! { <li>{sentence(way)}</li> }).collect();
        let words = format!("{} of {} ways are taken by some test ({}%)", of.taken, of.all, of.percent());
        match missing.is_empty() {
            true => view! { <p class="note">{words}</p> }.into_any(),
            false => view! { <details class="notes"><summary>{words}</summary><ul>{missing}</ul></details> }.into_any(),
        }
    });
    let unreadable: Vec<_> = report
        .unreadable
        .iter()
        .map(|problem| view! { <li class="complaint bad">{format!("{}:{} {}", problem.file, problem.line, sentence(&problem.message))}</li> })
        .collect();
    let mut lines: Vec<AnyView> = promises.iter().map(|kept| promise_line(store, kept)).collect();
    // What does not hold comes first.
    let (bad, good): (Vec<&Tested>, Vec<&Tested>) =
        outcomes.into_iter().partition(|outcome| outcome.verdict != Verdict::Passed);
    let mut expectation_lines: Vec<AnyView> = bad.into_iter().map(|outcome| line(store, outcome)).collect();
    expectation_lines.append(&mut lines);
    expectation_lines.extend(good.into_iter().map(|outcome| line(store, outcome)));
    view! {
        <p class="headline" role="status" data-test="tests-said" class:bad={failed > 0}>{headline}</p>
        <ul>{unreadable}</ul>
        <ul class="tests" data-test="tests">{expectation_lines}</ul>
        {coverage}
        {(elsewhere > 0).then(|| view! { <p class="note">{format!("{} of other journeys.", of(elsewhere as u64, "test is", "tests are"))}</p> })}
    }
    .into_any()
}

fn mark(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Passed => ("✓", "holds"),
        Verdict::Failed => ("✕", "does not hold"),
        Verdict::Broken => ("!", "can not be asked"),
    }
}

fn line(store: Store, outcome: &Tested) -> AnyView {
    let (sign, words) = mark(outcome.verdict);
    let bad = outcome.verdict != Verdict::Passed;
    let place = format!("{}:{}", outcome.file, outcome.line);
    let failed: Vec<_> = outcome.failed.iter().map(|failed| failure(store, failed)).collect();
    let name = outcome.name.clone();
    let head = view! { <span class="sign" role="img" aria-label=words>{sign}</span> <span>{name}</span> };
    match bad {
        false => view! { <li class="fine" title=place>{head}</li> }.into_any(),
        true => view! { <li class="bad" title=place><details open><summary>{head}</summary><ul>{failed}</ul></details></li> }.into_any(),
    }
}

fn promise_line(store: Store, kept: &KeptPromise) -> AnyView {
    let (sign, words) = mark(kept.verdict);
    let bad = kept.verdict != Verdict::Passed;
    let head =
        view! { <span class="sign" role="img" aria-label=words>{sign}</span> <span>{sentence(&kept.promise)}</span> };
    match &kept.broken {
        Some(broken) => {
            let failed = Failed { line: kept.line, message: kept.message.clone(), story: broken.story.clone() };
            view! { <li class="bad"><details open><summary>{head}</summary><ul>{failure(store, &failed)}</ul></details></li> }.into_any()
        }
        None if bad => view! { <li class="bad">{head} <p>{sentence(&kept.message)}</p></li> }.into_any(),
        None => view! { <li class="fine" title=format!("Held in {}", of(kept.lives, "life that was tried", "lives that were tried"))>{head}</li> }.into_any(),
    }
}

fn failure(store: Store, failed: &Failed) -> AnyView {
    let steps: Vec<_> = failed
        .story
        .iter()
        .map(|step| {
            let id = step.activity.clone();
            let shown = id.as_deref().map_or_else(String::new, |id| store.label(id));
            view! {
                <li>
                    <time>{moment(step.at)}</time>
                    <button class="link" disabled=id.is_none() on:click=move |_| if let Some(id) = &id { store.select_activity(id) }>{shown}</button>
                    <span>{told(store, step)}</span>
                </li>
            }
        })
        .collect();
    let any = !steps.is_empty();
    view! {
        <li>
            <p>{store.told(&failed.message)}</p>
            {any.then(|| view! { <details><summary>"What happened"</summary><ol class="story">{steps}</ol></details> })}
        </li>
    }
    .into_any()
}
