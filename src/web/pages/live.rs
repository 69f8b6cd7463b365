//! The live page: the answer, the numbers, the chart, who gives and what happens.

use super::changed::ChangedForm;
use super::chart::{Chart, DRIVERS, Subject, WindowLink};
use super::feed::Feed;
use super::leaderboard::Leaderboard;
use super::moments::{Moments, Told, marker_name};
use super::pulse::{Ask, Pulse};
use super::shell::{Nav, Shell, Visit};
use crate::domain::access::SharedPage;
use crate::domain::goal::Goal;
use crate::domain::ids::{GiftId, SessionId};
use crate::domain::marker::MarkerKind;
use crate::domain::time::Stamp;
use crate::domain::totals::{BIN_MS, Bin};
use crate::domain::watch::WatchState;
use crate::recorder::snapshot::Snapshot;
use crate::web::look::Look;
use crate::web::root::Root;
use crate::web::sight::Sight;
use crate::words::Words;
use askama::Template;
use std::collections::HashMap;

/// What a page of a snapshot shows that is not in the snapshot.
#[derive(Default)]
pub struct Beside {
    /// The names of gifts that an answer speaks of.
    pub gifts: HashMap<GiftId, String>,
    pub goals: Vec<Goal>,
    /// What changed between two times, if that is asked.
    pub changed: Option<ChangedForm>,
}

/// The lanes a page shows when its address names none.
pub const USUAL_LANES: &str = "likes,comments,gifts";

#[derive(Template)]
#[template(path = "pages/live.html")]
pub struct LivePage<S: Sight> {
    pub shell: Shell,
    pub w: &'static Words,
    pub creator: String,
    pub ask: Ask,
    /// The fragments, rendered by their own templates.
    pub alerts: String,
    pub verdict: String,
    pub goals: String,
    pub tiles: String,
    pub totals: String,
    pub chart: Option<Chart>,
    pub moments: String,
    /// For whoever may mark moments.
    pub mark: Option<Mark>,
    pub leaderboard: Option<Leaderboard<S>>,
    pub feed: Option<Feed<S>>,
    /// Whether going live is all that is missing, and up to whoever looks.
    pub waiting: bool,
    pub stopped: bool,
    pub running: bool,
    /// Whether the creator may be started and stopped.
    pub manages: bool,
    /// Whether there are other pages to go to, and alerts.
    pub guest: bool,
    pub stop_question: String,
}

