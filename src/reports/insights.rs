//! Why viewers changed, in one session or over several, with everything that was tried.

use super::explain::{self, ExplainError};
use super::remembered::{Age, Basis, Remembered};
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
use crate::domain::time::{DAY_MS, Stamp};
use crate::domain::totals::Bin;
use crate::lifecycle::in_background;
use crate::store::answers::MOST_SESSIONS;
use crate::store::archives::Left;
use crate::store::boards::BoardScope;
use crate::store::sessions::SessionFilter;
use crate::store::{Store, StoreError};
use std::sync::Arc;
use tokio::runtime;
use tracing::warn;

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
    /// The sessions that nothing of this rests on, because they left.
    pub left: Left,
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
    remembered: &Arc<Remembered>,
    creator: &Handle,
    scope: Scope,
    tiers: TierLimits,
    now: Stamp,
) -> Result<Insights, ExplainError> {
    match scope {
        Scope::Session { session, live } => {
            in_session(store, remembered, creator, (*session, live), tiers, now).await
        }
        Scope::Days(days) => over_days(store, remembered, creator, days, tiers, now).await,
    }
}

async fn in_session(
    store: &Store,
    remembered: &Remembered,
    creator: &Handle,
    (session, live): (Session, Option<Arc<Answer>>),
    tiers: TierLimits,
    now: Stamp,
) -> Result<Insights, ExplainError> {
    let answer = match live {
        Some(answer) => Some(answer),
        None => explain::answer(store, &session).await?.map(Arc::new),
    };
    let to = session.ended_at.unwrap_or(now) + 1;
    let from = to - TRIED_DAYS * DAY_MS;
    let earlier = sessions(store, creator, from, session.start.recorded_from).await?;
    let markers = store.markers_of(creator, from, to).await?;
    let recorded = [record(store, session.clone(), answer.clone()).await?];
    let mut trend = newest_answers(store, &earlier).await?;
    trend.extend(answer.as_ref().map(|answer| (session.clone(), Arc::clone(answer))));
    Ok(Insights {
        outside: outside(&recorded),
        tried: tried(store, remembered, &recorded, &earlier, &markers, now).await?,
        tried_days: TRIED_DAYS,
        tiers: TIERS.map(|tier| tier_lift(&recorded, tier, tiers)),
        trend: newest(trend),
        trials: trials::trials(store, creator, now).await?,
        left: store.left(&BoardScope::Session(session.id)).await?,
        found: Found::InSession { session: Box::new(session), answer },
    })
}

async fn over_days(
    store: &Store,
    remembered: &Arc<Remembered>,
    creator: &Handle,
    days: i64,
    tiers: TierLimits,
    now: Stamp,
) -> Result<Insights, ExplainError> {
    let (since, to) = (now - days * DAY_MS, now + 1);
    let ended: Vec<_> = sessions(store, creator, since, to).await?;
    let ended = ended.into_iter().filter(|session| session.ended_at.is_some()).collect();
    let markers = store.markers_of(creator, since, to).await?;
    let basis = Basis { creator: creator.clone(), days, sessions: ended, markers, tiers };
    let worked_out = match remembered.over(&basis, now) {
        Some((insights, age)) => {
            if age == Age::Old {
                renew(store.clone(), remembered, basis, now);
            }
            insights
        }
        None => {
            let insights = Arc::new(work_out(store, remembered, &basis, now).await?);
            remembered.keep(basis, &insights, now);
            insights
        }
    };
    let mut insights = Arc::unwrap_or_clone(worked_out);
    insights.trials = trials::trials(store, creator, now).await?;
    let scope = BoardScope::Stretch { from: since, to, creator: Some(creator.clone()) };
    insights.left = store.left(&scope).await?;
    if let Found::Over { from, .. } = &mut insights.found {
        *from = since;
    }
    Ok(insights)
}

