//! Applies prices the user set to what was recorded before, off the request path.
//!
//! What has to be done is in the store, a row for each session, so that a stop or a crash loses nothing.
//! A session that is over is done here; one that is recorded now is done by its watch, between two batches.

use super::shown::Shown;
use super::watch::Command;
use crate::analytics::recount::Recounting;
use crate::domain::event::Accounted;
use crate::domain::record::Batch;
use crate::domain::session::{Gap, Session};
use crate::domain::totals::IntervalRow;
use crate::store::revaluations::Which;
use crate::store::{Store, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// What the database refused is tried again after this.
const AGAIN: Duration = Duration::from_secs(60);

/// The task that values recorded sessions anew.
pub struct Revaluing<W> {
    /// The watches that there are.
    pub watches: W,
    pub store: Store,
    /// Somebody set a price, or a session changed hands.
    pub news: Arc<Notify>,
    pub stop: CancellationToken,
}

/// A watch, and how to tell it something.
pub struct Watched {
    pub shown: Arc<Shown>,
    pub commands: mpsc::Sender<Command>,
}

impl<W: Fn() -> Vec<Watched> + Send> Revaluing<W> {
    /// Works until Pasut stops.
    pub async fn run(self) {
        loop {
            if let Err(err) = self.work().await {
                warn!(%err, "Recorded gifts could not be valued at a new price yet: {err}");
            }
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = self.news.notified() => {}
                () = tokio::time::sleep(AGAIN) => {}
            }
        }
    }

    async fn work(&self) -> Result<(), StoreError> {
        for session in self.store.to_revalue().await? {
            if self.stop.is_cancelled() {
                return Ok(());
            }
            match self.store.revalue(session, Which::Over, recount).await {
                Ok(true) => info!(%session, "Session {session} is valued at the new price"),
                Ok(false) => {}
                Err(err) => {
                    warn!(%session, %err, "Session {session} could not be valued anew yet: {err}");
                }
            }
            let watches = (self.watches)();
            if let Some(watch) = watches.iter().find(|watch| watch.shown.session() == Some(session)) {
                // A watch that is busy is asked again later; one that is gone has nothing to do.
                let _ = watch.commands.try_send(Command::Revalue);
            }
        }
        Ok(())
    }
}

/// The totals of a session from its events, in the form the store asks for.
pub fn recount(
    session: &Session,
    rows: Vec<IntervalRow>,
    gaps: Vec<Gap>,
    events: &mut dyn Iterator<Item = Accounted>,
) -> Batch {
    let mut recounting = Recounting::new(session, rows, gaps);
    events.for_each(|event| recounting.add(&event));
    recounting.finish()
}
