//! A file of earlier recordings, line by line: as it is, or packed with gzip or in a ZIP. What it unpacks to is
//! bounded, because a few bytes may unpack to very many.

use super::event_line::{self, EventLine, MAX_LINE_BYTES, Unreadable};
use super::log::{self, Logged, NotLogged};
use super::table::{self, Columns};
use crate::disk::NoRoom;
use crate::domain::ids::SessionId;
use crate::store::StoreError;
use chrono_tz::Tz;
use flate2::read::MultiGzDecoder;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek as _, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;

/// A file, and what it unpacks to, is no larger than this.
pub const MAX_FILE_BYTES: u64 = 512 << 20;
pub const MAX_PLAIN_BYTES: u64 = 4 << 30;

/// An array is read whole, so it may not be as large as lines may.
const MAX_ARRAY_BYTES: u64 = 64 << 20;

/// So many files of a ZIP are read.
const MOST_FILES: usize = 100;

pub(super) const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZIP: [u8; 4] = *b"PK\x03\x04";
pub(super) const SQLITE: &[u8; 16] = b"SQLite format 3\0";

/// Why a file is not read, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum FileTrouble {
    #[error("The file cannot be read ({0}). Nothing was imported.")]
    Io(#[from] io::Error),
    #[error("The file is larger than {} MiB. Split it, and import the parts one after the other.", MAX_FILE_BYTES >> 20)]
    TooLarge,
    #[error("The list in this file is larger than {} MiB. Write it as lines, or split it.", MAX_ARRAY_BYTES >> 20)]
    LongList,
    #[error("The file unpacks to more than {} GiB. Split it, and import the parts one after the other.", MAX_PLAIN_BYTES >> 30)]
    UnpacksTooLarge,
    #[error("The ZIP file cannot be read ({0}). Nothing was imported.")]
    Zip(#[from] zip::result::ZipError),
    #[error("The list in this file cannot be read ({0}). Nothing was imported.")]
    Array(#[from] serde_json::Error),
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    #[error("The archive cannot be read ({0}). Nothing was imported.")]
    Archive(#[from] StoreError),
    #[error(
        "This is a database and no recording. `pasut restore` reads backups, and an archive of Pasut ends with .pasut-archive."
    )]
    Database,
}

/// What every line is handed to, with its number in the file and why it says nothing if it does not.
pub type Each<'e> = dyn FnMut(usize, Result<EventLine, NotTaken>) -> ControlFlow<()> + 'e;

/// Why a line is not taken. The sentence goes on after "Line 7: ".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    #[error(transparent)]
    Event(#[from] Unreadable),
    #[error(transparent)]
    Log(#[from] NotLogged),
    #[error("is neither JSON nor the names of a table's columns")]
    NoTable,
    /// A session of an archive.
    #[error("is session {0} of the archive, of which only sums are left; they cannot be counted again")]
    Sums(SessionId),
    #[error("is {0} s before a line that came earlier; sort the file by time")]
    Late(i64),
}

/// By what a file is known, in hexadecimal digits.
///
/// # Errors
///
/// If it cannot be read.
pub fn hash(path: &Path) -> io::Result<String> {
    let (mut file, mut sha256, mut piece) = (File::open(path)?, Sha256::new(), vec![0; 256 * 1024]);
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(format!("{:x}", sha256.finalize()));
        }
        sha256.update(&piece[..read]);
    }
}

/// Reads a file until its end, or until `each` breaks. `zone` is where times are that do not say so themselves.
///
/// # Errors
///
/// [`FileTrouble`]; what was handed on before is right.
pub fn read(path: &Path, zone: Tz, each: &mut Each<'_>) -> Result<(), FileTrouble> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() > MAX_FILE_BYTES {
        return Err(FileTrouble::TooLarge);
    }
    let begin = start(&mut file, SQLITE.len())?;
    let mut left = MAX_PLAIN_BYTES;
    if begin.starts_with(&GZIP) {
        let _ = read_plain(MultiGzDecoder::new(file), &mut left, zone, each)?;
    } else if begin.starts_with(&ZIP) {
        let mut archive = zip::ZipArchive::new(file)?;
        for index in 0..archive.len().min(MOST_FILES) {
            let entry = archive.by_index(index)?;
            if entry.is_file() && read_plain(entry, &mut left, zone, each)?.is_break() {
                break;
            }
        }
    } else {
        let _ = read_plain(file, &mut left, zone, each)?;
    }
    Ok(())
}

