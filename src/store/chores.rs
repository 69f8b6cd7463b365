//! When chores ran last and run next, so that a restart neither repeats nor forgets one.

use super::schema::chores;
use super::{Store, StoreError};
use crate::domain::time::Stamp;
use diesel::prelude::*;

/// What is remembered of a chore.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = chores)]
pub struct ChoreRow {
    pub name: String,
    /// `None` before the first.
    pub last_run: Option<Stamp>,
    pub took_ms: i64,
    /// What the last run did, in the words of whoever runs chores.
    pub result: String,
    pub next_run: Stamp,
}

impl Store {
    /// Every chore that is remembered.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn chores(&self) -> Result<Vec<ChoreRow>, StoreError> {
        self.read(|connection| Ok(chores::table.order(chores::name).load(connection)?)).await
    }

    /// Remembers a chore, in place of what was remembered of it.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn keep_chore(&self, chore: ChoreRow) -> Result<(), StoreError> {
        self.write(move |writing| {
            diesel::replace_into(chores::table).values(&chore).execute(writing.connection)?;
            Ok(())
        })
        .await
    }
}
