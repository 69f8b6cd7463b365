//! Links for guests, on the page People: what each opens and for how long, and the form that makes one.

use super::people::Door;
use super::tokens::{ends_words, in_force_first, lasts, used_words};
use crate::domain::access::{Opens, SharedPage};
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::store::tokens::Token;
use crate::web::look::Look;
use crate::web::views;
use crate::words::Words;
use askama::Template;

/// A PIN has so many digits.
pub const PIN_DIGITS: std::ops::RangeInclusive<usize> = 4..=12;

/// So long a link lasts unless something else is chosen.
const USUAL: &str = "week";

/// What the section is about.
#[derive(Default)]
pub struct LinksView {
    /// Every token, the newest first.
    pub tokens: Vec<Token>,
    /// The sessions that links open, and the newest.
    pub sessions: Vec<Session>,
    /// So many of them, from the first, are the newest.
    pub newest: usize,
    /// What the form is to begin with.
    pub page: Option<SharedPage>,
    pub lasts: String,
    pub made: Option<Made>,
}

/// A link that was made just now.
pub struct Made {
    pub page: SharedPage,
    pub secret: String,
    /// The address at which its maker sees Pasut.
    pub origin: String,
    /// Whether that is an address of this computer alone.
    pub here: bool,
}

#[derive(Template)]
#[template(path = "fragments/links.html")]
pub struct GuestLinks {
    pub w: &'static Words,
    pub problem: Option<String>,
    pub made: Option<MadeRow>,
    pub rows: Vec<Row>,
    /// The pages that can be chosen: the name in the form, its words, and whether it is chosen.
    pub pages: Vec<(String, String, bool)>,
    pub lasts: Vec<(&'static str, &'static str, bool)>,
    /// Whether the form is open when the page is.
    pub open: bool,
}

/// A link that was made just now, which is shown once.
pub struct MadeRow {
    pub opens: String,
    pub doors: Vec<Door>,
    /// Whether only this computer can open it.
    pub here: bool,
}

pub struct Row {
    pub id: i64,
    pub opens: String,
    pub note: String,
    pub pin: bool,
    pub expired: bool,
    pub revoke: String,
}

impl GuestLinks {
    /// `doors` are the ways in from other computers.
    #[must_use]
    pub fn new(
        view: &LinksView,
        doors: &[Door],
        creators: &[Handle],
        problem: Option<String>,
        look: &Look,
        now: Stamp,
    ) -> Self {
        let w = look.words();
        let live = creators.iter().map(|creator| SharedPage::Live(creator.clone()));
        let chosen = |page: &SharedPage| view.page.as_ref() == Some(page);
        let sessions = view.sessions.iter().map(|session| SharedPage::Session(session.id)).enumerate();
        let listed = sessions.filter(|(at, page)| *at < view.newest || chosen(page)).map(|(_, page)| page);
        let option = |page: SharedPage| (code(&page), opens(&page, &view.sessions, look), chosen(&page));
        let made = view.made.as_ref().map(|made| MadeRow {
            opens: opens(&made.page, &view.sessions, look),
            doors: addresses(made, doors, w),
            here: made.here && doors.is_empty(),
        });
        Self {
            w,
            open: problem.is_some() || view.page.is_some() && made.is_none(),
            problem,
            made,
            rows: in_force_first(&view.tokens, now)
                .filter_map(|token| Row::new(token, view, look, now))
                .collect(),
            pages: live.chain(listed).map(option).collect(),
            lasts: lasts(if view.lasts.is_empty() { USUAL } else { &view.lasts }),
        }
    }
}

/// The link at every address under which others reach Pasut: first the one its maker is at, unless that is this
/// computer's alone.
fn addresses(made: &Made, doors: &[Door], w: &'static Words) -> Vec<Door> {
    let path = format!("/s/{}", made.secret);
    let own = (!made.here || doors.is_empty()).then_some((made.origin.as_str(), ""));
    let others = doors.iter().map(|door| (door.link.as_str(), door.network.as_str()));
    let others = others.filter(|(link, _)| made.here || *link != made.origin);
    own.into_iter().chain(others).map(|(at, network)| Door::to(format!("{at}{path}"), network, w)).collect()
}

impl Row {
    /// `None` for a token that is no link for guests.
    fn new(token: &Token, view: &LinksView, look: &Look, now: Stamp) -> Option<Self> {
        let Opens::Share { page } = &token.opens else { return None };
        let w = look.words();
        let opens = opens(page, &view.sessions, look);
        let expired = token.is_expired(now);
        let made = w.with("link-made", [("time", views::moment(look, token.created_at).into())]);
        Some(Self {
            id: token.id,
            note: [made, ends_words(token, look, now), used_words(token, look)].join(" · "),
            pin: token.pin.is_some(),
            expired,
            revoke: w
                .with(if expired { "link-unlist" } else { "link-revoke" }, [("page", opens.clone().into())]),
            opens,
        })
    }
}

