//! What gifters add up to: in one session as it is kept, and over any number of them.

use super::ids::{GiftId, UserId};
use super::time::Stamp;
use super::totals::GifterTotal;

/// What everyone gave in one session, in the form that is quick to add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionBoard {
    pub gifts: Vec<BoardGift>,
    pub gifters: Vec<BoardGifter>,
    /// What each gifter gave of each gift, gifter by gifter.
    pub given: Vec<BoardGiven>,
}

/// A gift of the session, with the price it had there last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardGift {
    pub gift: GiftId,
    pub name: String,
    pub unit_diamonds: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoardGifter {
    /// `gift_types` are the next so many of [`SessionBoard::given`].
    pub total: GifterTotal,
    /// When they were last seen doing anything in the session.
    pub last_seen: Stamp,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoardGiven {
    /// Position in [`SessionBoard::gifts`].
    pub gift: u32,
    pub diamonds: i64,
}

/// One gifter's line of a leaderboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub user: UserId,
    /// By diamonds among all gifters of the board, from 1; the same diamonds share a rank.
    pub rank: u32,
    pub diamonds: i64,
    pub diamonds_to_creator: i64,
    /// The same diamonds by what the gifts cost: standard, special and premium.
    pub by_tier: [i64; 3],
    pub units: i64,
    /// Distinct gifts over all the sessions.
    pub gift_types: u32,
    pub biggest_gift: GiftId,
    /// Unit value of the dearest gift.
    pub biggest_diamonds: i64,
    /// Sessions they gave in.
    pub sessions: u32,
    pub first_gift_at: Stamp,
    pub last_gift_at: Stamp,
    /// When they were last seen in a session they gave in.
    pub last_seen: Stamp,
    /// Whether any part rests on a value that the gift's own event did not say.
    pub estimated: bool,
}
