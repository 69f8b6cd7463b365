//! What changes every two seconds: state, verdict, tiles, totals. One request, swapped out of band.

use super::chart::{DRIVERS, away_ms, counted, series_key};
use super::goals::GoalBars;
use super::leaderboard::approximate;
use super::live::View;
use super::spark::Spark;
use super::state::{Pill, pill, refusal, sentence};
use super::verdict::Verdict;
use super::worth::{Worth, shares};
use crate::domain::goal::Goal;
use crate::domain::time::Stamp;
use crate::domain::totals::{Bin, IntervalMedians, SessionTotals};
use crate::domain::watch::WatchState;
use crate::recorder::snapshot::{LiveSession, Refused, Snapshot};
use crate::web::look::Look;
use crate::web::sentences;
use crate::web::sight::{Held as _, Sight};
use crate::web::views;
use crate::words::Words;
use askama::Template;

/// How often the figures ask anew, usually, in milliseconds.
const EVERY_MS: u32 = 2000;
const MINUTE_MS: i64 = 60_000;
/// A viewer count older than this shows its age.
const STALE_MS: i64 = 30_000;
/// Against when viewers are compared.
const COMPARED_MS: i64 = 10 * MINUTE_MS;
/// Of a window, this much must be recorded for a comparison to be fair.
const RECORDED_SHARE: f64 = 0.9;
const DEFAULT_INTERVAL_MS: i64 = 5 * MINUTE_MS;

/// The answer to a poll, and the element in the page that asks.
#[derive(Template)]
#[template(path = "fragments/pulse.html")]
pub struct Pulse<S: Sight> {
    pub ask: Ask,
    /// The title of the window, which carries the state.
    pub title: String,
    pub pill: Pill,
    pub alerts: Alerts,
    pub verdict: Verdict,
    pub goals: GoalBars,
    pub tiles: Option<Tiles<S>>,
    pub totals: Option<Totals<S>>,
}

#[derive(Clone, Template)]
#[template(path = "fragments/pulse_ask.html")]
pub struct Ask {
    pub href: String,
    pub every: String,
    /// How often the chart asks for what is new, in milliseconds.
    pub chart_every_ms: u32,
}

/// What asks for attention: states that are not well, and a disk that cannot be written.
#[derive(Template)]
#[template(path = "fragments/alerts.html")]
pub struct Alerts {
    pub w: &'static Words,
    pub oob: bool,
    pub rows: Vec<Alert>,
}

pub struct Alert {
    /// `warn` or `error`.
    pub tone: &'static str,
    pub text: String,
    /// Whether the connection settings may help.
    pub settings: bool,
}

#[derive(Template)]
#[template(path = "fragments/tiles.html")]
pub struct Tiles<S: Sight> {
    pub w: &'static Words,
    pub oob: bool,
    pub viewers: Tile<S>,
    pub drivers: Vec<Tile<S>>,
}

pub struct Tile<S: Sight> {
    pub series: &'static str,
    pub name: String,
    pub value: String,
    /// Of a value in diamonds, how they are known; empty if they are exact.
    pub diamonds: S::Money<Option<String>>,
    pub spark: Spark,
    pub spark_title: String,
    pub change: Option<Change>,
    pub against: String,
    /// Against what this creator's sessions usually have at this age.
    pub usual: Option<Change>,
    /// The age of a value that is no longer fresh.
    pub age: String,
    pub pressed: bool,
    pub href: String,
}

pub struct Change {
    pub direction: &'static str,
    pub text: String,
}

#[derive(Template)]
#[template(path = "fragments/totals.html")]
pub struct Totals<S: Sight> {
    pub w: &'static Words,
    pub oob: bool,
    pub before: Vec<String>,
    pub money: S::Money<MoneyTotals>,
    pub after: Vec<String>,
}

/// What all gifts add up to.
pub struct MoneyTotals {
    /// Stands before the diamonds.
    pub worth: Option<Worth>,
    pub diamonds: String,
    pub from_gifts: String,
    /// What guests received beside it.
    pub to_guests: Option<String>,
    pub estimate: Option<String>,
}

