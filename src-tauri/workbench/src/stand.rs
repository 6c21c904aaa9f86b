//! Where a window stands, kept from one start to the next: `window.json` in the data folder.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::failure::{Outcome, disk, internal};

/// Size and place of a window, in CSS pixels of its screen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stand {
    /// Width of what is inside its frame.
    pub width: f64,
    /// Height of what is inside its frame.
    pub height: f64,
    /// Left edge of its frame.
    pub x: f64,
    /// Top edge of its frame.
    pub y: f64,
    /// Whether it fills the screen; size and place are then those that it goes back to.
    pub maximized: bool,
}

/// A screen: left, top, width, height, in CSS pixels.
pub type Screen = (f64, f64, f64, f64);

const FILE: &str = "window.json";

/// How much of the title bar must be on a screen, so that the window can be taken hold of.
const HOLD: f64 = 80.0;

impl Stand {
    /// Whether the window can be taken hold of on one of the screens: a screen may have been taken away.
    pub fn shows(&self, screens: &[Screen]) -> bool {
        screens.iter().any(|(left, top, width, height)| {
            self.x + self.width >= left + HOLD
                && self.x <= left + width - HOLD
                && self.y >= *top
                && self.y <= top + height - HOLD
        })
    }
}

/// Where the window stood; `None` = it is the first start, or the file says nothing.
pub(crate) fn read(data: &Path) -> Option<Stand> {
    let stand: Stand = serde_json::from_slice(&fs::read(data.join(FILE)).ok()?).ok()?;
    (stand.width >= 1.0 && stand.height >= 1.0).then_some(stand)
}

/// Keeps where a window stands; of one that fills the screen, the size and place from before.
pub(crate) fn keep(data: &Path, mut stand: Stand) -> Outcome<()> {
    if let (true, Some(before)) = (stand.maximized, read(data)) {
        stand = Stand { maximized: true, ..before };
    }
    let path = data.join(FILE);
    let text = serde_json::to_vec(&stand).map_err(|error| internal(error.to_string()))?;
    files::write(&path, &text).map_err(|error| disk("write", &path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_on_a_screen_that_is_gone_is_not_put_there() {
        let stand = Stand { width: 1280.0, height: 800.0, x: 2000.0, y: 40.0, maximized: false };
        let (left, right) = ((0.0, 0.0, 1920.0, 1080.0), (1920.0, 0.0, 1920.0, 1080.0));
        assert!(stand.shows(&[left, right]));
        assert!(!stand.shows(&[left]));
        assert!(!stand.shows(&[]));
        // partly outside is where people put windows; a title bar above the screen is out of reach
        assert!(Stand { x: -900.0, ..stand }.shows(&[left]));
        assert!(!Stand { x: 0.0, y: -30.0, ..stand }.shows(&[left]));
    }

    #[test]
    fn a_window_that_fills_the_screen_remembers_what_it_goes_back_to() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(read(data.path()), None);
        let small = Stand { width: 1000.0, height: 700.0, x: 10.0, y: 20.0, maximized: false };
        keep(data.path(), small).unwrap();
        assert_eq!(read(data.path()), Some(small));
        keep(data.path(), Stand { width: 1920.0, height: 1080.0, x: 0.0, y: 0.0, maximized: true }).unwrap();
        assert_eq!(read(data.path()), Some(Stand { maximized: true, ..small }));
        fs::write(data.path().join(FILE), "{").unwrap();
        assert_eq!(read(data.path()), None);
    }
}
