//! Every watched creator: how they are doing, and adding and removing them.

use super::leaderboard::approximate;
use super::shell::{Nav, Shell, Visit};
use super::spark::Spark;
use super::state::{Pill, pill, sentence};
use crate::domain::text::called;
use crate::domain::time::Stamp;
use crate::domain::watch::WatchState;
use crate::recorder::snapshot::Snapshot;
use crate::web::look::Look;
use crate::web::sight::{Held as _, Sight};
use crate::web::views;
use crate::words::Words;
use askama::Template;
use std::cmp::Reverse;
use std::sync::Arc;

/// How often the list asks anew, usually, in milliseconds.
const EVERY_MS: u32 = 5000;

#[derive(Template)]
#[template(path = "pages/creators.html")]
pub struct CreatorsPage<S: Sight> {
    pub shell: Shell,
    pub w: &'static Words,
    pub list: CreatorList<S>,
    /// For whoever may add one.
    pub form: Option<AddCreator>,
}

/// The form that adds a creator, with what was typed and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct AddCreator {
    pub typed: String,
    /// Why it was refused, in words for the person.
    pub problem: String,
}

#[derive(Template)]
#[template(path = "fragments/creators.html")]
pub struct CreatorList<S: Sight> {
    pub w: &'static Words,
    /// Whether each has a menu to start, stop and remove them.
    pub manages: bool,
    pub href: String,
    pub every: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row<S>>,
}

pub struct Column {
    pub text: String,
    pub href: String,
    /// `ascending`, `descending`, or empty.
    pub sorted: &'static str,
    pub number: bool,
}

pub struct Row<S: Sight> {
    pub handle: String,
    pub nickname: String,
    pub initial: String,
    pub pill: Pill,
    pub sentence: String,
    pub viewers: String,
    pub diamonds: S::Money<String>,
    pub recorded: String,
    pub spark: Spark,
    pub stopped: bool,
    pub remove_question: String,
}

/// How the list is ordered; `-` in front is descending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Name,
    NameDown,
    Viewers,
    ViewersDown,
}

impl Order {
    #[must_use]
    pub fn parse(text: &str) -> Self {
        [Self::NameDown, Self::Viewers, Self::ViewersDown]
            .into_iter()
            .find(|order| order.code() == text)
            .unwrap_or_default()
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::NameDown => "-name",
            Self::Viewers => "viewers",
            Self::ViewersDown => "-viewers",
        }
    }
}

impl<S: Sight> CreatorsPage<S> {
    #[must_use]
    pub fn new(visit: &Visit<S>, order: Order, form: AddCreator) -> Self {
        let w = visit.look.words();
        Self {
            shell: Shell::new(visit, Nav::Creators, format!("{} · Pasut", w.t("nav-creators"))).polling(),
            w,
            list: CreatorList::new(visit.watched, order, &visit.look, visit.now),
            form: visit.look.may_manage().then_some(form),
        }
    }
}

impl<S: Sight> CreatorList<S> {
    #[must_use]
    pub fn new(watched: &[Arc<Snapshot>], order: Order, look: &Look, now: Stamp) -> Self {
        let w = look.words();
        let mut sorted: Vec<_> = watched.iter().collect();
        let viewers =
            |snapshot: &Snapshot| snapshot.running().and_then(|session| session.totals.viewers.last);
        match order {
            Order::Name => sorted.sort_by_key(|snapshot| snapshot.creator.clone()),
            Order::NameDown => sorted.sort_by_key(|snapshot| Reverse(snapshot.creator.clone())),
            Order::Viewers => sorted.sort_by_key(|snapshot| viewers(snapshot)),
            Order::ViewersDown => sorted.sort_by_key(|snapshot| Reverse(viewers(snapshot))),
        }
        Self {
            w,
            manages: look.may_manage(),
            href: format!("/f/creators?sort={}", order.code()),
            every: look.every(EVERY_MS),
            columns: vec![
                column(w, "creator", order, Order::Name, Order::NameDown),
                column(w, "viewers", order, Order::ViewersDown, Order::Viewers),
            ],
            rows: sorted.into_iter().map(|snapshot| row(snapshot, look, now)).collect(),
        }
    }
}

/// A heading that sorts: first one way, then the other.
fn column(w: &'static Words, key: &str, now: Order, first: Order, second: Order) -> Column {
    let next = if now == first { second } else { first };
    let sorted = match now {
        _ if now != first && now != second => "",
        Order::Name | Order::Viewers => "ascending",
        Order::NameDown | Order::ViewersDown => "descending",
    };
    Column {
        text: w.t(key).into_owned(),
        href: if next == Order::Name {
            "/creators".to_owned()
        } else {
            format!("/creators?sort={}", next.code())
        },
        sorted,
        number: key != "creator",
    }
}

fn row<S: Sight>(snapshot: &Snapshot, look: &Look, now: Stamp) -> Row<S> {
    let w = look.words();
    let session = snapshot.running();
    let handle = snapshot.creator.to_string();
    let name = called(&snapshot.nickname, &handle);
    let nothing = || views::NOTHING.to_owned();
    let viewers = session.and_then(|session| session.totals.viewers.last);
    let spark: Vec<_> = session.map_or(Vec::new(), |session| {
        session
            .bins
            .chunks(6)
            .map(|bins| bins.last().and_then(|bin| bin.viewers.last).map(|n| n as f64))
            .collect()
    });
    Row {
        nickname: if snapshot.nickname == handle { String::new() } else { snapshot.nickname.clone() },
        initial: views::initial(name),
        pill: pill(snapshot, look, now),
        sentence: sentence(snapshot, look, now).unwrap_or_default(),
        viewers: viewers.map_or_else(nothing, |n| views::count(look.lang, n)),
        diamonds: S::money(|| match session {
            Some(session) => {
                approximate(look, session.totals.diamonds_to_creator, session.totals.is_estimated())
            }
            None => nothing(),
        }),
        recorded: session.map_or_else(nothing, |session| views::percent(look.lang, session.coverage)),
        spark: Spark::new(&spark),
        stopped: snapshot.state == WatchState::Stopped,
        remove_question: w.with("remove-question", [("u", handle.clone().into())]),
        handle,
    }
}
