//! Crossing reduction: the order of the vertices within each rank.
//!
//! Sweeps go down and up, put each vertex at the mean of its neighbours (the barycentre method of Sugiyama, Tagawa and
//! Toda) and swap neighbours while that helps. Only improvements are kept. The branches of one source keep their order
//! from left to right unless that costs crossings.

use super::sheet::Sheet;

/// An order of the vertices of each rank.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Order {
    /// By rank, from left to right.
    pub layers: Vec<Vec<usize>>,
    /// By vertex: its index in its rank.
    pub place: Vec<usize>,
}

impl Order {
    fn settle(&mut self, rank: usize) {
        for (place, &vertex) in self.layers[rank].iter().enumerate() {
            self.place[vertex] = place;
        }
    }
}

/// The best order found that has the upper ranks as they are in `kept`.
///
/// The first search starts from a walk in branch order; each later one from the best so far, a little disordered, as
/// a sweep alone stays in the hollow it starts in. Every second search lets branches attract as if all left from one
/// point, which brings together what rejoins.
pub(super) fn order(sheet: &Sheet, root: usize, kept: &[Vec<usize>]) -> Order {
    const SEARCHES: u32 = 8;
    let ports = ports(sheet);
    let one_point = vec![Port::default(); ports.len()];
    let mut best = walked(sheet, root);
    for (rank, layer) in kept.iter().enumerate() {
        best.layers[rank].clone_from(layer);
        best.settle(rank);
    }
    let first = kept.len();
    let mut least = cost(sheet, &best);
    for number in 0..SEARCHES {
        if least == 0 {
            break;
        }
        let mut current = best.clone();
        if number > 0 {
            disorder(&mut current, number, first);
        }
        let pull = if number % 2 == 0 { &ports } else { &one_point };
        search(sheet, &ports, pull, current, &mut best, &mut least, first);
    }
    best
}

/// Sweeps down and up from `current`, ranks from `first` on, until that stops helping; what is better than `best` replaces it.
fn search(
    sheet: &Sheet,
    ports: &[Port],
    pulling: &[Port],
    mut current: Order,
    best: &mut Order,
    least: &mut isize,
    first: usize,
) {
    /// Sweeps without an improvement before the search ends.
    const PATIENCE: usize = 8;
    let mut lowest = isize::MAX;
    let mut stale = 0;
    let mut sweep = 0;
    while *least > 0 && stale < PATIENCE {
        // equal wishes: now the left one first, now the right one
        let reversed = sweep % 4 >= 2;
        if sweep % 2 == 0 {
            for rank in first.max(1)..current.layers.len() {
                pull(&mut current, rank, reversed, |order, vertex| above(sheet, pulling, order, vertex));
            }
        } else {
            for rank in (first..current.layers.len().saturating_sub(1)).rev() {
                pull(&mut current, rank, reversed, |order, vertex| below(sheet, order, vertex));
            }
        }
        swap_neighbours(sheet, ports, &mut current, first);
        let now = cost(sheet, &current);
        if now < *least {
            *least = now;
            best.clone_from(&current);
        }
        if now < lowest {
            lowest = now;
            stale = 0;
        } else {
            stale += 1;
        }
        sweep += 1;
    }
}

/// Swaps about one in eight pairs of neighbours: always the same ones for the same `number`.
fn disorder(order: &mut Order, number: u32, first: usize) {
    let mut dice = number.wrapping_mul(0x9E37_79B9) | 1;
    for rank in first..order.layers.len() {
        for place in 1..order.layers[rank].len() {
            // xorshift
            dice ^= dice << 13;
            dice ^= dice >> 17;
            dice ^= dice << 5;
            if dice.is_multiple_of(8) {
                order.layers[rank].swap(place - 1, place);
            }
        }
        order.settle(rank);
    }
}

/// Where a segment leaves its source.
#[derive(Clone, Copy, Debug, Default)]
struct Port {
    /// The branch, counted from the left.
    branch: usize,
    /// Share of the way from the source's left to its right end, -0.5 to 0.5.
    share: f64,
}

/// By segment.
fn ports(sheet: &Sheet) -> Vec<Port> {
    let mut ports = vec![Port::default(); sheet.segments.len()];
    for vertex in 0..sheet.vertices() {
        let out = sheet.down.of(vertex);
        for (branch, &segment) in out.iter().enumerate() {
            ports[segment] = Port { branch, share: (branch as f64 + 0.5) / out.len() as f64 - 0.5 };
        }
    }
    ports
}

/// The order of a walk from the root that takes branches from left to right.
fn walked(sheet: &Sheet, root: usize) -> Order {
    let mut layers = vec![Vec::new(); sheet.ranks()];
    let mut seen = vec![false; sheet.vertices()];
    let sources = (0..sheet.nodes).filter(|&node| sheet.up.of(node).is_empty());
    for start in std::iter::once(root).chain(sources) {
        let mut open = vec![start];
        while let Some(vertex) = open.pop() {
            if std::mem::replace(&mut seen[vertex], true) {
                continue;
            }
            layers[sheet.rank[vertex]].push(vertex);
            open.extend(sheet.down.of(vertex).iter().rev().map(|&segment| sheet.segments[segment].lower));
        }
    }
    let mut order = Order { layers, place: vec![0; sheet.vertices()] };
    for rank in 0..order.layers.len() {
        order.settle(rank);
    }
    order
}

