//! Horizontal coordinates, after Brandes and Köpf, "Fast and Simple Horizontal Coordinate Assignment" (2001).
//!
//! Vertices are aligned with the median of their neighbours into blocks (four ways: upper or lower neighbours, from the
//! left or from the right), blocks are packed, and the four results are averaged. Long lines come out straight, parents
//! stand centred over their children.

use super::grid::Grid;
use super::sheet::Lists;

/// The middle of every vertex of the grid. `apart(u, v)` is the least distance of two middles, `u` left of `v`.
pub(super) fn columns(grid: &Grid, apart: &impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let crossed = crossed_lines(grid);
    let mut ways = Vec::with_capacity(4);
    for from_top in [true, false] {
        for mirrored in [false, true] {
            let root = blocks(grid, &crossed, from_top, mirrored);
            ways.push(pack(grid, &root, mirrored, apart));
        }
    }
    average(&ways)
}

/// By slot: its line to a node crosses a line that only passes, which is to be kept straight instead.
fn crossed_lines(grid: &Grid) -> Vec<bool> {
    let mut crossed = vec![false; grid.slots.len()];
    for rank in 1..grid.layers.len() / 2 {
        let (above, layer) = (&grid.layers[2 * rank - 1], &grid.layers[2 * rank]);
        let mut left = 0;
        let mut checked = 0;
        for (index, &vertex) in layer.iter().enumerate() {
            let passing =
                if grid.is_line(vertex) { grid.up.of(vertex).first().map(|&slot| grid.place[slot]) } else { None };
            if passing.is_none() && index + 1 < layer.len() {
                continue;
            }
            let right = passing.unwrap_or(above.len());
            for &lower in &layer[checked..=index] {
                for &slot in grid.up.of(lower) {
                    if (grid.place[slot] < left || grid.place[slot] > right) && !grid.is_line(lower) {
                        crossed[slot - grid.first_slot] = true;
                    }
                }
            }
            checked = index + 1;
            left = right;
        }
    }
    crossed
}

/// By vertex: the first vertex of its block.
fn blocks(grid: &Grid, crossed: &[bool], from_top: bool, mirrored: bool) -> Vec<usize> {
    let count = grid.vertices();
    let mut root: Vec<usize> = (0..count).collect();
    let mut visit = |layer: &Vec<usize>| {
        // the place of the last neighbour taken: alignments must not cross
        let mut taken: Option<usize> = None;
        let mut step = |vertex: usize| {
            let near = if from_top { grid.up.of(vertex) } else { grid.down.of(vertex) };
            if near.is_empty() {
                return;
            }
            let (mut first, mut second) = (near[(near.len() - 1) / 2], near[near.len() / 2]);
            if mirrored {
                std::mem::swap(&mut first, &mut second);
            }
            for other in [first, second] {
                // only lines from a slot down can be crossed: their upper end is the slot
                let upper = if from_top { other } else { vertex };
                let is_crossed = upper.checked_sub(grid.first_slot).is_some_and(|slot| crossed[slot]);
                let place = grid.place[other];
                let free = taken.is_none_or(|taken| if mirrored { place < taken } else { place > taken });
                if free && !is_crossed {
                    root[vertex] = root[other];
                    taken = Some(place);
                    break;
                }
            }
        };
        if mirrored {
            layer.iter().rev().for_each(|&vertex| step(vertex));
        } else {
            layer.iter().for_each(|&vertex| step(vertex));
        }
    };
    if from_top {
        grid.layers.iter().for_each(&mut visit);
    } else {
        grid.layers.iter().rev().for_each(&mut visit);
    }
    root
}

/// Places the blocks as far to the left (mirrored: right) as they go, then each as near to its right neighbours.
fn pack(grid: &Grid, root: &[usize], mirrored: bool, apart: &impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let count = grid.vertices();
    // each block's neighbours on the side it is packed away from, with the least distance
    let mut pairs = Vec::with_capacity(count);
    let mut gaps = Vec::with_capacity(count);
    let mut waiting = vec![0usize; count];
    for layer in &grid.layers {
        for pair in layer.array_windows::<2>() {
            let [left, right] = *pair;
            let (a, b) = if mirrored { (root[right], root[left]) } else { (root[left], root[right]) };
            pairs.push((a, pairs.len()));
            gaps.push((b, apart(left, right)));
            waiting[b] += 1;
        }
    }
    let next = Lists::collect(count, &pairs);
    let mut x = vec![0.0f64; count];
    let mut order = Vec::with_capacity(count);
    order.extend((0..count).filter(|&vertex| root[vertex] == vertex && waiting[vertex] == 0));
    let mut done = 0;
    while let Some(&block) = order.get(done) {
        done += 1;
        for &pair in next.of(block) {
            let (other, gap) = gaps[pair];
            x[other] = x[other].max(x[block] + gap);
            waiting[other] -= 1;
            if waiting[other] == 0 {
                order.push(other);
            }
        }
    }
    for &block in order.iter().rev() {
        let room = next.of(block).iter().map(|&pair| x[gaps[pair].0] - gaps[pair].1).fold(f64::INFINITY, f64::min);
        if room.is_finite() {
            x[block] = x[block].max(room);
        }
    }
    let sign = if mirrored { -1.0 } else { 1.0 };
    root.iter().map(|&block| sign * x[block]).collect()
}

