//! The commands behind the bridge: open, save, simulate, publish; no Tauri in it.
