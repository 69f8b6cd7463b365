//! What a live page may know: the newest state of one watch, published about once a second.

use crate::domain::answer::Answer;
use crate::domain::gift::{Tier, ValueSource};
use crate::domain::handle::Handle;
use crate::domain::ids::{BattleId, GiftId, SessionId, UserId};
use crate::domain::marker::Marker;
use crate::domain::session::{Gap, SessionStart};
use crate::domain::time::Stamp;
use crate::domain::totals::{BattleFacts, Bin, IntervalRow, RankedGifter, SessionTotals, UsualInterval};
use crate::domain::watch::WatchState;
use std::sync::Arc;

/// One watched creator right now.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub creator: Handle,
    /// The creator's display name, empty until known.
    pub nickname: String,
    pub state: WatchState,
    /// When this state began.
    pub since: Stamp,
    /// When this snapshot was taken, by the watch's own clock.
    pub at: Stamp,
    /// The running session, or the one that ended last while Pasut ran.
    pub session: Option<Arc<LiveSession>>,
    /// What the database refuses right now.
    pub refused: Option<Refused>,
    /// Grows by one with every change, so that a page can tell "nothing new".
    pub version: u64,
}

impl Snapshot {
    /// The session, while it goes on.
    #[must_use]
    pub fn running(&self) -> Option<&LiveSession> {
        self.session.as_deref().filter(|session| session.ended_at.is_none())
    }
}

/// What cannot be written, because the disk is full or the database is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// What is counted; it waits in memory.
    Events,
    /// The beginning of a LIVE: nothing of it is recorded.
    Session,
}

/// A LIVE that is recorded now, in the facts that do not change while it runs.
#[derive(Clone, Debug, PartialEq)]
pub struct OnAir {
    pub creator: Handle,
    pub nickname: String,
    pub session: SessionId,
    pub start: SessionStart,
}

/// The session a snapshot shows.
#[derive(Clone, Debug)]
pub struct LiveSession {
    pub id: SessionId,
    pub start: SessionStart,
    pub ended_at: Option<Stamp>,
    pub totals: SessionTotals,
    /// The last half hour in steps of ten seconds, oldest first; steps inside a gap are missing.
    pub bins: Vec<Bin>,
    /// The interval that runs now, and the one before.
    pub interval: Option<IntervalRow>,
    pub interval_before: Option<IntervalRow>,
    pub top_gifters: Vec<RankedGifter>,
    /// The newest rows of the feed, oldest first.
    pub feed: Vec<FeedRow>,
    /// The gift that came or grew last, with all of its streak.
    pub last_gift: Option<FeedRow>,
    pub gaps: Vec<Gap>,
    pub battles: Vec<BattleFacts>,
    /// Oldest first.
    pub markers: Vec<Marker>,
    /// Why viewers changed, as far as a running session may say it; `None` until first computed.
    pub answer: Option<Arc<Answer>>,
    /// What this creator's sessions usually counted in the interval of the same age, if there were any.
    pub usual: Option<UsualInterval>,
    /// Connected time divided by session time, 0 to 1.
    pub coverage: f64,
    /// Events per second over the last ten seconds.
    pub events_per_s: f64,
    /// Time from the socket to this snapshot, 95th percentile of the last minute, in milliseconds.
    pub event_lag_ms: u32,
}

impl LiveSession {
    /// Takes the names and words of somebody out.
    pub(super) fn erase(&mut self, user: UserId) {
        for gifter in self.top_gifters.iter_mut().filter(|gifter| gifter.total.user == user) {
            gifter.display_id.clear();
            gifter.nickname.clear();
        }
        let rows = self.feed.iter_mut().chain(&mut self.last_gift);
        rows.filter(|row| row.user == Some(user)).for_each(FeedRow::erase);
    }
}

/// One row of the feed. A streak is one row that counts up and settles when it is over.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedRow {
    /// The event that opened the row: unique in the session, and growing.
    pub number: u64,
    /// The event that changed the row last; a page that has seen it has nothing to do.
    pub changed: u64,
    pub at: Stamp,
    pub user: Option<UserId>,
    pub display_id: String,
    pub nickname: String,
    pub what: FeedWhat,
}

impl FeedRow {
    pub(super) fn erase(&mut self) {
        self.display_id.clear();
        self.nickname.clear();
        if let FeedWhat::Comment { text } | FeedWhat::Question { text } = &mut self.what {
            text.clear();
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum FeedWhat {
    Comment {
        text: String,
    },
    Emote,
    /// Likes of several people that came together are one row.
    Likes {
        count: i64,
        people: u32,
    },
    Gift {
        gift: GiftId,
        name: String,
        units: i64,
        diamonds: i64,
        source: ValueSource,
        tier: Tier,
        to_creator: bool,
        /// Whether the streak may still grow.
        open: bool,
    },
    Follow,
    Share,
    Question {
        text: String,
    },
    Subscribe {
        months: i64,
    },
    Envelope {
        diamonds: i64,
    },
    BattleStarted {
        battle: BattleId,
    },
    BattleEnded {
        battle: BattleId,
    },
    Paused,
    Resumed,
    Ended,
    /// The connection was away; the row stands where it came back.
    Gap {
        gap: Gap,
    },
}
