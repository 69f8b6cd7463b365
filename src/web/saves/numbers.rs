//! The numbers behind the drawings of a page as CSV, in the form that `csv` writes: plain, with a point or, in
//! Indonesian, a comma before decimals, and nothing where nothing is known.

use super::csv::{local, row, separator};
use crate::analytics::best_times::{BestTimes, Hour};
use crate::analytics::metrics::Held;
use crate::domain::answer::{Answer, DriverAnswer};
use crate::domain::session::Session;
use crate::web::look::Look;
use crate::web::pages::compare::Both;
use crate::web::pages::plots::activity_first;
use crate::web::views;
use crate::words::Lang;
use std::sync::Arc;

/// The links of a session's drivers with viewers minute by minute, and the medians of viewers around their bursts.
#[must_use]
pub fn of_session(answer: &Answer, look: &Look) -> String {
    let w = look.words();
    let mut table = Table::new(look);
    let drivers = answer.by_strength();
    let names = drivers.iter().map(|of| w.t(of.driver.as_str()).into_owned());
    table.row([w.t("csv-chart").into_owned(), w.t("minutes").into_owned()].into_iter().chain(names));
    let mut rows = |chart: &str, value: &dyn Fn(&DriverAnswer, usize) -> Option<f64>, first: i64| {
        for i in 0..21 {
            let head = [w.t(chart).into_owned(), (i as i64 + first).to_string()];
            let values: Vec<_> = drivers.iter().map(|of| fraction(value(of, i), look)).collect();
            table.row(head.into_iter().chain(values));
        }
    };
    let link = |of: &DriverAnswer, i: usize| activity_first(of.evidence.as_ref()?).get(i).copied();
    rows("csv-lag", &link, -10);
    let around =
        |of: &DriverAnswer, i: usize| of.evidence.as_ref()?.median.get(i * 2).copied()?.map(f64::from);
    rows("csv-around", &around, -5);
    let chance = |of: &DriverAnswer| of.evidence.as_ref().map(|evidence| f64::from(evidence.chance));
    let chance: Vec<_> = drivers.iter().map(|of| fraction(chance(of), look)).collect();
    table.row([w.t("csv-chance").into_owned(), String::new()].into_iter().chain(chance));
    table.text
}

/// Viewers per burst of each driver in each session with its likely range, oldest session first.
#[must_use]
pub fn of_sessions(each: &[(Session, Arc<Answer>)], look: &Look) -> String {
    let w = look.words();
    let mut table = Table::new(look);
    let heads = ["session", "driver", "csv-estimate", "csv-low", "csv-high"].map(|key| w.t(key).into_owned());
    let time = format!("{} ({})", w.t("time"), look.zone.name());
    table.row([time, "UTC".to_owned()].into_iter().chain(heads));
    for (session, answer) in each {
        let from = session.start.recorded_from;
        for of in &answer.drivers {
            let range = of.per_burst;
            let numbers = [range.map(|of| of.estimate), range.map(|of| of.low), range.map(|of| of.high)];
            let name = w.t(of.driver.as_str()).into_owned();
            let head = [local(look, from), views::iso(from), session.id.to_string(), name];
            table.row(head.into_iter().chain(numbers.map(|number| fraction(number, look))));
        }
    }
    table.text
}

/// The hold curve: viewers divided by the peak, by minutes since the session began.
#[must_use]
pub fn hold(curve: &[Held], look: &Look) -> String {
    let w = look.words();
    let mut table = Table::new(look);
    table.row(["minutes", "hold-share"].map(|key| w.t(key).into_owned()).into_iter());
    for held in curve {
        table.row([(held.since_ms / 60_000).to_string(), fraction(held.share, look)].into_iter());
    }
    table.text
}

/// Each hour of the week in which somebody was live.
#[must_use]
pub fn best_times(times: &BestTimes, by_value: bool, look: &Look) -> String {
    let w = look.words();
    let mut table = Table::new(look);
    let measure = if by_value { Hour::value_rate } else { Hour::average_viewers };
    let unit = w.t(if by_value { "heat-unit-value" } else { "average" }).into_owned();
    let hour = format!("{} ({})", w.t("hour"), look.zone.name());
    table.row([w.t("csv-day").into_owned(), hour, unit, w.t("nav-sessions").into_owned()].into_iter());
    for (day, hours) in times.days().iter().enumerate() {
        for (hour, of) in hours.iter().enumerate().filter(|(_, of)| of.sessions > 0) {
            let day = views::weekday(look.lang, day).to_owned();
            table.row(
                [day, hour.to_string(), fraction(measure(of), look), of.sessions.to_string()].into_iter(),
            );
        }
    }
    table.text
}