impl<S: Sight> Pulse<S> {
    #[must_use]
    pub fn new(snapshot: &Snapshot, view: &View, goals: &[Goal], look: &Look, now: Stamp) -> Self {
        let session = snapshot.session.as_deref();
        let shape = shape(snapshot);
        let href =
            format!("{}/f/pulse?creator={}&shape={shape}{}", look.root, snapshot.creator, view.query());
        Self {
            ask: Ask {
                href,
                every: look.every(EVERY_MS),
                chart_every_ms: look.every_ms(super::chart::EVERY_MS),
            },
            title: title(snapshot, session, look),
            pill: pill(snapshot, look, now),
            alerts: Alerts::new(snapshot, look, now),
            verdict: Verdict::live(snapshot, look, now),
            goals: GoalBars::new::<S>(goals, session, look),
            tiles: session.map(|session| Tiles::new(snapshot, session, view, look, now)),
            totals: session.map(|session| Totals::new(session, look)),
        }
    }

    /// The same, to be swapped into a page that already stands.
    #[must_use]
    pub fn out_of_band(mut self) -> Self {
        self.alerts.oob = true;
        self.verdict.oob = true;
        self.goals.oob = true;
        if let Some(tiles) = &mut self.tiles {
            tiles.oob = true;
        }
        if let Some(totals) = &mut self.totals {
            totals.oob = true;
        }
        self
    }
}

/// What a page of this snapshot is made of. A page made of anything else is loaded anew, because
/// other parts belong on it: when a LIVE begins, ends or is stopped.
#[must_use]
pub fn shape(snapshot: &Snapshot) -> String {
    let stopped = if snapshot.state == WatchState::Stopped { "-stopped" } else { "" };
    match snapshot.session.as_ref() {
        Some(session) if session.ended_at.is_some() => format!("{}-ended{stopped}", session.id),
        Some(session) => format!("{}{stopped}", session.id),
        None => format!("none{stopped}"),
    }
}

/// `▲ 1,203 · Live · Pasut`.
fn title(snapshot: &Snapshot, session: Option<&LiveSession>, look: &Look) -> String {
    let live = look.words().t("nav-live");
    let viewers =
        session.filter(|session| session.ended_at.is_none()).and_then(|session| session.totals.viewers.last);
    match viewers {
        Some(viewers) => {
            let change = session.and_then(|session| viewers_change(session, snapshot.at));
            format!("{} {} · {live} · Pasut", glyph(direction_of(change)), views::count(look.lang, viewers))
        }
        None => format!("@{} · {live} · Pasut", snapshot.creator),
    }
}

pub(super) fn glyph(direction: &str) -> &'static str {
    match direction {
        "up" => "▲",
        "down" => "▼",
        _ => "●",
    }
}

pub(super) fn direction_of(change: Option<(i64, i64)>) -> &'static str {
    match change {
        Some((ago, now)) if now > ago => "up",
        Some((ago, now)) if now < ago => "down",
        _ => "",
    }
}

/// Viewers ten minutes ago and now; `None` if either is not known.
pub(super) fn viewers_change(session: &LiveSession, at: Stamp) -> Option<(i64, i64)> {
    let fresh = session.totals.viewers.last_at.is_some_and(|seen| at.ms_since(seen) <= sentences::STALE_MS);
    let now = session.totals.viewers.last.filter(|_| fresh)?;
    let then = at - COMPARED_MS;
    let near = |bin: &&Bin| bin.viewers.last.is_some() && bin.from.ms_since(then).abs() <= STALE_MS;
    let ago = session.bins.iter().filter(near).min_by_key(|bin| bin.from.ms_since(then).abs())?;
    Some((ago.viewers.last?, now))
}

impl Alerts {
    fn new(snapshot: &Snapshot, look: &Look, now: Stamp) -> Self {
        let w = look.words();
        let disk = snapshot.refused.map(|refused| Alert {
            tone: "error",
            text: w.t(refusal(refused)).into_owned(),
            settings: false,
        });
        // Without a session the verdict itself says the state.
        let state = snapshot.session.as_ref().filter(|_| snapshot.refused != Some(Refused::Session));
        let state = state.and_then(|_| {
            let tone = tone(&snapshot.state)?;
            let settings = tone == "error" && look.may_manage();
            Some(Alert { tone, text: sentence(snapshot, look, now)?, settings })
        });
        Self { w, oob: false, rows: [disk, state].into_iter().flatten().collect() }
    }
}

