//! Overlay: every widget for OBS as it looks now, its address, and a test.

use super::overlay::name_key;
use super::overlay::options::{Part, Theme, source_size};
use super::shell::{Nav, Shell, Visit};
use crate::domain::access::{Opens, Widget};
use crate::domain::handle::Handle;
use crate::store::tokens::Token;
use crate::web::address::Address;
use crate::web::views;
use crate::words::{Lang, Words};
use askama::Template;

/// What is chosen for all widgets at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub lang: Lang,
    pub theme: Theme,
    pub hide_names: bool,
    /// Whether a new address may show what gifts are worth.
    pub money: bool,
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
    pub cards: Vec<Card>,
    /// What an address may say besides, with what it does.
    pub options: [(&'static str, &'static str); 6],
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
}

impl Choice {
    /// What a request says, in the language of its page where it says nothing.
    #[must_use]
    pub fn read<'a>(lang: Lang, param: impl Fn(&str) -> &'a str) -> Self {
        Self {
            lang: Lang::parse(param("lang")).unwrap_or(lang),
            theme: Theme::parse(param("theme")).unwrap_or_default(),
            hide_names: !param("names").is_empty(),
            money: !param("money").is_empty(),
        }
    }

    /// `address` of a widget with what is chosen. Money is no part of it: that is in the token.
    #[must_use]
    pub fn onto(&self, address: Address) -> Address {
        let theme = if self.theme == Theme::default() { "" } else { self.theme.as_str() };
        let hide = if self.hide_names { Part::Names.as_str() } else { "" };
        address.and("lang", self.lang.code()).and("theme", theme).and("hide", hide)
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
            .and("money", flag(self.money));
        format!("{}#{}", page.finish(), widget.as_str())
    }
}

impl GalleryPage {
    #[must_use]
    pub fn new(visit: &Visit, choice: &Choice, tokens: &[Token], done: Option<&Done>) -> Self {
        let w = visit.look.words();
        let card = |creator: &Handle, widget| card(visit, choice, creator, widget, tokens, done);
        let cards = |creator: &Handle| Widget::ALL.into_iter().map(|widget| card(creator, widget)).collect();
        Self {
            shell: Shell::new(visit, Nav::Overlay, format!("{} · Pasut", w.t("overlay"))).copying(),
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
            options: [
                ("title=", "overlay-option-title"),
                ("count=1…10", "overlay-option-count"),
                ("scale=100…300", "overlay-option-scale"),
                ("w=240…1920", "overlay-option-w"),
                ("at=bottom-right", "overlay-option-at"),
                ("hide=title,note,pictures,counts,line,evidence", "overlay-option-hide"),
            ],
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
    let (width, height) = source_size(widget);
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
    let chosen = choice.onto(Address::new("")).finish();
    Card {
        widget: widget.as_str(),
        name: w.t(name_key(widget)).into_owned(),
        what: w.t(what_key(widget)).into_owned(),
        size: format!("{width} × {height}"),
        preview: choice.onto(preview).and("money", if choice.money { "1" } else { "" }).finish(),
        frame: (width / 2, height / 2),
        address,
        made,
        problem,
        chosen,
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
