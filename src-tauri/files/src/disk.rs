//! Files written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Replaces the file at `path` by `content`, atomically: after a crash it holds the old content or the new, never a part.
/// Folders on the way are made. Keeps the permissions of a file that is there, and writes through a symbolic link.
///
/// # Errors
/// When the folder can not be written; the file is then as it was.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut draft = Draft::begin(path)?;
    draft.file.write_all(content)?;
    draft.keep()
}

/// A file that is being written beside the place where it will be; gone when it is dropped before it is kept.
pub struct Draft {
    path: PathBuf,
    file: NamedTempFile,
}

impl Draft {
    /// Begins the file at `path`, as [`write()`] does.
    ///
    /// # Errors
    /// When the folder can not be written.
    pub fn begin(path: &Path) -> io::Result<Draft> {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let folder = folder_of(&path);
        fs::create_dir_all(folder)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".waymark-").suffix(".tmp");
        let permissions = fs::metadata(&path).ok().map(|metadata| metadata.permissions()).or_else(usual_permissions);
        if let Some(permissions) = permissions {
            builder.permissions(permissions);
        }
        let file = builder.tempfile_in(folder)?;
        Ok(Draft { path, file })
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// When the disk is full or the place can not be written; the file there is then as it was.
    pub fn keep(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.file.persist(&self.path).map_err(|error| error.error)?;
        sync_folder(folder_of(&self.path));
        Ok(())
    }
}

impl Draft {
    /// Puts the file in its place unless there is one already: `false` = there is, and it is as it was.
    ///
    /// # Errors
    /// When the disk is full or the place can not be written.
    pub fn keep_new(self) -> io::Result<bool> {
        self.file.as_file().sync_all()?;
        match self.file.persist_noclobber(&self.path) {
            Ok(_) => {
                sync_folder(folder_of(&self.path));
                Ok(true)
            }
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error.error),
        }
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the rename itself last. Not every file system can; the file is whole either way.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Temporary files are private; documents are as open as the user's mask lets new files be.
#[cfg(unix)]
fn usual_permissions() -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn usual_permissions() -> Option<fs::Permissions> {
    None
}
