//! The moments of a session in their order: notable rises and drops, counts that jumped, and what somebody
//! marked. The chart reads its flags, brackets and lines from this list, so that both say the same.

use crate::domain::answer::{Answer, Cause, WindowAnswer};
use crate::domain::ids::{GiftId, SessionId};
use crate::domain::marker::{Marker, MarkerKind};
use crate::domain::time::Stamp;
use crate::web::look::Look;
use crate::web::root::Root;
use crate::web::sentences::{span, window_sentence};
use crate::web::views;
use crate::words::Words;
use askama::Template;
use std::collections::{BTreeMap, HashMap};

/// How often a running list asks for what is new, usually, in milliseconds.
const EVERY_MS: u32 = 15000;

/// What the list is made of.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    pub session: SessionId,
    /// From when the addresses of moments count.
    pub began: Stamp,
    pub answer: Option<&'a Answer>,
    pub markers: &'a [Marker],
    pub gifts: &'a HashMap<GiftId, String>,
    /// What is older is left out.
    pub since: Option<Stamp>,
}

#[derive(Template)]
#[template(path = "fragments/moments.html")]
pub struct Moments {
    pub w: &'static Words,
    pub zone: String,
    pub rows: Vec<Row>,
    /// From when to when bursts lasted, in seconds, by driver: JSON for the chart.
    pub bursts: String,
    /// What a running list asks for, and how often.
    pub ask: Option<(String, String)>,
    /// The page to come back to after a marker was removed.
    pub back: String,
    /// Whether forms are sent without leaving the page.
    pub in_place: bool,
}

/// One line of the list.
pub struct Row {
    pub at_s: i64,
    pub time: String,
    pub iso: String,
    pub what: What,
}

pub enum What {
    Moment(Moment),
    Glitch {
        to_s: i64,
        text: String,
    },
    /// `remove` is where it is taken away, for whoever may.
    Marked {
        name: String,
        note: String,
        remove: Option<String>,
    },
}

/// A notable rise or drop.
pub struct Moment {
    pub number: usize,
    pub href: String,
    /// Where its flag on the chart leads.
    pub flag: String,
    pub before: String,
    pub word: String,
    pub after: String,
    /// The driver that came before it, or empty.
    pub series: &'static str,
    pub evidence: String,
    /// The biggest occasion before it: when, said as its link and its time.
    pub occasion: Option<(String, String)>,
    /// When that was and how long before, where it was before.
    pub lead: Option<(i64, String)>,
    /// What the flag on the chart is called.
    pub label: String,
}

impl Moments {
    #[must_use]
    pub fn new(told: &Told, look: &Look) -> Self {
        let w = look.words();
        let windows = told.answer.map_or(&[][..], |answer| &answer.windows);
        let numbered = windows.iter().scan(0, |number, window| {
            *number += usize::from(window.cause != Cause::Glitch);
            Some((*number, window))
        });
        let rows =
            numbered.map(|(number, window)| row(window.from, look, window_row(number, window, told, look)));
        let marked = told.markers.iter().map(|marker| row(marker.at, look, marked(marker, look)));
        let since_s = told.since.map_or(i64::MIN, |since| since.0 / 1000);
        let mut rows: Vec<_> = rows.chain(marked).filter(|row| row.at_s >= since_s).collect();
        rows.sort_by_key(|row| row.at_s);
        Self {
            w,
            zone: views::zone_at(look.zone, told.began),
            rows,
            bursts: bursts(told.answer, since_s),
            ask: None,
            back: look.root.session(told.session, ""),
            in_place: false,
        }
    }

    /// The same on the Live page of a creator, where it goes on.
    #[must_use]
    pub fn live(self, creator: &str, runs: bool, look: &Look) -> Self {
        Self {
            ask: runs.then(|| (format!("{}/f/moments?creator={creator}", look.root), look.every(EVERY_MS))),
            back: look.root.live(creator, ""),
            in_place: true,
            ..self
        }
    }
}

/// The words for a kind of marker.
#[must_use]
pub fn marker_name(kind: MarkerKind, w: &Words) -> String {
    let key = match kind {
        MarkerKind::AskedForLikes => "marker-asked-for-likes",
        MarkerKind::NewGame => "marker-new-game",
        MarkerKind::Pk => "marker-pk",
        MarkerKind::Giveaway => "marker-giveaway",
        MarkerKind::Other => "marker-other",
    };
    w.t(key).into_owned()
}

/// `{"gifts":[[1795353920,1795353950]]}`.
fn bursts(answer: Option<&Answer>, since_s: i64) -> String {
    let drivers = answer.map_or(&[][..], |answer| &answer.drivers);
    let each = drivers.iter().map(|driver| {
        let lasted = driver.moments.iter().map(|burst| [burst.from.0 / 1000, burst.to.0 / 1000]);
        (driver.driver.as_str(), lasted.filter(|[from, _]| *from >= since_s).collect::<Vec<_>>())
    });
    let each: BTreeMap<_, _> = each.filter(|(_, lasted)| !lasted.is_empty()).collect();
    serde_json::json!(each).to_string()
}

fn row(at: Stamp, look: &Look, what: What) -> Row {
    Row { at_s: at.0 / 1000, time: views::clock(look, at), iso: views::iso(at), what }
}

fn window_row(number: usize, window: &WindowAnswer, told: &Told, look: &Look) -> What {
    let w = look.words();
    let gift = window.occasion.and_then(|occasion| told.gifts.get(&occasion.gift?));
    let said = window_sentence(window, gift.map(String::as_str), w);
    if window.cause == Cause::Glitch {
        return What::Glitch { to_s: window.to.0 / 1000, text: said.text };
    }
    let (before, word, after) = said.around_word();
    let before_it = window.occasion.filter(|occasion| occasion.at < window.from);
    What::Moment(Moment {
        number,
        href: address(told, window.from, look),
        flag: match look.root {
            Root::Live(_) => format!("#moment-{number}"),
            Root::Pasut | Root::Session(_) => address(told, window.from, look),
        },
        before: before.to_owned(),
        word: word.to_owned(),
        after: after.to_owned(),
        series: match window.cause {
            Cause::Driver(driver) => driver.as_str(),
            Cause::None | Cause::Glitch => "",
        },
        evidence: said.evidence.unwrap_or_default(),
        occasion: window.occasion.map(|occasion| {
            let time = views::clock(look, occasion.at);
            (address(told, occasion.at, look), w.with("moment-occasion", [("time", time.into())]))
        }),
        lead: before_it.map(|occasion| {
            let ago = span(window.from.ms_since(occasion.at) as f64 / 1000.0, w);
            (occasion.at.0 / 1000, w.with("moment-lead", [("ago", ago.into())]))
        }),
        label: w.with(
            "moment-flag",
            [
                ("number", number.into()),
                ("time", views::clock_zone(look, window.from).into()),
                ("what", said.text.clone().into()),
            ],
        ),
    })
}

fn marked(marker: &Marker, look: &Look) -> What {
    What::Marked {
        name: marker_name(marker.kind, look.words()),
        // What somebody noted is for those who keep notes.
        note: if look.may_note() { marker.note.clone() } else { String::new() },
        remove: look.may_note().then(|| format!("/sessions/{}/markers/{}/remove", marker.session, marker.id)),
    }
}

/// Where Review shows a moment.
pub fn address(told: &Told, at: Stamp, look: &Look) -> String {
    look.root.moment(told.session, &views::elapsed(at.ms_since(told.began)))
}
