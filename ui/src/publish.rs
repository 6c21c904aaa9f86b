//! Bringing a journey or campaign to a target: what would change, and carrying it out.

mod history;

use bridge::{Apply, DriftView, LoadPeople, LocalStatus, LocalView, Plan, PlanView, Progress, ProgressView};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::DocumentId;

use self::history::History;
use crate::live::InFlight;
use crate::outbox::Outbox;
use crate::problems::{sentence, sentences};
use crate::review::{obstacle, state};
use crate::simulate::flow::grouped;
use crate::store::{Dialog, Store, store};
use crate::transport;

/// How often the progress of a publication is asked for, in milliseconds.
const PULSE: std::time::Duration = std::time::Duration::from_millis(250);

#[derive(Clone, Copy)]
struct Desk {
    /// What is published: journeys or campaigns.
    of: RwSignal<Vec<DocumentId>>,
    target: RwSignal<String>,
    activate: RwSignal<bool>,
    /// Why; it stands in the history.
    why: RwSignal<String>,
    plan: RwSignal<Option<PlanView>>,
    progress: RwSignal<Option<ProgressView>>,
    busy: RwSignal<bool>,
    local: RwSignal<Option<LocalView>>,
    /// How many publications have ended: the history is another after each.
    ended: RwSignal<u32>,
}

/// The panel beside the picture: of the journey on it.
#[component]
pub fn PublishJourney() -> impl IntoView {
    let store = store();
    let id = Memo::new(move |_| DocumentId::Journey(store.journey.get()));
    move || view! { <Publish id=id.get() /> }
}

/// How a journey or campaign, or all of its kind, get to a target.
#[component]
pub fn Publish(id: DocumentId) -> impl IntoView {
    let store = store();
    let desk = Desk {
        of: RwSignal::new(vec![id.clone()]),
        // where it is published is where it is looked for under Live
        target: store.live.target,
        activate: RwSignal::new(false),
        why: RwSignal::new(String::new()),
        plan: RwSignal::new(None),
        progress: RwSignal::new(None),
        busy: RwSignal::new(false),
        local: RwSignal::new(None),
        ended: RwSignal::new(0),
    };
    refresh(store, desk);
    let not_yet = Memo::new(move |_| desk.of.with(|of| obstacle(store, of)));
    let is_campaign = matches!(id, DocumentId::Campaign(_));
    let blocked = move || desk.plan.with(|plan| plan.as_ref().is_some_and(|plan| !plan.obstacles.is_empty()));
    view! {
        <section class="publish" data-test="publish">
            <header class="what"><h2>"Publish"</h2></header>
            {scope(store, desk, id.clone())}
            <label class="field">
                <span class="name">"Target"</span>
                <select data-test="publish-target" on:change=move |event| { desk.target.set(event_target_value(&event)); changed_mind(desk) }>
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
                <input type="checkbox" data-test="activate" prop:checked=move || desk.activate.get() on:change=move |e| { desk.activate.set(event_target_checked(&e)); changed_mind(desk) } />
                <span class="name">{if is_campaign { "Let it send once it is there" } else { "Start the journey once it is there" }}</span>
            </label>
            {is_campaign.then(|| view! { <p class="note">"Otherwise it is made paused; one that is there already stays as paused as it is."</p> })}
            <label class="field">
                <span class="name">"Why"</span>
                <input maxlength="200" placeholder="What it is for; it stands in the history" data-test="publish-why"
                    prop:value=move || desk.why.get() on:input=move |e| desk.why.set(event_target_value(&e)) />
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
                <button data-test="review-open" on:click=move |_| store.dialog.set(Some(Dialog::Review(desk.of.get_untracked())))>"Review"</button>
                <span class="note" data-test="review-state">{move || desk.of.with(|of| state(store, of))}</span>
            </div>
            {(!is_campaign).then(|| view! { <InFlight target=desk.target /> })}
            {move || desk.plan.get().map(|plan| plan_list(store, desk, &plan))}
            {move || desk.progress.get().map(|progress| progress_list(&progress))}
            <History desk=desk />
            {move || view! { <Outbox target=desk.target.get() /> }}
        </section>
    }
}

/// What was planned and done is of something else now.
fn changed_mind(desk: Desk) {
    desk.plan.set(None);
    desk.progress.set(None);
}

