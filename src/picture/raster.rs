//! A drawing as pixels: every shape becomes a mask of how much of each pixel it covers.

use super::{Align, Colour, Drawing, Pen, Point, Shape, font};
use zeno::{Cap, Command, Fill, Join, Mask, PathBuilder, Stroke, Style};

/// Red, green and blue of each pixel, row by row from the top.
pub fn pixels(drawing: &Drawing) -> Vec<u8> {
    let (width, height) = (usize::from(drawing.width), usize::from(drawing.height));
    let mut canvas = Canvas { width, height, pixels: drawing.paper.0.repeat(width * height) };
    for shape in &drawing.shapes {
        match shape {
            Shape::Line { runs, pen } => canvas.line(runs, pen),
            Shape::Area { outline, colour, opacity } => {
                let mut path = run(outline);
                path.close();
                canvas.paint(&path, Fill::NonZero, *colour, *opacity);
            }
            Shape::Words { at: (x, y), text, set } => {
                let width = font::width(text, set.size, set.weight);
                let before = match set.align {
                    Align::Start => 0.0,
                    Align::Middle => width / 2.0,
                    Align::End => width,
                };
                let path = font::outline(text, set.size, set.weight, (x - before, *y));
                canvas.paint(&path, Fill::NonZero, set.colour, 1.0);
            }
        }
    }
    canvas.pixels
}

struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Canvas {
    fn line(&mut self, runs: &[Vec<Point>], pen: &Pen) {
        let path: Vec<Command> = runs.iter().flat_map(|points| run(points)).collect();
        let mut stroke = Stroke::new(pen.width);
        stroke.join(Join::Round).cap(if pen.dash.is_empty() { Cap::Round } else { Cap::Butt });
        stroke.dash(pen.dash, 0.0);
        self.paint(&path, stroke, pen.colour, 1.0);
    }

    fn paint<'a>(&mut self, path: &Vec<Command>, style: impl Into<Style<'a>>, colour: Colour, opacity: f32) {
        if path.is_empty() {
            return;
        }
        let (mask, at) = Mask::new(path).style(style).render();
        let width = at.width as usize;
        for (row, covered) in mask.chunks_exact(width.max(1)).enumerate() {
            let Some(y) = onto(row, at.top, self.height) else { continue };
            for (column, coverage) in covered.iter().enumerate().filter(|(_, coverage)| **coverage > 0) {
                let Some(x) = onto(column, at.left, self.width) else { continue };
                let first = (y * self.width + x) * 3;
                let weight = f32::from(*coverage) / 255.0 * opacity;
                for (below, above) in self.pixels[first..first + 3].iter_mut().zip(colour.0) {
                    let mixed = f32::from(*below) + (f32::from(above) - f32::from(*below)) * weight;
                    *below = mixed.round() as u8;
                }
            }
        }
    }
}

/// Where a row or column of a mask lies on the canvas; `None` beyond its edge.
fn onto(at: usize, from: i32, end: usize) -> Option<usize> {
    usize::try_from(at as i64 + i64::from(from)).ok().filter(|at| *at < end)
}

fn run(points: &[Point]) -> Vec<Command> {
    let mut path = Vec::with_capacity(points.len() + 1);
    for (i, (x, y)) in points.iter().enumerate() {
        if i == 0 {
            path.move_to([*x, *y])
        } else {
            path.line_to([*x, *y])
        };
    }
    path
}
