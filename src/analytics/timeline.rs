//! A session over time: bins of ten seconds, and the intervals made of them.
//!
//! Viewers are held from one sample to the next, as TikTok reports them every few seconds, but for
//! at most a minute and never over a gap. An interval row is the sum of its bins, so rows and bins
//! cannot disagree, and the rows of a session add up to its totals.

use crate::domain::ids::UserId;
use crate::domain::time::Stamp;
use crate::domain::totals::{BIN_MS, Bin, BinViewers, Counts, IntervalMedians, IntervalRow};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A viewer count is believed for this long; older than that, viewers are not known.
pub const VIEWERS_HOLD_MS: i64 = 60_000;

/// Bins and intervals younger than this stay in memory; an event may arrive this late.
pub const RETAINED_MS: i64 = 30 * 60 * 1000;

/// The bins and interval rows of one session, as far as they can still change.
#[derive(Debug)]
pub struct Timeline {
    bins: BTreeMap<Stamp, Bin>,
    spans: VecDeque<Span>,
    /// Length of the intervals to come, in milliseconds.
    interval_ms: i64,
    medians: IntervalMedians,
    changed: BTreeSet<Stamp>,
    held: Option<Held>,
    /// Up to where viewers have been added to bins.
    integrated_to: Stamp,
}

/// One interval of the session and who gave in it.
#[derive(Debug)]
struct Span {
    from: Stamp,
    length_ms: i64,
    given: FxHashMap<UserId, i64>,
}

/// The newest viewer count.
#[derive(Clone, Copy, Debug)]
struct Held {
    viewers: i64,
    at: Stamp,
}

/// How long and how high viewers were over a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    pub viewer_ms: i64,
    pub known_ms: i64,
}

impl Timeline {
    /// `interval_ms` is a multiple of [`BIN_MS`].
    #[must_use]
    pub fn new(interval_ms: i64, medians: IntervalMedians) -> Self {
        Self {
            bins: BTreeMap::new(),
            spans: VecDeque::new(),
            interval_ms,
            medians,
            changed: BTreeSet::new(),
            held: None,
            integrated_to: Stamp(i64::MIN),
        }
    }

    /// Sets the length of the intervals that begin from now on.
    pub const fn set_interval(&mut self, interval_ms: i64) {
        self.interval_ms = interval_ms;
    }

    /// Takes up the intervals of a session that was recorded before, oldest first: a beginning and
    /// a length in milliseconds each. Its rows then go on as they are, whatever length is set now.
    pub fn restore_intervals(&mut self, intervals: impl IntoIterator<Item = (Stamp, i64)>) {
        self.spans.extend(intervals.into_iter().map(|(from, length_ms)| Span::new(from, length_ms)));
    }

    /// Adds `counts` to the bin of `at`.
    pub fn add(&mut self, at: Stamp, add: impl FnOnce(&mut Bin)) {
        add(self.bin(at));
    }

    /// Notes who gave, for the interval's top gifter.
    pub fn add_gift(&mut self, at: Stamp, giver: UserId, diamonds: i64) {
        self.ensure_span(at);
        if let Some(span) = self.spans.iter_mut().rev().find(|span| span.holds(at)) {
            let given = span.given.entry(giver).or_default();
            *given = given.saturating_add(diamonds);
        }
    }

    /// Takes a viewer count and returns what the time up to it adds.
    pub fn sample_viewers(&mut self, at: Stamp, viewers: i64) -> Watched {
        let watched = self.pass_to(at);
        if self.held.is_none_or(|held| held.at <= at) {
            self.held = Some(Held { viewers, at });
            self.integrated_to = self.integrated_to.max(at);
        }
        see(&mut self.bin(at).viewers, viewers);
        watched
    }

    /// When the newest viewer count arrived.
    #[must_use]
    pub fn viewers_at(&self) -> Option<Stamp> {
        self.held.map(|held| held.at)
    }

