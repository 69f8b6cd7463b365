//! Everything about one session.

use super::sessions::SessionSummary;
use crate::domain::record::Pause;
use crate::domain::totals::{BattleFacts, Bin, GiftTotal, GifterTotal, IntervalRow};

/// One session in full.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionReview {
    pub summary: SessionSummary,
    /// The whole session in steps of ten seconds; steps inside a gap are missing.
    pub bins: Vec<Bin>,
    pub rows: Vec<ReviewedInterval>,
    /// Ranked, at most as many as were asked for.
    pub gifters: Vec<Gifter>,
    /// By diamonds, largest first.
    pub gifts: Vec<GiftTotal>,
    pub battles: Vec<BattleFacts>,
    pub pauses: Vec<Pause>,
    /// Counted messages by TikTok's own name for them.
    pub methods: Vec<(String, i64)>,
}

/// A gifter of a session with a rank from 1; people with the same diamonds share one.
#[derive(Clone, Debug, PartialEq)]
pub struct Gifter {
    pub rank: u32,
    pub display_id: String,
    pub nickname: String,
    pub biggest_gift_name: String,
    pub total: GifterTotal,
}

/// An interval with the name of its top gifter, empty if nobody gave.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewedInterval {
    pub row: IntervalRow,
    pub top_gifter_name: String,
}
