//! One person of a run, known or invented, also if they did something else: story, messages as they read, reasons.

use audience::People;
use bridge::{Deed, PersonMessage, PersonView, Who};
use engine::{Participant, Program};
use model::Millis;
use serde_json::Value;
use simulation::expectations::{Cause, Given, When};
use simulation::{Event, Inputs, PersonSummary, Settings, Simulation, Whereabouts};
use templates::Substitutions;

use super::{Cohort, nobody};
use crate::failure::{Outcome, bad_input};

/// Most people that a search answers, and those that are named at an activity.
pub(crate) const FOUND: usize = 60;

/// What a person's run is made of.
pub(crate) struct PersonRun<'c> {
    cohort: &'c Cohort,
    /// `None` = the cohort's.
    invented: Option<People>,
    /// The participant.
    pub person: String,
    events: Vec<Event>,
    settings: Settings,
}

impl PersonRun<'_> {
    fn people(&self) -> &People {
        self.invented.as_ref().unwrap_or(&self.cohort.people)
    }

    /// The journey.
    pub fn program(&self) -> &Program {
        &self.cohort.program
    }

    /// When it is published.
    pub fn start(&self) -> Millis {
        self.settings.start
    }

    /// The first endpoint's id.
    pub fn endpoint(&self) -> &str {
        let id = self.person.split_once(':').map_or(self.person.as_str(), |(_, id)| id);
        let people = self.people();
        let row = people.of_user(id).first().copied().or_else(|| people.find(&self.person)).or_else(|| people.find(id));
        row.map_or(id, |row| people.row(row).id())
    }

    /// When the person first enters.
    pub fn entered(&self) -> Option<Millis> {
        let simulation = self.simulation();
        match simulation.at(&self.person, Millis::MIN)?.place {
            Whereabouts::Outside { enters, .. } => enters,
            _ => None,
        }
    }

    /// What the person does that starts the journey, as `person`.
    pub fn entry_events(&self, person: &str) -> Vec<Given> {
        let own: Vec<&str> = {
            let people = self.people();
            let first = people.find(self.endpoint());
            first
                .map(|row| people.companions(row))
                .unwrap_or_default()
                .into_iter()
                .map(|row| people.row(row).id())
                .collect()
        };
        let starts = |event: &&Event| {
            let attributes: Vec<(&str, &str)> =
                event.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let metrics: Vec<(&str, f64)> = event.metrics.iter().map(|(name, value)| (name.as_str(), *value)).collect();
            own.contains(&event.endpoint.as_str())
                && self.program().is_entry_event(&event.event_type, &attributes, &metrics)
        };
        let given = |event: &Event| Given {
            line: 0,
            person: person.to_owned(),
            endpoint: None,
            cause: Cause::Event {
                event_type: event.event_type.clone(),
                of: None,
                attributes: event.attributes.clone(),
                metrics: event.metrics.clone(),
            },
            when: When::At(event.at),
        };
        self.events.iter().filter(starts).map(given).collect()
    }

    /// The run.
    pub fn simulation(&self) -> Simulation<'_> {
        let inputs = Inputs { program: &self.cohort.program, people: self.people(), events: &self.events };
        Simulation::new(&inputs, &self.settings)
    }
}

