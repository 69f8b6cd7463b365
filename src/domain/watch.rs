//! How a watched creator is doing right now.

use super::time::Stamp;

/// The state of one watch, by the names of the API.
#[derive(Clone, Debug, PartialEq)]
pub enum WatchState {
    Waiting {
        checked_at: Option<Stamp>,
    },
    Connecting,
    Live,
    Paused,
    Reconnecting {
        attempt: u32,
        next_at: Stamp,
    },
    /// Connected, but nothing arrived for so long that we connect anew.
    Silent {
        since: Stamp,
    },
    /// Whoever pushes what happens has not been heard of for a while.
    Unfed {
        since: Stamp,
    },
    Blocked {
        next_at: Stamp,
    },
    RateLimited {
        next_at: Stamp,
    },
    NotFound {
        next_at: Stamp,
    },
    Restricted {
        next_at: Stamp,
    },
    NoInternet {
        next_at: Stamp,
    },
    /// The user stopped it until this room ends.
    Stopped,
}

impl WatchState {
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Paused => "paused",
            Self::Reconnecting { .. } | Self::Silent { .. } | Self::Unfed { .. } => "reconnecting",
            Self::Blocked { .. } => "blocked",
            Self::RateLimited { .. } => "rate_limited",
            Self::NotFound { .. } => "not_found",
            Self::Restricted { .. } => "restricted",
            Self::NoInternet { .. } => "no_internet",
            Self::Stopped => "stopped",
        }
    }
}
