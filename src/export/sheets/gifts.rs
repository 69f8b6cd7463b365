//! What each gift of a session added up to.

use super::{column, money};
use crate::domain::gift::ValueSource;
use crate::domain::session::Session;
use crate::domain::totals::GiftTotal;
use crate::export::sheet::{Cell, Column, Kind};
use std::rc::Rc;

pub struct Row {
    pub session: Rc<Session>,
    pub total: GiftTotal,
}

pub const COLUMNS: &[Column<Row>] = &[
    column("session_id", "col-session", Kind::Id, |r| Cell::id(&r.session.id)),
    column("creator", "col-creator", Kind::Name, |r| Cell::text(r.session.start.creator.as_str())),
    column("gift_id", "col-gift-id", Kind::Id, |r| Cell::id(&r.total.gift)),
    column("name", "col-gift", Kind::Name, |r| Cell::text(&r.total.name)),
    column("count", "col-gifts", Kind::Count, |r| Cell::Whole(r.total.units)),
    column("streaks", "col-streaks", Kind::Count, |r| Cell::Whole(r.total.streaks)),
    money("diamond_count", "col-price", Kind::Count, |r| match r.total.value.source {
        ValueSource::Unknown => Cell::Empty,
        _ => Cell::Whole(r.total.value.diamonds.into()),
    }),
    money("diamonds", "col-diamonds", Kind::Count, |r| Cell::Whole(r.total.diamonds)),
    money("estimated", "col-estimated", Kind::Mark, |r| Cell::Mark(r.total.value.source.is_estimate())),
    money("value_source", "value-from", Kind::Name, |r| source(r.total.value.source)),
];

const fn source(source: ValueSource) -> Cell<'static> {
    let said = match source {
        ValueSource::Event => "source-event",
        ValueSource::Learned => "source-learned",
        ValueSource::List => "source-list",
        ValueSource::Estimate => "source-estimate",
        ValueSource::Unknown => "source-unknown",
    };
    Cell::Word(source.as_str(), said)
}