fn start(file: &mut File, length: usize) -> io::Result<Vec<u8>> {
    let mut begin = Vec::new();
    file.by_ref().take(length as u64).read_to_end(&mut begin)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(begin)
}

fn read_plain(
    reader: impl Read,
    left: &mut u64,
    zone: Tz,
    each: &mut Each<'_>,
) -> Result<ControlFlow<()>, FileTrouble> {
    let mut lines = Lines { reader: BufReader::with_capacity(1 << 16, reader), left, number: 0 };
    let begin = lines.reader.fill_buf()?;
    if begin.starts_with(SQLITE) {
        return Err(FileTrouble::Database);
    }
    let begin = begin.strip_prefix("\u{feff}".as_bytes()).unwrap_or(begin).trim_ascii_start();
    match begin.first() {
        Some(b'[') => read_array(lines, zone, each),
        Some(b'{') => read_lines(lines, zone, each),
        Some(_) => read_table(lines, zone, each),
        None => Ok(ControlFlow::Continue(())),
    }
}

fn read_array<R: Read>(
    lines: Lines<'_, R>,
    zone: Tz,
    each: &mut Each<'_>,
) -> Result<ControlFlow<()>, FileTrouble> {
    let mut whole = Vec::new();
    lines.reader.take(MAX_ARRAY_BYTES + 1).read_to_end(&mut whole)?;
    if whole.len() as u64 > MAX_ARRAY_BYTES.min(*lines.left) {
        return Err(FileTrouble::LongList);
    }
    let plain = whole.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&whole);
    let elements: Vec<Value> = serde_json::from_slice(plain)?;
    for (at, element) in elements.iter().enumerate() {
        if hand_on(at + 1, element.as_object(), zone, each).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn read_lines<R: Read>(
    mut lines: Lines<'_, R>,
    zone: Tz,
    each: &mut Each<'_>,
) -> Result<ControlFlow<()>, FileTrouble> {
    while let Some(line) = lines.next()? {
        let flow = match line {
            Err(long) => each(lines.number, Err(long.into())),
            Ok(line) if line.trim_ascii().is_empty() => continue,
            Ok(line) => {
                let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line);
                let value: Option<Value> = serde_json::from_slice(line).ok();
                hand_on(lines.number, value.as_ref().and_then(Value::as_object), zone, each)
            }
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn read_table<R: Read>(
    mut lines: Lines<'_, R>,
    zone: Tz,
    each: &mut Each<'_>,
) -> Result<ControlFlow<()>, FileTrouble> {
    let names =
        lines.next()?.and_then(Result::ok).and_then(|row| Columns::read(&String::from_utf8_lossy(&row)));
    let Some(columns) = names else {
        return Ok(each(1, Err(NotTaken::NoTable)));
    };
    let mut row = String::new();
    while let Some(line) = lines.next()? {
        match line {
            Err(long) => {
                row.clear();
                if each(lines.number, Err(long.into())).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                continue;
            }
            Ok(line) => row.push_str(&String::from_utf8_lossy(&line)),
        }
        if table::is_open(&row) {
            continue;
        }
        let whole = std::mem::take(&mut row);
        if !whole.trim().is_empty()
            && hand_on(lines.number, Some(&columns.members(&whole)), zone, each).is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Reads the members of a line as Event JSON or as a connector's log.
fn hand_on(
    number: usize,
    members: Option<&Map<String, Value>>,
    zone: Tz,
    each: &mut Each<'_>,
) -> ControlFlow<()> {
    let Some(members) = members else { return each(number, Err(Unreadable::NoObject.into())) };
    let read = |members: &Map<String, Value>| event_line::of_members(members).map_err(NotTaken::from);
    if log::is_event_json(members) {
        return each(number, read(members));
    }
    match log::understand(members, number, zone) {
        Ok(Logged::Nothing) => ControlFlow::Continue(()),
        Ok(Logged::Event(members)) => each(number, read(&members)),
        Err(reason) => each(number, Err(reason.into())),
    }
}

/// Lines of bounded length out of a bounded file.
struct Lines<'l, R> {
    reader: BufReader<R>,
    left: &'l mut u64,
    number: usize,
}

impl<R: Read> Lines<'_, R> {
    /// The next line; why it is not read, if it is too long.
    fn next(&mut self) -> Result<Option<Result<Vec<u8>, Unreadable>>, FileTrouble> {
        let mut line = Vec::new();
        let read = self.reader.by_ref().take(MAX_LINE_BYTES as u64 + 1).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        let mut whole = read as u64;
        let is_long = line.len() > MAX_LINE_BYTES && !line.ends_with(b"\n");
        let mut passing_over = is_long;
        while passing_over {
            // What is left of it, in pieces.
            line.clear();
            let more = self.reader.by_ref().take(1 << 16).read_until(b'\n', &mut line)?;
            whole += more as u64;
            passing_over = more > 0 && !line.ends_with(b"\n") && whole <= *self.left;
        }
        *self.left = self.left.checked_sub(whole).ok_or(FileTrouble::UnpacksTooLarge)?;
        Ok(Some(if is_long { Err(Unreadable::Long) } else { Ok(line) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write as _;

    /// The number of a line, and what it tells of or why it does not.
    type ReadLine = (usize, Result<&'static str, String>);

    fn read_all(bytes: &[u8]) -> Result<Vec<ReadLine>, FileTrouble> {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(bytes)?;
        let mut read_lines = Vec::new();
        read(file.path(), Tz::UTC, &mut |line, read| {
            let kind = read.map(|line| match line.told.what {
                crate::domain::told::ToldWhat::Event(told) => told.method,
                crate::domain::told::ToldWhat::Gap { .. } => "gap",
            });
            read_lines.push((line, kind.map_err(|reason| reason.to_string())));
            ControlFlow::Continue(())
        })?;
        Ok(read_lines)
    }

    const LINES: &str = concat!(
        r#"{"event_id": "1", "kind": "share", "t": "2026-11-22T12:00:00Z"}"#,
        "\n\n{\n",
        r#"{"event": "chat", "data": {"comment": "hi", "uniqueId": "ana", "createTime": "1736822992063"}}"#,
        "\n"
    );

    #[test]
    fn lines_lists_and_tables_are_read_packed_or_not() {
        let expected = vec![(1, Ok("share")), (3, Err("is no JSON object".to_owned())), (4, Ok("comment"))];
        assert_eq!(read_all(LINES.as_bytes()).expect("lines"), expected);
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(LINES.as_bytes()).expect("memory");
        assert_eq!(read_all(&packer.finish().expect("memory")).expect("packed"), expected);
        let mut zipped = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        zipped.start_file("events.ndjson", zip::write::SimpleFileOptions::default()).expect("memory");
        zipped.write_all(LINES.as_bytes()).expect("memory");
        assert_eq!(read_all(&zipped.finish().expect("memory").into_inner()).expect("zipped"), expected);

        let list = br#"[{"event_id": "1", "kind": "share", "t": "2026-11-22T12:00:00Z"}, 7]"#;
        let expected = vec![(1, Ok("share")), (2, Err("is no JSON object".to_owned()))];
        assert_eq!(read_all(list).expect("a list"), expected);
        let table = "\u{feff}time;type;user;comment\r\n2026-11-22 12:00:00;chat;ana;\"=1+1;\r\n so\"\r\n;chat;ana;x\r\n";
        let expected = vec![(3, Ok("comment")), (4, Err("does not say when it was".to_owned()))];
        assert_eq!(read_all(table.as_bytes()).expect("a table"), expected);
        assert_eq!(read_all(b"").expect("nothing"), []);
    }

    #[test]
    fn what_is_too_long_costs_itself() {
        let long = format!("{{\"x\": \"{}\"}}\n{LINES}", "x".repeat(3 * MAX_LINE_BYTES));
        let read = read_all(long.as_bytes()).expect("lines");
        assert_eq!(read[0], (1, Err(format!("is longer than {MAX_LINE_BYTES} bytes"))));
        assert_eq!(read[1], (2, Ok("share")));
    }

    #[test]
    fn a_bomb_is_read_no_further_than_the_limit() {
        let mut left = 1 << 20;
        let reader = io::repeat(b'{');
        let bomb = read_plain(reader, &mut left, Tz::UTC, &mut |_, _| ControlFlow::Continue(()));
        assert!(matches!(bomb, Err(FileTrouble::UnpacksTooLarge)), "one line without an end");
        let mut left = 1 << 20;
        let reader = Read::chain(&b"{"[..], io::repeat(b'\n'));
        let bomb = read_plain(reader, &mut left, Tz::UTC, &mut |_, _| ControlFlow::Continue(()));
        assert!(matches!(bomb, Err(FileTrouble::UnpacksTooLarge)), "lines without an end");
    }

    #[test]
    fn a_database_is_no_recording() {
        assert!(matches!(read_all(b"SQLite format 3\0..."), Err(FileTrouble::Database)));
    }
}
