//! Pan and zoom: which part of the canvas the window shows.

use serde::{Deserialize, Serialize};

use crate::geometry::{Point, Rect};

/// Maps canvas units to the window: screen = world × zoom + (x, y).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Viewport {
    /// Where the canvas origin lies in the window, pixels to the right.
    pub x: f64,
    /// Where the canvas origin lies in the window, pixels down.
    pub y: f64,
    /// [`Viewport::MIN_ZOOM`] to [`Viewport::MAX_ZOOM`], both included.
    pub zoom: f64,
}

/// How much of a card is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Detail {
    /// A coloured box: zoom below [`Detail::NAMES`], or [`Detail::NAMES_OF_MANY`].
    Boxes,
    /// Icon and name: zoom below [`Detail::CARDS`].
    Names,
    /// All of it.
    Cards,
}

impl Detail {
    /// From this zoom on names can be read.
    pub const NAMES: f64 = 0.3;
    /// The same in a journey of more than [`Detail::MANY`] nodes: hundreds of names at once are slow to paint, and too small
    /// to look through.
    pub const NAMES_OF_MANY: f64 = 0.4;
    /// See [`Detail::NAMES_OF_MANY`].
    pub const MANY: usize = 150;
    /// From this zoom on summaries can be read.
    pub const CARDS: f64 = 0.6;
}

impl Default for Viewport {
    fn default() -> Self {
        Self { x: 0.0, y: 0.0, zoom: 1.0 }
    }
}

impl Viewport {
    /// The farthest out.
    pub const MIN_ZOOM: f64 = 0.05;
    /// The nearest.
    pub const MAX_ZOOM: f64 = 2.0;

    /// The canvas point under a window point.
    pub fn to_world(&self, screen: Point) -> Point {
        Point::new((screen.x - self.x) / self.zoom, (screen.y - self.y) / self.zoom)
    }

    /// The window point of a canvas point.
    pub fn to_screen(&self, world: Point) -> Point {
        Point::new(world.x * self.zoom + self.x, world.y * self.zoom + self.y)
    }

    /// The picture moved by `dx`, `dy` window pixels.
    #[must_use]
    pub fn pan(self, dx: f64, dy: f64) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..self }
    }

    /// What moved on the canvas from one place to another stays where it is in the window.
    #[must_use]
    pub fn following(self, from: &Rect, to: &Rect) -> Self {
        self.pan((from.x - to.x) * self.zoom, (from.y - to.y) * self.zoom)
    }

    /// Zoomed by `factor` within the limits; the canvas point under `screen` stays under it.
    ///
    /// A factor that is not a positive number changes nothing.
    #[must_use]
    pub fn zoom_at(self, screen: Point, factor: f64) -> Self {
        if !(factor.is_finite() && factor > 0.0) {
            return self;
        }
        let fixed = self.to_world(screen);
        let zoom = (self.zoom * factor).clamp(Self::MIN_ZOOM, Self::MAX_ZOOM);
        Self { x: screen.x - fixed.x * zoom, y: screen.y - fixed.y * zoom, zoom }
    }

    /// Shows all of `bounds` in a window of `width` by `height` pixels with `margin` pixels around it.
    ///
    /// Never zooms above 1. Centred; when the content is taller than the window even at [`Self::MIN_ZOOM`], its top shows.
    #[must_use]
    pub fn fit(bounds: &Rect, width: f64, height: f64, margin: f64) -> Self {
        let share = |room: f64, content: f64| {
            if content > 0.0 { (room - 2.0 * margin).max(1.0) / content } else { 1.0 }
        };
        let zoom = share(width, bounds.width).min(share(height, bounds.height)).clamp(Self::MIN_ZOOM, 1.0);
        let middle = bounds.center();
        let spare = height - bounds.height * zoom;
        let top = if spare >= 2.0 * margin { spare / 2.0 } else { margin };
        Self { x: width / 2.0 - middle.x * zoom, y: top - bounds.y * zoom, zoom }
    }

    /// The part of the canvas that a window of `width` by `height` pixels shows.
    pub fn visible(&self, width: f64, height: f64) -> Rect {
        let corner = self.to_world(Point::default());
        Rect::new(corner.x, corner.y, width / self.zoom, height / self.zoom)
    }

    /// How much of a card is worth drawing in a journey of so many nodes.
    pub fn detail(&self, nodes: usize) -> Detail {
        let names = if nodes > Detail::MANY { Detail::NAMES_OF_MANY } else { Detail::NAMES };
        match self.zoom {
            zoom if zoom < names => Detail::Boxes,
            zoom if zoom < Detail::CARDS => Detail::Names,
            _ => Detail::Cards,
        }
    }

    /// The part of the canvas to keep drawn for a window of `width` by `height` pixels: what it shows and `margin` pixels
    /// around it, widened to multiples of `step` canvas units, so that it stays the same while the window moves a little.
    pub fn kept(&self, width: f64, height: f64, margin: f64, step: f64) -> Rect {
        let shown = self.visible(width, height).inflate(margin / self.zoom);
        let low = |at: f64| (at / step).floor() * step;
        let high = |at: f64| (at / step).ceil() * step;
        let (x, y) = (low(shown.x), low(shown.y));
        Rect::new(x, y, high(shown.right()) - x, high(shown.bottom()) - y)
    }

    /// The smallest pan that shows `area` with `margin` pixels around it; its top-left when it is larger than the window.
    #[must_use]
    pub fn reveal(self, area: &Rect, width: f64, height: f64, margin: f64) -> Self {
        let from = self.to_screen(Point::new(area.x, area.y));
        let to = self.to_screen(Point::new(area.right(), area.bottom()));
        self.pan(shift(from.x, to.x, width, margin), shift(from.y, to.y, height, margin))
    }
}