/// Both courses of a comparison, step by step.
#[must_use]
pub fn compared(both: &Both, look: &Look) -> String {
    let w = look.words();
    let mut table = Table::new(look);
    let [a, b] = &both.heads;
    let hold = |name: &str| format!("{} {name}", w.t("metric-hold"));
    table.row(
        [w.t("time").into_owned(), a.text.clone(), b.text.clone(), hold(a.name), hold(b.name)].into_iter(),
    );
    for step in &both.course.rows {
        let numbers = step.numbers.map(|number| fraction(number, look));
        table.row([step.time.clone()].into_iter().chain(numbers));
    }
    table.text
}

struct Table {
    text: String,
    separator: char,
}

impl Table {
    fn new(look: &Look) -> Self {
        Self { text: String::from('\u{feff}'), separator: separator(look) }
    }

    fn row(&mut self, cells: impl Iterator<Item = String>) {
        // A creator's name has no separator, but dates have commas.
        let plain =
            cells.map(|cell| if cell.contains(self.separator) { format!("\"{cell}\"") } else { cell });
        row(&mut self.text, self.separator, plain);
    }
}

/// Three decimals at most; empty where nothing is known.
fn fraction(value: Option<f64>, look: &Look) -> String {
    let Some(value) = value else { return String::new() };
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let text = if text == "-0" { "0" } else { text };
    if look.lang == Lang::En { text.to_owned() } else { text.replace('.', ",") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer::{Basis, Evidence};
    use crate::domain::driver::Driver;
    use crate::domain::ids::SessionId;
    use crate::domain::time::Stamp;
    use crate::domain::totals::QuarterHour;
    use crate::web::pages::samples;

    #[test]
    fn a_minute_that_is_not_known_is_empty_and_decimals_are_those_of_the_language() {
        let mut lags = vec![0.25; 21];
        lags[20] = -0.125;
        let mut median = vec![Some(0.5); 41];
        median[0] = None;
        let evidence = Evidence { lags, chance: 0.1, median, ..Evidence::default() };
        let mut answer = Answer {
            at: Stamp(0),
            basis: Basis::default(),
            drivers: Driver::ALL.map(DriverAnswer::empty),
            windows: Vec::new(),
            slopes: Vec::new(),
        };
        answer.drivers[0].evidence = Some(evidence);
        let name = answer.drivers[0].driver;
        assert_eq!(name, Driver::ALL[0]);
        let csv = of_session(&answer, &samples::look(Lang::Id));
        let lines: Vec<_> = csv.trim_end().split("\r\n").collect();
        assert_eq!(lines.len(), 1 + 21 + 21 + 1);
        // Later inflow is activity that came first: it stands at −10.
        assert!(lines[1].contains(";-10;") && lines[1].contains("-0,125"), "{}", lines[1]);
        assert!(lines[22].contains(";-5;") && !lines[22].contains('0'), "{}", lines[22]);
        assert!(lines[23].contains(";-4;") && lines[23].contains("0,5"), "{}", lines[23]);
    }

    #[test]
    fn an_hour_of_one_session_has_no_average_but_is_counted() {
        let quarter = |session, later: i64| QuarterHour {
            session: SessionId(session),
            from: Stamp(1_794_513_600_000 + later * 3_600_000),
            viewer_ms: 150 * 900_000,
            known_ms: 900_000,
            diamonds: 0,
        };
        let times = BestTimes::of(&[quarter(1, 0), quarter(2, 0), quarter(1, 1)], Some, chrono_tz::UTC);
        let look = Look { zone: chrono_tz::UTC, ..samples::look(Lang::En) };
        let csv = best_times(&times, false, &look);
        let lines: Vec<_> = csv.trim_end().split("\r\n").collect();
        assert_eq!(lines[1..], ["Thu,20,150,2", "Thu,21,,1"]);
    }
}
