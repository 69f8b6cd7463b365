//! Starts, stops and lists the watched creators.

use super::explain::{self, Explaining};
use super::prices::Prices;
use super::push::{Ask, NotTaken, Push, Pushed};
use super::rate::{Limit, Rate, TooFast};
use super::revalue::{Revaluing, Watched};
use super::shared::{FeedEvent, Feeder, Feeders, Settings, Shared};
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
use crate::domain::ids::{GiftId, RoomId, SessionId, UserId};
use crate::domain::marker::{Marker, MarkerKind};
use crate::domain::record::LearnedValue;
use crate::domain::session::{Origin, Session, SessionStart};
use crate::domain::time::Stamp;
use crate::domain::told::Told;
use crate::lifecycle::Lifecycle;
use crate::store::{Store, StoreError};
use rand::RngExt as _;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, broadcast, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

/// How many events wait for a slow listener before it misses some.
const NEWS: usize = 1024;

/// How many creators are looked up at the same time.
const LOOK_UPS: usize = 4;

/// When Pasut starts with many creators, their first look-ups are spread over this long each.
const SPREAD_MS_EACH: u64 = 250;

/// A pushed session takes this many lines a second, and as many at once after a pause.
const LINES: Limit = Limit { per_s: 2_000.0, at_once: 20_000.0 };

/// A request counts as so many lines, however short it is.
const REQUEST_COST: f64 = 20.0;

/// Pushed sessions of all creators begin this often.
const BEGINNINGS: Limit = Limit { per_s: 0.2, at_once: 10.0 };

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
    #[error(
        "Pasut records @{0} itself right now, so nothing was begun: two sources would count everything twice. \
         Stop the watch of this LIVE first, or leave it to Pasut."
    )]
    Recorded(Handle),
    #[error("Session {0} is not one that is pushed, so nothing was added. POST /api/v1/sessions begins one.")]
    NotPushed(SessionId),
    #[error("Session {0} is over, so nothing was added. POST /api/v1/sessions begins the next one.")]
    Over(SessionId),
    #[error("That was too much at once, and nothing was taken. Try again in {} s.", .0.seconds())]
    TooFast(TooFast),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A session that a foreign connector is going to feed.
#[derive(Clone, Debug)]
pub struct NewPush {
    pub creator: Handle,
    /// The creator's own account, so that gifts to guests can be told apart.
    pub host: Option<UserId>,
    pub room: Option<RoomId>,
    pub title: String,
}

/// The recorder. Clones share it.
#[derive(Clone)]
pub struct Recorder(Arc<Inner>);

struct Inner {
    shared: Shared,
    stop: CancellationToken,
    watches: Mutex<BTreeMap<Handle, Running>>,
    pushed: Mutex<BTreeMap<Handle, Arc<Pushing>>>,
    /// Held while a pushed session is begun, so that two at once are one.
    pushes: tokio::sync::Mutex<()>,
    beginning: Mutex<Rate>,
}

struct Running {
    shown: Arc<Shown>,
    commands: mpsc::Sender<Command>,
    stop: CancellationToken,
}

