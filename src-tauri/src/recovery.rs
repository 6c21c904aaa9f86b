//! A page comes back when its process dies.
//!
//! WebKitGTK runs the page in a process of its own. When that crashes, the window stays, white and dead; Tauri leaves it
//! so. Here the page is loaded again, which opens the project as it was last saved.

use std::cell::Cell;

use tauri::Manager;
use webkit2gtk::WebViewExt;

/// How often a page is loaded again; one that dies more often would die for ever.
const MOST: u32 = 5;

/// Watches the window's page.
///
/// # Errors
/// When Tauri gives no access to the view.
pub fn watch(app: &tauri::App) -> tauri::Result<()> {
    let Some(window) = app.get_webview_window("main") else { return Ok(()) };
    window.with_webview(|view| {
        let deaths = Cell::new(0);
        view.inner().connect_web_process_terminated(move |view, _| {
            deaths.set(deaths.get() + 1);
            if deaths.get() <= MOST {
                eprintln!("waymark-studio: the page's process ended; loading the page again");
                view.reload();
            }
        });
    })
}
