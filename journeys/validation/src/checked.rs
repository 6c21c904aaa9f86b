//! A journey or a campaign that may be published: the proof is the type.

use model::wire::ChannelType;
use model::{Diagnostic, DocumentId, Journey, Place, Project, TemplateKind, View, wire};

use crate::context::{Document, Facts, JourneyContext};
use crate::{Report, check_document, places, rules};

/// A journey without errors, in itself and in the segments and templates it uses. Only [`checked`] makes one.
#[derive(Clone, Debug)]
pub struct CheckedJourney<'a> {
    project: &'a Project,
    name: &'a str,
    journey: Journey<'a>,
    uses: Vec<&'a DocumentId>,
    warnings: Report,
}

impl<'a> CheckedJourney<'a> {
    /// The project it is part of.
    pub fn project(&self) -> &'a Project {
        self.project
    }

    /// The journey's file name.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The journey.
    pub fn journey(&self) -> Journey<'a> {
        self.journey
    }

    /// The segments and templates it uses; a segment comes after the segments that it is made of.
    pub fn uses(&self) -> &[&'a DocumentId] {
        &self.uses
    }

    /// What the checks recommend all the same.
    pub fn warnings(&self) -> &Report {
        &self.warnings
    }
}

/// A campaign without errors, in itself and in the segments and templates it uses. Only [`checked_campaign`] makes one.
#[derive(Clone, Debug)]
pub struct CheckedCampaign<'a> {
    name: &'a str,
    uses: Vec<&'a DocumentId>,
    channels: Vec<&'static [ChannelType]>,
    warnings: Report,
}

impl<'a> CheckedCampaign<'a> {
    /// The campaign's file name.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The segments and templates it uses; a segment comes after the segments that it is made of.
    pub fn uses(&self) -> &[&'a DocumentId] {
        &self.uses
    }

    /// What it sends by: for each of its messages the channels of which one must be enabled (campaigns.md 11, C020).
    pub fn channels(&self) -> &[&'static [ChannelType]] {
        &self.channels
    }

    /// What the checks recommend all the same.
    pub fn warnings(&self) -> &Report {
        &self.warnings
    }
}

/// The campaign of that file name, if neither it nor a segment or template that it uses has errors.
///
/// # Errors
/// With everything found in those documents; with `unknown-campaign` when there is no campaign of that name.
pub fn checked_campaign<'a>(project: &'a Project, name: &str, facts: Facts<'a>) -> Result<CheckedCampaign<'a>, Report> {
    let wanted = DocumentId::Campaign(name.to_owned());
    let Some((id, root)) = project.documents.get_key_value(&wanted) else {
        return Err(unknown("unknown-campaign", wanted, format!("there is no campaign `{name}`")));
    };
    let document = Document { project, id, root, facts };
    let uses = campaign_uses(document);
    let report = check_with(document, &uses);
    if !root.is_object() || report.errors().next().is_some() {
        return Err(report);
    }
    Ok(CheckedCampaign { name: id.name(), uses, channels: rules::channels_of(&document), warnings: report })
}

fn unknown(rule: &str, document: DocumentId, message: String) -> Report {
    let place = Place { document, path: model::Path::default() };
    Report { diagnostics: vec![Diagnostic::error(rule, place, message)] }
}

/// Checks a document and what it uses.
fn check_with<'a>(document: Document<'a>, uses: &[&'a DocumentId]) -> Report {
    let Document { project, facts, .. } = document;
    let mut report = Report { diagnostics: check_document(document) };
    for id in uses {
        if let Some(root) = project.documents.get(id) {
            report.diagnostics.extend(check_document(Document { project, id, root, facts }));
        }
    }
    // The order of documents in the project, as in a report about all of it.
    report.diagnostics.sort_by(|a, b| a.place.document.cmp(&b.place.document));
    report
}

/// The journey of that file name, if neither it nor a segment or template that it uses has errors.
///
/// # Errors
/// With everything found in those documents; with `unknown-journey` when there is no journey of that name.
pub fn checked<'a>(project: &'a Project, name: &str) -> Result<CheckedJourney<'a>, Report> {
    checked_with(project, name, Facts::default())
}

