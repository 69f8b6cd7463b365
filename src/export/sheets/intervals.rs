//! One row for each stretch of time: the intervals of a session, or its minutes.

use super::{column, money};
use crate::analytics::timeline::row_of;
use crate::domain::session::{Gap, Session};
use crate::domain::time::Stamp;
use crate::domain::totals::{Bin, Counts, IntervalRow};
use crate::export::sheet::{Cell, Column, Kind};
use std::rc::Rc;

pub const MINUTE_MS: i64 = 60_000;

pub struct Row {
    session: Rc<Session>,
    interval: IntervalRow,
    /// Time outside gaps divided by the whole time, 0 to 1.
    coverage: f64,
    top_gifter: String,
}

impl Row {
    /// `gaps` are all of the session, in their order.
    pub fn new(session: Rc<Session>, interval: IntervalRow, gaps: &[Gap], top_gifter: String) -> Self {
        let coverage = coverage(&session, &interval, gaps);
        Self { session, interval, coverage, top_gifter }
    }

    /// A count of this stretch; in a gap nothing is known.
    fn count(&self, count: fn(&Counts) -> i64) -> Cell<'static> {
        if self.coverage > 0.0 { Cell::Whole(count(&self.interval.counts)) } else { Cell::Empty }
    }

    /// A viewer count, if it was known at any time of this stretch.
    fn viewers(&self, viewers: i64) -> Cell<'static> {
        Cell::maybe(self.interval.viewers.last, |_| Cell::Whole(viewers))
    }
}

pub const COLUMNS: &[Column<Row>] = &[
    column("session_id", "col-session", Kind::Id, |r| Cell::id(&r.session.id)),
    column("creator", "col-creator", Kind::Name, |r| Cell::text(r.session.start.creator.as_str())),
    column("t", "col-from", Kind::Time, |r| Cell::Time(r.interval.from)),
    column("length_ms", "col-length", Kind::Length, |r| Cell::Whole(r.interval.length_ms)),
    column("coverage", "col-coverage", Kind::Share, |r| Cell::Real(r.coverage)),
    column("viewers", "col-viewers", Kind::Count, |r| Cell::maybe(r.interval.viewers.last, Cell::Whole)),
    column("viewers_avg", "col-viewers-average", Kind::Number, |r| {
        Cell::maybe(r.interval.viewers.average(), Cell::Real)
    }),
    column("viewers_min", "col-viewers-min", Kind::Count, |r| r.viewers(r.interval.viewers.min)),
    column("viewers_max", "col-viewers-max", Kind::Count, |r| r.viewers(r.interval.viewers.max)),
    column("viewer_change", "col-viewer-change", Kind::Count, |r| {
        Cell::maybe(r.interval.viewer_change, Cell::Whole)
    }),
    column("likes", "col-likes", Kind::Count, |r| r.count(|counts| counts.likes)),
    column("comments", "col-comments", Kind::Count, |r| r.count(|counts| counts.comments)),
    column("gifts", "col-gifts", Kind::Count, |r| r.count(|counts| counts.gift_units)),
    money("diamonds", "col-diamonds", Kind::Count, |r| r.count(|counts| counts.diamonds)),
    column("follows", "col-follows", Kind::Count, |r| r.count(|counts| counts.follows)),
    column("shares", "col-shares", Kind::Count, |r| r.count(|counts| counts.shares)),
    column("joins", "col-joins", Kind::Count, |r| r.count(|counts| counts.joins)),
    column("activity_score", "col-activity", Kind::Number, |r| {
        Cell::maybe(r.interval.activity_score, Cell::Real)
    }),
    column("top_gifter", "col-top-gifter", Kind::Name, |r| Cell::text(&r.top_gifter)),
];

/// As [`COLUMNS`], without what is known of intervals only.
pub const MINUTES: &[Column<Row>] = COLUMNS.split_at(COLUMNS.len() - 2).0;

/// The minutes of a session, its first and last included.
pub fn minutes(session: &Session, bins: &[Bin]) -> Vec<IntervalRow> {
    let from = session.start.recorded_from.floor_to(MINUTE_MS);
    let until = session.until();
    let newest = bins.last().map_or(until, |bin| until.max(bin.from + 1));
    let mut rest = bins;
    let mut rows: Vec<IntervalRow> = Vec::new();
    let mut at = from;
    while at < newest {
        // Bins come in their order: those of this minute are the first of the rest.
        let (ours, later) = rest.split_at(rest.partition_point(|bin| bin.from < at + MINUTE_MS));
        rest = later;
        let mut row = row_of(at, MINUTE_MS, ours);
        let before = rows.last().and_then(|before| before.viewers.last);
        row.viewer_change = before.and_then(|before| Some(row.viewers.last? - before));
        rows.push(row);
        at = at + MINUTE_MS;
    }
    rows
}

/// What of an interval was recorded: without the time before and after the session, and without gaps.
fn coverage(session: &Session, interval: &IntervalRow, gaps: &[Gap]) -> f64 {
    let ends = session.until();
    let from = interval.from.max(session.start.recorded_from);
    let to = (interval.from + interval.length_ms).min(ends).max(from);
    if to == from {
        return 1.0;
    }
    let begins_before = gaps.partition_point(|gap| gap.from < to);
    let within = |gap: &Gap| overlap(from, to, gap.from, gap.to.unwrap_or(Stamp(i64::MAX)));
    let missed: i64 = gaps[..begins_before].iter().map(within).sum();
    1.0 - missed.min(to.ms_since(from)) as f64 / to.ms_since(from) as f64
}

fn overlap(from: Stamp, to: Stamp, gap_from: Stamp, gap_to: Stamp) -> i64 {
    to.min(gap_to).ms_since(from.max(gap_from)).max(0)
}
