//! Rows as Parquet: columns that may be empty, packed by Snappy, in groups that are written when they are full.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;

use crate::rows::{Cell, Column, Kind};

/// A group is written at so many rows or so many bytes of text, whichever comes first: this is all that is kept of a
/// table in memory.
const MOST_ROWS: usize = 1 << 16;
const MOST_BYTES: usize = 1 << 25;

/// A table that is being written.
pub struct Writer<W: Write + Send> {
    file: SerializedFileWriter<W>,
    columns: Vec<Values>,
    rows: usize,
    bytes: usize,
}

/// The values of a column in the group that is being filled; a level of 0 stands for a row with nothing.
struct Values {
    kind: Kind,
    levels: Vec<i16>,
    texts: Vec<ByteArray>,
    numbers: Vec<i64>,
    fractions: Vec<f64>,
}

impl<W: Write + Send> Writer<W> {
    /// Begins a table.
    ///
    /// # Errors
    /// When the head cannot be written, or a name is none of Parquet's.
    pub fn new(file: W, columns: &[Column]) -> io::Result<Writer<W>> {
        let members = columns.iter().map(|(name, kind)| match kind {
            Kind::Text => format!("optional binary {name} (STRING);"),
            Kind::Time => format!("optional int64 {name} (TIMESTAMP(MILLIS,true));"),
            Kind::Count => format!("optional int64 {name} (INTEGER(64,false));"),
            Kind::Number => format!("optional double {name};"),
        });
        let schema = format!("message rows {{ {} }}", members.collect::<Vec<_>>().join(" "));
        let schema = parse_message_type(&schema).map_err(other)?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let file = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties)).map_err(other)?;
        let values =
            |kind| Values { kind, levels: Vec::new(), texts: Vec::new(), numbers: Vec::new(), fractions: Vec::new() };
        let columns = columns.iter().map(|(_, kind)| values(*kind)).collect();
        Ok(Writer { file, columns, rows: 0, bytes: 0 })
    }

    /// Writes a row: a cell for each column; one of another kind counts as nothing.
    ///
    /// # Errors
    /// When a group is full and cannot be written.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        for (values, cell) in self.columns.iter_mut().zip(cells) {
            match (values.kind, cell) {
                (Kind::Text, Cell::Text(text)) => {
                    self.bytes += text.len();
                    values.texts.push(ByteArray::from(text.as_bytes().to_vec()));
                }
                (Kind::Time, Cell::Time(at)) => values.numbers.push(*at),
                // A count beyond the range of the file's numbers is none that can be counted.
                (Kind::Count, Cell::Count(count)) => values.numbers.push(i64::try_from(*count).unwrap_or(i64::MAX)),
                (Kind::Number, Cell::Number(number)) => values.fractions.push(*number),
                _ => {
                    values.levels.push(0);
                    continue;
                }
            }
            values.levels.push(1);
        }
        self.rows += 1;
        if self.rows >= MOST_ROWS || self.bytes >= MOST_BYTES {
            self.group()?;
        }
        Ok(())
    }

    /// Writes the group that is there.
    fn group(&mut self) -> io::Result<()> {
        let mut write = || -> Result<()> {
            let mut group = self.file.next_row_group()?;
            for values in &mut self.columns {
                if let Some(column) = group.next_column()? {
                    values.write(column)?;
                }
            }
            group.close()?;
            Ok(())
        };
        write().map_err(other)?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }

    /// Ends the table and gives back what it was written into.
    ///
    /// # Errors
    /// When the rest cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        if self.rows > 0 {
            self.group()?;
        }
        self.file.into_inner().map_err(other)
    }
}

impl Values {
    fn write(&mut self, mut column: SerializedColumnWriter<'_>) -> Result<()> {
        match self.kind {
            Kind::Text => column.typed::<ByteArrayType>().write_batch(&self.texts, Some(&self.levels), None)?,
            Kind::Time | Kind::Count => {
                column.typed::<Int64Type>().write_batch(&self.numbers, Some(&self.levels), None)?
            }
            Kind::Number => column.typed::<DoubleType>().write_batch(&self.fractions, Some(&self.levels), None)?,
        };
        column.close()?;
        self.levels.clear();
        self.texts.clear();
        self.numbers.clear();
        self.fractions.clear();
        Ok(())
    }
}

/// A failed write stays what it was; all else is said as it is.
fn other(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::other(error),
    }
}
