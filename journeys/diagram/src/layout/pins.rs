//! Pinned nodes: put where the user wants them; other nodes make room, lines find a way.

use std::collections::BTreeMap;

use crate::geometry::{Point, Rect};
use crate::graph::{Graph, Settings};
use crate::route::{Route, piece_crosses};

use super::around::around;
use super::part::{ARRIVE, LABEL, LEAD, PLUS, SPACE, label_width, straighten};

/// Moves the pinned nodes to their points, unpinned ones out of their way, and draws again the lines this spoils.
pub(super) fn apply(graph: &Graph, settings: &Settings, nodes: &mut [Rect], edges: &mut [Route]) {
    let mut moved = vec![false; nodes.len()];
    let mut fixed = vec![false; nodes.len()];
    for (index, node) in graph.nodes.iter().enumerate() {
        if let Some(at) = node.pinned.filter(|at| at.x.is_finite() && at.y.is_finite()) {
            moved[index] = Point::new(nodes[index].x, nodes[index].y) != at;
            nodes[index] = Rect { x: at.x, y: at.y, ..nodes[index] };
            fixed[index] = true;
        }
    }
    make_room(settings, &fixed, nodes, &mut moved);
    let changed: Vec<Rect> = (0..nodes.len()).filter(|&node| moved[node]).map(|node| nodes[node]).collect();
    let spoiled: Vec<usize> = (0..edges.len())
        .filter(|&edge| !edges[edge].points.is_empty())
        .filter(|&edge| {
            let ends = &graph.edges[edge];
            moved[ends.from] || moved[ends.to] || changed.iter().any(|node| touches(&edges[edge], node))
        })
        .collect();
    // by source: the rooms that labels and "+" already take
    let mut taken: BTreeMap<usize, Vec<Rect>> = BTreeMap::new();
    for (index, edge) in graph.edges.iter().enumerate() {
        if spoiled.binary_search(&index).is_err() {
            let width = label_width(&edge.label);
            let rooms = taken.entry(edge.from).or_default();
            rooms.push(room(edges[index].label_at, width, LABEL));
            rooms.push(room(edges[index].insert_at, PLUS, PLUS));
        }
    }
    let mut ends = vec![(0, 0); nodes.len()];
    for edge in graph.edges.iter().filter(|edge| edge.from < nodes.len() && edge.to < nodes.len()) {
        ends[edge.from].0 += 1;
        ends[edge.to].1 += 1;
    }
    for &index in &spoiled {
        let edge = &graph.edges[index];
        let fans_out = ends[edge.from].0 > 1 || ends[edge.to].1 < 2;
        edges[index].points = way(nodes, edge.from, edge.to, fans_out, settings);
    }
    for index in spoiled {
        let edge = &graph.edges[index];
        let siblings: Vec<&Route> = (0..edges.len())
            .filter(|&other| other != index && graph.edges[other].from == edge.from)
            .map(|other| &edges[other])
            .collect();
        let rooms = taken.entry(edge.from).or_default();
        let (label_at, insert_at) = spots(&edges[index].points, &edge.label, nodes, &siblings, rooms);
        edges[index] = Route { label_at, insert_at, ..std::mem::take(&mut edges[index]) };
    }
}

/// Whether a node lies on the line, its label or its "+".
fn touches(route: &Route, node: &Rect) -> bool {
    route.crosses(&node.inflate(CLEAR))
        || [route.label_at, route.insert_at].iter().any(|at| node.inflate(PLUS / 2.0).contains(*at))
}

/// Moves each unpinned node that overlaps a pinned one to the nearest free place.
fn make_room(settings: &Settings, fixed: &[bool], nodes: &mut [Rect], moved: &mut [bool]) {
    let gap = settings.node_gap.max(2.0) / 2.0;
    let pins: Vec<Rect> = (0..nodes.len()).filter(|&node| fixed[node]).map(|node| nodes[node]).collect();
    let (in_the_way, others): (Vec<usize>, Vec<usize>) = (0..nodes.len())
        .partition(|&node| !fixed[node] && pins.iter().any(|pin| pin.inflate(gap).intersects(&nodes[node])));
    let mut others: Vec<Rect> = others.into_iter().map(|node| nodes[node]).collect();
    for node in in_the_way {
        nodes[node] = nearest_free(nodes[node], &others, gap);
        others.push(nodes[node]);
        moved[node] = true;
    }
}

/// Least distance of a line to a node that it has nothing to do with.
pub(super) const CLEAR: f64 = 1.0;

/// Whether a piece of the line between two nodes touches some node; of those two, whether it runs through their inside.
pub(super) fn blocked<'r>(a: Point, b: Point, mut nodes: impl Iterator<Item = &'r Rect>, ends: [&Rect; 2]) -> bool {
    nodes.any(|node| {
        let around = if ends.iter().any(|end| std::ptr::eq(*end, node)) { 0.0 } else { CLEAR };
        piece_crosses(a, b, &node.inflate(around))
    })
}

/// The nearest place found for `wish` that keeps `gap` to all `others`: it slides past what it meets to each side.
fn nearest_free(wish: Rect, others: &[Rect], gap: f64) -> Rect {
    const MOST_TRIES: usize = 300;
    // a hair more than the gap, so that rounding does not keep them touching
    let away = gap + 0.5;
    let far = |place: &Rect| (place.x - wish.x).abs() + (place.y - wish.y).abs();
    let mut open = vec![wish];
    for tried in 0..MOST_TRIES {
        let Some(nearest) = (tried..open.len()).min_by(|&a, &b| far(&open[a]).total_cmp(&far(&open[b]))) else {
            break;
        };
        open.swap(tried, nearest);
        let place = open[tried];
        let Some(block) = others.iter().find(|other| other.inflate(gap).intersects(&place)) else {
            return place;
        };
        let next = [
            Rect { x: block.x - place.width - away, ..place },
            Rect { x: block.right() + away, ..place },
            Rect { y: block.y - place.height - away, ..place },
            Rect { y: block.bottom() + away, ..place },
        ];
        for place in next {
            if !open.contains(&place) {
                open.push(place);
            }
        }
    }
    let right = others.iter().map(Rect::right).fold(wish.right(), f64::max);
    Rect { x: right + away, ..wish }
}

