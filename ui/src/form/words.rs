//! What parts of a form are called.

pub use model::naming::{plain, words};

/// What one element of a list or map is called: its label in small letters, "value" where it has none.
pub fn unit_word(unit: &str) -> String {
    if unit.is_empty() { "value".to_owned() } else { unit.to_lowercase() }
}
