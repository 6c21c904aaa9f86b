//! People as bytes, column by column: a segment asked about a file reads only the columns that it looks at.
//!
//! The file begins with [`MAGIC`] and the version. Then come the sections, each a column or a part of one: numbers of one
//! width, little endian. Then the directory that names them, and a footer of fixed length that says where the directory is.
//! Every section and the directory have a checksum. What is read is checked against it and against the rest of what is read,
//! so a damaged file is an error, never a wrong answer.

mod read;
mod section;
mod write;

use std::io::{self, Cursor, Read, Seek, Write};

use model::time::Millis;

use crate::audience::Audience;
use crate::people::People;
use section::Directory;

/// The first bytes of a file, and the last ones.
const MAGIC: [u8; 8] = *b"WAYMARKP";
/// The form of the file; another one cannot be read.
const VERSION: u32 = 1;

/// Why stored people can not be read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The source itself failed.
    #[error("the stored people could not be read: {0}")]
    Source(#[from] io::Error),
    /// It is something else.
    #[error("this is not a file of stored people")]
    NotAStore,
    /// It was written by another version of this program.
    #[error("the people were stored in form {found}, this program reads form {VERSION}; import them again")]
    Version {
        /// The form of the file.
        found: u32,
    },
    /// It is not as it was written.
    #[error("the stored people are damaged at `{place}`; import them again")]
    Damaged {
        /// The section.
        place: String,
    },
}

impl StoreError {
    fn damaged(place: impl Into<String>) -> StoreError {
        StoreError::Damaged { place: place.into() }
    }
}

impl People {
    /// Writes all people, as [`Stored::open`] reads them. The sink gets pieces of 64 KiB.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn write_to(&self, sink: impl Write) -> io::Result<()> {
        write::people(self, sink)
    }

    /// As [`write_to`](People::write_to), into memory.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // A list of bytes takes everything.
        self.write_to(&mut bytes).unwrap_or_default();
        bytes
    }

    /// The people that [`to_bytes`](People::to_bytes) wrote.
    ///
    /// # Errors
    /// [`StoreError`], when the bytes are not what was written.
    pub fn from_bytes(bytes: &[u8]) -> Result<People, StoreError> {
        Stored::open(Cursor::new(bytes))?.people()
    }
}

/// A file of people, or its bytes behind a [`Cursor`], of which no more is read than is asked for.
#[derive(Debug)]
pub struct Stored<R> {
    source: R,
    directory: Directory,
}

impl<R: Read + Seek> Stored<R> {
    /// Reads the directory.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn open(mut source: R) -> Result<Stored<R>, StoreError> {
        let directory = section::directory(&mut source)?;
        Ok(Stored { source, directory })
    }

    /// How many endpoints.
    pub fn len(&self) -> usize {
        self.directory.rows()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn people(&mut self) -> Result<People, StoreError> {
        let mut people = read::columns(&mut self.source, &self.directory, |_| true)?;
        read::index(&mut people)?;
        Ok(people)
    }

    /// As [`Audience::select`], reading only the columns that the audience looks at. `OptOut` and status are no question of
    /// a segment.
    ///
    /// # Errors
    /// See [`StoreError`]; damage to other columns is not noticed.
    pub fn select(&mut self, audience: &Audience, now: Millis) -> Result<Vec<u32>, StoreError> {
        let wanted = audience.columns();
        let people = read::columns(&mut self.source, &self.directory, |name| wanted.contains(name))?;
        Ok(audience.select(&people, now))
    }
}
