//! Settings: the tabs, and those of them that are lists of fields. Each field is saved by itself.

use super::shell::{Nav, Shell, Visit};
use super::welcome::{Zone, zones};
use crate::settings::preferences::{Key, Preferences, Unusable, dollars};
use crate::store::gifts::{GiftValue, UnpricedGift};
use crate::web::look::{Look, Theme};
use crate::web::sight::Moneyless;
use crate::web::views;
use crate::words::{Lang, Words};
use askama::Template;
use chrono_tz::Tz;

/// A tab of Settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Creators,
    Connection,
    Session,
    Gifts,
    Alerts,
    Money,
    Display,
    Data,
    Webhooks,
    Backup,
    Tokens,
}

/// Each tab with its address and its name.
const TABS: [(Tab, &str, &str); 11] = [
    (Tab::Creators, "/creators", "nav-creators"),
    (Tab::Connection, "/settings/connection", "connection"),
    (Tab::Session, "/settings/session", "session"),
    (Tab::Gifts, "/settings/gifts", "gifts"),
    (Tab::Alerts, "/settings/alerts", "alerts"),
    (Tab::Money, "/settings/money", "money"),
    (Tab::Display, "/settings/display", "display"),
    (Tab::Data, "/settings/data", "data"),
    (Tab::Webhooks, "/settings/webhooks", "webhooks"),
    (Tab::Backup, "/settings/backup", "backups"),
    (Tab::Tokens, "/settings/tokens", "tokens"),
];

/// The row of tabs above every page of Settings.
#[derive(Template)]
#[template(path = "fragments/settings_tabs.html")]
pub struct Tabs {
    pub w: &'static Words,
    /// Address, name, and whether it is shown now.
    pub links: Vec<(&'static str, &'static str, bool)>,
}

impl Tabs {
    #[must_use]
    pub fn new(current: Tab, look: &Look) -> Self {
        let links = TABS.iter().map(|(tab, href, name)| (*href, *name, *tab == current)).collect();
        Self { w: look.words(), links }
    }
}

/// What a page of preferences shows besides the preferences themselves.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Who decided a preference, where that was not the user.
    pub fixed: Vec<(Key, &'static str)>,
    /// What was changed last, with what it was before.
    pub before: Vec<(Key, String)>,
    /// The preference that was just saved.
    pub saved: Option<Key>,
    /// What was typed and cannot be used.
    pub refused: Option<(Key, String, Unusable)>,
}

