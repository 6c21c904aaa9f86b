//! What the page can ask of the machine. `capabilities/window.json` allows these and nothing else.

use rfd::{AsyncFileDialog, FileHandle};
use tauri::{AppHandle, State};
use workbench::Workbench;

use crate::windows;

/// Carries a bridge command to the workbench. Name and texts are those of the bridge: `body` is the command as JSON, the
/// answer is its answer as JSON, an error is a `bridge::Failure` as JSON.
#[tauri::command]
pub async fn call(workbench: State<'_, Workbench>, name: String, body: String) -> Result<String, String> {
    workbench.call(&name, &body).await
}

/// Lets the user choose a folder, there or new: its path, or `None` when they think better of it.
#[tauri::command]
pub async fn pick_folder(title: String) -> Option<String> {
    let mut dialog = AsyncFileDialog::new().set_title(title).set_can_create_directories(true);
    // GTK starts with files used lately otherwise, where no folder can be made
    if let Some(home) = std::env::home_dir() {
        dialog = dialog.set_directory(home);
    }
    path(dialog.pick_folder().await)
}

/// Lets the user choose a file, at first among those with one of these endings (without the dot): its path, or `None` when they
/// think better of it.
#[tauri::command]
pub async fn pick_file(title: String, endings: Vec<String>) -> Option<String> {
    let dialog = AsyncFileDialog::new().set_title(title).add_filter(endings.join(", ").to_uppercase(), &endings);
    path(dialog.add_filter("All files", &["*"]).pick_file().await)
}

/// Lets the user say where a new file of that name goes: its path, or `None` when they think better of it.
#[tauri::command]
pub async fn pick_target(name: String) -> Option<String> {
    let ending = name.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_owned());
    let dialog = AsyncFileDialog::new().set_title("Export").set_file_name(&name);
    path(dialog.add_filter(ending.to_uppercase(), &[ending]).save_file().await)
}

/// Opens another window, on the start.
#[tauri::command]
pub async fn open_window(app: AppHandle) -> Result<(), String> {
    windows::open_another(&app).map_err(|error| error.to_string())
}

fn path(choice: Option<FileHandle>) -> Option<String> {
    Some(choice?.path().display().to_string())
}
