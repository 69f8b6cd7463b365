//! A drawing as SVG without a style sheet, a script or a reference, so that it stands alone in any page.

use super::{Align, Colour, Drawing, Pen, Point, Shape, Type};
use crate::picture::font::Weight;
use std::fmt::{self, Write};

/// The letters every page of ours is set in.
const FONT: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

pub fn write(drawing: &Drawing, title: &str) -> String {
    let mut svg = String::new();
    whole(&mut svg, drawing, title).expect("writing to a string cannot fail");
    svg
}

fn whole(svg: &mut String, drawing: &Drawing, title: &str) -> fmt::Result {
    let (width, height) = (drawing.width, drawing.height);
    write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         font-family=\"{FONT}\"><title>{}</title><path fill=\"{}\" d=\"M0 0h{width}v{height}H0z\"/>",
        escaped(title),
        hex(drawing.paper),
    )?;
    for shape in &drawing.shapes {
        match shape {
            Shape::Line { runs, pen } => line(svg, runs, pen)?,
            Shape::Area { outline, colour, opacity } => {
                write!(svg, "<path fill=\"{}\"", hex(*colour))?;
                if *opacity < 1.0 {
                    write!(svg, " fill-opacity=\"{opacity}\"")?;
                }
                svg.push_str(" d=\"");
                run(svg, outline)?;
                svg.push_str("z\"/>");
            }
            Shape::Words { at, text, set } => words(svg, *at, text, set)?,
        }
    }
    svg.push_str("</svg>");
    Ok(())
}

fn line(svg: &mut String, runs: &[Vec<Point>], pen: &Pen) -> fmt::Result {
    write!(svg, "<path fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"", hex(pen.colour), pen.width)?;
    svg.push_str(" stroke-linejoin=\"round\"");
    if pen.dash.is_empty() {
        svg.push_str(" stroke-linecap=\"round\"");
    } else {
        let dash: Vec<_> = pen.dash.iter().map(ToString::to_string).collect();
        write!(svg, " stroke-dasharray=\"{}\"", dash.join(" "))?;
    }
    svg.push_str(" d=\"");
    for points in runs {
        run(svg, points)?;
    }
    svg.push_str("\"/>");
    Ok(())
}

fn words(svg: &mut String, (x, y): Point, text: &str, set: &Type) -> fmt::Result {
    let anchor = match set.align {
        Align::Start => "",
        Align::Middle => " text-anchor=\"middle\"",
        Align::End => " text-anchor=\"end\"",
    };
    let weight = if set.weight == Weight::Bold { " font-weight=\"600\"" } else { "" };
    let (size, colour, text) = (tenth(set.size), hex(set.colour), escaped(text));
    write!(
        svg,
        "<text x=\"{}\" y=\"{}\" font-size=\"{size}\"{weight}{anchor} fill=\"{colour}\">{text}</text>",
        tenth(x),
        tenth(y)
    )
}

fn run(svg: &mut String, points: &[Point]) -> fmt::Result {
    for (i, (x, y)) in points.iter().enumerate() {
        write!(svg, "{}{} {}", if i == 0 { 'M' } else { 'L' }, tenth(*x), tenth(*y))?;
    }
    Ok(())
}

fn tenth(value: f32) -> f32 {
    (value * 10.0).round() / 10.0
}

fn hex(Colour([red, green, blue]): Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_strangers_stays_text() {
        let mut drawing = Drawing::new(10, 10, Colour([255; 3]));
        let set = Type { size: 9.0, weight: Weight::Bold, colour: Colour([0; 3]), align: Align::End };
        drawing.words((1.0, 2.25), "</text><script>\"&", set);
        let svg = drawing.svg("<b>");
        assert!(svg.contains("<title>&lt;b&gt;</title>"), "{svg}");
        assert!(svg.contains(">&lt;/text&gt;&lt;script&gt;&quot;&amp;</text>"), "{svg}");
        assert!(svg.contains("x=\"1\" y=\"2.3\" font-size=\"9\" font-weight=\"600\" text-anchor=\"end\""));
    }

    #[test]
    fn runs_stay_apart_and_dashes_are_told() {
        let mut drawing = Drawing::new(10, 10, Colour([255; 3]));
        let pen = Pen { colour: Colour([1, 2, 255]), width: 1.5, dash: &[6.0, 3.0] };
        drawing.line(vec![vec![(0.0, 1.0), (2.0, 3.04)], vec![(5.0, 5.0), (6.0, 5.0)]], pen);
        let svg = drawing.svg("");
        assert!(svg.contains("stroke=\"#0102ff\" stroke-width=\"1.5\""), "{svg}");
        assert!(svg.contains("stroke-dasharray=\"6 3\" d=\"M0 1L2 3M5 5L6 5\""), "{svg}");
    }
}
