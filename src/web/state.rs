//! The handles a handler may hold.

use super::durations::Durations;
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
    /// Cancelled when Pasut stops, so that open sockets end.
    pub stop: CancellationToken,
    pub durations: Arc<Durations>,
}

impl AppState {
    /// The time now. The demo's runs faster than the computer's.
    #[must_use]
    pub fn now(&self) -> Stamp {
        self.clock.wall()
    }
}
