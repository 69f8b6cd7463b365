//! The panel of one person: what they gave, when they come, and what is kept on them.

use super::view::View;
use super::{When, called};
use crate::domain::gift::Known;
use crate::domain::remark::Tag;
use crate::reports::person::PersonReport;
use crate::store::people::Person;
use crate::store::person::PersonSession;
use crate::web::look::Look;
use crate::web::pages::leaderboard::approximate;
use crate::web::pages::worth::shares;
use crate::web::sight::{Held as _, Sight};
use crate::web::views;
use crate::words::Words;

/// Sessions that the bars show.
const BARS: usize = 24;

/// The drawing of the bars: its width, and the height of the highest.
const WIDTH: f64 = 286.0;
const HEIGHT: f64 = 52.0;
const GROUND: f64 = 72.0;

pub struct Panel<S: Sight> {
    pub id: String,
    pub name: String,
    /// Empty where names are hidden.
    pub handle: String,
    pub initial: String,
    /// The view without the panel.
    pub close: String,
    /// The view with it, to come back to.
    pub here: String,
    pub diamonds: S::Money<Diamonds>,
    pub gifts: String,
    pub favourite: Option<(String, String)>,
    pub comes_back: String,
    pub arrives: String,
    pub first_seen: When,
    pub last_seen: When,
    /// Empty where names are hidden.
    pub earlier_names: Vec<String>,
    pub bars: Option<Bars<S>>,
    /// `None` where names are hidden: a note may name its person.
    pub kept: Option<Kept>,
}

/// What they gave.
pub struct Diamonds {
    pub all: String,
    /// `97.2% exact · 2.1% from list`; empty for who gave nothing.
    pub counted: String,
}

/// Note and tags as they are kept.
pub struct Kept {
    pub note: String,
    pub tags: String,
    pub saved: bool,
    /// What has to be typed to erase them; empty for who is erased, and for whoever may not.
    pub asked_name: String,
}

/// What they gave in each session, oldest first.
pub struct Bars<S: Sight> {
    pub title: String,
    pub bars: Vec<Bar>,
    /// The largest, with where it is written.
    pub largest: (String, String, String),
    pub from: String,
    pub to: String,
    pub rows: Vec<BarRow<S>>,
}

pub struct Bar {
    pub x: String,
    pub y: String,
    pub width: String,
    pub height: String,
    pub gave: bool,
}

/// The same as a line of the table; newest first.
pub struct BarRow<S: Sight> {
    pub href: String,
    pub day: String,
    pub gifts: String,
    pub diamonds: S::Money<String>,
    pub arrived: String,
}

impl<S: Sight> Panel<S> {
    /// `place` is theirs on the board; `saved` says that note and tags were kept just now.
    #[must_use]
    pub fn new(report: &PersonReport, place: u32, view: &View, saved: bool, look: &Look) -> Self {
        let w = look.words();
        let called = called(
            report.person.id,
            &report.person.nickname,
            &report.person.display_id,
            place,
            view.hide,
            look,
        );
        let when = |at| When { iso: views::iso(at), text: views::full_date(look, at) };
        Self {
            id: report.person.id.to_string(),
            close: View { who: None, ..view.clone() }.address(),
            here: view.address(),
            diamonds: S::money(|| Diamonds {
                all: approximate(look, report.diamonds, report.estimated),
                counted: if report.units > 0 { counted(report, look) } else { String::new() },
            }),
            gifts: views::count(look.lang, report.units),
            favourite: report
                .favourite
                .as_ref()
                .map(|(name, units)| (name.clone(), w.with("times-given", [("n", (*units).into())]))),
            comes_back: w.with(
                "comes-to",
                [("n", (report.came as i64).into()), ("of", (report.sessions.len() as i64).into())],
            ),
            arrives: report.arrives_ms.map(|(from, to)| arrives(from, to, w)).unwrap_or_default(),
            first_seen: when(report.person.first_seen),
            last_seen: when(report.person.last_seen),
            earlier_names: if view.hide { Vec::new() } else { earlier_names(report) },
            bars: bars(report, &called.name, look),
            kept: (!view.hide).then(|| Kept {
                note: report.note.clone(),
                tags: report.tags.iter().map(Tag::as_str).collect::<Vec<_>>().join(", "),
                saved,
                asked_name: match look.may_manage() {
                    true => asked_name(&report.person),
                    false => String::new(),
                },
            }),
            name: called.name,
            handle: called.handle,
            initial: called.initial,
        }
    }
}

