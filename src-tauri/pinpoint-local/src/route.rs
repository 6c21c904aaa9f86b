//! From method and path to an operation: the table is [`OPERATIONS`].
//!
//! Paths are split before they are percent-decoded, so that an ARN with encoded slashes is one parameter. A trailing
//! slash is tolerated (api.md 1).

use std::sync::LazyLock;

use model::operations::{OPERATIONS, Operation};

/// What a request means.
#[derive(Debug)]
pub enum Routed {
    /// This operation, with its path parameters in the order of the path.
    Operation(&'static Operation, Vec<(&'static str, String)>),
    /// The path is known, but not with this method.
    MethodNotAllowed,
    /// No such path.
    Unknown,
}

enum Part {
    Word(&'static str),
    Parameter(&'static str),
}

/// Operations with their paths split; those with more plain words first, so that `/templates/x/email` is not read as a
/// parameter where both fit.
static TABLE: LazyLock<Vec<(&'static Operation, Vec<Part>)>> = LazyLock::new(|| {
    let mut table: Vec<_> = OPERATIONS.iter().map(|operation| (operation, parts(operation.path))).collect();
    table.sort_by_key(|(_, parts)| parts.iter().filter(|part| matches!(part, Part::Parameter(_))).count());
    table
});

fn parts(path: &'static str) -> Vec<Part> {
    path.split('/')
        .skip(1)
        .map(|word| match word.strip_prefix('{').and_then(|word| word.strip_suffix('}')) {
            Some(name) => Part::Parameter(name),
            None => Part::Word(word),
        })
        .collect()
}

/// Finds the operation; `path` as it came, still percent-encoded.
pub fn find(method: &str, path: &str) -> Routed {
    let path = path.strip_suffix('/').unwrap_or(path);
    let words: Vec<&str> = path.split('/').skip(1).collect();
    let mut known = false;
    for (operation, parts) in TABLE.iter() {
        if !fits(parts, &words) {
            continue;
        }
        if operation.method == method {
            let parameters = parts.iter().zip(&words).filter_map(|(part, word)| match part {
                Part::Parameter(name) => Some((*name, decode(word, false))),
                Part::Word(_) => None,
            });
            return Routed::Operation(operation, parameters.collect());
        }
        known = true;
    }
    if known { Routed::MethodNotAllowed } else { Routed::Unknown }
}

fn fits(parts: &[Part], words: &[&str]) -> bool {
    parts.len() == words.len()
        && parts.iter().zip(words).all(|(part, word)| match part {
            Part::Word(expected) => expected == word,
            Part::Parameter(_) => !word.is_empty(),
        })
}

/// The members of a query, decoded, in order.
pub fn query(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name, true), decode(value, true))
        })
        .collect()
}

/// Percent-decoded; in a query a plus is a space. What is not UTF-8 becomes the replacement character.
/// A word of a path, decoded.
pub fn decoded(word: &str) -> String {
    decode(word, false)
}

fn decode(text: &str, plus_is_space: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (code, bytes[at]) {
            (Some(code), _) => {
                out.push(code);
                at += 2;
            }
            (None, b'+') if plus_is_space => out.push(b' '),
            (None, byte) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found_by_its_own_path() {
        for operation in OPERATIONS {
            let path = operation.path.replace(['{', '}'], "");
            match find(operation.method, &path) {
                Routed::Operation(found, _) => assert_eq!(found.name, operation.name),
                other => panic!("{} {path}: {other:?}", operation.method),
            }
        }
        assert_eq!(OPERATIONS.len(), 122);
    }

    #[test]
    fn parameters_are_decoded_after_the_split() {
        let arn = "arn%3Aaws%3Amobiletargeting%3Aus-east-1%3A1%3Aapps%2Fa";
        let Routed::Operation(operation, parameters) = find("GET", &format!("/v1/tags/{arn}")) else { panic!() };
        assert_eq!(operation.name, "ListTagsForResource");
        assert_eq!(parameters, [("resource-arn", "arn:aws:mobiletargeting:us-east-1:1:apps/a".to_owned())]);
        assert_eq!(
            query("a=1+2&tagKeys=%C3%A9&b"),
            [
                ("a".to_owned(), "1 2".to_owned()),
                ("tagKeys".to_owned(), "é".to_owned()),
                ("b".to_owned(), String::new())
            ]
        );
    }

    #[test]
    fn other_methods_and_paths_are_told_apart() {
        assert!(matches!(find("PATCH", "/v1/apps"), Routed::MethodNotAllowed));
        assert!(matches!(find("HEAD", "/v1/apps/x/"), Routed::MethodNotAllowed));
        assert!(matches!(find("GET", "/v2/apps"), Routed::Unknown));
        assert!(matches!(find("POST", "/v1/phone/number/validate/"), Routed::Operation(..)));
    }
}
