//! The layered graph: every edge cut into segments between neighbouring ranks.

/// Lists of small lists without one allocation each.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    starts: Vec<usize>,
    items: Vec<usize>,
}

impl Lists {
    /// The second of each pair listed under the first, in the order given.
    pub fn collect(count: usize, pairs: &[(usize, usize)]) -> Self {
        let mut starts = vec![0; count + 1];
        for &(key, _) in pairs {
            starts[key + 1] += 1;
        }
        for key in 0..count {
            starts[key + 1] += starts[key];
        }
        let mut next = starts.clone();
        let mut items = vec![0; pairs.len()];
        for &(key, item) in pairs {
            items[next[key]] = item;
            next[key] += 1;
        }
        Self { starts, items }
    }

    /// The list under `key`.
    pub fn of(&self, key: usize) -> &[usize] {
        &self.items[self.starts[key]..self.starts[key + 1]]
    }
}

/// A piece of an edge from one rank to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub upper: usize,
    pub lower: usize,
    pub edge: usize,
}

/// Vertices are the nodes (`0..nodes`), then one bend for each rank that an edge passes.
#[derive(Debug)]
pub(super) struct Sheet {
    pub nodes: usize,
    /// By vertex.
    pub rank: Vec<usize>,
    /// From the top; of one source in branch order.
    pub segments: Vec<Segment>,
    /// By vertex: the segments that leave it, in branch order.
    pub down: Lists,
    /// By vertex: the segments that reach it.
    pub up: Lists,
    /// By edge: drawn around the side, so it has no segments.
    pub aside: Vec<bool>,
}

impl Sheet {
    /// Cuts `edges`, of which those `aside` are left out. So are, beyond `MOST_BENDS`, the longest ones.
    pub fn new(rank: Vec<usize>, edges: &[(usize, usize)], mut aside: Vec<bool>) -> Self {
        const MOST_BENDS: usize = 200_000;
        let nodes = rank.len();
        let span = |edge: usize| rank[edges[edge].1] - rank[edges[edge].0];
        let mut inside: Vec<usize> = (0..edges.len()).filter(|&edge| !aside[edge]).collect();
        let mut bends: usize = inside.iter().map(|&edge| span(edge) - 1).sum();
        if bends > MOST_BENDS {
            inside.sort_by_key(|&edge| span(edge));
            while bends > MOST_BENDS
                && let Some(longest) = inside.pop()
            {
                aside[longest] = true;
                bends -= span(longest) - 1;
            }
            inside.sort_unstable();
        }
        let mut segments = Vec::with_capacity(inside.len() + bends);
        let mut full_rank = rank.clone();
        for &edge in &inside {
            let (from, to) = edges[edge];
            let mut upper = from;
            for between in rank[from] + 1..rank[to] {
                let bend = full_rank.len();
                full_rank.push(between);
                segments.push(Segment { upper, lower: bend, edge });
                upper = bend;
            }
            segments.push(Segment { upper, lower: to, edge });
        }
        let count = full_rank.len();
        let pairs = |end: fn(&Segment) -> usize| -> Vec<(usize, usize)> {
            segments.iter().enumerate().map(|(index, segment)| (end(segment), index)).collect()
        };
        let down = Lists::collect(count, &pairs(|segment| segment.upper));
        let up = Lists::collect(count, &pairs(|segment| segment.lower));
        Self { nodes, rank: full_rank, segments, down, up, aside }
    }

    pub fn vertices(&self) -> usize {
        self.rank.len()
    }

    /// One more than the lowest rank.
    pub fn ranks(&self) -> usize {
        self.rank.iter().max().map_or(0, |last| last + 1)
    }
}
