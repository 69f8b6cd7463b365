//! The newest rows of a room's feed, as a page shows them.

use super::snapshot::{FeedRow, FeedWhat};
use crate::analytics::streak::SILENCE_MS;
use crate::domain::event::{Accounted, BattlePhase, Control, What};
use crate::domain::gift::{GiftReport, TierLimits};
use crate::domain::ids::{BattleId, UserId};
use crate::domain::session::Gap;
use crate::domain::time::Stamp;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;

/// How many rows are kept.
const ROWS: usize = 80;

/// Likes this close together are one row.
const LIKES_TOGETHER_MS: i64 = 5_000;

/// Texts from the wire are shown up to this many characters.
const MAX_TEXT_CHARS: usize = 300;
const MAX_NAME_CHARS: usize = 60;

/// Turns accounted events into rows. A streak is one row that counts up; likes that come together
/// are one row; joins and statistics are none.
#[derive(Debug, Default)]
pub struct Feed {
    rows: VecDeque<FeedRow>,
    /// The row of each open streak.
    streaks: FxHashMap<StreakOf, OpenStreak>,
    likers: FxHashSet<UserId>,
    battles: FxHashMap<BattleId, BattlePhase>,
    tiers: TierLimits,
    /// The gift that came or grew last, with all of its streak, however many rows came after it.
    last_gift: Option<(StreakOf, FeedRow)>,
}

/// Sender, gift and group.
type StreakOf = (UserId, i64, i64);

#[derive(Clone, Copy, Debug)]
struct OpenStreak {
    row: u64,
    updated_at: Stamp,
}

impl Feed {
    /// `tiers` says which gifts are special or premium.
    #[must_use]
    pub fn new(tiers: TierLimits) -> Self {
        Self { tiers, ..Self::default() }
    }

    /// The rows, oldest first.
    pub fn rows(&self) -> impl Iterator<Item = &FeedRow> {
        self.rows.iter()
    }

    /// The gift that came or grew last, also when its row is no longer among the newest.
    #[must_use]
    pub fn last_gift(&self) -> Option<&FeedRow> {
        self.last_gift.as_ref().map(|(_, row)| row)
    }

    /// Takes the names and words of somebody out of the rows.
    pub fn erase(&mut self, user: UserId) {
        let last_gift = self.last_gift.as_mut().map(|(_, row)| row);
        let rows = self.rows.iter_mut().chain(last_gift);
        rows.filter(|row| row.user == Some(user)).for_each(FeedRow::erase);
    }

    /// Shows an accounted event.
    pub fn show(&mut self, accounted: &Accounted) {
        let what = match &accounted.event.what {
            What::Comment { text } => FeedWhat::Comment { text: text.to_owned_text(MAX_TEXT_CHARS) },
            What::Emote { .. } => FeedWhat::Emote,
            What::Question { text } => FeedWhat::Question { text: text.to_owned_text(MAX_TEXT_CHARS) },
            What::Like { count, .. } => return self.show_likes(accounted, i64::from(*count)),
            What::Gift(report) => return self.show_gift(accounted, report),
            What::Follow { .. } => FeedWhat::Follow,
            What::Share => FeedWhat::Share,
            What::Subscribe { months } => FeedWhat::Subscribe { months: *months },
            What::Envelope { diamonds, hidden: false, .. } => {
                FeedWhat::Envelope { diamonds: i64::from(*diamonds) }
            }
            What::Control(Control::Paused) => FeedWhat::Paused,
            What::Control(Control::Resumed) => FeedWhat::Resumed,
            What::Control(control) if control.is_end() => FeedWhat::Ended,
            What::Battle(battle) | What::BattleScores(battle) => {
                let before = self.battles.insert(battle.id, battle.phase);
                match (before, battle.phase) {
                    (before, BattlePhase::Open)
                        if before != Some(BattlePhase::Open) && before != Some(BattlePhase::Finished) =>
                    {
                        FeedWhat::BattleStarted { battle: battle.id }
                    }
                    (Some(BattlePhase::Open), BattlePhase::Finished) => {
                        FeedWhat::BattleEnded { battle: battle.id }
                    }
                    (Some(BattlePhase::Finished), _) => {
                        self.battles.insert(battle.id, BattlePhase::Finished);
                        return;
                    }
                    _ => return,
                }
            }
            _ => return,
        };
        self.push(row(accounted, what));
    }

    /// Shows that nothing could be seen for a while; `number` is the event before it.
    pub fn show_gap(&mut self, number: u64, gap: &Gap) {
        let at = gap.to.unwrap_or(gap.from);
        let what = FeedWhat::Gap { gap: gap.clone() };
        let nobody = (String::new(), String::new());
        self.push(FeedRow {
            number,
            changed: number,
            at,
            user: None,
            display_id: nobody.0,
            nickname: nobody.1,
            what,
        });
    }

