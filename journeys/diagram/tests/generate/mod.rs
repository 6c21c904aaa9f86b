//! Journey-like graphs from a seed: chains that split into two to four branches and sometimes rejoin.
//!
//! The same graphs as those the other layout engines were measured on (benchmarks.md job 7), with cards of 160 by 56.

#![allow(dead_code, reason = "each test and bench uses its own part")]

use diagram::{Edge, Graph, Node, Point, Rect};

/// A small deterministic generator (mulberry32): 0 up to, not including, 1.
pub struct Random(u32);

impl Random {
    pub fn new(seed: u32) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x6D2B_79F5);
        let s = self.0;
        let mut t = (s ^ (s >> 15)).wrapping_mul(1 | s);
        t = t.wrapping_add((t ^ (t >> 7)).wrapping_mul(61 | t)) ^ t;
        f64::from(t ^ (t >> 14)) / 4_294_967_296.0
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.next() * count as f64).floor() as usize
    }
}

/// A graph of cards of equal size; the first node is the root.
pub fn graph(count: usize, edges: &[(usize, usize)]) -> Graph {
    Graph {
        nodes: (0..count)
            .map(|index| Node { id: format!("n{index}"), width: 160.0, height: 56.0, pinned: None })
            .collect(),
        edges: edges.iter().map(|&(from, to)| Edge { from, to, label: String::new() }).collect(),
        root: (count > 0).then_some(0),
    }
}

/// A journey of `count` activities.
pub fn journey(count: usize, seed: u32) -> Graph {
    let mut random = Random::new(seed);
    let mut edges = Vec::new();
    let mut open = vec![0];
    let mut id = 1;
    while id < count {
        let k = random.below(open.len());
        let at = open[k];
        let x = random.next();
        if x < 0.45 || open.len() > 40 && x < 0.6 {
            edges.push((at, id));
            open[k] = id;
            id += 1;
        } else if x < 0.62 && open.len() < 60 {
            let branches = (2 + random.below(3)).min(count - id);
            open.remove(k);
            for _ in 0..branches {
                edges.push((at, id));
                open.push(id);
                id += 1;
            }
        } else if open.len() > 1 {
            let m = (k + 1) % open.len();
            edges.extend([(at, id), (open[m], id)]);
            let other = open[m];
            open.retain(|&node| node != at && node != other);
            open.push(id);
            id += 1;
        } else {
            edges.push((at, id));
            open[k] = id;
            id += 1;
        }
    }
    graph(count, &edges)
}

/// Any graph at all: cycles, self loops, parallel edges, lone nodes, sizes of all kinds.
pub fn anything(seed: u32) -> Graph {
    let mut random = Random::new(seed);
    let count = random.below(24);
    let edges = if count == 0 { 0 } else { random.below(count * 2 + 3) };
    let words = ["", "Yes", "No", "Opened within 3 days", "Everybody else who came in since last spring"];
    let nodes: Vec<Node> = (0..count)
        .map(|index| Node {
            id: format!("n{index}"),
            width: (random.next() * 300.0).round(),
            height: (random.next() * 120.0).round(),
            pinned: None,
        })
        .collect();
    let edges = (0..edges)
        .map(|_| {
            let (from, to) = (random.below(count), random.below(count));
            // mostly forward, as journeys are
            let (from, to) = if random.next() < 0.8 { (from.min(to), from.max(to)) } else { (from, to) };
            Edge { from, to, label: words[random.below(words.len())].to_owned() }
        })
        .collect();
    let root = (count > 0 && random.next() < 0.8).then_some(0);
    Graph { nodes, edges, root }
}

/// Crossings of the straight lines between the middles of connected nodes; lines with a common end do not count.
pub fn straight_crossings(graph: &Graph, nodes: &[Rect]) -> usize {
    let middle: Vec<Point> = nodes.iter().map(Rect::center).collect();
    let mut lines: Vec<(Point, Point, usize, usize)> = graph
        .edges
        .iter()
        .map(|edge| {
            let (p, q) = (middle[edge.from], middle[edge.to]);
            if p.y <= q.y { (p, q, edge.from, edge.to) } else { (q, p, edge.to, edge.from) }
        })
        .collect();
    lines.sort_by(|a, b| a.0.y.total_cmp(&b.0.y));
    let side = |a: Point, b: Point, c: Point| {
        let turn = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
        if turn == 0.0 { 0.0 } else { turn.signum() }
    };
    let mut count = 0;
    for (i, &(p, q, a, b)) in lines.iter().enumerate() {
        for &(u, v, c, d) in lines[i + 1..].iter().take_while(|line| line.0.y <= q.y) {
            let common = a == c || a == d || b == c || b == d;
            if !common && side(p, q, u) * side(p, q, v) < 0.0 && side(u, v, p) * side(u, v, q) < 0.0 {
                count += 1;
            }
        }
    }
    count
}

/// Crossings of the drawn lines, each pair of edges once; lines that run on each other do not count.
pub fn drawn_crossings(layout: &diagram::Layout) -> usize {
    let mut level = Vec::new();
    let mut upright = Vec::new();
    for (edge, route) in layout.edges.iter().enumerate() {
        for (a, b) in route.pieces() {
            if a.y == b.y {
                level.push((a.y, a.x.min(b.x), a.x.max(b.x), edge));
            } else {
                upright.push((a.x, a.y.min(b.y), a.y.max(b.y), edge));
            }
        }
    }
    let mut pairs = std::collections::BTreeSet::new();
    for &(y, left, right, a) in &level {
        for &(x, top, bottom, b) in &upright {
            if a != b && x > left && x < right && y > top && y < bottom {
                pairs.insert((a.min(b), a.max(b)));
            }
        }
    }
    pairs.len()
}
