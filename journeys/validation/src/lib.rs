//! check(&Project) -> Report; one rule a file.
