//! Does what is stored of a session equal a recount of its events?

use crate::analytics::recount::Recount;
use crate::analytics::tally::Tally;
use crate::analytics::timeline::row_of;
use crate::domain::ids::{GiftId, SessionId, UserId};
use crate::domain::record::Batch;
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::domain::totals::{
    Bin, GiftTotal, GifterTotal, GivenGift, IntervalMedians, MessageCounts, SessionTotals, StreakKey,
    StreakTotal,
};
use crate::store::sessions::SessionFilter;
use crate::store::stored::StoredTotals;
use crate::store::{Store, StoreError};
use std::collections::BTreeMap;
use std::fmt::Debug;

/// A recount needs intervals; the ones that are stored are compared with its bins.
const INTERVAL_MS: i64 = 300_000;

/// No more differences than this are told of one session.
const MAX_TOLD: usize = 20;

/// What the events of a session add up to.
#[derive(Default)]
struct Recounted {
    totals: SessionTotals,
    bins: BTreeMap<Stamp, Bin>,
    gifters: BTreeMap<UserId, GifterTotal>,
    gifts: BTreeMap<GiftId, GiftTotal>,
    given: BTreeMap<(UserId, GiftId), GivenGift>,
    streaks: BTreeMap<StreakKey, StreakTotal>,
}

/// Adds up the events of `session` and says where what is stored differs, a sentence each.
///
/// # Errors
///
/// If the store cannot be read.
pub async fn differences(store: &Store, session: &Session) -> Result<Vec<String>, StoreError> {
    let Some(stored) = store.stored(session.id).await? else { return Ok(Vec::new()) };
    let recounted = recount(store, session, &stored).await?;
    let mut told = Differences(Vec::new());
    // Messages that did not count leave no event behind.
    let messages = MessageCounts { counted: recounted.totals.messages.counted, ..stored.totals.messages };
    let totals = SessionTotals { messages, ..recounted.totals };
    told.compare("totals", &[stored.totals], &[totals]);
    let bins: Vec<Bin> = recounted.bins.into_values().collect();
    for row in &stored.rows {
        let again = row_of(row.from, row.length_ms, &bins);
        told.compare(
            "interval row",
            &[(row.from, &row.viewers, &row.counts)],
            &[(row.from, &again.viewers, &again.counts)],
        );
    }
    told.compare("ten seconds", &stored.bins, &bins);
    told.compare("gifter", &stored.gifters, &recounted.gifters.into_values().collect::<Vec<_>>());
    told.compare("gift", &stored.gifts, &recounted.gifts.into_values().collect::<Vec<_>>());
    told.compare("gift of a person", &stored.given, &recounted.given.into_values().collect::<Vec<_>>());
    told.compare("streak", &stored.streaks, &recounted.streaks.into_values().collect::<Vec<_>>());
    Ok(told.0)
}

async fn recount(store: &Store, session: &Session, stored: &StoredTotals) -> Result<Recounted, StoreError> {
    let tally = Tally::new(session.start.host, INTERVAL_MS, IntervalMedians::default());
    let mut recount = Recount::new(tally, store.gaps(session.id).await?);
    let mut recounted = Recounted::default();
    // A session that is being recorded grows while we read; only what was stored is compared.
    let last = u64::try_from(stored.totals.messages.counted).unwrap_or(0);
    let mut after = 0;
    loop {
        let events = store.events(session.id, after, &[]).await?;
        let Some(newest) = events.last() else { break };
        after = newest.number;
        for event in events.iter().filter(|event| event.number <= last) {
            recount.add(event);
        }
        recounted.add(recount.take_batch(session.id, newest.at));
        if after >= last {
            break;
        }
    }
    let mut tally = recount.finish(stored.counted_to);
    recounted.add(tally.take_batch(session.id, stored.counted_to, Vec::new()));
    Ok(recounted)
}

impl Recounted {
    fn add(&mut self, batch: Batch) {
        self.totals = batch.totals;
        self.bins.extend(batch.bins.into_iter().map(|bin| (bin.from, bin)));
        self.gifters.extend(batch.gifters.into_iter().map(|gifter| (gifter.user, gifter)));
        self.gifts.extend(batch.gifts.into_iter().map(|gift| (gift.gift, gift)));
        self.given.extend(batch.given.into_iter().map(|given| ((given.user, given.gift), given)));
        self.streaks.extend(batch.streaks.into_iter().map(|streak| (streak.key, streak)));
    }
}

struct Differences(Vec<String>);

impl Differences {
    /// Both lists are in the same order.
    fn compare<T: PartialEq + Debug>(&mut self, what: &str, stored: &[T], recounted: &[T]) {
        if stored.len() != recounted.len() {
            self.tell(format!("{what}: {} are stored, a recount finds {}", stored.len(), recounted.len()));
        }
        for (stored, recounted) in stored.iter().zip(recounted) {
            if stored != recounted {
                self.tell(format!("{what}: stored {stored:?}, recounted {recounted:?}"));
            }
        }
    }

    fn tell(&mut self, difference: String) {
        if self.0.len() < MAX_TOLD {
            self.0.push(difference);
        }
    }
}

/// Every session, to be checked one after the other.
///
/// # Errors
///
/// If the store cannot be read.
pub async fn sessions(store: &Store) -> Result<Vec<SessionId>, StoreError> {
    let all = store.sessions(&SessionFilter::default(), i64::MAX).await?;
    Ok(all.into_iter().map(|session| session.id).collect())
}
