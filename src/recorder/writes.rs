//! What one watch writes, in order and one at a time: batches of events, and the ends of sessions. What the
//! database refuses stays first in line, so that nothing overtakes it and nothing is lost but with Pasut itself.

use crate::domain::ids::SessionId;
use crate::domain::record::Batch;
use crate::domain::time::Stamp;
use crate::store::{Store, StoreError};
use futures_util::future::BoxFuture;
use std::collections::VecDeque;
use std::sync::Arc;

/// One thing to be written.
#[derive(Clone, Debug)]
pub enum Change {
    Batch(Arc<Batch>),
    End { session: SessionId, at: Stamp },
}

/// The line of one watch.
pub struct Writes {
    store: Store,
    /// The first of them stays here until it is written.
    waiting: VecDeque<Change>,
    /// Frames are taken meanwhile, however long the disk needs.
    writing: Option<BoxFuture<'static, Result<(), StoreError>>>,
}

impl Writes {
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store, waiting: VecDeque::new(), writing: None }
    }

    /// Whether everything is written.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.waiting.is_empty()
    }

    pub fn push(&mut self, change: Change) {
        self.waiting.push_back(change);
    }

    /// Begins to write what is first in line, unless it is being written.
    pub fn begin(&mut self) {
        if self.writing.is_none()
            && let Some(first) = self.waiting.front().cloned()
        {
            let store = self.store.clone();
            self.writing = Some(Box::pin(async move {
                match first {
                    Change::Batch(batch) => store.append(batch).await,
                    Change::End { session, at } => store.finish_session(session, at).await,
                }
            }));
        }
    }

    /// Waits until what is being written is, for ever where nothing is; may be dropped and called again.
    ///
    /// # Errors
    ///
    /// If the database refuses it; it stays first in line.
    pub async fn written(&mut self) -> Result<Change, StoreError> {
        let Some(writing) = &mut self.writing else { return std::future::pending().await };
        let result = writing.await;
        self.writing = None;
        result?;
        Ok(self.waiting.pop_front().expect("what is being written is first in line"))
    }
}
