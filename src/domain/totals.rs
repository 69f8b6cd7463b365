//! What a session adds up to.

use super::event::Kind;
use super::gift::{Known, UnitValue, ValueSource};
use super::ids::{BattleId, GiftId, SessionId, UserId};
use super::time::Stamp;
use std::ops::AddAssign;

/// Width of one point of a session's series.
pub const BIN_MS: i64 = 10_000;

/// The totals of one session. Members of the same name in a capture's truth mean the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionTotals {
    pub messages: MessageCounts,
    /// Counted messages by kind, indexed by `Kind as usize`.
    pub events: KindCounts,
    pub comments: i64,
    /// Growth of the room's own like counter while recorded: the figure a page headlines.
    pub likes: i64,
    /// Sum of the likes that reached us; TikTok sends only a sample.
    pub likes_seen: i64,
    /// Largest and latest value of the room's own counter; `None` before the first.
    pub like_counter: Option<LikeCounterRange>,
    pub gift_units: i64,
    pub diamonds: i64,
    pub diamonds_to_creator: i64,
    /// Diamonds by how their unit value is known, indexed by `ValueSource as usize`.
    pub diamonds_by_source: [i64; ValueSource::ALL.len()],
    /// Gifts nobody could price; they count as 0 diamonds.
    pub unpriced_units: i64,
    pub follows: i64,
    pub shares: i64,
    pub joins: i64,
    pub unique_commenters: i64,
    pub unique_gifters: i64,
    pub unique_joiners: i64,
    /// Everyone who did anything.
    pub people: i64,
    pub viewers: ViewerTotals,
}

impl SessionTotals {
    /// How the values of its diamonds are known.
    #[must_use]
    pub const fn known(&self) -> Known {
        Known { diamonds: self.diamonds_by_source, unpriced_units: self.unpriced_units }
    }

    /// Whether any diamonds, or gifts without a price, rest on something a gift's own event did not say.
    #[must_use]
    pub fn is_estimated(&self) -> bool {
        self.known().is_estimated()
    }
}

/// What happened to the messages of a session; the members add up to all that arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageCounts {
    pub history_skipped: i64,
    pub duplicates_dropped: i64,
    pub decode_errors: i64,
    pub counted: i64,
    pub broken_frames: i64,
}

impl MessageCounts {
    #[must_use]
    pub const fn in_frames(&self) -> i64 {
        self.history_skipped + self.duplicates_dropped + self.decode_errors + self.counted
    }
}

/// One count for each [`Kind`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindCounts([i64; Kind::ALL.len()]);

impl KindCounts {
    #[must_use]
    pub const fn of(&self, kind: Kind) -> i64 {
        self.0[kind as usize - 1]
    }

    pub const fn add(&mut self, kind: Kind) {
        self.0[kind as usize - 1] += 1;
    }

    pub const fn set(&mut self, kind: Kind, count: i64) {
        self.0[kind as usize - 1] = count;
    }

    /// Every kind with its count, in the order of [`Kind::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Kind, i64)> + '_ {
        Kind::ALL.into_iter().zip(self.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LikeCounterRange {
    pub first: i64,
    pub max: i64,
    pub last: i64,
}

/// Viewers over a session. Time is counted only while a sample is fresh and the connection stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ViewerTotals {
    pub last: Option<i64>,
    pub last_at: Option<Stamp>,
    pub peak: Option<i64>,
    pub peak_at: Option<Stamp>,
    /// People who ever entered, by TikTok's own count.
    pub total: i64,
    /// Integral of viewers over the time they were known, in viewer-milliseconds.
    pub viewer_ms: i64,
    /// The time they were known, in milliseconds.
    pub known_ms: i64,
}

impl ViewerTotals {
    /// Time-weighted average, `None` before the first sample.
    #[must_use]
    pub fn average(&self) -> Option<f64> {
        average_viewers(self.viewer_ms, self.known_ms)
    }
}

/// Viewers on average over the time they were known; `None` if they never were.
#[must_use]
pub fn average_viewers(viewer_ms: i64, known_ms: i64) -> Option<f64> {
    (known_ms > 0).then(|| viewer_ms as f64 / known_ms as f64)
}

/// Ten seconds of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    pub from: Stamp,
    pub viewers: BinViewers,
    pub counts: Counts,
    /// Growth of the room's like counter that became known here but happened in a gap before.
    pub likes_in_gap: i64,
}

/// Viewers within a bin or interval; all zero and `last: None` if they were not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BinViewers {
    pub last: Option<i64>,
    pub min: i64,
    pub max: i64,
    pub viewer_ms: i64,
    pub known_ms: i64,
}

impl BinViewers {
    /// Time-weighted average, `None` if they were not known.
    #[must_use]
    pub fn average(&self) -> Option<f64> {
        average_viewers(self.viewer_ms, self.known_ms)
    }
}

/// The viewers of two stretches, the later one on the right.
impl AddAssign for BinViewers {
    fn add_assign(&mut self, later: Self) {
        if later.last.is_some() {
            self.min = if self.last.is_some() { self.min.min(later.min) } else { later.min };
            self.max = self.max.max(later.max);
            self.last = later.last;
        }
        self.viewer_ms = self.viewer_ms.saturating_add(later.viewer_ms);
        self.known_ms += later.known_ms;
    }
}

