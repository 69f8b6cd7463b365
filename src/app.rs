//! Builds the rooms, joins them, and owns the order of start and of shutdown.

use crate::avatars::Avatars;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::ids::SessionId;
use crate::lifecycle::Lifecycle;
use crate::performance::machine::{self, Load, Machine};
use crate::performance::sampler::Sampler;
use crate::recorder::shared::Settings;
use crate::recorder::supervisor::{Parts, Recorder, RecorderMetrics};
use crate::reports;
use crate::reports::explain::ExplainError;
use crate::settings::connection::ConnectionSettings;
use crate::settings::preferences::{PreferenceSettings, Preferences};
use crate::store::erasure::Erased;
use crate::store::folder::{DataFolder, FolderLock};
use crate::store::{Opening, Store};
use crate::web::jobs::Jobs;
use crate::web::server;
use crate::web::state::{self, AppState, Progress};
use actix_web::dev::ServerHandle;
use anyhow::Context as _;
use std::collections::HashSet;
use std::net::{SocketAddr, TcpListener};
use std::ops::ControlFlow;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Sessions that nobody explained are looked for this often.
const LEFT_EVERY: Duration = Duration::from_secs(15);

/// Leaderboards nobody looks at any more are let go this often.
const BOARDS_EVERY: Duration = Duration::from_secs(60);

/// Erasures that were asked for are looked for this often.
const ERASE_EVERY: Duration = Duration::from_secs(5);

/// The running program.
pub struct App {
    pub address: SocketAddr,
    pub store: Store,
    pub recorder: Recorder,
    pub preferences: PreferenceSettings,
    /// What a recording goes by; a change reaches the running ones.
    pub settings: watch::Sender<Settings>,
    lifecycle: Lifecycle,
    server: ServerHandle,
    // Held until everything is written.
    lock: FolderLock,
}

/// What a start is made of besides the configuration.
pub struct Start {
    pub listener: TcpListener,
    pub clock: Clock,
    pub settings: Settings,
    /// For the demo: how its past is coming along. Every page then says that nobody here is real.
    pub demo: Option<watch::Receiver<Progress>>,
}

impl App {
    /// Opens the data folder, takes the recordings up and answers requests.
    ///
    /// # Errors
    ///
    /// If the folder, the database or the listener cannot be used.
    pub async fn start(config: &Config, start: Start) -> anyhow::Result<Self> {
        let folder = DataFolder::open(&config.data_dir)?;
        let address = start.listener.local_addr().context("The listener has no address")?;
        let lock = folder.lock(&format!("pasut at http://{address}"))?;
        lock.announce(&format!("http://{address}")).context("The data folder cannot be written")?;
        let store = Store::open(&config.database, Opening::Owner)?;
        let lifecycle = Lifecycle::start();
        pack_what_was_left(&store, &lifecycle).await?;
        let connection =
            ConnectionSettings::load(store.clone(), config.fixed_connection(), config.connector.patience)
                .await?;
        let preferences =
            PreferenceSettings::load(store.clone(), usual(&start.settings), config.fixed_preferences())
                .await?;
        let now = preferences.now();
        let settings = watch::Sender::new(start.settings);
        settings.send_modify(|settings| prefer(&now, settings));
        let recorder = Recorder::start(Parts {
            store: store.clone(),
            clock: start.clock.clone(),
            tiktok: connection.tiktok(),
            settings: settings.subscribe(),
            lifecycle: lifecycle.clone(),
        })
        .await?;
        let chore = explain_what_was_left(store.clone(), lifecycle.stop_signal());
        lifecycle.spawn("explanations of the past", chore);
        let stop = lifecycle.stop_signal();
        let avatars = Avatars::new(folder.path().join("avatars"), now.avatars, connection.tiktok());
        let chore =
            follow(preferences.in_force(), settings.clone(), avatars.clone(), lifecycle.stop_signal());
        lifecycle.spawn("preferences", chore);
        let machine = machine(&folder, &recorder, &preferences, &store, &start.clock, &lifecycle);
        let exports = folder.path().join("exports");
        let jobs = Jobs::start(exports, store.clone(), start.clock.clone(), &lifecycle)
            .context("The folder of the exports cannot be used")?;
        let state = AppState::new(state::Parts {
            store: store.clone(),
            recorder: recorder.clone(),
            connection,
            preferences: preferences.clone(),
            machine,
            clock: start.clock,
            avatars: avatars.clone(),
            jobs,
            demo: start.demo,
            stop: stop.clone(),
        });
        let chore = keep_boards(store.clone(), state.clone(), stop);
        lifecycle.spawn("leaderboards", chore);
        let chore = erase_people(store.clone(), recorder.clone(), avatars, lifecycle.stop_signal());
        lifecycle.spawn("erasures", chore);
        let server = server::serve(vec![start.listener], state).context("Nothing can be served")?;
        let handle = server.handle();
        lifecycle.spawn("web server", async move {
            if let Err(err) = server.await {
                warn!(%err, "The web server ended: {err}");
            }
        });
        info!(%address, "Serving on {address}");
        Ok(Self { address, store, recorder, preferences, settings, lifecycle, server: handle, lock })
    }

    /// Stops: no more requests, then the watches write what they have, then the database closes.
    pub async fn stop(self) {
        self.server.stop(true).await;
        self.lifecycle.stop();
        self.lifecycle.finished().await;
        drop(self.recorder);
        drop(self.store);
        drop(self.lock);
    }
}

