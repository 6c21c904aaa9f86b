//! The ordered ranks with a rank of slots below each: every line that leaves a rank gets a slot of its own, in which
//! its label and its "+" have room. So lines fan out from their source above the slots and join below them.

use super::order::Order;
use super::sheet::{Lists, Sheet};

/// The room one line needs in the space below a rank.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub edge: usize,
    /// The vertex it comes from.
    pub upper: usize,
    /// The vertex it leads to; for an edge drawn around the side, that side.
    pub lower: Lower,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lower {
    Left,
    Vertex(usize),
    Right,
}

/// Nodes and bends in even layers, slots in odd ones. A slot's vertex number is `first_slot` plus its index.
#[derive(Debug)]
pub(super) struct Grid {
    pub nodes: usize,
    pub first_slot: usize,
    pub slots: Vec<Slot>,
    /// From the top, each from left to right; the one with number 2 × rank + 1 holds the slots below that rank.
    pub layers: Vec<Vec<usize>>,
    /// By vertex: its index in its layer.
    pub place: Vec<usize>,
    /// By vertex: the neighbours in the layer above, from left to right.
    pub up: Lists,
    /// By vertex: the neighbours in the layer below, from left to right.
    pub down: Lists,
}

impl Grid {
    /// Adds the slots. `edges` are those of the sheet.
    pub fn new(sheet: &Sheet, order: &Order, edges: &[(usize, usize)]) -> Self {
        let mut aside = vec![Vec::new(); sheet.nodes];
        let mut branches = vec![0usize; sheet.nodes];
        for (edge, &(from, _)) in edges.iter().enumerate() {
            if sheet.aside[edge] {
                aside[from].push((edge, branches[from]));
            }
            branches[from] += 1;
        }
        let across = |node: usize| (order.place[node] as f64 + 0.5) / order.layers[sheet.rank[node]].len() as f64;
        let first_slot = sheet.vertices();
        let mut slots = Vec::new();
        let mut layers = Vec::new();
        for layer in &order.layers {
            let mut below = Vec::new();
            for &upper in layer {
                let from = slots.len();
                for &segment in sheet.down.of(upper) {
                    let segment = &sheet.segments[segment];
                    slots.push(Slot { edge: segment.edge, upper, lower: Lower::Vertex(segment.lower) });
                }
                for &(edge, branch) in aside.get(upper).map_or(&[][..], Vec::as_slice) {
                    let several = branches[upper] > 1;
                    let left = match branch {
                        0 if several => true,
                        _ if several && branch + 1 == branches[upper] => false,
                        _ => across(upper) + across(edges[edge].1) < 1.0,
                    };
                    slots.push(Slot { edge, upper, lower: if left { Lower::Left } else { Lower::Right } });
                }
                slots[from..].sort_by_key(|slot| {
                    let target = match slot.lower {
                        Lower::Left => (0, 0),
                        Lower::Vertex(vertex) => (1, order.place[vertex]),
                        Lower::Right => (2, 0),
                    };
                    (target, slot.edge)
                });
                below.extend(first_slot + from..first_slot + slots.len());
            }
            layers.push(layer.clone());
            layers.push(below);
        }
        let count = first_slot + slots.len();
        let mut place = vec![0; count];
        for layer in &layers {
            for (index, &vertex) in layer.iter().enumerate() {
                place[vertex] = index;
            }
        }
        let mut pairs = Vec::with_capacity(2 * slots.len());
        for (index, slot) in slots.iter().enumerate() {
            pairs.push((slot.upper, first_slot + index));
        }
        for (index, slot) in slots.iter().enumerate() {
            if let Lower::Vertex(lower) = slot.lower {
                pairs.push((first_slot + index, lower));
            }
        }
        let down = Lists::collect(count, &pairs);
        let pairs: Vec<(usize, usize)> = pairs.into_iter().map(|(upper, lower)| (lower, upper)).collect();
        // slots were made from left to right, so the upper neighbours of each vertex come in order, too
        let up = Lists::collect(count, &pairs);
        Self { nodes: sheet.nodes, first_slot, slots, layers, place, up, down }
    }

    /// The slot with this vertex number.
    pub fn slot(&self, vertex: usize) -> Option<&Slot> {
        vertex.checked_sub(self.first_slot).map(|index| &self.slots[index])
    }

    /// Whether the vertex is only passed by one line: a bend or a slot.
    pub fn is_line(&self, vertex: usize) -> bool {
        vertex >= self.nodes
    }

    pub fn vertices(&self) -> usize {
        self.place.len()
    }
}
