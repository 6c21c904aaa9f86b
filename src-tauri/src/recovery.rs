//! A page comes back when its process dies.
//!
//! WebKitGTK runs the page in a process of its own. When that crashes, the window stays, white and dead; Tauri leaves it
//! so. Here the page is loaded again; what was not saved comes back from the journal.

use std::cell::Cell;

use tauri::WebviewWindow;
use webkit2gtk::WebViewExt;

/// How often a page is loaded again; one that dies more often would die for ever.
const MOST: u32 = 5;

/// Watches a window's page.
///
/// # Errors
/// When Tauri gives no access to the view.
pub fn watch(window: &WebviewWindow) -> tauri::Result<()> {
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
