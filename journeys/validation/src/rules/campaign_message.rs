use model::{Path, View, wire};

use crate::{Document, Findings};

rule! {
    /// Checks that a campaign has something to send: messages of its own, or templates.
    ///
    /// **Why it matters.** Nobody would get anything; the service refuses the campaign.
    ///
    /// **Example.** A campaign with neither `MessageConfiguration` nor `TemplateConfiguration`.
    ///
    /// **How to fix it.** Choose a template.
    ///
    /// Source: campaigns.md 1, 2 and 11, C009.
    "campaign-message", Error, "a campaign sends nothing", Campaign
}

fn check(_: &Document, campaign: wire::WriteCampaignRequest, found: &mut Findings) {
    let own = campaign.message_configuration().is_some_and(|own| !own.object().is_empty());
    let templates = campaign.template_configuration().is_some_and(|templates| !templates.object().is_empty());
    if !own && !templates {
        found.report(Path::default(), "the campaign has nothing to send").help("choose a template");
    }
}
