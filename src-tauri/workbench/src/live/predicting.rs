//! What sample people do in the journey or campaign as it was published, to compare with what real people do.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use bridge::{Compared, Figure, FigureRow, Run};
use model::numbers::{grouped, percent};
use model::{DocumentId, Journey, Slot};
use serde_json::Value;
use simulation::prediction::{Predictions, band, compare, predictions};

use super::journey::label;
use super::{Desk, row, table};
use crate::campaign::Campaign;
use crate::campaign::expected::{Expected, Told};
use crate::crowd::Crowd;
use crate::simulate::{Cohort, Request, events_of_folder, invent};
use crate::{Inner, Workbench, lock, people};

/// Walks of a person that are made in all, and the least and most runs that they are shared out to.
const WALKS: usize = 2_000_000;
const RUNS: (usize, usize) = (5, 40);

/// What is predicted for a journey or campaign, and from what; the last one is kept. Counts do not wait for it.
pub(crate) struct Predicted {
    folder: Option<PathBuf>,
    id: DocumentId,
    /// The published document, as it is sent.
    document: Value,
    crowd: Option<Arc<Crowd>>,
    /// What came of it, once that is known.
    outcome: OnceLock<Made>,
}

/// Predictions; or why there are none.
type Made = Result<Foretold, String>;

/// Predictions, and what they are made of.
enum Foretold {
    /// Of a journey: by how many people, in how many runs.
    Journey(Predictions, u64, u64),
    /// Of a campaign: by how many messages.
    Campaign(Vec<Expected>, u64),
}

impl Predicted {
    /// Whether it is still being made.
    pub(super) fn is_open(&self) -> bool {
        self.outcome.get().is_none()
    }
}

impl Workbench {
    /// What is predicted for the journey or campaign as it was published, or will be; `None` = nothing, and nothing is to be made.
    pub(super) async fn predicted(&self, desk: &Desk, document: &Value, make: bool) -> Option<Arc<Predicted>> {
        let inner = self.inner.clone();
        let (project, id, folder) = (desk.project.clone(), desk.id.clone(), desk.folder.clone());
        let mut document = publishing::request_body(&id, document);
        // Whether it is paused changes nothing of what people do in it.
        if let Some(members) = document.as_object_mut() {
            members.shift_remove("State");
            members.shift_remove("IsPaused");
        }
        let done = tokio::task::spawn_blocking(move || {
            let crowd = folder.as_deref().map(|folder| inner.crowd(folder));
            let same = |kept: &Arc<Predicted>| {
                let of_same_people = match (&kept.crowd, &crowd) {
                    (Some(then), Some(now)) => Arc::ptr_eq(then, now),
                    (then, now) => then.is_none() && now.is_none(),
                };
                of_same_people && kept.folder == folder && kept.id == id && kept.document == document
            };
            let kept = lock(&inner.predicted).clone().filter(same);
            if kept.is_some() || !make {
                return kept;
            }
            let mut project = project;
            project.documents.insert(id.clone(), document.clone());
            let of = id.clone();
            let begun =
                Arc::new(Predicted { folder: folder.clone(), id: of, document, crowd, outcome: OnceLock::new() });
            *lock(&inner.predicted) = Some(begun.clone());
            let making = begun.clone();
            tokio::task::spawn_blocking(move || {
                let made = catch_unwind(AssertUnwindSafe(|| inner.predict(&project, &id, folder)));
                // Nobody else makes this one.
                let _ = making.outcome.set(made.unwrap_or_else(|_| Err("the simulation broke off".to_owned())));
            });
            Some(begun)
        });
        // What panicked is not there.
        done.await.ok().flatten()
    }
}

impl Inner {
    fn predict(&self, project: &model::Project, id: &DocumentId, folder: Option<PathBuf>) -> Made {
        let folder = folder.as_deref();
        let sample = folder.map(|folder| people::endpoints(folder).0).unwrap_or_default();
        let sample = if sample.is_empty() { invent(project) } else { sample };
        let events = folder.map(|folder| events_of_folder(folder).0).unwrap_or_default();
        let count = sample.len();
        let request = Request { unknown_segments_hold_all: folder.is_none(), ..Request::default() };
        if matches!(id, DocumentId::Campaign(_)) {
            let request = request.in_folder(folder).map_err(|failure| failure.message)?;
            let campaign = Campaign::new(project, id.name(), sample, events, &request);
            let (expected, messages) = campaign.map_err(|failure| failure.message)?.expected();
            return Ok(Foretold::Campaign(expected, messages));
        }
        let cohort = Cohort::new(project, id.name(), sample, events, &request).map_err(|failure| failure.message)?;
        let runs = (WALKS / count.max(1)).clamp(RUNS.0, RUNS.1);
        let made = cohort.runs(runs as u32, &|_| {});
        let journey = project.journey(id.name()).ok_or("the journey is not there")?;
        let entered = made.first().map_or(0, |run| run.entered);
        Ok(Foretold::Journey(predictions(&made, journey), entered, runs as u64))
    }
}

