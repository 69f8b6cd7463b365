//! What finished sessions said, kept while somebody asks: working it out over ninety days reads every series
//! and draws by chance hundreds of times, which takes a second; what came after the gifts of one session
//! takes reading all its events.
//!
//! All of it is kept under what it was made from, so nothing has to be told of a change: a session that is
//! priced anew, repaired or written on is another value. It is bounded, and let go when nobody asked for
//! some minutes.

use super::insights::Insights;
use super::{review, trials};
use crate::analytics::experiment::Sides;
use crate::domain::experiment::Lift;
use crate::domain::gift::TierLimits;
use crate::domain::handle::Handle;
use crate::domain::ids::{GiftId, SessionId};
use crate::domain::marker::Marker;
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::lifecycle::Lifecycle;
use crate::store::{Store, StoreError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Sessions of which sides and lifts are kept at most; each takes some 50 KiB.
const MOST_SESSIONS: usize = 250;
/// Answers over several sessions that are kept at most: 7, 30 and 90 days.
const MOST_OVER: usize = 3;
/// What nobody asked for in this long is let go, in milliseconds.
const UNUSED_MS: i64 = 3 * 60_000;
/// An answer is worked out again after this long, behind whoever asked: a session may have been explained
/// again, and one that runs may have markers.
const OLD_MS: i64 = 60_000;

/// What is remembered of one database.
#[derive(Debug)]
pub struct Remembered {
    shelf: Mutex<Shelf>,
    /// Where an answer is worked out again.
    pub(super) lifecycle: Lifecycle,
}

#[derive(Debug, Default)]
struct Shelf {
    sides: OfSessions<Sides>,
    lifts: OfSessions<HashMap<GiftId, Lift>>,
    over: Vec<KeptOver>,
}

/// What was worked out for each of some sessions.
#[derive(Debug)]
struct OfSessions<T>(HashMap<SessionId, KeptOf<T>>);

#[derive(Debug)]
struct KeptOf<T> {
    session: Session,
    value: Arc<T>,
    used_at: Stamp,
}

#[derive(Debug)]
struct KeptOver {
    basis: Basis,
    insights: Arc<Insights>,
    /// When somebody last began to work it out.
    renewed_at: Stamp,
    used_at: Stamp,
}

/// Whether a kept answer can go on being told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    Fresh,
    Old,
}

/// What an answer over several days rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Basis {
    pub creator: Handle,
    pub days: i64,
    pub sessions: Vec<Session>,
    pub markers: Vec<Marker>,
    pub tiers: TierLimits,
}

impl Remembered {
    /// Nothing yet. What is worked out again is a task of `lifecycle`.
    #[must_use]
    pub fn new(lifecycle: Lifecycle) -> Self {
        Self { shelf: Mutex::default(), lifecycle }
    }

    /// What viewers did around each step of a session.
    ///
    /// # Errors
    ///
    /// If the database cannot answer.
    pub async fn sides(
        &self,
        store: &Store,
        session: &Session,
        now: Stamp,
    ) -> Result<Arc<Sides>, StoreError> {
        if let Some(kept) = self.lock().sides.get(session, now) {
            return Ok(kept);
        }
        let sides = Arc::new(Sides::new(trials::course(store, session.id).await?));
        self.lock().sides.keep(session, &sides, now);
        Ok(sides)
    }

    /// What viewers did after each gift of a session.
    ///
    /// # Errors
    ///
    /// If the database cannot answer.
    pub async fn lifts(
        &self,
        store: &Store,
        session: &Session,
        now: Stamp,
    ) -> Result<Arc<HashMap<GiftId, Lift>>, StoreError> {
        if let Some(kept) = self.lock().lifts.get(session, now) {
            return Ok(kept);
        }
        let lifts = Arc::new(review::gift_lifts(store, session).await?);
        self.lock().lifts.keep(session, &lifts, now);
        Ok(lifts)
    }

    /// The answer on the same basis. Who is told that it is old works it out again: nobody else is told so
    /// for another minute.
    pub fn over(&self, basis: &Basis, now: Stamp) -> Option<(Arc<Insights>, Age)> {
        let mut shelf = self.lock();
        let kept = shelf.over.iter_mut().find(|kept| kept.basis == *basis)?;
        kept.used_at = now;
        let age = if now.ms_since(kept.renewed_at) < OLD_MS { Age::Fresh } else { Age::Old };
        if age == Age::Old {
            kept.renewed_at = now;
        }
        Some((Arc::clone(&kept.insights), age))
    }

    pub fn keep(&self, basis: Basis, insights: &Arc<Insights>, now: Stamp) {
        let mut shelf = self.lock();
        let same = |kept: &KeptOver| kept.basis.creator == basis.creator && kept.basis.days == basis.days;
        shelf.over.retain(|kept| !same(kept));
        shelf.over.push(KeptOver { basis, insights: Arc::clone(insights), renewed_at: now, used_at: now });
        if shelf.over.len() > MOST_OVER {
            let oldest = (0..shelf.over.len()).min_by_key(|index| shelf.over[*index].used_at);
            shelf.over.swap_remove(oldest.expect("there is something to let go"));
        }
    }

