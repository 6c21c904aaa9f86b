//! Layered layout, edge lanes, viewport, hit test, culling and the picture of a journey.
//!
//! - **takes**: an abstract [`Graph`] (sizes, connections in branch order, pins); only [`scene`] knows journeys.
//! - **gives**: a [`Layout`] (a [`Rect`] per node, a [`Route`] per edge, in the graph's order), answers about it
//!   ([`Index`], [`hit()`], [`visible_nodes`], [`visible_edges`], [`Viewport`]), pixels of it from afar ([`overview`]) and a
//!   stand-alone picture ([`picture::svg`]), what another version of the journey has otherwise ([`comparison`]); two sets as
//!   circles ([`venn()`]).
//! - **never**: reads or draws anything, fails, hangs or panics on a graph however malformed (cycles, self loops,
//!   parallel edges, indices out of range), or depends on hash order: the same input gives the same bytes.
//!
//! All lengths are canvas units: CSS pixels at zoom 1, x to the right, y down.

pub mod comparison;
pub mod dots;
mod geometry;
mod graph;
mod hit;
pub mod icon;
mod index;
mod layout;
pub mod overview;
pub mod picture;
mod route;
pub mod scene;
mod venn;
mod viewport;

pub use geometry::{Point, Rect};
pub use graph::{Edge, Graph, Node, Settings};
pub use hit::{Hit, hit, visible_edges, visible_nodes};
pub use index::Index;
pub use layout::{Layout, label_width, layout, layout_after};
pub use route::Route;
pub use venn::{Venn, venn};
pub use viewport::{Detail, Viewport};
