//! Layered top-down layout (Sugiyama): parts, ranks, order, columns, lanes, then pins.
//!
//! What it promises, for any graph: nodes do not overlap (unless pinned onto each other); without pins no line runs
//! through a node; ranks depend only on what lies above, so an inserted node leaves the ranks above it at their heights. To
//! the sides they stay if the earlier layout is given ([`layout_after`]): without it sources stand in the middle of their
//! branches, which may need more room than before.

mod around;
mod columns;
mod grid;
mod hold;
mod lanes;
mod order;
mod part;
mod pins;
mod ranks;
mod sheet;
mod standing;

use petgraph::unionfind::UnionFind;
use serde::{Deserialize, Serialize};

use crate::geometry::{Point, Rect};
use crate::graph::{Graph, Settings};
use crate::route::Route;
use part::Part;
use standing::Standing;

pub use part::label_width;

/// Where everything is: nodes and edges in the graph's order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// One box a node.
    pub nodes: Vec<Rect>,
    /// One line an edge.
    pub edges: Vec<Route>,
    /// Around all boxes, lines and labels; empty for an empty graph.
    pub bounds: Rect,
    /// Whether nodes stand elsewhere than [`layout`] would put them, as an earlier layout is kept.
    #[serde(default)]
    pub held: bool,
    /// By part: what the layout of a changed graph keeps.
    #[serde(skip)]
    pub(crate) standing: Vec<Standing>,
}

impl Layout {
    /// Whether it can be one of `graph`: a box for each node, a line for each edge.
    pub fn fits(&self, graph: &Graph) -> bool {
        self.nodes.len() == graph.nodes.len() && self.edges.len() == graph.edges.len()
    }
}

/// Places the nodes and routes the edges of `graph`.
///
/// The middle of the root's top side is (0, 0), or would be if it were not pinned. Parts that the root is not
/// connected with stand to the right of its part. A pinned node stands where it is pinned; unpinned nodes make room
/// for it, and the lines of both take the shortest simple way that touches no node, else a way around. A line crosses a node
/// only where that can not be: where nodes are pinned on or against each other so that one covers the place that the line
/// leaves from or comes to, or where more than the 80 nearest nodes are in its way.
///
/// Equal graphs get equal layouts.
pub fn layout(graph: &Graph, settings: &Settings) -> Layout {
    layout_after(graph, settings, &Layout::default())
}

/// Like [`layout`], but keeps of an `earlier` layout, made with the same settings, what stands above the first change.
///
/// Nodes are the same if they have the same id and size. From the root's top down, ranks stay exactly as they stood (nodes,
/// lines, labels) as long as the same nodes stand on them and the same lines lead to the same nodes; all of the rank below
/// which something changed stays too. Below, nodes move along with what they hang on, and apart where that takes room.
/// What is pinned in either graph, parts other than the root's, and lines around a side may move.
pub fn layout_after(graph: &Graph, settings: &Settings, earlier: &Layout) -> Layout {
    let settings = &Settings {
        rank_gap: length(settings.rank_gap),
        node_gap: length(settings.node_gap),
        lane_gap: length(settings.lane_gap),
    };
    let (parts, members) = parts(graph);
    let mut nodes = vec![Rect::default(); graph.nodes.len()];
    let mut edges = vec![Route::default(); graph.edges.len()];
    let mut standing = Vec::with_capacity(parts.len());
    let mut held = false;
    let mut shelf = Shelf::new(settings);
    for (part, members) in parts.iter().zip(&members) {
        let placed = part::place(part, settings, &earlier.standing);
        let (dx, dy) = shelf.put(bounds(&placed.nodes, &placed.edges, |edge| part.labels[edge]));
        standing.push(placed.standing);
        held |= placed.held;
        for (&node, area) in members.nodes.iter().zip(placed.nodes) {
            nodes[node] = Rect { x: area.x + dx, y: area.y + dy, ..area };
        }
        for (&edge, mut route) in members.edges.iter().zip(placed.edges) {
            let spots = [&mut route.label_at, &mut route.insert_at];
            for point in route.points.iter_mut().chain(spots) {
                *point = Point::new(point.x + dx, point.y + dy);
            }
            edges[edge] = route;
        }
    }
    if graph.nodes.iter().any(|node| node.pinned.is_some()) {
        pins::apply(graph, settings, &mut nodes, &mut edges);
    }
    let bounds = bounds(&nodes, &edges, |edge| &graph.edges[edge].label);
    Layout { nodes, edges, bounds, held, standing }
}

