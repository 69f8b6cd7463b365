//! Who may see and do what: the roles of people, and what a token opens.

use super::handle::Handle;
use super::ids::SessionId;
use std::fmt;

/// Names of accounts are no longer, in characters.
const MAX_NAME_CHARS: usize = 32;

/// What is written on a token is no longer, in characters.
const MAX_LABEL_CHARS: usize = 60;

/// The name somebody logs in with: lower case, so that nobody takes another one for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountName(String);

/// Why a text is not the name of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A name has 2 to {MAX_NAME_CHARS} letters from a to z, digits, dots, hyphens or underscores.")]
pub struct InvalidName;

impl AccountName {
    /// # Errors
    ///
    /// [`InvalidName`].
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let name = text.trim().to_ascii_lowercase();
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if (2..=MAX_NAME_CHARS).contains(&name.len()) && name.chars().all(allowed) {
            Ok(Self(name))
        } else {
            Err(InvalidName)
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The SHA-256 of a secret, by which it is found again. The secret itself is not kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    /// Reads what [`fmt::Display`] writes.
    #[must_use]
    pub fn parse(hex: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hash of a secret)")
    }
}

/// What a person wrote on a token, to know it again.
#[must_use]
pub fn label(text: &str) -> String {
    let readable = text.chars().filter(|c| !c.is_control());
    readable.take(MAX_LABEL_CHARS).collect::<String>().trim().to_owned()
}

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

    #[test]
    fn names_of_accounts_cannot_be_mistaken_for_one_another() {
        for (text, name) in [(" Mira ", Some("mira")), ("mod.2-a_b", Some("mod.2-a_b")), ("a", None)] {
            assert_eq!(AccountName::parse(text).ok().as_ref().map(AccountName::as_str), name, "{text:?}");
        }
        for text in ["", "two words", "mіra", "a/b", "a\u{0}b", &"a".repeat(33)] {
            assert_eq!(AccountName::parse(text), Err(InvalidName), "{text:?}");
        }
    }

    #[test]
    fn a_hash_is_read_as_it_was_written_and_not_printed_by_accident() {
        let hash = SecretHash([0xa7; 32]);
        assert_eq!(SecretHash::parse(&hash.to_string()), Some(hash));
        assert_eq!(SecretHash::parse(&"+1".repeat(32)), None);
        assert_eq!((SecretHash::parse("a7"), SecretHash::parse(&"é".repeat(32))), (None, None));
        assert!(!format!("{hash:?}").contains("a7"));
    }
}