/// Sorts one rank by `wish`; a vertex without a wish keeps its place.
fn pull(order: &mut Order, rank: usize, reversed: bool, wish: impl Fn(&Order, usize) -> Option<f64>) {
    let mut wishes: Vec<(f64, usize)> =
        order.layers[rank].iter().filter_map(|&vertex| Some((wish(order, vertex)?, vertex))).collect();
    if reversed {
        wishes.reverse();
    }
    wishes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let wanting: Vec<usize> = if wishes.len() == order.layers[rank].len() {
        (0..wishes.len()).collect()
    } else {
        let mut places: Vec<usize> = wishes.iter().map(|&(_, vertex)| order.place[vertex]).collect();
        places.sort_unstable();
        places
    };
    for (place, (_, vertex)) in wanting.into_iter().zip(wishes) {
        order.layers[rank][place] = vertex;
    }
    order.settle(rank);
}

fn above(sheet: &Sheet, ports: &[Port], order: &Order, vertex: usize) -> Option<f64> {
    mean(sheet.up.of(vertex).iter().map(|&s| order.place[sheet.segments[s].upper] as f64 + ports[s].share))
}

fn below(sheet: &Sheet, order: &Order, vertex: usize) -> Option<f64> {
    mean(sheet.down.of(vertex).iter().map(|&s| order.place[sheet.segments[s].lower] as f64))
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let count = values.len();
    (count > 0).then(|| values.sum::<f64>() / count as f64)
}

/// Swaps neighbours as long as that removes crossings.
fn swap_neighbours(sheet: &Sheet, ports: &[Port], order: &mut Order, first: usize) {
    const ROUNDS: usize = 12;
    let mut dirty = vec![true; order.layers.len()];
    for _ in 0..ROUNDS {
        let mut improved = false;
        for rank in first..order.layers.len() {
            if !std::mem::take(&mut dirty[rank]) {
                continue;
            }
            let mut changed = false;
            for place in 1..order.layers[rank].len() {
                let (left, right) = (order.layers[rank][place - 1], order.layers[rank][place]);
                if gain(sheet, ports, order, left, right) > 0 {
                    order.layers[rank].swap(place - 1, place);
                    order.place[left] = place;
                    order.place[right] = place - 1;
                    changed = true;
                }
            }
            if changed {
                improved = true;
                let near = rank.saturating_sub(1)..(rank + 2).min(dirty.len());
                dirty[near].fill(true);
            }
        }
        if !improved {
            break;
        }
    }
}

/// How much smaller the [`cost`] gets when the neighbours `left` and `right` change places.
fn gain(sheet: &Sheet, ports: &[Port], order: &Order, left: usize, right: usize) -> isize {
    // a hub is left to the sweeps: comparing all pairs would take too long
    const MOST_PAIRS: usize = 4096;
    let mut gain = 0;
    let (a, b) = (sheet.up.of(left), sheet.up.of(right));
    if a.len() * b.len() <= MOST_PAIRS {
        for &s in a {
            for &t in b {
                let (p, q) = (sheet.segments[s].upper, sheet.segments[t].upper);
                gain += if p == q {
                    BRANCH * sign(ports[s].branch.cmp(&ports[t].branch))
                } else {
                    CROSSING * sign(order.place[p].cmp(&order.place[q]))
                };
            }
        }
    }
    let (a, b) = (sheet.down.of(left), sheet.down.of(right));
    if a.len() * b.len() <= MOST_PAIRS {
        let place = |s: usize| order.place[sheet.segments[s].lower];
        for &s in a {
            for &t in b {
                gain += CROSSING * sign(place(s).cmp(&place(t)));
            }
        }
    }
    gain
}

fn sign(order: std::cmp::Ordering) -> isize {
    order as isize
}

/// The price of two branches of one source out of order.
const BRANCH: isize = 1;
/// The price of a crossing.
const CROSSING: isize = 2;

/// What the search makes small: crossings between neighbouring ranks and, at a lower price, branches out of order.
fn cost(sheet: &Sheet, order: &Order) -> isize {
    let widest = order.layers.iter().map(Vec::len).max().unwrap_or(0);
    let mut tree = vec![0isize; widest + 1];
    let mut cost = 0;
    let mut places: Vec<usize> = Vec::new();
    for layer in &order.layers {
        tree.fill(0);
        let mut seen = 0;
        for &upper in layer {
            places.clear();
            places.extend(sheet.down.of(upper).iter().map(|&segment| order.place[sheet.segments[segment].lower]));
            // insertion sort: branches are few and mostly in order; each step undoes one pair out of order
            for from in 1..places.len() {
                let mut at = from;
                while at > 0 && places[at - 1] > places[at] {
                    places.swap(at - 1, at);
                    at -= 1;
                    cost += BRANCH;
                }
            }
            for &place in &places {
                // those already seen that end at or left of `place` do not cross (a Fenwick tree of counts)
                let mut not_crossed = 0;
                let mut at = place + 1;
                while at > 0 {
                    not_crossed += tree[at];
                    at &= at - 1;
                }
                cost += CROSSING * (seen - not_crossed);
                let mut at = place + 1;
                while at < tree.len() {
                    tree[at] += 1;
                    at += at & at.wrapping_neg();
                }
                seen += 1;
            }
        }
    }
    cost
}
