//! Secrets: named in the settings, kept elsewhere.

use std::fmt;
use std::process::Stdio;

use serde::Deserialize;
use tokio::process::Command;

/// Where a secret is: `{ env = "SMTP_PASSWORD" }` or `{ keychain = "smtp" }`.
///
/// The keychain is that of the operating system, asked through its own program: `secret-tool lookup service waymark
/// account NAME` on Linux (Secret Service), `security find-generic-password -s waymark -a NAME -w` on macOS. Windows has no
/// such program: there secrets stand in the environment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Secret {
    /// An environment variable.
    Env(String),
    /// An account of the service `waymark` in the keychain.
    Keychain(String),
}

/// A secret that was read. It shows itself to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl Hidden {
    /// Keeps a text from being shown.
    pub fn new(text: impl Into<String>) -> Hidden {
        Hidden(text.into())
    }

    /// The text itself, for the one call that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(…)")
    }
}

/// Why a secret cannot be read. Says where it was looked for, never what was there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The variable is not set, or empty.
    #[error("the environment variable `{0}` is not set; set it to the secret before starting")]
    NoVariable(String),
    /// The keychain has no such account, or is locked.
    #[error("the keychain has no secret for service `waymark`, account `{0}`, or is locked")]
    NotInKeychain(String),
    /// There is no program to ask the keychain with.
    #[error("the keychain cannot be asked here ({0}); name an environment variable with `env` instead")]
    NoKeychain(String),
}

impl Secret {
    /// Reads the secret.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn read(&self) -> Result<Hidden, SecretError> {
        match self {
            Secret::Env(name) => match std::env::var(name) {
                Ok(text) if !text.is_empty() => Ok(Hidden(text)),
                _ => Err(SecretError::NoVariable(name.clone())),
            },
            Secret::Keychain(account) => keychain(asking(account), account).await,
        }
    }
}

/// The program that asks the keychain of this system.
fn asking(account: &str) -> Command {
    let mut command = Command::new(if cfg!(target_os = "macos") { "security" } else { "secret-tool" });
    if cfg!(target_os = "macos") {
        command.args(["find-generic-password", "-s", "waymark", "-a", account, "-w"]);
    } else {
        command.args(["lookup", "service", "waymark", "account", account]);
    }
    command
}

async fn keychain(mut program: Command, account: &str) -> Result<Hidden, SecretError> {
    let output = program.stdin(Stdio::null()).stderr(Stdio::null()).output().await;
    let output = output.map_err(|error| SecretError::NoKeychain(error.to_string()))?;
    let text = String::from_utf8(output.stdout).unwrap_or_default();
    let text = text.trim_end_matches(['\r', '\n']);
    if !output.status.success() || text.is_empty() {
        return Err(SecretError::NotInKeychain(account.to_owned()));
    }
    Ok(Hidden(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_missing_secret_is_named_and_none_is_shown() {
        let missing = Secret::Env("WAYMARK_TEST_NO_SUCH_VARIABLE".into()).read().await;
        assert_eq!(
            missing.map_err(|error| error.to_string()),
            Err("the environment variable `WAYMARK_TEST_NO_SUCH_VARIABLE` is not set; set it to the secret before starting"
                .to_owned())
        );
        assert_eq!(format!("{:?}", Hidden::new("s3cret")), "Hidden(…)");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_keychain_answers_through_its_program() {
        let says = |line: &str| {
            let mut shell = Command::new("sh");
            shell.args(["-c", line]);
            shell
        };
        assert_eq!(keychain(says("echo 's3 cret'"), "smtp").await, Ok(Hidden::new("s3 cret")));
        assert_eq!(keychain(says("exit 1"), "smtp").await, Err(SecretError::NotInKeychain("smtp".into())));
        let absent = keychain(Command::new("waymark-no-such-program"), "smtp").await;
        assert!(matches!(absent, Err(SecretError::NoKeychain(_))));
    }
}
