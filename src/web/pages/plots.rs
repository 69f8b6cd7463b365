//! The drawings beside an answer: which came first, and viewers around each burst. Made on the server, so
//! that they need no script.

use crate::domain::answer::{DriverAnswer, Evidence, Range};
use crate::web::sentences::viewers;
use crate::web::views;
use crate::words::{Lang, Words};
use std::fmt::Write;

/// Both drawings share a box of 332 by 118.
const WIDTH: f64 = 332.0;
/// The middle of the lag strip, and how far its bars reach.
const MIDDLE: f64 = 52.0;
const REACH: f64 = 34.0;
/// Minutes on either side of the lag strip.
const SIDE_MIN: usize = 10;
/// Right edge, top and bottom of the lines around bursts; numbers stand beside and below them.
const LINES_RIGHT: f64 = 286.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 96.0;
/// Half minutes before a burst.
const BEFORE: usize = 10;
/// Thin lines that are drawn at most, evenly chosen; the median is that of all.
const MOST_LINES: usize = 24;
/// Changes smaller than this are not blown up to the height of the box.
const SMALLEST_SCALE: f64 = 0.05;

/// Bars of ten minutes before to ten minutes after; left of zero the activity came first.
pub struct LagStrip {
    pub band_y: String,
    pub band_height: String,
    pub bars: Vec<Bar>,
    /// The strongest link, if chance alone does not reach it: where its label stands, and the label.
    pub peak: Option<(String, String, String)>,
    pub first: String,
    pub label: String,
}

pub struct Bar {
    pub x: String,
    pub y: String,
    pub height: String,
    /// Further from zero than chance reaches.
    pub hit: bool,
}

/// Viewers around each burst.
pub struct Around {
    pub zero_y: String,
    /// A line at a round change, with its label.
    pub grid: (String, String),
    pub start_x: String,
    pub each: Vec<String>,
    pub median: String,
    /// Where the median ends: height and change.
    pub end: Option<(String, String)>,
    pub n: String,
    pub label: String,
}

/// The effect in each of several sessions with its likely range, and that of all together behind them.
pub struct Forest {
    pub zero_y: String,
    pub band_y: String,
    pub band_height: String,
    pub sessions: Vec<ForestLine>,
    pub top: String,
    pub n: String,
    pub label: String,
}

/// One session: its range from top to bottom, and its estimate.
pub struct ForestLine {
    pub x: String,
    pub high_y: String,
    pub low_y: String,
    pub y: String,
    /// Worded as an answer in that session.
    pub claim: bool,
}

impl Forest {
    /// Of the newest sessions that `pooled` rests on; `None` under two of them.
    #[must_use]
    pub fn new(pooled: &DriverAnswer, each: &[&DriverAnswer], driver: &str, w: &Words) -> Option<Self> {
        let known: Vec<_> = each.iter().filter_map(|of| Some((of.per_burst?, of.level.is_claim()))).collect();
        let newest = &known[known.len().saturating_sub(MOST_LINES)..];
        let all = pooled.per_burst.filter(|_| newest.len() > 1)?;
        // A session that knows little has a range so long that it would flatten the others.
        let mut reach: Vec<_> = newest.iter().map(|(of, _)| of.high.abs().max(of.low.abs())).collect();
        reach.sort_unstable_by(f64::total_cmp);
        let reach = reach[(reach.len() - 1) * 3 / 4].max(all.high.abs()).max(all.low.abs()).max(1.0);
        let y = |value: f64| MIDDLE - (value / reach).clamp(-1.0, 1.0) * REACH;
        let step = WIDTH / newest.len() as f64;
        let line = |(i, (of, claim)): (usize, &(Range, bool))| ForestLine {
            x: tenths(i as f64 * step + step / 2.0),
            high_y: tenths(y(of.high)),
            low_y: tenths(y(of.low)),
            y: tenths(y(of.estimate)),
            claim: *claim,
        };
        Some(Self {
            zero_y: tenths(y(0.0)),
            band_y: tenths(y(all.high)),
            band_height: tenths((y(all.low) - y(all.high)).max(1.0)),
            sessions: newest.iter().enumerate().map(line).collect(),
            top: viewers(reach, w),
            n: w.with("around-n", [("n", newest.len().into())]),
            label: w.with("forest-label", [("driver", driver.to_owned().into()), ("n", newest.len().into())]),
        })
    }
}