/// What a link opens, in words.
fn opens(page: &SharedPage, sessions: &[Session], look: &Look) -> String {
    let w = look.words();
    match page {
        SharedPage::Live(creator) => w.with("link-live", [("u", creator.to_string().into())]),
        SharedPage::Session(id) => match sessions.iter().find(|session| session.id == *id) {
            Some(session) => {
                let from = views::moment(look, session.start.recorded_from);
                let creator = session.start.creator.to_string();
                w.with("link-session", [("u", creator.into()), ("time", from.into())])
            }
            None => w.t("link-session-gone").into_owned(),
        },
    }
}

/// A page as the form and an address name it.
fn code(page: &SharedPage) -> String {
    match page {
        SharedPage::Live(creator) => format!("live:{creator}"),
        SharedPage::Session(session) => format!("session:{session}"),
    }
}

/// The page of that name. `None` if there can be none.
#[must_use]
pub fn parse(code: &str) -> Option<SharedPage> {
    match code.split_once(':')? {
        ("live", creator) => Handle::parse(creator).ok().map(SharedPage::Live),
        ("session", id) => id.parse::<SessionId>().ok().map(SharedPage::Session),
        _ => None,
    }
}

/// Where a link to `page` is made.
#[must_use]
pub fn form(page: &SharedPage) -> String {
    format!("/people?page={}#links", code(page))
}

/// A PIN as it was typed: `None` without one.
///
/// # Errors
///
/// If it is none.
pub fn pin(typed: &str) -> Result<Option<String>, NoPin> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let suits = PIN_DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.as_str() {
        "" => Ok(None),
        _ if suits => Ok(Some(digits)),
        _ => Err(NoPin),
    }
}

/// What was typed has too few or too many digits, or anything else in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPin;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::SecretHash;
    use crate::web::pages::samples::{NOW, look};
    use crate::words::Lang;

    fn token(id: i64, page: SharedPage, expires_at: Option<Stamp>) -> Token {
        Token {
            id,
            hash: SecretHash([0; 32]),
            opens: Opens::Share { page },
            label: String::new(),
            created_at: NOW - 3_600_000,
            expires_at,
            last_used: None,
            pin: (id == 1).then(|| "kept".to_owned()),
        }
    }

    fn mira() -> Handle {
        Handle::parse("mira").expect("valid")
    }

    #[test]
    fn a_page_is_named_in_an_address_and_read_again() {
        for page in [SharedPage::Live(mira()), SharedPage::Session(SessionId(7))] {
            assert_eq!(parse(&code(&page)), Some(page.clone()));
            assert!(form(&page).starts_with("/people?page=") && form(&page).ends_with("#links"));
        }
        for wrong in ["", "live", "live:", "session:x", "session:", "people:7", "live:a/b"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_pin_has_four_to_twelve_digits_or_is_none() {
        for (typed, read) in [
            ("", Ok(None)),
            ("  ", Ok(None)),
            ("1234", Ok(Some("1234".to_owned()))),
            (" 12 34 56 ", Ok(Some("123456".to_owned()))),
            ("123", Err(NoPin)),
            ("1234567890123", Err(NoPin)),
            ("12a4", Err(NoPin)),
            ("١٢٣٤", Err(NoPin)),
        ] {
            assert_eq!(pin(typed), read, "{typed}");
        }
    }

    #[test]
    fn every_link_says_what_it_opens_how_long_and_whether_it_asks_for_a_pin() {
        let view = LinksView {
            tokens: vec![
                token(2, SharedPage::Session(SessionId(9)), Some(NOW)),
                token(1, SharedPage::Live(mira()), None),
                Token { opens: Opens::Metrics, ..token(3, SharedPage::Live(mira()), None) },
            ],
            ..LinksView::default()
        };
        let links = GuestLinks::new(&view, &[], &[mira()], None, &look(Lang::En), NOW);
        let rows: Vec<_> = links.rows.iter().map(|row| (row.opens.as_str(), row.pin, row.expired)).collect();
        assert_eq!(
            rows,
            [
                ("Live page of @mira", true, false),
                ("Review of a session that is no longer there", false, true)
            ]
        );
        assert!(links.rows[0].note.contains("does not end") && links.rows[0].note.contains("not used yet"));
        assert!(links.rows[1].note.contains("ended") && links.rows[1].note.contains("listed until"));
        assert_eq!(links.pages, [("live:mira".to_owned(), "Live page of @mira".to_owned(), false)]);
    }

    #[test]
    fn a_new_link_is_shown_at_every_address_others_can_reach() {
        let w = Words::of(Lang::En);
        let door = |link: &str| Door::to(link.to_owned(), "wlan0", w);
        let made = |origin: &str, here| Made {
            page: SharedPage::Live(mira()),
            secret: "x".to_owned(),
            origin: origin.to_owned(),
            here,
        };
        let (lan, own, name) = ("http://192.168.1.5:8787", "http://127.0.0.1:8787", "https://pasut.example");
        for (made, doors, links) in [
            (made(own, true), vec![], vec![own]),
            (made(own, true), vec![door(lan)], vec![lan]),
            (made(lan, false), vec![door(lan)], vec![lan]),
            (made(name, false), vec![door(lan)], vec![name, lan]),
        ] {
            let shown: Vec<_> = addresses(&made, &doors, w).into_iter().map(|door| door.link).collect();
            assert_eq!(shown, links.into_iter().map(|link| format!("{link}/s/x")).collect::<Vec<_>>());
        }
    }
}
