//! A whole project, simulated: all journeys and campaigns together, over the same people.

mod table;
mod view;

use std::path::Path;
use std::sync::Arc;

use audience::People;
use bridge::{FileProblem, ProjectRunView, ReceivedLine};
use model::time::{DAY, clock_in_zone, format_instant, parse_instant};
use model::wire::WriteCampaignRequest;
use model::{CalendarLimits, DocumentId, Millis, Project, View};
use rayon::prelude::*;
use simulation::{Event, Inputs, Posted, Sender, Settings, Simulation, Together, simulate_together};

use super::{CHUNK, Cohort, Request, START, first_day, inputs, nobody};
use crate::campaign::Campaign;
use crate::failure::{Outcome, bad_input, not_found};
use crate::{Inner, folder, people};

/// Days that are simulated when nobody says how many.
pub const DAYS: u32 = 90;

/// Days that a journey can last (journeys.md 6): no project is simulated longer.
const LONGEST: u32 = 540;

/// A journey or campaign of the project.
enum Part {
    Journey(Box<Cohort>),
    Campaign(Box<Campaign>),
}

/// A finished simulation of a project.
pub struct Whole {
    people: Arc<People>,
    parts: Vec<(DocumentId, Part)>,
    together: Together,
    start: Millis,
    end: Millis,
    left_out: Vec<(DocumentId, String)>,
    notes: Vec<String>,
}

/// A project folder, with the people and events that are named, else its own.
///
/// Answers the run, and what could not be read.
///
/// # Errors
/// When a file can not be read, the start is no instant, or nothing can run.
pub fn of_folder(
    path: &Path,
    endpoints: Option<&Path>,
    events: Option<&Path>,
    request: Request,
    days: Option<u32>,
) -> Outcome<(Whole, CalendarLimits, Vec<FileProblem>)> {
    if !folder::is_project(path) {
        return Err(not_found(
            format!("`{}` is no project folder", path.display()),
            "name a project folder, or a journey or campaign in one",
        ));
    }
    let opened = folder::read(path)?;
    let request = request.in_folder(Some(path))?;
    let (people, events, mut problems) = inputs(&opened.project, Some(path), endpoints, events)?;
    problems.extend(opened.problems);
    let whole = Whole::new(&opened.project, people, events, &request, days)?;
    Ok((whole, opened.project.settings.calendar, problems))
}