/// As [`checked`], with what is known beside the project.
///
/// # Errors
/// As [`checked`].
pub fn checked_with<'a>(project: &'a Project, name: &str, facts: Facts<'a>) -> Result<CheckedJourney<'a>, Report> {
    let wanted = DocumentId::Journey(name.to_owned());
    let Some((id, root)) = project.documents.get_key_value(&wanted) else {
        return Err(unknown("unknown-journey", wanted, format!("there is no journey `{name}`")));
    };
    let document = Document { project, id, root, facts };
    let uses = uses(document);
    let report = check_with(document, &uses);
    match Journey::of(root) {
        Some(journey) if report.errors().next().is_none() => {
            Ok(CheckedJourney { project, name: id.name(), journey, uses, warnings: report })
        }
        _ => Err(report),
    }
}

/// What publishing a journey or campaign looks at: it and the segments and templates it uses. Empty when there is none of
/// that id.
pub fn published_with<'a>(project: &'a Project, id: &DocumentId) -> Vec<&'a DocumentId> {
    let Some((id, root)) = project.documents.get_key_value(id) else { return Vec::new() };
    let document = Document { project, id, root, facts: Facts::default() };
    let mut all = vec![id];
    all.extend(match id {
        DocumentId::Campaign(_) => campaign_uses(document),
        _ => uses(document),
    });
    all
}

/// The segments and templates that a journey names and that exist, each once, sources first.
fn uses(document: Document<'_>) -> Vec<&DocumentId> {
    let mut out = Vec::new();
    let Some(ctx) = JourneyContext::of(document) else { return out };
    let entry = places::entry_segment(ctx.journey);
    for (_, segment) in entry.into_iter().chain(places::segment_conditions(&ctx)) {
        add_segment(document.project, segment, &mut out);
    }
    for activity in &ctx.activities {
        let Some(name) = activity.template_name() else { continue };
        let kind = activity.kind().and_then(|kind| kind.template_kind());
        for kind in kind.map_or(TemplateKind::ALL.to_vec(), |kind| vec![kind]) {
            add_template(document.project, kind, name, &mut out);
        }
    }
    out
}

/// The segments and templates that a campaign and its treatments name and that exist, each once, sources first.
fn campaign_uses(document: Document<'_>) -> Vec<&DocumentId> {
    let mut out = Vec::new();
    if let Some(segment) = wire::WriteCampaignRequest::of(document.root).and_then(|campaign| campaign.segment_id()) {
        add_segment(document.project, segment, &mut out);
    }
    for treatment in places::treatments(&document) {
        for (_, kind, template) in places::treatment_templates(&treatment) {
            add_template(document.project, kind, template.name().unwrap_or_default(), &mut out);
        }
    }
    out
}

fn add_template<'a>(project: &'a Project, kind: TemplateKind, name: &str, out: &mut Vec<&'a DocumentId>) {
    let id = DocumentId::Template(kind, name.to_owned());
    if let Some((id, _)) = project.documents.get_key_value(&id)
        && !out.contains(&id)
    {
        out.push(id);
    }
}

/// Adds a segment after the segments that it is made of. A list instead of recursion: nothing that is typed can make it
/// too deep.
fn add_segment<'a>(project: &'a Project, reference: &str, out: &mut Vec<&'a DocumentId>) {
    let Some((id, wire)) = project.segment(reference) else { return };
    let mut seen = std::collections::BTreeSet::from([id]);
    let mut open = vec![(id, sources(project, wire))];
    while let Some((id, rest)) = open.last_mut() {
        let id = *id;
        match rest.pop() {
            Some((source, wire)) if seen.insert(source) => open.push((source, sources(project, wire))),
            Some(_) => {}
            None => {
                open.pop();
                if !out.contains(&id) {
                    out.push(id);
                }
            }
        }
    }
}

fn sources<'a>(
    project: &'a Project,
    segment: wire::WriteSegmentRequest<'a>,
) -> Vec<(&'a DocumentId, wire::WriteSegmentRequest<'a>)> {
    let groups = segment.segment_groups().map(|list| list.groups()).unwrap_or_default();
    let references = groups.iter().flat_map(|group| group.source_segments()).filter(|source| source.has("Id"));
    references.filter_map(|source| project.segment(source.id()?)).collect()
}
