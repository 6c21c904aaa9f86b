//! What was found elsewhere, added to a project that is open.

use serde_json::Value;

use crate::edit::Edit;
use crate::open::same_file;
use crate::path;
use crate::project::{DocumentId, Project};

/// Adds documents to a project, as one edit; answers it and the first of them, under the name that it gets.
///
/// What the project has already, word for word, is not added again: the edit has no changes where that is all. Another
/// document under a name that is taken gets a number behind it. `None` = there is none.
pub fn add(project: &Project, found: impl IntoIterator<Item = (DocumentId, Value)>) -> Option<(Edit, DocumentId)> {
    let mut edit = Edit::new("");
    let mut first = None;
    let mut added: Vec<DocumentId> = Vec::new();
    for (id, value) in found {
        if project.documents.get(&id) == Some(&value) {
            first.get_or_insert(id);
            continue;
        }
        let taken = |id: &DocumentId| project.documents.keys().chain(&added).any(|other| same_file(other, id));
        let numbered = (2..).map(|n| id.renamed(format!("{}-{n}", id.name())));
        let Some(id) = std::iter::once(id.clone()).chain(numbered).find(|id| !taken(id)) else { continue };
        edit = edit.set(&id, path![], value);
        first.get_or_insert_with(|| id.clone());
        added.push(id);
    }
    edit.label = match added.as_slice() {
        [id] => format!("Paste {} {}", id.kind().to_lowercase(), id.name()),
        all => format!("Paste {} documents", all.len()),
    };
    Some((edit, first?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::open::resources;
    use crate::project::TemplateKind;

    fn found(value: &Value) -> Vec<(DocumentId, Value)> {
        resources(value, "pasted").into_iter().map(|found| (found.id, found.value)).collect()
    }

    #[test]
    fn a_response_of_the_api_becomes_a_document_that_undo_takes_away() {
        let mut project = Project::default();
        let segment = json!({"SegmentResponse": {"Id": "1", "Name": "VIPs", "SegmentType": "DIMENSIONAL"}});
        let (edit, id) = add(&project, found(&segment)).expect("a segment");
        assert_eq!((edit.label.as_str(), &id), ("Paste segment VIPs", &DocumentId::Segment("VIPs".to_owned())));
        let before = project.clone();
        let back = project.apply(&edit).expect("it fits");
        assert_eq!(project.documents[&id], segment["SegmentResponse"], "unchanged");
        project.apply(&back).expect("undo");
        assert_eq!(project, before);
    }

    #[test]
    fn several_are_one_edit_and_a_journey_is_shown_first() {
        let all = json!([
            {"TemplateName": "hello", "EmailTemplateRequest": {"Subject": "Hello"}},
            {"WriteCampaignRequest": {"Name": "Spring"}},
        ]);
        let (edit, id) = add(&Project::default(), found(&all)).expect("both");
        assert_eq!((edit.label.as_str(), edit.changes.len()), ("Paste 2 documents", 2));
        assert_eq!(id, DocumentId::Template(TemplateKind::Email, "hello".to_owned()));
        assert_eq!(add(&Project::default(), found(&json!({"a": 1}))), None);
    }

    #[test]
    fn names_that_are_taken_get_a_number_and_what_is_there_stays_one() {
        let mut project = Project::default();
        let one = json!({"Name": "vip", "Dimensions": {}});
        let (edit, _) = add(&project, found(&one)).expect("a segment");
        project.apply(&edit).expect("it fits");
        // the same again: nothing to do but to show it
        let (edit, id) = add(&project, found(&one)).expect("the segment");
        assert_eq!((edit.changes.len(), id.name()), (0, "vip"));
        // another of that name, also where capital letters make no difference, never replaces it
        let (edit, id) =
            add(&project, found(&json!({"Name": "VIP", "Dimensions": {"UserAttributes": {}}}))).expect("one");
        assert_eq!((edit.changes.len(), id.name()), (1, "VIP-2"));
    }
}