/// How loud a state is; calm states have their sentence in the verdict or in the pill.
fn tone(state: &WatchState) -> Option<&'static str> {
    match state {
        WatchState::Live | WatchState::Waiting { .. } | WatchState::Connecting | WatchState::Stopped => None,
        WatchState::Paused
        | WatchState::Reconnecting { .. }
        | WatchState::Silent { .. }
        | WatchState::Unfed { .. }
        | WatchState::RateLimited { .. } => Some("warn"),
        WatchState::Blocked { .. }
        | WatchState::NotFound { .. }
        | WatchState::Restricted { .. }
        | WatchState::NoInternet { .. } => Some("error"),
    }
}

impl<S: Sight> Tiles<S> {
    fn new(snapshot: &Snapshot, session: &LiveSession, view: &View, look: &Look, now: Stamp) -> Self {
        let w = look.words();
        let at = snapshot.at;
        Self {
            w,
            oob: false,
            viewers: viewers_tile(session, look, at, now),
            drivers: DRIVERS.into_iter().map(|key| driver_tile(key, snapshot, session, view, look)).collect(),
        }
    }
}

fn viewers_tile<S: Sight>(session: &LiveSession, look: &Look, at: Stamp, now: Stamp) -> Tile<S> {
    let w = look.words();
    let viewers = &session.totals.viewers;
    let age_ms = viewers.last_at.map_or(0, |seen| now.ms_since(seen));
    let old = age_ms > STALE_MS || session.ended_at.is_some();
    Tile {
        series: "viewers",
        name: w.t("viewers-now").into_owned(),
        value: viewers.last.map_or(views::NOTHING.to_owned(), |n| views::count(look.lang, n)),
        diamonds: S::money(|| None),
        spark: Spark::new(&per_minute(session, at, |bins| {
            bins.iter().rev().find_map(|bin| bin.viewers.last)
        })),
        spark_title: w.with("spark-title", [("name", w.t("viewers"))].map(|(k, v)| (k, v.into()))),
        change: viewers_change(session, at).map(|(ago, now)| change(look, ago, now)),
        against: w.t("against-10-min").into_owned(),
        usual: match (viewers.last, &session.usual) {
            (Some(now), Some(usual)) if !old => change_from(look, usual.viewers, now as f64),
            _ => None,
        },
        age: if old && viewers.last_at.is_some() {
            w.with("age", [("dur", views::minutes(look.lang, age_ms).into())])
        } else {
            String::new()
        },
        pressed: false,
        href: String::new(),
    }
}

fn driver_tile<S: Sight>(
    key: &'static str,
    snapshot: &Snapshot,
    session: &LiveSession,
    view: &View,
    look: &Look,
) -> Tile<S> {
    let w = look.words();
    let length_ms = session.interval.as_ref().map_or(DEFAULT_INTERVAL_MS, |interval| interval.length_ms);
    let at = snapshot.at;
    let count = |bins: &[Bin]| bins.iter().map(|bin| counted::<S>(&bin.counts, key)).sum::<i64>();
    let name = w.t(series_key(key));
    let recent = between(&session.bins, at - length_ms, at);
    let before = between(&session.bins, at - 2 * length_ms, at - length_ms);
    let value = count(recent);
    let estimated = value > 0 && session.totals.is_estimated();
    let diamonds = S::money(|| {
        let shares = || if estimated { shares(&session.totals.known(), look) } else { String::new() };
        (key == "gifts").then(shares)
    });
    let comparable =
        [at - length_ms, at - 2 * length_ms].iter().all(|from| is_recorded(session, *from, length_ms, at));
    Tile {
        series: key,
        name: w.with("tile-name", [("name", name.clone().into()), ("min", (length_ms / MINUTE_MS).into())]),
        value: match diamonds.shown() {
            Some(Some(_)) => approximate(look, value, estimated),
            _ => views::count(look.lang, value),
        },
        diamonds,
        spark: Spark::new(&per_minute(session, at, |bins| Some(count(bins)))),
        spark_title: w.with("spark-title", [("name", name.into())]),
        change: comparable.then(|| change(look, count(before), value)),
        against: if comparable {
            w.t("against-before").into_owned()
        } else {
            w.t("against-nothing").into_owned()
        },
        usual: session
            .usual
            .filter(|_| is_recorded(session, at - length_ms, length_ms, at))
            .and_then(|usual| change_from(look, usually::<S>(&usual.counts, key), value as f64)),
        age: String::new(),
        pressed: view.shows(key),
        href: look.root.live(snapshot.creator.as_str(), &view.toggled(key).query()),
    }
}

