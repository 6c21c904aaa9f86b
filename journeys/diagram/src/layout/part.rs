//! One connected part of the graph: ranks, order, columns, lanes, and the lines through them.

use super::columns::{columns, straighten_pieces};
use super::grid::{Grid, Lower, Slot};
use super::hold::{fits, hold};
use super::lanes::{Net, lanes};
use super::order::order;
use super::ranks::{back_edges, ranks};
use super::sheet::Sheet;
use super::standing::{Standing, kept};
use crate::geometry::{Point, Rect};
use crate::graph::Settings;
use crate::route::Route;

/// A connected graph by its own indices.
#[derive(Debug, Default)]
pub(super) struct Part<'a> {
    /// The owner's names of the nodes.
    pub ids: Vec<&'a str>,
    /// Width and height of each node.
    pub sizes: Vec<(f64, f64)>,
    /// Source and target of each edge, branches in order.
    pub edges: Vec<(usize, usize)>,
    pub labels: Vec<&'a str>,
    /// The node at the top.
    pub root: Option<usize>,
}

/// A part laid out, with the middle of its root's top side at (0, 0).
#[derive(Debug, Default)]
pub(super) struct Placed {
    pub nodes: Vec<Rect>,
    pub edges: Vec<Route>,
    pub standing: Standing,
    /// Whether something stands elsewhere than it would without `earlier`.
    pub held: bool,
}

/// From a source's bottom to its first lane, and from a slot's end to the next lane.
pub(super) const LEAD: f64 = 12.0;
/// From a lane to the slot below it.
const DROP: f64 = 8.0;
/// From the last lane to the target's top: room for a corner and an arrow head.
pub(super) const ARRIVE: f64 = 18.0;
/// Height of a label.
pub(super) const LABEL: f64 = 22.0;
/// Height and width of the "+".
pub(super) const PLUS: f64 = 24.0;
/// Between a label and the "+" below it, and between two slots.
pub(super) const SPACE: f64 = 8.0;

/// The least distance of two lanes.
const CLOSEST: f64 = 6.0;

/// The width that the label of an edge gets, canvas units, 24 to 160: an estimate, as text cannot be measured here.
///
/// Its height is 22; an empty label is as wide as the "+".
pub fn label_width(label: &str) -> f64 {
    const WIDEST: f64 = 160.0;
    if label.is_empty() { PLUS } else { (label.chars().count() as f64 * 6.8 + 18.0).clamp(PLUS, WIDEST) }
}

/// Lays out one part. What it shares with the top of one of `earlier` stays where that stands.
pub(super) fn place(part: &Part, settings: &Settings, earlier: &[Standing]) -> Placed {
    let count = part.sizes.len();
    let back = back_edges(count, &part.edges, part.root);
    let forward: Vec<(usize, usize)> =
        part.edges.iter().zip(&back).filter(|(_, back)| !**back).map(|(edge, _)| *edge).collect();
    let root = part.root.unwrap_or_else(|| first_source(count, &forward));
    let sheet = Sheet::new(ranks(count, &forward, root), &part.edges, back);
    let kept = kept(part, &sheet, root, earlier);
    let grid = Grid::new(&sheet, &order(&sheet, root, &kept.ranks), &part.edges);
    let (x, held) = middles(part, &sheet, &grid, settings, root, &kept.middles);
    let channels = Channels::new(part, &sheet, &grid, &x);
    let rows = rows(part, &sheet, &grid, &channels, settings, root);
    let nodes: Vec<Rect> = part
        .sizes
        .iter()
        .enumerate()
        .map(|(node, &(width, height))| {
            Rect::new(x[node] - width / 2.0, rows.node_top[sheet.rank[node]], width, height)
        })
        .collect();
    let edges = routes(part, &sheet, &grid, &x, &channels, &rows, &nodes, settings);
    let standing = Standing::of(part, &sheet, &grid, root, &x);
    Placed { nodes, edges, standing, held }
}

fn first_source(count: usize, edges: &[(usize, usize)]) -> usize {
    let mut incoming = vec![false; count];
    for &(_, to) in edges {
        incoming[to] = true;
    }
    incoming.iter().position(|incoming| !incoming).unwrap_or(0)
}

