//! The room of the sample people: looked through, one at a time with everything that becomes of them, changed, imported,
//! invented, and copied for sharing.

mod fetch;
mod fields;
mod file;
mod import;
mod invent;
mod list;
mod person;
mod share;

use bridge::{Asked, CountPeople, ListPeople, PeoplePage};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::Edit;

pub use self::file::{PeopleFile, is_of_people, take_file, take_path};
use self::import::ImportPanel;
use self::invent::InventPanel;
use self::list::List;
use self::person::PersonPanel;
use self::share::SharePanel;
use crate::segment::asked;
use crate::simulate::flow::grouped;
use crate::store::{Store, store};
use crate::transport;

/// What stands beside the list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Panel {
    /// Nobody is chosen.
    Nothing,
    /// The person of an endpoint's id.
    Person(String),
    /// Somebody new.
    New,
    Import,
    Share,
    Invent,
}

/// What the parts of the room share; a copy is the same.
#[derive(Clone, Copy)]
struct Desk {
    store: Store,
    /// What is looked for; `asked` is filled in when it is asked.
    query: RwSignal<ListPeople>,
    page: RwSignal<Option<PeoplePage>>,
    panel: RwSignal<Panel>,
    /// Counts changes of the people: what is shown is asked anew.
    changes: RwSignal<u64>,
    asking: StoredValue<u64>,
}

impl Desk {
    /// Asks for the list, or for more of it.
    fn ask(self, more: bool) {
        let asked: Asked = untrack(|| asked(self.store));
        let from = if more {
            self.page.with_untracked(|page| page.as_ref().map_or(0, |page| page.rows.len() as u64))
        } else {
            0
        };
        let query = ListPeople { asked, from, ..self.query.get_untracked() };
        self.asking.update_value(|asking| *asking += 1);
        let this = self.asking.get_value();
        spawn_local(async move {
            let answer = transport::call(&query).await;
            if self.asking.try_get_value() != Some(this) {
                return;
            }
            match answer {
                Ok(found) if more => self.page.update(|page| {
                    if let Some(page) = page {
                        page.rows.extend(found.rows);
                    }
                }),
                Ok(found) => self.page.set(Some(found)),
                Err(failure) => self.store.tell_failure(failure),
            }
        });
    }

    /// The files have other people now; `edit` is the step of undo.
    fn changed(self, edit: Edit) {
        self.store.edit(edit);
        // The room may be left by now.
        self.changes.try_update(|changes| *changes += 1);
        recount(self.store);
    }
}

/// Asks how many people there are, and forgets what was known of them.
pub fn recount(store: Store) {
    store.known.forget();
    let Some(folder) = store.folder.get_untracked() else { return };
    spawn_local(async move {
        // Without an answer the figures stay as they were; the list tells what is wrong.
        if let Ok((endpoints, attributes)) = transport::call(&CountPeople { folder }).await {
            store.endpoints.set(endpoints);
            store.attributes.set(attributes);
        }
    });
}

/// The room.
#[component]
pub fn PeopleRoom() -> impl IntoView {
    let store = store();
    let desk = Desk {
        store,
        query: RwSignal::new(ListPeople::default()),
        page: RwSignal::new(None),
        panel: RwSignal::new(Panel::Nothing),
        changes: RwSignal::new(0),
        asking: StoredValue::new(0),
    };
    provide_context(desk);
    Effect::new(move |_| {
        desk.query.track();
        desk.changes.track();
        desk.ask(false);
    });
    Effect::new(move |before: Option<()>| {
        store.files.track();
        if before.is_some() {
            desk.changes.update(|changes| *changes += 1);
        }
    });
    // Whoever comes back finds the people, and not a file of before.
    on_cleanup(move || store.people_file.set(None));
    // A file that was dropped on the window is looked into here.
    Effect::new(move |_| {
        if store.people_file.with(Option::is_some) {
            desk.panel.set(Panel::Import);
        }
    });
    let veiled = RwSignal::new(false);
    let panel = Memo::new(move |_| desk.panel.get());
    let open = move |to: Panel, words: &'static str, test: &'static str| {
        let own = to.clone();
        view! {
            <button type="button" data-test=test aria-pressed=move || (panel.get() == own).to_string()
                on:click=move |_| desk.panel.set(to.clone())>{words}</button>
        }
    };
    let said = move || {
        desk.page.with(|page| {
            let page = page.as_ref()?;
            Some(match (page.found == page.total, page.invented) {
                (_, true) => format!("{} invented endpoints: the project has no people yet", grouped(page.total)),
                (true, _) => format!("{} endpoints", grouped(page.total)),
                (false, _) => format!("{} of {} endpoints", grouped(page.found), grouped(page.total)),
            })
        })
    };
    let saved = move || store.folder.with(Option::is_some);
    view! {
        <main class="room people-room" class:veiled=move || veiled.get() aria-label="Sample people">
            <header class="room-head">
                <h1>"Sample people"</h1>
                <span class="room-kind" role="status" data-test="people-said">{said}</span>
                <div class="row doings">
                    <label class="veil-people"><input type="checkbox" prop:checked=move || veiled.get() on:change=move |event| veiled.set(event_target_checked(&event)) />"Hide personal data"</label>
                    <Show when=saved>
                        {open(Panel::Import, "Import", "people-import")}
                        {open(Panel::Invent, "Invent", "people-invent")}
                        {open(Panel::New, "Add", "people-add")}
                        {open(Panel::Share, "Copy for sharing", "people-share")}
                    </Show>
                </div>
            </header>
            <Show when=move || !saved()>
                <p class="note">"Save the project first: its people live in files of its folder."</p>
            </Show>
            <div class="two people-two">
                <List />
                <aside class="beside" aria-label="Details">
                    {move || match panel.get() {
                        Panel::Nothing => view! { <p class="note">"Choose somebody to see what segments they are in, which journeys they enter, and what they get."</p> }.into_any(),
                        Panel::Person(id) => view! { <PersonPanel id=id /> }.into_any(),
                        Panel::New => view! { <person::NewPerson /> }.into_any(),
                        Panel::Import => view! { <ImportPanel /> }.into_any(),
                        Panel::Share => view! { <SharePanel /> }.into_any(),
                        Panel::Invent => view! { <InventPanel /> }.into_any(),
                    }}
                </aside>
            </div>
        </main>
    }
}

/// What the parts of the room share.
fn desk() -> Desk {
    expect_context::<Desk>()
}
