//! The window: Leptos, client side.
