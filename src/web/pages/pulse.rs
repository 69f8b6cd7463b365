//! What changes every two seconds: state, verdict, tiles, totals. One request, swapped out of band.

use super::chart::{DRIVERS, away_ms, counted, series_key};
use super::leaderboard::approximate;
use super::live::View;
use super::spark::Spark;
use super::state::{Pill, pill, sentence};
use crate::domain::time::Stamp;
use crate::domain::totals::Bin;
use crate::domain::watch::WatchState;
use crate::recorder::snapshot::{LiveSession, Snapshot};
use crate::web::look::Look;
use crate::web::views;
use crate::web::words::Words;
use askama::Template;

const EVERY: &str = "2s";
const MINUTE_MS: i64 = 60_000;
/// A viewer count older than this shows its age; twice as old, it is no basis for a verdict.
const STALE_MS: i64 = 30_000;
/// Against when viewers are compared.
const COMPARED_MS: i64 = 10 * MINUTE_MS;
/// How much must be recorded before anything is said about viewers.
const TOO_EARLY_MS: i64 = 15 * MINUTE_MS;
const TOO_EARLY_STEP_MS: i64 = 5 * MINUTE_MS;
/// Within this share viewers count as steady.
const STEADY: f64 = 0.05;
/// Of a window, this much must be recorded for a comparison to be fair.
const RECORDED_SHARE: f64 = 0.9;
const DEFAULT_INTERVAL_MS: i64 = 5 * MINUTE_MS;

/// The answer to a poll, and the element in the page that asks.
#[derive(Template)]
#[template(path = "fragments/pulse.html")]
pub struct Pulse {
    pub ask: Ask,
    /// The title of the window, which carries the state.
    pub title: String,
    pub pill: Pill,
    pub alerts: Alerts,
    pub verdict: Verdict,
    pub tiles: Option<Tiles>,
    pub totals: Option<Totals>,
}

#[derive(Clone, Template)]
#[template(path = "fragments/pulse_ask.html")]
pub struct Ask {
    pub href: String,
    pub every: &'static str,
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
#[template(path = "fragments/verdict.html")]
pub struct Verdict {
    pub w: &'static Words,
    pub oob: bool,
    /// `up`, `down`, or empty.
    pub direction: &'static str,
    pub delta: String,
    pub delta_label: String,
    pub claim: String,
    pub evidence: Option<String>,
    pub link: Option<(String, String)>,
    pub stale: bool,
    /// Read out when it changes; not for sentences that count seconds.
    pub announced: bool,
}

#[derive(Template)]
#[template(path = "fragments/tiles.html")]
pub struct Tiles {
    pub w: &'static Words,
    pub oob: bool,
    pub viewers: Tile,
    pub drivers: Vec<Tile>,
}

pub struct Tile {
    pub series: &'static str,
    pub name: String,
    pub value: String,
    pub diamonds: bool,
    pub spark: Spark,
    pub spark_title: String,
    pub change: Option<Change>,
    pub against: String,
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
pub struct Totals {
    pub w: &'static Words,
    pub oob: bool,
    pub parts: Vec<Part>,
}

/// A figure of the totals line; `diamonds` puts the sign between the two texts.
pub struct Part {
    pub text: String,
    pub diamonds: bool,
    pub rest: String,
}

impl Pulse {
    #[must_use]
    pub fn new(snapshot: &Snapshot, view: &View, look: &Look, now: Stamp) -> Self {
        let session = snapshot.session.as_deref();
        let shape = Self::shape(snapshot);
        let href = format!("/f/pulse?creator={}&shape={shape}{}", snapshot.creator, view.query());
        Self {
            ask: Ask { href, every: EVERY },
            title: title(snapshot, session, look),
            pill: pill(snapshot, look, now),
            alerts: Alerts::new(snapshot, look, now),
            verdict: Verdict::new(snapshot, look, now),
            tiles: session.map(|session| Tiles::new(snapshot, session, view, look, now)),
            totals: session.map(|session| Totals::new(session, look)),
        }
    }

