//! The story of one person, walked again with somebody listening.

use audience::People;
use engine::{Effect, EventKind, Participant, Program, What, instant_words};
use model::{Millis, Slot};

use crate::run::{PersonSummary, Story, StoryStep};
use crate::simulation::Simulation;
use crate::tally::Partial;
use crate::walk::{Listener, Walker};

/// Puts what it hears into words.
pub(crate) struct Teller<'s> {
    pub simulation: &'s Simulation<'s>,
    pub steps: Vec<StoryStep>,
    last: Option<u16>,
    inside: bool,
    messages: u32,
}

impl<'s> Teller<'s> {
    pub fn new(simulation: &'s Simulation<'s>) -> Teller<'s> {
        Teller { simulation, steps: Vec::new(), last: None, inside: false, messages: 0 }
    }

    fn program(&self) -> &Program {
        self.simulation.program
    }

    fn say(&mut self, at: Millis, activity: Option<u16>, slot: Option<Slot>, text: String) {
        let activity = activity.map(|activity| self.program().activity_id(activity).to_owned());
        self.steps.push(StoryStep { at, activity, slot, text });
    }
}

impl Listener for Teller<'_> {
    const ON: bool = true;

    fn effect(&mut self, at: Millis, effect: Effect) {
        let (activity, slot) = match effect.what {
            What::Refused { .. } => (None, None),
            What::Entered { .. } | What::Left { .. } => {
                self.inside = matches!(effect.what, What::Entered { .. });
                (None, None)
            }
            What::Arrived { activity } => {
                self.last = Some(activity);
                (Some(activity), None)
            }
            What::Send { activity, .. } => {
                self.messages += 1;
                (Some(activity), None)
            }
            What::NotSent { activity, .. } | What::WaitUntil { activity, .. } | What::Judged { activity, .. } => {
                (Some(activity), None)
            }
            What::Took { activity, way } => {
                (Some(activity), self.program().ways().get(usize::from(way)).map(|way| way.slot))
            }
        };
        let text = effect.sentence(self.program(), self.simulation.people, at);
        self.say(at, activity, slot, text);
    }

    fn event(&mut self, at: Millis, activity: u16, _: u32, name: &str) {
        let id = self.program().activity_id(activity);
        let text = match EventKind::parse(name) {
            Some(kind) => format!("`{id}` was {} (`{name}`)", kind.participle()),
            None => format!("`{name}` came of `{id}`"),
        };
        self.say(at, Some(activity), None, text);
    }

    fn refusals(&mut self, at: Millis, count: u64) {
        let text = format!("did not enter again, at {count} more evaluations of the segment: all entries are used up");
        self.say(at, None, None, text);
    }
}

impl Simulation<'_> {
    /// What happens to a person in this run; `None` = nobody of that name. `person` is a participant key, `user:ID` or
    /// `endpoint:ID`, or one of the ids alone.
    pub fn story(&self, person: &str) -> Option<Story> {
        let rows = self.rows_of(person)?;
        let first = *rows.first()?;
        let mut teller = self.listen(rows);
        if teller.steps.is_empty() {
            teller.say(self.entry_at, None, None, self.why_not_in(first));
        } else if let Some(last) = teller.last.filter(|_| teller.inside) {
            let text = format!("was still there when the run was cut off at {}", instant_words(self.horizon));
            teller.say(self.horizon, Some(last), None, text);
        }
        Some(Story { person: Participant::key_of(self.people.row(first as usize)), steps: teller.steps })
    }

    /// Why a person to whom nothing happened did not enter, by their first endpoint.
    pub(crate) fn why_not_in(&self, first: u32) -> String {
        match self.program.entry_audience().filter(|_| !self.program.is_event_entry()) {
            Some(audience) => {
                format!("did not enter: {}", audience.explain(self.people, first as usize, self.entry_at))
            }
            None => format!("did not enter: no {} came", self.program.entry_event_words()),
        }
    }

    /// Up to `limit` people of a run, chosen so that every way, end and refusal that was seen has some, by row.
    pub fn people(&self, all: &Partial, limit: usize) -> Vec<PersonSummary> {
        self.summaries(&all.examples(limit))
    }

    /// The lines of the participants with these first rows.
    pub fn summaries(&self, rows: &[u32]) -> Vec<PersonSummary> {
        let summary = |row: &u32| {
            let endpoint = self.people.row(*row as usize);
            let key = Participant::key_of(endpoint);
            let teller = self.listen(self.rows_of(&key)?);
            let first_name = endpoint.user_attribute("FirstName").first().or(endpoint.attribute("FirstName").first());
            let name = first_name.or(endpoint.user_id()).unwrap_or(endpoint.id()).to_owned();
            let last = teller.last.map(|activity| self.program.activity_id(activity).to_owned());
            Some(PersonSummary { person: key, name, last, messages: teller.messages })
        };
        rows.iter().filter_map(summary).collect()
    }

    fn listen(&self, rows: Vec<u32>) -> Teller<'_> {
        let mut teller = Teller::new(self);
        Walker::new(self).tell(rows, &mut teller);
        teller
    }

    pub(crate) fn rows_of(&self, person: &str) -> Option<Vec<u32>> {
        rows_of(self.people, person)
    }
}

/// The endpoints that a name means: an endpoint id, a user id, `user:ID` or `endpoint:ID`.
pub(crate) fn rows_of(people: &People, person: &str) -> Option<Vec<u32>> {
    let user = |id: &str| Some(people.of_user(id)).filter(|rows| !rows.is_empty());
    let endpoint = |id: &str| {
        let row = people.find(id)?;
        Some(if people.row(row).user_id().is_some() { people.companions(row) } else { vec![row] })
    };
    let rows = match (person.strip_prefix("user:"), person.strip_prefix("endpoint:")) {
        (Some(id), _) => user(id),
        (_, Some(id)) => endpoint(id),
        _ => endpoint(person).or_else(|| user(person)),
    }?;
    Some(rows.into_iter().map(|row| row as u32).collect())
}