/// Aligns the four ways with the narrowest (two by their left, two by their right side) and takes, for each vertex, the
/// mean of the middle two.
fn average(ways: &[Vec<f64>]) -> Vec<f64> {
    let span = |way: &Vec<f64>| {
        way.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)))
    };
    let spans: Vec<(f64, f64)> = ways.iter().map(span).collect();
    let width = |index: usize| spans[index].1 - spans[index].0;
    let narrowest = (0..ways.len()).min_by(|&a, &b| width(a).total_cmp(&width(b))).unwrap_or(0);
    let shifts: Vec<f64> = (0..ways.len())
        .map(|way| match way % 2 {
            0 => spans[narrowest].0 - spans[way].0,
            _ => spans[narrowest].1 - spans[way].1,
        })
        .collect();
    (0..ways[0].len())
        .map(|vertex| {
            let mut four: [f64; 4] = std::array::from_fn(|way| ways[way][vertex] + shifts[way]);
            four.sort_by(f64::total_cmp);
            (four[1] + four[2]) / 2.0
        })
        .collect()
}

/// Moves straight pieces to the middle of what they lead to, where averaging left a node beside the middle one of its
/// three sources, say. A piece moves only if that brings it nearer to what it leads to on the whole, and no farther than
/// its neighbours let it. Those that reach above the layer `first` stay.
pub(super) fn straighten_pieces(grid: &Grid, x: &mut [f64], apart: &impl Fn(usize, usize) -> f64, first: usize) {
    const ROUNDS: usize = 6;
    let mut layer_of = vec![0; x.len()];
    for (layer, vertices) in grid.layers.iter().enumerate() {
        vertices.iter().for_each(|&vertex| layer_of[vertex] = layer);
    }
    for round in 0..ROUNDS {
        let mut moved = false;
        let mut seen = vec![false; x.len()];
        for index in first..grid.layers.len() {
            let layer = if round % 2 == 0 { index } else { grid.layers.len() - 1 - (index - first) };
            for &vertex in &grid.layers[layer] {
                if !seen[vertex] {
                    let piece = piece(grid, x, vertex);
                    piece.iter().for_each(|&vertex| seen[vertex] = true);
                    if piece.iter().any(|&vertex| layer_of[vertex] < first) {
                        continue;
                    }
                    let room = room(grid, x, &layer_of, &piece, apart);
                    if let Some(to) = better(grid, x, &piece, room) {
                        piece.iter().for_each(|&vertex| x[vertex] = to);
                        moved = true;
                    }
                }
            }
        }
        if !moved {
            break;
        }
    }
}

/// The vertices that one straight upright line joins with `vertex`.
fn piece(grid: &Grid, x: &[f64], vertex: usize) -> Vec<usize> {
    let mut piece = vec![vertex];
    for near in [&grid.up, &grid.down] {
        let mut at = vertex;
        while let Some(&next) = near.of(at).iter().find(|&&next| x[next] == x[at]) {
            piece.push(next);
            at = next;
        }
    }
    piece
}

/// Between which places the piece can stand; it can always stay.
fn room(
    grid: &Grid,
    x: &[f64],
    layer_of: &[usize],
    piece: &[usize],
    apart: &impl Fn(usize, usize) -> f64,
) -> (f64, f64) {
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    for &vertex in piece {
        let layer = &grid.layers[layer_of[vertex]];
        let place = grid.place[vertex];
        if let Some(&left) = place.checked_sub(1).and_then(|place| layer.get(place)) {
            low = low.max(x[left] + apart(left, vertex));
        }
        if let Some(&right) = layer.get(place + 1) {
            high = high.min(x[right] - apart(vertex, right));
        }
    }
    (low.ceil().min(x[piece[0]]), high.floor().max(x[piece[0]]))
}

/// A better place for the piece, if there is one.
fn better(grid: &Grid, x: &[f64], piece: &[usize], (low, high): (f64, f64)) -> Option<f64> {
    /// What a line that is not straight costs beside its length.
    const BEND: f64 = 20.0;
    let at = x[piece[0]];
    let mut wishes: Vec<f64> = piece
        .iter()
        .flat_map(|&vertex| [wish(x, vertex, &grid.up, &grid.down), wish(x, vertex, &grid.down, &grid.up)])
        .flatten()
        .collect();
    wishes.sort_by(f64::total_cmp);
    // a long straight piece wishes mostly to stay: equal wishes are reckoned once
    let wishes: Vec<(f64, f64)> = wishes.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len() as f64)).collect();
    let cost = |to: f64| -> f64 {
        let one = |wish: f64| if wish == to { 0.0 } else { (wish - to).abs() + BEND };
        wishes.iter().map(|&(wish, count)| one(wish) * count).sum()
    };
    let best = wishes.iter().map(|wish| wish.0.clamp(low, high)).min_by(|a, b| cost(*a).total_cmp(&cost(*b)))?;
    (cost(best) + 0.5 < cost(at)).then_some(best)
}

/// Where `vertex` would stand for its neighbours on one side: in their middle. A single neighbour counts only if
/// `vertex` is in the middle of that one's neighbours; else it is the other that follows.
fn wish(x: &[f64], vertex: usize, near: &Lists, facing: &Lists) -> Option<f64> {
    match *near.of(vertex) {
        [] => None,
        [other] => {
            let back = facing.of(other);
            (back.len() % 2 == 1 && back[back.len() / 2] == vertex).then_some(x[other])
        }
        ref several => {
            let (left, right) = (several[(several.len() - 1) / 2], several[several.len() / 2]);
            Some(((x[left] + x[right]) / 2.0).round())
        }
    }
}
