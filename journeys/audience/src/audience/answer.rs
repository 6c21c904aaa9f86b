//! Why an endpoint is in a segment or not, part by part.

use model::time::Millis;

use super::{Audience, Part};
use crate::people::People;

/// What a part of a segment says of one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether the part holds.
    pub holds: bool,
    /// What is asked, and for a single question the values seen: "`Attributes.Plan` is `free`, wanted `pro`".
    pub words: String,
    /// The answers that it is made of; none for a single question.
    pub of: Vec<Answer>,
}

impl Audience {
    /// Why the endpoint is in the segment or not: every question with its own answer, the ones that do not matter included.
    pub fn answer(&self, people: &People, row: usize, now: Millis) -> Answer {
        self.part.answer(people, row, now)
    }
}

impl Part {
    fn answer(&self, people: &People, row: usize, now: Millis) -> Answer {
        let group = |parts: &[Part], words: &str| {
            let mut of: Vec<Answer> =
                parts.iter().filter(|part| !part.asks_nothing()).map(|part| part.answer(people, row, now)).collect();
            let holds = self.holds(people, row, now);
            match (of.len(), self) {
                (0, _) => Answer { holds, words: "everybody".to_owned(), of },
                // One question needs no group around it, unless the group denies it.
                (1, Part::All(_) | Part::Any(_)) => of.remove(0),
                _ => Answer { holds, words: words.to_owned(), of },
            }
        };
        match self {
            Part::All(parts) => group(parts, "all of these"),
            // An empty part holds for everybody, so it stays visible here.
            Part::Any(parts) if parts.iter().any(Part::asks_nothing) => {
                Answer { holds: true, words: "everybody".to_owned(), of: Vec::new() }
            }
            Part::Any(parts) => group(parts, "at least one of these"),
            Part::None(parts) if parts.iter().any(Part::asks_nothing) => {
                Answer { holds: false, words: "nobody, because everybody is excluded".to_owned(), of: Vec::new() }
            }
            Part::None(parts) => group(parts, "none of these"),
            Part::Source { segment, part } => {
                let inner = part.answer(people, row, now);
                Answer { holds: inner.holds, words: format!("in segment `{segment}`"), of: vec![inner] }
            }
            Part::List { .. }
            | Part::Field { .. }
            | Part::Channel(_)
            | Part::Metric { .. }
            | Part::Recency { .. }
            | Part::Near { .. }
            | Part::Imported { .. } => {
                let (holds, words) = self.explain(people, row, now);
                Answer { holds, words, of: Vec::new() }
            }
        }
    }

    /// Whether it is true of everybody because it has no questions.
    fn asks_nothing(&self) -> bool {
        matches!(self, Part::All(parts) if parts.iter().all(Part::asks_nothing))
    }
}
