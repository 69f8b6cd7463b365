//! The chart of a session as one picture: viewers above, a lane for each driver below, one time axis.

use super::palette::{Palette, dash};
use crate::domain::time::Stamp;
use crate::domain::totals::{BIN_MS, Counts};
use crate::picture::font::{self, Weight};
use crate::picture::{self, Align, Drawing, Pen, Type};
use crate::web::look::Look;
use crate::web::pages::chart::{self, DRIVERS, Point, Subject, counted, series_key};
use crate::web::pages::leaderboard::approximate;
use crate::web::pages::live::View;
use crate::web::sight::Sight;
use crate::web::views;

const WIDTH: u16 = 1200;
/// Where the plots begin and end; names stand right of them.
const LEFT: f32 = 76.0;
const RIGHT: f32 = 1036.0;
const TOP: f32 = 108.0;
const VIEWERS: f32 = 280.0;
const LANE: f32 = 84.0;
const BETWEEN: f32 = 22.0;
/// Below the lanes: the time axis and who made it.
const BELOW: f32 = 76.0;
const SMALL: f32 = 16.0;
/// Times of the axis are apart by one of these, in minutes, and are at most so many.
const TICKS_MIN: [i64; 9] = [1, 2, 5, 10, 15, 30, 60, 120, 240];
const MOST_TICKS: i64 = 8;

/// The chart of `subject` under its heading, for a file of its own.
#[must_use]
pub fn draw<S: Sight>(subject: &Subject, view: &View, heading: &str, recap: &str, look: &Look) -> Drawing {
    let lanes: Vec<_> = DRIVERS.into_iter().filter(|key| view.shows(key)).collect();
    let bottom = TOP + VIEWERS + lanes.len() as f32 * (LANE + BETWEEN);
    let palette = Palette::of(look.theme);
    let mut drawing = Drawing::new(WIDTH, (bottom + BELOW) as u16, palette.colour("card"));
    let mut sheet = Sheet::new::<S>(&mut drawing, subject, palette, look);
    sheet.head(heading, recap);
    sheet.bands(bottom);
    sheet.viewers();
    for (i, key) in lanes.into_iter().enumerate() {
        sheet.lane(key, TOP + VIEWERS + BETWEEN + i as f32 * (LANE + BETWEEN));
    }
    sheet.times(bottom);
    drawing
}

struct Sheet<'a> {
    drawing: &'a mut Drawing,
    subject: &'a Subject<'a>,
    palette: &'static Palette,
    look: &'a Look,
    /// Whether gifts are counted in diamonds, and what a driver has of them.
    money: bool,
    counted: fn(&Counts, &str) -> i64,
    step_ms: i64,
    points: Vec<Option<Point>>,
    from: Stamp,
    to: Stamp,
}

impl<'a> Sheet<'a> {
    fn new<S: Sight>(
        drawing: &'a mut Drawing,
        subject: &'a Subject<'a>,
        palette: &'static Palette,
        look: &'a Look,
    ) -> Self {
        let step = chart::step_s(subject.bins, look);
        let points = chart::slots(subject, step);
        let from = subject.bins.first().map_or(subject.at, |bin| bin.from.floor_to(step * 1000));
        let to = from + points.len().max(1) as i64 * step * 1000;
        Self {
            drawing,
            subject,
            palette,
            look,
            money: S::MONEY,
            counted: counted::<S>,
            step_ms: step * 1000,
            points,
            from,
            to,
        }
    }

    fn head(&mut self, heading: &str, recap: &str) {
        let most = f32::from(WIDTH) - 2.0 * 28.0;
        let title = font::fit(heading, 26.0, Weight::Bold, most);
        let bold = Type { size: 26.0, weight: Weight::Bold, ..self.small("text", Align::Start) };
        self.drawing.words((28.0, 46.0), title, bold);
        let recap = font::fit(recap, SMALL, Weight::Regular, most);
        self.drawing.words((28.0, 76.0), recap, self.small("muted", Align::Start));
    }

