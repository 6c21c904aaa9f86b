//! Bringing the journey to a target: what would change, and carrying it out.

use bridge::{Apply, DriftView, LoadPeople, LocalStatus, LocalView, Plan, PlanView, Progress, ProgressView};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::live::InFlight;
use crate::outbox::Outbox;
use crate::problems::{sentence, sentences};
use crate::review::obstacle;
use crate::store::{Dialog, Store, store};
use crate::transport;

/// How often the progress of a publication is asked for, in milliseconds.
const PULSE: std::time::Duration = std::time::Duration::from_millis(250);

#[derive(Clone, Copy)]
struct Desk {
    target: RwSignal<String>,
    activate: RwSignal<bool>,
    plan: RwSignal<Option<PlanView>>,
    progress: RwSignal<Option<ProgressView>>,
    busy: RwSignal<bool>,
    local: RwSignal<Option<LocalView>>,
}

/// The panel beside the picture.
#[component]
pub fn Publish() -> impl IntoView {
    let store = store();
    let desk = Desk {
        // where it is published is where it is looked for under Live
        target: store.live.target,
        activate: RwSignal::new(false),
        plan: RwSignal::new(None),
        progress: RwSignal::new(None),
        busy: RwSignal::new(false),
        local: RwSignal::new(None),
    };
    refresh(store, desk);
    let not_yet = Memo::new(move |_| obstacle(store));
    let blocked = move || desk.plan.with(|plan| plan.as_ref().is_some_and(|plan| !plan.obstacles.is_empty()));
    view! {
        <section class="publish" data-test="publish">
            <header class="what"><h2>"Publish"</h2></header>
            <label class="field">
                <span class="name">"Target"</span>
                <select on:change=move |event| { desk.target.set(event_target_value(&event)); desk.plan.set(None); desk.progress.set(None) }>
                    {move || store.targets().into_iter().map(|name| {
                        let own = name.clone();
                        view! { <option value=name.clone() selected=move || desk.target.get() == own>{name.clone()}</option> }
                    }).collect_view()}
                </select>
            </label>
            {move || desk.local.get().filter(|_| desk.target.get() == "local").map(|local| view! {
                <p class="note">
                    {match (local.address, local.problem) {
                        (Some(address), _) => format!("The Pinpoint inside this studio, {address}. {} endpoints; nothing leaves this computer.", local.endpoints),
                        (None, Some(problem)) => format!("The Pinpoint inside this studio is not running: {problem}"),
                        (None, None) => "The Pinpoint inside this studio is not running.".to_owned(),
                    }}
                </p>
            })}
            <label class="field check">
                <input type="checkbox" data-test="activate" prop:checked=move || desk.activate.get() on:change=move |e| { desk.activate.set(event_target_checked(&e)); desk.plan.set(None) } />
                <span class="name">"Start the journey once it is there"</span>
            </label>
            <div class="row">
                <button data-test="plan" disabled=move || desk.busy.get() on:click=move |_| make_plan(store, desk)>"Plan"</button>
                <button
                    class="primary"
                    data-test="apply"
                    disabled=move || { desk.busy.get() || not_yet.with(Option::is_some) || blocked() }
                    title=move || not_yet.get().unwrap_or_default()
                    on:click=move |_| publish(store, desk)
                >"Publish"</button>
                <Show when=move || { store.folder.get().is_some() && store.endpoints.get() > 0 }>
                    <button data-test="load-people" disabled=move || desk.busy.get() on:click=move |_| load(store, desk)>"Load sample people"</button>
                </Show>
            </div>
            <div class="row review-state">
                <button data-test="review-open" on:click=move |_| store.dialog.set(Some(Dialog::Review))>"Review"</button>
                <span class="note" data-test="review-state">{move || not_yet.get().unwrap_or_else(|| "Reviewed: it can be published.".to_owned())}</span>
            </div>
            <InFlight target=desk.target />
            {move || desk.plan.get().map(|plan| plan_list(store, desk, &plan))}
            {move || desk.progress.get().map(|progress| progress_list(&progress))}
            <Outbox />
        </section>
    }
}

/// Members that differ: where, and both values.
fn changed(changes: &[(String, String, String)]) -> impl IntoView + use<> {
    let one = |(place, before, after): &(String, String, String)| {
        view! { <li><code>{place.clone()}</code> <del>{before.clone()}</del> <ins>{after.clone()}</ins></li> }
    };
    let all = changes.iter().map(one).collect_view();
    view! { <ul class="changes">{all}</ul> }
}

fn plan_list(store: Store, desk: Desk, plan: &PlanView) -> AnyView {
    let nothing = plan.steps.is_empty();
    let target = plan.target.clone();
    let unchanged = plan.unchanged;
    let steps: Vec<_> = plan
        .steps
        .iter()
        .map(|step| {
            view! {
                <li>
                    <code class="operation">{step.operation.clone()}</code>
                    <span>{sentence(&step.subject)}</span>
                    {changed(&step.changes)}
                </li>
            }
        })
        .collect();
    let obstacles: Vec<_> = plan
        .obstacles
        .iter()
        .map(|obstacle| {
            view! { <li class="complaint bad">{sentences(&obstacle.message, &obstacle.help)}</li> }
        })
        .collect();
    let drift = drift(store, desk, plan);
    let summary = match (obstacles.is_empty(), nothing) {
        (false, _) => format!("Not possible on {target} as it is:"),
        (true, true) => format!("Nothing to do: {target} has it all."),
        (true, false) => format!("On {target}; {unchanged} unchanged."),
    };
    view! {
        <div class="plan" data-test="plan-steps">
            <h3>"Plan"</h3>
            {drift}
            <p class="note">{summary}</p>
            {(!obstacles.is_empty()).then(|| view! { <ul class="obstacles" data-test="obstacles">{obstacles}</ul> })}
            <ol>{steps}</ol>
        </div>
    }
    .into_any()
}

