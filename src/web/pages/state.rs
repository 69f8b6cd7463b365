//! How a watched creator is doing, in words.

use crate::domain::time::Stamp;
use crate::domain::watch::WatchState;
use crate::recorder::snapshot::{Refused, Snapshot};
use crate::web::look::Look;
use crate::web::views;

/// The short form: a word and a colour that says the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Pill {
    /// `live`, `trying`, `broken`, or empty for a calm state; the `data-state` of the pill.
    pub tone: &'static str,
    pub text: String,
}

#[must_use]
pub fn pill(snapshot: &Snapshot, look: &Look, now: Stamp) -> Pill {
    let w = look.words();
    let (tone, key) = match &snapshot.state {
        _ if snapshot.refused == Some(Refused::Session) => ("broken", "pill-not-recorded"),
        WatchState::Waiting { .. } => ("", "pill-waiting"),
        WatchState::Connecting => ("trying", "state-connecting"),
        WatchState::Live => {
            let text = w.with("state-live", [("dur", live_for(snapshot, look, now).into())]);
            return Pill { tone: "live", text };
        }
        WatchState::Paused => ("", "pill-paused"),
        WatchState::Reconnecting { .. } => ("trying", "pill-reconnecting"),
        WatchState::Silent { .. } => ("trying", "pill-silent"),
        WatchState::Unfed { .. } => ("trying", "pill-unfed"),
        WatchState::Blocked { .. } => ("broken", "pill-blocked"),
        WatchState::RateLimited { .. } => ("trying", "pill-rate-limited"),
        WatchState::NotFound { .. } => ("broken", "pill-not-found"),
        WatchState::Restricted { .. } => ("broken", "pill-restricted"),
        WatchState::NoInternet { .. } => ("broken", "pill-no-internet"),
        WatchState::Stopped => ("", "pill-stopped"),
    };
    Pill { tone, text: w.t(key).into_owned() }
}

/// The whole sentence: what happens, what is safe, what to do. `None` while everything is well.
#[must_use]
pub fn sentence(snapshot: &Snapshot, look: &Look, now: Stamp) -> Option<String> {
    let w = look.words();
    let creator = snapshot.creator.as_str();
    let u = || ("u", creator.into());
    let seconds_to = |at: Stamp| at.ms_since(now).max(0) / 1000;
    Some(match &snapshot.state {
        _ if snapshot.refused == Some(Refused::Session) => w.t(refusal(Refused::Session)).into_owned(),
        WatchState::Live => return snapshot.refused.map(|refused| w.t(refusal(refused)).into_owned()),
        WatchState::Waiting { checked_at: None } => w.with("state-waiting-first", [u()]),
        WatchState::Waiting { checked_at: Some(at) } => {
            w.with("state-waiting", [u(), ("t", ago(look, *at, now).into())])
        }
        WatchState::Connecting => w.t("state-connecting").into_owned(),
        WatchState::Paused => w.with("state-paused", [u()]),
        WatchState::Reconnecting { attempt, next_at } => {
            w.with("state-reconnecting", [("n", (*attempt).into()), ("s", seconds_to(*next_at).into())])
        }
        WatchState::Silent { since } => {
            w.with("state-silent", [("dur", views::duration(look.lang, now.ms_since(*since)).into())])
        }
        WatchState::Unfed { since } => {
            w.with("state-unfed", [("dur", views::duration(look.lang, now.ms_since(*since)).into())])
        }
        WatchState::Blocked { .. } => w.t("state-blocked").into_owned(),
        WatchState::RateLimited { next_at } => {
            w.with("state-rate-limited", [("time", views::clock_zone(look, *next_at).into())])
        }
        WatchState::NotFound { .. } => w.with("state-not-found", [u()]),
        WatchState::Restricted { .. } => w.t("state-restricted").into_owned(),
        WatchState::NoInternet { .. } => w.t("state-no-internet").into_owned(),
        WatchState::Stopped => w.with("state-stopped", [u()]),
    })
}

/// What it means that the database refuses to write.
pub(super) const fn refusal(refused: Refused) -> &'static str {
    match refused {
        Refused::Events => "state-disk-full",
        Refused::Session => "state-disk-full-before",
    }
}

/// How long ago, in words, under an hour; the time of day above.
fn ago(look: &Look, at: Stamp, now: Stamp) -> String {
    let ms = now.ms_since(at);
    if ms < 3_600_000 {
        look.words().with("time-ago", [("dur", views::minutes(look.lang, ms).into())])
    } else {
        views::clock_zone(look, at)
    }
}

fn live_for(snapshot: &Snapshot, look: &Look, now: Stamp) -> String {
    let since = snapshot
        .running()
        .map_or(snapshot.since, |session| session.start.live_since.unwrap_or(session.start.recorded_from));
    views::minutes(look.lang, now.ms_since(since))
}

/// Where a person can do something about a creator who cannot be watched.
#[must_use]
pub const fn remedy(state: &WatchState) -> Option<(&'static str, &'static str)> {
    match state {
        WatchState::NotFound { .. } => Some(("/creators", "manage-creators")),
        WatchState::Blocked { .. } | WatchState::RateLimited { .. } | WatchState::Restricted { .. } => {
            Some(("/settings/connection", "connection"))
        }
        _ => None,
    }
}
