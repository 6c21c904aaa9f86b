//! On a computer without a graphics card, WebKitGTK paints through an emulated one. It can paint by itself, which is
//! quicker there (first paint of a journey 0.95 s instead of 1.2 s) and loads no shaders.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// WebKitGTK's own switch. Whoever has set it, either way, has decided.
const SWITCH: &str = "WEBKIT_SKIA_ENABLE_CPU_RENDERING";

/// Starts this program anew with the switch set, where there is no graphics card; else returns.
///
/// Anew, because the environment of a running program must not be changed.
pub fn choose() {
    if std::env::var_os(SWITCH).is_some() || has_graphics_card() {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        // Comes back only when it fails; then the emulated card has to do.
        let _ = Command::new(program).args(std::env::args_os().skip(1)).env(SWITCH, "1").exec();
    }
}

/// Whether the kernel offers a render node: `/dev/dri/renderD128` and further.
fn has_graphics_card() -> bool {
    Path::new("/dev/dri").read_dir().is_ok_and(|mut entries| {
        entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("renderD")))
    })
}
