//! Why an endpoint is in a segment or not, with the values seen.

use model::time::{Millis, duration_words, format_instant};
use model::view::Word;

use super::{Part, distance_of};
use crate::people::People;

impl Part {
    /// Whether the part holds, and the reason: of what holds everything, of what does not the first thing that fails.
    pub(super) fn explain(&self, people: &People, row: usize, now: Millis) -> (bool, String) {
        let each = |parts: &[Part]| -> Vec<(bool, String)> {
            parts
                .iter()
                .map(|part| part.explain(people, row, now))
                .filter(|(holds, why)| !holds || !why.is_empty())
                .collect()
        };
        let join = |reasons: Vec<(bool, String)>, which: bool, word: &str| -> String {
            let texts: Vec<String> =
                reasons.into_iter().filter(|(holds, _)| *holds == which).map(|(_, why)| why).collect();
            texts.join(word)
        };
        match self {
            Part::All(parts) => {
                let reasons = each(parts);
                match reasons.iter().find(|(holds, _)| !holds) {
                    Some(failed) => failed.clone(),
                    None => (true, join(reasons, true, "; ")),
                }
            }
            Part::Any(parts) => {
                // An empty part holds without a reason.
                if let Some((_, why)) =
                    parts.iter().map(|part| part.explain(people, row, now)).find(|(holds, _)| *holds)
                {
                    return (true, why);
                }
                let reasons = each(parts);
                (false, join(reasons, false, ", nor: "))
            }
            Part::None(parts) => {
                let reasons: Vec<(bool, String)> = parts.iter().map(|part| part.explain(people, row, now)).collect();
                match reasons.iter().find(|(holds, _)| *holds) {
                    Some((_, why)) => {
                        (false, format!("excluded, because {}", if why.is_empty() { "everybody is" } else { why }))
                    }
                    None => (true, join(reasons, false, "; ")),
                }
            }
            Part::List { owner, name, test } => {
                let path = owner.path(name);
                (self.holds(people, row, now), seen(&path, people.list(row, *owner, name).iter(), &test.words()))
            }
            Part::Field { field, label, test } => {
                (self.holds(people, row, now), seen(label, people.field(row, *field).into_iter(), &test.words()))
            }
            Part::Channel(test) => {
                let channel = people.channel(row).map(|word| word.as_str());
                (self.holds(people, row, now), seen("ChannelType", channel.into_iter(), &test.words()))
            }
            Part::Metric { name, test } => {
                let value = people.metric(row, name).map(|value| value.to_string());
                let path = format!("Metrics.{name}");
                (self.holds(people, row, now), seen(&path, value.as_deref().into_iter(), &test.words()))
            }
            Part::Recency { within, active } => {
                let last = match people.last_activity(row) {
                    Some(at) => format!("last active at {}", format_instant(at)),
                    None => "has no `EffectiveDate`, so just written".to_owned(),
                };
                let wanted = if *active { "within" } else { "not within" };
                (self.holds(people, row, now), format!("{last}, wanted {wanted} {}", duration_words(*within)))
            }
            Part::Near { latitude, longitude, kilometers } => {
                let seen = match distance_of(people, row, (*latitude, *longitude)) {
                    Some(distance) => format!("{distance:.0} km"),
                    None => "without coordinates, so not near,".to_owned(),
                };
                let point = format!("{latitude}, {longitude}");
                (self.holds(people, row, now), format!("{seen} from ({point}), wanted at most {kilometers} km"))
            }
            Part::Source { segment, part } => {
                let (holds, why) = part.explain(people, row, now);
                let is = if holds { "in" } else { "not in" };
                let colon = if why.is_empty() { "" } else { ": " };
                (holds, format!("{is} segment `{segment}`{colon}{why}"))
            }
            Part::Imported { segment, members } => {
                let holds = self.holds(people, row, now);
                let why = match holds {
                    true => "on its list",
                    false if members.is_none() && people.list_of(segment).is_none() => {
                        "its list is not in this project, so nobody is known to be on it"
                    }
                    false => "not on its list",
                };
                (holds, format!("imported segment `{segment}`: {why}"))
            }
        }
    }
}

/// "`Attributes.Plan` is `free`, wanted `pro`".
fn seen<'v>(path: &str, values: impl Iterator<Item = &'v str>, wanted: &str) -> String {
    let values: Vec<String> = values.map(|value| format!("`{value}`")).collect();
    let found = if values.is_empty() { "not there".to_owned() } else { values.join(", ") };
    format!("`{path}` is {found}, wanted {wanted}")
}
