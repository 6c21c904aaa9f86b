//! The journey from afar, as pixels: a box per card, a thin line per connection.
//!
//! Where cards are too small to read, thousands of them show at once. As elements of a page they would cost the frame;
//! as rectangles in a buffer they take a millisecond. Used by the canvas when zoomed out, and by the small map.

use crate::geometry::{Point, Rect};
use crate::index::Index;
use crate::layout::Layout;

/// A colour: red, green, blue, opacity, each 0 to 255.
pub type Ink = [u8; 4];

/// How one card looks from afar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its face.
    pub face: Ink,
    /// Its border.
    pub border: Ink,
}

/// A picture of `window`, `width` by `height` pixels, row by row in RGBA; transparent where nothing is.
///
/// `card` says how a node looks, `line` what colour an edge has. The scale is `width` pixels for the window's width, the
/// same across and down. Lines are 2 canvas units thick, but a pixel at least; cards have a border of a pixel.
pub fn paint(
    layout: &Layout,
    index: &Index,
    window: &Rect,
    (width, height): (usize, usize),
    card: impl Fn(usize) -> Look,
    line: impl Fn(usize) -> Ink,
) -> Vec<u8> {
    let mut sheet = Sheet { width, height, pixels: vec![0; width * height * 4] };
    let scale = width as f64 / window.width.max(f64::MIN_POSITIVE);
    let screen = |at: Point| ((at.x - window.x) * scale, (at.y - window.y) * scale);
    let thick = (2.0 * scale).round().max(1.0);
    for edge in index.edges_in(layout, window) {
        let ink = line(edge);
        for (a, b) in layout.edges[edge].pieces() {
            let (a, b) = (screen(a), screen(b));
            let (left, top) = (a.0.min(b.0) - thick / 2.0, a.1.min(b.1) - thick / 2.0);
            let (across, down) = ((a.0 - b.0).abs(), (a.1 - b.1).abs());
            sheet.fill(left.round(), top.round(), across.round() + thick, down.round() + thick, ink);
        }
    }
    for node in index.nodes_in(layout, window) {
        let area = layout.nodes[node];
        let look = card(node);
        let (left, top) = screen(Point::new(area.x, area.y));
        let (left, top) = (left.round(), top.round());
        let (across, down) = ((area.width * scale).round().max(2.0), (area.height * scale).round().max(2.0));
        sheet.fill(left, top, across, down, look.border);
        sheet.fill(left + 1.0, top + 1.0, across - 2.0, down - 2.0, look.face);
    }
    sheet.pixels
}

struct Sheet {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Sheet {
    /// Fills what of the rectangle lies on the sheet.
    fn fill(&mut self, left: f64, top: f64, across: f64, down: f64, ink: Ink) {
        let within = |at: f64, limit: usize| at.clamp(0.0, limit as f64) as usize;
        let (from, to) = (within(left, self.width), within(left + across, self.width));
        if from >= to {
            return;
        }
        for row in within(top, self.height)..within(top + down, self.height) {
            let start = row * self.width;
            for pixel in self.pixels[(start + from) * 4..(start + to) * 4].chunks_exact_mut(4) {
                pixel.copy_from_slice(&ink);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::Route;

    const FACE: Ink = [1, 1, 1, 255];
    const BORDER: Ink = [2, 2, 2, 255];
    const LINE: Ink = [3, 3, 3, 255];

    #[test]
    fn a_card_and_its_line() {
        let layout = Layout {
            nodes: vec![Rect::new(10.0, 10.0, 40.0, 30.0)],
            edges: vec![Route { points: vec![Point::new(30.0, 40.0), Point::new(30.0, 80.0)], ..Route::default() }],
            bounds: Rect::new(10.0, 10.0, 40.0, 70.0),
            ..Layout::default()
        };
        let index = Index::of(&layout);
        let window = Rect::new(0.0, 0.0, 60.0, 80.0);
        let look = |_| Look { face: FACE, border: BORDER };
        let pixels = paint(&layout, &index, &window, (6, 8), look, |_| LINE);
        let letters = |ink: &[u8]| match ink[0] {
            0 => '.',
            1 => 'f',
            2 => 'b',
            _ => 'l',
        };
        let rows: Vec<String> = pixels.chunks(6 * 4).map(|row| row.chunks(4).map(letters).collect()).collect();
        assert_eq!(rows, ["......", ".bbbb.", ".bffb.", ".bbbb.", "...l..", "...l..", "...l..", "...l.."]);
    }

    #[test]
    fn nothing_is_painted_outside() {
        let layout = Layout { nodes: vec![Rect::new(-500.0, -500.0, 4000.0, 4000.0)], ..Layout::default() };
        let look = |_| Look { face: FACE, border: BORDER };
        let index = Index::of(&layout);
        let pixels = paint(&layout, &index, &Rect::new(0.0, 0.0, 8.0, 8.0), (2, 2), look, |_| LINE);
        assert_eq!(pixels, FACE.repeat(4));
        assert_eq!(paint(&layout, &index, &Rect::default(), (0, 0), look, |_| LINE), [0; 0]);
    }
}
