//! A session over time: its series in steps of ten seconds or more, and its interval rows.

use super::answer::{json, time};
use super::query::{self, Query};
use super::session_json::{GapJson, gaps_json};
use crate::domain::session::Gap;
use crate::domain::time::Stamp;
use crate::domain::totals::{Bin, BinViewers, Counts, IntervalRow};
use crate::web::error::Trouble;
use crate::web::sight::{Sight, flat};
use crate::web::state::AppState;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

/// More would be megabytes: two days in steps of ten seconds.
const MAX_POINTS: i64 = 17_280;

#[derive(Serialize)]
struct Series<S: Sight> {
    session_id: String,
    interval_ms: i64,
    /// Whether more will come.
    running: bool,
    points: Vec<Point<S>>,
    /// Every gap of the session.
    gaps: Vec<GapJson>,
}

/// One step. In a gap nothing is known, so everything is null.
#[derive(Serialize)]
struct Point<S: Sight> {
    t: String,
    /// At the end of the step.
    viewers: Option<i64>,
    viewers_min: Option<i64>,
    viewers_max: Option<i64>,
    likes: Option<i64>,
    comments: Option<i64>,
    gifts: Option<i64>,
    #[serde(flatten, serialize_with = "flat")]
    money: S::Money<Diamonds<Option<i64>>>,
    follows: Option<i64>,
    shares: Option<i64>,
    joins: Option<i64>,
    /// Likes that became known here but were given in a gap before.
    #[serde(skip_serializing_if = "is_zero")]
    likes_in_gap: i64,
}

/// What the gifts of a step are worth.
#[derive(Serialize)]
struct Diamonds<N> {
    diamonds: N,
}

#[derive(Serialize)]
struct Intervals<S: Sight> {
    session_id: String,
    intervals: Vec<Interval<S>>,
}

#[derive(Serialize)]
struct Interval<S: Sight> {
    t: String,
    length_ms: i64,
    /// At the end of the interval.
    viewers: Option<i64>,
    viewers_avg: Option<f64>,
    viewers_min: Option<i64>,
    viewers_max: Option<i64>,
    viewer_change: Option<i64>,
    likes: i64,
    comments: i64,
    gifts: i64,
    #[serde(flatten, serialize_with = "flat")]
    money: S::Money<Diamonds<i64>>,
    follows: i64,
    shares: i64,
    joins: i64,
    activity_score: Option<f64>,
    top_gifter_user_id: Option<String>,
}

/// `GET /api/v1/sessions/{id}/series`
pub async fn series<S: Sight>(
    req: HttpRequest,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let query = Query::of(&req, &["interval", "from", "to", "since"])?;
    let interval_ms = query.interval_ms()?;
    let session = query::detailed(&state, &id).await?;
    let id = session.id;
    let now = state.now();
    let span = Span {
        from: query.from("from")?.max(query.from("since")?).unwrap_or(session.start.recorded_from),
        to: query.to("to")?.unwrap_or(Stamp(i64::MAX)).min(session.ended_at.unwrap_or(now)),
    };
    let span = span.within_session(session.start.recorded_from, interval_ms);
    if span.to.ms_since(span.from) / interval_ms > MAX_POINTS {
        let reason = format!("gives more than {MAX_POINTS} points for this stretch; use a longer one");
        return Err(Trouble::invalid("interval", &reason));
    }
    let bins = state.store.series(id, span.from, span.to).await?;
    let gaps = state.store.gaps(id).await?;
    let points = points(&bins, &gaps, span, interval_ms, now);
    let running = session.ended_at.is_none();
    Ok(json(
        &req,
        &Series::<S> {
            session_id: id.to_string(),
            interval_ms,
            running,
            points,
            gaps: gaps_json(&gaps, now),
        },
    ))
}

/// `GET /api/v1/sessions/{id}/intervals`
pub async fn intervals<S: Sight>(
    req: HttpRequest,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    Query::of(&req, &[])?;
    let id = query::detailed(&state, &id).await?.id;
    let intervals = state.store.intervals(id).await?.iter().map(interval).collect();
    Ok(json(&req, &Intervals::<S> { session_id: id.to_string(), intervals }))
}

/// From a first moment up to, not including, a last one.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: Stamp,
    to: Stamp,
}

impl Span {
    /// The span from the start of the step that holds its beginning.
    fn within_session(self, recorded_from: Stamp, interval_ms: i64) -> Self {
        Self { from: self.from.max(recorded_from).floor_to(interval_ms), to: self.to }
    }
}

/// One point for each step of the span. A step that lies in a gap has nothing; one that merely has
/// no bin was quiet.
fn points<S: Sight>(bins: &[Bin], gaps: &[Gap], span: Span, interval_ms: i64, now: Stamp) -> Vec<Point<S>> {
    let mut bins = bins.iter().peekable();
    let mut points = Vec::new();
    let mut from = span.from;
    while from < span.to {
        let to = from + interval_ms;
        let mut step = Step::default();
        while let Some(bin) = bins.next_if(|bin| bin.from < to) {
            step.add(bin);
        }
        let is_in_gap =
            || gaps.iter().any(|gap| gap.from <= from && gap.to.unwrap_or(now.max(to)) >= to.min(span.to));
        points.push(step.point(from, step.seen || !is_in_gap()));
        from = to;
    }
    points
}

/// The bins of one step, added up.
#[derive(Default)]
struct Step {
    seen: bool,
    viewers: BinViewers,
    counts: Counts,
    likes_in_gap: i64,
}

