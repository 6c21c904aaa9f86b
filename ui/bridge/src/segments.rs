//! What a segment holds: how many, who, why, and how that changes.

use model::{Millis, Project};
use serde::{Deserialize, Serialize};

/// Whom a question about segments is about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// A project with the segments alone, unsaved changes included: what else there is does not matter.
    pub project: Project,
    /// Folder with the sample people and events; `None` = a few invented people.
    pub folder: Option<String>,
    /// The instant of the question, which recency counts from; `None` = now.
    #[serde(default)]
    pub at: Option<Millis>,
}

/// How many are in a segment, and some of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CountSegment {
    /// Whom it is about.
    pub asked: Asked,
    /// The segment's file name.
    pub segment: String,
}

command!(CountSegment, "count-segment" => SegmentCount);

/// How many are in a segment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SegmentCount {
    /// Endpoints in all.
    pub total: u64,
    /// Endpoints in the segment.
    pub members: u64,
    /// The first of them, at most 12.
    pub sample: Vec<PersonLine>,
    /// Why the segment can not be asked, and where; `None` = it was.
    pub problem: Option<String>,
    /// Of imported segments in it whose lists are not known, what that means, lower case, no full stop; `None` = all are.
    pub unlisted: Option<String>,
    /// Milliseconds that it took, people loaded.
    pub took: f64,
}

/// An endpoint in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonLine {
    /// The endpoint's id.
    pub id: String,
    /// The user's id; empty = it has none.
    pub user: String,
    /// First and last name, as far as there are any.
    pub name: String,
    /// `EMAIL`, `SMS`, …; empty = not known.
    pub channel: String,
    /// The address; empty = none.
    pub address: String,
    /// `Location.Country`; empty = not known.
    pub country: String,
    /// When it was last active; `None` = not known.
    pub active: Option<Millis>,
    /// Why it is not reached: "opted out", "inactive", "no address"; empty = it is.
    pub unreached: String,
}

/// Why somebody is in a segment or not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AskWhy {
    /// Whom it is about.
    pub asked: Asked,
    /// The segment's file name.
    pub segment: String,
    /// An endpoint id, a user id or an address.
    pub who: String,
}

// One row for each endpoint of the person.
command!(AskWhy, "ask-why" => Vec<(PersonLine, Reason)>);

/// What a part of a segment says of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reason {
    /// Whether it holds.
    pub holds: bool,
    /// What is asked, with the values seen.
    pub words: String,
    /// What it is made of.
    pub of: Vec<Reason>,
}

/// How many are in both of two segments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AskOverlap {
    /// Whom it is about.
    pub asked: Asked,
    /// The segments' file names.
    pub segments: [String; 2],
}

command!(AskOverlap, "ask-overlap" => OverlapView);

/// How two segments lie to each other, in endpoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverlapView {
    /// In the first.
    pub first: u64,
    /// In the second.
    pub second: u64,
    /// In both.
    pub both: u64,
    /// Endpoints in all.
    pub total: u64,
}

/// How large a segment was over the time of the recorded events.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AskSizes {
    /// Whom it is about.
    pub asked: Asked,
    /// The segment's file name.
    pub segment: String,
}

command!(AskSizes, "ask-sizes" => SizesView);

/// How large a segment was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizesView {
    /// Instant and endpoints in the segment then, in order of time; empty = there is no event and no date to go by.
    pub sizes: Vec<(Millis, u64)>,
    /// Endpoints that were there at the last of them.
    pub total: u64,
}
