//! The past at a glance: the sessions that were asked for, what a stretch of days adds up to against
//! the one before, and the hours of the week that did best.
//!
//! A session that continues an earlier one is one session with it, in every number here: it belongs to
//! the day its first part began.

use super::sessions::spark;
use crate::analytics::best_times::BestTimes;
use crate::domain::answer::Level;
use crate::domain::days::{Days, local_day};
use crate::domain::driver::Driver;
use crate::domain::gift::Known;
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::remark::Tag;
use crate::domain::session::Outline;
use crate::domain::time::Stamp;
use crate::domain::totals::average_viewers;
use crate::store::archives::Left;
use crate::store::boards::BoardScope;
use crate::store::outlines::DriverLevel;
use crate::store::{Store, StoreError};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Sessions on one page of the list.
pub const PAGE: usize = 25;

/// Without a range, sums are of so many days up to today, and best times of so many.
const SUM_DAYS: u32 = 30;
const BEST_DAYS: u32 = 90;

/// A session is shown as one with at most this many parts before it.
const MAX_EARLIER: usize = 12;

/// Which sessions are wanted, and in which order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    pub creator: Option<Handle>,
    /// First and last local day; open where `None`.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// Text that the notes contain, in any case; empty for any.
    pub notes: String,
    pub tag: Option<Tag>,
    pub with_gifts: bool,
    pub with_gaps: bool,
    pub sort: Sort,
    /// Smallest first rather than largest first.
    pub ascending: bool,
    /// The page of the list, from 1.
    pub page: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Start,
    Length,
    Average,
    Peak,
    Diamonds,
    Follows,
    Coverage,
}

/// A session together with the earlier parts it continues.
#[derive(Clone, Debug, PartialEq)]
pub struct Whole {
    /// The newest part, with what all parts add up to: it began when the first did, and its length is recorded
    /// time, without the pauses between them.
    pub session: Outline,
    /// The parts before the newest, oldest first, each with its beginning.
    pub earlier: Vec<(SessionId, Stamp)>,
}

/// Sessions added up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    pub sessions: usize,
    pub length_ms: i64,
    pub viewer_ms: i64,
    pub known_ms: i64,
    pub diamonds_to_creator: i64,
    pub known: Known,
    pub follows: i64,
}

/// A session of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    pub whole: Whole,
    /// Viewers in a few dozen equal steps, `None` where they were not known.
    pub spark: Vec<Option<i64>>,
    /// The driver with the strongest evidence in the newest kept answer.
    pub leading: Option<(Driver, Level)>,
}

/// The answer to [`Wanted`].
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// One page of the list.
    pub listed: Vec<Listed>,
    /// The page that is shown, from 1.
    pub page: usize,
    /// Sessions on all pages.
    pub found: usize,
    /// Whether anything was ever recorded of whom was asked for.
    pub any: bool,
    /// Every tag that their sessions have, in order.
    pub tags: Vec<Tag>,
    pub days: Days,
    pub sums: Sums,
    /// As many days right before.
    pub before: Days,
    pub sums_before: Sums,
    pub best_days: Days,
    pub best: BestTimes,
    /// The sessions of the best days that have no hours here any more.
    pub left: Left,
}

/// The sessions that `wanted` asks for. Days are those of `zone`.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn past(store: &Store, wanted: &Wanted, zone: Tz, now: Stamp) -> Result<Past, StoreError> {
    let all = wholes(store.outlines(wanted.creator.as_ref()).await?);
    let range = range(wanted, &all, zone, now);
    let fitting: Vec<Whole> = all.iter().filter(|whole| fits(whole, wanted)).cloned().collect();
    let within = |days: Days| {
        let (from, to) = days.stretch(zone);
        fitting.iter().filter(move |whole| whole.session.from >= from && whole.session.from < to)
    };
    let days = range.unwrap_or_else(|| Days::last(SUM_DAYS, now, zone));
    let best_days = range.unwrap_or_else(|| Days::last(BEST_DAYS, now, zone));
    let (sums, sums_before) = (Sums::of(within(days)), Sums::of(within(days.before())));
    let best = best_times(store, wanted, within(best_days), zone).await?;
    let mut listed: Vec<Whole> = match range {
        Some(days) => within(days).cloned().collect(),
        None => fitting,
    };
    listed.sort_by(|a, b| order(a, b, wanted));
    let (from, to) = best_days.stretch(zone);
    let left = store.left(&BoardScope::Stretch { from, to, creator: wanted.creator.clone() }).await?;
    let found = listed.len();
    let page = wanted.page.clamp(1, found.div_ceil(PAGE).max(1));
    let shown: Vec<Whole> = listed.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
    Ok(Past {
        listed: list(store, shown).await?,
        page,
        found,
        any: !all.is_empty(),
        tags: all
            .iter()
            .flat_map(|whole| whole.session.tags.iter().cloned())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        days,
        sums,
        before: days.before(),
        sums_before,
        best_days,
        best,
        left,
    })
}

