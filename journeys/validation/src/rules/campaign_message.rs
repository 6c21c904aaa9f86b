use model::{DocumentId, Path, TemplateKind, View, path, wire};

use crate::{Document, Findings};

rule! {
    /// Checks that a campaign has something to send: messages of its own, or templates.
    ///
    /// **Why it matters.** Nobody would get anything; the service refuses the campaign.
    ///
    /// **Bad example.** A campaign with neither `MessageConfiguration` nor `TemplateConfiguration`.
    ///
    /// ```json
    /// {"campaigns/news": {"TemplateConfiguration": {}}}
    /// ```
    ///
    /// **How to fix it.** Choose a template.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {"TemplateConfiguration": {"EmailTemplate": {"Name": "hello"}}}}
    /// ```
    ///
    /// Source: campaigns.md 1, 2 and 11, C009.
    "campaign-message", Error, "a campaign sends nothing", Campaign
}

fn check(document: &Document, campaign: wire::WriteCampaignRequest, found: &mut Findings) {
    let own = campaign.message_configuration().is_some_and(|own| !own.object().is_empty());
    let templates = campaign.template_configuration().is_some_and(|templates| !templates.object().is_empty());
    if !own && !templates {
        let finding = found.report(Path::default(), "the campaign has nothing to send").help("choose a template");
        let mut templates = document.project.documents.keys().filter_map(|id| match id {
            DocumentId::Template(TemplateKind::Email, name) => Some(name),
            _ => None,
        });
        if let (Some(only), None) = (templates.next(), templates.next()) {
            let at = path!["TemplateConfiguration", "EmailTemplate", "Name"];
            finding.set(format!("Send e-mail {only}"), &at, only.as_str());
        }
    }
}
