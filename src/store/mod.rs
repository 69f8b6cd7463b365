//! The database: everything that is kept.
//!
//! SQLite through diesel. One thread owns the only connection that writes; what is waiting is
//! committed together, so many rooms share one sync of the disk. A few readers are opened as they
//! are needed. Methods are asked in our words and answer with values of the domain; rows and SQL
//! stay inside. It counts nothing itself: totals come from whoever recorded them, in the same
//! transaction as the events they count. Called by the recorder, reports, settings, housekeeping,
//! imports and the web. `docs/database.md` describes the tables.

pub mod accounts;
pub mod alerts;
mod among;
pub mod answers;
pub mod archives;
pub mod audience;
pub mod audit;
mod battles;
pub mod boards;
mod checksum;
pub mod chores;
mod columns;
mod connection;
pub mod copy;
pub mod creators;
pub mod erasure;
mod error;
pub mod events;
pub mod facts;
pub mod folder;
pub mod gifts;
pub mod goals;
pub mod integrity;
pub mod leaving;
pub mod markers;
pub mod outlines;
mod packed_board;
pub mod people;
pub mod performance;
pub mod person;
mod remarks;
pub mod replacement;
pub mod revaluations;
mod schema;
mod secrets;
pub mod segment;
pub mod series;
pub mod sessions;
pub mod settings;
pub mod space;
pub mod stored;
pub mod streaks;
pub mod thinned;
pub mod tokens;
mod totals;
pub mod trials;
pub mod volume;
pub mod web_sessions;
pub mod webhooks;
mod writer;

pub use connection::Opening;
pub use error::StoreError;

use diesel::connection::Connection;
use diesel::sqlite::SqliteConnection;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Semaphore, watch};
use writer::{Writer, Writing};

/// How many questions are answered at the same time; each has a connection with its own cache.
const READERS: usize = 4;

/// A handle to the open database; clones share it. The last one dropped waits until everything
/// handed over is written.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    path: PathBuf,
    permits: Semaphore,
    // Dropped before the writer, so that the writer is the last to close and leaves one file.
    readers: Mutex<Vec<SqliteConnection>>,
    writer: Writer,
    access: watch::Sender<u64>,
}

impl Store {
    /// Opens or creates the database file, and brings it up to date if `opening` allows.
    /// Blocks; meant for the start of a program.
    ///
    /// # Errors
    ///
    /// [`StoreError::NewerDatabase`], [`StoreError::OlderDatabase`] and [`StoreError::Missing`] before
    /// anything is changed.
    pub fn open(path: &Path, opening: Opening) -> Result<Self, StoreError> {
        let connection = connection::open(path, opening)?;
        Ok(Self(Arc::new(Inner {
            path: path.to_owned(),
            permits: Semaphore::new(READERS),
            readers: Mutex::default(),
            writer: Writer::start(connection)?,
            access: watch::Sender::new(0),
        })))
    }

    /// Answers a question from one consistent view of the database.
    async fn read<T, F>(&self, question: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Result<T, StoreError> + Send + 'static,
    {
        let inner = Arc::clone(&self.0);
        let _permit = self.0.permits.acquire().await.expect("the permits are never closed");
        let answered = tokio::task::spawn_blocking(move || {
            let mut reader = match inner.idle_readers().pop() {
                Some(reader) => reader,
                None => connection::open_reader(&inner.path)?,
            };
            let answer = reader.transaction(question)?;
            inner.idle_readers().push(reader);
            Ok(answer)
        });
        answered.await.map_err(|_| StoreError::Other("a question ended unexpectedly".to_owned()))?
    }

    /// Changes the database; all of `work` or nothing of it. It may be run more than once.
    async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.0.writer.write(work).await
    }

    /// Changes who may see what, and says so to whoever keeps it in memory.
    async fn write_access<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let written = self.write(work).await;
        self.0.access.send_modify(|changes| *changes += 1);
        written
    }

    /// Counts every change of accounts, sessions of browsers and tokens that this process makes.
    #[must_use]
    pub fn access_changes(&self) -> watch::Receiver<u64> {
        self.0.access.subscribe()
    }
}

impl Inner {
    fn idle_readers(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        // A list of idle connections is whole at every step.
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
