//! The Tauri shell of Waymark.
fn main() {}
