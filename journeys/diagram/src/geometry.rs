//! Points and rectangles in canvas units.

use serde::{Deserialize, Serialize};

/// A place on the canvas, canvas units at zoom 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

impl Point {
    /// The point at `x`, `y`.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The straight distance to `other`.
    pub fn distance(self, other: Point) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// An upright rectangle: its top-left corner and its size, canvas units at zoom 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    /// The left side.
    pub x: f64,
    /// The top side.
    pub y: f64,
    /// From the left to the right side, zero or more.
    pub width: f64,
    /// From the top to the bottom side, zero or more.
    pub height: f64,
}

impl Rect {
    /// The rectangle with its top-left corner at `x`, `y`.
    pub const fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { x, y, width, height }
    }

    /// The right side.
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// The bottom side.
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// The middle.
    pub fn center(&self) -> Point {
        Point::new(self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// Whether `at` lies inside or on the border.
    pub fn contains(&self, at: Point) -> bool {
        at.x >= self.x && at.x <= self.right() && at.y >= self.y && at.y <= self.bottom()
    }

    /// Whether the two share some area; touching borders share none.
    pub fn intersects(&self, other: &Rect) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// The smallest rectangle around both.
    pub fn union(&self, other: &Rect) -> Rect {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Rect::new(x, y, self.right().max(other.right()) - x, self.bottom().max(other.bottom()) - y)
    }

    /// Grown by `by` on each side; a negative `by` shrinks, at most to nothing around the middle.
    pub fn inflate(&self, by: f64) -> Rect {
        let width = (self.width + 2.0 * by).max(0.0);
        let height = (self.height + 2.0 * by).max(0.0);
        let middle = self.center();
        Rect::new(middle.x - width / 2.0, middle.y - height / 2.0, width, height)
    }

    /// The smallest rectangle around both points.
    pub(crate) fn between(a: Point, b: Point) -> Rect {
        Rect::new(a.x.min(b.x), a.y.min(b.y), (a.x - b.x).abs(), (a.y - b.y).abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touching_is_not_intersecting() {
        let left = Rect::new(0.0, 0.0, 10.0, 10.0);
        assert!(!left.intersects(&Rect::new(10.0, 0.0, 10.0, 10.0)));
        assert!(left.intersects(&Rect::new(9.9, 9.9, 10.0, 10.0)));
        assert!(left.contains(Point::new(10.0, 10.0)));
        assert!(!left.contains(Point::new(10.1, 10.0)));
    }

    #[test]
    fn union_and_inflate() {
        let both = Rect::new(0.0, 0.0, 10.0, 10.0).union(&Rect::new(20.0, -5.0, 1.0, 1.0));
        assert_eq!(both, Rect::new(0.0, -5.0, 21.0, 15.0));
        assert_eq!(Rect::new(0.0, 0.0, 10.0, 10.0).inflate(2.0), Rect::new(-2.0, -2.0, 14.0, 14.0));
        assert_eq!(Rect::new(0.0, 0.0, 10.0, 4.0).inflate(-3.0), Rect::new(3.0, 2.0, 4.0, 0.0));
    }
}
