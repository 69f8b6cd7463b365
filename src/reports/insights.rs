//! Why viewers changed, in one session or over several, with everything that was tried.

use super::explain::{self, ExplainError};
use super::trials::{self, TrialReport};
use crate::analytics::course::Course;
use crate::analytics::drivers;
use crate::analytics::experiment::{self, Moments, Sides};
use crate::domain::answer::{Answer, Cause, PooledAnswer, WindowAnswer};
use crate::domain::experiment::{Afterwards, Lift};
use crate::domain::gift::{Tier, TierLimits};
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::marker::{Marker, MarkerKind};
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::domain::totals::Bin;
use crate::store::{Store, StoreError};
use std::sync::Arc;

const DAY_MS: i64 = 86_400_000;

/// What was tried is looked up over so many days, also beside a single session.
const TRIED_DAYS: i64 = 30;

/// The trend goes back over so many sessions.
const TREND: usize = 7;

/// Rises that nothing explains are listed up to this many, the newest.
const RISES: usize = 10;

pub const TIERS: [Tier; 3] = [Tier::Standard, Tier::Special, Tier::Premium];

/// What is asked about.
#[derive(Clone, Debug)]
pub enum Scope {
    /// One session. `live` is what a running one says right now, which the store learns later.
    Session { session: Box<Session>, live: Option<Arc<Answer>> },
    /// The sessions that began within so many days before now.
    Days(i64),
}

/// Why viewers changed.
#[derive(Clone, Debug)]
pub struct Insights {
    pub found: Found,
    /// Rises that nothing in the room explains, newest first.
    pub outside: Vec<Outside>,
    /// What viewers did around marked moments, of the kinds that were used, over these days.
    pub tried: Vec<(MarkerKind, Lift)>,
    pub tried_days: i64,
    /// What viewers did after gifts of each of [`TIERS`].
    pub tiers: [Lift; TIERS.len()],
    /// The newest sessions up to the end of what is asked about with their answers, oldest first.
    pub trend: Vec<(Session, Arc<Answer>)>,
    pub trials: Vec<TrialReport>,
}

/// The answer itself.
#[derive(Clone, Debug)]
pub enum Found {
    /// `None` while nothing was computed.
    InSession { session: Box<Session>, answer: Option<Arc<Answer>> },
    Over {
        from: Stamp,
        /// The sessions it rests on, oldest first.
        each: Vec<(Session, Arc<Answer>)>,
        pooled: Box<PooledAnswer>,
    },
}

/// A rise that nothing in the room explains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outside {
    pub session: SessionId,
    pub recorded_from: Stamp,
    pub rise: WindowAnswer,
    /// `None` if it cannot be seen.
    pub then: Option<Afterwards>,
}

/// A session of the scope with what the questions beside the answer need.
struct Recorded {
    session: Session,
    answer: Option<Arc<Answer>>,
    bins: Vec<Bin>,
    sides: Sides,
}

/// Why the viewers of `creator` changed.
///
/// # Errors
///
/// If the database cannot answer, or the analysis fails.
pub async fn insights(
    store: &Store,
    creator: &Handle,
    scope: Scope,
    tiers: TierLimits,
    now: Stamp,
) -> Result<Insights, ExplainError> {
    let (asked, earlier, tried_from, tried_to) = match &scope {
        Scope::Session { session, live } => {
            let answer = match live {
                Some(answer) => Some(Arc::clone(answer)),
                None => explain::answer(store, session).await?.map(Arc::new),
            };
            let start = session.start.recorded_from;
            let end = session.ended_at.unwrap_or(now) + 1;
            let from = end - TRIED_DAYS * DAY_MS;
            let earlier = shared(explain::answers(store, creator, from, start).await?);
            (vec![((**session).clone(), answer)], earlier, from, end)
        }
        Scope::Days(days) => {
            let (from, to) = (now - days * DAY_MS, now + 1);
            let answers = shared(explain::answers(store, creator, from, to).await?);
            let asked = answers.iter().map(|(session, answer)| (session.clone(), Some(Arc::clone(answer))));
            (asked.collect(), answers, from, to)
        }
    };
    let mut recorded = Vec::with_capacity(asked.len());
    for (session, answer) in asked {
        recorded.push(record(store, session, answer).await?);
    }
    let markers = store.markers_of(creator, tried_from, tried_to).await?;
    Ok(Insights {
        outside: outside(&recorded),
        tried: tried(store, &recorded, &markers).await?,
        tried_days: tried_to.ms_since(tried_from) / DAY_MS,
        tiers: TIERS.map(|tier| tier_lift(&recorded, tier, tiers)),
        trend: trend(&scope, earlier, &recorded),
        trials: trials::trials(store, creator, now).await?,
        found: found(scope, recorded, now),
    })
}

