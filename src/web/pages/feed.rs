//! What happens in the room, newest first. A streak is one row that counts up and settles.

use super::leaderboard::approximate;
use crate::domain::session::GapCause;
use crate::domain::text::called;
use crate::domain::time::Stamp;
use crate::recorder::snapshot::{FeedRow, FeedWhat};
use crate::web::look::Look;
use crate::web::sight::{Held as _, Sight};
use crate::web::views;
use crate::words::Words;
use askama::Template;

/// How often the feed asks for what is new, usually, in milliseconds.
const EVERY_MS: u32 = 3000;

/// How many rows a page begins with: about two screens of them. Each row is text to be measured and painted, and a
/// hundred of them were half of what the live page cost a browser.
const FIRST_ROWS: usize = 40;

/// The kinds of row a visitor can ask for alone; the empty one is all.
pub const FILTERS: [&str; 6] = ["", "gifts", "comments", "likes", "follows", "shares"];

/// The whole feed of a page.
#[derive(Template)]
#[template(path = "fragments/feed.html")]
pub struct Feed<S: Sight> {
    pub w: &'static Words,
    pub only: &'static str,
    pub filters: Vec<Filter>,
    pub rows: Vec<RowFragment<S>>,
    pub poll: FeedPoll,
    pub new_text: String,
}

pub struct Filter {
    pub only: &'static str,
    pub href: String,
    pub text: String,
    pub current: bool,
}

/// What a poll answers: rows that are new, and rows that changed, each under its own id.
#[derive(Template)]
#[template(path = "fragments/feed_news.html")]
pub struct FeedNews<S: Sight> {
    pub poll: FeedPoll,
    pub changed: Vec<RowFragment<S>>,
    pub new: Vec<RowFragment<S>>,
}

/// The element that asks, and remembers what the page has seen. Its address stays as it is, so that htmx keeps its
/// timer and the feed comes together with the polls that fall on the same second.
#[derive(Clone, Template)]
#[template(path = "fragments/feed_poll.html")]
pub struct FeedPoll {
    /// Where, how often, and after which change; `None` when the session is over and there is nothing more to ask for.
    pub asks: Option<(String, String, u64)>,
}

#[derive(Template)]
#[template(path = "fragments/feed_row.html")]
pub struct RowFragment<S: Sight> {
    pub w: &'static Words,
    pub number: u64,
    pub time: String,
    pub iso: String,
    /// The series it belongs to, or `note` for what happened to the broadcast itself.
    pub series: &'static str,
    pub open: bool,
    pub name: String,
    /// What the person did, in our words.
    pub did: String,
    /// What TikTok or the person wrote: a comment, a question.
    pub said: String,
    /// A gift's name as TikTok gives it, and how many.
    pub gift: String,
    pub times: String,
    /// At the end of the row.
    pub note: String,
    /// What a gift or an envelope is worth; empty for the rest.
    pub diamonds: S::Money<String>,
    /// Replaces the row of the same id in a page that already has it.
    pub oob: bool,
}

impl<S: Sight> Feed<S> {
    #[must_use]
    pub fn new(creator: &str, rows: &[FeedRow], look: &Look, only: &str, running: bool) -> Self {
        let w = look.words();
        let only = FILTERS.into_iter().find(|filter| *filter == only).unwrap_or_default();
        let filter = |filter: &'static str| Filter {
            only: filter,
            href: match filter {
                "" => look.root.live(creator, ""),
                _ => look.root.live(creator, &format!("&feed={filter}")),
            },
            text: w
                .t(if filter.is_empty() { "feed-all" } else { super::chart::series_key(filter) })
                .into_owned(),
            current: filter == only,
        };
        Self {
            w,
            only,
            filters: FILTERS.into_iter().map(filter).collect(),
            rows: rows.iter().rev().take(FIRST_ROWS).map(|row| RowFragment::new(row, look, false)).collect(),
            poll: FeedPoll::after(creator, seen(rows, 0), running, look),
            new_text: w.with("feed-new", [("n", "{n}".into())]),
        }
    }
}

impl<S: Sight> FeedNews<S> {
    /// What changed after `after`; `None` if nothing did, for an answer without a body.
    #[must_use]
    pub fn after(after: u64, creator: &str, rows: &[FeedRow], look: &Look, running: bool) -> Option<Self> {
        let news = || rows.iter().rev().filter(|row| row.changed > after);
        if news().next().is_none() && running {
            return None;
        }
        Some(Self {
            poll: FeedPoll::after(creator, seen(rows, after), running, look),
            changed: news()
                .filter(|row| row.number <= after)
                .map(|row| RowFragment::new(row, look, true))
                .collect(),
            new: news()
                .filter(|row| row.number > after)
                .map(|row| RowFragment::new(row, look, false))
                .collect(),
        })
    }
}

