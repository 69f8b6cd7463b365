//! What the address of an overlay says about how it looks. Nonsense falls back to what is usual, and every
//! number and text has an end.

use crate::domain::access::Widget;
use crate::web::address::Address;
use crate::words::Lang;
use std::ops::RangeInclusive;

/// Longer headings are cut.
pub const MAX_TITLE_CHARS: usize = 40;
/// The width of a widget, in pixels at its usual size.
pub const WIDTHS: RangeInclusive<u32> = 240..=1920;
/// In per cent. Nothing is drawn smaller on stream, because small text cannot be read there.
pub const SCALES: RangeInclusive<u32> = 100..=300;
pub const MOST_ROWS: usize = 10;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    pub lang: Option<Lang>,
    pub theme: Theme,
    pub place: Place,
    pub width: u32,
    pub scale_percent: u32,
    /// Instead of the widget's own heading.
    pub title: Option<String>,
    /// How many rows a list has.
    pub count: usize,
    hidden: Vec<Part>,
}

/// What stands behind the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Nothing: the video itself.
    #[default]
    Clear,
    Dark,
    Light,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::Clear, Self::Dark, Self::Light];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == name)
    }
}

/// Where a widget stands in a source that is larger than it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    TopLeft,
    Top,
    TopRight,
    Left,
    Middle,
    Right,
    BottomLeft,
    Bottom,
    BottomRight,
}

impl Place {
    pub const ALL: [Self; 9] = [
        Self::TopLeft,
        Self::Top,
        Self::TopRight,
        Self::Left,
        Self::Middle,
        Self::Right,
        Self::BottomLeft,
        Self::Bottom,
        Self::BottomRight,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TopLeft => "top-left",
            Self::Top => "top",
            Self::TopRight => "top-right",
            Self::Left => "left",
            Self::Middle => "middle",
            Self::Right => "right",
            Self::BottomLeft => "bottom-left",
            Self::Bottom => "bottom",
            Self::BottomRight => "bottom-right",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.as_str() == name)
    }
}

/// What can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Title,
    /// What is said of the state: waiting, reconnecting, ended.
    Note,
    /// People are called by their place, and their pictures are not shown.
    Names,
    Pictures,
    Counts,
    Line,
    Evidence,
}

impl Part {
    pub const ALL: [Self; 7] =
        [Self::Title, Self::Note, Self::Names, Self::Pictures, Self::Counts, Self::Line, Self::Evidence];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Note => "note",
            Self::Names => "names",
            Self::Pictures => "pictures",
            Self::Counts => "counts",
            Self::Line => "line",
            Self::Evidence => "evidence",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.as_str() == name)
    }
}

impl Options {
    /// What `param` says, empty where it says nothing.
    #[must_use]
    pub fn read<'a>(widget: Widget, param: impl Fn(&str) -> &'a str) -> Self {
        let number = |name: &str| param(name).parse::<u32>().ok();
        let title: String = param("title").trim().chars().take(MAX_TITLE_CHARS).collect();
        Self {
            lang: Lang::parse(param("lang")),
            theme: Theme::parse(param("theme")).unwrap_or_default(),
            place: Place::parse(param("at")).unwrap_or_default(),
            width: number("w")
                .map_or_else(|| usual_width(widget), |w| w.clamp(*WIDTHS.start(), *WIDTHS.end())),
            scale_percent: number("scale").map_or(100, |n| n.clamp(*SCALES.start(), *SCALES.end())),
            title: (!title.is_empty()).then_some(title),
            count: number("count").map_or_else(|| usual_count(widget), |n| (n as usize).clamp(1, MOST_ROWS)),
            hidden: param("hide").split(',').filter_map(|name| Part::parse(name.trim())).collect(),
        }
    }

    #[must_use]
    pub fn shows(&self, part: Part) -> bool {
        !self.hidden.contains(&part)
    }

    /// The same without `part`.
    #[must_use]
    pub fn without(mut self, part: Part) -> Self {
        self.hidden.push(part);
        self
    }

    /// `address` of a widget that is to look like this: it says what departs from the usual.
    #[must_use]
    pub fn onto(&self, address: Address, widget: Widget) -> Address {
        let usual = Self::read(widget, |_| "");
        let unless = |usual: bool, said: &dyn ToString| if usual { String::new() } else { said.to_string() };
        let hidden: Vec<_> =
            Part::ALL.into_iter().filter(|part| !self.shows(*part)).map(Part::as_str).collect();
        address
            .and("lang", self.lang.map(Lang::code).unwrap_or_default())
            .and("theme", &unless(self.theme == usual.theme, &self.theme.as_str()))
            .and("title", self.title.as_deref().unwrap_or_default())
            .and("count", &unless(self.count == usual.count, &self.count))
            .and("w", &unless(self.width == usual.width, &self.width))
            .and("scale", &unless(self.scale_percent == usual.scale_percent, &self.scale_percent))
            .and("at", &unless(self.place == usual.place, &self.place.as_str()))
            .and("hide", &hidden.join(","))
    }

    /// The size of the browser source that the widget needs, in pixels.
    #[must_use]
    pub const fn source_size(&self, widget: Widget) -> (u32, u32) {
        let (_, height) = source_size(widget);
        (self.width * self.scale_percent / 100, height * self.scale_percent / 100)
    }
}

