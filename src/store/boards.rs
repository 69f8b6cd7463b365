//! What the gifters of a session add up to, packed into one row for each finished session.
//!
//! Adding up ninety days from the tables means visiting half a million rows by their text keys; a
//! packed session of two thousand gifters is one row of some 75 KiB, whose first gifters are read without
//! the others. A row is made when the session ends. Triggers of the database remove it with any change of
//! what it was made from, by whoever, and [`Store::keep_board`] makes it again; so a row that is there
//! equals a recount, and its version says whether it is the same as before. A running session is always
//! read from the tables.

use super::packed_board::{self, PackedBoard, unpack};
use super::people::{Person, named};
use super::schema::{gift_contributions, session_boards, session_people, sessions};
use super::{Store, StoreError, gifts};
use crate::domain::board::{BoardGift, BoardGifter, BoardGiven, SessionBoard};
use crate::domain::handle::Handle;
use crate::domain::ids::{GiftId, SessionId, UserId};
use crate::domain::time::Stamp;
use crate::domain::totals::GifterTotal;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use std::cmp::Reverse;
use std::collections::HashMap;

/// Which sessions a board is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BoardScope {
    Session(SessionId),
    /// Those that began from `from` up to before `to`, of one creator or all.
    Stretch {
        from: Stamp,
        to: Stamp,
        creator: Option<Handle>,
    },
}

/// A gifter of one session with the names used last.
#[derive(Clone, Debug, PartialEq)]
pub struct Gifter {
    pub total: GifterTotal,
    pub display_id: String,
    pub nickname: String,
    pub biggest_gift_name: String,
}

/// A session of a board, and whether its board is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoardSession {
    pub id: SessionId,
    pub ended: bool,
    /// Of the kept board; another number means that the session changed.
    pub version: Option<i64>,
}

impl Store {
    /// The sessions of `scope`, oldest first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn board_sessions(&self, scope: &BoardScope) -> Result<Vec<BoardSession>, StoreError> {
        let scope = scope.clone();
        self.read(move |connection| {
            let found = sessions::table
                .left_join(session_boards::table)
                .order((sessions::start_time, sessions::session_id))
                .select((
                    sessions::session_id,
                    sessions::end_time.is_not_null(),
                    session_boards::version.nullable(),
                ))
                .into_boxed();
            let found = match scope {
                BoardScope::Session(session) => found.filter(sessions::session_id.eq(session)),
                BoardScope::Stretch { from, to, creator } => {
                    let began =
                        found.filter(sessions::start_time.ge(from)).filter(sessions::start_time.lt(to));
                    match creator {
                        Some(creator) => began.filter(sessions::account_username.eq(creator)),
                        None => began,
                    }
                }
            };
            let rows: Vec<(SessionId, bool, Option<i64>)> = found.load(connection)?;
            Ok(rows.into_iter().map(|(id, ended, version)| BoardSession { id, ended, version }).collect())
        })
        .await
    }

    /// What everyone gave in a session, most diamonds first.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn session_board(&self, session: SessionId) -> Result<SessionBoard, StoreError> {
        self.read(move |connection| board(connection, session, usize::MAX)).await
    }

    /// The gifters of a session, most diamonds first, so many at most.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn gifters(&self, session: SessionId, most: usize) -> Result<Vec<Gifter>, StoreError> {
        self.read(move |connection| {
            let board = board(connection, session, most)?;
            let users: Vec<UserId> = board.gifters.iter().map(|gifter| gifter.total.user).collect();
            let people = named(connection, &users)?;
            let people: HashMap<UserId, Person> =
                people.into_iter().map(|person| (person.id, person)).collect();
            Ok(board.gifters.iter().map(|gifter| with_names(gifter, &people, &board.gifts)).collect())
        })
        .await
    }

    /// Hands the boards of `sessions` to `add`, one after the other so that they are not in memory
    /// together, and returns what that made of `sum`.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn add_boards<T: Send + 'static>(
        &self,
        sessions: Vec<SessionId>,
        mut sum: T,
        add: fn(&mut T, &SessionBoard),
    ) -> Result<T, StoreError> {
        self.read(move |connection| {
            for session in sessions {
                add(&mut sum, &board(connection, session, usize::MAX)?);
            }
            Ok(sum)
        })
        .await
    }

    /// Makes the board of a finished session, unless it is kept already.
    ///
    /// # Errors
    ///
    /// As any change of the database.
    pub async fn keep_board(&self, session: SessionId) -> Result<(), StoreError> {
        self.write(move |writing| {
            let connection = &mut *writing.connection;
            let (true, None) = kept(connection, session)? else { return Ok(()) };
            keep(connection, session)
        })
        .await
    }
}