    /// Battles in grey and gaps hatched, over the full height.
    fn bands(&mut self, bottom: f32) {
        for battle in self.subject.battles {
            let (left, right) = self.stretch(battle.started_at, battle.ended_at);
            if left < right {
                self.drawing.rect((left, TOP), (right, bottom), self.palette.colour("text"), 0.06);
                self.label(left, right, self.look.words().t("battle").into_owned());
            }
        }
        for gap in self.subject.gaps {
            let (left, right) = self.stretch(gap.from, gap.to);
            if left < right {
                let pen = Pen { colour: self.palette.colour("control"), width: 1.0, dash: &[] };
                self.drawing.hatch((left, TOP), (right.max(left + 4.0), bottom), pen);
                self.label(left, right, chart::gap_label(gap, self.subject.at, self.look));
            }
        }
    }

    /// What a band is, above it where there is room.
    fn label(&mut self, left: f32, right: f32, text: String) {
        if font::width(&text, SMALL, Weight::Regular) <= right - left {
            let set = self.small("muted", Align::Middle);
            self.drawing.words(((left + right) / 2.0, TOP - 6.0), text, set);
        }
    }

    fn viewers(&mut self) {
        let values: Vec<_> = self.points.iter().map(|point| point.as_ref()?.viewers).collect();
        let seen = self.subject.bins.iter().filter(|bin| bin.viewers.last.is_some());
        let peak = seen.max_by_key(|bin| bin.viewers.max).map(|bin| (bin.from, bin.viewers.max));
        let most = peak.map_or(0, |(_, most)| most);
        let (base, ink) = (TOP + VIEWERS, self.palette.colour("viewers"));
        let tick = nice(most as f64 / 4.0);
        let top = (most as f64 / tick).ceil().max(1.0) * tick;
        for i in 0..=(top / tick).round() as i64 {
            self.rule(base - (i as f64 * tick / top) as f32 * VIEWERS, (i as f64 * tick) as i64);
        }
        let values: Vec<_> = values.into_iter().map(|value| value.map(|value| value as f64)).collect();
        let runs = self.runs(&values, top, base, VIEWERS);
        for run in &runs {
            let (first, last) = (run[0].0, run[run.len() - 1].0);
            let under = run.iter().copied().chain([(last, base), (first, base)]).collect();
            self.drawing.area(under, ink, 0.08);
        }
        self.drawing.line(runs, Pen { colour: ink, width: 2.5, dash: &[] });
        if let Some((at, most)) = peak {
            self.peak(at, most, base - (most as f64 / top) as f32 * VIEWERS);
        }
        let last = values.iter().rev().flatten().next().map(|value| *value as i64);
        self.name("viewers", TOP + 18.0, last);
    }

    fn peak(&mut self, at: Stamp, most: i64, y: f32) {
        let x = self.x(at + BIN_MS / 2);
        self.drawing.dot((x, y), 5.0, self.palette.colour("viewers"));
        let text = views::count(self.look.lang, most);
        let set = Type { weight: Weight::Bold, ..self.small("text", Align::Middle) };
        self.drawing.words((x.clamp(LEFT + 24.0, RIGHT - 24.0), (y - 12.0).max(TOP + 14.0)), text, set);
    }

    fn lane(&mut self, key: &str, top: f32) {
        let base = top + LANE;
        // A step that is not over, or that a session ended in, would look like a fall.
        let over = |point: &&Point| point.from + self.step_ms <= self.subject.at;
        let a_minute =
            |point: &Point| (self.counted)(&point.counts, key) as f64 * 60_000.0 / self.step_ms as f64;
        let values: Vec<_> =
            self.points.iter().map(|point| point.as_ref().filter(over).map(a_minute)).collect();
        let most = values.iter().flatten().copied().fold(0.0, f64::max);
        let highest = nice(most.max(1.0) / 2.0);
        let highest = (most / highest).ceil().max(1.0) * highest;
        self.rule(base, 0);
        self.rule(top, highest as i64);
        let colour = self.palette.colour(key);
        let runs = self.runs(&values, highest, base, LANE);
        self.drawing.line(runs, Pen { colour, width: 2.0, dash: dash(key) });
        let last = values.iter().rev().flatten().next().map(|value| *value as i64);
        self.name(key, top + 18.0, last);
    }

