//! Overlay: every widget for OBS as it looks now, its address, and a test.

use super::overlay::name_key;
use super::overlay::options::{
    MAX_TITLE_CHARS, MOST_ROWS, Options, Part, Place, SCALES, Theme, WIDTHS, is_list, parts,
};
use super::shell::{Nav, Shell, Visit};
use crate::domain::access::{Opens, Widget};
use crate::domain::handle::Handle;
use crate::store::tokens::Token;
use crate::web::address::Address;
use crate::web::views;
use crate::words::{Lang, Words};
use askama::Template;

/// What is chosen for all widgets at once, and for one of them besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub lang: Lang,
    pub theme: Theme,
    pub hide_names: bool,
    /// Whether a new address may show what gifts are worth.
    pub money: bool,
    /// With what a new address begins; one that is not offered counts for nothing.
    pub from: String,
    /// More about one widget.
    pub own: Option<(Widget, Options)>,
}

/// With what an address may begin, as whoever is to open it reaches Pasut.
pub struct Start {
    pub origin: String,
    pub by: By,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// As the browser that asks does.
    Here,
    ThisComputer,
    Network,
}

/// What was just done, to be said on the card of its widget.
pub enum Done {
    /// A new address, which is shown this once.
    Made { widget: Widget, address: String },
    /// There are so many tokens that none is made.
    Full { widget: Widget, most: i64 },
}

#[derive(Template)]
#[template(path = "pages/gallery.html")]
pub struct GalleryPage {
    pub shell: Shell,
    pub w: &'static Words,
    /// Whose widgets these are; `None` while nobody is watched.
    pub creator: Option<String>,
    pub creators: Vec<(String, bool)>,
    pub langs: Vec<(&'static str, &'static str, bool)>,
    pub themes: Vec<(&'static str, String, bool)>,
    pub lang: &'static str,
    pub theme: &'static str,
    pub hide_names: bool,
    pub money: bool,
    pub from: String,
    /// With what an address may begin; empty where there is no choice.
    pub starts: Vec<(String, String, bool)>,
    pub cards: Vec<Card>,
}

pub struct Card {
    pub widget: &'static str,
    pub name: String,
    pub what: String,
    pub size: String,
    /// The page in the frame, which is drawn at half its size.
    pub preview: String,
    pub frame: (u32, u32),
    /// When the address that opens this widget was made, and whether it shows money.
    pub address: Option<String>,
    /// The address, just after it was made.
    pub made: Option<String>,
    pub problem: String,
    /// How an address ends for what is chosen now.
    pub chosen: String,
    pub fields: Fields,
}

/// What can be chosen for one widget.
pub struct Fields {
    /// Whether something was chosen.
    pub open: bool,
    pub title: String,
    pub max_title: usize,
    /// How many rows, and how many at most; `None` where it is no list.
    pub count: Option<(usize, usize)>,
    pub scale: (u32, u32, u32),
    pub width: (u32, u32, u32),
    pub places: Vec<(&'static str, String, bool)>,
    pub parts: Vec<(&'static str, String, bool)>,
}

impl Choice {
    /// What a request says, in the language of its page where it says nothing.
    #[must_use]
    pub fn read<'a>(lang: Lang, param: impl Fn(&str) -> &'a str) -> Self {
        let ticked = |part: &Part| !param(&format!("hide-{}", part.as_str())).is_empty();
        let hide: Vec<_> = Part::ALL.into_iter().filter(ticked).map(Part::as_str).collect();
        let hide = format!("{},{}", param("hide"), hide.join(","));
        let own = |name: &str| match name {
            "hide" => hide.as_str(),
            // Of all widgets at once.
            "lang" | "theme" => "",
            name => param(name),
        };
        Self {
            from: param("from").to_owned(),
            own: Widget::parse(param("of")).map(|widget| (widget, Options::read(widget, own))),
            lang: Lang::parse(param("lang")).unwrap_or(lang),
            theme: Theme::parse(param("theme")).unwrap_or_default(),
            hide_names: !param("names").is_empty(),
            money: !param("money").is_empty(),
        }
    }

    /// How a widget is to look.
    #[must_use]
    pub fn options(&self, widget: Widget) -> Options {
        let own = self.own.as_ref().filter(|(of, _)| *of == widget).map(|(_, options)| options.clone());
        let options = own.unwrap_or_else(|| Options::read(widget, |_| ""));
        let mut options = if self.hide_names { options.without(Part::Names) } else { options };
        (options.lang, options.theme) = (Some(self.lang), self.theme);
        options
    }

    /// `address` of a widget with what is chosen. Money is no part of it: that is in the token.
    #[must_use]
    pub fn onto(&self, address: Address, widget: Widget) -> Address {
        self.options(widget).onto(address, widget)
    }

    /// With what a new address begins: as was chosen, if it is among `starts`, and else as the first.
    #[must_use]
    pub fn start<'s>(&self, starts: &'s [Start]) -> &'s str {
        let chosen = starts.iter().find(|start| start.origin == self.from).or(starts.first());
        chosen.map_or("", |start| start.origin.as_str())
    }

