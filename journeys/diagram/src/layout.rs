//! Layered top-down layout.

use serde::{Deserialize, Serialize};

use crate::geometry::{Point, Rect};
use crate::graph::{Graph, Settings};
use crate::route::Route;

/// Where everything is: nodes and edges in the graph's order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// One box a node.
    pub nodes: Vec<Rect>,
    /// One line an edge.
    pub edges: Vec<Route>,
    /// Around all boxes and lines; empty for an empty graph.
    pub bounds: Rect,
}

/// Places the nodes and routes the edges of `graph`.
pub fn layout(graph: &Graph, settings: &Settings) -> Layout {
    let mut y = 0.0;
    let nodes: Vec<Rect> = graph
        .nodes
        .iter()
        .map(|node| {
            let at = node.pinned.unwrap_or(Point::new(-node.width / 2.0, y));
            y += node.height + settings.rank_gap;
            Rect::new(at.x, at.y, node.width, node.height)
        })
        .collect();
    let edges = graph
        .edges
        .iter()
        .map(|edge| match (nodes.get(edge.from), nodes.get(edge.to)) {
            (Some(from), Some(to)) => {
                let a = Point::new(from.center().x, from.bottom());
                let b = Point::new(to.center().x, to.y);
                let middle = (a.y + b.y) / 2.0;
                let points = vec![a, Point::new(a.x, middle), Point::new(b.x, middle), b];
                Route {
                    points,
                    label_at: Point::new(b.x, middle),
                    insert_at: Point::new(b.x, middle + 24.0),
                }
            }
            _ => Route::default(),
        })
        .collect();
    let bounds = nodes
        .iter()
        .copied()
        .reduce(|all, one| all.union(&one))
        .unwrap_or_default();
    Layout {
        nodes,
        edges,
        bounds,
    }
}
