//! What gives access elsewhere, as text under a key: kept apart, so that no copy holds it.

use super::schema::secrets;
use super::{Store, StoreError};
use diesel::prelude::*;
use std::collections::BTreeMap;

impl Store {
    /// Every secret that was set.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn secrets(&self) -> Result<BTreeMap<String, String>, StoreError> {
        self.read(|connection| {
            let rows: Vec<(String, String)> = secrets::table.load(connection)?;
            Ok(rows.into_iter().collect())
        })
        .await
    }

    /// Sets a secret, or removes it with `None`.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn set_secret(&self, key: &str, value: Option<&str>) -> Result<(), StoreError> {
        let (key, value) = (key.to_owned(), value.map(str::to_owned));
        self.write(move |writing| match &value {
            Some(value) => put(writing.connection, &key, value),
            None => {
                diesel::delete(secrets::table.find(&key)).execute(writing.connection)?;
                Ok(())
            }
        })
        .await
    }
}

pub(super) fn put(connection: &mut SqliteConnection, key: &str, value: &str) -> Result<(), StoreError> {
    diesel::insert_into(secrets::table)
        .values((secrets::key.eq(key), secrets::value.eq(value)))
        .on_conflict(secrets::key)
        .do_update()
        .set(secrets::value.eq(value))
        .execute(connection)?;
    Ok(())
}
