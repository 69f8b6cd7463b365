//! One viewer's streak of one gift.

use super::dice::Dice;
use super::pen::{GiftTick, Pen};
use super::people::{GiftKind, Person};
use crate::wire::webcast::BaseMessage;

/// So long after its last tick a streak is said to be over.
const ENDS_AFTER_MS: i64 = 2000;

#[derive(Clone, Debug)]
pub struct Streak {
    from: Person,
    to: Option<Person>,
    gift: GiftKind,
    group: i64,
    sent: i64,
    target: i64,
    ends_at_ms: Option<i64>,
}

impl Streak {
    pub fn begun(from: Person, to: Option<Person>, gift: GiftKind, group: i64, target: i64) -> Self {
        Self { from, to, gift, group, sent: 0, target, ends_at_ms: None }
    }

    pub fn over(&self, now_ms: i64) -> bool {
        self.ends_at_ms.is_some_and(|end| now_ms >= end)
    }

    /// Grows by a few, or ends. In a `farewell` it does not grow beyond its first tick. Returns the
    /// diamonds added.
    pub fn second(
        &mut self,
        now_ms: i64,
        farewell: bool,
        dice: &mut Dice,
        pen: &mut Pen,
        told: &mut Vec<BaseMessage>,
    ) -> i64 {
        let growing = self.sent == 0 || (self.sent < self.target && !farewell);
        let more = if growing { dice.between(1, 4).min(self.target - self.sent) } else { 0 };
        self.sent += more;
        if self.sent == self.target || farewell {
            self.ends_at_ms.get_or_insert(now_ms + ENDS_AFTER_MS);
        }
        let end = self.over(now_ms);
        if growing || end {
            let tick = GiftTick {
                from: &self.from,
                to: self.to.as_ref(),
                gift: self.gift,
                group: self.group,
                repeat_count: self.sent,
                end,
            };
            told.push(pen.gift(now_ms + dice.between(0, 999), &tick));
        }
        more * self.gift.diamonds
    }
}
