//! The first run: language and zone, the account, watching. Every step is a plain form, and each can be come back to.

use super::creators::AddCreator;
use super::shell::{Nav, Shell, Visit};
use super::state::{Pill, pill, sentence};
use crate::words::{Lang, Words};
use askama::Template;
use chrono_tz::Tz;

/// How often it is asked who is LIVE, usually, in milliseconds.
const EVERY_MS: u32 = 2000;

/// Zones offered first; a browser's own zone and the rest follow.
const FIRST_ZONES: [(Tz, &str); 3] = [
    (chrono_tz::Asia::Jakarta, "WIB"),
    (chrono_tz::Asia::Makassar, "WITA"),
    (chrono_tz::Asia::Jayapura, "WIT"),
];

/// How far a first run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Language,
    Account,
    Watching,
}

#[derive(Template)]
#[template(path = "pages/welcome.html")]
pub struct WelcomePage {
    pub shell: Shell,
    pub w: &'static Words,
    pub step: Step,
    pub languages: Vec<(&'static str, &'static str, bool)>,
    pub zones: Vec<Zone>,
    /// What step 1 chose, in words.
    pub chosen: String,
    pub form: AddCreator,
    pub waiting: Option<Waiting>,
}

pub struct Zone {
    pub name: &'static str,
    pub text: String,
    pub selected: bool,
}

/// Step 3, which wakes up when the creator goes live.
#[derive(Template)]
#[template(path = "fragments/welcome.html")]
pub struct Waiting {
    pub w: &'static Words,
    pub handle: String,
    pub pill: Pill,
    pub sentence: String,
    pub is_live: bool,
    pub every: String,
}

impl WelcomePage {
    #[must_use]
    pub fn new(visit: &Visit, step: Step, form: AddCreator) -> Self {
        let look = &visit.look;
        let w = look.words();
        let chosen_zone = look.zone;
        let short = crate::web::views::zone_at(chosen_zone, visit.now);
        Self {
            shell: Shell::new(visit, Nav::None, format!("{} · Pasut", w.t("welcome"))).polling(),
            w,
            step,
            languages: Lang::ALL
                .into_iter()
                .map(|lang| (lang.code(), lang.name(), lang == look.lang))
                .collect(),
            zones: zones(Some(chosen_zone)),
            chosen: format!("{}, {short} ({})", look.lang.name(), chosen_zone.name()),
            form,
            waiting: Waiting::new(visit),
        }
    }
}

/// Every zone a person can choose, Indonesia's first.
#[must_use]
pub fn zones(chosen: Option<Tz>) -> Vec<Zone> {
    let zone = |zone: Tz, text: String| Zone { name: zone.name(), text, selected: Some(zone) == chosen };
    let first = FIRST_ZONES.iter().map(|(first, short)| zone(*first, format!("{short} · {}", first.name())));
    let rest = chrono_tz::TZ_VARIANTS.iter().filter(|zone| {
        zone.name().contains('/')
            && !zone.name().starts_with("Etc/")
            && FIRST_ZONES.iter().all(|(first, _)| first != *zone)
    });
    let rest = rest.map(|other| zone(*other, other.name().replace('_', " ")));
    first.chain(rest).collect()
}

impl Waiting {
    /// `None` while nobody is watched.
    #[must_use]
    pub fn new(visit: &Visit) -> Option<Self> {
        let snapshot = visit.snapshot()?;
        let look = &visit.look;
        Some(Self {
            w: look.words(),
            handle: snapshot.creator.to_string(),
            pill: pill(snapshot, look, visit.now),
            sentence: sentence(snapshot, look, visit.now).unwrap_or_default(),
            is_live: snapshot.state.as_str() == "live",
            every: look.every(EVERY_MS),
        })
    }
}
