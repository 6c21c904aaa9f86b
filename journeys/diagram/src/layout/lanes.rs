//! Lanes: the level pieces of lines between a rank and its slots, or between slots and the next rank, are stacked so
//! that none covers another and few cross.

/// Lines that share one level piece: pins at the top and at the bottom, by x. An infinite pin leads around the side.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Net {
    pub top: Vec<f64>,
    pub bottom: Vec<f64>,
}

impl Net {
    fn pins(&self) -> impl Iterator<Item = f64> + '_ {
        self.top.iter().chain(&self.bottom).copied()
    }

    fn left(&self) -> f64 {
        self.pins().fold(f64::INFINITY, f64::min)
    }

    fn right(&self) -> f64 {
        self.pins().fold(f64::NEG_INFINITY, f64::max)
    }
}

/// By net: its lane, counted from the top; a straight net has none. Nets that overlap get different lanes, of two the
/// one that crosses (or worse, covers) less comes first.
pub(super) fn lanes(nets: &[Net]) -> Vec<Option<usize>> {
    let mut bent: Vec<usize> = (0..nets.len()).filter(|&net| nets[net].left() < nets[net].right()).collect();
    bent.sort_by(|&a, &b| nets[a].left().total_cmp(&nets[b].left()));
    let spans: Vec<(f64, f64)> = bent.iter().map(|&net| (nets[net].left(), nets[net].right())).collect();
    let mut overlaps = Vec::new();
    for a in 0..bent.len() {
        for b in a + 1..bent.len() {
            if spans[b].0 > spans[a].1 {
                break;
            }
            // two that only touch where both end at the same place may share a lane: they lead to one target
            let cost = cost(&nets[bent[a]], &nets[bent[b]]) - self::cost(&nets[bent[b]], &nets[bent[a]]);
            overlaps.push((a, b, cost));
        }
    }
    let mut lane: Vec<Option<usize>> = vec![None; nets.len()];
    let mut near: Vec<Vec<usize>> = vec![Vec::new(); bent.len()];
    for &(a, b, _) in &overlaps {
        near[a].push(b);
        near[b].push(a);
    }
    for net in sequence(bent.len(), &overlaps) {
        let below = near[net].iter().filter_map(|&other| lane[bent[other]]).max();
        lane[bent[net]] = Some(below.map_or(0, |lane| lane + 1));
    }
    lane
}

/// What it costs to put `upper` above `lower`: one for each crossing, far more for each piece covered.
fn cost(upper: &Net, lower: &Net) -> isize {
    const COVERED: isize = 100;
    let inside = |net: &Net, x: f64| x > net.left() && x < net.right();
    let mut cost = 0;
    for &x in upper.bottom.iter().filter(|x| x.is_finite()) {
        cost += isize::from(inside(lower, x));
        cost += COVERED * lower.top.iter().filter(|&&other| (other - x).abs() < 1.0).count() as isize;
    }
    for &x in lower.top.iter().filter(|x| x.is_finite()) {
        cost += isize::from(inside(upper, x));
    }
    cost
}

/// An order in which the cheaper of two comes first, as far as possible: the greedy method of Eades, Lin and Smyth.
/// An overlap `(a, b, cost)` costs that much more with `a` first.
fn sequence(count: usize, overlaps: &[(usize, usize, isize)]) -> Vec<usize> {
    // what each gains by coming before, and by coming after those that are left
    let mut before = vec![0isize; count];
    let mut after = vec![0isize; count];
    let mut near: Vec<Vec<(usize, isize)>> = vec![Vec::new(); count];
    for &(a, b, cost) in overlaps {
        let (first, second) = if cost <= 0 { (a, b) } else { (b, a) };
        before[first] += cost.abs();
        after[second] += cost.abs();
        near[first].push((second, cost.abs()));
        near[second].push((first, -cost.abs()));
    }
    let mut left: Vec<usize> = (0..count).collect();
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    while !left.is_empty() {
        let pick = left.iter().position(|&net| after[net] == 0);
        let (pick, first) = match pick.or_else(|| left.iter().position(|&net| before[net] == 0)) {
            Some(pick) => (pick, after[left[pick]] == 0),
            None => {
                let best = (0..left.len()).rev().max_by_key(|&index| before[left[index]] - after[left[index]]);
                (best.unwrap_or(0), true)
            }
        };
        let net = left.remove(pick);
        for &(other, weight) in &near[net] {
            if weight > 0 {
                after[other] -= weight;
            } else {
                before[other] += weight;
            }
        }
        if first { head.push(net) } else { tail.push(net) }
    }
    head.extend(tail.into_iter().rev());
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(top: &[f64], bottom: &[f64]) -> Net {
        Net { top: top.to_vec(), bottom: bottom.to_vec() }
    }

    #[test]
    fn lane_table() {
        // one straight, two apart
        assert_eq!(
            lanes(&[net(&[0.0], &[0.0]), net(&[10.0], &[20.0]), net(&[30.0], &[40.0])]),
            [None, Some(0), Some(0)]
        );
        // both to the right: the right one turns first
        assert_eq!(lanes(&[net(&[0.0], &[20.0]), net(&[10.0], &[30.0])]), [Some(1), Some(0)]);
        // both to the left: the left one turns first
        assert_eq!(lanes(&[net(&[20.0], &[0.0]), net(&[30.0], &[10.0])]), [Some(0), Some(1)]);
        // the second comes down where the first one started: it must turn below
        assert_eq!(lanes(&[net(&[0.0], &[50.0]), net(&[40.0], &[0.0])]), [Some(0), Some(1)]);
        assert_eq!(lanes(&[net(&[0.0], &[f64::INFINITY]), net(&[10.0], &[f64::NEG_INFINITY])]).len(), 2);
    }
}
