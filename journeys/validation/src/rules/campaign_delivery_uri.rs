use model::wire;

use crate::rules::delivery_uri::{callable, secured};
use crate::{Document, Findings, places};

rule! {
    /// Checks that what a campaign calls is a Lambda function, by name or ARN, or a web address with `https://` made of
    /// letters, digits and `- . _ ~ ? / # :`. Whether the address answers is not asked.
    ///
    /// **Why it matters.** There would be nobody to call; the service refuses the campaign.
    ///
    /// **Bad example.** `"DeliveryUri": "http://example.com/hook"`
    ///
    /// ```json
    /// {"campaigns/news": {
    ///   "MessageConfiguration": {"CustomMessage": {"Data": "{}"}},
    ///   "CustomDeliveryConfiguration": {"DeliveryUri": "http://example.com/hook"}
    /// }}
    /// ```
    ///
    /// **How to fix it.** Write `https://example.com/hook`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {
    ///   "MessageConfiguration": {"CustomMessage": {"Data": "{}"}},
    ///   "CustomDeliveryConfiguration": {"DeliveryUri": "https://example.com/hook"}
    /// }}
    /// ```
    ///
    /// Source: campaigns.md 7 and 11, C011; `CustomDeliveryConfiguration.DeliveryUri`.
    "campaign-delivery-uri", Error, "a campaign does not say whom to call", Campaign
}

fn check(document: &Document, _: wire::WriteCampaignRequest, found: &mut Findings) {
    for treatment in places::treatments(document) {
        let Some(uri) = treatment.delivery.and_then(|delivery| delivery.delivery_uri()) else { continue };
        if callable(uri) && plain(uri) {
            continue;
        }
        let at = treatment.path.join("CustomDeliveryConfiguration").join("DeliveryUri");
        let finding = found
            .report(at.clone(), format!("`{uri}` is neither a Lambda function nor a plain https address"))
            .help("name a Lambda function by name or ARN, or write the address with `https://` and no query");
        if let Some(secure) = secured(uri).filter(|secure| plain(secure)) {
            finding.set("Call it with https", &at, secure);
        }
    }
}

/// Whether a web address has only the characters that campaigns take.
fn plain(uri: &str) -> bool {
    !uri.starts_with("https://") || uri.chars().all(|c| c.is_ascii_alphanumeric() || "-._~?/#:".contains(c))
}
