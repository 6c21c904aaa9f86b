//! What is laid out: nodes with sizes and pins, edges in branch order.

use crate::geometry::Point;

/// One box to place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// The owner's name for it: by it [`crate::layout_after`] knows it again.
    pub id: String,
    /// Canvas units.
    pub width: f64,
    /// Canvas units.
    pub height: f64,
    /// A fixed top-left corner, where the user put the node; `None` = placed by the layout.
    pub pinned: Option<Point>,
}

/// One connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    /// Index of the source in [`Graph::nodes`].
    pub from: usize,
    /// Index of the target in [`Graph::nodes`].
    pub to: usize,
    /// The branch's name, or empty; its length decides how much room it gets.
    pub label: String,
}

/// Nodes and edges by index. Edges of one source stand in branch order and are drawn left to right.
///
/// An edge with an index out of range is not drawn: its [`crate::Route`] has no points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// In the owner's order; the layout keeps it.
    pub nodes: Vec<Node>,
    /// In the owner's order; the layout keeps it.
    pub edges: Vec<Edge>,
    /// The entry: drawn at the top, with the middle of its top side at (0, 0) unless pinned.
    pub root: Option<usize>,
}

/// Distances, canvas units. A value below zero or not finite counts as zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Least distance from the bottom of one rank to the top of the next.
    pub rank_gap: f64,
    /// Least distance between two nodes of one rank.
    pub node_gap: f64,
    /// Distance between two parallel lines; less where many share the room between two ranks.
    pub lane_gap: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { rank_gap: 112.0, node_gap: 40.0, lane_gap: 14.0 }
    }
}
