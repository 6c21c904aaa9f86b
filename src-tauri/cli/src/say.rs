//! The two ways out: results, and everything else.
//!
//! A reader that stops early (`| head`) is no fault: what can not be written is dropped.

use std::io::{IsTerminal, Write};

/// A line of the result, on the standard output.
pub fn result(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// The result as it is, on the standard output: a text that ends its own lines, or bytes.
pub fn raw(content: impl AsRef<[u8]>) {
    let _ = std::io::stdout().lock().write_all(content.as_ref());
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
