//! What the other version of a comparison has and this one has not: steps and connections that are gone, drawn as ghosts.

use diagram::Rect;
use diagram::scene::{SceneNode, Stands};
use leptos::prelude::*;

use super::connections::CORNER;
use super::hand::Hand;
use crate::icons::{family, icon, of_kind};

/// Steps that are gone.
#[component]
pub fn Ghosts(hand: Hand) -> impl IntoView {
    let ghosts = Memo::new(move |_| {
        let Some(window) = hand.kept.get() else { return Vec::new() };
        let shown = |(_, area): &&(SceneNode, Rect)| area.intersects(&window);
        hand.compared.with(|found| found.iter().flat_map(|found| found.ghosts.iter()).filter(shown).cloned().collect())
    });
    move || ghosts.with(|ghosts| ghosts.iter().map(ghost).collect_view())
}

fn ghost((node, area): &(SceneNode, Rect)) -> impl IntoView + use<> {
    let kind = match node.stands {
        Stands::Activity(kind) => kind,
        _ => None,
    };
    let Rect { x, y, width, height } = *area;
    view! {
        <div class=format!("card ghost {}", family(kind)) data-ghost=node.id.clone() role="img"
            aria-label=format!("Gone: {}. {}", node.title, node.summary)
            style=format!("transform: translate({x}px, {y}px); width: {width}px; height: {height}px")>
            <span class="badge">{icon(of_kind(kind))}</span>
            <span class="title" dir="auto">{node.title.clone()}</span>
            <span class="summary" dir="auto">{node.summary.clone()}</span>
            <span class="differs removed">"− gone"</span>
        </div>
    }
}

/// Connections that are gone, for the drawing below the cards.
#[component]
pub fn LostLines(hand: Hand) -> impl IntoView {
    let lines = Memo::new(move |_| {
        let Some(window) = hand.kept.get() else { return Vec::new() };
        let shown =
            |route: &&diagram::Route| route.bounds().is_some_and(|bounds| bounds.inflate(1.0).intersects(&window));
        hand.compared.with(|found| {
            let lost = found.iter().flat_map(|found| found.lost.iter());
            lost.filter(shown).map(|route| route.svg_path(CORNER)).collect::<Vec<_>>()
        })
    });
    move || {
        lines.with(|lines| lines.iter().map(|line| view! { <path class="line lost" d=line.clone() /> }).collect_view())
    }
}