impl Whole {
    /// Simulates all journeys and campaigns that can run, for so many days from the start on.
    ///
    /// # Errors
    /// When the start is no instant, there are too many days, or nothing can run.
    pub fn new(
        project: &Project,
        people: People,
        events: Vec<Event>,
        request: &Request,
        days: Option<u32>,
    ) -> Outcome<Whole> {
        let days = days.unwrap_or(DAYS);
        if !(1..=LONGEST).contains(&days) {
            return Err(bad_input(format!("{days} days can not be simulated"), format!("choose 1 to {LONGEST} days")));
        }
        let (people, events) = (Arc::new(people), Arc::new(events));
        let start = start(project, &events, request)?;
        let end = start.saturating_add(Millis::from(days) * DAY);
        // All begin at one instant, so that what one sends counts for the others.
        let request = Request { start: Some(format_instant(start)), ..request.clone() };
        let (mut parts, mut left_out) = (Vec::new(), Vec::new());
        for id in project.documents.keys() {
            let part = match id {
                DocumentId::Journey(name) => Cohort::new(project, name, people.clone(), events.clone(), &request)
                    .map(|cohort| Part::Journey(Box::new(cohort))),
                DocumentId::Campaign(name) => Campaign::new(project, name, people.clone(), events.clone(), &request)
                    .map(|campaign| Part::Campaign(Box::new(campaign))),
                _ => continue,
            };
            match part {
                Ok(part) => parts.push((id.clone(), part)),
                Err(failure) => left_out.push((id.clone(), failure.message)),
            }
        }
        if parts.is_empty() {
            return Err(match left_out.first() {
                Some((_, why)) => {
                    bad_input(format!("nothing of the project can run: {why}"), "correct what the checks say")
                }
                None => not_found("the project has no journeys and no campaigns", "add one, and simulate again"),
            });
        }
        let settings: Vec<Option<Settings>> = parts
            .iter()
            .map(|(_, part)| match part {
                Part::Journey(cohort) => Some(Settings { horizon: Some(end), ..cohort.settings.clone() }),
                Part::Campaign(_) => None,
            })
            .collect();
        let senders = parts.iter().zip(&settings).map(|((_, part), settings)| match (part, settings) {
            (Part::Journey(cohort), Some(settings)) => {
                let inputs = Inputs { program: &cohort.program, people: &people, events: &events };
                Sender::Journey(Box::new(Simulation::new(&inputs, settings)))
            }
            (Part::Journey(cohort), None) => Sender::Journey(Box::new(cohort.simulation())),
            (Part::Campaign(campaign), _) => Sender::Campaign(campaign.inputs(), campaign.settings_until(end)),
        });
        let walk = |simulation: &Simulation<'_>| {
            let starts: Vec<usize> = (0..people.len()).step_by(CHUNK).collect();
            let pieces = starts.into_par_iter().map(|start| simulation.messages(start..start + CHUNK));
            pieces.flatten_iter().collect()
        };
        let together = simulate_together(senders.collect(), &people, &events, start, &walk);
        let mut notes: Vec<String> = parts
            .iter()
            .filter_map(|(_, part)| match part {
                Part::Journey(cohort) => Some(cohort.notes.iter().map(|note| note.text.clone())),
                Part::Campaign(_) => None,
            })
            .flatten()
            .collect();
        notes.sort();
        notes.dedup();
        Ok(Whole { people, parts, together, start, end, left_out, notes })
    }

    /// What a person gets, in order of time.
    ///
    /// # Errors
    /// When there is nobody of that name.
    pub fn person(&self, person: &str) -> Outcome<Vec<(ReceivedLine, &'static str)>> {
        let id = person.strip_prefix("endpoint:").unwrap_or(person);
        let of_user = person.strip_prefix("user:").unwrap_or(person);
        let row = self
            .people
            .find(id)
            .or_else(|| (0..self.people.len()).find(|row| self.people.row(*row).user_id() == Some(of_user)));
        let first = self.people.first_companion(row.ok_or_else(|| nobody(person))?);
        Ok(self.lines(first).into_iter().map(|(line, posted)| (line, posted.status.name())).collect())
    }

    fn lines(&self, person: u32) -> Vec<(ReceivedLine, Posted)> {
        let of_person = |posted: &Posted| self.people.first_companion(posted.row as usize) == person;
        let mut all: Vec<(ReceivedLine, Posted)> = self
            .all()
            .filter(|(_, posted)| of_person(posted))
            .map(|(sender, posted)| {
                let line = ReceivedLine { at: self.clock(posted).0, sender, part: self.part(sender, posted) };
                (line, *posted)
            })
            .collect();
        all.sort_by_key(|(line, posted)| (posted.at, line.sender));
        all
    }

    /// The message activity or the treatment, in words.
    fn part(&self, sender: usize, posted: &Posted) -> String {
        match self.parts.get(sender) {
            Some((_, Part::Journey(cohort))) => cohort.program.activity_id(posted.part).to_owned(),
            Some((_, Part::Campaign(campaign))) => {
                let program = campaign.inputs().program;
                let number = posted.part as u8;
                match program.treatment_name(number) {
                    Some(name) => name.to_owned(),
                    None if program.len() == 1 => String::new(),
                    None if number == 0 => "Default treatment".to_owned(),
                    None => format!("Treatment {number}"),
                }
            }
            None => String::new(),
        }
    }

    /// All messages and those that were kept back, each with the place of its sender.
    fn all(&self) -> impl Iterator<Item = (usize, &Posted)> {
        self.together.posted.iter().enumerate().flat_map(|(sender, of)| of.iter().map(move |posted| (sender, posted)))
    }

    /// Day and time by the clock of the one who gets it, and whether that clock is known.
    fn clock(&self, posted: &Posted) -> (String, bool) {
        let zone = self.people.row(posted.row as usize).timezone();
        match zone.and_then(|zone| clock_in_zone(posted.at, zone)) {
            Some(clock) => (clock, true),
            None => (clock_in_zone(posted.at, "UTC").unwrap_or_default(), false),
        }
    }

    /// The document of a sender.
    pub fn document(&self, sender: usize) -> Option<&DocumentId> {
        self.parts.get(sender).map(|(id, _)| id)
    }
}

