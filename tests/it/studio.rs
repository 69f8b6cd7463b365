//! The whole app, with a simulator instead of TikTok: a real server, a real database, a real wire.

use pasut::app::{App, Start};
use pasut::clock::Clock;
use pasut::config::{Config, ServeArgs};
use pasut::connector::config::Patience;
use pasut::domain::handle::Handle;
use pasut::domain::ids::SessionId;
use pasut::domain::session::Session;
use pasut::lifecycle::Lifecycle;
use pasut::network::NetworkReader;
use pasut::recorder::shared::Settings;
use pasut::recorder::snapshot::{LiveSession, Snapshot};
use pasut::simulator::{self, RoomHandle, Simulator, SimulatorHandle};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// Whoever waits longer than this waits in vain.
const PATIENCE: Duration = Duration::from_secs(40);

/// What differs from an ordinary start.
pub struct Setup {
    /// How fast the simulated world and Pasut's clock run.
    pub speed: f64,
    pub settings: Settings,
    pub patience: Patience,
    /// The networks the computer is in.
    pub networks: NetworkReader,
    /// What `pasut.toml` says.
    pub file: String,
    /// The simulator's sign server wants this key.
    pub wanted_key: Option<String>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            speed: 1.0,
            settings: Settings::default(),
            patience: Patience::default(),
            networks: NetworkReader(Vec::new),
            file: String::new(),
            wanted_key: None,
        }
    }
}

pub struct Studio {
    pub simulator: SimulatorHandle,
    pub clock: Clock,
    simulation: Lifecycle,
    folder: TempDir,
    setup: Setup,
    app: Option<App>,
    /// Of the first start, so that a page finds the app again after another.
    port: u16,
}

impl Studio {
    /// A simulator without rooms, and a Pasut that watches nobody.
    pub async fn open() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(setup: Setup) -> Self {
        let simulation = Lifecycle::start();
        let clock = Clock::with_speed(setup.speed);
        let calm = simulator::Config::calm(clock.wall().0);
        let world = simulator::Config { speed: setup.speed, sign_api_key: setup.wanted_key.clone(), ..calm };
        let simulator = Simulator::start(world, &simulation).await.expect("a free port");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut studio = Self { simulator, clock, simulation, folder, setup, app: None, port: 0 };
        studio.start_app().await;
        studio
    }

    /// A studio with a scripted room that is live, watched and connected.
    pub async fn live(name: &str) -> (Self, RoomHandle) {
        Self::live_with(name, Setup::default()).await
    }

    pub async fn live_with(name: &str, setup: Setup) -> (Self, RoomHandle) {
        let studio = Self::with(setup).await;
        let room = studio.simulator.scripted(name);
        studio.watch(name).await;
        room.listened_to_by(1).await;
        room.viewers(100, 1_000).await;
        studio.until(name, "live", |watch| watch.state.as_str() == "live").await;
        (studio, room)
    }

    pub async fn start_app(&mut self) {
        let flags = ServeArgs {
            data_dir: Some(self.folder.path().display().to_string()),
            tiktok_url: Some(self.simulator.url().to_owned()),
            ..ServeArgs::default()
        };
        if !self.setup.file.is_empty() {
            std::fs::write(self.folder().join("pasut.toml"), &self.setup.file).expect("written");
        }
        let mut config = Config::read(&flags).expect("valid flags");
        config.connector.patience = self.setup.patience;
        let listener = TcpListener::bind(("127.0.0.1", self.port)).expect("a free port");
        let start = Start {
            listener,
            clock: self.clock.clone(),
            settings: self.setup.settings,
            networks: self.setup.networks,
            demo: None,
            restored: None,
        };
        let app = App::start(&config, start).await.expect("an app");
        self.port = app.address.port();
        self.app = Some(app);
    }

    pub async fn stop_app(&mut self) {
        self.app.take().expect("it runs").stop().await;
    }

    pub fn app(&self) -> &App {
        self.app.as_ref().expect("it runs")
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub async fn watch(&self, name: &str) {
        self.app().recorder.watch(handle(name), "Asia/Jakarta").await.expect("watched");
    }

    /// The watch as a page would see it.
    pub fn snapshot(&self, name: &str) -> Arc<Snapshot> {
        self.app().recorder.snapshot(&handle(name)).expect("watched")
    }

    /// The session that runs, or ended last.
    pub fn session(&self, name: &str) -> Arc<LiveSession> {
        self.snapshot(name).session.clone().expect("a session")
    }

    /// Waits until the watch is as `wanted`, which is called `what` where it never is.
    pub async fn until(&self, name: &str, what: &str, wanted: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        let waiting = async {
            loop {
                let snapshot = self.snapshot(name);
                if wanted(&snapshot) {
                    return snapshot;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(snapshot) => snapshot,
            Err(_) => panic!("never {what}: {:?}", self.snapshot(name)),
        }
    }

    /// Waits until the running session is as `wanted`.
    pub async fn until_session(
        &self,
        name: &str,
        what: &str,
        wanted: impl Fn(&LiveSession) -> bool,
    ) -> Arc<LiveSession> {
        let snapshot = self
            .until(name, what, |watch| watch.session.as_ref().is_some_and(|session| wanted(session)))
            .await;
        snapshot.session.clone().expect("a session")
    }

    /// Waits until the database has the session as `wanted`.
    pub async fn until_stored(&self, id: SessionId, wanted: impl Fn(&Session) -> bool) -> Session {
        let waiting = async {
            loop {
                let stored = self.app().store.session(id).await.expect("readable").expect("stored");
                if wanted(&stored) {
                    return stored;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("stored in time")
    }

    pub async fn close(mut self) {
        if self.app.is_some() {
            self.stop_app().await;
        }
        self.simulation.stop();
        self.simulation.finished().await;
    }
}

pub fn handle(name: &str) -> Handle {
    Handle::parse(name).expect("a handle")
}
