//! Gifts and what they are worth.

use super::ids::{GiftId, UserId};
use super::text::Text;
use std::ops::AddAssign;

/// TikTok's dearest gift costs 44,999 diamonds: a price beyond this is none. Sums of thousands stay far from
/// the largest number, also those of a database.
pub const DEAREST_DIAMONDS: i64 = 1_000_000;

/// One report of a gift, as it came: for a streak, TikTok repeats it with a growing count.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GiftReport {
    pub gift: GiftId,
    /// Empty if the report does not carry the gift's description.
    pub name: Text,
    /// Price of one, in diamonds; `None` if the report does not say.
    pub unit_diamonds: Option<u32>,
    pub streakable: bool,
    /// Running total of the streak, not an increment.
    pub repeat_count: u32,
    pub repeat_end: bool,
    /// Chosen by the sender's app; 0 if the report has none.
    pub group: i64,
    pub group_count: u32,
    pub combo_count: u32,
    /// `None` means the creator.
    pub receiver: Option<UserId>,
}

/// Where the unit value of a gift was taken from, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueSource {
    /// The gift's own event said it.
    Event,
    /// An earlier event of any session, or the user, said it.
    Learned,
    /// Pasut's built-in list.
    List,
    /// A documented pattern of the catalogue.
    Estimate,
    /// Nobody knows; it counts as 0 until the user prices it.
    Unknown,
}

impl ValueSource {
    pub const ALL: [Self; 5] = [Self::Event, Self::Learned, Self::List, Self::Estimate, Self::Unknown];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Learned => "learned",
            Self::List => "list",
            Self::Estimate => "estimate",
            Self::Unknown => "unknown",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }

    /// Whether a total that contains such a value is shown with `≈`.
    #[must_use]
    pub const fn is_estimate(self) -> bool {
        !matches!(self, Self::Event)
    }
}

/// Diamonds by how their unit values are known. What is added up keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Indexed by `ValueSource as usize`.
    pub diamonds: [i64; ValueSource::ALL.len()],
    /// Gifts that nobody could price; they count as 0 diamonds.
    pub unpriced_units: i64,
}

impl Known {
    /// Whether any diamonds, or gifts without a price, rest on something a gift's own event did not say.
    #[must_use]
    pub fn is_estimated(&self) -> bool {
        self.unpriced_units > 0 || self.diamonds[ValueSource::Event as usize] != self.total()
    }

    #[must_use]
    pub fn total(&self) -> i64 {
        self.diamonds.iter().sum()
    }
}

impl AddAssign for Known {
    fn add_assign(&mut self, more: Self) {
        for (sum, more) in self.diamonds.iter_mut().zip(more.diamonds) {
            *sum = sum.saturating_add(more);
        }
        self.unpriced_units += more.unpriced_units;
    }
}

/// The price of one gift, in diamonds, and how it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitValue {
    pub diamonds: u32,
    pub source: ValueSource,
}

/// What kind of gift this is to a creator, by its unit value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    Standard,
    Special,
    Premium,
}

impl Tier {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Special => "special",
            Self::Premium => "premium",
        }
    }
}

/// From how many diamonds a gift is special or premium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TierLimits {
    pub special: u32,
    pub premium: u32,
}

impl Default for TierLimits {
    fn default() -> Self {
        Self { special: 100, premium: 1000 }
    }
}

impl TierLimits {
    #[must_use]
    pub const fn tier(self, unit_diamonds: u32) -> Tier {
        if unit_diamonds >= self.premium {
            Tier::Premium
        } else if unit_diamonds >= self.special {
            Tier::Special
        } else {
            Tier::Standard
        }
    }
}

/// What one report added to the totals, after every gift was counted once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GiftAdded {
    pub units: u32,
    pub diamonds: i64,
    pub to_creator: bool,
    pub value: UnitValue,
}
