//! A virtual clock over the engine: one person, a cohort.
//!
//! Takes a compiled journey, people, and either a response model or recorded events; gives counts, and the story of any
//! person. Each participant is walked from entry to exit on their own: there is no queue of everybody's events, so memory
//! does not grow with the cohort and chunks of people can run on any number of threads. What participants share, the
//! journey's rate, is settled before. Never reads a clock or draws a
//! number that is not a hash of (seed, participant, activity, entry): the same input gives the same bytes.
//!
//! - [`simulate`]: the whole run at once. [`Simulation`]: in chunks of rows, to be merged in any order.
//! - [`Simulation::story`]: what happened to one person, and why; walked again, so that no run has to keep it.
//! - [`simulate_campaign`]: a campaign over all its runs. [`simulate_together`]: all journeys and campaigns of a project,
//!   with the caps that they share.
//! - [`forecast()`]: what comes of a campaign's treatments, and whether they can be told apart.
//! - [`Simulation::at`]: where one person is at an instant, and what they have received by then.
//! - [`Simulation::what_if`]: one person who does something else. [`Simulation::present`]: who is at an activity then.
//! - [`Simulation::differing`]: who gets something else from another version of the journey.
//! - [`Simulation::messages`]: who gets what when. [`Simulation::series`]: counts by hour. [`Bands`]: of many runs.
//! - [`live`]: the counts of a journey that really runs. [`prediction`]: how far they may lie from those of many runs.
//! - [`expectations`] and [`promises`]: tests of a journey; [`generation`]: a person for each of its [`paths`];
//!   [`crowd`]: believable people for all of a project.
//! - [`ResponseModel`]: how people respond; [`calibrate()`] learns it. [`events::parse`]: what they did, recorded;
//!   [`Simulation::records`] writes down what a run did.

pub mod calibrate;
mod campaign;
mod chance;
mod comparison;
pub mod crowd;
mod elsewhere;
pub mod events;
pub mod expectations;
mod forecast;
pub mod generation;
mod instant;
pub mod live;
mod messages;
mod moment;
pub mod monte_carlo;
mod pacing;
mod participants;
pub mod paths;
pub mod prediction;
mod presence;
pub mod promises;
mod recording;
pub mod response;
pub mod run;
pub mod series;
mod simulation;
mod sink;
mod story;
mod tally;
mod together;
mod treatments;
mod trial;
mod walk;
mod what_if;

pub use calibrate::{Calibration, CalibrationReport, calibrate};
pub use campaign::{
    CampaignInputs, CampaignMessage, CampaignRun, CampaignSettings, CampaignStep, HookModel, RunCounts,
    TreatmentCounts, campaign_story, message_of, simulate_campaign,
};
pub use events::{Event, EventProblem};
pub use forecast::{Comparison, Drawn, Forecast, Measure, Sent, TreatmentForecast, draw_outcomes, forecast};
pub use instant::{PersonAt, ReceivedMessage, Whereabouts};
pub use messages::{Message, MessageRow};
pub use monte_carlo::{Band, Bands};
pub use response::ResponseModel;
pub use run::{ActivityCounts, ConnectionCount, Note, Outcome, PersonSummary, Run, Story, StoryStep};
pub use series::{Rates, Series, SeriesPart};
pub use simulation::{Inputs, Settings, Simulation, simulate};
pub use tally::Partial;
pub use together::{Posted, PostedStatus, Sender, SenderCounts, Together, simulate_together};
pub use treatments::{difference_told, people_needed};
pub use what_if::Deed;
