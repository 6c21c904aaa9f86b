//! People as the window looks through them, and everything about one of them.

use std::path::Path;

use audience::{People, Row};
use bridge::{CampaignOf, JourneyOf, ListPeople, PeoplePage, PersonPage, SegmentOf, ShowPerson, Who};
use engine::Participant;
use engine::campaign::SendStatus;
use model::view::Word;
use model::{DocumentId, PeopleMarks, Project};
use rayon::prelude::*;
use serde_json::Value;
use simulation::Event;

use super::share;
use crate::campaign::Campaign;
use crate::failure::{Outcome, bad_input, not_found};
use crate::segments::{compile, find, line, reason};
use crate::simulate::{self, Cohort};
use crate::{Inner, now};

/// Rows of a page.
const PAGE: usize = 100;

/// Messages of a campaign that are listed: one that is sent daily has many.
const MESSAGES: usize = 20;

impl Inner {
    pub(crate) fn list_people(&self, command: ListPeople) -> Outcome<PeoplePage> {
        let crowd = self.crowd_of(&command.asked.project, command.asked.folder.as_deref());
        let people = &crowd.people;
        let rows: Vec<u32> = match command.segment.as_str() {
            "" => (0..people.len() as u32).collect(),
            segment => {
                let audience = compile(&command.asked.project, segment).map_err(|problem| {
                    bad_input(format!("the segment can not be asked: {problem}"), "choose another, or correct it")
                })?;
                audience.select(people, command.asked.at.unwrap_or_else(now))
            }
        };
        let wanted = command.text.trim().to_lowercase();
        let fits = |row: &u32| {
            let row = people.row(*row as usize);
            let channel =
                command.channel.is_empty() || row.channel().is_some_and(|own| own.as_str() == command.channel);
            channel && (wanted.is_empty() || says(row, &wanted))
        };
        let found: Vec<u32> = rows.into_par_iter().filter(fits).collect();
        let from = usize::try_from(command.from).unwrap_or(usize::MAX).min(found.len());
        Ok(PeoplePage {
            rows: found[from..].iter().take(PAGE).map(|row| line(people.row(*row as usize))).collect(),
            found: found.len() as u64,
            total: people.len() as u64,
            invented: crowd.invented,
            members: share::members(people, &command.asked.project.settings.people),
        })
    }

    pub(crate) fn count_people(&self, command: bridge::CountPeople) -> Outcome<(u64, Vec<String>)> {
        let crowd = self.crowd(Path::new(&command.folder));
        Ok((crowd.people.len() as u64, crowd.people.attribute_paths()))
    }

    pub(crate) fn show_person(&self, command: ShowPerson) -> Outcome<PersonPage> {
        let crowd = self.crowd_of(&command.project, command.folder.as_deref());
        let people = &crowd.people;
        let row = find(people, &command.id)
            .ok_or_else(|| not_found(format!("nobody is called `{}`", command.id), "look through the people again"))?;
        let rows = people.companions(row);
        let endpoints: Vec<Value> =
            rows.iter().map(|row| publishing::endpoint_item(people.row(*row).to_json())).collect();
        let mut personal = Vec::new();
        endpoints
            .iter()
            .for_each(|endpoint| personal_paths(endpoint, "", &command.project.settings.people, &mut personal));
        let events: Vec<Event> = match &command.folder {
            Some(folder) => {
                let (events, _) = simulate::events_of_folder(Path::new(folder));
                let own: Vec<&str> = rows.iter().map(|row| people.row(*row).id()).collect();
                events.into_iter().filter(|event| own.contains(&event.endpoint.as_str())).collect()
            }
            None => Vec::new(),
        };
        let journeys = command.project.journeys().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
        let campaigns = command.project.documents.keys().filter_map(|id| match id {
            DocumentId::Campaign(name) => Some(name.as_str()),
            _ => None,
        });
        Ok(PersonPage {
            line: line(people.row(rows[0])),
            segments: command
                .project
                .segment_names()
                .map(|name| in_segment(&command.project, name, people, &rows))
                .collect(),
            journeys: journeys.iter().map(|name| in_journey(&command, name, people, &rows, &events)).collect(),
            campaigns: campaigns.map(|name| in_campaign(&command, name, people, &rows, &events)).collect(),
            endpoints,
            personal,
        })
    }
}

