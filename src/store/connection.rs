//! Opening the database: the rules of every connection, and upgrades.

use super::StoreError;
use diesel::connection::{Connection, SimpleConnection};
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::fs::File;
use std::path::{Path, PathBuf};

pub(super) const MIGRATIONS: EmbeddedMigrations = embed_migrations!();

/// `cache_size` is in KiB when negative: small, because an idle Pasut should need little memory.
const EVERY_CONNECTION: &str = "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; \
     PRAGMA synchronous = FULL; PRAGMA cache_size = -1024; PRAGMA temp_store = FILE;";

/// Who writes meets the same people and pages again and again. The cache grows only as far as it is
/// used.
const WRITER: &str = "PRAGMA cache_size = -4096;";

/// Only a new database takes `auto_vacuum`, and only before anything else is written to it.
const NEW_DATABASE: &str = "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; \
     PRAGMA journal_size_limit = 8388608;";

/// Who opens the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The holder of the data folder's lock, who may upgrade.
    Owner,
    /// Someone who works beside a running server and must find the database as it is now.
    Beside,
}

pub(super) fn open(path: &Path, opening: Opening) -> Result<SqliteConnection, StoreError> {
    if opening == Opening::Beside && !path.exists() {
        return Err(StoreError::Missing(path.display().to_string()));
    }
    if !path.exists() {
        owners_only(path).map_err(|error| io(&error))?;
    }
    let mut connection = connect(path)?;
    connection.batch_execute(NEW_DATABASE)?;
    connection.batch_execute(WRITER)?;
    upgrade(&mut connection, path, opening)?;
    Ok(connection)
}

pub(super) fn open_reader(path: &Path) -> Result<SqliteConnection, StoreError> {
    let mut connection = connect(path)?;
    connection.batch_execute("PRAGMA query_only = ON;")?;
    Ok(connection)
}

pub(super) fn connect(path: &Path) -> Result<SqliteConnection, StoreError> {
    let path = path
        .to_str()
        .ok_or_else(|| StoreError::Other(format!("the path {} is not valid Unicode", path.display())))?;
    let mut connection = SqliteConnection::establish(path)?;
    connection.batch_execute(EVERY_CONNECTION)?;
    Ok(connection)
}

fn upgrade(connection: &mut SqliteConnection, path: &Path, opening: Opening) -> Result<(), StoreError> {
    if opening == Opening::Beside && !has_migrations_table(connection)? {
        return Err(StoreError::OlderDatabase);
    }
    let reached = reached(connection)?;
    let Some(version) = reached.version else {
        return run_migrations(connection);
    };
    if !reached.older {
        return Ok(());
    }
    if opening == Opening::Beside {
        return Err(StoreError::OlderDatabase);
    }
    back_up(connection, path, &version)?;
    run_migrations(connection)
}

/// How far a database was brought.
pub(super) struct Reached {
    /// Its newest migration; `None` if it has none.
    pub version: Option<String>,
    /// Whether this Pasut knows migrations that it lacks.
    pub older: bool,
}

/// How far the database was brought, unless a newer Pasut did it. The table of migrations is made if it
/// lacks.
pub(super) fn reached(connection: &mut SqliteConnection) -> Result<Reached, StoreError> {
    let known: Vec<Box<dyn Migration<Sqlite>>> = MIGRATIONS.migrations().map_err(failed)?;
    let known: Vec<String> = known.iter().map(|migration| migration.name().version().to_string()).collect();
    let applied = connection.applied_migrations().map_err(failed)?;
    let applied: Vec<String> = applied.iter().map(MigrationVersion::to_string).collect();
    if let Some(found) = applied.iter().filter(|version| !known.contains(version)).max() {
        let newest = known.iter().max().cloned().unwrap_or_default();
        return Err(StoreError::NewerDatabase { found: found.clone(), known: newest });
    }
    Ok(Reached { version: applied.iter().max().cloned(), older: applied.len() < known.len() })
}

pub(super) fn run_migrations(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    connection.run_pending_migrations(MIGRATIONS).map(|_| ()).map_err(failed)
}

pub(super) fn has_migrations_table(connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        tables: i64,
    }
    let found: Count = diesel::sql_query(
        "SELECT count(*) AS tables FROM sqlite_master WHERE name = '__diesel_schema_migrations'",
    )
    .get_result(connection)?;
    Ok(found.tables > 0)
}

/// Copies the database beside itself and says where. The copy has its name only once it is complete.
pub(super) fn back_up(
    connection: &mut SqliteConnection,
    path: &Path,
    version: &str,
) -> Result<PathBuf, StoreError> {
    let unfinished = beside(path, "backup.part");
    let backup = kept_as(path, version);
    copy(connection, &unfinished)?;
    File::open(&unfinished).and_then(|file| file.sync_all()).map_err(|error| io(&error))?;
    std::fs::rename(&unfinished, &backup).map_err(|error| io(&error))?;
    Ok(backup)
}

/// A name beside the database that is not taken, with what it is kept for.
pub(super) fn kept_as(path: &Path, what: &str) -> PathBuf {
    (1..)
        .map(|copy| {
            beside(path, &if copy == 1 { format!("{what}.bak") } else { format!("{what}.{copy}.bak") })
        })
        .find(|candidate| !candidate.exists())
        .expect("there are more numbers than files")
}

/// Writes the database anew as the file `to`, as of one moment, while others go on reading and writing.
/// What was deleted is not part of it.
pub(super) fn copy(connection: &mut SqliteConnection, to: &Path) -> Result<(), StoreError> {
    remove(to)?;
    let mut journal = to.as_os_str().to_owned();
    journal.push("-journal");
    remove(journal.as_ref())?;
    owners_only(to).map_err(|error| io(&error))?;
    diesel::sql_query("VACUUM INTO ?")
        .bind::<diesel::sql_types::Text, _>(to.to_string_lossy())
        .execute(connection)?;
    Ok(())
}

/// Makes an empty file that only its owner may read. SQLite gives the files beside a database the
/// rights of that.
fn owners_only(path: &Path) -> std::io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// What is not there is as good as removed.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io(&error)),
        _ => Ok(()),
    }
}

pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

pub(super) fn io(error: &std::io::Error) -> StoreError {
    if error.kind() == std::io::ErrorKind::StorageFull {
        StoreError::Full
    } else {
        StoreError::Other(format!("a file beside it could not be written: {error}"))
    }
}

/// Migrations pass on their cause boxed.
fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    match error.downcast::<diesel_migrations::MigrationError>() {
        Ok(error) => StoreError::Other(error.to_string()),
        Err(error) => match error.downcast::<diesel::result::Error>() {
            Ok(error) => (*error).into(),
            Err(error) => StoreError::from_message(error.to_string()),
        },
    }
}
