//! Leaderboards of many sessions, added up once and kept while they are looked at.
//!
//! The packed boards of finished sessions are added up when somebody asks, and the sum is kept under
//! the versions of what it was made from: a session that is deleted, priced anew, rebuilt or otherwise
//! changed has another version, so nothing has to be told of a change. Running sessions are added on
//! top at each question. What is kept is bounded, and let go when nobody asked for some minutes.

use crate::analytics::board::Board;
use crate::domain::gift::TierLimits;
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use crate::store::boards::{BoardScope, BoardSession};
use crate::store::{Store, StoreError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Sums that are kept at most: those of 7 and 30 days with the days before them.
const MOST_KEPT: usize = 4;

/// Gifters in all kept sums at most; each takes some 150 bytes.
const MOST_GIFTERS: usize = 120_000;

/// A sum that nobody asked for in this long is let go, in milliseconds.
const UNUSED_MS: i64 = 3 * 60_000;

/// The boards of one database.
#[derive(Debug, Default)]
pub struct Boards(Mutex<Vec<Kept>>);

#[derive(Debug)]
struct Kept {
    of: Sum,
    board: Arc<Board>,
    used_at: Stamp,
}

/// What a sum was made from: finished sessions with the versions of their boards.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sum {
    sessions: Vec<(SessionId, i64)>,
    tiers: TierLimits,
}

impl Boards {
    /// Who gave most in the sessions of `scope`.
    ///
    /// # Errors
    ///
    /// If the database cannot answer.
    pub async fn board(
        &self,
        store: &Store,
        scope: &BoardScope,
        tiers: TierLimits,
        now: Stamp,
    ) -> Result<Arc<Board>, StoreError> {
        let found = sessions(store, scope).await?;
        let kept = |session: &BoardSession| Some((session.id, session.version.filter(|_| session.ended)?));
        let of = Sum { sessions: found.iter().filter_map(kept).collect(), tiers };
        let others: Vec<_> =
            found.iter().filter(|session| kept(session).is_none()).map(|session| session.id).collect();
        let board = match self.take(&of, now) {
            Some(board) => board,
            None => {
                let sessions = of.sessions.iter().map(|(session, _)| *session).collect();
                let board = Arc::new(added(store, Board::new(tiers), sessions).await?);
                self.keep(of, &board, now);
                board
            }
        };
        if others.is_empty() {
            return Ok(board);
        }
        Ok(Arc::new(added(store, Arc::unwrap_or_clone(board), others).await?))
    }

    /// Lets go of what nobody asked for in the last minutes.
    pub fn let_go(&self, now: Stamp) {
        let mut kept = self.lock();
        kept.retain(|kept| now.ms_since(kept.used_at) < UNUSED_MS);
        kept.shrink_to_fit();
    }

    /// How many gifters the kept sums hold.
    #[cfg(test)]
    pub fn gifters_kept(&self) -> usize {
        self.lock().iter().map(|kept| kept.board.standings().len()).sum()
    }

    fn take(&self, of: &Sum, now: Stamp) -> Option<Arc<Board>> {
        let mut kept = self.lock();
        let found = kept.iter_mut().find(|kept| kept.of == *of)?;
        found.used_at = now;
        Some(Arc::clone(&found.board))
    }

    /// One session is added up quickly enough each time.
    fn keep(&self, of: Sum, board: &Arc<Board>, now: Stamp) {
        let mut kept = self.lock();
        if of.sessions.len() < 2 || kept.iter().any(|kept| kept.of == of) {
            return;
        }
        kept.push(Kept { of, board: Arc::clone(board), used_at: now });
        let gifters = |kept: &[Kept]| kept.iter().map(|kept| kept.board.standings().len()).sum::<usize>();
        while kept.len() > MOST_KEPT || gifters(&kept) > MOST_GIFTERS {
            let oldest = (0..kept.len()).min_by_key(|index| kept[*index].used_at);
            kept.swap_remove(oldest.expect("there is something to let go"));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        // A list of sums is whole at every step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the boards of finished sessions that have none, one after the other; `false` from
/// `go_on` stops it.
///
/// # Errors
///
/// If the database cannot be read or written.
pub async fn make_missing(store: &Store, go_on: impl Fn() -> bool) -> Result<(), StoreError> {
    let all = BoardScope::Stretch { from: Stamp(i64::MIN), to: Stamp(i64::MAX), creator: None };
    for session in store.board_sessions(&all).await?.iter().filter(|session| is_missing(session)) {
        if !go_on() {
            break;
        }
        store.keep_board(session.id).await?;
    }
    Ok(())
}

/// The sessions of `scope`, each that is over with its board.
async fn sessions(store: &Store, scope: &BoardScope) -> Result<Vec<BoardSession>, StoreError> {
    let found = store.board_sessions(scope).await?;
    if !found.iter().any(is_missing) {
        return Ok(found);
    }
    for session in found.iter().filter(|session| is_missing(session)) {
        store.keep_board(session.id).await?;
    }
    store.board_sessions(scope).await
}

const fn is_missing(session: &BoardSession) -> bool {
    session.ended && session.version.is_none()
}

async fn added(store: &Store, sum: Board, sessions: Vec<SessionId>) -> Result<Board, StoreError> {
    let mut board = store.add_boards(sessions, sum, Board::add).await?;
    board.rank();
    Ok(board)
}
