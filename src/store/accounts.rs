//! Who may log in. Passwords are here only as what Argon2id made of them.

use super::schema::{accounts, web_sessions};
use super::{Store, StoreError};
use crate::domain::access::{AccountName, Role};
use crate::domain::time::Stamp;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

/// More people than that need another program.
pub const MOST_ACCOUNTS: i64 = 100;

#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Account {
    pub name: AccountName,
    pub role: Role,
    pub created_at: Stamp,
}

/// What came of adding an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    Done,
    /// There is one of this name; it stays as it is.
    Taken,
    /// [`MOST_ACCOUNTS`] are there.
    TooMany,
}

/// What came of removing an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    Done,
    Unknown,
    /// Nobody would own this Pasut any more; the account stays.
    LastOwner,
}

impl Store {
    /// Everybody who may log in, by name.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.read(|connection| {
            let columns = (accounts::name, accounts::role, accounts::created_at);
            Ok(accounts::table.select(columns).order(accounts::name).load(connection)?)
        })
        .await
    }

    /// The hash that the password of an account has to fit. `None` if there is no such account.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn password_hash(&self, name: &AccountName) -> Result<Option<String>, StoreError> {
        let name = name.clone();
        self.read(move |connection| {
            Ok(accounts::table.find(&name).select(accounts::password).first(connection).optional()?)
        })
        .await
    }

    /// Adds an account.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn add_account(
        &self,
        name: &AccountName,
        role: Role,
        password_hash: &str,
        now: Stamp,
    ) -> Result<Added, StoreError> {
        let (name, password) = (name.clone(), password_hash.to_owned());
        self.write_access(move |writing| {
            if accounts::table.count().get_result::<i64>(writing.connection)? >= MOST_ACCOUNTS {
                return Ok(Added::TooMany);
            }
            let added = diesel::insert_or_ignore_into(accounts::table)
                .values((
                    accounts::name.eq(&name),
                    accounts::role.eq(role),
                    accounts::password.eq(&password),
                    accounts::created_at.eq(now),
                ))
                .execute(writing.connection)?;
            Ok(if added == 0 { Added::Taken } else { Added::Done })
        })
        .await
    }

    /// Adds the first owner. `false` if there is one already: then nothing was changed.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn add_first_owner(
        &self,
        name: &AccountName,
        password_hash: &str,
        now: Stamp,
    ) -> Result<bool, StoreError> {
        let (name, password) = (name.clone(), password_hash.to_owned());
        self.write_access(move |writing| {
            if owners(writing.connection)? > 0 {
                return Ok(false);
            }
            // A moderator of this name becomes the owner.
            diesel::replace_into(accounts::table)
                .values((
                    accounts::name.eq(&name),
                    accounts::role.eq(Role::Owner),
                    accounts::password.eq(&password),
                    accounts::created_at.eq(now),
                ))
                .execute(writing.connection)?;
            Ok(true)
        })
        .await
    }

    /// Gives an account another password and logs it out everywhere. `false` if there is no such account.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn set_password(&self, name: &AccountName, password_hash: &str) -> Result<bool, StoreError> {
        let (name, password) = (name.clone(), password_hash.to_owned());
        self.write_access(move |writing| {
            let known = diesel::update(accounts::table.find(&name))
                .set(accounts::password.eq(&password))
                .execute(writing.connection)?;
            diesel::delete(web_sessions::table.filter(web_sessions::account.eq(&name)))
                .execute(writing.connection)?;
            Ok(known > 0)
        })
        .await
    }

    /// Removes an account, which logs it out everywhere. The last owner only if `even_the_last_owner`: from
    /// then on only this computer is answered.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn remove_account(
        &self,
        name: &AccountName,
        even_the_last_owner: bool,
    ) -> Result<Removed, StoreError> {
        let name = name.clone();
        self.write_access(move |writing| {
            let connection = &mut *writing.connection;
            let role: Option<Role> =
                accounts::table.find(&name).select(accounts::role).first(connection).optional()?;
            match role {
                None => return Ok(Removed::Unknown),
                Some(Role::Owner) if owners(connection)? == 1 && !even_the_last_owner => {
                    return Ok(Removed::LastOwner);
                }
                Some(_) => {}
            }
            diesel::delete(accounts::table.find(&name)).execute(connection)?;
            Ok(Removed::Done)
        })
        .await
    }
}

pub(super) fn owners(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    Ok(accounts::table.filter(accounts::role.eq(Role::Owner)).count().get_result(connection)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::new_store;

    fn named(name: &str) -> AccountName {
        AccountName::parse(name).expect("valid")
    }

    #[tokio::test]
    async fn there_is_one_first_owner_and_the_last_one_does_not_go_unnoticed() {
        let (_folder, store) = new_store();
        let (mira, budi) = (named("mira"), named("budi"));
        assert_eq!(store.add_account(&budi, Role::Moderator, "b", Stamp(1)).await, Ok(Added::Done));
        assert_eq!(store.add_account(&budi, Role::Owner, "x", Stamp(2)).await, Ok(Added::Taken));
        assert_eq!(store.add_first_owner(&mira, "m", Stamp(3)).await, Ok(true));
        assert_eq!(store.add_first_owner(&budi, "x", Stamp(4)).await, Ok(false), "there is one");
        assert_eq!(store.password_hash(&budi).await, Ok(Some("b".to_owned())), "and nothing was changed");
        let known = store.accounts().await.expect("readable");
        let known: Vec<_> = known.iter().map(|account| (account.name.as_str(), account.role)).collect();
        assert_eq!(known, [("budi", Role::Moderator), ("mira", Role::Owner)]);

        assert_eq!(store.remove_account(&mira, false).await, Ok(Removed::LastOwner));
        assert_eq!(store.remove_account(&named("ana"), false).await, Ok(Removed::Unknown));
        assert_eq!(store.remove_account(&budi, false).await, Ok(Removed::Done));
        assert_eq!(store.remove_account(&mira, true).await, Ok(Removed::Done));
        assert_eq!(store.accounts().await, Ok(vec![]));
    }
}
