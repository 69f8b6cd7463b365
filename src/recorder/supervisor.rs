//! Start, stop and list watched creators.

use super::snapshot::Snapshot;
use crate::domain::event::Accounted;
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use crate::domain::totals::KindCounts;
use crate::domain::watch::WatchState;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::sync::broadcast;

#[derive(Clone)]
pub struct Recorder(Arc<Inner>);

struct Inner {
    watches: Mutex<BTreeMap<Handle, Arc<Snapshot>>>,
    feed: broadcast::Sender<Arc<FeedEvent>>,
}

#[derive(Debug, thiserror::Error)]
pub enum RecorderError {
    #[error("The recorder is stopping. Nothing was changed.")]
    Stopping,
}

#[derive(Debug)]
pub struct FeedEvent {
    pub creator: Handle,
    pub session: SessionId,
    pub accounted: Arc<Accounted>,
}

pub struct RecorderMetrics {
    pub events_stored: u64,
    pub messages: KindCounts,
    pub queue: usize,
    pub event_lag_ms: u32,
}

impl Default for Recorder {
    fn default() -> Self {
        Self(Arc::new(Inner { watches: Mutex::default(), feed: broadcast::channel(1024).0 }))
    }
}

impl Recorder {
    fn put(&self, creator: &Handle, state: WatchState) {
        let snapshot = Snapshot {
            creator: creator.clone(),
            nickname: String::new(),
            state,
            since: Stamp(0),
            at: Stamp(0),
            session: None,
            version: 0,
        };
        self.0.watches.lock().expect("whole").insert(creator.clone(), Arc::new(snapshot));
    }

    pub fn watches(&self) -> Vec<Arc<Snapshot>> {
        self.0.watches.lock().expect("whole").values().cloned().collect()
    }

    pub fn snapshot(&self, creator: &Handle) -> Option<Arc<Snapshot>> {
        self.0.watches.lock().expect("whole").get(creator).cloned()
    }

    pub async fn watch(&self, creator: Handle) -> Result<(), RecorderError> {
        self.put(&creator, WatchState::Waiting { checked_at: None });
        Ok(())
    }

    pub async fn unwatch(&self, creator: &Handle) -> Result<(), RecorderError> {
        self.0.watches.lock().expect("whole").remove(creator);
        Ok(())
    }

    pub async fn start(&self, creator: &Handle) -> Result<(), RecorderError> {
        self.put(creator, WatchState::Waiting { checked_at: None });
        Ok(())
    }

    pub async fn stop(&self, creator: &Handle) -> Result<(), RecorderError> {
        self.put(creator, WatchState::Stopped);
        Ok(())
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Arc<FeedEvent>> {
        self.0.feed.subscribe()
    }

    pub fn metrics(&self) -> RecorderMetrics {
        RecorderMetrics { events_stored: 0, messages: KindCounts::default(), queue: 0, event_lag_ms: 0 }
    }
}
