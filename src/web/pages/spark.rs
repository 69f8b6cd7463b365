//! Small lines without axes.

use std::fmt::Write;

const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 24.0;
/// Room for the stroke and the last point.
const MARGIN: f64 = 3.0;

/// A sparkline: the value of an SVG path in a box of 96 by 24, scaled to its own range.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spark {
    pub path: String,
    /// Where the newest value stands, if it is known.
    pub x: String,
    pub y: String,
}

impl Spark {
    /// A line through `values`; where a value is missing the line is broken, never joined.
    #[must_use]
    pub fn new(values: &[Option<f64>]) -> Self {
        let known = || values.iter().flatten().copied();
        let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
        let x = |i: usize| i as f64 / (values.len().max(2) - 1) as f64 * (WIDTH - MARGIN);
        let y = |value: f64| {
            let height = HEIGHT - 2.0 - (value - low) / (high - low) * (HEIGHT - 4.0);
            if high > low { height } else { HEIGHT - 2.0 }
        };
        let mut spark = Self::default();
        let mut broken = true;
        for (i, value) in values.iter().enumerate() {
            if let Some(value) = value {
                let pen = if broken { 'M' } else { 'L' };
                // A lone point would be a path without length, which nothing draws.
                let lone = broken && values.get(i + 1).copied().flatten().is_none();
                write!(spark.path, "{pen}{:.1} {:.1}", x(i), y(*value)).expect("writing to a string");
                if lone {
                    spark.path.push_str("h.5");
                }
            }
            broken = value.is_none();
        }
        if let Some(Some(last)) = values.last() {
            (spark.x, spark.y) = (format!("{:.1}", x(values.len() - 1)), format!("{:.1}", y(*last)));
        }
        spark
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_breaks_where_a_value_is_missing() {
        let spark = Spark::new(&[Some(0.0), Some(10.0), None, Some(5.0)]);
        assert_eq!(spark.path, "M0.0 22.0L31.0 2.0M93.0 12.0h.5");
        assert_eq!((spark.x.as_str(), spark.y.as_str()), ("93.0", "12.0"));
    }

    #[test]
    fn nothing_known_draws_nothing_and_a_constant_draws_a_level_line() {
        assert_eq!(Spark::new(&[None, None]), Spark::default());
        assert_eq!(Spark::new(&[Some(3.0), Some(3.0)]).path, "M0.0 22.0L93.0 22.0");
    }
}
