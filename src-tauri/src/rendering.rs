//! On a computer without a graphics card, WebKitGTK paints through an emulated one. It can paint by itself, which is
//! quicker there (first paint of a journey 0.95 s instead of 1.2 s) and loads no shaders.

use std::path::Path;

/// WebKitGTK's own switch, which its page processes read. Whoever has set it, either way, has decided.
const SWITCH: &str = "WEBKIT_SKIA_ENABLE_CPU_RENDERING";

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
