//! What OBS shows: one widget over the video, and nothing else.
//!
//! A widget is drawn from the newest snapshot alone, so a page that is loaded again shows what it showed
//! before. Whatever it shows is broadcast: money is in it only if the owner ticked that for the token, and
//! notes never are. The page asks for its part again once a second.

pub mod battle;
pub mod example;
pub mod gifters;
pub mod goal;
pub mod last_gift;
pub mod moments;
pub mod options;
pub mod verdict;
pub mod viewers;
pub mod worth;

use crate::domain::access::Widget;
use crate::domain::goal::Goal;
use crate::domain::handle::Handle;
use crate::domain::ids::{GiftId, UserId};
use crate::domain::time::Stamp;
use crate::domain::watch::WatchState;
use crate::recorder::snapshot::{LiveSession, Snapshot};
use crate::web::assets;
use crate::web::look::Look;
use crate::web::pages::board::called;
use crate::web::views;
use crate::words::Words;
use askama::Template;
use options::{Options, Part};
use std::collections::HashMap;
use worth::Ticked;

/// How often a widget asks for news, usually, in milliseconds; never more often than once a second.
const EVERY_MS: u32 = 1000;

/// All that a widget is drawn from.
pub struct Scene<'a> {
    pub widget: Widget,
    pub creator: &'a Handle,
    /// `None` if the creator is not watched any more.
    pub snapshot: Option<&'a Snapshot>,
    /// Names of gifts that moments speak of.
    pub gifts: &'a HashMap<GiftId, String>,
    /// What is to be met, and what was met in this LIVE.
    pub goals: &'a [Goal],
    pub options: &'a Options,
    pub look: &'a Look,
    pub ticked: Option<Ticked>,
    /// Whether examples are shown instead, under the word TEST.
    pub test: bool,
    /// Whether the owner looks at it on the gallery, who is told why there is nothing to see.
    pub preview: bool,
    pub now: Stamp,
}

/// The part of the page that is asked for again and again.
#[derive(Template)]
#[template(path = "overlay/stage.html")]
struct Stage {
    widget: &'static str,
    state: &'static str,
    test: bool,
    every_ms: u32,
    title: String,
    /// What is said of the state; empty if there is nothing to say.
    note: String,
    /// Rendered by the widget's own template, which escapes.
    body: String,
}

/// The whole page.
#[derive(Template)]
#[template(path = "overlay/page.html")]
pub struct OverlayPage {
    lang: &'static str,
    title: String,
    theme: &'static str,
    place: &'static str,
    width: u32,
    scale_percent: u32,
    /// Of which make this page is: with another one, an open page loads itself anew.
    make: String,
    stage: String,
}

/// What is shown under an address that opens nothing any more.
#[derive(Template)]
#[template(path = "overlay/gone.html")]
pub struct GonePage {
    pub w: &'static Words,
}

/// Somebody as a widget shows them.
pub struct Person {
    /// Tells one from another on the page.
    pub key: String,
    pub name: String,
    pub initial: String,
    /// Where their picture is, from where the page is.
    pub picture: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Live,
    Away,
    Ended,
}

impl State {
    fn of(snapshot: &Snapshot) -> Self {
        match (&snapshot.session, &snapshot.state) {
            (None, _) => Self::Waiting,
            (Some(session), _) if session.ended_at.is_some() => Self::Ended,
            (Some(_), WatchState::Live | WatchState::Paused) => Self::Live,
            (Some(_), _) => Self::Away,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Live => "live",
            Self::Away => "away",
            Self::Ended => "ended",
        }
    }
}

impl OverlayPage {
    /// # Errors
    ///
    /// If a template cannot be rendered.
    pub fn new(scene: &Scene) -> askama::Result<Self> {
        let Options { theme, place, width, scale_percent, .. } = *scene.options;
        Ok(Self {
            lang: scene.look.lang.code(),
            title: format!("{} · Pasut", scene.look.words().t(name_key(scene.widget))),
            theme: theme.as_str(),
            place: place.as_str(),
            width,
            scale_percent,
            make: make(),
            stage: stage(scene)?,
        })
    }

    /// The same in a frame of the gallery, which is half as large as on a stream.
    #[must_use]
    pub fn in_frame(mut self) -> Self {
        self.scale_percent /= 2;
        self
    }

    fn asset(name: &str) -> &'static str {
        assets::url(name)
    }
}

impl GonePage {
    fn asset(name: &str) -> &'static str {
        assets::url(name)
    }
}

/// What the page is made with. It changes with a newer Pasut.
#[must_use]
pub fn make() -> String {
    let made_with = format!("{}{}", assets::url("overlay.css"), assets::url("overlay.js"));
    made_with.chars().filter(char::is_ascii_hexdigit).collect()
}

