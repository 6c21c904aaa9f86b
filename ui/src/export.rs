//! The picture of the journey as a file: in the desktop window where the person says, in a browser as a download.

use bridge::{Picture, PictureKind, PictureMarks};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::DocumentId;
use model::drawing::Origin;
use wasm_bindgen::JsCast;

use crate::simulate::flow;
use crate::store::{Mode, Store};
use crate::transport;

/// Exports the picture as it is on the screen: folded, pinned, light or dark; with notes, problems, and what a run or another
/// version shows on it.
pub fn picture(store: Store, kind: PictureKind) {
    let name = store.journey.get_untracked();
    let canvas = store.project.with_untracked(|p| p.documents.get(&DocumentId::Canvas(name.clone())).cloned());
    let (journey, dark) =
        (store.document.with_untracked(|document| document.as_ref().clone()), store.dark.get_untracked());
    let layout = store.layout.get_untracked();
    let marks = untrack(|| marks(store));
    let name = format!("{name}.{}", kind.ending());
    spawn_local(async move {
        let mut command = Picture { journey, canvas, layout, dark, marks, kind, path: None };
        if transport::in_desktop() {
            let Some(path) = transport::pick_target(&name).await else { return };
            command.path = Some(path.clone());
            match transport::call(&command).await {
                Ok(_) => store.tell(format!("The picture was written to {path}.")),
                Err(failure) => store.tell_failure(failure),
            }
            return;
        }
        match transport::call(&command).await {
            Ok(content) => download(&name, &format!("data:{};base64,{content}", kind.media_type())),
            Err(failure) => store.tell_failure(failure),
        }
    });
}

/// What the canvas shows on the journey.
fn marks(store: Store) -> PictureMarks {
    let problems = store.problems.get().into_iter().map(|(id, (severity, _))| (id, severity)).collect();
    store.scene.with(|scene| {
        let count = |node: &diagram::scene::SceneNode| {
            let is_entry = node.stands == diagram::scene::Stands::Entry;
            Some((node.id.clone(), flow::counts(store, &node.id, is_entry)?))
        };
        let traffic = |origin: &Origin| {
            let traffic = flow::traffic(store, origin)?;
            Some((origin.key(), (traffic.words(), traffic.share)))
        };
        let stands = |node: &diagram::scene::SceneNode| {
            let dots = flow::dots_at(store, &node.id);
            (dots > 0).then(|| (node.id.clone(), dots))
        };
        let walks = |origin: &Origin| Some((origin.key(), flow::dots_on(store, origin)?));
        let is_lit = |node: &&diagram::scene::SceneNode| {
            crate::canvas::is_lit(store, &node.id, node.stands == diagram::scene::Stands::Entry)
        };
        let lit_ways = scene.origins.iter().filter(|origin| crate::canvas::in_story(store, origin));
        let other = store.playback.other.get().filter(|_| store.mode.get() == Mode::Simulate);
        PictureMarks {
            problems,
            counts: scene.nodes.iter().filter_map(count).collect(),
            traffic: scene.origins.iter().filter_map(traffic).collect(),
            lit: scene.nodes.iter().filter(is_lit).map(|node| node.id.clone()).collect(),
            lit_ways: lit_ways.map(Origin::key).collect(),
            standing: scene.nodes.iter().filter_map(stands).collect(),
            walking: scene.origins.iter().filter_map(walks).collect(),
            other: other.map(|other| (other.journey, other.canvas)),
        }
    })
}

/// Hands a file to the browser's downloads.
fn download(name: &str, address: &str) {
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(link) = link {
        let _ = link.set_attribute("href", address);
        let _ = link.set_attribute("download", name);
        link.click();
    }
}
