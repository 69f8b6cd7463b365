//! What came before viewers rose or fell: a row for each driver, and one for each notable change.

use super::column;
use crate::domain::answer::{Cause, DriverAnswer, Level, Range, Verdict, WindowAnswer};
use crate::domain::driver::Driver;
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::export::sheet::{Cell, Column, Kind};
use std::rc::Rc;

/// What is said of one driver.
pub struct Row {
    session: Rc<Session>,
    /// Up to when the session was looked at.
    at: Stamp,
    answer: DriverAnswer,
}

impl Row {
    /// Without `money`, what a diamond is worth in viewers is left out.
    pub fn new(session: Rc<Session>, at: Stamp, answer: &DriverAnswer, money: bool) -> Self {
        let per_unit = answer.per_unit.filter(|_| money || answer.driver != Driver::Gifts);
        // What is drawn beside an answer is not for a table.
        let answer = DriverAnswer { per_unit, moments: Vec::new(), evidence: None, ..answer.clone() };
        Self { session, at, answer }
    }

    fn per_unit(&self, of: fn(Range) -> f64) -> Cell<'static> {
        Cell::maybe(self.answer.per_unit, |range| Cell::Real(of(range)))
    }

    fn per_burst(&self, of: fn(Range) -> f64) -> Cell<'static> {
        Cell::maybe(self.answer.per_burst, |range| Cell::Real(of(range)))
    }
}

pub const DRIVERS: &[Column<Row>] = &[
    column("session_id", "col-session", Kind::Id, |r| Cell::id(&r.session.id)),
    column("creator", "col-creator", Kind::Name, |r| Cell::text(r.session.start.creator.as_str())),
    column("at", "col-looked-at", Kind::Time, |r| Cell::Time(r.at)),
    column("kind", "col-driver", Kind::Name, |r| driver(r.answer.driver)),
    column("verdict", "col-verdict", Kind::Name, |r| verdict(r.answer.verdict)),
    column("level", "col-level", Kind::Name, |r| level(r.answer.level)),
    column("effect_per_unit", "col-effect", Kind::Fine, |r| r.per_unit(|range| range.estimate)),
    column("effect_low", "col-effect-low", Kind::Fine, |r| r.per_unit(|range| range.low)),
    column("effect_high", "col-effect-high", Kind::Fine, |r| r.per_unit(|range| range.high)),
    column("per_burst.estimate", "col-burst-effect", Kind::Number, |r| r.per_burst(|range| range.estimate)),
    column("per_burst.low", "col-burst-low", Kind::Number, |r| r.per_burst(|range| range.low)),
    column("per_burst.high", "col-burst-high", Kind::Number, |r| r.per_burst(|range| range.high)),
    column("lag_s", "col-lag", Kind::Number, |r| Cell::maybe(r.answer.lag_s, Cell::Real)),
    column("bursts", "col-bursts", Kind::Count, |r| Cell::Whole(r.answer.bursts.into())),
    column("hits", "col-hits", Kind::Count, |r| Cell::Whole(r.answer.hits.into())),
    column("hits_by_chance", "col-hits-by-chance", Kind::Number, |r| Cell::Real(r.answer.hits_by_chance)),
    column("p_value", "col-p-value", Kind::Fine, |r| Cell::maybe(r.answer.p_value, Cell::Real)),
    column("q_value", "col-q-value", Kind::Fine, |r| Cell::maybe(r.answer.q_value, Cell::Real)),
];

/// A notable rise or drop.
pub struct Moment {
    pub session: Rc<Session>,
    pub window: WindowAnswer,
    /// Of the gift that came before it; empty if none did.
    pub gift_name: String,
}

pub const MOMENTS: &[Column<Moment>] = &[
    column("session_id", "col-session", Kind::Id, |r| Cell::id(&r.session.id)),
    column("creator", "col-creator", Kind::Name, |r| Cell::text(r.session.start.creator.as_str())),
    column("from", "col-from", Kind::Time, |r| Cell::Time(r.window.from)),
    column("to", "col-to", Kind::Time, |r| Cell::Time(r.window.to)),
    column("viewers", "col-viewers-before", Kind::Count, |r| Cell::Whole(r.window.viewers)),
    column("change", "col-viewer-change", Kind::Count, |r| Cell::Whole(r.window.change)),
    column("cause", "col-came-before", Kind::Name, |r| match r.window.cause {
        Cause::Driver(found) => driver(found),
        Cause::None => Cell::Word("none", "col-came-before-none"),
        Cause::Glitch => Cell::Word("glitch", "col-came-before-glitch"),
    }),
    column("confidence", "col-confidence", Kind::Share, |r| Cell::Real(r.window.confidence)),
    column("occasion_at", "col-occasion-at", Kind::Time, |r| {
        Cell::maybe(r.window.occasion, |occasion| Cell::Time(occasion.at))
    }),
    column("occasion_units", "col-occasion-units", Kind::Count, |r| {
        Cell::maybe(r.window.occasion, |occasion| Cell::Whole(occasion.units))
    }),
    column("occasion_gift", "col-occasion-gift", Kind::Name, |r| Cell::text(&r.gift_name)),
];

const fn driver(driver: Driver) -> Cell<'static> {
    let said = match driver {
        Driver::Likes => "within-likes",
        Driver::Gifts => "within-gifts",
        Driver::Comments => "within-comments",
        Driver::Follows => "within-follows",
        Driver::Shares => "within-shares",
    };
    Cell::Word(driver.as_str(), said)
}

const fn verdict(verdict: Verdict) -> Cell<'static> {
    let said = match verdict {
        Verdict::Raises => "col-verdict-raises",
        Verdict::Lowers => "col-verdict-lowers",
        Verdict::NoEvidence => "col-verdict-no-evidence",
    };
    Cell::Word(verdict.as_str(), said)
}

const fn level(level: Level) -> Cell<'static> {
    let said = match level {
        Level::Unclear => "level-unclear",
        Level::None => "level-none",
        Level::Weak => "level-weak",
        Level::Likely => "level-likely",
        Level::Strong => "level-strong",
    };
    Cell::Word(level.as_str(), said)
}