/// Works an answer out again while the one before is still told. It takes long, so pages come first.
fn renew(store: Store, remembered: &Arc<Remembered>, basis: Basis, now: Stamp) {
    let kept = Arc::clone(remembered);
    remembered.lifecycle.spawn("an answer that is worked out again", async move {
        let runtime = runtime::Handle::current();
        let work = move || {
            let insights = runtime.block_on(work_out(&store, &kept, &basis, now))?;
            kept.keep(basis, &Arc::new(insights), now);
            Ok::<_, ExplainError>(())
        };
        let failed = match in_background(work).await {
            Ok(Ok(())) => return,
            Ok(Err(err)) => err.to_string(),
            Err(err) => err.to_string(),
        };
        warn!("An answer over several sessions stays as it was: {failed}");
    });
}

async fn work_out(
    store: &Store,
    remembered: &Remembered,
    basis: &Basis,
    now: Stamp,
) -> Result<Insights, ExplainError> {
    let (from, to) = (now - basis.days * DAY_MS, now + 1);
    let each: Vec<_> = explain::answers(store, &basis.creator, from, to)
        .await?
        .into_iter()
        .map(|(session, answer)| (session, Arc::new(answer)))
        .collect();
    let mut recorded = Vec::with_capacity(each.len());
    for (session, answer) in &each {
        recorded.push(record(store, session.clone(), Some(Arc::clone(answer))).await?);
    }
    let answers: Vec<Answer> = each.iter().map(|(_, answer)| (**answer).clone()).collect();
    Ok(Insights {
        outside: outside(&recorded),
        tried: tried(store, remembered, &recorded, &basis.sessions, &basis.markers, now).await?,
        tried_days: basis.days,
        tiers: TIERS.map(|tier| tier_lift(&recorded, tier, basis.tiers)),
        trend: newest(each.clone()),
        trials: Vec::new(),
        left: Left::default(),
        found: Found::Over { from, each, pooled: Box::new(drivers::pool(&answers)) },
    })
}

/// The newest sessions of a creator that began within this time, newest first.
async fn sessions(
    store: &Store,
    creator: &Handle,
    from: Stamp,
    to: Stamp,
) -> Result<Vec<Session>, StoreError> {
    let filter = SessionFilter {
        creator: Some(creator.clone()),
        from: Some(from),
        to: Some(to),
        ..SessionFilter::default()
    };
    store.sessions(&filter, MOST_SESSIONS).await
}

/// The answers of the newest of these sessions that have one, oldest first, as far as a trend goes.
async fn newest_answers(
    store: &Store,
    newest_first: &[Session],
) -> Result<Vec<(Session, Arc<Answer>)>, ExplainError> {
    let mut found = Vec::new();
    for session in newest_first.iter().filter(|session| session.ended_at.is_some()) {
        if found.len() == TREND {
            break;
        }
        if let Some(answer) = explain::answer(store, session).await? {
            found.push((session.clone(), Arc::new(answer)));
        }
    }
    found.reverse();
    Ok(found)
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

/// What viewers did around the markers of each kind, also in sessions that are not asked about, of which
/// most are `known`.
async fn tried(
    store: &Store,
    remembered: &Remembered,
    recorded: &[Recorded],
    known: &[Session],
    markers: &[Marker],
    now: Stamp,
) -> Result<Vec<(MarkerKind, Lift)>, StoreError> {
    let mut sessions: Vec<_> = markers.iter().map(|marker| marker.session).collect();
    sessions.sort_unstable();
    sessions.dedup();
    let mut elsewhere = Vec::new();
    for session in sessions {
        if recorded.iter().any(|recorded| recorded.session.id == session) {
            continue;
        }
        let looked_up = match known.iter().find(|known| known.id == session) {
            Some(known) => Some(known.clone()),
            None => store.session(session).await?,
        };
        if let Some(of) = looked_up {
            elsewhere.push((session, remembered.sides(store, &of, now).await?));
        }
    }
    let here = recorded.iter().map(|recorded| (recorded.session.id, &recorded.sides));
    let sides: Vec<_> = here.chain(elsewhere.iter().map(|(session, sides)| (*session, &**sides))).collect();
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

/// The end of a list, as long as a trend is.
fn newest(mut each: Vec<(Session, Arc<Answer>)>) -> Vec<(Session, Arc<Answer>)> {
    each.split_off(each.len().saturating_sub(TREND))
}
