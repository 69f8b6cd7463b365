//! What was left undone: sessions that nobody explained, packed or made a leaderboard of, and people who
//! are to be erased.

use super::schedule::Done;
use super::{Parts, Trouble};
use crate::domain::ids::SessionId;
use crate::memory;
use crate::reports;
use crate::reports::explain::ExplainError;
use crate::store::Store;
use crate::store::erasure::Erased;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;
use tracing::{info, warn};

/// Sessions that could not be explained, which are not tried again before a restart.
#[derive(Debug, Default)]
pub struct Unexplained(Mutex<HashSet<SessionId>>);

/// Explains sessions that nobody explained when they ended: a capture, a push, the demo's past, one
/// that Pasut did not see end. It rests twice as long as it works.
pub async fn explain(parts: &Parts, failed: &Unexplained) -> Result<Done, Trouble> {
    let mut done = Done::default();
    for id in parts.store.unanswered_sessions().await? {
        let began = Instant::now();
        if failed.lock().contains(&id) {
            continue;
        }
        match explain_one(&parts.store, id).await {
            Ok(()) => done.done += 1,
            Err(err) => {
                warn!(session = %id, %err, "Session {id} stays unexplained: {err}");
                failed.lock().insert(id);
                done.left_alone += 1;
            }
        }
        parts.rest(began.elapsed() * 2).await?;
    }
    Ok(done)
}

/// Packs the events of sessions whose packing was interrupted.
pub async fn pack(parts: &Parts) -> Result<Done, Trouble> {
    let mut done = Done::default();
    for session in parts.store.unpacked_sessions().await? {
        parts.go_on()?;
        match parts.store.pack_events(session).await {
            Ok(()) => done.done += 1,
            Err(err) => {
                warn!(%session, %err, "Session {session} stays unpacked: {err}");
                done.left_alone += 1;
            }
        }
    }
    Ok(done)
}

/// Makes the boards of sessions that an earlier version recorded.
pub async fn make_boards(parts: &Parts) -> Result<Done, Trouble> {
    reports::boards::make_missing(&parts.store, || !parts.stop.is_cancelled()).await?;
    Ok(Done::default())
}

/// Lets go of sums of boards and of insights that nobody looks at any more, and gives freed memory back.
pub async fn let_go(parts: &Parts) -> Done {
    let now = parts.clock.wall();
    parts.boards.let_go(now);
    parts.remembered.let_go(now);
    // It cannot fail; a runtime that stops may refuse it.
    drop(tokio::task::spawn_blocking(memory::tidy).await);
    Done::default()
}

/// Erases people who asked for it, from what has ended at once and from what runs when it ends.
pub async fn erase(parts: &Parts) -> Result<Done, Trouble> {
    let mut done = Done::default();
    for erasure in parts.store.erasures().await? {
        parts.recorder.erase(&erasure);
        if let Err(err) = parts.avatars.forget(erasure.user) {
            warn!(%err, "The picture of somebody who is erased stays, and is tried again: {err}");
            continue;
        }
        match parts.store.erase(&erasure).await {
            Ok(Erased::Everywhere) => {
                info!("Somebody was erased, as it was asked for");
                done.done += 1;
            }
            Ok(Erased::ButForRunning) => {}
            Err(err) => {
                warn!(%err, "An erasure is not complete and is tried again: {err}");
                done.left_alone += 1;
            }
        }
    }
    Ok(done)
}

impl Unexplained {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<SessionId>> {
        // A set of numbers is whole at every step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn explain_one(store: &Store, id: SessionId) -> Result<(), ExplainError> {
    let Some(session) = store.session(id).await? else { return Ok(()) };
    reports::explain::answer(store, &session).await.map(drop)
}
