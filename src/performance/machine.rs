//! The task that samples, logs and lets Auto decide.

use super::auto::Auto;
use super::minutes::Minutes;
use super::sampler::Sample;
use crate::clock::Clock;
use crate::domain::machine::{AutoChange, Minute, Why};
use crate::domain::time::Stamp;
use crate::lifecycle::Lifecycle;
use crate::settings::preferences::PreferenceSettings;
use crate::store::Store;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How often a sample is taken: often enough for a page that shows it, seldom enough to cost nothing.
pub const SAMPLE_EVERY: Duration = Duration::from_secs(5);

/// How Pasut's own work is coming along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Events counted since the start.
    pub events: u64,
    /// Events counted and not yet stored.
    pub queue: u64,
    /// Events that were counted and got lost.
    pub dropped: u64,
    /// 95 of 100 frames are visible after this many milliseconds at most.
    pub event_lag_ms: u32,
}

/// The computer and Pasut at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    pub at: Stamp,
    pub sample: Sample,
    pub load: Load,
    /// Since the reading before.
    pub events_per_s: f64,
    /// Size of the database.
    pub data_bytes: u64,
}

/// The newest reading, for whoever shows it. Clones share it.
#[derive(Clone)]
pub struct Machine(Arc<watch::Sender<Option<Reading>>>);

/// What the task is made of. `sample` asks the system and `load` Pasut.
pub struct Parts<S, L> {
    pub sample: S,
    pub load: L,
    pub every: Duration,
    pub preferences: PreferenceSettings,
    pub store: Store,
    pub clock: Clock,
}

impl Machine {
    /// Samples until Pasut stops.
    pub fn start<S, L>(parts: Parts<S, L>, lifecycle: &Lifecycle) -> Self
    where
        S: FnMut() -> Option<Sample> + Send + 'static,
        L: Fn() -> Load + Send + Sync + 'static,
    {
        let newest = Arc::new(watch::Sender::new(None));
        let watching = Watching {
            sample: Arc::new(Mutex::new(parts.sample)),
            load: parts.load,
            every: parts.every,
            preferences: parts.preferences,
            store: parts.store,
            clock: parts.clock,
            newest: Arc::clone(&newest),
            minutes: Minutes::default(),
        };
        lifecycle.spawn("performance", watching.run(lifecycle.stop_signal()));
        Self(newest)
    }

    /// What was measured last; `None` in the first seconds, and on a system that tells nothing.
    #[must_use]
    pub fn newest(&self) -> Option<Reading> {
        *self.0.borrow()
    }
}

struct Watching<S, L> {
    sample: Arc<Mutex<S>>,
    load: L,
    every: Duration,
    preferences: PreferenceSettings,
    store: Store,
    clock: Clock,
    newest: Arc<watch::Sender<Option<Reading>>>,
    minutes: Minutes,
}

impl<S, L> Watching<S, L>
where
    S: FnMut() -> Option<Sample> + Send + 'static,
    L: Fn() -> Load + Send + Sync + 'static,
{
    async fn run(mut self, stop: CancellationToken) {
        let mut auto = self.resumed().await;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(self.every) => {}
            }
            let Some(reading) = self.read().await else { continue };
            self.newest.send_replace(Some(reading));
            let interval_ms = self.preferences.now().interval_ms;
            if let Some(minute) = self.minutes.take(&reading, interval_ms) {
                self.keep(minute).await;
                if let Some(change) = auto.take(self.preferences.chosen().auto, &minute) {
                    self.apply(change).await;
                }
            }
        }
    }

    /// Auto as it was when Pasut stopped.
    async fn resumed(&self) -> Auto {
        let changes = self.store.auto_changes(1).await.unwrap_or_default();
        let eased = changes.first().is_some_and(|newest| newest.eased);
        self.preferences.ease(eased);
        Auto::resumed(eased)
    }

    /// Asks the system on a thread where it keeps nobody waiting.
    async fn read(&self) -> Option<Reading> {
        let sample = Arc::clone(&self.sample);
        let ask = move || (sample.lock().unwrap_or_else(PoisonError::into_inner))();
        let sample = tokio::task::spawn_blocking(ask).await.ok().flatten()?;
        let (at, load) = (self.clock.wall(), (self.load)());
        let before = *self.newest.borrow();
        let events_per_s = before.map_or(0.0, |before| {
            let seconds = (at.ms_since(before.at) as f64 / 1000.0).max(0.001);
            load.events.saturating_sub(before.load.events) as f64 / seconds
        });
        Some(Reading { at, sample, load, events_per_s, data_bytes: self.store.size_bytes() })
    }

    async fn keep(&self, minute: Minute) {
        if let Err(err) = self.store.log_minute(minute).await {
            warn!(%err, "A minute of the computer's load is not kept: {err}");
        }
    }

    async fn apply(&self, change: AutoChange) {
        self.preferences.ease(change.eased);
        match change.why {
            Why::Short { of, least, for_ms } => info!(
                cause = of.as_str(),
                measured = least,
                minutes = for_ms / 60_000,
                "The computer is short: intervals are wider, polls and explanations seldomer from now on"
            ),
            Why::Calm { most, for_ms } => info!(
                cpu_percent = most,
                minutes = for_ms / 60_000,
                "The computer is calm: everything is as it was chosen again"
            ),
            Why::SwitchedOff => info!("Auto is off: everything is as it was chosen again"),
        }
        if let Err(err) = self.store.log_auto_change(change).await {
            warn!(%err, "What Auto changed is not kept: {err}");
        }
    }
}

