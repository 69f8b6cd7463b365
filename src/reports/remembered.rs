//! What finished sessions said to a question over many of them, kept while somebody asks: working it out
//! reads every series and draws by chance hundreds of times, which takes a second over ninety days.
//!
//! All of it is kept under what it was made from, so nothing has to be told of a change: a session that is
//! priced anew, repaired or written on is another value. It is bounded, and let go when nobody asked for
//! some minutes.

use super::insights::Insights;
use super::trials;
use crate::analytics::experiment::Sides;
use crate::domain::gift::TierLimits;
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::marker::Marker;
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::store::{Store, StoreError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Sessions whose sides are kept at most; each takes some 50 KiB.
const MOST_SESSIONS: usize = 250;
/// Answers over several sessions that are kept at most: 7, 30 and 90 days.
const MOST_OVER: usize = 3;
/// What nobody asked for in this long is let go, in milliseconds.
const UNUSED_MS: i64 = 3 * 60_000;
/// An answer is worked out again after this long: a session may have been explained again, and one that
/// runs may have markers.
const OLD_MS: i64 = 60_000;

/// What is remembered of one database.
#[derive(Debug, Default)]
pub struct Remembered(Mutex<Shelf>);

#[derive(Debug, Default)]
struct Shelf {
    sides: HashMap<SessionId, KeptSides>,
    over: Vec<KeptOver>,
}

#[derive(Debug)]
struct KeptSides {
    of: Session,
    sides: Arc<Sides>,
    used_at: Stamp,
}

#[derive(Debug)]
struct KeptOver {
    basis: Basis,
    insights: Arc<Insights>,
    made_at: Stamp,
    used_at: Stamp,
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
        if let Some(kept) = self.lock().sides.get_mut(&session.id).filter(|kept| kept.of == *session) {
            kept.used_at = now;
            return Ok(Arc::clone(&kept.sides));
        }
        let sides = Arc::new(Sides::new(trials::course(store, session.id).await?));
        if session.ended_at.is_some() {
            let kept = KeptSides { of: session.clone(), sides: Arc::clone(&sides), used_at: now };
            let mut shelf = self.lock();
            shelf.sides.insert(session.id, kept);
            if shelf.sides.len() > MOST_SESSIONS {
                let oldest = shelf.sides.iter().min_by_key(|(_, kept)| kept.used_at).map(|(id, _)| *id);
                oldest.and_then(|id| shelf.sides.remove(&id));
            }
        }
        Ok(sides)
    }

    /// The answer on the same basis, if one was worked out within the last minute.
    pub fn over(&self, basis: &Basis, now: Stamp) -> Option<Arc<Insights>> {
        let mut shelf = self.lock();
        let kept = shelf.over.iter_mut().find(|kept| kept.basis == *basis)?;
        kept.used_at = now;
        (now.ms_since(kept.made_at) < OLD_MS).then(|| Arc::clone(&kept.insights))
    }

    pub fn keep(&self, basis: Basis, insights: &Arc<Insights>, now: Stamp) {
        let mut shelf = self.lock();
        let same = |kept: &KeptOver| kept.basis.creator == basis.creator && kept.basis.days == basis.days;
        shelf.over.retain(|kept| !same(kept));
        shelf.over.push(KeptOver { basis, insights: Arc::clone(insights), made_at: now, used_at: now });
        if shelf.over.len() > MOST_OVER {
            let oldest = (0..shelf.over.len()).min_by_key(|index| shelf.over[*index].used_at);
            shelf.over.swap_remove(oldest.expect("there is something to let go"));
        }
    }

    /// Lets go of what nobody asked for in the last minutes.
    pub fn let_go(&self, now: Stamp) {
        let mut shelf = self.lock();
        shelf.sides.retain(|_, kept| now.ms_since(kept.used_at) < UNUSED_MS);
        shelf.sides.shrink_to_fit();
        shelf.over.retain(|kept| now.ms_since(kept.used_at) < UNUSED_MS);
        shelf.over.shrink_to_fit();
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        // A shelf is whole at every step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::drivers;
    use crate::analytics::experiment;
    use crate::domain::marker::MarkerKind;
    use crate::reports::insights::Found;

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
        })
    }

    #[test]
    fn an_answer_is_told_again_for_a_minute_and_only_for_what_it_rests_on() {
        let remembered = Remembered::default();
        remembered.keep(basis(Vec::new()), &nothing(), NOW);
        assert!(remembered.over(&basis(Vec::new()), NOW + 59_000).is_some());
        assert!(remembered.over(&basis(Vec::new()), NOW + 60_000).is_none());
        let (session, kind) = (SessionId(1), MarkerKind::Other);
        let marked = basis(vec![Marker { session, id: 1, at: NOW, kind, note: String::new() }]);
        assert!(remembered.over(&marked, NOW).is_none());
    }

    #[test]
    fn what_nobody_asks_for_is_let_go() {
        let remembered = Remembered::default();
        remembered.keep(basis(Vec::new()), &nothing(), NOW);
        remembered.let_go(NOW + UNUSED_MS - 1);
        assert_eq!(remembered.lock().over.len(), 1);
        remembered.let_go(NOW + UNUSED_MS);
        assert_eq!(remembered.lock().over.len(), 0);
    }
}
