//! Reading a workbook back, to be sure of it before what it holds is deleted.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use zip::ZipArchive;

/// How a row begins in a sheet.
const ROW: &[u8] = b"<row ";

/// Reads every part of a workbook that [`super::write()`] made, which finds parts that are damaged, and
/// counts the rows of its tables without their headings. Blocks.
///
/// # Errors
///
/// If the file cannot be read, or is not what was written.
pub fn rows_in_workbook(path: &Path) -> io::Result<u64> {
    let mut parts = ZipArchive::new(File::open(path)?).map_err(io::Error::other)?;
    let mut rows = 0;
    for index in 0..parts.len() {
        let part = parts.by_index(index).map_err(io::Error::other)?;
        let name = part.name().map_err(io::Error::other)?.into_owned();
        let found = count(part)?;
        // The first sheet is the summary.
        if name.starts_with("xl/worksheets/sheet") && name != "xl/worksheets/sheet1.xml" {
            rows += found.saturating_sub(1);
        }
    }
    Ok(rows)
}

/// How many rows begin in `part`, which is read to its end.
fn count(mut part: impl Read) -> io::Result<u64> {
    let mut bytes = vec![0; 64 * 1024];
    // What the piece before ended with may be the beginning of a row.
    let mut carried = 0;
    let mut rows = 0;
    loop {
        let read = part.read(&mut bytes[carried..])?;
        if read == 0 {
            return Ok(rows);
        }
        let filled = carried + read;
        rows += bytes[..filled].windows(ROW.len()).filter(|window| *window == ROW).count() as u64;
        carried = filled.min(ROW.len() - 1);
        bytes.copy_within(filled - carried..filled, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out so many bytes at a time.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let some = self.0.len().min(self.1).min(buffer.len());
            buffer[..some].copy_from_slice(&self.0[..some]);
            self.0 = &self.0[some..];
            Ok(some)
        }
    }

    #[test]
    fn rows_are_counted_once_however_the_bytes_come() {
        let sheet = br#"<sheetData><row r="1"><c/></row><row r="2"/><rows/><row r="3"/></sheetData>"#;
        for size in [1, 2, 3, 5, 7, 64] {
            assert_eq!(count(Pieces(sheet, size)).expect("readable"), 3, "{size} bytes at a time");
        }
    }
}
