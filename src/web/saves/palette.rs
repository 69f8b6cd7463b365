//! The colours and dashes of the pages, for drawings. They are read from the style sheet, so that a colour
//! has one home.

use crate::picture::Colour;
use crate::web::assets;
use crate::web::look::Theme;
use std::collections::HashMap;
use std::sync::LazyLock;

const TOKENS: &str = "css/tokens.css";
/// Where the colours of each theme begin in it.
const LIGHT: &str = ":root {";
const DARK: &str = ":root[data-theme=\"dark\"] {";

/// The colours of one theme.
pub struct Palette(HashMap<String, Colour>);

impl Palette {
    /// Paper is light unless somebody chose otherwise, whatever the system says: nobody knows where a
    /// picture will be looked at.
    #[must_use]
    pub fn of(theme: Theme) -> &'static Self {
        static PALETTES: LazyLock<[Palette; 2]> = LazyLock::new(|| {
            let tokens = assets::text(TOKENS);
            [LIGHT, DARK].map(|start| Palette(colours(&tokens, start)))
        });
        &PALETTES[usize::from(theme == Theme::Dark)]
    }

    /// The colour that the style sheet calls `--name`.
    #[must_use]
    pub fn colour(&self, name: &str) -> Colour {
        *self.0.get(name).expect("drawings name colours of the style sheet, which a test reads")
    }
}

/// The dash of a series, as long as in the style sheet.
#[must_use]
pub fn dash(series: &str) -> &'static [f32] {
    match series {
        "comments" => &[6.0, 3.0],
        "gifts" => &[2.0, 2.0],
        "follows" => &[8.0, 2.0, 2.0, 2.0],
        "shares" => &[4.0, 4.0],
        _ => &[],
    }
}

fn colours(tokens: &str, start: &str) -> HashMap<String, Colour> {
    let block = tokens.split_once(start).and_then(|(_, rest)| rest.split_once('}'));
    let (block, _) = block.expect("both themes are in the style sheet");
    block.lines().filter_map(colour).collect()
}

/// `--page: #F6F7F9;`
fn colour(line: &str) -> Option<(String, Colour)> {
    let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
    let hex = u32::from_str_radix(value.strip_suffix(';')?, 16).ok()?;
    let [_, red, green, blue] = hex.to_be_bytes();
    Some((name.to_owned(), Colour([red, green, blue])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::chart::DRIVERS;

    #[test]
    fn every_theme_has_the_colours_that_drawings_use() {
        assert_eq!(Palette::of(Theme::Light).colour("page"), Colour([0xF6, 0xF7, 0xF9]));
        assert_eq!(Palette::of(Theme::Dark).colour("page"), Colour([0x0D, 0x11, 0x17]));
        assert_eq!(Palette::of(Theme::System).colour("page"), Palette::of(Theme::Light).colour("page"));
        for name in ["card", "text", "muted", "hair", "control", "viewers"].into_iter().chain(DRIVERS) {
            assert_ne!(
                Palette::of(Theme::Light).colour(name),
                Palette::of(Theme::Dark).colour(name),
                "{name}"
            );
        }
    }

    #[test]
    fn dashes_are_those_of_the_style_sheet() {
        let tokens = assets::text(TOKENS);
        for series in DRIVERS {
            let (_, rest) = tokens.split_once(&format!("[data-s=\"{series}\"]")).expect(series);
            let (block, _) = rest.split_once('}').expect(series);
            let dashes: Vec<_> = dash(series).iter().map(ToString::to_string).collect();
            let told = format!("--dash: {};", dashes.join(" "));
            assert_eq!(block.contains("--dash"), !dashes.is_empty(), "{series}");
            assert!(dashes.is_empty() || block.contains(&told), "{series}: {told} is not in {block}");
        }
    }
}