/// Watches this computer and Pasut on it.
fn machine(
    folder: &DataFolder,
    recorder: &Recorder,
    preferences: &PreferenceSettings,
    store: &Store,
    clock: &Clock,
    lifecycle: &Lifecycle,
) -> Machine {
    let mut sampler = Sampler::new(folder.path());
    let recorder = recorder.clone();
    let parts = machine::Parts {
        sample: move || sampler.as_mut()?.sample(),
        load: move || load(&recorder.metrics()),
        every: machine::SAMPLE_EVERY,
        preferences: preferences.clone(),
        store: store.clone(),
        clock: clock.clone(),
    };
    Machine::start(parts, lifecycle)
}

fn load(metrics: &RecorderMetrics) -> Load {
    Load {
        events: metrics.events_by_kind.iter().map(|(_, count)| count).sum(),
        queue: metrics.queue,
        dropped: metrics.events_dropped,
        event_lag_ms: metrics.event_lag_ms,
    }
}

/// The preferences of a start, where nobody chose.
fn usual(settings: &Settings) -> Preferences {
    Preferences {
        interval_ms: settings.interval_ms,
        grace_ms: settings.grace_ms,
        tiers: settings.tiers,
        explain_ms: settings.explain_ms,
        auto_start: settings.auto_start,
        ..Preferences::default()
    }
}

/// Has recordings go by what is preferred.
const fn prefer(preferences: &Preferences, settings: &mut Settings) {
    settings.interval_ms = preferences.interval_ms;
    settings.grace_ms = preferences.grace_ms;
    settings.tiers = preferences.tiers;
    settings.explain_ms = preferences.explain_ms;
    settings.auto_start = preferences.auto_start;
}

/// Tells those who do not know the preferences what is in force from now on.
async fn follow(
    mut in_force: watch::Receiver<Preferences>,
    settings: watch::Sender<Settings>,
    avatars: Avatars,
    stop: CancellationToken,
) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Ok(()) = in_force.changed() => {}
        }
        let now = *in_force.borrow_and_update();
        avatars.switch(now.avatars);
        settings.send_modify(|settings| prefer(&now, settings));
    }
}

/// Explains sessions that nobody explained when they ended: a capture, a push, the demo's past, one
/// that Pasut did not see end. It rests twice as long as it works.
async fn explain_what_was_left(store: Store, stop: CancellationToken) {
    let mut failed = HashSet::new();
    loop {
        for id in store.unanswered_sessions().await.unwrap_or_default() {
            let began = Instant::now();
            if !failed.contains(&id) && !explain(&store, id).await {
                failed.insert(id);
            }
            if rests(&stop, began.elapsed() * 2).await.is_break() {
                return;
            }
        }
        if rests(&stop, LEFT_EVERY).await.is_break() {
            return;
        }
    }
}

/// Makes the boards of sessions that an earlier version recorded, then lets go of sums of boards and of
/// insights that nobody looks at any more.
async fn keep_boards(store: Store, state: AppState, stop: CancellationToken) {
    if let Err(err) = reports::boards::make_missing(&store, || !stop.is_cancelled()).await {
        warn!(%err, "Leaderboards of earlier sessions are made when somebody asks: {err}");
    }
    while rests(&stop, BOARDS_EVERY).await.is_continue() {
        state.boards.let_go(state.now());
        state.remembered.let_go(state.now());
    }
}

/// Erases people who asked for it, from what has ended at once and from what runs when it ends.
async fn erase_people(store: Store, recorder: Recorder, avatars: Avatars, stop: CancellationToken) {
    loop {
        for erasure in store.erasures().await.unwrap_or_default() {
            recorder.erase(&erasure);
            if let Err(err) = avatars.forget(erasure.user) {
                warn!(%err, "The picture of somebody who is erased stays, and is tried again: {err}");
                continue;
            }
            match store.erase(&erasure).await {
                Ok(Erased::Everywhere) => info!("Somebody was erased, as it was asked for"),
                Ok(Erased::ButForRunning) => {}
                Err(err) => warn!(%err, "An erasure is not complete and is tried again: {err}"),
            }
        }
        if rests(&stop, ERASE_EVERY).await.is_break() {
            return;
        }
    }
}

async fn explain(store: &Store, id: SessionId) -> bool {
    let explained = async {
        let Some(session) = store.session(id).await? else { return Ok(()) };
        reports::explain::answer(store, &session).await.map(drop)
    };
    let explained: Result<(), ExplainError> = explained.await;
    explained.inspect_err(|err| warn!(session = %id, %err, "Session {id} stays unexplained: {err}")).is_ok()
}

async fn rests(stop: &CancellationToken, pause: Duration) -> ControlFlow<()> {
    tokio::select! {
        () = stop.cancelled() => ControlFlow::Break(()),
        () = tokio::time::sleep(pause) => ControlFlow::Continue(()),
    }
}

/// Packs the events of sessions whose packing was interrupted, beside everything else.
async fn pack_what_was_left(store: &Store, lifecycle: &Lifecycle) -> anyhow::Result<()> {
    let unpacked = store.unpacked_sessions().await?;
    if unpacked.is_empty() {
        return Ok(());
    }
    let (store, stop) = (store.clone(), lifecycle.stop_signal());
    lifecycle.spawn("packing of events", async move {
        for session in unpacked {
            if stop.is_cancelled() {
                return;
            }
            if let Err(err) = store.pack_events(session).await {
                warn!(%session, %err, "Session {session} stays unpacked: {err}");
            }
        }
    });
    Ok(())
}
