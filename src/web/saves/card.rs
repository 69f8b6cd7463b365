//! A share card: what a session was, at a glance, for a story (1080 × 1920) or a link (1200 × 630).

use super::palette::Palette;
use crate::domain::answer::Answer;
use crate::domain::session::Gap;
use crate::domain::totals::{BIN_MS, Bin, RankedGifter};
use crate::picture::font::{self, Weight};
use crate::picture::{Align, Drawing, Pen, Point, Type};
use crate::reports::sessions::SessionSummary;
use crate::web::look::Look;
use crate::web::pages::chart::away_ms;
use crate::web::pages::leaderboard::approximate;
use crate::web::sentences::{self, RoomNow};
use crate::web::views;

/// Gifters that a card names.
pub const NAMED: usize = 3;

/// What a card is made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    #[default]
    Tall,
    Wide,
}

/// What is on a card. Without `gifters` nobody is named.
pub struct Facts<'a> {
    pub summary: &'a SessionSummary,
    pub bins: &'a [Bin],
    pub answer: Option<&'a Answer>,
    pub gifters: &'a [RankedGifter],
    /// Whether the owner wants diamonds on it.
    pub diamonds: bool,
}

impl Size {
    pub const ALL: [Self; 2] = [Self::Tall, Self::Wide];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tall => "tall",
            Self::Wide => "wide",
        }
    }

    /// Width and height in pixels.
    #[must_use]
    pub const fn pixels(self) -> (u16, u16) {
        match self {
            Self::Tall => (1080, 1920),
            Self::Wide => (1200, 630),
        }
    }

    /// The size of that name; anything else is the tall one.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|size| size.as_str() == text).unwrap_or_default()
    }
}

/// The card.
#[must_use]
pub fn draw(facts: &Facts, size: Size, look: &Look) -> Drawing {
    let (width, height) = size.pixels();
    let palette = Palette::of(look.theme);
    let mut card =
        Card { drawing: Drawing::new(width, height, palette.colour("card")), palette, look, facts };
    match size {
        Size::Tall => card.tall(),
        Size::Wide => card.wide(),
    }
    card.drawing
}

struct Card<'a> {
    drawing: Drawing,
    palette: &'static Palette,
    look: &'a Look,
    facts: &'a Facts<'a>,
}

