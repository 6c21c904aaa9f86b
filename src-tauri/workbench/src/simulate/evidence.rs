//! What a run has shown, as the checks take it: the run's own counts, and what is seen of a sample of its people.

use std::collections::{BTreeMap, BTreeSet};

use audience::People;
use engine::{Participant, SendStatus};
use model::wire::ChannelType;
use model::{Journey, Millis, Payload};
use rayon::prelude::*;
use simulation::{PersonAt, Run, Simulation, Whereabouts};
use templates::{RenderError, Substitutions, Template};
use validation::Evidence;
use validation::evidence::{Answers, Seen, WaySeen};

use super::Cohort;

/// People that are looked at one by one; spread evenly over all.
const SAMPLE: usize = 1_000;

/// What a split asks about a message.
#[derive(Clone, Debug)]
pub(super) struct Question {
    split: String,
    message: String,
    events: Vec<String>,
}

impl Question {
    /// Everything that the splits of a journey ask about messages.
    pub fn of(journey: Journey<'_>) -> Vec<Question> {
        let mut questions = Vec::new();
        for activity in journey.activities() {
            let conditions = match activity.payload {
                Some(Payload::ConditionalSplit(split)) => {
                    split.condition().map(|all| all.conditions()).unwrap_or_default()
                }
                Some(Payload::MultiCondition(split)) => {
                    split.branches().iter().filter_map(|branch| branch.condition()).collect()
                }
                _ => continue,
            };
            for condition in conditions.iter().filter_map(|condition| condition.event_condition()) {
                let events = condition.dimensions().and_then(|of| of.event_type()).map(|of| of.values());
                questions.push(Question {
                    split: activity.id.to_owned(),
                    message: condition.message_activity().unwrap_or_default().to_owned(),
                    events: events.unwrap_or_default().into_iter().map(str::to_owned).collect(),
                });
            }
        }
        questions
    }

    /// When the split came to, judged, and was answered by a person; `None` where one of it did not happen.
    fn asked(&self, person: &PersonAt) -> Option<(Millis, Millis, Millis)> {
        let mut there = person.steps.iter().filter(|step| step.activity.as_deref() == Some(self.split.as_str()));
        let arrived = there.next()?.at;
        let judged = there.find(|step| step.slot.is_some())?.at;
        let messages = person.messages.iter().filter(|message| message.activity == self.message);
        let events = messages.flat_map(|message| &message.events).filter(|(name, _)| self.events.contains(name));
        Some((arrived, judged, events.map(|(_, at)| *at).min()?))
    }
}

/// What was seen of some people.
#[derive(Default)]
struct Sample {
    entered: u64,
    reached: u64,
    last_sent: BTreeMap<String, Millis>,
    written: BTreeMap<String, u64>,
    /// By activity and variable.
    unwritten: BTreeMap<(String, String), u64>,
    /// By split: how long after the arrival an answer came, and whether it was too late.
    answers: BTreeMap<String, Vec<(Millis, bool)>>,
    /// By split.
    disagreeing: BTreeMap<String, u64>,
}

impl Sample {
    fn merge(mut self, other: Sample) -> Sample {
        self.entered += other.entered;
        self.reached += other.reached;
        for (activity, at) in other.last_sent {
            self.last_sent.entry(activity).and_modify(|last| *last = at.max(*last)).or_insert(at);
        }
        for (activity, count) in other.written {
            *self.written.entry(activity).or_default() += count;
        }
        for (variable, count) in other.unwritten {
            *self.unwritten.entry(variable).or_default() += count;
        }
        for (split, answers) in other.answers {
            self.answers.entry(split).or_default().extend(answers);
        }
        for (split, count) in other.disagreeing {
            *self.disagreeing.entry(split).or_default() += count;
        }
        self
    }
}

