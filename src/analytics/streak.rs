//! How a gift is counted: each once, whatever TikTok repeats, reorders or loses.
//!
//! A streakable gift is reported again and again with a growing running total, and once more with
//! `repeat_end`. What a report adds is how far it exceeds what was already credited.

use crate::domain::gift::GiftReport;
use crate::domain::ids::{GiftId, UserId};
use crate::domain::time::Stamp;
use crate::domain::totals::{StreakKey, StreakState, StreakTotal};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// Without a group id, a report this long after the one before begins a new streak. The same
/// silence settles the display of any streak; it never stops the accounting.
pub const SILENCE_MS: i64 = 15_000;

/// How many streaks stay in memory; older ones are looked up in the store by whoever counts.
pub const IN_MEMORY: usize = 20_000;

/// The streaks of one session.
#[derive(Debug, Default)]
pub struct StreakCounter {
    /// The current round of each streak.
    current: FxHashMap<(UserId, i64, i64), StreakTotal>,
    /// Keys of `current`, oldest first.
    order: VecDeque<(UserId, i64, i64)>,
    /// Whether a streak was ever let go, so that an unknown one may be in the store.
    spilled: bool,
    /// Whether none is let go: while a session is added up again there is no store to ask.
    keeps_all: bool,
}

/// What one report adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credit {
    pub units: u32,
    /// The streak it belongs to; `None` for a gift that cannot be a streak.
    pub streak: Option<StreakKey>,
    /// Whether this report began the streak.
    pub began: bool,
}

impl StreakCounter {
    /// The key of a streak that is not in memory but may be in the store, where a caller that
    /// has one looks it up and hands it to [`Self::restore`] before [`Self::credit`].
    #[must_use]
    pub fn missing(&self, sender: UserId, report: &GiftReport) -> Option<StreakKey> {
        let key = (sender, report.gift.0, report.group);
        (self.spilled && report.streakable && report.group != 0 && !self.current.contains_key(&key))
            .then_some(StreakKey { user: sender, gift: report.gift, group: report.group, round: 0 })
    }

    /// Keeps every streak in memory, or lets the oldest go again.
    pub fn keep_all(&mut self, keeps_all: bool) {
        self.keeps_all = keeps_all;
        self.spill();
    }

    /// Takes up a streak of the store again.
    pub fn restore(&mut self, streak: StreakTotal) {
        self.insert(streak);
    }

    /// Returns how many gifts `report` adds to what was already counted.
    pub fn credit(&mut self, sender: UserId, report: &GiftReport, at: Stamp) -> Credit {
        if !report.streakable {
            return Credit { units: report.repeat_count.max(1), streak: None, began: false };
        }
        let key = (sender, report.gift.0, report.group);
        let round = match self.current.get(&key) {
            None => Some(0),
            Some(streak) if begins_new_round(streak, report, at) => Some(streak.key.round + 1),
            Some(_) => None,
        };
        if let Some(round) = round {
            let key = StreakKey { user: sender, gift: report.gift, group: report.group, round };
            self.insert(StreakTotal {
                key,
                receiver: report.receiver,
                units: 0,
                diamonds: 0,
                state: StreakState::Open,
                started_at: at,
                updated_at: at,
            });
        }
        let streak = self.current.get_mut(&key).expect("just inserted if it was missing");
        if streak.state == StreakState::Ended {
            return Credit { units: 0, streak: Some(streak.key), began: false };
        }
        let added = i64::from(report.repeat_count).saturating_sub(streak.units).max(0);
        streak.units += added;
        streak.updated_at = streak.updated_at.max(at);
        if report.repeat_end {
            streak.state = StreakState::Ended;
        }
        let units = u32::try_from(added).expect("a part of a u32");
        Credit { units, streak: Some(streak.key), began: round.is_some() }
    }

    /// Whether a streak of this person and gift that has no group id is running.
    #[must_use]
    pub fn has_open(&self, sender: UserId, gift: GiftId) -> bool {
        self.current.get(&(sender, gift.0, 0)).is_some_and(|streak| streak.state == StreakState::Open)
    }

    /// Adds the worth of a credit to its streak.
    pub fn add_diamonds(&mut self, streak: StreakKey, diamonds: i64) {
        if let Some(total) = self.current.get_mut(&(streak.user, streak.gift.0, streak.group)) {
            total.diamonds = total.diamonds.saturating_add(diamonds);
        }
    }

    /// The streak as it stands, if it is in memory.
    #[must_use]
    pub fn get(&self, key: StreakKey) -> Option<&StreakTotal> {
        self.current.get(&(key.user, key.gift.0, key.group)).filter(|streak| streak.key == key)
    }

    fn insert(&mut self, streak: StreakTotal) {
        let key = (streak.key.user, streak.key.gift.0, streak.key.group);
        if self.current.insert(key, streak).is_none() {
            self.order.push_back(key);
        }
        self.spill();
    }

    fn spill(&mut self) {
        while !self.keeps_all
            && self.order.len() > IN_MEMORY
            && let Some(oldest) = self.order.pop_front()
        {
            self.current.remove(&oldest);
            self.spilled = true;
        }
    }
}