impl Card<'_> {
    fn tall(&mut self) {
        const LEFT: f32 = 90.0;
        const WIDE: f32 = 900.0;
        self.head((LEFT, 190.0), 64.0, 38.0);
        let below = self.verdict((LEFT, 400.0), WIDE, (56.0, 6), 34.0);
        let figures = (below + 90.0).max(800.0);
        self.figures((LEFT, figures), WIDE, (88.0, 34.0));
        self.viewers((LEFT, figures + 110.0), (LEFT + WIDE, figures + 370.0), 30.0);
        self.gifters((LEFT, figures + 520.0), WIDE, (46.0, 84.0));
        self.foot((LEFT, 1840.0), 28.0, WIDE);
    }

    fn wide(&mut self) {
        const LEFT: f32 = 60.0;
        const RIGHT: f32 = 780.0;
        const SIDE: f32 = 360.0;
        self.head((LEFT, 84.0), 40.0, 22.0);
        self.verdict((LEFT, 184.0), RIGHT - LEFT - 60.0, (34.0, 4), 21.0);
        self.viewers((LEFT, 396.0), (RIGHT - 60.0, 530.0), 18.0);
        self.figures((RIGHT, 110.0), SIDE, (48.0, 20.0));
        self.gifters((RIGHT, 260.0), SIDE, (26.0, 48.0));
        self.foot((LEFT, 602.0), 18.0, 1080.0);
    }

    /// Who, and when.
    fn head(&mut self, (x, y): Point, name: f32, date: f32) {
        let summary = self.facts.summary;
        self.write((x, y), format!("@{}", summary.start.creator), name, Weight::Bold, "text");
        let when = views::moment(self.look, summary.start.recorded_from);
        let length = views::minutes(self.look.lang, summary.length_ms);
        self.write((x, y + date * 1.6), format!("{when} · {length}"), date, Weight::Regular, "muted");
    }

    /// What came before, beside a bar in the colour of what the sentence is about. Returns where it ends.
    fn verdict(&mut self, (x, y): Point, wide: f32, (size, lines): (f32, usize), small: f32) -> f32 {
        let Some(answer) = self.facts.answer else { return y };
        let band = sentences::verdict(answer, &RoomNow::default(), self.look.words());
        let claim = band.driver.filter(|driver| driver.level.is_claim());
        let colour = claim.map_or("hair", |answer| answer.driver.as_str());
        let indent = size * 0.6;
        let text = font::wrap(&band.sentence.text, size, Weight::Bold, wide - indent, lines);
        let evidence = band.sentence.evidence.as_deref().unwrap_or_default();
        let evidence = font::wrap(evidence, small, Weight::Regular, wide - indent, 2);
        let mut at = y - size * 1.25;
        for line in text {
            at += size * 1.25;
            self.write((x + indent, at), line, size, Weight::Bold, "text");
        }
        for line in evidence {
            at += small * 1.5;
            self.write((x + indent, at), line, small, Weight::Regular, "muted");
        }
        let (top, end) = (y - size * 0.85, at + small * 0.5);
        self.drawing.rect((x, top), (x + size * 0.12, end), self.palette.colour(colour), 1.0);
        end
    }

    fn figures(&mut self, (x, y): Point, wide: f32, (size, small): (f32, f32)) {
        let w = self.look.words();
        let totals = &self.facts.summary.totals;
        let count = |n: i64| views::count(self.look.lang, n);
        let known = |n: Option<i64>| n.map_or(views::NOTHING.to_owned(), count);
        let mut figures = vec![
            (known(totals.viewers.average().map(|average| average.round() as i64)), w.t("card-average")),
            (known(totals.viewers.peak), w.t("card-peak")),
        ];
        if self.facts.diamonds {
            let diamonds = approximate(self.look, totals.diamonds_to_creator, totals.is_estimated());
            figures.push((diamonds, w.t("column-diamonds")));
        }
        let apart = wide / figures.len() as f32;
        // A figure is never cut; all become as small as the longest needs.
        let longest =
            figures.iter().map(|(value, _)| font::width(value, size, Weight::Bold)).fold(1.0, f32::max);
        let size = size.min(size * (apart - small) / longest);
        for (i, (value, label)) in figures.into_iter().enumerate() {
            let at = (x + i as f32 * apart, y);
            self.write(at, value, size, Weight::Bold, "text");
            let small =
                small.min(small * (apart - small / 2.0) / font::width(&label, small, Weight::Regular));
            self.write((at.0, at.1 + small * 1.5), label.into_owned(), small, Weight::Regular, "muted");
        }
    }

    /// Viewers from begin to end, without a scale: the figures give it.
    fn viewers(&mut self, (left, top): Point, (right, bottom): Point, small: f32) {
        let bins = self.facts.bins;
        let (Some(first), Some(last)) = (bins.first(), bins.last()) else { return };
        let (from, to) = (first.from, last.from + BIN_MS);
        let most = bins.iter().map(|bin| bin.viewers.max).max().unwrap_or(0).max(1) as f32;
        let place = |bin: &Bin| {
            let x = bin.from.ms_since(from) as f32 / to.ms_since(from) as f32;
            bin.viewers.last.map(|n| (left + x * (right - left), bottom - n as f32 / most * (bottom - top)))
        };
        let ink = self.palette.colour("viewers");
        for run in runs(bins, &self.facts.summary.gaps)
            .iter()
            .map(|run| run.iter().filter_map(&place).collect::<Vec<_>>())
        {
            let (Some(begin), Some(end)) = (run.first(), run.last()) else { continue };
            let corners = [(end.0, bottom), (begin.0, bottom)];
            self.drawing.area(run.iter().copied().chain(corners).collect(), ink, 0.1);
            self.drawing.line(vec![run], Pen { colour: ink, width: small / 8.0, dash: &[] });
        }
        let rule = Pen { colour: self.palette.colour("hair"), width: 2.0, dash: &[] };
        self.drawing.line(vec![vec![(left, bottom), (right, bottom)]], rule);
        let (from, to) = (views::clock(self.look, from), views::clock_zone(self.look, to));
        self.write((left, bottom + small * 1.4), from, small, Weight::Regular, "muted");
        let end = Type {
            size: small,
            weight: Weight::Regular,
            colour: self.palette.colour("muted"),
            align: Align::End,
        };
        self.drawing.words((right, bottom + small * 1.4), to, end);
    }

    fn gifters(&mut self, (x, y): Point, wide: f32, (size, apart): (f32, f32)) {
        if self.facts.gifters.is_empty() {
            return;
        }
        let w = self.look.words();
        self.write((x, y), w.t("top-gifters").into_owned(), size * 0.8, Weight::Regular, "muted");
        for (i, gifter) in self.facts.gifters.iter().take(NAMED).enumerate() {
            let at = y + (i + 1) as f32 * apart;
            let value = match self.facts.diamonds {
                true => {
                    format!("{} ◆", approximate(self.look, gifter.total.diamonds, gifter.total.estimated))
                }
                // Their order is that of diamonds; another number would seem out of order.
                false => String::new(),
            };
            let taken = font::width(&value, size, Weight::Regular) + size;
            let colour = self.palette.colour("muted");
            let end = Type { size, weight: Weight::Regular, colour, align: Align::End };
            self.drawing.words((x + wide, at), value, end);
            let name = font::fit(&name(gifter), size, Weight::Bold, wide - taken - size * 1.2);
            self.write((x, at), gifter.rank.to_string(), size, Weight::Regular, "muted");
            self.write((x + size * 1.2, at), name, size, Weight::Bold, "text");
        }
    }

    /// That this is no proof, and who says it.
    fn foot(&mut self, at: Point, size: f32, wide: f32) {
        let made = "Pasut".to_owned();
        let said = match self.facts.answer {
            Some(_) => format!("{} · {made}", self.look.words().t("no-proof")),
            None => made,
        };
        self.write(at, font::fit(&said, size, Weight::Regular, wide), size, Weight::Regular, "muted");
    }

    fn write(&mut self, at: Point, text: String, size: f32, weight: Weight, colour: &str) {
        let colour = self.palette.colour(colour);
        self.drawing.words(at, text, Type { size, weight, colour, align: Align::Start });
    }
}

