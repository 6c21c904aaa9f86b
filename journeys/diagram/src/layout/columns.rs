//! Horizontal coordinates, after Brandes and Köpf, "Fast and Simple Horizontal Coordinate Assignment" (2001).
//!
//! Vertices are aligned with the median of their neighbours into blocks (four ways: upper or lower neighbours, from the
//! left or from the right), blocks are packed, and the four results are averaged. Long lines come out straight, parents
//! stand centred over their children.

use super::grid::Grid;

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
    let next = super::sheet::Lists::collect(count, &pairs);
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
