//! Goals: how far they are, on the live page, and the list that sets them.

use super::chart::series_key;
use super::leaderboard::approximate;
use crate::domain::goal::{Goal, GoalKind, GoalState};
use crate::domain::handle::Handle;
use crate::recorder::snapshot::{LiveSession, Snapshot};
use crate::settings::goals::{GoalError, Goals, MAX_TITLE_CHARS, MOST_ACTIVE, MOST_GOALS, MOST_TARGET};
use crate::web::look::Look;
use crate::web::sight::{Held as _, Sight};
use crate::web::views;
use crate::words::Words;
use askama::Template;

/// How far the goals of a creator are in the session that a page shows.
#[derive(Template)]
#[template(path = "fragments/goals.html")]
pub struct GoalBars {
    pub w: &'static Words,
    pub oob: bool,
    pub rows: Vec<GoalBar>,
}

pub struct GoalBar {
    pub id: i64,
    pub series: &'static str,
    pub name: String,
    /// `8,120 of 12,000`, followed by what of.
    pub reached: String,
    pub diamonds: bool,
    pub percent: i64,
    pub percent_text: String,
    pub met: bool,
}

impl GoalBars {
    /// Goals that are money are absent for whoever may not see any.
    #[must_use]
    pub fn new<S: Sight>(goals: &[Goal], session: Option<&LiveSession>, look: &Look) -> Self {
        let bar = |goal: &Goal| {
            let bar = |session| GoalBar::new(goal, session, look);
            match goal.plan.kind.is_money() {
                true => S::money(|| session.map(bar)).into_shown().flatten(),
                false => session.map(bar),
            }
        };
        Self { w: look.words(), oob: false, rows: goals.iter().filter_map(bar).collect() }
    }
}

impl GoalBar {
    fn new(goal: &Goal, session: &LiveSession, look: &Look) -> Self {
        let progress = goal.progress(&session.totals);
        // One that was met stays so, also where a price that was set later takes some of it away.
        let met = progress.is_met() || matches!(goal.state, GoalState::Met { .. });
        let percent = if met { 100 } else { progress.percent() };
        let reached = approximate(look, progress.reached, progress.estimated);
        let target = views::count(look.lang, progress.target);
        Self {
            id: goal.id,
            series: series(goal.plan.kind),
            name: name(goal, look.words()),
            reached: look.words().with("goal-reached", [("n", reached.into()), ("target", target.into())]),
            diamonds: goal.plan.kind.is_money(),
            percent,
            percent_text: views::percent(look.lang, percent as f64 / 100.0),
            met,
        }
    }
}

/// The goals of a creator, with what sets them.
pub struct GoalList {
    pub creator: String,
    pub rows: Vec<GoalRow>,
    /// What can be counted, with its name.
    pub kinds: Vec<(&'static str, String)>,
    pub max_title: usize,
    pub most_target: i64,
    pub problem: String,
}

pub struct GoalRow {
    pub id: i64,
    pub name: String,
    /// `1,000 likes`
    pub target: String,
    pub diamonds: bool,
    pub state: String,
    pub active: bool,
    pub draft: bool,
}

impl GoalList {
    #[must_use]
    pub fn new(
        creator: &Handle,
        goals: &[Goal],
        snapshot: Option<&Snapshot>,
        problem: Option<&GoalError>,
        look: &Look,
    ) -> Self {
        let w = look.words();
        let running = snapshot.and_then(Snapshot::running);
        let row = |goal: &Goal| {
            let state = match (goal.state, running) {
                (GoalState::Draft, _) => w.t("goal-draft").into_owned(),
                (GoalState::Active, None) => w.t("goal-active").into_owned(),
                (GoalState::Active, Some(session)) => {
                    let progress = goal.progress(&session.totals);
                    let reached = approximate(look, progress.reached, progress.estimated);
                    w.with("goal-active-now", [("n", reached.into())])
                }
                (GoalState::Met { at }, _) => {
                    w.with("goal-met-at", [("time", views::moment(look, at).into())])
                }
            };
            GoalRow {
                id: goal.id,
                name: name(goal, w),
                target: views::count(look.lang, goal.plan.target),
                diamonds: goal.plan.kind.is_money(),
                state,
                active: goal.state == GoalState::Active,
                draft: goal.state == GoalState::Draft,
            }
        };
        Self {
            creator: creator.to_string(),
            rows: goals.iter().map(row).collect(),
            kinds: GoalKind::ALL.map(|kind| (kind.as_str(), w.t(kind_key(kind)).into_owned())).into(),
            max_title: MAX_TITLE_CHARS,
            most_target: MOST_TARGET,
            problem: problem.map(|problem| told(problem, w)).unwrap_or_default(),
        }
    }
}

/// What a page shows of the goals of the creator it is about.
#[must_use]
pub fn shown(goals: &Goals, snapshot: &Snapshot) -> Vec<Goal> {
    let since = snapshot.session.as_ref().map(|session| session.start.recorded_from);
    since.map(|since| goals.shown(&snapshot.creator, since)).unwrap_or_default()
}

/// The creator's words, or what is counted.
fn name(goal: &Goal, w: &Words) -> String {
    match goal.plan.title.as_str() {
        "" => w.t(kind_key(goal.plan.kind)).into_owned(),
        title => title.to_owned(),
    }
}

const fn series(kind: GoalKind) -> &'static str {
    match kind {
        GoalKind::Diamonds => "gifts",
        kind => kind.as_str(),
    }
}

fn kind_key(kind: GoalKind) -> &'static str {
    match kind {
        GoalKind::Viewers => "goal-viewers",
        GoalKind::Diamonds => "goal-diamonds",
        kind => series_key(kind.as_str()),
    }
}

fn told(problem: &GoalError, w: &Words) -> String {
    match problem {
        GoalError::Target => w.with("goal-target-wrong", [("most", MOST_TARGET.into())]),
        GoalError::Many(_) => w.with("goal-many", [("most", MOST_GOALS.into())]),
        GoalError::ManyActive(_) => w.with("goal-many-active", [("most", MOST_ACTIVE.into())]),
        GoalError::Gone => w.t("goal-gone").into_owned(),
        GoalError::Store(err) => err.to_string(),
    }
}
