//! What a split asks about attributes and metrics of endpoints, and whether the endpoints of a person agree about it.

use audience::{Audience, People};
use model::{Journey, Millis, Payload, View, wire};
use serde_json::{Value, json};

/// One comparison of an attribute or metric that a split asks for.
#[derive(Clone, Debug)]
pub(super) struct Criterion {
    pub split: String,
    /// Whether it is one of `Metrics`, else of `Attributes`.
    is_metric: bool,
    name: String,
    audience: Audience,
}

impl Criterion {
    /// Everything that the splits of a journey ask about attributes and metrics of endpoints, themselves and through the
    /// criteria of the segments that they name. What the channel or the device is differs between endpoints by nature; what
    /// is true of a user is so at all of them.
    pub fn of<'a>(journey: Journey<'a>, segment: &dyn Fn(&str) -> Option<&'a Value>) -> Vec<Criterion> {
        let mut criteria = Vec::new();
        for activity in journey.activities() {
            let conditions: Vec<wire::SimpleCondition> = match activity.payload {
                Some(Payload::ConditionalSplit(split)) => {
                    split.condition().map(|all| all.conditions()).unwrap_or_default()
                }
                Some(Payload::MultiCondition(split)) => {
                    split.branches().iter().filter_map(|branch| branch.condition()).collect()
                }
                _ => continue,
            };
            for condition in conditions {
                let own = condition.object().get("segmentDimensions");
                let named = condition.segment_condition().and_then(|named| segment(named.segment_id()?));
                for dimensions in own.into_iter().chain(named.into_iter().flat_map(dimensions_of)) {
                    criteria.extend(comparisons(activity.id, dimensions));
                }
            }
        }
        criteria
    }

    /// Whether one of these endpoints is as asked, while another has a value that is not.
    pub fn parts(&self, people: &People, rows: &[usize], now: Millis) -> bool {
        let fits = |row: usize| self.audience.contains(people, row, now);
        let has = |row: usize| match self.is_metric {
            true => people.row(row).metric(&self.name).is_some(),
            false => !people.row(row).attribute(&self.name).is_empty(),
        };
        rows.iter().any(|row| fits(*row)) && rows.iter().any(|row| has(*row) && !fits(*row))
    }
}

/// The dimensions of a segment: its own, or those of its groups.
fn dimensions_of(segment: &Value) -> Vec<&Value> {
    let groups = segment["SegmentGroups"]["Groups"].as_array();
    let of_groups = groups.into_iter().flatten().filter_map(|group| group["Dimensions"].as_array()).flatten();
    segment.get("Dimensions").into_iter().chain(of_groups).collect()
}

fn comparisons<'a>(split: &'a str, dimensions: &'a Value) -> impl Iterator<Item = Criterion> + 'a {
    [("Attributes", false), ("Metrics", true)].into_iter().flat_map(move |(member, is_metric)| {
        let all = dimensions.get(member).and_then(Value::as_object);
        all.into_iter().flatten().filter_map(move |(name, comparison)| {
            let mut alone = json!({});
            alone[member][name] = comparison.clone();
            let audience = Audience::from_dimensions(&alone).ok()?;
            Some(Criterion { split: split.to_owned(), is_metric, name: name.clone(), audience })
        })
    })
}