impl FeedPoll {
    fn after(creator: &str, after: u64, running: bool, look: &Look) -> Self {
        let ask = || (format!("{}/f/feed?creator={creator}", look.root), look.every(EVERY_MS), after);
        Self { asks: running.then(ask) }
    }
}

/// The newest change a page with these rows has seen.
fn seen(rows: &[FeedRow], before: u64) -> u64 {
    rows.iter().map(|row| row.changed).max().unwrap_or(0).max(before)
}

impl<S: Sight> RowFragment<S> {
    fn new(row: &FeedRow, look: &Look, oob: bool) -> Self {
        let w = look.words();
        let name = called(&row.nickname, &row.display_id);
        let mut shown = Self {
            w,
            number: row.number,
            time: views::clock(look, row.at),
            iso: views::iso(row.at),
            series: "note",
            open: false,
            name: name.to_owned(),
            did: String::new(),
            said: String::new(),
            gift: String::new(),
            times: String::new(),
            note: String::new(),
            diamonds: S::money(|| diamonds(&row.what, look)),
            oob,
        };
        shown.fill(&row.what, row.at, look);
        shown
    }

    fn fill(&mut self, what: &FeedWhat, at: Stamp, look: &Look) {
        let w = look.words();
        let mut did = |series, key: &str| {
            self.series = series;
            self.did = w.t(key).into_owned();
        };
        match what {
            FeedWhat::Comment { text } => {
                self.series = "comments";
                self.said.clone_from(text);
            }
            FeedWhat::Emote => did("comments", "feed-emote"),
            FeedWhat::Likes { count, people } => {
                self.series = "likes";
                let others = people.saturating_sub(1);
                self.did = match others {
                    0 => w.t("feed-liked").into_owned(),
                    _ => w.with("feed-liked-together", [("n", others.into())]),
                };
                self.note = w.with("likes-count", [("n", (*count).into())]);
            }
            FeedWhat::Gift { name, gift, units, to_creator, open, .. } => {
                self.series = "gifts";
                self.open = *open;
                self.did = w.t("feed-sent").into_owned();
                self.gift = match name.trim() {
                    "" => w.with("gift-unnamed", [("id", gift.to_string().into())]),
                    name => name.to_owned(),
                };
                if *units > 1 || *open {
                    self.times = format!("×\u{a0}{}", views::count(look.lang, *units));
                }
                let notes = [(*open, "feed-streak"), (!to_creator, "feed-to-guest")];
                let notes = notes.into_iter().filter(|(holds, _)| *holds).map(|(_, key)| w.t(key));
                self.note = notes.collect::<Vec<_>>().join(", ");
            }
            FeedWhat::Follow => did("follows", "feed-followed"),
            FeedWhat::Share => did("shares", "feed-shared"),
            FeedWhat::Question { text } => {
                did("comments", "feed-asked");
                self.said.clone_from(text);
            }
            FeedWhat::Subscribe { months } => {
                self.did = w.with("feed-subscribed", [("n", (*months).into())]);
            }
            FeedWhat::Envelope { .. } => self.did = w.t("feed-envelope").into_owned(),
            FeedWhat::BattleStarted { .. } => self.broadcast(w.t("feed-battle-started").into_owned()),
            FeedWhat::BattleEnded { .. } => self.broadcast(w.t("feed-battle-ended").into_owned()),
            FeedWhat::Paused => self.broadcast(w.t("feed-paused").into_owned()),
            FeedWhat::Resumed => self.broadcast(w.t("feed-resumed").into_owned()),
            FeedWhat::Ended => self.broadcast(w.t("feed-ended").into_owned()),
            FeedWhat::Gap { gap } => {
                self.series = "gap";
                let dur = views::duration(look.lang, gap.ms(at));
                let cause = w.t(cause_key(gap.cause)).into_owned();
                self.broadcast(w.with("feed-gap", [("dur", dur.into()), ("cause", cause.into())]));
            }
        }
    }

    /// Something that happened to the broadcast itself, not done by a person.
    fn broadcast(&mut self, words: String) {
        self.name.clear();
        self.did = words;
    }
}

fn diamonds(what: &FeedWhat, look: &Look) -> String {
    match what {
        FeedWhat::Gift { diamonds, source, .. } => approximate(look, *diamonds, source.is_estimate()),
        FeedWhat::Envelope { diamonds } => views::count(look.lang, *diamonds),
        _ => String::new(),
    }
}

/// The locale key of why nothing could be seen.
#[must_use]
pub const fn cause_key(cause: GapCause) -> &'static str {
    match cause {
        GapCause::Disconnected => "gap-disconnected",
        GapCause::Silent => "gap-silent",
        GapCause::Asleep => "gap-asleep",
        GapCause::NotRunning => "gap-not-running",
        GapCause::DiskFull => "gap-disk-full",
        GapCause::Stopped => "gap-stopped",
    }
}