    /// A level line with its value.
    fn rule(&mut self, y: f32, value: i64) {
        let pen = Pen { colour: self.palette.colour("hair"), width: 1.0, dash: &[] };
        self.drawing.line(vec![vec![(LEFT, y), (RIGHT, y)]], pen);
        let set = self.small("muted", Align::End);
        self.drawing.words((LEFT - 10.0, y + 5.0), views::count(self.look.lang, value), set);
    }

    /// The name of a series beside its lane, its line as a sample, and its newest value.
    fn name(&mut self, key: &str, y: f32, last: Option<i64>) {
        let w = self.look.words();
        let (x, colour) = (RIGHT + 16.0, self.palette.colour(key));
        self.drawing
            .line(vec![vec![(x, y - 5.0), (x + 24.0, y - 5.0)]], Pen { colour, width: 3.0, dash: dash(key) });
        let set = Type { weight: Weight::Bold, ..self.small("text", Align::Start) };
        self.drawing.words((x + 32.0, y), w.t(series_key(key)), set);
        let diamonds = key == "gifts" && self.money;
        let estimated = diamonds && self.subject.estimated;
        let value = last.map_or(views::NOTHING.to_owned(), |value| approximate(self.look, value, estimated));
        let unit = match key {
            "viewers" => String::new(),
            _ if diamonds => format!(" ◆{}", w.t("per-minute")),
            _ => format!(" {}", w.t("per-minute")),
        };
        self.drawing.words((x, y + 22.0), format!("{value}{unit}"), self.small("muted", Align::Start));
    }

    fn times(&mut self, bottom: f32) {
        let span_min = self.to.ms_since(self.from) / 60_000;
        let apart = TICKS_MIN.into_iter().find(|apart| span_min / apart <= MOST_TICKS).unwrap_or(480);
        let offset_ms = i64::from(views::zone_offset_s(self.look.zone, self.from)) * 1000;
        let apart_ms = apart * 60_000;
        let mut at = (self.from + (offset_ms + apart_ms - 1)).floor_to(apart_ms) - offset_ms;
        while at <= self.to {
            let text = views::clock(self.look, at);
            self.drawing.words((self.x(at), bottom + 24.0), text, self.small("muted", Align::Middle));
            at = at + apart_ms;
        }
        let zone = views::zone_at(self.look.zone, self.from);
        self.drawing.words((RIGHT + 16.0, bottom + 24.0), zone, self.small("muted", Align::Start));
        let made = format!("Pasut {}", env!("CARGO_PKG_VERSION"));
        self.drawing.words((28.0, bottom + 56.0), made, self.small("muted", Align::Start));
    }

    /// Lines through what is known, broken where it is not.
    fn runs(&self, values: &[Option<f64>], top: f64, base: f32, height: f32) -> Vec<Vec<picture::Point>> {
        let place = |(i, value): (usize, f64)| (self.x(self.middle(i)), base - (value / top) as f32 * height);
        let known = values.iter().enumerate().map(|(i, value)| value.map(|value| (i, value)));
        let known: Vec<_> = known.collect();
        known
            .split(Option::is_none)
            .filter(|run| !run.is_empty())
            .map(|run| match run {
                // A lone point would be a line without length, which nothing draws.
                [Some(lone)] => {
                    let (x, y) = place(*lone);
                    vec![(x - 1.0, y), (x + 1.0, y)]
                }
                run => run.iter().flatten().copied().map(place).collect(),
            })
            .collect()
    }

    fn middle(&self, i: usize) -> Stamp {
        self.from + (i as i64 * self.step_ms + self.step_ms / 2)
    }

    fn x(&self, at: Stamp) -> f32 {
        LEFT + at.ms_since(self.from) as f32 / self.to.ms_since(self.from) as f32 * (RIGHT - LEFT)
    }