/// One preference with what changes it.
pub struct Field {
    pub name: &'static str,
    pub label: String,
    pub hint: String,
    pub value: String,
    /// How it is typed: `text` or `date`.
    pub kind: &'static str,
    /// What the value is in: `min`, diamonds.
    pub unit: String,
    /// Value, text and whether it is chosen; empty where something is typed.
    pub choices: Vec<(&'static str, String, bool)>,
    /// Why it cannot be changed here.
    pub locked: String,
    pub problem: String,
    /// What comes of the value that is in force.
    pub outcome: String,
    /// Whether each choice is a language, by its code and in its own words.
    pub languages: bool,
    /// It was just saved: what the button says that takes it back.
    pub undo: Option<String>,
}

impl Field {
    /// A preference that is one of a few.
    #[must_use]
    pub fn choice(
        key: Key,
        words: (&str, &str),
        choices: Vec<(&'static str, String)>,
        preferences: &Preferences,
        told: &Told,
        look: &Look,
    ) -> Self {
        let value = preferences.value(key);
        let choices: Vec<_> = choices.into_iter().map(|(code, text)| (code, text, code == value)).collect();
        let named = |value: &str| {
            let choice = choices.iter().find(|(code, ..)| *code == value);
            undo_to(choice.map_or(value, |(_, text, _)| text), look)
        };
        let undo = told.undo(key).map(named);
        Self { undo, choices, ..Self::typed(key, words, "", preferences, told, look) }
    }

    /// A preference that is typed.
    #[must_use]
    pub fn typed(
        key: Key,
        (label, hint): (&str, &str),
        unit: &str,
        preferences: &Preferences,
        told: &Told,
        look: &Look,
    ) -> Self {
        let w = look.words();
        let refused = told.refused.as_ref().filter(|(refused, ..)| *refused == key);
        let locked = told.fixed.iter().find(|(fixed, _)| *fixed == key);
        Self {
            name: key.name(),
            label: w.t(label).into_owned(),
            hint: w.t(hint).into_owned(),
            value: refused
                .map_or_else(|| written(key, preferences.value(key), look), |(_, typed, _)| typed.clone()),
            kind: if key == Key::RupiahOn { "date" } else { "text" },
            unit: if unit.is_empty() { String::new() } else { w.t(unit).into_owned() },
            choices: Vec::new(),
            locked: locked.map(|(_, by)| w.t(locked_by(by)).into_owned()).unwrap_or_default(),
            problem: refused.map(|(.., why)| problem(*why, look)).unwrap_or_default(),
            outcome: String::new(),
            languages: false,
            undo: told.undo(key).map(|before| undo_to(&written(key, before.to_owned(), look), look)),
        }
    }
}

impl Told {
    /// What a preference that was just saved had been before.
    fn undo(&self, key: Key) -> Option<&str> {
        let saved = self.saved.filter(|saved| *saved == key)?;
        self.before.iter().find(|(changed, _)| *changed == saved).map(|(_, before)| before.as_str())
    }
}

/// A value as it is typed in this language.
fn written(key: Key, value: String, look: &Look) -> String {
    match (key, look.lang) {
        (Key::DiamondDollars, Lang::Id) => value.replace('.', ","),
        _ => value,
    }
}

fn undo_to(before: &str, look: &Look) -> String {
    if before.is_empty() {
        return look.words().t("undo-to-none").into_owned();
    }
    look.words().with("undo-to", [("before", before.to_owned().into())])
}

fn locked_by(source: &str) -> &'static str {
    match source {
        "flag" => "locked-by-flag",
        "environment" => "locked-by-environment",
        _ => "locked-by-file",
    }
}

fn problem(why: Unusable, look: &Look) -> String {
    let w = look.words();
    match why {
        Unusable::NotASwitch => w.t("pref-not-a-switch").into_owned(),
        Unusable::NotWithin { from, to } => {
            w.with("pref-not-within", [("from", from.into()), ("to", to.into())])
        }
        Unusable::NotAnAmount { from, to } => {
            let typed = |millionths| written(Key::DiamondDollars, dollars(millionths), look);
            w.with("pref-not-an-amount", [("from", typed(from).into()), ("to", typed(to).into())])
        }
        Unusable::NotADate => w.t("pref-not-a-date").into_owned(),
        Unusable::NotAChannel => w.t("pref-not-a-channel").into_owned(),
        Unusable::NotALanguage => w.t("pref-not-a-language").into_owned(),
        Unusable::TiersCross => w.t("pref-tiers-cross").into_owned(),
    }
}

/// A tab that is a list of fields: Session, Gifts or Money.
#[derive(Template)]
#[template(path = "pages/settings.html")]
pub struct SettingsPage {
    pub shell: Shell,
    pub w: &'static Words,
    pub tabs: Tabs,
    pub intro: String,
    /// Where the fields are sent.
    pub action: &'static str,
    pub fields: Vec<Field>,
    /// The list of prices, on the tab of gifts.
    pub prices: Option<Prices>,
}

pub struct Prices {
    pub unknown: Vec<Price>,
    pub known: Vec<Price>,
}

pub struct Price {
    pub id: String,
    pub name: String,
    /// What is known of it: how often it was given, or since when the price holds.
    pub note: String,
    pub diamonds: String,
    /// Nothing says it better than the gift's own event; anything else can be changed.
    pub said: bool,
}

impl SettingsPage {
    #[must_use]
    pub fn session(visit: &Visit, preferences: &Preferences, told: &Told) -> Self {
        let look = &visit.look;
        let w = look.words();
        let choice = |key, words, choices| Field::choice(key, words, choices, preferences, told, look);
        let fields = vec![
            choice(Key::AutoStart, ("pref-auto-start", "pref-auto-start-hint"), switch(w)),
            Field::typed(Key::Grace, ("pref-grace", "pref-grace-hint"), "unit-min", preferences, told, look),
            choice(Key::Interval, ("pref-interval", "pref-interval-hint"), minutes(look)),
        ];
        Self::new(visit, Tab::Session, "settings-session-intro", "/settings/session", fields)
    }

    #[must_use]
    pub fn gifts(
        visit: &Visit,
        preferences: &Preferences,
        told: &Told,
        values: &[GiftValue],
        unknown: &[UnpricedGift],
    ) -> Self {
        let look = &visit.look;
        let typed = |key, words| Field::typed(key, words, "diamonds", preferences, told, look);
        let fields = vec![
            typed(Key::Special, ("pref-special", "pref-special-hint")),
            typed(Key::Premium, ("pref-premium", "pref-premium-hint")),
        ];
        let page = Self::new(visit, Tab::Gifts, "settings-gifts-intro", "/settings/gifts", fields);
        Self { prices: Some(prices(values, unknown, look)), ..page }
    }

    #[must_use]
    pub fn money(visit: &Visit, preferences: &Preferences, told: &Told) -> Self {
        let look = &visit.look;
        let typed = |key, words, unit| Field::typed(key, words, unit, preferences, told, look);
        let fields = vec![
            typed(Key::DiamondDollars, ("pref-diamond-usd", "pref-diamond-usd-hint"), "unit-usd"),
            typed(Key::RupiahPerDollar, ("pref-idr-per-usd", "pref-idr-per-usd-hint"), "unit-idr"),
            typed(Key::RupiahOn, ("pref-idr-date", "pref-idr-date-hint"), ""),
        ];
        let page = Self::new(visit, Tab::Money, "settings-money-intro", "/settings/money", fields);
        let now = look.words().with(
            "money-example",
            [("n", EXAMPLE_DIAMONDS.into()), ("money", views::money(look, EXAMPLE_DIAMONDS).into())],
        );
        Self { intro: format!("{} {now}", page.intro), ..page }
    }

