//! The keyboard and what stands over the window: it stays in there, and goes back to where it was.

use leptos::ev::{self, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// What Tab reaches.
const REACHED: &str = "button:not(:disabled), input:not(:disabled), select, textarea, summary, a[href], [tabindex='0']";

thread_local! {
    /// What had the keyboard last outside of everything that stands over the window.
    static LAST: std::cell::RefCell<Option<HtmlElement>> = const { std::cell::RefCell::new(None) };
}

/// Remembers what has the keyboard, as long as the page lives.
pub fn listen() {
    window_event_listener(ev::focusin, |event| {
        let element = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let outside = element.filter(|element| matches!(element.closest(".veil"), Ok(None)));
        if outside.is_some() {
            LAST.with(|last| last.replace(outside));
        }
    });
}

/// Holds the keyboard inside of a dialog while it is there; `press` is its handler of keys.
///
/// The first control gets the keyboard unless the dialog gave it to another; when the dialog goes, what had it before gets
/// it again, if nothing else took it.
pub fn hold(dialog: NodeRef<html::Div>) -> impl Fn(KeyboardEvent) + Copy + 'static {
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        request_animation_frame(move || {
            let inside = document().active_element().is_some_and(|active| dialog.contains(Some(&active)));
            let reached = reached(&dialog);
            // The first is the button that closes it: what the dialog is about comes first.
            if let Some(first) = reached.get(1).or(reached.first()).filter(|_| !inside) {
                let _ = first.focus();
            }
        });
    });
    on_cleanup(give_back);
    move |event| {
        let Some(dialog) = dialog.get_untracked().filter(|_| event.key() == "Tab") else { return };
        let all = reached(&dialog);
        let (Some(first), Some(last)) = (all.first(), all.last()) else { return };
        let active = document().active_element();
        let at = |element: &HtmlElement| active.as_ref().is_some_and(|active| active.is_same_node(Some(element)));
        let to = match event.shift_key() {
            true if at(first) => last,
            false if at(last) => first,
            _ => return,
        };
        event.prevent_default();
        let _ = to.focus();
    }
}

/// Asks before something is done. `test` names its parts for tests: `TEST-confirm`, `TEST-go`, `TEST-leave`.
#[component]
pub fn Question(
    title: String,
    test: &'static str,
    yes: String,
    go: impl Fn() + 'static,
    close: impl Fn() + Copy + 'static,
    children: Children,
) -> impl IntoView {
    let element = NodeRef::<html::Div>::new();
    let held = hold(element);
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            close();
        }
    };
    let id = format!("{test}-tells");
    let tells = id.clone();
    view! {
        <div class="veil" on:pointerdown=move |_| close() on:keydown=key>
            <div class="dialog" role="alertdialog" aria-modal="true" aria-label=title.clone() aria-describedby=tells data-test=format!("{test}-confirm")
                node_ref=element on:keydown=held on:pointerdown=|event| event.stop_propagation()>
                <h2>{title.clone()}</h2>
                <div id=id>{children()}</div>
                <div class="actions">
                    <button class="primary" data-test=format!("{test}-go") on:click=move |_| go()>{yes}</button>
                    <button data-test=format!("{test}-leave") on:click=move |_| close()>"Leave it as it is"</button>
                </div>
            </div>
        </div>
    }
}

fn reached(dialog: &Element) -> Vec<HtmlElement> {
    let Ok(all) = dialog.query_selector_all(REACHED) else { return Vec::new() };
    let shown = |element: &HtmlElement| element.offset_parent().is_some();
    (0..all.length()).filter_map(|i| all.item(i)?.dyn_into().ok()).filter(shown).collect()
}

/// The keyboard goes back, unless something has it.
fn give_back() {
    request_animation_frame(|| {
        let nowhere = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
        let last = LAST.with(|last| last.borrow().clone());
        if let Some(last) = last.filter(|last| nowhere && last.is_connected()) {
            let _ = last.focus();
        }
    });
}
