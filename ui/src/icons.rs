//! Icons on the page, and the CSS classes of the colour families.

use diagram::icon::Family;
pub use diagram::icon::{ENTRY, of_kind};
use leptos::prelude::*;
use model::ActivityKind;

/// An icon of these paths.
pub fn icon(path: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=path />
        </svg>
    }
}

/// The CSS class of a kind's colour family.
pub fn family(kind: Option<ActivityKind>) -> &'static str {
    match diagram::icon::family(kind) {
        Family::Message => "message",
        Family::Time => "time",
        Family::Split => "split",
        Family::Unknown => "unknown",
    }
}
