//! Failures as the window takes them: a code to act on, a sentence, and what to do.

use std::io;
use std::path::Path;

use bridge::{Failure, FailureCode};

/// What a command gives.
pub type Outcome<T> = Result<T, Failure>;

/// A failure of that code.
pub fn failure(code: FailureCode, message: impl Into<String>, help: impl Into<String>) -> Failure {
    Failure { code, message: message.into(), help: help.into() }
}

/// A file or folder could not be read or written; `what` is a verb: "read".
pub fn disk(what: &str, path: &Path, error: &io::Error) -> Failure {
    let help = match error.kind() {
        io::ErrorKind::NotFound => "check the path",
        io::ErrorKind::PermissionDenied => "make it readable and writable for you, or choose another folder",
        io::ErrorKind::StorageFull => "make room on the disk, and try again; nothing was changed in that file",
        _ => "",
    };
    failure(FailureCode::Disk, format!("could not {what} `{}`: {error}", path.display()), help)
}

/// The input is not what the command takes.
pub fn bad_input(message: impl Into<String>, help: impl Into<String>) -> Failure {
    failure(FailureCode::BadInput, message, help)
}

/// What was asked for does not exist.
pub fn not_found(message: impl Into<String>, help: impl Into<String>) -> Failure {
    failure(FailureCode::NotFound, message, help)
}

/// A fault of the program itself.
pub fn internal(message: impl Into<String>) -> Failure {
    failure(FailureCode::Internal, message, "")
}
