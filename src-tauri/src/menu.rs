//! The menu of a window. It decides nothing: an item sends the words of one of the page's commands (`ui/src/commands.rs`) to
//! the page of its window. A window is opened by the page too: Tauri holds its list of windows while it tells them of the
//! menu, and one that were opened then would wait for ever.
//!
//! Items have no keys of their own: the page has them, and a key that the menu takes never reaches a field of the page.

use tauri::menu::{Menu, MenuBuilder, MenuItemBuilder, SubmenuBuilder};
use tauri::{AppHandle, Manager, Window};

use crate::page;

/// Menus and their items; an empty item is a line. Each item is one of the page's commands, but for [`CLOSE`].
const MENUS: &[(&str, &[&str])] = &[
    (
        "File",
        &[
            "New window",
            "Open",
            "",
            "Save",
            "Save as",
            "",
            "Export the picture as SVG",
            "Export the picture as PNG",
            "Export the picture as PDF",
            "",
            CLOSE,
        ],
    ),
    (
        "Edit",
        &[
            "Undo",
            "Redo",
            "",
            "Select all activities",
            "Duplicate the selected activities",
            "Delete the selection, disconnect a connection",
            "",
            "Add a journey",
            "Add a note",
            "Fold the branch behind the selected connection",
            "Tidy: lay out again, take hand-given positions back",
            "",
            "Find in the project",
        ],
    ),
    (
        "View",
        &[
            "Design view",
            "Simulate view",
            "Publish view",
            "Live view",
            "",
            "Show the whole journey",
            "Zoom to 100%",
            "Zoom in",
            "Zoom out",
        ],
    ),
    ("Help", &["All commands", "Keys"]),
];

const CLOSE: &str = "Close the window";

/// The menu of the window of that label.
///
/// # Errors
/// When the desktop makes no menu.
pub fn of(app: &AppHandle, label: &str) -> tauri::Result<Menu<tauri::Wry>> {
    let mut menu = MenuBuilder::new(app);
    for (title, items) in MENUS {
        let mut submenu = SubmenuBuilder::new(app, title);
        for words in *items {
            submenu = match *words {
                "" => submenu.separator(),
                words => submenu.item(&MenuItemBuilder::with_id(id(label, words), words).build(app)?),
            };
        }
        menu = menu.item(&submenu.build()?);
    }
    menu.build()
}

/// Carries out what was chosen in the menu of some window, if it was this one.
pub fn chosen(window: &Window, item: &str) {
    let Some(words) = words(window.label(), item) else { return };
    let app = window.app_handle();
    let outcome = match words {
        CLOSE => window.close(),
        words => page::tell(app, window.label(), page::COMMAND, words),
    };
    if let Err(error) = outcome {
        eprintln!("waymark-studio: `{words}` did not work: {error}");
    }
}

/// An item's id; every window hears of the items of all, so that it names the window.
fn id(label: &str, words: &str) -> String {
    format!("{label}:{words}")
}

fn words<'a>(label: &str, id: &'a str) -> Option<&'a str> {
    id.strip_prefix(label)?.strip_prefix(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_a_command_of_the_page() {
        let commands = include_str!("../../ui/src/commands.rs");
        let own = ["", CLOSE];
        for item in MENUS.iter().flat_map(|(_, items)| *items).filter(|item| !own.contains(item)) {
            assert!(commands.contains(&format!("words: \"{item}\"")), "the page has no command `{item}`");
        }
    }

    #[test]
    fn an_item_belongs_to_one_window() {
        assert_eq!(words("main", &id("main", "Save")), Some("Save"));
        assert_eq!(words("window-1", &id("window-10", "Save")), None);
        assert_eq!(words("main", "elsewhere"), None);
    }
}