impl LagStrip {
    #[must_use]
    pub fn new(answer: &DriverAnswer, driver: &str, w: &Words) -> Option<Self> {
        let evidence = answer.evidence.as_ref()?;
        let links = activity_first(evidence);
        let chance = f64::from(evidence.chance);
        let largest = links.iter().fold(chance * 1.6, |largest, link| largest.max(link.abs())).max(0.01);
        let step = WIDTH / links.len() as f64;
        let y = |link: f64| link / largest * REACH;
        let bar = |(i, link): (usize, &f64)| Bar {
            x: tenths(i as f64 * step + 2.0),
            y: tenths(MIDDLE - y(link.max(0.0))),
            height: tenths(y(link.abs())),
            hit: link.abs() > chance,
        };
        let strongest = links.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        let peak = strongest.filter(|(_, link)| link.abs() > chance).map(|(i, link)| {
            let height = if *link > 0.0 { MIDDLE - y(*link) - 5.0 } else { MIDDLE + y(-link) + 11.0 };
            let x = (i as f64 * step + step / 2.0).clamp(26.0, WIDTH - 26.0);
            let minutes = views::signed(w.lang(), i as i64 - SIDE_MIN as i64);
            (tenths(x), tenths(height), w.with("lag-minutes", [("n", minutes.into())]))
        });
        Some(Self {
            band_y: tenths(MIDDLE - y(chance)),
            band_height: tenths(2.0 * y(chance)),
            bars: links.iter().enumerate().map(bar).collect(),
            peak,
            first: w.with("lag-first", [("driver", driver.to_owned().into())]),
            label: w.with("lag-label", [("driver", driver.to_owned().into())]),
        })
    }
}

impl Around {
    #[must_use]
    pub fn new(answer: &DriverAnswer, driver: &str, w: &Words) -> Option<Self> {
        let evidence = answer.evidence.as_ref().filter(|evidence| !evidence.around.is_empty())?;
        let every = evidence.around.len().div_ceil(MOST_LINES);
        let drawn: Vec<_> = evidence.around.iter().step_by(every).collect();
        let values =
            || drawn.iter().copied().chain([&evidence.median]).flatten().flatten().copied().map(f64::from);
        let high = values().fold(SMALLEST_SCALE, f64::max);
        let low = values().fold(-SMALLEST_SCALE, f64::min);
        let y = |change: f64| BOTTOM - (change - low) / (high - low) * (BOTTOM - TOP);
        let x = |i: usize| i as f64 / (evidence.median.len().max(2) - 1) as f64 * LINES_RIGHT;
        // Thin lines by the minute; the eye follows the median anyway.
        let line = |values: &[Option<f32>], every: usize| path(values, every, x, y);
        let last = evidence.median.iter().rev().flatten().next().map(|change| f64::from(*change));
        let round = round_below(high);
        Some(Self {
            zero_y: tenths(y(0.0)),
            grid: (tenths(y(round)), percent(w.lang(), round)),
            start_x: tenths(x(BEFORE)),
            each: drawn.iter().map(|values| line(values, 2)).collect(),
            median: line(&evidence.median, 1),
            end: last.map(|change| (tenths(y(change) + 4.0), percent(w.lang(), change))),
            n: w.with("around-n", [("n", evidence.around.len().into())]),
            label: w.with(
                "around-label",
                [
                    ("driver", driver.to_owned().into()),
                    ("n", evidence.around.len().into()),
                    ("change", last.map_or(views::NOTHING.to_owned(), |last| percent(w.lang(), last)).into()),
                ],
            ),
        })
    }
}

/// Links from ten minutes to ten minutes, with activity that came first on the left.
#[must_use]
pub fn activity_first(evidence: &Evidence) -> Vec<f64> {
    // Kept for inflow from before the activity to after it: inflow that came later is activity that came first.
    evidence.lags.iter().rev().map(|link| f64::from(*link)).collect()
}

/// A change in whole per cent with its sign.
#[must_use]
pub fn percent(lang: Lang, change: f64) -> String {
    format!("{}%", views::signed(lang, (change * 100.0).round() as i64))
}

/// A line through every `every`-th value, broken where one is not known.
fn path(values: &[Option<f32>], every: usize, x: impl Fn(usize) -> f64, y: impl Fn(f64) -> f64) -> String {
    let mut path = String::new();
    let mut pen = 'M';
    for (i, value) in values.iter().enumerate().step_by(every) {
        match value {
            Some(value) => {
                write!(path, "{pen}{:.0} {:.1}", x(i), y(f64::from(*value))).expect("writing to a string");
                pen = 'L';
            }
            None => pen = 'M',
        }
    }
    path
}