/// The nickname if our letters can write it, else the name everybody can type.
fn name(gifter: &RankedGifter) -> String {
    if font::covers(&gifter.nickname) { gifter.nickname.clone() } else { format!("@{}", gifter.display_id) }
}

/// Stretches of bins with no gap between them.
fn runs<'b>(bins: &'b [Bin], gaps: &[Gap]) -> Vec<&'b [Bin]> {
    bins.chunk_by(|a, b| away_ms(gaps, a.from, b.from, b.from) == 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::samples;
    use crate::words::Lang;

    fn svg(size: Size, named: bool, look: &Look) -> String {
        svg_with(true, size, named, look)
    }

    fn svg_with(diamonds: bool, size: Size, named: bool, look: &Look) -> String {
        let review = samples::review();
        let answer = samples::answer();
        let gifters = if named { review.gifters.as_slice() } else { &[] };
        let facts =
            Facts { summary: &review.summary, bins: &review.bins, answer: Some(&answer), gifters, diamonds };
        draw(&facts, size, look).svg("")
    }

    #[test]
    fn a_card_has_the_size_that_was_asked_and_says_it_is_no_proof() {
        for (size, ends) in [(Size::Tall, "0 0 1080 1920"), (Size::Wide, "0 0 1200 630")] {
            for lang in Lang::ALL {
                let svg = svg(size, true, &samples::look(lang));
                assert!(svg.contains(ends));
                assert!(svg.contains(samples::look(lang).words().t("no-proof").as_ref()));
                assert!(svg.contains(">@mira.plays<") && svg.contains("WIB"));
            }
        }
        assert_eq!(Size::parse("poster"), Size::Tall);
    }

    #[test]
    fn the_figures_are_those_of_the_page_and_diamonds_are_there_only_if_wanted() {
        let look = samples::look(Lang::En);
        let totals = samples::review().summary.totals;
        let shown = svg(Size::Wide, true, &look);
        let peak = views::count(Lang::En, totals.viewers.peak.expect("known"));
        assert!(shown.contains(&format!(">{peak}<")));
        assert!(shown.contains(&approximate(&look, totals.diamonds_to_creator, totals.is_estimated())));
        let plain = svg_with(false, Size::Wide, true, &look);
        assert!(!plain.contains('◆') && !plain.contains("Diamonds"));
    }

    #[test]
    fn nobody_is_named_where_names_are_hidden_and_other_scripts_become_usernames() {
        let look = samples::look(Lang::En);
        let mut review = samples::review();
        let gifter = &mut review.gifters[0];
        gifter.nickname = "น้องฟ้า".to_owned();
        assert_eq!(name(gifter), format!("@{}", gifter.display_id));
        gifter.nickname = "Raka <3".to_owned();
        assert_eq!(name(gifter), "Raka <3");
        assert!(svg(Size::Tall, true, &look).contains("Top gifters"));
        assert!(!svg(Size::Tall, false, &look).contains("Top gifters"));
    }
}