/// The menu that marks a moment.
pub struct Mark {
    /// Each kind of marker with its words.
    pub kinds: Vec<(&'static str, String)>,
    /// Where a marker is sent.
    pub action: String,
}

impl Mark {
    #[must_use]
    pub fn new(session: SessionId, w: &Words) -> Self {
        Self {
            kinds: MarkerKind::ALL.map(|kind| (kind.as_str(), marker_name(kind, w))).into(),
            action: format!("/sessions/{session}/markers"),
        }
    }
}

impl<S: Sight> LivePage<S> {
    /// `bins` are those of the chosen window; the snapshot's own last half hour serves the short windows.
    ///
    /// # Errors
    ///
    /// [`askama::Error`] if a fragment cannot be rendered.
    pub fn new(
        visit: &Visit<S>,
        snapshot: &Snapshot,
        view: &View,
        feed_only: &str,
        bins: Option<&[Bin]>,
        beside: Beside,
    ) -> Result<Self, askama::Error> {
        let look = &visit.look;
        let w = look.words();
        let creator = snapshot.creator.to_string();
        let pulse = Pulse::<S>::new(snapshot, view, &beside.goals, look, visit.now);
        let session = snapshot.session.as_deref();
        let running = session.is_some_and(|session| session.ended_at.is_none());
        let page = SharedPage::Live(snapshot.creator.clone());
        let shell = Shell::new(visit, Nav::Live, pulse.title.clone()).sharing(&page).polling();
        Ok(Self {
            w,
            ask: pulse.ask.clone(),
            alerts: pulse.alerts.render()?,
            verdict: pulse.verdict.render()?,
            goals: pulse.goals.render()?,
            tiles: pulse.tiles.as_ref().map(Template::render).transpose()?.unwrap_or_default(),
            totals: pulse.totals.as_ref().map(Template::render).transpose()?.unwrap_or_default(),
            chart: session.map(|session| {
                let since = view.window.begin(snapshot.at);
                let bins = bins.unwrap_or(&session.bins);
                let first = since.map_or(0, |since| bins.partition_point(|bin| bin.from < since));
                let subject = Subject {
                    session: session.id,
                    bins: &bins[first..],
                    gaps: &session.gaps,
                    battles: &session.battles,
                    at: snapshot.at,
                    running,
                    estimated: session.totals.is_estimated(),
                    shown: None,
                };
                let changed = beside.changed.unwrap_or_else(|| view.changed_form(&creator, session.id, look));
                Chart::new::<S>(&subject, view, view.window_links(&creator, look), changed, look)
            }),
            moments: live_moments(snapshot, view, &beside.gifts, look)
                .map(|moments| moments.render())
                .transpose()?
                .unwrap_or_default(),
            mark: session.filter(|_| running && look.may_note()).map(|session| Mark::new(session.id, w)),
            leaderboard: session
                .map(|session| Leaderboard::live(&creator, &session.top_gifters, look, running)),
            feed: session.map(|session| Feed::new(&creator, &session.feed, look, feed_only, running)),
            waiting: look.may_manage()
                && matches!(snapshot.state, WatchState::Waiting { .. } | WatchState::Connecting),
            stopped: snapshot.state == WatchState::Stopped,
            running,
            manages: look.may_manage(),
            guest: look.is_guest(),
            stop_question: w.with("stop-question", [("u", creator.clone().into())]),
            shell: if session.is_some() { shell.charting() } else { shell },
            creator,
        })
    }
}

/// The moments of the running session that lie in the view; `None` without a session.
#[must_use]
pub fn live_moments(
    snapshot: &Snapshot,
    view: &View,
    gifts: &HashMap<GiftId, String>,
    look: &Look,
) -> Option<Moments> {
    let session = snapshot.session.as_deref()?;
    let told = Told {
        session: session.id,
        began: session.start.recorded_from,
        answer: session.answer.as_deref(),
        markers: &session.markers,
        gifts,
        since: view.window.begin(snapshot.at),
    };
    Some(Moments::new(&told, look).live(snapshot.creator.as_str(), session.ended_at.is_none(), look))
}

/// What the address says about the chart. Unknown values fall back and disappear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub window: Window,
    lanes: [bool; DRIVERS.len()],
}

/// How far back the chart goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Window {
    Quarter,
    #[default]
    Half,
    Hour,
    All,
}

impl Window {
    pub const ALL: [Self; 4] = [Self::Quarter, Self::Half, Self::Hour, Self::All];

    const fn code(self) -> &'static str {
        match self {
            Self::Quarter => "15m",
            Self::Half => "30m",
            Self::Hour => "1h",
            Self::All => "all",
        }
    }

    /// Its length in seconds; `None` for the whole session.
    #[must_use]
    pub const fn span_s(self) -> Option<i64> {
        match self {
            Self::Quarter => Some(900),
            Self::Half => Some(1800),
            Self::Hour => Some(3600),
            Self::All => None,
        }
    }

    /// Where it begins when it ends at `at`: with a whole bin, so that the chart and the list of moments
    /// leave out the same. `None` for the whole session.
    #[must_use]
    pub fn begin(self, at: Stamp) -> Option<Stamp> {
        self.span_s().map(|span| (at - span * 1000 + (BIN_MS - 1)).floor_to(BIN_MS))
    }

    /// Whether it goes further back than a snapshot knows.
    #[must_use]
    pub const fn needs_store(self) -> bool {
        matches!(self, Self::Hour | Self::All)
    }
}

