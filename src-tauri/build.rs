//! Embeds the page and the settings of the window, and names the commands that a capability can allow.

fn main() {
    let commands =
        tauri_build::AppManifest::new().commands(&["call", "pick_folder", "pick_file", "pick_target", "open_window"]);
    let attributes = tauri_build::Attributes::new().app_manifest(commands);
    if let Err(error) = tauri_build::try_build(attributes) {
        // the text of the panic is what cargo shows
        panic!("could not prepare the shell (is `ui/dist` built? `cargo xtask ui` does it): {error:#}");
    }
}
