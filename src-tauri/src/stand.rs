//! Where a window stands, as the desktop says it. The workbench keeps it from one start to the next.

use tauri::{AppHandle, Manager, WebviewWindow};
use workbench::Workbench;
use workbench::stand::{Screen, Stand};

/// Keeps where a window stands. A place that can not be kept is no reason not to close.
pub fn keep(window: &WebviewWindow) {
    let Some(stand) = now(window) else { return };
    if let Err(failure) = window.state::<Workbench>().keep_stand(stand) {
        eprintln!("waymark-studio: the place of the window is not kept: {}", workbench::sentence(&failure));
    }
}

fn now(window: &WebviewWindow) -> Option<Stand> {
    let scale = window.scale_factor().ok()?;
    let size = window.inner_size().ok()?.to_logical::<f64>(scale);
    let place = window.outer_position().ok()?.to_logical::<f64>(scale);
    let maximized = window.is_maximized().ok()?;
    Some(Stand { width: size.width, height: size.height, x: place.x, y: place.y, maximized })
}

/// The screens as they are now.
pub fn screens(app: &AppHandle) -> Vec<Screen> {
    let monitors = app.available_monitors().unwrap_or_default();
    let screen = |monitor: tauri::Monitor| {
        let place = monitor.position().to_logical::<f64>(monitor.scale_factor());
        let size = monitor.size().to_logical::<f64>(monitor.scale_factor());
        (place.x, place.y, size.width, size.height)
    };
    monitors.into_iter().map(screen).collect()
}