impl View {
    /// Reads `win=` and `on=`; `on=none` is no lane, a missing or empty one the usual lanes.
    #[must_use]
    pub fn parse(win: &str, on: &str) -> Self {
        let window = Window::ALL.into_iter().find(|window| window.code() == win).unwrap_or_default();
        let named: Vec<_> = on.split(',').map(str::trim).collect();
        let known = DRIVERS.map(|key| named.contains(&key));
        let usual = DRIVERS.map(|key| USUAL_LANES.split(',').any(|lane| lane == key));
        let lanes = if known.contains(&true) || on == "none" { known } else { usual };
        Self { window, lanes }
    }

    /// A whole session, as Review shows it.
    #[must_use]
    pub fn whole(on: &str) -> Self {
        Self::parse("all", on)
    }

    #[must_use]
    pub fn shows(&self, key: &str) -> bool {
        DRIVERS.iter().zip(self.lanes).any(|(lane, on)| on && *lane == key)
    }

    /// The same view with one lane switched.
    #[must_use]
    pub fn toggled(&self, key: &str) -> Self {
        let mut view = self.clone();
        for (lane, on) in DRIVERS.iter().zip(&mut view.lanes) {
            *on ^= *lane == key;
        }
        view
    }

    /// The address part of this view, from `&`; defaults are left out.
    #[must_use]
    pub fn query(&self) -> String {
        match self.window {
            Window::Half => self.lanes_part(),
            window => format!("&win={}{}", window.code(), self.lanes_part()),
        }
    }

    /// `&on=likes,gifts`; empty for the usual lanes.
    fn lanes_part(&self) -> String {
        let lanes: Vec<_> = DRIVERS.into_iter().filter(|key| self.shows(key)).collect();
        match lanes.join(",").as_str() {
            USUAL_LANES => String::new(),
            "" => "&on=none".to_owned(),
            lanes => format!("&on={lanes}"),
        }
    }

    /// What the address of the chart's files says of this view; without a window they show the whole session.
    #[must_use]
    pub fn file_query(&self) -> String {
        let lanes = self.lanes_part();
        match self.window {
            Window::All => lanes.replacen('&', "?", 1),
            window => format!("?win={}{lanes}", window.code()),
        }
    }

    /// The form that asks what changed, on the Live page of a creator.
    #[must_use]
    pub fn changed_form(&self, creator: &str, session: SessionId, look: &Look) -> ChangedForm {
        let query = self.query();
        let of_view = query.split('&').filter_map(|pair| pair.split_once('='));
        let known = |name: &str| ["win", "on"].into_iter().find(|known| *known == name);
        let hidden = of_view.filter_map(|(name, value)| Some((known(name)?, value.to_owned())));
        // A link has its creator.
        let (action, named) = match look.root {
            Root::Pasut => ("/live".to_owned(), Some(("creator", creator.to_owned()))),
            link => (link.to_string(), None),
        };
        ChangedForm::new(action, session, named.into_iter().chain(hidden).collect(), look)
    }

    fn window_links(&self, creator: &str, look: &Look) -> Vec<WindowLink> {
        let w = look.words();
        let link = |window: Window| WindowLink {
            href: look.root.live(creator, &Self { window, ..self.clone() }.query()),
            text: w
                .t(match window {
                    Window::Quarter => "window-15m",
                    Window::Half => "window-30m",
                    Window::Hour => "window-1h",
                    Window::All => "window-all",
                })
                .into_owned(),
            current: window == self.window,
        };
        Window::ALL.into_iter().map(link).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_left_out_of_addresses_and_nonsense_falls_back() {
        assert_eq!(View::parse("", "").query(), "");
        assert_eq!(View::parse("30m", "likes,comments,gifts").query(), "");
        assert_eq!(View::parse("9y", "<script>").query(), "");
        assert_eq!(View::parse("1h", "gifts,likes").query(), "&win=1h&on=likes,gifts");
        assert_eq!(View::parse("", "none").query(), "&on=none");
    }

    #[test]
    fn switching_the_last_lane_off_shows_none() {
        let view = View::parse("", "likes").toggled("likes");
        assert!(!view.shows("likes"));
        assert_eq!(View::parse("", view.query().trim_start_matches("&on=")), view);
    }
}
