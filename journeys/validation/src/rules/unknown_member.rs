use std::collections::BTreeSet;

use model::shapes::{self, Problem};
use model::{DocumentId, Edit, Path, TemplateKind, View, wire};
use serde_json::Value;

use crate::{Document, Findings};

rule! {
    /// Checks that every member is one that the API knows. Members that only answers of the API have, such as `Id` and
    /// `CreationDate`, are fine.
    ///
    /// **Why it matters.** The service ignores what it does not know, so a misspelled member does nothing. It stays in
    /// the file all the same.
    ///
    /// **Bad example.** `"templateName": "hello"` in an e-mail activity, where `TemplateName` is meant.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "nextActivity": "nudge"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Correct the spelling, or take the member away.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "nudge"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// Source: the API model's shape of the document.
    "unknown-member", Warning, "a member is not known to the API", Document
}

fn check(document: &Document, found: &mut Findings) {
    let unknown = |shape: &str| -> Vec<(Path, Option<&'static str>)> {
        let mismatches = shapes::find(shape).map(|shape| shapes::check(shape, document.root)).unwrap_or_default();
        let only = |one: shapes::Mismatch| match one.problem {
            Problem::Unknown { similar } => Some((one.path, similar)),
            _ => None,
        };
        mismatches.into_iter().filter_map(only).collect()
    };
    let Some(shape) = document.id.shape() else { return };
    let candidates = unknown(shape);
    if candidates.is_empty() {
        return;
    }
    let answers = response_shape(document.id).map(&unknown).unwrap_or_default();
    let answers: BTreeSet<Path> = answers.into_iter().map(|(path, _)| path).collect();
    for (at, similar) in candidates {
        if response_shape(document.id).is_some() && !answers.contains(&at) {
            continue;
        }
        let Some((model::Step::Key(name), parents)) = at.0.split_last() else { continue };
        let finding = found.report(at.clone(), format!("the API knows no member `{name}` here"));
        let parent = Path(parents.to_vec());
        match similar.filter(|similar| parent.join(*similar).find(document.root).is_none()) {
            Some(similar) => {
                let value = at.find(document.root).cloned().unwrap_or(Value::Null);
                let edit = Edit::new(format!("Rename to {similar}")).remove(document.id, at.clone()).set(
                    document.id,
                    parent.join(similar),
                    value,
                );
                finding.help(format!("is `{similar}` meant?")).fix(edit).safe();
            }
            None => {
                finding.help("correct its spelling, or take it away").remove(format!("Remove {name}"), at.clone());
            }
        }
    }
}

/// The shape in which the API answers what the document writes.
fn response_shape(id: &DocumentId) -> Option<&'static str> {
    Some(match id {
        DocumentId::Journey(_) => wire::JourneyResponse::SHAPE,
        DocumentId::Campaign(_) => wire::CampaignResponse::SHAPE,
        DocumentId::Segment(_) => wire::SegmentResponse::SHAPE,
        DocumentId::Template(TemplateKind::Email, _) => "EmailTemplateResponse",
        DocumentId::Template(TemplateKind::Sms, _) => "SMSTemplateResponse",
        DocumentId::Template(TemplateKind::Push, _) => "PushNotificationTemplateResponse",
        DocumentId::Template(TemplateKind::InApp, _) => "InAppTemplateResponse",
        DocumentId::Template(TemplateKind::Voice, _) => "VoiceTemplateResponse",
        DocumentId::Canvas(_) | DocumentId::Conflicts(_) | DocumentId::Source(..) | DocumentId::Partial(_) => {
            return None;
        }
    })
}