    fn new(visit: &Visit, tab: Tab, intro: &str, action: &'static str, fields: Vec<Field>) -> Self {
        let w = visit.look.words();
        Self {
            shell: Shell::new(visit, Nav::Settings, format!("{} · Pasut", w.t("nav-settings"))),
            w,
            tabs: Tabs::new(tab, &visit.look),
            intro: w.t(intro).into_owned(),
            action,
            fields,
            prices: None,
        }
    }
}

/// `on` and `off`.
#[must_use]
pub fn switch(w: &Words) -> Vec<(&'static str, String)> {
    ["on", "off"].map(|value| (value, w.t(value).into_owned())).into()
}

/// The lengths an interval row may have.
#[must_use]
pub fn minutes(look: &Look) -> Vec<(&'static str, String)> {
    let unit = look.words().t("unit-min");
    ["1", "5", "10"].map(|minutes| (minutes, format!("{minutes} {unit}"))).into()
}

/// Prices the user set first, then those that events said, newest first.
fn prices(values: &[GiftValue], unknown: &[UnpricedGift], look: &Look) -> Prices {
    let w = look.words();
    let name = |gift: &str, name: &str| match name.trim() {
        "" => w.with("gift-unnamed", [("id", gift.to_owned().into())]),
        name => name.to_owned(),
    };
    let mut known: Vec<_> = values.iter().collect();
    known.sort_by_key(|value| (!value.by_user, std::cmp::Reverse(value.updated_at)));
    let known = known.into_iter().take(MOST_PRICES).map(|value| {
        let date = ("date", views::full_date(look, value.updated_at).into());
        let said = if value.by_user { "price-by-you" } else { "price-by-event" };
        Price {
            id: value.gift.to_string(),
            name: name(&value.gift.to_string(), &value.name),
            note: w.with(said, [date]),
            // What the user may change is as it is typed.
            diamonds: match value.by_user {
                true => value.diamonds.to_string(),
                false => views::count(look.lang, i64::from(value.diamonds)),
            },
            said: !value.by_user,
        }
    });
    let unknown = unknown.iter().map(|gift| Price {
        id: gift.gift.to_string(),
        name: name(&gift.gift.to_string(), &gift.name),
        note: w.with("price-unknown", [("n", gift.units.into()), ("sessions", gift.sessions.into())]),
        diamonds: String::new(),
        said: false,
    });
    Prices { unknown: unknown.collect(), known: known.collect() }
}

/// The tab of money shows what the rates make of so many.
const EXAMPLE_DIAMONDS: i64 = 10_000;

/// Prices that are listed; the rest hold all the same.
const MOST_PRICES: usize = 100;

/// How this browser shows pages.
#[derive(Template)]
#[template(path = "pages/display.html")]
pub struct DisplayPage {
    pub shell: Shell,
    pub w: &'static Words,
    /// The other settings, for whoever may change them.
    pub tabs: Option<Tabs>,
    pub langs: Vec<(&'static str, &'static str, bool)>,
    pub themes: Vec<(&'static str, String, bool)>,
    pub zones: Vec<Zone>,
    /// Each page is in the zone of its creator.
    pub creators_zone: bool,
    pub keys: Vec<(&'static str, String, bool)>,
    pub saved: bool,
}

impl DisplayPage {
    /// `zone` if the person chose one; `keys` if single keys are on.
    #[must_use]
    pub fn new(visit: &Visit<Moneyless>, zone: Option<Tz>, keys: bool, saved: bool) -> Self {
        let look = &visit.look;
        let w = look.words();
        let theme = |theme: Theme, name: &str| (theme.as_str(), w.t(name).into_owned(), theme == look.theme);
        Self {
            shell: Shell::new(visit, Nav::Settings, format!("{} · Pasut", w.t("display"))),
            w,
            tabs: look.may_manage().then(|| Tabs::new(Tab::Display, look)),
            langs: Lang::ALL.map(|lang| (lang.code(), lang.name(), lang == look.lang)).into(),
            themes: vec![
                theme(Theme::System, "theme-of-system"),
                theme(Theme::Light, "theme-of-light"),
                theme(Theme::Dark, "theme-of-dark"),
            ],
            zones: zones(zone),
            creators_zone: zone.is_none(),
            keys: switch(w).into_iter().map(|(code, text)| (code, text, (code == "on") == keys)).collect(),
            saved,
        }
    }
}
