//! One expected thing against what happened: whether it came true, and what happened instead.

use audience::People;
use engine::{Effect, Program, Refusal, SendStatus, Target, What, instant_words};
use model::Millis;
use model::time::duration_words;

use crate::expectations::document::{Expected, Frequency, Moment, Wanted, Window};
use crate::expectations::names;
use crate::trial::Course;

/// The judgement.
pub(crate) enum Judged {
    Holds,
    /// What was expected and what happened instead, with the activities that it is about.
    Fails {
        message: String,
        about: Vec<u16>,
    },
    /// A name means nothing.
    Broken(String),
}

/// What one person went through.
#[derive(Clone, Copy)]
pub(crate) struct Witness<'a> {
    pub program: &'a Program,
    pub people: &'a People,
    pub name: &'a str,
    pub row: u32,
    pub course: &'a Course,
    /// When members come in.
    pub entry_at: Millis,
}

/// Judges what is expected of a person.
pub(crate) fn judge(expected: &Expected, witness: Witness<'_>) -> Judged {
    witness.judge(&expected.wanted, expected.window).unwrap_or_else(Judged::Broken)
}

impl Witness<'_> {
    fn judge(self, wanted: &Wanted, window: Window) -> Result<Judged, String> {
        let when = self.window_words(window);
        let name = self.name;
        let Some(span) = self.span(window) else {
            // The window begins with an entry that never came.
            return Ok(match wanted {
                Wanted::Gets { frequency: Frequency::Times(0) | Frequency::AtMost(..), .. }
                | Wanted::Takes { yes: false, .. }
                | Wanted::Reaches { yes: false, .. }
                | Wanted::Leaves { yes: false, .. }
                | Wanted::Enters(false) => Judged::Holds,
                _ => self.fails(format!("expected something of `{name}`{when}, but {}", self.outside()), Vec::new()),
            });
        };
        match wanted {
            Wanted::Gets { message, frequency } => self.gets(message, *frequency, span, &when),
            Wanted::Takes { branch, of, yes } => {
                let ways = names::ways(self.program, of, branch)?;
                let about = names::activity(self.program, of)?;
                let took = self.find(span, |effect| match effect.what {
                    What::Took { activity, way } if activity == about => Some(ways.contains(&way)),
                    _ => None,
                });
                let mut hits = took.iter().filter(|(_, _, hit)| *hit);
                Ok(match (yes, hits.next()) {
                    (true, Some(_)) | (false, None) => Judged::Holds,
                    (false, Some((at, effect, _))) => self.fails(
                        format!(
                            "expected `{name}` never to take {branch} of `{of}`{when}, but at {} `{name}` {}",
                            instant_words(*at),
                            self.sentence(*at, *effect)
                        ),
                        vec![about],
                    ),
                    (true, None) => {
                        let instead = match took.first() {
                            Some((at, effect, _)) => {
                                format!("at {} `{name}` {}", instant_words(*at), self.sentence(*at, *effect))
                            }
                            None => self.not_there(&[about]),
                        };
                        self.fails(
                            format!("expected `{name}` to take {branch} of `{of}`{when}, but {instead}"),
                            vec![about],
                        )
                    }
                })
            }
            Wanted::Reaches { activity, yes } => {
                let about = names::activity(self.program, activity)?;
                let found = self.find(span, |effect| match effect.what {
                    What::Arrived { activity } if activity == about => Some(()),
                    _ => None,
                });
                Ok(match (yes, found.first()) {
                    (true, Some(_)) | (false, None) => Judged::Holds,
                    (false, Some((at, ..))) => self.fails(
                        format!(
                            "expected `{name}` never to reach `{activity}`{when}, but it was reached at {}",
                            instant_words(*at)
                        ),
                        vec![about],
                    ),
                    (true, None) => self.fails(
                        format!("expected `{name}` to reach `{activity}`{when}, but {}", self.not_there(&[about])),
                        vec![about],
                    ),
                })
            }
            Wanted::Leaves { activity, yes } => {
                let at = activity.as_deref().map(|id| names::activity(self.program, id)).transpose()?;
                let left = self.find(span, |effect| match effect.what {
                    What::Left { activity } => Some(activity),
                    _ => None,
                });
                let place = activity.as_deref().map(|id| format!(" at `{id}`")).unwrap_or_default();
                let hit = left.iter().find(|(_, _, activity)| at.is_none_or(|wanted| wanted == *activity));
                Ok(match (yes, hit) {
                    (true, Some(_)) | (false, None) => Judged::Holds,
                    (false, Some((at, effect, _))) => self.fails(
                        format!(
                            "expected `{name}` not to leave{place}{when}, but at {} `{name}` {}",
                            instant_words(*at),
                            self.sentence(*at, *effect)
                        ),
                        Vec::new(),
                    ),
                    (true, None) => self.fails(
                        format!("expected `{name}` to leave{place}{when}, but {}", self.last_seen()),
                        at.into_iter().collect(),
                    ),
                })
            }
            Wanted::Enters(yes) => {
                let found = self.find(span, |effect| matches!(effect.what, What::Entered { .. }).then_some(()));
                Ok(match (yes, found.first()) {
                    (true, Some(_)) | (false, None) => Judged::Holds,
                    (false, Some((at, ..))) => self.fails(
                        format!("expected `{name}` not to enter{when}, but `{name}` entered at {}", instant_words(*at)),
                        Vec::new(),
                    ),
                    (true, None) => {
                        self.fails(format!("expected `{name}` to enter{when}, but {}", self.outside()), Vec::new())
                    }
                })
            }
            Wanted::Refused(metric) => self.refused(metric.as_deref(), span, &when),
        }
    }

    fn gets(
        self,
        message: &str,
        frequency: Frequency,
        (from, to): (Millis, Millis),
        when: &str,
    ) -> Result<Judged, String> {
        let name = self.name;
        let about = names::messages(self.program, message)?;
        let all: Vec<Millis> =
            self.course.sends().filter(|(_, activity, _)| about.contains(activity)).map(|(at, ..)| at).collect();
        let hits: Vec<Millis> = all.iter().copied().filter(|at| (from..=to).contains(at)).collect();
        let each = |times: &[Millis]| {
            times.iter().take(5).map(|at| instant_words(*at)).collect::<Vec<_>>().join(", ")
                + if times.len() > 5 { ", ..." } else { "" }
        };
        let wrong = match frequency {
            Frequency::Once if !hits.is_empty() => return Ok(Judged::Holds),
            Frequency::Once => {
                format!("expected `{message}` to reach `{name}`{when}; {}", self.instead(&about, &all))
            }
            Frequency::Times(count) if hits.len() == count as usize => return Ok(Judged::Holds),
            Frequency::Times(0) => {
                let what = match self.course.sends().find(|(at, ..)| hits.first() == Some(at)) {
                    Some((_, activity, _)) if self.program.activity_id(activity) != message => {
                        format!("`{}`", self.program.activity_id(activity))
                    }
                    _ => "it".to_owned(),
                };
                format!("expected `{message}` never to reach `{name}`{when}; {what} was sent at {}", each(&hits))
            }
            Frequency::Times(count) => {
                let instead = match hits.len() {
                    0 => self.instead(&about, &all),
                    number => format!("it came {}, at {}", times(number), each(&hits)),
                };
                format!("expected `{message}` to reach `{name}` {}{when}; {instead}", times(count as usize))
            }
            Frequency::AtMost(limit, stretch) => {
                let Some(first) = crowded(&hits, limit as usize, stretch) else { return Ok(Judged::Holds) };
                let inside = &hits[first..=first + limit as usize];
                let any = stretch.map(|span| format!(" in any {}", duration_words(span))).unwrap_or_default();
                format!(
                    "expected `{message}` to reach `{name}` at most {}{any}{when}; it came {}, at {}",
                    times(limit as usize),
                    times(inside.len()),
                    each(inside)
                )
            }
        };
        Ok(self.fails(wrong, about))
    }

    fn refused(self, metric: Option<&str>, (from, to): (Millis, Millis), when: &str) -> Result<Judged, String> {
        let name = self.name;
        let wanted = match metric {
            None => None,
            Some(metric) => match Refusal::ALL.into_iter().find(|refusal| refusal.name() == metric) {
                Some(refusal) => Some(refusal),
                None => {
                    let known: Vec<&str> = Refusal::ALL.iter().map(|refusal| refusal.name()).collect();
                    let hint = match model::similar::similar(metric, known.iter().copied()) {
                        Some(meant) => format!("; is `{meant}` meant?"),
                        None => format!("; they are {}", known.join(", ")),
                    };
                    return Err(format!("`{metric}` is no reason for a refusal{hint}"));
                }
            },
        };
        let refusals = self.find((from, to), |effect| match effect.what {
            What::Refused { refusal, .. } => Some(refusal),
            _ => None,
        });
        let hit = refusals.iter().any(|(_, _, refusal)| wanted.is_none_or(|wanted| wanted == *refusal));
        // Nobody is told of those who are not in the segment: they are not even offered.
        let outside = self.course.steps.is_empty()
            && !self.program.is_event_entry()
            && wanted.is_none_or(|wanted| wanted == Refusal::FilteredOut);
        if hit || outside {
            return Ok(Judged::Holds);
        }
        let why = metric.map(|metric| format!(" with {metric}")).unwrap_or_default();
        let instead = match (refusals.first(), self.course.entered()) {
            (Some((_, _, refusal)), _) => format!("it was {}", refusal.name()),
            (None, Some(at)) => format!("`{name}` entered at {}", instant_words(at)),
            (None, None) => self.outside(),
        };
        Ok(self.fails(format!("expected `{name}` to be refused{why}{when}, but {instead}"), Vec::new()))
    }

    fn fails(self, message: String, about: Vec<u16>) -> Judged {
        Judged::Fails { message, about }
    }

    /// What became of messages that were expected and did not come in time; `all` = when they came at other times.
    fn instead(self, about: &[u16], all: &[Millis]) -> String {
        let mine = |activity: u16| about.contains(&activity);
        let held = self.course.effects().find(|(_, effect)| {
            matches!(effect.what, What::NotSent { activity, status: SendStatus::Held, .. } if mine(activity))
        });
        if let Some(sent) = all.first() {
            return match held {
                Some((at, effect)) if at < *sent => {
                    format!("{}, and it was sent at {}", self.told(at, effect), instant_words(*sent))
                }
                _ => {
                    let times: Vec<String> = all.iter().take(5).map(|at| instant_words(*at)).collect();
                    format!("it was sent at {}", times.join(", "))
                }
            };
        }
        let unsent = self
            .course
            .effects()
            .filter(|(_, effect)| matches!(effect.what, What::NotSent { activity, .. } if mine(activity)));
        if let Some((at, effect)) = unsent.last() {
            return self.told(at, effect);
        }
        self.not_there(about)
    }

    /// Why the person never came to any of these activities.
    fn not_there(self, wanted: &[u16]) -> String {
        let name = self.name;
        if self.course.entered().is_none() {
            return self.outside();
        }
        let reaches = reaching(self.program, wanted);
        let turned = self.course.effects().find(|(_, effect)| match effect.what {
            What::Took { way, .. } => match self.program.ways().get(usize::from(way)).map(|way| &way.target) {
                Some(Target::Activity(next)) => !reaches[usize::from(*next)],
                _ => true,
            },
            What::Left { .. } => true,
            _ => false,
        });
        match turned {
            Some((at, effect)) => {
                let place = match effect.what {
                    What::Took { activity, .. } | What::Left { activity } => activity,
                    _ => self.program.start(),
                };
                let place = self.program.activity_id(place);
                format!("at {}, at `{place}`, `{name}` {}", instant_words(at), self.sentence(at, effect))
            }
            None => self.last_seen(),
        }
    }

    /// Where the person was last.
    fn last_seen(self) -> String {
        let name = self.name;
        if self.course.entered().is_none() {
            return self.outside();
        }
        let last = self.course.effects().filter_map(|(at, effect)| match effect.what {
            What::Left { activity } => Some((at, activity, Some(effect))),
            What::Arrived { activity } => Some((at, activity, None)),
            _ => None,
        });
        match last.last() {
            Some((at, activity, Some(effect))) => format!(
                "at {} `{name}` {} at `{}`",
                instant_words(at),
                self.sentence(at, effect).split(':').next().unwrap_or_default(),
                self.program.activity_id(activity)
            ),
            Some((at, activity, None)) => format!(
                "`{name}` was still at `{}`, reached at {}, when the run was cut off",
                self.program.activity_id(activity),
                instant_words(at)
            ),
            None => self.outside(),
        }
    }

    /// Why the person did not come in.
    fn outside(self) -> String {
        let name = self.name;
        let refused = self.course.effects().find(|(_, effect)| matches!(effect.what, What::Refused { .. }));
        match refused {
            Some((at, effect)) => {
                let who = match effect.what {
                    What::Refused { row: Some(_), .. } => String::new(),
                    _ => format!("`{name}` "),
                };
                format!("at {} {who}{}", instant_words(at), self.sentence(at, effect))
            }
            None => match self.program.entry_audience().filter(|_| !self.program.is_event_entry()) {
                Some(audience) => format!(
                    "`{name}` did not enter: {}",
                    audience.explain(self.people, self.row as usize, self.entry_at)
                ),
                None => format!("`{name}` did not enter: no {} came", self.program.entry_event_words()),
            },
        }
    }

    /// An effect with its instant.
    fn told(self, at: Millis, effect: Effect) -> String {
        format!("at {} {}", instant_words(at), self.sentence(at, effect))
    }

    fn sentence(self, at: Millis, effect: Effect) -> String {
        effect.sentence(self.program, self.people, at)
    }

    fn find<T>(self, (from, to): (Millis, Millis), fits: impl Fn(&Effect) -> Option<T>) -> Vec<(Millis, Effect, T)> {
        self.course
            .effects()
            .filter(|(at, _)| (from..=to).contains(at))
            .filter_map(|(at, effect)| Some((at, effect, fits(&effect)?)))
            .collect()
    }

    /// First and last instant of a window; `None` = it begins with an entry that never came.
    fn span(self, window: Window) -> Option<(Millis, Millis)> {
        let instant = |moment: Option<Moment>, open: Millis| match moment {
            None => Some(open),
            Some(Moment::At(at)) => Some(at),
            Some(Moment::AfterEntry(span)) => Some(self.course.entered()?.saturating_add(span)),
        };
        Some((instant(window.from, Millis::MIN)?, instant(window.to, Millis::MAX)?))
    }

    fn window_words(self, window: Window) -> String {
        let moment = |moment: Moment| match (moment, self.course.entered()) {
            (Moment::At(at), _) => instant_words(at),
            (Moment::AfterEntry(span), Some(entered)) => {
                format!("{} ({} after entering)", instant_words(entered.saturating_add(span)), duration_words(span))
            }
            (Moment::AfterEntry(span), None) => format!("{} after entering", duration_words(span)),
        };
        match (window.from, window.to) {
            (None, None) => String::new(),
            (None, Some(to)) => format!(" by {}", moment(to)),
            (Some(from), None) => format!(" not before {}", moment(from)),
            (Some(from), Some(to)) => format!(" between {} and {}", moment(from), moment(to)),
        }
    }
}

/// The first of more than `limit` instants that lie within a stretch of that length; `None` = at all.
pub(crate) fn crowded(times: &[Millis], limit: usize, stretch: Option<Millis>) -> Option<usize> {
    let last = times.len().checked_sub(limit + 1)?;
    (0..=last).find(|first| stretch.is_none_or(|stretch| times[first + limit] - times[*first] < stretch))
}

/// By activity: whether any of the wanted can still be reached from there.
fn reaching(program: &Program, wanted: &[u16]) -> Vec<bool> {
    let mut reaches = vec![false; program.len()];
    for activity in wanted {
        if let Some(reaches) = reaches.get_mut(usize::from(*activity)) {
            *reaches = true;
        }
    }
    loop {
        let mut changed = false;
        for way in program.ways() {
            let Target::Activity(next) = way.target else { continue };
            if reaches[usize::from(next)] && !std::mem::replace(&mut reaches[usize::from(way.from)], true) {
                changed = true;
            }
        }
        if !changed {
            return reaches;
        }
    }
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}
