//! A session that a foreign connector feeds: it pushes what it heard, and Pasut does the accounting.
//!
//! Lines of one request are put in order of time. One that comes later than others that were counted already,
//! but no more than [`LATE_MS`], is counted at the time that was reached; an older one is refused, because what
//! was shown and written of that time stands. Whatever was counted is written before the request is answered.
//!
//! Silence is measured by our own clock and not by the stamps, which may be of the past: after [`QUIET_MS`]
//! without a request there is a gap, and after the grace time the session is over where its last line was.

use super::keeper::{AddedUp, Keeper};
use super::recording::Recording;
use super::shared::Shared;
use super::shown::Shown;
use super::watch::Command;
use crate::analytics::tally::Tally;
use crate::domain::event::{Control, What};
use crate::domain::ids::{SessionId, UserId};
use crate::domain::session::{GapCause, SessionStart};
use crate::domain::time::{DAY_MS, Stamp};
use crate::domain::told::{Told, ToldEvent, ToldWhat};
use crate::domain::watch::WatchState;
use crate::store::StoreError;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How much older than the newest counted line one may be.
pub const LATE_MS: i64 = 10_000;

/// How far the teller's clock may be ahead of ours.
pub const AHEAD_MS: i64 = 60_000;

/// A session is no longer than this, so that one wrong stamp makes none of years.
pub const LONGEST_MS: i64 = 7 * DAY_MS;

/// Without a request for this long, what happened in the room is not known.
pub const QUIET_MS: i64 = 60_000;

/// While the disk refuses, this many events are kept in memory; then nothing more is taken.
const MAX_UNSAVED: usize = 20_000;

const TICK: Duration = Duration::from_secs(1);

/// What became of the lines of one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pushed {
    pub accepted: usize,
    pub duplicates: usize,
    /// Places in the request, from 1, and why.
    pub refused: Vec<(usize, Late)>,
}

/// Why a line that can be read is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Late {
    #[error(
        "t is {} s before the newest line that was counted; lines may come {} s late",
        by_ms / 1000,
        LATE_MS / 1000
    )]
    Old { by_ms: i64 },
    #[error(
        "t is {} s ahead of the clock of this computer; set the clock that stamps the lines, or leave t out",
        by_ms / 1000
    )]
    Ahead { by_ms: i64 },
    #[error("t is more than {} days after the session began; begin a new one", LONGEST_MS / DAY_MS)]
    Long,
}

/// Why a request is not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    #[error("the session is over")]
    Over,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a pusher wants, and where the answer goes.
pub enum Ask {
    /// Lines with their places in the request.
    Take {
        lines: Vec<(usize, Told)>,
        host: Option<UserId>,
        answer: oneshot::Sender<Result<Pushed, NotTaken>>,
    },
    End {
        answer: oneshot::Sender<Result<(), NotTaken>>,
    },
}

/// The task of one pushed session.
pub struct Push {
    session: SessionId,
    keeper: Keeper,
    asks: mpsc::Receiver<Ask>,
    commands: mpsc::Receiver<Command>,
    stop: CancellationToken,
    /// When a request came last, by the monotonic clock.
    heard_ms: i64,
    /// What was read before is over: the LIVE itself said so.
    ended: bool,
}

impl Push {
    /// `start` is what is stored of `session`, which goes on if it has begun.
    ///
    /// # Errors
    ///
    /// If what is stored of it cannot be read.
    pub async fn take_up(
        session: SessionId,
        start: SessionStart,
        shown: Arc<Shown>,
        shared: Shared,
        (asks, commands): (mpsc::Receiver<Ask>, mpsc::Receiver<Command>),
        stop: CancellationToken,
    ) -> Result<Self, StoreError> {
        let mut keeper = Keeper::new(start.creator.clone(), shown, shared, stop.clone());
        let AddedUp { mut tally, seen, seen_to } = keeper.add_up(session, &start).await?;
        let now = keeper.shared.clock.wall();
        let state = if tally.totals().messages.counted == 0 {
            WatchState::Connecting
        } else {
            tally.begin_gap(seen_to, GapCause::NotRunning);
            WatchState::Unfed { since: now }
        };
        let markers = keeper.shared.store.markers(session).await?;
        keeper.last_at = seen_to;
        keeper.shown.begin(Recording::new(session, start, tally, seen, markers));
        keeper.shown.set_state(state, now);
        let heard_ms = keeper.shared.clock.monotonic_ms();
        Ok(Self { session, keeper, asks, commands, stop, heard_ms, ended: false })
    }

