//! Where a layout's ranks stand, for the layout of the changed graph to keep: what is above a change stays.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::grid::Grid;
use super::part::{Part, label_width};
use super::sheet::Sheet;

/// One part as it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Standing {
    /// The mark of the node that the middles are counted from.
    root: u64,
    /// By rank, from left to right.
    ranks: Vec<Vec<Stood>>,
    /// By rank: the middles of the slots below it, from left to right.
    slots: Vec<Vec<f64>>,
}

/// A node, or a bend of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stood {
    mark: Mark,
    middle: f64,
}

/// Tells vertices of two graphs for the same. Numbers made of names: two vertices could share one by chance, which costs no
/// more than the places that were to be kept.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Mark {
    /// Which vertex it is, of what size.
    own: u64,
    /// What lines leave it, and where to.
    out: u64,
}

/// The ranks from the top that the graph has as it had them, with their old places.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// By rank: the vertices from left to right.
    pub ranks: Vec<Vec<usize>>,
    /// By layer of the grid: the middles from left to right; where ranks follow, not of the slots below the last kept one.
    pub middles: Vec<Vec<f64>>,
}

impl Standing {
    /// How the vertices of `grid` stand with these middles.
    pub(super) fn of(part: &Part, sheet: &Sheet, grid: &Grid, root: usize, x: &[f64]) -> Standing {
        let marks = marks(part, sheet);
        let stood = |&vertex: &usize| Stood { mark: marks[vertex], middle: x[vertex] };
        Standing {
            root: marks[root].own,
            ranks: grid.layers.iter().step_by(2).map(|layer| layer.iter().map(stood).collect()).collect(),
            slots: grid
                .layers
                .iter()
                .skip(1)
                .step_by(2)
                .map(|slots| slots.iter().map(|&slot| x[slot]).collect())
                .collect(),
        }
    }
}

/// What of the part stood in one of `earlier`, from the top down to the first rank below which something is new: nothing,
/// where that is above the root.
pub(super) fn kept(part: &Part, sheet: &Sheet, root: usize, earlier: &[Standing]) -> Kept {
    let mut kept = Kept::default();
    if earlier.is_empty() {
        return kept;
    }
    let marks = marks(part, sheet);
    let Some(standing) = earlier.iter().find(|standing| standing.root == marks[root].own) else { return kept };
    let vertices: HashMap<u64, usize> = marks.iter().enumerate().map(|(vertex, mark)| (mark.own, vertex)).collect();
    let mut wide = vec![0; sheet.ranks()];
    sheet.rank.iter().for_each(|&rank| wide[rank] += 1);
    let mut seen = vec![false; sheet.vertices()];
    for (rank, (stood, slots)) in standing.ranks.iter().zip(&standing.slots).enumerate() {
        if wide.get(rank) != Some(&stood.len()) {
            break;
        }
        let same = |stood: &Stood| {
            let &vertex = vertices.get(&stood.mark.own)?;
            let first = !std::mem::replace(&mut seen[vertex], true);
            (first && sheet.rank[vertex] == rank).then_some(vertex)
        };
        let Some(layer) = stood.iter().map(same).collect::<Option<Vec<usize>>>() else { break };
        let ends = layer.iter().zip(stood).any(|(&vertex, stood)| marks[vertex].out != stood.mark.out);
        kept.ranks.push(layer);
        kept.middles.push(stood.iter().map(|stood| stood.middle).collect());
        if ends {
            break;
        }
        kept.middles.push(slots.clone());
    }
    if kept.ranks.len() <= sheet.rank[root] {
        return Kept::default();
    }
    if kept.ranks.len() < sheet.ranks() {
        kept.middles.truncate(2 * kept.ranks.len() - 1);
    }
    kept
}

/// By vertex.
fn marks(part: &Part, sheet: &Sheet) -> Vec<Mark> {
    let mut out = vec![0; sheet.nodes];
    let mut branch = Vec::with_capacity(part.edges.len());
    let mut branches = vec![0usize; sheet.nodes];
    for (edge, &(from, to)) in part.edges.iter().enumerate() {
        let room = label_width(part.labels[edge]).to_bits();
        out[from] = number(&(out[from], part.ids[to], room, part.labels[edge].is_empty(), sheet.aside[edge]));
        branch.push(branches[from]);
        branches[from] += 1;
    }
    let node = |node: usize| {
        let (width, height) = part.sizes[node];
        Mark { own: number(&(part.ids[node], width.to_bits(), height.to_bits())), out: out[node] }
    };
    let mut marks: Vec<Mark> = (0..sheet.nodes).map(node).collect();
    for vertex in sheet.nodes..sheet.vertices() {
        let edge = sheet.segments[sheet.up.of(vertex)[0]].edge;
        let (from, to) = part.edges[edge];
        let own = number(&(part.ids[from], branch[edge], sheet.rank[vertex] - sheet.rank[from]));
        marks.push(Mark { own, out: number(&part.ids[to]) });
    }
    marks
}

fn number(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
