//! Where jobs read and write files: the addresses that `S3Url` and `S3UrlPrefix` name.
//!
//! `file://` reaches folders of this machine, and only those below a folder that the server was started with: its data
//! folder, but for the files of the store itself, and the one named in [`Settings::files`](crate::Settings). `s3://` reaches buckets of S3 and of what speaks like it,
//! where the settings of delivery have `[s3]`; else a job for one fails and says so.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use axum::body::Bytes;
use delivery::{Bucket, Outcome};
use rusqlite::Connection;
use tokio::runtime::Handle;

use crate::deliver::Buckets;
use crate::server::{Machine, Settings};
use crate::store::{self, Store};

/// Where the store keeps the folders that jobs may use.
const META: &str = "files";
/// Bytes of an object that one request reads.
const PIECE: u64 = 4 << 20;
/// Most objects of one job.
const MAX_OBJECTS: usize = 10_000;

/// An object below an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What it is opened by; parts of the name are separated by `/`.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// A place that holds objects. Errors are sentences for the job's `Failures`.
pub trait Objects: Send {
    /// All objects at or below the address, subfolders included, by name.
    fn list(&self) -> Result<Vec<Object>, String>;
    /// The bytes of an object from the byte `from` on.
    fn open(&self, name: &str, from: u64) -> Result<Box<dyn Read + Send>, String>;
    /// Writes an object at the address followed by `name`; it is there whole or not at all, and replaces one of that name.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), String>;
}

/// Notes which folders jobs may use; called when a server starts.
pub fn allow(store: &Store, settings: &Settings) -> rusqlite::Result<()> {
    let folders = [&settings.data, &settings.files].into_iter().flatten();
    let folders: Vec<String> = folders
        .filter_map(|folder| match fs::create_dir_all(folder).and_then(|()| folder.canonicalize()) {
            Ok(folder) => folder.to_str().map(str::to_owned),
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "jobs cannot use the folder");
                None
            }
        })
        .collect();
    let text = serde_json::Value::from(folders).to_string();
    // A thread of its own, because a server starts in a task, and tasks may not wait for the writer.
    let noted = std::thread::scope(|scope| {
        scope.spawn(|| store.transact(move |store| store::set_meta(store, META, &text))).join()
    });
    noted.unwrap_or(Ok(()))
}

/// The place that an address names; a bucket is not reached.
///
/// # Errors
/// An address of another kind, or a path that jobs may not use: a sentence about the member.
pub fn find(connection: &Connection, address: &str) -> Result<Box<dyn Objects>, String> {
    if address.starts_with("s3://") {
        return Ok(Box::new(InBucket::of(address, None)?));
    }
    let Some(path) = address.strip_prefix("file://") else {
        return Err(format!("`{address}` is neither s3://BUCKET/PREFIX nor file:///FOLDER/FILE"));
    };
    let path = decoded(path).ok_or("the address has a % that is not followed by two hexadecimal digits")?;
    let folders = store::meta(connection, META).map_err(|_| "the store could not be read")?;
    let folders: Vec<PathBuf> = folders.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let found = Files { path, folders };
    found.check(Path::new(&found.path))?;
    Ok(Box::new(found))
}

/// The place that the address of a job names. To be called where a thread may wait.
///
/// # Errors
/// When the store cannot be read; inside, as [`find`].
pub fn of(machine: &Machine, address: &str) -> crate::refusal::Result<Result<Box<dyn Objects>, String>> {
    if address.starts_with("s3://") {
        // Credentials may take a while, and nobody is to wait for the store meanwhile.
        return Ok(InBucket::of(address, machine.deliverer.buckets()).map(|place| Box::new(place) as Box<dyn Objects>));
    }
    machine.store.read(|store| Ok(find(store, address)))
}

/// `%20` and the like; a path of Windows (`/C:/FOLDER`) loses its first slash.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                u8::from_str_radix(&format!("{}{}", char::from(rest.next()?), char::from(rest.next()?)), 16).ok()?
            }
            byte => byte,
        });
    }
    let path = String::from_utf8(bytes).ok()?;
    let is_drive = |path: &str| path.as_bytes().get(2) == Some(&b':');
    Some(if cfg!(windows) && is_drive(&path) { path[1..].to_owned() } else { path })
}

/// Folders of this machine.
struct Files {
    /// As the address names it; a trailing `/` counts for a prefix.
    path: String,
    /// Absolute, without links.
    folders: Vec<PathBuf>,
}

