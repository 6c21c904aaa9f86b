//! Small journeys as text and as a picture, to be looked at.

use std::fmt::Write;

use diagram::picture::{Card, Theme, svg};
use diagram::{Edge, Graph, Layout, Node, Settings, layout};

/// One connection a line: `from -> to` or `from -> to: label`; nodes in order of appearance, the first is the root.
fn graph(text: &str) -> Graph {
    let mut graph = Graph { root: Some(0), ..Graph::default() };
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (ends, label) = line.split_once(": ").unwrap_or((line, ""));
        let (from, to) = ends.split_once(" -> ").expect("a connection is written `from -> to`");
        let mut index = |name: &str| {
            graph.nodes.iter().position(|node| node.id == name).unwrap_or_else(|| {
                graph.nodes.push(Node { id: name.into(), width: 220.0, height: 72.0, pinned: None });
                graph.nodes.len() - 1
            })
        };
        let (from, to) = (index(from), index(to));
        graph.edges.push(Edge { from, to, label: label.into() });
    }
    graph
}

const CART: &str = "
    entry -> wait
    wait -> bought
    bought -> thanks: Yes
    bought -> reminder: No
    reminder -> opened
    opened -> offer: Yes
    opened -> text: No
    opened -> hold: Everybody who opened nothing at all since spring
    offer -> bought
    text -> end
    hold -> end
    thanks -> end
";

/// Whole units: where each box is, and the corners of each line.
fn told(graph: &Graph, layout: &Layout) -> String {
    let mut out = String::new();
    for (node, area) in graph.nodes.iter().zip(&layout.nodes) {
        writeln!(out, "{} at {} {}", node.id, area.x, area.y).expect("a String takes all");
    }
    for (edge, route) in graph.edges.iter().zip(&layout.edges) {
        let (from, to) = (&graph.nodes[edge.from].id, &graph.nodes[edge.to].id);
        let corners: Vec<String> = route.points.iter().map(|point| format!("{} {}", point.x, point.y)).collect();
        let (label, plus) = (route.label_at, route.insert_at);
        writeln!(out, "{from} -> {to}: {}; label {} {}; + {} {}", corners.join(", "), label.x, label.y, plus.x, plus.y)
            .expect("a String takes all");
    }
    out
}

#[test]
fn a_small_journey_as_text() {
    let graph = graph(CART);
    insta::assert_snapshot!(told(&graph, &layout(&graph, &Settings::default())));
}

#[test]
fn a_small_journey_as_a_picture() {
    let graph = graph(CART);
    let layout = layout(&graph, &Settings::default());
    let icons = [
        ("#2f6fed", "M12 5v14M5 12l7 7 7-7"),
        ("#0f9d76", "M4 6h16v12H4zM4 7l8 6 8-6"),
        ("#c2410c", "M12 7v5l3 3M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18"),
    ];
    let cards: Vec<Card> = graph
        .nodes
        .iter()
        .enumerate()
        .map(|(index, node)| {
            let (color, icon) = icons[index % icons.len()];
            Card {
                title: format!("{} <{index}>", node.id),
                summary: "waits for three days & then goes on to the next".into(),
                kind_label: "Yes/no split".into(),
                color: color.into(),
                text_color: "#fff".into(),
                icon_path: icon.into(),
            }
        })
        .collect();
    let labels: Vec<String> = graph.edges.iter().map(|edge| edge.label.clone()).collect();
    insta::assert_snapshot!(svg(&layout, &cards, &labels, &Theme::light()));
}
