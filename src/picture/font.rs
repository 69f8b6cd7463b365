//! The letters of a PNG: Inter, cut down to what Latin scripts, numbers and our own signs need.
//!
//! SVG uses the reader's own letters instead. Inter is licensed under the SIL Open Font License 1.1; see
//! `fonts/LICENSE.txt`.

use std::sync::LazyLock;
use ttf_parser::{Face, GlyphId, OutlineBuilder};
use zeno::{Command, PathBuilder};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Bold,
}

/// How wide `text` is in a line of `size`.
#[must_use]
pub fn width(text: &str, size: f32, weight: Weight) -> f32 {
    let face = face(weight);
    text.chars().map(|letter| advance(face, letter)).sum::<f32>() * scale(face, size)
}

/// Whether every letter and digit of `text` can be drawn. Emoji and other signs may be missing: they are
/// left out, and the text still says the same.
#[must_use]
pub fn covers(text: &str) -> bool {
    let face = face(Weight::Regular);
    let written = |letter: char| letter.is_alphanumeric();
    text.chars().any(written) && text.chars().filter(|c| written(*c)).all(|c| face.glyph_index(c).is_some())
}

/// `text` without what cannot be drawn, cut with `…` to be no wider than `most`.
#[must_use]
pub fn fit(text: &str, size: f32, weight: Weight, most: f32) -> String {
    let face = face(weight);
    let mut text: String = text.chars().filter(|letter| face.glyph_index(*letter).is_some()).collect();
    if width(&text, size, weight) <= most {
        return text.trim().to_owned();
    }
    while !text.is_empty() && width(&text, size, weight) + width("…", size, weight) > most {
        text.pop();
    }
    format!("{}…", text.trim())
}

/// `text` in lines no wider than `most`, broken between words; at most `lines`, the last one cut with `…`.
#[must_use]
pub fn wrap(text: &str, size: f32, weight: Weight, most: f32, lines: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let is_last = wrapped.len() == lines;
        match wrapped.last_mut() {
            Some(line) if is_last || width(&format!("{line} {word}"), size, weight) <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => wrapped.push(word.to_owned()),
        }
    }
    wrapped.iter().map(|line| fit(line, size, weight, most)).collect()
}

/// The outlines of `text` with its base line at `(x, y)`.
pub(super) fn outline(text: &str, size: f32, weight: Weight, (x, y): super::Point) -> Vec<Command> {
    let face = face(weight);
    let scale = scale(face, size);
    let mut pencil = Pencil { path: Vec::new(), scale, x, y };
    for letter in text.chars() {
        if let Some(glyph) = face.glyph_index(letter) {
            face.outline_glyph(glyph, &mut pencil);
        }
        pencil.x += advance(face, letter) * scale;
    }
    pencil.path
}

fn face(weight: Weight) -> &'static Face<'static> {
    static REGULAR: LazyLock<Face> = LazyLock::new(|| read(include_bytes!("fonts/inter-regular.ttf")));
    static BOLD: LazyLock<Face> = LazyLock::new(|| read(include_bytes!("fonts/inter-semibold.ttf")));
    match weight {
        Weight::Regular => &REGULAR,
        Weight::Bold => &BOLD,
    }
}

fn read(file: &'static [u8]) -> Face<'static> {
    Face::parse(file, 0).expect("both files are fonts, which a test draws with")
}

fn scale(face: &Face, size: f32) -> f32 {
    size / f32::from(face.units_per_em())
}

/// In units of the font; nothing for what it does not have.
fn advance(face: &Face, letter: char) -> f32 {
    let of = |glyph: GlyphId| face.glyph_hor_advance(glyph).map(f32::from);
    face.glyph_index(letter).and_then(of).unwrap_or_default()
}

/// Draws glyphs, whose heights grow upwards, where heights grow downwards.
struct Pencil {
    path: Vec<Command>,
    scale: f32,
    x: f32,
    y: f32,
}

impl Pencil {
    fn at(&self, x: f32, y: f32) -> [f32; 2] {
        [self.x + x * self.scale, self.y - y * self.scale]
    }
}

impl OutlineBuilder for Pencil {
    fn move_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        self.path.move_to(to);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        self.path.line_to(to);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (control, to) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(control, to);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (first, second, to) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.curve_to(first, second, to);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_names_and_our_own_signs_are_covered_and_other_scripts_are_not() {
        for name in ["Raka Pradana", "Nguyễn Thị", "José 99", "Zoë ✨🔥"] {
            assert!(covers(name), "{name}");
        }
        for name in ["น้องฟ้า", "小美", "محمد", "Мира", "🔥🔥", ""] {
            assert!(!covers(name), "{name}");
        }
        for sign in "▲▼●◆≈−–×·…“”".chars() {
            assert!(face(Weight::Bold).glyph_index(sign).is_some(), "{sign}");
            assert!(face(Weight::Regular).glyph_index(sign).is_some(), "{sign}");
        }
    }

    #[test]
    fn what_does_not_fit_is_cut_with_a_mark_and_emoji_are_left_out() {
        assert_eq!(fit("Zoë 🔥", 16.0, Weight::Regular, 200.0), "Zoë");
        let cut = fit("A very long nickname of somebody", 16.0, Weight::Regular, 100.0);
        assert!(cut.ends_with('…') && cut.starts_with("A very"), "{cut}");
        assert!(width(&cut, 16.0, Weight::Regular) <= 100.0);
    }

    #[test]
    fn lines_break_between_words_and_no_word_is_lost_unless_there_are_too_many() {
        let text = "Usually followed by more viewers within two minutes";
        let lines = wrap(text, 16.0, Weight::Regular, 150.0, 9);
        assert!(lines.len() > 2, "{lines:?}");
        assert!(lines.iter().all(|line| width(line, 16.0, Weight::Regular) <= 150.0), "{lines:?}");
        assert_eq!(lines.join(" "), text);
        let short = wrap(text, 16.0, Weight::Regular, 150.0, 2);
        assert_eq!(short.len(), 2);
        assert!(short[1].ends_with('…'), "{short:?}");
    }
}