/// The largest of 1, 2, 5, 10, 20, 50 per cent and so on that is not above `high`.
fn round_below(high: f64) -> f64 {
    let ten = 10_f64.powf(high.log10().floor());
    [5.0, 2.0].into_iter().map(|factor| factor * ten).find(|round| *round <= high).unwrap_or(ten)
}

fn tenths(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::driver::Driver;

    fn answer(evidence: Evidence) -> DriverAnswer {
        DriverAnswer { evidence: Some(evidence), ..DriverAnswer::empty(Driver::Likes) }
    }

    #[test]
    fn activity_that_came_first_stands_on_the_left_and_names_its_minutes() {
        // Inflow two minutes after the activity.
        let mut lags = vec![0.0; 21];
        lags[12] = 0.4;
        lags[3] = -0.05;
        let strip = answer(Evidence { lags, chance: 0.1, ..Evidence::default() });
        let strip = LagStrip::new(&strip, "likes", Words::of(Lang::En)).expect("evidence");
        let hits: Vec<_> = strip.bars.iter().enumerate().filter(|(_, bar)| bar.hit).map(|(i, _)| i).collect();
        assert_eq!(hits, [8]);
        assert_eq!((strip.bars[8].y.as_str(), strip.bars[8].height.as_str()), ("18.0", "34.0"));
        assert_eq!((strip.bars[17].y.as_str(), strip.bars[17].height.as_str()), ("52.0", "4.2"), "downwards");
        assert_eq!(strip.peak.expect("beyond chance").2, "−2 min");
        assert_eq!((strip.band_y.as_str(), strip.band_height.as_str()), ("43.5", "17.0"));
    }

    #[test]
    fn nothing_beyond_chance_has_no_label() {
        let strip = answer(Evidence { lags: vec![0.02; 21], chance: 0.1, ..Evidence::default() });
        let strip = LagStrip::new(&strip, "likes", Words::of(Lang::En)).expect("evidence");
        assert!(strip.peak.is_none() && strip.bars.iter().all(|bar| !bar.hit));
    }

    #[test]
    fn lines_break_where_viewers_are_not_known_and_the_median_tells_where_it_ends() {
        let mut burst: Vec<Option<f32>> = (0..41).map(|i| Some(i as f32 / 100.0)).collect();
        burst[20] = None;
        let median = vec![Some(0.1); 41];
        let around = answer(Evidence { around: vec![burst; 60], median, ..Evidence::default() });
        let around = Around::new(&around, "likes", Words::of(Lang::Id)).expect("evidence");
        assert_eq!(around.each.len(), 20, "every third of sixty");
        assert_eq!(around.each[0].matches('M').count(), 2);
        assert_eq!(around.end.expect("known").1, "+10%");
        assert_eq!(around.grid.1, "+20%");
        assert!(around.n.contains("60"), "{}", around.n);
    }

    #[test]
    fn sessions_stand_beside_each_other_and_one_that_knows_little_is_cut_off() {
        let of = |estimate, half: f64| DriverAnswer {
            per_burst: Some(Range { estimate, low: estimate - half, high: estimate + half }),
            ..DriverAnswer::empty(Driver::Likes)
        };
        let each = [
            of(10.0, 10.0),
            of(8.0, 12.0),
            of(9.0, 900.0),
            of(12.0, 5.0),
            DriverAnswer::empty(Driver::Likes),
        ];
        let each: Vec<_> = each.iter().collect();
        let w = Words::of(Lang::En);
        let forest = Forest::new(&of(10.0, 5.0), &each, "likes", w).expect("four sessions");
        assert_eq!(forest.sessions.len(), 4, "one could not be judged");
        let wide = &forest.sessions[2];
        assert_eq!((wide.high_y.as_str(), wide.low_y.as_str()), ("18.0", "86.0"), "from edge to edge");
        assert_eq!((forest.zero_y.as_str(), forest.top.as_str()), ("52.0", "+20"));
        assert!(Forest::new(&of(10.0, 5.0), &each[..1], "likes", w).is_none(), "one is no comparison");
    }

    #[test]
    fn round_numbers_stay_below() {
        for (high, round) in [(0.05, 0.05), (0.19, 0.1), (0.43, 0.2), (1.7, 1.0), (0.99, 0.5)] {
            assert!((round_below(high) - round).abs() < 1e-9, "{high}");
        }
    }
}
