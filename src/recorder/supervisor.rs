//! Starts, stops and lists the watched creators.

use super::explain::{self, Explaining};
use super::prices::Prices;
use super::revalue::{Revaluing, Watched};
use super::shared::{FeedEvent, Settings, Shared};
use super::shown::Shown;
use super::snapshot::{LiveSession, OnAir, Snapshot};
use super::watch::{Command, Watch};
use crate::analytics::gift_value::LearnedPrices;
use crate::clock::Clock;
use crate::connector::client::TikTok;
use crate::domain::answer::Changed;
use crate::domain::creator::Creator;
use crate::domain::erasure::Erasure;
use crate::domain::event::Kind;
use crate::domain::gift::TierLimits;
use crate::domain::handle::Handle;
use crate::domain::ids::{GiftId, SessionId};
use crate::domain::marker::{Marker, MarkerKind};
use crate::domain::record::LearnedValue;
use crate::domain::session::{Origin, Session};
use crate::domain::time::Stamp;
use crate::lifecycle::Lifecycle;
use crate::store::{Store, StoreError};
use rand::RngExt as _;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, broadcast, mpsc, watch};
use tokio_util::sync::CancellationToken;

/// How many events wait for a slow listener before it misses some.
const NEWS: usize = 1024;

/// How many creators are looked up at the same time.
const LOOK_UPS: usize = 4;

/// When Pasut starts with many creators, their first look-ups are spread over this long each.
const SPREAD_MS_EACH: u64 = 250;

/// A session has this many markers at most, with notes of this many characters.
const MOST_MARKERS: usize = 500;
const MAX_NOTE_CHARS: usize = 500;

/// What `/metrics` tells of the recorder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecorderMetrics {
    pub events_by_kind: Vec<(Kind, u64)>,
    pub events_stored: u64,
    /// Events counted and not yet stored.
    pub queue: u64,
    /// Events that were counted and are neither stored nor on their way: lost.
    pub events_dropped: u64,
    /// The largest 95th percentile of all watches, in milliseconds.
    pub event_lag_ms: u32,
    pub watches_by_state: BTreeMap<&'static str, usize>,
}

#[derive(Debug, thiserror::Error)]
pub enum RecorderError {
    #[error("@{0} is not watched. Add the creator first.")]
    NotWatched(Handle),
    #[error("There is no such session. The sessions that exist are at /api/v1/sessions.")]
    NoSession(SessionId),
    #[error("This moment is not in session {0}. Mark one from its beginning to its end.")]
    OutsideSession(SessionId),
    #[error("Session {0} has {most} markers already. Remove some first.", most = MOST_MARKERS)]
    ManyMarkers(SessionId),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The recorder. Clones share it.
#[derive(Clone)]
pub struct Recorder(Arc<Inner>);

struct Inner {
    shared: Shared,
    stop: CancellationToken,
    watches: Mutex<BTreeMap<Handle, Running>>,
}

struct Running {
    shown: Arc<Shown>,
    commands: mpsc::Sender<Command>,
    stop: CancellationToken,
}

/// What the recorder is built from.
pub struct Parts {
    pub store: Store,
    pub clock: Clock,
    pub tiktok: watch::Receiver<Arc<TikTok>>,
    pub settings: watch::Receiver<Settings>,
    pub lifecycle: Lifecycle,
}

impl Recorder {
    /// Takes up every watched creator of the store.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub async fn start(parts: Parts) -> Result<Self, StoreError> {
        let values = parts.store.gift_values().await?;
        let learned: LearnedPrices = values.iter().map(|value| (value.gift, value.diamonds)).collect();
        let shared = Shared {
            store: parts.store,
            clock: parts.clock,
            tiktok: parts.tiktok,
            prices: Prices::new(learned),
            settings: parts.settings,
            news: broadcast::channel(NEWS).0,
            metrics: Arc::default(),
            lifecycle: parts.lifecycle,
            look_ups: Arc::new(Semaphore::new(LOOK_UPS)),
            revaluing: Arc::default(),
        };
        let stop = shared.lifecycle.stop_signal();
        let recorder = Self(Arc::new(Inner { shared, stop, watches: Mutex::default() }));
        recorder.take_up_all().await?;
        recorder.explain_all();
        recorder.revalue_all();
        Ok(recorder)
    }