/// The middle of each vertex, in whole units so that straight lines are exactly straight, and whether that the upper layers
/// are to stand at `kept` moved any.
fn middles(
    part: &Part,
    sheet: &Sheet,
    grid: &Grid,
    settings: &Settings,
    root: usize,
    kept: &[Vec<f64>],
) -> (Vec<f64>, bool) {
    let mut first = vec![true; part.edges.len()];
    let half: Vec<f64> = (0..grid.vertices())
        .map(|vertex| match grid.slot(vertex) {
            Some(slot) if std::mem::take(&mut first[slot.edge]) => label_width(part.labels[slot.edge]) / 2.0,
            Some(_) => 0.0,
            None if vertex < sheet.nodes => part.sizes[vertex].0 / 2.0,
            None => 0.0,
        })
        .collect();
    // rounding moves each of two neighbours by up to half a unit
    let node_gap = settings.node_gap.max(2.0);
    let lane_gap = settings.lane_gap.max(2.0);
    let apart = |left: usize, right: usize| {
        let gap = match (left < sheet.nodes, right < sheet.nodes) {
            (true, true) => node_gap,
            (false, false) if left >= grid.first_slot => SPACE.max(lane_gap),
            (false, false) => lane_gap * 2.0,
            _ => (node_gap * 0.6).max(2.0),
        };
        half[left] + gap + half[right]
    };
    let mut x = columns(grid, &apart);
    x.iter_mut().for_each(|at| *at = at.round());
    straighten_pieces(grid, &mut x, &apart, 0);
    let middle = x[root];
    x.iter_mut().for_each(|at| *at -= middle);
    let held = fits(grid, kept, &apart) && hold(grid, &mut x, kept, &apart);
    if held {
        straighten_pieces(grid, &mut x, &apart, kept.len());
    }
    (x, held)
}

/// The lanes above and below the slots of each rank.
struct Channels {
    /// By rank: the lanes between the rank and its slots, by the place of the upper vertex in its rank.
    split: Vec<Vec<Option<usize>>>,
    /// By rank: the lanes between the slots above a rank and the rank, by the place of the lower vertex, then by slot
    /// of those above that leave to a side.
    join: Vec<Vec<Option<usize>>>,
    /// By slot that leaves to a side: its index in `join` of the next rank.
    leaving: Vec<usize>,
}

impl Channels {
    fn new(part: &Part, sheet: &Sheet, grid: &Grid, x: &[f64]) -> Self {
        let ranks = grid.layers.len() / 2;
        let mut arriving: Vec<Vec<f64>> = vec![Vec::new(); sheet.nodes];
        for slot in &grid.slots {
            if !matches!(slot.lower, Lower::Vertex(_)) {
                arriving[part.edges[slot.edge].1].push(infinity(slot.lower));
            }
        }
        let mut leaving = vec![0; grid.slots.len()];
        let mut split = Vec::with_capacity(ranks);
        let mut join = Vec::with_capacity(ranks + 1);
        for rank in 0..=ranks {
            if let Some(layer) = grid.layers.get(2 * rank) {
                let nets: Vec<Net> = layer
                    .iter()
                    .map(|&upper| match grid.down.of(upper) {
                        [] => Net::default(),
                        slots => Net { top: vec![x[upper]], bottom: slots.iter().map(|&slot| x[slot]).collect() },
                    })
                    .collect();
                split.push(lanes(&nets));
            }
            let mut nets = Vec::new();
            for &lower in grid.layers.get(2 * rank).map_or(&[][..], Vec::as_slice) {
                let mut top: Vec<f64> = grid.up.of(lower).iter().map(|&slot| x[slot]).collect();
                top.extend(arriving.get(lower).map_or(&[][..], Vec::as_slice));
                nets.push(if top.is_empty() { Net::default() } else { Net { top, bottom: vec![x[lower]] } });
            }
            for &vertex in rank.checked_sub(1).map_or(&[][..], |above| &grid.layers[2 * above + 1]) {
                let index = vertex - grid.first_slot;
                let lower = grid.slots[index].lower;
                if !matches!(lower, Lower::Vertex(_)) {
                    leaving[index] = nets.len();
                    nets.push(Net { top: vec![x[vertex]], bottom: vec![infinity(lower)] });
                }
            }
            join.push(lanes(&nets));
        }
        Self { split, join, leaving }
    }
}

fn infinity(side: Lower) -> f64 {
    if side == Lower::Left { f64::NEG_INFINITY } else { f64::INFINITY }
}

