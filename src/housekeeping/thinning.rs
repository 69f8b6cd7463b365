//! Removing the raw events of old sessions, once a recount has agreed with everything that is kept beside
//! them. What is kept is held against a checksum from then on.

use super::Trouble;
use super::pace::{Pace, Step};
use super::schedule::Done;
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use crate::reports::recount;
use crate::store::Store;
use tracing::{info, warn};

/// Thins the sessions that ended before `before`. A session whose recount differs is left alone, so that it
/// can be repaired from its events.
///
/// # Errors
///
/// Any [`Trouble`]; what is done stays done, and the next call takes up from there.
pub async fn thin(store: &Store, before: Stamp, now: Stamp, pace: &Pace) -> Result<Done, Trouble> {
    let mut done = Done::default();
    for session in store.half_thinned().await? {
        remove_events(store, session, pace).await?;
        done.done += 1;
    }
    for session in store.to_be_thinned(before).await? {
        let Some(agreed) = agreed(store, session).await? else {
            warn!(%session, "Session {session} keeps its raw events: a recount of them differs; see `pasut check`");
            done.left_alone += 1;
            continue;
        };
        pace.done(Step::Recounted).await?;
        if !store.thin(session, now, agreed).await? {
            // It was priced anew or repaired in between; another run looks at it again.
            continue;
        }
        pace.done(Step::Thinned).await?;
        remove_events(store, session, pace).await?;
        info!(%session, "The raw events of session {session} were removed; everything else of it is kept");
        done.done += 1;
    }
    Ok(done)
}

/// The checksum of what is kept of a session beside its events, if a recount of them agrees with it.
async fn agreed(store: &Store, session: SessionId) -> Result<Option<String>, Trouble> {
    let checksum = store.checksum(session).await?;
    let Some(found) = store.session(session).await? else { return Ok(None) };
    let Some(recount) = recount::recount(store, &found).await? else { return Ok(None) };
    Ok((recount.is_complete() && recount.differences().is_empty()).then_some(checksum))
}

async fn remove_events(store: &Store, session: SessionId, pace: &Pace) -> Result<(), Trouble> {
    while store.remove_events(session).await? {
        pace.done(Step::EventsRemoved).await?;
    }
    Ok(())
}
