//! The way of a line around everything that stands between its ends, where no simple way is free.
//!
//! The shortest upright and level way with few corners on a grid of lanes (Dijkstra over places and directions): lanes run
//! beside each box, and in the middle between neighbouring sides of boxes. Between boxes that are more than two units apart there is a lane, so
//! a way is found unless a box covers the middle of the source's foot or of the target's head.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::geometry::{Point, Rect};

use super::part::straighten;
use super::pins::blocked;

/// Most boxes that are gone around: the nearest. Each makes four lanes in each direction.
const MOST: usize = 80;
/// What a corner costs, in units of length.
const CORNER: f64 = 40.0;

/// A way from the foot of `from` to the head of `to` that crosses no box; `None` = there is none among the lanes.
pub(super) fn around(nodes: &[Rect], from: usize, to: usize, gap: f64) -> Option<Vec<Point>> {
    let (source, target) = (nodes.get(from)?, nodes.get(to)?);
    let start = Point::new(source.center().x, source.bottom());
    let end = Point::new(target.center().x, target.y);
    let area = Rect::between(start, end).union(source).union(target);
    let mut near: Vec<&Rect> = nodes.iter().collect();
    near.sort_by(|one, other| apart(one, &area).total_cmp(&apart(other, &area)));
    near.truncate(MOST);
    let xs = lanes(near.iter().map(|node| (node.x, node.right())), [start.x, end.x], gap);
    let ys = lanes(near.iter().map(|node| (node.y, node.bottom())), [start.y, end.y], gap);
    let mut points = shortest(&Grid { near: &near, ends: [source, target], xs: &xs, ys: &ys }, start, end)?;
    straighten(&mut points);
    let free = !points.array_windows::<2>().any(|&[a, b]| blocked(a, b, nodes.iter(), [source, target]));
    free.then_some(points)
}

/// How far a box is from an area; nought when it touches it.
fn apart(node: &Rect, area: &Rect) -> f64 {
    let x = (node.x - area.right()).max(area.x - node.right()).max(0.0);
    let y = (node.y - area.bottom()).max(area.y - node.bottom()).max(0.0);
    x + y
}

/// The lanes of one direction, in order: beside each side by `gap`, in the middle between sides, at `ends`, and outside of all.
fn lanes(sides: impl Iterator<Item = (f64, f64)>, ends: [f64; 2], gap: f64) -> Vec<f64> {
    let sides: Vec<(f64, f64)> = sides.collect();
    let mut all: Vec<f64> = sides.iter().flat_map(|(low, high)| [*low, *high]).chain(ends).collect();
    all.sort_by(f64::total_cmp);
    let between: Vec<f64> = all.array_windows::<2>().filter(|[a, b]| a < b).map(|[a, b]| (a + b) / 2.0).collect();
    let beside = sides.iter().flat_map(|(low, high)| [low - gap, high + gap]);
    let mut lanes: Vec<f64> = between.into_iter().chain(beside).chain(ends).collect();
    lanes.sort_by(f64::total_cmp);
    lanes.dedup();
    lanes
}

struct Grid<'a> {
    near: &'a [&'a Rect],
    ends: [&'a Rect; 2],
    xs: &'a [f64],
    ys: &'a [f64],
}

/// Directions: right, left, down, up.
const STEPS: [(isize, isize); 4] = [(1, 0), (-1, 0), (0, 1), (0, -1)];
const DOWN: usize = 2;

impl Grid<'_> {
    fn at(&self, (x, y): (usize, usize)) -> Point {
        Point::new(self.xs[x], self.ys[y])
    }

    /// The place beside another in a direction, and how far it is; `None` = outside, or a box is between.
    fn beside(&self, (x, y): (usize, usize), direction: usize) -> Option<((usize, usize), f64)> {
        let (dx, dy) = STEPS[direction];
        let next = (x.checked_add_signed(dx)?, y.checked_add_signed(dy)?);
        if next.0 >= self.xs.len() || next.1 >= self.ys.len() {
            return None;
        }
        let (a, b) = (self.at((x, y)), self.at(next));
        let free = !blocked(a, b, self.near.iter().copied(), self.ends);
        free.then(|| (next, a.distance(b)))
    }
}

