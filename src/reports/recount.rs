//! Does what is stored of a session equal a recount of its events?

use crate::analytics::recount::Recounting;
use crate::domain::ids::SessionId;
use crate::domain::record::Batch;
use crate::domain::session::Session;
use crate::store::sessions::SessionFilter;
use crate::store::stored::StoredTotals;
use crate::store::{Store, StoreError};
use std::fmt::Debug;

/// No more differences than this are told of one kind of entry; the rest is counted.
const MAX_TOLD: usize = 5;

/// A session beside a recount of it.
pub struct Recount {
    stored: StoredTotals,
    recounted: Batch,
}

/// Adds up the events of `session`; `None` if it is gone.
///
/// # Errors
///
/// If the store cannot be read.
pub async fn recount(store: &Store, session: &Session) -> Result<Option<Recount>, StoreError> {
    let Some(stored) = store.stored(session.id).await? else { return Ok(None) };
    let mut recounted = add_up(store, session, &stored).await?;
    // Top gifters describe an interval as it was seen then.
    for (row, stored) in recounted.rows.iter_mut().zip(&stored.rows) {
        row.top_gifter = stored.top_gifter;
    }
    Ok(Some(Recount { stored, recounted }))
}

impl Recount {
    /// Where what is stored differs, a sentence each.
    #[must_use]
    pub fn differences(&self) -> Vec<String> {
        let Self { stored, recounted, .. } = self;
        let mut told = Differences(Vec::new());
        told.compare("totals", &stored.totals, &recounted.totals);
        told.compare_all("interval row", &stored.rows, &recounted.rows);
        told.compare_all("ten seconds", &stored.bins, &recounted.bins);
        told.compare_all("gifter", &stored.gifters, &recounted.gifters);
        told.compare_all("gift", &stored.gifts, &recounted.gifts);
        told.compare_all("gift of a person", &stored.given, &recounted.given);
        told.compare_all("streak", &stored.streaks, &recounted.streaks);
        told.0
    }

    /// Replaces what is stored by the recount.
    ///
    /// # Errors
    ///
    /// If it cannot be written: then nothing changes.
    pub async fn repair(self, store: &Store) -> Result<(), StoreError> {
        store.rebuild(self.recounted).await
    }
}

async fn add_up(store: &Store, session: &Session, stored: &StoredTotals) -> Result<Batch, StoreError> {
    // What is compared is of one moment; the session may have grown since it was read.
    let then = Session { counted_to: stored.counted_to, totals: stored.totals.clone(), ..session.clone() };
    let mut recounting = Recounting::new(&then, stored.rows.clone(), store.gaps(session.id).await?);
    let last = u64::try_from(stored.totals.messages.counted).unwrap_or(0);
    let mut after = 0;
    while after < last {
        let events = store.events(session.id, after, &[]).await?;
        let Some(newest) = events.last() else { break };
        after = newest.number;
        events.iter().filter(|event| event.number <= last).for_each(|event| recounting.add(event));
    }
    Ok(recounting.finish())
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
