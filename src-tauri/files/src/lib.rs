//! Files that are there whole or not at all, and rows as Parquet.
//!
//! Takes bytes and rows; gives files. Knows nothing of what they say, and never reads one.
//!
//! - [`write()`], [`Draft`]: a file is written beside its place and put there when it is complete.
//! - [`rows`]: columns and cells of a table; [`parquet`] writes them.

mod disk;
pub mod parquet;
pub mod rows;

pub use disk::{Draft, write};
