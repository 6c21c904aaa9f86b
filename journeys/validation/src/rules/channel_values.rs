use model::wire::ChannelType;
use model::{Path, Word, path};
use serde_json::Value;

use crate::Findings;
use crate::similar::similar;

rule! {
    /// Checks that the channels that a segment asks for are those of the API: `EMAIL`, `SMS`, `GCM`, `APNS`, …
    ///
    /// **Why it matters.** No endpoint has another channel, so nobody would match; the service refuses the segment.
    ///
    /// **Bad example.** `"Channel": {"DimensionType": "INCLUSIVE", "Values": ["Email"]}`
    ///
    /// ```json
    /// {"segments/vip": {"Dimensions": {"Demographic": {"Channel": {"Values": ["Email"]}}}}}
    /// ```
    ///
    /// **How to fix it.** Write `EMAIL`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"segments/vip": {"Dimensions": {"Demographic": {"Channel": {"Values": ["EMAIL"]}}}}}
    /// ```
    ///
    /// Source: segments-and-endpoints.md 2.1 and 6, S002; `SegmentDemographics.Channel`, `ChannelType`.
    "channel-values", Error, "a segment asks for a channel that does not exist", Dimensions
}

fn check(dimensions: &[(Path, &Value)], found: &mut Findings) {
    for (at, dimensions) in dimensions {
        let list = path!["Demographic", "Channel", "Values"];
        let values = list.find(dimensions).and_then(Value::as_array);
        for (i, value) in values.into_iter().flatten().enumerate() {
            let Some(text) = value.as_str().filter(|text| ChannelType::parse(text).is_none()) else { continue };
            let at = list.0.iter().fold(at.clone(), |at, step| at.join(step.clone())).join(i);
            let finding = found
                .report(at.clone(), format!("`{text}` is no channel"))
                .help("choose one of the API's channel types");
            let words = || ChannelType::ALL.iter().map(|word| word.as_str());
            let same = words().find(|word| word.eq_ignore_ascii_case(text));
            if let Some(meant) = same.or_else(|| similar(text, words())) {
                finding.set(format!("Write {meant}"), &at, meant);
            }
        }
    }
}