    /// Lets time pass: viewers are held up to `now`.
    pub fn pass_to(&mut self, now: Stamp) -> Watched {
        let mut watched = Watched::default();
        let Some(held) = self.held else { return watched };
        let until = now.min(held.at + VIEWERS_HOLD_MS);
        let mut from = self.integrated_to.max(held.at);
        while from < until {
            let bin_end = from.floor_to(BIN_MS) + BIN_MS;
            let to = until.min(bin_end);
            let ms = to.ms_since(from);
            let viewer_ms = held.viewers.saturating_mul(ms);
            let bin = &mut self.bin(from).viewers;
            see(bin, held.viewers);
            bin.viewer_ms = bin.viewer_ms.saturating_add(viewer_ms);
            bin.known_ms += ms;
            watched.viewer_ms = watched.viewer_ms.saturating_add(viewer_ms);
            watched.known_ms += ms;
            from = to;
        }
        self.integrated_to = self.integrated_to.max(until);
        watched
    }

    /// The connection is gone: viewers are not known any more.
    pub const fn lose_sight(&mut self) {
        self.held = None;
    }

    /// The bins and rows that changed since the last call, oldest first, and forgets the old.
    pub fn take_changed(&mut self, now: Stamp) -> (Vec<Bin>, Vec<IntervalRow>) {
        let changed = std::mem::take(&mut self.changed);
        let bins = changed.iter().filter_map(|from| self.bins.get(from)).copied().collect();
        let mut rows = Vec::new();
        for index in 0..self.spans.len() {
            let span = &self.spans[index];
            if changed.range(span.from..span.end()).next().is_some() {
                rows.push(self.row(index));
            }
        }
        self.forget_before(now - RETAINED_MS);
        (bins, rows)
    }

    /// The bins still in memory, oldest first.
    pub fn bins(&self) -> impl Iterator<Item = &Bin> {
        self.bins.values()
    }

    /// The interval that runs, and the one before.
    #[must_use]
    pub fn newest_rows(&self) -> (Option<IntervalRow>, Option<IntervalRow>) {
        let row = |back: usize| self.spans.len().checked_sub(back).map(|index| self.row(index));
        (row(1), row(2))
    }

    fn bin(&mut self, at: Stamp) -> &mut Bin {
        self.ensure_span(at);
        let from = at.floor_to(BIN_MS);
        self.changed.insert(from);
        self.bins.entry(from).or_insert_with(|| Bin { from, ..Bin::default() })
    }

    /// Makes the interval of `at`. Intervals begin at multiples of their length; after a change of
    /// length, one shorter interval leads to the next multiple.
    fn ensure_span(&mut self, at: Stamp) {
        let aligned = at.floor_to(self.interval_ms);
        match self.spans.back() {
            Some(last) if at < last.end() => {
                let first = self.spans.front().expect("there is a last one").from;
                if at < first {
                    self.spans.push_front(Span::new(aligned, first.ms_since(aligned).min(self.interval_ms)));
                } else if !self.spans.iter().any(|span| span.holds(at)) {
                    self.insert_between(at);
                }
            }
            Some(last) => {
                let from = aligned.max(last.end());
                self.spans.push_back(Span::new(from, (aligned + self.interval_ms).ms_since(from)));
            }
            None => self.spans.push_back(Span::new(aligned, self.interval_ms)),
        }
    }

    /// An event that arrived late may belong to an interval in which nothing happened so far.
    fn insert_between(&mut self, at: Stamp) {
        let next = self.spans.partition_point(|span| span.from <= at);
        let aligned = at.floor_to(self.interval_ms);
        let from = self.spans.get(next.wrapping_sub(1)).map_or(aligned, |before| aligned.max(before.end()));
        let to = (aligned + self.interval_ms).min(self.spans[next].from);
        self.spans.insert(next, Span::new(from, to.ms_since(from)));
    }

