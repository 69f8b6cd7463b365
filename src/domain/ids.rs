//! Identities. All come from TikTok and exceed 2^53, so JSON and pages carry them as text.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id!(
    /// A TikTok account. Never 0: an event without a known sender has no user at all.
    UserId
);
id!(
    /// One broadcast. TikTok makes a new one each time a creator goes live.
    RoomId
);
id!(
    /// An entry of TikTok's gift catalogue.
    GiftId
);
id!(
    /// A battle between creators.
    BattleId
);
id!(
    /// A recorded session: Pasut's own number, shown as text.
    SessionId
);
