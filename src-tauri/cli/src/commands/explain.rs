//! `waymark explain`: what a rule checks, why it matters, and how to cure it.

use std::process::ExitCode;

use crate::arguments::Explain;
use crate::commands::Outcome;
use crate::say;

/// Prints the explanation of a rule, or all ids.
pub fn run(explain: &Explain) -> Outcome {
    say::raw(&workbench::explain::explain(explain.rule.as_deref())?);
    Ok(ExitCode::SUCCESS)
}