    fn row(&self, index: usize) -> IntervalRow {
        let span = &self.spans[index];
        let mut row =
            row_of(span.from, span.length_ms, self.bins.range(span.from..span.end()).map(|(_, bin)| bin));
        row.viewer_change = index
            .checked_sub(1)
            .map(|before| &self.spans[before])
            .filter(|before| before.end() == span.from)
            .and_then(|before| {
                self.bins.range(before.from..before.end()).rev().find_map(|(_, bin)| bin.viewers.last)
            })
            .and_then(|before| Some(row.viewers.last? - before));
        row.activity_score = activity_score(&row.counts, &self.medians);
        row.top_gifter = span
            .given
            .iter()
            .max_by(|(a_user, a), (b_user, b)| a.cmp(b).then(b_user.cmp(a_user)))
            .map(|(user, _)| *user);
        row
    }

    fn forget_before(&mut self, horizon: Stamp) {
        while let Some(span) = self.spans.front()
            && self.spans.len() > 2
            && span.end() < horizon
        {
            let end = span.end();
            self.bins = self.bins.split_off(&end);
            self.spans.pop_front();
        }
    }
}

impl Span {
    fn new(from: Stamp, length_ms: i64) -> Self {
        Self { from, length_ms, given: FxHashMap::default() }
    }

    fn end(&self) -> Stamp {
        self.from + self.length_ms
    }

    fn holds(&self, at: Stamp) -> bool {
        self.from <= at && at < self.end()
    }
}

/// The row of an interval, as far as its bins tell: those of `bins` that lie in it.
#[must_use]
pub fn row_of<'a>(from: Stamp, length_ms: i64, bins: impl IntoIterator<Item = &'a Bin>) -> IntervalRow {
    let mut row = IntervalRow { from, length_ms, ..IntervalRow::default() };
    for bin in bins.into_iter().filter(|bin| (from..from + length_ms).contains(&bin.from)) {
        row.viewers += bin.viewers;
        row.counts += bin.counts;
        row.counts.likes += bin.likes_in_gap;
    }
    row
}