fn shared(answers: Vec<(Session, Answer)>) -> Vec<(Session, Arc<Answer>)> {
    answers.into_iter().map(|(session, answer)| (session, Arc::new(answer))).collect()
}

fn found(scope: Scope, recorded: Vec<Recorded>, now: Stamp) -> Found {
    match scope {
        Scope::Session { session, .. } => {
            let answer = recorded.into_iter().find_map(|recorded| recorded.answer);
            Found::InSession { session, answer }
        }
        Scope::Days(days) => {
            let each = recorded.into_iter().filter_map(|recorded| Some((recorded.session, recorded.answer?)));
            let each: Vec<_> = each.collect();
            let answers: Vec<Answer> = each.iter().map(|(_, answer)| (**answer).clone()).collect();
            let pooled = Box::new(drivers::pool(&answers));
            Found::Over { from: now - days * DAY_MS, each, pooled }
        }
    }
}

async fn record(
    store: &Store,
    session: Session,
    answer: Option<Arc<Answer>>,
) -> Result<Recorded, StoreError> {
    let bins = store.series(session.id, Stamp(i64::MIN), Stamp(i64::MAX)).await?;
    let sides = Sides::new(Course::new(&bins, &store.gaps(session.id).await?));
    Ok(Recorded { session, answer, bins, sides })
}

fn outside(recorded: &[Recorded]) -> Vec<Outside> {
    let rises = recorded.iter().rev().flat_map(|recorded| {
        let windows = recorded.answer.iter().flat_map(|answer| answer.windows.iter().rev());
        let unexplained = windows.filter(|window| window.change > 0 && window.cause == Cause::None);
        unexplained.map(|rise| Outside {
            session: recorded.session.id,
            recorded_from: recorded.session.start.recorded_from,
            rise: *rise,
            then: experiment::afterwards(recorded.sides.course(), rise),
        })
    });
    rises.take(RISES).collect()
}

/// What viewers did around the markers of each kind; sessions outside the scope are looked up.
async fn tried(
    store: &Store,
    recorded: &[Recorded],
    markers: &[Marker],
) -> Result<Vec<(MarkerKind, Lift)>, StoreError> {
    let mut sessions: Vec<_> = markers.iter().map(|marker| marker.session).collect();
    sessions.sort_unstable();
    sessions.dedup();
    let mut elsewhere = Vec::new();
    for session in sessions {
        if recorded.iter().all(|recorded| recorded.session.id != session) {
            elsewhere.push((session, Sides::new(trials::course(store, session).await?)));
        }
    }
    let here = recorded.iter().map(|recorded| (recorded.session.id, &recorded.sides));
    let sides: Vec<_> = here.chain(elsewhere.iter().map(|(session, sides)| (*session, sides))).collect();
    let of_kind = |kind: MarkerKind| {
        let moments = sides.iter().map(|(session, sides)| {
            let marked = markers.iter().filter(|marker| marker.session == *session && marker.kind == kind);
            Moments { sides, at: marked.map(|marker| marker.at).collect() }
        });
        (kind, experiment::lift(&moments.collect::<Vec<_>>()))
    };
    Ok(MarkerKind::ALL.into_iter().map(of_kind).filter(|(_, lift)| lift.times > 0).collect())
}

fn tier_lift(recorded: &[Recorded], tier: Tier, tiers: TierLimits) -> Lift {
    let moments = recorded.iter().map(|recorded| Moments {
        sides: &recorded.sides,
        at: experiment::occasions(&recorded.bins, tier, tiers),
    });
    experiment::lift(&moments.collect::<Vec<_>>())
}

/// The newest sessions up to what is asked about; a single session is the last of them.
fn trend(
    scope: &Scope,
    mut earlier: Vec<(Session, Arc<Answer>)>,
    recorded: &[Recorded],
) -> Vec<(Session, Arc<Answer>)> {
    if let (Scope::Session { .. }, [Recorded { session, answer: Some(answer), .. }]) = (scope, recorded) {
        earlier.push((session.clone(), Arc::clone(answer)));
    }
    earlier.split_off(earlier.len().saturating_sub(TREND))
}
