//! People in flight: where those inside are, and what a changed journey has in the place of their steps.

use std::collections::BTreeMap;

use bridge::{Change, Figure, Run};
use model::numbers::grouped;
use model::{Journey, changes, references, variables};
use serde_json::Value;

use super::journey::label;
use super::words::people;
use super::{Desk, row, table};

/// For each step where somebody is: what is there in the window's version. `None` = the two say the same, or nobody was
/// ever inside of the published one.
///
/// A journey that was started can not be changed (journeys.md 8): its people stay in the version in which they are, until it
/// is stopped. The changed one is published under another name, and starts with nobody inside.
pub(super) fn figure(desk: &Desk, state: &str, published: &Value, all: &Run) -> Option<Figure> {
    if state == "DRAFT" {
        return None;
    }
    // As publishing would send it: with the variables of the target, and segments by the names of their files.
    let filled = variables::fill(&desk.project, desk.remote.name()).ok();
    let project = filled.as_ref().unwrap_or(&desk.project);
    let body = |document: &Value| {
        let mut body = publishing::request_body(&desk.id, document);
        references::segment_references(&desk.id, &mut body, &mut |reference| {
            if let Some((id, _)) = project.segment(reference) {
                *reference = id.name().to_owned();
            }
        });
        body
    };
    let (before, after) = (body(published), body(project.documents.get(&desk.id)?));
    let (before, after) = (Journey::of(&before)?, Journey::of(&after)?);
    let found = changes::changes(before, after);
    if found.is_empty() {
        return None;
    }
    let mut by_step = BTreeMap::new();
    for change in &found {
        // A step that was renamed is known to the published version by its former id.
        if let Some(id) = change.was.as_ref().or(change.id.as_ref()) {
            by_step.insert(id.as_str(), change);
        }
    }
    let (mut rows, mut gone) = (Vec::new(), 0);
    let lives = matches!(state, "ACTIVE" | "CLOSED" | "PAUSED");
    for of in all.activities.iter().filter(|of| lives && of.waiting > 0) {
        let words = match by_step.get(of.id.as_str()).map(|change| (change.what, change)) {
            None => "as it is".to_owned(),
            Some((Change::Removed, _)) => {
                gone += of.waiting;
                "⚠ gone".to_owned()
            }
            Some((Change::Renamed, change)) => format!("is called {}", change.id.clone().unwrap_or_default()),
            Some((_, change)) => format!("changed: {}", change.members.join(", ")),
        };
        let mut line = row(&of.id, [label(before, &of.id).to_owned(), grouped(of.waiting), words]);
        line.bad = by_step.get(of.id.as_str()).is_some_and(|change| change.what == Change::Removed);
        rows.push(line);
    }
    let inside: u64 = all.activities.iter().map(|of| of.waiting).sum();
    let new = found.iter().filter(|change| change.what == Change::Added).count();
    let mut notes = vec![match lives {
        true => format!(
            "The journey in the window differs from the one that runs. A journey that was started can not be changed: the {} \
             inside stay in the version that they entered.",
            people(inside)
        ),
        false => "The journey in the window differs from the one that ran, which can not be changed or started again."
            .to_owned(),
    }];
    notes.push(
        "To bring the changes out, copy the journey under another name and publish the copy: it starts with nobody inside."
            .to_owned(),
    );
    if gone > 0 {
        notes.push(format!("{} wait at steps that the changed journey does not have.", people(gone)));
    }
    if new > 0 {
        notes.push(format!("{} new.", if new == 1 { "One step is".to_owned() } else { format!("{new} steps are") }));
    }
    let mut figure =
        table("flight", "People in flight", &["Step where they are", "Here", "In the changed journey"], rows);
    figure.note = notes.join(" ");
    Some(figure)
}