/// How the values of the diamonds are known that sessions of a stretch of time brought, of a creator or of all.
///
/// # Errors
///
/// If the database cannot answer.
pub async fn known(
    store: &Store,
    creator: Option<&Handle>,
    (from, to): (Stamp, Stamp),
) -> Result<Known, StoreError> {
    let mut known = Known::default();
    for outline in store.outlines(creator).await? {
        if outline.from >= from && outline.from < to {
            known += outline.known;
        }
    }
    Ok(known)
}

/// Sessions with the earlier parts they continue, oldest first. Each part belongs to one of them.
#[must_use]
pub fn wholes(outlines: Vec<Outline>) -> Vec<Whole> {
    let continued: HashSet<SessionId> = outlines.iter().filter_map(|outline| outline.continues).collect();
    let (mut parts, mut newest) = (HashMap::new(), Vec::new());
    for outline in outlines {
        if continued.contains(&outline.id) {
            parts.insert(outline.id, outline);
        } else {
            newest.push(outline);
        }
    }
    let mut wholes: Vec<Whole> = newest
        .into_iter()
        .map(|newest| {
            let mut before = newest.continues;
            let mut whole = Whole { session: newest, earlier: Vec::new() };
            while let Some(part) =
                before.filter(|_| whole.earlier.len() < MAX_EARLIER).and_then(|id| parts.remove(&id))
            {
                before = part.continues;
                whole.add(&part);
            }
            whole.earlier.reverse();
            whole
        })
        .collect();
    wholes.sort_by_key(|whole| (whole.session.from, whole.session.id));
    wholes
}

impl Whole {
    fn add(&mut self, part: &Outline) {
        let whole = &mut self.session;
        let length_ms = whole.length_ms + part.length_ms;
        if length_ms > 0 {
            let connected_ms =
                whole.coverage * whole.length_ms as f64 + part.coverage * part.length_ms as f64;
            whole.coverage = connected_ms / length_ms as f64;
        }
        whole.length_ms = length_ms;
        whole.from = whole.from.min(part.from);
        whole.peak = whole.peak.max(part.peak);
        whole.viewer_ms += part.viewer_ms;
        whole.known_ms += part.known_ms;
        whole.gift_units += part.gift_units;
        whole.diamonds_to_creator += part.diamonds_to_creator;
        whole.known += part.known;
        whole.follows += part.follows;
        whole.has_gaps |= part.has_gaps;
        if !part.notes.is_empty() {
            let between = if whole.notes.is_empty() { "" } else { " · " };
            whole.notes = format!("{}{between}{}", part.notes, whole.notes);
        }
        whole.tags.extend(part.tags.iter().cloned());
        whole.tags.sort_unstable();
        whole.tags.dedup();
        self.earlier.push((part.id, part.from));
    }

    /// Whether a session is this one or a part of it.
    #[must_use]
    pub fn has(&self, id: SessionId) -> bool {
        self.session.id == id || self.earlier.iter().any(|(part, _)| *part == id)
    }

    /// Viewers on average over connected time.
    #[must_use]
    pub fn average_viewers(&self) -> Option<f64> {
        average_viewers(self.session.viewer_ms, self.session.known_ms)
    }
}

impl Sums {
    fn of<'a>(wholes: impl Iterator<Item = &'a Whole>) -> Self {
        let mut sums = Self::default();
        for whole in wholes {
            sums.sessions += 1;
            sums.length_ms += whole.session.length_ms;
            sums.viewer_ms += whole.session.viewer_ms;
            sums.known_ms += whole.session.known_ms;
            sums.diamonds_to_creator += whole.session.diamonds_to_creator;
            sums.known += whole.session.known;
            sums.follows += whole.session.follows;
        }
        sums
    }

    /// Viewers on average over the connected time of all sessions.
    #[must_use]
    pub fn average_viewers(&self) -> Option<f64> {
        average_viewers(self.viewer_ms, self.known_ms)
    }

    #[must_use]
    pub fn viewer_hours(&self) -> f64 {
        self.viewer_ms as f64 / 3_600_000.0
    }
}

/// The days that are asked for; `None` for all. What lies open reaches from the first session to today.
fn range(wanted: &Wanted, all: &[Whole], zone: Tz, now: Stamp) -> Option<Days> {
    let today = local_day(now, zone);
    let oldest = || all.first().map_or(today, |whole| local_day(whole.session.from, zone));
    match (wanted.from, wanted.to) {
        (None, None) => None,
        (Some(from), to) => Days::new(from, to.unwrap_or(today).max(from)),
        (None, Some(to)) => Days::new(oldest().min(to), to),
    }
}