/// What has to be typed before somebody is erased: the handle, the nickname of who has none, the id of who has
/// neither. Empty for who is erased.
#[must_use]
pub fn asked_name(person: &Person) -> String {
    match (person.display_id.as_str(), person.nickname.trim()) {
        ("", "") if person.id.0 < 0 => String::new(),
        ("", "") => person.id.to_string(),
        ("", nickname) => nickname.to_owned(),
        (handle, _) => handle.to_owned(),
    }
}

fn counted(report: &PersonReport, look: &Look) -> String {
    shares(&Known { diamonds: report.by_source, unpriced_units: 0 }, look)
}

fn arrives(from_ms: i64, to_ms: i64, w: &Words) -> String {
    let minutes = |ms: i64| ms / 60_000;
    match (minutes(from_ms), minutes(to_ms)) {
        (from, to) if from == to => w.with("arrives-at", [("n", from.into())]),
        (from, to) => w.with("arrives-between", [("from", from.into()), ("to", to.into())]),
    }
}

fn earlier_names(report: &PersonReport) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (handle, nickname, _) in &report.earlier_names {
        let name = match (nickname.trim(), handle.as_str()) {
            ("", handle) => format!("@{handle}"),
            (nickname, "") => nickname.to_owned(),
            (nickname, handle) => format!("{nickname} @{handle}"),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn bars<S: Sight>(report: &PersonReport, name: &str, look: &Look) -> Option<Bars<S>> {
    let sessions: Vec<&PersonSession> = report.sessions.iter().take(BARS).collect();
    let gave = |session: &PersonSession| {
        let gave = session.gave;
        gave.map_or(0, |gave| S::money(|| gave.diamonds).into_shown().unwrap_or(gave.units))
    };
    let largest = sessions.iter().map(|session| gave(session)).max().filter(|most| *most > 0)?;
    let step = WIDTH / sessions.len().max(8) as f64;
    let x = |index: usize| step * index as f64;
    let bar = |(index, session): (usize, &&PersonSession)| {
        let value = gave(session);
        let height = if value > 0 { (value as f64 / largest as f64 * HEIGHT).max(2.0) } else { 1.0 };
        Bar {
            x: format!("{:.1}", x(index)),
            y: format!("{:.1}", GROUND - height),
            width: format!("{:.1}", (step - 4.0).min(20.0)),
            height: format!("{height:.1}"),
            gave: value > 0,
        }
    };
    let highest = sessions.iter().rev().position(|session| gave(session) == largest).unwrap_or(0);
    let estimated = sessions.iter().any(|session| session.gave.is_some_and(|gave| gave.estimated));
    let written = approximate(look, largest, S::MONEY && estimated);
    // Kept within the drawing at both ends.
    let middle = (x(highest) + (step - 4.0).min(20.0) / 2.0).clamp(24.0, WIDTH - 24.0);
    let of_first = |session: Option<&&PersonSession>| {
        session.map(|session| views::date(look, session.recorded_from)).unwrap_or_default()
    };
    Some(Bars {
        title: look.words().with(
            if S::MONEY { "bars-diamonds" } else { "bars-gifts" },
            [("name", name.to_owned().into()), ("n", (sessions.len() as i64).into())],
        ),
        bars: sessions.iter().rev().enumerate().map(bar).collect(),
        largest: (written, format!("{middle:.1}"), format!("{:.1}", GROUND - HEIGHT - 6.0)),
        from: of_first(sessions.last()),
        to: of_first(sessions.first()),
        rows: sessions.iter().map(|session| bar_row(session, look)).collect(),
    })
}

fn bar_row<S: Sight>(session: &PersonSession, look: &Look) -> BarRow<S> {
    let nothing = || views::NOTHING.to_owned();
    let gave = session.gave;
    BarRow {
        href: format!("/sessions/{}", session.session),
        day: format!(
            "{}, {}",
            views::short_day(look, session.recorded_from),
            views::clock(look, session.recorded_from)
        ),
        gifts: gave.map_or_else(nothing, |gave| views::count(look.lang, gave.units)),
        diamonds: S::money(|| {
            gave.map_or_else(nothing, |gave| approximate(look, gave.diamonds, gave.estimated))
        }),
        arrived: session.seen.map_or_else(nothing, |(first, _)| {
            views::minutes(look.lang, first.ms_since(session.recorded_from))
        }),
    }
}
