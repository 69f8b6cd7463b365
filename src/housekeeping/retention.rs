//! How long what is recorded is kept, as the user set it, and what leaves when.

use crate::domain::ids::SessionId;
use crate::domain::keeping::{Keeping, RAW_EVENTS, SESSIONS, parse_days};
use crate::domain::time::Stamp;
use crate::store::{Store, StoreError};

/// How long what is recorded is kept, as it was set, or the usual.
///
/// # Errors
///
/// If the database cannot be read.
pub async fn keeping(store: &Store) -> Result<Keeping, StoreError> {
    let (saved, usual) = (store.settings().await?, Keeping::default());
    let days = |name, usual| saved.get(name).and_then(|text| parse_days(text)).unwrap_or(usual);
    Ok(Keeping { days: days(SESSIONS, usual.days), raw_days: days(RAW_EVENTS, usual.raw_days) })
}

/// What a run of the chores at some moment will do, as it looks now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coming {
    pub sessions: i64,
    /// When the first and the last of them began.
    pub from: Stamp,
    pub to: Stamp,
}

/// The sessions whose details will leave when they are archived at `at`; `None` if there are none.
///
/// # Errors
///
/// If the database cannot be read.
pub async fn leaving_at(store: &Store, keeping: Keeping, at: Stamp) -> Result<Option<Coming>, StoreError> {
    let Some(before) = keeping.leaves_before(at) else { return Ok(None) };
    coming(store, &store.to_leave(before, i64::MAX).await?).await
}

/// The sessions whose raw events will go when old ones are thinned at `at`; `None` if there are none.
///
/// # Errors
///
/// If the database cannot be read.
pub async fn thinned_at(store: &Store, keeping: Keeping, at: Stamp) -> Result<Option<Coming>, StoreError> {
    let Some(before) = keeping.thinned_before(at) else { return Ok(None) };
    coming(store, &store.to_be_thinned(before).await?).await
}

async fn coming(store: &Store, sessions: &[SessionId]) -> Result<Option<Coming>, StoreError> {
    let (Some(first), Some(last)) = (sessions.first(), sessions.last()) else { return Ok(None) };
    let (first, last) = (store.session(*first).await?, store.session(*last).await?);
    Ok(first.zip(last).map(|(first, last)| Coming {
        sessions: i64::try_from(sessions.len()).unwrap_or(i64::MAX),
        from: first.start.recorded_from,
        to: last.start.recorded_from,
    }))
}
