//! The drawings of a page as one picture: placed and scaled from the very shapes that the page shows, so that
//! both are the same.

use super::palette::{Palette, dash};
use crate::analytics::metrics::Held;
use crate::picture::font::{self, Weight};
use crate::picture::{Align, Drawing, Pen, Point, Type};
use crate::web::look::Look;
use crate::web::pages::compare::course::{Curve, Strip};
use crate::web::pages::compare::{Both, ComparePage};
use crate::web::pages::heat::Heat;
use crate::web::pages::insights::{DriverRow, InsightsPage};
use crate::web::pages::plots::{Around, Forest, LagStrip};
use crate::web::views;

const WIDTH: u16 = 1200;
const MARGIN: f32 = 28.0;
const SMALL: f32 = 15.0;
const TITLE: f32 = 24.0;
/// Where the first drawing begins, below the heading, and what is left for the foot.
const TOP: f32 = 124.0;
const FOOT: f32 = 44.0;
/// A driver takes so much; its words stand left of these.
const DRIVER: f32 = 178.0;
const LEFT: f32 = 420.0;
const RIGHT: f32 = 820.0;

/// Each driver: what is said, which came first, and viewers around its bursts; over several sessions, each of them.
/// `None` while nothing was computed.
#[must_use]
pub fn insights(page: &InsightsPage, look: &Look) -> Option<Drawing> {
    let drivers = &page.drivers;
    let height = TOP + drivers.len() as f32 * DRIVER + FOOT;
    let mut sheet = Sheet::new(height, look);
    sheet.head(&page.w.t("insights-title"), &format!("@{} · {}", page.creator, page.heading));
    let forest = drivers.iter().any(|driver| driver.forest.is_some());
    let captions: &[(f32, &str)] = match forest {
        true => &[(LEFT, "forest-caption")],
        false => &[(LEFT, "drivers-lag"), (RIGHT, "drivers-around")],
    };
    for (x, key) in captions {
        let most = if forest { f32::from(WIDTH) - LEFT - MARGIN } else { 350.0 };
        for (i, line) in font::wrap(&page.w.t(key), 13.0, Weight::Regular, most, 2).into_iter().enumerate() {
            sheet.words((*x, 92.0 + i as f32 * 17.0), &line, 13.0, "muted", Align::Start);
        }
    }
    for (i, driver) in drivers.iter().enumerate() {
        sheet.driver(driver, TOP + i as f32 * DRIVER);
    }
    sheet.foot(&format!("{} {}", page.w.t("no-proof"), page.zone), height);
    (!drivers.is_empty()).then_some(sheet.drawing)
}

/// The hours of the week by how well they did.
#[must_use]
pub fn best_times(heat: &Heat, look: &Look) -> Drawing {
    const SCALE: f32 = 1.9;
    let height = TOP + heat.height as f32 * SCALE + 3.0 * FOOT;
    let mut sheet = Sheet::new(height, look);
    sheet.head(&heat.w.t("best-time"), &heat.label);
    let frame = Frame { left: MARGIN, top: TOP - 24.0, x: SCALE, y: SCALE };
    for (x, hour) in &heat.heads {
        sheet.words(frame.at(*x as f32, 14.0), hour, SMALL, "muted", Align::Middle);
    }
    for day in &heat.days {
        sheet.words(frame.at(0.0, day.text_y as f32), &day.name, SMALL, "muted", Align::Start);
        for cell in &day.cells {
            let from = frame.at(cell.x as f32, day.y as f32);
            let to = frame.at((cell.x + heat.cell) as f32, day.y as f32 + 28.0);
            match cell.step {
                0 => {
                    let pen = Pen { colour: sheet.palette.colour("hair"), width: 1.0, dash: &[] };
                    sheet.drawing.hatch(from, to, pen);
                }
                step => sheet.drawing.rect(from, to, sheet.palette.colour(&format!("h{step}")), 1.0),
            }
            let ink = if cell.step == 0 { "text".to_owned() } else { format!("h-{}", cell.ink) };
            let at = frame.at(cell.middle as f32, day.text_y as f32);
            sheet.words(at, &cell.n, SMALL, &ink, Align::Middle);
        }
    }
    let bottom = frame.at(0.0, heat.height as f32).1 + 30.0;
    if let Some((low, high)) = &heat.scale {
        sheet.words((MARGIN, bottom), &format!("{low} – {high} {}", heat.unit), SMALL, "muted", Align::Start);
    }
    sheet.foot(&heat.foot, height);
    sheet.drawing
}