/// When all is published: as asked for, else a day before the first schedule begins, or on the first day with events.
fn start(project: &Project, events: &[Event], request: &Request) -> Outcome<Millis> {
    if let Some(text) = request.start.as_ref().or(project.settings.simulation.start.as_ref()) {
        return parse_instant(text)
            .ok_or_else(|| bad_input(format!("`{text}` is no instant"), "write it as 2026-11-30T09:00:00Z"));
    }
    let journeys = project.journeys().filter_map(|(_, journey)| parse_instant(journey.wire.schedule()?.start_time()?));
    let campaigns = project.documents.iter().filter_map(|(id, value)| match id {
        DocumentId::Campaign(_) => parse_instant(WriteCampaignRequest::of(value)?.schedule()?.start_time()?),
        _ => None,
    });
    // Before a schedule begins somewhere, it is that time elsewhere already.
    let scheduled = journeys.chain(campaigns).min().map(|at| at - DAY);
    let first = scheduled.into_iter().chain(first_day(events)).min();
    Ok(first.or_else(|| parse_instant(START)).unwrap_or_default())
}

impl Inner {
    pub(crate) fn simulate_project(&self, command: bridge::SimulateProject) -> Outcome<ProjectRunView> {
        let folder = command.folder.as_deref().map(Path::new);
        let people = folder.map(|folder| people::endpoints(folder).0).unwrap_or_default();
        let people = if people.is_empty() { super::invent(&command.project) } else { people };
        let events = folder.map(|folder| super::events_of_folder(folder).0).unwrap_or_default();
        let request =
            Request { unknown_segments_hold_all: folder.is_none(), ..Request::default() }.in_folder(folder)?;
        let whole = Whole::new(&command.project, people, events, &request, command.days)?;
        Ok(whole.view(command.project.settings.calendar))
    }
}

#[cfg(test)]
mod tests {
    use bridge::Span;
    use serde_json::{Value, json};

    use super::*;

    fn campaign(start: &str) -> Value {
        json!({"Name": "c", "SegmentId": "all", "Schedule": {"StartTime": start, "Frequency": "ONCE"},
            "MessageConfiguration": {"EmailMessage": {"Title": "News", "Body": "There is some."}}})
    }

    fn project() -> Project {
        let mut project = Project::default();
        let documents = &mut project.documents;
        documents.insert(DocumentId::Segment("all".into()), json!({"Name": "all"}));
        documents.insert(DocumentId::Campaign("news".into()), campaign("2026-12-03T23:30:00Z"));
        documents.insert(DocumentId::Campaign("offer".into()), campaign("2026-12-04T10:00:00Z"));
        documents.insert(DocumentId::Campaign("unfinished".into()), json!({"Name": "unfinished"}));
        let journey = json!({"Name": "welcome", "StartActivity": "hello", "Schedule": {"StartTime": "2026-12-04T12:00:00Z"},
            "StartCondition": {"SegmentStartCondition": {"SegmentId": "all"}},
            "Activities": {"hello": {"EMAIL": {"TemplateName": "hello"}}}});
        documents.insert(DocumentId::Journey("welcome".into()), journey);
        documents.insert(DocumentId::Template(model::TemplateKind::Email, "hello".into()), json!({"Subject": "Hello"}));
        project
    }

    fn people() -> People {
        let mut people = People::default();
        for (id, user, zone) in
            [("a", "ana", Some("Asia/Tokyo")), ("b", "ben", Some("America/New_York")), ("c", "ben", None)]
        {
            let demographic = zone.map(|zone| json!({"Timezone": zone})).unwrap_or_else(|| json!({}));
            let endpoint = json!({"ChannelType": "EMAIL", "Address": format!("{id}@x.example"),
                "Demographic": demographic, "User": {"UserId": user}});
            people.push(Some(id), &endpoint).unwrap();
        }
        people
    }

