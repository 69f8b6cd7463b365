//! What is announced, to whom, once: rules over what is recorded, goals that are met, and webhooks.
//!
//! It listens to what the recorder tells everybody and looks at its snapshots; it never makes the recorder
//! wait. [`judge`] decides, pure, over events and their stamps; [`watching`] asks it and keeps what is to be
//! told; [`sending`] brings it to webhooks. Deliberately no sound and no page: those are the web's.

pub mod judge;
pub mod payload;
pub mod sending;
pub mod sentence;
pub mod signature;
pub mod watching;
pub mod webhooks;

use crate::clock::Clock;
use crate::lifecycle::Lifecycle;
use crate::outbound::{Outbound, OutboundError};
use crate::recorder::supervisor::Recorder;
use crate::settings::goals::Goals;
use crate::settings::preferences::PreferenceSettings;
use crate::store::{Store, StoreError};
use sending::Sending;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::Notify;
use watching::Watching;

/// What alerts are made of.
#[derive(Clone)]
pub struct Parts {
    pub store: Store,
    pub recorder: Recorder,
    pub preferences: PreferenceSettings,
    pub goals: Goals,
    pub clock: Clock,
}

/// The alerts of one Pasut. Clones share them.
#[derive(Clone)]
pub struct Alerts(Arc<Inner>);

struct Inner {
    parts: Parts,
    outbound: Outbound,
    /// The number of the newest alert, so that a page that knows it asks nobody.
    newest: AtomicI64,
    /// Told when something waits for a webhook.
    waiting: Notify,
}

#[derive(Debug, thiserror::Error)]
pub enum AlertsError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Outbound(#[from] OutboundError),
}

impl Alerts {
    /// # Errors
    ///
    /// If the store cannot be read.
    pub async fn new(parts: Parts) -> Result<Self, AlertsError> {
        let newest = AtomicI64::new(parts.store.newest_alert().await?);
        let outbound = Outbound::new(None)?;
        Ok(Self(Arc::new(Inner { parts, outbound, newest, waiting: Notify::new() })))
    }

    /// Watches and sends, as long as Pasut runs.
    pub fn begin(&self, lifecycle: &Lifecycle) {
        let watching = Watching::new(self.clone());
        let news = self.0.parts.recorder.subscribe();
        lifecycle.spawn("alerts", watching.run(news, lifecycle.stop_signal()));
        lifecycle.spawn("webhooks", Sending::new(self.clone()).run(lifecycle.stop_signal()));
    }

    /// The number of the newest alert; 0 if there was none.
    #[must_use]
    pub fn newest(&self) -> i64 {
        self.0.newest.load(Ordering::Acquire)
    }

    /// Has pages and webhooks look at what is newly told.
    fn announce(&self, alert: i64) {
        self.0.newest.fetch_max(alert, Ordering::AcqRel);
        self.0.waiting.notify_one();
    }
}

/// What a receiver tells repeated deliveries by.
fn new_message() -> String {
    format!("msg_{:032x}", rand::random::<u128>())
}
