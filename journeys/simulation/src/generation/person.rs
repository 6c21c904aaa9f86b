//! Makes somebody who takes a path, and sees that they do.

use std::collections::BTreeMap;

use audience::People;
use engine::{Program, Reason, SendStatus, What, draw, instant_words};
use model::time::{HOUR, MINUTE};
use model::view::Word;
use model::wire::ChannelType;
use model::{ActivityKind, Millis};
use serde_json::{Value, json};

use crate::expectations::{Cause, Expectation, Expected, Frequency, Given, Subject, Verb, Wanted, When, Window, names};
use crate::generation::criteria::{Member, put};
use crate::generation::questions::{Condition, EventQuestion, Questions, Rule, Stay, event_for};
use crate::generation::solve::{Conflict, Goal, Question, Solution, Solver};
use crate::generation::{Event, path_words, start_of_entries};
use crate::paths::{Exit, Leg, Route};
use crate::trial::{Course, Doing, Trial};

/// Most ids tried for one that draws as the path needs.
const MOST_IDS: u32 = 2_000_000;
/// Most people tried for one path.
const MOST_TRIED: u32 = 60;
/// Most sample people looked at.
const MOST_SAMPLES: usize = 5_000;
/// From the start of entries to the event that starts the journey.
const SOON: Millis = HOUR;

/// Makes people for the paths of one journey.
pub(crate) struct Maker<'a> {
    journey: &'a str,
    subject: &'a Subject,
    questions: &'a Questions,
    people: &'a People,
    /// Path and the sample person who takes it; worked out when it is first needed.
    samples: Option<BTreeMap<Vec<(u16, u32)>, String>>,
    /// What the names of people begin with.
    prefix: String,
}

/// What a traversal looked like.
struct Taken {
    /// Legs, and when each was left.
    legs: Vec<(Leg, Millis)>,
    /// Whether the person left the journey.
    ended: bool,
}

