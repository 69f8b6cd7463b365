//! How numbers, durations and times are written, by section 4 of the product's rules.

use super::look::Look;
use crate::domain::money::Money;
use crate::domain::time::Stamp;
use crate::words::Lang;
pub use crate::words::numbers::{amount, count, decimal, full, rate, size};
use chrono::{DateTime, Datelike, Timelike};
use chrono_tz::{OffsetName, Tz};

/// What stands where a value is not known.
pub const NOTHING: &str = "–";

/// A change with its sign: `+255`, `−184`, `0`.
#[must_use]
pub fn signed(lang: Lang, n: i64) -> String {
    if n > 0 { format!("+{}", count(lang, n)) } else { count(lang, n) }
}

/// A share of one as a percentage with one decimal, without it where it is zero: `97.7%`, `100%`. What is
/// not all is never rounded up to all.
#[must_use]
pub fn percent(lang: Lang, share: f64) -> String {
    let shown = if share < 1.0 { (share * 100.0).min(99.9) } else { share * 100.0 };
    format!("{}%", decimal(lang, shown))
}

/// A relative change in whole per cent: `+27%`, `−35%`, `0%`; above tenfold as a factor, `×41`.
#[must_use]
pub fn change(lang: Lang, from: f64, to: f64) -> Option<String> {
    if from <= 0.0 {
        return None;
    }
    let ratio = to / from;
    if ratio >= 10.0 {
        return Some(format!("×{}", count(lang, ratio.round() as i64)));
    }
    Some(format!("{}%", signed(lang, ((ratio - 1.0) * 100.0).round() as i64)))
}

/// What diamonds may be worth: `Estimated ≈ US$62.4`. `None` for nothing.
#[must_use]
pub fn estimate(look: &Look, diamonds: i64) -> Option<String> {
    (diamonds > 0).then(|| look.words().with("money-estimated", [("money", money(look, diamonds).into())]))
}

/// What diamonds may be worth, where it is said already that this is an estimate: `US$62.4`, `Rp 1,010,000`.
#[must_use]
pub fn money(look: &Look, diamonds: i64) -> String {
    match look.rates.estimate(diamonds) {
        Money::Dollars(dollars) => format!("US${}", amount(look.lang, dollars, 6)),
        Money::Rupiah(rupiah) => format!("Rp\u{a0}{}", amount(look.lang, rupiah, 0)),
    }
}

/// A length of time: `2h 05m`, `4m 12s`, `42s`; in Indonesian `2j 05m`, `4 mnt 12 dtk`, `42 dtk`.
#[must_use]
pub fn duration(lang: Lang, ms: i64) -> String {
    let s = ms.max(0) / 1000;
    let (hours, minutes, seconds) = (s / 3600, s / 60 % 60, s % 60);
    match lang {
        Lang::En if hours > 0 => format!("{hours}h {minutes:02}m"),
        Lang::Id if hours > 0 => format!("{hours}j {minutes:02}m"),
        Lang::En if minutes > 0 && seconds > 0 => format!("{minutes}m {seconds}s"),
        Lang::Id if minutes > 0 && seconds > 0 => format!("{minutes} mnt {seconds} dtk"),
        Lang::En if minutes > 0 => format!("{minutes}m"),
        Lang::Id if minutes > 0 => format!("{minutes} mnt"),
        Lang::En => format!("{seconds}s"),
        Lang::Id => format!("{seconds} dtk"),
    }
}

/// A length of time to the minute, for a clock that would otherwise change every second.
#[must_use]
pub fn minutes(lang: Lang, ms: i64) -> String {
    duration(lang, if ms < 60_000 { ms } else { ms / 60_000 * 60_000 })
}

/// A place in a session for an address: `1h12m05s`.
#[must_use]
pub fn elapsed(ms: i64) -> String {
    let s = ms.max(0) / 1000;
    match (s / 3600, s / 60 % 60, s % 60) {
        (0, minutes, seconds) => format!("{minutes}m{seconds:02}s"),
        (hours, minutes, seconds) => format!("{hours}h{minutes:02}m{seconds:02}s"),
    }
}

/// The milliseconds that [`elapsed`] stands for; hours, minutes and seconds may each be left out.
#[must_use]
pub fn parse_elapsed(text: &str) -> Option<i64> {
    let mut ms = 0_i64;
    let mut rest = text;
    for (unit, unit_ms) in [('h', 3_600_000), ('m', 60_000), ('s', 1000)] {
        if let Some((digits, after)) = rest.split_once(unit) {
            let n: u16 = digits.parse().ok()?;
            ms += i64::from(n) * unit_ms;
            rest = after;
        }
    }
    (rest.is_empty() && !text.is_empty()).then_some(ms)
}

fn local(look: &Look, at: Stamp) -> DateTime<Tz> {
    let utc = DateTime::from_timestamp_millis(at.0).unwrap_or(DateTime::UNIX_EPOCH);
    utc.with_timezone(&look.zone)
}

