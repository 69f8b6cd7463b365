//! Drawings of lines, areas and words: described once, written as SVG for a page or as PNG for sharing.
//!
//! It is deliberately no chart library: it knows neither series nor axes, has no gradients and shapes no
//! scripts but those that Latin letters write. `web` describes what is to be drawn.

pub mod font;
mod png;
pub mod qr;
mod raster;
mod svg;

use font::Weight;

/// A place in a drawing, in its units from the left and from the top.
pub type Point = (f32, f32);

/// What is to be drawn, later shapes over earlier ones. A unit is a pixel of the PNG.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    width: u16,
    height: u16,
    paper: Colour,
    shapes: Vec<Shape>,
}

/// An opaque colour as red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour(pub [u8; 3]);

/// How lines look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pen {
    pub colour: Colour,
    pub width: f32,
    /// Lengths of dashes and of the spaces between them; empty for a whole line.
    pub dash: &'static [f32],
}

/// How words look, and on which side of their place they stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Type {
    pub size: f32,
    pub weight: Weight,
    pub colour: Colour,
    pub align: Align,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Start,
    Middle,
    End,
}

#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Line { runs: Vec<Vec<Point>>, pen: Pen },
    Area { outline: Vec<Point>, colour: Colour, opacity: f32 },
    Words { at: Point, text: String, set: Type },
}

impl Drawing {
    /// An empty drawing; no side is longer than 4,096, so that a picture stays a picture.
    #[must_use]
    pub fn new(width: u16, height: u16, paper: Colour) -> Self {
        Self { width: width.clamp(1, 4096), height: height.clamp(1, 4096), paper, shapes: Vec::new() }
    }

    #[must_use]
    pub fn width(&self) -> f32 {
        f32::from(self.width)
    }

    #[must_use]
    pub fn height(&self) -> f32 {
        f32::from(self.height)
    }

    /// Lines through the points of each run; runs are not joined.
    pub fn line(&mut self, runs: Vec<Vec<Point>>, pen: Pen) {
        self.shapes.push(Shape::Line { runs, pen });
    }

    /// An area within its outline, `opacity` from 0 to 1.
    pub fn area(&mut self, outline: Vec<Point>, colour: Colour, opacity: f32) {
        self.shapes.push(Shape::Area { outline, colour, opacity });
    }

    /// A rectangle from its upper left to its lower right corner.
    pub fn rect(&mut self, from: Point, to: Point, colour: Colour, opacity: f32) {
        self.area(vec![from, (to.0, from.1), to, (from.0, to.1)], colour, opacity);
    }

    /// A dot around its middle.
    pub fn dot(&mut self, (x, y): Point, radius: f32, colour: Colour) {
        const CORNERS: u16 = 24;
        let turn = |i| f32::from(i) / f32::from(CORNERS) * std::f32::consts::TAU;
        let around = (0..CORNERS).map(|i| (x + radius * turn(i).cos(), y + radius * turn(i).sin()));
        self.area(around.collect(), colour, 1.0);
    }

    /// Slanted lines from edge to edge of a rectangle, as on everything that is not known.
    pub fn hatch(&mut self, (left, top): Point, (right, bottom): Point, pen: Pen) {
        const APART: f32 = 9.0;
        let height = bottom - top;
        let lines = ((right - left + height) / APART).max(0.0) as u16;
        let line = |i: u16| {
            // From the lower edge up to the right, cut where it leaves the rectangle.
            let x = left - height + (f32::from(i) + 0.5) * APART;
            let (from, to) = (x.max(left), (x + height).min(right));
            vec![(from, bottom - (from - x)), (to, bottom - (to - x))]
        };
        self.line((0..lines).map(line).collect(), pen);
    }

    /// Words in one line, with their base line at `at`.
    pub fn words(&mut self, at: Point, text: impl Into<String>, set: Type) {
        self.shapes.push(Shape::Words { at, text: text.into(), set });
    }