#[cfg(test)]
pub(in crate::performance) mod tests {
    use super::*;
    use crate::settings::preferences::{Key, Preferences};
    use crate::store::Opening;
    use std::collections::BTreeMap;

    /// The minute of a calm computer, by its number.
    pub fn minute(number: i64) -> Minute {
        Minute {
            from: Stamp(number * 60_000),
            cpu_percent: 20.0,
            own_cpu_percent: 1.0,
            memory_percent: 40.0,
            own_memory_mb: 80.0,
            disk_percent: Some(50.0),
            disk_free_mb: Some(100_000.0),
            interval_ms: 300_000,
            data_mb: 10.0,
            event_lag_ms: 5,
            queue: 0,
            events: 100,
            dropped: 0,
        }
    }

    /// A sample of a computer with so much to do.
    pub fn sample(cpu_percent: f64) -> Sample {
        Sample {
            cpu_percent,
            own_cpu_percent: 1.0,
            memory_percent: 40.0,
            own_memory_bytes: 80_000_000,
            disk: None,
        }
    }

    pub fn reading(at_ms: i64, cpu_percent: f64, event_lag_ms: u32, events: u64) -> Reading {
        let load = Load { events, event_lag_ms, ..Load::default() };
        Reading { at: Stamp(at_ms), sample: sample(cpu_percent), load, events_per_s: 0.0, data_bytes: 0 }
    }

    /// A computer whose load a test decides, and the store that remembers it. A minute passes in a tenth
    /// of a second.
    async fn computer(cpu: &watch::Sender<f64>) -> (tempfile::TempDir, Store, PreferenceSettings, Lifecycle) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
        let loaded = PreferenceSettings::load(store.clone(), Preferences::default(), BTreeMap::new()).await;
        let (preferences, lifecycle) = (loaded.expect("readable"), Lifecycle::start());
        let cpu = cpu.subscribe();
        let parts = Parts {
            sample: move || Some(sample(*cpu.borrow())),
            load: Load::default,
            every: Duration::from_millis(5),
            preferences: preferences.clone(),
            store: store.clone(),
            clock: Clock::with_speed(600.0),
        };
        drop(Machine::start(parts, &lifecycle));
        (folder, store, preferences, lifecycle)
    }

    async fn until(preferences: &PreferenceSettings, wanted: impl Fn(&Preferences) -> bool) {
        let mut in_force = preferences.in_force();
        let waited = tokio::time::timeout(Duration::from_secs(30), in_force.wait_for(|now| wanted(now)));
        waited.await.expect("in time").expect("alive");
    }

    #[tokio::test]
    async fn auto_gives_way_to_a_busy_computer_and_comes_back_and_says_both() {
        let cpu = watch::Sender::new(95.0);
        let (_folder, store, preferences, lifecycle) = computer(&cpu).await;
        preferences.change(&[(Key::Auto, Some("on"))]).await.expect("usable");
        until(&preferences, |now| now.interval_ms == 600_000 && now.every_ms(2000) == 4000).await;
        cpu.send_replace(12.0);
        until(&preferences, |now| now.interval_ms == 300_000 && now.every_ms(2000) == 2000).await;
        lifecycle.stop();
        lifecycle.finished().await;
        let told = store.auto_changes(10).await.expect("readable");
        assert!(matches!(told[0].why, Why::Calm { for_ms, .. } if for_ms >= 900_000), "{told:?}");
        assert!(matches!(told[1].why, Why::Short { for_ms, .. } if for_ms >= 300_000), "{told:?}");
        assert_eq!(told.iter().map(|change| change.eased).collect::<Vec<_>>(), [false, true]);
        let minutes = store.minutes(Stamp(0)).await.expect("readable");
        assert!(minutes.len() >= 10, "{}", minutes.len());
        assert!(minutes.iter().any(|minute| minute.interval_ms == 600_000));
    }

    #[tokio::test]
    async fn without_auto_a_busy_computer_is_logged_and_nothing_is_changed() {
        let cpu = watch::Sender::new(95.0);
        let (_folder, store, preferences, lifecycle) = computer(&cpu).await;
        let logged = async {
            while store.minutes(Stamp(0)).await.expect("readable").len() < 12 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), logged).await.expect("in time");
        assert_eq!(preferences.now(), Preferences::default());
        assert_eq!(store.auto_changes(10).await.expect("readable"), []);
        lifecycle.stop();
        lifecycle.finished().await;
    }
}
