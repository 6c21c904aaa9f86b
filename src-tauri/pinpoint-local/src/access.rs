//! Who may ask: access keys, what each may do, and whether a request is signed with one of them.
//!
//! Without keys the server answers everybody on this machine and nobody else. With keys every request is verified, those
//! from this machine too.

pub mod current;
mod permission;
mod signature;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use current::KeyFile;
pub use permission::{Permission, of, of_own_path, starts};
pub use signature::{Claim, sign};

/// Shortest secret, in bytes; those of AWS have 40.
const SHORTEST_SECRET: usize = 20;

/// An access key.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// Its id, which is no secret.
    pub id: String,
    /// What its requests are signed with.
    secret: String,
    /// What it may do, without repetition.
    permissions: Vec<Permission>,
}

/// Access keys; none = nobody has to sign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys(Vec<Key>);

/// Why keys are not taken.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read.
    #[error("could not read the access keys in `{0}`: {1}")]
    Read(PathBuf, std::io::Error),
    /// Others on this machine could read the secrets.
    #[error("the access keys in `{0}` can be read by others; let only its owner read it: chmod 600 {0}")]
    Open(PathBuf),
    /// A project folder is shared and kept in version control.
    #[error("the access keys in `{0}` stand in a project folder, which is shared; keep them elsewhere")]
    InProject(PathBuf),
    /// It is not what a file of keys looks like.
    #[error("{place}: {problem}")]
    Wrong {
        /// File and line, or the name of the environment variable.
        place: String,
        /// What is wrong; never a secret.
        problem: String,
    },
}

/// The file of keys: `[keys.ID]` with `secret` and `permissions`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    keys: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    secret: String,
    permissions: Vec<Permission>,
}

impl Key {
    /// A key; the id has 4 to 128 letters, digits or `_`, the secret at least 20 bytes.
    ///
    /// # Errors
    /// What is wrong, without the secret.
    pub fn new(id: &str, secret: &str, permissions: &[Permission]) -> Result<Key, String> {
        if !(4..=128).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(format!("the id `{id}` of an access key: expected 4 to 128 letters, digits or _"));
        }
        if secret.len() < SHORTEST_SECRET {
            return Err(format!("the secret of `{id}` is shorter than {SHORTEST_SECRET} bytes"));
        }
        if permissions.is_empty() {
            return Err(format!("`{id}` may do nothing: permissions are {}", Permission::NAMES));
        }
        let mut permissions = permissions.to_vec();
        permissions.sort_unstable();
        permissions.dedup();
        Ok(Key { id: id.to_owned(), secret: secret.to_owned(), permissions })
    }

    /// Whether it may.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}

/// Without the secret.
impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Key").field("id", &self.id).field("permissions", &self.permissions).finish_non_exhaustive()
    }
}

impl Keys {
    /// These keys.
    pub fn new(keys: Vec<Key>) -> Keys {
        Keys(keys)
    }

    /// Reads a file of keys (TOML). On Unix only its owner may read it; it does not stand in a project folder.
    ///
    /// ```toml
    /// [keys.SHOPBACKEND]
    /// secret = "at least 20 bytes"
    /// permissions = ["read", "write", "send", "admin"]
    /// ```
    pub fn read(path: &Path) -> Result<Keys, KeysError> {
        let unread = |error| KeysError::Read(path.to_owned(), error);
        let place = std::fs::canonicalize(path).map_err(unread)?;
        if place.ancestors().skip(1).any(|folder| folder.join("waymark.toml").is_file()) {
            return Err(KeysError::InProject(path.to_owned()));
        }
        let mut file = File::open(&place).map_err(unread)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if file.metadata().map_err(unread)?.permissions().mode() & 0o077 != 0 {
                return Err(KeysError::Open(path.to_owned()));
            }
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(unread)?;
        let document: Document = toml::from_str(&text).map_err(|error| {
            // Only the bare message: the whole text of the error quotes the line, and a secret may stand there.
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let problem = error.message().lines().next().unwrap_or_default().to_owned();
            KeysError::Wrong { place: format!("{}:{line}", path.display()), problem }
        })?;
        let wrong = |problem| KeysError::Wrong { place: path.display().to_string(), problem };
        if document.keys.is_empty() {
            return Err(wrong(
                "no access key stands there; write [keys.ID] with `secret` and `permissions`".to_owned(),
            ));
        }
        let keys = document.keys.iter().map(|(id, entry)| Key::new(id, &entry.secret, &entry.permissions));
        Ok(Keys(keys.collect::<Result<_, _>>().map_err(wrong)?))
    }

    /// Whether nobody has to sign.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first key that may.
    pub fn that_may(&self, permission: Permission) -> Option<&Key> {
        self.0.iter().find(|key| key.may(permission))
    }

    /// The key with this id.
    fn find(&self, id: &str) -> Option<&Key> {
        self.0.iter().find(|key| key.id == id)
    }

    /// Adds another; it replaces one of the same id.
    pub fn add(&mut self, key: Key) {
        self.0.retain(|other| other.id != key.id);
        self.0.push(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "[keys.SHOP]\nsecret = \"0123456789abcdefghij\"\npermissions = [\"read\", \"send\"]\n";

    fn written(folder: &Path, text: &str, mode: u32) -> PathBuf {
        let path = folder.join("keys.toml");
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        path
    }

    #[test]
    fn a_file_of_keys_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::read(&written(folder.path(), SOUND, 0o600)).unwrap();
        let key = keys.find("SHOP").unwrap();
        assert!(key.may(Permission::Read) && key.may(Permission::Send));
        assert!(!key.may(Permission::Write) && !key.may(Permission::Admin));
        assert_eq!(keys.that_may(Permission::Admin), None);
        assert!(!format!("{keys:?}").contains("0123456789"), "a secret is never shown");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for mode in [0o640, 0o604, 0o660] {
            let error = Keys::read(&written(folder.path(), SOUND, mode)).unwrap_err();
            assert!(matches!(error, KeysError::Open(_)) && error.to_string().contains("chmod 600"), "{error}");
        }
    }

    #[test]
    fn keys_do_not_stand_in_a_project() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("waymark.toml"), "").unwrap();
        let error = Keys::read(&written(folder.path(), SOUND, 0o600)).unwrap_err();
        assert!(matches!(error, KeysError::InProject(_)), "{error}");
    }

    #[test]
    fn what_is_wrong_is_named_without_a_secret() {
        let folder = tempfile::tempdir().unwrap();
        for (text, part) in [
            ("[keys.SHOP]\nsecret = \"hushhushhushhushhush\npermissions = [\"read\"]\n", "keys.toml:2"),
            ("[keys.SHOP]\nsecret = \"hush\"\npermissions = [\"read\"]\n", "shorter than 20"),
            ("[keys.SHOP]\nsecret = \"hushhushhushhushhush\"\npermissions = [\"all\"]\n", "unknown variant `all`"),
            ("[keys.SHOP]\nsecret = \"hushhushhushhushhush\"\npermissions = []\n", "may do nothing"),
            ("[keys.\"a b\"]\nsecret = \"hushhushhushhushhush\"\npermissions = [\"read\"]\n", "4 to 128 letters"),
            ("[keys]\n", "no access key"),
            ("[keys.SHOP]\nsecrets = \"hushhushhushhushhush\"\n", "unknown field `secrets`"),
        ] {
            let error = Keys::read(&written(folder.path(), text, 0o600)).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
            assert!(!error.contains("hush"), "{error}");
        }
    }
}
