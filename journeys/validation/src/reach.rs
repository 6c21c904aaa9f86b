//! Who leads to whom in a journey, asked about many activities at once.
//!
//! A journey of thousands of activities has as many questions, and to walk the graph for each would take the square of that.

use petgraph::graph::NodeIndex;

use crate::context::JourneyContext;

/// Of pairs of activities, whether they are different and some path leads from the first to the second.
///
/// Up to 64 of the first ones are asked about in one walk over the graph: a bit for each goes along every connection. The
/// walk takes activities before what they lead to, so one is enough unless a path leads back.
pub fn led(ctx: &JourneyContext, pairs: &[(usize, usize)]) -> Vec<bool> {
    let mut led = vec![false; pairs.len()];
    let mut sources: Vec<usize> = pairs.iter().map(|(from, _)| *from).collect();
    sources.sort_unstable();
    sources.dedup();
    if sources.is_empty() {
        return led;
    }
    let left = ctx.left_at();
    let mut order: Vec<usize> = (0..left.len()).collect();
    order.sort_unstable_by_key(|number| std::cmp::Reverse(left[*number]));
    for group in sources.chunks(64) {
        let mut come = vec![0u64; left.len()];
        for (bit, number) in group.iter().enumerate() {
            come[*number] = 1 << bit;
        }
        let mut again = true;
        while again {
            again = false;
            for from in &order {
                let bits = come[*from];
                if bits == 0 {
                    continue;
                }
                for to in ctx.graph.neighbors(NodeIndex::new(*from)).map(NodeIndex::index) {
                    again |= left[to] > left[*from] && bits & !come[to] != 0;
                    come[to] |= bits;
                }
            }
        }
        for ((from, to), led) in pairs.iter().zip(&mut led) {
            if let Ok(bit) = group.binary_search(from) {
                *led = from != to && come[*to] >> bit & 1 == 1;
            }
        }
    }
    led
}

/// For each activity the first of `sources`, which come in order, that some path of at least one connection leads from.
pub fn first_before(ctx: &JourneyContext, sources: impl Iterator<Item = usize>) -> Vec<Option<usize>> {
    let mut first = vec![None; ctx.activities.len()];
    let mut open = Vec::new();
    for source in sources {
        open.push(source);
        while let Some(number) = open.pop() {
            // Where an earlier one came, it went everywhere from there.
            for next in ctx.graph.neighbors(NodeIndex::new(number)).map(NodeIndex::index) {
                if first[next].is_none() {
                    first[next] = Some(source);
                    open.push(next);
                }
            }
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use model::{DocumentId, Project};
    use petgraph::algo::has_path_connecting;
    use petgraph::graph::NodeIndex;
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::{first_before, led};
    use crate::context::{Document, Facts, JourneyContext};

    /// A journey of that many random splits, with these connections.
    fn journey(count: usize, edges: &[(usize, usize)]) -> Value {
        let branches = |from: usize| {
            let to = edges.iter().filter(move |edge| edge.0 % count == from).map(move |edge| edge.1 % count);
            to.map(|to| json!({"NextActivity": format!("n{to}")})).collect::<Vec<_>>()
        };
        let activity = |n: usize| (format!("n{n}"), json!({"RandomSplit": {"Branches": branches(n)}}));
        json!({"StartActivity": "n0", "Activities": (0..count).map(activity).collect::<Map<_, _>>()})
    }

    proptest! {
        #[test]
        fn many_questions_at_once_have_the_answers_of_one_by_one(
            count in 1usize..150,
            edges in proptest::collection::vec((any::<usize>(), any::<usize>()), 0..200),
        ) {
            let (id, project) = (DocumentId::Journey("j".into()), Project::default());
            let root = journey(count, &edges);
            let document = Document { project: &project, id: &id, root: &root, facts: Facts::default() };
            let ctx = JourneyContext::of(document).expect("it is an object");
            let path = |from: usize, to: usize| {
                has_path_connecting(&ctx.graph, NodeIndex::new(from), NodeIndex::new(to), None)
            };
            let pairs: Vec<_> = (0..count).map(|from| (from, from * 7 % count)).chain(edges.iter().map(|(a, b)| (a % count, b / 3 % count))).collect();
            let one_by_one: Vec<_> = pairs.iter().map(|(from, to)| from != to && path(*from, *to)).collect();
            prop_assert_eq!(led(&ctx, &pairs), one_by_one);

            let sources = || (0..count).step_by(3);
            let onward = |from: usize, to: usize| ctx.graph.neighbors(NodeIndex::new(from)).any(|next| path(next.index(), to));
            let one_by_one: Vec<_> = (0..count).map(|to| sources().find(|from| onward(*from, to))).collect();
            prop_assert_eq!(first_before(&ctx, sources()), one_by_one);

            for to in [0, count / 2, count - 1] {
                let one_by_one: Vec<_> = (0..count).map(|from| from != to && path(from, to)).collect();
                prop_assert_eq!(ctx.leading_to(to), one_by_one);
            }
        }
    }
}
