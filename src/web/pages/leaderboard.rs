//! The top gifters of a session.

use crate::domain::ids::SessionId;
use crate::domain::totals::RankedGifter;
use crate::web::look::Look;
use crate::web::root::Root;
use crate::web::sight::{Held as _, Sight};
use crate::web::views;
use crate::words::Words;
use askama::Template;

/// How often the live list usually asks anew, in milliseconds.
const EVERY_MS: u32 = 5000;

#[derive(Template)]
#[template(path = "fragments/leaderboard.html")]
pub struct Leaderboard<S: Sight> {
    pub w: &'static Words,
    /// The address and pace of the poll; `None` for a list that is finished.
    pub poll: Option<(String, String)>,
    /// Whether any gift went to a guest, so that the column is needed.
    pub guests: bool,
    pub rows: Vec<Row<S>>,
    /// Whether pictures of people are shown.
    pub avatars: bool,
    /// Under which address they are.
    pub root: Root,
}

pub struct Row<S: Sight> {
    pub id: String,
    /// Where more is said of this person; empty where it leads nowhere.
    pub href: String,
    pub rank: u32,
    pub nickname: String,
    pub display_id: String,
    pub initial: String,
    pub gifts: String,
    pub biggest: String,
    pub diamonds: S::Money<Diamonds>,
}

/// What somebody gave, with `≈` where any part is not exact.
pub struct Diamonds {
    pub all: String,
    /// Empty if nothing went to guests.
    pub to_guests: String,
}

impl<S: Sight> Leaderboard<S> {
    /// The list of a running session, which keeps itself up to date.
    #[must_use]
    pub fn live(creator: &str, gifters: &[RankedGifter], look: &Look, running: bool) -> Self {
        let address = || format!("{}/f/leaderboard?creator={creator}", look.root);
        Self { poll: running.then(|| (address(), look.every(EVERY_MS))), ..Self::finished(gifters, look) }
    }

    /// The list of a session that is looked at afterwards.
    #[must_use]
    pub fn finished(gifters: &[RankedGifter], look: &Look) -> Self {
        let to_guests = |gifter: &RankedGifter| gifter.total.diamonds > gifter.total.diamonds_to_creator;
        let guests = S::money(|| gifters.iter().any(to_guests));
        Self {
            w: look.words(),
            poll: None,
            guests: guests.into_shown().unwrap_or(false),
            rows: gifters.iter().map(|gifter| row(look, gifter)).collect(),
            avatars: look.avatars,
            root: look.root,
        }
    }

    /// The same with each name leading to where more is said of that person, for whoever may know.
    #[must_use]
    pub fn linked(mut self, session: SessionId, look: &Look) -> Self {
        for row in &mut self.rows {
            row.href = person_address(session, &row.id, look);
        }
        self
    }
}

/// Where the leaderboard of a session says more of a person; empty for a guest, to whom it says nothing.
#[must_use]
pub fn person_address(session: SessionId, user: &str, look: &Look) -> String {
    if look.is_guest() {
        return String::new();
    }
    format!("/leaderboards?scope=session&session={session}&who={user}")
}

fn row<S: Sight>(look: &Look, gifter: &RankedGifter) -> Row<S> {
    let RankedGifter { rank, display_id, nickname, biggest_gift_name, total } = gifter;
    let erased = look.words().t("person-erased");
    let name = match (nickname.trim(), display_id.as_str()) {
        ("", "") if total.user.0 < 0 => &*erased,
        ("", handle) => handle,
        _ => nickname,
    };
    Row {
        id: total.user.to_string(),
        href: String::new(),
        rank: *rank,
        nickname: name.to_owned(),
        display_id: display_id.clone(),
        initial: views::initial(&format!("{name}{display_id}")),
        gifts: views::count(look.lang, total.units),
        biggest: biggest_gift_name.clone(),
        diamonds: S::money(|| Diamonds {
            all: approximate(look, total.diamonds, total.estimated),
            to_guests: match total.diamonds - total.diamonds_to_creator {
                to_guests @ 1.. => approximate(look, to_guests, total.estimated),
                _ => String::new(),
            },
        }),
    }
}

/// A number of diamonds, with `≈` in front if any part of it is not exact.
#[must_use]
pub fn approximate(look: &Look, diamonds: i64, estimated: bool) -> String {
    let text = views::count(look.lang, diamonds);
    if estimated { format!("≈ {text}") } else { text }
}
