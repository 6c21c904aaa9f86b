//! Older steps of undo and redo: a file beside the journal, one step a line, of which the journal knows how many bytes count.
//!
//! Steps are put behind those that count and taken from there; the file is cut only when it is written next. So a journal that
//! was not written any more still finds the steps that it knows of.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use model::Edit;

/// Puts steps behind the first `length` bytes of the file, the oldest first; answers how many bytes count then.
///
/// # Errors
/// When the disk does not take them; what counted before still does.
pub fn put(path: &Path, length: u64, steps: &[Edit]) -> io::Result<u64> {
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    file.set_len(length)?;
    file.seek(SeekFrom::Start(length))?;
    let mut file = BufWriter::new(file);
    for step in steps {
        serde_json::to_writer(&mut file, step)?;
        file.write_all(b"\n")?;
    }
    let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_data()?;
    file.stream_position()
}

/// The last steps among the first `length` bytes of the file, the newest last: as many as lie in `most` bytes, and at least
/// one; and how many bytes are before them. No more is read than these.
///
/// # Errors
/// When the file can not be read, or does not hold what it should.
pub fn last(path: &Path, length: u64, most: u64) -> io::Result<(Vec<Edit>, u64)> {
    let mut file = OpenOptions::new().read(true).open(path)?;
    let mut piece = most.max(1);
    loop {
        let from = length.saturating_sub(piece);
        let mut bytes = vec![0; usize::try_from(length - from).map_err(io::Error::other)?];
        file.seek(SeekFrom::Start(from))?;
        file.read_exact(&mut bytes)?;
        // A step that begins before the piece is not whole.
        let first = match from {
            0 => Some(0),
            _ => bytes.iter().position(|byte| *byte == b'\n').map(|end| end + 1).filter(|first| *first < bytes.len()),
        };
        let Some(first) = first else {
            piece *= 2;
            continue;
        };
        let steps = serde_json::Deserializer::from_slice(&bytes[first..]).into_iter().collect::<Result<_, _>>()?;
        return Ok((steps, from + first as u64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(range: std::ops::Range<usize>) -> Vec<Edit> {
        range.map(|number| Edit::new(format!("Step {number}\n"))).collect()
    }

    #[test]
    fn steps_come_back_from_the_end_in_pieces_of_any_size() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("edits.undo");
        for most in [0, 1, 40, 100, 1 << 20] {
            let half = put(&path, 0, &steps(0..60)).unwrap();
            // what was written behind and does not count is written over
            put(&path, half, &steps(70..90)).unwrap();
            let mut length = put(&path, half, &steps(60..100)).unwrap();
            let mut found = Vec::new();
            while length > 0 {
                let (mut piece, left) = last(&path, length, most).unwrap();
                assert!(!piece.is_empty() && (piece.len() == 1 || length - left <= most), "{most}");
                piece.append(&mut found);
                (found, length) = (piece, left);
            }
            assert_eq!(found, steps(0..100), "{most}");
        }
    }

    #[test]
    fn a_file_that_is_too_short_is_told() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("edits.undo");
        let length = put(&path, 0, &steps(0..3)).unwrap();
        assert!(last(&path, length + 10, 1 << 20).is_err());
        assert!(last(&place.path().join("none"), 10, 10).is_err());
    }
}