    /// Takes what is pushed until the session is over or Pasut stops.
    pub async fn run(mut self) {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let stop = self.stop.clone();
        // What the database refuses at the end is tried again until it takes it.
        while self.keeper.shown.is_recording() || !self.keeper.writes.is_done() {
            tokio::select! {
                () = stop.cancelled() => {
                    drop(self.keeper.flush().await);
                    return;
                }
                Some(ask) = self.asks.recv() => self.answer(ask).await,
                result = self.keeper.writes.written() => drop(self.keeper.note_written(result)),
                _ = tick.tick() => self.tick().await,
                Some(command) = self.commands.recv() => match command {
                    Command::Start => {}
                    Command::Stop => self.close().await,
                    Command::Revalue => self.keeper.revalue().await,
                },
            }
        }
        // Whoever asks from now on is told that it is over.
        self.asks.close();
        while let Ok(ask) = self.asks.try_recv() {
            self.answer(ask).await;
        }
    }

    async fn answer(&mut self, ask: Ask) {
        // Who does not wait for the answer any more asks again.
        match ask {
            Ask::Take { lines, host, answer } => drop(answer.send(self.take(lines, host).await)),
            Ask::End { answer } => {
                self.close().await;
                let written = self.keeper.write_all().await.map_err(NotTaken::Store);
                drop(answer.send(written));
            }
        }
    }

    async fn take(&mut self, lines: Vec<(usize, Told)>, host: Option<UserId>) -> Result<Pushed, NotTaken> {
        if !self.keeper.shown.is_recording() {
            return Err(NotTaken::Over);
        }
        if self.keeper.shown.unsaved() >= MAX_UNSAVED {
            self.keeper.flush().await?;
        }
        self.heard_ms = self.keeper.shared.clock.monotonic_ms();
        let now = self.keeper.shared.clock.wall();
        let mut lines: Vec<_> =
            lines.into_iter().map(|(line, told)| (told.at.unwrap_or(now), line, told)).collect();
        lines.sort_by_key(|(at, line, _)| (*at, *line));
        if let Some((first, ..)) = lines.first() {
            self.begin_with(*first, host).await?;
        }
        let mut pushed = Pushed::default();
        for (at, line, told) in lines {
            match self.judge(at, now, &told) {
                Err(late) => pushed.refused.push((line, late)),
                Ok(false) => pushed.duplicates += 1,
                Ok(true) => {
                    pushed.accepted += 1;
                    self.take_one(at.max(self.keeper.last_at), told).await;
                }
            }
        }
        pushed.refused.sort_by_key(|(line, _)| *line);
        let (duplicates, lag_ms) =
            (pushed.duplicates as i64, self.keeper.shared.clock.monotonic_ms() - self.heard_ms);
        let lag_ms = u32::try_from(lag_ms.max(0)).unwrap_or(u32::MAX);
        let (newest, events) = (self.keeper.last_at, u32::try_from(pushed.accepted).unwrap_or(u32::MAX));
        self.keeper.shown.with(|recording| {
            recording.intake.tally.note_duplicates(duplicates);
            recording.note_frame(newest, events, lag_ms);
        });
        self.keeper.shown.changed();
        if self.ended {
            self.close().await;
            self.keeper.write_all().await?;
        } else {
            self.keeper.flush().await?;
        }
        Ok(pushed)
    }

    /// The session begins with its first line, if that is of before it was asked for, and whose it is may be
    /// known only then.
    async fn begin_with(&mut self, first: Stamp, host: Option<UserId>) -> Result<(), StoreError> {
        let empty = |recording: &mut Recording| recording.intake.tally.totals().messages.counted == 0;
        let Some(Some(mut start)) =
            self.keeper.shown.with(|recording| empty(recording).then(|| recording.start.clone()))
        else {
            return Ok(());
        };
        let from = start.recorded_from.min(first);
        let host = start.host.or(host);
        if from < start.recorded_from || host != start.host {
            (start.recorded_from, start.host) = (from, host);
            self.keeper.shared.store.begin_at(self.session, from, host).await?;
            self.keeper.last_at = from;
            let AddedUp { tally, seen, .. } = self.keeper.add_up(self.session, &start).await?;
            let markers = self.keeper.shared.store.markers(self.session).await?;
            self.keeper.shown.begin(Recording::new(self.session, start, tally, seen, markers));
        }
        Ok(())
    }