impl Cohort {
    /// The run of one person who does `deeds` instead of what they do in the cohort's.
    ///
    /// # Errors
    /// When there is nobody of that name, or an invented endpoint is none.
    pub(crate) fn run_of(&self, who: &Who, deeds: &[Deed]) -> Outcome<PersonRun<'_>> {
        let (invented, person) = match who {
            Who::Known(person) => (None, person.clone()),
            Who::Invented(endpoints) => {
                let people = invented(endpoints)?;
                let person = Participant::key_of(people.row(0));
                (Some(people), person)
            }
        };
        let (events, settings) = {
            let people = invented.as_ref().unwrap_or(&self.people);
            let inputs = Inputs { program: &self.program, people, events: &self.events };
            let simulation = Simulation::new(&inputs, &self.settings);
            simulation.what_if(&person, deeds).ok_or_else(|| nobody(&person))?
        };
        Ok(PersonRun { cohort: self, invented, person, events, settings })
    }

    /// Everything about one person.
    ///
    /// # Errors
    /// As `run_of`.
    pub fn person(&self, who: &Who, deeds: &[Deed]) -> Outcome<PersonView> {
        let run = self.run_of(who, deeds)?;
        let simulation = run.simulation();
        let story = simulation.story(&run.person).ok_or_else(|| nobody(&run.person))?;
        let at = simulation.at(&run.person, Millis::MAX).ok_or_else(|| nobody(&run.person))?;
        let messages = at.messages.into_iter().map(|message| {
            let (parts, problem) = match (&message.endpoint, message.status.as_str()) {
                (Some(endpoint), "SUCCESS") => self.parts(run.people(), &message.activity, endpoint, message.at),
                _ => (Vec::new(), None),
            };
            PersonMessage {
                at: message.at,
                activity: message.activity,
                endpoint: message.endpoint,
                status: message.status,
                why: message.why,
                parts,
                problem,
            }
        });
        let happened = |deed: &Deed| {
            let is = |step: &simulation::StoryStep| {
                step.at == deed.at && step.activity == deed.activity && step.text.contains(&deed.event_type)
            };
            deed.activity.is_none() || story.steps.iter().any(is)
        };
        let without_effect = deeds.iter().enumerate().filter(|(_, deed)| !happened(deed)).map(|(place, _)| place);
        Ok(PersonView { without_effect: without_effect.collect(), messages: messages.collect(), story })
    }

    /// What a message says to an endpoint, or why it can not be said.
    fn parts(
        &self,
        people: &People,
        activity: &str,
        endpoint: &str,
        at: Millis,
    ) -> (Vec<(String, String)>, Option<String>) {
        let content = self
            .program
            .activity_index(activity)
            .and_then(|activity| self.contents.get(usize::from(activity))?.as_ref());
        let (Some(content), Some(row)) = (content, people.find(endpoint)) else { return (Vec::new(), None) };
        let rendered = content.compile().and_then(|template| {
            let endpoint = people.row(row).to_json();
            template.render(&endpoint, Substitutions::default(), at).map_err(|error| error.to_string())
        });
        match rendered {
            Ok(rendered) => (rendered.parts, None),
            Err(problem) => (Vec::new(), Some(problem)),
        }
    }

    /// The people in whose endpoint id, user id or name a text stands, in any case; at most `FOUND`.
    pub fn find_people(&self, text: &str) -> Vec<PersonSummary> {
        let wanted = text.trim().to_lowercase();
        let simulation = self.simulation();
        let mut found: Vec<u32> = Vec::new();
        for (number, row) in self.people.rows().enumerate() {
            let first = |name: &str| row.user_attribute(name).first().or(row.attribute(name).first());
            let words = [Some(row.id()), row.user_id(), first("FirstName"), first("LastName")];
            if words.into_iter().flatten().any(|word| word.to_lowercase().contains(&wanted)) {
                let participant = self.people.first_companion(number);
                if !found.contains(&participant) {
                    found.push(participant);
                }
                if found.len() == FOUND {
                    break;
                }
            }
        }
        simulation.summaries(&found)
    }
}

/// People who are described and not in any file.
fn invented(endpoints: &[Value]) -> Outcome<People> {
    const HELP: &str = "describe an endpoint in Pinpoint's members: at least `ChannelType` and `Address`";
    let mut people = People::default();
    for endpoint in endpoints {
        let id = endpoint.get("Id").and_then(Value::as_str).unwrap_or("invented").to_owned();
        let id = if people.find(&id).is_some() { format!("{id}-{}", people.len() + 1) } else { id };
        people.push(Some(&id), endpoint).map_err(|problem| bad_input(problem.to_string(), HELP))?;
    }
    match people.is_empty() {
        true => Err(bad_input("nobody is described", HELP)),
        false => Ok(people),
    }
}
