//! Why viewers changed, in sessions that were recorded.
//!
//! The answer that was given when a session ended is the one that is told ever after. Where none was
//! given (a capture, a push, a session that Pasut did not see end), it is worked out from the raw
//! events the first time somebody asks, and kept. Sessions that are recorded now are explained by
//! the recorder.

use crate::analytics::drivers;
use crate::analytics::drivers::observations::Observations;
use crate::domain::answer::{Answer, Changed, PooledAnswer};
use crate::domain::handle::Handle;
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::store::{Store, StoreError};
use tracing::{error, warn};

#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Report it.
    #[error(
        "Why viewers changed could not be worked out. Nothing recorded is affected; the log says more, \
         please report it."
    )]
    Failed,
}

/// The answer for one session; `None` if there is nothing to answer from.
///
/// # Errors
///
/// If the database cannot answer, or the analysis fails.
pub async fn answer(store: &Store, session: &Session) -> Result<Option<Answer>, ExplainError> {
    let kept = store.answer(session.id).await?;
    complete(store, session, kept).await
}

/// The answers for a creator's newest 400 sessions that began from `from` up to before `to` and have
/// ended, oldest first; sessions without an answer are left out.
///
/// # Errors
///
/// If the database cannot answer, or the analysis fails.
pub async fn answers(
    store: &Store,
    creator: &Handle,
    from: Stamp,
    to: Stamp,
) -> Result<Vec<(Session, Answer)>, ExplainError> {
    let mut answers = Vec::new();
    for (session, kept) in store.answers_of(creator, from, to).await? {
        if session.ended_at.is_some()
            && let Some(answer) = complete(store, &session, kept).await?
        {
            answers.push((session, answer));
        }
    }
    Ok(answers)
}

/// The answer over the sessions that [`answers`] gives.
///
/// # Errors
///
/// If the database cannot answer, or the analysis fails.
pub async fn pooled(
    store: &Store,
    creator: &Handle,
    from: Stamp,
    to: Stamp,
) -> Result<PooledAnswer, ExplainError> {
    let answers: Vec<Answer> =
        answers(store, creator, from, to).await?.into_iter().map(|(_, answer)| answer).collect();
    work_out(move || drivers::pool(&answers)).await
}

/// What changed between two moments of a session; `None` if its raw events are gone.
///
/// # Errors
///
/// If the database cannot answer, or the analysis fails.
pub async fn what_changed(
    store: &Store,
    session: &Session,
    from: Stamp,
    to: Stamp,
) -> Result<Option<Changed>, ExplainError> {
    let Some(observed) = observed(store, session).await? else { return Ok(None) };
    let past = store.past_slopes(&session.start.creator, session.start.recorded_from).await?;
    work_out(move || drivers::what_changed(&observed, &past, from, to)).await.map(Some)
}

/// The kept answer if it is the last word on the session, else one from its raw events.
async fn complete(
    store: &Store,
    session: &Session,
    kept: Option<Answer>,
) -> Result<Option<Answer>, ExplainError> {
    let is_last_word = |kept: &Answer| session.ended_at.is_none_or(|ended| kept.at >= ended);
    if kept.as_ref().is_some_and(is_last_word) {
        return Ok(kept);
    }
    let Some(observed) = observed(store, session).await? else { return Ok(kept) };
    let until = session.ended_at.unwrap_or(session.counted_to);
    let past = store.past_slopes(&session.start.creator, session.start.recorded_from).await?;
    let answer = work_out(move || drivers::explain(&observed, until, &past)).await?;
    if session.ended_at.is_some()
        && let Err(err) = store.keep_answer(session.id, &answer).await
    {
        warn!(session = %session.id, %err, "The answer for session {} could not be stored: {err}", session.id);
    }
    Ok(Some(answer))
}

/// What the raw events of a session say; `None` if there are none.
async fn observed(store: &Store, session: &Session) -> Result<Option<Observations>, StoreError> {
    let mut observed = Observations::new(session.start.recorded_from, session.start.host);
    let mut after = 0;
    loop {
        let events = store.events(session.id, after, &[]).await?;
        let Some(newest) = events.last() else { break };
        after = newest.number;
        events.iter().for_each(|event| observed.take(event));
    }
    Ok((after > 0).then_some(observed))
}

/// Works something out on a thread where it keeps nobody waiting.
async fn work_out<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ExplainError> {
    tokio::task::spawn_blocking(work).await.map_err(|panic| {
        error!(%panic, "A session could not be explained: {panic}");
        ExplainError::Failed
    })
}
