//! People of a target: exported there, brought here, and then looked into like any other file.

use bridge::{FetchPeople, FetchView, Fetching};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::desk;
use super::file::take_path;
use crate::problems::sentences;
use crate::simulate::flow::grouped;
use crate::store::Store;
use crate::transport;

/// From one look at the progress to the next.
const BREATH: std::time::Duration = std::time::Duration::from_millis(250);

/// The way to a target.
#[component]
pub fn FromTarget() -> impl IntoView {
    let store = desk().store;
    let target = RwSignal::new("local".to_owned());
    let (address, role) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let running = RwSignal::new(None::<(u64, FetchView)>);
    let under_way = move || running.with(|running| running.as_ref().is_some_and(|(_, view)| !view.ended));
    let is_local = move || target.with(|target| target == "local");
    let names = move || {
        let mut names: Vec<String> = store.project.with(|project| project.settings.target.keys().cloned().collect());
        if !names.iter().any(|name| name == "local") {
            names.insert(0, "local".to_owned());
        }
        names
    };
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(folder) = store.folder.get_untracked() else { return };
        let text = |signal: RwSignal<String>| if is_local() { String::new() } else { signal.get_untracked() };
        let command = FetchPeople {
            folder,
            target: target.get_untracked(),
            address: untrack(|| text(address)),
            role: untrack(|| text(role)),
        };
        spawn_local(async move {
            match transport::call(&command).await {
                Ok(number) => {
                    running.set(Some((number, FetchView::default())));
                    follow(store, running, number);
                }
                Err(failure) => store.tell_failure(failure),
            }
        });
    };
    let stop = move |_| {
        let Some((number, _)) = running.get_untracked() else { return };
        spawn_local(async move {
            // A fetch that is over can not be stopped any more.
            let _ = transport::call(&Fetching { number, cancel: true }).await;
        });
    };
    let field = move |label: &'static str, hint: &'static str, test: &'static str, signal: RwSignal<String>| {
        view! {
            <label class="field"><span class="name">{label}</span>
                <input type="text" data-test=test placeholder=hint prop:value=move || signal.get() on:input=move |event| signal.set(event_target_value(&event)) />
            </label>
        }
    };
    view! {
        <details class="from-target" data-test="from-target">
            <summary>"From a target"</summary>
            <form on:submit=go>
                <label class="field"><span class="name">"Target"</span>
                    <select data-test="fetch-target" on:change=move |event| target.set(event_target_value(&event))>
                        {move || names().into_iter().map(|name| {
                            let own = name.clone();
                            view! { <option value=name.clone() selected=move || target.get() == own>{name.clone()}</option> }
                        }).collect_view()}
                    </select>
                </label>
                <Show when=move || !is_local() fallback=|| view! { <p class="note">"The Pinpoint inside this studio exports its endpoints to its own folder."</p> }>
                    {field("Where it writes them to", "s3://BUCKET/PREFIX", "fetch-address", address)}
                    {field("IAM role with which it does", "arn:aws:iam::123456789012:role/export", "fetch-role", role)}
                </Show>
                <div class="actions"><button type="submit" data-test="fetch-go" disabled=under_way>"Fetch"</button></div>
            </form>
            {move || running.get().map(|(_, view)| progress(&view, stop))}
        </details>
    }
}

fn progress(view: &FetchView, stop: impl Fn(leptos::ev::MouseEvent) + Copy + 'static) -> AnyView {
    let words = match (view.ended, view.total) {
        (true, _) if view.path.is_some() => format!("{} endpoints were exported.", grouped(view.endpoints)),
        (true, _) if view.failure.is_some() => "Nothing was fetched.".to_owned(),
        (true, _) => "Stopped: nothing was fetched.".to_owned(),
        (false, 0) => "The target exports its endpoints …".to_owned(),
        (false, total) => format!("{} of {} files read", grouped(view.done), grouped(total)),
    };
    let ended = view.ended;
    let (done, total) = (view.done.to_string(), view.total.to_string());
    let known = view.total > 0;
    view! {
        <p role="status" data-test="fetch-said">{words}</p>
        {(!ended && known).then(|| view! { <progress value=done max=total aria-label="Files read"></progress> })}
        {(!ended).then(|| view! { <button type="button" data-test="fetch-stop" on:click=stop>"Stop"</button> })}
        {view.failure.clone().map(|failure| view! { <p class="complaint bad">{sentences(&failure.message, &failure.help)}</p> })}
    }
    .into_any()
}

/// Asks how far a fetch is, until it has ended; then the file is looked into.
fn follow(store: Store, running: RwSignal<Option<(u64, FetchView)>>, number: u64) {
    spawn_local(async move {
        let Ok(view) = transport::call(&Fetching { number, cancel: false }).await else { return };
        let is_shown = running.try_with_untracked(|running| running.as_ref().is_some_and(|(own, _)| *own == number));
        if is_shown != Some(true) {
            return;
        }
        let (ended, path) = (view.ended, view.path.clone());
        running.set(Some((number, view)));
        match path {
            Some(path) => take_path(store, path),
            None if !ended => set_timeout(move || follow(store, running, number), BREATH),
            None => {}
        }
    });
}
