//! What can go wrong with the database, by what to do next.

use crate::domain::ids::SessionId;
use diesel::result::{ConnectionError, Error as DieselError};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Keep what is not yet written, and try again later.
    #[error(
        "The disk is full or cannot be written. What was recorded is safe; free some space and recording goes on by itself."
    )]
    Full,
    /// Try again soon.
    #[error("Another program is using the database. Nothing is lost; close it, or wait a moment.")]
    Locked,
    /// Install the newer Pasut again.
    #[error(
        "This database was made by a newer Pasut (it knows {found}, this one ends at {known}). Nothing was changed; start the newer version, or restore a backup made before the upgrade."
    )]
    NewerDatabase { found: String, known: String },
    /// Let `serve` upgrade it first.
    #[error(
        "This database was made by an older Pasut. Nothing was changed; start `pasut serve` once, which makes a backup and upgrades it."
    )]
    OlderDatabase,
    /// Record something first, or name another folder.
    #[error(
        "There is no database at {0}. Nothing was changed; start `pasut serve` once, or check --data-dir."
    )]
    Missing(String),
    /// Wait for the other one.
    #[error("A copy of this database is being made already. Nothing was changed; wait until it is done.")]
    Copying,
    /// Restore a backup.
    #[error(
        "The database is damaged ({0}). Stop Pasut, keep a copy of the file, and restore the newest backup."
    )]
    Corrupt(String),
    /// Nothing to do: it is recorded already.
    #[error("This capture was recorded before, as session {0}. Nothing was changed.")]
    KnownCapture(SessionId),
    #[error("The database refused: {0}. What was recorded before is safe.")]
    Other(String),
}

impl From<DieselError> for StoreError {
    /// Diesel passes on SQLite's own words only, so they tell the cases apart
    /// (`sqlite3ErrStr` in SQLite's `main.c`).
    fn from(error: DieselError) -> Self {
        let message = match &error {
            DieselError::DatabaseError(_, information) => information.message().to_owned(),
            DieselError::DeserializationError(cause) => return Self::Corrupt(cause.to_string()),
            other => other.to_string(),
        };
        Self::from_message(message)
    }
}

impl From<ConnectionError> for StoreError {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::CouldntSetupConfiguration(error) => error.into(),
            other => Self::from_message(other.to_string()),
        }
    }
}

impl StoreError {
    pub(super) fn from_message(message: String) -> Self {
        let says = |text| message.contains(text);
        if says("database or disk is full") || says("disk I/O error") || says("No space left") {
            Self::Full
        } else if says("is locked") {
            Self::Locked
        } else if says("malformed") || says("not a database") {
            Self::Corrupt(message)
        } else {
            Self::Other(message)
        }
    }
}
