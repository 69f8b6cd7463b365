//! A file of each session, drawn by whoever can: that file for one session, an archive of all for days.

use super::request::{Request, Scope};
use super::{Estimate, ExportError, Progress, Written, filled, sessions};
use crate::domain::session::Session;
use crate::store::Store;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use tempfile::NamedTempFile;
use tokio_util::sync::CancellationToken;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The file of one session.
pub struct Drawn {
    /// Its name in an archive, another for each session.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Writes what `draw` makes of each session of `request` to `path`, as [`super::write()`] writes tables. Sessions
/// whose details left are not drawn: every count in them would look like zero.
///
/// # Errors
///
/// Any [`ExportError`].
pub async fn write_each(
    store: &Store,
    request: &Request,
    path: &Path,
    mut progress: impl FnMut(Progress) + Send + 'static,
    cancel: &CancellationToken,
    mut draw: impl AsyncFnMut(Session) -> Result<Drawn, ExportError> + Send + 'static,
) -> Result<Written, ExportError> {
    let sessions = sessions(store, request).await?;
    let (store, scope, cancel) = (store.clone(), request.scope, cancel.clone());
    filled(path, async move |unfinished: NamedTempFile| {
        let mut files = Files::begin(scope, unfinished.as_file().try_clone()?);
        let (mut drawn, of_rows) = (0, sessions.len() as u64);
        for (rows, id) in (0..).zip(sessions) {
            if cancel.is_cancelled() {
                return Err(ExportError::Cancelled);
            }
            progress(Progress { rows, of_rows, share: rows as f64 / of_rows as f64 });
            let Some(session) = store.session(id).await? else { continue };
            if store.has_left(id).await? {
                continue;
            }
            files.put(&draw(session).await?)?;
            drawn += 1;
        }
        if let (Scope::Session(id), 0) = (scope, drawn) {
            return Err(ExportError::Left(id));
        }
        files.finish()?;
        unfinished.as_file().sync_all()?;
        let bytes = unfinished.as_file().metadata()?.len();
        Ok((unfinished, Written { sessions: drawn, rows: drawn, bytes }))
    })
    .await
}

/// How large the file will be, if one session takes `each_bytes`.
///
/// # Errors
///
/// As [`write_each()`], before anything is written.
pub async fn estimate_each(
    store: &Store,
    request: &Request,
    each_bytes: u64,
) -> Result<Estimate, ExportError> {
    let sessions = sessions(store, request).await?.len() as u64;
    Ok(Estimate { sessions, rows: sessions, bytes: sessions * each_bytes })
}

enum Files {
    One(File),
    All(Box<ZipWriter<BufWriter<File>>>),
}

impl Files {
    fn begin(scope: Scope, file: File) -> Self {
        match scope {
            Scope::Session(_) => Self::One(file),
            Scope::Days(_) => Self::All(Box::new(ZipWriter::new(BufWriter::new(file)))),
        }
    }

    fn put(&mut self, drawn: &Drawn) -> io::Result<()> {
        match self {
            Self::One(file) => file.write_all(&drawn.bytes),
            Self::All(zip) => {
                zip.start_file(drawn.name.as_str(), SimpleFileOptions::default())?;
                zip.write_all(&drawn.bytes)
            }
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::One(_) => Ok(()),
            Self::All(zip) => zip.finish()?.flush(),
        }
    }
}
