//! Keeps one session: what is counted of it is shown, announced and written, and it ends. Whoever feeds it, a
//! watch with its connection or a foreign connector, decides when.

use super::explain;
use super::intake::{Intake, Taken};
use super::recording::{Recording, Seen};
use super::revalue;
use super::shared::{FeedEvent, Shared};
use super::shown::Shown;
use super::snapshot::Refused;
use super::writes::{Change, Writes};
use crate::analytics::delivery::Deliveries;
use crate::analytics::gift_value::LearnedPrices;
use crate::analytics::recount::Recount;
use crate::analytics::tally::Tally;
use crate::domain::event::Accounted;
use crate::domain::handle::Handle;
use crate::domain::ids::{RoomId, SessionId};
use crate::domain::session::SessionStart;
use crate::domain::time::Stamp;
use crate::store::StoreError;
use crate::store::revaluations::Which;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// What could not be read is tried again after this.
const AGAIN: Duration = Duration::from_secs(1);

/// What is recorded of one creator, a session at a time.
pub struct Keeper {
    pub creator: Handle,
    pub shown: Arc<Shown>,
    pub shared: Shared,
    pub writes: Writes,
    /// Up to when something was seen.
    pub last_at: Stamp,
    stop: CancellationToken,
}

/// What is stored of a session, added up.
pub struct AddedUp {
    pub tally: Tally,
    pub seen: Seen,
    /// Up to when it could be seen.
    pub seen_to: Stamp,
}

impl Keeper {
    #[must_use]
    pub fn new(creator: Handle, shown: Arc<Shown>, shared: Shared, stop: CancellationToken) -> Self {
        let last_at = shared.clock.wall();
        let writes = Writes::new(shared.store.clone());
        Self { creator, shown, shared, writes, last_at, stop }
    }

