//! The menus of the window, further windows and the desktop's dialogs, which no WebDriver reaches: by the keys of the screen.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Hand, PATIENCE};

/// Chooses from the menus: a view, another window, closing it, and a picture, whose place the desktop's dialog asks for.
pub async fn by_keys_of_the_screen(hand: &Hand, display: &str, folder: &Path) {
    let keys = Keys { display };
    let first = keys.windows("^Waymark$", 1).remove(0);

    keys.choose(&first, &["Right", "Right", "Down", "Down"]);
    hand.until("the menu opened Simulate", "return document.querySelector('.simulate') != null").await;

    keys.choose(&first, &["Down"]);
    let both = keys.windows("^Waymark$", 2);
    let second = both.iter().find(|window| **window != first).expect("another window");
    keys.choose(&first, &["Right", "Right", "Down"]);
    hand.until("the first window goes on", "return document.querySelector('.simulate') == null").await;
    // the second one shows the start, where another window can be opened too; a page that still loads hears nothing
    let opened = (0..5).any(|_| {
        keys.choose(second, &["Down"]);
        keys.counts("^Waymark$", 3, PATIENCE / 10).is_ok()
    });
    assert!(opened, "the start opens another window");
    let third = keys.windows("^Waymark$", 3).into_iter().find(|window| !both.contains(window)).expect("a third window");
    keys.choose(&third, &["Up"]);
    keys.windows("^Waymark$", 2);
    keys.choose(second, &["Up"]);
    assert_eq!(keys.windows("^Waymark$", 1), [first.as_str()], "the menu closed the window that it belongs to");

    keys.choose(&first, &["Down", "Down", "Down", "Down", "Down", "Down", "Down"]);
    let dialog = keys.windows("^Export$", 1).remove(0);
    let picture = folder.join("picture.pdf");
    keys.press(&["windowfocus", "--sync", &dialog, "key", "ctrl+a"]);
    keys.press(&["type", picture.to_str().expect("a path in UTF-8")]);
    keys.press(&["key", "Return"]);
    hand.until(
        "it says where it is",
        "return document.querySelector('[data-test=notice]')?.textContent.includes('picture.pdf')",
    )
    .await;
    assert!(std::fs::read(picture).expect("the picture").starts_with(b"%PDF-"));
}

/// The keyboard of an X display, through xdotool.
struct Keys<'a> {
    display: &'a str,
}

impl Keys<'_> {
    /// Opens the menus of a window, goes to an item and chooses it.
    fn choose(&self, window: &str, way: &[&str]) {
        let open = ["windowraise", window, "windowfocus", "--sync", window, "key", "F10"];
        self.press(&[&open[..], way, &["Return"]].concat());
    }

    fn press(&self, keys: &[&str]) -> String {
        let output = Command::new("xdotool").env("DISPLAY", self.display).args(keys).output().expect("xdotool runs");
        String::from_utf8(output.stdout).expect("text")
    }

    /// The windows that are open by that name (an expression), once they are `count`.
    fn windows(&self, name: &str, count: usize) -> Vec<String> {
        self.counts(name, count, PATIENCE)
            .unwrap_or_else(|found| panic!("{count} windows were to be open by the name {name}, not {found:?}"))
    }

    /// The windows that are open by that name, once they are `count`; those that there were in the end, where they never are.
    fn counts(&self, name: &str, count: usize, patience: Duration) -> Result<Vec<String>, Vec<String>> {
        let start = Instant::now();
        loop {
            let found = self.press(&["search", "--onlyvisible", "--name", name]);
            let found: Vec<String> = found.lines().map(str::to_owned).collect();
            if found.len() == count {
                return Ok(found);
            }
            if start.elapsed() > patience {
                return Err(found);
            }
            std::thread::yield_now();
        }
    }
}