/// Against nothing there is no part of it to tell, so the number itself is told.
fn change(look: &Look, before: i64, now: i64) -> Change {
    let text = match views::change(look.lang, before as f64, now as f64) {
        Some(text) => text,
        None if now > 0 => views::signed(look.lang, now),
        None => views::count(look.lang, 0),
    };
    // A change too small to be written is none.
    let direction = if text == "0%" { "" } else { direction_of(Some((before, now))) };
    Change { direction, text }
}

/// `None` where there is usually nothing, or nothing is known.
fn change_from(look: &Look, usual: f64, now: f64) -> Option<Change> {
    let text = views::change(look.lang, usual, now)?;
    let direction = match text.chars().next() {
        Some('+' | '×') => "up",
        Some('−') => "down",
        _ => "",
    };
    Some(Change { direction, text })
}

/// What an interval of that age usually counts of a series, as [`counted`] does.
fn usually<S: Sight>(counts: &IntervalMedians, key: &str) -> f64 {
    match key {
        "likes" => counts.likes,
        "comments" => counts.comments,
        "gifts" => S::usual_gifts(counts),
        "follows" => counts.follows,
        _ => counts.shares,
    }
}

impl Change {
    #[must_use]
    pub fn glyph(&self) -> &'static str {
        glyph(self.direction)
    }
}

/// The bins of a stretch of time.
fn between(bins: &[Bin], from: Stamp, to: Stamp) -> &[Bin] {
    let first = bins.partition_point(|bin| bin.from < from);
    let last = bins.partition_point(|bin| bin.from < to);
    &bins[first..last.max(first)]
}

/// Whether enough of a window was recorded for its count to be compared.
fn is_recorded(session: &LiveSession, from: Stamp, length_ms: i64, at: Stamp) -> bool {
    let away_ms = away_ms(&session.gaps, from, from + length_ms, at);
    from >= session.start.recorded_from && away_ms as f64 <= length_ms as f64 * (1.0 - RECORDED_SHARE)
}

/// The last half hour minute by minute. A minute without a bin was quiet, unless nothing could be seen.
pub(super) fn per_minute(
    session: &LiveSession,
    at: Stamp,
    value: impl Fn(&[Bin]) -> Option<i64>,
) -> Vec<Option<f64>> {
    let end = at.floor_to(MINUTE_MS);
    let minute = |i: i64| {
        let from = end - i * MINUTE_MS;
        let bins = between(&session.bins, from, from + MINUTE_MS);
        let unseen = from < session.start.recorded_from.floor_to(MINUTE_MS)
            || away_ms(&session.gaps, from, from + MINUTE_MS, at) > 0;
        if bins.is_empty() && unseen { None } else { value(bins).map(|n| n as f64) }
    };
    (1..=30).rev().map(minute).collect()
}

impl<S: Sight> Totals<S> {
    fn new(session: &LiveSession, look: &Look) -> Self {
        let w = look.words();
        let totals = &session.totals;
        let counted = |key: &str, n: i64| w.with(key, [("n", n.into())]);
        let since = views::clock_zone(look, session.start.recorded_from);
        let mut before = vec![
            w.with("totals-since", [("time", since.into())]),
            counted("likes-count", totals.likes),
            counted("comments-count", totals.comments),
        ];
        if !S::MONEY {
            before.push(counted("gifts-count", totals.gift_units));
        }
        Self {
            w,
            oob: false,
            before,
            money: S::money(|| MoneyTotals::new(totals, look)),
            after: vec![
                counted("follows-count", totals.follows),
                counted("shares-count", totals.shares),
                w.with("recorded-share", [("share", views::percent(look.lang, session.coverage).into())]),
            ],
        }
    }
}

impl MoneyTotals {
    fn new(totals: &SessionTotals, look: &Look) -> Self {
        let to_guests = totals.diamonds - totals.diamonds_to_creator;
        Self {
            worth: Worth::new("worth-session", &totals.known(), look),
            diamonds: views::count(look.lang, totals.diamonds_to_creator),
            from_gifts: look.words().with("totals-from-gifts", [("n", totals.gift_units.into())]),
            to_guests: (to_guests > 0).then(|| approximate(look, to_guests, totals.is_estimated())),
            estimate: views::estimate(look, totals.diamonds_to_creator),
        }
    }
}