/// The graph's own indices of a part's nodes and edges.
#[derive(Default)]
struct Members {
    nodes: Vec<usize>,
    edges: Vec<usize>,
}

/// The connected parts: the root's first, then by first node. Edges that name a missing node belong to none.
fn parts(graph: &Graph) -> (Vec<Part<'_>>, Vec<Members>) {
    let count = graph.nodes.len();
    let known = |edge: &crate::graph::Edge| edge.from < count && edge.to < count;
    let mut joined = UnionFind::<usize>::new(count);
    for edge in graph.edges.iter().filter(|edge| known(edge)) {
        joined.union(edge.from, edge.to);
    }
    let root = graph.root.filter(|&root| root < count);
    let mut number: Vec<Option<usize>> = vec![None; count];
    let mut parts: Vec<Part> = Vec::new();
    let mut members: Vec<Members> = Vec::new();
    let mut own = vec![0; count];
    for node in root.into_iter().chain(0..count) {
        let head = joined.find(node);
        if number[head].is_none() {
            number[head] = Some(parts.len());
            parts.push(Part::default());
            members.push(Members::default());
        }
    }
    for (node, own) in own.iter_mut().enumerate() {
        let Some(index) = number[joined.find(node)] else { continue };
        *own = members[index].nodes.len();
        members[index].nodes.push(node);
        parts[index].ids.push(&graph.nodes[node].id);
        parts[index].sizes.push((length(graph.nodes[node].width), length(graph.nodes[node].height)));
        if root == Some(node) {
            parts[index].root = Some(*own);
        }
    }
    for (index, edge) in graph.edges.iter().enumerate().filter(|(_, edge)| known(edge)) {
        let Some(part) = number[joined.find(edge.from)] else { continue };
        members[part].edges.push(index);
        parts[part].edges.push((own[edge.from], own[edge.to]));
        parts[part].labels.push(&edge.label);
    }
    (parts, members)
}

/// A length that can be reckoned with.
fn length(value: f64) -> f64 {
    if value.is_finite() { value.max(0.0) } else { 0.0 }
}

/// Puts one part beside the other: the first stays, the others stand in columns to its right, about as tall.
struct Shelf {
    gap: f64,
    tallest: f64,
    column: Option<Rect>,
    right: f64,
}

impl Shelf {
    fn new(settings: &Settings) -> Self {
        Self { gap: 2.0 * settings.node_gap.max(1.0), tallest: 0.0, column: None, right: 0.0 }
    }

    /// How far the part with these bounds moves.
    fn put(&mut self, bounds: Rect) -> (f64, f64) {
        const LEAST_TALL: f64 = 600.0;
        if self.tallest == 0.0 {
            self.tallest = bounds.bottom().max(LEAST_TALL);
            self.right = bounds.right();
            return (0.0, 0.0);
        }
        let (x, y) = match self.column {
            Some(column) if column.bottom() + self.gap + bounds.height <= self.tallest => {
                (column.x, column.bottom() + self.gap)
            }
            _ => (self.right + self.gap, 0.0),
        };
        let placed = Rect::new(x, y, bounds.width, bounds.height);
        self.right = self.right.max(placed.right());
        self.column = Some(placed);
        (x - bounds.x, y - bounds.y)
    }
}

fn bounds<'a>(nodes: &[Rect], edges: &[Route], label: impl Fn(usize) -> &'a str) -> Rect {
    let lines = edges.iter().enumerate().filter_map(|(edge, route)| {
        let width = label_width(label(edge));
        let at = route.label_at;
        let label = Rect::new(at.x - width / 2.0, at.y, width, 0.0);
        Some(route.bounds()?.union(&label))
    });
    nodes.iter().copied().chain(lines).reduce(|all, one| all.union(&one)).unwrap_or_default()
}
