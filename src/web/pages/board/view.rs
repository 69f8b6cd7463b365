//! What the address of the leaderboard says. What is usual is left out of it, and nonsense falls back.

use crate::domain::days::Days;
use crate::domain::gift::Tier;
use crate::domain::handle::Handle;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::time::Stamp;
use crate::reports::leaderboard::BoardColumn;
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::fmt::Write;

/// Lines of one page: more of them take a phone longer to lay out than a page may until it can be used.
pub const PAGE: usize = 25;

/// Longer searches are cut off, in characters.
const MAX_SEARCH_CHARS: usize = 60;

/// Days of a range that was not said, and of the usual view.
const USUAL_DAYS: u32 = 30;

/// One way to look at the leaderboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub scope: Scope,
    /// `None` for all creators.
    pub creator: Option<Handle>,
    pub tier: Option<Tier>,
    /// Diamonds at least; 0 for everyone.
    pub at_least: i64,
    pub search: String,
    pub column: BoardColumn,
    pub ascending: bool,
    pub hide: bool,
    /// From 1.
    pub page: usize,
    /// Whose panel is open.
    pub who: Option<UserId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The newest unless said.
    Session(Option<SessionId>),
    Days(u32),
    /// The first and the last day, both included.
    Range(Option<(NaiveDate, NaiveDate)>),
}

/// Columns that can be sorted by: in the address, whether the largest come first at the first press,
/// and whether they are money.
pub const COLUMNS: [(BoardColumn, &str, bool, bool); 11] = [
    (BoardColumn::Name, "name", false, false),
    (BoardColumn::Diamonds, "diamonds", true, true),
    (BoardColumn::ToCreator, "to-creator", true, true),
    (BoardColumn::Gifts, "gifts", true, false),
    (BoardColumn::GiftTypes, "types", true, false),
    (BoardColumn::Biggest, "biggest", true, true),
    (BoardColumn::Tier(Tier::Premium), "tiers", true, true),
    (BoardColumn::Sessions, "sessions", true, false),
    (BoardColumn::FirstGift, "first", false, false),
    (BoardColumn::LastGift, "last", true, false),
    (BoardColumn::LastSeen, "seen", true, false),
];

pub const TIERS: [Tier; 3] = [Tier::Standard, Tier::Special, Tier::Premium];

impl View {
    /// Reads a view from the parameters of an address; whoever may not see money gets none of its
    /// filters, which would tell it bit by bit.
    pub fn parse<'p>(param: impl Fn(&str) -> &'p str, money: bool) -> Self {
        let day = |name: &str| param(name).parse::<NaiveDate>().ok();
        let (column, ascending) = sort(param("sort"), money);
        Self {
            scope: match param("scope") {
                "session" => Scope::Session(param("session").parse().ok()),
                "7d" => Scope::Days(7),
                "range" => Scope::Range(day("from").zip(day("to")).filter(|(from, to)| from <= to)),
                _ => Scope::Days(USUAL_DAYS),
            },
            creator: Handle::parse(param("creator")).ok(),
            tier: TIERS.into_iter().find(|tier| money && tier.as_str() == param("tier")),
            at_least: param("min").trim().parse().ok().filter(|min| money && *min > 0).unwrap_or(0),
            search: param("q").trim().chars().take(MAX_SEARCH_CHARS).collect::<String>().trim().to_owned(),
            column,
            ascending,
            hide: param("hide") == "1",
            page: param("page").parse().unwrap_or(1).clamp(1, 100_000),
            who: param("who").parse().ok(),
        }
    }

    /// The address of this view.
    #[must_use]
    pub fn address(&self) -> String {
        let query = self.query();
        if query.is_empty() { "/leaderboards".to_owned() } else { format!("/leaderboards?{query}") }
    }

    /// What distinguishes this view from the usual one.
    #[must_use]
    pub fn query(&self) -> String {
        let mut pairs: Vec<(&str, String)> =
            self.creator.iter().map(|it| ("creator", it.to_string())).collect();
        match self.scope {
            Scope::Session(session) => {
                pairs.push(("scope", "session".to_owned()));
                pairs.extend(session.map(|session| ("session", session.to_string())));
            }
            Scope::Days(USUAL_DAYS) => {}
            Scope::Days(days) => pairs.push(("scope", format!("{days}d"))),
            Scope::Range(days) => {
                pairs.push(("scope", "range".to_owned()));
                pairs.extend(
                    days.into_iter()
                        .flat_map(|(from, to)| [("from", from.to_string()), ("to", to.to_string())]),
                );
            }
        }
        pairs.extend(self.tier.map(|tier| ("tier", tier.as_str().to_owned())));
        pairs.extend((self.at_least > 0).then(|| ("min", self.at_least.to_string())));
        pairs.extend((!self.search.is_empty()).then(|| ("q", encoded(&self.search))));
        let usual_sort = self.column == BoardColumn::Diamonds && !self.ascending;
        pairs.extend((!usual_sort).then(|| ("sort", self.sort())));
        pairs.extend(self.hide.then(|| ("hide", "1".to_owned())));
        pairs.extend((self.page > 1).then(|| ("page", self.page.to_string())));
        pairs.extend(self.who.map(|who| ("who", who.to_string())));
        let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&")
    }

    /// The sort as the address says it, `-` in front for the largest first.
    #[must_use]
    pub fn sort(&self) -> String {
        let code = COLUMNS.iter().find(|(column, ..)| *column == self.column).map_or("diamonds", |it| it.1);
        if self.ascending { code.to_owned() } else { format!("-{code}") }
    }

    /// Whether anything is left out of the board.
    #[must_use]
    pub const fn is_filtered(&self) -> bool {
        self.tier.is_some() || self.at_least > 0 || !self.search.is_empty()
    }

    /// The days the view is about; `None` for a single session.
    #[must_use]
    pub fn days(&self, now: Stamp, zone: Tz) -> Option<Days> {
        match self.scope {
            Scope::Session(_) => None,
            Scope::Days(days) => Some(Days::last(days, now, zone)),
            Scope::Range(range) => {
                let said = range.and_then(|(from, to)| Days::new(from, to));
                Some(said.unwrap_or_else(|| Days::last(USUAL_DAYS, now, zone)))
            }
        }
    }
}