    /// Explains what runs, as long as Pasut does.
    fn explain_all(&self) {
        let (watching, shared) = (self.clone(), &self.0.shared);
        let watches = move || watching.shown();
        let (store, settings) = (shared.store.clone(), shared.settings.clone());
        let explaining = Explaining { watches, store, settings, stop: self.0.stop.clone() };
        shared.lifecycle.spawn("explanations", explaining.run());
    }

    /// Applies new prices to what was recorded, as long as Pasut runs.
    fn revalue_all(&self) {
        let (recorder, shared) = (self.clone(), &self.0.shared);
        let watches = move || {
            let watches = recorder.lock();
            let each = watches.values().map(|running| Watched {
                shown: Arc::clone(&running.shown),
                commands: running.commands.clone(),
            });
            each.collect()
        };
        let (store, news) = (shared.store.clone(), Arc::clone(&shared.revaluing));
        let revaluing = Revaluing { watches, store, news, stop: self.0.stop.clone() };
        shared.lifecycle.spawn("revaluations", revaluing.run());
    }

    async fn take_up_all(&self) -> Result<(), StoreError> {
        let store = &self.0.shared.store;
        let mut open: HashMap<Handle, Vec<Session>> = HashMap::new();
        for session in store.open_sessions().await? {
            open.entry(session.start.creator.clone()).or_default().push(session);
        }
        let creators = store.creators().await?;
        let spread_ms = SPREAD_MS_EACH * creators.len().saturating_sub(1) as u64;
        for creator in creators {
            // The newest is the one that may still run; an older one can only have been left behind.
            let mut left = open.remove(&creator.handle).unwrap_or_default();
            left.sort_by_key(|session| session.start.recorded_from);
            let newest = left.pop();
            for session in left {
                finish(store, &session).await?;
            }
            let delay = Duration::from_millis(rand::rng().random_range(0..=spread_ms));
            self.run(creator, newest, delay);
        }
        for session in open.into_values().flatten().filter(|session| session.start.origin != Origin::Push) {
            finish(store, &session).await?;
        }
        Ok(())
    }

    /// All watched creators, by handle.
    #[must_use]
    pub fn watches(&self) -> Vec<Arc<Snapshot>> {
        let now = self.0.shared.clock.wall();
        self.shown().iter().map(|shown| shown.snapshot(now)).collect()
    }

    #[must_use]
    pub fn snapshot(&self, creator: &Handle) -> Option<Arc<Snapshot>> {
        let shown = Arc::clone(&self.lock().get(creator)?.shown);
        Some(shown.snapshot(self.0.shared.clock.wall()))
    }

    /// A session that is recorded now, or that ended last of its creator while Pasut ran.
    #[must_use]
    pub fn session(&self, session: SessionId) -> Option<Arc<LiveSession>> {
        let shown = self.shown().into_iter().find(|shown| shown.shows(session))?;
        let live = shown.snapshot(self.0.shared.clock.wall()).session.clone();
        live.filter(|live| live.id == session)
    }

    /// Shows somebody no more, in what is recorded now and in what ended last.
    pub fn erase(&self, erasure: &Erasure) {
        for shown in self.shown() {
            shown.erase(erasure);
        }
    }

    /// What changed between two moments of a session that is recorded now; `None` if it is not, or
    /// was not explained yet.
    pub async fn what_changed(&self, session: SessionId, from: Stamp, to: Stamp) -> Option<Changed> {
        let shown = self.shown().into_iter().find(|shown| shown.shows(session))?;
        explain::what_changed(&shown, session, from, to).await
    }

