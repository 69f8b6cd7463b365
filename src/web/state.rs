//! The handles a handler may hold.

use super::durations::Durations;
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
    /// The time now. The demo's runs faster than the wall's.
    pub clock: Arc<dyn Fn() -> Stamp + Send + Sync>,
    /// Cancelled when Pasut stops, so that open sockets end.
    pub stop: CancellationToken,
    pub durations: Arc<Durations>,
}

impl AppState {
    #[must_use]
    pub fn now(&self) -> Stamp {
        (self.clock)()
    }
}
