//! Two sessions beside each other: each number of both with the difference, and their courses.

pub mod course;
pub mod view;

use super::leaderboard::approximate;
use super::metric::{Metric, MetricName};
use super::pulse::{Change, direction_of};
use super::sessions::Choice;
use super::shell::{Nav, Shell, Visit};
use crate::analytics::beside::Align;
use crate::domain::ids::SessionId;
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::reports::compare::{Presets, Side};
use crate::reports::past::Whole;
use crate::web::look::Look;
use crate::web::views;
use crate::words::Words;
use askama::Template;
use course::Course;
use view::{STEPS_MIN, View};

const A: &str = "A";
const B: &str = "B";

#[derive(Template)]
#[template(path = "pages/compare.html")]
pub struct ComparePage {
    pub shell: Shell,
    pub w: &'static Words,
    /// What is wrong with what was chosen.
    pub problem: String,
    /// The sessions to choose from for A and for B.
    pub picks: Vec<Picks>,
    pub aligns: Vec<Choice>,
    pub steps: Vec<Choice>,
    /// What the form keeps beside the two.
    pub kept: Vec<(&'static str, String)>,
    /// `None` while there are no two sessions.
    pub both: Option<Both>,
}

pub struct Both {
    /// The page of A.
    pub off: String,
    pub heads: [Head; 2],
    pub swap: String,
    pub presets: Vec<Choice>,
    pub tiles: Vec<Tile>,
    pub hold: String,
    pub course: Course,
    pub caption: String,
    pub label: String,
    pub zone: String,
    /// The courses as a picture and as numbers: what the link says, and where it leads.
    pub files: [(&'static str, String); 2],
}

/// The choice of A or B.
pub struct Picks {
    pub name: &'static str,
    pub parameter: &'static str,
    pub of: Vec<Pick>,
}

pub struct Pick {
    pub id: String,
    pub text: String,
    pub chosen: bool,
}

/// A session that is compared.
pub struct Head {
    /// `A` or `B`.
    pub name: &'static str,
    /// How its line is drawn.
    pub line: &'static str,
    pub href: String,
    pub text: String,
    /// That it still runs, that only a part of it is compared, or that only its totals are here.
    pub notes: Vec<String>,
}

/// One number of both sessions.
pub struct Tile {
    pub metric: String,
    pub diamonds: bool,
    pub figures: [Figure; 2],
    pub change: Option<Change>,
    pub percent: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// `A` or `B`.
    pub name: &'static str,
    pub value: String,
    /// What the value rests on.
    pub note: String,
}

/// What is known about the choice beside the two sessions.
pub struct Chosen<'a> {
    pub view: View,
    /// The sessions to choose from, newest first.
    pub all: &'a [Whole],
    pub presets: Presets,
    /// How many sessions were ticked in the list, if that was not two.
    pub ticked: Option<usize>,
}

impl ComparePage {
    /// # Errors
    ///
    /// [`askama::Error`] if a part cannot be rendered.
    pub fn new(visit: &Visit, chosen: &Chosen, sides: Option<(&Side, &Side)>) -> Result<Self, askama::Error> {
        let look = &visit.look;
        let w = look.words();
        let view = chosen.view;
        let pick = |id: Option<SessionId>| {
            let several =
                chosen.all.iter().any(|whole| whole.session.creator != chosen.all[0].session.creator);
            let pick = |whole: &Whole| Pick {
                id: whole.session.id.to_string(),
                text: match several {
                    true => {
                        format!("{} · @{}", views::moment(look, whole.session.from), whole.session.creator)
                    }
                    false => views::moment(look, whole.session.from),
                },
                chosen: id.is_some_and(|id| whole.has(id)),
            };
            chosen.all.iter().map(pick).collect()
        };
        let align = |align, key: &str| Choice {
            href: View { align, ..view }.address(),
            text: w.t(key).into_owned(),
            current: view.align == align,
        };
        let mut steps = STEPS_MIN;
        steps.sort_unstable();
        let step = |step_min: i64| Choice {
            href: View { step_min, ..view }.address(),
            text: w.with("span-minutes", [("n", step_min.into())]),
            current: view.step_min == step_min,
        };
        Ok(Self {
            shell: Shell::new(visit, Nav::Compare, format!("{} · Pasut", w.t("nav-compare"))),
            w,
            problem: match (chosen.ticked, sides) {
                (Some(n), _) => w.with("compare-exactly-two", [("n", n.into())]),
                (None, None) => w.t("compare-needs-two").into_owned(),
                (None, Some(_)) => String::new(),
            },
            picks: if chosen.all.len() > 1 {
                vec![
                    Picks { name: A, parameter: "a", of: pick(view.a) },
                    Picks { name: B, parameter: "b", of: pick(view.b) },
                ]
            } else {
                Vec::new()
            },
            aligns: vec![align(Align::Start, "align-start"), align(Align::Clock, "align-clock")],
            steps: steps.map(step).into(),
            kept: kept(view),
            both: sides.map(|(a, b)| both(a, b, chosen, look, visit.now)).transpose()?,
        })
    }
}

/// The parameters that are not fields of the form.
fn kept(view: View) -> Vec<(&'static str, String)> {
    let mut kept = Vec::new();
    if view.align == Align::Clock {
        kept.push(("align", "clock".to_owned()));
    }
    if view.step_min != STEPS_MIN[0] {
        kept.push(("interval", format!("{}m", view.step_min)));
    }
    kept
}

fn both(a: &Side, b: &Side, chosen: &Chosen, look: &Look, now: Stamp) -> Result<Both, askama::Error> {
    let w = look.words();
    let view = chosen.view;
    let course = Course::new(a, b, view.align, view.step_min, look, now);
    let zone = views::zone_at(look.zone, a.session.start.recorded_from);
    let about = [("min", course.step_min.into()), ("zone", zone.clone().into())];
    let caption =
        w.with(if view.align == Align::Clock { "compare-by-clock" } else { "compare-by-start" }, about);
    let heads = [head(A, "a", a, look), head(B, "b", b, look)];
    let names = [("a", heads[0].text.clone().into()), ("b", heads[1].text.clone().into())];
    Ok(Both {
        label: w.with("compare-label", names),
        off: heads[0].href.clone(),
        heads,
        swap: view.swapped().address(),
        presets: presets(chosen, look),
        tiles: tiles(a, b, look)?,
        hold: Metric::new(MetricName::Hold, w).render()?,
        course,
        caption,
        zone,
        files: files(view),
    })
}

fn files(view: View) -> [(&'static str, String); 2] {
    let page = view.address();
    let query = page.strip_prefix("/compare").expect("that is where the page is");
    [("PNG", format!("/compare.png{query}")), ("CSV", format!("/compare.csv{query}"))]
}

fn head(name: &'static str, line: &'static str, side: &Side, look: &Look) -> Head {
    let w = look.words();
    let Session { id, start, ended_at, duration_ms, .. } = &side.session;
    let mut notes = Vec::new();
    if ended_at.is_none() {
        notes.push(w.t("compare-running").into_owned());
    }
    if start.continues.is_some() {
        notes.push(w.t("compare-part").into_owned());
    }
    if side.left {
        notes.push(w.t("compare-left").into_owned());
    }
    Head {
        name,
        line,
        href: format!("/sessions/{id}"),
        text: format!(
            "@{} · {} · {}",
            start.creator,
            views::moment(look, start.recorded_from),
            views::minutes(look.lang, *duration_ms)
        ),
        notes,
    }
}

fn presets(chosen: &Chosen, look: &Look) -> Vec<Choice> {
    let Presets { previous, week_before, best } = chosen.presets;
    let keys = ["preset-previous", "preset-week", "preset-best"];
    let found = keys.into_iter().zip([previous, week_before, best]);
    found
        .filter_map(|(key, found)| {
            let (id, from) = found?;
            Some(Choice {
                href: chosen.view.against(id).address(),
                text: look.words().with(key, [("date", views::short_day(look, from).into())]),
                current: chosen.view.b == Some(id),
            })
        })
        .collect()
}

/// A number of one session: how it is written, what it rests on, and itself.
type Number = (Option<f64>, String);

fn tiles(a: &Side, b: &Side, look: &Look) -> Result<Vec<Tile>, askama::Error> {
    let lang = look.lang;
    let whole = |n: f64| views::count(lang, n.round() as i64);
    let decimal = |n: f64| views::decimal(lang, n);
    let share = |n: f64| views::percent(lang, n);
    let plain = |n: Option<f64>| (n, String::new());
    let tile = |name, numbers: [Number; 2], write: &dyn Fn(f64) -> String| tile(name, numbers, write, look);
    let of = |number: fn(&Side, &Look) -> Number| [number(a, look), number(b, look)];
    let mut tiles = vec![
        tile(MetricName::Average, of(|side, _| (side.metrics.average_viewers, String::new())), &whole)?,
        tile(MetricName::Peak, of(peak), &whole)?,
        tile(MetricName::ViewerHours, [a, b].map(|side| plain(Some(side.metrics.viewer_hours))), &decimal)?,
        tile(MetricName::FollowRate, of(follow_rate), &decimal)?,
        tile(MetricName::GifterRate, of(gifter_rate), &share)?,
        tile(MetricName::Engaged, of(engaged), &share)?,
        tile(MetricName::Coverage, of(coverage), &share)?,
    ];
    let approximately = |n: f64| {
        let estimated = a.session.totals.is_estimated() || b.session.totals.is_estimated();
        if estimated { format!("≈ {}", decimal(n)) } else { decimal(n) }
    };
    let value = tile(MetricName::ValueRate, of(value_rate), &approximately)?;
    tiles.insert(5, Tile { diamonds: true, ..value });
    Ok(tiles)
}

fn tile(
    name: MetricName,
    [a, b]: [Number; 2],
    write: &dyn Fn(f64) -> String,
    look: &Look,
) -> Result<Tile, askama::Error> {
    let share = matches!(name, MetricName::GifterRate | MetricName::Engaged | MetricName::Coverage);
    let both = a.0.zip(b.0);
    let difference = both.map(|(a, b)| {
        let size = match share {
            true => {
                look.words().with("points", [("n", views::decimal(look.lang, (a - b).abs() * 100.0).into())])
            }
            false => write((a - b).abs()),
        };
        let level = write(a) == write(b);
        let sign = if a > b { "+" } else { "−" };
        Change {
            direction: if level { "" } else { direction_of(Some((0, if a > b { 1 } else { -1 }))) },
            text: if level { write(0.0) } else { format!("{sign}{size}") },
        }
    });
    let figure = |name, (value, note): Number| Figure {
        name,
        value: value.map_or(views::NOTHING.to_owned(), write),
        note,
    };
    Ok(Tile {
        metric: Metric::new(name, look.words()).render()?,
        diamonds: false,
        percent: both.and_then(|(a, b)| views::change(look.lang, b, a)).unwrap_or_default(),
        change: difference,
        figures: [figure(A, a), figure(B, b)],
    })
}

fn peak(side: &Side, look: &Look) -> Number {
    let viewers = side.session.totals.viewers;
    let note = viewers.peak_at.map(|at| views::clock_zone(look, at)).unwrap_or_default();
    (viewers.peak.map(|peak| peak as f64), note)
}

fn follow_rate(side: &Side, look: &Look) -> Number {
    let n = side.session.totals.follows;
    (side.metrics.follow_rate, look.words().with("follows-count", [("n", n.into())]))
}

fn gifter_rate(side: &Side, look: &Look) -> Number {
    (side.metrics.gifter_rate, of_people(side.session.totals.unique_gifters, side, look))
}

fn engaged(side: &Side, look: &Look) -> Number {
    let note = side.engaged.map(|engaged| of_people(engaged, side, look)).unwrap_or_default();
    (side.metrics.engaged_share, note)
}

fn of_people(n: i64, side: &Side, look: &Look) -> String {
    look.words().with("n-of-people", [("n", n.into()), ("people", side.session.totals.people.into())])
}

fn value_rate(side: &Side, look: &Look) -> Number {
    let totals = &side.session.totals;
    let note = approximate(look, totals.diamonds_to_creator, totals.is_estimated());
    (side.metrics.value_rate, note)
}

fn coverage(side: &Side, look: &Look) -> Number {
    let session = &side.session;
    let connected_ms = (session.coverage * session.duration_ms as f64) as i64;
    let note = look.words().with(
        "time-of-time",
        [
            ("part", views::minutes(look.lang, connected_ms).into()),
            ("all", views::minutes(look.lang, session.duration_ms).into()),
        ],
    );
    (Some(session.coverage), note)
}
