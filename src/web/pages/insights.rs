//! Why viewers changed: each driver with what it rests on, what was tried, and how it is computed.

use super::left::LeftNote;
use super::moments::marker_name;
use super::plots::{Around, Forest, LagStrip, activity_first, percent};
use super::shell::{Nav, Shell, Visit};
use super::trial::TrialCard;
use super::verdict::{Claim, Dots};
use crate::domain::answer::{Answer, Burst, DriverAnswer, Level, PooledDriver};
use crate::domain::driver::Driver;
use crate::domain::experiment::{Afterwards, Lift};
use crate::domain::gift::Tier;
use crate::domain::handle::Handle;
use crate::domain::ids::SessionId;
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::reports::insights::{Found, Insights, Outside, TIERS};
use crate::web::look::Look;
use crate::web::sentences::{driver_sentence, level_word, viewers, within};
use crate::web::views;
use crate::words::Words;
use askama::Template;
use std::sync::Arc;

/// Ranges of days that can be chosen.
pub const DAYS: [i64; 3] = [7, 30, 90];

/// Moments that a card lists, unless its driver was chosen.
const MOMENTS: usize = 6;

/// What was tried is coloured up or down if chance reaches it no more often than this.
const BEYOND_CHANCE: f64 = 0.05;

#[derive(Template)]
#[template(path = "pages/insights.html")]
pub struct InsightsPage {
    pub shell: Shell,
    pub w: &'static Words,
    pub creator: String,
    pub heading: String,
    pub scopes: Vec<ScopeLink>,
    /// The drawings as a picture and as numbers: what the link says, and where it leads.
    pub files: [(&'static str, String); 2],
    /// Nothing was recorded, or nothing computed: why, and what to do.
    pub empty: Option<(String, String)>,
    pub drivers: Vec<DriverRow>,
    pub zone: String,
    /// What was left out.
    pub left_out: String,
    pub lags: Vec<NumbersRow>,
    pub around: Vec<NumbersRow>,
    /// Over several sessions: viewers per burst in each.
    pub sizes: Vec<NumbersRow>,
    pub outside: Vec<OutsideRow>,
    pub outside_say: String,
    pub outside_dates: bool,
    pub tried: Vec<LiftRow>,
    pub tried_caption: String,
    pub tiers: Vec<LiftRow>,
    pub trend: Option<Trend>,
    pub trial: TrialCard,
    pub left: Option<LeftNote>,
}

pub struct ScopeLink {
    pub href: String,
    pub text: String,
    pub current: bool,
}

/// One driver: what is said, which came first, viewers around its bursts.
pub struct DriverRow {
    pub key: &'static str,
    pub name: String,
    pub chosen: bool,
    pub bars: u8,
    pub level: String,
    pub claim: Claim,
    pub dots: Option<Dots>,
    pub evidence: String,
    /// Over several sessions: of how many, and how much they differ.
    pub sessions: String,
    pub moments: Vec<Moment>,
    /// Address of the page with all moments, and how many.
    pub all_moments: Option<(String, String)>,
    pub lag: Option<LagStrip>,
    pub around: Option<Around>,
    /// Over several sessions, in place of the two others.
    pub forest: Option<Forest>,
    /// What stands in place of the drawings.
    pub waiting: String,
}

pub struct Moment {
    pub href: String,
    pub time: String,
    /// Viewers rose (fell) after it.
    pub hit: bool,
}

/// A minute with one number for each driver.
pub struct NumbersRow {
    pub head: String,
    pub cells: Vec<String>,
}

pub struct OutsideRow {
    pub href: String,
    pub time: String,
    pub viewers: String,
    pub change: String,
    pub then: String,
}

/// What viewers did around moments of one kind.
pub struct LiftRow {
    pub name: String,
    /// Marks of the tier; 0 for marked moments.
    pub tier: usize,
    pub times: String,
    pub before: String,
    pub after: String,
    pub change: String,
    pub direction: &'static str,
    pub by_chance: String,
    pub p: String,
    pub too_early: bool,
}

/// Levels of the newest sessions.
pub struct Trend {
    pub heading: String,
    pub sessions: Vec<(String, String)>,
    pub rows: Vec<TrendRow>,
}

pub struct TrendRow {
    pub key: &'static str,
    pub name: String,
    pub levels: Vec<(u8, String)>,
}

/// What the address asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A session, or the newest one.
    Session(Option<SessionId>),
    Days(i64),
}

impl Asked {
    /// Reads `scope=`; nonsense is the newest session.
    #[must_use]
    pub fn parse(scope: &str) -> Self {
        if let Some(days) = DAYS.into_iter().find(|days| scope == format!("{days}d")) {
            return Self::Days(days);
        }
        Self::Session(scope.strip_prefix("session:").and_then(|id| id.parse().ok()))
    }
}

impl InsightsPage {
    /// The page of `creator`; `insights` is `None` while nothing was recorded.
    #[must_use]
    pub fn new(visit: &Visit, creator: &Handle, insights: Option<&Insights>, chosen: Option<Driver>) -> Self {
        let look = &visit.look;
        let w = look.words();
        let mut page = Self::empty(visit, creator);
        let Some(insights) = insights else { return page };
        match &insights.found {
            Found::InSession { session, answer } => {
                page.one(session, answer.as_deref(), chosen, look, visit.now);
            }
            Found::Over { from, each, pooled } => {
                let days = (visit.now.ms_since(*from) + 1) / 86_400_000;
                page.scopes = scopes(creator, None, Some(days), w);
                page.files = files(creator, None, Some(days));
                page.heading = over(*from, each.len(), pooled.sessions, look, visit.now);
                page.empty = None;
                if each.is_empty() {
                    page.empty =
                        Some((w.t("insights-none").into_owned(), w.t("insights-none-do").into_owned()));
                } else {
                    page.drivers =
                        by_strength(&pooled.drivers).map(|of| pooled_row(of, each, chosen, look)).collect();
                    page.sizes = size_rows(each, &page.drivers, look);
                }
            }
        }
        page.outside_dates = matches!(insights.found, Found::Over { .. });
        page.outside = insights.outside.iter().map(|of| outside_row(of, page.outside_dates, look)).collect();
        page.outside_say = outside_say(&insights.outside, w);
        page.tried = insights
            .tried
            .iter()
            .map(|(kind, lift)| lift_row(marker_name(*kind, w), 0, lift, look))
            .collect();
        page.tried_caption = w.with("tried-caption", [("days", insights.tried_days.into())]);
        page.tiers = TIERS
            .iter()
            .zip(&insights.tiers)
            .map(|(tier, lift)| lift_row(tier_word(*tier, w), *tier as usize + 1, lift, look))
            .collect();
        page.trend = trend(insights, look);
        page.trial = TrialCard::new(&insights.trials, look);
        page.left = LeftNote::new("left-insights", &insights.left, look);
        if page.left.is_some() && !page.outside_dates {
            // Of a session that left, the note says why there is no answer.
            page.empty = None;
        }
        page
    }