/// How much of its largest audience a session held, over elapsed time; nothing where that is not known.
#[must_use]
pub fn hold(curve: &[Held], head: &str, look: &Look) -> Drawing {
    const HIGH: f32 = 260.0;
    const LABELS: usize = 5;
    let w = look.words();
    let height = TOP + HIGH + 2.0 * FOOT;
    let mut sheet = Sheet::new(height, look);
    sheet.head(head, &format!("{}: {}", w.t("metric-hold"), w.t("metric-hold-means")));
    let frame =
        Frame { left: 96.0, top: TOP, x: (f32::from(WIDTH) - 96.0 - MARGIN) / 1000.0, y: HIGH / 100.0 };
    for share in [1.0, 0.5, 0.0] {
        let y = 100.0 - share * 100.0;
        sheet.rule(&frame, (0.0, y as f32), (1000.0, y as f32), "hair");
        let (x, y) = frame.at(0.0, y as f32);
        sheet.words((x - 10.0, y + 5.0), &views::percent(look.lang, share), SMALL, "muted", Align::End);
    }
    let wide = 1000.0 / curve.len().max(1) as f32;
    let colour = sheet.palette.colour("viewers");
    let mut i = 0;
    for run in curve.chunk_by(|a, b| a.share.is_some() == b.share.is_some()) {
        let from = i as f32 * wide;
        i += run.len();
        let mut steps = Vec::new();
        for (share, at) in run.iter().filter_map(|held| held.share).zip(0..) {
            let (left, y) = (from + at as f32 * wide, 100.0 - share as f32 * 100.0);
            steps.extend([frame.at(left, y), frame.at(left + wide, y)]);
        }
        let (Some(first), Some(last)) = (steps.first().copied(), steps.last().copied()) else { continue };
        sheet.drawing.line(vec![steps.clone()], Pen { colour, width: 2.5, dash: &[] });
        let foot = frame.at(0.0, 100.0).1;
        steps.extend([(last.0, foot), (first.0, foot)]);
        sheet.drawing.area(steps, colour, 0.1);
    }
    for held in curve.iter().enumerate().step_by(curve.len().div_ceil(LABELS).max(1)) {
        let (x, y) = frame.at(held.0 as f32 * wide, 100.0);
        let since = views::minutes(look.lang, held.1.since_ms);
        sheet.words((x, y + 22.0), &since, SMALL, "muted", Align::Start);
    }
    sheet.foot(&w.t("hold-since"), height);
    sheet.drawing
}

/// Both courses of a comparison: viewers, and viewers divided by the peak.
#[must_use]
pub fn compared(page: &ComparePage, both: &Both, look: &Look) -> Drawing {
    const CURVE: f32 = 260.0;
    const APART: f32 = 92.0;
    let height = TOP + 2.0 * (CURVE + APART) + 2.0 * FOOT;
    let mut sheet = Sheet::new(height, look);
    sheet.head(&page.w.t("compare-title"), &both.caption);
    for (i, head) in both.heads.iter().enumerate() {
        let (x, y) = (MARGIN + i as f32 * (f32::from(WIDTH) / 2.0 - MARGIN), 100.0);
        let pen = sheet.line_of(head.line);
        sheet.drawing.line(vec![vec![(x, y - 5.0), (x + 32.0, y - 5.0)]], pen);
        let text = font::fit(&format!("{} {}", head.name, head.text), SMALL, Weight::Regular, 500.0);
        sheet.words((x + 40.0, y), &text, SMALL, "text", Align::Start);
    }
    for (i, (key, curve)) in
        [("viewers", &both.course.viewers), ("metric-hold", &both.course.hold)].into_iter().enumerate()
    {
        let top = TOP + 30.0 + i as f32 * (CURVE + APART);
        let frame =
            Frame { left: 96.0, top, x: (f32::from(WIDTH) - 96.0 - MARGIN) / 1000.0, y: CURVE / 240.0 };
        sheet.words((96.0, top - 10.0), &page.w.t(key), SMALL, "text", Align::Start);
        sheet.curve(curve, &frame);
        sheet.below(&both.course.times, &both.course.strips, &frame);
    }
    sheet.foot(&both.zone, height);
    sheet.drawing
}

