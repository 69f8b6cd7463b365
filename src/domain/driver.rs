//! The five kinds of activity that may move viewers.

use serde::{Deserialize, Serialize};

/// A kind of activity in the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Driver {
    Likes,
    Gifts,
    Comments,
    Follows,
    Shares,
}

impl Driver {
    pub const ALL: [Self; 5] = [Self::Likes, Self::Gifts, Self::Comments, Self::Follows, Self::Shares];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Likes => "likes",
            Self::Gifts => "gifts",
            Self::Comments => "comments",
            Self::Follows => "follows",
            Self::Shares => "shares",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|driver| driver.as_str() == text)
    }

    /// Position in [`Driver::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}
