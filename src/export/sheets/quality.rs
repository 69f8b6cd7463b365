//! How complete and how exact the numbers are: a row for each session, and one for each gap.

use super::{column, money};
use crate::domain::event::Kind as EventKind;
use crate::domain::gift::ValueSource;
use crate::domain::session::{Gap, GapCause, Session};
use crate::domain::time::Stamp;
use crate::export::sheet::{Cell, Column, Kind};
use crate::store::streaks::StreakCounts;
use std::rc::Rc;

pub struct Row {
    pub session: Session,
    pub gaps: Vec<Gap>,
    pub streaks: StreakCounts,
}

impl Row {
    fn gap_ms(&self) -> i64 {
        let until = self.session.until();
        self.gaps.iter().map(|gap| gap.ms(until)).sum()
    }

    fn diamonds(&self, source: ValueSource) -> Cell<'static> {
        Cell::Whole(self.session.totals.diamonds_by_source[source as usize])
    }
}

pub const COLUMNS: &[Column<Row>] = &[
    column("session_id", "col-session", Kind::Id, |r| Cell::id(&r.session.id)),
    column("creator", "col-creator", Kind::Name, |r| Cell::text(r.session.start.creator.as_str())),
    column("duration_ms", "col-duration", Kind::Length, |r| Cell::Whole(r.session.duration_ms)),
    column("coverage", "col-coverage", Kind::Share, |r| Cell::Real(r.session.coverage)),
    column("gaps", "col-gaps", Kind::Count, |r| Cell::Whole(r.gaps.len() as i64)),
    column("gap_ms", "col-gap-time", Kind::Length, |r| Cell::Whole(r.gap_ms())),
    column("messages.in_frames", "col-messages", Kind::Count, |r| {
        Cell::Whole(r.session.totals.messages.in_frames())
    }),
    column("messages.counted", "col-counted", Kind::Count, |r| {
        Cell::Whole(r.session.totals.messages.counted)
    }),
    column("messages.history_skipped", "col-history", Kind::Count, |r| {
        Cell::Whole(r.session.totals.messages.history_skipped)
    }),
    column("messages.duplicates_dropped", "col-duplicates", Kind::Count, |r| {
        Cell::Whole(r.session.totals.messages.duplicates_dropped)
    }),
    column("messages.decode_errors", "col-decode-errors", Kind::Count, |r| {
        Cell::Whole(r.session.totals.messages.decode_errors)
    }),
    column("messages.unknown", "col-unknown", Kind::Count, |r| {
        Cell::Whole(r.session.totals.events.of(EventKind::Unknown))
    }),
    column("messages.broken_frames", "col-broken-frames", Kind::Count, |r| {
        Cell::Whole(r.session.totals.messages.broken_frames)
    }),
    column("streaks", "col-streaks", Kind::Count, |r| Cell::Whole(r.streaks.all)),
    column("streaks_without_end", "col-streaks-open", Kind::Count, |r| Cell::Whole(r.streaks.open)),
    column("unpriced_units", "col-unpriced", Kind::Count, |r| Cell::Whole(r.session.totals.unpriced_units)),
    money("diamonds.event", "col-diamonds-exact", Kind::Count, |r| r.diamonds(ValueSource::Event)),
    money("diamonds.learned", "col-diamonds-learned", Kind::Count, |r| r.diamonds(ValueSource::Learned)),
    money("diamonds.list", "col-diamonds-list", Kind::Count, |r| r.diamonds(ValueSource::List)),
    money("diamonds.estimate", "col-diamonds-estimate", Kind::Count, |r| r.diamonds(ValueSource::Estimate)),
];

/// A stretch that could not be seen.
pub struct Missed {
    pub session: Rc<Session>,
    pub gap: Gap,
    /// A gap that lasts is measured until here.
    pub now: Stamp,
}

pub const GAPS: &[Column<Missed>] = &[
    column("session_id", "col-session", Kind::Id, |r| Cell::id(&r.session.id)),
    column("creator", "col-creator", Kind::Name, |r| Cell::text(r.session.start.creator.as_str())),
    column("from", "col-from", Kind::Time, |r| Cell::Time(r.gap.from)),
    column("to", "col-to", Kind::Time, |r| Cell::maybe(r.gap.to, Cell::Time)),
    column("duration_ms", "col-length", Kind::Length, |r| Cell::Whole(r.gap.ms(r.now))),
    column("reason", "col-reason", Kind::Name, |r| reason(r.gap.cause)),
];

const fn reason(cause: GapCause) -> Cell<'static> {
    let said = match cause {
        GapCause::Disconnected => "gap-disconnected",
        GapCause::Silent => "gap-silent",
        GapCause::Asleep => "gap-asleep",
        GapCause::NotRunning => "gap-not-running",
        GapCause::Stopped => "gap-stopped",
        GapCause::DiskFull => "gap-disk-full",
    };
    Cell::Word(cause.as_str(), said)
}
