//! One file a command: arguments in, words and an exit code out.

pub mod bench;
pub mod calibrate;
pub mod check;
pub mod diff;
pub mod explain;
pub mod export;
mod log;
pub mod merge;
pub mod new;
pub mod people;
pub mod publish;
pub mod pull;
pub mod serve;
pub mod simulate;
pub mod studio;
pub mod test;

use bridge::{Failure, FailureCode};

/// What a command gives.
pub type Outcome = Result<std::process::ExitCode, Failure>;

/// A failure without help.
pub fn failure(code: FailureCode, message: impl Into<String>) -> Failure {
    Failure { code, message: message.into(), help: String::new() }
}

/// Names the first problems of files that were read, on the standard error output.
pub fn tell_problems(problems: &[bridge::FileProblem]) {
    for problem in problems.iter().take(5) {
        crate::say::note(&format!("{}:{}: {}", problem.file, problem.line, problem.message));
    }
    if problems.len() > 5 {
        crate::say::note(&format!("… and {} more", count(problems.len() - 5, "problem")));
    }
}

/// A runtime for what waits on the network.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Runtime::new()
        .map_err(|error| failure(FailureCode::Internal, format!("could not start threads: {error}")))
}

/// The words for a count: "1 error", "2 errors".
pub fn count(number: usize, word: &str) -> String {
    match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    }
}

/// A value as JSON text for programs.
pub fn json(value: &serde_json::Value) -> String {
    format!("{value:#}")
}
