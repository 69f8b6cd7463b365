//! The handles a handler may hold.

use super::access::Access;
use super::api::connector_feed::ConnectorFeed;
use super::durations::Durations;
use super::jobs::Jobs;
use super::listening::Listening;
use super::pictures::Pictures;
use super::readers::Readers;
use super::rehearsals::Rehearsals;
use super::rendered::Rendered;
use super::zones::Zones;
use crate::alerts::Alerts;
use crate::avatars::Avatars;
use crate::clock::Clock;
use crate::domain::time::Stamp;
use crate::housekeeping::Housekeeping;
use crate::housekeeping::backups::Backups;
use crate::imports::shelf::Imports;
use crate::performance::machine::Machine;
use crate::recorder::supervisor::Recorder;
use crate::reports::boards::Boards;
use crate::reports::remembered::Remembered;
use crate::settings::connection::ConnectionSettings;
use crate::settings::goals::Goals;
use crate::settings::preferences::PreferenceSettings;
use crate::store::Store;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What the rest of Pasut gives to the web room, and what that keeps; every worker holds a copy.
#[derive(Clone)]
pub struct AppState {
    pub store: Store,
    pub access: Access,
    pub recorder: Recorder,
    pub connection: ConnectionSettings,
    pub preferences: PreferenceSettings,
    pub goals: Goals,
    pub alerts: Alerts,
    pub machine: Machine,
    pub clock: Clock,
    pub avatars: Avatars,
    pub jobs: Jobs,
    pub imports: Imports,
    pub backups: Backups,
    pub boards: Arc<Boards>,
    pub remembered: Arc<Remembered>,
    pub housekeeping: Housekeeping,
    pub connector_feed: ConnectorFeed,
    pub listening: Listening,
    /// For the demo: how its past is coming along. Every page then says that nobody here is real.
    pub demo: Option<watch::Receiver<Progress>>,
    /// Cancelled when Pasut stops, so that open sockets end.
    pub stop: CancellationToken,
    pub kept: Kept,
}

/// What the web room keeps between requests, the same for all workers.
#[derive(Clone)]
pub struct Kept {
    pub durations: Arc<Durations>,
    pub zones: Arc<Zones>,
    pub rendered: Arc<Rendered>,
    pub rehearsals: Arc<Rehearsals>,
    pub readers: Readers,
    pub pictures: Arc<Pictures>,
}

/// Sessions recorded so far, of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub done: i64,
    pub of: i64,
}

impl Kept {
    /// Nothing yet. Called on the runtime that outlives the web workers.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            durations: Arc::default(),
            zones: Arc::default(),
            rendered: Arc::default(),
            rehearsals: Arc::default(),
            readers: Readers::default(),
            pictures: Arc::new(Pictures::here()),
        }
    }
}

impl AppState {
    /// The time now. The demo's runs faster than the computer's.
    #[must_use]
    pub fn now(&self) -> Stamp {
        self.clock.wall()
    }
}