/// Makes the board of a session from its tables, in place of the one before.
pub(super) fn keep(connection: &mut SqliteConnection, session: SessionId) -> Result<(), StoreError> {
    let packed = PackedBoard::new(&counted(connection, session)?);
    diesel::delete(session_boards::table.filter(session_boards::session_id.eq(session)))
        .execute(connection)?;
    diesel::insert_into(session_boards::table)
        .values((
            session_boards::session_id.eq(session),
            session_boards::first_gifters.eq(packed.first_gifters),
            session_boards::other_gifters.eq(packed.other_gifters),
        ))
        .execute(connection)?;
    Ok(())
}

fn with_names(gifter: &BoardGifter, people: &HashMap<UserId, Person>, gifts: &[BoardGift]) -> Gifter {
    let total = gifter.total;
    let person = people.get(&total.user);
    let biggest = gifts.iter().find(|gift| gift.gift == total.biggest_gift);
    Gifter {
        total,
        display_id: person.map(|person| person.display_id.clone()).unwrap_or_default(),
        nickname: person.map(|person| person.nickname.clone()).unwrap_or_default(),
        biggest_gift_name: biggest.map(|gift| gift.name.clone()).unwrap_or_default(),
    }
}

/// The first `most` gifters of a session by their diamonds, with what they gave.
fn board(
    connection: &mut SqliteConnection,
    session: SessionId,
    most: usize,
) -> Result<SessionBoard, StoreError> {
    // What somebody did last may change while it runs without a gift, so that no trigger fires.
    let mut board = match kept(connection, session)? {
        (true, Some(kept)) if most <= packed_board::FIRST => unpack(&kept.first_gifters, None)?,
        (true, Some(kept)) => {
            let others = session_boards::table.find(kept.version).select(session_boards::other_gifters);
            unpack(&kept.first_gifters, Some(&others.first::<Vec<u8>>(connection)?))?
        }
        _ => counted(connection, session)?,
    };
    board.gifters.truncate(most);
    Ok(board)
}

#[derive(Queryable)]
struct KeptBoard {
    version: i64,
    first_gifters: Vec<u8>,
}

/// Whether a session is known to have ended, and its board if that is kept.
fn kept(
    connection: &mut SqliteConnection,
    session: SessionId,
) -> Result<(bool, Option<KeptBoard>), StoreError> {
    Ok(sessions::table
        .left_join(session_boards::table)
        .filter(sessions::session_id.eq(session))
        .select((
            sessions::end_time.is_not_null(),
            (session_boards::version, session_boards::first_gifters).nullable(),
        ))
        .first(connection)
        .optional()?
        .unwrap_or_default())
}

/// The board as the tables have it.
fn counted(connection: &mut SqliteConnection, session: SessionId) -> Result<SessionBoard, StoreError> {
    let gifts: Vec<BoardGift> = gifts::gift_totals(connection, session)?
        .into_iter()
        .map(|gift| BoardGift { gift: gift.gift, name: gift.name, unit_diamonds: gift.value.diamonds })
        .collect();
    let position: HashMap<GiftId, u32> = gifts.iter().map(|gift| gift.gift).zip(0..).collect();
    let mut given = gifts::given(connection, session)?;
    given.retain(|given| position.contains_key(&given.gift));
    given.sort_unstable_by_key(|given| (given.user, given.gift));
    let last_seen: HashMap<UserId, Stamp> = gift_contributions::table
        .inner_join(
            session_people::table.on(session_people::session_id
                .eq(gift_contributions::session_id)
                .and(session_people::user_id.eq(gift_contributions::user_id))),
        )
        .filter(gift_contributions::session_id.eq(session))
        .select((session_people::user_id, session_people::last_at))
        .load(connection)?
        .into_iter()
        .collect();
    let mut totals = gifts::gifter_totals(connection, session)?;
    totals.sort_unstable_by_key(|total| (Reverse(total.diamonds), Reverse(total.units), total.user));
    let mut board = SessionBoard { gifts, ..SessionBoard::default() };
    for mut total in totals {
        let from = given.partition_point(|given| given.user < total.user);
        let mine = given[from..].iter().take_while(|given| given.user == total.user);
        let before = board.given.len();
        board
            .given
            .extend(mine.map(|given| BoardGiven { gift: position[&given.gift], diamonds: given.diamonds }));
        total.gift_types = (board.given.len() - before) as i64;
        let last_seen = last_seen.get(&total.user).copied().unwrap_or(total.last_gift_at);
        board.gifters.push(BoardGifter { total, last_seen });
    }
    Ok(board)
}
