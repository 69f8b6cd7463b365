//! One session looked at afterwards (or while it runs): what every tab has, and the tabs.

pub mod battles;
pub mod gifts;
pub mod kept;
pub mod notes;
pub mod people;
pub mod quality;
pub mod timeline;

use super::links;
use super::sessions::origin;
use super::share::Share;
use super::shell::{Nav, Shell, Visit};
use crate::domain::access::SharedPage;
use crate::domain::ids::SessionId;
use crate::domain::time::Stamp;
use crate::reports::sessions::SessionSummary;
use crate::web::look::Look;
use crate::web::root::Root;
use crate::web::sight::Sight;
use crate::web::views;
use crate::words::Words;
use askama::Template;

#[derive(Template)]
#[template(path = "pages/review.html")]
pub struct ReviewPage {
    pub shell: Shell,
    pub w: &'static Words,
    pub creator: String,
    pub heading: String,
    pub reviewing: String,
    /// Said beside it if the creator is live at this moment.
    pub live_now: bool,
    pub recap: String,
    /// The word for how it reached us, where it was no connection of ours.
    pub origin: Option<&'static str>,
    /// Links to the other parts of a continued session.
    pub parts: Vec<(String, String)>,
    pub tabs: Vec<TabLink>,
    /// What the chosen tab shows, rendered.
    pub content: String,
    /// Where the creator is seen live, for whoever may.
    pub live: Option<String>,
    /// Where it is compared with the session before it, for whoever may.
    pub compare: Option<String>,
    /// Where a link for guests is made, for whoever may.
    pub guests: Option<String>,
    /// Where the session is shared and kept, under the first tab, for whoever may.
    pub share: Option<Share>,
}

/// A part of what can be said of a session; only the chosen one is loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Timeline,
    Gifts,
    People,
    Battles,
    Quality,
    Notes,
}

pub struct TabLink {
    pub href: String,
    pub text: String,
    /// How many there are of what it shows; empty if that says nothing.
    pub count: String,
    pub current: bool,
}

impl Tab {
    pub const ALL: [Self; 6] =
        [Self::Timeline, Self::Gifts, Self::People, Self::Battles, Self::Quality, Self::Notes];

    /// The tab of that name; the timeline, if there is none.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|tab| tab.as_str() == text).unwrap_or_default()
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Timeline => "timeline",
            Self::Gifts => "gifts",
            Self::People => "people",
            Self::Battles => "battles",
            Self::Quality => "quality",
            Self::Notes => "notes",
        }
    }

    /// Where a session is seen on this tab.
    #[must_use]
    pub fn address(self, session: SessionId, root: Root) -> String {
        match self {
            Self::Timeline => root.session(session, ""),
            _ => root.session(session, &format!("?tab={}", self.as_str())),
        }
    }

    /// Whether whoever looks is shown it: notes are for those who keep them.
    #[must_use]
    pub fn is_for(self, look: &Look) -> bool {
        self != Self::Notes || look.may_note()
    }
}

impl ReviewPage {
    /// `content` is what `tab` shows, rendered; `battles` how many the session had.
    #[must_use]
    pub fn new<S: Sight>(
        visit: &Visit<S>,
        summary: &SessionSummary,
        battles: usize,
        tab: Tab,
        content: String,
    ) -> Self {
        let look = &visit.look;
        let w = look.words();
        let start = summary.start.recorded_from;
        let reviewing = w.with("reviewing", [("date", views::moment(look, start).into())]);
        let page = SharedPage::Session(summary.id);
        let shell = Shell::new(visit, Nav::Sessions, format!("{reviewing} · Pasut")).sharing(&page);
        Self {
            shell: if tab == Tab::Timeline { shell.charting() } else { shell },
            w,
            creator: summary.start.creator.to_string(),
            heading: heading(summary, look, end(summary, visit.now)),
            reviewing,
            live_now: visit.snapshot().is_some_and(|snapshot| snapshot.state.as_str() == "live"),
            recap: recap(summary, look),
            origin: origin(summary.start.origin),
            // Each is another session, which a guest may not see.
            parts: if look.is_guest() { Vec::new() } else { parts(summary, look) },
            tabs: tabs(summary, battles, tab, look),
            content,
            live: (!look.is_guest()).then(|| format!("/live?creator={}", summary.start.creator)),
            guests: look.may_manage().then(|| links::form(&page)),
            compare: look.may_manage().then(|| format!("/compare?a={}", summary.id)),
            share: (tab == Tab::Timeline && look.may_manage())
                .then(|| Share::new(&summary.id.to_string(), look)),
        }
    }

    /// The same page of a session of which there is nothing to draw any more.
    #[must_use]
    pub fn without_share(mut self) -> Self {
        self.share = None;
        self
    }
}

/// When a session ended; now, while it runs.
fn end(summary: &SessionSummary, now: Stamp) -> Stamp {
    summary.ended_at.unwrap_or(now)
}

fn tabs(summary: &SessionSummary, battles: usize, current: Tab, look: &Look) -> Vec<TabLink> {
    let w = look.words();
    let count = |tab: Tab| match tab {
        Tab::Battles if battles > 0 => views::count(look.lang, battles as i64),
        Tab::Quality if !summary.gaps.is_empty() => {
            w.with("gaps-count", [("n", (summary.gaps.len() as i64).into())])
        }
        _ => String::new(),
    };
    let link = |tab: Tab| TabLink {
        href: tab.address(summary.id, look.root),
        text: w.t(tab.as_str()).into_owned(),
        count: count(tab),
        current: tab == current,
    };
    Tab::ALL.into_iter().filter(|tab| tab.is_for(look)).map(link).collect()
}

/// `Thu 19 Nov 2026, 19:30 to 22:17 WIB`.
#[must_use]
pub fn heading(summary: &SessionSummary, look: &Look, end: Stamp) -> String {
    views::stretch(look, summary.start.recorded_from, end)
}

#[must_use]
pub fn recap(summary: &SessionSummary, look: &Look) -> String {
    let w = look.words();
    let viewers = &summary.totals.viewers;
    let mut parts = vec![
        views::minutes(look.lang, summary.length_ms),
        w.with("recorded-share", [("share", views::percent(look.lang, summary.coverage).into())]),
    ];
    if let Some(average) = viewers.average() {
        parts.push(w.with("average-viewers", [("n", (average.round() as i64).into())]));
    }
    if let (Some(peak), Some(at)) = (viewers.peak, viewers.peak_at) {
        parts.push(w.with("peak-at", [("n", peak.into()), ("time", views::clock(look, at).into())]));
    }
    parts.join(" · ")
}

fn parts(summary: &SessionSummary, look: &Look) -> Vec<(String, String)> {
    let earlier = summary.earlier.iter();
    earlier
        .map(|part| (format!("/sessions/{}", part.id), views::clock_zone(look, part.start.recorded_from)))
        .collect()
}
