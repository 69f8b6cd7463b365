//! How far a file is, and whether somebody stopped it.

use super::{ExportError, Progress};
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::sync::CancellationToken;

/// News is told, and a stop is looked for, once in so many rows or bytes.
const ROWS: u64 = 500;
const BYTES: u64 = 256 << 10;

type Report = Box<dyn FnMut(Progress) + Send>;

/// Shared by who makes rows and who puts bytes on the disk.
#[derive(Clone)]
pub struct Pace(Arc<Inner>);

struct Inner {
    cancel: CancellationToken,
    of_rows: u64,
    /// `None` where a row is on the disk as soon as it is made.
    of_bytes: Option<u64>,
    done: Mutex<(Done, Report)>,
}

#[derive(Clone, Copy, Default)]
struct Done {
    rows: u64,
    bytes: u64,
    /// Since news was told.
    new_rows: u64,
    new_bytes: u64,
}

impl Pace {
    pub fn new(cancel: CancellationToken, of_rows: u64, of_bytes: Option<u64>, report: Report) -> Self {
        // News is told with the first row.
        let done = Done { new_rows: ROWS, ..Done::default() };
        Self(Arc::new(Inner { cancel, of_rows, of_bytes, done: Mutex::new((done, report)) }))
    }

    /// One more row.
    ///
    /// # Errors
    ///
    /// [`ExportError::Cancelled`].
    pub fn row(&self) -> Result<(), ExportError> {
        self.go_on(1, 0)
    }

    pub fn rows(&self) -> u64 {
        self.0.done.lock().unwrap_or_else(PoisonError::into_inner).0.rows
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.cancel.is_cancelled()
    }

    fn go_on(&self, rows: u64, bytes: u64) -> Result<(), ExportError> {
        let (done, report) = &mut *self.0.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.rows += rows;
        done.bytes += bytes;
        done.new_rows += rows;
        done.new_bytes += bytes;
        if done.new_rows < ROWS && done.new_bytes < BYTES {
            return Ok(());
        }
        (done.new_rows, done.new_bytes) = (0, 0);
        if self.is_cancelled() {
            return Err(ExportError::Cancelled);
        }
        report(self.0.progress(*done));
        Ok(())
    }
}

impl Inner {
    /// A workbook is half done when its rows are: then they are packed.
    fn progress(&self, done: Done) -> Progress {
        let part = |done: u64, of: u64| (done as f64 / of.max(1) as f64).min(1.0);
        let rows = part(done.rows, self.of_rows);
        let share = match self.of_bytes {
            None => rows,
            Some(of_bytes) => 0.5 * rows + 0.5 * part(done.bytes, of_bytes),
        };
        Progress { rows: done.rows, of_rows: self.of_rows.max(done.rows), share }
    }
}

/// A file that knows its pace.
pub struct PacedFile {
    file: BufWriter<File>,
    pace: Pace,
}

impl PacedFile {
    pub fn new(file: File, pace: Pace) -> Self {
        Self { file: BufWriter::new(file), pace }
    }
}

impl Write for PacedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.pace.go_on(0, written as u64).map_err(io::Error::other)?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for PacedFile {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.file.seek(position)
    }
}