impl Cohort {
    /// What the run of this cohort has shown, for the checks of the journey `name`.
    pub fn evidence(&self, name: &str, run: &Run) -> Evidence {
        let mut evidence = Evidence {
            journey: name.to_owned(),
            people: self.people.len() as u64,
            indian_numbers: indian_numbers(&self.people),
            entered: run.entered,
            ..Evidence::default()
        };
        (evidence.timezones, evidence.without_timezone) = timezones(&self.people);
        for counts in &run.activities {
            let sends = |name: &str| SendStatus::ALL.iter().find(|status| status.name() == name).copied();
            let mut seen = Seen { arrived: counts.entered, waiting: counts.waiting, ..Seen::default() };
            for outcome in &counts.outcomes {
                match sends(&outcome.name) {
                    Some(SendStatus::Success) => seen.sent = outcome.count,
                    // Held messages are counted again when the hold is over.
                    None | Some(SendStatus::Held | SendStatus::QuietTimeWaitFinished) => {}
                    Some(status) => drop(seen.not_sent.insert(status.name().to_owned(), outcome.count)),
                }
            }
            seen.ways = run
                .connections
                .iter()
                .filter(|way| way.from == counts.id)
                .map(|way| WaySeen { slot: way.slot, people: way.count })
                .collect();
            evidence.activities.insert(counts.id.clone(), seen);
        }
        self.add_sample(&mut evidence);
        evidence
    }

    fn add_sample(&self, evidence: &mut Evidence) {
        let simulation = self.simulation();
        let step = self.people.len().div_ceil(SAMPLE).max(1);
        let rows: BTreeSet<u32> =
            (0..self.people.len()).step_by(step).map(|row| self.people.first_companion(row)).collect();
        let rows: Vec<u32> = rows.into_iter().collect();
        // Only templates that may lack something are worth rendering.
        let templates: Vec<Option<Template>> = self
            .contents
            .iter()
            .map(|content| content.as_ref()?.compile().ok())
            .map(|template| template.filter(|one| one.variables().iter().any(|v| v.needed && !v.has_default)))
            .collect();
        let look = |row: &u32| self.look(&simulation, &templates, *row);
        let sample = rows.par_iter().map(look).reduce(Sample::default, Sample::merge);
        (evidence.sampled, evidence.reached) = (sample.entered, sample.reached);
        for (activity, at) in sample.last_sent {
            evidence.activities.entry(activity).or_default().last_sent = Some(at);
        }
        for (activity, count) in sample.written {
            evidence.activities.entry(activity).or_default().written = count;
        }
        for ((activity, variable), count) in sample.unwritten {
            evidence.activities.entry(activity).or_default().unwritten.insert(variable, count);
        }
        for (split, answers) in sample.answers {
            evidence.activities.entry(split).or_default().answers = Some(summary(answers));
        }
        for (split, count) in sample.disagreeing {
            evidence.activities.entry(split).or_default().disagreeing = count;
        }
    }

    /// What is seen of the person of a row.
    fn look(&self, simulation: &Simulation<'_>, templates: &[Option<Template>], row: u32) -> Sample {
        let mut sample = Sample::default();
        let key = Participant::key_of(self.people.row(row as usize));
        let Some(person) = simulation.at(&key, Millis::MAX) else { return sample };
        if matches!(person.place, Whereabouts::Outside { .. }) {
            return sample;
        }
        sample.entered = 1;
        for message in &person.messages {
            if message.status == SendStatus::Success.name() {
                sample.reached = 1;
                let last = sample.last_sent.entry(message.activity.clone()).or_insert(message.at);
                *last = message.at.max(*last);
            }
            // One that could not be made is among those that were not sent.
            let number = self.program.activity_index(&message.activity).map(usize::from);
            let template = number.and_then(|number| templates.get(number)?.as_ref());
            let endpoint = message.endpoint.as_ref().and_then(|id| self.people.find(id));
            let (Some(template), Some(endpoint)) = (template, endpoint) else { continue };
            let endpoint = self.people.row(endpoint).to_json();
            match template.render(&endpoint, Substitutions::default(), message.at) {
                Err(RenderError::Missing { variable, .. }) => {
                    *sample.unwritten.entry((message.activity.clone(), variable)).or_default() += 1;
                }
                _ => *sample.written.entry(message.activity.clone()).or_default() += 1,
            }
        }
        for question in &self.questions {
            if let Some((arrived, judged, answered)) = question.asked(&person) {
                let answer = ((answered - arrived).max(0), answered > judged);
                sample.answers.entry(question.split.clone()).or_default().push(answer);
            }
        }
        let endpoints = self.people.companions(row as usize);
        for criterion in self.criteria.iter().filter(|_| endpoints.len() > 1) {
            let came = person.steps.iter().find(|step| step.activity.as_ref() == Some(&criterion.split));
            if came.is_some_and(|step| criterion.parts(&self.people, &endpoints, step.at)) {
                sample.disagreeing.insert(criterion.split.clone(), 1);
            }
        }
        sample
    }
}

