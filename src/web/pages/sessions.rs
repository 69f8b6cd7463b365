//! The list of sessions, newest first.

use super::leaderboard::approximate;
use super::shell::{Nav, Shell, Visit};
use super::spark::Spark;
use crate::recorder::snapshot::Snapshot;
use crate::reports::sessions::{SessionPage, SessionSummary};
use crate::web::look::Look;
use crate::web::views;
use crate::web::words::Words;
use askama::Template;
use std::sync::Arc;

/// Below this share of recorded time a session says so in colour.
const WELL_RECORDED: f64 = 0.95;

#[derive(Template)]
#[template(path = "pages/sessions.html")]
pub struct SessionsPage {
    pub shell: Shell,
    pub w: &'static Words,
    pub money: bool,
    pub zone: String,
    /// All creators, or one.
    pub filters: Vec<CreatorFilter>,
    pub one_creator: bool,
    pub filtered: bool,
    pub rows: Vec<Row>,
    pub newer: Option<String>,
    pub older: Option<String>,
}

pub struct CreatorFilter {
    pub href: String,
    pub text: String,
    pub current: bool,
}

pub struct Row {
    pub href: String,
    pub creator: String,
    pub day: String,
    pub time: String,
    /// `+1` if it passed midnight.
    pub next_day: bool,
    pub length: String,
    pub running: bool,
    pub demo: bool,
    pub average: String,
    pub peak: String,
    pub diamonds: String,
    pub follows: String,
    pub recorded: String,
    pub well_recorded: bool,
    pub notes: String,
    pub spark: Spark,
    pub parts: Vec<PartLink>,
}

/// A link to an earlier part of a continued session.
pub struct PartLink {
    pub href: String,
    pub text: String,
}

impl SessionsPage {
    /// `only` is the creator the list is limited to.
    #[must_use]
    pub fn new(visit: &Visit, page: &SessionPage, only: Option<&str>) -> Self {
        let look = &visit.look;
        let w = look.words();
        let filter = |handle: Option<&str>| CreatorFilter {
            href: address(handle, 1),
            text: handle.map_or_else(|| w.t("all-creators").into_owned(), |handle| format!("@{handle}")),
            current: handle == only,
        };
        let watched = visit.watched.iter().map(|snapshot| Some(snapshot.creator.as_str()));
        Self {
            shell: Shell::new(visit, Nav::Sessions, format!("{} · Pasut", w.t("nav-sessions"))),
            w,
            money: look.money,
            zone: views::zone_at(look.zone, visit.now),
            filters: [None].into_iter().chain(watched).map(filter).collect(),
            one_creator: visit.watched.len() < 2,
            filtered: only.is_some() || page.number > 1,
            rows: page.sessions.iter().map(|session| row(session, visit)).collect(),
            newer: (page.number > 1).then(|| address(only, page.number - 1)),
            older: page.has_more.then(|| address(only, page.number + 1)),
        }
    }
}

fn address(creator: Option<&str>, page: u32) -> String {
    let creator = creator.map(|creator| format!("creator={creator}"));
    let page = (page > 1).then(|| format!("page={page}"));
    let query: Vec<_> = [creator, page].into_iter().flatten().collect();
    if query.is_empty() { "/sessions".to_owned() } else { format!("/sessions?{}", query.join("&")) }
}

fn row(session: &SessionSummary, visit: &Visit) -> Row {
    let look = &visit.look;
    let lang = look.lang;
    let whole = session.whole();
    // One without an end may also be what a crash left open, or a past that is still being written.
    let recorded_now =
        |watch: &Arc<Snapshot>| watch.session.as_ref().is_some_and(|live| live.id == session.id);
    let known = |n: Option<i64>| n.map_or(views::NOTHING.to_owned(), |n| views::count(lang, n));
    let spark: Vec<_> = session
        .earlier
        .iter()
        // A hole between the parts, so that the line is not joined.
        .flat_map(|part| part.spark.iter().copied().chain([None]))
        .chain(session.spark.iter().copied())
        .map(|value| value.map(|n| n as f64))
        .collect();
    Row {
        href: format!("/sessions/{}", session.id),
        creator: session.start.creator.to_string(),
        day: views::short_day(look, whole.from),
        time: views::clock(look, whole.from),
        next_day: whole.to.is_some_and(|to| views::crosses_midnight(look, whole.from, to)),
        length: views::minutes(lang, whole.length_ms),
        running: whole.to.is_none() && visit.watched.iter().any(recorded_now),
        demo: session.start.origin == crate::domain::session::Origin::Demo,
        average: known(whole.viewers.average().map(|average| average.round() as i64)),
        peak: known(whole.viewers.peak),
        diamonds: if look.money {
            approximate(look, whole.diamonds_to_creator, whole.estimated)
        } else {
            String::new()
        },
        follows: views::count(lang, whole.follows),
        recorded: views::percent(lang, whole.coverage),
        well_recorded: whole.coverage >= WELL_RECORDED,
        notes: session.notes.clone(),
        spark: Spark::new(&spark),
        parts: session.earlier.iter().map(|part| part_link(part, look)).collect(),
    }
}

fn part_link(part: &SessionSummary, look: &Look) -> PartLink {
    PartLink { href: format!("/sessions/{}", part.id), text: views::clock(look, part.start.recorded_from) }
}
