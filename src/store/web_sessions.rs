//! Browsers in which somebody is logged in, and what the gate keeps in memory of everybody.

use super::accounts::owners;
use super::schema::{access_tokens, accounts, web_sessions};
use super::tokens::{EXPIRED_FOR_MS, Token, forget_expired, tokens};
use super::{Store, StoreError};
use crate::domain::access::{AccountName, Role, SecretHash};
use crate::domain::time::Stamp;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

/// So many browsers of one account; the one unused for longest is logged out for another.
const MOST_OF_ACCOUNT: i64 = 50;

/// What a browser says of itself is cut here, in characters.
const MAX_AGENT_CHARS: usize = 200;

/// A browser in which somebody is logged in.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct WebSession {
    pub id: i64,
    pub hash: SecretHash,
    pub account: AccountName,
    pub role: Role,
    pub created_at: Stamp,
    /// A minute late at most.
    pub last_seen: Stamp,
    /// However much it is used.
    pub ends_at: Stamp,
    /// From where it was begun.
    pub address: String,
    /// What the browser said of itself.
    pub agent: String,
}

/// Somebody who logged in just now.
#[derive(Clone, Debug)]
pub struct NewWebSession {
    pub hash: SecretHash,
    pub account: AccountName,
    pub now: Stamp,
    pub ends_at: Stamp,
    pub address: String,
    pub agent: String,
}

/// Everything that says who may see what.
#[derive(Clone, Debug, Default)]
pub struct Admitted {
    pub has_owner: bool,
    pub sessions: Vec<WebSession>,
    pub tokens: Vec<Token>,
}

impl Store {
    /// Everything that says who may see what, to be kept in memory until [`Self::access_changes`].
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn admitted(&self) -> Result<Admitted, StoreError> {
        self.read(|connection| {
            Ok(Admitted {
                has_owner: owners(connection)? > 0,
                sessions: sessions(connection)?,
                tokens: tokens(connection)?,
            })
        })
        .await
    }

    /// The browsers in which somebody is logged in, the one seen last first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn web_sessions(&self) -> Result<Vec<WebSession>, StoreError> {
        self.read(sessions).await
    }

    /// Logs a browser in. `None` if the account is gone.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn begin_web_session(&self, new: NewWebSession) -> Result<Option<i64>, StoreError> {
        let agent: String = new.agent.chars().filter(|c| !c.is_control()).take(MAX_AGENT_CHARS).collect();
        self.write_access(move |writing| {
            let connection = &mut *writing.connection;
            if accounts::table.find(&new.account).count().get_result::<i64>(connection)? == 0 {
                return Ok(None);
            }
            let unused: Vec<i64> = web_sessions::table
                .filter(web_sessions::account.eq(&new.account))
                .order((web_sessions::last_seen.desc(), web_sessions::web_session_id.desc()))
                .select(web_sessions::web_session_id)
                .limit(-1)
                .offset(MOST_OF_ACCOUNT - 1)
                .load(connection)?;
            diesel::delete(web_sessions::table.filter(web_sessions::web_session_id.eq_any(unused)))
                .execute(connection)?;
            let id = diesel::insert_into(web_sessions::table)
                .values((
                    web_sessions::hash.eq(new.hash),
                    web_sessions::account.eq(&new.account),
                    web_sessions::created_at.eq(new.now),
                    web_sessions::last_seen.eq(new.now),
                    web_sessions::ends_at.eq(new.ends_at),
                    web_sessions::address.eq(&new.address),
                    web_sessions::agent.eq(&agent),
                ))
                .returning(web_sessions::web_session_id)
                .get_result(connection)?;
            Ok(Some(id))
        })
        .await
    }

    /// Logs one browser out. `None` if it was not logged in, else whose it was.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn end_web_session(&self, id: i64) -> Result<Option<AccountName>, StoreError> {
        self.write_access(move |writing| {
            let ended = diesel::delete(web_sessions::table.find(id)).returning(web_sessions::account);
            Ok(ended.get_result(writing.connection).optional()?)
        })
        .await
    }

    /// Keeps when sessions of browsers and tokens, by their numbers, were used last; forgets sessions that
    /// ended or were last used before `unused_since`, and tokens that expired [`EXPIRED_FOR_MS`] ago: until then
    /// their owner may look why a link opens nothing any more.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn tend_access(
        &self,
        seen: Vec<(i64, Stamp)>,
        used: Vec<(i64, Stamp)>,
        now: Stamp,
        unused_since: Stamp,
    ) -> Result<(), StoreError> {
        self.write(move |writing| {
            let connection = &mut *writing.connection;
            for (id, at) in &seen {
                diesel::update(web_sessions::table.find(id))
                    .set(web_sessions::last_seen.eq(at))
                    .execute(connection)?;
            }
            for (id, at) in &used {
                diesel::update(access_tokens::table.find(id))
                    .set(access_tokens::last_used.eq(at))
                    .execute(connection)?;
            }
            let over = web_sessions::ends_at.le(now).or(web_sessions::last_seen.lt(unused_since));
            diesel::delete(web_sessions::table.filter(over)).execute(connection)?;
            forget_expired(connection, now - EXPIRED_FOR_MS)?;
            Ok(())
        })
        .await
    }
}