/// The part of the page that changes.
///
/// # Errors
///
/// If a template cannot be rendered.
pub fn stage(scene: &Scene) -> askama::Result<String> {
    let w = scene.look.words();
    let example = scene.test.then(|| example::snapshot(scene.creator, scene.look, scene.now));
    let snapshot = example.as_ref().or(scene.snapshot);
    let state = snapshot.map_or(State::Waiting, State::of);
    let body = match snapshot.and_then(|snapshot| Some((snapshot, snapshot.session.as_deref()?))) {
        Some((snapshot, session)) => body(scene, snapshot, session)?,
        None => None,
    };
    let own_title = scene.options.title.clone().unwrap_or_else(|| usual_title(scene.widget, w));
    let title = if body.is_some() && scene.options.shows(Part::Title) { own_title } else { String::new() };
    let note = match (state, &body) {
        (State::Live, Some(_)) => String::new(),
        // A stream has nothing to say about nothing; its owner wants to know.
        (State::Live | State::Ended, None) if scene.preview => w.t(nothing_key(scene.widget)).into_owned(),
        (State::Live | State::Ended, None) => String::new(),
        (State::Waiting, _) if scene.snapshot.is_none() => {
            w.with("overlay-not-watched", [("u", scene.creator.as_str().into())])
        }
        (State::Waiting, _) => w.with("overlay-waiting", [("u", scene.creator.as_str().into())]),
        (State::Away, _) => away_note(snapshot.expect("a state is of a snapshot"), scene.look),
        (State::Ended, Some(_)) => w.t("state-ended").into_owned(),
    };
    let shows_note = scene.options.shows(Part::Note) || scene.preview;
    let stage = Stage {
        widget: scene.widget.as_str(),
        state: if scene.test { "test" } else { state.as_str() },
        test: scene.test,
        every_ms: scene.look.every_ms(EVERY_MS).max(EVERY_MS),
        title,
        note: if shows_note { note } else { String::new() },
        body: body.unwrap_or_default(),
    };
    stage.render()
}

/// Who is seen on a widget, so that their pictures are asked for.
#[must_use]
pub fn people(widget: Widget, session: &LiveSession) -> Vec<UserId> {
    match widget {
        Widget::Gifters => session.top_gifters.iter().map(|gifter| gifter.total.user).collect(),
        Widget::LastGift => session.last_gift.iter().filter_map(|row| row.user).collect(),
        Widget::Goal | Widget::Viewers | Widget::Battle | Widget::Moments | Widget::Verdict => Vec::new(),
    }
}

/// The words for a widget.
#[must_use]
pub const fn name_key(widget: Widget) -> &'static str {
    match widget {
        Widget::Goal => "overlay-goal",
        Widget::Gifters => "top-gifters",
        Widget::LastGift => "overlay-last-gift",
        Widget::Viewers => "viewers",
        Widget::Battle => "battle",
        Widget::Moments => "moments",
        Widget::Verdict => "verdict",
    }
}

/// `None` where there is nothing to show.
fn body(scene: &Scene, snapshot: &Snapshot, session: &LiveSession) -> askama::Result<Option<String>> {
    match scene.widget {
        Widget::Goal => drawn(goal::Goals::new(scene, session)),
        Widget::Gifters => drawn(gifters::Gifters::new(scene, session)),
        Widget::LastGift => drawn(last_gift::LastGift::new(scene, session)),
        Widget::Viewers => drawn(viewers::Viewers::new(scene, snapshot, session)),
        Widget::Battle => drawn(battle::Battle::new(scene, session)),
        Widget::Moments => drawn(moments::Ticker::new(scene, session)),
        Widget::Verdict => drawn(verdict::Claim::new(scene, snapshot, session)),
    }
}

fn drawn(widget: Option<impl Template>) -> askama::Result<Option<String>> {
    widget.map(|widget| widget.render()).transpose()
}

/// Widgets that say themselves what they are have no heading.
fn usual_title(widget: Widget, w: &Words) -> String {
    match widget {
        Widget::Gifters | Widget::Moments => w.t(name_key(widget)).into_owned(),
        Widget::Goal | Widget::LastGift | Widget::Viewers | Widget::Battle | Widget::Verdict => String::new(),
    }
}

const fn nothing_key(widget: Widget) -> &'static str {
    match widget {
        Widget::Goal => "overlay-no-goal",
        Widget::Gifters | Widget::LastGift => "overlay-no-gift",
        Widget::Viewers => "overlay-no-viewers",
        Widget::Battle => "overlay-no-battle",
        Widget::Moments => "overlay-no-moment",
        Widget::Verdict => "verdict-first",
    }
}

/// The numbers stay as they were, and say of when they are.
fn away_note(snapshot: &Snapshot, look: &Look) -> String {
    let gap = snapshot.session.as_ref().and_then(|session| session.gaps.last());
    let since = gap.filter(|gap| gap.to.is_none()).map_or(snapshot.since, |gap| gap.from);
    look.words().with("overlay-away", [("time", views::clock(look, since).into())])
}

impl Scene<'_> {
    /// `place` is their rank, by which they are called where names are hidden; 0 if they have none.
    fn person(&self, user: UserId, nickname: &str, display_id: &str, place: u32) -> Person {
        let hide = !self.options.shows(Part::Names);
        let known = called(user, nickname, display_id, place, hide, self.look);
        let name =
            if hide && place == 0 { self.look.words().t("overlay-a-fan").into_owned() } else { known.name };
        let pictured = self.look.avatars && !hide && !self.test && self.options.shows(Part::Pictures);
        let picture = pictured.then(|| format!("{}/avatars/{user}", self.widget.as_str()));
        let key = if hide { place.to_string() } else { user.to_string() };
        Person { key, name, initial: known.initial, picture }
    }
}

#[cfg(test)]
mod tests;