/// What was counted in a stretch of time; each stretch counts its own only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub comments: i64,
    /// Growth of the room's like counter, without what is known to have happened in a gap.
    pub likes: i64,
    pub likes_seen: i64,
    pub gift_units: i64,
    pub diamonds: i64,
    pub follows: i64,
    pub shares: i64,
    pub joins: i64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.comments += more.comments;
        self.likes += more.likes;
        self.likes_seen += more.likes_seen;
        self.gift_units += more.gift_units;
        self.diamonds = self.diamonds.saturating_add(more.diamonds);
        self.follows += more.follows;
        self.shares += more.shares;
        self.joins += more.joins;
    }
}

/// A quarter of an hour of one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuarterHour {
    pub session: SessionId,
    /// A multiple of fifteen minutes.
    pub from: Stamp,
    /// Integral of viewers over the time they were known, in viewer-milliseconds.
    pub viewer_ms: i64,
    /// The time they were known, in milliseconds.
    pub known_ms: i64,
    /// Given to the creator or to guests.
    pub diamonds: i64,
}

/// What an interval usually counts, for one creator.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct IntervalMedians {
    pub comments: f64,
    pub likes: f64,
    pub gift_units: f64,
    pub diamonds: f64,
    pub follows: f64,
    pub shares: f64,
    pub joins: f64,
}

/// The medians over a creator's earlier sessions of one interval at the same age of the session.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UsualInterval {
    /// How many sessions lasted that long.
    pub sessions: u32,
    pub viewers: f64,
    pub counts: IntervalMedians,
}

/// One interval of a session (5 minutes by default). The rows of a session add up to its totals.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IntervalRow {
    pub from: Stamp,
    pub length_ms: i64,
    pub viewers: BinViewers,
    /// Viewers at the end against the end of the row before; `None` if either is not known.
    pub viewer_change: Option<i64>,
    /// Here `likes` includes what was caught up after a gap, so that rows add up to the total.
    pub counts: Counts,
    /// Sum over kinds of this count divided by the creator's median, divided by the kinds present.
    pub activity_score: Option<f64>,
    pub top_gifter: Option<UserId>,
}

/// What one person gave in a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GifterTotal {
    pub user: UserId,
    pub units: i64,
    pub diamonds: i64,
    pub diamonds_to_creator: i64,
    /// Distinct gifts.
    pub gift_types: i64,
    /// Unit value of the dearest gift.
    pub biggest_diamonds: i64,
    pub biggest_gift: GiftId,
    pub first_gift_at: Stamp,
    pub last_gift_at: Stamp,
    /// Whether any part rests on a value that the gift's own event did not say.
    pub estimated: bool,
}

/// What one person gave in a session, among all who did, with the names used last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankedGifter {
    /// From 1; people with the same diamonds share a rank.
    pub rank: u32,
    pub display_id: String,
    pub nickname: String,
    pub biggest_gift_name: String,
    pub total: GifterTotal,
}

/// What one person gave of one gift in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenGift {
    pub user: UserId,
    pub gift: GiftId,
    pub units: i64,
    pub diamonds: i64,
}

/// What one gift added up to in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiftTotal {
    pub gift: GiftId,
    pub name: String,
    pub streakable: bool,
    pub value: UnitValue,
    pub units: i64,
    pub diamonds: i64,
    pub streaks: i64,
}

/// One streak, or the end of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreakTotal {
    pub key: StreakKey,
    pub receiver: Option<UserId>,
    pub units: i64,
    pub diamonds: i64,
    pub state: StreakState,
    pub started_at: Stamp,
    pub updated_at: Stamp,
}

/// What makes two reports the same streak. Group ids are chosen by senders' apps, so two users, or
/// one user with two gifts, can have the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreakKey {
    /// 0 for a sender without an id.
    pub user: UserId,
    pub gift: GiftId,
    pub group: i64,
    /// Streaks without a group id follow one another under the same key; this counts them from 0.
    pub round: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreakState {
    Open,
    /// The sender's app said it is over; nothing that comes later adds anything.
    Ended,
}

/// What one person did in a stretch of a session; to be added to what is stored. Names are empty
/// unless they are new; the picture is told of gifters only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PersonActivity {
    pub user: UserId,
    pub display_id: String,
    pub nickname: String,
    pub avatar_url: String,
    pub moderator: bool,
    pub subscriber: bool,
    pub follower: bool,
    pub first_at: Stamp,
    pub last_at: Stamp,
    pub comments: i64,
    pub likes: i64,
    pub gift_units: i64,
    pub follows: i64,
    pub shares: i64,
    pub joins: i64,
}

/// A battle between creators as far as it is known. Scores are not diamonds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BattleFacts {
    pub id: BattleId,
    pub started_at: Stamp,
    /// `None` while it runs.
    pub ended_at: Option<Stamp>,
    pub sides: Vec<BattleSideFacts>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BattleSideFacts {
    pub host: UserId,
    pub display_id: String,
    pub nickname: String,
    pub score: i64,
}
