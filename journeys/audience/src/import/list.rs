//! The list of an imported segment, in Pinpoint's import formats (segments-and-endpoints.md 2.3, 3).

use super::{Rows, bare, is_json};
use crate::audience::Members;
use crate::draft::RowProblem;
use crate::update::Update;

/// Reads a list: every row is an endpoint on it, by its `Id`, or the user of a row that says nothing but `User.UserId`. An
/// endpoint without id has the one that an import gives it ([`stable_id`](crate::stable_id)).
///
/// The format is told as for [`any`](super::any). Rows that can not be read are problems; the others count.
pub fn list(file_name: &str, text: &str) -> (Members, Vec<RowProblem>) {
    let text = bare(text);
    let (mut rows, piece, line) = match is_json(file_name, text) {
        true => (Rows::json(), text, 1),
        false => {
            let (header, piece) = text.split_once('\n').unwrap_or((text, ""));
            match Rows::csv(header) {
                Ok(rows) => (rows, piece, 2),
                Err(problem) => return (Members::default(), vec![problem.at(1)]),
            }
        }
    };
    let (mut members, mut problems) = (Members::default(), Vec::new());
    rows.each(piece, line, &mut |_, row| match row {
        Ok(row) => members.add(&row),
        Err(problem) => problems.push(problem),
    });
    (members, problems)
}

impl Members {
    /// Puts what a row is about on the list: the endpoint, or the user where it says nothing else.
    pub fn add(&mut self, row: &Update<'_>) {
        match row.user_alone() {
            Some(user) => self.users.insert(user.to_owned()),
            None => self.endpoints.insert(row.id().map_or_else(|| row.stable_id(), str::to_owned)),
        };
    }

    /// The list as a file that [`list`] and Pinpoint's import read: CSV with a row for each endpoint and each user.
    pub fn to_csv(&self) -> String {
        let cell = |text: &str| match text.contains(['"', ',', '\n', '\r', ' ']) {
            true => format!("\"{}\"", text.replace('"', "\"\"")),
            false => text.to_owned(),
        };
        // Below a user id as the only column several ids may stand on a line.
        let mut text = "Id,User.UserId\n".to_owned();
        for id in &self.endpoints {
            text.push_str(&format!("{},\n", cell(id)));
        }
        for user in &self.users {
            text.push_str(&format!(",{}\n", cell(user)));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_endpoints_and_users_are_read_and_written() {
        let read = |name: &str, text: &str| {
            let (members, problems) = list(name, text);
            let told: Vec<String> =
                members.endpoints.into_iter().chain(members.users.into_iter().map(|u| format!("user {u}"))).collect();
            (told.join(" "), problems.len())
        };
        assert_eq!(read("a.csv", "\u{feff}Id\r\na\r\n\r\n\"b,c\"\r\n"), ("a b,c".to_owned(), 0));
        assert_eq!(read("a.csv", "User.UserId\nu v\nw"), ("user u user v user w".to_owned(), 0));
        assert_eq!(
            read("a.csv", "Id,User.UserId\na,u\n,v\n"),
            ("a user v".to_owned(), 0),
            "the endpoint, not its user"
        );
        assert_eq!(read("a.jsonl", "{\"Id\":\"a\"}\n{\"User\":{\"UserId\":\"u\"}}\n{\n"), ("a user u".to_owned(), 1));
        let address = "ChannelType,Address\nEMAIL,a@example.com\n";
        let id = crate::stable_id(Some(model::wire::ChannelType::Email), Some("a@example.com"), None);
        assert_eq!(read("a.csv", address), (id, 0));
        assert_eq!(read("a.csv", "Id,Moon\na,full\n"), (String::new(), 1), "an unknown column is a bad request");
        assert_eq!(read("a.csv", ""), (String::new(), 1));
        let members = Members {
            endpoints: ["a".to_owned(), "b \"c\", d".to_owned()].into(),
            users: ["u v".to_owned(), "w".to_owned()].into(),
        };
        assert_eq!(list("a.csv", &members.to_csv()), (members, Vec::new()));
    }
}