/// What can be left out of a widget besides names, which are left out of all.
#[must_use]
pub const fn parts(widget: Widget) -> &'static [Part] {
    use Part::{Counts, Evidence, Line, Note, Pictures, Title};
    match widget {
        Widget::Gifters => &[Title, Pictures, Counts, Note],
        Widget::LastGift => &[Title, Pictures, Counts, Note],
        Widget::Viewers => &[Title, Counts, Line, Note],
        Widget::Goal => &[Title, Counts, Note],
        Widget::Verdict => &[Title, Evidence, Note],
        Widget::Battle | Widget::Moments => &[Title, Note],
    }
}

/// Whether a widget is a list of as many rows as are wanted.
#[must_use]
pub const fn is_list(widget: Widget) -> bool {
    matches!(widget, Widget::Gifters | Widget::Goal | Widget::Moments)
}

/// The size of the browser source that a widget is made for, in pixels; the widget fills its width.
const fn source_size(widget: Widget) -> (u32, u32) {
    match widget {
        Widget::Goal => (720, 400),
        Widget::Gifters => (640, 500),
        Widget::LastGift => (640, 200),
        Widget::Viewers => (520, 320),
        Widget::Battle => (800, 300),
        Widget::Moments => (800, 420),
        Widget::Verdict => (800, 420),
    }
}

const fn usual_width(widget: Widget) -> u32 {
    source_size(widget).0
}

const fn usual_count(widget: Widget) -> usize {
    match widget {
        Widget::Goal | Widget::Moments => 3,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &[(&str, &'static str)]) -> Options {
        Options::read(Widget::Gifters, |name| {
            query.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value)
        })
    }

    #[test]
    fn without_a_word_a_widget_is_as_usual() {
        let usual = read(&[]);
        assert_eq!((usual.theme, usual.place, usual.lang), (Theme::Clear, Place::TopLeft, None));
        assert_eq!(
            (usual.width, usual.scale_percent, usual.count, usual.title.as_deref()),
            (640, 100, 5, None)
        );
        assert!(Part::ALL.into_iter().all(|part| usual.shows(part)));
    }

    #[test]
    fn an_address_says_how_it_looks_and_nonsense_changes_nothing() {
        let said = read(&[
            ("lang", "id"),
            ("theme", "dark"),
            ("at", "bottom-right"),
            ("w", "900"),
            ("scale", "150"),
            ("title", "  Terima kasih "),
            ("count", "3"),
            ("hide", "names, note,nonsense"),
        ]);
        assert_eq!((said.lang, said.theme, said.place), (Some(Lang::Id), Theme::Dark, Place::BottomRight));
        assert_eq!((said.width, said.scale_percent, said.count), (900, 150, 3));
        assert_eq!(said.title.as_deref(), Some("Terima kasih"));
        assert!(!said.shows(Part::Names) && !said.shows(Part::Note) && said.shows(Part::Counts));
        let nonsense =
            [("lang", "xx"), ("theme", "url(x)"), ("at", "7"), ("w", "-1"), ("scale", "NaN"), ("count", "")];
        assert_eq!(read(&nonsense), read(&[]));
    }

    #[test]
    fn an_address_says_what_departs_from_the_usual_and_is_read_as_it_was_meant() {
        let query =
            [("lang", "id"), ("at", "bottom"), ("title", "Top & co"), ("count", "3"), ("hide", "names,note")];
        let said = read(&query).onto(Address::new("/o/x/gifters"), Widget::Gifters).finish();
        assert_eq!(said, "/o/x/gifters?lang=id&title=Top+%26+co&count=3&at=bottom&hide=note%2Cnames");
        let usual = read(&[("w", "640"), ("scale", "100"), ("count", "5"), ("theme", "clear")]);
        assert_eq!(usual.onto(Address::new("/x"), Widget::Gifters).finish(), "/x");
        assert_eq!(read(&[("w", "800"), ("scale", "150")]).source_size(Widget::Gifters), (1200, 750));
    }

    #[test]
    fn numbers_and_texts_have_an_end() {
        let title: &'static str = "W".repeat(5_000).leak();
        let wild = read(&[("w", "4000000000"), ("scale", "1"), ("count", "100"), ("title", title)]);
        assert_eq!((wild.width, wild.scale_percent, wild.count), (1920, 100, 10));
        assert_eq!(wild.title.map(|title| title.len()), Some(40));
        assert_eq!(read(&[("w", "1"), ("count", "0")]).width, 240);
    }

    #[test]
    fn themes_places_and_parts_are_known_by_their_names() {
        assert!(Theme::ALL.into_iter().all(|theme| Theme::parse(theme.as_str()) == Some(theme)));
        assert!(Place::ALL.into_iter().all(|place| Place::parse(place.as_str()) == Some(place)));
        assert!(Part::ALL.into_iter().all(|part| Part::parse(part.as_str()) == Some(part)));
    }
}