/// The sum over kinds of this count divided by the creator's median, divided by the kinds present.
/// Descriptive; never part of a verdict.
#[must_use]
pub fn activity_score(counts: &Counts, medians: &IntervalMedians) -> Option<f64> {
    let parts = [
        (counts.comments, medians.comments),
        (counts.likes, medians.likes),
        (counts.gift_units, medians.gift_units),
        (counts.follows, medians.follows),
        (counts.shares, medians.shares),
        (counts.joins, medians.joins),
    ];
    let scores: Vec<f64> = parts
        .into_iter()
        .filter(|(_, median)| *median > 0.0)
        .map(|(count, median)| count as f64 / median)
        .collect();
    (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
}

fn see(bin: &mut BinViewers, viewers: i64) {
    bin.min = if bin.last.is_some() { bin.min.min(viewers) } else { viewers };
    bin.max = bin.max.max(viewers);
    bin.last = Some(viewers);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: i64 = 60_000;

    fn timeline() -> Timeline {
        Timeline::new(5 * MINUTE, IntervalMedians::default())
    }

    #[test]
    fn viewers_are_held_between_samples_and_weighted_by_time() {
        let mut line = timeline();
        line.sample_viewers(Stamp(0), 100);
        let watched = line.sample_viewers(Stamp(15_000), 200);
        assert_eq!(watched, Watched { viewer_ms: 1_500_000, known_ms: 15_000 });
        let (bins, rows) = line.take_changed(Stamp(15_000));
        assert_eq!(bins.iter().map(|bin| bin.viewers.last).collect::<Vec<_>>(), [Some(100), Some(200)]);
        assert_eq!((rows[0].viewers.min, rows[0].viewers.max, rows[0].viewers.last), (100, 200, Some(200)));
    }

    #[test]
    fn a_count_older_than_a_minute_is_not_believed() {
        let mut line = timeline();
        line.sample_viewers(Stamp(0), 100);
        assert_eq!(line.pass_to(Stamp(10 * MINUTE)).known_ms, VIEWERS_HOLD_MS);
        assert_eq!(line.pass_to(Stamp(11 * MINUTE)).known_ms, 0);
    }

    #[test]
    fn viewers_are_not_known_in_a_gap() {
        let mut line = timeline();
        line.sample_viewers(Stamp(0), 100);
        assert_eq!(line.pass_to(Stamp(5_000)).known_ms, 5_000);
        line.lose_sight();
        assert_eq!(line.pass_to(Stamp(30_000)).known_ms, 0);
        line.sample_viewers(Stamp(30_000), 90);
        assert_eq!(line.pass_to(Stamp(31_000)).known_ms, 1_000);
        assert_eq!(line.bins().map(|bin| bin.from.0).collect::<Vec<_>>(), [0, 30_000]);
    }

    #[test]
    fn a_new_interval_length_begins_at_the_end_of_the_running_interval() {
        let mut line = timeline();
        let comment = |bin: &mut Bin| bin.counts.comments += 1;
        line.add(Stamp(MINUTE), comment);
        line.set_interval(10 * MINUTE);
        line.add(Stamp(6 * MINUTE), comment);
        line.add(Stamp(12 * MINUTE), comment);
        let (_, rows) = line.take_changed(Stamp(12 * MINUTE));
        let spans: Vec<_> = rows.iter().map(|row| (row.from.0 / MINUTE, row.length_ms / MINUTE)).collect();
        assert_eq!(spans, [(0, 5), (5, 5), (10, 10)]);
    }

    #[test]
    fn the_change_of_viewers_needs_both_ends() {
        let mut line = timeline();
        line.sample_viewers(Stamp(MINUTE), 100);
        line.pass_to(Stamp(2 * MINUTE));
        line.lose_sight();
        line.sample_viewers(Stamp(6 * MINUTE), 130);
        line.pass_to(Stamp(7 * MINUTE));
        line.lose_sight();
        line.add(Stamp(11 * MINUTE), |bin| bin.counts.comments += 1);
        let (_, rows) = line.take_changed(Stamp(11 * MINUTE));
        assert_eq!(rows.iter().map(|row| row.viewer_change).collect::<Vec<_>>(), [None, Some(30), None]);
    }

    #[test]
    fn the_top_gifter_of_an_interval_gave_most_in_it() {
        let mut line = timeline();
        for (minute, user, diamonds) in [(1, 1, 50), (2, 2, 30), (3, 2, 30), (6, 1, 1)] {
            let at = Stamp(minute * MINUTE);
            line.add(at, |bin| bin.counts.diamonds += diamonds);
            line.add_gift(at, UserId(user), diamonds);
        }
        let (_, rows) = line.take_changed(Stamp(6 * MINUTE));
        assert_eq!(
            rows.iter().map(|row| row.top_gifter).collect::<Vec<_>>(),
            [Some(UserId(2)), Some(UserId(1))]
        );
    }

    #[test]
    fn activity_is_measured_against_the_creators_median_of_the_kinds_that_have_one() {
        let medians = IntervalMedians { comments: 10.0, shares: 2.0, ..IntervalMedians::default() };
        let counts = Counts { comments: 20, likes: 500, shares: 2, ..Counts::default() };
        assert_eq!(activity_score(&counts, &medians), Some(1.5));
        assert_eq!(activity_score(&counts, &IntervalMedians::default()), None);
    }

    proptest! {
        #[test]
        fn the_rows_add_up_to_everything_that_was_added_in_any_order(
            events in proptest::collection::vec((0i64..25 * MINUTE, 1i64..9), 1..200),
        ) {
            let mut line = timeline();
            let mut rows: BTreeMap<Stamp, IntervalRow> = BTreeMap::new();
            for (index, (at, count)) in events.iter().enumerate() {
                line.add(Stamp(*at), |bin| bin.counts.comments += count);
                if index % 7 == 0 {
                    rows.extend(line.take_changed(Stamp(*at)).1.into_iter().map(|row| (row.from, row)));
                }
            }
            rows.extend(line.take_changed(Stamp(25 * MINUTE)).1.into_iter().map(|row| (row.from, row)));
            let total: i64 = events.iter().map(|(_, count)| count).sum();
            prop_assert_eq!(rows.values().map(|row| row.counts.comments).sum::<i64>(), total);
            for pair in rows.values().collect::<Vec<_>>().windows(2) {
                prop_assert!(pair[0].from + pair[0].length_ms <= pair[1].from);
            }
        }
    }
}
