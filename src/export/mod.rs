//! Files of the past: a workbook, CSV or JSON of what was recorded.
//!
//! It counts nothing itself. Figures come from the same reports, analytics and totals as the pages, so
//! a file and a page cannot disagree. It writes session by session, so a file may be of any length; in
//! memory are only one session and the sums and names of everyone who gave. It leaves a whole file or
//! none. What is drawn of a session is drawn elsewhere and put together here. Called by `pasut export` and
//! the web.

mod board;
mod book;
mod csv;
mod each;
mod estimate;
mod json;
mod moments;
mod names;
mod pace;
mod read_back;
pub mod request;
mod sheet;
mod sheets;
mod text;
mod write;
mod xlsx;

pub use board::board_csv;
pub use each::{Drawn, estimate_each, write_each};
pub use estimate::{Estimate, estimate};
pub use names::Fans;
pub use read_back::rows_in_workbook;

use crate::domain::ids::SessionId;
use crate::lifecycle::in_background;
use crate::reports::explain::ExplainError;
use crate::store::sessions::SessionFilter;
use crate::store::{Store, StoreError};
use book::{Book, Saying};
use pace::{Pace, PacedFile};
use request::{Format, Request, Scope};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tracing::error;

/// How far a file is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    pub rows: u64,
    /// As estimated before.
    pub of_rows: u64,
    /// From 0 to 1. A workbook is half done when all its rows are made.
    pub share: f64,
}

/// A file that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    pub sessions: u64,
    pub rows: u64,
    pub bytes: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Explain(#[from] ExplainError),
    /// Look for the session that is meant.
    #[error("There is no session {0}. Nothing was written; the sessions page lists them all.")]
    NoSession(SessionId),
    /// Look into the archive.
    #[error(
        "The details of session {0} left for an archive, so there is nothing to draw. Nothing was written; the \
         archive is listed at /exports."
    )]
    Left(SessionId),
    /// Nothing to do: somebody wanted it.
    #[error("The export was stopped. No file was left behind.")]
    Cancelled,
    /// Make room, or write elsewhere.
    #[error(
        "The file could not be written: {0}. No part of it was left behind and nothing recorded is affected; \
         free some space, or choose another place."
    )]
    Disk(#[from] io::Error),
    /// Report it. A full disk can end here too: the writer of workbooks does not say why it gives up.
    #[error(
        "The export ended unexpectedly. No file was left behind and nothing recorded is affected; see that the \
         disk has room, and please report it if it has."
    )]
    Failed,
}

/// Writes the file of `request` to `path`, in place of what is there. It has its name only once it is
/// whole: whatever happens, nothing else is left behind.
///
/// # Errors
///
/// Any [`ExportError`].
pub async fn write(
    store: &Store,
    request: &Request,
    path: &Path,
    progress: impl FnMut(Progress) + Send + 'static,
    cancel: &CancellationToken,
) -> Result<Written, ExportError> {
    write_limited(store, request, path, Box::new(progress), cancel, xlsx::MAX_ROWS).await
}

/// As [`write()`], of these sessions and no others, oldest first; the scope of `request` only says so.
///
/// # Errors
///
/// Any [`ExportError`].
pub async fn write_sessions(
    store: &Store,
    request: &Request,
    sessions: Vec<SessionId>,
    path: &Path,
    cancel: &CancellationToken,
) -> Result<Written, ExportError> {
    write_these(store, request, sessions, path, Box::new(|_| {}), cancel, xlsx::MAX_ROWS).await
}

/// As [`write()`], with sheets of at most so many rows.
async fn write_limited(
    store: &Store,
    request: &Request,
    path: &Path,
    progress: Box<dyn FnMut(Progress) + Send>,
    cancel: &CancellationToken,
    max_rows: u32,
) -> Result<Written, ExportError> {
    let sessions = sessions(store, request).await?;
    write_these(store, request, sessions, path, progress, cancel, max_rows).await
}

async fn write_these(
    store: &Store,
    request: &Request,
    sessions: Vec<SessionId>,
    path: &Path,
    progress: Box<dyn FnMut(Progress) + Send>,
    cancel: &CancellationToken,
    max_rows: u32,
) -> Result<Written, ExportError> {
    let expected = estimate::of_sessions(store, request, &sessions).await?;
    let of_bytes = (request.format == Format::Xlsx).then_some(expected.bytes);
    let pace = Pace::new(cancel.clone(), expected.rows, of_bytes, progress);
    let (store, request, folder) = (store.clone(), request.clone(), folder_of(path));
    let job = Job { store, request, sessions, pace, folder, max_rows };
    filled(path, async move |unfinished| job.fill(unfinished).await).await
}