    /// The same, to be swapped into a page that already stands.
    #[must_use]
    pub fn out_of_band(mut self) -> Self {
        self.alerts.oob = true;
        self.verdict.oob = true;
        if let Some(tiles) = &mut self.tiles {
            tiles.oob = true;
        }
        if let Some(totals) = &mut self.totals {
            totals.oob = true;
        }
        self
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

fn glyph(direction: &str) -> &'static str {
    match direction {
        "up" => "▲",
        "down" => "▼",
        _ => "●",
    }
}

fn direction_of(change: Option<(i64, i64)>) -> &'static str {
    match change {
        Some((ago, now)) if now > ago => "up",
        Some((ago, now)) if now < ago => "down",
        _ => "",
    }
}

/// Viewers ten minutes ago and now; `None` if either is not known.
fn viewers_change(session: &LiveSession, at: Stamp) -> Option<(i64, i64)> {
    let fresh = session.totals.viewers.last_at.is_some_and(|seen| at.ms_since(seen) <= 2 * STALE_MS);
    let now = session.totals.viewers.last.filter(|_| fresh)?;
    let then = at - COMPARED_MS;
    let near = |bin: &&Bin| bin.viewers.last.is_some() && bin.from.ms_since(then).abs() <= STALE_MS;
    let ago = session.bins.iter().filter(near).min_by_key(|bin| bin.from.ms_since(then).abs())?;
    Some((ago.viewers.last?, now))
}

impl Alerts {
    fn new(snapshot: &Snapshot, look: &Look, now: Stamp) -> Self {
        let w = look.words();
        let disk_full = snapshot.session.as_ref().is_some_and(|session| session.disk_full);
        let disk = disk_full.then(|| Alert {
            tone: "error",
            text: w.t("state-disk-full").into_owned(),
            settings: false,
        });
        // Without a session the verdict itself says the state.
        let state = snapshot.session.as_ref().and_then(|_| {
            let tone = tone(&snapshot.state)?;
            Some(Alert { tone, text: sentence(snapshot, look, now)?, settings: tone == "error" })
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
        | WatchState::RateLimited { .. } => Some("warn"),
        WatchState::Blocked { .. }
        | WatchState::NotFound { .. }
        | WatchState::Restricted { .. }
        | WatchState::NoInternet { .. } => Some("error"),
    }
}

/// Where a person can do something about a creator who cannot be watched.
const fn remedy(state: &WatchState) -> Option<(&'static str, &'static str)> {
    match state {
        WatchState::NotFound { .. } => Some(("/creators", "manage-creators")),
        WatchState::Blocked { .. } | WatchState::RateLimited { .. } | WatchState::Restricted { .. } => {
            Some(("/settings/connection", "connection"))
        }
        _ => None,
    }
}

impl Verdict {
    fn new(snapshot: &Snapshot, look: &Look, now: Stamp) -> Self {
        let w = look.words();
        let mut verdict = Self {
            w,
            oob: false,
            direction: "",
            delta: String::new(),
            delta_label: w.t("viewers").into_owned(),
            claim: String::new(),
            evidence: None,
            link: None,
            stale: false,
            announced: false,
        };
        let Some(session) = snapshot.session.as_deref() else {
            verdict.claim =
                sentence(snapshot, look, now).unwrap_or_else(|| w.t("verdict-first").into_owned());
            verdict.link =
                remedy(&snapshot.state).map(|(href, key)| (href.to_owned(), w.t(key).into_owned()));
            return verdict;
        };
        if let Some(last) = session.totals.viewers.last {
            verdict.delta = views::count(look.lang, last);
        }
        if session.ended_at.is_some() {
            verdict.claim = w.t("state-ended").into_owned();
            verdict.link = Some((format!("/sessions/{}", session.id), w.t("see-recap").into_owned()));
            verdict.delta =
                session.totals.viewers.peak.map_or(verdict.delta, |peak| views::count(look.lang, peak));
            verdict.delta_label = w.t("peak-viewers").into_owned();
            verdict.evidence = sentence(snapshot, look, now);
            return verdict;
        }
        verdict.judge(snapshot, session, look, now);
        verdict
    }

    /// The facts of a running session: first what makes them unsure, then what they are.
    fn judge(&mut self, snapshot: &Snapshot, session: &LiveSession, look: &Look, now: Stamp) {
        let w = look.words();
        self.announced = true;
        // In steps, so that what is read out does not change every second.
        let duration = |ms: i64| views::minutes(look.lang, ms / 10_000 * 10_000).into();
        if let Some(gap) = session.gaps.last().filter(|gap| gap.to.is_none()) {
            self.stale = true;
            self.claim = w.with("band-gap", [("dur", duration(gap.ms(now)))]);
            return;
        }
        let age_ms = session.totals.viewers.last_at.map(|seen| now.ms_since(seen));
        if let Some(age_ms) = age_ms.filter(|age| *age > 2 * STALE_MS) {
            self.stale = true;
            self.claim = w.with("band-stale", [("dur", duration(age_ms))]);
            return;
        }
        let change = viewers_change(session, snapshot.at);
        if let Some((ago, viewers)) = change {
            self.direction = direction_of(change);
            self.delta = views::signed(look.lang, viewers - ago);
            self.delta_label = w.t("viewers-in-10-min").into_owned();
        }
        let recorded_ms =
            (snapshot.at.ms_since(session.start.recorded_from) as f64 * session.coverage) as i64;
        if recorded_ms < TOO_EARLY_MS {
            let have = recorded_ms.max(0) / TOO_EARLY_STEP_MS;
            let minutes = (TOO_EARLY_MS - recorded_ms.max(0)).div_euclid(MINUTE_MS) + 1;
            let need = TOO_EARLY_MS / TOO_EARLY_STEP_MS;
            self.claim = w.with(
                "verdict-too-early",
                [("have", have.into()), ("need", need.into()), ("min", minutes.into())],
            );
            self.evidence = Some(w.t("verdict-needs").into_owned());
            return;
        }
        self.evidence = Some(w.t("verdict-why-open").into_owned());
        self.claim = match change {
            None => w.t("verdict-nothing-to-compare").into_owned(),
            Some((ago, viewers)) if (viewers - ago).abs() as f64 <= STEADY * ago.max(1) as f64 => {
                (self.direction, self.evidence) = ("", None);
                w.with("band-steady", [("x", views::decimal(look.lang, STEADY * 100.0).into())])
            }
            Some((ago, viewers)) => {
                let share = views::percent(
                    look.lang,
                    ((viewers - ago).abs() as f64 / ago.max(1) as f64 * 100.0).round() / 100.0,
                );
                let key = if viewers > ago { "verdict-up" } else { "verdict-down" };
                w.with(key, [("effect", share.into())])
            }
        };
    }

    #[must_use]
    pub fn glyph(&self) -> &'static str {
        glyph(self.direction)
    }
}

impl Tiles {
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

fn viewers_tile(session: &LiveSession, look: &Look, at: Stamp, now: Stamp) -> Tile {
    let w = look.words();
    let viewers = &session.totals.viewers;
    let age_ms = viewers.last_at.map_or(0, |seen| now.ms_since(seen));
    let old = age_ms > STALE_MS || session.ended_at.is_some();
    Tile {
        series: "viewers",
        name: w.t("viewers-now").into_owned(),
        value: viewers.last.map_or(views::NOTHING.to_owned(), |n| views::count(look.lang, n)),
        diamonds: false,
        spark: Spark::new(&per_minute(session, at, |bins| {
            bins.iter().rev().find_map(|bin| bin.viewers.last)
        })),
        spark_title: w.with("spark-title", [("name", w.t("viewers"))].map(|(k, v)| (k, v.into()))),
        change: viewers_change(session, at).and_then(|(ago, now)| change(look, ago, now)),
        against: w.t("against-10-min").into_owned(),
        age: if old && viewers.last_at.is_some() {
            w.with("age", [("dur", views::minutes(look.lang, age_ms).into())])
        } else {
            String::new()
        },
        pressed: false,
        href: String::new(),
    }
}

fn driver_tile(
    key: &'static str,
    snapshot: &Snapshot,
    session: &LiveSession,
    view: &View,
    look: &Look,
) -> Tile {
    let w = look.words();
    let length_ms = session.interval.as_ref().map_or(DEFAULT_INTERVAL_MS, |interval| interval.length_ms);
    let at = snapshot.at;
    let count = |bins: &[Bin]| bins.iter().map(|bin| counted(&bin.counts, key, look.money)).sum::<i64>();
    let name = w.t(series_key(key));
    let recent = between(&session.bins, at - length_ms, at);
    let before = between(&session.bins, at - 2 * length_ms, at - length_ms);
    let value = count(recent);
    let money = key == "gifts" && look.money;
    let comparable =
        [at - length_ms, at - 2 * length_ms].iter().all(|from| is_recorded(session, *from, length_ms, at));
    Tile {
        series: key,
        name: w.with("tile-name", [("name", name.clone().into()), ("min", (length_ms / MINUTE_MS).into())]),
        value: if money {
            approximate(look, value, value > 0 && session.totals.is_estimated())
        } else {
            views::count(look.lang, value)
        },
        diamonds: money,
        spark: Spark::new(&per_minute(session, at, |bins| Some(count(bins)))),
        spark_title: w.with("spark-title", [("name", name.into())]),
        change: comparable.then(|| change(look, count(before), value)).flatten(),
        against: if comparable {
            w.t("against-before").into_owned()
        } else {
            w.t("against-nothing").into_owned()
        },
        age: String::new(),
        pressed: view.shows(key),
        href: format!("/live?creator={}{}", snapshot.creator, view.toggled(key).query()),
    }
}

fn change(look: &Look, before: i64, now: i64) -> Option<Change> {
    let text = match views::change(look.lang, before as f64, now as f64) {
        Some(text) => text,
        None if now > 0 => views::signed(look.lang, now),
        None => return None,
    };
    // A change too small to be written is none.
    let direction = if text == "0%" { "" } else { direction_of(Some((before, now))) };
    Some(Change { direction, text })
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
fn per_minute(session: &LiveSession, at: Stamp, value: impl Fn(&[Bin]) -> Option<i64>) -> Vec<Option<f64>> {
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

impl Totals {
    fn new(session: &LiveSession, look: &Look) -> Self {
        let w = look.words();
        let totals = &session.totals;
        let plain = |text: String| Part { text, diamonds: false, rest: String::new() };
        let counted = |key: &str, n: i64| plain(w.with(key, [("n", n.into())]));
        let since = views::clock_zone(look, session.start.recorded_from);
        let mut parts = vec![
            plain(w.with("totals-since", [("time", since.into())])),
            counted("likes-count", totals.likes),
            counted("comments-count", totals.comments),
        ];
        if look.money {
            let estimated = totals.is_estimated();
            parts.push(Part {
                text: approximate(look, totals.diamonds_to_creator, estimated),
                diamonds: true,
                rest: w.with("totals-from-gifts", [("n", totals.gift_units.into())]),
            });
            let to_guests = totals.diamonds - totals.diamonds_to_creator;
            if to_guests > 0 {
                let text = format!("+ {}", approximate(look, to_guests, estimated));
                parts.push(Part { text, diamonds: true, rest: w.t("to-guests").into_owned() });
            }
        } else {
            parts.push(counted("gifts-count", totals.gift_units));
        }
        parts.push(counted("follows-count", totals.follows));
        parts.push(counted("shares-count", totals.shares));
        parts.push(plain(
            w.with("recorded-share", [("share", views::percent(look.lang, session.coverage).into())]),
        ));
        Self { w, oob: false, parts }
    }
}
