//! One row for each session: the figures of its page.

use super::{column, money};
use crate::analytics::metrics::{Metrics, metrics};
use crate::domain::session::Session;
use crate::export::sheet::{Cell, Column, Kind};

pub struct Row {
    session: Session,
    metrics: Metrics,
}

impl Row {
    pub fn new(session: Session) -> Self {
        Self { metrics: metrics(&session.totals, None), session }
    }
}

pub const COLUMNS: &[Column<Row>] = &[
    column("session_id", "col-session", Kind::Id, |r| Cell::id(&r.session.id)),
    column("creator", "col-creator", Kind::Name, |r| Cell::text(r.session.start.creator.as_str())),
    column("state", "col-state", Kind::Name, |r| match r.session.ended_at {
        None => Cell::Word("live", "col-state-live"),
        Some(_) => Cell::Word("ended", "col-state-ended"),
    }),
    column("recorded_from", "col-recorded-from", Kind::Time, |r| Cell::Time(r.session.start.recorded_from)),
    column("ended_at", "col-ended-at", Kind::Time, |r| Cell::maybe(r.session.ended_at, Cell::Time)),
    column("duration_ms", "col-duration", Kind::Length, |r| Cell::Whole(r.session.duration_ms)),
    column("coverage", "col-coverage", Kind::Share, |r| Cell::Real(r.session.coverage)),
    column("viewers.average", "col-viewers-average", Kind::Number, |r| {
        Cell::maybe(r.metrics.average_viewers, Cell::Real)
    }),
    column("viewers.max", "col-viewers-peak", Kind::Count, |r| {
        Cell::maybe(r.session.totals.viewers.peak, Cell::Whole)
    }),
    column("viewers.max_at", "col-viewers-peak-at", Kind::Time, |r| {
        Cell::maybe(r.session.totals.viewers.peak_at, Cell::Time)
    }),
    column("viewers.viewer_hours", "col-viewer-hours", Kind::Number, |r| Cell::Real(r.metrics.viewer_hours)),
    column("likes.room_growth", "col-likes", Kind::Count, |r| Cell::Whole(r.session.totals.likes)),
    column("likes.total", "col-likes-seen", Kind::Count, |r| Cell::Whole(r.session.totals.likes_seen)),
    column("comments", "col-comments", Kind::Count, |r| Cell::Whole(r.session.totals.comments)),
    column("follows", "col-follows", Kind::Count, |r| Cell::Whole(r.session.totals.follows)),
    column("shares", "col-shares", Kind::Count, |r| Cell::Whole(r.session.totals.shares)),
    column("joins", "col-joins", Kind::Count, |r| Cell::Whole(r.session.totals.joins)),
    column("gift_units", "col-gifts", Kind::Count, |r| Cell::Whole(r.session.totals.gift_units)),
    money("diamonds.total", "col-diamonds", Kind::Count, |r| Cell::Whole(r.session.totals.diamonds)),
    money("diamonds.to_host", "col-diamonds-to-creator", Kind::Count, |r| {
        Cell::Whole(r.session.totals.diamonds_to_creator)
    }),
    money("estimated", "col-estimated", Kind::Mark, |r| Cell::Mark(r.session.totals.is_estimated())),
    column("people", "col-people", Kind::Count, |r| Cell::Whole(r.session.totals.people)),
    column("unique_gifters", "col-gifters", Kind::Count, |r| Cell::Whole(r.session.totals.unique_gifters)),
    column("unique_commenters", "col-commenters", Kind::Count, |r| {
        Cell::Whole(r.session.totals.unique_commenters)
    }),
    column("unique_joiners", "col-joiners", Kind::Count, |r| Cell::Whole(r.session.totals.unique_joiners)),
    column("follow_rate", "col-follow-rate", Kind::Number, |r| {
        Cell::maybe(r.metrics.follow_rate, Cell::Real)
    }),
    column("gifter_rate", "col-gifter-rate", Kind::Share, |r| Cell::maybe(r.metrics.gifter_rate, Cell::Real)),
    money("value_rate", "col-value-rate", Kind::Number, |r| Cell::maybe(r.metrics.value_rate, Cell::Real)),
    column("title", "col-title", Kind::Text, |r| Cell::text(&r.session.start.title)),
    column("notes", "col-notes", Kind::Text, |r| Cell::text(&r.session.notes)),
    column("continues", "col-continues", Kind::Id, |r| {
        Cell::maybe(r.session.start.continues, |earlier| Cell::id(&earlier))
    }),
];