    /// Lets go of what nobody asked for in the last minutes.
    pub fn let_go(&self, now: Stamp) {
        let mut shelf = self.lock();
        shelf.sides.let_go(now);
        shelf.lifts.let_go(now);
        shelf.over.retain(|kept| now.ms_since(kept.used_at) < UNUSED_MS);
        shelf.over.shrink_to_fit();
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        // A shelf is whole at every step.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> OfSessions<T> {
    /// What was worked out for the session as it is.
    fn get(&mut self, session: &Session, now: Stamp) -> Option<Arc<T>> {
        let kept = self.0.get_mut(&session.id).filter(|kept| kept.session == *session)?;
        kept.used_at = now;
        Some(Arc::clone(&kept.value))
    }

    /// Keeps what was worked out for a session, if it is over.
    fn keep(&mut self, session: &Session, value: &Arc<T>, now: Stamp) {
        if session.ended_at.is_none() {
            return;
        }
        let kept = KeptOf { session: session.clone(), value: Arc::clone(value), used_at: now };
        self.0.insert(session.id, kept);
        if self.0.len() > MOST_SESSIONS {
            let oldest = self.0.iter().min_by_key(|(_, kept)| kept.used_at).map(|(id, _)| *id);
            oldest.and_then(|id| self.0.remove(&id));
        }
    }

    fn let_go(&mut self, now: Stamp) {
        self.0.retain(|_, kept| now.ms_since(kept.used_at) < UNUSED_MS);
        self.0.shrink_to_fit();
    }
}

impl<T> Default for OfSessions<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::drivers;
    use crate::analytics::experiment;
    use crate::domain::ids::RoomId;
    use crate::domain::marker::MarkerKind;
    use crate::domain::session::{Origin, SessionStart};
    use crate::domain::totals::SessionTotals;
    use crate::reports::insights::{Found, Scope, insights};
    use crate::store::Opening;
    use crate::store::archives::Left;

    const NOW: Stamp = Stamp(1_790_000_000_000);

    fn basis(markers: Vec<Marker>) -> Basis {
        let creator = Handle::parse("mira").expect("a handle");
        Basis { creator, days: 30, sessions: Vec::new(), markers, tiers: TierLimits::default() }
    }

    fn nothing() -> Arc<Insights> {
        let pooled = Box::new(drivers::pool(&[]));
        Arc::new(Insights {
            found: Found::Over { from: NOW, each: Vec::new(), pooled },
            outside: Vec::new(),
            tried: Vec::new(),
            tried_days: 30,
            tiers: [(); 3].map(|()| experiment::lift(&[])),
            trend: Vec::new(),
            trials: Vec::new(),
            left: Left::default(),
        })
    }

    #[tokio::test]
    async fn an_answer_is_told_again_for_what_it_rests_on_and_one_who_asks_after_a_minute_renews_it() {
        let remembered = Remembered::new(Lifecycle::start());
        remembered.keep(basis(Vec::new()), &nothing(), NOW);
        let age = |now| remembered.over(&basis(Vec::new()), now).map(|(_, age)| age);
        assert_eq!(age(NOW + 59_000), Some(Age::Fresh));
        assert_eq!(age(NOW + 60_000), Some(Age::Old));
        assert_eq!(age(NOW + 60_001), Some(Age::Fresh), "somebody renews it already");
        let (session, kind) = (SessionId(1), MarkerKind::Other);
        let marked = basis(vec![Marker { session, id: 1, at: NOW, kind, note: String::new() }]);
        assert!(remembered.over(&marked, NOW).is_none());
    }

    fn over() -> Session {
        let start = SessionStart::new(
            Handle::parse("mira").expect("a handle"),
            RoomId(1),
            NOW - 60_000,
            Origin::Live,
        );
        Session {
            id: SessionId(1),
            start,
            ended_at: Some(NOW),
            counted_to: NOW,
            duration_ms: 60_000,
            coverage: 1.0,
            totals: SessionTotals::default(),
            notes: String::new(),
        }
    }

    #[test]
    fn what_a_session_said_is_kept_only_once_it_is_over_and_while_it_stays_the_same() {
        let mut kept = OfSessions::default();
        let running = Session { ended_at: None, ..over() };
        kept.keep(&running, &Arc::new(7), NOW);
        assert_eq!(kept.get(&running, NOW), None);
        kept.keep(&over(), &Arc::new(8), NOW);
        assert_eq!(kept.get(&over(), NOW + 1000), Some(Arc::new(8)));
        let mut repaired = over();
        repaired.totals.gift_units += 1;
        assert_eq!(kept.get(&repaired, NOW), None);
        kept.let_go(NOW + 1000 + UNUSED_MS);
        assert_eq!(kept.get(&over(), NOW + 1000 + UNUSED_MS), None);
    }

    #[tokio::test]
    async fn an_old_answer_is_told_while_another_is_worked_out() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("pasut.db"), Opening::Owner).expect("a database");
        let lifecycle = Lifecycle::start();
        let remembered = Arc::new(Remembered::new(lifecycle.clone()));
        let told = Insights { tried_days: 1, ..Arc::unwrap_or_clone(nothing()) };
        remembered.keep(basis(Vec::new()), &Arc::new(told), NOW);
        let ask = async || {
            let (creator, tiers) = (Handle::parse("mira").expect("a handle"), TierLimits::default());
            let asked = insights(&store, &remembered, &creator, Scope::Days(30), tiers, NOW + OLD_MS);
            asked.await.expect("answered").tried_days
        };
        assert_eq!(ask().await, 1);
        lifecycle.stop();
        lifecycle.finished().await;
        assert_eq!(ask().await, 30);
    }

    #[tokio::test]
    async fn what_nobody_asks_for_is_let_go() {
        let remembered = Remembered::new(Lifecycle::start());
        remembered.keep(basis(Vec::new()), &nothing(), NOW);
        remembered.let_go(NOW + UNUSED_MS - 1);
        assert_eq!(remembered.lock().over.len(), 1);
        remembered.let_go(NOW + UNUSED_MS);
        assert_eq!(remembered.lock().over.len(), 0);
    }
}
