use model::{path, wire};
use serde_json::Value;

use crate::rules::first_elements;
use crate::{Document, Findings};

rule! {
    /// Checks that a campaign has at most 4 additional treatments.
    ///
    /// **Why it matters.** The service refuses more: five treatments, the campaign itself among them.
    ///
    /// **Bad example.** Five elements in `AdditionalTreatments`.
    ///
    /// ```json
    /// {"campaigns/news": {"AdditionalTreatments": [{"SizePercent": 10}, "*5"]}}
    /// ```
    ///
    /// **How to fix it.** Take one away, or make a second campaign.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {"AdditionalTreatments": [{"SizePercent": 10}, "*4"]}}
    /// ```
    ///
    /// Source: campaigns.md 4 and 11, C014; `WriteCampaignRequest.AdditionalTreatments`.
    "campaign-treatments", Error, "a campaign has too many treatments", Campaign
}

const MOST: usize = 4;

fn check(document: &Document, _: wire::WriteCampaignRequest, found: &mut Findings) {
    let list = path!["AdditionalTreatments"];
    let count = list.find(document.root).and_then(Value::as_array).map_or(0, Vec::len);
    if count > MOST {
        found
            .report(list.clone(), format!("the campaign has {count} additional treatments; {MOST} is the most"))
            .help("take one away")
            .set(format!("Keep the first {MOST}"), &list, first_elements(document.root, &list, MOST));
    }
}
