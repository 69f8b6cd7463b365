//! The courses of two sessions over each other, as a drawing and as a table.

use crate::analytics::beside::{Align, averages, zeros};
use crate::domain::time::Stamp;
use crate::reports::compare::Side;
use crate::web::look::Look;
use crate::web::pages::chart::gap_label;
use crate::web::pages::moments::marker_name;
use crate::web::views;
use crate::words::Lang;
use std::fmt::Write;

/// The drawing is stretched to the width there is.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 240.0;

/// A table never has more rows than this; a longer session has a longer step.
const MOST_ROWS: i64 = 720;

/// Labels under the drawing at most, and the times between two of them, in minutes.
const MOST_LABELS: i64 = 6;
const LABELS_MIN: [i64; 10] = [5, 10, 15, 30, 60, 120, 240, 480, 720, 1440];

pub struct Course {
    /// Length of a step in minutes.
    pub step_min: i64,
    pub viewers: Curve,
    /// Viewers divided by the peak.
    pub hold: Curve,
    /// Labels of equal parts of the axis.
    pub times: Vec<String>,
    pub rows: Vec<Row>,
    pub strips: [Strip; 2],
}

/// Two lines on one scale.
pub struct Curve {
    pub a: String,
    pub b: String,
    pub top: String,
    pub middle: String,
}

/// A moment of both sessions.
pub struct Row {
    pub time: String,
    pub a: String,
    pub b: String,
    pub difference: String,
    pub direction: &'static str,
    pub hold_a: String,
    pub hold_b: String,
    /// The same numbers as they are: viewers of A and B, and the two divided by the peak.
    pub numbers: [Option<f64>; 4],
}

/// What was recorded of a session, in thousandths of the axis.
pub struct Strip {
    /// `A` or `B`.
    pub name: &'static str,
    pub x: i64,
    pub width: i64,
    pub gaps: Vec<StripPart>,
    pub markers: Vec<StripMark>,
    /// Gaps and marked moments, in words.
    pub notes: Vec<Note>,
}

pub struct StripPart {
    pub x: i64,
    pub width: i64,
    pub title: String,
}

pub struct StripMark {
    pub x: i64,
    pub title: String,
}

/// `20:12 New game`, and where it is shown.
pub struct Note {
    pub href: String,
    pub text: String,
}

impl Course {
    #[must_use]
    pub fn new(a: &Side, b: &Side, align: Align, step_min: i64, look: &Look, now: Stamp) -> Self {
        let axis = |step_min: i64| axis(a, b, align, step_min, look, now);
        let fits = |step_min: &i64| axis(*step_min).1 / (step_min * 60_000) <= MOST_ROWS;
        let step_min = [step_min, 10, 30, 60].into_iter().find(fits).unwrap_or(60);
        let step_ms = step_min * 60_000;
        let few = |label: &i64| label % step_min == 0 && axis(*label).1 <= label * 60_000 * MOST_LABELS;
        let label_min = LABELS_MIN.into_iter().find(few).unwrap_or(LABELS_MIN[LABELS_MIN.len() - 1]);
        // By the clock the axis begins where a label is round, which is a whole number of steps earlier.
        let ((zero_a, zero_b), span_ms) = axis(label_min);
        let label_ms = label_min * 60_000;
        let labels = (span_ms + label_ms - 1) / label_ms;
        let axis_ms = labels * label_ms;
        let (course_a, course_b) = (averages(&a.bins, zero_a, step_ms), averages(&b.bins, zero_b, step_ms));
        let (hold_a, hold_b) = (hold(&course_a, a), hold(&course_b, b));
        let time = |ms: i64| match align {
            Align::Start => hours_minutes(ms, look.lang),
            Align::Clock => views::clock(look, zero_a + ms),
        };
        let slots = usize::try_from(axis_ms / step_ms).unwrap_or(1);
        let most = course_a.iter().chain(&course_b).flatten().copied().fold(1.0, f64::max);
        let top = round_above(most);
        // Steps in which neither was live say nothing.
        let lasted = |side: &Side, zero: Stamp, i: usize| {
            let from = zero + i as i64 * step_ms;
            from + step_ms > side.session.start.recorded_from && from < end(side, now)
        };
        let at = |course: &[Option<f64>], i: usize| course.get(i).copied().flatten();
        Self {
            step_min,
            viewers: Curve {
                a: line(&course_a, slots, top),
                b: line(&course_b, slots, top),
                top: views::count(look.lang, top as i64),
                middle: views::decimal(look.lang, top / 2.0),
            },
            hold: Curve {
                a: line(&hold_a, slots, 1.0),
                b: line(&hold_b, slots, 1.0),
                top: views::percent(look.lang, 1.0),
                middle: views::percent(look.lang, 0.5),
            },
            times: (0..labels).map(|i| time(i * label_ms)).collect(),
            rows: (0..slots)
                .filter(|i| lasted(a, zero_a, *i) || lasted(b, zero_b, *i))
                .map(|i| {
                    let hold = (at(&hold_a, i), at(&hold_b, i));
                    row(time(i as i64 * step_ms), at(&course_a, i), at(&course_b, i), hold, look)
                })
                .collect(),
            strips: [strip("A", a, zero_a, axis_ms, look, now), strip("B", b, zero_b, axis_ms, look, now)],
        }
    }
}

/// Where the axis begins in either session, and how long it is in milliseconds.
fn axis(a: &Side, b: &Side, align: Align, step_min: i64, look: &Look, now: Stamp) -> ((Stamp, Stamp), i64) {
    let began = |side: &Side| side.session.start.recorded_from;
    let zeros = zeros(began(a), began(b), align, step_min * 60_000, look.zone);
    let span_ms = end(a, now).ms_since(zeros.0).max(end(b, now).ms_since(zeros.1)).max(1);
    (zeros, span_ms)
}