impl<'a> Maker<'a> {
    pub fn new(journey: &'a str, subject: &'a Subject, questions: &'a Questions, people: &'a People) -> Maker<'a> {
        Maker { journey, subject, questions, people, samples: None, prefix: String::new() }
    }

    /// People are named with this before their number.
    pub fn named(mut self, prefix: &str) -> Maker<'a> {
        self.prefix = prefix.to_owned();
        self
    }

    fn program(&self) -> &'a Program {
        &self.subject.program
    }

    /// Somebody who takes the path, as an expectation that they do.
    ///
    /// # Errors
    /// Why nobody can, or why nobody was found.
    pub fn person(&mut self, route: &Route, number: usize) -> Result<Expectation, String> {
        if let Some(circle) = route.circle {
            let back = self.program().activity_id(circle);
            return Err(format!("it leads back to `{back}` and never ends"));
        }
        let reason = match self.user(route, number) {
            Ok(user) => match self.made(route, &user) {
                Ok(expectation) => return Ok(expectation),
                Err(reason) => reason,
            },
            Err(reason) => reason,
        };
        self.sample(route).ok_or(reason)
    }

    /// A user id that draws what the random splits and holdouts of the path need.
    fn user(&self, route: &Route, number: usize) -> Result<String, String> {
        let program = self.program();
        let mut draws: Vec<(u64, u8, u8)> = Vec::new();
        for leg in &route.legs {
            let id = program.activity_id(leg.activity);
            let range = match (
                self.questions.shares.get(&leg.activity),
                self.questions.holdouts.get(&leg.activity),
                leg.exit,
            ) {
                (Some(bounds), _, Exit::Way(way)) => {
                    let first = program.ways().iter().position(|way| way.from == leg.activity).unwrap_or_default();
                    let place = usize::from(way) - first;
                    let from = place.checked_sub(1).and_then(|before| bounds.get(before)).copied().unwrap_or(0);
                    (from, bounds.get(place).copied().unwrap_or(0))
                }
                (_, Some(percent), Exit::HeldOut) => (0, *percent),
                (_, Some(percent), _) => (*percent, 100),
                _ => continue,
            };
            if range.0 >= range.1 {
                return Err(match leg.exit {
                    Exit::HeldOut => format!("`{id}` holds out 0 %"),
                    _ if self.questions.holdouts.contains_key(&leg.activity) => format!("`{id}` holds out everybody"),
                    _ => format!("`{id}` gives that branch 0 %"),
                });
            }
            draws.push((program.salt(leg.activity), range.0, range.1));
        }
        let base = format!("{}path-{number}", self.prefix);
        (0..MOST_IDS)
            .map(|n| if n == 0 { base.clone() } else { format!("{base}-{n}") })
            .find(|user| {
                let hash = draw::hash(&["user:", user]);
                draws.iter().all(|(salt, from, to)| (*from..*to).contains(&draw::percent(*salt, hash, 1)))
            })
            .ok_or_else(|| format!("none of {MOST_IDS} ids draws the branches of its random splits"))
    }

    fn made(&self, route: &Route, user: &str) -> Result<Expectation, String> {
        let mut best = Conflict::default();
        let mut tried = 0;
        let names = |why: usize| match why.checked_sub(1).and_then(|leg| route.legs.get(leg)) {
            Some(leg) => {
                let alone = Route { legs: vec![*leg], circle: None };
                path_words(self.program(), &alone)
            }
            None => "the entry".to_owned(),
        };
        for channels in self.channels(route) {
            let callers = if self.questions.event.is_some() { channels.len() } else { 1 };
            for caller in 0..callers {
                let goals = self.goals(route, caller);
                let mut solver = Solver::new(&self.questions.criteria, &channels, &names);
                let mut found = None;
                let mut failed = None;
                let done = solver.solve(goals, &mut |solution| {
                    tried += 1;
                    match self.verify(route, user, &channels, caller, solution) {
                        Ok(expectation) => found = Some(expectation),
                        Err(reason) => failed = failed.take().or(Some(reason)),
                    }
                    found.is_some() || tried >= MOST_TRIED
                });
                if let Some(found) = found {
                    return Ok(found);
                }
                // Who got as far as a walk says more than who was never made.
                let conflict = match failed {
                    Some(reason) => Conflict { known: true, beyond_channels: true, granted: usize::MAX, reason },
                    None => solver.conflict(),
                };
                best.better(conflict);
                if done {
                    return Err(best.reason);
                }
            }
        }
        Err(best.reason)
    }

    /// Sets of channels to try, best first: those that fit most messages of the path, then the smallest.
    fn channels(&self, route: &Route) -> Vec<Vec<ChannelType>> {
        let wanted: Vec<Vec<ChannelType>> = route
            .legs
            .iter()
            .filter_map(|leg| {
                Some(match self.program().kind(leg.activity)? {
                    ActivityKind::Email => vec![ChannelType::Email],
                    ActivityKind::Sms => vec![ChannelType::Sms],
                    ActivityKind::Push => vec![ChannelType::Gcm, ChannelType::Apns],
                    ActivityKind::ContactCenter => vec![ChannelType::Voice],
                    ActivityKind::Custom => {
                        let types = self.questions.custom.get(&leg.activity).map_or(&[][..], Vec::as_slice);
                        types.iter().filter_map(|word| ChannelType::parse(word)).collect()
                    }
                    _ => return None,
                })
            })
            .collect();
        let mut all: Vec<ChannelType> = Vec::new();
        let usual = [ChannelType::Email, ChannelType::Sms, ChannelType::Gcm, ChannelType::Apns];
        // Channels that a question is about may be needed for its sake alone.
        let asked = ChannelType::ALL.iter().copied().filter(|channel| {
            (0..self.questions.criteria.atoms.len())
                .any(|atom| self.questions.criteria.of_channel(atom, *channel) == Some(true))
        });
        for channel in
            wanted.iter().flatten().copied().chain(asked.filter(|channel| usual.contains(channel))).chain(usual)
        {
            if all.len() < 7 && !all.contains(&channel) {
                all.push(channel);
            }
        }
        let mut sets: Vec<Vec<ChannelType>> = (1u32..1 << all.len())
            .map(|bits| (0..all.len()).filter(|place| bits & (1 << place) != 0).map(|place| all[place]).collect())
            .collect();
        let fits = |set: &Vec<ChannelType>| {
            wanted.iter().filter(|types| types.iter().any(|channel| set.contains(channel))).count()
        };
        sets.sort_by_key(|set| (usize::MAX - fits(set), set.len()));
        sets
    }

    /// What the path wants of the person; `caller` = the endpoint that causes the entry event.
    fn goals(&self, route: &Route, caller: usize) -> Vec<Goal<'a>> {
        let questions = self.questions;
        let program = self.program();
        let mut now = program.entry_at(self.subject.start);
        let entry = Question { ask: &questions.entry, wanted: true, now, why: 0 };
        let mut goals = vec![match questions.event {
            Some(_) => Goal::Endpoint(entry, caller),
            None => Goal::Person(entry),
        }];
        for (place, leg) in route.legs.iter().enumerate() {
            match questions.stays.get(&leg.activity) {
                Some(Stay::For(span)) => now = now.saturating_add(*span),
                Some(Stay::Until(at)) => now = now.max(*at),
                None => {}
            }
            let (Some(split), Exit::Way(way)) = (questions.splits.get(&leg.activity), leg.exit) else { continue };
            let first = program.ways().iter().position(|way| way.from == leg.activity).unwrap_or_default();
            let branch = usize::from(way).saturating_sub(first);
            let want = |condition: &usize, wanted: bool| self.goal(route, place, *condition, wanted, now);
            let conditions = &split.conditions;
            let each = |wanted: bool| conditions.iter().map(|condition| want(condition, wanted)).collect::<Vec<_>>();
            goals.push(match (split.rule, branch) {
                (Rule::All | Rule::Any, 0) if conditions.is_empty() => {
                    Goal::Never(format!("`{}` has no condition and always goes No", program.activity_id(leg.activity)))
                }
                (Rule::All, 0) | (Rule::Any, 1) => Goal::All(each(split.rule == Rule::All)),
                (Rule::All | Rule::Any, _) if conditions.is_empty() => Goal::All(Vec::new()),
                (Rule::All, _) => Goal::Any(each(false)),
                (Rule::Any, _) => Goal::Any(each(true)),
                (Rule::First, branch) => {
                    let before = conditions.iter().take(branch).map(|condition| want(condition, false));
                    let own = conditions.get(branch).map(|condition| want(condition, true));
                    Goal::All(before.chain(own).collect())
                }
            });
        }
        goals.reverse();
        goals
    }

    fn goal(&self, route: &Route, place: usize, condition: usize, wanted: bool, now: Millis) -> Goal<'a> {
        match self.questions.conditions.get(condition) {
            Some(Condition::People(ask)) => Goal::Person(Question { ask, wanted, now, why: place + 1 }),
            Some(Condition::Event(event)) => {
                let sent = route.legs.iter().take(place).any(|leg| leg.activity == event.message);
                match (sent, wanted) {
                    (false, true) => Goal::Never(format!(
                        "`{}` needs {} of `{}`, which is not sent on this path",
                        self.program().activity_id(route.legs[place].activity),
                        event.matcher.words(),
                        self.program().activity_id(event.message)
                    )),
                    (false, false) => Goal::All(Vec::new()),
                    (true, wanted) => Goal::Event { leg: place, condition, wanted },
                }
            }
            Some(Condition::Never(why)) if wanted => Goal::Never(why.clone()),
            _ => Goal::All(Vec::new()),
        }
    }

    /// Makes the person and walks them, adding an event wherever one is missing.
    fn verify(
        &self,
        route: &Route,
        user: &str,
        channels: &[ChannelType],
        caller: usize,
        solution: &Solution,
    ) -> Result<Expectation, String> {
        let program = self.program();
        let endpoints = self.endpoints(user, channels, solution);
        let mut trial = Trial::new(program, self.subject.start);
        for endpoint in &endpoints {
            trial.add(endpoint)?;
        }
        let mut given = Vec::new();
        if let Some(dimensions) = &self.questions.event {
            let Event { event_type, attributes, metrics } =
                event_for(dimensions, None, &[]).ok_or("no event fits what starts the journey")?;
            let starts = start_of_entries(program, self.subject.start);
            let when = match starts == self.subject.start {
                true => When::After(SOON),
                false => When::At(starts + SOON),
            };
            let row = caller as u32;
            trial.doings.push(Doing {
                person: 0,
                row: Some(row),
                activity: None,
                event_type: event_type.clone(),
                attributes: attributes.clone(),
                metrics: metrics.clone(),
                when,
            });
            let endpoint = (caller > 0).then(|| trial.people.row(caller).id().to_owned());
            let cause = Cause::Event { event_type, of: None, attributes, metrics };
            given.push(Given { line: 0, person: user.to_owned(), endpoint, cause, when });
        }
        let mut placed: Vec<usize> = Vec::new();
        loop {
            let walked = trial.walk(&[0]);
            let Some(course) = walked.courses.first() else { return Err("nobody was walked".to_owned()) };
            let taken = Taken::of(course);
            let same = taken.legs.iter().zip(&route.legs).take_while(|((taken, _), leg)| taken == *leg).count();
            if same == route.legs.len() && taken.legs.len() == same && taken.ended {
                return Ok(self.expectation(route, user, endpoints, given, course));
            }
            if placed.contains(&same) {
                return Err(self.instead(&trial, course, route, same));
            }
            placed.push(same);
            let needed: Vec<usize> = solution
                .events
                .iter()
                .filter(|(leg, _, wanted)| *leg == same && *wanted)
                .map(|(_, condition, _)| *condition)
                .collect();
            let Some((_, judged)) = taken.legs.get(same).filter(|_| !needed.is_empty()) else {
                return Err(self.instead(&trial, course, route, same));
            };
            for condition in needed {
                let Some(Condition::Event(event)) = self.questions.conditions.get(condition) else { continue };
                let (doing, said) = self.event(&trial, event, solution, (same, *judged), course, &taken, user)?;
                trial.doings.push(doing);
                given.push(said);
            }
        }
    }

    /// The event that a condition waits for, between the last moment at which it must not have come and the judgement.
    #[expect(clippy::too_many_arguments, reason = "one event depends on everything around it")]
    fn event(
        &self,
        trial: &Trial<'_>,
        event: &EventQuestion,
        solution: &Solution,
        (leg, judged): (usize, Millis),
        course: &Course,
        taken: &Taken,
        user: &str,
    ) -> Result<(Doing, Given), String> {
        let program = self.program();
        let id = program.activity_id(event.message);
        let sent = course.sends().find(|(at, activity, _)| *activity == event.message && *at <= judged);
        let Some((sent, _, row)) = sent else {
            let unsent = course.effects().filter(|(_, effect)| {
                matches!(effect.what, What::NotSent { activity, status, .. }
                    if activity == event.message && status != SendStatus::Held)
            });
            return Err(match unsent.last() {
                Some((at, effect)) => effect.sentence(program, &trial.people, at),
                None => format!("`{id}` was not sent by {}", instant_words(judged)),
            });
        };
        let other = |place: usize| match self.questions.conditions.get(place) {
            Some(Condition::Event(other)) if other.message == event.message => Some(other),
            _ => None,
        };
        let mut low = sent;
        let mut avoided = Vec::new();
        for (at, condition, wanted) in &solution.events {
            let Some(other) = other(*condition).filter(|_| !wanted) else { continue };
            match taken.legs.get(*at) {
                Some((_, when)) if *at < leg => low = low.max(*when),
                _ => avoided.push(&other.matcher),
            }
        }
        let kind = program.kind(event.message);
        let Event { event_type, attributes, metrics } =
            event_for(&event.dimensions, kind, &avoided).ok_or_else(|| {
                format!("no event of `{id}` is {} without being what must not come", event.matcher.words())
            })?;
        let when = When::After((low + MINUTE).min(judged) - sent);
        let verb = engine::EventKind::parse(&event_type)
            .zip(kind)
            .and_then(|(event, message)| Verb::of(event, message))
            .filter(|_| attributes.is_empty() && metrics.is_empty());
        let cause = match verb {
            Some(verb) => Cause::Does { verb, of: id.to_owned() },
            None => Cause::Event {
                event_type: event_type.clone(),
                of: Some(id.to_owned()),
                attributes: attributes.clone(),
                metrics: metrics.clone(),
            },
        };
        let given = Given { line: 0, person: user.to_owned(), endpoint: None, cause, when };
        let activity = Some(event.message);
        Ok((Doing { person: 0, row: Some(row), activity, event_type, attributes, metrics, when }, given))
    }

    fn endpoints(&self, user: &str, channels: &[ChannelType], solution: &Solution) -> Vec<Value> {
        let each = channels.iter().enumerate().map(|(number, channel)| {
            let id = if number == 0 { user.to_owned() } else { format!("{user}-{}", channel.as_str().to_lowercase()) };
            let address = match channel {
                ChannelType::Email => format!("{user}@example.com"),
                ChannelType::Sms | ChannelType::Voice => "+12065550100".to_owned(),
                _ => format!("token-{user}"),
            };
            let mut endpoint =
                json!({"Id": id, "ChannelType": channel.as_str(), "Address": address, "User": {"UserId": user}});
            if self.questions.zoned {
                endpoint["Demographic"]["Timezone"] = json!("UTC");
            }
            for (variable, bits) in self.questions.criteria.variables.iter().zip(&solution.answers) {
                if variable.member != Member::Channel
                    && let Some(answer) = variable.answers.get(bits.trailing_zeros() as usize)
                {
                    put(&mut endpoint, &variable.member, answer);
                }
            }
            endpoint
        });
        each.collect()
    }

    fn expectation(
        &self,
        route: &Route,
        user: &str,
        endpoints: Vec<Value>,
        given: Vec<Given>,
        course: &Course,
    ) -> Expectation {
        let mut made = self.about(route, user, course);
        made.people.insert(user.to_owned(), endpoints);
        made.given = given;
        made
    }

    /// That this person takes the path: what was chosen at each split, each message, and the end.
    fn about(&self, route: &Route, person: &str, course: &Course) -> Expectation {
        let program = self.program();
        let mut expect = Vec::new();
        let mut say = |wanted: Wanted| {
            let window = Window::default();
            expect.push(Expected { line: 0, person: person.to_owned(), wanted, window });
        };
        let mut told: Vec<u16> = Vec::new();
        let sent: Vec<u16> = course.sends().map(|(_, activity, _)| activity).collect();
        for leg in &route.legs {
            let id = program.activity_id(leg.activity).to_owned();
            if sent.contains(&leg.activity) && !told.contains(&leg.activity) {
                told.push(leg.activity);
                say(Wanted::Gets { message: id.clone(), frequency: Frequency::Once });
            }
            if let Exit::Way(way) = leg.exit
                && program.ways().iter().filter(|way| way.from == leg.activity).count() > 1
                && let Some(way) = program.ways().get(usize::from(way))
            {
                say(Wanted::Takes { branch: names::branch_name(program, way), of: id, yes: true });
            }
        }
        if let Some(last) = route.legs.last() {
            let activity = Some(program.activity_id(last.activity).to_owned());
            say(Wanted::Leaves { activity, yes: true });
        }
        Expectation {
            name: path_words(program, route),
            journey: self.journey.to_owned(),
            start: Some(self.subject.start),
            expect,
            ..Expectation::default()
        }
    }

    /// What happened in place of the path.
    fn instead(&self, trial: &Trial<'_>, course: &Course, route: &Route, same: usize) -> String {
        let program = self.program();
        let at = route.legs.get(same).map(|leg| leg.activity);
        let told = course.effects().filter(|(_, effect)| match effect.what {
            What::Took { activity, .. } | What::Left { activity } => Some(activity) == at,
            What::Refused { .. } => same == 0,
            _ => false,
        });
        let place = at.map(|activity| program.activity_id(activity)).unwrap_or_default();
        match told.last() {
            Some((when, effect)) => {
                let sentence = effect.sentence(program, &trial.people, when);
                match effect.what {
                    What::Refused { .. } => format!("who fits the conditions {sentence}"),
                    _ => format!("who fits so far {sentence} at `{place}`"),
                }
            }
            None if course.is_inside() => format!("who fits so far is still at `{place}` when the run is cut off"),
            None => format!("who fits so far never comes to `{place}`"),
        }
    }

    /// A sample person who takes the path when nobody does anything.
    fn sample(&mut self, route: &Route) -> Option<Expectation> {
        if self.samples.is_none() {
            self.samples = Some(self.samples());
        }
        let key: Vec<(u16, u32)> = route.legs.iter().map(key).collect();
        let name = self.samples.as_ref()?.get(&key)?.clone();
        let row = self.people.find(&name)?;
        let mut trial = Trial::new(self.program(), self.subject.start);
        for row in self.people.companions(row) {
            trial.add(&self.people.row(row).to_json()).ok()?;
        }
        let given = self.calls(&mut trial, &[0], &name)?;
        let walked = trial.walk(&[0]);
        let course = walked.courses.first()?;
        let taken = Taken::of(course);
        let same = taken.ended && taken.legs.iter().map(|(leg, _)| *leg).eq(route.legs.iter().copied());
        let mut made = self.about(route, &name, course);
        made.given = given;
        same.then_some(made)
    }

    fn samples(&self) -> BTreeMap<Vec<(u16, u32)>, String> {
        let mut trial = Trial::new(self.program(), self.subject.start);
        let rows = 0..self.people.len().min(MOST_SAMPLES);
        for row in rows {
            // A sample that is no endpoint by itself is not looked at.
            let _ = trial.add(&self.people.row(row).to_json());
        }
        let persons: Vec<u32> = (0..trial.people.len() as u32)
            .filter(|row| trial.people.companions(*row as usize).first() == Some(&(*row as usize)))
            .collect();
        let mut out = BTreeMap::new();
        if self.calls(&mut trial, &persons, "").is_none() {
            return out;
        }
        let walked = trial.walk(&persons);
        for (row, course) in persons.iter().zip(&walked.courses) {
            let taken = Taken::of(course);
            if taken.ended {
                let path = taken.legs.iter().map(|(leg, _)| key(leg)).collect();
                out.entry(path).or_insert_with(|| trial.people.row(*row as usize).id().to_owned());
            }
        }
        out
    }

    /// Has people cause the event that starts the journey, if one does; `None` = no event fits.
    fn calls(&self, trial: &mut Trial<'_>, persons: &[u32], name: &str) -> Option<Vec<Given>> {
        let Some(dimensions) = &self.questions.event else { return Some(Vec::new()) };
        let Event { event_type, attributes, metrics } = event_for(dimensions, None, &[])?;
        let when = When::At(start_of_entries(self.program(), self.subject.start) + SOON);
        for person in persons {
            trial.doings.push(Doing {
                person: *person,
                row: None,
                activity: None,
                event_type: event_type.clone(),
                attributes: attributes.clone(),
                metrics: metrics.clone(),
                when,
            });
        }
        let cause = Cause::Event { event_type, of: None, attributes, metrics };
        Some(vec![Given { line: 0, person: name.to_owned(), endpoint: None, cause, when }])
    }
}

fn key(leg: &Leg) -> (u16, u32) {
    let exit = match leg.exit {
        Exit::Way(way) => u32::from(way),
        Exit::HeldOut => u32::MAX,
        Exit::Nowhere => u32::MAX - 1,
    };
    (leg.activity, exit)
}

impl Taken {
    /// The first traversal of a course.
    fn of(course: &Course) -> Taken {
        let mut taken = Taken { legs: Vec::new(), ended: false };
        for (at, effect) in course.effects() {
            match effect.what {
                What::Took { activity, way } => taken.legs.push((Leg { activity, exit: Exit::Way(way) }, at)),
                What::Left { activity } => {
                    match effect.reason {
                        Reason::Holdout { .. } => taken.legs.push((Leg { activity, exit: Exit::HeldOut }, at)),
                        Reason::NoKind => taken.legs.push((Leg { activity, exit: Exit::Nowhere }, at)),
                        _ => {}
                    }
                    // Before dialling, or where no branch takes the draw, people leave without a way.
                    taken.ended = !matches!(effect.reason, Reason::Reevaluated { .. } | Reason::NoBranch { .. });
                    return taken;
                }
                _ => {}
            }
        }
        taken
    }
}