impl Step {
    fn add(&mut self, bin: &Bin) {
        self.seen = true;
        self.likes_in_gap += bin.likes_in_gap;
        self.counts += bin.counts;
        self.viewers += bin.viewers;
    }

    fn point<S: Sight>(&self, from: Stamp, is_known: bool) -> Point<S> {
        let known = |count: i64| is_known.then_some(count);
        let viewers = &self.viewers;
        Point {
            t: time(from),
            viewers: viewers.last,
            viewers_min: viewers.last.map(|_| viewers.min),
            viewers_max: viewers.last.map(|_| viewers.max),
            likes: known(self.counts.likes),
            comments: known(self.counts.comments),
            gifts: known(self.counts.gift_units),
            money: S::money(|| Diamonds { diamonds: known(self.counts.diamonds) }),
            follows: known(self.counts.follows),
            shares: known(self.counts.shares),
            joins: known(self.counts.joins),
            likes_in_gap: self.likes_in_gap,
        }
    }
}

fn interval<S: Sight>(row: &IntervalRow) -> Interval<S> {
    let viewers = row.viewers;
    let known = viewers.last.is_some();
    Interval {
        t: time(row.from),
        length_ms: row.length_ms,
        viewers: viewers.last,
        viewers_avg: viewers.average(),
        viewers_min: known.then_some(viewers.min),
        viewers_max: known.then_some(viewers.max),
        viewer_change: row.viewer_change,
        likes: row.counts.likes,
        comments: row.counts.comments,
        gifts: row.counts.gift_units,
        money: S::money(|| Diamonds { diamonds: row.counts.diamonds }),
        follows: row.counts.follows,
        shares: row.counts.shares,
        joins: row.counts.joins,
        activity_score: row.activity_score,
        top_gifter_user_id: row.top_gifter.map(|gifter| gifter.to_string()),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form serde asks for")]
fn is_zero(count: &i64) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::session::GapCause;
    use crate::domain::totals::BIN_MS;
    use crate::web::sight::{Moneyless, WithMoney};
    use serde_json::json;

    fn bin(from_s: i64, viewers: Option<i64>, likes: i64) -> Bin {
        let viewers = viewers.map_or_else(BinViewers::default, |last| BinViewers {
            last: Some(last),
            min: last - 1,
            max: last + 1,
            viewer_ms: last * BIN_MS,
            known_ms: BIN_MS,
        });
        Bin {
            from: Stamp(from_s * 1000),
            viewers,
            counts: Counts { likes, ..Counts::default() },
            likes_in_gap: 0,
        }
    }

    fn gap(from_s: i64, to_s: Option<i64>) -> Gap {
        let to = to_s.map(|to_s| Stamp(to_s * 1000));
        Gap { from: Stamp(from_s * 1000), to, cause: GapCause::Disconnected }
    }

    fn shown(bins: &[Bin], gaps: &[Gap], to_s: i64, interval_ms: i64) -> Vec<(Option<i64>, Option<i64>)> {
        let span = Span { from: Stamp(0), to: Stamp(to_s * 1000) };
        let points = points::<WithMoney>(bins, gaps, span, interval_ms, Stamp(to_s * 1000));
        points.iter().map(|point| (point.viewers, point.likes)).collect()
    }

    #[test]
    fn a_step_in_a_gap_is_unknown_and_a_quiet_one_is_zero() {
        let bins = [bin(0, Some(5), 3), bin(10, None, 2), bin(40, Some(9), 1)];
        assert_eq!(
            shown(&bins, &[gap(18, Some(41))], 60, BIN_MS),
            [
                (Some(5), Some(3)),
                (None, Some(2)),
                (None, None),
                (None, None),
                (Some(9), Some(1)),
                (None, Some(0)),
            ]
        );
    }

    #[test]
    fn diamonds_are_a_member_of_steps_and_intervals_for_the_owner_alone() {
        fn members<S: Sight>() -> [Option<serde_json::Value>; 2] {
            let counts = Counts { gift_units: 3, diamonds: 7_919, ..Counts::default() };
            let step = Step { counts, ..Step::default() };
            let row = IntervalRow { counts, ..IntervalRow::default() };
            let lines = [json!(step.point::<S>(Stamp(0), true)), json!(interval::<S>(&row))];
            lines.map(|line| {
                assert_eq!(line["gifts"], json!(3));
                line.get("diamonds").cloned()
            })
        }
        assert_eq!(members::<WithMoney>(), [Some(json!(7_919)), Some(json!(7_919))]);
        assert_eq!(members::<Moneyless>(), [None, None]);
    }

    #[test]
    fn a_gap_that_lasts_leaves_the_end_unknown() {
        let bins = [bin(0, Some(5), 3)];
        assert_eq!(
            shown(&bins, &[gap(10, None)], 25, BIN_MS),
            [(Some(5), Some(3)), (None, None), (None, None)]
        );
    }

    #[test]
    fn wider_steps_add_up_and_keep_least_and_most() {
        let bins = [bin(0, Some(5), 3), bin(10, Some(50), 4), bin(20, None, 1), bin(30, Some(2), 1)];
        let span = Span { from: Stamp(0), to: Stamp(40_000) };
        let points = points::<WithMoney>(&bins, &[], span, 30_000, Stamp(40_000));
        let shown: Vec<_> =
            points.iter().map(|p| (p.viewers, p.viewers_min, p.viewers_max, p.likes)).collect();
        assert_eq!(shown, [(Some(50), Some(4), Some(51), Some(8)), (Some(2), Some(1), Some(3), Some(1))]);
    }
}
