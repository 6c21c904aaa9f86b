//! Whether the desktop is dark. The style sheet follows by itself; what is painted into a bitmap has to be told.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// Whether it is dark now; follows as long as the page lives.
pub fn dark() -> RwSignal<bool> {
    let query = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
    let dark = RwSignal::new(query.as_ref().is_some_and(web_sys::MediaQueryList::matches));
    if let Some(query) = query {
        let of = query.clone();
        let change = Closure::<dyn FnMut()>::new(move || dark.set(of.matches()));
        let _ = query.add_event_listener_with_callback("change", change.as_ref().unchecked_ref());
        change.forget();
    }
    dark
}