/// The heights at which things stand, by rank.
struct Rows {
    node_top: Vec<f64>,
    split_top: Vec<f64>,
    slot_top: Vec<f64>,
    /// One more than the ranks: the last is below the last slots.
    join_top: Vec<f64>,
    /// From one lane to the next below a rank; by rank, the first is above all.
    step: Vec<f64>,
}

impl Rows {
    fn split(&self, rank: usize, lane: usize) -> f64 {
        self.split_top[rank] + LEAD + lane as f64 * self.step[rank + 1]
    }

    fn join(&self, rank: usize, lane: usize) -> f64 {
        self.join_top[rank] + DROP + lane as f64 * self.step[rank]
    }
}

fn rows(part: &Part, sheet: &Sheet, grid: &Grid, channels: &Channels, settings: &Settings, root: usize) -> Rows {
    let lane_gap = settings.lane_gap;
    // beyond the first
    let lanes = |lanes: &[Option<usize>]| lanes.iter().flatten().max().map_or(0.0, |last| *last as f64);
    let ranks = grid.layers.len() / 2;
    let mut rows = Rows {
        node_top: Vec::with_capacity(ranks),
        split_top: Vec::with_capacity(ranks),
        slot_top: Vec::with_capacity(ranks),
        join_top: vec![-(DROP + lanes(&channels.join[0]) * lane_gap + ARRIVE)],
        step: vec![lane_gap],
    };
    let mut y = 0.0;
    let mut first = vec![true; part.edges.len()];
    for rank in 0..ranks {
        rows.node_top.push(y);
        let nodes = grid.layers[2 * rank].iter().filter(|&&vertex| vertex < sheet.nodes);
        y += nodes.map(|&node| part.sizes[node].1).fold(0.0, f64::max);
        rows.split_top.push(y);
        let mut slot_height: f64 = 0.0;
        for &vertex in &grid.layers[2 * rank + 1] {
            if let Some(slot) = grid.slot(vertex)
                && std::mem::take(&mut first[slot.edge])
            {
                let labelled = !part.labels[slot.edge].is_empty();
                slot_height = slot_height.max(if labelled { LABEL + SPACE + PLUS } else { PLUS });
            }
        }
        let (splitting, joining) = (lanes(&channels.split[rank]), lanes(&channels.join[rank + 1]));
        // lanes move closer before a rank moves down: what stands below a change should stay where it is
        let room = settings.rank_gap - (LEAD + DROP + slot_height + DROP + ARRIVE);
        let step = (room / (splitting + joining).max(1.0)).clamp(CLOSEST.min(lane_gap), lane_gap);
        let spare = (room - (splitting + joining) * step).max(0.0);
        let split = LEAD + splitting * step + DROP;
        rows.step.push(step);
        rows.slot_top.push(y + split + (spare / 2.0).floor());
        y += split + slot_height + spare;
        rows.join_top.push(y);
        y += DROP + joining * step + ARRIVE;
    }
    let top = rows.node_top[sheet.rank[root]];
    for row in [&mut rows.node_top, &mut rows.split_top, &mut rows.slot_top, &mut rows.join_top] {
        row.iter_mut().for_each(|y| *y -= top);
    }
    rows
}

#[expect(clippy::too_many_arguments, reason = "the last step reads what every step before it made")]
fn routes(
    part: &Part,
    sheet: &Sheet,
    grid: &Grid,
    x: &[f64],
    channels: &Channels,
    rows: &Rows,
    nodes: &[Rect],
    settings: &Settings,
) -> Vec<Route> {
    let mut routes: Vec<Route> = vec![Route::default(); part.edges.len()];
    // slots come from the top, so each edge is drawn from its source on
    for (index, slot) in grid.slots.iter().enumerate() {
        let at = x[grid.first_slot + index];
        let rank = sheet.rank[slot.upper];
        let route = &mut routes[slot.edge];
        if route.points.is_empty() {
            let source = &nodes[slot.upper];
            route.points.push(Point::new(x[slot.upper], source.bottom()));
            let top = rows.slot_top[rank];
            let labelled = !part.labels[slot.edge].is_empty();
            let below = if labelled { LABEL + SPACE } else { 0.0 };
            route.label_at = Point::new(at, top + LABEL / 2.0);
            route.insert_at = Point::new(at, top + below + PLUS / 2.0);
        }
        let points = &mut route.points;
        if let Some(lane) = channels.split[rank][grid.place[slot.upper]] {
            let y = rows.split(rank, lane);
            points.extend([Point::new(x[slot.upper], y), Point::new(at, y)]);
        }
        if let Lower::Vertex(lower) = slot.lower {
            if let Some(lane) = channels.join[rank + 1][grid.place[lower]] {
                let y = rows.join(rank + 1, lane);
                points.extend([Point::new(at, y), Point::new(x[lower], y)]);
            }
            if lower < sheet.nodes {
                points.push(Point::new(x[lower], nodes[lower].y));
            }
        }
    }
    around(part, sheet, grid, x, nodes, settings, &mut routes, |slot, rank| {
        let leave = channels.join[rank + 1][channels.leaving[slot]].unwrap_or(0);
        let target = part.edges[grid.slots[slot].edge].1;
        let arrive = channels.join[sheet.rank[target]][grid.place[target]].unwrap_or(0);
        (rows.join(rank + 1, leave), rows.join(sheet.rank[target], arrive))
    });
    for route in &mut routes {
        straighten(&mut route.points);
    }
    routes
}

