//! Contents of files that steps of undo lead to: people, expectations and lists change on the disk at once, and undo and redo
//! bring back what was in them.
//!
//! What a command is about to replace is kept as `.waymark/contents/FILE/SHA-256`. A copy costs no memory, and where the disk
//! can link no room: the file that is replaced stays under its other name. What is brought back moves out of there, so every
//! content of a file is on the disk once. A file that somebody else changed meanwhile is never written over: the step is refused.
//!
//! `.waymark/` is of this machine and not for git, which matters here: people of former days are among these files. Contents
//! that no step leads to any more are removed when the project is opened ([`tidy`]); all of it may be removed by hand, and then
//! those steps are refused.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use bridge::FailureCode;
use model::{Change, Edit, History};
use sha2::{Digest, Sha256};

use crate::failure::{Outcome, bad_input, disk, failure};
use crate::{Inner, folder};

/// Folders of a project with files that are no documents; nothing else is touched.
const FOLDERS: [&str; 3] = ["endpoints", "expectations", "segments"];

/// What is in some files before a command writes them.
pub(crate) struct Contents<'a> {
    folder: &'a Path,
    before: Vec<(String, Option<String>)>,
}

impl<'a> Contents<'a> {
    /// Keeps what is in `files`, named below the folder: `endpoints/people.csv`. They may not be there yet.
    ///
    /// # Errors
    /// When one can not be read or kept; a command does not go on then, because it could not be undone.
    pub fn keep(folder: &'a Path, files: impl IntoIterator<Item = String>) -> Outcome<Contents<'a>> {
        let mut before = Vec::new();
        for file in files {
            let path = place(folder, &file)?;
            let hash = hash(&path)?;
            if let Some(hash) = &hash {
                put_by(&path, folder, &kept(folder, &file, hash)?)?;
            }
            before.push((file, hash));
        }
        Ok(Contents { folder, before })
    }

    /// The step of undo for what was written into these files since.
    ///
    /// # Errors
    /// When a file can not be read.
    pub fn step(self, label: impl Into<String>) -> Outcome<Edit> {
        let mut edit = Edit::new(label);
        for (file, from) in self.before {
            let to = hash(&place(self.folder, &file)?)?;
            if from != to {
                edit.changes.push(Change::File { file, from, to });
            }
        }
        Ok(edit)
    }
}

impl Inner {
    pub(crate) fn bring(&self, command: bridge::Bring) -> Outcome<()> {
        bring(Path::new(&command.folder), &command.changes)
    }
}

/// Carries changes of files out: each file that has the content `from` gets the content `to`. One that has it already is left
/// as it is, so what was cut short can be done again.
///
/// # Errors
/// `WouldLose`: a file has neither content, or the content that it is to have is not kept any more; nothing is changed then.
fn bring(folder: &Path, changes: &[Change]) -> Outcome<()> {
    let mut moves = Vec::new();
    for change in changes {
        let Change::File { file, from, to } = change else { continue };
        let path = place(folder, file)?;
        let now = hash(&path)?;
        if now == *to {
            continue;
        }
        if now != *from {
            return Err(refused(format!("`{file}` was changed by something else since, and stays as it is")));
        }
        let source = to.as_deref().map(|to| kept(folder, file, to)).transpose()?;
        if let Some(source) = &source
            && hash(source)? != *to
        {
            return Err(refused(format!("what was in `{file}` is not kept any more, and it stays as it is")));
        }
        let by = from.as_deref().map(|from| kept(folder, file, from)).transpose()?;
        moves.push((path, by, source));
    }
    for (path, by, source) in moves {
        if let Some(by) = by {
            put_by(&path, folder, &by)?;
        }
        let moved = match source {
            Some(source) => put_back(&source, &path),
            None => fs::remove_file(&path),
        };
        moved.map_err(|error| disk("write", &path, &error))?;
    }
    Ok(())
}

fn refused(why: String) -> bridge::Failure {
    failure(FailureCode::WouldLose, why, "this step is left out; go on with the next")
}

/// Removes what no step of `history` leads to; `older` are files with the steps that are not in its lists.
///
/// # Errors
/// When a file of older steps can not be read; nothing is removed then.
pub(crate) fn tidy(folder: &Path, history: &History, older: &[PathBuf]) -> io::Result<()> {
    let below = |path: &Path| -> io::Result<Vec<PathBuf>> {
        if !path.is_dir() {
            return Ok(Vec::new());
        }
        fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect()
    };
    let mut left = BTreeSet::new();
    for part in below(&home(folder))? {
        for file in below(&part)? {
            left.extend(below(&file)?);
        }
    }
    let mut need = |edit: &Edit| {
        for change in &edit.changes {
            if let Change::File { file, from, to } = change {
                for hash in [from, to].into_iter().flatten() {
                    left.remove(&home(folder).join(file).join(hash));
                }
            }
        }
    };
    history.undo.iter().chain(&history.redo).for_each(&mut need);
    for path in older {
        for line in io::BufRead::lines(io::BufReader::new(File::open(path)?)) {
            // the last line may be torn: nothing leads there
            if let Ok(edit) = serde_json::from_str::<Edit>(&line?) {
                need(&edit);
            }
        }
    }
    for path in left {
        fs::remove_file(&path)?;
        // The folder of the file goes with the last; one that is not empty stays.
        let _ = path.parent().map(fs::remove_dir);
    }
    Ok(())
}

/// Whether anything is kept.
pub(crate) fn are_kept(folder: &Path) -> bool {
    home(folder).is_dir()
}

fn home(folder: &Path) -> PathBuf {
    folder.join(".waymark").join("contents")
}

/// Where a content of a file is kept.
fn kept(folder: &Path, file: &str, hash: &str) -> Outcome<PathBuf> {
    match hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(home(folder).join(file).join(hash)),
        false => Err(bad_input(format!("`{hash}` names no content"), "the list of steps is damaged")),
    }
}