impl Files {
    /// Whether jobs may use the path; it need not exist.
    fn check(&self, path: &Path) -> Result<(), String> {
        if self.folders.is_empty() {
            return Err(
                "jobs may use no folder of this machine; start the server with --data DIR or --files DIR".into()
            );
        }
        if !path.is_absolute() || path.components().any(|part| part == Component::ParentDir) {
            return Err(format!("`{}`: expected an absolute path without `..`", path.display()));
        }
        // What exists of it says where it leads: links are followed.
        let found = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
        if let Some((above, real)) = found
            && let Some(folder) = self.folders.iter().find(|folder| real.starts_with(folder))
        {
            let below = real.strip_prefix(folder).into_iter().chain(path.strip_prefix(above));
            let mut names = below.flat_map(Path::components).filter_map(|part| part.as_os_str().to_str());
            return match names.find(|name| store::is_own(name)) {
                None => Ok(()),
                Some(name) => Err(format!(
                    "`{}`: `{name}` is a file of the store itself, which jobs leave alone; name another file or folder",
                    path.display()
                )),
            };
        }
        let folders: Vec<String> = self.folders.iter().map(|folder| format!("`{}`", folder.display())).collect();
        Err(format!(
            "`{}` is not below {}; another folder is allowed by --files DIR",
            path.display(),
            folders.join(" or ")
        ))
    }

    fn collect(&self, path: &Path, found: &mut Vec<Object>) -> Result<(), String> {
        let told = |error: std::io::Error| format!("could not read `{}`: {error}", path.display());
        self.check(path)?;
        let kind = fs::metadata(path).map_err(told)?;
        if kind.is_dir() {
            let mut entries: Vec<PathBuf> = fs::read_dir(path)
                .map_err(told)?
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<Result<_, _>>()
                .map_err(told)?;
            entries.sort();
            for entry in entries {
                // A link back to a folder above would never end, and a store below the folder is none of its objects.
                let is_own = entry.file_name().and_then(|name| name.to_str()).is_some_and(store::is_own);
                if !entry.is_symlink() && !is_own {
                    self.collect(&entry, found)?;
                }
            }
        } else if let Some(name) = path.to_str() {
            found.push(Object { name: name.to_owned(), size: kind.len() });
        }
        if found.len() > MAX_OBJECTS {
            return Err(format!("there are more than {MAX_OBJECTS} files below `{}`", self.path));
        }
        Ok(())
    }
}

impl Objects for Files {
    fn list(&self) -> Result<Vec<Object>, String> {
        let mut found = Vec::new();
        self.collect(Path::new(&self.path), &mut found)?;
        Ok(found)
    }

    fn open(&self, name: &str, from: u64) -> Result<Box<dyn Read + Send>, String> {
        self.check(Path::new(name))?;
        let open = || {
            let mut file = File::open(name)?;
            file.seek(SeekFrom::Start(from))?;
            Ok(file)
        };
        match open() {
            Ok(file) => Ok(Box::new(file)),
            Err::<_, std::io::Error>(error) => Err(format!("could not read `{name}`: {error}")),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let path = PathBuf::from(format!("{}{name}", self.path));
        self.check(&path)?;
        let written = || {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let beside = path.with_extension("partial");
            let mut file = File::create(&beside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&beside, &path)
        };
        written().map_err(|error| format!("could not write `{}`: {error}", path.display()))
    }
}

/// A bucket and the beginning of the keys in it.
struct InBucket {
    address: String,
    prefix: String,
    /// `None` = nobody here can reach it.
    reached: Option<Arc<Bucket>>,
    runtime: Option<Handle>,
}

impl InBucket {
    fn of(address: &str, buckets: Option<&Buckets>) -> Result<InBucket, String> {
        let rest = address.strip_prefix("s3://").unwrap_or_default();
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if name.is_empty() {
            return Err("expected s3://BUCKET/PREFIX".to_owned());
        }
        let runtime = Handle::try_current().ok();
        let reached = match (buckets, &runtime) {
            (Some(buckets), Some(runtime)) => {
                let bucket = runtime.block_on(buckets.open(name));
                Some(bucket.map_err(|error| format!("{address}: {error}"))?)
            }
            _ => None,
        };
        Ok(InBucket { address: address.to_owned(), prefix: prefix.to_owned(), reached, runtime })
    }

    /// The bucket, and what waits for its answers.
    fn reach(&self) -> Result<(&Arc<Bucket>, &Handle), String> {
        self.reached.as_ref().zip(self.runtime.as_ref()).ok_or_else(|| {
            format!(
                "{}: the local Pinpoint has no access to buckets; write [s3] into the file of --delivery, or copy the files into a folder below --data or --files and name it as file:///FOLDER/",
                self.address
            )
        })
    }

