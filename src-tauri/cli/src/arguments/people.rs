//! Of the sample people.

use std::path::PathBuf;

use clap::Args;

use super::Format;

/// `waymark people`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  waymark people shop
  waymark people shop --pseudonymise people-shared.jsonl
  waymark people shop --pseudonymise copy.jsonl --personal Attributes.Notes --keep Location.PostalCode")]
pub struct People {
    /// The project folder
    #[arg(default_value = ".", value_name = "DIR")]
    pub folder: PathBuf,
    /// Write a copy as JSON lines: ids, addresses and whatever is personal are replaced by a keyed hash of the same shape
    #[arg(long, value_name = "FILE.jsonl")]
    pub pseudonymise: Option<PathBuf>,
    /// Replace this too; can be given several times
    #[arg(long, value_name = "MEMBER", requires = "pseudonymise")]
    pub personal: Vec<String>,
    /// Do not replace this, though its name is that of something personal; can be given several times
    #[arg(long, value_name = "MEMBER", requires = "pseudonymise")]
    pub keep: Vec<String>,
    /// A file with the key, at least 16 bytes [default: the project's own, in .waymark]
    #[arg(long, value_name = "FILE", requires = "pseudonymise")]
    pub key: Option<PathBuf>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}