/// Whether a text stands in what is known of an endpoint, in small letters.
fn says(row: Row<'_>, wanted: &str) -> bool {
    let own = [row.id(), row.user_id().unwrap_or_default(), row.address().unwrap_or_default()];
    let place =
        ["City", "Country", "Region", "PostalCode"].into_iter().filter_map(|member| row.member("Location", member));
    let lists = row.attributes().chain(row.user_attributes()).flat_map(|(_, values)| values.iter());
    own.into_iter().chain(place).chain(lists).any(|text| text.to_lowercase().contains(wanted))
}

/// The dotted paths of what is personal in an endpoint, each once.
fn personal_paths(value: &Value, path: &str, marks: &PeopleMarks, out: &mut Vec<String>) {
    if let Value::Object(members) = value {
        for (name, value) in members {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            personal_paths(value, &path, marks, out);
        }
    } else if share::tells(path, marks) && !out.iter().any(|known| known == path) {
        out.push(path.to_owned());
    }
}

fn in_segment(project: &Project, name: &str, people: &People, rows: &[usize]) -> SegmentOf {
    let audience = match compile(project, name) {
        Ok(audience) => audience,
        Err(problem) => return SegmentOf { name: name.to_owned(), problem, ..SegmentOf::default() },
    };
    let at = now();
    let inside: Vec<usize> = rows.iter().copied().filter(|row| audience.contains(people, *row, at)).collect();
    let told = inside.first().or(rows.first()).map(|row| reason(audience.answer(people, *row, at)));
    SegmentOf {
        name: name.to_owned(),
        endpoints: inside.into_iter().map(|row| people.row(row).id().to_owned()).collect(),
        reason: told.unwrap_or_default(),
        problem: String::new(),
    }
}

/// The endpoints of a person, and nobody else's.
fn alone(people: &People, rows: &[usize]) -> People {
    let mut alone = People::default();
    alone.set_lists_of(people);
    for row in rows {
        // An endpoint of the store fits into another.
        let _ = alone.push(Some(people.row(*row).id()), &people.row(*row).to_json());
    }
    alone
}

/// What the person alone gets from a campaign, simulated from its start with their own events.
fn in_campaign(command: &ShowPerson, name: &str, people: &People, rows: &[usize], events: &[Event]) -> CampaignOf {
    let alone = alone(people, rows);
    let person = Participant::key_of(alone.row(0));
    let folder = command.folder.as_deref().map(Path::new);
    let request = simulate::Request { unknown_segments_hold_all: folder.is_none(), ..simulate::Request::default() };
    let told = request.in_folder(folder).and_then(|request| {
        let campaign = Campaign::new(&command.project, name, alone, events.to_vec(), &request)?;
        Ok((campaign.story(&person)?, campaign.messages()))
    });
    match told {
        Ok((story, mut messages)) => {
            let got = messages.iter().find(|message| message.status == SendStatus::Success.name());
            let words = got.map(|message| message.why.clone());
            let why_not = || story.steps.first().map(|step| step.text.clone()).unwrap_or_default();
            let more = messages.len().saturating_sub(MESSAGES) as u64;
            let gets = got.is_some();
            messages.truncate(MESSAGES);
            CampaignOf { name: name.to_owned(), gets, words: words.unwrap_or_else(why_not), messages, more }
        }
        Err(failure) => CampaignOf { name: name.to_owned(), words: failure.message, ..CampaignOf::default() },
    }
}

/// What becomes of the person alone in a journey, simulated from its start with their own events.
fn in_journey(command: &ShowPerson, name: &str, people: &People, rows: &[usize], events: &[Event]) -> JourneyOf {
    let alone = alone(people, rows);
    let person = Participant::key_of(alone.row(0));
    let request =
        simulate::Request { unknown_segments_hold_all: command.folder.is_none(), ..simulate::Request::default() };
    let told = Cohort::new(&command.project, name, alone, events.to_vec(), &request).and_then(|cohort| {
        let (run, _) = cohort.run(1, &|_| {});
        Ok((run.entered > 0, cohort.person(&Who::Known(person), &[])?))
    });
    match told {
        Ok((enters, view)) => {
            let words = view.story.steps.first().map(|step| step.text.clone()).unwrap_or_default();
            JourneyOf { name: name.to_owned(), enters, words, messages: view.messages }
        }
        Err(failure) => JourneyOf { name: name.to_owned(), words: failure.message, ..JourneyOf::default() },
    }
}
