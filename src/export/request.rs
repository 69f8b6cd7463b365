//! What is to be written, and in which form.

use crate::domain::days::Days;
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::money::Rates;
use crate::domain::time::Stamp;
use crate::words::Lang;
use chrono_tz::Tz;

/// What somebody wants to have in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub scope: Scope,
    /// Only this creator's sessions; `None` for all. A single session needs no creator.
    pub creator: Option<Handle>,
    /// In which days begin and times are written; UTC always stands beside it.
    pub zone: Tz,
    pub lang: Lang,
    pub format: Format,
    /// In any order; the file has its own.
    pub sections: Vec<Section>,
    /// Viewers become `Fan #n`, the same number for the same person throughout the file; their ids
    /// are left out.
    pub hide_names: bool,
    /// Without, diamonds and everything computed from them are left out.
    pub money: bool,
    /// At what diamonds are estimated in money; `None` leaves that out alone.
    pub rates: Option<Rates>,
    /// When it was asked for.
    pub at: Stamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The sessions that began in these days.
    Days(Days),
    Session(SessionId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A workbook with a summary and a sheet for each section.
    Xlsx,
    /// One file for one section; several are files in a ZIP archive, with a summary.
    Csv(Separator),
    /// One object.
    Json,
}

/// What stands between two fields of a CSV file. Where a comma separates decimals, as in Indonesia,
/// spreadsheets expect a semicolon between fields, so the two go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `1.5,2`
    Comma,
    /// `1,5;2`
    Semicolon,
}

impl Separator {
    /// What spreadsheets in this language expect.
    #[must_use]
    pub const fn usual(lang: Lang) -> Self {
        match lang {
            Lang::En => Self::Comma,
            Lang::Id => Self::Semicolon,
        }
    }

    pub(super) const fn field(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
        }
    }

    pub(super) const fn decimal(self) -> &'static str {
        match self {
            Self::Comma => ".",
            Self::Semicolon => ",",
        }
    }
}

/// A table of the file, in the order of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    Sessions,
    /// Interval rows.
    Analytics,
    /// The same for every minute. Large, so not among those that are usual.
    Minutes,
    Contributions,
    Correlations,
    Leaderboard,
    Gifts,
    Moments,
    Markers,
    Battles,
    Gaps,
    Quality,
}

impl Section {
    pub const ALL: [Self; 12] = [
        Self::Sessions,
        Self::Analytics,
        Self::Minutes,
        Self::Contributions,
        Self::Correlations,
        Self::Leaderboard,
        Self::Gifts,
        Self::Moments,
        Self::Markers,
        Self::Battles,
        Self::Gaps,
        Self::Quality,
    ];

    /// Everything but [`Section::Minutes`].
    #[must_use]
    pub fn usual() -> Vec<Self> {
        Self::ALL.into_iter().filter(|section| *section != Self::Minutes).collect()
    }

    /// In addresses, as the member of the JSON object and as the name of a CSV file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Analytics => "intervals",
            Self::Minutes => "minutes",
            Self::Contributions => "contributions",
            Self::Correlations => "drivers",
            Self::Leaderboard => "leaderboard",
            Self::Gifts => "gifts",
            Self::Moments => "windows",
            Self::Markers => "markers",
            Self::Battles => "battles",
            Self::Gaps => "gaps",
            Self::Quality => "quality",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.as_str() == text)
    }

    /// The message that names its sheet.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Sessions => "sheet-sessions",
            Self::Analytics => "sheet-analytics",
            Self::Minutes => "sheet-minutes",
            Self::Contributions => "sheet-contributions",
            Self::Correlations => "sheet-correlations",
            Self::Leaderboard => "sheet-leaderboard",
            Self::Gifts => "sheet-gifts",
            Self::Moments => "sheet-moments",
            Self::Markers => "sheet-markers",
            Self::Battles => "sheet-battles",
            Self::Gaps => "sheet-gaps",
            Self::Quality => "sheet-quality",
        }
    }
}

impl Request {
    /// Whether `section` is wanted.
    #[must_use]
    pub fn wants(&self, section: Section) -> bool {
        self.sections.contains(&section)
    }

    /// How the name of the file ends.
    #[must_use]
    pub fn extension(&self) -> &'static str {
        match self.format {
            Format::Xlsx => "xlsx",
            Format::Csv(_) if self.only_section().is_some() => "csv",
            Format::Csv(_) => "zip",
            Format::Json => "json",
        }
    }

    /// What the file is, for HTTP.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        match self.extension() {
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "csv" => "text/csv; charset=utf-8",
            "zip" => "application/zip",
            _ => "application/json",
        }
    }

    /// The section, if it is a single one.
    pub(super) fn only_section(&self) -> Option<Section> {
        let first = *self.sections.first()?;
        self.sections.iter().all(|section| *section == first).then_some(first)
    }
}
