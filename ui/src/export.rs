//! The picture of the journey as a file: in the desktop window where the person says, in a browser as a download.

use bridge::{Picture, PictureKind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use crate::store::Store;
use crate::transport;

/// Exports the picture as it is on the screen: folded, pinned, light or dark.
pub fn picture(store: Store, kind: PictureKind) {
    let dark = window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches());
    let theme = if dark { diagram::picture::DARK } else { diagram::picture::LIGHT };
    let svg = store
        .scene
        .with_untracked(|scene| store.layout.with_untracked(|layout| diagram::picture::svg(scene, layout, &theme)));
    let name = format!("{}.{}", store.journey.get_untracked(), kind.ending());
    spawn_local(async move {
        if transport::in_desktop() {
            let Some(path) = transport::pick_target(&name).await else { return };
            match transport::call(&Picture { svg, kind, path: Some(path.clone()) }).await {
                Ok(_) => store.tell(format!("The picture was written to {path}.")),
                Err(failure) => store.tell_failure(failure),
            }
            return;
        }
        match transport::call(&Picture { svg, kind, path: None }).await {
            Ok(content) => download(&name, &format!("data:{};base64,{content}", kind.media_type())),
            Err(failure) => store.tell_failure(failure),
        }
    });
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
