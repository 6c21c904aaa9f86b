//! Where documents name segments and templates, by their shapes, and what they name that is not there.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::project::{DocumentId, Project, TemplateKind};
use crate::shapes::{self, Kind, SHAPES, Shape};

/// Calls `visit` with every reference to a segment in a document, wherever its shape has one: `SegmentId` of start
/// conditions and segment conditions, `Id` of a source segment.
pub fn segment_references(id: &DocumentId, body: &mut Value, visit: &mut dyn FnMut(&mut String)) {
    texts(id, body, &mut |holder, path, text| {
        let member = path.last().copied().unwrap_or_default();
        if member == "SegmentId" || holder == "SegmentReference" && member == "Id" {
            visit(text);
        }
    });
}

/// Calls `visit` with every name of a template in a document, and the kind that is meant there.
pub fn template_references(id: &DocumentId, body: &mut Value, visit: &mut dyn FnMut(TemplateKind, &mut String)) {
    texts(id, body, &mut |holder, path, text| {
        let kind = match (holder, path) {
            ("EmailMessageActivity", [.., "TemplateName"]) | ("Template", [.., "EmailTemplate", "Name"]) => {
                TemplateKind::Email
            }
            ("SMSMessageActivity", [.., "TemplateName"]) | ("Template", [.., "SMSTemplate", "Name"]) => {
                TemplateKind::Sms
            }
            ("PushMessageActivity", [.., "TemplateName"]) | ("Template", [.., "PushTemplate", "Name"]) => {
                TemplateKind::Push
            }
            ("Template", [.., "VoiceTemplate", "Name"]) => TemplateKind::Voice,
            ("Template", [.., "InAppTemplate", "Name"]) => TemplateKind::InApp,
            _ => return,
        };
        visit(kind, text);
    });
}

/// Calls `visit` with every text in a document that a shape knows: the shape that has it, the names of the members that lead
/// to it, and the text.
fn texts(id: &DocumentId, body: &mut Value, visit: &mut dyn FnMut(&'static str, &[&'static str], &mut String)) {
    if let Some(shape) = id.shape().and_then(shapes::find) {
        walk(shape, body, &mut Vec::new(), visit);
    }
}

fn walk(
    shape: &'static Shape,
    value: &mut Value,
    path: &mut Vec<&'static str>,
    visit: &mut dyn FnMut(&'static str, &[&'static str], &mut String),
) {
    match (shape.kind, value) {
        (Kind::Structure(members), Value::Object(object)) => {
            for member in members {
                path.push(member.name);
                match object.get_mut(member.name) {
                    Some(Value::String(text)) => visit(shape.name, path, text),
                    Some(inner) => walk(&SHAPES[member.shape], inner, path, visit),
                    None => {}
                }
                path.pop();
            }
        }
        (Kind::List(inner), Value::Array(list)) => {
            list.iter_mut().for_each(|element| walk(&SHAPES[inner], element, path, visit));
        }
        (Kind::Map(inner), Value::Object(map)) => {
            map.values_mut().for_each(|element| walk(&SHAPES[inner], element, path, visit));
        }
        _ => {}
    }
}

/// What documents name and a project does not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Missing {
    /// What is named: `segment` or the kind of a template.
    pub kind: String,
    /// Its name or id.
    pub name: String,
    /// The documents that name it, in order.
    pub named_by: Vec<DocumentId>,
}

/// Everything that the documents of a project name and it does not have, in order.
pub fn missing(project: &Project) -> Vec<Missing> {
    let mut found: BTreeMap<(String, String), BTreeSet<DocumentId>> = BTreeMap::new();
    for (id, document) in &project.documents {
        let mut document = document.clone();
        let mut note = |kind: &str, name: &str| {
            if !name.is_empty() {
                found.entry((kind.to_owned(), name.to_owned())).or_default().insert(id.clone());
            }
        };
        segment_references(id, &mut document, &mut |name| {
            if project.segment(name).is_none() {
                note("segment", name);
            }
        });
        template_references(id, &mut document, &mut |kind, name| {
            if project.template(kind, name).is_none() {
                note(&format!("{} template", kind.folder()), name);
            }
        });
    }
    let missing = |((kind, name), by): ((String, String), BTreeSet<DocumentId>)| Missing {
        kind,
        name,
        named_by: by.into_iter().collect(),
    };
    found.into_iter().map(missing).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_found_by_shape_not_by_word() {
        let mut journey = json!({
            "StartCondition": {"SegmentStartCondition": {"SegmentId": "start"}},
            "Activities": {"a": {"ConditionalSplit": {"Condition": {"Conditions": [
                {"SegmentCondition": {"SegmentId": "split"}},
                {"EventCondition": {"Dimensions": {"Attributes": {"SegmentId": {"Values": ["no"]}}}}}
            ]}}}},
            "SegmentId": "no"
        });
        let mut seen = Vec::new();
        segment_references(&DocumentId::Journey("j".into()), &mut journey, &mut |reference| {
            seen.push(reference.clone())
        });
        seen.sort();
        assert_eq!(seen, ["split", "start"]);

        let mut segment = json!({"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "base", "Version": 1}]}]}});
        segment_references(&DocumentId::Segment("s".into()), &mut segment, &mut |id| *id = "remote".into());
        assert_eq!(segment["SegmentGroups"]["Groups"][0]["SourceSegments"][0]["Id"], "remote");
    }

    #[test]
    fn what_is_named_and_not_there_is_missing() {
        let mut project = Project::default();
        let id = DocumentId::Journey("j".into());
        project.documents.insert(
            id.clone(),
            json!({
            "StartCondition": {"SegmentStartCondition": {"SegmentId": "vip"}},
            "Activities": {"a": {"EMAIL": {"TemplateName": "hello"}}, "b": {"SMS": {"TemplateName": "hello"}}}}),
        );
        let campaign = DocumentId::Campaign("c".into());
        project.documents.insert(
            campaign.clone(),
            json!({"SegmentId": "vip",
            "TemplateConfiguration": {"EmailTemplate": {"Name": "hello"}, "PushTemplate": {"Name": "there"}}}),
        );
        project.documents.insert(DocumentId::Template(TemplateKind::Push, "there".into()), json!({}));
        let told: Vec<(String, usize)> = missing(&project)
            .into_iter()
            .map(|one| (format!("{} {}", one.kind, one.name), one.named_by.len()))
            .collect();
        let expected = [("email template hello", 2), ("segment vip", 2), ("sms template hello", 1)];
        assert_eq!(told, expected.map(|(name, by)| (name.to_owned(), by)));
        project.documents.insert(DocumentId::Segment("VIPs".into()), json!({"Id": "vip", "Name": "VIPs"}));
        assert_eq!(missing(&project).len(), 2);
    }
}
