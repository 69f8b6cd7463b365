//! What the user may change, as text under a key.

use super::schema::{settings, settings_before};
use super::{Store, StoreError};
use diesel::prelude::*;
use std::collections::BTreeMap;

impl Store {
    /// Everything that was set.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn settings(&self) -> Result<BTreeMap<String, String>, StoreError> {
        self.read(|connection| {
            let rows: Vec<(String, String)> = settings::table.load(connection)?;
            Ok(rows.into_iter().collect())
        })
        .await
    }

    /// The value of one setting.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        let key = key.to_owned();
        self.read(move |connection| {
            Ok(settings::table.find(&key).select(settings::value).first(connection).optional()?)
        })
        .await
    }

    /// Sets a setting, or with `None` takes it back to its default.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn set_setting(&self, key: &str, value: Option<&str>) -> Result<(), StoreError> {
        let (key, value) = (key.to_owned(), value.map(str::to_owned));
        self.write(move |writing| {
            match &value {
                Some(value) => diesel::insert_into(settings::table)
                    .values((settings::key.eq(&key), settings::value.eq(value)))
                    .on_conflict(settings::key)
                    .do_update()
                    .set(settings::value.eq(value))
                    .execute(writing.connection)?,
                None => diesel::delete(settings::table.find(&key)).execute(writing.connection)?,
            };
            Ok(())
        })
        .await
    }

    /// Sets several settings at once, `None` taking one back to its default, and remembers what they were:
    /// that, and nothing older, can be undone.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn change_settings(&self, changes: Vec<(String, Option<String>)>) -> Result<(), StoreError> {
        self.write(move |writing| {
            diesel::delete(settings_before::table).execute(writing.connection)?;
            for (key, value) in &changes {
                let before: Option<String> =
                    settings::table.find(key).select(settings::value).first(writing.connection).optional()?;
                diesel::insert_into(settings_before::table)
                    .values((settings_before::key.eq(key), settings_before::value.eq(before)))
                    .execute(writing.connection)?;
                match value {
                    Some(value) => diesel::replace_into(settings::table)
                        .values((settings::key.eq(key), settings::value.eq(value)))
                        .execute(writing.connection)?,
                    None => diesel::delete(settings::table.find(key)).execute(writing.connection)?,
                };
            }
            Ok(())
        })
        .await
    }

    /// What the settings that were changed last had been before; `None` where they had not been set.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn settings_before(&self) -> Result<BTreeMap<String, Option<String>>, StoreError> {
        self.read(|connection| {
            let rows: Vec<(String, Option<String>)> = settings_before::table.load(connection)?;
            Ok(rows.into_iter().collect())
        })
        .await
    }
}
