//! What surrounds every page: navigation, the watched creator, language, theme.

use super::links;
use super::state::{Pill, pill};
use crate::domain::access::{Role, SharedPage};
use crate::domain::handle::Handle;
use crate::domain::time::Stamp;
use crate::recorder::snapshot::Snapshot;
use crate::web::look::{Look, Theme};
use crate::web::root::Root;
use crate::web::sight::WithMoney;
use crate::web::state::Progress;
use crate::web::views;
use crate::words::{Lang, Words};
use std::marker::PhantomData;
use std::sync::Arc;

/// One request for a page: who looks, when, at what. It is for eyes that may see what `S` sees.
pub struct Visit<'a, S = WithMoney> {
    pub sight: PhantomData<S>,
    pub look: Look,
    pub now: Stamp,
    /// Path and query of the page, to come back to after a change of language or theme.
    pub here: &'a str,
    /// In the demo, how its past is coming along.
    pub demo: Option<Progress>,
    pub watched: &'a [Arc<Snapshot>],
    /// The creator the page is about.
    pub creator: Option<&'a Handle>,
}

impl<'a, S> Visit<'a, S> {
    /// The snapshot of the creator the page is about.
    #[must_use]
    pub fn snapshot(&self) -> Option<&'a Snapshot> {
        let creator = self.creator?;
        self.watched.iter().find(|snapshot| snapshot.creator == *creator).map(AsRef::as_ref)
    }
}

/// A place in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nav {
    Live,
    Sessions,
    Insights,
    Leaderboard,
    Exports,
    Creators,
    Compare,
    Performance,
    Overlay,
    Settings,
    People,
    Help,
    More,
    /// A page outside the navigation.
    None,
}

/// A page with a link in the navigation, and who is shown it. A guest has one page and no navigation.
struct Place {
    nav: Nav,
    href: &'static str,
    icon: &'static str,
    key: &'static str,
    /// The key that leads there after `g`, if there is one; of Help, the one that does so alone.
    shortcut: &'static str,
    roles: &'static [Role],
}

const STAFF: &[Role] = &[Role::Moderator, Role::Owner];
const MODERATOR: &[Role] = &[Role::Moderator];
const OWNER: &[Role] = &[Role::Owner];

const MAIN: [Place; 4] = [
    place(Nav::Live, "/live", "live", "nav-live", "l", STAFF),
    place(Nav::Sessions, "/sessions", "sessions", "nav-sessions", "s", STAFF),
    place(Nav::Insights, "/insights", "insights", "nav-insights", "i", OWNER),
    place(Nav::Leaderboard, "/leaderboards", "leaderboard", "nav-leaderboard", "p", STAFF),
];

const MINOR: [Place; 9] = [
    place(Nav::Compare, "/compare", "compare", "nav-compare", "", OWNER),
    place(Nav::Exports, "/exports", "export", "nav-exports", "", OWNER),
    place(Nav::Creators, "/creators", "people", "nav-creators", "c", STAFF),
    place(Nav::Performance, "/performance", "performance", "nav-performance", "", OWNER),
    place(Nav::Overlay, "/overlay", "overlay", "overlay", "", OWNER),
    place(Nav::Settings, "/settings/session", "settings", "nav-settings", "", OWNER),
    // Of the settings, what concerns nobody but themselves.
    place(Nav::Settings, "/settings/display", "settings", "display", "", MODERATOR),
    place(Nav::People, "/people", "share", "nav-people", "", OWNER),
    place(Nav::Help, "/help", "help", "nav-help", "?", STAFF),
];

const fn place(
    nav: Nav,
    href: &'static str,
    icon: &'static str,
    key: &'static str,
    shortcut: &'static str,
    roles: &'static [Role],
) -> Place {
    Place { nav, href, icon, key, shortcut, roles }
}

/// One link of the navigation.
pub struct NavLink {
    pub href: &'static str,
    pub icon: &'static str,
    pub key: &'static str,
    pub shortcut: &'static str,
    pub current: bool,
}

/// One creator of the switch in the top bar.
pub struct Switch {
    pub handle: String,
    pub current: bool,
    pub pill: Pill,
}

pub struct Shell {
    pub w: &'static Words,
    pub title: String,
    pub lang: Lang,
    pub other_lang: Lang,
    pub theme: Theme,
    pub theme_button: ThemeButton,
    pub zone: String,
    pub zone_name: &'static str,
    /// Whether there is but this page.
    pub guest: bool,
    /// Where forms about its look are sent.
    pub root: Root,
    /// Where it is shared with others, for whoever may.
    pub share: Option<String>,
    pub here: String,
    pub demo: bool,
    /// While the demo's past is still being recorded: how far it is.
    pub demo_past: Option<String>,
    pub nav: Vec<NavLink>,
    /// On phones these two stand behind More.
    pub minor: Vec<NavLink>,
    pub more_is_current: bool,
    pub creator: Option<String>,
    pub initial: String,
    pub pill: Option<Pill>,
    pub switch: Vec<Switch>,
    /// The sentence shown when the app does not answer, with `{time}` for the script to fill.
    pub away: String,
    pub version: &'static str,
    /// Whether the page polls, whether parts of it are asked for where somebody chooses something, and whether it has
    /// the chart.
    pub polls: bool,
    pub asks: bool,
    pub charts: bool,
    /// A small script that only this page has.
    own: Option<&'static str>,
}