    fn whole(request: &Request) -> Whole {
        Whole::new(&project(), people(), Vec::new(), request, None).unwrap()
    }

    #[test]
    fn a_day_has_all_that_is_sent_then_by_the_clocks_of_those_who_get_it() {
        let view = whole(&Request::default()).view(CalendarLimits { per_day: 2, per_week: 7 });
        let names: Vec<String> = view.documents.iter().map(|of| of.document.to_string()).collect();
        assert_eq!(names, ["journeys/welcome", "campaigns/news", "campaigns/offer"]);
        let days: Vec<(&str, Vec<(usize, u64)>)> = view
            .days
            .iter()
            .map(|day| (day.day.as_str(), day.senders.iter().map(|of| (of.sender, of.messages)).collect()))
            .collect();
        // In Tokyo it is the next day already.
        assert_eq!(days, [("2026-12-03", vec![(1, 2)]), ("2026-12-04", vec![(0, 3), (2, 3), (1, 1)])]);
        let offer = &view.days[1].senders[1];
        assert_eq!((offer.first.as_str(), offer.last.as_str()), ("05:00", "19:00"));
        assert_eq!(view.without_zone, 3);
        assert_eq!(view.people, 2);
        assert_eq!(view.left_out[0].0, DocumentId::Campaign("unfinished".into()));
    }

    #[test]
    fn who_gets_too_much_is_counted_once_and_told_with_an_example() {
        let view = whole(&Request::default()).view(CalendarLimits { per_day: 2, per_week: 2 });
        let [day, week] = view.too_much.as_slice() else { panic!("{:?}", view.too_much) };
        // Ben has two addresses, in two time zones.
        assert_eq!(
            (day.span, day.people, day.person.as_str(), day.day.as_str()),
            (Span::Day, 2, "user:ben", "2026-12-04")
        );
        assert_eq!(
            day.messages.iter().map(|line| line.at.as_str()).collect::<Vec<_>>(),
            ["2026-12-04 05:00", "2026-12-04 10:00", "2026-12-04 07:00", "2026-12-04 12:00"]
        );
        assert_eq!(
            (week.span, week.people, week.person.as_str(), week.day.as_str()),
            (Span::Week, 2, "user:ben", "2026-11-30")
        );
        assert_eq!(week.messages.len(), 6);
        let quiet = whole(&Request::default()).view(CalendarLimits { per_day: 5, per_week: 7 });
        assert_eq!(quiet.too_much, []);
    }

    #[test]
    fn the_settings_of_the_application_keep_messages_back() {
        let request = Request { application: Some(json!({"Limits": {"Daily": 1}})), ..Request::default() };
        let whole = whole(&request);
        let view = whole.view(CalendarLimits::default());
        let counts: Vec<(u64, u64, u64)> = view.documents.iter().map(|of| (of.messages, of.capped, of.alone)).collect();
        assert_eq!(counts, [(0, 3, 3), (3, 0, 3), (0, 3, 3)]);
        let told: Vec<&str> = whole.person("user:ana").unwrap().into_iter().map(|(_, status)| status).collect();
        assert_eq!(told, ["SUCCESS", "DAILY_CAP", "DAILY_CAP"]);
        assert!(whole.person("nobody").is_err());
    }

    #[test]
    fn all_messages_are_written_by_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("messages.csv");
        assert_eq!(whole(&Request::default()).write_messages(&file).unwrap(), 9);
        let text = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "user:ana,a,2026-12-03T23:30:00.000Z,EMAIL,campaigns/news,,0,,,SUCCESS");
        assert_eq!(lines[7], "user:ana,a,2026-12-04T12:00:00.000Z,EMAIL,journeys/welcome,hello,,hello,,SUCCESS");
        assert!(!text.contains("x.example"));
    }

    #[test]
    fn what_can_not_be_simulated_is_an_error() {
        let too_long = Whole::new(&project(), people(), Vec::new(), &Request::default(), Some(541));
        assert!(too_long.err().unwrap().message.contains("541 days"));
        let empty = Whole::new(&Project::default(), people(), Vec::new(), &Request::default(), None);
        assert!(empty.err().unwrap().message.contains("no journeys"));
    }
}
