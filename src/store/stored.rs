//! Everything of a session that a recount of its events must come out at.

use super::{Store, StoreError, gifts, series, sessions, streaks};
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use crate::domain::totals::{
    Bin, GiftTotal, GifterTotal, GivenGift, IntervalRow, SessionTotals, StreakTotal,
};

/// What was kept beside the events, as of one moment. Each list is sorted by what identifies its
/// entries, streaks by their key.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredTotals {
    /// A recount lets time pass up to here.
    pub counted_to: Stamp,
    pub totals: SessionTotals,
    pub bins: Vec<Bin>,
    pub rows: Vec<IntervalRow>,
    pub gifters: Vec<GifterTotal>,
    pub gifts: Vec<GiftTotal>,
    pub given: Vec<GivenGift>,
    pub streaks: Vec<StreakTotal>,
}

impl Store {
    /// What a recount of a session is compared with; `None` if there is no such session.
    ///
    /// # Errors
    ///
    /// As any question to the database.
    pub async fn stored(&self, session: SessionId) -> Result<Option<StoredTotals>, StoreError> {
        self.read(move |connection| {
            let Some(found) = sessions::one(connection, session)? else { return Ok(None) };
            let mut stored = StoredTotals {
                counted_to: found.counted_to,
                totals: found.totals,
                bins: series::bins(connection, session, Stamp(i64::MIN), Stamp(i64::MAX))?,
                rows: series::intervals(connection, session)?,
                gifters: gifts::gifter_totals(connection, session)?,
                gifts: gifts::gift_totals(connection, session)?,
                given: gifts::given(connection, session)?,
                streaks: streaks::streaks(connection, session)?,
            };
            stored.gifters.sort_unstable_by_key(|gifter| gifter.user);
            stored.gifts.sort_unstable_by_key(|gift| gift.gift);
            stored.given.sort_unstable_by_key(|given| (given.user, given.gift));
            stored.streaks.sort_unstable_by_key(|streak| streak.key);
            Ok(Some(stored))
        })
        .await
    }
}