/// Has a file filled where that keeps nobody waiting, and gives it its name once it is whole.
async fn filled<F>(path: &Path, fill: F) -> Result<Written, ExportError>
where
    F: AsyncFnOnce(NamedTempFile) -> Result<(NamedTempFile, Written), ExportError> + Send + 'static,
{
    let unfinished = NamedTempFile::with_prefix_in(".pasut-", folder_of(path))?;
    let runtime = Handle::current();
    let filling = in_background(move || runtime.block_on(fill(unfinished)));
    let (unfinished, written) = filling.await.map_err(|error| {
        error!(%error, "An export failed: {error}");
        ExportError::Failed
    })??;
    unfinished.persist(path).map_err(|failed| failed.error)?;
    Ok(written)
}

/// Everything that fills a file.
struct Job {
    store: Store,
    request: Request,
    sessions: Vec<SessionId>,
    pace: Pace,
    folder: PathBuf,
    max_rows: u32,
}

impl Job {
    async fn fill(self, unfinished: NamedTempFile) -> Result<(NamedTempFile, Written), ExportError> {
        let saying = Saying::new(&self.request);
        let filled = self.fill_file(&unfinished, saying).await;
        // A stop reaches the writers as a fault of the disk.
        if self.pace.is_cancelled() {
            return Err(ExportError::Cancelled);
        }
        filled?;
        unfinished.as_file().sync_all()?;
        let bytes = unfinished.as_file().metadata()?.len();
        let written = Written { sessions: self.sessions.len() as u64, rows: self.pace.rows(), bytes };
        Ok((unfinished, written))
    }

    async fn fill_file(&self, unfinished: &NamedTempFile, saying: Saying) -> Result<(), ExportError> {
        let writing = write::Writing {
            store: &self.store,
            request: &self.request,
            sessions: &self.sessions,
            book: self.book(unfinished, saying)?,
            pace: self.pace.clone(),
            names: names::Names::default(),
            fans: Fans::default(),
        };
        writing.fill(saying).await
    }

    fn book(&self, unfinished: &NamedTempFile, saying: Saying) -> Result<Box<dyn Book>, ExportError> {
        let file = PacedFile::new(unfinished.as_file().try_clone()?, self.pace.clone());
        Ok(match self.request.format {
            Format::Xlsx => Box::new(xlsx::XlsxBook::new(file, &self.folder, saying, self.max_rows)?),
            Format::Csv(separator) if self.request.only_section().is_some() => {
                Box::new(csv::CsvFile::new(BufWriter::new(file), separator, saying))
            }
            Format::Csv(separator) => Box::new(csv::CsvArchive::new(file, separator, saying)),
            Format::Json => Box::new(json::JsonBook::begin(BufWriter::new(file))?),
        })
    }
}

/// The sessions of a request, oldest first.
async fn sessions(store: &Store, request: &Request) -> Result<Vec<SessionId>, ExportError> {
    match request.scope {
        Scope::Session(id) => match store.session(id).await? {
            Some(session) => Ok(vec![session.id]),
            None => Err(ExportError::NoSession(id)),
        },
        Scope::Days(days) => {
            let (from, to) = days.stretch(request.zone);
            let creator = request.creator.clone();
            let filter =
                SessionFilter { creator, from: Some(from), to: Some(to), ..SessionFilter::default() };
            Ok(store.session_ids(&filter).await?)
        }
    }
}

/// The folder of a file. What is not finished lies there too: it has the room, and a name can be
/// changed only within one disk.
fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => PathBuf::from("."),
        Some(folder) => folder.to_owned(),
        None => PathBuf::from("."),
    }
}

impl From<rust_xlsxwriter::XlsxError> for ExportError {
    fn from(error: rust_xlsxwriter::XlsxError) -> Self {
        match error {
            rust_xlsxwriter::XlsxError::IoError(error) => Self::Disk(error),
            other => Self::Disk(io::Error::other(other.to_string())),
        }
    }
}

#[cfg(test)]
mod tests;
