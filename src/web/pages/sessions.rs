//! The past at a glance: what a stretch of days adds up to against the one before, the best hours of
//! the week, and the sessions themselves.

pub mod view;

use super::heat::Heat;
use super::leaderboard::approximate;
use super::left::LeftNote;
use super::pulse::{Change, direction_of};
use super::shell::{Nav, Shell, Visit};
use super::spark::Spark;
use super::worth::Worth;
use crate::domain::answer::Level;
use crate::domain::days::Days;
use crate::domain::driver::Driver;
use crate::domain::session::Origin;
use crate::domain::time::Stamp;
use crate::recorder::snapshot::Snapshot;
use crate::reports::past::{Listed, PAGE, Past, Sort, Sums};
use crate::web::look::Look;
use crate::web::sentences::{STEADY, level_word};
use crate::web::sight::{Held as _, Sight};
use crate::web::views;
use crate::words::Words;
use askama::Template;
use std::sync::Arc;
use view::{SORTS, View};

/// Below this share of recorded time a session says so in colour.
const WELL_RECORDED: f64 = 0.95;

/// Fewer sessions than this on either side, and nothing is said about growth.
const ENOUGH: usize = 3;

#[derive(Template)]
#[template(path = "pages/sessions.html")]
pub struct SessionsPage<S: Sight> {
    pub shell: Shell,
    pub w: &'static Words,
    /// Whether two of them may be compared.
    pub compares: bool,
    pub one_creator: bool,
    pub filters: Filters,
    /// What the form keeps beside its fields: the order of the list, the measure of best times.
    pub kept: Vec<(&'static str, String)>,
    /// Whether sessions grew, and of which days that is.
    pub growing: String,
    pub dates: String,
    pub tiles: Vec<Tile<S>>,
    pub heat: Option<Heat>,
    /// What the hours of the week are without.
    pub left: Option<LeftNote>,
    /// By viewers, by diamonds: the choice, for the owner.
    pub measures: Vec<Choice>,
    pub heads: Vec<Head>,
    pub rows: Vec<Row<S>>,
    /// How many sessions there are, and which of them are shown.
    pub found: String,
    /// Nothing was ever recorded, rather than filtered away.
    pub nothing: bool,
    pub narrowed: bool,
    pub newer: Option<String>,
    pub older: Option<String>,
}

/// The values of the form.
pub struct Filters {
    pub creators: Vec<(String, bool)>,
    pub from: String,
    pub to: String,
    pub notes: String,
    pub tags: Vec<(String, bool)>,
    pub gifts: bool,
    pub gaps: bool,
}

pub struct Choice {
    pub href: String,
    pub text: String,
    pub current: bool,
}

/// One sum with that of the days before.
pub struct Tile<S: Sight> {
    pub name: String,
    pub series: &'static str,
    pub value: String,
    /// Of a value in diamonds.
    pub diamonds: S::Money<Option<Diamonds>>,
    /// Beside the value: the hours that sessions took.
    pub note: String,
    pub change: Option<Change>,
    pub before: String,
}

/// What there is to say of diamonds beside their number.
pub struct Diamonds {
    /// Stands before the number.
    pub worth: Option<Worth>,
    /// What they may be worth in money.
    pub estimate: Option<String>,
}

/// The head of a column that sorts.
pub struct Head {
    pub key: &'static str,
    pub href: String,
    pub text: String,
    pub diamonds: bool,
    /// `ascending` or `descending`, if the list is sorted by it.
    pub sorted: &'static str,
    pub low: bool,
}

pub struct Row<S: Sight> {
    pub id: String,
    pub href: String,
    pub creator: String,
    pub day: String,
    pub time: String,
    /// `+1` if it passed midnight.
    pub next_day: bool,
    pub length: String,
    pub running: bool,
    /// The word for how it reached us, where it was no connection of ours.
    pub origin: Option<&'static str>,
    pub average: String,
    pub peak: String,
    pub diamonds: S::Money<String>,
    pub follows: String,
    /// How many bars, and who came first, if that was answered.
    pub verdict: Option<(u8, String)>,
    pub recorded: String,
    pub well_recorded: bool,
    pub notes: String,
    pub tags: Vec<String>,
    pub spark: Spark,
    pub parts: Vec<PartLink>,
}

/// A link to an earlier part of a continued session.
pub struct PartLink {
    pub href: String,
    pub text: String,
}

impl<S: Sight> SessionsPage<S> {
    #[must_use]
    pub fn new(visit: &Visit<S>, past: &Past, view: &View) -> Self {
        let look = &visit.look;
        let w = look.words();
        let page = |number: usize| view.on_page(number).address();
        let last = past.found.div_ceil(PAGE).max(1);
        Self {
            shell: Shell::new(visit, Nav::Sessions, format!("{} · Pasut", w.t("nav-sessions"))).asking(),
            w,
            compares: look.may_manage(),
            one_creator: visit.watched.len() < 2 && view.wanted.creator.is_none(),
            filters: filters(visit, past, view),
            kept: vec![
                ("sort", view.sort_name()),
                ("heat", if view.by_value { "value".into() } else { String::new() }),
            ],
            growing: growing(past, look),
            dates: dates(past, visit),
            tiles: tiles(past, look),
            heat: heat(past, view, visit),
            left: LeftNote::new("left-times", &past.left, look),
            measures: measures::<S>(view, w),
            heads: heads(view, visit),
            rows: past.listed.iter().map(|listed| row(listed, visit)).collect(),
            found: found(past, w),
            nothing: !past.any && view.wanted.creator.is_none(),
            narrowed: view.narrows(),
            newer: (past.page > 1).then(|| page(past.page - 1)),
            older: (past.page < last).then(|| page(past.page + 1)),
        }
    }
}

fn filters<S>(visit: &Visit<S>, past: &Past, view: &View) -> Filters {
    let wanted = &view.wanted;
    let chosen = wanted.creator.as_ref();
    let mut creators: Vec<_> = visit
        .watched
        .iter()
        .map(|snapshot| (snapshot.creator.to_string(), chosen == Some(&snapshot.creator)))
        .collect();
    // Whose recordings are kept but who is not watched any more.
    if let Some(other) = chosen.filter(|_| creators.iter().all(|(_, current)| !current)) {
        creators.push((other.to_string(), true));
    }
    let mut tags: Vec<_> =
        past.tags.iter().map(|tag| (tag.as_str().to_owned(), wanted.tag.as_ref() == Some(tag))).collect();
    if let Some(other) = wanted.tag.as_ref().filter(|tag| !past.tags.contains(tag)) {
        tags.push((other.as_str().to_owned(), true));
    }
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    Filters {
        creators,
        from: day(wanted.from),
        to: day(wanted.to),
        notes: wanted.notes.clone(),
        tags,
        gifts: wanted.with_gifts,
        gaps: wanted.with_gaps,
    }
}

/// `Yes: 706 viewers on average, 630 in the 30 days before (+12%).`
fn growing(past: &Past, look: &Look) -> String {
    let w = look.words();
    let days = ("days", past.days.count().into());
    let (sums, before) = (&past.sums, &past.sums_before);
    let averages = sums.average_viewers().zip(before.average_viewers());
    let judged =
        averages.filter(|(_, earlier)| sums.sessions.min(before.sessions) >= ENOUGH && *earlier > 0.0);
    let Some((now, earlier)) = judged else {
        return w.with(
            "growing-early",
            [("now", sums.sessions.into()), ("before", before.sessions.into()), days],
        );
    };
    let key = match now / earlier - 1.0 {
        change if change > STEADY => "growing-yes",
        change if change < -STEADY => "growing-no",
        _ => "growing-steady",
    };
    let count = |average: f64| views::count(look.lang, average.round() as i64);
    let change = views::change(look.lang, earlier, now).unwrap_or_default();
    w.with(
        key,
        [("now", count(now).into()), ("before", count(earlier).into()), ("change", change.into()), days],
    )
}

/// `Fri 23 Oct 2026 to Sat 21 Nov 2026 WIB, against Wed 23 Sep 2026 to Thu 22 Oct 2026.`
fn dates<S>(past: &Past, visit: &Visit<S>) -> String {
    let zone = views::zone_at(visit.look.zone, visit.now);
    let (days, before) = (span(past.days, &visit.look), span(past.before, &visit.look));
    visit
        .look
        .words()
        .with("sums-dates", [("days", days.into()), ("before", before.into()), ("zone", zone.into())])
}

/// `23 Oct 2026 to 21 Nov 2026`.
fn span(days: Days, look: &Look) -> String {
    span_of(days, views::full_date, look)
}

fn span_of(days: Days, write: fn(&Look, Stamp) -> String, look: &Look) -> String {
    let (from, after) = days.stretch(look.zone);
    let ends = [("from", write(look, from).into()), ("to", write(look, after - 1).into())];
    look.words().with("days-span", ends)
}

fn tiles<S: Sight>(past: &Past, look: &Look) -> Vec<Tile<S>> {
    let (now, before) = (&past.sums, &past.sums_before);
    let known = |value: Option<f64>| value.map_or(views::NOTHING.to_owned(), |n| whole(n, look));
    let tile = |key: &str,
                series: &'static str,
                number: fn(&Sums) -> Option<f64>,
                text: &dyn Fn(&Sums) -> String| Tile {
        name: look.words().t(key).into_owned(),
        series,
        value: text(now),
        diamonds: S::money(|| None),
        note: String::new(),
        change: change(number(before), number(now), look),
        before: compared(text(before), past, look),
    };
    let viewer_hours = |sums: &Sums| known(Some(sums.viewer_hours()));
    let average = |sums: &Sums| known(sums.average_viewers());
    let follows = |sums: &Sums| views::count(look.lang, sums.follows);
    let hours = |sums: &Sums| views::minutes(look.lang, sums.length_ms);
    let sessions = |sums: &Sums| views::count(look.lang, sums.sessions as i64);
    let both = |sums: &Sums| format!("{}, {}", sessions(sums), hours(sums));
    let mut tiles = vec![
        Tile {
            value: sessions(now),
            note: hours(now),
            ..tile("nav-sessions", "", |sums| Some(sums.sessions as f64), &both)
        },
        tile("metric-average", "viewers", Sums::average_viewers, &average),
    ];
    let diamonds = S::money(|| {
        let text = |sums: &Sums| approximate(look, sums.diamonds_to_creator, sums.known.is_estimated());
        Tile {
            value: views::count(look.lang, now.diamonds_to_creator),
            diamonds: S::money(|| {
                Some(Diamonds {
                    worth: Worth::new("worth-sums", &now.known, look),
                    estimate: views::estimate(look, now.diamonds_to_creator),
                })
            }),
            ..tile("diamonds", "gifts", |sums| Some(sums.diamonds_to_creator as f64), &text)
        }
    });
    tiles.push(diamonds.into_shown().unwrap_or_else(|| {
        tile("metric-viewer-hours", "viewers", |sums| Some(sums.viewer_hours()), &viewer_hours)
    }));
    tiles.push(tile("follows", "follows", |sums| Some(sums.follows as f64), &follows));
    tiles
}

fn whole(value: f64, look: &Look) -> String {
    views::count(look.lang, value.round() as i64)
}

fn change(before: Option<f64>, now: Option<f64>, look: &Look) -> Option<Change> {
    let (before, now) = before.zip(now)?;
    let text = views::change(look.lang, before, now)?;
    let per_cent = ((now / before - 1.0) * 100.0).round() as i64;
    Some(Change { direction: direction_of(Some((0, per_cent))), text })
}

/// `before: 630 (23 Sep to 22 Oct)`; the years stand above.
fn compared(value: String, past: &Past, look: &Look) -> String {
    let days = ("days", span_of(past.before, views::date, look).into());
    match past.sums_before.sessions {
        0 => look.words().with("sums-none-before", [days]),
        _ => look.words().with("sums-before", [("value", value.into()), days]),
    }
}

/// The hours of the week that did best.
#[must_use]
pub fn heat<S: Sight>(past: &Past, view: &View, visit: &Visit<S>) -> Option<Heat> {
    let look = &visit.look;
    let zone = views::zone_at(look.zone, visit.now);
    let page = view.on_page(1).address();
    let query = page.strip_prefix("/sessions").expect("that is where the list is");
    let files = super::files(look, |kind| format!("/best-times.{kind}{query}"));
    Heat::new(&past.best, S::MONEY && view.by_value, &span(past.best_days, look), &zone, files, look)
}

fn measures<S: Sight>(view: &View, w: &Words) -> Vec<Choice> {
    let choice = |by_value: bool| Choice {
        href: view.measured(by_value).address(),
        text: w.t(if by_value { "per-viewer-hour" } else { "viewers" }).into_owned(),
        current: view.by_value == by_value,
    };
    if S::MONEY { [false, true].map(choice).into() } else { Vec::new() }
}

fn heads<S: Sight>(view: &View, visit: &Visit<S>) -> Vec<Head> {
    let w = visit.look.words();
    let head = |(key, sort): (&'static str, Sort)| Head {
        key,
        href: view.sorted_by(sort).address(),
        text: match sort {
            Sort::Start => format!("{}, {}", w.t("start-time"), views::zone_at(visit.look.zone, visit.now)),
            Sort::Length => w.t("length").into_owned(),
            Sort::Average => w.t("average").into_owned(),
            Sort::Peak => w.t("peak").into_owned(),
            Sort::Diamonds => String::new(),
            Sort::Follows => w.t("follows").into_owned(),
            Sort::Coverage => w.t("recorded").into_owned(),
        },
        diamonds: sort == Sort::Diamonds,
        sorted: match (view.wanted.sort == sort, view.wanted.ascending) {
            (false, _) => "",
            (true, true) => "ascending",
            (true, false) => "descending",
        },
        low: matches!(sort, Sort::Peak | Sort::Follows),
    };
    SORTS.into_iter().filter(|(_, sort)| S::MONEY || *sort != Sort::Diamonds).map(head).collect()
}

/// `51 sessions, 26 to 50 shown`.
fn found(past: &Past, w: &Words) -> String {
    let n = ("n", past.found.into());
    if past.found <= PAGE {
        return w.with("sessions-found", [n]);
    }
    let first = (past.page - 1) * PAGE + 1;
    w.with(
        "sessions-found-some",
        [n, ("first", first.into()), ("last", (first + past.listed.len() - 1).into())],
    )
}

fn row<S: Sight>(listed: &Listed, visit: &Visit<S>) -> Row<S> {
    let (look, whole) = (&visit.look, &listed.whole);
    let session = &whole.session;
    let lang = look.lang;
    // One without an end may also be what a crash left open, or a past that is still being written.
    let recorded_now =
        |watch: &&Arc<Snapshot>| watch.session.as_ref().is_some_and(|live| live.id == session.id);
    let live = visit.watched.iter().find(recorded_now).filter(|_| session.ended_at.is_none());
    // Of a running session, what its own page says now.
    let now = live.and_then(|watch| watch.session.as_ref()?.answer.as_ref());
    let leading = match now.and_then(|answer| answer.by_strength().first().map(|of| (of.driver, of.level))) {
        Some(leading) => Some(leading),
        None => listed.leading,
    };
    let known = |n: Option<i64>| n.map_or(views::NOTHING.to_owned(), |n| views::count(lang, n));
    let spark: Vec<_> = listed.spark.iter().map(|value| value.map(|n| n as f64)).collect();
    Row {
        id: session.id.to_string(),
        href: format!("/sessions/{}", session.id),
        creator: session.creator.to_string(),
        day: views::short_day(look, session.from),
        time: views::clock(look, session.from),
        next_day: session.ended_at.is_some_and(|to| views::crosses_midnight(look, session.from, to)),
        length: views::minutes(lang, session.length_ms),
        running: live.is_some(),
        origin: origin(session.origin),
        average: known(whole.average_viewers().map(|average| average.round() as i64)),
        peak: known(session.peak),
        diamonds: S::money(|| approximate(look, session.diamonds_to_creator, session.known.is_estimated())),
        follows: views::count(lang, session.follows),
        verdict: leading.map(|(driver, level)| verdict(driver, level, look.words())),
        recorded: views::percent(lang, session.coverage),
        well_recorded: session.coverage >= WELL_RECORDED,
        notes: session.notes.clone(),
        tags: session.tags.iter().map(|tag| tag.as_str().to_owned()).collect(),
        spark: Spark::new(&spark),
        parts: whole
            .earlier
            .iter()
            .map(|(id, from)| PartLink { href: format!("/sessions/{id}"), text: views::clock(look, *from) })
            .collect(),
    }
}

/// `Strong · Likes`; where nobody stands out, only how sure that is.
fn verdict(driver: Driver, level: Level, w: &Words) -> (u8, String) {
    let word = level_word(level, w);
    let named = level >= Level::Weak;
    (level as u8, if named { format!("{word} · {}", w.t(driver.as_str())) } else { word })
}

/// The word for how a session reached us; `None` for a connection of our own.
pub(super) const fn origin(origin: Origin) -> Option<&'static str> {
    match origin {
        Origin::Live => None,
        Origin::Capture => Some("origin-capture"),
        Origin::Push => Some("origin-push"),
        Origin::Import => Some("origin-import"),
        Origin::Demo => Some("demo"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::samples;
    use crate::words::Lang;

    #[test]
    fn a_change_that_rounds_to_nothing_points_neither_up_nor_down() {
        let look = samples::look(Lang::En);
        let said =
            |before, now| change(Some(before), Some(now), &look).map(|said| (said.direction, said.text));
        for (before, now, direction, text) in
            [(4757.0, 4765.0, "", "0%"), (100.0, 101.0, "up", "+1%"), (1.0, 0.6, "down", "−40%")]
        {
            assert_eq!(said(before, now), Some((direction, text.to_owned())), "{before} to {now}");
        }
    }
}