/// Whether a plan writes over what somebody else changed.
fn writes_over(plan: &PlanView) -> bool {
    plan.drift.iter().any(|drift| plan.steps.iter().any(|step| step.subject == drift.subject))
}

/// What others changed on the target since the last publication, and the way to write over it.
fn drift(store: Store, desk: Desk, plan: &PlanView) -> Option<AnyView> {
    if plan.drift.is_empty() {
        return None;
    }
    let over = writes_over(plan);
    let one = |drift: &DriftView| {
        let lost = plan.steps.iter().any(|step| step.subject == drift.subject);
        view! {
            <li>
                <span>{sentence(&drift.subject)} {if lost { " Publishing writes over it." } else { " Publishing leaves it as it is." }}</span>
                {changed(&drift.changes)}
            </li>
        }
    };
    let words = match over {
        true => {
            "Nothing is written until you decide: bring the changes home first with “waymark pull”, or write over them."
        }
        false => "None of it is written over.",
    };
    let not_yet = move || obstacle(store);
    Some(
        view! {
            <div class="drift" role="alert" data-test="drift">
                <h3>"Changed by others"</h3>
                <p class="note">{format!("As it was published, and as it is on {} now.", plan.target)}</p>
                <ul>{plan.drift.iter().map(one).collect_view()}</ul>
                <p>{words}</p>
                {over.then(|| view! {
                    <button data-test="write-over" disabled=move || desk.busy.get() || not_yet().is_some() on:click=move |_| apply(store, desk, true)>"Write over it"</button>
                })}
            </div>
        }
        .into_any(),
    )
}

fn progress_list(progress: &ProgressView) -> AnyView {
    let word = match (&progress.failure, progress.ended) {
        (Some(_), _) => "Stopped",
        (None, true) => "Published",
        (None, false) => "Publishing",
    };
    let done = progress.done.len() as u64;
    let total = progress.total.max(done).max(1);
    let failure = progress.failure.clone();
    let lines: Vec<_> = progress.done.iter().map(|line| view! { <li>{sentence(line)}</li> }).collect();
    view! {
        <div class="progress" data-test="progress" data-ended=progress.ended.to_string()>
            <h3>{word}</h3>
            <progress value=done.to_string() max=total.to_string()></progress>
            <ol>{lines}</ol>
            {failure.map(|failure| view! { <p class="complaint bad">{sentences(&failure.message, &failure.help)}</p> })}
        </div>
    }
    .into_any()
}

fn command(store: Store, desk: Desk) -> Plan {
    Plan {
        project: store.project.get_untracked(),
        folder: store.folder.get_untracked(),
        journeys: vec![store.journey.get_untracked()],
        target: desk.target.get_untracked(),
        activate: desk.activate.get_untracked(),
    }
}

fn make_plan(store: Store, desk: Desk) {
    desk.busy.set(true);
    desk.progress.set(None);
    spawn_local(async move {
        match transport::call(&command(store, desk)).await {
            Ok(plan) => desk.plan.set(Some(plan)),
            Err(failure) => store.tell_failure(failure),
        }
        desk.busy.set(false);
    });
}

/// Publishes, unless that would write over what others changed: then the plan is shown with it, and nothing is written.
fn publish(store: Store, desk: Desk) {
    desk.busy.set(true);
    desk.progress.set(None);
    spawn_local(async move {
        match transport::call(&command(store, desk)).await {
            Ok(plan) if writes_over(&plan) || !plan.obstacles.is_empty() => {
                desk.plan.set(Some(plan));
                desk.busy.set(false);
            }
            Ok(_) => apply(store, desk, false),
            Err(failure) => {
                store.tell_failure(failure);
                desk.busy.set(false);
            }
        }
    });
}

fn apply(store: Store, desk: Desk, over_drift: bool) {
    desk.busy.set(true);
    desk.plan.set(None);
    spawn_local(async move {
        let job = transport::call(&Apply { plan: command(store, desk), over_drift }).await;
        match job {
            Ok(job) => watch(store, desk, job),
            Err(failure) => {
                store.tell_failure(failure);
                desk.busy.set(false);
            }
        }
    });
}

/// Asks for the progress of a publication until it has ended.
fn watch(store: Store, desk: Desk, job: u64) {
    spawn_local(async move {
        match transport::call(&Progress { job }).await {
            Ok(progress) => {
                let ended = progress.ended;
                desk.progress.set(Some(progress));
                if ended {
                    desk.busy.set(false);
                    refresh(store, desk);
                } else {
                    set_timeout(move || watch(store, desk, job), PULSE);
                }
            }
            Err(failure) => {
                store.tell_failure(failure);
                desk.busy.set(false);
            }
        }
    });
}

fn load(store: Store, desk: Desk) {
    let Some(folder) = store.folder.get_untracked() else { return };
    desk.busy.set(true);
    spawn_local(async move {
        match transport::call(&LoadPeople { folder, target: desk.target.get_untracked() }).await {
            Ok(count) => store.tell(format!("{count} sample people are on the target now.")),
            Err(failure) => store.tell_failure(failure),
        }
        desk.busy.set(false);
        refresh(store, desk);
    });
}

fn refresh(store: Store, desk: Desk) {
    spawn_local(async move {
        match transport::call(&LocalStatus {}).await {
            Ok(local) => desk.local.set(Some(local)),
            Err(failure) => store.tell_failure(failure),
        }
    });
}
