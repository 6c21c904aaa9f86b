//! Plan and apply: brings a project's journeys and campaigns to a target that speaks the Pinpoint API, through aws-sdk-pinpoint;
//! and back: [`pull`] reads everything of an application, [`live_journey`] and [`live_campaign`] what runs there.
//!
//! Takes checked journeys and campaigns (one with errors has no such value), the project's bindings of names to remote ids, and a
//! target; gives a [`Plan`] of exact creates and updates, and carries it out. Never touches the disk: whoever applies keeps
//! the bindings ([`Observer::bound`]). Never converts: what is sent is the document's own JSON (`exact`), with only what
//! a response alone has taken out and names of segments turned into remote ids (`resource`).
//!
//! Applying is safe to repeat. Before anything is created the target is searched for it: by the bound id, by the id that a
//! dump carries, then by name; so a publication that was interrupted anywhere goes on where it stopped.

mod apply;
mod bindings;
mod campaign;
mod difference;
mod error;
mod exact;
mod live;
mod people;
mod plan;
mod pull;
mod remote;

pub use apply::{Observer, apply};
pub use bindings::{Bindings, TargetBindings};
pub use difference::Difference;
pub use error::PublishError;
pub use live::{Found, LiveCampaign, LiveJourney, find, live_campaign, live_journey};
pub use model::request::body as request_body;
pub use people::{endpoint_item, load_people};
pub use plan::{Checked, Drift, Obstacle, Plan, Step, application, plan};
pub use pull::{Exported, Pulled, export_endpoints, pull};
pub use remote::{KpiOf, Remote, RemoteJourney};
