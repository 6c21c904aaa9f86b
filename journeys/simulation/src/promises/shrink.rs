//! Makes a life that breaks a promise as small as it gets: fewest events, endpoints and members, then early, round times.
//!
//! Each round tries the removals and simplifications one after the other and keeps what still breaks the promise, until a
//! round changes nothing. Every change makes the life smaller in one fixed order, so it ends, and the same life always
//! shrinks to the same.

use model::time::{DAY, HOUR, MINUTE};
use serde_json::{Value, json};

use crate::expectations::{Subject, When};
use crate::generation::start_of_entries;
use crate::promises::life::{Life, NOBODY, live};
use crate::promises::rules::Promise;

/// Most lives that are lived for one promise.
const MOST: u32 = 3_000;

/// Members that an endpoint can not do without.
const NEEDED: [&str; 4] = ["Id", "ChannelType", "Address", "User"];

/// The smallest life found that still breaks the promise.
pub(crate) fn shrink(subject: &Subject, promise: &Promise, life: Life) -> Life {
    let mut shrinker = Shrinker { subject, promise, left: MOST, life };
    loop {
        let before = shrinker.life.clone();
        shrinker.doings();
        shrinker.endpoints();
        shrinker.members();
        shrinker.times();
        shrinker.names();
        if shrinker.life == before || shrinker.left == 0 {
            return shrinker.life;
        }
    }
}

struct Shrinker<'s> {
    subject: &'s Subject,
    promise: &'s Promise,
    left: u32,
    life: Life,
}

impl Shrinker<'_> {
    /// Takes the smaller life, if it still breaks the promise.
    fn take(&mut self, smaller: Life) -> bool {
        if self.left == 0 || smaller == self.life {
            return false;
        }
        self.left -= 1;
        let broken =
            live(self.subject, &smaller).is_some_and(|(trial, walked)| self.promise.broken(&trial, &walked).is_some());
        if broken {
            self.life = smaller;
        }
        broken
    }

    fn doings(&mut self) {
        for place in (0..self.life.doings.len()).rev() {
            let mut smaller = self.life.clone();
            smaller.doings.remove(place);
            self.take(smaller);
        }
        for place in 0..self.life.doings.len() {
            let mut smaller = self.life.clone();
            smaller.doings[place].row = None;
            self.take(smaller);
        }
    }

    fn endpoints(&mut self) {
        for place in (0..self.life.endpoints.len()).rev() {
            if self.life.endpoints.len() == 1 {
                return;
            }
            let mut smaller = self.life.clone();
            smaller.endpoints.remove(place);
            let place = place as u32;
            smaller.doings.retain(|doing| doing.row != Some(place));
            for doing in &mut smaller.doings {
                doing.row = doing.row.map(|row| if row > place { row - 1 } else { row });
            }
            self.take(smaller);
        }
    }

    fn members(&mut self) {
        for place in 0..self.life.endpoints.len() {
            let mut paths: Vec<Vec<String>> = Vec::new();
            if let Some(members) = self.life.endpoints[place].as_object() {
                for (name, value) in members.iter().filter(|(name, _)| !NEEDED.contains(&name.as_str())) {
                    paths.push(vec![name.clone()]);
                    let inner = value.as_object().into_iter().flatten();
                    paths.extend(inner.map(|(member, _)| vec![name.clone(), member.clone()]));
                }
                paths.push(vec!["User".to_owned(), "UserAttributes".to_owned()]);
                let user = members.get("User").and_then(|user| user.get("UserAttributes")).and_then(Value::as_object);
                paths.extend(
                    user.into_iter()
                        .flatten()
                        .map(|(name, _)| vec!["User".to_owned(), "UserAttributes".to_owned(), name.clone()]),
                );
            }
            for path in paths {
                let mut smaller = self.life.clone();
                if remove(&mut smaller.endpoints[place], &path) {
                    self.take(smaller);
                }
            }
        }
    }

    fn times(&mut self) {
        let starts = start_of_entries(&self.subject.program, self.subject.start);
        // All together first: what happens may hang on the time between.
        let first = self.life.doings.iter().filter_map(|doing| match doing.when {
            When::At(at) => Some(at),
            When::After(_) => None,
        });
        if let Some(late) = first.min().map(|first| first - starts - HOUR).filter(|late| *late > 0) {
            let mut smaller = self.life.clone();
            for doing in &mut smaller.doings {
                if let When::At(at) = &mut doing.when {
                    *at -= late;
                }
            }
            self.take(smaller);
        }
        for place in 0..self.life.doings.len() {
            let (now, tries): (i64, Vec<i64>) = match self.life.doings[place].when {
                When::After(span) => {
                    let round = [DAY, HOUR, MINUTE].map(|unit| span / unit * unit);
                    (span, [MINUTE, HOUR, DAY].into_iter().chain(round).collect())
                }
                When::At(at) => {
                    let round = [DAY, HOUR].map(|unit| at.div_euclid(unit) * unit);
                    let early = [HOUR, DAY, DAY + HOUR, 7 * DAY].map(|span| starts + span);
                    (at, early.into_iter().chain(round.into_iter().filter(|at| *at >= starts)).collect())
                }
            };
            for time in tries.into_iter().filter(|time| *time < now && *time > 0) {
                let mut smaller = self.life.clone();
                smaller.doings[place].when = match smaller.doings[place].when {
                    When::After(_) => When::After(time),
                    When::At(_) => When::At(time),
                };
                if self.take(smaller) {
                    break;
                }
            }
        }
    }

    /// A plain id, where the branches that it draws do not matter, and the address that goes with it.
    fn names(&mut self) {
        let named = |life: &Life, name: &str| {
            let mut smaller = life.clone();
            for (place, endpoint) in smaller.endpoints.iter_mut().enumerate() {
                endpoint["Id"] = if place == 0 { json!(name) } else { json!(format!("{name}-{}", place + 1)) };
                endpoint["User"]["UserId"] = json!(name);
                if endpoint["ChannelType"] == "EMAIL" {
                    endpoint["Address"] = json!(format!("{name}@example.com"));
                }
            }
            smaller
        };
        let now =
            self.life.endpoints.first().and_then(|endpoint| endpoint["Id"].as_str()).unwrap_or_default().to_owned();
        for number in 1..=20 {
            let name = if number == 1 { NOBODY.to_owned() } else { format!("{NOBODY}-{number}") };
            let smaller = named(&self.life, &name);
            if name == now || self.take(smaller) {
                return;
            }
        }
    }
}

fn remove(value: &mut Value, path: &[String]) -> bool {
    let Some((last, above)) = path.split_last() else { return false };
    let inside = above.iter().try_fold(value, |value, name| value.get_mut(name));
    inside.and_then(Value::as_object_mut).is_some_and(|members| members.remove(last).is_some())
}
