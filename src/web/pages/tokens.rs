//! Settings, API tokens: keys for programs, each for one thing.

use super::settings::{Tab, Tabs};
use super::shell::{Nav, Shell, Visit};
use crate::domain::access::{Opens, Role};
use crate::domain::handle::Handle;
use crate::domain::time::{DAY_MS, Stamp};
use crate::store::tokens::{EXPIRED_FOR_MS, Token};
use crate::web::look::Look;
use crate::web::views;
use crate::words::Words;
use askama::Template;

/// What a token may open: its name in the form, and its words.
const KINDS: [(&str, &str); 6] = [
    ("api-moderator", "token-api-moderator"),
    ("api-owner", "token-api-owner"),
    ("metrics", "token-metrics"),
    ("push", "token-push"),
    ("feed-moderator", "token-feed-moderator"),
    ("feed-owner", "token-feed-owner"),
];

/// What the kind of that name opens. `Err` if it needs a creator and none is named.
///
/// # Errors
///
/// If a creator is missing.
pub fn opens(kind: &str, creator: Option<Handle>) -> Result<Option<Opens>, NoCreator> {
    Ok(Some(match kind {
        "api-moderator" => Opens::Api { role: Role::Moderator },
        "api-owner" => Opens::Api { role: Role::Owner },
        "metrics" => Opens::Metrics,
        "push" => Opens::Push { creator: creator.ok_or(NoCreator)? },
        "feed-moderator" => Opens::Feed { creator, role: Role::Moderator },
        "feed-owner" => Opens::Feed { creator, role: Role::Owner },
        _ => return Ok(None),
    }))
}

/// A token for pushing was asked for without saying whose events it may push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoCreator;

/// How long a token lasts, by its name in a form.
const LASTS: [(&str, &str, Option<i64>); 5] = [
    ("hour", "link-hour", Some(3_600_000)),
    ("day", "link-day", Some(DAY_MS)),
    ("week", "link-week", Some(7 * DAY_MS)),
    ("month", "link-month", Some(30 * DAY_MS)),
    ("never", "link-never", None),
];

/// How long a token may last, with its words and whether it is chosen.
#[must_use]
pub fn lasts(chosen: &str) -> Vec<(&'static str, &'static str, bool)> {
    LASTS.iter().map(|(name, words, _)| (*name, *words, *name == chosen)).collect()
}

/// When a token ends that was made `now` to last for as long as `name` says. `None` if there is no such time.
#[must_use]
pub fn ends(name: &str, now: Stamp) -> Option<Option<Stamp>> {
    LASTS.iter().find(|(known, ..)| *known == name).map(|(.., ms)| ms.map(|ms| now + ms))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    NoCreator,
    Many,
}

#[derive(Template)]
#[template(path = "pages/tokens.html")]
pub struct TokensPage {
    pub shell: Shell,
    pub w: &'static Words,
    pub tabs: Tabs,
    pub kinds: [(&'static str, &'static str); 6],
    pub creators: Vec<String>,
    pub lasts: Vec<(&'static str, &'static str, bool)>,
    /// The secret of a token that was made just now, which is shown once.
    pub made: Option<String>,
    pub problem: Option<String>,
    pub rows: Vec<Row>,
}

pub struct Row {
    pub id: i64,
    pub name: String,
    pub note: String,
    pub expired: bool,
    pub revoke: String,
}

impl TokensPage {
    #[must_use]
    pub fn new(visit: &Visit, tokens: &[Token], problem: Option<Problem>, made: Option<String>) -> Self {
        let look = &visit.look;
        let w = look.words();
        Self {
            shell: Shell::new(visit, Nav::Settings, format!("{} · Pasut", w.t("tokens"))).copying(),
            w,
            tabs: Tabs::new(Tab::Tokens, look),
            kinds: KINDS,
            creators: visit.watched.iter().map(|snapshot| snapshot.creator.to_string()).collect(),
            lasts: lasts("never"),
            made,
            problem: problem.map(|problem| {
                let key = match problem {
                    Problem::NoCreator => "token-no-creator",
                    Problem::Many => "link-many",
                };
                w.t(key).into_owned()
            }),
            rows: in_force_first(tokens, visit.now)
                .filter_map(|token| Row::new(token, look, visit.now))
                .collect(),
        }
    }
}

