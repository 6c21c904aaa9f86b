//! What the sample people and events have: asked of the machine when somebody first writes a condition.

use bridge::{AskKnown, Known, KnownMember};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::clause::Subject;

use crate::store::Store;
use crate::transport;

/// What is known of the open project's people and events.
#[derive(Clone, Copy)]
pub struct Knowing {
    asked: RwSignal<bool>,
    found: RwSignal<Known>,
}

impl Knowing {
    /// Nothing yet.
    pub fn new() -> Knowing {
        Knowing { asked: RwSignal::new(false), found: RwSignal::new(Known::default()) }
    }

    /// Another project is open.
    pub fn forget(self) {
        self.asked.set(false);
        self.found.set(Known::default());
    }

    /// What people have, as variables name it; `None` until the machine has answered, and while it knows of nobody.
    pub fn names(self) -> Memo<Option<Vec<String>>> {
        Memo::new(move |_| {
            self.found.with(|known| {
                let names: Vec<String> = known.of_people.iter().map(|member| member.path.clone()).collect();
                (!names.is_empty()).then_some(names)
            })
        })
    }

    /// What is known; empty until the machine has answered.
    pub fn found(self, store: Store) -> RwSignal<Known> {
        if !self.asked.get_untracked() {
            self.asked.set(true);
            let folder = store.folder.get_untracked();
            let project = store.project.get_untracked();
            spawn_local(async move {
                // Without an answer there are no suggestions; what stops the machine is told where it matters.
                if let Ok(known) = transport::call(&AskKnown { project, folder: folder.clone() }).await
                    && store.folder.get_untracked() == folder
                {
                    self.found.set(known);
                }
            });
        }
        self.found
    }
}

/// The name under which a subject of people is known.
fn name_of(subject: &Subject) -> String {
    match subject {
        Subject::Attribute(name) => format!("Attributes.{name}"),
        Subject::UserAttribute(name) => format!("User.UserAttributes.{name}"),
        Subject::Metric(name) => format!("Metrics.{name}"),
        Subject::Set("Channel") => "ChannelType".to_owned(),
        Subject::Set("Country") => "Location.Country".to_owned(),
        // endpoints have no device type; segments compare it with the platform (segments-and-endpoints.md 2.1)
        Subject::Set("DeviceType") => "Demographic.Platform".to_owned(),
        Subject::Set(member) => format!("Demographic.{member}"),
        Subject::Recency | Subject::Circle => String::new(),
    }
}

/// The subject of a known member, where conditions can ask for it by name.
fn subject_of(member: &KnownMember) -> Option<Subject> {
    let path = member.path.as_str();
    let of = |prefix: &str| path.strip_prefix(prefix).map(str::to_owned);
    of("Attributes.")
        .map(Subject::Attribute)
        .or_else(|| of("User.UserAttributes.").map(Subject::UserAttribute))
        .or_else(|| of("Metrics.").map(Subject::Metric))
}

/// Members of the events of these names; of all events where none is named.
fn of_events(known: &Known, events: &[String]) -> Vec<KnownMember> {
    let fitting = known.events.iter().filter(|event| events.is_empty() || events.contains(&event.name));
    let mut all: Vec<KnownMember> = fitting.flat_map(|event| event.members.iter().cloned()).collect();
    all.sort_by(|a, b| a.path.cmp(&b.path).then_with(|| b.holders.cmp(&a.holders)));
    all.dedup_by(|a, b| a.path == b.path);
    all
}

/// What can be looked at: of events with these names, or of people (`None`); and how many have it.
pub fn subjects(known: &Known, events: Option<&[String]>) -> Vec<(Subject, u64)> {
    let members = match events {
        Some(events) => of_events(known, events),
        None => known.of_people.clone(),
    };
    members.iter().filter_map(|member| Some((subject_of(member)?, member.holders))).collect()
}

/// Values that a subject has had, the most frequent first, and how often.
pub fn values(known: &Known, subject: &Subject, events: Option<&[String]>) -> Vec<(String, u64)> {
    let name = name_of(subject);
    let members = match events {
        Some(events) => of_events(known, events),
        None => known.of_people.clone(),
    };
    members.into_iter().find(|member| member.path == name).map(|member| member.values).unwrap_or_default()
}
