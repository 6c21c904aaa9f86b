//! Finds answers that make questions come out as wanted.
//!
//! Backtracking over what is wanted: a conjunction is taken apart, of a disjunction one part after the other is tried, and
//! at the leaves the set of answers that still fit a member shrinks. Where a set becomes empty, two wishes contradict each
//! other, and they are named.

use model::Millis;
use model::wire::ChannelType;

use crate::generation::criteria::{Ask, Criteria, Member};

/// Most wishes looked at for one path and choice of channels; then it counts as too tangled.
const MOST_STEPS: u32 = 20_000;
/// Most wishes on top of each other.
const MOST_DEPTH: u32 = 1_000;

/// Something that is wanted.
#[derive(Clone, Debug)]
pub(crate) enum Goal<'a> {
    /// Of all endpoints together: one of them makes it true.
    Person(Question<'a>),
    /// Of the endpoint at a place.
    Endpoint(Question<'a>, usize),
    /// An event condition.
    Event {
        /// Place of the leg whose split asks.
        leg: usize,
        /// Place of the condition.
        condition: usize,
        wanted: bool,
    },
    Any(Vec<Goal<'a>>),
    All(Vec<Goal<'a>>),
    /// Can not be had, for this reason.
    Never(String),
}

/// A question and how it must come out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub ask: &'a Ask,
    pub wanted: bool,
    pub now: Millis,
    /// Who wants it: a leg of the path, or the entry.
    pub why: usize,
}

/// Why there is no solution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// Whether anything is known.
    pub known: bool,
    /// Whether it is not only for want of another channel.
    pub beyond_channels: bool,
    /// Wishes that were granted before.
    pub granted: usize,
    /// The reason: lower case, without full stop.
    pub reason: String,
}

impl Conflict {
    /// Takes another in its place, if that says more.
    pub fn better(&mut self, other: Conflict) {
        let rank = |conflict: &Conflict| (conflict.known, conflict.beyond_channels, conflict.granted);
        if rank(&other) > rank(self) {
            *self = other;
        }
    }
}

/// A way to have all that is wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Solution {
    /// By variable: the answers that fit, as bits.
    pub answers: Vec<u64>,
    /// Leg, condition, and whether the event must come.
    pub events: Vec<(usize, usize, bool)>,
}

pub(crate) struct Solver<'a> {
    criteria: &'a Criteria,
    channels: &'a [ChannelType],
    names: &'a dyn Fn(usize) -> String,
    solution: Solution,
    /// By variable: who has shrunk its set, and how.
    wishes: Vec<Vec<(usize, usize, bool)>>,
    steps: u32,
    /// The conflict that says most: of members before channels, then after the most wishes were granted.
    conflict: Conflict,
    granted: usize,
}

impl<'a> Solver<'a> {
    /// A solver for people with one endpoint of each of these channels; `names` puts a leg or the entry into words.
    pub fn new(criteria: &'a Criteria, channels: &'a [ChannelType], names: &'a dyn Fn(usize) -> String) -> Self {
        let answers = criteria.variables.iter().map(|variable| variable.all()).collect();
        Solver {
            criteria,
            channels,
            names,
            solution: Solution { answers, events: Vec::new() },
            wishes: vec![Vec::new(); criteria.variables.len()],
            steps: 0,
            conflict: Conflict::default(),
            granted: 0,
        }
    }

    /// Offers solutions until `take` has enough; whether it has.
    pub fn solve(&mut self, goals: Vec<Goal<'a>>, take: &mut dyn FnMut(&Solution) -> bool) -> bool {
        self.next(goals, take, 0)
    }

    /// Why there is no solution.
    pub fn conflict(self) -> Conflict {
        match self.steps >= MOST_STEPS {
            true => Conflict {
                known: true,
                beyond_channels: true,
                granted: usize::MAX,
                reason: "its conditions are too tangled to be worked out".to_owned(),
            },
            false => self.conflict,
        }
    }

    fn next(&mut self, mut goals: Vec<Goal<'a>>, take: &mut dyn FnMut(&Solution) -> bool, depth: u32) -> bool {
        self.steps += 1;
        if self.steps >= MOST_STEPS || depth >= MOST_DEPTH {
            self.steps = self.steps.max(if depth >= MOST_DEPTH { MOST_STEPS } else { 0 });
            return false;
        }
        let Some(goal) = goals.pop() else { return take(&self.solution) };
        let depth = depth + 1;
        match goal {
            Goal::Never(why) => {
                self.fail(true, why);
                false
            }
            Goal::All(all) => {
                goals.extend(all.into_iter().rev());
                self.next(goals, take, depth)
            }
            Goal::Any(any) => any.into_iter().any(|one| {
                let mut goals = goals.clone();
                goals.push(one);
                self.next(goals, take, depth)
            }),
            Goal::Event { leg, condition, wanted } => {
                self.solution.events.push((leg, condition, wanted));
                let done = self.next(goals, take, depth);
                self.solution.events.pop();
                done
            }
            Goal::Person(question) => {
                let each = (0..self.channels.len()).map(|place| Goal::Endpoint(question, place)).collect();
                goals.push(if question.wanted { Goal::Any(each) } else { Goal::All(each) });
                self.next(goals, take, depth)
            }
            Goal::Endpoint(question, place) => self.endpoint(question, place, goals, take, depth),
        }
    }

