use model::wire;

use crate::{Document, Findings, places};

rule! {
    /// Checks that a campaign with a custom message says whom to call.
    ///
    /// **Why it matters.** A custom message goes to a function or a web address; without one there is nobody to call, and
    /// the service refuses the campaign.
    ///
    /// **Bad example.** `"CustomMessage": {"Data": "{}"}` and no `CustomDeliveryConfiguration`.
    ///
    /// ```json
    /// {"campaigns/news": {"MessageConfiguration": {"CustomMessage": {"Data": "{}"}}}}
    /// ```
    ///
    /// **How to fix it.** Add `CustomDeliveryConfiguration` with a `DeliveryUri`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {
    ///   "MessageConfiguration": {"CustomMessage": {"Data": "{}"}},
    ///   "CustomDeliveryConfiguration": {"DeliveryUri": "greet"}
    /// }}
    /// ```
    ///
    /// Source: campaigns.md 1, 7 and 11, C010; `WriteCampaignRequest.CustomDeliveryConfiguration`.
    "campaign-custom-delivery", Error, "a campaign's custom message has nowhere to go", Campaign
}

fn check(document: &Document, campaign: wire::WriteCampaignRequest, found: &mut Findings) {
    // What a treatment does not say, it takes from the campaign (4, chosen).
    let inherited = campaign.custom_delivery_configuration();
    for treatment in places::treatments(document) {
        let custom = treatment.messages.and_then(|messages| messages.custom_message());
        if custom.is_some() && treatment.delivery.or(inherited).is_none() {
            found
                .report(
                    treatment.path.join("CustomDeliveryConfiguration"),
                    "the campaign has a custom message, and does not say whom to call",
                )
                .help("name a Lambda function or a web address with `https://` as `DeliveryUri`");
        }
    }
}
