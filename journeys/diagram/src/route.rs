//! The line of one edge: its corners, its path and the distance to it.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::geometry::{Point, Rect};

/// A line of horizontal and vertical pieces from the source's bottom to the target's top, canvas units.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// The corners, both ends included; empty when the edge names a node that does not exist.
    pub points: Vec<Point>,
    /// The middle of the branch's label, near the source.
    pub label_at: Point,
    /// The middle of the "+" that inserts an activity here.
    pub insert_at: Point,
}

impl Route {
    /// The SVG path data (`M … L … Q …`) with corners rounded by a radius of at most `corner`.
    ///
    /// Numbers have at most two decimals. Empty when there are no points.
    pub fn svg_path(&self, corner: f64) -> String {
        let mut path = String::new();
        let Some(first) = self.points.first() else {
            return path;
        };
        push(&mut path, 'M', &[*first]);
        let last = self.points.len().saturating_sub(3);
        for (index, [before, at, after]) in self.points.array_windows::<3>().enumerate() {
            // an end piece has one corner only, a piece between shares its length between two
            let room = |length: f64, is_end: bool| if is_end { length * 0.8 } else { length / 2.0 };
            let radius =
                corner.min(room(before.distance(*at), index == 0)).min(room(at.distance(*after), index == last));
            if radius > 0.0 {
                push(&mut path, 'L', &[toward(*at, *before, radius)]);
                push(&mut path, 'Q', &[*at, toward(*at, *after, radius)]);
            } else {
                push(&mut path, 'L', &[*at]);
            }
        }
        if let [_, .., last] = self.points.as_slice() {
            push(&mut path, 'L', &[*last]);
        }
        path
    }

    /// The same line elsewhere.
    pub fn moved(&self, dx: f64, dy: f64) -> Route {
        let shift = |at: &Point| Point::new(at.x + dx, at.y + dy);
        Route {
            points: self.points.iter().map(shift).collect(),
            label_at: shift(&self.label_at),
            insert_at: shift(&self.insert_at),
        }
    }

    /// A line for as long as a node is under the hand: down, across half-way, down again.
    pub fn elbow(from: Point, to: Point) -> Route {
        let middle = Point::new((from.x + to.x) / 2.0, (from.y + to.y) / 2.0);
        let points = vec![from, Point::new(from.x, middle.y), Point::new(to.x, middle.y), to];
        Route { points, label_at: middle, insert_at: middle }
    }

    /// The distance from `p` to the nearest point of the line; infinite when there is no line.
    pub fn distance_to(&self, p: Point) -> f64 {
        self.pieces().map(|(a, b)| distance_to_piece(p, a, b)).fold(f64::INFINITY, f64::min)
    }

    /// The smallest rectangle around the line; `None` when there is no line.
    pub fn bounds(&self) -> Option<Rect> {
        self.pieces().map(|(a, b)| Rect::between(a, b)).reduce(|all, one| all.union(&one))
    }

    /// The straight pieces, from the source on.
    pub fn pieces(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        self.points.array_windows::<2>().map(|[a, b]| (*a, *b))
    }

    /// Whether some piece runs through the inside of `area`.
    pub fn crosses(&self, area: &Rect) -> bool {
        self.pieces().any(|(a, b)| piece_crosses(a, b, area))
    }
}

/// Whether the upright or level piece from `a` to `b` runs through the inside of `area`; along its border is outside.
pub(crate) fn piece_crosses(a: Point, b: Point, area: &Rect) -> bool {
    a.x.min(b.x) < area.right() && a.x.max(b.x) > area.x && a.y.min(b.y) < area.bottom() && a.y.max(b.y) > area.y
}

fn distance_to_piece(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length2 = dx * dx + dy * dy;
    let along = if length2 > 0.0 { ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 } else { 0.0 };
    let along = along.clamp(0.0, 1.0);
    p.distance(Point::new(a.x + along * dx, a.y + along * dy))
}

fn toward(from: Point, to: Point, by: f64) -> Point {
    let share = by / from.distance(to);
    Point::new(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share)
}

fn push(path: &mut String, command: char, points: &[Point]) {
    path.push(command);
    for (k, point) in points.iter().enumerate() {
        let gap = if k == 0 { "" } else { " " };
        // writing to a String cannot fail
        let _ = write!(path, "{gap}{} {}", number(point.x), number(point.y));
    }
}

/// At most two decimals, without trailing zeros and without a negative zero.
pub(crate) fn number(value: f64) -> f64 {
    let rounded = (value * 100.0).round() / 100.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(f64, f64)]) -> Route {
        Route { points: points.iter().map(|&(x, y)| Point::new(x, y)).collect(), ..Route::default() }
    }

    #[test]
    fn paths() {
        type Corners<'a> = &'a [(f64, f64)];
        let cases: [(Corners, f64, &str); 5] = [
            (&[], 8.0, ""),
            (&[(0.0, 0.0), (0.0, 40.0)], 8.0, "M0 0L0 40"),
            (&[(0.0, 0.0), (0.0, 20.0), (30.0, 20.0)], 8.0, "M0 0L0 12Q0 20 8 20L30 20"),
            // a short piece limits the radius
            (&[(0.0, 0.0), (0.0, 6.0), (30.0, 6.0)], 8.0, "M0 0L0 1.2Q0 6 4.8 6L30 6"),
            (&[(0.0, 0.0), (0.0, 20.0), (-30.125, 20.0)], 0.0, "M0 0L0 20L-30.13 20"),
        ];
        for (points, corner, expected) in cases {
            assert_eq!(line(points).svg_path(corner), expected);
        }
    }

    #[test]
    fn moved_and_elbow() {
        let elbow = Route::elbow(Point::new(0.0, 0.0), Point::new(20.0, 10.0));
        assert_eq!(elbow.svg_path(0.0), "M0 0L0 5L20 5L20 10");
        assert_eq!(elbow.moved(1.0, -1.0).svg_path(0.0), "M1 -1L1 4L21 4L21 9");
        assert_eq!(elbow.moved(1.0, -1.0).label_at, Point::new(11.0, 4.0));
    }

    #[test]
    fn distances() {
        let bent = line(&[(0.0, 0.0), (0.0, 10.0), (10.0, 10.0)]);
        assert_eq!(bent.distance_to(Point::new(3.0, 5.0)), 3.0);
        assert_eq!(bent.distance_to(Point::new(13.0, 14.0)), 5.0);
        assert_eq!(line(&[]).distance_to(Point::default()), f64::INFINITY);
    }
}
