//! How one person wants to see pages, and what that person may see.

use crate::words::{Lang, Words};
use chrono_tz::Tz;

/// Language, zone and theme of one request, and whether money may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Look {
    pub lang: Lang,
    /// Times are shown in this zone: the creator's, unless the person chose another.
    pub zone: Tz,
    pub theme: Theme,
    /// Diamonds and prices are for the owner alone; without this they are absent, not hidden.
    pub money: bool,
    /// Whether pictures of people are shown beside their names.
    pub avatars: bool,
}

impl Default for Look {
    /// English, in the zone of most creators, for someone who may see money.
    fn default() -> Self {
        Self { lang: Lang::En, zone: super::zones::DEFAULT, theme: Theme::System, money: true, avatars: true }
    }
}

impl Look {
    #[must_use]
    pub fn words(&self) -> &'static Words {
        Words::of(self.lang)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of that name; anything else is the system's.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// What the theme button chooses next.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}