    fn said(&self, outcome: &Outcome) -> String {
        format!("{}: {}", self.address, outcome.reason())
    }
}

impl Objects for InBucket {
    fn list(&self) -> Result<Vec<Object>, String> {
        let (bucket, runtime) = self.reach()?;
        let found = runtime.block_on(bucket.list(&self.prefix, MAX_OBJECTS)).map_err(|outcome| self.said(&outcome))?;
        if found.len() > MAX_OBJECTS {
            return Err(format!("there are more than {MAX_OBJECTS} objects below `{}`", self.address));
        }
        // A key that ends in a slash is a folder of some consoles.
        let objects = found.into_iter().filter(|(name, _)| !name.ends_with('/'));
        Ok(objects.map(|(name, size)| Object { name, size }).collect())
    }

    fn open(&self, name: &str, from: u64) -> Result<Box<dyn Read + Send>, String> {
        let (bucket, runtime) = self.reach()?;
        let piece = runtime.block_on(bucket.read(name, from, PIECE)).map_err(|outcome| self.said(&outcome))?;
        let (bucket, runtime) = (bucket.clone(), runtime.clone());
        Ok(Box::new(Pieces { bucket, runtime, key: name.to_owned(), next: from + piece.len() as u64, piece }))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let (bucket, runtime) = self.reach()?;
        let written = runtime.block_on(bucket.write(&format!("{}{name}", self.prefix), bytes.to_vec()));
        written.map_err(|outcome| self.said(&outcome))
    }
}

/// An object that is read in pieces, each by a request of its own.
struct Pieces {
    bucket: Arc<Bucket>,
    runtime: Handle,
    key: String,
    /// The first byte behind `piece`.
    next: u64,
    /// What was fetched and not read yet.
    piece: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() {
            let fetched = self.runtime.block_on(self.bucket.read(&self.key, self.next, PIECE));
            self.piece = fetched.map_err(|outcome| io::Error::other(outcome.reason().to_owned()))?;
            self.next += self.piece.len() as u64;
        }
        let count = into.len().min(self.piece.len());
        into[..count].copy_from_slice(&self.piece.split_to(count));
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_allowed_folders_are_reached() {
        let root = std::env::temp_dir().join(format!("waymark-objects-{}", uuid::Uuid::new_v4().simple()));
        let (inside, outside) = (root.join("in side"), root.join("outside"));
        fs::create_dir_all(inside.join("deep")).unwrap();
        fs::create_dir_all(&outside).unwrap();
        for file in [inside.join("b.csv"), inside.join("deep/a.csv"), outside.join("c.csv")] {
            fs::write(file, "Id\n").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(&outside, inside.join("link")).unwrap();
        let settings = Settings { files: Some(inside.clone()), ..Settings::default() };
        let store = Store::open(None).unwrap();
        let find = |path: &str| store.read(|store| Ok::<_, rusqlite::Error>(find(store, path))).unwrap();
        let url = |path: &Path| format!("file://{}", path.display()).replace(' ', "%20");
        assert!(find(&url(&inside)).err().unwrap().contains("--files DIR"), "nothing is allowed by itself");
        allow(&store, &settings).unwrap();
        let names = find(&url(&inside)).unwrap().list().unwrap();
        let names: Vec<&str> = names.iter().map(|object| object.name.rsplit('/').next().unwrap()).collect();
        assert_eq!(names, ["b.csv", "a.csv"], "folders are read, links are not");
        let mut rest = String::new();
        let found = find(&url(&inside.join("b.csv"))).unwrap();
        found.open(&found.list().unwrap()[0].name, 1).unwrap().read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "d\n");
        for path in [
            url(&outside),
            url(&outside.join("c.csv")),
            url(&inside.join("link/c.csv")),
            url(&inside.join("../outside/c.csv")),
            "file://in/c.csv".to_owned(),
            "file:///%zz".to_owned(),
            "http://x.example/c.csv".to_owned(),
            "s3:///key".to_owned(),
        ] {
            assert!(find(&path).is_err(), "{path}");
        }
        let missing = find(&url(&inside.join("none.csv"))).unwrap();
        assert!(missing.list().unwrap_err().starts_with("could not read"));
        let prefix = find(&url(&inside.join("out-"))).unwrap();
        prefix.write("1/part.gz", b"one").unwrap();
        prefix.write("1/part.gz", b"two").unwrap();
        assert_eq!(fs::read(inside.join("out-1/part.gz")).unwrap(), b"two");
        assert_eq!(fs::read_dir(inside.join("out-1")).unwrap().count(), 1);
        let bucket = find("s3://bucket/key").unwrap();
        assert!(bucket.list().unwrap_err().contains("file:///FOLDER/"));
        fs::remove_dir_all(root).unwrap();
    }
}