/// Draws the edges that go around a side: out below the source, along the side, in above the target. Short ones run
/// inside of long ones.
#[expect(clippy::too_many_arguments, reason = "the last step reads what every step before it made")]
fn around(
    part: &Part,
    sheet: &Sheet,
    grid: &Grid,
    x: &[f64],
    nodes: &[Rect],
    settings: &Settings,
    routes: &mut [Route],
    heights: impl Fn(usize, usize) -> (f64, f64),
) {
    let mut low = nodes.iter().map(|node| node.x).fold(f64::INFINITY, f64::min);
    let mut high = nodes.iter().map(Rect::right).fold(f64::NEG_INFINITY, f64::max);
    for slot in &grid.slots {
        let reach = label_width(part.labels[slot.edge]) / 2.0;
        let at = routes[slot.edge].label_at.x;
        low = low.min(at - reach);
        high = high.max(at + reach);
    }
    for &at in x {
        low = low.min(at);
        high = high.max(at);
    }
    let mut loops: Vec<(usize, f64, f64)> = (0..grid.slots.len())
        .filter(|&slot| !matches!(grid.slots[slot].lower, Lower::Vertex(_)))
        .map(|slot| {
            let (from, to) = heights(slot, sheet.rank[grid.slots[slot].upper]);
            (slot, from, to)
        })
        .collect();
    loops.sort_by(|a, b| (a.1 - a.2).abs().total_cmp(&(b.1 - b.2).abs()));
    let gap = settings.lane_gap.max(2.0);
    // by side: the columns with the heights already taken in them
    let mut taken: [Vec<Vec<(f64, f64)>>; 2] = [Vec::new(), Vec::new()];
    for (slot, from, to) in loops {
        let Slot { edge, lower, .. } = grid.slots[slot];
        let left = lower == Lower::Left;
        let columns = &mut taken[usize::from(left)];
        let (top, bottom) = (from.min(to), from.max(to));
        let free = |column: &Vec<(f64, f64)>| column.iter().all(|&(a, b)| b < top || a > bottom);
        let column = columns.iter().rposition(|column| !free(column)).map_or(0, |last| last + 1);
        if column == columns.len() {
            columns.push(Vec::new());
        }
        columns[column].push((top, bottom));
        let away = 16.0 + column as f64 * gap;
        let side = if left { low - away } else { high + away };
        let target = part.edges[edge].1;
        let at = x[grid.first_slot + slot];
        routes[edge].points.extend([
            Point::new(at, from),
            Point::new(side, from),
            Point::new(side, to),
            Point::new(x[target], to),
            Point::new(x[target], nodes[target].y),
        ]);
    }
}

/// Leaves out points that are doubled or lie on a straight piece.
pub(super) fn straighten(points: &mut Vec<Point>) {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for &point in points.iter() {
        if kept.last() == Some(&point) {
            continue;
        }
        if let [.., a, b] = kept[..] {
            let level = a.y == b.y && b.y == point.y && (b.x - a.x) * (point.x - b.x) > 0.0;
            let upright = a.x == b.x && b.x == point.x && (b.y - a.y) * (point.y - b.y) > 0.0;
            if level || upright {
                kept.pop();
            }
        }
        kept.push(point);
    }
    kept.shrink_to_fit();
    *points = kept;
}
