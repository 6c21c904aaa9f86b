//! The lists of imported segments in a project folder: `segments/NAME.members.csv`, in Pinpoint's own import format.
//!
//! A segment document says that it was imported, not who is in it; Pinpoint never gives the list back with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use audience::import as reading;
use audience::{Members, People, RowProblem};
use bridge::FileProblem;
use serde_json::Value;

use super::name;
use crate::failure::{Outcome, disk};

/// The ending of a list's file, after the name of its segment.
const ENDING: &str = ".members.csv";

/// The file of a segment's list.
pub(crate) fn file(folder: &Path, segment: &str) -> PathBuf {
    folder.join("segments").join(format!("{segment}{ENDING}"))
}

/// The files of all lists, in order.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("segments")).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| segment_of(path).is_some()).collect();
    found.sort();
    found
}

/// The segment whose list a file is.
fn segment_of(path: &Path) -> Option<String> {
    let segment = name(path).strip_suffix(ENDING)?.to_owned();
    (!segment.is_empty() && !segment.starts_with('.')).then_some(segment)
}

/// Tells people who is on the lists of the folder. A segment is named by its file, and by the id that it was saved with.
pub(super) fn read_into(people: &mut People, folder: &Path, problems: &mut Vec<FileProblem>) {
    for path in files(folder) {
        let Some(segment) = segment_of(&path) else { continue };
        let problem = |line: usize, message: String| FileProblem {
            file: format!("segments/{}", name(&path)),
            document: None,
            line,
            column: usize::from(line > 0),
            message,
        };
        let members = match read(&path) {
            Ok((members, wrong)) => {
                problems.extend(wrong.into_iter().map(|row| match row.column.is_empty() {
                    true => problem(row.line, row.message),
                    false => problem(row.line, format!("`{}`: {}", row.column, row.message)),
                }));
                members
            }
            Err(failure) => {
                problems.push(problem(0, failure.message));
                None
            }
        };
        // A list that can not be read is not known.
        let Some(members) = members.map(Arc::new) else { continue };
        let document = fs::read(folder.join("segments").join(format!("{segment}.json"))).ok();
        let document: Option<Value> = document.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if let Some(id) = document.as_ref().and_then(|document| document["Id"].as_str()) {
            people.set_list(id, members.clone());
        }
        people.set_list(segment, members);
    }
}

fn read(path: &Path) -> Outcome<(Option<Members>, Vec<RowProblem>)> {
    let bytes = fs::read(path).map_err(|error| disk("read", path, &error))?;
    Ok(match reading::text(&bytes) {
        Ok(text) => {
            let (members, problems) = reading::list(ENDING, text);
            (Some(members), problems)
        }
        Err(problem) => (None, vec![problem]),
    })
}

/// Puts more people on the list of a segment, as an import into a segment that is there does (segments-and-endpoints.md 2.4).
///
/// # Errors
/// When the list can not be read or written; it is then as it was.
pub(super) fn extend(folder: &Path, segment: &str, more: Members) -> Outcome<()> {
    let path = file(folder, segment);
    let mut members = if path.exists() { read(&path)?.0.unwrap_or_default() } else { Members::default() };
    members.endpoints.extend(more.endpoints);
    members.users.extend(more.users);
    files::write(&path, members.to_csv().as_bytes()).map_err(|error| disk("write", &path, &error))
}

/// What is said of imported segments whose lists are not known; `None` = all are.
pub(crate) fn unknown(segments: &[impl AsRef<str>]) -> Option<String> {
    let names: Vec<String> = segments.iter().map(|segment| format!("`{}`", segment.as_ref())).collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!(
            "the list of the imported segment {one} is not in this project, so nobody is known to be on it: import it with \
             Import under Sample people"
        )),
        all => Some(format!(
            "the lists of the imported segments {} are not in this project, so nobody is known to be on them: import them \
             with Import under Sample people",
            all.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_by_file_and_by_id_and_grow() {
        let place = tempfile::tempdir().unwrap();
        let write =
            |name: &str, text: &str| files::write(&place.path().join("segments").join(name), text.as_bytes()).unwrap();
        write("vip.json", "{\"Name\": \"vip\", \"Id\": \"abc\", \"SegmentType\": \"IMPORT\"}");
        write("vip.members.csv", "Id\na\n");
        write("broken.members.csv", "Moon\nfull\n");
        let more = |endpoint: &str| Members { endpoints: [endpoint.to_owned()].into(), ..Members::default() };
        extend(place.path(), "vip", more("b")).unwrap();
        extend(place.path(), "new", more("c")).unwrap();
        let (mut people, mut problems) = (People::default(), Vec::new());
        read_into(&mut people, place.path(), &mut problems);
        let of = |segment: &str| people.list_of(segment).map(|list| list.endpoints.iter().cloned().collect::<String>());
        let found = ["vip", "abc", "new", "broken", "none"].map(of);
        assert_eq!(found.map(Option::unwrap_or_default), ["ab", "ab", "c", "", ""].map(str::to_owned));
        assert_eq!(of("none"), None);
        assert_eq!((problems.len(), problems[0].file.as_str()), (1, "segments/broken.members.csv"));
    }
}