/// Predicted and actual shares, and the table of them.
pub(super) fn shares(predicted: &Predicted, journey: Journey<'_>, run: &Run) -> (Vec<Compared>, Option<Figure>) {
    let mut figure = table("predicted", "Predicted and actual", &["Connection", "Predicted", "Actual"], Vec::new());
    let (predictions, entered, runs) = match predicted.outcome.get() {
        Some(Ok(Foretold::Journey(predictions, entered, runs))) => (predictions, *entered, *runs),
        Some(Ok(Foretold::Campaign(..))) => return (Vec::new(), None),
        None => {
            figure.note = "The sample people are being run through the published journey …".to_owned();
            return (Vec::new(), Some(figure));
        }
        Some(Err(why)) => {
            figure.note = format!("Nothing is predicted: {why}.");
            return (Vec::new(), Some(figure));
        }
    };
    let compared = compare(predictions, run);
    let labels = labels(journey);
    for one in compared.iter().filter(|one| one.decided > 0) {
        let way = labels.get(&(one.from.as_str(), one.slot)).cloned().unwrap_or_default();
        figure.rows.push(line(one, &one.from, format!("{} · {way}", label(journey, &one.from))));
    }
    let off = compared.iter().filter(|one| one.is_off()).count();
    let undecided = compared.len() - figure.rows.len();
    let mut summary = match (compared.is_empty(), figure.rows.is_empty(), off) {
        (true, ..) => "No step of this journey decides anything for the sample people.".to_owned(),
        (_, true, _) => "No step has decided for anybody yet.".to_owned(),
        (.., 0) => "All as predicted.".to_owned(),
        (.., 1) => "⚠ One connection is not as predicted.".to_owned(),
        (.., off) => format!("⚠ {off} connections are not as predicted."),
    };
    if !figure.rows.is_empty() && undecided > 0 {
        summary += &format!(" {undecided} more wait for their first people.");
    }
    figure.note = format!(
        "{summary} Predicted by {} who entered in {runs} simulated runs; of a hundred shares that are as predicted, 99 lie in the range.",
        super::words::people(entered)
    );
    (compared, Some(figure))
}

/// A share as it was predicted and as it is; one that lies off is marked.
fn line(one: &Compared, activity: &str, words: String) -> FigureRow {
    let actual = format!("{} of {}", percent(one.actual()), grouped(one.decided));
    let actual = match one.is_off() {
        false => actual,
        true => format!("⚠ {actual}, too {}", if one.actual() < one.low { "few" } else { "many" }),
    };
    let predicted = format!("{} ({}–{})", percent(one.predicted), percent(one.low), percent(one.high));
    FigureRow { bad: one.is_off(), ..row(activity, [words, predicted, actual]) }
}

/// What really came of a share of a treatment: how many did it, of how many who might have.
pub(super) type Actual<'a> = &'a dyn Fn(usize, Told) -> (u64, u64);

/// Predicted and actual shares of a campaign's treatments.
pub(super) fn of_treatments(predicted: &Predicted, names: &[&str], actual: Actual<'_>) -> Figure {
    let mut figure = table("predicted", "Predicted and actual", &["Treatment", "Predicted", "Actual"], Vec::new());
    let (expected, messages) = match predicted.outcome.get() {
        Some(Ok(Foretold::Campaign(expected, messages))) => (expected, *messages),
        Some(Err(why)) => {
            figure.note = format!("Nothing is predicted: {why}.");
            return figure;
        }
        _ => {
            figure.note = "The published campaign is being simulated with the sample people …".to_owned();
            return figure;
        }
    };
    for one in expected {
        let place = usize::from(one.treatment);
        let (count, decided) = actual(place, one.told);
        let Some(name) = names.get(place).filter(|_| decided > 0) else { continue };
        let (low, high) = band(one.prediction, decided);
        let (from, slot) = ((*name).to_owned(), Slot::Next);
        let compared = Compared { from, slot, predicted: one.prediction.share, low, high, count, decided };
        let words = if one.told == Told::Delivered { "delivered" } else { "opened" };
        figure.rows.push(line(&compared, "", format!("{name} · {words}")));
    }
    let off = figure.rows.iter().filter(|row| row.bad).count();
    let summary = match (expected.is_empty(), figure.rows.is_empty(), off) {
        (true, ..) => "Nothing that a target tells is predicted for the sample people.".to_owned(),
        (_, true, _) => "No run has ended long enough ago.".to_owned(),
        (.., 0) => "All as predicted.".to_owned(),
        (.., 1) => "⚠ One share is not as predicted.".to_owned(),
        (.., off) => format!("⚠ {off} shares are not as predicted."),
    };
    figure.note = format!(
        "{summary} Predicted by {} messages to the sample people; of a hundred shares that are as predicted, 99 lie in the \
         range. Compared are the runs of the last 31 days that have ended; by what is opened, three days later.",
        grouped(messages)
    );
    figure
}

/// What stands on each way out; the one past a holdout has words of its own.
fn labels(journey: Journey<'_>) -> BTreeMap<(&str, Slot), String> {
    let mut labels = BTreeMap::new();
    for activity in journey.activities() {
        for connection in activity.connections() {
            let words = if connection.label.is_empty() { "goes on".to_owned() } else { connection.label };
            labels.insert((activity.id, connection.slot), words);
        }
    }
    labels
}
