//! Which edges go back, and on which rank each node stands.

use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};

/// The edges that close a cycle, found by a walk in branch order from the root: a loop's last edge goes back,
/// as the reader of a journey sees it. Without them the graph has no cycle. A self loop goes back.
pub(super) fn back_edges(count: usize, edges: &[(usize, usize)], root: Option<usize>) -> Vec<bool> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut back = vec![false; edges.len()];
    let mut mark = vec![Mark::New; count];
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut incoming = vec![0usize; count];
    for (index, &(from, to)) in edges.iter().enumerate() {
        out[from].push(index);
        incoming[to] += 1;
    }
    let sources = (0..count).filter(|&node| incoming[node] == 0);
    for start in root.into_iter().chain(sources).chain(0..count) {
        if mark[start] != Mark::New {
            continue;
        }
        mark[start] = Mark::Open;
        // the open nodes with the number of edges already followed; no recursion, a journey may be deep
        let mut open = vec![(start, 0)];
        while let Some((node, followed)) = open.last_mut() {
            let Some(&edge) = out[*node].get(*followed) else {
                mark[*node] = Mark::Done;
                open.pop();
                continue;
            };
            *followed += 1;
            let to = edges[edge].1;
            match mark[to] {
                Mark::New => {
                    mark[to] = Mark::Open;
                    open.push((to, 0));
                }
                Mark::Open => back[edge] = true,
                Mark::Done => {}
            }
        }
    }
    back
}

/// The rank of each node: as near to the top as its predecessors allow (longest path), so that a change never moves
/// what lies above it. Nodes that `root` does not reach are pulled down to what they lead to.
///
/// `edges` must have no cycle.
pub(super) fn ranks(count: usize, edges: &[(usize, usize)], root: usize) -> Vec<usize> {
    let mut graph = DiGraph::<(), ()>::with_capacity(count, edges.len());
    for _ in 0..count {
        graph.add_node(());
    }
    for &(from, to) in edges {
        graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
    }
    let order: Vec<usize> = toposort(&graph, None).unwrap_or_default().into_iter().map(NodeIndex::index).collect();
    let mut rank = vec![0; count];
    let mut reached = vec![false; count];
    reached[root] = true;
    for &node in &order {
        for next in graph.neighbors(NodeIndex::new(node)) {
            let next = next.index();
            rank[next] = rank[next].max(rank[node] + 1);
            reached[next] |= reached[node];
        }
    }
    for &node in order.iter().rev() {
        if !reached[node] {
            let below = graph.neighbors(NodeIndex::new(node)).map(|next| rank[next.index()]).min();
            rank[node] = below.map_or(rank[node], |below| below - 1);
        }
    }
    // pulling down may leave the top empty
    let top = rank.iter().copied().min().unwrap_or(0);
    rank.iter_mut().for_each(|rank| *rank -= top);
    rank
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_edge_of_a_loop_goes_back() {
        let edges = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 3), (1, 3)];
        assert_eq!(back_edges(4, &edges, Some(0)), [false, false, true, false, true, false]);
        // no root: the first source, else the first node
        assert_eq!(back_edges(2, &[(1, 0), (0, 1)], None), [true, false]);
    }

    #[test]
    fn ranks_table() {
        // a short and a long way meet
        assert_eq!(ranks(4, &[(0, 1), (0, 3), (1, 2), (2, 3)], 0), [0, 1, 2, 3]);
        // 3 is not reached from 0 and stands just above 2
        assert_eq!(ranks(4, &[(0, 1), (1, 2), (3, 2)], 0), [0, 1, 2, 1]);
        // a long way in from nowhere pushes down what it meets
        assert_eq!(ranks(5, &[(0, 4), (1, 2), (2, 3), (3, 4)], 0), [0, 0, 1, 2, 3]);
    }
}