/// What is published: this one, or all of its kind where there are more.
fn scope(store: Store, desk: Desk, id: DocumentId) -> AnyView {
    let (one, many) =
        if matches!(id, DocumentId::Campaign(_)) { ("campaign", "campaigns") } else { ("journey", "journeys") };
    let kind = std::mem::discriminant(&id);
    let all = Memo::new(move |_| {
        let same = |other: &&DocumentId| std::mem::discriminant(*other) == kind;
        store.project.with(|project| project.documents.keys().filter(same).cloned().collect::<Vec<_>>())
    });
    let this = format!("This {one}: {}", id.name());
    let choose = move |event| {
        let whole = event_target_value(&event) == "all";
        desk.of.set(if whole { all.get_untracked() } else { vec![id.clone()] });
        changed_mind(desk);
    };
    view! {
        <label class="field">
            <span class="name">"What"</span>
            <select data-test="publish-what" on:change=choose>
                <option value="this">{this}</option>
                <Show when=move || all.with(|all| all.len() > 1)>
                    <option value="all">{move || format!("All {} {many} of the project", all.with(Vec::len))}</option>
                </Show>
            </select>
        </label>
    }
    .into_any()
}

/// What changes, in sentences.
fn words_of(words: &[String]) -> Option<AnyView> {
    let line = |line: &String| match (line.strip_prefix("+ "), line.strip_prefix("- ")) {
        (Some(new), _) => view! { <li><ins>"+ "{new.to_owned()}</ins></li> }.into_any(),
        (_, Some(gone)) => view! { <li><del>"− "{gone.to_owned()}</del></li> }.into_any(),
        _ => view! { <li>{line.clone()}</li> }.into_any(),
    };
    (!words.is_empty()).then(|| view! { <ul class="told">{words.iter().map(line).collect_view()}</ul> }.into_any())
}

/// The same, and below it, for whoever wants to know, which operation and members.
fn told(words: &[String], operation: Option<&str>, changes: &[(String, String, String)]) -> AnyView {
    let operation = operation.map(|operation| view! { <code class="operation">{operation.to_owned()}</code> });
    view! {
        {words_of(words)}
        <details class="members">
            <summary>{match (operation.is_some(), changes.is_empty()) {
                (true, true) => "Operation",
                (true, false) => "Operation and members",
                (false, _) => "Members",
            }}</summary>
            {operation}
            {changed(changes)}
        </details>
    }
    .into_any()
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
                    <strong>{sentence(&step.title)}</strong>
                    {told(&step.words, Some(&step.operation), &step.changes)}
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
                {told(&drift.words, None, &drift.changes)}
            </li>
        }
    };
    let words = match over {
        true => {
            "Nothing is written until you decide: bring the changes home first with “waymark pull”, or write over them."
        }
        false => "None of it is written over.",
    };
    let not_yet = move || desk.of.with(|of| obstacle(store, of));
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

/// A journey or campaign as a publication names it.
fn published_name(id: &DocumentId) -> String {
    if matches!(id, DocumentId::Campaign(_)) { id.to_string() } else { id.name().to_owned() }
}

fn command(store: Store, desk: Desk) -> Plan {
    Plan {
        project: store.project.get_untracked(),
        folder: store.folder.get_untracked(),
        journeys: desk.of.get_untracked().iter().map(published_name).collect(),
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
        let message = desk.why.get_untracked();
        begun(store, desk, transport::call(&Apply { plan: command(store, desk), over_drift, message }).await);
    });
}

/// Follows a publication that has begun.
fn begun(store: Store, desk: Desk, job: Result<u64, bridge::Failure>) {
    match job {
        Ok(job) => watch(store, desk, job),
        Err(failure) => {
            store.tell_failure(failure);
            desk.busy.set(false);
        }
    }
}

/// Asks for the progress of a publication until it has ended.
fn watch(store: Store, desk: Desk, job: u64) {
    spawn_local(async move {
        match transport::call(&Progress { job }).await {
            Ok(progress) => {
                let (ended, done) = (progress.ended, progress.failure.is_none());
                desk.progress.set(Some(progress));
                if ended {
                    desk.busy.set(false);
                    if done {
                        desk.why.set(String::new());
                    }
                    desk.ended.update(|ended| *ended += 1);
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
            Ok(count) => store.tell(format!("{} sample people are on the target now.", grouped(count))),
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