/// The cheapest way from `start`, which it leaves downward, to `end`, where it arrives from above.
fn shortest(grid: &Grid, start: Point, end: Point) -> Option<Vec<Point>> {
    let place = |at: Point| {
        let x = grid.xs.iter().position(|x| *x == at.x)?;
        Some((x, grid.ys.iter().position(|y| *y == at.y)?))
    };
    let (first, last) = (place(start)?, place(end)?);
    let width = grid.xs.len();
    let state = |(x, y): (usize, usize), direction: usize| (y * width + x) * STEPS.len() + direction;
    let mut cost = vec![f64::INFINITY; width * grid.ys.len() * STEPS.len()];
    let mut before = vec![usize::MAX; cost.len()];
    let begin = state(first, DOWN);
    cost[begin] = 0.0;
    let mut open = BinaryHeap::from([Reverse((Cost(0.0), begin))]);
    while let Some(Reverse((Cost(so_far), at))) = open.pop() {
        if so_far > cost[at] {
            continue;
        }
        let (spot, direction) = (at / STEPS.len(), at % STEPS.len());
        let here = (spot % width, spot / width);
        if here == last && direction == DOWN && at != begin {
            return Some(walked(grid, &before, at));
        }
        for (turn, (dx, dy)) in STEPS.into_iter().enumerate() {
            // back the way it came, or level from the foot of the source
            let back = (dx, dy) == (-STEPS[direction].0, -STEPS[direction].1);
            if back || at == begin && turn != DOWN {
                continue;
            }
            let Some((next, length)) = grid.beside(here, turn) else { continue };
            let corner = if turn == direction { 0.0 } else { CORNER };
            let (to, sum) = (state(next, turn), so_far + length + corner);
            if sum < cost[to] {
                cost[to] = sum;
                before[to] = at;
                open.push(Reverse((Cost(sum), to)));
            }
        }
    }
    None
}

fn walked(grid: &Grid, before: &[usize], last: usize) -> Vec<Point> {
    let states = std::iter::successors(Some(last), |at| Some(before[*at]).filter(|at| *at != usize::MAX));
    let width = grid.xs.len();
    let mut points: Vec<Point> =
        states.map(|at| at / STEPS.len()).map(|spot| grid.at((spot % width, spot / width))).collect();
    points.reverse();
    points
}

/// A cost, in order.
#[derive(Clone, Copy, PartialEq)]
struct Cost(f64);

impl Eq for Cost {}

impl Ord for Cost {
    fn cmp(&self, other: &Cost) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Cost {
    fn partial_cmp(&self, other: &Cost) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::piece_crosses;

    #[test]
    fn a_way_is_found_through_a_narrow_lane_and_none_out_of_a_covered_foot() {
        let source = Rect::new(0.0, 0.0, 100.0, 40.0);
        let target = Rect::new(0.0, 300.0, 100.0, 40.0);
        // a wall with a lane of 4 units
        let wall = [Rect::new(-900.0, 100.0, 700.0, 100.0), Rect::new(-196.0, 100.0, 1200.0, 100.0)];
        let nodes = [source, target, wall[0], wall[1]];
        let points = around(&nodes, 0, 1, 12.0).expect("a way");
        assert!(points.iter().any(|at| at.x == -198.0), "{points:?}");
        assert_eq!((points.first(), points.last()), (Some(&Point::new(50.0, 40.0)), Some(&Point::new(50.0, 300.0))));
        let lid = Rect::new(20.0, 30.0, 60.0, 40.0);
        assert_eq!(around(&[source, target, lid], 0, 1, 12.0), None);
    }

    #[test]
    fn a_loop_goes_around_its_own_box() {
        let nodes = [Rect::new(0.0, 0.0, 100.0, 40.0), Rect::new(110.0, -20.0, 100.0, 80.0)];
        let points = around(&nodes, 0, 0, 12.0).expect("a way");
        assert_eq!(points.len(), 6, "{points:?}");
        let crosses = |node: &Rect| points.array_windows::<2>().any(|&[a, b]| piece_crosses(a, b, node));
        assert!(!nodes.iter().any(crosses), "{points:?}");
    }
}
