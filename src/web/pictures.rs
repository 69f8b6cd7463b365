//! Pictures as they were drawn last.
//!
//! Drawing takes a processor for up to some hundred milliseconds, so it happens on a thread of its own, one
//! picture at a time, and never where requests are answered.

use super::api::answer::Tagged;
use super::error::Trouble;
use crate::picture::Drawing;
use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

pub const PNG: &str = "image/png";

/// How many pictures are kept; a chart has up to 170 kB.
const MOST: usize = 16;

pub struct Pictures {
    /// A web worker's own runtime has one thread for blocking work, which the database needs.
    runtime: Handle,
    turn: Semaphore,
    kept: Mutex<VecDeque<(u64, Tagged)>>,
}

impl Pictures {
    /// Draws beside the runtime that this is called on.
    #[must_use]
    pub fn here() -> Self {
        Self { runtime: Handle::current(), turn: Semaphore::new(1), kept: Mutex::default() }
    }

    /// `drawing` as PNG, from what is kept if the very same was drawn before.
    ///
    /// # Errors
    ///
    /// [`Trouble::Picture`] if it cannot be drawn.
    pub async fn png(&self, drawing: Drawing) -> Result<Tagged, Trouble> {
        let mut hasher = DefaultHasher::new();
        drawing.svg("").hash(&mut hasher);
        let key = hasher.finish();
        if let Some(kept) = self.kept(key) {
            return Ok(kept);
        }
        let _turn = self.turn.acquire().await.map_err(|_| Trouble::Picture)?;
        if let Some(kept) = self.kept(key) {
            return Ok(kept);
        }
        let drawn = self.runtime.spawn_blocking(move || Tagged::new(drawing.png())).await;
        let drawn = drawn.map_err(|panic| {
            tracing::error!(%panic, "A picture could not be drawn: {panic}");
            Trouble::Picture
        })?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(MOST - 1);
        kept.push_front((key, drawn.clone()));
        Ok(drawn)
    }

    fn kept(&self, key: u64) -> Option<Tagged> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(known, _)| *known == key).map(|(_, picture)| picture.clone())
    }
}