impl Shell {
    #[must_use]
    pub fn new<S>(visit: &Visit<S>, at: Nav, title: String) -> Self {
        let look = &visit.look;
        let w = look.words();
        let links = |places: &[Place]| {
            let open = places.iter().filter(|place| place.roles.contains(&look.role));
            open.map(|&Place { nav, href, icon, key, shortcut, .. }| {
                let current = nav == at;
                NavLink { href, icon, key, shortcut, current }
            })
            .collect()
        };
        let switch = visit.watched.iter().map(|snapshot| Switch {
            handle: snapshot.creator.to_string(),
            current: Some(&snapshot.creator) == visit.creator,
            pill: pill(snapshot, look, visit.now),
        });
        Self {
            w,
            title,
            lang: look.lang,
            other_lang: if look.lang == Lang::En { Lang::Id } else { Lang::En },
            theme: look.theme,
            theme_button: ThemeButton::new(look.theme, w),
            zone: views::zone_at(look.zone, visit.now),
            zone_name: look.zone.name(),
            guest: look.is_guest(),
            root: look.root,
            share: look.may_manage().then(|| "/people".to_owned()),
            here: visit.here.to_owned(),
            demo: visit.demo.is_some(),
            demo_past: visit
                .demo
                .filter(|past| past.done < past.of)
                .map(|past| w.with("demo-past", [("done", past.done.into()), ("of", past.of.into())])),
            nav: links(&MAIN),
            minor: links(&MINOR),
            more_is_current: at == Nav::More || MINOR.iter().any(|place| place.nav == at),
            creator: visit.creator.map(ToString::to_string),
            initial: visit.creator.map(|creator| views::initial(creator.as_str())).unwrap_or_default(),
            pill: visit.snapshot().map(|snapshot| pill(snapshot, look, visit.now)),
            switch: switch.collect(),
            away: w.with("state-away", [("time", "{time}".into())]),
            version: env!("CARGO_PKG_VERSION"),
            polls: false,
            asks: false,
            charts: false,
            own: None,
        }
    }

    /// The same shell for a page that a link for guests may open.
    #[must_use]
    pub fn sharing(mut self, page: &SharedPage) -> Self {
        self.share = self.share.map(|_| links::form(page));
        self
    }

    /// The same shell for a page whose fragments poll.
    #[must_use]
    pub fn polling(mut self) -> Self {
        self.polls = true;
        self
    }

    /// The same shell for a page that asks for a part of it where somebody chooses something, and not before.
    #[must_use]
    pub fn asking(mut self) -> Self {
        self.asks = true;
        self
    }

    /// The same shell for a page with the chart.
    #[must_use]
    pub fn charting(mut self) -> Self {
        self.charts = true;
        self
    }

    /// The same shell for a page, neither polling nor with the chart, on which something can be copied.
    #[must_use]
    pub fn copying(mut self) -> Self {
        self.own = Some("copy.js");
        self
    }

    /// The same shell for the gallery of overlays, where addresses can be copied beside previews.
    #[must_use]
    pub fn previewing(mut self) -> Self {
        self.own = Some("gallery.js");
        self
    }

    /// The same shell for the page on which single keys can be switched off.
    #[must_use]
    pub fn switching_keys(mut self) -> Self {
        self.own = Some("keys-switch.js");
        self
    }

    /// The script of our own that such a page has beside the one of every page: one file, whatever it does.
    #[must_use]
    pub fn script(&self) -> Option<&'static str> {
        match (self.polls, self.charts) {
            (true, true) => Some("live.js"),
            (true, false) => Some("polls.js"),
            (false, true) => Some("chart.js"),
            (false, false) if self.asks => Some("later.js"),
            (false, false) => self.own,
        }
    }

    /// The scripts that are fetched when somebody reaches for what needs them, which a first look does not.
    #[must_use]
    pub fn later(&self) -> &'static [&'static str] {
        match self.script() {
            Some("chart.js") => &["choose.js"],
            Some("later.js") => &["htmx.js", "address.js"],
            _ => &[],
        }
    }

    /// The address of an embedded file.
    #[must_use]
    pub fn asset(&self, name: &str) -> &'static str {
        crate::web::assets::url(name)
    }
}

/// The theme button: what is chosen now, what a press chooses, and what the script says afterwards.
pub struct ThemeButton {
    pub now: String,
    pub next: &'static str,
    pub system: String,
    pub light: String,
    pub dark: String,
}

impl ThemeButton {
    fn new(theme: Theme, w: &'static Words) -> Self {
        let [system, light, dark] =
            ["theme-system", "theme-light", "theme-dark"].map(|key| w.t(key).into_owned());
        let now = match theme {
            Theme::System => &system,
            Theme::Light => &light,
            Theme::Dark => &dark,
        };
        Self { now: now.clone(), next: theme.next().as_str(), system, light, dark }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::AccountName;
    use crate::web::access::Visitor;
    use crate::web::routes;

    #[test]
    fn every_place_is_open_to_whoever_is_shown_the_way() {
        let routes = routes::table();
        let name = AccountName::parse("budi").expect("valid");
        for place in MAIN.iter().chain(&MINOR) {
            let route = routes.iter().find(|route| route.method == "GET" && route.path == place.href);
            let may = route.expect(place.href).may;
            for role in place.roles {
                let visitor = Visitor::logged_in(name.clone(), *role, 1);
                assert_eq!(may.admit(&visitor, place.href), Ok(()), "{role:?}, {}", place.href);
            }
        }
    }
}
