//! Lists in pages: newest first by creation (api.md 4, chosen).
//!
//! A token is opaque: hexadecimal of the list that it belongs to and of the place in it; one of another list is a 400.

use serde_json::{Map, Value};

use crate::api::Call;
use crate::refusal::{Refusal, Result};

/// Items on a page when `page-size` is absent (api.md 4, chosen).
const DEFAULT_SIZE: usize = 50;
/// Largest `page-size` (api.md 4, chosen).
const MAX_SIZE: usize = 200;

/// The page that a request asks for.
#[derive(Debug)]
pub struct Page {
    scope: String,
    size: usize,
    /// Only items whose place is below this one.
    pub before: i64,
}

impl Page {
    /// Reads `page-size` and the token parameter (`token` or `next-token`); `scope` names the list.
    pub fn of(call: &Call, token: &str, scope: String) -> Result<Page> {
        let size =
            match call.query("page-size") {
                None | Some("") => DEFAULT_SIZE,
                Some(text) => text.parse().ok().filter(|size| (1..=MAX_SIZE).contains(size)).ok_or_else(|| {
                    Refusal::bad_request(format!("page-size: expected a number from 1 to {MAX_SIZE}"))
                })?,
            };
        let before = match call.query(token) {
            None | Some("") => i64::MAX,
            Some(text) => {
                read(text, &scope).ok_or_else(|| Refusal::bad_request(format!("{token}: not a token of this list")))?
            }
        };
        Ok(Page { scope, size, before })
    }

    /// How many rows to read: one more than the page shows, to know whether another page follows.
    pub fn limit(&self) -> i64 {
        i64::try_from(self.size + 1).unwrap_or(i64::MAX)
    }

    /// `{"Item": […], "NextToken": "…"}` from the rows read: place and item.
    pub fn answer(&self, mut rows: Vec<(i64, Value)>) -> Value {
        let more = rows.len() > self.size;
        rows.truncate(self.size);
        let last = rows.last().map(|(place, _)| *place);
        let mut body = Map::new();
        body.insert("Item".into(), rows.into_iter().map(|(_, item)| item).collect());
        if let (true, Some(place)) = (more, last) {
            body.insert("NextToken".into(), write(place, &self.scope).into());
        }
        Value::Object(body)
    }
}

fn write(place: i64, scope: &str) -> String {
    format!("{place} {scope}").bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn read(token: &str, scope: &str) -> Option<i64> {
    if !token.is_ascii() || token.len() % 2 == 1 {
        return None;
    }
    let bytes: Option<Vec<u8>> =
        (0..token.len()).step_by(2).map(|at| u8::from_str_radix(&token[at..at + 2], 16).ok()).collect();
    let text = String::from_utf8(bytes?).ok()?;
    let (place, found) = text.split_once(' ')?;
    (found == scope).then(|| place.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_belong_to_one_list() {
        let token = write(12, "segments/a");
        assert_eq!(read(&token, "segments/a"), Some(12));
        assert_eq!(read(&token, "segments/b"), None);
        assert_eq!(read("zz", "segments/a"), None);
        assert_eq!(read("é1", "segments/a"), None);
    }
}