    /// Both ends of what happened from one time to another, within the plot.
    fn stretch(&self, from: Stamp, to: Option<Stamp>) -> (f32, f32) {
        let to = to.unwrap_or(self.to);
        (self.x(from.max(self.from)), self.x(to.min(self.to)))
    }

    fn small(&self, colour: &str, align: Align) -> Type {
        Type { size: SMALL, weight: Weight::Regular, colour: self.palette.colour(colour), align }
    }
}

/// The round number (1, 2 or 5 with zeros) next above `value`, at least 1.
fn nice(value: f64) -> f64 {
    let ten = 10_f64.powf(value.max(1.0).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * ten).find(|round| *round >= value).unwrap_or(ten)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::SessionId;
    use crate::domain::session::{Gap, GapCause};
    use crate::domain::totals::{Bin, BinViewers, Counts};
    use crate::web::pages::samples;
    use crate::web::sight::{Moneyless, WithMoney};
    use crate::words::Lang;

    fn bin(i: i64, viewers: i64) -> Bin {
        Bin {
            from: Stamp(1_795_350_600_000 + i * BIN_MS),
            viewers: BinViewers {
                last: Some(viewers),
                min: viewers,
                max: viewers + 1,
                ..BinViewers::default()
            },
            counts: Counts { likes: 3, diamonds: 40, gift_units: 2, ..Counts::default() },
            likes_in_gap: 0,
        }
    }

    fn svg(bins: &[Bin], gaps: &[Gap], look: &Look) -> String {
        svg_of::<WithMoney>(bins, gaps, look)
    }

    fn svg_of<S: Sight>(bins: &[Bin], gaps: &[Gap], look: &Look) -> String {
        let at = bins.last().map_or(Stamp(0), |bin| bin.from + BIN_MS);
        let subject = Subject {
            session: SessionId(1),
            bins,
            gaps,
            battles: &[],
            at,
            running: false,
            estimated: true,
            shown: None,
        };
        draw::<S>(&subject, &View::whole(""), "@mira · <today>", "", look).svg("")
    }

    #[test]
    fn a_gap_is_hatched_and_no_line_crosses_it() {
        let bins: Vec<_> = (0..10).chain(20..30).map(|i| bin(i, 100 + i)).collect();
        let gap =
            Gap { from: bins[10].from - 10 * BIN_MS, to: Some(bins[10].from), cause: GapCause::Disconnected };
        let svg = svg(&bins, &[gap], &samples::look(Lang::En));
        let line = svg.split("stroke-width=\"2.5\"").nth(1).and_then(|rest| rest.split("\"/>").next());
        assert_eq!(line.map(|line| line.matches('M').count()), Some(2), "{line:?}");
        assert!(svg.contains(">No data 1m 40s<"), "{svg}");
    }

    #[test]
    fn the_peak_is_the_highest_count_that_was_seen_not_that_of_a_step() {
        let bins: Vec<_> = (0..400).map(|i| bin(i, if i == 123 { 500 } else { 100 })).collect();
        let svg = svg(&bins, &[], &samples::look(Lang::En));
        assert!(svg.contains(">501<"), "the largest of the bin, which the line may not reach");
        assert!(svg.contains("@mira · &lt;today&gt;"));
    }

    #[test]
    fn estimates_are_marked() {
        let bins: Vec<_> = (0..30).map(|i| bin(i, 100)).collect();
        assert!(svg(&bins, &[], &samples::look(Lang::En)).contains(">≈ 240 ◆/min<"));
    }

    #[test]
    fn without_money_a_chart_counts_gifts_and_says_nothing_of_diamonds() {
        let bins: Vec<_> = (0..30).map(|i| bin(i, 100)).collect();
        let svg = svg_of::<Moneyless>(&bins, &[], &samples::look(Lang::En));
        assert!(svg.contains(">12 /min<") && !svg.contains('◆') && !svg.contains("240"), "{svg}");
    }
}
