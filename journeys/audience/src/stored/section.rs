//! Sections, their checksums, and the directory of them.

use std::io::{self, Read, Seek, SeekFrom, Write};

use super::{MAGIC, StoreError, VERSION};

/// Bytes of the directory's place, its length, its checksum, the version and [`MAGIC`].
const FOOTER: usize = 8 + 8 + 8 + 4 + 8;
/// Bytes before the first section.
const HEADER: u64 = 8 + 4;
/// Bytes that are read or written at a time: few enough to stay in the cache between checking and decoding them.
const PIECE: usize = 1 << 16;

/// What part of a column a section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Texts behind each other.
    Texts = 1,
    /// Where each text ends.
    TextEnds = 2,
    /// Where each list of texts ends, counted in texts.
    ListEnds = 3,
    /// One number a row or a user.
    Numbers = 4,
}

/// Where a section is.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// The column, such as `Demographic.Platform` or `users`.
    pub(super) name: String,
    pub(super) kind: u8,
    /// Bytes of each number.
    pub(super) width: u8,
    at: u64,
    length: u64,
    sum: u64,
}

/// All sections, in the order of the file, and how many endpoints they are about.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) sections: Vec<Section>,
    rows: u32,
}

impl Directory {
    pub(super) fn rows(&self) -> usize {
        self.rows as usize
    }

    pub(super) fn find(&self, name: &str, kind: Kind) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name && section.kind == kind as u8)
    }
}

/// A checksum that finds damage, not intent: four sums side by side, because one would wait for itself.
struct Sum {
    lanes: [u64; 4],
    length: u64,
}

impl Sum {
    fn new() -> Sum {
        Sum { lanes: [1, 2, 3, 4], length: 0 }
    }

    /// Adds bytes; only the last ones of a section may be no multiple of 32.
    fn add(&mut self, bytes: &[u8]) {
        let (blocks, rest) = bytes.as_chunks::<32>();
        for block in blocks {
            self.block(block);
        }
        if !rest.is_empty() {
            let mut last = [0; 32];
            last[..rest.len()].copy_from_slice(rest);
            self.block(&last);
        }
        self.length += bytes.len() as u64;
    }

    fn block(&mut self, block: &[u8; 32]) {
        let (words, _) = block.as_chunks::<8>();
        for (lane, word) in self.lanes.iter_mut().zip(words) {
            *lane = (*lane ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
        }
    }

    fn value(&self) -> u64 {
        self.lanes
            .iter()
            .fold(self.length, |sum, lane| (sum ^ lane).wrapping_mul(0xd6e8_feb8_6659_fd93).rotate_left(32))
    }
}

/// Writes sections one after the other, then the directory.
pub(super) struct Writer<W> {
    sink: W,
    at: u64,
    count: u32,
    directory: Vec<u8>,
    piece: Vec<u8>,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(mut sink: W) -> io::Result<Writer<W>> {
        sink.write_all(&MAGIC)?;
        sink.write_all(&VERSION.to_le_bytes())?;
        Ok(Writer { sink, at: HEADER, count: 0, directory: Vec::new(), piece: Vec::new() })
    }

    /// Numbers of `N` bytes each.
    pub(super) fn section<const N: usize>(
        &mut self,
        name: &str,
        kind: Kind,
        numbers: impl Iterator<Item = [u8; N]>,
    ) -> io::Result<()> {
        let (start, mut sum) = (self.at, Sum::new());
        self.piece.clear();
        for number in numbers {
            self.piece.extend_from_slice(&number);
            if self.piece.len() == PIECE {
                self.flush(&mut sum)?;
            }
        }
        self.flush(&mut sum)?;
        self.count += 1;
        self.directory.extend_from_slice(&(name.len() as u32).to_le_bytes());
        self.directory.extend_from_slice(name.as_bytes());
        self.directory.extend_from_slice(&[kind as u8, N as u8]);
        for number in [start, self.at - start, sum.value()] {
            self.directory.extend_from_slice(&number.to_le_bytes());
        }
        Ok(())
    }

    fn flush(&mut self, sum: &mut Sum) -> io::Result<()> {
        sum.add(&self.piece);
        self.sink.write_all(&self.piece)?;
        self.at += self.piece.len() as u64;
        self.piece.clear();
        Ok(())
    }

