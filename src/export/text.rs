//! What a text may be in a cell: not too long, only characters that a file can hold, and in a CSV
//! file never a formula.

use std::borrow::Cow;

/// More does not fit a cell of a workbook (Excel's limits: 32,767 characters). Excel counts UTF-16.
pub const MAX_UNITS: usize = 32_767;

/// Stands at the end of a text that was cut.
const CUT: &str = " […]";

/// Stands for a character that XML cannot hold.
const REPLACED: char = '\u{fffd}';

/// `text` as a cell can hold it: characters that XML has no place for become U+FFFD, and what is
/// longer than a cell ends with a mark.
pub fn fitting(text: &str) -> Cow<'_, str> {
    let text = match text.contains(is_illegal) {
        false => Cow::Borrowed(text),
        true => Cow::Owned(text.replace(is_illegal, &REPLACED.to_string())),
    };
    // No text has more UTF-16 units than bytes.
    if text.len() <= MAX_UNITS || text.encode_utf16().count() <= MAX_UNITS {
        return text;
    }
    let room = MAX_UNITS - CUT.encode_utf16().count();
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > room
    });
    let end = end.map_or(text.len(), |(at, _)| at);
    Cow::Owned(format!("{}{CUT}", &text[..end]))
}

/// `text` for a CSV file: one that a spreadsheet would take for a formula begins with `'`, which
/// spreadsheets show and do not compute. A workbook says which cells are formulas and needs none.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let fits = fitting(text);
    if begins_a_formula(text) { Cow::Owned(format!("'{fits}")) } else { fits }
}

/// The signs that begin a formula, in their wide forms too, and what spreadsheets skip before them
/// (OWASP, "CSV Injection").
fn begins_a_formula(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let is_sign = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    first.is_control() || is_illegal(first) || text.trim_start().starts_with(is_sign)
}

/// What XML 1.0 has no place for (its production 2, Char).
fn is_illegal(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_only_text_in_a_csv_file() {
        for formula in [
            "=1+1",
            "+62 812",
            "-2",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "\u{1}=1",
            "  =1",
            "＝1",
            "＠A1",
            "\u{fffe}=1",
            "\u{a0}=1",
        ] {
            assert!(harmless(formula).starts_with('\''), "{formula:?}");
        }
        for name in ["ana", "1=1", "a-b", "", "❤️=", "’=1", "(=1)"] {
            assert_eq!(harmless(name), name, "{name:?}");
        }
    }

    #[test]
    fn characters_that_xml_cannot_hold_are_visibly_replaced() {
        assert_eq!(fitting("a\u{0}b\u{1b}[31m\u{ffff}\t\n\r"), "a\u{fffd}b\u{fffd}[31m\u{fffd}\t\n\r");
        assert!(matches!(fitting("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn a_text_longer_than_a_cell_ends_with_a_mark() {
        let units = |text: &str| text.encode_utf16().count();
        assert_eq!(fitting(&"x".repeat(MAX_UNITS)).len(), MAX_UNITS, "what fits is left alone");
        for long in ["x".repeat(MAX_UNITS + 1), "😀".repeat(20_000), "é".repeat(40_000)] {
            let cut = fitting(&long);
            assert!(units(&cut) <= MAX_UNITS && units(&cut) >= MAX_UNITS - 1, "{}", units(&cut));
            assert!(cut.ends_with(CUT) && long.starts_with(cut.trim_end_matches(CUT)));
        }
        assert_eq!(fitting(&"é".repeat(MAX_UNITS)), "é".repeat(MAX_UNITS), "bytes are not what counts");
    }
}
