use model::{Path, wire};
use serde_json::Value;

use crate::{Document, Findings, places};

rule! {
    /// Checks the sizes of a segment: at most 100 dimensions, 100 values in all, 100 characters a value.
    ///
    /// **Why it matters.** These are the service's quotas.
    ///
    /// **Bad example.** A list of 500 customer numbers as values.
    ///
    /// ```json
    /// {"segments/vip": {"Dimensions": {"Attributes": {"Customer": {"Values": ["<101>"]}}}}}
    /// ```
    ///
    /// **How to fix it.** Mark the people with an attribute, and compare that.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"segments/vip": {"Dimensions": {"Attributes": {"Customer": {"Values": ["<100>"]}}}}}
    /// ```
    ///
    /// Source: segments-and-endpoints.md 2.1 and 6, S003.
    "segment-size", Error, "a segment is too large", Segment
}

const MOST: usize = 100;

fn check(document: &Document, _: wire::WriteSegmentRequest, found: &mut Findings) {
    let mut dimensions = 0;
    let mut values = Vec::new();
    for (path, one) in places::dimensions(*document, &[]) {
        count(one, path, &mut dimensions, &mut values, 0);
    }
    if dimensions > MOST {
        found
            .report(Path::default(), format!("the segment has {dimensions} dimensions; {MOST} is the most"))
            .help("make several segments, and join them by groups");
    }
    if values.len() > MOST {
        found
            .report(Path::default(), format!("the segment has {} values; {MOST} is the most", values.len()))
            .help("mark the people with an attribute, and compare that");
    }
    for (at, value) in values {
        let length = value.chars().count();
        if length > MOST {
            found
                .report(at, format!("the value has {length} characters; {MOST} is the most"))
                .help("compare with a shorter part: `CONTAINS`");
        }
    }
}

/// Counts the criteria below `value`, which are the objects with `Values` or a comparison, and collects their values.
fn count<'a>(value: &'a Value, at: Path, dimensions: &mut usize, values: &mut Vec<(Path, &'a str)>, depth: usize) {
    let Some(object) = value.as_object().filter(|_| depth < 4) else { return };
    for (name, member) in object {
        let at = at.join(name);
        if let Some(list) = member.get("Values").and_then(Value::as_array) {
            *dimensions += 1;
            let texts = list.iter().enumerate().filter_map(|(i, text)| Some((i, text.as_str()?)));
            values.extend(texts.map(|(i, text)| (at.join("Values").join(i), text)));
        } else if member.get("ComparisonOperator").is_some() || member.get("RecencyType").is_some() {
            *dimensions += 1;
        } else {
            count(member, at, dimensions, values, depth + 1);
        }
    }
}