    pub(super) fn finish(mut self, rows: u32) -> io::Result<()> {
        let mut directory = [rows.to_le_bytes(), self.count.to_le_bytes()].concat();
        directory.append(&mut self.directory);
        let mut sum = Sum::new();
        sum.add(&directory);
        self.sink.write_all(&directory)?;
        for number in [self.at, directory.len() as u64, sum.value()] {
            self.sink.write_all(&number.to_le_bytes())?;
        }
        self.sink.write_all(&VERSION.to_le_bytes())?;
        self.sink.write_all(&MAGIC)?;
        self.sink.flush()
    }
}

/// Reads the directory from the end of the source.
pub(super) fn directory<R: Read + Seek>(source: &mut R) -> Result<Directory, StoreError> {
    let length = source.seek(SeekFrom::End(0))?;
    let footer_at = length.checked_sub(FOOTER as u64).filter(|at| *at >= HEADER).ok_or(StoreError::NotAStore)?;
    source.seek(SeekFrom::Start(footer_at))?;
    let mut footer = [0; FOOTER];
    source.read_exact(&mut footer)?;
    let mut fields = Fields { rest: &footer };
    let damaged = || StoreError::damaged("directory");
    let [at, directory_length, sum] =
        [fields.long(), fields.long(), fields.long()].map(|number| number.unwrap_or_default());
    let version = fields.number().ok_or_else(damaged)?;
    if fields.rest != MAGIC {
        return Err(StoreError::NotAStore);
    }
    if version != VERSION {
        return Err(StoreError::Version { found: version });
    }
    if at < HEADER || at.checked_add(directory_length) != Some(footer_at) {
        return Err(damaged());
    }
    source.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    source.take(directory_length).read_to_end(&mut bytes)?;
    let mut found = Sum::new();
    found.add(&bytes);
    if bytes.len() as u64 != directory_length || found.value() != sum {
        return Err(damaged());
    }
    sections(&bytes, at).ok_or_else(damaged)
}

/// The sections, all of which end before `end`.
fn sections(bytes: &[u8], end: u64) -> Option<Directory> {
    let mut fields = Fields { rest: bytes };
    let (rows, count) = (fields.number()?, fields.number()?);
    let mut sections = Vec::new();
    for _ in 0..count {
        let length = fields.number()? as usize;
        let name = std::str::from_utf8(fields.bytes(length)?).ok()?.to_owned();
        let [kind, width] = *fields.bytes(2)?.first_chunk()?;
        let (at, length, sum) = (fields.long()?, fields.long()?, fields.long()?);
        if at < HEADER
            || at.checked_add(length)? > end
            || !matches!(width, 1 | 2 | 4 | 8)
            || length % u64::from(width) != 0
        {
            return None;
        }
        sections.push(Section { name, kind, width, at, length, sum });
    }
    fields.rest.is_empty().then_some(Directory { sections, rows })
}

/// Reads fields off the front of bytes.
struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(*self.bytes(4)?.first_chunk()?))
    }

    fn long(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(*self.bytes(8)?.first_chunk()?))
    }
}

/// The numbers of a section.
pub(super) fn numbers<const N: usize, T>(
    source: &mut (impl Read + Seek),
    section: &Section,
    decode: fn([u8; N]) -> T,
) -> Result<Vec<T>, StoreError> {
    let damaged = || StoreError::damaged(section.name.as_str());
    if usize::from(section.width) != N {
        return Err(damaged());
    }
    source.seek(SeekFrom::Start(section.at))?;
    let mut left = usize::try_from(section.length).map_err(|_| damaged())?;
    // The section ends before the file does, so it asks for no more memory than the file has bytes.
    let mut numbers = Vec::with_capacity(left / N);
    let mut piece = vec![0; PIECE.min(left)];
    let mut sum = Sum::new();
    while left > 0 {
        let piece = &mut piece[..PIECE.min(left)];
        source.read_exact(piece)?;
        sum.add(piece);
        numbers.extend(piece.as_chunks::<N>().0.iter().map(|bytes| decode(*bytes)));
        left -= piece.len();
    }
    if sum.value() == section.sum { Ok(numbers) } else { Err(damaged()) }
}
