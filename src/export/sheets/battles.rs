//! Battles between creators. Scores are not diamonds.

use super::{column, money, person};
use crate::analytics::battle::{Stretch, before_and_during};
use crate::domain::session::Session;
use crate::domain::text::called;
use crate::domain::time::Stamp;
use crate::domain::totals::{BattleFacts, BattleSideFacts, Bin};
use crate::export::sheet::{Cell, Column, Kind};
use std::cmp::Ordering;
use std::rc::Rc;

pub struct Row {
    pub session: Rc<Session>,
    pub battle: BattleFacts,
    /// Viewers and diamonds before and during it, if enough of both is known.
    compared: Option<(Stretch, Stretch)>,
}

impl Row {
    /// A battle that still runs is compared up to `now`.
    pub fn new(session: Rc<Session>, battle: BattleFacts, bins: &[Bin], now: Stamp) -> Self {
        let to = battle.ended_at.or(session.ended_at).unwrap_or(now);
        let compared = before_and_during(bins, battle.started_at, to);
        Self { session, battle, compared }
    }

    fn before(&self, figure: fn(&Stretch) -> f64) -> Cell<'static> {
        Cell::maybe(self.compared.as_ref(), |(before, _)| Cell::Real(figure(before)))
    }

    fn during(&self, figure: fn(&Stretch) -> f64) -> Cell<'static> {
        Cell::maybe(self.compared.as_ref(), |(_, during)| Cell::Real(figure(during)))
    }

    /// The creator's side, if it is known which one that is.
    fn ours(&self) -> Option<&BattleSideFacts> {
        let host = self.session.start.host?;
        self.battle.sides.iter().find(|side| side.host == host)
    }

    /// Everybody else, if it is known who the creator is.
    fn others(&self) -> impl Iterator<Item = &BattleSideFacts> {
        let ours = self.ours().map(|side| side.host);
        self.battle.sides.iter().filter(move |side| ours.is_some_and(|ours| side.host != ours))
    }

    fn best_other(&self) -> Option<i64> {
        self.others().map(|side| side.score).max()
    }

    fn result(&self) -> Cell<'static> {
        let (Some(ours), Some(other), Some(_)) = (self.ours(), self.best_other(), self.battle.ended_at)
        else {
            return Cell::Empty;
        };
        match ours.score.cmp(&other) {
            Ordering::Greater => Cell::Word("won", "col-battle-won"),
            Ordering::Less => Cell::Word("lost", "col-battle-lost"),
            Ordering::Equal => Cell::Word("drawn", "col-battle-drawn"),
        }
    }

    fn opponents(&self) -> String {
        let name = |side: &BattleSideFacts| called(&side.nickname, &side.display_id).trim().to_owned();
        self.others().map(name).collect::<Vec<_>>().join(", ")
    }
}

pub const COLUMNS: &[Column<Row>] = &[
    column("session_id", "col-session", Kind::Id, |r| Cell::id(&r.session.id)),
    column("creator", "col-creator", Kind::Name, |r| Cell::text(r.session.start.creator.as_str())),
    column("battle_id", "col-battle", Kind::Id, |r| Cell::id(&r.battle.id)),
    column("started_at", "col-from", Kind::Time, |r| Cell::Time(r.battle.started_at)),
    column("ended_at", "col-to", Kind::Time, |r| Cell::maybe(r.battle.ended_at, Cell::Time)),
    column("score", "col-score", Kind::Count, |r| Cell::maybe(r.ours(), |side| Cell::Whole(side.score))),
    column("opponent_score", "col-opponent-score", Kind::Count, |r| Cell::maybe(r.best_other(), Cell::Whole)),
    column("result", "col-result", Kind::Name, Row::result),
    column("viewers_before", "col-battle-viewers-before", Kind::Number, |r| {
        r.before(|stretch| stretch.viewers)
    }),
    column("viewers_during", "col-battle-viewers-during", Kind::Number, |r| {
        r.during(|stretch| stretch.viewers)
    }),
    money("diamonds_per_min_before", "col-battle-diamonds-before", Kind::Number, |r| {
        r.before(|stretch| stretch.diamonds_per_min)
    }),
    money("diamonds_per_min_during", "col-battle-diamonds-during", Kind::Number, |r| {
        r.during(|stretch| stretch.diamonds_per_min)
    }),
    person("opponents", "col-opponents", Kind::Text, |r| match r.opponents() {
        none if none.is_empty() => Cell::Empty,
        names => Cell::Text(names.into()),
    }),
];
