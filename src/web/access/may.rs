//! To whom a route is open.

use super::{Identity, Refusal, Visitor};
use crate::domain::access::{Opens, Role};

/// To whom a route is open. A role above may whatever one below may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// Everybody who reaches Pasut.
    Anyone,
    Moderator,
    Owner,
    /// Monitoring, with a token; the owner besides.
    Metrics,
    /// A foreign connector, with a token; the owner besides. The handler holds it to its creator.
    Push,
    /// The feed, with a token; moderators besides.
    Feed,
    /// The overlay whose token is in the address. The handler holds it to its widget.
    Overlay,
    /// Whoever holds the link, and its PIN if it has one. The handler holds it to its page.
    Share,
    /// Whoever holds the link, also before the PIN.
    Link,
}

impl May {
    pub const ALL: [Self; 9] = [
        Self::Anyone,
        Self::Moderator,
        Self::Owner,
        Self::Metrics,
        Self::Push,
        Self::Feed,
        Self::Overlay,
        Self::Share,
        Self::Link,
    ];

    /// Whether a route at `path` is open to `visitor`.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] to show.
    pub fn admit(self, visitor: &Visitor, path: &str) -> Result<(), Refusal> {
        let open = match (self, visitor.identity()) {
            (Self::Anyone, _) => true,
            (_, Identity::Nobody) => return Err(Refusal::LoginNeeded),
            (Self::Link, Identity::Locked(_)) => true,
            (_, Identity::Locked(_)) => return Err(Refusal::PinNeeded),
            (_, Identity::ThisComputer | Identity::Account { .. }) => {
                self.role().is_some_and(|role| visitor.role() >= role)
            }
            (_, Identity::Token(token)) => match &token.opens {
                Opens::Api { role } => {
                    path.starts_with("/api/") && self.role().is_some_and(|needed| *role >= needed)
                }
                Opens::Metrics => self == Self::Metrics,
                Opens::Push { .. } => self == Self::Push,
                Opens::Feed { .. } => self == Self::Feed,
                Opens::Overlay { .. } => self == Self::Overlay,
                Opens::Share { .. } => matches!(self, Self::Share | Self::Link),
            },
        };
        if open { Ok(()) } else { Err(Refusal::NoRight) }
    }

    /// The least role of a person to whom it is open; `None` if only a token opens it.
    const fn role(self) -> Option<Role> {
        match self {
            Self::Anyone => Some(Role::Guest),
            Self::Moderator | Self::Feed => Some(Role::Moderator),
            Self::Owner | Self::Metrics | Self::Push => Some(Role::Owner),
            Self::Overlay | Self::Share | Self::Link => None,
        }
    }
}