    /// Counts what `take` puts through the intake; the streak of a gift may have to be looked up for it.
    pub async fn count<'m>(
        &mut self,
        take: impl FnOnce(&mut Intake, &LearnedPrices) -> Taken<'m>,
    ) -> Option<Accounted> {
        let prices = &self.shared.prices;
        match self.shown.with(|recording| take(&mut recording.intake, &prices.read()))? {
            Taken::Nothing => None,
            Taken::Counted(accounted) => Some(accounted),
            Taken::Spilled(spilled) => {
                let session = self.shown.session()?;
                // Without an answer the streak counts from zero: too much is shown rather than lost,
                // and a recount mends it.
                let streak = self.shared.store.streak(session, spilled.key).await.unwrap_or_default();
                self.shown.with(|recording| recording.intake.take_streak(spilled, streak, &prices.read()))
            }
        }
    }

    /// Keeps a counted event: for whoever listens and the page now, for the store soon.
    pub fn keep(&self, accounted: Accounted) {
        let kind = accounted.event.what.kind();
        self.announce(&accounted);
        self.shown.with(|recording| recording.keep(accounted));
        self.shared.metrics.count(kind);
    }

    /// Tells whoever listens to events as they are accounted.
    fn announce(&self, accounted: &Accounted) {
        if self.shared.news.receiver_count() == 0 {
            return;
        }
        let Some((session, host)) = self.shown.with(|recording| (recording.id, recording.start.host)) else {
            return;
        };
        let mut accounted = accounted.clone();
        accounted.event.detach();
        let news = FeedEvent { creator: self.creator.clone(), session, host, accounted };
        // An error only says that the last listener left just now.
        drop(self.shared.news.send(Arc::new(news)));
    }

    /// Values what was recorded of this session at the prices the user set, and goes on from there.
    pub async fn revalue(&mut self) {
        drop(self.flush().await);
        let Some(session) = self.shown.session() else { return };
        if !self.writes.is_done() {
            // The disk refuses; it is asked again later.
            return;
        }
        let store = self.shared.store.clone();
        match store.revalue(session, Which::Any, revalue::recount).await {
            Ok(false) => {}
            Ok(true) => self.count_anew(session).await,
            Err(err) => {
                warn!(creator = %self.creator, %err, "Session {session} could not be valued anew: {err}");
            }
        }
    }

    /// Takes up the totals of the session that is recorded as they are stored now. Until that is done
    /// nothing more is counted, because the next batch would write the old totals back.
    async fn count_anew(&mut self, session: SessionId) {
        let Some(start) = self.shown.with(|recording| recording.start.clone()) else { return };
        let stop = self.stop.clone();
        loop {
            match self.add_up(session, &start).await {
                Ok(AddedUp { tally, seen, .. }) => {
                    self.shown.with(|recording| recording.count_anew(tally, seen));
                    return self.shown.changed();
                }
                Err(err) => {
                    warn!(creator = %self.creator, %err, "Session {session} could not be read: {err}");
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(AGAIN) => {}
            }
        }
    }

    /// Adds up what is stored of `session`.
    pub async fn add_up(&mut self, session: SessionId, start: &SessionStart) -> Result<AddedUp, StoreError> {
        let store = self.shared.store.clone();
        let interval_ms = self.shared.settings.borrow().interval_ms;
        let medians = store.interval_medians(&start.creator, interval_ms).await?.unwrap_or_default();
        let stored = store.session(session).await?;
        let mut tally = Tally::new(start.host, interval_ms, medians);
        let rows = store.intervals(session).await?;
        tally.restore_intervals(rows.iter().map(|row| (row.from, row.length_ms)));
        let gaps = store.gaps(session).await?;
        let mut recount = Recount::new(tally, gaps);
        let mut seen = Seen::new(self.shared.settings.borrow().tiers, start);
        let (mut last, mut last_at) = (0, start.recorded_from);
        loop {
            let events = store.events(session, last, &[]).await?;
            let Some(newest) = events.last() else { break };
            (last, last_at) = (newest.number, newest.at);
            for event in &events {
                recount.add(event);
                seen.take(event);
            }
        }
        let seen_to = stored.as_ref().map_or(last_at, |stored| stored.counted_to.max(last_at));
        let mut tally = recount.finish(seen_to);
        if let Some(stored) = stored.filter(|_| last > 0) {
            tally.restore_messages(stored.totals.messages, store.methods(session).await?);
        }
        tally.forget_changes(seen_to);
        Ok(AddedUp { tally, seen, seen_to })
    }

    /// Writes what changed, and waits for it. What cannot be written is kept and tried again.
    pub async fn flush(&mut self) -> Result<(), StoreError> {
        // What had to wait goes first, then what came since. That it was refused is said.
        self.write_all().await?;
        self.collect(self.last_at, false);
        self.write_all().await
    }

    /// Writes what waits, until the database refuses something.
    pub async fn write_all(&mut self) -> Result<(), StoreError> {
        while !self.writes.is_done() {
            self.writes.begin();
            let result = self.writes.written().await;
            self.note_written(result)?;
        }
        Ok(())
    }

    /// Begins to write what had to wait, or else what changed.
    pub fn begin_write(&mut self) {
        if self.writes.is_done() {
            self.collect(self.last_at, false);
        }
        self.writes.begin();
    }

    /// Puts what changed up to `now` in line; with `always`, also where only time went by.
    ///
    /// Time after the newest frame is not part of what is written: should that silence turn out to
    /// be a gap, viewers were not known in it.
    fn collect(&mut self, now: Stamp, always: bool) {
        let metrics = Arc::clone(&self.shared.metrics);
        let batch = self.shown.with(|recording| {
            let batch = recording.take_batch(now);
            metrics.note_handed(batch.events.len());
            batch
        });
        if let Some(batch) = batch.filter(|batch| always || !batch.changes_nothing()) {
            self.writes.push(Change::Batch(Arc::new(batch)));
        }
    }

    /// Takes note of what became of what was being written: what the database refused waits, and that is said.
    pub fn note_written(&self, result: Result<Change, StoreError>) -> Result<(), StoreError> {
        match result {
            Ok(change) => {
                if let Change::Batch(batch) = change {
                    self.shared.prices.learn(batch.learned.iter().map(|value| (value.gift, value.diamonds)));
                    self.shared.metrics.note_stored(batch.events.len());
                }
                self.note_accepted();
                Ok(())
            }
            Err(err) => {
                self.shown.with(Recording::detach_unsaved);
                // A LIVE that is not recorded at all is worse, and stays said.
                self.note_refused(self.shown.refused().unwrap_or(Refused::Events), &err);
                Err(err)
            }
        }
    }

    pub fn note_accepted(&self) {
        if self.shown.set_refused(None).is_some() {
            info!(creator = %self.creator, "Recording goes on");
        }
    }

    pub fn note_refused(&self, refused: Refused, err: &StoreError) {
        if self.shown.set_refused(Some(refused)) != Some(refused) {
            warn!(creator = %self.creator, %err, "Recording waits: {err}");
        }
    }

    /// Ends the session that is recorded. Returns what its room had sent.
    pub async fn close(&mut self, ended_at: Stamp) -> Option<(RoomId, Deliveries)> {
        let session = self.shown.session()?;
        self.shown.with(|recording| recording.intake.tally.end_at(ended_at));
        self.collect(ended_at, true);
        self.writes.push(Change::End { session, at: ended_at });
        if self.write_all().await.is_err() {
            warn!(creator = %self.creator, "The end of session {session} could not be written yet");
        }
        explain::conclude(&self.shared.store, &self.shown, ended_at).await;
        let delivered = self.shown.end(ended_at);
        self.shared.revaluing.notify_one();
        info!(creator = %self.creator, %session, "Session {session} of {} is over", self.creator);
        delivered
    }
}