    fn empty(visit: &Visit, creator: &Handle) -> Self {
        let look = &visit.look;
        let w = look.words();
        Self {
            shell: Shell::new(visit, Nav::Insights, format!("{} · Pasut", w.t("nav-insights"))),
            w,
            heading: String::new(),
            scopes: scopes(creator, None, None, w),
            files: files(creator, None, None),
            empty: Some((w.t("no-sessions").into_owned(), w.t("no-sessions-do").into_owned())),
            drivers: Vec::new(),
            zone: views::zone_at(look.zone, visit.now),
            left_out: String::new(),
            lags: Vec::new(),
            around: Vec::new(),
            sizes: Vec::new(),
            outside: Vec::new(),
            outside_say: String::new(),
            outside_dates: false,
            tried: Vec::new(),
            tried_caption: String::new(),
            tiers: Vec::new(),
            trend: None,
            trial: TrialCard::new(&[], look),
            left: None,
            creator: creator.to_string(),
        }
    }

    fn one(
        &mut self,
        session: &Session,
        answer: Option<&Answer>,
        chosen: Option<Driver>,
        look: &Look,
        now: Stamp,
    ) {
        let w = look.words();
        self.scopes = scopes(&session.start.creator, Some(session.id), None, w);
        self.files = files(&session.start.creator, Some(session.id), None);
        self.heading = of_session(session, look, now);
        self.zone = views::zone_at(look.zone, session.start.recorded_from);
        self.empty =
            Some((w.t("insights-uncomputed").into_owned(), w.t("insights-uncomputed-do").into_owned()));
        let Some(answer) = answer else { return };
        self.empty = None;
        self.drivers =
            answer.by_strength().into_iter().map(|of| session_row(of, session, chosen, look)).collect();
        if answer.basis.excluded_ms > 0 {
            let length = views::duration(look.lang, answer.basis.excluded_ms);
            self.left_out = w.with("insights-left-out", [("dur", length.into())]);
        }
        self.lags = lag_rows(answer, w);
        self.around = around_rows(answer, w);
    }
}

/// The address of the page. A session names its creator itself.
fn address(creator: &Handle, session: Option<SessionId>, days: Option<i64>) -> String {
    match (session, days) {
        (Some(session), _) => format!("/insights?scope=session:{session}"),
        (None, Some(days)) => format!("/insights?creator={creator}&scope={days}d"),
        (None, None) => format!("/insights?creator={creator}"),
    }
}

/// The page as files.
fn files(creator: &Handle, session: Option<SessionId>, days: Option<i64>) -> [(&'static str, String); 2] {
    let page = address(creator, session, days);
    let query = page.strip_prefix("/insights").expect("that is where the page is");
    [("PNG", format!("/insights.png{query}")), ("CSV", format!("/insights.csv{query}"))]
}

fn scopes(creator: &Handle, session: Option<SessionId>, days: Option<i64>, w: &Words) -> Vec<ScopeLink> {
    let text = if session.is_some() { "scope-session" } else { "scope-newest" };
    let one = ScopeLink {
        href: address(creator, session, None),
        text: w.t(text).into_owned(),
        current: days.is_none(),
    };
    let range = |n: i64| ScopeLink {
        href: address(creator, None, Some(n)),
        text: w.with("scope-days", [("n", n.into())]),
        current: days == Some(n),
    };
    [one].into_iter().chain(DAYS.map(range)).collect()
}

/// `Session of Sat 21 Nov 2026, 19:30 to 20:42 WIB, still running. Recorded 97.7%.`
fn of_session(session: &Session, look: &Look, now: Stamp) -> String {
    let w = look.words();
    let from = session.start.recorded_from;
    let end = session.ended_at.unwrap_or(now);
    let heading = views::stretch(look, from, end);
    let recorded = w.with("recorded-share", [("share", views::percent(look.lang, session.coverage).into())]);
    let key = if session.ended_at.is_some() { "insights-of-session" } else { "insights-of-running" };
    w.with(key, [("session", heading.into()), ("recorded", recorded.into())])
}

fn over(from: Stamp, sessions: usize, judged: usize, look: &Look, now: Stamp) -> String {
    look.words().with(
        "insights-over",
        [
            ("from", views::day(look, from).into()),
            ("to", views::day(look, now).into()),
            ("n", sessions.into()),
            ("judged", judged.into()),
        ],
    )
}

fn by_strength(drivers: &[PooledDriver]) -> impl Iterator<Item = &PooledDriver> {
    let mut drivers: Vec<_> = drivers.iter().collect();
    let p = |of: &PooledDriver| of.answer.p_value.unwrap_or(1.0);
    drivers.sort_by(|a, b| b.answer.level.cmp(&a.answer.level).then(p(a).total_cmp(&p(b))));
    drivers.into_iter()
}

fn session_row(answer: &DriverAnswer, session: &Session, chosen: Option<Driver>, look: &Look) -> DriverRow {
    let w = look.words();
    let row = driver_row(answer, chosen, look);
    let moment = |burst: &Burst| Moment {
        href: moment_address(session.id, session.start.recorded_from, burst.from),
        time: views::clock(look, burst.from),
        hit: burst.hit,
    };
    let all = answer.moments.len();
    let most = if row.chosen { all } else { MOMENTS };
    let href =
        format!("{}&driver={}#{}", address(&session.start.creator, Some(session.id), None), row.key, row.key);
    let name = w.t(within(answer.driver)).into_owned();
    DriverRow {
        moments: answer.moments[all.saturating_sub(most)..].iter().map(moment).collect(),
        all_moments: (all > most).then(|| (href, w.with("moments-all", [("n", all.into())]))),
        lag: LagStrip::new(answer, &name, w),
        around: Around::new(answer, &name, w),
        ..row
    }
}

fn pooled_row(
    of: &PooledDriver,
    each: &[(Session, Arc<Answer>)],
    chosen: Option<Driver>,
    look: &Look,
) -> DriverRow {
    let w = look.words();
    let answer = &of.answer;
    let row = driver_row(answer, chosen, look);
    let judged = w.with("pooled-sessions", [("n", of.sessions.into())]);
    let spread = of.tau.filter(|_| answer.level >= Level::Weak);
    let spread = spread.map(|tau| views::decimal(look.lang, tau * units_per_burst(of)));
    let spread = spread.filter(|n| n != "0").map(|n| w.with("pooled-spread", [("n", n.into())]));
    let each: Vec<_> = each.iter().map(|(_, one)| one.driver(answer.driver)).collect();
    DriverRow {
        forest: Forest::new(answer, &each, &w.t(within(answer.driver)), w),
        sessions: [Some(judged), spread].into_iter().flatten().collect::<Vec<_>>().join(" "),
        ..row
    }
}

/// How many units a usual burst is, so that the spread is told in viewers for each burst as all else is.
fn units_per_burst(of: &PooledDriver) -> f64 {
    match (of.answer.per_burst, of.answer.per_unit) {
        (Some(burst), Some(unit)) if unit.estimate.abs() > f64::EPSILON => {
            (burst.estimate / unit.estimate).abs()
        }
        _ => 1.0,
    }
}

fn driver_row(answer: &DriverAnswer, chosen: Option<Driver>, look: &Look) -> DriverRow {
    let w = look.words();
    let sentence = driver_sentence(answer, w);
    let (before, word, after) = sentence.around_word();
    let name = w.t(answer.driver.as_str()).into_owned();
    DriverRow {
        key: answer.driver.as_str(),
        chosen: chosen == Some(answer.driver),
        bars: answer.level as u8,
        level: level_word(answer.level, w),
        claim: Claim {
            before: before.to_owned(),
            word: word.to_owned(),
            after: after.to_owned(),
            series: if word.is_empty() { "" } else { answer.driver.as_str() },
        },
        dots: Dots::new(answer),
        evidence: sentence.evidence.clone().unwrap_or_default(),
        sessions: String::new(),
        moments: Vec::new(),
        all_moments: None,
        lag: None,
        around: None,
        forest: None,
        waiting: match answer.level {
            Level::Unclear => {
                w.with("insights-waiting", [("driver", w.t(within(answer.driver)).into_owned().into())])
            }
            _ => String::new(),
        },
        name,
    }
}

/// Where a moment of a session is shown.
fn moment_address(session: SessionId, recorded_from: Stamp, at: Stamp) -> String {
    format!("/sessions/{session}?t={}#chart", views::elapsed(at.ms_since(recorded_from)))
}

/// The same numbers as the lag strips, in hundredths: the drivers in the order of the page.
fn lag_rows(answer: &Answer, w: &Words) -> Vec<NumbersRow> {
    let drivers = answer.by_strength();
    let hundredths = |link: f64| views::signed(w.lang(), (link * 100.0).round() as i64);
    let links: Vec<_> = drivers.iter().map(|of| of.evidence.as_ref().map(activity_first)).collect();
    let chance = drivers.iter().map(|of| {
        let reached = of.evidence.as_ref().map(|evidence| (evidence.chance * 100.0).round() as i64);
        reached.map_or(views::NOTHING.to_owned(), |n| format!("±{n}"))
    });
    let minute = |i: usize| NumbersRow {
        head: views::signed(w.lang(), i as i64 - 10),
        cells: links
            .iter()
            .map(|links| {
                links
                    .as_ref()
                    .and_then(|links| links.get(i))
                    .map_or(views::NOTHING.to_owned(), |link| hundredths(*link))
            })
            .collect(),
    };
    let chance = NumbersRow { head: w.t("by-chance").into_owned(), cells: chance.collect() };
    (0..=20).map(minute).chain([chance]).collect()
}

/// The same numbers as the medians around bursts, by the minute.
fn around_rows(answer: &Answer, w: &Words) -> Vec<NumbersRow> {
    let drivers = answer.by_strength();
    let minute = |minute: usize| NumbersRow {
        head: views::signed(w.lang(), minute as i64 - 5),
        cells: drivers
            .iter()
            .map(|of| {
                let median = of.evidence.as_ref().and_then(|evidence| *evidence.median.get(minute * 2)?);
                median.map_or(views::NOTHING.to_owned(), |change| percent(w.lang(), f64::from(change)))
            })
            .collect(),
    };
    (0..=20).map(minute).collect()
}

/// The same numbers as the drawings over several sessions, newest first, drivers in the order of the page.
fn size_rows(each: &[(Session, Arc<Answer>)], order: &[DriverRow], look: &Look) -> Vec<NumbersRow> {
    let w = look.words();
    let cell = |of: &DriverAnswer| match of.per_burst {
        Some(of) => w.with(
            "size-range",
            [
                ("effect", viewers(of.estimate, w).into()),
                ("low", viewers(of.low, w).into()),
                ("high", viewers(of.high, w).into()),
            ],
        ),
        None => views::NOTHING.to_owned(),
    };
    let drivers = || order.iter().filter_map(|row| Driver::parse(row.key));
    let row = |(session, answer): &(Session, Arc<Answer>)| NumbersRow {
        head: views::short_day(look, session.start.recorded_from),
        cells: drivers().map(|driver| cell(answer.driver(driver))).collect(),
    };
    each.iter().rev().map(row).collect()
}

fn outside_say(outside: &[Outside], w: &Words) -> String {
    match outside.iter().map(|of| of.rise.change).max() {
        Some(largest) => {
            let effect = views::signed(w.lang(), largest);
            w.with("outside-say", [("n", outside.len().into()), ("effect", effect.into())])
        }
        None => w.t("outside-none").into_owned(),
    }
}

fn outside_row(of: &Outside, dates: bool, look: &Look) -> OutsideRow {
    let w = look.words();
    let (rise, after) = (&of.rise, of.rise.viewers + of.rise.change);
    let time = views::clock(look, rise.from);
    OutsideRow {
        href: moment_address(of.session, of.recorded_from, rise.from),
        time: if dates { format!("{} {time}", views::short_day(look, rise.from)) } else { time },
        viewers: w.with(
            "outside-viewers",
            [
                ("from", views::count(look.lang, rise.viewers).into()),
                ("to", views::count(look.lang, after).into()),
            ],
        ),
        change: views::signed(look.lang, rise.change),
        then: match of.then {
            Some(Afterwards::Stayed) => w.t("outside-stayed").into_owned(),
            Some(Afterwards::GoneAfter { minutes }) => w.with("outside-gone", [("n", minutes.into())]),
            None => views::NOTHING.to_owned(),
        },
    }
}

fn lift_row(name: String, tier: usize, lift: &Lift, look: &Look) -> LiftRow {
    let whole = |viewers: f64| views::count(look.lang, viewers.round() as i64);
    let of = |value: Option<String>| value.unwrap_or_else(|| views::NOTHING.to_owned());
    let change = lift.around.map(|around| around.change);
    LiftRow {
        name,
        tier,
        times: match lift.known == lift.times {
            true => views::count(look.lang, lift.times as i64),
            false => {
                look.words().with("lift-known", [("known", lift.known.into()), ("of", lift.times.into())])
            }
        },
        before: of(lift.around.map(|around| whole(around.before))),
        after: of(lift.around.map(|around| whole(around.after))),
        direction: match (lift.test, change) {
            (Some(test), Some(change)) if test.p_value <= BEYOND_CHANCE => {
                // The arrow agrees with the sign: less than by chance may still be more than before.
                match (change * 100.0).round() {
                    whole if whole > 0.0 && change > test.by_chance => "up",
                    whole if whole < 0.0 && change < test.by_chance => "down",
                    _ => "",
                }
            }
            _ => "",
        },
        change: of(change.map(|change| percent(look.lang, change))),
        by_chance: of(lift.test.map(|test| percent(look.lang, test.by_chance))),
        p: of(lift.test.map(|test| views::percent(look.lang, test.p_value))),
        too_early: lift.test.is_none(),
    }
}

fn tier_word(tier: Tier, w: &Words) -> String {
    let key = match tier {
        Tier::Standard => "tier-standard",
        Tier::Special => "tier-special",
        Tier::Premium => "tier-premium",
    };
    w.t(key).into_owned()
}

fn trend(insights: &Insights, look: &Look) -> Option<Trend> {
    let w = look.words();
    let sessions = &insights.trend;
    let level = |answer: &Answer, driver| {
        let level = answer.driver(driver).level;
        (level as u8, level_word(level, w))
    };
    let row = |driver: Driver| TrendRow {
        key: driver.as_str(),
        name: w.t(driver.as_str()).into_owned(),
        levels: sessions.iter().map(|(_, answer)| level(answer, driver)).collect(),
    };
    (sessions.len() > 1).then(|| Trend {
        heading: w.with("trend-heading", [("n", sessions.len().into())]),
        sessions: sessions
            .iter()
            .map(|(session, _)| {
                let href = address(&session.start.creator, Some(session.id), None);
                let day = views::short_day(look, session.start.recorded_from);
                // Without its weekday, so that seven sessions fit beside each other.
                (href, day.split_once(' ').map_or(day.clone(), |(_, date)| date.to_owned()))
            })
            .collect(),
        rows: Driver::ALL.map(row).into(),
    })
}

#[cfg(test)]
mod tests;
