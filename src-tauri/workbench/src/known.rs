//! What the sample people and events of a project have.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use bridge::{AskKnown, Known, KnownEvent, KnownMember};
use model::{DocumentId, Project};
use simulation::Event;

use crate::failure::Outcome;
use crate::{people, simulate};

/// Most values of one member, and most events.
const MOST: usize = 50;

/// Looks through people and events.
///
/// # Errors
/// When they can not be read.
pub fn known(command: &AskKnown) -> Outcome<Known> {
    let (people, events, _) = simulate::inputs(&command.project, command.folder.as_deref().map(Path::new), None, None)?;
    let member = |known: audience::Known| KnownMember {
        path: known.path,
        holders: known.holders as u64,
        values: known.values.into_iter().map(|(value, count)| (value, count as u64)).collect(),
    };
    Ok(Known { of_people: people.known(MOST).into_iter().map(member).collect(), events: of_events(&events) })
}

/// What the sample people of a folder have, as variables name it; `None` = there are none, or there is no template to ask.
pub(crate) fn names(project: &Project, folder: &Path) -> Option<Vec<String>> {
    if !project.documents.keys().any(|id| matches!(id, DocumentId::Template(..))) {
        return None;
    }
    let (people, _) = people::endpoints(folder);
    (!people.is_empty()).then(|| people.known(0).into_iter().map(|known| known.path).collect())
}

/// Counts by event, member and value.
fn of_events(events: &[Event]) -> Vec<KnownEvent> {
    #[derive(Default)]
    struct Seen<'a> {
        count: u64,
        members: BTreeMap<String, (u64, HashMap<&'a str, u64>)>,
    }
    let mut seen: BTreeMap<&str, Seen> = BTreeMap::new();
    for event in events {
        let of = seen.entry(&event.event_type).or_default();
        of.count += 1;
        for (name, value) in &event.attributes {
            let (holders, values) = of.members.entry(format!("Attributes.{name}")).or_default();
            *holders += 1;
            *values.entry(value).or_default() += 1;
        }
        for (name, _) in &event.metrics {
            of.members.entry(format!("Metrics.{name}")).or_default().0 += 1;
        }
    }
    let member = |(path, (holders, values)): (String, (u64, HashMap<&str, u64>))| {
        let mut values: Vec<(String, u64)> = values.into_iter().map(|(value, n)| (value.to_owned(), n)).collect();
        values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        values.truncate(MOST);
        KnownMember { path, holders, values }
    };
    let mut known: Vec<KnownEvent> = seen
        .into_iter()
        .map(|(name, seen)| KnownEvent {
            name: name.to_owned(),
            count: seen.count,
            members: seen.members.into_iter().map(member).collect(),
        })
        .collect();
    known.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    known.truncate(MOST);
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_events_of_an_example_are_known() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../journeys/examples/cart-abandonment");
        let found = known(&AskKnown { project: Project::default(), folder: Some(folder.display().to_string()) });
        let found = found.unwrap_or_default();
        let carts = found.events.iter().find(|event| event.name == "cart.abandoned").cloned().unwrap_or_default();
        let paths: Vec<&str> = carts.members.iter().map(|member| member.path.as_str()).collect();
        assert!(paths.contains(&"Attributes.currency") && paths.contains(&"Metrics.cart_value"), "{paths:?}");
        assert!(found.events.is_sorted_by(|a, b| a.count >= b.count));
        let channel = found.of_people.iter().find(|member| member.path == "ChannelType").cloned().unwrap_or_default();
        assert!(channel.values.iter().any(|(value, count)| value == "EMAIL" && *count > 100), "{channel:?}");
    }

    #[test]
    fn invented_people_are_known_where_there_is_no_folder() {
        let found = known(&AskKnown { project: Project::default(), folder: None }).unwrap_or_default();
        assert!(found.of_people.iter().any(|member| member.path == "User.UserAttributes.FirstName"));
        assert_eq!(found.events, []);
    }
}
