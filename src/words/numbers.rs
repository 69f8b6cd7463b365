//! How numbers are written in each language.

use super::Lang;

/// A true minus, as wide as a plus.
const MINUS: char = '−';

/// A count: in full up to 99,999, compact above. In Indonesian `M` is miliar, 10⁹.
#[must_use]
pub fn count(lang: Lang, n: i64) -> String {
    let size = n.unsigned_abs();
    let text = if size < 100_000 { grouped(lang, size) } else { compact(lang, size) };
    if n < 0 { format!("{MINUS}{text}") } else { text }
}

/// A count that is written in full however long it is, for tables of totals.
#[must_use]
pub fn full(lang: Lang, n: i64) -> String {
    let text = grouped(lang, n.unsigned_abs());
    if n < 0 { format!("{MINUS}{text}") } else { text }
}

/// A number with at most one decimal.
#[must_use]
pub fn decimal(lang: Lang, value: f64) -> String {
    let tenths = (value.abs() * 10.0).round() as u64;
    let whole = grouped(lang, tenths / 10);
    let sign = if value < 0.0 && tenths > 0 { "−" } else { "" };
    match tenths % 10 {
        0 => format!("{sign}{whole}"),
        tenth => format!("{sign}{whole}{}{tenth}", if lang == Lang::En { '.' } else { ',' }),
    }
}

/// A rate: one decimal, two below one.
#[must_use]
pub fn rate(lang: Lang, value: f64) -> String {
    let hundredths = (value * 100.0).round() as i64;
    match hundredths {
        1..100 => {
            let point = if lang == Lang::En { '.' } else { ',' };
            format!("0{point}{hundredths:02}").trim_end_matches('0').to_owned()
        }
        _ => decimal(lang, value),
    }
}

/// An amount that was rounded already, with up to `places` decimals and no zeros at their end.
#[must_use]
pub fn amount(lang: Lang, value: f64, places: usize) -> String {
    let text = format!("{:.places$}", value.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let whole = grouped(lang, whole.parse().unwrap_or(u64::MAX));
    let sign = if value < 0.0 { "−" } else { "" };
    match part.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}{}{part}", if lang == Lang::En { '.' } else { ',' }),
    }
}

/// A size on disk: `980 B`, `8.4 kB`, `412 MB`, `1.2 GB`.
#[must_use]
pub fn size(lang: Lang, bytes: u64) -> String {
    let n = bytes as f64;
    let (unit, name) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..999_950 => (1e3, "kB"),
        999_950..999_950_000 => (1e6, "MB"),
        _ => (1e9, "GB"),
    };
    format!("{} {name}", decimal(lang, n / unit))
}

fn grouped(lang: Lang, n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(if lang == Lang::En { ',' } else { '.' });
        }
        text.push(digit);
    }
    text
}

fn compact(lang: Lang, n: u64) -> String {
    let units: [(f64, &str); 3] = match lang {
        Lang::En => [(1e3, "K"), (1e6, "M"), (1e9, "B")],
        Lang::Id => [(1e3, " rb"), (1e6, " jt"), (1e9, " M")],
    };
    let n = n as f64;
    // 999,960 is a million once it is rounded.
    let unit = units.iter().rev().find(|(size, _)| n >= size * 0.9995).unwrap_or(&units[0]);
    let value = n / unit.0;
    let text = if value < 99.95 { decimal(lang, value) } else { grouped(lang, value.round() as u64) };
    format!("{text}{}", unit.1)
}
