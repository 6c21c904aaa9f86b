use model::{TemplateKind, View, path, wire};

use crate::similar::similar;
use crate::{Document, Findings};

rule! {
    /// Checks that the templates that a campaign and its treatments name are in the project.
    ///
    /// **Why it matters.** There would be nothing to send; the service refuses the campaign.
    ///
    /// **Example.** `"TemplateConfiguration": {"EmailTemplate": {"Name": "newz"}}`
    ///
    /// **How to fix it.** Choose a template that exists, or add the missing one.
    ///
    /// Source: campaigns.md 1; `TemplateConfiguration`.
    "campaign-template", Error, "a campaign's template does not exist", Campaign
}

fn check(document: &Document, campaign: wire::WriteCampaignRequest, found: &mut Findings) {
    let mut places = vec![(path!["TemplateConfiguration"], campaign.template_configuration())];
    let list = path!["AdditionalTreatments"];
    for (i, treatment) in crate::places::elements::<wire::WriteTreatmentResource>(document.root, &list) {
        places.push((list.join(i).join("TemplateConfiguration"), treatment.template_configuration()));
    }
    for (at, configuration) in places {
        let Some(configuration) = configuration else { continue };
        for (member, value) in configuration.object() {
            let kind = match member.as_str() {
                "EmailTemplate" => TemplateKind::Email,
                "PushTemplate" => TemplateKind::Push,
                "SMSTemplate" => TemplateKind::Sms,
                "InAppTemplate" => TemplateKind::InApp,
                "VoiceTemplate" => TemplateKind::Voice,
                _ => continue,
            };
            let name = wire::Template::of(value).and_then(|template| template.name());
            let Some(name) = name.filter(|name| document.project.template(kind, name).is_none()) else { continue };
            let at = at.join(member).join("Name");
            let finding = found
                .report(at.clone(), format!("{} template `{name}` does not exist", kind.folder()))
                .help("choose another template, or add this one");
            if let Some(meant) = similar(name, document.project.template_names(kind)) {
                finding.set(format!("Send template {meant}"), &at, meant);
            }
        }
    }
}