fn summary(mut answers: Vec<(Millis, bool)>) -> Answers {
    answers.sort_unstable();
    let nine_in_ten = (answers.len() * 9).div_ceil(10).saturating_sub(1);
    Answers {
        all: answers.len() as u64,
        late: answers.iter().filter(|(_, late)| *late).count() as u64,
        most_within: answers.get(nine_in_ten).map_or(0, |(after, _)| *after),
    }
}

/// How many endpoints are in each time zone, and in none.
fn timezones(people: &People) -> (BTreeMap<String, u64>, u64) {
    let mut counts = vec![(0u64, None); people.timezone_count()];
    for row in people.rows() {
        if let Some((count, name)) = counts.get_mut(row.timezone_id() as usize) {
            *count += 1;
            *name = name.or_else(|| row.timezone());
        }
    }
    let without = counts.iter().filter(|(_, name)| name.is_none()).map(|(count, _)| count).sum();
    let named = counts.into_iter().filter_map(|(count, name)| Some((name?.to_owned(), count)));
    (named.filter(|(_, count)| *count > 0).collect(), without)
}

/// How many endpoints are phone numbers of India, in the form of E.164.
fn indian_numbers(people: &People) -> u64 {
    let indian = |address: &str| address.chars().filter(|c| c.is_ascii_digit() || *c == '+').take(3).eq("+91".chars());
    let sms = people.rows().filter(|row| row.channel() == Some(ChannelType::Sms));
    sms.filter(|row| row.address().is_some_and(indian)).count() as u64
}

#[cfg(test)]
mod tests {
    use model::{DocumentId, Project};
    use serde_json::{Value, json};
    use validation::Facts;

    use super::*;
    use crate::simulate::Request;

    /// 100 people with e-mail and phone: 40 without a city, 30 without a time zone, 10 with a number in India.
    fn people() -> People {
        let mut people = People::default();
        for number in 0..100 {
            let user = format!("person-{number:03}");
            let mut mail =
                json!({"ChannelType": "EMAIL", "Address": format!("{user}@example.com"), "User": {"UserId": user}});
            if number >= 40 {
                mail["Attributes"] = json!({"City": ["Oslo"]});
            }
            if number >= 30 {
                mail["Demographic"] = json!({"Timezone": "Europe/Berlin"});
            }
            let country = if number < 10 { "+91" } else { "+49" };
            let phone = json!({"ChannelType": "SMS", "Address": format!("{country}1701000{number:03}"), "User": {"UserId": user},
                "Demographic": {"Timezone": "Europe/Berlin"}});
            people.push(Some(&format!("{user}-mail")), &mail).unwrap();
            people.push(Some(&format!("{user}-phone")), &phone).unwrap();
        }
        people
    }

