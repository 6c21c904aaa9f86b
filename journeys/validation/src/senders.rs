//! Who sends a template.

use model::{ActivityKind, DocumentId, Journey, Place, Project, TemplateKind, path};

use crate::places::{treatment_templates, treatments};
use crate::{Document, Facts};

/// The activities of journeys and treatments of campaigns that send a template, by the place that names it; in the order of
/// documents.
pub fn senders(project: &Project, kind: TemplateKind, name: &str) -> Vec<Place> {
    let mut senders = Vec::new();
    for (id, root) in &project.documents {
        let mut add = |path| senders.push(Place { document: id.clone(), path });
        match id {
            DocumentId::Journey(_) => {
                for activity in Journey::of(root).map(|journey| journey.activities()).unwrap_or_default() {
                    let sends = activity.kind().filter(|of| of.template_kind() == Some(kind));
                    if let Some(of) = sends.filter(|_| activity.template_name() == Some(name)) {
                        add(path!["Activities", activity.id, ActivityKind::member(of), "TemplateName"]);
                    }
                }
            }
            DocumentId::Campaign(_) => {
                let document = Document { id, root, project, facts: Facts::default() };
                for (path, of, template) in treatments(&document).iter().flat_map(treatment_templates) {
                    if of == kind && template.name() == Some(name) {
                        add(path);
                    }
                }
            }
            _ => {}
        }
    }
    senders
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn journeys_and_campaigns_send_templates_of_their_kind() {
        let mut project = Project::default();
        let journey = json!({"Activities": {
            "a": {"EMAIL": {"TemplateName": "hello"}}, "b": {"SMS": {"TemplateName": "hello"}}, "c": {"Wait": {}}}});
        let campaign = json!({
            "TemplateConfiguration": {"EmailTemplate": {"Name": "bye"}},
            "AdditionalTreatments": [{"TemplateConfiguration": {"EmailTemplate": {"Name": "hello"}}}]});
        project.documents.insert(DocumentId::Journey("j".into()), journey);
        project.documents.insert(DocumentId::Campaign("c".into()), campaign);
        let found: Vec<String> = senders(&project, TemplateKind::Email, "hello")
            .iter()
            .map(|place| format!("{} {}", place.document, place.path))
            .collect();
        assert_eq!(
            found,
            [
                "journeys/j Activities.a.EMAIL.TemplateName",
                "campaigns/c AdditionalTreatments[0].TemplateConfiguration.EmailTemplate"
            ]
        );
    }
}
