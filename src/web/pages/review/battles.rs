//! The battles of a session: against whom, how they ended, and what viewers and diamonds did meanwhile.

use crate::analytics::battle::before_and_during;
use crate::domain::session::SessionStart;
use crate::domain::time::Stamp;
use crate::domain::totals::{BattleFacts, BattleSideFacts, Bin};
use crate::reports::sessions::SessionSummary;
use crate::web::look::Look;
use crate::web::sight::{Held as _, Sight};
use crate::web::views;
use crate::words::Words;
use askama::Template;

#[derive(Template)]
#[template(path = "review/battles.html")]
pub struct Battles<S: Sight> {
    pub w: &'static Words,
    pub zone: String,
    pub battles: Vec<BattleRow<S>>,
}

pub struct BattleRow<S: Sight> {
    pub time: String,
    pub href: String,
    pub length: String,
    /// Each side with its score. That is TikTok's, shown by TikTok to everybody who watches, and not computed
    /// from diamonds by us.
    pub sides: Vec<(String, String)>,
    /// How it ended for the creator; empty if that is not known.
    pub result: String,
    pub direction: &'static str,
    /// Before and during, or nothing where too little is known.
    pub viewers: String,
    pub diamonds: S::Money<String>,
}

impl<S: Sight> Battles<S> {
    #[must_use]
    pub fn new(
        look: &Look,
        now: Stamp,
        summary: &SessionSummary,
        battles: &[BattleFacts],
        bins: &[Bin],
    ) -> Self {
        let row = |battle: &BattleFacts| battle_row(battle, summary, bins, look, now);
        Self {
            w: look.words(),
            zone: views::zone_at(look.zone, summary.start.recorded_from),
            battles: battles.iter().map(row).collect(),
        }
    }
}

fn battle_row<S: Sight>(
    battle: &BattleFacts,
    summary: &SessionSummary,
    bins: &[Bin],
    look: &Look,
    now: Stamp,
) -> BattleRow<S> {
    let began = summary.start.recorded_from;
    let to = battle.ended_at.unwrap_or(super::end(summary, now));
    let (result, direction) = result(battle, &summary.start, look);
    let compared = before_and_during(bins, battle.started_at, to);
    let side = |side: &BattleSideFacts| (name(side), views::count(look.lang, side.score));
    BattleRow {
        time: views::clock(look, battle.started_at),
        href: look.root.moment(summary.id, &views::elapsed(battle.started_at.ms_since(began))),
        length: views::duration(look.lang, to.ms_since(battle.started_at)),
        sides: battle.sides.iter().map(side).collect(),
        result,
        direction,
        viewers: compared.map_or_else(String::new, |(before, during)| {
            beside(before.viewers.round(), during.viewers.round(), look)
        }),
        diamonds: S::money(|| {
            compared.map_or_else(String::new, |(before, during)| {
                beside(before.diamonds_per_min, during.diamonds_per_min, look)
            })
        }),
    }
}

/// `412 → 530 (+29%)`.
fn beside(before: f64, during: f64, look: &Look) -> String {
    let shown = |value: f64| views::rate(look.lang, value);
    let change = views::change(look.lang, before, during).map(|change| format!(" ({change})"));
    format!("{} → {}{}", shown(before), shown(during), change.unwrap_or_default())
}

pub(in crate::web::pages) fn name(side: &BattleSideFacts) -> String {
    match side.nickname.trim() {
        "" => format!("@{}", side.display_id),
        nickname => nickname.to_owned(),
    }
}

/// Whether a side is the creator's own.
pub(in crate::web::pages) fn is_creator(side: &BattleSideFacts, start: &SessionStart) -> bool {
    Some(side.host) == start.host || side.display_id == start.creator.as_str()
}

/// How a battle that was seen to end did so for the creator, by the scores.
pub(in crate::web::pages) fn result(
    battle: &BattleFacts,
    start: &SessionStart,
    look: &Look,
) -> (String, &'static str) {
    let w = look.words();
    let own = battle.sides.iter().find(|side| is_creator(side, start));
    let best = battle.sides.iter().filter(|side| !is_creator(side, start)).map(|side| side.score).max();
    let (Some(own), Some(best), Some(_)) = (own, best, battle.ended_at) else {
        return (String::new(), "");
    };
    let (key, direction) = match own.score.cmp(&best) {
        std::cmp::Ordering::Greater => ("battle-won", "up"),
        std::cmp::Ordering::Less => ("battle-lost", "down"),
        std::cmp::Ordering::Equal => ("battle-drawn", ""),
    };
    (w.t(key).into_owned(), direction)
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::{self, look};
    use super::*;
    use crate::domain::ids::UserId;
    use crate::words::Lang;

    #[test]
    fn a_battle_is_won_by_the_creator_against_the_best_of_the_others() {
        let start = samples::review().summary.start;
        let side = |host: i64, display_id: &str, score| BattleSideFacts {
            host: UserId(host),
            display_id: display_id.to_owned(),
            nickname: String::new(),
            score,
        };
        let ended = |scores: [i64; 3]| BattleFacts {
            ended_at: Some(samples::NOW),
            sides: vec![
                side(11, "x", scores[0]),
                side(22, start.creator.as_str(), scores[1]),
                side(33, "y", scores[2]),
            ],
            ..samples::battle()
        };
        let said = |battle: &BattleFacts| result(battle, &start, &look(Lang::En)).0;
        assert_eq!(said(&ended([10, 20, 15])), "won");
        assert_eq!(said(&ended([10, 20, 25])), "lost");
        assert_eq!(said(&ended([20, 20, 5])), "drawn");
        assert_eq!(said(&BattleFacts { ended_at: None, ..ended([10, 20, 15]) }), "", "it goes on");
        let others = BattleFacts { sides: vec![side(11, "x", 5), side(33, "y", 6)], ..ended([0, 0, 0]) };
        assert_eq!(said(&others), "", "nobody of them is the creator");
    }
}
