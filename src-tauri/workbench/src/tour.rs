//! Whether the tour was seen: a file among what the program keeps.

use std::path::Path;

use crate::failure::{self, Outcome};

/// The file; what is in it does not matter.
const FILE: &str = "tour-seen";

/// Whether it was seen.
pub fn is_seen(data: &Path) -> bool {
    data.join(FILE).exists()
}

/// Keeps that it was seen.
///
/// # Errors
/// When the data folder can not be written.
pub fn keep_seen(data: &Path) -> Outcome<()> {
    let path = data.join(FILE);
    std::fs::create_dir_all(data).map_err(|error| failure::disk("make", data, &error))?;
    files::write(&path, b"").map_err(|error| failure::disk("write", &path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_stays_seen() {
        let data = tempfile::tempdir().expect("a folder");
        let data = data.path().join("new");
        assert!(!is_seen(&data));
        assert_eq!(keep_seen(&data), Ok(()));
        assert_eq!(keep_seen(&data), Ok(()));
        assert!(is_seen(&data));
    }
}
