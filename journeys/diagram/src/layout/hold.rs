//! Keeps the top of a layout where it stood, and lets what is below follow.

use super::grid::Grid;
use super::sheet::Lists;

/// Whether the upper layers can stand at `middles`: as many vertices, and room between them.
pub(super) fn fits(grid: &Grid, middles: &[Vec<f64>], apart: &impl Fn(usize, usize) -> f64) -> bool {
    // middles are rounded, each by up to half a unit
    const ROUNDED: f64 = 1.0;
    middles.len() <= grid.layers.len()
        && grid.layers.iter().zip(middles).all(|(layer, middles)| {
            let room = |(pair, at): (&[usize; 2], &[f64; 2])| at[1] - at[0] + ROUNDED >= apart(pair[0], pair[1]);
            layer.len() == middles.len() && layer.array_windows().zip(middles.array_windows()).all(room)
        })
}

/// Puts the upper layers at `middles`. What is below moves along with what it hangs on, straight pieces as one, and apart
/// where it would come too close. Returns whether anything moved.
pub(super) fn hold(grid: &Grid, x: &mut [f64], middles: &[Vec<f64>], apart: &impl Fn(usize, usize) -> f64) -> bool {
    let mut shift = vec![0.0; x.len()];
    let upper = grid.layers.iter().zip(middles).flat_map(|(layer, middles)| layer.iter().zip(middles));
    upper.for_each(|(&vertex, &at)| shift[vertex] = at - x[vertex]);
    if shift.iter().all(|&shift| shift == 0.0) {
        return false;
    }
    let lower = &grid.layers[middles.len()..];
    // by vertex: the first of its straight piece
    let mut head: Vec<usize> = (0..x.len()).collect();
    for (index, &vertex) in lower.iter().enumerate().flat_map(|(index, layer)| layer.iter().map(move |v| (index, v))) {
        let above = grid.up.of(vertex);
        match above.iter().find(|&&near| index > 0 && x[near] == x[vertex]) {
            Some(&straight) => head[vertex] = head[straight],
            None if above.is_empty() => {}
            None => shift[vertex] = above.iter().map(|&near| shift[near]).sum::<f64>() / above.len() as f64,
        }
        shift[vertex] = shift[head[vertex]];
    }
    let (mut pairs, mut gaps) = (Vec::new(), Vec::new());
    for &[left, right] in lower.iter().flat_map(|layer| layer.array_windows()) {
        pairs.push((head[left], pairs.len()));
        gaps.push((head[right], apart(left, right)));
    }
    let next = Lists::collect(x.len(), &pairs);
    let mut heads: Vec<usize> = lower.iter().flatten().copied().filter(|&vertex| head[vertex] == vertex).collect();
    // of two neighbours the left one comes first: so they stand
    heads.sort_by(|&a, &b| x[a].total_cmp(&x[b]));
    let mut pushed_right: Vec<f64> = x.iter().zip(&shift).map(|(x, shift)| x + shift).collect();
    let mut pushed_left = pushed_right.clone();
    for &left in &heads {
        for &pair in next.of(left) {
            let (right, gap) = gaps[pair];
            pushed_right[right] = pushed_right[right].max(pushed_right[left] + gap);
        }
    }
    for &left in heads.iter().rev() {
        for &pair in next.of(left) {
            let (right, gap) = gaps[pair];
            pushed_left[left] = pushed_left[left].min(pushed_left[right] - gap);
        }
    }
    // both keep the distances, so their mean does
    for (layer, middles) in grid.layers.iter().zip(middles) {
        layer.iter().zip(middles).for_each(|(&vertex, &at)| x[vertex] = at);
    }
    for &vertex in lower.iter().flatten() {
        x[vertex] = ((pushed_right[head[vertex]] + pushed_left[head[vertex]]) / 2.0).round();
    }
    true
}