/// The path of a file of a folder that steps may change, through links.
fn place(folder: &Path, file: &str) -> Outcome<PathBuf> {
    let parts: Vec<Component> = Path::new(file).components().collect();
    let fits = match parts.as_slice() {
        [Component::Normal(first), Component::Normal(_)] => FOLDERS.iter().any(|known| **first == **known),
        _ => false,
    };
    if !fits {
        return Err(bad_input(
            format!("`{file}` is no file of people or expectations"),
            "the list of steps is damaged",
        ));
    }
    let path = folder.join(file);
    Ok(fs::canonicalize(&path).unwrap_or(path))
}

/// The name of what is in a file; `None` = there is none.
fn hash(path: &Path) -> Outcome<Option<String>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(disk("read", path, &error)),
    };
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match file.read(&mut piece).map_err(|error| disk("read", path, &error))? {
            0 => break,
            read => hash.update(&piece[..read]),
        }
    }
    Ok(Some(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// Keeps what is in a file of `folder` as `to` as well.
fn put_by(path: &Path, folder: &Path, to: &Path) -> Outcome<()> {
    let keep = || {
        folder::own(folder)?;
        to.parent().map_or(Ok(()), fs::create_dir_all)?;
        // What is there under that name may be something else by now, if somebody wrote into a link.
        match fs::remove_file(to) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::hard_link(path, to).or_else(|_| copy(path, to))
    };
    keep().map_err(|error| disk("keep", path, &error))
}

/// Moves what was kept to its place.
fn put_back(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::rename(from, to).or_else(|_| {
        copy(from, to)?;
        fs::remove_file(from)
    })
}

/// Copies piece by piece; the copy is there whole or not at all.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut draft = files::Draft::begin(to)?;
    io::copy(&mut File::open(from)?, &mut draft)?;
    draft.keep()
}
