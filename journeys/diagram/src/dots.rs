//! People as dots: where they stand at a card, and how they go along a line. The canvas and the picture draw the same.

use std::fmt::Write;

use crate::geometry::Rect;
use crate::route::number;

/// From the middle of a dot at a card to the middle of the next; canvas units.
const APART: f64 = 9.0;
/// From the left edge of the card to the middle of its first dot, and the least that is free at the right.
const INSET: f64 = 15.0;
/// Diameter of a dot at a card; the style sheet has the same.
pub const STANDING: f64 = 7.0;
/// Diameter of a dot on a line; the style sheet has the same.
pub const WALKING: f64 = 6.0;

/// The dots that stand at a card, on its lower edge, as SVG path data for a line of [`STANDING`] with round ends. Those that
/// have no room are left out.
pub fn standing(card: &Rect, count: u64) -> String {
    let room = ((card.width - 2.0 * INSET) / APART).floor().max(0.0) as u64 + 1;
    let mut path = String::new();
    for dot in 0..count.min(room) {
        let x = card.x + INSET + APART * dot as f64;
        // writing to a String cannot fail; of a line of no length some would draw no ends
        let _ = write!(path, "M{} {}h.01", number(x), number(card.bottom()));
    }
    path
}

/// The dots that go along a connection, as `stroke-dasharray` for its line of [`WALKING`] with round ends; `gap` is from the
/// middle of one to the middle of the next, canvas units.
pub fn walking(gap: u64) -> String {
    format!("0.01 {gap}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_stand_on_the_lower_edge_as_far_as_there_is_room() {
        let card = Rect::new(10.0, 20.0, 236.0, 68.0);
        assert_eq!(standing(&card, 0), "");
        assert_eq!(standing(&card, 2), "M25 88h.01M34 88h.01");
        let all = standing(&card, 1_000);
        let places: Vec<f64> = all.split('M').skip(1).filter_map(|dot| dot.split(' ').next()?.parse().ok()).collect();
        assert!(places.len() >= 23 && places.iter().all(|x| *x <= card.right() - INSET), "{places:?}");
        assert!(!standing(&Rect::new(0.0, 0.0, 5.0, 5.0), 3).is_empty());
    }
}