    fn endpoint(
        &mut self,
        question: Question<'a>,
        place: usize,
        mut goals: Vec<Goal<'a>>,
        take: &mut dyn FnMut(&Solution) -> bool,
        depth: u32,
    ) -> bool {
        let wanted = question.wanted;
        let each = |parts: &'a [Ask], wanted: bool| -> Vec<Goal<'a>> {
            parts.iter().map(|ask| Goal::Endpoint(Question { ask, wanted, ..question }, place)).collect()
        };
        let goal = match question.ask {
            Ask::Everybody if wanted => None,
            Ask::Nobody(_) if !wanted => None,
            Ask::Everybody => {
                self.fail(true, format!("{} asks for what everybody is", (self.names)(question.why)));
                return false;
            }
            Ask::Nobody(why) => {
                self.fail(true, format!("{} can not be fulfilled: {why}", (self.names)(question.why)));
                return false;
            }
            Ask::All(parts) if wanted => Some(Goal::All(each(parts, true))),
            Ask::All(parts) => Some(Goal::Any(each(parts, false))),
            Ask::Any(parts) if wanted => Some(Goal::Any(each(parts, true))),
            Ask::Any(parts) => Some(Goal::All(each(parts, false))),
            Ask::None(parts) if wanted => Some(Goal::All(each(parts, false))),
            Ask::None(parts) => Some(Goal::Any(each(parts, true))),
            Ask::Atom(atom) => return self.atom(*atom, question, place, goals, take, depth),
        };
        goals.extend(goal);
        self.next(goals, take, depth)
    }

    fn atom(
        &mut self,
        atom: usize,
        question: Question<'a>,
        place: usize,
        goals: Vec<Goal<'a>>,
        take: &mut dyn FnMut(&Solution) -> bool,
        depth: u32,
    ) -> bool {
        let Question { wanted, now, why, .. } = question;
        let Some(variable) = self.criteria.atoms.get(atom).map(|atom| atom.variable) else { return false };
        if self.criteria.variables[variable].member == Member::Channel {
            let channel = self.channels.get(place).copied();
            if channel.and_then(|channel| self.criteria.of_channel(atom, channel)) == Some(wanted) {
                return self.next(goals, take, depth);
            }
            let channel = channel.map_or("none", |channel| channel_word(channel));
            self.fail(false, format!("{}, and the endpoint is of {channel}", self.wish(atom, wanted, why)));
            return false;
        }
        let before = self.solution.answers[variable];
        let left = before & self.criteria.fitting(atom, wanted, now);
        if left == 0 {
            let mut others: Vec<String> = self.wishes[variable]
                .iter()
                .filter(|(other, _, of)| (*other, *of) != (atom, wanted))
                .map(|(other, by, wanted)| self.wish(*other, *wanted, *by))
                .collect();
            // The same wish of several endpoints is one wish.
            let mut seen = Vec::new();
            others.retain(|other| !seen.contains(other) && (seen.push(other.clone()), true).1);
            let mut reason = self.wish(atom, wanted, why);
            match others.is_empty() {
                true => reason += ", which nothing fulfils",
                false => {
                    reason += &format!(", but {}", others.join(" and "));
                    reason += "; what is known of a person does not change during a run";
                }
            }
            self.fail(true, reason);
            return false;
        }
        self.solution.answers[variable] = left;
        self.wishes[variable].push((atom, why, wanted));
        self.granted += 1;
        let done = self.next(goals, take, depth);
        self.granted -= 1;
        self.wishes[variable].pop();
        self.solution.answers[variable] = before;
        done
    }

    fn wish(&self, atom: usize, wanted: bool, why: usize) -> String {
        let words = self.criteria.atoms.get(atom).map_or("", |atom| &atom.words[usize::from(!wanted)]);
        format!("{} needs {words}", (self.names)(why))
    }

    fn fail(&mut self, beyond_channels: bool, reason: String) {
        let (known, granted) = (true, self.granted);
        self.conflict.better(Conflict { known, beyond_channels, granted, reason });
    }
}

fn channel_word(channel: ChannelType) -> &'static str {
    model::Word::as_str(channel)
}
