//! What gifts cost, as far as it was learned: shared by all watches.

use crate::analytics::gift_value::LearnedPrices;
use crate::domain::ids::GiftId;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// The learned prices. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Prices(Arc<RwLock<LearnedPrices>>);

impl Prices {
    #[must_use]
    pub fn new(learned: LearnedPrices) -> Self {
        Self(Arc::new(RwLock::new(learned)))
    }

    /// The prices as they are now.
    pub fn read(&self) -> RwLockReadGuard<'_, LearnedPrices> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers prices for every watch.
    pub fn learn(&self, prices: impl IntoIterator<Item = (GiftId, u32)>) {
        let mut learned = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (gift, diamonds) in prices {
            learned.learn(gift, diamonds);
        }
    }
}
