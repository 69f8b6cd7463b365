//! Tokens, each of which opens one thing. Their secrets are not here, only the hashes of them.

use super::schema::access_tokens;
use super::{Store, StoreError};
use crate::domain::access::{Opens, Role, SecretHash, SharedPage, Widget, label};
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::time::{DAY_MS, Stamp};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

/// All are kept in memory, so there are so many at most.
pub const MOST_TOKENS: i64 = 500;

/// A token that expired opens nothing, and is still listed for so long.
pub const EXPIRED_FOR_MS: i64 = 30 * DAY_MS;

/// A token somebody made and nobody revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub id: i64,
    pub hash: SecretHash,
    pub opens: Opens,
    pub label: String,
    pub created_at: Stamp,
    pub expires_at: Option<Stamp>,
    /// A minute late at most.
    pub last_used: Option<Stamp>,
    /// What Argon2id made of the PIN that is asked for besides, of a link that is shared.
    pub pin: Option<String>,
}

impl Token {
    /// Whether it opens nothing any more.
    #[must_use]
    pub fn is_expired(&self, now: Stamp) -> bool {
        self.expires_at.is_some_and(|expires_at| expires_at <= now)
    }
}

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    pub hash: SecretHash,
    pub opens: Opens,
    pub label: String,
    pub expires_at: Option<Stamp>,
    pub pin: Option<String>,
}

impl Store {
    /// Keeps a new token and says its number. Those that expired make room for it. `None` if [`MOST_TOKENS`] are
    /// there even so.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn add_token(&self, new: NewToken, now: Stamp) -> Result<Option<i64>, StoreError> {
        self.write_access(move |writing| {
            let connection = &mut *writing.connection;
            let is_full = |connection: &mut SqliteConnection| {
                access_tokens::table.count().get_result(connection).map(|there: i64| there >= MOST_TOKENS)
            };
            if is_full(connection)? {
                forget_expired(connection, now)?;
                if is_full(connection)? {
                    return Ok(None);
                }
            }
            let columns = Columns::of(&new.opens);
            let id = diesel::insert_into(access_tokens::table)
                .values((
                    access_tokens::hash.eq(new.hash),
                    access_tokens::kind.eq(columns.kind),
                    access_tokens::role.eq(columns.role),
                    access_tokens::creator.eq(columns.creator),
                    access_tokens::widget.eq(columns.widget),
                    access_tokens::of_session.eq(columns.of_session),
                    access_tokens::money.eq(columns.money),
                    access_tokens::label.eq(label(&new.label)),
                    access_tokens::created_at.eq(now),
                    access_tokens::expires_at.eq(new.expires_at),
                    access_tokens::pin.eq(&new.pin),
                ))
                .returning(access_tokens::token_id)
                .get_result(connection)?;
            Ok(Some(id))
        })
        .await
    }

    /// Every token, the newest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        self.read(tokens).await
    }

    /// The token whose secret has this hash, whether it expired or not.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn token_with(&self, hash: SecretHash) -> Result<Option<Token>, StoreError> {
        self.read(move |connection| {
            let row: Option<Row> =
                access_tokens::table.filter(access_tokens::hash.eq(hash)).first(connection).optional()?;
            row.map(token).transpose()
        })
        .await
    }

    /// Revokes a token: from now on it opens nothing. `None` if there is no such token, else what it was.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn revoke_token(&self, id: i64) -> Result<Option<Token>, StoreError> {
        self.write_access(move |writing| {
            let row: Option<Row> = access_tokens::table.find(id).first(writing.connection).optional()?;
            diesel::delete(access_tokens::table.find(id)).execute(writing.connection)?;
            row.map(token).transpose()
        })
        .await
    }
}

pub(super) fn tokens(connection: &mut SqliteConnection) -> Result<Vec<Token>, StoreError> {
    let rows: Vec<Row> = access_tokens::table.order(access_tokens::token_id.desc()).load(connection)?;
    rows.into_iter().map(token).collect()
}

/// Lets go of tokens that expired by `then`.
pub(super) fn forget_expired(connection: &mut SqliteConnection, then: Stamp) -> Result<(), StoreError> {
    diesel::delete(access_tokens::table.filter(access_tokens::expires_at.le(then))).execute(connection)?;
    Ok(())
}

const API: &str = "api";
const METRICS: &str = "metrics";
const PUSH: &str = "push";
const FEED: &str = "feed";
const OVERLAY: &str = "overlay";
const SHARE: &str = "share";

/// What a token opens, as it is kept.
#[derive(Default)]
struct Columns<'o> {
    kind: &'static str,
    role: Option<Role>,
    creator: Option<&'o Handle>,
    widget: Option<Widget>,
    of_session: Option<SessionId>,
    money: bool,
}

