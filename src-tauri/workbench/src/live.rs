//! What runs on a target, as the window shows it: counts, states, what was predicted, figures.
//!
//! Asks the operations that every Pinpoint has; what it says of people is made of their answers by `simulation`.

mod campaign;
mod figures;
mod flight;
mod journey;
pub(crate) mod plot;
mod predicting;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bridge::{Figure, FigureRow, LiveView, OnTarget};
use model::{DocumentId, Project, references};
use publishing::{Found, Remote, TargetBindings};
use serde_json::Value;

pub(crate) use self::predicting::Predicted;
use crate::failure::{Outcome, bad_input, not_found};
use crate::publication::{bindings_of, target_failure, target_of};
use crate::{Workbench, key, lock};

/// After how many seconds the window asks a target on this computer again, and another. Amazon's numbers lag by up to two
/// hours (journeys.md 11), and each question is a request for each activity.
const AGAIN: (u32, u32) = (5, 30);

/// A target, and a project that was published to it.
struct Desk {
    remote: Remote,
    /// The project as it is on the disk, with the document that is asked about as it is in the window.
    project: Project,
    bindings: TargetBindings,
    id: DocumentId,
    folder: Option<PathBuf>,
}

impl Workbench {
    /// How a journey or campaign fares.
    pub(crate) async fn live(&self, command: bridge::Live) -> Outcome<LiveView> {
        let desk = self.desk(&command.of).await?;
        let again = if desk.remote.is_local() { AGAIN.0 } else { AGAIN.1 };
        let Some(found) = desk.find().await? else {
            return Ok(LiveView { said: words::not_there(&desk.id, &command.of.target), again, ..LiveView::default() });
        };
        let view = match &desk.id {
            DocumentId::Campaign(_) => campaign::view(self, &desk, &found, &command).await?,
            _ => journey::view(self, &desk, &found, &command).await?,
        };
        Ok(LiveView { again: if view.again > 0 { view.again } else { again }, ..view })
    }

    /// Brings a journey or campaign to another state.
    pub(crate) async fn set_state(&self, command: bridge::SetState) -> Outcome<()> {
        let desk = self.desk(&command.of).await?;
        let found = desk.there(&command.of).await?;
        let changed = match &desk.id {
            DocumentId::Campaign(_) => {
                let paused = match command.state.as_str() {
                    "ACTIVE" => false,
                    "PAUSED" => true,
                    other => {
                        return Err(bad_input(format!("no campaign can be brought to {other}"), "pause it instead"));
                    }
                };
                desk.remote.pause_campaign(&found.application, &found.id, paused).await
            }
            _ => desk.remote.set_journey_state(&found.application, &found.id, &command.state).await,
        };
        changed.map_err(target_failure)
    }

    /// The KPIs of a target, also into a file.
    pub(crate) async fn figures(&self, command: bridge::Figures) -> Outcome<Vec<Figure>> {
        let desk = self.desk(&command.of).await?;
        let found = desk.there(&command.of).await?;
        figures::read(&desk, &found, &command).await
    }

    async fn desk(&self, of: &OnTarget) -> Outcome<Desk> {
        let local = self.local_address(&of.target).await;
        let folder = of.folder.as_ref().map(PathBuf::from);
        let mut project = folder.as_deref().map(|folder| self.on_disk(folder)).unwrap_or_default();
        project.settings = of.settings.clone();
        project.documents.insert(of.id.clone(), of.document.clone());
        let target = target_of(&project.settings, &of.target, local.as_deref())?;
        let remote = Remote::connect(&of.target, &target).await.map_err(target_failure)?;
        let bindings = bindings_of(folder.as_deref())?.of(&of.target);
        Ok(Desk { remote, project, bindings, id: of.id.clone(), folder })
    }

    fn on_disk(&self, folder: &Path) -> Project {
        lock(&self.inner.folders).get(&key(folder)).map(|folder| folder.project.clone()).unwrap_or_default()
    }
}

impl Desk {
    async fn find(&self) -> Outcome<Option<Found>> {
        publishing::find(&self.remote, &self.project, &self.bindings, &self.id).await.map_err(target_failure)
    }

    /// The document that runs, with names of segments in the place of remote ids.
    fn named(&self, found: &Found) -> Value {
        let names: BTreeMap<&str, &str> =
            self.bindings.segments.iter().map(|(name, id)| (id.as_str(), name.as_str())).collect();
        let mut document = found.document.clone();
        references::segment_references(&self.id, &mut document, &mut |reference| {
            if let Some(name) = names.get(reference.as_str()) {
                *reference = (*name).to_owned();
            }
        });
        document
    }

    async fn there(&self, of: &OnTarget) -> Outcome<Found> {
        let found = self.find().await?;
        found.ok_or_else(|| not_found(format!("{} is not on `{}`", of.id, of.target), "publish it there first"))
    }
}

/// A row about an activity.
pub(crate) fn row(activity: &str, cells: impl IntoIterator<Item = String>) -> FigureRow {
    FigureRow { activity: activity.to_owned(), cells: cells.into_iter().collect(), bad: false }
}

/// A figure without a plot.
pub(crate) fn table(key: &str, title: &str, head: &[&str], rows: Vec<FigureRow>) -> Figure {
    let head = head.iter().map(|head| (*head).to_owned()).collect();
    Figure { key: key.to_owned(), title: title.to_owned(), head, rows, ..Figure::default() }
}
