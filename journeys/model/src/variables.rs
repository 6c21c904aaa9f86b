//! What differs from target to target: `${name}` in texts of documents, `[target.NAME.variables]` in `waymark.toml`.
//!
//! A name is a variable when some target of the project sets it; `${…}` of any other name stays as it is, for templates may
//! mean something else by it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostic::Place;
use crate::path::{Path, Step};
use crate::project::Project;

/// A variable that a document names and a target does not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unset {
    /// The variable.
    pub name: String,
    /// Where it stands.
    pub place: Place,
}

/// The project as it is for one target.
///
/// # Errors
/// Every place that names a variable which this target does not set, in the order of the documents.
pub fn fill(project: &Project, target: &str) -> Result<Project, Vec<Unset>> {
    let targets = &project.settings.target;
    let known: BTreeSet<&str> = targets.values().flat_map(|one| one.variables.keys()).map(String::as_str).collect();
    if known.is_empty() {
        return Ok(project.clone());
    }
    let value_of = |name: &str| targets.get(target).and_then(|one| one.variables.get(name)).map(String::as_str);
    let mut filled = project.clone();
    let mut unset = Vec::new();
    for (id, document) in filled.documents.iter_mut() {
        texts(document, &mut Path::default(), &mut |path, text| {
            *text = fill_text(text, &|name| known.contains(name), &value_of, &mut |name| {
                let place = Place { document: id.clone(), path: path.clone() };
                unset.push(Unset { name: name.to_owned(), place });
            });
        });
    }
    if unset.is_empty() { Ok(filled) } else { Err(unset) }
}

fn texts(value: &mut Value, path: &mut Path, visit: &mut dyn FnMut(&Path, &mut String)) {
    match value {
        Value::String(text) => visit(path, text),
        Value::Array(list) => {
            for (place, element) in list.iter_mut().enumerate() {
                path.0.push(Step::Index(place));
                texts(element, path, visit);
                path.0.pop();
            }
        }
        Value::Object(object) => {
            for (name, element) in object.iter_mut() {
                path.0.push(Step::Key(name.clone()));
                texts(element, path, visit);
                path.0.pop();
            }
        }
        _ => {}
    }
}

fn fill_text<'v>(
    text: &str,
    known: &dyn Fn(&str) -> bool,
    value_of: &dyn Fn(&str) -> Option<&'v str>,
    unset: &mut dyn FnMut(&str),
) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let (before, after) = rest.split_at(start);
        out.push_str(before);
        let name = after[2..].split_once('}').map(|(name, _)| name).filter(|name| known(name));
        match name {
            None => {
                out.push_str("${");
                rest = &after[2..];
            }
            Some(name) => {
                match value_of(name) {
                    Some(value) => out.push_str(value),
                    None => unset(name),
                }
                rest = &after[name.len() + 3..];
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{DocumentId, Target};

    #[test]
    fn variables_of_the_target_stand_in_texts_and_what_is_none_stays() {
        let mut project = Project::default();
        let with = |pairs: &[(&str, &str)]| Target {
            variables: pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            ..Target::default()
        };
        project.settings.target.insert("staging".into(), with(&[("from", "test@x.example"), ("host", "t")]));
        project.settings.target.insert("prod".into(), with(&[("host", "www")]));
        let id = DocumentId::Journey("j".into());
        let document = json!({"Name": "${host}.${host}", "List": ["${other} ${", {"From": "a ${from}!"}], "N": 1});
        project.documents.insert(id.clone(), document);
        let filled = fill(&project, "staging").expect("all is set");
        let expected = json!({"Name": "t.t", "List": ["${other} ${", {"From": "a test@x.example!"}], "N": 1});
        assert_eq!(filled.documents[&id], expected);
        let unset = fill(&project, "prod").expect_err("`from` is not set there");
        assert_eq!((unset.len(), unset[0].name.as_str()), (1, "from"));
        assert_eq!(unset[0].place.path.to_string(), "List[1].From");
    }
}
