//! Tables written to a file row by row: CSV, JSON lines or Parquet, by the ending of its name.
//!
//! Rows are written as they come, so memory does not grow with their number; Parquet keeps a group of rows. The file
//! appears whole, under its name, when the table is finished, and not at all when it is not.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use files::Draft;
use files::parquet;
pub(crate) use files::rows::{Cell, Column, Kind};

use crate::failure::{Outcome, bad_input, disk};

type File = BufWriter<Draft>;

/// A file of rows that is being written.
pub(crate) struct Table {
    path: PathBuf,
    columns: &'static [Column],
    writer: Writer,
    rows: u64,
}

enum Writer {
    Csv(Box<csv::Writer<File>>),
    Lines(File),
    Parquet(Box<parquet::Writer<File>>),
}

impl Table {
    /// Begins a file. Its name ends in `.csv` (RFC 4180, with a head), `.jsonl` or `.ndjson` (an object a line) or
    /// `.parquet`.
    ///
    /// # Errors
    /// When the name ends otherwise, or the file can not be made.
    pub fn create(path: &Path, columns: &'static [Column]) -> Outcome<Table> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        if !["csv", "jsonl", "ndjson", "parquet"].contains(&ending.as_str()) {
            return Err(bad_input(
                format!("`{}` does not say what to write", path.display()),
                "end the name in `.csv`, `.jsonl` or `.parquet`",
            ));
        }
        let fail = |error: io::Error| disk("write", path, &error);
        let file = BufWriter::with_capacity(1 << 16, Draft::begin(path).map_err(fail)?);
        let writer = match ending.as_str() {
            "csv" => {
                let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
                csv.write_record(columns.iter().map(|(name, _)| name)).map_err(io::Error::from).map_err(fail)?;
                Writer::Csv(Box::new(csv))
            }
            "parquet" => Writer::Parquet(Box::new(parquet::Writer::new(file, columns).map_err(fail)?)),
            _ => Writer::Lines(file),
        };
        Ok(Table { path: path.to_owned(), columns, writer, rows: 0 })
    }

    /// Writes a row: a cell for each column.
    ///
    /// # Errors
    /// When the file can not be written.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Outcome<()> {
        debug_assert_eq!(cells.len(), self.columns.len(), "a cell for each column");
        self.rows += 1;
        let written = match &mut self.writer {
            Writer::Csv(csv) => {
                csv.write_record(cells.iter().map(|cell| cell.words().into_owned())).map_err(io::Error::from)
            }
            Writer::Lines(file) => line(file, self.columns, cells),
            Writer::Parquet(parquet) => parquet.row(cells),
        };
        written.map_err(|error| disk("write", &self.path, &error))
    }

    /// Ends the file and gives it its name; answers the number of rows.
    ///
    /// # Errors
    /// When the file can not be written.
    pub fn finish(self) -> Outcome<u64> {
        let Table { path, writer, rows, .. } = self;
        let finish = || -> io::Result<()> {
            let file = match writer {
                Writer::Csv(csv) => csv.into_inner().map_err(|error| io::Error::other(error.to_string()))?,
                Writer::Lines(file) => file,
                Writer::Parquet(parquet) => parquet.finish()?,
            };
            file.into_inner().map_err(io::IntoInnerError::into_error)?.keep()
        };
        finish().map_err(|error| disk("write", &path, &error))?;
        Ok(rows)
    }
}

/// A JSON object with a member for each column, in their order.
fn line(file: &mut File, columns: &[Column], cells: &[Cell<'_>]) -> io::Result<()> {
    for (number, ((name, _), cell)) in columns.iter().zip(cells).enumerate() {
        write!(file, "{}\"{name}\":", if number == 0 { "{" } else { "," })?;
        match cell {
            Cell::Nothing => file.write_all(b"null")?,
            Cell::Count(count) => write!(file, "{count}")?,
            // JSON has no word for what is no number.
            Cell::Number(number) if number.is_finite() => write!(file, "{number}")?,
            Cell::Number(_) => file.write_all(b"null")?,
            Cell::Text(_) | Cell::Time(_) => serde_json::to_writer(&mut *file, &cell.words())?,
        }
    }
    file.write_all(b"}\n")
}