    /// Whether a line is news; or why it is not counted.
    fn judge(&self, at: Stamp, now: Stamp, told: &Told) -> Result<bool, Late> {
        let newest = self.keeper.last_at;
        let (known, began) = self
            .keeper
            .shown
            .with(|recording| (is_known(&recording.intake.tally, told), recording.start.recorded_from))
            .unwrap_or((false, newest));
        if known {
            return Ok(false);
        }
        if newest.ms_since(at) > LATE_MS {
            return Err(Late::Old { by_ms: newest.ms_since(at) });
        }
        let end = match told.what {
            ToldWhat::Gap { to: Some(to), .. } => to,
            _ => at,
        };
        if end.ms_since(now) > AHEAD_MS {
            return Err(Late::Ahead { by_ms: end.ms_since(now) });
        }
        if end.ms_since(began) > LONGEST_MS {
            return Err(Late::Long);
        }
        Ok(true)
    }

    /// Takes one line that is news, at `at`.
    async fn take_one(&mut self, at: Stamp, told: Told) {
        match told.what {
            ToldWhat::Gap { from, to, cause } => self.take_gap(from, to, cause),
            ToldWhat::Event(told_event) => {
                self.come_back(at);
                self.keeper.last_at = at;
                self.count(at, told.id, &told_event).await;
                if let What::Control(control) = told_event.event.what {
                    self.note_control(control);
                }
            }
        }
    }

    /// Something was heard again.
    fn come_back(&self, at: Stamp) {
        self.keeper.shown.with(|recording| recording.end_gap(at));
        if !matches!(self.keeper.shown.state(), WatchState::Live | WatchState::Paused) {
            let paused =
                self.keeper.shown.with(|recording| recording.intake.tally.is_paused()).unwrap_or(false);
            let state = if paused { WatchState::Paused } else { WatchState::Live };
            self.keeper.shown.set_state(state, self.keeper.shared.clock.wall());
        }
    }

    async fn count(&mut self, at: Stamp, id: i64, told: &ToldEvent) {
        let counted = self.keeper.count(|intake, prices| intake.take_told(at, id, told, prices)).await;
        if let Some(accounted) = counted {
            self.keeper.keep(accounted);
        }
    }

    /// The teller says itself when it heard nothing.
    fn take_gap(&mut self, from: Stamp, to: Option<Stamp>, cause: GapCause) {
        let from = from.max(self.keeper.last_at);
        self.keeper.shown.with(|recording| {
            recording.begin_gap(from, cause);
            // It may be the silence that we noticed ourselves.
            recording.intake.tally.explain_gap(cause);
            if let Some(to) = to {
                recording.end_gap(to);
            }
        });
        self.keeper.last_at = to.unwrap_or(from).max(from);
    }

    fn note_control(&mut self, control: Control) {
        self.ended |= control.is_end();
        let state = match control {
            Control::Paused => WatchState::Paused,
            Control::Resumed => WatchState::Live,
            _ => return,
        };
        self.keeper.shown.set_state(state, self.keeper.shared.clock.wall());
    }

    /// Once a second: time passes for what is shown, and silence is noticed.
    async fn tick(&mut self) {
        if !self.keeper.shown.is_recording() {
            return self.keeper.begin_write();
        }
        let settings = *self.keeper.shared.settings.borrow();
        self.keeper.shown.with(|recording| recording.intake.tally.set_interval(settings.interval_ms));
        let wall = self.keeper.shared.clock.wall();
        if self.keeper.shown.with(|recording| recording.settle(wall)).unwrap_or(false) {
            self.keeper.shown.changed();
        }
        let quiet_ms = self.keeper.shared.clock.monotonic_ms() - self.heard_ms;
        if quiet_ms > settings.grace_ms {
            info!(creator = %self.keeper.creator, "Nothing was pushed for {} s", quiet_ms / 1000);
            return self.close().await;
        }
        if quiet_ms > QUIET_MS && !self.keeper.shown.is_away() {
            let from = self.keeper.last_at;
            self.keeper.shown.with(|recording| recording.begin_gap(from, GapCause::Silent));
            self.keeper.shown.set_state(WatchState::Unfed { since: wall - quiet_ms }, wall);
            self.keeper.shown.changed();
        }
        self.keeper.begin_write();
    }

    /// The session is over where its last line was.
    async fn close(&mut self) {
        let ended_at = self.keeper.last_at;
        if self.keeper.close(ended_at).await.is_some() {
            self.keeper
                .shown
                .set_state(WatchState::Waiting { checked_at: None }, self.keeper.shared.clock.wall());
        }
        if !self.keeper.writes.is_done() {
            warn!(creator = %self.keeper.creator, "The end of a pushed session waits for the database");
        }
    }
}

/// Whether this was counted before.
fn is_known(tally: &Tally, told: &Told) -> bool {
    match told.what {
        ToldWhat::Event(_) => tally.is_repeat(told.id),
        ToldWhat::Gap { from, .. } => tally.gaps().iter().any(|gap| gap.from == from),
    }
}
