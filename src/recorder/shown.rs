//! What one watch and the pages share: the running recording and the state, behind one lock.
//!
//! The lock is held for microseconds. A page that fails while it holds it does not stop recording.

use super::recording::Recording;
use super::snapshot::{LiveSession, OnAir, Refused, Snapshot};
use crate::analytics::delivery::Deliveries;
use crate::domain::erasure::Erasure;
use crate::domain::handle::Handle;
use crate::domain::ids::{RoomId, SessionId};
use crate::domain::marker::Marker;
use crate::domain::time::Stamp;
use crate::domain::watch::WatchState;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One watch as the pages see it.
pub struct Shown {
    creator: Handle,
    inner: Mutex<Inner>,
}

struct Inner {
    nickname: String,
    state: WatchState,
    since: Stamp,
    recording: Option<Recording>,
    /// The session that ended last.
    ended: Option<Arc<LiveSession>>,
    refused: Option<Refused>,
    version: u64,
    /// The newest snapshot that was taken, to be taken again while nothing changes.
    taken: Option<Arc<Snapshot>>,
}

impl Shown {
    #[must_use]
    pub fn new(creator: Handle, nickname: String, now: Stamp) -> Self {
        let inner = Inner {
            nickname,
            state: WatchState::Waiting { checked_at: None },
            since: now,
            recording: None,
            ended: None,
            refused: None,
            version: 1,
            taken: None,
        };
        Self { creator, inner: Mutex::new(inner) }
    }

    #[must_use]
    pub const fn creator(&self) -> &Handle {
        &self.creator
    }

    /// The watch as it is now. While nothing changes, the same snapshot is given again.
    #[must_use]
    pub fn snapshot(&self, now: Stamp) -> Arc<Snapshot> {
        let mut inner = self.lock();
        if let Some(taken) = &inner.taken
            && taken.version == inner.version
        {
            return Arc::clone(taken);
        }
        let session = match &inner.recording {
            Some(recording) => Some(Arc::new(recording.view(now))),
            None => inner.ended.clone(),
        };
        let snapshot = Arc::new(Snapshot {
            creator: self.creator.clone(),
            nickname: inner.nickname.clone(),
            state: inner.state.clone(),
            since: inner.since,
            at: now,
            session,
            refused: inner.refused,
            version: inner.version,
        });
        inner.taken = Some(Arc::clone(&snapshot));
        snapshot
    }

    pub(super) fn on_air(&self) -> Option<OnAir> {
        let inner = self.lock();
        let recording = inner.recording.as_ref()?;
        Some(OnAir {
            creator: self.creator.clone(),
            nickname: inner.nickname.clone(),
            session: recording.id,
            start: recording.start.clone(),
        })
    }

    pub(super) fn set_state(&self, state: WatchState, now: Stamp) {
        let mut inner = self.lock();
        if std::mem::discriminant(&inner.state) != std::mem::discriminant(&state) {
            inner.since = now;
        }
        if inner.state != state {
            inner.state = state;
            inner.version += 1;
        }
    }

    /// Says what the database refuses now. Returns what it refused before.
    pub(super) fn set_refused(&self, refused: Option<Refused>) -> Option<Refused> {
        let mut inner = self.lock();
        let before = std::mem::replace(&mut inner.refused, refused);
        if before != refused {
            inner.version += 1;
        }
        before
    }

    pub(super) fn refused(&self) -> Option<Refused> {
        self.lock().refused
    }

    pub(super) fn set_nickname(&self, nickname: &str) {
        let mut inner = self.lock();
        nickname.clone_into(&mut inner.nickname);
        inner.version += 1;
    }

    pub(super) fn changed(&self) {
        self.lock().version += 1;
    }

    pub(super) fn begin(&self, recording: Recording) {
        let mut inner = self.lock();
        inner.recording = Some(recording);
        inner.ended = None;
        inner.version += 1;
    }

    /// The session is over; what it came to stays to be seen. Returns what its room had sent.
    pub(super) fn end(&self, ended_at: Stamp) -> Option<(RoomId, Deliveries)> {
        let mut inner = self.lock();
        inner.version += 1;
        let mut recording = inner.recording.take()?;
        recording.ended_at = Some(ended_at);
        inner.ended = Some(Arc::new(recording.view(ended_at)));
        Some((recording.start.room, recording.intake.tally.into_deliveries()))
    }

    /// Shows the markers of `session`, if it runs here or ended last.
    pub(super) fn set_markers(&self, session: SessionId, markers: Vec<Marker>) {
        let mut inner = self.lock();
        inner.version += 1;
        let Inner { recording, ended, .. } = &mut *inner;
        if let Some(recording) = recording.as_mut().filter(|recording| recording.id == session) {
            recording.markers = markers;
        } else if let Some(ended) = ended.as_mut().filter(|ended| ended.id == session) {
            Arc::make_mut(ended).markers = markers;
        }
    }

    /// Shows somebody no more, neither in the running session nor in the one that ended last.
    pub(super) fn erase(&self, erasure: &Erasure) {
        let mut inner = self.lock();
        inner.version += 1;
        let Inner { recording, ended, .. } = &mut *inner;
        if let Some(recording) = recording {
            recording.erase(erasure);
        }
        if let Some(ended) = ended {
            Arc::make_mut(ended).erase(erasure.user);
        }
    }

    /// Whether `session` runs here or ended last.
    pub(super) fn shows(&self, session: SessionId) -> bool {
        let inner = self.lock();
        let ended = inner.ended.as_ref().map(|ended| ended.id);
        inner.recording.as_ref().map(|recording| recording.id).or(ended) == Some(session)
    }

    /// Works on the running recording, if there is one.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Recording) -> T) -> Option<T> {
        self.lock().recording.as_mut().map(work)
    }

    pub(super) fn is_recording(&self) -> bool {
        self.lock().recording.is_some()
    }

    /// Whether a running recording sees nothing right now.
    pub(super) fn is_away(&self) -> bool {
        let away = |recording: &mut Recording| recording.intake.tally.is_away();
        self.with(away).unwrap_or(false)
    }

    pub(super) fn session(&self) -> Option<SessionId> {
        self.with(|recording| recording.id)
    }

    pub(super) fn room(&self) -> Option<RoomId> {
        self.with(|recording| recording.start.room)
    }

    pub(super) fn state(&self) -> WatchState {
        self.lock().state.clone()
    }

    pub(super) fn event_lag_ms(&self) -> u32 {
        self.with(|recording| recording.event_lag_ms()).unwrap_or(0)
    }

    pub(super) fn unsaved(&self) -> usize {
        self.with(|recording| recording.unsaved()).unwrap_or(0)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
