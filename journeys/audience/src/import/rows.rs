//! The rows of a file one after another, for a store that is not [`People`](crate::People).

use super::{csv, json, quick};
use crate::draft::RowProblem;
use crate::update::Update;

/// Reads a file in pieces: it knows the format and, for CSV, the columns.
pub struct Rows {
    format: Format,
}

enum Format {
    Csv(csv::Header),
    Json(quick::Members),
}

impl Rows {
    /// Rows of CSV below this header, its line end included or not.
    ///
    /// # Errors
    /// A column that is unknown or stands there twice, or no column at all (segments-and-endpoints.md 3, I001).
    pub fn csv(header: &str) -> Result<Rows, RowProblem> {
        Ok(Rows { format: Format::Csv(csv::read_header(super::bare(header))?) })
    }

    /// Rows of JSON lines. Members that endpoints do not have are left out.
    pub fn json() -> Rows {
        Rows { format: Format::Json(quick::Members::new()) }
    }

    /// Hands each row of a piece to `take`, in order, with the number of its line: an update, or why it is none. The piece
    /// is of whole lines, the first of which has the number `line`. Blank lines are passed over.
    pub fn each(&mut self, piece: &str, line: usize, take: &mut dyn FnMut(usize, Result<Update<'_>, RowProblem>)) {
        match &mut self.format {
            Format::Csv(header) => csv::each(header, piece, line, take),
            Format::Json(members) => json::each(members, super::bare(piece), line, take),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &mut Rows, piece: &str, line: usize) -> Vec<String> {
        let mut out = Vec::new();
        rows.each(piece, line, &mut |line, row| {
            out.push(match row {
                Ok(row) => format!("{line} {} {:?}", row.id().unwrap_or("-"), row.user_id()),
                Err(problem) => problem.to_string(),
            })
        });
        out
    }

    #[test]
    fn csv_comes_in_pieces() {
        let mut rows = Rows::csv("\u{feff}Id,Metrics.visits,User.UserId\r\n").ok().unwrap();
        assert_eq!(
            read(&mut rows, "a,1,u\n\nb,x,u\nc,,\"v\nw\"\nd,2,\n", 2),
            ["2 a Some(\"u\")", "line 4: `Metrics.visits`: `x` is not a number", "5 c Some(\"v\\nw\")", "7 d None"]
        );
        assert_eq!(read(&mut rows, "e,1,z", 8), ["8 e Some(\"z\")"]);
        let mut users = Rows::csv("User.UserId").ok().unwrap();
        assert_eq!(read(&mut users, "u v\nw\n", 2), ["2 - Some(\"u\")", "2 - Some(\"v\")", "3 - Some(\"w\")"]);
        for (header, column) in [("Id,City", "City"), ("Id,Id", "Id"), ("", "")] {
            assert_eq!(Rows::csv(header).err().map(|problem| problem.column).as_deref(), Some(column), "{header}");
        }
    }

    #[test]
    fn json_lines_come_in_pieces() {
        let mut rows = Rows::json();
        let piece =
            "{\"Id\":\"a\",\"Moon\":1}\n\n{\"Id\":\"b\",\"OptOut\":\"SOME\"}\n{\"Id\":\n{\"User\":{\"UserId\":\"u\"}}";
        let found = read(&mut rows, piece, 10);
        assert_eq!(found[0], "10 a None");
        assert_eq!(found[1], "line 12: `OptOut`: `SOME` is not one of ALL, NONE");
        assert!(found[2].starts_with("line 13: ") && found[2].ends_with("; the line is left out"), "{}", found[2]);
        assert_eq!(found[3], "14 - Some(\"u\")");
        // A list in a file of lines is no endpoint.
        assert!(read(&mut rows, "[{\"Id\":\"a\"}]", 1)[0].starts_with("line 1: expected an object"));
    }
}
