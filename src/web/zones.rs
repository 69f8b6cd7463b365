//! In which zone a creator's times are shown.

use crate::domain::handle::Handle;
use crate::store::{Store, StoreError};
use chrono_tz::Tz;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// Where nobody chose: most creators live there, and it is offered first.
pub const DEFAULT: Tz = Tz::Asia__Jakarta;

/// The zones of the watched creators, read from the database once and kept.
#[derive(Debug, Default)]
pub struct Zones(RwLock<HashMap<Handle, Tz>>);

impl Zones {
    /// The zone of `creator`.
    ///
    /// # Errors
    ///
    /// If it is not known yet and the database cannot be asked.
    pub async fn of(&self, creator: &Handle, store: &Store) -> Result<Tz, StoreError> {
        if let Some(zone) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(creator) {
            return Ok(*zone);
        }
        let creators = store.creators().await?;
        let found = creators.iter().find(|known| known.handle == *creator);
        let zone = found.and_then(|known| known.zone.parse().ok()).unwrap_or(DEFAULT);
        if found.is_some() {
            self.keep(creator.clone(), zone);
        }
        Ok(zone)
    }

    fn keep(&self, creator: Handle, zone: Tz) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(creator, zone);
    }
}
