//! A text as a code that a phone's camera reads.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// The light border that readers need, in squares.
const QUIET: usize = 4;

/// A QR code as one path of an SVG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    /// Squares of a side, with the light border.
    pub side: usize,
    /// Outlines of what is dark, one unit a square.
    pub path: String,
}

/// The code of `text`. `None` if it is longer than a code can be.
#[must_use]
pub fn qr(text: &str) -> Option<Qr> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.into_colors().chunks(width).enumerate() {
        let mut x = 0;
        // Squares beside each other are one shape, so that no seams are seen between them.
        for run in row.chunk_by(|one, other| one == other) {
            if run[0] == Color::Dark {
                let length = run.len();
                write!(path, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET)
                    .expect("writing to a string");
            }
            x += run.len();
        }
    }
    Some(Qr { side: width + 2 * QUIET, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The squares of a code, read back from its path.
    fn squares(qr: &Qr) -> Vec<Vec<bool>> {
        let mut squares = vec![vec![false; qr.side]; qr.side];
        for part in qr.path.split('M').skip(1) {
            let (place, rest) = part.split_once('h').expect("a run");
            let (x, y) = place.split_once(' ').expect("a place");
            let [x, y, length] = [x, y, rest.split_once('v').expect("its end").0]
                .map(|number| number.parse::<usize>().expect("a number"));
            squares[y][x..x + length].fill(true);
        }
        squares
    }

    #[test]
    fn a_code_has_its_three_corners_and_a_light_border() {
        let qr = qr("http://192.168.1.23:8787/").expect("short enough");
        let squares = squares(&qr);
        assert_eq!(qr.side, 25 + 2 * QUIET, "version 2 holds 26 bytes");
        let corner = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"];
        for (left, top) in [(4, 4), (qr.side - 11, 4), (4, qr.side - 11)] {
            for (y, row) in corner.iter().enumerate() {
                for (x, dark) in row.chars().enumerate() {
                    assert_eq!(squares[top + y][left + x], dark == '1', "{left} {top}: {x} {y}");
                }
            }
        }
        let is_border = |n: usize| n < QUIET || n >= qr.side - QUIET;
        for (y, row) in squares.iter().enumerate() {
            for (x, dark) in row.iter().enumerate() {
                assert!(!dark || !(is_border(x) || is_border(y)), "{x} {y}");
            }
        }
    }

    #[test]
    fn different_texts_have_different_codes_and_too_long_ones_have_none() {
        assert_ne!(qr("http://192.168.1.23:8787/"), qr("http://192.168.1.24:8787/"));
        assert_eq!(qr(&"x".repeat(5_000)), None);
    }
}
