//! The handles a handler may hold.

use super::durations::Durations;
use super::zones::Zones;
use crate::clock::Clock;
use crate::domain::time::Stamp;
use crate::recorder::supervisor::Recorder;
use crate::store::Store;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What `app` gives to the web room; every worker holds a copy.
#[derive(Clone)]
pub struct AppState {
    pub store: Store,
    pub recorder: Recorder,
    pub clock: Clock,
    /// Whether this is the demo, which every page then says.
    pub demo: bool,
    /// Cancelled when Pasut stops, so that open sockets end.
    pub stop: CancellationToken,
    pub durations: Arc<Durations>,
    pub zones: Arc<Zones>,
}

impl AppState {
    #[must_use]
    pub fn new(store: Store, recorder: Recorder, clock: Clock, demo: bool, stop: CancellationToken) -> Self {
        Self { store, recorder, clock, demo, stop, durations: Arc::default(), zones: Arc::default() }
    }

    /// The time now. The demo's runs faster than the computer's.
    #[must_use]
    pub fn now(&self) -> Stamp {
        self.clock.wall()
    }
}