/// Where a drawing of a page stands in the picture, and how much larger it is there.
struct Frame {
    left: f32,
    top: f32,
    x: f32,
    y: f32,
}

impl Frame {
    fn at(&self, x: f32, y: f32) -> Point {
        (self.left + x * self.x, self.top + y * self.y)
    }

    /// The runs of a path of absolute `M` and `L`, and of `h` where a lone point is made visible.
    fn runs(&self, path: &str) -> Vec<Vec<Point>> {
        let run = |run: &str| {
            let mut pen = (0.0, 0.0);
            let place = |part: &str| {
                pen = match (part.strip_prefix('h'), part.split_once(' ')) {
                    (Some(further), _) => (pen.0 + number(further), pen.1),
                    (None, Some((x, y))) => (number(x), number(y)),
                    (None, None) => pen,
                };
                self.at(pen.0, pen.1)
            };
            run.replace('h', "Lh").split('L').map(place).collect()
        };
        path.split('M').skip(1).map(run).collect()
    }
}

/// A number of a drawing; they are all our own.
fn number(text: &str) -> f32 {
    text.parse().unwrap_or(0.0)
}

struct Sheet<'a> {
    drawing: Drawing,
    palette: &'static Palette,
    look: &'a Look,
}

impl<'a> Sheet<'a> {
    fn new(height: f32, look: &'a Look) -> Self {
        let palette = Palette::of(look.theme);
        Self { drawing: Drawing::new(WIDTH, height as u16, palette.colour("card")), palette, look }
    }

    fn head(&mut self, title: &str, below: &str) {
        let most = f32::from(WIDTH) - 2.0 * MARGIN;
        let bold = Type { size: TITLE, weight: Weight::Bold, ..self.set(TITLE, "text", Align::Start) };
        self.drawing.words((MARGIN, 42.0), font::fit(title, TITLE, Weight::Bold, most), bold);
        let below = font::fit(below, SMALL, Weight::Regular, most);
        self.words((MARGIN, 68.0), &below, SMALL, "muted", Align::Start);
    }

    fn foot(&mut self, text: &str, height: f32) {
        let made = format!("Pasut {}", env!("CARGO_PKG_VERSION"));
        let right = f32::from(WIDTH) - MARGIN;
        self.words((right, height - 18.0), &made, 13.0, "muted", Align::End);
        let lines = font::wrap(text, 13.0, Weight::Regular, right - 140.0, 2);
        let first = height - 18.0 - (lines.len().max(1) - 1) as f32 * 17.0;
        for (i, line) in lines.into_iter().enumerate() {
            self.words((MARGIN, first + i as f32 * 17.0), &line, 13.0, "muted", Align::Start);
        }
    }

    fn driver(&mut self, driver: &DriverRow, top: f32) {
        let colour = self.palette.colour(driver.key);
        let rule = Pen { colour: self.palette.colour("hair"), width: 1.0, dash: &[] };
        let right = f32::from(WIDTH) - MARGIN;
        self.drawing.line(vec![vec![(MARGIN, top), (right, top)]], rule);
        let sample = Pen { colour, width: 3.0, dash: dash(driver.key) };
        self.drawing.line(vec![vec![(MARGIN, top + 25.0), (MARGIN + 24.0, top + 25.0)]], sample);
        let bold = Type { weight: Weight::Bold, ..self.set(18.0, "text", Align::Start) };
        self.drawing.words((MARGIN + 34.0, top + 31.0), driver.name.as_str(), bold);
        self.words((LEFT - 30.0, top + 31.0), &driver.level, SMALL, "muted", Align::End);
        let said = format!("{}{}{}", driver.claim.before, driver.claim.word, driver.claim.after);
        let said = font::wrap(&said, SMALL, Weight::Regular, LEFT - MARGIN - 30.0, 4);
        let proof = font::wrap(&driver.evidence, 13.0, Weight::Regular, LEFT - MARGIN - 30.0, 2);
        let mut y = top + 34.0;
        for line in &said {
            y += 21.0;
            self.words((MARGIN, y), line, SMALL, "text", Align::Start);
        }
        for line in &proof {
            y += 19.0;
            self.words((MARGIN, y), line, 13.0, "muted", Align::Start);
        }
        let frame = |left: f32, wide: f32| Frame { left, top: top + 22.0, x: wide / 332.0, y: 1.2 };
        if let Some(forest) = &driver.forest {
            self.forest(forest, driver.key, &frame(LEFT, right - LEFT));
        }
        if let Some(lag) = &driver.lag {
            self.lag(lag, driver.key, &frame(LEFT, 350.0));
        }
        if let Some(around) = &driver.around {
            self.around(around, driver.key, &frame(RIGHT, 350.0));
        }
    }

