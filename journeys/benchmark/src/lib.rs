//! What the benches and `waymark bench` measure with: people, journeys and templates of the published comparisons.
//!
//! Takes numbers, gives texts and documents; the same everywhere, and no file is needed. Never measures.
//!
//! - [`people`]: endpoints and their segment, as the generator of the comparison writes them.
//! - [`twelve`]: the journey of twelve activities that a cohort walks, and how people respond.
//! - [`forty`]: a project with a journey of forty activities, or of as many rounds of its four as wanted.
//! - [`layered`]: a project with a journey of any number of activities, side by side.
//! - [`texts`]: a short, a medium and a long template.

pub mod forty;
pub mod layered;
pub mod people;
pub mod texts;
pub mod twelve;