fn sort(text: &str, money: bool) -> (BoardColumn, bool) {
    let (code, ascending) = text.strip_prefix('-').map_or((text, true), |code| (code, false));
    let known = COLUMNS.iter().find(|(_, known, _, is_money)| *known == code && (money || !is_money));
    known.map_or((BoardColumn::Diamonds, false), |(column, ..)| (*column, ascending))
}

/// A text for an address: all but letters, digits and `-._~` of ASCII is written as bytes.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("writing to a string");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::web::Query;
    use proptest::prelude::*;

    fn read(query: &str, money: bool) -> View {
        let pairs = Query::<Vec<(String, String)>>::from_query(query).expect(query).into_inner();
        let param = |name: &str| {
            pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
        };
        View::parse(param, money)
    }

    #[test]
    fn what_is_usual_is_left_out_and_nonsense_falls_back() {
        assert_eq!(read("", true).address(), "/leaderboards");
        let nonsense =
            "scope=8d&tier=gold&min=-5&sort=beauty&page=0&who=x&hide=yes&from=2026-01-01&creator=%3C";
        assert_eq!(read(nonsense, true).address(), "/leaderboards");
        assert_eq!(
            read("scope=range&from=2026-02-01&to=2026-01-01", true).address(),
            "/leaderboards?scope=range"
        );
        let said = "creator=mira&scope=session&session=12&tier=premium&min=500&q=ana&sort=-gifts&hide=1&page=2&who=7";
        assert_eq!(read(said, true).query(), said);
    }

    #[test]
    fn who_may_not_see_money_cannot_ask_for_it() {
        let view = read("tier=premium&min=500&sort=-tiers&q=ana", false);
        assert_eq!(view.address(), "/leaderboards?q=ana");
        assert_eq!(read("sort=biggest", false).sort(), "-diamonds");
        assert_eq!(read("sort=-gifts", false).sort(), "-gifts");
    }

    proptest! {
        #[test]
        fn an_address_is_read_as_it_was_written(search in "\\PC{0,70}", page in 1_usize..9, sort in 0_usize..11, up: bool) {
            let view = View {
                search: search.trim().chars().take(MAX_SEARCH_CHARS).collect::<String>().trim().to_owned(),
                page,
                column: COLUMNS[sort].0,
                ascending: up,
                ..read("scope=range&from=2026-01-01&to=2026-02-01", true)
            };
            prop_assert_eq!(read(&view.query(), true), view);
        }
    }
}
