//! The numbers of a chart as CSV that spreadsheets open by a double click: UTF-8 with its mark, and in
//! Indonesian with semicolons, because the comma is the decimal mark there.

use crate::domain::time::Stamp;
use crate::web::look::Look;
use crate::web::pages::chart::{self, DRIVERS, Subject, counted, series_key};
use crate::web::sight::WithMoney;
use crate::web::views;
use crate::words::Lang;

pub const CSV: &str = "text/csv; charset=utf-8";

/// One row for each step of the chart; a step in a gap has a time and nothing else.
#[must_use]
pub fn write(subject: &Subject, look: &Look) -> String {
    let w = look.words();
    let separator = separator(look);
    let step = chart::step_s(subject.bins, look);
    let points = chart::slots(subject, step);
    let first = subject.bins.first().map_or(subject.at, |bin| bin.from.floor_to(step * 1000));
    let mut csv = String::from('\u{feff}');
    let time = format!("{} ({})", w.t("time"), look.zone.name());
    let names = ["viewers"].into_iter().chain(DRIVERS).map(|key| name(key, subject, look));
    row(&mut csv, separator, [time, "UTC".to_owned()].into_iter().chain(names));
    for (i, point) in points.iter().enumerate() {
        let at = first + i as i64 * step * 1000;
        let viewers = point.as_ref().and_then(|point| point.viewers);
        let counts =
            DRIVERS.iter().map(|key| point.as_ref().map(|point| counted::<WithMoney>(&point.counts, key)));
        let numbers = [viewers].into_iter().chain(counts);
        let numbers = numbers.map(|n| n.map_or(String::new(), |n| n.to_string()));
        row(&mut csv, separator, [local(look, at), views::iso(at)].into_iter().chain(numbers));
    }
    csv
}

/// Between the cells of a row.
pub(super) fn separator(look: &Look) -> char {
    if look.lang == Lang::En { ',' } else { ';' }
}

/// Gifts are diamonds; where any of them rests on an estimate, the name says so.
fn name(key: &str, subject: &Subject, look: &Look) -> String {
    let name = look.words().t(series_key(key)).into_owned();
    match (key == "gifts", subject.estimated) {
        (true, true) => format!("{name} (◆ ≈)"),
        (true, false) => format!("{name} (◆)"),
        (false, _) => name,
    }
}

/// `2026-11-22 19:30:00`, which spreadsheets read as a time.
pub(super) fn local(look: &Look, at: Stamp) -> String {
    views::iso(at + i64::from(views::zone_offset_s(look.zone, at)) * 1000).replace('T', " ").replace('Z', "")
}

/// No cell holds a separator, a quote or a stranger's text: they are times, numbers and our own names.
pub(super) fn row(csv: &mut String, separator: char, cells: impl Iterator<Item = String>) {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            csv.push(separator);
        }
        csv.push_str(&cell);
    }
    csv.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::SessionId;
    use crate::domain::session::{Gap, GapCause};
    use crate::domain::totals::{BIN_MS, Bin, BinViewers, Counts};
    use crate::web::pages::samples;

    fn bin(i: i64) -> Bin {
        Bin {
            // 2026-11-22 12:30 UTC.
            from: Stamp(1_795_350_600_000 + i * BIN_MS),
            viewers: BinViewers { last: Some(12_000), min: 12_000, max: 12_000, ..BinViewers::default() },
            counts: Counts { likes: 3, diamonds: 40, gift_units: 2, ..Counts::default() },
            likes_in_gap: 0,
        }
    }

    #[test]
    fn rows_have_both_times_plain_numbers_and_nothing_where_nothing_is_known() {
        let bins = [bin(0), bin(3)];
        let gap = Gap {
            from: bins[0].from + BIN_MS,
            to: Some(bins[1].from - BIN_MS),
            cause: GapCause::Disconnected,
        };
        let gaps = [gap];
        let subject = Subject {
            session: SessionId(1),
            bins: &bins,
            gaps: &gaps,
            battles: &[],
            at: bins[1].from + BIN_MS,
            running: false,
            estimated: true,
            shown: None,
        };
        let csv = write(&subject, &samples::look(Lang::Id));
        let lines: Vec<_> = csv.split("\r\n").collect();
        assert_eq!(
            lines,
            [
                "\u{feff}Waktu (Asia/Jakarta);UTC;Penonton;Like;Komentar;Gift (◆ ≈);Follow baru;Share",
                "2026-11-22 19:30:00;2026-11-22T12:30:00Z;12000;3;0;40;0;0",
                "2026-11-22 19:30:10;2026-11-22T12:30:10Z;;;;;;",
                "2026-11-22 19:30:20;2026-11-22T12:30:20Z;;0;0;0;0;0",
                "2026-11-22 19:30:30;2026-11-22T12:30:30Z;12000;3;0;40;0;0",
                "",
            ]
        );
    }
}
