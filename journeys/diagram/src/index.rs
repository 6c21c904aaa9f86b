//! Where things lie, so that a part of a large layout is found without looking at the whole.
//!
//! A uniform grid of buckets over the layout's bounds. The same answers as the linear [`crate::hit()`],
//! [`crate::visible_nodes`] and [`crate::visible_edges`], in the graph's order.

use crate::geometry::{Point, Rect};
use crate::hit::{Hit, LABEL_REACH};
use crate::layout::Layout;

/// The least side of a bucket, canvas units: about two cards wide.
const SIDE: f64 = 512.0;
/// The most buckets across and down: a pin a million units away makes buckets larger, not more.
const MOST: f64 = 128.0;

/// The grid of one layout; made anew when the layout changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Index {
    corner: Point,
    side: (f64, f64),
    columns: usize,
    rows: usize,
    nodes: Buckets,
    edges: Buckets,
}

/// By bucket, row by row: what reaches into it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Buckets {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Buckets {
    fn collect(count: usize, pairs: &[(u32, u32)]) -> Buckets {
        let mut starts = vec![0; count + 1];
        for &(bucket, _) in pairs {
            starts[bucket as usize + 1] += 1;
        }
        for bucket in 0..count {
            starts[bucket + 1] += starts[bucket];
        }
        let mut next = starts.clone();
        let mut items = vec![0; pairs.len()];
        for &(bucket, item) in pairs {
            let at = &mut next[bucket as usize];
            items[*at as usize] = item;
            *at += 1;
        }
        Buckets { starts, items }
    }

    fn of(&self, bucket: usize) -> &[u32] {
        &self.items[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }
}

impl Index {
    /// The grid of `layout`.
    pub fn of(layout: &Layout) -> Index {
        let bounds = layout.bounds;
        let side = |length: f64| SIDE.max(length / MOST);
        let count = |length: f64, side: f64| (length / side).floor().clamp(0.0, MOST) as usize + 1;
        let side = (side(bounds.width), side(bounds.height));
        let mut index = Index {
            corner: Point::new(bounds.x, bounds.y),
            side,
            columns: count(bounds.width, side.0),
            rows: count(bounds.height, side.1),
            ..Index::default()
        };
        let buckets = index.columns * index.rows;
        let mut pairs = Vec::with_capacity(layout.nodes.len() * 2);
        for (node, area) in layout.nodes.iter().enumerate() {
            index.each_bucket(area, |bucket| pairs.push((bucket as u32, node as u32)));
        }
        index.nodes = Buckets::collect(buckets, &pairs);
        pairs.clear();
        for (edge, route) in layout.edges.iter().enumerate() {
            for (a, b) in route.pieces() {
                index.each_bucket(&Rect::between(a, b), |bucket| {
                    let pair = (bucket as u32, edge as u32);
                    // a line turns within a bucket more often than it comes back to it
                    if pairs.last() != Some(&pair) {
                        pairs.push(pair);
                    }
                });
            }
        }
        index.edges = Buckets::collect(buckets, &pairs);
        index
    }

    /// The nodes that show in `window`.
    pub fn nodes_in(&self, layout: &Layout, window: &Rect) -> Vec<usize> {
        self.gather(&self.nodes, window, |node| layout.nodes.get(node).is_some_and(|area| area.intersects(window)))
    }

    /// The edges of which a piece, the label or the "+" may show in `window`.
    pub fn edges_in(&self, layout: &Layout, window: &Rect) -> Vec<usize> {
        let window = window.inflate(LABEL_REACH);
        self.gather(&self.edges, &window, |edge| layout.edges.get(edge).is_some_and(|route| route.crosses(&window)))
    }

    /// What lies at `at`, as [`crate::hit()`] says it.
    pub fn hit(&self, layout: &Layout, at: Point, edge_tolerance: f64) -> Hit {
        let on = |node: &usize| layout.nodes.get(*node).is_some_and(|area| area.contains(at));
        let point = Rect::new(at.x, at.y, 0.0, 0.0);
        if let Some(node) = self.gather(&self.nodes, &point, |node| on(&node)).pop() {
            return Hit::Node(node);
        }
        self.gather(&self.edges, &point.inflate(edge_tolerance), |_| true)
            .into_iter()
            .filter_map(|edge| Some((edge, layout.edges.get(edge)?.distance_to(at))))
            .filter(|(_, distance)| *distance <= edge_tolerance)
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(Hit::Nothing, |(edge, _)| Hit::Edge(edge))
    }

    /// The buckets that `area` reaches into; what lies outside of the bounds counts to the buckets at the border.
    fn each_bucket(&self, area: &Rect, mut take: impl FnMut(usize)) {
        let place = |at: f64, from: f64, side: f64, count: usize| {
            // a cast of a float ends at the limits of the type, and of no number at 0
            (((at - from) / side) as usize).min(count.saturating_sub(1))
        };
        let columns = |x: f64| place(x, self.corner.x, self.side.0, self.columns);
        let rows = |y: f64| place(y, self.corner.y, self.side.1, self.rows);
        for row in rows(area.y)..=rows(area.bottom()) {
            for column in columns(area.x)..=columns(area.right()) {
                take(row * self.columns + column);
            }
        }
    }

    fn gather(&self, buckets: &Buckets, window: &Rect, keep: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut found = Vec::new();
        if self.columns > 0 {
            self.each_bucket(window, |bucket| found.extend(buckets.of(bucket).iter().map(|&item| item as usize)));
        }
        found.sort_unstable();
        found.dedup();
        found.retain(|&item| keep(item));
        found
    }
}