    /// Marks a moment of a session, now unless said.
    ///
    /// # Errors
    ///
    /// [`RecorderError::NoSession`], [`RecorderError::OutsideSession`] and
    /// [`RecorderError::ManyMarkers`], or if it cannot be stored.
    pub async fn mark(
        &self,
        session: SessionId,
        at: Option<Stamp>,
        kind: MarkerKind,
        note: &str,
    ) -> Result<Marker, RecorderError> {
        let Shared { store, clock, .. } = &self.0.shared;
        let marked = store.session(session).await?.ok_or(RecorderError::NoSession(session))?;
        let (now, begin) = (clock.wall(), marked.start.recorded_from);
        let at = at.unwrap_or(now);
        if at < begin || at > marked.ended_at.unwrap_or(now) {
            return Err(RecorderError::OutsideSession(session));
        }
        if store.markers(session).await?.len() >= MOST_MARKERS {
            return Err(RecorderError::ManyMarkers(session));
        }
        let note: String = note.trim().chars().take(MAX_NOTE_CHARS).collect();
        let marker = store.add_marker(session, at, kind, &note).await?;
        self.show_markers(session).await?;
        Ok(marker)
    }

    /// Removes a marker. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// If it cannot be stored.
    pub async fn unmark(&self, session: SessionId, id: i64) -> Result<bool, RecorderError> {
        let removed = self.0.shared.store.remove_marker(session, id).await?;
        self.show_markers(session).await?;
        Ok(removed)
    }

    async fn show_markers(&self, session: SessionId) -> Result<(), RecorderError> {
        if let Some(shown) = self.shown().into_iter().find(|shown| shown.shows(session)) {
            shown.set_markers(session, self.0.shared.store.markers(session).await?);
        }
        Ok(())
    }

    /// Watches a creator from now on. Whoever is watched already stays as they are.
    ///
    /// # Errors
    ///
    /// If it cannot be stored.
    pub async fn watch(&self, handle: Handle, zone: &str) -> Result<(), RecorderError> {
        let creator = Creator {
            handle,
            user: None,
            nickname: String::new(),
            zone: zone.to_owned(),
            added_at: self.0.shared.clock.wall(),
            stopped_room: None,
        };
        self.0.shared.store.add_creator(&creator).await?;
        self.run(creator, None, Duration::ZERO);
        Ok(())
    }

    /// Watches a creator no more; a running session ends. Recordings stay.
    ///
    /// # Errors
    ///
    /// If the creator is not watched or it cannot be stored.
    pub async fn unwatch(&self, creator: &Handle) -> Result<(), RecorderError> {
        if !self.0.shared.store.remove_creator(creator).await? {
            return Err(RecorderError::NotWatched(creator.clone()));
        }
        let running = self.lock().remove(creator);
        if let Some(running) = running {
            // The watch may be gone already when Pasut is stopping; then there is nothing to end.
            let _ = running.commands.send(Command::Stop).await;
            running.stop.cancel();
        }
        Ok(())
    }

    /// Watches a creator now, whatever was decided before.
    ///
    /// # Errors
    ///
    /// If the creator is not watched.
    pub async fn start_watching(&self, creator: &Handle) -> Result<(), RecorderError> {
        self.tell(creator, Command::Start).await
    }

    /// Stops recording a creator until this room ends.
    ///
    /// # Errors
    ///
    /// If the creator is not watched.
    pub async fn stop_watching(&self, creator: &Handle) -> Result<(), RecorderError> {
        self.tell(creator, Command::Stop).await
    }

    /// Prices a gift whose events do not say what it is worth: from now on, and soon in all that was
    /// recorded; see [`Store::set_gift_value`] for `guessed`.
    ///
    /// # Errors
    ///
    /// If it cannot be stored.
    pub async fn price_gift(
        &self,
        gift: GiftId,
        name: String,
        diamonds: u32,
        guessed: bool,
    ) -> Result<(), RecorderError> {
        let value = LearnedValue { gift, name, diamonds, at: self.0.shared.clock.wall() };
        self.0.shared.store.set_gift_value(&value, guessed).await?;
        self.0.shared.prices.learn([(gift, diamonds)]);
        self.0.shared.revaluing.notify_one();
        Ok(())
    }