/// Up to where a session is known.
fn end(side: &Side, now: Stamp) -> Stamp {
    let session = &side.session;
    session.ended_at.unwrap_or(session.until().min(now))
}

fn hold(course: &[Option<f64>], side: &Side) -> Vec<Option<f64>> {
    let peak = side.session.totals.viewers.peak.filter(|peak| *peak > 0).map(|peak| peak as f64);
    course.iter().map(|viewers| Some((*viewers)? / peak?)).collect()
}

/// A line through the middle of each step, broken where viewers were not known.
fn line(course: &[Option<f64>], slots: usize, top: f64) -> String {
    let mut path = String::new();
    let mut broken = true;
    for (i, value) in course.iter().enumerate() {
        if let Some(value) = value {
            let (x, y) = ((i as f64 + 0.5) / slots as f64 * WIDTH, HEIGHT - value / top * (HEIGHT - 4.0));
            write!(path, "{}{x:.1} {y:.1}", if broken { 'M' } else { 'L' }).expect("writing to a string");
            // A lone point would be a path without length, which nothing draws.
            if broken && course.get(i + 1).copied().flatten().is_none() {
                path.push_str("h2");
            }
        }
        broken = value.is_none();
    }
    path
}

fn row(time: String, a: Option<f64>, b: Option<f64>, hold: (Option<f64>, Option<f64>), look: &Look) -> Row {
    let count =
        |n: Option<f64>| n.map_or(views::NOTHING.to_owned(), |n| views::count(look.lang, n.round() as i64));
    let share = |n: Option<f64>| n.map_or(views::NOTHING.to_owned(), |n| views::percent(look.lang, n));
    let difference = a.zip(b).map(|(a, b)| a.round() as i64 - b.round() as i64);
    Row {
        time,
        a: count(a),
        b: count(b),
        difference: difference.map_or(views::NOTHING.to_owned(), |n| views::signed(look.lang, n)),
        direction: match difference {
            Some(n) if n > 0 => "up",
            Some(n) if n < 0 => "down",
            _ => "",
        },
        hold_a: share(hold.0),
        hold_b: share(hold.1),
        numbers: [a, b, hold.0, hold.1],
    }
}

fn strip(name: &'static str, side: &Side, zero: Stamp, axis_ms: i64, look: &Look, now: Stamp) -> Strip {
    let began = side.session.start.recorded_from;
    let until = end(side, now);
    let x = |at: Stamp| at.ms_since(zero).clamp(0, axis_ms) * 1000 / axis_ms;
    let part = |from: Stamp, to: Stamp, title: String| StripPart {
        x: x(from),
        width: (x(to) - x(from)).max(2),
        title,
    };
    let href =
        |at: Stamp| format!("/sessions/{}?t={}#chart", side.session.id, views::elapsed(at.ms_since(began)));
    let gap_note = |gap: &crate::domain::session::Gap| {
        (gap.from, format!("{} {}", views::clock(look, gap.from), gap_label(gap, until, look)))
    };
    let marked = |marker: &crate::domain::marker::Marker| {
        let name = marker_name(marker.kind, look.words());
        let note = if marker.note.is_empty() { String::new() } else { format!(": {}", marker.note) };
        (marker.at, format!("{} {name}{note}", views::clock(look, marker.at)))
    };
    let mut notes: Vec<_> = side.gaps.iter().map(gap_note).chain(side.markers.iter().map(marked)).collect();
    notes.sort();
    Strip {
        name,
        x: x(began),
        width: (x(until) - x(began)).max(2),
        gaps: side.gaps.iter().map(|gap| part(gap.from, gap.to.unwrap_or(until), gap_note(gap).1)).collect(),
        markers: side
            .markers
            .iter()
            .map(|marker| StripMark { x: x(marker.at), title: marked(marker).1 })
            .collect(),
        notes: notes.into_iter().map(|(at, text)| Note { href: href(at), text }).collect(),
    }
}

/// `1:05`, in Indonesian `1.05`.
fn hours_minutes(ms: i64, lang: Lang) -> String {
    let minutes = ms / 60_000;
    format!("{}{}{:02}", minutes / 60, if lang == Lang::En { ':' } else { '.' }, minutes % 60)
}

/// The smallest of 1, 2, 5, 10, 20, 50 and so on, or a half or three quarters on the way, that is not below.
fn round_above(most: f64) -> f64 {
    let ten = 10_f64.powf(most.log10().floor());
    [1.0, 1.2, 1.6, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0]
        .into_iter()
        .map(|factor| factor * ten)
        .find(|top| *top >= most)
        .unwrap_or(10.0 * ten)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stands_in_the_middle_of_its_steps_and_breaks_where_nothing_is_known() {
        let course = [Some(0.0), Some(100.0), None, Some(50.0)];
        assert_eq!(line(&course, 4, 100.0), "M125.0 240.0L375.0 4.0M875.0 122.0h2");
    }

    #[test]
    fn the_scale_ends_at_a_round_number_above() {
        for (most, top) in [(1.0, 1.0), (97.0, 100.0), (341.0, 400.0), (1_090.0, 1_200.0), (5.5, 6.0)] {
            assert!((round_above(most) - top).abs() < 1e-6, "{most}");
        }
    }

    #[test]
    fn elapsed_time_is_written_as_hours_and_minutes() {
        assert_eq!(hours_minutes(65 * 60_000, Lang::En), "1:05");
        assert_eq!(hours_minutes(0, Lang::Id), "0.00");
    }
}
