//! Does what is stored of a session equal a recount of its events?

use crate::analytics::recount::Recounting;
use crate::domain::ids::SessionId;
use crate::domain::record::Batch;
use crate::domain::session::Session;
use crate::domain::totals::Counts;
use crate::store::sessions::SessionFilter;
use crate::store::{Store, StoreError};
use std::fmt::Debug;

/// No more differences than this are told of one kind of entry; the rest is counted.
const MAX_TOLD: usize = 5;

/// A session beside a recount of it.
pub struct Recount {
    stored: Batch,
    recounted: Batch,
    /// Events that were added up.
    events: u64,
}

/// Adds up the events of `session`; `None` if it is gone.
///
/// # Errors
///
/// If the store cannot be read.
pub async fn recount(store: &Store, session: &Session) -> Result<Option<Recount>, StoreError> {
    let Some(stored) = store.stored(session.id).await? else { return Ok(None) };
    let (mut recounted, events) = add_up(store, session, &stored).await?;
    // Top gifters describe an interval as it was seen then.
    for (row, stored) in recounted.rows.iter_mut().zip(&stored.rows) {
        row.top_gifter = stored.top_gifter;
    }
    Ok(Some(Recount { stored, recounted, events }))
}

/// Where the totals of `session` differ from its gifts, givers and intervals, a sentence each: what can be
/// checked without its events.
///
/// # Errors
///
/// If the store cannot be read.
pub async fn sums(store: &Store, session: &Session) -> Result<Vec<String>, StoreError> {
    let Some(Batch { totals, rows, gifters, gifts, .. }) = store.stored(session.id).await? else {
        return Ok(Vec::new());
    };
    let mut counts = Counts::default();
    rows.iter().for_each(|row| counts += row.counts);
    let pairs = [
        ("diamonds of all gifts", totals.diamonds, gifts.iter().map(|gift| gift.diamonds).sum()),
        ("gifts of all kinds", totals.gift_units, gifts.iter().map(|gift| gift.units).sum()),
        ("diamonds of all gifters", totals.diamonds, gifters.iter().map(|gifter| gifter.diamonds).sum()),
        ("diamonds of all intervals", totals.diamonds, counts.diamonds),
        ("gifts of all intervals", totals.gift_units, counts.gift_units),
        ("comments of all intervals", totals.comments, counts.comments),
        ("likes of all intervals", totals.likes, counts.likes),
        ("follows of all intervals", totals.follows, counts.follows),
        ("shares of all intervals", totals.shares, counts.shares),
        ("joins of all intervals", totals.joins, counts.joins),
    ];
    let differing = pairs.into_iter().filter(|(_, total, sum)| total != sum);
    Ok(differing.map(|(what, total, sum)| format!("{what}: {sum}, but the total says {total}")).collect())
}

impl Recount {
    /// Where what is stored differs, a sentence each.
    #[must_use]
    pub fn differences(&self) -> Vec<String> {
        let Self { stored, recounted, .. } = self;
        let mut told = Differences(Vec::new());
        if !self.is_complete() {
            let counted = stored.totals.messages.counted;
            told.0.push(format!("raw events: {} of {counted} are there, so they tell nothing", self.events));
            return told.0;
        }
        told.compare("totals", &stored.totals, &recounted.totals);
        told.compare_all("interval row", &stored.rows, &recounted.rows);
        told.compare_all("ten seconds", &stored.bins, &recounted.bins);
        told.compare_all("gifter", &stored.gifters, &recounted.gifters);
        told.compare_all("gift", &stored.gifts, &recounted.gifts);
        told.compare_all("gift of a person", &stored.given, &recounted.given);
        told.compare_all("streak", &stored.streaks, &recounted.streaks);
        told.0
    }

    /// Whether every event that was counted is still there. Without them nothing can be rebuilt.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        i64::try_from(self.events) == Ok(self.stored.totals.messages.counted)
    }

    /// Replaces what is stored by the recount, if it is complete. Returns whether it was replaced.
    ///
    /// # Errors
    ///
    /// If it cannot be written: then nothing changes.
    pub async fn repair(self, store: &Store) -> Result<bool, StoreError> {
        if !self.is_complete() {
            return Ok(false);
        }
        store.rebuild(self.recounted).await?;
        Ok(true)
    }
}

async fn add_up(store: &Store, session: &Session, stored: &Batch) -> Result<(Batch, u64), StoreError> {
    // What is compared is of one moment; the session may have grown since it was read.
    let then = Session { counted_to: stored.counted_to, totals: stored.totals.clone(), ..session.clone() };
    let mut recounting = Recounting::new(&then, stored.rows.clone(), store.gaps(session.id).await?);
    let last = u64::try_from(stored.totals.messages.counted).unwrap_or(0);
    let (mut after, mut added) = (0, 0);
    while after < last {
        let events = store.events(session.id, after, &[]).await?;
        let Some(newest) = events.last() else { break };
        after = newest.number;
        for event in events.iter().filter(|event| event.number <= last) {
            recounting.add(event);
            added += 1;
        }
    }
    Ok((recounting.finish(), added))
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
