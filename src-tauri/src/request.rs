//! The command line of the shell: `waymark-studio [PATH]`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::bail;

const USAGE: &str = "\
usage: waymark-studio [PATH]

Opens the Waymark window on a project folder, a file in it or a file of Pinpoint's JSON, or on its start page.";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// Open the window on a folder, or on the start page.
    Open(Option<PathBuf>),
    /// Print a text.
    Say(String),
}

impl Request {
    /// Reads the arguments after the program's name. Fails on an unknown option, and on a second folder.
    pub fn read(arguments: impl Iterator<Item = OsString>) -> anyhow::Result<Request> {
        let mut folder = None;
        for argument in arguments {
            match argument.to_str() {
                Some("--help" | "-h") => return Ok(Request::Say(USAGE.to_owned())),
                Some("--version" | "-V") => {
                    return Ok(Request::Say(format!("waymark-studio {}", env!("CARGO_PKG_VERSION"))));
                }
                Some(option) if option.starts_with('-') => bail!("`{option}` is not an option\n\n{USAGE}"),
                _ if folder.is_some() => bail!("only one folder can be opened\n\n{USAGE}"),
                _ => folder = Some(PathBuf::from(argument)),
            }
        }
        Ok(Request::Open(folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> anyhow::Result<Request> {
        Request::read(arguments.iter().map(OsString::from))
    }

    #[test]
    fn one_folder_or_none() {
        assert_eq!(read(&[]).unwrap(), Request::Open(None));
        assert_eq!(read(&["shop"]).unwrap(), Request::Open(Some(PathBuf::from("shop"))));
        assert!(read(&["shop", "other"]).is_err());
    }

    #[test]
    fn options_are_not_folders() {
        assert!(matches!(read(&["shop", "--help"]).unwrap(), Request::Say(text) if text.starts_with("usage")));
        assert!(read(&["--nonsense"]).is_err());
    }
}
