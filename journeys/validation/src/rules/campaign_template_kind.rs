use model::{TemplateKind, wire};

use crate::{Document, Findings, places};

rule! {
    /// Checks that a campaign's templates are of the kind that it names them as, and that none is spoken: campaigns send no
    /// voice messages.
    ///
    /// **Why it matters.** The service refuses the campaign.
    ///
    /// **Bad example.** `"EmailTemplate": {"Name": "nudge"}`, and `nudge` is an SMS.
    ///
    /// ```json
    /// {
    ///   "templates/sms/nudge": {"Body": "Come back"},
    ///   "campaigns/news": {"TemplateConfiguration": {"EmailTemplate": {"Name": "nudge"}}}
    /// }
    /// ```
    ///
    /// **How to fix it.** Choose a template of the channel.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "templates/sms/nudge": {"Body": "Come back"},
    ///   "campaigns/news": {"TemplateConfiguration": {"SMSTemplate": {"Name": "nudge"}}}
    /// }
    /// ```
    ///
    /// Source: campaigns.md 1 and 11, C019; `TemplateConfiguration`.
    "campaign-template-kind", Error, "a campaign's template is of the wrong kind", Campaign
}

fn check(document: &Document, _: wire::WriteCampaignRequest, found: &mut Findings) {
    let project = document.project;
    for treatment in places::treatments(document) {
        for (at, kind, template) in places::treatment_templates(&treatment) {
            if kind == TemplateKind::Voice {
                found
                    .report(at.clone(), "a campaign sends no voice messages")
                    .help("choose a template of another channel")
                    .remove("Remove the voice template", at);
                continue;
            }
            let Some(name) = template.name().filter(|name| project.template(kind, name).is_none()) else { continue };
            let Some(other) = TemplateKind::ALL.into_iter().find(|other| project.template(*other, name).is_some())
            else {
                continue; // `campaign-template` says so
            };
            found
                .report(
                    at.join("Name"),
                    format!("`{name}` is a template for {}, not for {}", other.folder(), kind.folder()),
                )
                .help("choose a template of the channel");
        }
    }
}
