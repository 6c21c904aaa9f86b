//! A copy of the people that can be shared: nobody in it can be recognised.

use std::io::Write;
use std::path::Path;

use audience::{People, Pseudonyms, is_personal};
use bridge::Pseudonymise;
use model::PeopleMarks;

use crate::Inner;
use crate::failure::{Outcome, bad_input, disk};

/// Where a project keeps the key of its copies: with it alone a copy can be told to be of somebody.
const KEY: &str = ".waymark/pseudonyms.key";

impl Inner {
    pub(crate) fn pseudonymise(&self, command: Pseudonymise) -> Outcome<u64> {
        let folder = Path::new(&command.folder);
        let crowd = self.crowd(folder);
        if command.path.trim().is_empty() {
            return Err(bad_input("no file is named", "name a file that ends in `.jsonl`"));
        }
        let key = key_of(folder)?;
        pseudonymise(&crowd.people, command.personal, &key, Path::new(command.path.trim()))
    }
}

/// The key of a project's copies, made when there is none: only its owner may read it.
///
/// # Errors
/// When it can be neither read nor written.
pub fn key_of(folder: &Path) -> Outcome<Vec<u8>> {
    let path = folder.join(KEY);
    match std::fs::read(&path) {
        Ok(key) if key.len() >= 16 => return Ok(key),
        Ok(_) => {
            return Err(bad_input(
                format!("`{}` is too short for a key", path.display()),
                "remove it, and a new one is made: copies get other pseudonyms then",
            ));
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(disk("read", &path, &error)),
    }
    let key: Vec<u8> = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()].iter().flat_map(|part| *part.as_bytes()).collect();
    write_private(&path, &key).map_err(|error| disk("write", &path, &error))?;
    Ok(key)
}

/// A key from a file.
///
/// # Errors
/// When it can not be read, or is too short.
pub fn read_key(path: &Path) -> Outcome<Vec<u8>> {
    let key = std::fs::read(path).map_err(|error| disk("read", path, &error))?;
    match key.len() >= 16 {
        true => Ok(key),
        false => Err(bad_input(
            format!("`{}` is too short for a key", path.display()),
            "put at least 16 random bytes into it",
        )),
    }
}

/// What people have that can tell who somebody is, each with whether it does, as was marked, else by its name: attributes and
/// metrics, and where somebody is.
pub fn members(people: &People, marks: &PeopleMarks) -> Vec<(String, bool)> {
    let place = ["Location.City", "Location.PostalCode", "Location.Latitude", "Location.Longitude"];
    let members = people.attribute_paths().into_iter().chain(place.map(str::to_owned));
    members.map(|path| (path.clone(), tells(&path, marks))).collect()
}

/// Whether a member tells who somebody is: as was marked, else by its name.
pub(crate) fn tells(path: &str, marks: &PeopleMarks) -> bool {
    marks.says(path).unwrap_or_else(|| is_personal(path))
}

fn write_private(path: &Path, key: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(key)
}

/// Writes the copy as JSON lines; answers how many endpoints are in it.
///
/// # Errors
/// When the file is there already or can not be written; there is then none.
pub fn pseudonymise(people: &People, personal: Vec<String>, key: &[u8], path: &Path) -> Outcome<u64> {
    let known = people.attribute_paths();
    let members = ["ChannelType", "Demographic.", "Location.", "Id", "Address", "User.UserId"];
    let strange =
        personal.iter().find(|path| !known.contains(path) && !members.iter().any(|member| path.starts_with(member)));
    if let Some(strange) = strange {
        return Err(bad_input(
            format!("nobody has `{strange}`"),
            "name a member as `User.UserAttributes.FirstName`, `Attributes.Plan`, `Metrics.Age` or `Location.City`",
        ));
    }
    if people.is_empty() {
        return Err(bad_input("there is nobody to copy", "put people into `endpoints/` first"));
    }
    let taken = || bad_input(format!("`{}` is there already", path.display()), "choose another name");
    if path.exists() {
        return Err(taken());
    }
    let fail = |error: std::io::Error| disk("write", path, &error);
    let mut file = std::io::BufWriter::new(files::Draft::begin(path).map_err(fail)?);
    let count =
        Pseudonyms::new(people, personal, key).each(&mut |endpoint| writeln!(file, "{endpoint}")).map_err(fail)?;
    let draft = file.into_inner().map_err(|error| fail(error.into_error()))?;
    if draft.keep_new().map_err(fail)? { Ok(count) } else { Err(taken()) }
}