    /// An e-mail, a split that asks an hour later who opened it, and two texts of which the cap keeps one back.
    fn project() -> Project {
        let documents: [(&str, Value); 4] = [
            ("segments/everyone", json!({"Name": "everyone"})),
            ("templates/email/news", json!({"Subject": "News", "TextPart": "Hello {{Attributes.City}}"})),
            ("templates/sms/nudge", json!({"Body": "Come back"})),
            (
                "journeys/welcome",
                json!({
                    "Name": "welcome", "State": "DRAFT",
                    "StartCondition": {"SegmentStartCondition": {"SegmentId": "everyone"}},
                    "StartActivity": "hello",
                    "Activities": {
                        "hello": {"EMAIL": {"TemplateName": "news", "NextActivity": "opened"}},
                        "opened": {"ConditionalSplit": {
                            "Condition": {"Conditions": [{"EventCondition": {
                                "MessageActivity": "hello", "Dimensions": {"EventType": {"Values": ["_email.open"]}}}}]},
                            "EvaluationWaitTime": {"WaitFor": "PT1H"}, "TrueActivity": "first", "FalseActivity": "first"}},
                        "first": {"SMS": {"TemplateName": "nudge", "MessageConfig": {"MessageType": "PROMOTIONAL"}, "NextActivity": "rest"}},
                        "rest": {"Wait": {"WaitTime": {"WaitFor": "P7D"}, "NextActivity": "second"}},
                        "second": {"SMS": {"TemplateName": "nudge", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
                    },
                    "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-12-05T09:00:00Z", "Timezone": "UTC"},
                    "RefreshFrequency": "P30D",
                    "Limits": {"TotalCap": 1}
                }),
            ),
        ];
        let mut project = Project::default();
        for (id, root) in documents {
            project.documents.insert(id.parse().unwrap(), root);
        }
        project
    }

    fn evidence(project: &Project) -> Evidence {
        let cohort = Cohort::new(project, "welcome", people(), Vec::new(), &Request::default()).unwrap();
        let (run, _) = cohort.run(10, &|_| {});
        cohort.evidence("welcome", &run)
    }

    #[test]
    fn a_run_shows_who_has_what_and_what_became_of_messages() {
        let seen = evidence(&project());
        assert_eq!((seen.people, seen.without_timezone, seen.indian_numbers), (200, 30, 10));
        assert_eq!(seen.timezones, BTreeMap::from([("Europe/Berlin".to_owned(), 170)]));
        assert_eq!((seen.entered, seen.sampled, seen.reached), (100, 100, 100));
        let hello = seen.of("hello").unwrap();
        assert_eq!((hello.written, hello.unwritten.get("Attributes.City")), (60, Some(&40)));
        let second = seen.of("second").unwrap();
        let capped = second.not_sent.get("DAILY_CAP").copied().unwrap_or_default();
        // Somebody may have opted out after the first.
        assert!(second.sent == 0 && (90..=100).contains(&capped), "{second:?}");
        let answers = seen.of("opened").unwrap().answers.unwrap();
        assert!(answers.all > 0 && answers.late > 0 && answers.late <= answers.all, "{answers:?}");
        assert!(answers.most_within > model::time::HOUR, "{answers:?}");
    }

    #[test]
    fn the_checks_make_of_a_run_what_it_has_shown() {
        let project = project();
        let (seen, id) = (evidence(&project), "journeys/welcome".parse::<DocumentId>().unwrap());
        let told = |evidence| -> BTreeSet<String> {
            let report = validation::check_one(&project, &id, Facts { evidence, ..Facts::default() });
            report.diagnostics.into_iter().map(|one| one.rule).collect()
        };
        let more: Vec<String> = told(Some(&seen)).difference(&told(None)).cloned().collect();
        for rule in ["answers-too-late", "india-sms", "messages-capped", "nothing-sent", "variable-missing"] {
            assert!(more.iter().any(|one| one == rule), "{rule} is not among {more:?}");
        }
        assert!(more.iter().all(|rule| validation::explain(rule).unwrap().is_of_run()), "{more:?}");
    }

    #[test]
    fn a_run_shows_whose_endpoints_disagree() {
        let split = |asked: Value| {
            let mut project = project();
            let journey = project.documents.get_mut(&"journeys/welcome".parse::<DocumentId>().unwrap()).unwrap();
            journey["Activities"]["opened"]["ConditionalSplit"]["Condition"]["Conditions"] = json!([asked]);
            project.documents.insert(
                "segments/oslo".parse().unwrap(),
                json!({"Name": "oslo", "SegmentGroups": {"Groups": [{"Dimensions": [
                    {"Attributes": {"City": {"AttributeType": "INCLUSIVE", "Values": ["Oslo"]}}}]}]}}),
            );
            let mut people = people();
            // ten have a phone in another city than their mail, ten in the same
            for number in 40..60 {
                let city = if number < 50 { "Rome" } else { "Oslo" };
                let row = people.find(&format!("person-{number:03}-phone")).unwrap();
                let mut phone = people.row(row).to_json();
                phone["Attributes"] = json!({"City": [city]});
                people.push(Some(&format!("person-{number:03}-phone")), &phone).unwrap();
            }
            let cohort = Cohort::new(&project, "welcome", people, Vec::new(), &Request::default()).unwrap();
            let (run, _) = cohort.run(10, &|_| {});
            cohort.evidence("welcome", &run).of("opened").unwrap().disagreeing
        };
        let city = |kind: &str| json!({"segmentDimensions": {"Attributes": {"City": {"AttributeType": kind, "Values": ["Oslo"]}}}});
        assert_eq!(split(city("INCLUSIVE")), 10);
        assert_eq!(split(json!({"SegmentCondition": {"SegmentId": "oslo"}})), 10);
        // a phone without a city is not in Oslo, while the mail is
        assert_eq!(split(city("EXCLUSIVE")), 50);
        assert_eq!(split(json!({"segmentDimensions": {"Demographic": {"Channel": {"Values": ["SMS"]}}}})), 0);
    }

    #[test]
    fn a_run_shows_the_same_each_time() {
        let project = project();
        assert_eq!(evidence(&project), evidence(&project));
    }
}
