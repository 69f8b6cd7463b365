//! The sessions of one or all creators, newest first.

use crate::domain::ids::SessionId;
use crate::domain::session::{Gap, SessionStart};
use crate::domain::time::Stamp;
use crate::domain::totals::{SessionTotals, ViewerTotals};

/// One session as the list shows it, together with the earlier ones it continues.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionSummary {
    pub id: SessionId,
    pub start: SessionStart,
    /// `None` while it runs.
    pub ended_at: Option<Stamp>,
    pub totals: SessionTotals,
    /// Connected time divided by session time, 0 to 1.
    pub coverage: f64,
    pub gaps: Vec<Gap>,
    pub notes: String,
    /// Viewers in a few dozen equal steps, `None` where they were not known.
    pub spark: Vec<Option<i64>>,
    /// Sessions of the same broadcast evening that ended shortly before, oldest first.
    pub earlier: Vec<Self>,
}

/// A page of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionPage {
    pub sessions: Vec<SessionSummary>,
    /// From 1.
    pub number: u32,
    pub has_more: bool,
}

/// What a session and the earlier parts it continues add up to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Whole {
    pub from: Stamp,
    /// `None` while the last part runs.
    pub to: Option<Stamp>,
    /// Recorded time of all parts, without the pauses between them, in milliseconds.
    pub length_ms: i64,
    pub viewers: ViewerTotals,
    pub diamonds_to_creator: i64,
    pub estimated: bool,
    pub follows: i64,
    pub coverage: f64,
}

impl SessionSummary {
    /// From its first recorded moment to its end, or to `now`, in milliseconds.
    #[must_use]
    pub fn length_ms(&self, now: Stamp) -> i64 {
        self.ended_at.unwrap_or(now).ms_since(self.start.recorded_from).max(0)
    }

    /// This session and its earlier parts as one.
    #[must_use]
    pub fn whole(&self, now: Stamp) -> Whole {
        let mut whole = Whole {
            from: self.earlier.first().unwrap_or(self).start.recorded_from,
            to: self.ended_at,
            length_ms: 0,
            viewers: self.totals.viewers,
            diamonds_to_creator: 0,
            estimated: false,
            follows: 0,
            coverage: 0.0,
        };
        let mut connected_ms = 0.0;
        for part in self.earlier.iter().chain([self]) {
            let length_ms = part.length_ms(now);
            whole.length_ms += length_ms;
            connected_ms += part.coverage * length_ms as f64;
            whole.diamonds_to_creator += part.totals.diamonds_to_creator;
            whole.estimated |= part.totals.is_estimated();
            whole.follows += part.totals.follows;
        }
        for part in &self.earlier {
            let viewers = part.totals.viewers;
            whole.viewers.viewer_ms += viewers.viewer_ms;
            whole.viewers.known_ms += viewers.known_ms;
            if viewers.peak > whole.viewers.peak {
                (whole.viewers.peak, whole.viewers.peak_at) = (viewers.peak, viewers.peak_at);
            }
        }
        whole.coverage =
            if whole.length_ms > 0 { connected_ms / whole.length_ms as f64 } else { self.coverage };
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::handle::Handle;
    use crate::domain::ids::RoomId;
    use crate::domain::session::Origin;

    fn part(id: i64, from_min: i64, to_min: i64, peak: i64, diamonds: i64, coverage: f64) -> SessionSummary {
        let (from, to) = (Stamp(from_min * 60_000), Stamp(to_min * 60_000));
        SessionSummary {
            id: SessionId(id),
            start: SessionStart {
                creator: Handle::parse("mira").expect("valid"),
                room: RoomId(id),
                host: None,
                title: String::new(),
                live_since: None,
                recorded_from: from,
                continues: None,
                origin: Origin::Live,
            },
            ended_at: Some(to),
            totals: SessionTotals {
                diamonds_to_creator: diamonds,
                viewers: ViewerTotals {
                    peak: Some(peak),
                    viewer_ms: peak * to.ms_since(from),
                    known_ms: to.ms_since(from),
                    ..ViewerTotals::default()
                },
                ..SessionTotals::default()
            },
            coverage,
            gaps: Vec::new(),
            notes: String::new(),
            spark: Vec::new(),
            earlier: Vec::new(),
        }
    }

    #[test]
    fn a_continued_session_counts_its_earlier_part_but_not_the_break_between() {
        let mut session = part(2, 40, 70, 50, 10, 1.0);
        session.earlier = vec![part(1, 0, 30, 80, 5, 0.5)];
        let whole = session.whole(Stamp(0));
        assert_eq!(whole.from, Stamp(0));
        assert_eq!(whole.length_ms, 60 * 60_000);
        assert_eq!(whole.diamonds_to_creator, 15);
        assert_eq!(whole.viewers.peak, Some(80));
        assert_eq!(whole.viewers.average(), Some(65.0));
        assert!((whole.coverage - 0.75).abs() < 1e-9);
    }
}