    fn lag(&mut self, lag: &LagStrip, key: &str, frame: &Frame) {
        let y = number(&lag.band_y);
        self.box_of(frame, (0.0, y), (332.0, number(&lag.band_height)), "hair", 0.6);
        self.rule(frame, (0.0, 52.0), (332.0, 52.0), "control");
        self.rule(frame, (166.0, 4.0), (166.0, 96.0), "control");
        for bar in &lag.bars {
            let (colour, opacity) = if bar.hit { (key, 1.0) } else { ("control", 0.5) };
            self.box_of(
                frame,
                (number(&bar.x), number(&bar.y)),
                (11.8, number(&bar.height)),
                colour,
                opacity,
            );
        }
        if let Some((x, y, text)) = &lag.peak {
            self.words(frame.at(number(x), number(y)), text, 13.0, "text", Align::Middle);
        }
        let before = self.look.words().t("lag-viewers-first");
        for (x, text, align) in [
            (0.0, "−10", Align::Start),
            (83.0, lag.first.as_str(), Align::Middle),
            (166.0, "0", Align::Middle),
            (249.0, &before, Align::Middle),
            (332.0, "+10", Align::End),
        ] {
            self.words(frame.at(x, 114.0), text, 13.0, "muted", align);
        }
    }

    fn around(&mut self, around: &Around, key: &str, frame: &Frame) {
        let zero = number(&around.zero_y);
        let round = number(&around.grid.0);
        self.rule(frame, (0.0, zero), (286.0, zero), "control");
        self.rule(frame, (0.0, round), (286.0, round), "hair");
        self.words(frame.at(0.0, round - 4.0), &around.grid.1, 13.0, "muted", Align::Start);
        let start = number(&around.start_x);
        self.rule(frame, (start, 6.0), (start, 96.0), "control");
        let thin = Pen { colour: self.palette.colour("hair"), width: 1.0, dash: &[] };
        for line in &around.each {
            self.drawing.line(frame.runs(line), thin);
        }
        let median = Pen { colour: self.palette.colour(key), width: 2.5, dash: &[] };
        self.drawing.line(frame.runs(&around.median), median);
        if let Some((y, text)) = &around.end {
            self.words(frame.at(292.0, number(y)), text, 13.0, "text", Align::Start);
        }
        let burst = self.look.words().t("around-burst");
        for (x, text, align) in [
            (0.0, "−5", Align::Start),
            (start, &*burst, Align::Middle),
            (280.0, "+15", Align::End),
            (332.0, around.n.as_str(), Align::End),
        ] {
            self.words(frame.at(x, 114.0), text, 13.0, "muted", align);
        }
    }

    fn forest(&mut self, forest: &Forest, key: &str, frame: &Frame) {
        let w = self.look.words();
        let band = (0.0, number(&forest.band_y));
        self.box_of(frame, band, (332.0, number(&forest.band_height)), "hair", 0.6);
        let zero = number(&forest.zero_y);
        self.rule(frame, (0.0, zero), (332.0, zero), "control");
        for line in &forest.sessions {
            let colour = self.palette.colour(if line.claim { key } else { "muted" });
            let (x, y) = (number(&line.x), number(&line.y));
            let reach = vec![frame.at(x, number(&line.high_y)), frame.at(x, number(&line.low_y))];
            self.drawing.line(vec![reach], Pen { colour, width: 1.5, dash: &[] });
            self.drawing.dot(frame.at(x, y), 4.5, colour);
        }
        self.words(frame.at(0.0, 10.0), &forest.top, 13.0, "muted", Align::Start);
        self.words(frame.at(0.0, 114.0), &w.t("forest-oldest"), 13.0, "muted", Align::Start);
        let newest = format!("{}, {}", w.t("forest-newest"), forest.n);
        self.words(frame.at(332.0, 114.0), &newest, 13.0, "muted", Align::End);
    }