fn fits(whole: &Whole, wanted: &Wanted) -> bool {
    let session = &whole.session;
    (!wanted.with_gifts || session.gift_units > 0)
        && (!wanted.with_gaps || session.has_gaps)
        && wanted.tag.as_ref().is_none_or(|tag| session.tags.contains(tag))
        && (wanted.notes.is_empty() || session.notes.to_lowercase().contains(&wanted.notes.to_lowercase()))
}

/// What is not known comes last either way, and the newest first among equals.
fn order(a: &Whole, b: &Whole, wanted: &Wanted) -> Ordering {
    let key = |whole: &Whole| match wanted.sort {
        Sort::Start => Some(whole.session.from.0 as f64),
        Sort::Length => Some(whole.session.length_ms as f64),
        Sort::Average => whole.average_viewers(),
        Sort::Peak => whole.session.peak.map(|peak| peak as f64),
        Sort::Diamonds => Some(whole.session.diamonds_to_creator as f64),
        Sort::Follows => Some(whole.session.follows as f64),
        Sort::Coverage => Some(whole.session.coverage),
    };
    let by_key = match (key(a), key(b)) {
        (Some(a), Some(b)) if wanted.ascending => a.total_cmp(&b),
        (Some(a), Some(b)) => b.total_cmp(&a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    by_key.then(b.session.from.cmp(&a.session.from)).then(b.session.id.cmp(&a.session.id))
}

async fn best_times(
    store: &Store,
    wanted: &Wanted,
    within: impl Iterator<Item = &Whole>,
    zone: Tz,
) -> Result<BestTimes, StoreError> {
    let (mut of, mut from, mut to) = (HashMap::new(), Stamp(i64::MAX), Stamp(0));
    for whole in within {
        for (part, began) in whole.earlier.iter().copied().chain([(whole.session.id, whole.session.from)]) {
            of.insert(part, whole.session.id);
            from = from.min(began);
        }
        to = to.max(whole.session.ended_at.unwrap_or(Stamp(i64::MAX)));
    }
    if of.is_empty() {
        return Ok(BestTimes::default());
    }
    let quarters = store.quarter_hours(wanted.creator.as_ref(), from, to + 1).await?;
    Ok(BestTimes::of(&quarters, |session| of.get(&session).copied(), zone))
}

async fn list(store: &Store, wholes: Vec<Whole>) -> Result<Vec<Listed>, StoreError> {
    let ids: Vec<SessionId> = wholes.iter().map(|whole| whole.session.id).collect();
    let levels = store.driver_levels(&ids).await?;
    let mut listed = Vec::with_capacity(wholes.len());
    for whole in wholes {
        let Outline { id, length_ms, .. } = whole.session;
        let mut line = Vec::new();
        for (part, _) in &whole.earlier {
            line.extend(spark(store, *part, length_ms).await?);
            // A hole between the parts, so that the line is not joined.
            line.push(None);
        }
        line.extend(spark(store, id, length_ms).await?);
        let leading = levels.get(&id).and_then(|levels| leading(levels));
        listed.push(Listed { whole, spark: line, leading });
    }
    Ok(listed)
}

/// The driver with the strongest evidence.
fn leading(levels: &[DriverLevel]) -> Option<(Driver, Level)> {
    let strength = |a: &&DriverLevel, b: &&DriverLevel| {
        let p = |of: &DriverLevel| of.2.unwrap_or(1.0);
        b.1.cmp(&a.1).then(p(a).total_cmp(&p(b))).then(a.0.cmp(&b.0))
    };
    levels.iter().min_by(strength).map(|(driver, level, _)| (*driver, *level))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::session::Origin;

    fn part(id: i64, from_min: i64, to_min: i64, viewers: i64, diamonds: i64) -> Outline {
        let length_ms = (to_min - from_min) * 60_000;
        Outline {
            id: SessionId(id),
            creator: Handle::parse("mira").expect("valid"),
            origin: Origin::Live,
            continues: None,
            from: Stamp(from_min * 60_000),
            ended_at: Some(Stamp(to_min * 60_000)),
            length_ms,
            coverage: 1.0,
            peak: Some(viewers),
            viewer_ms: viewers * length_ms,
            known_ms: length_ms,
            gift_units: diamonds,
            diamonds_to_creator: diamonds,
            known: Known::default(),
            follows: 1,
            has_gaps: false,
            notes: String::new(),
            tags: Vec::new(),
        }
    }

    #[test]
    fn a_continued_session_is_one_with_its_earlier_part_but_not_the_break_between() {
        let first = Outline { coverage: 0.5, notes: "Warm-up".to_owned(), ..part(1, 0, 30, 80, 5) };
        let second = Outline { continues: Some(SessionId(1)), ..part(2, 40, 70, 50, 10) };
        let found = wholes(vec![first, second, part(3, 90, 100, 7, 0)]);
        assert_eq!(found.iter().map(|whole| whole.session.id.0).collect::<Vec<_>>(), [2, 3]);
        let whole = &found[0];
        assert_eq!((whole.session.from, whole.session.ended_at), (Stamp(0), Some(Stamp(70 * 60_000))));
        assert_eq!(whole.session.length_ms, 60 * 60_000);
        assert_eq!(
            (whole.session.diamonds_to_creator, whole.session.follows, whole.session.peak),
            (15, 2, Some(80))
        );
        assert_eq!(whole.average_viewers(), Some(65.0));
        assert!((whole.session.coverage - 0.75).abs() < 1e-9);
        assert_eq!(
            (whole.session.notes.as_str(), whole.earlier.as_slice()),
            ("Warm-up", &[(SessionId(1), Stamp(0))][..])
        );
    }

    #[test]
    fn a_part_that_two_sessions_continue_counts_once() {
        let continuing =
            |id, from| Outline { continues: Some(SessionId(1)), ..part(id, from, from + 10, 5, 100) };
        let found = wholes(vec![part(1, 0, 10, 5, 100), continuing(2, 20), continuing(3, 40)]);
        assert_eq!(Sums::of(found.iter()).diamonds_to_creator, 300);
    }

    #[test]
    fn sums_weigh_the_average_by_connected_time() {
        let found = wholes(vec![part(1, 0, 90, 100, 4), part(2, 100, 130, 20, 6)]);
        let sums = Sums::of(found.iter());
        assert_eq!(sums.average_viewers(), Some(80.0));
        assert_eq!((sums.sessions, sums.diamonds_to_creator, sums.follows), (2, 10, 2));
        assert!((sums.viewer_hours() - 160.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_not_known_comes_last_in_either_direction() {
        let unseen = Outline { known_ms: 0, viewer_ms: 0, ..part(1, 0, 10, 0, 0) };
        let mut found = wholes(vec![unseen, part(2, 20, 30, 9, 0), part(3, 40, 50, 5, 0)]);
        for (ascending, expected) in [(false, [2, 3, 1]), (true, [3, 2, 1])] {
            let wanted = Wanted { sort: Sort::Average, ascending, ..Wanted::default() };
            found.sort_by(|a, b| order(a, b, &wanted));
            assert_eq!(
                found.iter().map(|whole| whole.session.id.0).collect::<Vec<_>>(),
                expected,
                "{ascending}"
            );
        }
    }

    #[test]
    fn notes_are_found_in_any_case_and_literally() {
        let found = wholes(vec![Outline { notes: "100% Seru É".to_owned(), ..part(1, 0, 10, 1, 0) }]);
        for (text, fitting) in [("seru é", true), ("100%", true), ("1%s", false)] {
            let wanted = Wanted { notes: text.to_owned(), ..Wanted::default() };
            assert_eq!(fits(&found[0], &wanted), fitting, "{text}");
        }
    }

    #[test]
    fn an_open_range_reaches_from_the_first_session_to_today() {
        let day = |text: &str| Some(text.parse::<NaiveDate>().expect("a day"));
        let all = wholes(vec![part(1, 29_000_000, 29_000_010, 1, 0)]); // 19 February 2025
        let now = Stamp(1_763_812_800_000); // 22 November 2025
        let of = |from, to| range(&Wanted { from, to, ..Wanted::default() }, &all, Tz::UTC, now);
        assert_eq!(of(None, None), None);
        let days = of(day("2025-11-01"), None).expect("a range");
        assert_eq!(
            (days.first_day(), days.last_day()),
            (day("2025-11-01").unwrap(), day("2025-11-22").unwrap())
        );
        let days = of(None, day("2025-03-01")).expect("a range");
        assert_eq!(
            (days.first_day(), days.last_day()),
            (day("2025-02-19").unwrap(), day("2025-03-01").unwrap())
        );
    }

    #[test]
    fn the_strongest_evidence_leads() {
        let levels = [
            (Driver::Likes, Level::Weak, Some(0.1)),
            (Driver::Gifts, Level::Likely, Some(0.02)),
            (Driver::Comments, Level::Likely, Some(0.01)),
        ];
        assert_eq!(leading(&levels), Some((Driver::Comments, Level::Likely)));
        assert_eq!(leading(&[]), None);
    }
}
