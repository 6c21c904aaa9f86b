use model::{path, wire};

use crate::{Document, Findings, places};

rule! {
    /// Checks that the shares of holdout and treatments fit into 100 percent, and that there are at most 4 additional
    /// treatments.
    ///
    /// **Why it matters.** The campaign itself gets what is left; the service refuses shares beyond 100.
    ///
    /// **Example.** `"HoldoutPercent": 20` and two treatments of 50 percent.
    ///
    /// **How to fix it.** Lower a share.
    ///
    /// Source: campaigns.md 4; `WriteTreatmentResource.SizePercent`, `WriteCampaignRequest.HoldoutPercent`.
    "campaign-shares", Error, "a campaign's shares do not fit into 100 percent", Campaign
}

const MOST: usize = 4;

fn check(document: &Document, campaign: wire::WriteCampaignRequest, found: &mut Findings) {
    let list = path!["AdditionalTreatments"];
    let treatments = places::elements::<wire::WriteTreatmentResource>(document.root, &list);
    if treatments.len() > MOST {
        found
            .report(
                list.clone(),
                format!("the campaign has {} additional treatments; {MOST} is the most", treatments.len()),
            )
            .help("take one away");
    }
    let mut total: i64 = 0;
    let shares = treatments.iter().map(|(i, treatment)| (list.join(*i).join("SizePercent"), treatment.size_percent()));
    for (at, share) in shares.chain([(path!["HoldoutPercent"], campaign.holdout_percent())]) {
        let Some(share) = share else { continue };
        total = total.saturating_add(share.max(0));
        if !(0..=100).contains(&share) {
            let better = share.clamp(0, 100);
            found
                .report(at.clone(), format!("a share of {share}%; 0% to 100% is possible"))
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
