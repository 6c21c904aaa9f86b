use model::{TemplateKind, wire};

use crate::similar::similar;
use crate::{Document, Findings, places};

rule! {
    /// Checks that the templates that a campaign and its treatments name are in the project.
    ///
    /// **Why it matters.** There would be nothing to send; the service refuses the campaign.
    ///
    /// **Bad example.** `"TemplateConfiguration": {"EmailTemplate": {"Name": "newz"}}`
    ///
    /// ```json
    /// {"campaigns/news": {"TemplateConfiguration": {"EmailTemplate": {"Name": "helo"}}}}
    /// ```
    ///
    /// **How to fix it.** Choose a template that exists, or add the missing one.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {"TemplateConfiguration": {"EmailTemplate": {"Name": "hello"}}}}
    /// ```
    ///
    /// Source: campaigns.md 1 and 11, C019; `TemplateConfiguration`.
    "campaign-template", Error, "a campaign's template does not exist", Campaign
}

fn check(document: &Document, _: wire::WriteCampaignRequest, found: &mut Findings) {
    let project = document.project;
    for treatment in places::treatments(document) {
        for (at, kind, template) in places::treatment_templates(&treatment) {
            let Some(name) = template.name() else { continue };
            if TemplateKind::ALL.into_iter().any(|kind| project.template(kind, name).is_some()) {
                continue; // of the wrong kind: `campaign-template-kind` says so
            }
            let at = at.join("Name");
            let finding = found
                .report(at.clone(), format!("{} template `{name}` does not exist", kind.folder()))
                .help("choose another template, or add this one");
            if let Some(meant) = similar(name, project.template_names(kind)) {
                finding.set(format!("Send template {meant}"), &at, meant);
            }
        }
    }
}
