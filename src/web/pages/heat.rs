//! The hours of the week by how well they did: a drawing, and the same as a table.

use crate::analytics::best_times::{BestTimes, ENOUGH, Hour};
use crate::web::look::Look;
use crate::web::views;
use crate::words::{Lang, Words};
use askama::Template;

/// Steps of colour.
const STEPS: f64 = 7.0;
/// The drawing: the width that all hours share, the most and the least that one takes, the column of the
/// weekdays, and the row of the hours.
const WIDTH: usize = 552;
const WIDEST: usize = 60;
const NARROWEST: usize = 26;
const LEFT: usize = 44;
const TOP: usize = 22;
const ROW: usize = 38;
/// Between two cells.
const SPACE: usize = 2;
const TALL: usize = ROW - SPACE;
/// How far the corners of a cell are rounded.
const CORNER: usize = 3;

#[derive(Template)]
#[template(path = "fragments/heat.html")]
pub struct Heat {
    pub w: &'static Words,
    pub width: usize,
    pub height: usize,
    /// What the drawing shows, in a sentence.
    pub label: String,
    /// The hours of the day, each with the middle of its column.
    pub heads: Vec<(usize, String)>,
    pub days: Vec<Day>,
    /// All cells without a session as one shape, which costs a browser less than one each.
    pub quiet: String,
    /// The table: an hour a row, with the days beside each other.
    pub table: Vec<(String, Vec<String>)>,
    pub cell: usize,
    pub foot: String,
    /// The smallest and the largest value of the colours; `None` while no hour has enough sessions.
    pub scale: Option<(String, String)>,
    pub unit: String,
    /// The same as a picture and as numbers, for whoever may save it: what the link says, and where it leads.
    pub files: Vec<(&'static str, String)>,
}

pub struct Day {
    pub name: String,
    /// The line its name stands on, and the top of its cells.
    pub text_y: usize,
    pub y: usize,
    pub cells: Vec<Cell>,
}

pub struct Cell {
    pub x: usize,
    pub middle: usize,
    /// 1 to 7; 0 with too few sessions.
    pub step: u8,
    /// How the number stands out from the colour.
    pub ink: &'static str,
    /// The sessions; empty if there were none.
    pub n: String,
    /// `Tue 19:00, average 643 viewers, 9 sessions`; empty if there were none.
    pub title: String,
}

impl Heat {
    /// `None` if nothing was live. `days` names the days it rests on.
    #[must_use]
    pub fn new(
        times: &BestTimes,
        by_value: bool,
        days: &str,
        zone: &str,
        files: Vec<(&'static str, String)>,
        look: &Look,
    ) -> Option<Self> {
        let w = look.words();
        let (first, last) = times.hours()?;
        let hours = last - first + 1;
        let pitch = (WIDTH / hours).clamp(NARROWEST, WIDEST);
        let measure = if by_value { Hour::value_rate } else { Hour::average_viewers };
        let values = || times.days().iter().flatten().filter_map(measure);
        let (low, high) =
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        let number = |value: f64| match by_value {
            true => views::decimal(look.lang, value),
            false => views::count(look.lang, value.round() as i64),
        };
        let cell = |(at, hour): (usize, &Hour), name: &str| {
            let step = measure(hour).map_or(0, |value| step(value, low, high));
            let x = LEFT + at * pitch;
            let (n, title) = match hour.sessions {
                0 => (String::new(), String::new()),
                n => (n.to_string(), title(name, first + at, measure(hour).map(number), n, by_value, w)),
            };
            Cell {
                x,
                middle: x + (pitch - SPACE) / 2,
                step,
                ink: match step {
                    0 => "few",
                    1..=4 => "lo",
                    5 => "mid",
                    _ => "hi",
                },
                n,
                title,
            }
        };
        let day = |(at, all): (usize, &[Hour; 24])| {
            let name = views::weekday(look.lang, at);
            let y = TOP + at * ROW;
            let cells = all[first..=last].iter().enumerate().map(|hour| cell(hour, name)).collect();
            Day { name: name.to_owned(), text_y: y + TALL / 2 + 5, y, cells }
        };
        let row = |hour: usize| {
            let text = |of: &Hour| match (measure(of), of.sessions) {
                (_, 0) => String::new(),
                (value, n) => format!("{} ({n})", value.map_or(views::NOTHING.to_owned(), number)),
            };
            (clock_hour(hour, w), times.days().iter().map(|day| text(&day[hour])).collect())
        };
        let days_of_week: Vec<_> = times.days().iter().enumerate().map(day).collect();
        let unit = if by_value { "heat-unit-value" } else { "heat-unit-viewers" };
        let about = [("days", days.into()), ("zone", zone.into()), ("few", ENOUGH.into())];
        Some(Self {
            w,
            width: LEFT + hours * pitch,
            height: TOP + 7 * ROW,
            label: w.t(if by_value { "heat-label-value" } else { "heat-label-viewers" }).into_owned(),
            heads: (0..hours)
                .map(|at| (LEFT + at * pitch + (pitch - SPACE) / 2, (first + at).to_string()))
                .collect(),
            quiet: quiet(&days_of_week, pitch - SPACE),
            days: days_of_week,
            table: (first..=last).map(row).collect(),
            cell: pitch - SPACE,
            foot: w.with(if by_value { "heat-foot-value" } else { "heat-foot-viewers" }, about),
            scale: (low <= high).then(|| (number(low), number(high))),
            unit: w.t(unit).into_owned(),
            files,
        })
    }
}

/// The outline of the cells without a session, with the corners of all others.
fn quiet(days: &[Day], cell: usize) -> String {
    let (wide, tall) = (cell - 2 * CORNER, TALL - 2 * CORNER);
    let shape = |x: usize, y: usize| {
        format!("M{} {y}h{wide}q3 0 3 3v{tall}q0 3-3 3h-{wide}q-3 0-3-3v-{tall}q0-3 3-3z", x + CORNER)
    };
    let empty = |day: &Day| {
        let cells = day.cells.iter().filter(|cell| cell.n.is_empty());
        cells.map(|cell| shape(cell.x, day.y)).collect::<String>()
    };
    days.iter().map(empty).collect()
}

/// Equal steps from the smallest to the largest value.
fn step(value: f64, low: f64, high: f64) -> u8 {
    let share = if high > low { (value - low) / (high - low) } else { 1.0 };
    (share * STEPS).floor().min(STEPS - 1.0) as u8 + 1
}

fn title(
    day: &str,
    hour: usize,
    value: Option<String>,
    sessions: usize,
    by_value: bool,
    w: &Words,
) -> String {
    let at = [("day", day.to_owned().into()), ("hour", clock_hour(hour, w).into()), ("n", sessions.into())];
    let [day, hour, n] = at;
    match value {
        Some(value) if by_value => w.with("heat-cell-value", [day, hour, n, ("value", value.into())]),
        Some(value) => w.with("heat-cell-viewers", [day, hour, n, ("value", value.into())]),
        None => w.with("heat-cell-few", [day, hour, n]),
    }
}

fn clock_hour(hour: usize, w: &Words) -> String {
    format!("{hour:02}{}00", if w.lang() == Lang::En { ':' } else { '.' })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::SessionId;
    use crate::domain::time::Stamp;
    use crate::domain::totals::QuarterHour;

    /// Thursday 12 November 2026, 20:00 UTC, and so many hours later.
    fn hour(session: i64, later: i64, viewers: i64, diamonds: i64) -> QuarterHour {
        QuarterHour {
            session: SessionId(session),
            from: Stamp(1_794_513_600_000 + later * 3_600_000),
            viewer_ms: viewers * 900_000,
            known_ms: 900_000,
            diamonds,
        }
    }

    fn files() -> Vec<(&'static str, String)> {
        vec![("PNG", String::new()), ("CSV", String::new())]
    }

    #[test]
    fn colours_go_from_the_least_to_the_most_and_few_sessions_have_none() {
        let quarters = [
            hour(1, 0, 100, 0),
            hour(2, 0, 100, 0),
            hour(1, 1, 800, 0),
            hour(2, 1, 800, 0),
            hour(1, 2, 9_000, 0),
        ];
        let times = BestTimes::of(&quarters, Some, chrono_tz::UTC);
        let heat = Heat::new(&times, false, "90 days", "UTC", files(), &Look::default()).expect("live");
        let steps: Vec<_> = heat.days[3].cells.iter().map(|cell| (cell.step, cell.n.as_str())).collect();
        assert_eq!(steps, [(1, "2"), (7, "2"), (0, "1")]);
        assert_eq!(heat.quiet.matches('M').count(), 7 * 3 - 3, "every hour that nobody was live in");
        assert_eq!(heat.scale, Some(("100".to_owned(), "800".to_owned())));
        assert_eq!(heat.heads.iter().map(|(_, hour)| hour.as_str()).collect::<Vec<_>>(), ["20", "21", "22"]);
        assert!(
            heat.days[3].cells[1].title.contains("Thu 21:00, average 800 viewers, 2 sessions"),
            "{}",
            heat.days[3].cells[1].title
        );
        assert_eq!(
            heat.table[0],
            ("20:00".to_owned(), ["", "", "", "100 (2)", "", "", ""].map(str::to_owned).to_vec())
        );
        assert_eq!(heat.table[2].1[3], "– (1)");
    }

    #[test]
    fn the_other_measure_colours_by_diamonds_for_each_viewer_hour() {
        let quarters = [hour(1, 0, 100, 50), hour(2, 0, 300, 50), hour(1, 1, 100, 0), hour(2, 1, 100, 0)];
        let times = BestTimes::of(&quarters, Some, chrono_tz::UTC);
        let look = Look { lang: Lang::Id, ..Look::default() };
        let heat = Heat::new(&times, true, "90 hari", "UTC", files(), &look).expect("live");
        // 100 diamonds over 400 viewers in a quarter of an hour.
        assert_eq!(heat.scale, Some(("0".to_owned(), "1".to_owned())));
        assert_eq!(heat.days[3].cells[0].step, 7);
    }

    #[test]
    fn a_night_and_a_day_still_fit() {
        let quarters: Vec<_> = (0..24).map(|later| hour(1, later, 5, 0)).collect();
        let times = BestTimes::of(&quarters, Some, chrono_tz::UTC);
        let heat = Heat::new(&times, false, "", "UTC", files(), &Look::default()).expect("live");
        assert_eq!((heat.heads.len(), heat.width), (24, LEFT + 24 * NARROWEST));
        assert!(Heat::new(&BestTimes::default(), false, "", "UTC", files(), &Look::default()).is_none());
    }
}