/// How far `from..to` must move to lie within `margin..room - margin`; `from` decides when it does not fit.
fn shift(from: f64, to: f64, room: f64, margin: f64) -> f64 {
    if from < margin || to - from > room - 2.0 * margin {
        margin - from
    } else if to > room - margin {
        room - margin - to
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let view = Viewport { x: 30.0, y: -20.0, zoom: 0.5 };
        assert_eq!(view.to_screen(Point::new(100.0, 40.0)), Point::new(80.0, 0.0));
        assert_eq!(view.to_world(Point::new(80.0, 0.0)), Point::new(100.0, 40.0));
        assert_eq!(view.visible(100.0, 50.0), Rect::new(-60.0, 40.0, 200.0, 100.0));
    }

    #[test]
    fn what_moved_on_the_canvas_stays_in_the_window() {
        let view = Viewport { x: 30.0, y: -20.0, zoom: 0.5 };
        let (from, to) = (Rect::new(100.0, 40.0, 10.0, 10.0), Rect::new(-20.0, 60.0, 10.0, 10.0));
        let after = view.following(&from, &to);
        let corner = |area: &Rect| Point::new(area.x, area.y);
        assert_eq!(after.to_screen(corner(&to)), view.to_screen(corner(&from)));
        assert_eq!((after.zoom, view.following(&from, &from)), (0.5, view));
    }

    #[test]
    fn zoom_keeps_the_point_and_the_limits() {
        let at = Point::new(200.0, 100.0);
        let start = Viewport { x: 10.0, y: 20.0, zoom: 1.0 };
        for (factor, zoom) in [(2.0, 2.0), (4.0, 2.0), (0.5, 0.5), (0.01, 0.05), (0.0, 1.0), (f64::NAN, 1.0)] {
            let view = start.zoom_at(at, factor);
            assert_eq!(view.zoom, zoom, "factor {factor}");
            let (before, after) = (start.to_world(at), view.to_world(at));
            assert!(before.distance(after) < 1e-9, "factor {factor}");
        }
    }

    #[test]
    fn fit_table() {
        // bounds, window, margin, expected x, y, zoom
        let cases = [
            (Rect::new(0.0, 0.0, 100.0, 100.0), (300.0, 200.0), 20.0, (100.0, 50.0, 1.0)),
            (Rect::new(-50.0, 0.0, 100.0, 360.0), (300.0, 200.0), 10.0, (150.0, 10.0, 0.5)),
            (Rect::new(0.0, 0.0, 560.0, 10.0), (300.0, 200.0), 10.0, (10.0, 97.5, 0.5)),
            // taller than the window at the smallest zoom: the top shows
            (Rect::new(0.0, 0.0, 100.0, 9000.0), (300.0, 200.0), 10.0, (147.5, 10.0, 0.05)),
            (Rect::new(0.0, 0.0, 0.0, 0.0), (300.0, 200.0), 10.0, (150.0, 100.0, 1.0)),
        ];
        for (bounds, (width, height), margin, (x, y, zoom)) in cases {
            assert_eq!(Viewport::fit(&bounds, width, height, margin), Viewport { x, y, zoom }, "{bounds:?}");
        }
    }

    #[test]
    fn detail_and_the_kept_part() {
        let at = |zoom| Viewport { x: 0.0, y: 0.0, zoom };
        let cases = [(0.05, Detail::Boxes), (0.29, Detail::Boxes), (0.3, Detail::Names), (0.6, Detail::Cards)];
        for (zoom, detail) in cases {
            assert_eq!(at(zoom).detail(Detail::MANY), detail, "zoom {zoom}");
        }
        assert_eq!(at(0.39).detail(Detail::MANY + 1), Detail::Boxes);
        assert_eq!(at(0.4).detail(Detail::MANY + 1), Detail::Names);
        let kept = |x: f64| Viewport { x, y: 0.0, zoom: 0.5 }.kept(300.0, 200.0, 10.0, 256.0);
        assert_eq!(kept(0.0), Rect::new(-256.0, -256.0, 1024.0, 768.0));
        assert_eq!(kept(-20.0), Rect::new(0.0, -256.0, 768.0, 768.0));
        assert_eq!(kept(-30.0), kept(-20.0));
    }

    #[test]
    fn reveal_table() {
        let view = Viewport::default();
        let cases = [
            (Rect::new(50.0, 50.0, 20.0, 20.0), (0.0, 0.0)),
            (Rect::new(-30.0, 50.0, 20.0, 20.0), (40.0, 0.0)),
            (Rect::new(190.0, 195.0, 20.0, 20.0), (-20.0, -25.0)),
            (Rect::new(50.0, -5.0, 20.0, 500.0), (0.0, 15.0)),
        ];
        for (area, (x, y)) in cases {
            assert_eq!(view.reveal(&area, 200.0, 200.0, 10.0), Viewport { x, y, zoom: 1.0 }, "{area:?}");
        }
    }
}
