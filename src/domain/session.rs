//! Sessions: what is recorded of one broadcast.

use super::gift::Known;
use super::handle::Handle;
use super::ids::{RoomId, SessionId, UserId};
use super::remark::Tag;
use super::time::Stamp;
use super::totals::SessionTotals;

/// What is known of a broadcast before its first event.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionStart {
    pub creator: Handle,
    pub room: RoomId,
    /// The creator's own account, so that gifts to guests can be told apart.
    pub host: Option<UserId>,
    pub title: String,
    /// When the broadcast itself began, by TikTok; `None` if it did not say.
    pub live_since: Option<Stamp>,
    pub recorded_from: Stamp,
    /// The session of the same creator that this one continues.
    pub continues: Option<SessionId>,
    pub origin: Origin,
}

impl SessionStart {
    /// A broadcast of which nothing else is known.
    #[must_use]
    pub const fn new(creator: Handle, room: RoomId, recorded_from: Stamp, origin: Origin) -> Self {
        Self {
            creator,
            room,
            host: None,
            title: String::new(),
            live_since: None,
            recorded_from,
            continues: None,
            origin,
        }
    }
}

/// A recorded session as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub id: SessionId,
    pub start: SessionStart,
    /// `None` while it runs.
    pub ended_at: Option<Stamp>,
    /// Up to when time is part of the totals; a recount ends here.
    pub counted_to: Stamp,
    /// From the start to the end, or to the newest event while it runs.
    pub duration_ms: i64,
    /// Time without gaps divided by the whole time, 0 to 1.
    pub coverage: f64,
    pub totals: SessionTotals,
    pub notes: String,
}

impl Session {
    /// Where it ended, or where its newest event is while it runs.
    #[must_use]
    pub fn until(&self) -> Stamp {
        self.start.recorded_from + self.duration_ms
    }
}

/// A session in the figures that lists and sums of many need. Members mean what they mean in
/// [`Session`] and its totals.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    pub id: SessionId,
    pub creator: Handle,
    pub origin: Origin,
    pub continues: Option<SessionId>,
    /// When recording began.
    pub from: Stamp,
    /// `None` while it runs.
    pub ended_at: Option<Stamp>,
    pub length_ms: i64,
    pub coverage: f64,
    pub peak: Option<i64>,
    pub viewer_ms: i64,
    pub known_ms: i64,
    pub gift_units: i64,
    pub diamonds_to_creator: i64,
    pub known: Known,
    pub follows: i64,
    pub has_gaps: bool,
    pub notes: String,
    pub tags: Vec<Tag>,
}

/// How the events of a session reached us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Live,
    Capture,
    Push,
    /// A file of another program, read afterwards.
    Import,
    Demo,
}

impl Origin {
    pub const ALL: [Self; 5] = [Self::Live, Self::Capture, Self::Push, Self::Import, Self::Demo];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Capture => "capture",
            Self::Push => "push",
            Self::Import => "import",
            Self::Demo => "demo",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == text)
    }
}

/// A stretch of a session in which nothing could be seen. A gap is a gap, not a zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    pub from: Stamp,
    /// `None` while it lasts.
    pub to: Option<Stamp>,
    pub cause: GapCause,
}

impl Gap {
    /// Length in milliseconds; a gap that lasts is measured until `now`.
    #[must_use]
    pub fn ms(&self, now: Stamp) -> i64 {
        self.to.unwrap_or(now).ms_since(self.from).max(0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapCause {
    /// The connection broke or was refused.
    Disconnected,
    /// Connected, but nothing arrived.
    Silent,
    /// This computer slept.
    Asleep,
    /// Pasut was not running.
    NotRunning,
    /// The user had stopped the watch of this room.
    Stopped,
    /// Nothing could be written to disk, and memory for waiting events ran out.
    DiskFull,
}

impl GapCause {
    pub const ALL: [Self; 6] =
        [Self::Disconnected, Self::Silent, Self::Asleep, Self::NotRunning, Self::Stopped, Self::DiskFull];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Silent => "silent",
            Self::Asleep => "asleep",
            Self::NotRunning => "not_running",
            Self::Stopped => "stopped",
            Self::DiskFull => "disk_full",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == text)
    }
}