    fn curve(&mut self, curve: &Curve, frame: &Frame) {
        for (y, text) in [(4.0, curve.top.as_str()), (122.0, &curve.middle), (240.0, "0")] {
            self.rule(frame, (0.0, y), (1000.0, y), "hair");
            let (x, y) = frame.at(0.0, y);
            self.words((x - 10.0, y + 5.0), text, SMALL, "muted", Align::End);
        }
        for (line, path) in [("b", &curve.b), ("a", &curve.a)] {
            let pen = self.line_of(line);
            self.drawing.line(frame.runs(path), pen);
        }
    }

    /// Times at equal distances, and what was recorded of either session.
    fn below(&mut self, times: &[String], strips: &[Strip], frame: &Frame) {
        let (left, bottom) = frame.at(0.0, 240.0);
        for (i, time) in times.iter().enumerate() {
            let x = left + i as f32 * 1000.0 / times.len() as f32 * frame.x;
            self.words((x, bottom + 20.0), time, 13.0, "muted", Align::Start);
        }
        for (i, strip) in strips.iter().enumerate() {
            let y = bottom + 28.0 + i as f32 * 14.0;
            let part = |x: i64, width: i64| {
                ((left + x as f32 * frame.x, y), (left + (x + width) as f32 * frame.x, y + 9.0))
            };
            let (from, to) = part(strip.x, strip.width);
            self.drawing.rect(from, to, self.palette.colour("hair"), 1.0);
            for gap in &strip.gaps {
                let (from, to) = part(gap.x, gap.width);
                self.drawing.rect(from, to, self.palette.colour("card"), 1.0);
                let pen = Pen { colour: self.palette.colour("control"), width: 1.0, dash: &[] };
                self.drawing.hatch(from, to, pen);
            }
            self.words((left - 10.0, y + 10.0), strip.name, 13.0, "muted", Align::End);
        }
    }

    /// How the lines of A and B look.
    fn line_of(&self, line: &str) -> Pen {
        match line {
            "a" => Pen { colour: self.palette.colour("text"), width: 2.5, dash: &[] },
            _ => Pen { colour: self.palette.colour("muted"), width: 2.0, dash: &[7.0, 5.0] },
        }
    }

    fn rule(&mut self, frame: &Frame, from: Point, to: Point, colour: &str) {
        let pen = Pen { colour: self.palette.colour(colour), width: 1.0, dash: &[] };
        self.drawing.line(vec![vec![frame.at(from.0, from.1), frame.at(to.0, to.1)]], pen);
    }

    fn box_of(&mut self, frame: &Frame, (x, y): Point, (wide, high): Point, colour: &str, opacity: f32) {
        let colour = self.palette.colour(colour);
        self.drawing.rect(frame.at(x, y), frame.at(x + wide, y + high), colour, opacity);
    }

    fn words(&mut self, at: Point, text: &str, size: f32, colour: &str, align: Align) {
        let set = self.set(size, colour, align);
        self.drawing.words(at, text, set);
    }

    fn set(&self, size: f32, colour: &str, align: Align) -> Type {
        Type { size, weight: Weight::Regular, colour: self.palette.colour(colour), align }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_a_page_is_the_same_line_in_the_picture() {
        let frame = Frame { left: 10.0, top: 100.0, x: 2.0, y: 0.5 };
        let runs = frame.runs("M125.0 240.0L375.0 4.0M875.0 122.0h2");
        let first = vec![(260.0, 220.0), (760.0, 102.0)];
        assert_eq!(runs, [first, vec![(1760.0, 161.0), (1764.0, 161.0)]]);
        assert!(frame.runs("").is_empty());
    }
}