/// Without a group id, streaks of one person and gift follow one another under the same key.
fn begins_new_round(streak: &StreakTotal, report: &GiftReport, at: Stamp) -> bool {
    if report.group != 0 {
        return false;
    }
    let silent = at.ms_since(streak.updated_at) > SILENCE_MS;
    let restarted = report.repeat_count == 1
        && !report.repeat_end
        && (streak.state == StreakState::Ended || streak.units > 1);
    silent || restarted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn report(group: i64, repeat_count: u32, repeat_end: bool) -> GiftReport {
        GiftReport {
            gift: GiftId(5655),
            streakable: true,
            group,
            repeat_count,
            repeat_end,
            ..GiftReport::default()
        }
    }

    fn credited(reports: &[(i64, GiftReport)]) -> Vec<u32> {
        let mut counter = StreakCounter::default();
        reports.iter().map(|(at, report)| counter.credit(UserId(1), report, Stamp(*at)).units).collect()
    }

    #[test]
    fn reports_add_what_they_exceed_the_ones_before() {
        for (name, reports, expected) in [
            (
                "a streak of one has two reports",
                vec![(0, report(9, 1, false)), (1, report(9, 1, true))],
                vec![1, 0],
            ),
            (
                "counts may jump",
                vec![(0, report(9, 1, false)), (1, report(9, 7, false)), (2, report(9, 9, true))],
                vec![1, 6, 2],
            ),
            (
                "a late tick adds nothing",
                vec![(0, report(9, 5, false)), (1, report(9, 3, false))],
                vec![5, 0],
            ),
            (
                "after the end nothing is added",
                vec![(0, report(9, 5, true)), (1, report(9, 8, false)), (2, report(9, 8, true))],
                vec![5, 0, 0],
            ),
            (
                "silence does not close the account",
                vec![(0, report(9, 5, false)), (60_000, report(9, 8, false))],
                vec![5, 3],
            ),
            ("met in the middle, the whole streak counts", vec![(0, report(9, 40, false))], vec![40]),
            (
                "other groups are other streaks",
                vec![(0, report(9, 5, false)), (1, report(8, 5, false))],
                vec![5, 5],
            ),
        ] {
            assert_eq!(credited(&reports), expected, "{name}");
        }
    }

    #[test]
    fn without_a_group_id_silence_or_a_restart_begins_a_new_streak() {
        for (name, reports, expected) in [
            (
                "growing",
                vec![(0, report(0, 1, false)), (1, report(0, 3, false)), (2, report(0, 3, true))],
                vec![1, 2, 0],
            ),
            ("restart at one", vec![(0, report(0, 3, false)), (1, report(0, 1, false))], vec![3, 1]),
            (
                "restart after an end",
                vec![(0, report(0, 1, true)), (1, report(0, 1, false)), (2, report(0, 1, true))],
                vec![1, 1, 0],
            ),
            ("silence", vec![(0, report(0, 3, false)), (15_001, report(0, 3, false))], vec![3, 3]),
            ("no silence yet", vec![(0, report(0, 3, false)), (15_000, report(0, 3, false))], vec![3, 0]),
        ] {
            assert_eq!(credited(&reports), expected, "{name}");
        }
    }

    #[test]
    fn a_gift_that_cannot_be_a_streak_counts_each_time() {
        let single = GiftReport { repeat_count: 0, repeat_end: true, ..GiftReport::default() };
        let three = GiftReport { repeat_count: 3, ..GiftReport::default() };
        assert_eq!(credited(&[(0, single.clone()), (1, single), (2, three)]), [1, 1, 3]);
    }

    #[test]
    fn a_streak_let_go_from_memory_goes_on_when_the_store_gives_it_back() {
        let mut counter = StreakCounter::default();
        let credit = counter.credit(UserId(1), &report(9, 5, false), Stamp(0));
        let kept = *counter.get(credit.streak.expect("streakable")).expect("in memory");
        for group in 100..100 + IN_MEMORY as i64 {
            counter.credit(UserId(1), &report(group, 1, false), Stamp(1));
        }
        let missing = counter.missing(UserId(1), &report(9, 8, false)).expect("let go");
        assert_eq!(missing, kept.key);
        counter.restore(kept);
        assert_eq!(counter.credit(UserId(1), &report(9, 8, true), Stamp(2)).units, 3);
    }

    proptest! {
        #[test]
        fn any_order_and_repetition_that_keeps_the_end_last_counts_every_gift_once(
            ticks in proptest::collection::vec(1u32..500, 1..40),
            repeats in proptest::collection::vec(any::<prop::sample::Index>(), 0..20),
            late in proptest::collection::vec(1u32..900, 0..10),
        ) {
            let highest = *ticks.iter().max().expect("at least one");
            let mut reports: Vec<GiftReport> = ticks.iter().map(|count| report(9, *count, false)).collect();
            for repeat in repeats {
                let again = reports[repeat.index(reports.len())].clone();
                reports.push(again);
            }
            reports.push(report(9, highest, true));
            reports.extend(late.iter().map(|count| report(9, *count, false)));
            let mut counter = StreakCounter::default();
            let sum: u32 = reports.iter().map(|report| counter.credit(UserId(1), report, Stamp(0)).units).sum();
            prop_assert_eq!(sum, highest);
        }
    }
}
