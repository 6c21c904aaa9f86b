use model::{path, wire};

use crate::{Document, Findings, places};

rule! {
    /// Checks that a treatment gets at least 1 percent, a holdout 0 to 100, and that all of them fit into 100 percent.
    ///
    /// **Why it matters.** The campaign itself gets what is left; the service refuses shares beyond 100.
    ///
    /// **Bad example.** `"HoldoutPercent": 20` and two treatments of 50 percent.
    ///
    /// ```json
    /// {"campaigns/news": {
    ///   "HoldoutPercent": 20,
    ///   "AdditionalTreatments": [{"SizePercent": 50}, {"SizePercent": 50}]
    /// }}
    /// ```
    ///
    /// **How to fix it.** Lower a share.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {
    ///   "HoldoutPercent": 20,
    ///   "AdditionalTreatments": [{"SizePercent": 40}, {"SizePercent": 40}]
    /// }}
    /// ```
    ///
    /// Source: campaigns.md 4 and 11, C015 and C016; `WriteTreatmentResource.SizePercent`,
    /// `WriteCampaignRequest.HoldoutPercent`.
    "campaign-shares", Error, "a campaign's shares do not fit into 100 percent", Campaign
}

fn check(document: &Document, campaign: wire::WriteCampaignRequest, found: &mut Findings) {
    let list = path!["AdditionalTreatments"];
    let treatments = places::elements::<wire::WriteTreatmentResource>(document.root, &list);
    let shares =
        treatments.iter().map(|(i, treatment)| (list.join(*i).join("SizePercent"), treatment.size_percent(), 1));
    let mut total: i64 = 0;
    for (at, share, least) in shares.chain([(path!["HoldoutPercent"], campaign.holdout_percent(), 0)]) {
        let Some(share) = share else { continue };
        total = total.saturating_add(share.max(0));
        if !(least..=100).contains(&share) {
            let better = share.clamp(least, 100);
            found
                .report(at.clone(), format!("a share of {share}%; {least}% to 100% is possible"))
                .help("choose a share in the range")
                .set(format!("Set it to {better}%"), &at, better);
        }
    }
    if total > 100 {
        found
            .report(list, format!("holdout and treatments add up to {total}%: nothing is left for the campaign itself"))
            .help(format!("take {}% away", total.saturating_sub(100)));
    }
}