    /// The page that has this chosen, at the card of a widget.
    #[must_use]
    pub fn page(&self, creator: &Handle, widget: Widget) -> String {
        let flag = |on: bool| if on { "1" } else { "" };
        let page = Address::new("/overlay")
            .and("creator", creator.as_str())
            .and("lang", self.lang.code())
            .and("theme", self.theme.as_str())
            .and("names", flag(self.hide_names))
            .and("money", flag(self.money))
            .and("from", &self.from);
        let page = match &self.own {
            Some((of, options)) => options.onto(page.and("of", of.as_str()), *of),
            None => page,
        };
        format!("{}#{}", page.finish(), widget.as_str())
    }
}

impl GalleryPage {
    #[must_use]
    pub fn new(
        visit: &Visit,
        choice: &Choice,
        starts: &[Start],
        tokens: &[Token],
        done: Option<&Done>,
    ) -> Self {
        let w = visit.look.words();
        let card = |creator: &Handle, widget| card(visit, choice, creator, widget, tokens, done);
        let cards = |creator: &Handle| Widget::ALL.into_iter().map(|widget| card(creator, widget)).collect();
        Self {
            shell: Shell::new(visit, Nav::Overlay, format!("{} · Pasut", w.t("overlay"))).previewing(),
            w,
            creator: visit.creator.map(ToString::to_string),
            creators: visit
                .watched
                .iter()
                .map(|watch| (watch.creator.to_string(), Some(&watch.creator) == visit.creator))
                .collect(),
            langs: Lang::ALL.map(|lang| (lang.code(), lang.name(), lang == choice.lang)).to_vec(),
            themes: Theme::ALL
                .map(|theme| (theme.as_str(), w.t(theme_key(theme)).into_owned(), theme == choice.theme))
                .to_vec(),
            lang: choice.lang.code(),
            theme: choice.theme.as_str(),
            hide_names: choice.hide_names,
            money: choice.money,
            from: choice.from.clone(),
            starts: starts
                .iter()
                .filter(|_| starts.len() > 1)
                .map(|start| {
                    let text = w.with(start.by.key(), [("origin", start.origin.clone().into())]);
                    (start.origin.clone(), text, start.origin == choice.start(starts))
                })
                .collect(),
            cards: visit.creator.map(cards).unwrap_or_default(),
        }
    }
}