    /// Every event of every watch from now on, the moment it is accounted.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<FeedEvent>> {
        self.0.shared.news.subscribe()
    }

    /// Every LIVE that is recorded now.
    #[must_use]
    pub fn on_air(&self) -> Vec<OnAir> {
        self.shown().iter().filter_map(|shown| shown.on_air()).collect()
    }

    /// Whether a creator is watched, LIVE or not.
    #[must_use]
    pub fn is_watched(&self, creator: &Handle) -> bool {
        self.lock().contains_key(creator)
    }

    /// From how many diamonds a gift is special or premium.
    #[must_use]
    pub fn tiers(&self) -> TierLimits {
        self.0.shared.settings.borrow().tiers
    }

    #[must_use]
    pub fn metrics(&self) -> RecorderMetrics {
        let metrics = &self.0.shared.metrics;
        let mut watches_by_state = BTreeMap::new();
        // In the order in which an event passes them, so that one that moves on meanwhile is seen twice
        // rather than missed.
        let events_by_kind: Vec<_> =
            Kind::ALL.into_iter().map(|kind| (kind, metrics.counted(kind))).collect();
        let (mut unsaved, mut event_lag_ms) = (0, 0);
        for shown in self.shown() {
            *watches_by_state.entry(shown.state().as_str()).or_insert(0) += 1;
            unsaved += shown.unsaved() as u64;
            event_lag_ms = event_lag_ms.max(shown.event_lag_ms());
        }
        let queue = unsaved + metrics.handed();
        let events_stored = metrics.stored();
        let counted: u64 = events_by_kind.iter().map(|(_, count)| count).sum();
        RecorderMetrics {
            events_by_kind,
            events_stored,
            queue,
            events_dropped: counted.saturating_sub(queue + events_stored),
            event_lag_ms,
            watches_by_state,
        }
    }

    /// What all watches show, by handle.
    fn shown(&self) -> Vec<Arc<Shown>> {
        self.lock().values().map(|running| Arc::clone(&running.shown)).collect()
    }

    async fn tell(&self, creator: &Handle, command: Command) -> Result<(), RecorderError> {
        let commands = self.lock().get(creator).map(|running| running.commands.clone());
        let commands = commands.ok_or_else(|| RecorderError::NotWatched(creator.clone()))?;
        // The watch may be gone already when Pasut is stopping; then there is nothing to tell.
        let _ = commands.send(command).await;
        Ok(())
    }

    fn run(&self, creator: Creator, left_open: Option<Session>, delay: Duration) {
        let mut watches = self.lock();
        if watches.contains_key(&creator.handle) {
            return;
        }
        let shared = self.0.shared.clone();
        let handle = creator.handle.clone();
        let shown = Arc::new(Shown::new(handle.clone(), creator.nickname.clone(), shared.clock.wall()));
        let (commands, told) = mpsc::channel(8);
        let stop = self.0.stop.child_token();
        let running = Running { shown: Arc::clone(&shown), commands, stop: stop.clone() };
        let lifecycle = shared.lifecycle.clone();
        let watch = Watch::new(creator, left_open, shown, shared, told, stop.clone());
        lifecycle.spawn(format!("watch of {handle}"), async move {
            // A watch that is ended before it began still has a session to end.
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(delay) => {}
            }
            watch.run().await;
        });
        watches.insert(handle, running);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Handle, Running>> {
        self.0.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a session where its last event was.
async fn finish(store: &Store, session: &Session) -> Result<(), StoreError> {
    store.finish_session(session.id, session.start.recorded_from + session.duration_ms).await
}
