//! On a computer without a graphics card, WebKitGTK puts a page together from layers on an emulated one. It can also paint
//! the page straight into the window, which is better there in every way: a small journey is seen after 0.65 s instead of
//! 0.95, a frame of a gesture takes 16 ms instead of 26, and the window holds 80 MB less (README, "How fast it is").

use std::path::Path;

/// WebKitGTK's own switch: `1` paints without layers. Whoever has set it, either way, has decided.
const SWITCH: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// Sets the switch where there is no graphics card. The first thing that the program does: while it has one thread, nobody
/// else reads its environment.
pub fn choose() {
    if std::env::var_os(SWITCH).is_none() && !has_graphics_card() {
        // Fails only for names that are none.
        let _ = gtk::glib::setenv(SWITCH, "1", false);
    }
}

/// Whether the kernel offers a render node: `/dev/dri/renderD128` and further.
fn has_graphics_card() -> bool {
    Path::new("/dev/dri").read_dir().is_ok_and(|mut entries| {
        entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("renderD")))
    })
}
