//! Builds the rooms, joins them, and owns the order of start and of shutdown.

use crate::avatars::Avatars;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::ids::SessionId;
use crate::housekeeping::backups::{self, Backups};
use crate::housekeeping::restore::{Place, Restored, Staged};
use crate::lifecycle::Lifecycle;
use crate::recorder::shared::Settings;
use crate::recorder::supervisor::{Parts, Recorder};
use crate::reports;
use crate::reports::explain::ExplainError;
use crate::settings::ConnectionSettings;
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
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Sessions that nobody explained are looked for this often.
const LEFT_EVERY: Duration = Duration::from_secs(15);

/// Leaderboards nobody looks at any more are let go this often.
const BOARDS_EVERY: Duration = Duration::from_secs(60);

/// Whether a backup is due is looked at this often.
const BACKUPS_EVERY: Duration = Duration::from_secs(600);

/// Erasures that were asked for are looked for this often.
const ERASE_EVERY: Duration = Duration::from_secs(5);

/// The running program.
pub struct App {
    pub address: SocketAddr,
    pub store: Store,
    pub recorder: Recorder,
    /// What a recording goes by; a change reaches the running ones.
    pub settings: watch::Sender<Settings>,
    /// Backups that are to be put in their place once Pasut has stopped.
    restores: mpsc::Receiver<Staged>,
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
    /// How a restore ended for which Pasut was stopped before.
    pub restored: Option<Result<Restored, backups::Trouble>>,
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
        let settings = watch::Sender::new(start.settings);
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
        let shows_avatars = store.setting("avatars").await?.as_deref() != Some("off");
        let avatars = Avatars::new(folder.path().join("avatars"), shows_avatars, connection.tiktok());
        let exports = folder.path().join("exports");
        let jobs = Jobs::start(exports, store.clone(), start.clock.clone(), &lifecycle)
            .context("The folder of the exports cannot be used")?;
        let (wish, restores) = mpsc::channel(1);
        let backups = Backups::new(backups::Parts {
            store: store.clone(),
            clock: start.clock.clone(),
            lifecycle: lifecycle.clone(),
            place: place(config),
            usual_folder: folder.path().join("backups"),
            settings: config.settings_file(),
            restores: start.demo.is_none().then_some(wish),
            restored: start.restored,
        });
        // The demo's past is made anew each time.
        if start.demo.is_none() {
            let chore = make_backups(backups.clone(), lifecycle.stop_signal());
            lifecycle.spawn("scheduled backups", chore);
        }
        let state = AppState::new(state::Parts {
            store: store.clone(),
            recorder: recorder.clone(),
            connection,
            clock: start.clock,
            avatars: avatars.clone(),
            jobs,
            backups,
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
        Ok(Self { address, store, recorder, settings, restores, lifecycle, server: handle, lock })
    }

    /// Waits until somebody wants a backup restored. It is unpacked and checked; Pasut has to stop for it.
    pub async fn restore_wanted(&mut self) -> Staged {
        match self.restores.recv().await {
            Some(staged) => staged,
            None => std::future::pending().await,
        }
    }

    /// Stops: no more requests, then the watches write what they have, then the database closes. The data
    /// folder stays locked as long as the returned lock is held.
    pub async fn stop(self) -> FolderLock {
        self.server.stop(true).await;
        self.lifecycle.stop();
        self.lifecycle.finished().await;
        drop(self.recorder);
        drop(self.store);
        self.lock
    }
}

/// Where a backup is restored to from the page: the options of the running Pasut stay.
fn place(config: &Config) -> Place {
    Place { database: config.database.clone(), settings: config.file(), replace_settings: false }
}

/// Makes a backup whenever one is due.
async fn make_backups(backups: Backups, stop: CancellationToken) {
    while rests(&stop, BACKUPS_EVERY).await.is_continue() {
        // What went wrong is in the log and on the page.
        drop(backups.run_scheduled().await);
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
