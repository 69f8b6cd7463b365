//! The score of the battle that runs, and for a minute of the one that ended.

use super::Scene;
use crate::domain::session::SessionStart;
use crate::domain::time::Stamp;
use crate::domain::totals::{BattleFacts, BattleSideFacts};
use crate::recorder::snapshot::LiveSession;
use crate::web::pages::review::battles::{is_creator, name, result};
use crate::web::views;
use crate::words::Words;
use askama::Template;

/// How long a result stays, in milliseconds.
const RESULT_MS: i64 = 60_000;
/// More sides than this have no room.
const MOST_SIDES: usize = 4;
/// The bar is this many units long.
const BAR: f64 = 100.0;

#[derive(Template)]
#[template(path = "overlay/battle.html")]
pub struct Battle {
    w: &'static Words,
    /// The creator first.
    sides: Vec<Side>,
    /// `3:07`.
    lasted: String,
    /// How it ended for the creator, and the direction of that; empty while it runs.
    result: String,
    direction: &'static str,
}

struct Side {
    name: String,
    score: String,
    is_creator: bool,
    /// Where its part of the bar begins, and how long it is.
    x: String,
    width: String,
}

impl Battle {
    /// `None` without a battle. Scores are TikTok's own points and no diamonds.
    #[must_use]
    pub fn new(scene: &Scene, session: &LiveSession) -> Option<Self> {
        let battle = session.battles.iter().max_by_key(|battle| battle.started_at)?;
        let seen_at = session.ended_at.map_or(scene.now, |ended| ended.min(scene.now));
        if battle.ended_at.is_some_and(|ended| seen_at.ms_since(ended) > RESULT_MS) || battle.sides.is_empty()
        {
            return None;
        }
        let (result, direction) = result(battle, &session.start, scene.look);
        Some(Self {
            w: scene.look.words(),
            sides: sides(battle, &session.start, scene),
            lasted: clock(battle.started_at, battle.ended_at.unwrap_or(seen_at)),
            result,
            direction,
        })
    }
}

fn sides(battle: &BattleFacts, start: &SessionStart, scene: &Scene) -> Vec<Side> {
    let mut sides: Vec<&BattleSideFacts> = battle.sides.iter().collect();
    sides.sort_by_key(|side| !is_creator(side, start));
    sides.truncate(MOST_SIDES);
    // Before the first point all sides are equal.
    let nobody = sides.iter().all(|side| side.score <= 0);
    let weight = |side: &BattleSideFacts| if nobody { 1.0 } else { side.score.max(0) as f64 };
    let all: f64 = sides.iter().map(|side| weight(side)).sum();
    let mut x = 0.0;
    let shown = sides.into_iter().map(|side| {
        let (from, width) = (x, weight(side) / all * BAR);
        x += width;
        Side {
            name: name(side),
            score: views::count(scene.look.lang, side.score),
            is_creator: is_creator(side, start),
            x: format!("{from:.1}"),
            width: format!("{width:.1}"),
        }
    });
    shown.collect()
}

/// Minutes and seconds.
fn clock(from: Stamp, to: Stamp) -> String {
    let s = to.ms_since(from).max(0) / 1000;
    format!("{}:{:02}", s / 60, s % 60)
}