/// Hour and minute: `19:30`, in Indonesian `19.30`.
#[must_use]
pub fn clock(look: &Look, at: Stamp) -> String {
    let time = local(look, at);
    let colon = if look.lang == Lang::En { ':' } else { '.' };
    format!("{:02}{colon}{:02}", time.hour(), time.minute())
}

/// Hour and minute with the zone: `19:30 WIB`.
#[must_use]
pub fn clock_zone(look: &Look, at: Stamp) -> String {
    format!("{} {}", clock(look, at), zone_at(look.zone, at))
}

const WEEKDAYS: [[&str; 7]; 2] =
    [["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], ["Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"]];
const MONTHS: [[&str; 12]; 2] = [
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
];

/// The short name of a day of the week, Monday being 0.
#[must_use]
pub const fn weekday(lang: Lang, day: usize) -> &'static str {
    WEEKDAYS[lang as usize][day]
}

/// The day: `Sat 22 Nov 2026`, in Indonesian `Sab, 22 Nov 2026`.
#[must_use]
pub fn day(look: &Look, at: Stamp) -> String {
    format!("{} {}", short_day(look, at), local(look, at).year())
}

/// The day without its year: `Sat 22 Nov`, in Indonesian `Sab, 22 Nov`.
#[must_use]
pub fn short_day(look: &Look, at: Stamp) -> String {
    let time = local(look, at);
    let lang = look.lang as usize;
    let weekday = WEEKDAYS[lang][time.weekday().num_days_from_monday() as usize];
    let month = MONTHS[lang][time.month0() as usize];
    let comma = if look.lang == Lang::En { "" } else { "," };
    format!("{weekday}{comma} {} {month}", time.day())
}

/// The date alone: `22 Nov`.
#[must_use]
pub fn date(look: &Look, at: Stamp) -> String {
    let time = local(look, at);
    format!("{} {}", time.day(), MONTHS[look.lang as usize][time.month0() as usize])
}

/// The date with its year: `22 Nov 2026`.
#[must_use]
pub fn full_date(look: &Look, at: Stamp) -> String {
    format!("{} {}", date(look, at), local(look, at).year())
}

/// Day and time with the zone: `Sat 22 Nov 2026, 19:30 WIB`, in Indonesian `Sab, 22 Nov 2026 19.30 WIB`.
#[must_use]
pub fn moment(look: &Look, at: Stamp) -> String {
    let comma = if look.lang == Lang::En { "," } else { "" };
    format!("{}{comma} {}", day(look, at), clock_zone(look, at))
}

/// Whether two moments lie on different days in the person's zone.
#[must_use]
pub fn crosses_midnight(look: &Look, from: Stamp, to: Stamp) -> bool {
    local(look, from).date_naive() != local(look, to).date_naive()
}

/// From one moment to another: `Thu 19 Nov 2026, 19:30 to 22:17 WIB`.
#[must_use]
pub fn stretch(look: &Look, from: Stamp, to: Stamp) -> String {
    look.words().with(
        "session-heading",
        [
            ("day", day(look, from).into()),
            ("from", clock(look, from).into()),
            ("to", clock(look, to).into()),
            ("next", if crosses_midnight(look, from, to) { " +1".into() } else { "".into() }),
            ("zone", zone_at(look.zone, from).into()),
        ],
    )
}

/// Machine-readable, for `<time datetime>`.
#[must_use]
pub fn iso(at: Stamp) -> String {
    let utc = DateTime::from_timestamp_millis(at.0).unwrap_or(DateTime::UNIX_EPOCH);
    utc.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The short name of a zone: WIB, WITA and WIT for Indonesia, else the zone's own, else its offset.
#[must_use]
pub fn zone_at(zone: Tz, at: Stamp) -> String {
    let utc = DateTime::from_timestamp_millis(at.0).unwrap_or(DateTime::UNIX_EPOCH);
    let time = utc.with_timezone(&zone);
    match time.offset().abbreviation() {
        Some(name) if name.starts_with(|c: char| c.is_ascii_alphabetic()) => name.to_owned(),
        _ => format!("UTC{}", time.format("%:z")),
    }
}

/// Seconds east of UTC at a moment, for charts that write their own time axis.
#[must_use]
pub fn zone_offset_s(zone: Tz, at: Stamp) -> i32 {
    use chrono::Offset;
    let utc = DateTime::from_timestamp_millis(at.0).unwrap_or(DateTime::UNIX_EPOCH);
    utc.with_timezone(&zone).offset().fix().local_minus_utc()
}

/// The first letter or digit of a name, for its round mark.
#[must_use]
pub fn initial(name: &str) -> String {
    name.chars()
        .find(|c| c.is_alphanumeric())
        .map_or_else(|| "?".to_owned(), |c| c.to_uppercase().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(lang: Lang, zone: Tz) -> Look {
        Look { lang, zone, ..Look::default() }
    }

    #[test]
    fn counts_are_full_to_99_999_and_compact_above() {
        for (n, en, id) in [
            (0, "0", "0"),
            (1203, "1,203", "1.203"),
            (99_999, "99,999", "99.999"),
            (100_000, "100K", "100 rb"),
            (123_456, "123K", "123 rb"),
            (999_960, "1M", "1 jt"),
            (1_234_567, "1.2M", "1,2 jt"),
            (1_200_000_000, "1.2B", "1,2 M"),
            (-184, "−184", "−184"),
        ] {
            assert_eq!((count(Lang::En, n).as_str(), count(Lang::Id, n).as_str()), (en, id));
        }
        assert_eq!(full(Lang::Id, 1_234_567), "1.234.567");
    }

    #[test]
    fn changes_have_a_sign_and_no_percentage_of_nothing() {
        assert_eq!(signed(Lang::En, 255), "+255");
        assert_eq!(signed(Lang::En, -184), "−184");
        assert_eq!(change(Lang::En, 100.0, 127.0).as_deref(), Some("+27%"));
        assert_eq!(change(Lang::En, 100.0, 65.0).as_deref(), Some("−35%"));
        assert_eq!(change(Lang::En, 2.0, 82.0).as_deref(), Some("×41"));
        assert_eq!(change(Lang::En, 0.0, 5.0), None);
    }

    #[test]
    fn shares_and_decimals_follow_the_language() {
        assert_eq!(percent(Lang::En, 0.9768), "97.7%");
        assert_eq!(percent(Lang::Id, 0.125), "12,5%");
        assert_eq!(percent(Lang::En, 1.0), "100%");
        assert_eq!(percent(Lang::En, 0.9999), "99.9%");
        assert_eq!(decimal(Lang::En, -0.04), "0");
        assert_eq!(size(Lang::Id, 1_200_000_000), "1,2 GB");
    }

    #[test]
    fn money_is_an_estimate_in_the_currency_of_the_rates() {
        let mut look = look(Lang::En, chrono_tz::UTC);
        assert_eq!(estimate(&look, 12_480).as_deref(), Some("Estimated ≈\u{a0}US$62.4"));
        assert_eq!((money(&look, 3), money(&look, 246_913)), ("US$0.015".to_owned(), "US$1,230".to_owned()));
        look.rates.rupiah_per_dollar = Some(16_200);
        assert_eq!(money(&look, 12_480), "Rp\u{a0}1,010,000");
        look.lang = Lang::Id;
        assert_eq!(estimate(&look, 12_480).as_deref(), Some("Perkiraan ≈\u{a0}Rp\u{a0}1.010.000"));
        look.rates.rupiah_per_dollar = None;
        assert_eq!(money(&look, 12_480), "US$62,4");
        assert_eq!(estimate(&look, 0), None);
        assert_eq!(estimate(&look, 0), None);
    }

    #[test]
    fn durations_read_as_people_say_them() {
        for (s, en, id) in [
            (7500, "2h 05m", "2j 05m"),
            (252, "4m 12s", "4 mnt 12 dtk"),
            (600, "10m", "10 mnt"),
            (42, "42s", "42 dtk"),
            (-5, "0s", "0 dtk"),
        ] {
            assert_eq!(
                (duration(Lang::En, s * 1000).as_str(), duration(Lang::Id, s * 1000).as_str()),
                (en, id)
            );
        }
        assert_eq!(minutes(Lang::En, 252_000), "4m");
    }

    #[test]
    fn a_place_in_a_session_is_read_as_it_is_written() {
        for (text, ms) in [("0m00s", 0), ("12m05s", 725_000), ("1h12m05s", 4_325_000)] {
            assert_eq!((elapsed(ms).as_str(), parse_elapsed(text)), (text, Some(ms)));
        }
        assert_eq!(parse_elapsed("1h12m"), Some(4_320_000));
        assert_eq!(parse_elapsed("90m"), Some(5_400_000));
        for nonsense in ["", "m", "5", "-3m", "5m3h", "99999999999h", "1h x"] {
            assert_eq!(parse_elapsed(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn times_name_their_zone() {
        // 2026-11-22 12:30 UTC.
        let at = Stamp(1_795_350_600_000);
        let jakarta = chrono_tz::Asia::Jakarta;
        assert_eq!(moment(&look(Lang::En, jakarta), at), "Sun 22 Nov 2026, 19:30 WIB");
        assert_eq!(moment(&look(Lang::Id, jakarta), at), "Min, 22 Nov 2026 19.30 WIB");
        assert_eq!(zone_at(chrono_tz::Asia::Makassar, at), "WITA");
        assert_eq!(zone_at(chrono_tz::Asia::Jayapura, at), "WIT");
        assert_eq!(zone_at(chrono_tz::America::Sao_Paulo, at), "UTC-03:00");
        assert_eq!(zone_offset_s(jakarta, at), 25_200);
        assert_eq!(iso(at), "2026-11-22T12:30:00Z");
    }

    #[test]
    fn a_session_over_midnight_is_seen_in_the_zone_of_the_reader() {
        let (from, to) = (Stamp(1_795_350_600_000), Stamp(1_795_350_600_000 + 5 * 3_600_000));
        assert!(crosses_midnight(&look(Lang::En, chrono_tz::Asia::Jakarta), from, to));
        assert!(!crosses_midnight(&look(Lang::En, chrono_tz::UTC), from, to));
    }
}
