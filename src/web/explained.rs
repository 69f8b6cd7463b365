//! Why viewers changed, for a page and for the JSON beside it: of a session that is recorded now, the
//! snapshot everyone sees; of any other, the report.

use super::error::Trouble;
use super::state::AppState;
use crate::domain::answer::{Answer, Changed};
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::reports::explain;
use std::sync::Arc;

/// The answer for a session; `None` if there is none yet, or nothing to answer from.
pub async fn answer(state: &AppState, session: &Session) -> Result<Option<Arc<Answer>>, Trouble> {
    if let Some(live) = state.recorder.session(session.id)
        && live.ended_at.is_none()
    {
        return Ok(live.answer.clone());
    }
    Ok(explain::answer(&state.store, session).await?.map(Arc::new))
}

/// What changed between two moments of a session; `None` if that cannot be said (yet, or any more).
pub async fn what_changed(
    state: &AppState,
    session: &Session,
    from: Stamp,
    to: Stamp,
) -> Result<Option<Changed>, Trouble> {
    if state.recorder.session(session.id).is_some_and(|live| live.ended_at.is_none()) {
        return Ok(state.recorder.what_changed(session.id, from, to).await);
    }
    Ok(explain::what_changed(&state.store, session, from, to).await?)
}
