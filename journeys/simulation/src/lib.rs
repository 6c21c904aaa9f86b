//! A virtual clock over the engine: one person, a cohort.

pub mod run;

pub use run::{ActivityCounts, ConnectionCount, Outcome, PersonSummary, Run, Story, StoryStep};