impl Row {
    /// `None` for what is made and revoked on a page of its own: links for guests, and overlays.
    fn new(token: &Token, look: &Look, now: Stamp) -> Option<Self> {
        let w = look.words();
        let (what, creator) = match &token.opens {
            Opens::Api { role: Role::Owner } => ("token-api-owner", None),
            Opens::Api { .. } => ("token-api-moderator", None),
            Opens::Metrics => ("token-metrics", None),
            Opens::Push { creator } => ("token-push", Some(creator)),
            Opens::Feed { creator, role: Role::Owner } => ("token-feed-owner", creator.as_ref()),
            Opens::Feed { creator, .. } => ("token-feed-moderator", creator.as_ref()),
            Opens::Overlay { .. } | Opens::Share { .. } => return None,
        };
        let what = w.t(what).into_owned();
        let what = match creator {
            Some(creator) => {
                w.with("token-of", [("what", what.into()), ("creator", creator.to_string().into())])
            }
            None => what,
        };
        let name =
            if token.label.is_empty() { w.t("token-unnamed").into_owned() } else { token.label.clone() };
        let made = w.with("account-since", [("time", views::moment(look, token.created_at).into())]);
        Some(Self {
            id: token.id,
            note: [what, made, ends_words(token, look, now), used_words(token, look)].join(" · "),
            expired: token.is_expired(now),
            revoke: w.with(
                if token.is_expired(now) { "unlist-token" } else { "revoke-token" },
                [("token", name.clone().into())],
            ),
            name,
        })
    }
}

/// Tokens that open something, then those that expired; each the newest first.
pub(super) fn in_force_first(tokens: &[Token], now: Stamp) -> impl Iterator<Item = &Token> {
    let in_force = tokens.iter().filter(move |token| !token.is_expired(now));
    in_force.chain(tokens.iter().filter(move |token| token.is_expired(now)))
}

/// When a token ends, or ended and is listed no longer.
pub(super) fn ends_words(token: &Token, look: &Look, now: Stamp) -> String {
    let w = look.words();
    match token.expires_at {
        Some(at) if token.is_expired(now) => w.with(
            "link-ended",
            [
                ("time", views::moment(look, at).into()),
                ("until", views::moment(look, at + EXPIRED_FOR_MS).into()),
            ],
        ),
        Some(at) => w.with("link-ends-at", [("time", views::moment(look, at).into())]),
        None => w.t("link-never-ends").into_owned(),
    }
}

/// When a token was used last.
pub(super) fn used_words(token: &Token, look: &Look) -> String {
    let w = look.words();
    match token.last_used {
        Some(at) => w.with("link-used", [("time", views::moment(look, at).into())]),
        None => w.t("link-unused").into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lasts_as_long_as_was_chosen() {
        assert_eq!(ends("day", Stamp(5)), Some(Some(Stamp(5 + DAY_MS))));
        assert_eq!((ends("never", Stamp(5)), ends("9y", Stamp(5))), (Some(None), None));
    }

    #[test]
    fn every_kind_opens_what_it_says_and_pushing_needs_a_creator() {
        let mira = || Handle::parse("mira").ok();
        for (kind, _) in KINDS {
            assert!(matches!(opens(kind, mira()), Ok(Some(_))), "{kind}");
        }
        assert_eq!(opens("push", None), Err(NoCreator));
        assert_eq!(opens("feed-owner", None), Ok(Some(Opens::Feed { creator: None, role: Role::Owner })));
        assert_eq!(opens("everything", mira()), Ok(None));
    }
}
