//! cargo studio, cargo verify: set-up, wasm build, checks.
fn main() {}
