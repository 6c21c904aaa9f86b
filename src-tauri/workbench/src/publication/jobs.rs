//! Publications of the window: begun, followed, looked up, taken back.

use std::path::{Path, PathBuf};

use bridge::{BackView, ListPublications, PlanBack, ProgressView, PublicationLine, RollBack, TargetOf};
use model::Project;

use super::{Publication, Terms};
use crate::failure::Outcome;
use crate::history::{self, Entry};
use crate::{Workbench, lock};

/// Publications that are listed.
const LISTED: usize = 100;

/// What is carried out.
enum Work {
    Apply,
    /// Back to the publication of that number.
    Back(u32),
}

impl Workbench {
    pub(crate) async fn apply(&self, command: bridge::Apply) -> u64 {
        let mut publication = publication(command.plan);
        publication.terms = Terms { message: command.message.trim().to_owned(), over_drift: command.over_drift };
        self.begin(publication, Work::Apply).await
    }

    pub(crate) async fn roll_back(&self, command: RollBack) -> u64 {
        let mut publication = of_target(&command.of);
        publication.terms.message = command.message.trim().to_owned();
        self.begin(publication, Work::Back(command.number)).await
    }

    /// What going back would do.
    ///
    /// # Errors
    /// As [`Publication::former`].
    pub(crate) async fn plan_back(&self, command: PlanBack) -> Outcome<BackView> {
        let local = self.local_address(&command.of.target).await;
        let (_, plan, entry) = of_target(&command.of).former(command.number, local.as_deref()).await?;
        Ok(BackView { to: line(entry), plan })
    }

    async fn begin(&self, publication: Publication, work: Work) -> u64 {
        let local = self.local_address(&publication.target).await;
        let job = {
            let mut jobs = lock(&self.inner.jobs);
            jobs.push(ProgressView::default());
            jobs.len() - 1
        };
        let inner = self.inner.clone();
        tokio::spawn(async move {
            let mut tell = |sentence: String, _: usize, total: usize| {
                let progress = &mut lock(&inner.jobs)[job];
                progress.done.push(sentence);
                progress.total = total as u64;
            };
            let outcome = match work {
                Work::Apply => publication.apply(local.as_deref(), &mut tell).await.map(drop),
                Work::Back(number) => publication.roll_back(Some(number), local.as_deref(), &mut tell).await.map(drop),
            };
            let progress = &mut lock(&inner.jobs)[job];
            progress.failure = outcome.err();
            progress.ended = true;
        });
        job as u64
    }
}

/// The publications to a target, the newest first.
///
/// # Errors
/// As [`history::entries`].
pub(crate) fn list(command: &ListPublications) -> Outcome<Vec<PublicationLine>> {
    let entries = history::entries(Path::new(&command.of.folder), &command.of.target)?;
    Ok(entries.into_iter().rev().take(LISTED).map(line).collect())
}

fn line(entry: Entry) -> PublicationLine {
    PublicationLine {
        number: entry.number,
        at: entry.at.get(..16).unwrap_or(&entry.at).replace('T', " "),
        by: entry.by,
        approved_by: entry.approved_by,
        message: entry.message,
        complete: entry.complete,
        steps: entry.steps,
    }
}

fn of_target(of: &TargetOf) -> Publication {
    let project = Project { settings: of.settings.clone(), ..Project::default() };
    Publication::of_target(&project, Some(&of.folder), &of.target)
}

/// What the window wants to publish.
pub(crate) fn publication(plan: bridge::Plan) -> Publication {
    let bridge::Plan { project, folder, journeys, target, activate } = plan;
    let folder = folder.map(PathBuf::from);
    Publication { project, folder, journeys, campaigns: false, target, activate, terms: Terms::default() }
}