/// The best of the ways with at most four corners: one that touches no node if there is one, then the shortest. Of
/// equally short ones, that which turns early (`fans_out`, so that branches part soon) or late. Where each of them touches a
/// node, the way around all of them.
fn way(nodes: &[Rect], from: usize, to: usize, fans_out: bool, settings: &Settings) -> Vec<Point> {
    let (source, target) = (nodes[from], nodes[to]);
    let start = Point::new(source.center().x, source.bottom());
    let end = Point::new(target.center().x, target.y);
    let gap = settings.lane_gap.max(4.0);
    let area = Rect::between(start, end).union(&source).union(&target).inflate(ARRIVE + gap);
    let near: Vec<&Rect> = nodes.iter().filter(|node| node.intersects(&area)).collect();

    let mut levels = vec![(start.y + end.y) / 2.0, start.y + LEAD, end.y - ARRIVE];
    levels.extend(near.iter().flat_map(|node| [node.y - gap, node.bottom() + gap]));
    levels.retain(|&y| y > start.y && y < end.y);
    let mut columns = vec![(start.x + end.x) / 2.0];
    columns.extend(near.iter().flat_map(|node| [node.x - gap, node.right() + gap]));
    let left = near.iter().map(|node| node.x).fold(f64::INFINITY, f64::min);
    let right = near.iter().map(|node| node.right()).fold(f64::NEG_INFINITY, f64::max);
    columns.extend([left - 2.0 * gap, right + 2.0 * gap]);

    let three = levels.iter().map(|&y| vec![start, Point::new(start.x, y), Point::new(end.x, y), end]);
    let (out, back) = (start.y + LEAD, end.y - ARRIVE);
    let five = columns.iter().map(|&x| {
        let (a, b) = (Point::new(start.x, out), Point::new(end.x, back));
        vec![start, a, Point::new(x, out), Point::new(x, back), b, end]
    });
    let cost = |points: &[Point]| {
        let pieces = points.array_windows::<2>();
        let ends = [&nodes[from], &nodes[to]];
        let touches = |node| pieces.clone().any(|&[a, b]| blocked(a, b, std::iter::once(node), ends));
        let touched = nodes.iter().filter(|node| touches(node)).count();
        let length: f64 = pieces.map(|[a, b]| a.distance(*b)).sum();
        let turn = match points {
            [_, turn, _, ..] if fans_out => (turn.y - out).abs(),
            [.., turn, _, _] if !fans_out => (turn.y - back).abs(),
            _ => 0.0,
        };
        touched as f64 * 100_000.0 + points.len() as f64 * 30.0 + length + turn * 0.01
    };
    let mut best: Option<(f64, Vec<Point>)> = None;
    for mut points in three.chain(five) {
        straighten(&mut points);
        let cost = cost(&points);
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, points));
        }
    }
    let simple = best.map_or_else(|| vec![start, end], |(_, points)| points);
    let ends = [&nodes[from], &nodes[to]];
    if simple.array_windows::<2>().any(|&[a, b]| blocked(a, b, nodes.iter(), ends)) {
        return around(nodes, from, to, gap).unwrap_or(simple);
    }
    simple
}

/// Where the label and the "+" go: as near to the source as they touch neither a node nor what is `taken`, and where
/// the line runs apart from its `siblings`, the other lines from the source.
fn spots(points: &[Point], label: &str, nodes: &[Rect], siblings: &[&Route], taken: &mut Vec<Rect>) -> (Point, Point) {
    /// A line nearer than this runs along with another.
    const ALONG: f64 = 26.0;
    let whole: f64 = points.array_windows::<2>().map(|[a, b]| a.distance(*b)).sum();
    let mut find = |width: f64, height: f64, from: f64| {
        let steps =
            || std::iter::successors(Some(from), |at| Some(at + 8.0)).take_while(|at| *at < whole - SPACE).take(500);
        let free = |at: &f64| {
            let room = room(along(points, *at), width, height);
            !taken.iter().chain(nodes).any(|other| other.intersects(&room))
        };
        let alone = |at: &f64| siblings.iter().all(|other| other.distance_to(along(points, *at)) > ALONG);
        let at = steps().find(|at| alone(at) && free(at)).or_else(|| steps().find(free)).unwrap_or(whole / 2.0);
        taken.push(room(along(points, at), width, height));
        (along(points, at), at)
    };
    if label.is_empty() {
        let (at, _) = find(PLUS, PLUS, LEAD + PLUS / 2.0);
        return (at, at);
    }
    let (label_at, at) = find(label_width(label), LABEL, LEAD + LABEL / 2.0);
    (label_at, find(PLUS, PLUS, at + SPACE).0)
}

fn room(middle: Point, width: f64, height: f64) -> Rect {
    Rect::new(middle.x - width / 2.0, middle.y - height / 2.0, width, height)
}

/// The point of the line `at` units from its start.
fn along(points: &[Point], mut at: f64) -> Point {
    for &[a, b] in points.array_windows::<2>() {
        let length = a.distance(b);
        if at <= length && length > 0.0 {
            return Point::new(a.x + (b.x - a.x) * at / length, a.y + (b.y - a.y) * at / length);
        }
        at -= length;
    }
    points.last().copied().unwrap_or_default()
}
