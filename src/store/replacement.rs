//! One database in the place of another. What was there is kept, and at every moment either the one or
//! the other is there whole.
//!
//! In this order: [`keep_secrets`], [`settle`], [`keep`], [`replace`]. Whoever calls holds the lock of the
//! data folder.

use super::connection::{self, beside, kept_as};
use super::folder::sync_name;
use super::schema::secrets as table;
use super::{StoreError, secrets};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel::sqlite::SqliteConnection;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Where a database is made ready that is to take the place of `database`.
#[must_use]
pub fn staging(database: &Path) -> PathBuf {
    beside(database, "restore.part")
}

/// Gives the database `new` the secrets that `brought` names, and of those it does not name the ones of
/// the database it replaces: they belong to this computer. So do accounts, the browsers they are logged in
/// and tokens; what `new` holds of these is none of this computer's and goes. A database that cannot be read
/// has none. `new` is brought up to date first, because an older one has no place for all of them.
///
/// # Errors
///
/// As any change of the database.
pub fn keep_secrets(new: &Path, old: &Path, brought: &BTreeMap<String, String>) -> Result<(), StoreError> {
    let mut kept = secrets_of(old).unwrap_or_default();
    kept.extend(brought.clone());
    let mut connection = connection::connect(new)?;
    connection.batch_execute("PRAGMA journal_mode = MEMORY")?;
    connection::run_migrations(&mut connection)?;
    connection.transaction(|connection| {
        kept.iter().try_for_each(|(key, value)| secrets::put(connection, key, value))?;
        // Whoever belongs to nobody goes with them.
        Ok::<_, StoreError>(connection.batch_execute("DELETE FROM accounts; DELETE FROM access_tokens;")?)
    })?;
    if old.exists()
        && let Err(error) = keep_access(&mut connection, old)
    {
        tracing::warn!(%error, "Accounts and tokens of the replaced database could not be kept: {error}");
    }
    Ok(())
}

/// All of it or nothing.
fn keep_access(connection: &mut SqliteConnection, old: &Path) -> Result<(), StoreError> {
    #[derive(QueryableByName)]
    struct Columns {
        #[diesel(sql_type = Nullable<Text>)]
        names: Option<String>,
    }
    let old = old.to_string_lossy();
    diesel::sql_query("ATTACH ? AS replaced").bind::<Text, _>(old).execute(connection)?;
    let kept = connection.transaction(|connection| {
        for table in ["accounts", "web_sessions", "access_tokens"] {
            let columns: Columns = diesel::sql_query(format!(
                "SELECT group_concat(name) AS names FROM pragma_table_info('{table}', 'replaced')"
            ))
            .get_result(connection)?;
            // One of an older Pasut has no such table.
            let Some(names) = columns.names else { continue };
            connection.batch_execute(&format!(
                "INSERT INTO main.{table} ({names}) SELECT {names} FROM replaced.{table}"
            ))?;
        }
        Ok(())
    });
    connection.batch_execute("DETACH replaced")?;
    kept
}

fn secrets_of(database: &Path) -> Result<BTreeMap<String, String>, StoreError> {
    if !database.exists() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(String, String)> = table::table.load(&mut connection::connect(database)?)?;
    Ok(rows.into_iter().collect())
}

/// Brings all of `database` into its one file, which also shows that nobody else has it open. A damaged
/// one is left as it is.
///
/// # Errors
///
/// [`StoreError::Locked`] if another program has it open: then nothing was changed.
pub fn settle(database: &Path) -> Result<(), StoreError> {
    if !database.exists() {
        return Ok(());
    }
    let settled = connection::connect(database)
        .and_then(|mut connection| Ok(connection.batch_execute("PRAGMA journal_mode = DELETE")?));
    match settled {
        Err(StoreError::Corrupt(_)) => Ok(()),
        settled => settled,
    }
}

/// Keeps `database` under another name beside it, too, and says which. `None` if there is none.
///
/// # Errors
///
/// If the disk takes no more.
pub fn keep(database: &Path) -> Result<Option<PathBuf>, StoreError> {
    if !database.exists() {
        return Ok(None);
    }
    let kept = kept_as(database, "before-restore");
    // A second name costs no room, but not every disk knows such a thing.
    if fs::hard_link(database, &kept).is_err() {
        let unfinished = beside(database, "keep.part");
        fs::copy(database, &unfinished)
            .and_then(|_| fs::File::open(&unfinished)?.sync_all())
            .and_then(|()| fs::rename(&unfinished, &kept))
            .map_err(|error| connection::io(&error))?;
    }
    Ok(Some(kept))
}

/// Puts `new` where `database` is, in one step. What a damaged one left beside itself goes with `kept`,
/// because it would spoil the new one.
///
/// # Errors
///
/// If the disk refuses.
pub fn replace(new: &Path, database: &Path, kept: Option<&Path>) -> Result<(), StoreError> {
    let failed = |error: std::io::Error| connection::io(&error);
    fs::File::open(new).and_then(|file| file.sync_all()).map_err(failed)?;
    for ending in ["-wal", "-shm", "-journal"] {
        let left = with(database, ending);
        match kept {
            Some(kept) if left.exists() => fs::rename(&left, with(kept, ending)).map_err(failed)?,
            _ => connection::remove(&left)?,
        }
    }
    fs::rename(new, database).map_err(failed)?;
    sync_name(database).map_err(failed)
}

fn with(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
