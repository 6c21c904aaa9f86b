//! How documents are written: stable text that diffs well.

use serde_json::Value;

/// Two-space JSON with member order and spelling of numbers as they are, and a newline at the end.
pub fn write(value: &Value) -> String {
    let mut text = format!("{value:#}");
    text.push('\n');
    text
}
