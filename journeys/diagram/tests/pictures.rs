//! Small journeys as text and as a picture, to be looked at.

use std::fmt::Write;

use diagram::comparison::{Version, compare};
use diagram::picture::{DARK, LIGHT, Marks, marked, svg};
use diagram::scene::{Scene, spacing};
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
    let journey = serde_json::json!({
        "Name": "cart",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "has-cart"}},
        "StartActivity": "wait",
        "Activities": {
            "wait": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "who"}},
            "who": {
                "Description": "Bought <something> & left with a very long description",
                "ConditionalSplit": {"TrueActivity": "gone", "FalseActivity": "mail"}
            },
            "mail": {"EMAIL": {"TemplateName": "reminder"}},
            "odd": {}
        }
    });
    let scene = Scene::of(model::Journey::of(&journey).expect("an object"), None);
    insta::assert_snapshot!(svg(&scene, &layout(&scene.graph, &spacing()), &LIGHT));
}

#[test]
fn an_empty_journey_has_a_picture_too() {
    let journey = serde_json::json!({});
    let scene = Scene::of(model::Journey::of(&journey).expect("an object"), None);
    let picture = svg(&scene, &layout(&scene.graph, &spacing()), &DARK);
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    assert!(picture.contains(">Entry<"), "{picture}");
}

/// A journey with a split, small enough to be looked at.
fn split() -> serde_json::Value {
    serde_json::json!({
        "StartActivity": "who",
        "Activities": {
            "who": {"ConditionalSplit": {"TrueActivity": "mail", "FalseActivity": "wait"}},
            "mail": {"Description": "Mail", "EMAIL": {"TemplateName": "reminder"}},
            "wait": {"Wait": {"WaitTime": {"WaitFor": "P1D"}}},
        }
    })
}

#[test]
fn what_the_screen_shows_is_on_the_picture() {
    let journey = split();
    let canvas = serde_json::json!({"notes": {"note1": {"text": "Ask Ana <when>\nand why", "at": [400, 40]}}});
    let scene = Scene::of(model::Journey::of(&journey).expect("an object"), Some(&canvas));
    let key = |slot| model::drawing::Origin::Activity("who".to_owned(), slot).key();
    let marks = Marks {
        notes: model::drawing::canvas::notes(&canvas),
        problems: [("who".to_owned(), model::Severity::Error), ("mail".to_owned(), model::Severity::Warning)].into(),
        counts: [("@entry".to_owned(), "100 of 120".to_owned()), ("mail".to_owned(), "64 · 12 opened".to_owned())]
            .into(),
        traffic: [
            (key(model::Slot::Yes), ("64 (64%)".to_owned(), 0.64)),
            (key(model::Slot::No), ("36 (36%)".to_owned(), 0.36)),
        ]
        .into(),
        ..Marks::default()
    };
    insta::assert_snapshot!(marked(&scene, &layout(&scene.graph, &spacing()), &DARK, &marks));
}

#[test]
fn people_are_dots_and_a_story_is_lit_as_on_the_canvas() {
    let journey = split();
    let scene = Scene::of(model::Journey::of(&journey).expect("an object"), None);
    let layout = layout(&scene.graph, &spacing());
    let yes = model::drawing::Origin::Activity("who".to_owned(), model::Slot::Yes).key();
    let area = |id: &str| layout.nodes[scene.place(id).expect("it is there")];
    let bare = marked(&scene, &layout, &LIGHT, &Marks::default());
    assert!(!bare.contains(LIGHT.lit) && !bare.contains("stroke-dasharray"), "{bare}");
    let counts = [("who".to_owned(), "7 here · 9".to_owned())];
    let marks = Marks {
        lit: ["@entry".to_owned(), "who".to_owned()].into(),
        lit_ways: [yes.clone()].into(),
        standing: [("who".to_owned(), 7), ("mail".to_owned(), 24)].into(),
        walking: [(yes.clone(), 21)].into(),
        counts: counts.into(),
        ..Marks::default()
    };
    for theme in [&LIGHT, &DARK] {
        let picture = marked(&scene, &layout, theme, &marks);
        for (id, count) in [("who", 7), ("mail", 24)] {
            let dots = diagram::dots::standing(&area(id), count);
            assert_eq!(picture.matches(&format!(r#"d="{dots}""#)).count(), 1, "{picture}");
        }
        assert_eq!(picture.matches("h.01").count(), 7 + 23, "as many as there is room for");
        let dashes = format!(r#"stroke-dasharray="{}""#, diagram::dots::walking(21));
        assert_eq!(picture.matches(&dashes).count(), 1, "{picture}");
        // two cards and what is around them, one line, two rows of dots
        assert_eq!(picture.matches(theme.lit).count(), 4 + 1 + 2, "{picture}");
    }
    insta::assert_snapshot!(marked(&scene, &layout, &LIGHT, &marks));
}

#[test]
fn what_another_version_has_is_on_the_picture() {
    let (then, mut now) = (split(), split());
    let activities = now["Activities"].as_object_mut().expect("activities");
    activities.shift_remove("mail");
    activities.insert("text".to_owned(), serde_json::json!({"SMS": {"TemplateName": "short"}}));
    now["Activities"]["who"]["ConditionalSplit"]["TrueActivity"] = "text".into();
    now["Activities"]["wait"]["Wait"]["WaitTime"]["WaitFor"] = "P2D".into();
    let journey = |value| model::Journey::of(value).expect("an object");
    let drawn = |value| {
        let scene = Scene::of(journey(value), None);
        let layout = layout(&scene.graph, &spacing());
        (scene, layout)
    };
    let ((old, old_layout), (scene, layout)) = (drawn(&then), drawn(&now));
    let comparison = compare(
        Version { journey: journey(&then), scene: &old, layout: &old_layout },
        Version { journey: journey(&now), scene: &scene, layout: &layout },
    );
    let picture = marked(&scene, &layout, &LIGHT, &Marks { comparison, ..Marks::default() });
    // the split leads elsewhere, the wait takes longer
    for (word, count) in [(">+ added<", 1), (">− removed<", 1), (">~ changed<", 2)] {
        assert_eq!(picture.matches(word).count(), count, "{word} in {picture}");
    }
    insta::assert_snapshot!(picture);
}
