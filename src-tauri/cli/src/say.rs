//! The two ways out: results, and everything else.
//!
//! A reader that stops early (`| head`) is no fault: what can not be written is dropped.

use std::io::{IsTerminal, Write};

/// A line of the result, on the standard output.
pub fn result(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// A text of the result that ends its own lines, on the standard output.
pub fn raw(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// What is going on, on the standard error output.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// What went wrong, on the standard error output.
pub fn problem(text: &str) {
    note(&format!("waymark: {text}"));
}

/// Whether a person watches the standard error output, where progress is shown.
pub fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}
