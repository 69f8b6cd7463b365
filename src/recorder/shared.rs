//! What all watches share, and what they tell the rest of the program.

use super::prices::Prices;
use crate::clock::Clock;
use crate::connector::client::TikTok;
use crate::domain::event::{Accounted, Kind};
use crate::domain::gift::TierLimits;
use crate::domain::handle::Handle;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::session::Origin;
use crate::lifecycle::Lifecycle;
use crate::store::Store;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, Semaphore, broadcast, watch};

/// What a watch shares with the others.
#[derive(Clone)]
pub struct Shared {
    pub store: Store,
    pub clock: Clock,
    pub tiktok: watch::Receiver<Arc<TikTok>>,
    pub prices: Prices,
    pub settings: watch::Receiver<Settings>,
    pub news: broadcast::Sender<Arc<FeedEvent>>,
    pub metrics: Arc<Metrics>,
    pub lifecycle: Lifecycle,
    /// Few creators are looked up at the same time, however many are watched.
    pub look_ups: Arc<Semaphore>,
    /// Told when recorded sessions may have to be valued anew.
    pub revaluing: Arc<Notify>,
    pub feeders: Feeders,
}

/// Who records a creator. There is one running session of a creator, so one who feeds it at a time.
#[derive(Clone, Debug, Default)]
pub struct Feeders(Arc<Mutex<HashMap<Handle, Feeder>>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feeder {
    /// Our own connection.
    Watch,
    /// A foreign connector.
    Push,
}

impl Feeders {
    /// Lets `feeder` record `creator`, unless another one does. Whoever does already goes on.
    #[must_use]
    pub fn claim(&self, creator: &Handle, feeder: Feeder) -> bool {
        *self.lock().entry(creator.clone()).or_insert(feeder) == feeder
    }

    /// `feeder` records `creator` no more.
    pub fn let_go(&self, creator: &Handle, feeder: Feeder) {
        let mut feeders = self.lock();
        if feeders.get(creator) == Some(&feeder) {
            feeders.remove(creator);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Handle, Feeder>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What may change while it records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Length of an interval row.
    pub interval_ms: i64,
    /// How long a room that is out of reach stays one session.
    pub grace_ms: i64,
    /// From how many diamonds a gift is special or premium.
    pub tiers: TierLimits,
    /// A running session is explained again after this long at the earliest.
    pub explain_ms: i64,
    /// Whether a LIVE is recorded without being asked.
    pub auto_start: bool,
    /// What new sessions are: real ones, or the demo's.
    pub origin: Origin,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            interval_ms: 5 * 60_000,
            grace_ms: 10 * 60_000,
            tiers: TierLimits::default(),
            explain_ms: 5000,
            auto_start: true,
            origin: Origin::Live,
        }
    }
}

/// An event the moment it is accounted.
#[derive(Clone, Debug)]
pub struct FeedEvent {
    pub creator: Handle,
    pub session: SessionId,
    /// The creator's own account, if it is known.
    pub host: Option<UserId>,
    pub accounted: Accounted,
}

/// Counts since Pasut started.
#[derive(Debug, Default)]
pub struct Metrics {
    counted: [AtomicU64; Kind::ALL.len()],
    /// In batches that the database has and did not write yet.
    handed: AtomicU64,
    stored: AtomicU64,
}

impl Metrics {
    pub(super) fn count(&self, kind: Kind) {
        self.counted[kind as usize - 1].fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn note_handed(&self, events: usize) {
        self.handed.fetch_add(events as u64, Ordering::SeqCst);
    }

    pub(super) fn note_stored(&self, events: usize) {
        self.stored.fetch_add(events as u64, Ordering::SeqCst);
        self.handed.fetch_sub(events as u64, Ordering::SeqCst);
    }

    pub(super) fn handed(&self) -> u64 {
        self.handed.load(Ordering::SeqCst)
    }

    pub(super) fn counted(&self, kind: Kind) -> u64 {
        self.counted[kind as usize - 1].load(Ordering::SeqCst)
    }

    pub(super) fn stored(&self) -> u64 {
        self.stored.load(Ordering::SeqCst)
    }
}
