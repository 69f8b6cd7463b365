//! Builds the rooms, joins them, and owns the order of start and of shutdown.

use crate::alerts::{self, Alerts};
use crate::avatars::Avatars;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::access::Role;
use crate::domain::machine::RoomReader;
use crate::housekeeping::backups::{self, Backups};
use crate::housekeeping::restore::{Place, Restored, Staged};
use crate::housekeeping::{self, Housekeeping};
use crate::imports::shelf::Imports;
use crate::lifecycle::Lifecycle;
use crate::network::NetworkReader;
use crate::performance::machine::{self, Load, Machine};
use crate::performance::sampler::{self, Sampler};
use crate::recorder::shared::Settings;
use crate::recorder::supervisor::{Parts, Recorder, RecorderMetrics};
use crate::reports::remembered::Remembered;
use crate::settings::connection::ConnectionSettings;
use crate::settings::goals::Goals;
use crate::settings::preferences::{PreferenceSettings, Preferences};
use crate::settings::sharing::SharingSettings;
use crate::store::folder::{DataFolder, FolderLock};
use crate::store::{Opening, Store};
use crate::web::access::{Access, Entrance};
use crate::web::api::connector_feed::ConnectorFeed;
use crate::web::certificate::Certificate;
use crate::web::jobs::Jobs;
use crate::web::listening::{self, Listening};
use crate::web::server::{self, Listener};
use crate::web::state::{AppState, Kept, Progress};
use actix_web::dev::ServerHandle;
use anyhow::{Context as _, bail};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// The running program.
pub struct App {
    pub address: SocketAddr,
    /// Where a browser finds it.
    pub url: String,
    pub store: Store,
    pub recorder: Recorder,
    pub preferences: PreferenceSettings,
    /// Where other computers may come in.
    pub listening: Listening,
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
    pub networks: NetworkReader,
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
        let certificate = config.certificate.clone().map(Certificate::read).transpose();
        let certificate = certificate.context("Nothing was started, because Pasut cannot prove who it is")?;
        let url = format!("{}://{address}", scheme(address, certificate.is_some()));
        let lock = folder.lock(&format!("pasut at {url}"))?;
        lock.announce(&url).context("The data folder cannot be written")?;
        let store = Store::open(&config.database, Opening::Owner)?;
        if !address.ip().is_loopback() && !has_owner(&store).await? {
            bail!(
                "{address} can be reached from other computers, and nobody owns this Pasut yet who could keep \
                 them out; nothing was started. Create the owner with `pasut user add NAME --role owner`, or \
                 listen on 127.0.0.1:{}",
                address.port()
            );
        }
        let lifecycle = Lifecycle::start();
        let connection =
            ConnectionSettings::load(store.clone(), config.fixed_connection(), config.connector.patience)
                .await?;
        let preferences =
            PreferenceSettings::load(store.clone(), usual(&start.settings), config.fixed_preferences())
                .await?;
        let goals = Goals::load(store.clone()).await?;
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
        let avatars = Avatars::new(folder.path().join("avatars"), now.avatars, connection.tiktok());
        let chore =
            follow(preferences.in_force(), settings.clone(), avatars.clone(), lifecycle.stop_signal());
        lifecycle.spawn("preferences", chore);
        let machine = machine(&folder, &recorder, &preferences, &store, &start.clock, &lifecycle);
        let exports = folder.path().join("exports");
        let jobs = Jobs::start(exports, store.clone(), start.clock.clone(), &lifecycle)
            .context("The folder of the exports cannot be used")?;
        let imports = Imports::start(
            folder.path().join("imports"),
            store.clone(),
            RoomReader(sampler::room),
            start.clock.clone(),
            lifecycle.clone(),
        )
        .context("The folder of what is imported cannot be used")?;
        let (wish, restores) = mpsc::channel(1);
        let backups = Backups::new(backups::Parts {
            store: store.clone(),
            clock: start.clock.clone(),
            lifecycle: lifecycle.clone(),
            place: place(config, &folder),
            usual_folder: folder.path().join("backups"),
            settings: config.settings_file(),
            room: RoomReader(sampler::room),
            restores: start.demo.is_none().then_some(wish),
            restored: start.restored,
        });
        let sharing = SharingSettings::load(store.clone()).await?;
        let listening = Listening::new(sharing, address, certificate.is_some());
        let (boards, remembered) = (Arc::default(), Arc::new(Remembered::new(lifecycle.clone())));
        let housekeeping = Housekeeping::new(housekeeping::Parts {
            store: store.clone(),
            clock: start.clock.clone(),
            recorder: recorder.clone(),
            avatars: avatars.clone(),
            backups: backups.clone(),
            boards: Arc::clone(&boards),
            remembered: Arc::clone(&remembered),
            archives: folder.path().join("archives"),
            room: RoomReader(sampler::room),
            stop: lifecycle.stop_signal(),
        })
        .await?;
        let connector_feed = ConnectorFeed::start(recorder.clone(), start.clock.clone(), &lifecycle);
        let alerts = Alerts::new(alerts::Parts {
            store: store.clone(),
            recorder: recorder.clone(),
            preferences: preferences.clone(),
            goals: goals.clone(),
            clock: start.clock.clone(),
        })
        .await?;
        let access = Access::start(store.clone(), start.clock.clone(), config.way.clone(), &lifecycle);
        let state = AppState {
            store: store.clone(),
            access,
            recorder: recorder.clone(),
            alerts: alerts.clone(),
            connection,
            preferences: preferences.clone(),
            goals,
            machine,
            clock: start.clock,
            avatars,
            jobs,
            imports,
            backups,
            boards,
            remembered,
            housekeeping: housekeeping.clone(),
            connector_feed,
            listening: listening.clone(),
            demo: start.demo,
            stop: lifecycle.stop_signal(),
            kept: Kept::nothing(),
        };
        housekeeping.begin(&lifecycle);
        alerts.begin(&lifecycle);
        let own = Listener {
            listener: start.listener,
            certificate: certificate.clone().filter(|_| !address.ip().is_loopback()),
            entrance: Entrance::Own,
        };
        let server = server::serve(own, state.clone()).context("Nothing can be served")?;
        let handle = server.handle();
        lifecycle.spawn("web server", async move {
            if let Err(err) = server.await {
                warn!(%err, "The web server ended: {err}");
            }
        });
        info!(%address, "Serving on {address}");
        let parts = listening::Parts {
            state: state.clone(),
            networks: start.networks,
            certificate,
            lifecycle: lifecycle.clone(),
        };
        lifecycle.spawn("sharing", listening::keep(listening.clone(), parts));
        Ok(Self {
            url,
            address,
            store,
            recorder,
            preferences,
            settings,
            restores,
            lifecycle,
            server: handle,
            listening,
            lock,
        })
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
        tokio::join!(self.server.stop(true), self.listening.close());
        self.lifecycle.stop();
        self.lifecycle.finished().await;
        drop((self.recorder, self.listening, self.store));
        self.lock
    }
}

async fn has_owner(store: &Store) -> anyhow::Result<bool> {
    Ok(store.accounts().await?.iter().any(|account| account.role == Role::Owner))
}

/// How the first listener is spoken to: this computer needs no proof of itself, others get what there is.
const fn scheme(address: SocketAddr, certified: bool) -> &'static str {
    if certified && !address.ip().is_loopback() { "https" } else { "http" }
}

/// Where a backup is restored to from the page: the options of the running Pasut stay.
fn place(config: &Config, folder: &DataFolder) -> Place {
    Place {
        database: config.database.clone(),
        settings: config.file(),
        archives: folder.path().join("archives"),
        replace_settings: false,
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