    /// The drawing as SVG that stands in a page, with what it shows as its title.
    #[must_use]
    pub fn svg(&self, title: &str) -> String {
        svg::write(self, title)
    }

    /// The drawing as a PNG file. Takes up to some hundred milliseconds of one processor.
    #[must_use]
    pub fn png(&self) -> Vec<u8> {
        png::encode(u32::from(self.width), u32::from(self.height), &raster::pixels(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: Colour = Colour([255; 3]);
    const INK: Colour = Colour([20, 24, 31]);

    fn at(drawing: &Drawing, x: usize, y: usize) -> [u8; 3] {
        let pixels = raster::pixels(drawing);
        let first = (y * usize::from(drawing.width) + x) * 3;
        [pixels[first], pixels[first + 1], pixels[first + 2]]
    }

    #[test]
    fn an_area_covers_what_lies_within_it_and_nothing_else() {
        let mut drawing = Drawing::new(20, 20, WHITE);
        drawing.rect((5.0, 5.0), (15.0, 12.0), INK, 1.0);
        assert_eq!(at(&drawing, 5, 5), INK.0);
        assert_eq!(at(&drawing, 14, 11), INK.0);
        assert_eq!(at(&drawing, 15, 11), WHITE.0);
        assert_eq!(at(&drawing, 9, 12), WHITE.0);
    }

    #[test]
    fn half_opaque_lies_between_both_colours_and_later_shapes_lie_above() {
        let mut drawing = Drawing::new(10, 10, WHITE);
        drawing.rect((0.0, 0.0), (10.0, 10.0), Colour([0; 3]), 0.5);
        assert!(at(&drawing, 4, 4).iter().all(|value| (126..=129).contains(value)));
        drawing.rect((0.0, 0.0), (10.0, 10.0), INK, 1.0);
        assert_eq!(at(&drawing, 4, 4), INK.0);
    }

    #[test]
    fn shapes_beyond_the_edge_are_cut_off() {
        let mut drawing = Drawing::new(10, 10, WHITE);
        drawing.rect((-50.0, -50.0), (3.0, 500.0), INK, 1.0);
        let words = Type { size: 12.0, weight: Weight::Bold, colour: INK, align: Align::Start };
        drawing.words((7.0, 12.0), "Viewers", words);
        assert_eq!(at(&drawing, 0, 9), INK.0);
        assert_eq!(at(&drawing, 4, 0), WHITE.0);
        assert_eq!(raster::pixels(&drawing).len(), 300);
    }

    #[test]
    fn hatching_stays_within_its_rectangle() {
        let mut drawing = Drawing::new(60, 40, WHITE);
        drawing.hatch((10.0, 10.0), (50.0, 30.0), Pen { colour: INK, width: 1.0, dash: &[] });
        let Some(Shape::Line { runs, .. }) = drawing.shapes.first() else { panic!("lines") };
        assert!(runs.len() > 4, "{runs:?}");
        for (x, y) in runs.iter().flatten() {
            assert!((10.0..=50.0).contains(x) && (10.0..=30.0).contains(y), "{x} {y}");
        }
    }

    #[test]
    fn words_leave_ink_on_the_side_they_are_aligned_to() {
        let inked = |align| {
            let mut drawing = Drawing::new(100, 20, WHITE);
            drawing.words(
                (50.0, 15.0),
                "Penonton",
                Type { size: 12.0, weight: Weight::Regular, colour: INK, align },
            );
            let pixels = raster::pixels(&drawing);
            let dark = pixels.chunks_exact(3).enumerate().filter(|(_, pixel)| pixel[0] < 200);
            let columns: Vec<_> = dark.map(|(i, _)| i % 100).collect();
            (columns.iter().min().copied(), columns.iter().max().copied())
        };
        assert!(inked(Align::Start).0 >= Some(50));
        assert!(inked(Align::End).1 <= Some(50));
        assert!(inked(Align::Middle).0 < Some(40) && inked(Align::Middle).1 > Some(60));
    }
}
