//! `waymark bench`: how fast this computer runs the engine.

use std::process::ExitCode;

use workbench::bench::{self, Figure};
use workbench::grouped;

use crate::arguments::{Bench, Format};
use crate::commands::{Outcome, json};
use crate::say;

/// Measures, and prints a table line by line.
pub fn run(arguments: &Bench) -> Outcome {
    let text = arguments.format == Format::Text;
    if text {
        say::result(&format!("{:<72} {:>14} {:<14} {:>12}  beside", "what", "figure", "", "goal"));
    }
    let figures = bench::run(arguments.people, bench::LEAST, &mut |figure| {
        if text {
            say::result(&words(figure));
        }
    })?;
    if !text {
        say::result(&json(&serde_json::json!({ "figures": figures })));
    }
    Ok(ExitCode::SUCCESS)
}

fn words(figure: &Figure) -> String {
    let mark = if figure.reached() { " " } else { "!" };
    let peer = figure.peer.map(|(peer, name)| format!("  {} ({name})", number(peer))).unwrap_or_default();
    let bound = if figure.less { "<=" } else { ">=" };
    let goal = format!("{bound} {}", number(figure.goal));
    format!("{:<72} {:>14} {:<14} {goal:>12} {mark}{peer}", figure.what, number(figure.figure), figure.unit)
}

/// Three digits that matter, thousands apart.
fn number(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.1}");
    }
    grouped(value.round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_at_a_glance() {
        let shown = [0.31, 99.96, 100.4, 4_000_000.0].map(number);
        assert_eq!(shown, ["0.3", "100.0", "100", "4,000,000"]);
    }
}
