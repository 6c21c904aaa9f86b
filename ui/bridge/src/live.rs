//! Questions about what runs on a target: counts, states, figures. Answers are what is shown: sentences and tables.

use model::{DocumentId, Settings};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use simulation::Run;
pub use simulation::prediction::Compared;

/// A journey or campaign on a target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OnTarget {
    /// The project's settings, with its targets.
    pub settings: Settings,
    /// Its folder, where bindings to remote ids are kept.
    pub folder: Option<String>,
    /// Name of the target.
    pub target: String,
    /// The journey or campaign.
    pub id: DocumentId,
    /// It as it is in the window.
    pub document: Value,
}

/// A target whose outbox is looked into: another `waymark serve`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// The project's settings, with its targets.
    pub settings: Settings,
    /// Name of the target.
    pub target: String,
}

/// How a journey or campaign fares on a target.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Live {
    /// Which.
    pub of: OnTarget,
    /// The run whose counts are wanted; `None` = all.
    pub run: Option<String>,
    /// Whether sample people are run through what was published, to compare with; a later answer has what came of it. Once
    /// they were, they are compared in any case.
    pub predict: bool,
}

command!(Live, "live" => LiveView);

/// How a journey or campaign fares on a target.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LiveView {
    /// Its state, `ACTIVE`, `PAUSED`, …; empty = it was not published there.
    pub state: String,
    /// How it stands, in sentences; what to do, where it was not published.
    pub said: String,
    /// As of when the numbers are, "2026-11-30 09:10" in UTC; empty = the target does not say.
    pub at: String,
    /// After how many seconds to ask again.
    pub again: u32,
    /// Its counts, as those of a simulated run; `None` for a campaign, and where it was not published.
    pub run: Option<Run>,
    /// Activities at which something did not go out or go on, and how often.
    pub failed: Vec<(String, u64)>,
    /// Runs that can be asked for, the newest first: id, words.
    pub runs: Vec<(String, String)>,
    /// Predicted and actual shares by connection; empty = nothing was predicted.
    pub compared: Vec<Compared>,
    /// States that can be asked for.
    pub actions: Vec<LiveAction>,
    /// Tables about it.
    pub figures: Vec<Figure>,
}

/// A state that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LiveAction {
    /// The state: `ACTIVE`, `PAUSED`, `CANCELLED`.
    pub state: String,
    /// "Pause", "Resume", "Stop".
    pub words: String,
    /// Why it can not be asked for, now or ever; empty = it can.
    pub refused: String,
    /// What it means, with the numbers.
    pub tells: Vec<String>,
}

/// A table about something, with or without a plot of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Figure {
    /// By which it is known: `waiting`, `failures`, `predicted`, `flight`, `runs`, the name of a KPI.
    pub key: String,
    /// Its title.
    pub title: String,
    /// What is to be known about it; may be empty.
    pub note: String,
    /// Heads of the columns; the first is of words, the others of numbers.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<FigureRow>,
    /// The same as a picture, an `svg` element that names itself; empty = none.
    pub plot: String,
}

/// A row of a figure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FigureRow {
    /// The activity that it is about; empty = none.
    pub activity: String,
    /// A cell for each column.
    pub cells: Vec<String>,
    /// Whether it needs somebody's eye; a cell then says so.
    pub bad: bool,
}

/// Brings a journey or campaign on a target to another state.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SetState {
    /// Which.
    pub of: OnTarget,
    /// As in [`LiveAction::state`].
    pub state: String,
}

command!(SetState, "set-state" => ());

/// The KPIs of a target over a span of time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Figures {
    /// The journey or campaign.
    pub of: OnTarget,
    /// Whether those of the whole application are wanted instead.
    pub all: bool,
    /// First and last day, `2026-11-30`; empty = as the target chooses: the last 31 days.
    pub from: String,
    /// As above.
    pub to: String,
    /// A file to write them to, `.csv` or `.parquet`; empty = none.
    pub path: String,
}

command!(Figures, "figures" => Vec<Figure>);
