//! What the recorder hands to the store: everything that changed, written in one transaction.

use super::event::Accounted;
use super::ids::{GiftId, SessionId};
use super::session::Gap;
use super::time::Stamp;
use super::totals::{
    BattleFacts, Bin, GiftTotal, GifterTotal, GivenGift, IntervalRow, PersonActivity, SessionTotals,
    StreakTotal,
};

/// The changes of one session since the batch before. Totals are absolute, so they replace what is
/// stored; events and people's activity are added to it.
///
/// All totals of a session are told as one, too, without events and anybody's activity: those that are stored,
/// and those that a recount comes to. Each list is then sorted by what identifies its entries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    pub session: SessionId,
    /// Up to when time is part of the totals: viewers are weighted by it.
    pub counted_to: Stamp,
    pub events: Vec<Accounted>,
    pub totals: SessionTotals,
    pub bins: Vec<Bin>,
    pub rows: Vec<IntervalRow>,
    pub gifters: Vec<GifterTotal>,
    pub gifts: Vec<GiftTotal>,
    pub given: Vec<GivenGift>,
    pub streaks: Vec<StreakTotal>,
    pub people: Vec<PersonActivity>,
    pub battles: Vec<BattleFacts>,
    pub pauses: Vec<Pause>,
    /// Counted messages by TikTok's method name, absolute.
    pub methods: Vec<(String, i64)>,
    pub learned: Vec<LearnedValue>,
    pub gaps: Vec<Gap>,
}

impl Batch {
    /// Whether nothing happened but time. The totals are handed out again with the next batch.
    #[must_use]
    pub fn changes_nothing(&self) -> bool {
        self.events.is_empty()
            && self.bins.is_empty()
            && self.rows.is_empty()
            && self.people.is_empty()
            && self.pauses.is_empty()
            && self.gaps.is_empty()
    }
}

/// A stretch in which the creator had paused the broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    pub from: Stamp,
    pub to: Option<Stamp>,
}

/// A gift's price as its own event said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearnedValue {
    pub gift: GiftId,
    pub name: String,
    pub diamonds: u32,
    pub at: Stamp,
}