    /// Settles the streaks that have been silent. It is only what is shown: a streak that goes on
    /// opens its row again. Returns whether anything changed.
    pub fn settle(&mut self, now: Stamp, number: u64) -> bool {
        let silent: Vec<_> = self
            .streaks
            .iter()
            .filter(|(_, streak)| now.ms_since(streak.updated_at) > SILENCE_MS)
            .map(|(key, streak)| (*key, streak.row))
            .collect();
        for (key, row) in &silent {
            self.streaks.remove(key);
            self.settle_last_gift(*key);
            self.change(*row, number, |what| {
                if let FeedWhat::Gift { open, .. } = what {
                    *open = false;
                }
            });
        }
        !silent.is_empty()
    }

    fn show_likes(&mut self, accounted: &Accounted, count: i64) {
        let liker = accounted.event.user.as_ref().map(|viewer| viewer.id);
        if let Some(last) = self.rows.back_mut()
            && let FeedWhat::Likes { count: likes, people } = &mut last.what
            && accounted.at.ms_since(last.at) <= LIKES_TOGETHER_MS
        {
            *likes += count;
            *people += u32::from(liker.is_none_or(|liker| self.likers.insert(liker)));
            last.changed = accounted.number;
            return;
        }
        self.likers.clear();
        self.likers.extend(liker);
        self.push(row(accounted, FeedWhat::Likes { count, people: 1 }));
    }

    fn show_gift(&mut self, accounted: &Accounted, report: &GiftReport) {
        let Some(added) = &accounted.added else { return };
        let (added_units, added_diamonds) = (i64::from(added.units), added.diamonds);
        let sender = accounted.event.user.as_ref().map_or(UserId::default(), |viewer| viewer.id);
        let key = (sender, report.gift.0, report.group);
        let still_open = report.streakable && !report.repeat_end;
        let tier = self.tiers.tier(added.value.diamonds);
        let gift = |units, diamonds| FeedWhat::Gift {
            gift: report.gift,
            name: report.name.to_owned_text(MAX_NAME_CHARS),
            units,
            diamonds,
            source: added.value.source,
            tier,
            to_creator: added.to_creator,
            open: still_open,
        };
        if added.units > 0 {
            // A report that adds something says the highest total of its streak so far.
            let whole = if report.streakable { i64::from(report.repeat_count) } else { added_units };
            let worth = whole.saturating_mul(i64::from(added.value.diamonds));
            self.last_gift = Some((key, row(accounted, gift(whole, worth))));
        } else if !still_open {
            self.settle_last_gift(key);
        }
        let known = self.streaks.get(&key).copied().filter(|_| report.streakable);
        if let Some(streak) = known {
            if still_open {
                self.streaks.insert(key, OpenStreak { updated_at: accounted.at, ..streak });
            } else {
                self.streaks.remove(&key);
            }
            let found = self.change(streak.row, accounted.number, |what| {
                if let FeedWhat::Gift { units, diamonds, open, .. } = what {
                    *units += added_units;
                    *diamonds = diamonds.saturating_add(added_diamonds);
                    *open = still_open;
                }
            });
            if found {
                return;
            }
        }
        if added.units == 0 {
            return;
        }
        if still_open {
            self.streaks.insert(key, OpenStreak { row: accounted.number, updated_at: accounted.at });
        }
        self.push(row(accounted, gift(added_units, added_diamonds)));
    }

    fn settle_last_gift(&mut self, streak: StreakOf) {
        if let Some((_, last)) = self.last_gift.as_mut().filter(|(of, _)| *of == streak)
            && let FeedWhat::Gift { open, .. } = &mut last.what
        {
            *open = false;
        }
    }

    fn change(&mut self, number: u64, changed: u64, change: impl FnOnce(&mut FeedWhat)) -> bool {
        let Some(row) = self.rows.iter_mut().rev().find(|row| row.number == number) else { return false };
        change(&mut row.what);
        row.changed = changed;
        true
    }

    fn push(&mut self, row: FeedRow) {
        self.rows.push_back(row);
        if self.rows.len() > ROWS {
            self.rows.pop_front();
        }
    }
}

