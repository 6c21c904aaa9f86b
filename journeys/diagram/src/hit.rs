//! What lies under a point, and what lies in the window.
//!
//! Linear scans, for a question or two: 10,000 boxes take some 20 µs. [`crate::Index`] answers many questions.

use crate::geometry::{Point, Rect};
use crate::layout::Layout;

/// What was hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// The node of this index.
    Node(usize),
    /// The edge of this index.
    Edge(usize),
    /// The empty canvas.
    Nothing,
}

/// What lies at `at`: nodes win over edges, the last of several nodes wins, the nearest edge wins.
///
/// An edge is hit within `edge_tolerance` canvas units of its line.
pub fn hit(layout: &Layout, at: Point, edge_tolerance: f64) -> Hit {
    if let Some(node) = layout.nodes.iter().rposition(|node| node.contains(at)) {
        return Hit::Node(node);
    }
    layout
        .edges
        .iter()
        .map(|route| route.distance_to(at))
        .enumerate()
        .filter(|(_, distance)| *distance <= edge_tolerance)
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map_or(Hit::Nothing, |(edge, _)| Hit::Edge(edge))
}

/// The nodes that show in `window`, in the graph's order.
pub fn visible_nodes(layout: &Layout, window: &Rect) -> Vec<usize> {
    indices(&layout.nodes, |node| node.intersects(window))
}

/// The edges of which a piece, the label or the "+" may show in `window`, in the graph's order.
pub fn visible_edges(layout: &Layout, window: &Rect) -> Vec<usize> {
    // a label or a "+" reaches beyond its line
    let window = window.inflate(LABEL_REACH);
    indices(&layout.edges, |route| route.crosses(&window))
}

/// Half of the widest label that is given room, canvas units.
pub(crate) const LABEL_REACH: f64 = 80.0;

fn indices<T>(all: &[T], keep: impl Fn(&T) -> bool) -> Vec<usize> {
    all.iter().enumerate().filter(|(_, one)| keep(one)).map(|(index, _)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::Route;

    fn sample() -> Layout {
        let line = |points: &[(f64, f64)]| Route {
            points: points.iter().map(|&(x, y)| Point::new(x, y)).collect(),
            ..Route::default()
        };
        Layout {
            nodes: vec![
                Rect::new(0.0, 0.0, 100.0, 50.0),
                Rect::new(0.0, 150.0, 100.0, 50.0),
                Rect::new(80.0, 0.0, 100.0, 50.0),
            ],
            edges: vec![line(&[(50.0, 50.0), (50.0, 150.0)]), line(&[(58.0, 50.0), (58.0, 150.0)]), line(&[])],
            bounds: Rect::new(0.0, 0.0, 180.0, 200.0),
            ..Layout::default()
        }
    }

    #[test]
    fn hit_table() {
        let layout = sample();
        let cases = [
            ((10.0, 10.0), Hit::Node(0)),
            ((90.0, 10.0), Hit::Node(2)),
            ((50.0, 50.0), Hit::Node(0)),
            ((50.0, 100.0), Hit::Edge(0)),
            ((55.0, 100.0), Hit::Edge(1)),
            ((40.0, 100.0), Hit::Edge(0)),
            ((39.0, 100.0), Hit::Nothing),
            ((500.0, 100.0), Hit::Nothing),
        ];
        for ((x, y), expected) in cases {
            assert_eq!(hit(&layout, Point::new(x, y), 10.0), expected, "at {x}, {y}");
        }
    }

    #[test]
    fn culling() {
        let layout = sample();
        assert_eq!(visible_nodes(&layout, &Rect::new(-10.0, -10.0, 20.0, 20.0)), [0]);
        assert_eq!(visible_nodes(&layout, &Rect::new(0.0, 60.0, 200.0, 50.0)), [0; 0]);
        assert_eq!(visible_edges(&layout, &Rect::new(0.0, 60.0, 200.0, 50.0)), [0, 1]);
        assert_eq!(visible_edges(&layout, &Rect::new(300.0, 60.0, 200.0, 50.0)), [0; 0]);
    }
}
