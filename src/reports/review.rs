//! Everything about one session.

use super::sessions::{SessionSummary, summary};
use crate::analytics::course::Course;
use crate::analytics::experiment::{Moments, Sides, is_fresh, typical};
use crate::analytics::leaderboard::ranks;
use crate::domain::experiment::Lift;
use crate::domain::ids::{GiftId, SessionId};
use crate::domain::record::Pause;
use crate::domain::session::Session;
use crate::domain::text::called;
use crate::domain::time::Stamp;
use crate::domain::totals::{BIN_MS, BattleFacts, Bin, GiftTotal, IntervalRow, RankedGifter};
use crate::store::{Store, StoreError};
use std::collections::HashMap;

/// One session in full.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionReview {
    pub summary: SessionSummary,
    /// The whole session in steps of ten seconds; steps inside a gap are missing.
    pub bins: Vec<Bin>,
    pub rows: Vec<ReviewedInterval>,
    /// Ranked, at most as many as were asked for.
    pub gifters: Vec<RankedGifter>,
    /// By diamonds, largest first.
    pub gifts: Vec<GiftTotal>,
    pub battles: Vec<BattleFacts>,
    pub pauses: Vec<Pause>,
    /// Counted messages by TikTok's own name for them.
    pub methods: Vec<(String, i64)>,
}

/// An interval with the name of its top gifter, empty if nobody gave.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewedInterval {
    pub row: IntervalRow,
    pub top_gifter_name: String,
}

/// Everything about one session, with at most `most_gifters`; `None` if there is no such session.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn review(
    store: &Store,
    id: SessionId,
    most_gifters: usize,
) -> Result<Option<SessionReview>, StoreError> {
    let Some(session) = store.session(id).await? else { return Ok(None) };
    let summary = summary(store, session).await?;
    Ok(Some(in_full(store, summary, most_gifters).await?))
}

/// Everything about a session whose summary is known.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn in_full(
    store: &Store,
    summary: SessionSummary,
    most_gifters: usize,
) -> Result<SessionReview, StoreError> {
    let id = summary.id;
    Ok(SessionReview {
        bins: store.series(id, summary.start.recorded_from, Stamp(i64::MAX)).await?,
        rows: intervals(store, id).await?,
        gifters: gifters(store, id, most_gifters).await?,
        gifts: store.gift_totals(id).await?,
        battles: store.battles(id).await?,
        pauses: store.pauses(id).await?,
        methods: store.methods(id).await?,
        summary,
    })
}

/// What viewers did in the five minutes after each gift of a session, against the five before it. Gifts
/// given within five minutes of the first are one occasion with it.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn gift_lifts(store: &Store, session: &Session) -> Result<HashMap<GiftId, Lift>, StoreError> {
    let mut given: HashMap<GiftId, Vec<Stamp>> = HashMap::new();
    for (gift, at, units) in store.gift_times(session.id).await? {
        let times = given.entry(gift).or_default();
        if units > 0 && is_fresh(times, at) {
            times.push(at);
        }
    }
    let bins = store.series(session.id, session.start.recorded_from, Stamp(i64::MAX)).await?;
    let gaps = store.gaps(session.id).await?;
    let sides = Sides::new(Course::new(&bins, &gaps));
    Ok(given.into_iter().map(|(gift, at)| (gift, typical(&Moments { sides: &sides, at }))).collect())
}

/// A session in steps of ten seconds; steps inside a gap are missing.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn bins(store: &Store, session: &SessionSummary) -> Result<Vec<Bin>, StoreError> {
    store.series(session.id, session.start.recorded_from.floor_to(BIN_MS), Stamp(i64::MAX)).await
}

/// The gifters of a session, at most so many.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn gifters(store: &Store, id: SessionId, most: usize) -> Result<Vec<RankedGifter>, StoreError> {
    let found = store.gifters(id, most).await?;
    let ranks = ranks(&found, |gifter| gifter.total.diamonds);
    let ranked = found.into_iter().zip(ranks).map(|(gifter, rank)| RankedGifter {
        rank,
        display_id: gifter.display_id,
        nickname: gifter.nickname,
        biggest_gift_name: gifter.biggest_gift_name,
        total: gifter.total,
    });
    Ok(ranked.collect())
}

/// The intervals of a session, oldest first, with who gave most in each.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn intervals(store: &Store, id: SessionId) -> Result<Vec<ReviewedInterval>, StoreError> {
    let rows = store.intervals(id).await?;
    let top_gifters: Vec<_> = rows.iter().filter_map(|row| row.top_gifter).collect();
    let people = store.people(&top_gifters).await?;
    let names: HashMap<_, _> = people
        .into_iter()
        .map(|person| (person.id, called(&person.nickname, &person.display_id).to_owned()))
        .collect();
    let named = |row: IntervalRow| ReviewedInterval {
        top_gifter_name: row.top_gifter.and_then(|gifter| names.get(&gifter).cloned()).unwrap_or_default(),
        row,
    };
    Ok(rows.into_iter().map(named).collect())
}
