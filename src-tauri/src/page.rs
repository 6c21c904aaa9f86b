//! What the shell tells the page: events of its own on the page's `window`, with a text as their detail.

use tauri::{AppHandle, Manager};

/// The words of a command are to be carried out.
pub const COMMAND: &str = "waymark-command";

/// A path is to be opened.
pub const OPEN: &str = "waymark-open";

/// Sends the page of a window an event. A window that is gone hears nothing.
///
/// # Errors
/// When the page can not be reached.
pub fn tell(app: &AppHandle, label: &str, event: &str, detail: &str) -> tauri::Result<()> {
    let Some(window) = app.get_webview_window(label) else { return Ok(()) };
    window.eval(script(event, detail))
}

fn script(event: &str, detail: &str) -> String {
    format!("window.dispatchEvent(new CustomEvent({event:?}, {{ detail: {} }}))", literal(detail))
}

/// A text as JavaScript says it. Only what is plain stays as it is.
fn literal(text: &str) -> String {
    let mut literal = String::from("\"");
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii_alphanumeric() || b" /._-".contains(&byte) => literal.push(char::from(byte)),
            _ => literal.push_str(&format!("\\u{unit:04x}")),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_can_not_leave_its_text() {
        assert_eq!(
            script(OPEN, "/tmp/a\");alert(1)//\u{2028}ü"),
            "window.dispatchEvent(new CustomEvent(\"waymark-open\", { detail: \
             \"/tmp/a\\u0022\\u0029\\u003balert\\u00281\\u0029//\\u2028\\u00fc\" }))"
        );
    }
}
