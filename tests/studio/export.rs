//! The picture of the journey as a file.

use std::path::Path;

use base64::Engine;
use serde_json::json;

use super::Hand;

/// Exports the picture in its three forms, by the commands of the menu. What a browser would save is looked at instead; in the
/// desktop window the files are written to `folder`, where the desktop's own dialog, which no driver reaches, is answered.
pub async fn in_three_forms(hand: &Hand, folder: Option<&Path>) {
    hand.until("the journey is on the canvas", "return document.querySelectorAll('[data-activity]').length > 5").await;
    let name = hand.text("return document.querySelector('.journey-name').textContent").await;
    match folder {
        None => {
            let keep = "HTMLAnchorElement.prototype.click = function () { window.saved = [this.download, this.href]; }";
            hand.ask(keep).await;
        }
        Some(folder) => {
            let answer = format!(
                "const core = window.__TAURI__.core; \
                 window.__TAURI__.core = {{...core, invoke: (command, body) => command == 'pick_target' \
                     ? Promise.resolve({} + body.name) : core.invoke(command, body)}}",
                json!(format!("{}/", folder.display()))
            );
            hand.ask(&answer).await;
        }
    }
    for (kind, media_type, start) in
        [("SVG", "image/svg+xml", &b"<svg"[..]), ("PNG", "image/png", b"\x89PNG"), ("PDF", "application/pdf", b"%PDF-")]
    {
        let file = format!("{name}.{}", kind.to_lowercase());
        hand.ask("window.saved = null").await;
        hand.ask(&format!(
            "window.dispatchEvent(new CustomEvent('waymark-command', {{detail: 'Export the picture as {kind}'}}))"
        ))
        .await;
        let content = match folder {
            None => {
                hand.until("it is handed over", "return window.saved != null").await;
                assert_eq!(hand.text("return window.saved[0]").await, file);
                let address = hand.text("return window.saved[1]").await;
                let content = address.strip_prefix(&format!("data:{media_type};base64,")).expect("of that type");
                base64::engine::general_purpose::STANDARD.decode(content).expect("base64")
            }
            Some(folder) => {
                let told = format!("document.querySelector('[data-test=notice]')?.textContent.includes('/{file}.')");
                hand.until("it says where it is", &format!("return {told}")).await;
                std::fs::read(folder.join(file)).expect("the picture")
            }
        };
        assert!(content.starts_with(start), "{kind}");
    }
}
