//! The windows: the first, further ones, and where they stand.

use tauri::{AppHandle, DragDropEvent, Manager, WebviewUrl, WebviewWindowBuilder, WindowEvent};
use workbench::Workbench;

use crate::{menu, page, stand};

/// Label of the first window.
const FIRST: &str = "main";

/// Opens the first window, on the project that the program was started with.
///
/// # Errors
/// When the desktop opens no window.
pub fn open_first(app: &AppHandle) -> tauri::Result<()> {
    open(app, FIRST, "index.html")
}

/// Opens another window, on the start page. Projects of several windows share one workbench.
///
/// # Errors
/// When the desktop opens no window.
pub fn open_another(app: &AppHandle) -> tauri::Result<()> {
    let label =
        (2..).map(|number: u32| format!("window-{number}")).find(|label| app.get_webview_window(label).is_none());
    open(app, &label.unwrap_or_default(), "index.html?new")
}

fn open(app: &AppHandle, label: &str, address: &str) -> tauri::Result<()> {
    let mut builder = WebviewWindowBuilder::new(app, label, WebviewUrl::App(address.into()))
        .title("Waymark")
        .inner_size(1280.0, 800.0)
        .min_inner_size(960.0, 600.0)
        .menu(menu::of(app, label)?)
        .on_menu_event(|window, event| menu::chosen(window, event.id().as_ref()));
    // Further windows stand where the desktop puts them, not on the first.
    let before = app.state::<Workbench>().stand();
    if let Some(stand) = before.filter(|stand| label == FIRST && stand.shows(&stand::screens(app))) {
        builder = builder.inner_size(stand.width, stand.height).position(stand.x, stand.y).maximized(stand.maximized);
    } else if let Some(stand) = before {
        builder = builder.inner_size(stand.width, stand.height);
    }
    let window = builder.build()?;
    #[cfg(target_os = "linux")]
    crate::recovery::watch(&window)?;
    let (app, label) = (app.clone(), label.to_owned());
    window.on_window_event(move |event| match event {
        WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) => {
            let Some(path) = paths.first() else { return };
            if let Err(error) = page::tell(&app, &label, page::OPEN, &path.display().to_string()) {
                eprintln!("waymark-studio: what was dropped could not be opened: {error}");
            }
        }
        WindowEvent::CloseRequested { .. } => {
            if let Some(window) = app.get_webview_window(&label) {
                stand::keep(&window);
            }
        }
        _ => {}
    });
    Ok(())
}
