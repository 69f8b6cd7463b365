//! Does what is stored of a session equal a recount of its events?

use crate::analytics::recount;
use crate::analytics::tally::Tally;
use crate::analytics::timeline::row_of;
use crate::domain::ids::{GiftId, SessionId, UserId};
use crate::domain::record::Batch;
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::domain::totals::{
    Bin, GiftTotal, GifterTotal, GivenGift, IntervalMedians, IntervalRow, MessageCounts, SessionTotals,
    StreakKey, StreakTotal,
};
use crate::store::sessions::SessionFilter;
use crate::store::stored::StoredTotals;
use crate::store::{Store, StoreError};
use std::collections::BTreeMap;
use std::fmt::Debug;

/// A recount needs intervals; the ones that are stored are compared with its bins.
const INTERVAL_MS: i64 = 300_000;

/// No more differences than this are told of one kind of entry; the rest is counted.
const MAX_TOLD: usize = 5;

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

/// A session beside a recount of it.
pub struct Recount {
    session: SessionId,
    stored: StoredTotals,
    recounted: Recounted,
}

/// Adds up the events of `session`; `None` if it is gone.
///
/// # Errors
///
/// If the store cannot be read.
pub async fn recount(store: &Store, session: &Session) -> Result<Option<Recount>, StoreError> {
    let Some(stored) = store.stored(session.id).await? else { return Ok(None) };
    let mut recounted = add_up(store, session, &stored).await?;
    // Messages that did not count leave no event behind.
    let counted = recounted.totals.messages.counted;
    recounted.totals.messages = MessageCounts { counted, ..stored.totals.messages };
    Ok(Some(Recount { session: session.id, stored, recounted }))
}

impl Recount {
    /// Where what is stored differs, a sentence each.
    #[must_use]
    pub fn differences(&self) -> Vec<String> {
        let Self { stored, recounted, .. } = self;
        let mut told = Differences(Vec::new());
        told.compare("totals", &stored.totals, &recounted.totals);
        told.compare_all("interval row", &stored.rows, &self.rows());
        told.compare_all("ten seconds", &stored.bins, &values(&recounted.bins));
        told.compare_all("gifter", &stored.gifters, &values(&recounted.gifters));
        told.compare_all("gift", &stored.gifts, &values(&recounted.gifts));
        told.compare_all("gift of a person", &stored.given, &values(&recounted.given));
        told.compare_all("streak", &stored.streaks, &values(&recounted.streaks));
        told.0
    }

    /// Replaces what is stored by the recount.
    ///
    /// # Errors
    ///
    /// If it cannot be written: then nothing changes.
    pub async fn repair(self, store: &Store) -> Result<(), StoreError> {
        let rows = self.rows();
        let recounted = self.recounted;
        let batch = Batch {
            session: self.session,
            counted_to: self.stored.counted_to,
            totals: recounted.totals,
            bins: recounted.bins.into_values().collect(),
            rows,
            gifters: recounted.gifters.into_values().collect(),
            gifts: recounted.gifts.into_values().collect(),
            given: recounted.given.into_values().collect(),
            streaks: recounted.streaks.into_values().collect(),
            ..Batch::default()
        };
        store.rebuild(batch).await
    }

    /// The stored intervals with what the recounted bins say of them. Top gifter and activity
    /// score describe an interval as it was seen then; they are kept.
    fn rows(&self) -> Vec<IntervalRow> {
        let bins: Vec<Bin> = values(&self.recounted.bins);
        let again = |row: &IntervalRow| {
            let again = row_of(row.from, row.length_ms, &bins);
            IntervalRow { viewers: again.viewers, counts: again.counts, ..row.clone() }
        };
        self.stored.rows.iter().map(again).collect()
    }
}

fn values<K, V: Clone>(map: &BTreeMap<K, V>) -> Vec<V> {
    map.values().cloned().collect()
}

async fn add_up(store: &Store, session: &Session, stored: &StoredTotals) -> Result<Recounted, StoreError> {
    let tally = Tally::new(session.start.host, INTERVAL_MS, IntervalMedians::default());
    let mut recount = recount::Recount::new(tally, store.gaps(session.id).await?);
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
    fn compare<T: PartialEq + Debug>(&mut self, what: &str, stored: &T, recounted: &T) {
        if stored != recounted {
            self.0.push(format!(
                "{what}: {}",
                parts_that_differ(&format!("{stored:?}"), &format!("{recounted:?}"))
            ));
        }
    }

    /// Both lists are in the same order.
    fn compare_all<T: PartialEq + Debug>(&mut self, what: &str, stored: &[T], recounted: &[T]) {
        if stored.len() != recounted.len() {
            self.0.push(format!("{what}: {} are stored, a recount finds {}", stored.len(), recounted.len()));
        }
        let differing: Vec<_> =
            stored.iter().zip(recounted).filter(|(stored, recounted)| stored != recounted).collect();
        for (stored, recounted) in differing.iter().take(MAX_TOLD) {
            self.compare(what, *stored, *recounted);
        }
        if differing.len() > MAX_TOLD {
            self.0.push(format!("{what}: {} more differ", differing.len() - MAX_TOLD));
        }
    }
}

/// The members of two printed values that are not the same, with the name that identifies them.
fn parts_that_differ(stored: &str, recounted: &str) -> String {
    let parts = stored.split(", ").zip(recounted.split(", "));
    let differing =
        parts.enumerate().filter(|(index, (stored, recounted))| *index == 0 || stored != recounted);
    let told = differing.map(|(_, (stored, recounted))| {
        if stored == recounted { stored.to_owned() } else { format!("{stored}, recounted {recounted}") }
    });
    told.collect::<Vec<_>>().join("; ")
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