fn row(accounted: &Accounted, what: FeedWhat) -> FeedRow {
    let viewer = accounted.event.user.as_ref();
    FeedRow {
        number: accounted.number,
        changed: accounted.number,
        at: accounted.at,
        user: viewer.map(|viewer| viewer.id),
        display_id: viewer.map(|viewer| viewer.display_id.to_owned_text(MAX_NAME_CHARS)).unwrap_or_default(),
        nickname: viewer.map(|viewer| viewer.nickname.to_owned_text(MAX_NAME_CHARS)).unwrap_or_default(),
        what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{LiveEvent, Viewer};
    use crate::domain::gift::{GiftAdded, UnitValue, ValueSource};
    use crate::domain::ids::GiftId;

    fn accounted(number: u64, at: i64, user: i64, what: What, added: Option<(u32, i64)>) -> Accounted {
        let value = UnitValue { diamonds: 1, source: ValueSource::Event };
        let viewer = Viewer { id: UserId(user), nickname: "Ana".into(), ..Viewer::default() };
        Accounted {
            number,
            at: Stamp(at),
            msg_id: 0,
            event: LiveEvent { created_at: None, user: Some(viewer), what },
            added: added.map(|(units, diamonds)| GiftAdded { units, diamonds, to_creator: true, value }),
        }
    }

    fn roses(count: u32, repeat_end: bool) -> What {
        What::Gift(GiftReport {
            gift: GiftId(5655),
            streakable: true,
            group: 9,
            repeat_count: count,
            repeat_end,
            ..GiftReport::default()
        })
    }

    fn gifts(feed: &Feed) -> Vec<(u64, i64, bool)> {
        let gift = |row: &FeedRow| match row.what {
            FeedWhat::Gift { units, open, .. } => Some((row.number, units, open)),
            _ => None,
        };
        feed.rows().filter_map(gift).collect()
    }

    #[test]
    fn a_streak_is_one_row_that_counts_up_and_settles() {
        let mut feed = Feed::default();
        feed.show(&accounted(1, 0, 1, roses(1, false), Some((1, 1))));
        feed.show(&accounted(2, 500, 2, What::Comment { text: "gg".into() }, None));
        feed.show(&accounted(3, 900, 1, roses(5, false), Some((4, 4))));
        assert_eq!(gifts(&feed), [(1, 5, true)]);
        feed.show(&accounted(4, 1_000, 1, roses(5, true), Some((0, 0))));
        assert_eq!(gifts(&feed), [(1, 5, false)]);
        assert_eq!(feed.rows().next().map(|row| row.changed), Some(4));
    }

    #[test]
    fn a_silent_streak_settles_and_goes_on_in_a_new_row() {
        let mut feed = Feed::default();
        feed.show(&accounted(1, 0, 1, roses(3, false), Some((3, 3))));
        assert!(!feed.settle(Stamp(SILENCE_MS), 1));
        assert!(feed.settle(Stamp(SILENCE_MS + 1), 1));
        assert_eq!(gifts(&feed), [(1, 3, false)]);
        feed.show(&accounted(2, 60_000, 1, roses(5, false), Some((2, 2))));
        assert_eq!(gifts(&feed), [(1, 3, false), (2, 2, true)]);
    }

    #[test]
    fn the_last_gift_is_the_one_that_grew_last_with_all_of_its_streak_however_much_is_said_meanwhile() {
        let mut feed = Feed::default();
        let last = |feed: &Feed| match feed.last_gift() {
            Some(FeedRow {
                user: Some(user), what: FeedWhat::Gift { units, diamonds, open, .. }, ..
            }) => Some((user.0, *units, *diamonds, *open)),
            _ => None,
        };
        assert_eq!(last(&feed), None);
        feed.show(&accounted(1, 0, 1, roses(3, false), Some((3, 3))));
        for number in 2..200 {
            feed.show(&accounted(number, 500, 2, What::Share, None));
        }
        feed.show(&accounted(200, 600, 2, roses(2, false), Some((2, 2))));
        assert_eq!(last(&feed), Some((2, 2, 2, true)));
        feed.show(&accounted(201, 700, 1, roses(7, false), Some((4, 4))));
        assert_eq!(last(&feed), Some((1, 7, 7, true)), "its first three left the rows");
        feed.show(&accounted(202, 800, 2, roses(2, true), Some((0, 0))));
        assert_eq!(last(&feed), Some((1, 7, 7, true)), "the end of another streak is no gift");
        feed.show(&accounted(203, 900, 1, roses(7, true), Some((0, 0))));
        assert_eq!(last(&feed), Some((1, 7, 7, false)));
        feed.erase(UserId(1));
        assert_eq!(feed.last_gift().map(|row| row.nickname.as_str()), Some(""));
    }

    #[test]
    fn the_last_gift_settles_when_its_streak_falls_silent() {
        let mut feed = Feed::default();
        feed.show(&accounted(1, 0, 1, roses(3, false), Some((3, 3))));
        feed.settle(Stamp(SILENCE_MS + 1), 1);
        let open = feed.last_gift().map(|row| matches!(row.what, FeedWhat::Gift { open: true, .. }));
        assert_eq!(open, Some(false));
    }

    #[test]
    fn likes_that_come_together_are_one_row_with_its_people() {
        let mut feed = Feed::default();
        for (number, at, user) in [(1, 0, 1), (2, 1_000, 2), (3, 2_000, 1), (4, 9_000, 1)] {
            feed.show(&accounted(number, at, user, What::Like { count: 10, total: 1 }, None));
        }
        let rows: Vec<_> = feed.rows().map(|row| row.what.clone()).collect();
        assert_eq!(
            rows,
            [FeedWhat::Likes { count: 30, people: 2 }, FeedWhat::Likes { count: 10, people: 1 }]
        );
    }

    #[test]
    fn only_the_newest_rows_are_kept() {
        let mut feed = Feed::default();
        for number in 1..=200 {
            feed.show(&accounted(number, 0, 1, What::Share, None));
        }
        assert_eq!(feed.rows().count(), ROWS);
        assert_eq!(feed.rows().last().map(|row| row.number), Some(200));
    }
}