fn sessions(connection: &mut SqliteConnection) -> Result<Vec<WebSession>, StoreError> {
    Ok(web_sessions::table
        .inner_join(accounts::table)
        .order((web_sessions::last_seen.desc(), web_sessions::web_session_id.desc()))
        .select((
            web_sessions::web_session_id,
            web_sessions::hash,
            web_sessions::account,
            accounts::role,
            web_sessions::created_at,
            web_sessions::last_seen,
            web_sessions::ends_at,
            web_sessions::address,
            web_sessions::agent,
        ))
        .load(connection)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::{Opens, SharedPage};
    use crate::domain::ids::SessionId;
    use crate::store::Opening;
    use crate::store::tokens::NewToken;
    use tempfile::TempDir;

    async fn new_store() -> (TempDir, Store, AccountName) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
        let mira = AccountName::parse("mira").expect("valid");
        store.add_first_owner(&mira, "m", Stamp(0)).await.expect("written");
        (folder, store, mira)
    }

    fn browser(account: &AccountName, number: u8, now: i64) -> NewWebSession {
        NewWebSession {
            hash: SecretHash([number; 32]),
            account: account.clone(),
            now: Stamp(now),
            ends_at: Stamp(now + 1_000),
            address: "192.168.1.4".to_owned(),
            agent: format!("Firefox\r\n{}", "x".repeat(500)),
        }
    }

    #[tokio::test]
    async fn a_browser_stays_logged_in_until_it_is_logged_out_or_its_account_changes() {
        let (_folder, store, mira) = new_store().await;
        let first = store.begin_web_session(browser(&mira, 1, 10)).await.expect("written").expect("known");
        store.begin_web_session(browser(&mira, 2, 11)).await.expect("written").expect("known");
        let there = store.web_sessions().await.expect("readable");
        let hashes: Vec<_> = there.iter().map(|session| session.hash).collect();
        assert_eq!(hashes, [SecretHash([2; 32]), SecretHash([1; 32])]);
        assert_eq!((there[0].role, there[0].agent.len()), (Role::Owner, 200));
        assert_eq!(store.end_web_session(first).await, Ok(Some(mira.clone())));
        assert_eq!(store.end_web_session(first).await, Ok(None));

        assert_eq!(store.set_password(&mira, "n").await, Ok(true));
        assert_eq!(store.web_sessions().await, Ok(vec![]), "another password logs out everywhere");
        store.begin_web_session(browser(&mira, 3, 12)).await.expect("written").expect("known");
        store.remove_account(&mira, true).await.expect("written");
        assert_eq!(store.web_sessions().await, Ok(vec![]));
        assert_eq!(store.begin_web_session(browser(&mira, 4, 13)).await, Ok(None), "the account is gone");
    }

    #[tokio::test]
    async fn what_is_over_or_long_unused_is_forgotten_and_use_is_kept() {
        let (_folder, store, mira) = new_store().await;
        let mut ids = Vec::new();
        for (number, now) in [(1, 0), (2, 500), (3, 900)] {
            ids.push(store.begin_web_session(browser(&mira, number, now)).await.expect("written"));
        }
        let opens = Opens::Share { page: SharedPage::Session(SessionId(7)) };
        for (number, expires_at) in [(8, Stamp(1_000) - EXPIRED_FOR_MS), (9, Stamp(950))] {
            let (hash, label, expires_at) = (SecretHash([number; 32]), String::new(), Some(expires_at));
            let new = NewToken { hash, opens: opens.clone(), label, expires_at, pin: None };
            store.add_token(new, Stamp(0)).await.expect("written").expect("room");
        }
        let seen = vec![(ids[1].expect("begun"), Stamp(990))];
        store.tend_access(seen, Vec::new(), Stamp(1_000), Stamp(800)).await.expect("written");
        let left = store.admitted().await.expect("readable");
        let left: Vec<_> = left.sessions.iter().map(|session| (session.id, session.last_seen)).collect();
        assert_eq!(left, [(ids[1].expect("begun"), Stamp(990)), (ids[2].expect("begun"), Stamp(900))]);
        let listed = store.tokens().await.expect("readable");
        let listed: Vec<_> = listed.iter().map(|token| token.expires_at).collect();
        assert_eq!(listed, [Some(Stamp(950))], "its owner may look for a while why a link ended");
    }

    #[tokio::test]
    async fn an_account_is_in_a_bounded_number_of_browsers() {
        let (_folder, store, mira) = new_store().await;
        for number in 0..60 {
            store.begin_web_session(browser(&mira, number, i64::from(number))).await.expect("written");
        }
        let there = store.web_sessions().await.expect("readable");
        assert_eq!((there.len(), there[0].hash), (50, SecretHash([59; 32])));
    }
}
