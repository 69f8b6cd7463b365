//! Moments that somebody marked.

use super::ids::SessionId;
use super::time::Stamp;

/// A moment of a session that the creator or a moderator marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    pub session: SessionId,
    /// Grows with every marker of every session.
    pub id: i64,
    pub at: Stamp,
    pub kind: MarkerKind,
    /// Empty if nothing was written.
    pub note: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarkerKind {
    AskedForLikes,
    NewGame,
    /// A battle between creators.
    Pk,
    Giveaway,
    Other,
}

impl MarkerKind {
    pub const ALL: [Self; 5] = [Self::AskedForLikes, Self::NewGame, Self::Pk, Self::Giveaway, Self::Other];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AskedForLikes => "asked_for_likes",
            Self::NewGame => "new_game",
            Self::Pk => "pk",
            Self::Giveaway => "giveaway",
            Self::Other => "other",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
