//! Who may see and do what: the roles of people, and what a token opens.

use super::handle::Handle;
use super::ids::SessionId;

/// What somebody is to this Pasut. A role decides what an answer may hold: money is for the owner alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Holds a link to one page, and reads it.
    Guest,
    /// Follows LIVEs and sessions, marks, notes and tags; no money, exports, settings or people.
    Moderator,
    Owner,
}

impl Role {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Moderator => "moderator",
            Self::Owner => "owner",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Guest, Self::Moderator, Self::Owner].into_iter().find(|role| role.as_str() == name)
    }

    #[must_use]
    pub const fn sees_money(self) -> bool {
        matches!(self, Self::Owner)
    }
}

/// The one thing a token opens, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opens {
    /// What the API lets that role do; in a header.
    Api { role: Role },
    /// `/metrics`; in a header.
    Metrics,
    /// Sessions of one creator that a foreign connector feeds; in a header.
    Push { creator: Handle },
    /// The feed of events, of one creator or of all, as that role sees it; also in an address.
    Feed { creator: Option<Handle>, role: Role },
    /// One widget for OBS; in an address. With `money` it may show what gifts are worth, because the owner
    /// chose to broadcast that.
    Overlay { creator: Handle, widget: Widget, money: bool },
    /// One page for a guest; in an address.
    Share { page: SharedPage },
}

/// A page a guest may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SharedPage {
    /// The live page of a creator.
    Live(Handle),
    /// Review of one session.
    Session(SessionId),
}

/// What an overlay shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Widget {
    Goal,
    Gifters,
    LastGift,
    Viewers,
    Battle,
    Moments,
    Verdict,
}

impl Widget {
    pub const ALL: [Self; 7] = [
        Self::Goal,
        Self::Gifters,
        Self::LastGift,
        Self::Viewers,
        Self::Battle,
        Self::Moments,
        Self::Verdict,
    ];

    /// The name in an address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Goal => "goal",
            Self::Gifters => "gifters",
            Self::LastGift => "last-gift",
            Self::Viewers => "viewers",
            Self::Battle => "battle",
            Self::Moments => "moments",
            Self::Verdict => "verdict",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|widget| widget.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_widgets_are_known_by_their_names() {
        for role in [Role::Guest, Role::Moderator, Role::Owner] {
            assert_eq!(Role::parse(role.as_str()), Some(role));
            assert_eq!(role.sees_money(), role == Role::Owner);
        }
        for widget in Widget::ALL {
            assert_eq!(Widget::parse(widget.as_str()), Some(widget));
        }
        assert_eq!((Role::parse("Owner"), Widget::parse("")), (None, None));
    }
}
