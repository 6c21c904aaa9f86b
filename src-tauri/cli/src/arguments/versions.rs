//! Of two versions of documents.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Format;

/// How differences are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DiffAs {
    /// In words.
    #[default]
    Text,
    /// For programs.
    Json,
    /// One picture of the journey that differs.
    Svg,
}

/// `waymark diff`
#[derive(Debug, Args)]
#[command(after_help = "\
Exit code: 0 nothing differs, 1 something does, 2 one of them could not be read.

Examples:
  waymark diff shop-before shop
  waymark diff HEAD~1:shop shop
  waymark diff main:shop/journeys/welcome.json shop/journeys/welcome.json --as svg -o welcome.svg")]
pub struct Diff {
    /// A folder, a file, or either of a revision of git as REV:path
    #[arg(value_name = "A")]
    pub before: String,
    /// The same, later
    #[arg(value_name = "B")]
    pub after: String,
    /// How to write what differs
    #[arg(long = "as", value_enum, default_value_t)]
    pub kind: DiffAs,
    /// Where to write it [default: the standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `waymark merge`
#[derive(Debug, Args)]
#[command(after_help = "\
Edits of both sides that have nothing to do with each other go together. Where both changed the same member the result says
what OURS says, and NAME.conflicts.json beside it says what there is to decide.

Exit code: 0 merged, 1 there are conflicts, or the checks say an error that neither side had, 2 a file could not be read.

Examples:
  waymark merge --install shop          git merges the project's documents this way from now on
  waymark merge base.json ours.json theirs.json -o journeys/welcome.json")]
pub struct Merge {
    /// The version that both were made from, ours, theirs
    #[arg(value_name = "BASE OURS THEIRS", num_args = 3, required_unless_present = "install")]
    pub versions: Vec<PathBuf>,
    /// Where to write the result; may be one of the three [default: the standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The document's path in the project, where the files have other names; conflicts are written beside it
    #[arg(long, value_name = "PATH")]
    pub path: Option<String>,
    /// How to tell what came of it
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Make git use this for the project in this folder
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = ".", conflicts_with_all = ["versions", "output", "path"])]
    pub install: Option<PathBuf>,
}