impl<'o> Columns<'o> {
    fn of(opens: &'o Opens) -> Self {
        let none = Self::default();
        match opens {
            Opens::Api { role } => Self { kind: API, role: Some(*role), ..none },
            Opens::Metrics => Self { kind: METRICS, ..none },
            Opens::Push { creator } => Self { kind: PUSH, creator: Some(creator), ..none },
            Opens::Feed { creator, role } => {
                Self { kind: FEED, creator: creator.as_ref(), role: Some(*role), ..none }
            }
            Opens::Overlay { creator, widget, money } => {
                Self { kind: OVERLAY, creator: Some(creator), widget: Some(*widget), money: *money, ..none }
            }
            Opens::Share { page: SharedPage::Live(creator) } => {
                Self { kind: SHARE, creator: Some(creator), ..none }
            }
            Opens::Share { page: SharedPage::Session(session) } => {
                Self { kind: SHARE, of_session: Some(*session), ..none }
            }
        }
    }
}

#[derive(Queryable)]
#[diesel(table_name = access_tokens)]
struct Row {
    id: i64,
    hash: SecretHash,
    kind: String,
    role: Option<Role>,
    creator: Option<Handle>,
    widget: Option<Widget>,
    of_session: Option<SessionId>,
    money: bool,
    label: String,
    created_at: Stamp,
    expires_at: Option<Stamp>,
    last_used: Option<Stamp>,
    pin: Option<String>,
}

fn token(row: Row) -> Result<Token, StoreError> {
    let opens = match (row.kind.as_str(), row.role, row.creator, row.widget, row.of_session) {
        (API, Some(role), ..) => Opens::Api { role },
        (METRICS, ..) => Opens::Metrics,
        (PUSH, _, Some(creator), ..) => Opens::Push { creator },
        (FEED, Some(role), creator, ..) => Opens::Feed { creator, role },
        (OVERLAY, _, Some(creator), Some(widget), _) => Opens::Overlay { creator, widget, money: row.money },
        (SHARE, _, Some(creator), ..) => Opens::Share { page: SharedPage::Live(creator) },
        (SHARE, _, None, _, Some(session)) => Opens::Share { page: SharedPage::Session(session) },
        (kind, ..) => return Err(StoreError::Corrupt(format!("a token of kind {kind:?} opens nothing"))),
    };
    Ok(Token {
        id: row.id,
        hash: row.hash,
        opens,
        label: row.label,
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used: row.last_used,
        pin: row.pin,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::new_store;

    fn new(number: u8, opens: Opens) -> NewToken {
        let label = format!("token\n{number}");
        NewToken { hash: SecretHash([number; 32]), opens, label, expires_at: None, pin: None }
    }

    #[tokio::test]
    async fn a_token_opens_what_it_was_made_for_until_it_is_revoked() {
        let (_folder, store) = new_store();
        let mira = || Handle::parse("mira").expect("valid");
        let all = [
            Opens::Api { role: Role::Moderator },
            Opens::Metrics,
            Opens::Push { creator: mira() },
            Opens::Feed { creator: None, role: Role::Owner },
            Opens::Feed { creator: Some(mira()), role: Role::Moderator },
            Opens::Overlay { creator: mira(), widget: Widget::LastGift, money: true },
            Opens::Share { page: SharedPage::Live(mira()) },
            Opens::Share { page: SharedPage::Session(SessionId(9)) },
        ];
        let mut changes = store.access_changes();
        for (number, opens) in (0..).zip(all.clone()) {
            let id = store.add_token(new(number, opens.clone()), Stamp(5)).await.expect("written");
            let kept = store.token_with(SecretHash([number; 32])).await.expect("readable").expect("kept");
            assert_eq!((Some(kept.id), kept.opens), (id, opens));
            assert_eq!((kept.label.as_str(), kept.created_at), (format!("token{number}").as_str(), Stamp(5)));
        }
        assert!(changes.has_changed().expect("the store is there"));
        changes.mark_unchanged();
        let tokens = store.tokens().await.expect("readable");
        assert_eq!(tokens.len(), all.len());
        assert_eq!(store.revoke_token(tokens[0].id).await, Ok(Some(tokens[0].clone())));
        assert!(changes.has_changed().expect("the store is there"), "whoever keeps them in memory is told");
        assert_eq!(store.revoke_token(tokens[0].id).await, Ok(None));
        assert_eq!(store.token_with(tokens[0].hash).await, Ok(None));
    }

    #[tokio::test]
    async fn tokens_that_expired_never_keep_one_from_being_made() {
        let (_folder, store) = new_store();
        let token = |number: i64, expires_at| {
            let mut hash = [0; 32];
            hash[..8].copy_from_slice(&number.to_le_bytes());
            NewToken { hash: SecretHash(hash), expires_at, ..new(0, Opens::Metrics) }
        };
        for number in 0..MOST_TOKENS {
            let expires_at = (number < 2).then_some(Stamp(9));
            assert!(store.add_token(token(number, expires_at), Stamp(5)).await.expect("written").is_some());
        }
        assert_eq!(store.add_token(token(-1, None), Stamp(8)).await, Ok(None), "all of them open something");
        assert!(store.add_token(token(-1, None), Stamp(9)).await.expect("written").is_some());
        assert_eq!(store.tokens().await.expect("readable").len() as i64, MOST_TOKENS - 1);
    }
}