fn card(
    visit: &Visit,
    choice: &Choice,
    creator: &Handle,
    widget: Widget,
    tokens: &[Token],
    done: Option<&Done>,
) -> Card {
    let (look, w) = (&visit.look, visit.look.words());
    let options = choice.options(widget);
    let (width, height) = options.source_size(widget);
    let kept = tokens.iter().find(|token| opens(token, creator, widget));
    let address = kept.map(|token| {
        let money = matches!(token.opens, Opens::Overlay { money: true, .. });
        let key = if money { "overlay-with-money" } else { "overlay-without-money" };
        let made = w.with("overlay-made-at", [("time", views::moment(look, token.created_at).into())]);
        format!("{made} {}", w.t(key))
    });
    let (made, problem) = match done {
        Some(Done::Made { widget: of, address }) if *of == widget => (Some(address.clone()), String::new()),
        Some(Done::Full { widget: of, most }) if *of == widget => {
            (None, w.with("overlay-full", [("most", (*most).into())]))
        }
        _ => (None, String::new()),
    };
    let preview = Address::new(&format!("/overlay/{}", widget.as_str())).and("creator", creator.as_str());
    let chosen = choice.onto(Address::new(""), widget).finish();
    Card {
        widget: widget.as_str(),
        name: w.t(name_key(widget)).into_owned(),
        what: w.t(what_key(widget)).into_owned(),
        size: format!("{width} × {height}"),
        preview: choice.onto(preview, widget).and("money", if choice.money { "1" } else { "" }).finish(),
        frame: (width / 2, height / 2),
        address,
        made,
        problem,
        chosen,
        fields: Fields {
            open: choice.own.as_ref().is_some_and(|(of, _)| *of == widget),
            title: options.title.clone().unwrap_or_default(),
            max_title: MAX_TITLE_CHARS,
            count: is_list(widget).then_some((options.count, MOST_ROWS)),
            scale: (options.scale_percent, *SCALES.start(), *SCALES.end()),
            width: (options.width, *WIDTHS.start(), *WIDTHS.end()),
            places: Place::ALL
                .map(|place| (place.as_str(), w.t(place_key(place)).into_owned(), place == options.place))
                .to_vec(),
            parts: parts(widget)
                .iter()
                .map(|part| (part.as_str(), w.t(part_key(*part)).into_owned(), !options.shows(*part)))
                .collect(),
        },
    }
}

impl By {
    const fn key(self) -> &'static str {
        match self {
            Self::Here => "overlay-from-here",
            Self::ThisComputer => "overlay-from-this-computer",
            Self::Network => "overlay-from-network",
        }
    }
}

const fn place_key(place: Place) -> &'static str {
    match place {
        Place::TopLeft => "overlay-at-top-left",
        Place::Top => "overlay-at-top",
        Place::TopRight => "overlay-at-top-right",
        Place::Left => "overlay-at-left",
        Place::Middle => "overlay-at-middle",
        Place::Right => "overlay-at-right",
        Place::BottomLeft => "overlay-at-bottom-left",
        Place::Bottom => "overlay-at-bottom",
        Place::BottomRight => "overlay-at-bottom-right",
    }
}

const fn part_key(part: Part) -> &'static str {
    match part {
        Part::Title => "overlay-part-title",
        Part::Note => "overlay-part-note",
        Part::Names => "overlay-part-names",
        Part::Pictures => "overlay-part-pictures",
        Part::Counts => "overlay-part-counts",
        Part::Line => "overlay-part-line",
        Part::Evidence => "overlay-part-evidence",
    }
}

/// Whether a token opens that widget of that creator.
#[must_use]
pub fn opens(token: &Token, creator: &Handle, widget: Widget) -> bool {
    matches!(&token.opens, Opens::Overlay { creator: of, widget: which, .. } if of == creator && *which == widget)
}

const fn theme_key(theme: Theme) -> &'static str {
    match theme {
        Theme::Clear => "overlay-theme-clear",
        Theme::Dark => "overlay-theme-dark",
        Theme::Light => "overlay-theme-light",
    }
}

const fn what_key(widget: Widget) -> &'static str {
    match widget {
        Widget::Goal => "overlay-goal-what",
        Widget::Gifters => "overlay-gifters-what",
        Widget::LastGift => "overlay-last-gift-what",
        Widget::Viewers => "overlay-viewers-what",
        Widget::Battle => "overlay-battle-what",
        Widget::Moments => "overlay-moments-what",
        Widget::Verdict => "overlay-verdict-what",
    }
}