/// A session that a foreign connector feeds, or that ended a while ago.
struct Pushing {
    session: SessionId,
    running: Running,
    asks: mpsc::Sender<Ask>,
    rate: Mutex<Rate>,
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
            feeders: Feeders::default(),
        };
        let stop = shared.lifecycle.stop_signal();
        let began = shared.clock.monotonic_ms();
        let recorder = Self(Arc::new(Inner {
            shared,
            stop,
            watches: Mutex::default(),
            pushes: tokio::sync::Mutex::default(),
            pushed: Mutex::default(),
            beginning: Mutex::new(Rate::new(BEGINNINGS, began)),
        }));
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
            let watched = |running: &Running| Watched {
                shown: Arc::clone(&running.shown),
                commands: running.commands.clone(),
            };
            let mut all: Vec<_> = recorder.lock().values().map(watched).collect();
            all.extend(recorder.pushed().values().map(|pushing| watched(&pushing.running)));
            all
        };
        let (store, news) = (shared.store.clone(), Arc::clone(&shared.revaluing));
        let revaluing = Revaluing { watches, store, news, stop: self.0.stop.clone() };
        shared.lifecycle.spawn("revaluations", revaluing.run());
    }

    async fn take_up_all(&self) -> Result<(), StoreError> {
        let store = &self.0.shared.store;
        let mut open: HashMap<Handle, Vec<Session>> = HashMap::new();
        for session in store.open_sessions().await? {
            match session.start.origin {
                // Its pusher may go on where it was.
                Origin::Push => {
                    self.run_push(session.id, session.start).await?;
                    continue;
                }
                // A file is taken whole or not at all, and this one was not.
                Origin::Import => {
                    store.delete_session(session.id).await?;
                    continue;
                }
                Origin::Live | Origin::Capture | Origin::Demo => {}
            }
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
        for session in open.into_values().flatten() {
            finish(store, &session).await?;
        }
        Ok(())
    }

    /// All watched creators, by handle.
    #[must_use]
    pub fn watches(&self) -> Vec<Arc<Snapshot>> {
        let now = self.0.shared.clock.wall();
        self.shown_by_creator().values().map(|shown| shown.snapshot(now)).collect()
    }

    #[must_use]
    pub fn snapshot(&self, creator: &Handle) -> Option<Arc<Snapshot>> {
        let shown = self.shown_by_creator().remove(creator)?;
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

    /// What all watches show, and all sessions that are pushed.
    fn shown(&self) -> Vec<Arc<Shown>> {
        let mut all: Vec<_> = self.lock().values().map(|running| Arc::clone(&running.shown)).collect();
        all.extend(self.pushed().values().map(|pushing| Arc::clone(&pushing.running.shown)));
        all
    }

    /// How each creator is doing. A running session that is pushed is the creator's; one that is over stays to be
    /// seen for a while where there is no watch.
    fn shown_by_creator(&self) -> BTreeMap<Handle, Arc<Shown>> {
        let watches = self.lock();
        let mut shown: BTreeMap<_, _> =
            watches.iter().map(|(creator, running)| (creator.clone(), Arc::clone(&running.shown))).collect();
        drop(watches);
        for (creator, pushing) in self.pushed().iter() {
            if pushing.running.shown.is_recording() || !shown.contains_key(creator) {
                shown.insert(creator.clone(), Arc::clone(&pushing.running.shown));
            }
        }
        shown
    }

    async fn tell(&self, creator: &Handle, command: Command) -> Result<(), RecorderError> {
        let pushing = self.pushed().get(creator).cloned();
        let pushing = pushing.filter(|pushing| pushing.running.shown.is_recording());
        if let Some(pushing) = pushing.filter(|_| command == Command::Stop) {
            // A session that is over needs no end.
            let _ = pushing.running.commands.send(command).await;
            return Ok(());
        }
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
        if left_open.is_some() {
            // A pushed session of theirs may have been taken up before; then the watch waits.
            let _ = shared.feeders.claim(&handle, Feeder::Watch);
        }
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

    /// Begins a session that a foreign connector feeds, or takes up the one of this creator that runs. Returns
    /// whether it is new.
    ///
    /// # Errors
    ///
    /// [`RecorderError::Recorded`] while our own connection records the creator, or if it cannot be stored.
    pub async fn begin_push(&self, new: NewPush) -> Result<(SessionId, bool), RecorderError> {
        let _one_at_a_time = self.0.pushes.lock().await;
        let Shared { store, clock, settings, feeders, .. } = &self.0.shared;
        let running = self.pushed().get(&new.creator).cloned();
        if let Some(running) = running.filter(|pushing| pushing.running.shown.is_recording()) {
            return Ok((running.session, false));
        }
        let now = clock.wall();
        self.beginning().take(1.0, clock.monotonic_ms()).map_err(RecorderError::TooFast)?;
        if !feeders.claim(&new.creator, Feeder::Push) {
            return Err(RecorderError::Recorded(new.creator));
        }
        let begun = async {
            let known = store.creators().await?.into_iter().find(|known| known.handle == new.creator);
            let before = store.last_session_of(&new.creator).await?;
            let grace_ms = settings.borrow().grace_ms;
            let continues = before
                .filter(|before| before.start.origin == Origin::Push)
                .filter(|before| before.ended_at.is_some_and(|ended| now.ms_since(ended) <= grace_ms));
            let start = SessionStart {
                host: new.host.or(known.and_then(|known| known.user)),
                title: new.title,
                continues: continues.map(|before| before.id),
                ..SessionStart::new(new.creator.clone(), new.room.unwrap_or_default(), now, Origin::Push)
            };
            let session = store.begin_session(&start).await?;
            self.run_push(session, start).await?;
            Ok::<_, StoreError>(session)
        };
        let begun = begun.await;
        if begun.is_err() {
            feeders.let_go(&new.creator, Feeder::Push);
        }
        Ok((begun?, true))
    }

    /// Takes lines of a session that is pushed; `host` is the creator's own account, as they tell it. They are
    /// written when this returns.
    ///
    /// # Errors
    ///
    /// [`RecorderError::TooFast`], [`RecorderError::NotPushed`] and [`RecorderError::Over`]; after an error of
    /// the store the same lines can be sent again.
    pub async fn push(
        &self,
        session: SessionId,
        lines: Vec<(usize, Told)>,
        host: Option<UserId>,
    ) -> Result<Pushed, RecorderError> {
        let pushing = self.pushing(session).await?;
        let cost = REQUEST_COST + lines.len() as f64;
        pushing.rate().take(cost, self.0.shared.clock.monotonic_ms()).map_err(RecorderError::TooFast)?;
        ask(session, &pushing, |answer| Ask::Take { lines, host, answer }).await
    }

    /// Ends a session that is pushed. One that is over already stays as it is.
    ///
    /// # Errors
    ///
    /// [`RecorderError::NotPushed`], or if its end could not be written yet.
    pub async fn end_push(&self, session: SessionId) -> Result<(), RecorderError> {
        let ended =
            async { ask(session, &*self.pushing(session).await?, |answer| Ask::End { answer }).await };
        match ended.await {
            Err(RecorderError::Over(_)) => Ok(()),
            ended => ended,
        }
    }

    /// The pushed session that runs; or why it takes nothing.
    async fn pushing(&self, session: SessionId) -> Result<Arc<Pushing>, RecorderError> {
        let running = self.pushed().values().find(|pushing| pushing.session == session).cloned();
        if let Some(running) = running {
            return Ok(running);
        }
        match self.0.shared.store.session(session).await? {
            None => Err(RecorderError::NoSession(session)),
            Some(stored) if stored.start.origin == Origin::Push => Err(RecorderError::Over(session)),
            Some(_) => Err(RecorderError::NotPushed(session)),
        }
    }

    /// Runs the task of a pushed session, which is stored.
    async fn run_push(&self, session: SessionId, start: SessionStart) -> Result<(), StoreError> {
        let shared = self.0.shared.clone();
        let creator = start.creator.clone();
        // Whoever begins one has claimed the creator already; one that is taken up claims it here.
        let _ = shared.feeders.claim(&creator, Feeder::Push);
        let shown = Arc::new(Shown::new(creator.clone(), String::new(), shared.clock.wall()));
        let (asks, asked) = mpsc::channel(8);
        let (commands, told) = mpsc::channel(8);
        let stop = self.0.stop.child_token();
        let push =
            Push::take_up(session, start, Arc::clone(&shown), shared.clone(), (asked, told), stop.clone())
                .await?;
        let running = Running { shown, commands, stop: stop.clone() };
        let rate = Mutex::new(Rate::new(LINES, shared.clock.monotonic_ms()));
        let pushing = Arc::new(Pushing { session, running, asks, rate });
        self.pushed().insert(creator.clone(), Arc::clone(&pushing));
        let recorder = self.clone();
        self.0.shared.lifecycle.spawn(format!("push of {creator}"), async move {
            push.run().await;
            shared.feeders.let_go(&creator, Feeder::Push);
            // What it came to stays to be seen for a while.
            let grace = shared.clock.takes(shared.settings.borrow().grace_ms);
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(grace) => {}
            }
            let mut pushed = recorder.pushed();
            if pushed.get(&creator).is_some_and(|now| Arc::ptr_eq(now, &pushing)) {
                pushed.remove(&creator);
            }
        });
        Ok(())
    }

    fn pushed(&self) -> MutexGuard<'_, BTreeMap<Handle, Arc<Pushing>>> {
        self.0.pushed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn beginning(&self) -> MutexGuard<'_, Rate> {
        self.0.beginning.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Handle, Running>> {
        self.0.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pushing {
    fn rate(&self) -> MutexGuard<'_, Rate> {
        self.rate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn ask<T>(
    session: SessionId,
    pushing: &Pushing,
    ask: impl FnOnce(oneshot::Sender<Result<T, NotTaken>>) -> Ask,
) -> Result<T, RecorderError> {
    let (answer, answered) = oneshot::channel();
    // A task that is gone has ended its session.
    let over = |_| RecorderError::Over(session);
    pushing.asks.send(ask(answer)).await.map_err(|_| RecorderError::Over(session))?;
    answered.await.map_err(over)?.map_err(|not_taken| match not_taken {
        NotTaken::Over => RecorderError::Over(session),
        NotTaken::Store(err) => RecorderError::Store(err),
    })
}

/// Ends a session where its last event was.
async fn finish(store: &Store, session: &Session) -> Result<(), StoreError> {
    store.finish_session(session.id, session.until()).await
}
