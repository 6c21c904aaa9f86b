//! Crossing reduction: the order of the vertices within each rank.
//!
//! Starts from a walk in branch order, then sweeps down and up, putting each vertex at the mean of its neighbours
//! (the barycentre method of Sugiyama, Tagawa and Toda), and swaps neighbours while that helps. Only improvements are
//! kept. The segments of one source leave it in branch order, so a branch out of order counts as a crossing and is
//! given up only where that saves more than one.

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

/// The best order found.
pub(super) fn order(sheet: &Sheet, root: usize) -> Order {
    let ports = ports(sheet);
    let mut best = walked(sheet, root);
    let mut least = crossings(sheet, &best);
    let mut current = best.clone();
    let mut stale = 0;
    let mut sweep = 0;
    while least > 0 && stale < PATIENCE {
        if sweep % 2 == 0 {
            for rank in 1..current.layers.len() {
                pull(&mut current, rank, |order, vertex| above(sheet, &ports, order, vertex));
            }
        } else {
            for rank in (0..current.layers.len().saturating_sub(1)).rev() {
                pull(&mut current, rank, |order, vertex| below(sheet, order, vertex));
            }
        }
        swap_neighbours(sheet, &ports, &mut current);
        let now = crossings(sheet, &current);
        if now < least {
            least = now;
            best.clone_from(&current);
            stale = 0;
        } else {
            stale += 1;
        }
        sweep += 1;
    }
    best
}

/// Sweeps without an improvement before the search ends.
const PATIENCE: usize = 8;

/// By segment: its branch as (index, share of the way from the left to the right end of its source, -0.5 to 0.5).
fn ports(sheet: &Sheet) -> Vec<(usize, f64)> {
    let mut ports = vec![(0, 0.0); sheet.segments.len()];
    for vertex in 0..sheet.vertices() {
        let out = sheet.down.of(vertex);
        for (index, &segment) in out.iter().enumerate() {
            ports[segment] = (index, (index as f64 + 0.5) / out.len() as f64 - 0.5);
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
fn pull(order: &mut Order, rank: usize, wish: impl Fn(&Order, usize) -> Option<f64>) {
    let mut wishes: Vec<(f64, usize)> =
        order.layers[rank].iter().filter_map(|&vertex| Some((wish(order, vertex)?, vertex))).collect();
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

fn above(sheet: &Sheet, ports: &[(usize, f64)], order: &Order, vertex: usize) -> Option<f64> {
    mean(sheet.up.of(vertex).iter().map(|&s| order.place[sheet.segments[s].upper] as f64 + ports[s].1))
}

fn below(sheet: &Sheet, order: &Order, vertex: usize) -> Option<f64> {
    mean(sheet.down.of(vertex).iter().map(|&s| order.place[sheet.segments[s].lower] as f64))
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let count = values.len();
    (count > 0).then(|| values.sum::<f64>() / count as f64)
}

/// Swaps neighbours as long as that removes crossings.
fn swap_neighbours(sheet: &Sheet, ports: &[(usize, f64)], order: &mut Order) {
    const ROUNDS: usize = 12;
    let mut dirty = vec![true; order.layers.len()];
    for _ in 0..ROUNDS {
        let mut improved = false;
        for rank in 0..order.layers.len() {
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
                for near in rank.saturating_sub(1)..=(rank + 1).min(order.layers.len() - 1) {
                    dirty[near] = true;
                }
            }
        }
        if !improved {
            break;
        }
    }
}

/// How many crossings go away when the neighbours `left` and `right` change places.
fn gain(sheet: &Sheet, ports: &[(usize, f64)], order: &Order, left: usize, right: usize) -> isize {
    // a hub is left to the sweeps: comparing all pairs would take too long
    const MOST_PAIRS: usize = 4096;
    let mut gain = 0;
    let (a, b) = (sheet.up.of(left), sheet.up.of(right));
    if a.len() * b.len() <= MOST_PAIRS {
        let key = |s: usize| (order.place[sheet.segments[s].upper], ports[s].0);
        gain += balance(a, b, key);
    }
    let (a, b) = (sheet.down.of(left), sheet.down.of(right));
    if a.len() * b.len() <= MOST_PAIRS {
        gain += balance(a, b, |s| order.place[sheet.segments[s].lower]);
    }
    gain
}

fn balance<K: Ord>(a: &[usize], b: &[usize], key: impl Fn(usize) -> K) -> isize {
    let mut gain = 0;
    for &s in a {
        for &t in b {
            gain += match key(s).cmp(&key(t)) {
                std::cmp::Ordering::Greater => 1,
                std::cmp::Ordering::Less => -1,
                std::cmp::Ordering::Equal => 0,
            };
        }
    }
    gain
}

/// The crossings between neighbouring ranks; two branches of one source out of order count as one.
pub(super) fn crossings(sheet: &Sheet, order: &Order) -> usize {
    let widest = order.layers.iter().map(Vec::len).max().unwrap_or(0);
    let mut tree = vec![0usize; widest + 1];
    let mut total = 0;
    for layer in &order.layers {
        tree.fill(0);
        let mut seen = 0;
        for &upper in layer {
            for &segment in sheet.down.of(upper) {
                let place = order.place[sheet.segments[segment].lower];
                // those already seen that end at or left of `place` do not cross (a Fenwick tree of counts)
                let mut not_crossed = 0;
                let mut at = place + 1;
                while at > 0 {
                    not_crossed += tree[at];
                    at &= at - 1;
                }
                total += seen - not_crossed;
                let mut at = place + 1;
                while at < tree.len() {
                    tree[at] += 1;
                    at += at & at.wrapping_neg();
                }
                seen += 1;
            }
        }
    }
    total
}
