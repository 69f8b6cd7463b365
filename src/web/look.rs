//! How one person wants to see pages, and who that is.

use crate::domain::access::Role;
use crate::domain::money::Rates;
use crate::settings::preferences::Preferences;
use crate::web::root::Root;
use crate::words::{Lang, Words};
use chrono_tz::Tz;

/// Language, zone and theme of one request, and what whoever asks may do. What they may see of money is said
/// by types (`web::sight`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Look {
    pub lang: Lang,
    /// Times are shown in this zone: the creator's, unless the person chose another.
    pub zone: Tz,
    pub theme: Theme,
    /// Nobody is shown a link or a form that would refuse them.
    pub role: Role,
    /// Under which address they find what pages lead to.
    pub root: Root,
    /// At what diamonds are estimated in money.
    pub rates: Rates,
    /// Whether pictures of people are shown beside their names.
    pub avatars: bool,
    /// The time between two polls of a part, in per cent of the usual one.
    pub refresh_percent: u32,
    /// A chart holds this many points at most.
    pub chart_points: u32,
}

impl Default for Look {
    /// English, in the zone of most creators, for the owner.
    fn default() -> Self {
        let Preferences { avatars, refresh_percent, chart_points, rates, .. } = Preferences::default();
        let (lang, zone, theme) = (Lang::En, super::zones::DEFAULT, Theme::System);
        let (role, root) = (Role::Owner, Root::Pasut);
        Self { lang, zone, theme, role, root, rates, avatars, refresh_percent, chart_points }
    }
}

impl Look {
    /// How often a part asks for news that usually does so every `usual_ms`, for htmx.
    #[must_use]
    pub fn every(&self, usual_ms: u32) -> String {
        match self.every_ms(usual_ms) {
            ms if ms.is_multiple_of(1000) => format!("{}s", ms / 1000),
            ms => format!("{ms}ms"),
        }
    }

    /// The same in milliseconds, for a script.
    #[must_use]
    pub fn every_ms(&self, usual_ms: u32) -> u32 {
        let preferences = Preferences { refresh_percent: self.refresh_percent, ..Preferences::default() };
        preferences.every_ms(usual_ms)
    }

    /// Whether they may start, stop, compare, save, set and erase.
    #[must_use]
    pub fn may_manage(&self) -> bool {
        self.role == Role::Owner
    }

    /// Whether they may mark moments and keep notes and tags.
    #[must_use]
    pub fn may_note(&self) -> bool {
        self.role >= Role::Moderator
    }

    /// Whether they see one page, and may neither change anything on it nor go to another.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        self.role == Role::Guest
    }

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
