//! Pinpoint's shapes as Rust types, lossless: ids, paths, diagnostics, edits.
