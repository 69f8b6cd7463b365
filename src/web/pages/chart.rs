//! The signature chart: viewers above, one lane for each driver, and the same numbers as a table.

use super::changed::ChangedForm;
use super::live::View;
use crate::domain::ids::SessionId;
use crate::domain::session::Gap;
use crate::domain::time::Stamp;
use crate::domain::totals::{BIN_MS, BattleFacts, Bin, Counts};
use crate::reports::sessions::SessionSummary;
use crate::web::look::Look;
use crate::web::sight::Sight;
use crate::web::views;
use crate::words::{Lang, Words};
use askama::Template;
use serde_json::json;

/// The series of the product, in the order in which they are always shown.
pub const DRIVERS: [&str; 5] = ["likes", "comments", "gifts", "follows", "shares"];

/// Steps of the chart in seconds.
const STEPS: [i64; 7] = [10, 20, 30, 60, 120, 300, 600];
/// Steps of the table in seconds, and the rows it aims for.
const TABLE_STEPS: [i64; 4] = [60, 300, 600, 1800];
const MOST_ROWS: i64 = 36;
/// How often a running chart asks for what is new, in milliseconds.
pub(super) const EVERY_MS: u32 = 5000;

#[derive(Template)]
#[template(path = "fragments/chart.html")]
pub struct Chart {
    pub w: &'static Words,
    /// Whether gifts are counted in diamonds.
    pub diamonds: bool,
    pub zone: String,
    /// Everything the script needs, as JSON for a `data-` attribute.
    pub data: String,
    pub empty: bool,
    pub label: String,
    /// The clock at both ends.
    pub from: String,
    pub to: String,
    pub windows: Vec<WindowLink>,
    pub lanes: Vec<Lane>,
    pub picks: Vec<Pick>,
    pub table: Vec<TableRow>,
    pub table_caption: String,
    pub notes: Vec<String>,
    pub changed: ChangedForm,
    /// The chart as a picture and as numbers, for whoever may save it: what the link says, and where it leads.
    pub files: Vec<(&'static str, String)>,
}

pub struct WindowLink {
    pub href: String,
    pub text: String,
    pub current: bool,
}

pub struct Lane {
    pub key: &'static str,
    pub name: String,
    pub hidden: bool,
    /// The newest value, shown until the script takes over.
    pub now: String,
    pub diamonds: bool,
    /// Whether an outlier flattens the rest, so that it may be cut off.
    pub clips: bool,
}

/// One choice of the lane picker on phones.
pub struct Pick {
    pub key: &'static str,
    pub name: String,
    pub checked: bool,
}

pub struct TableRow {
    pub time: String,
    /// `None` where nothing was recorded.
    pub cells: Option<Vec<String>>,
}

/// What a chart shows: a stretch of a session.
pub struct Subject<'a> {
    pub session: SessionId,
    pub bins: &'a [Bin],
    pub gaps: &'a [Gap],
    pub battles: &'a [BattleFacts],
    /// The newest moment; rates of a step that is not over by then are not shown yet.
    pub at: Stamp,
    pub running: bool,
    /// Whether any value rests on an estimate.
    pub estimated: bool,
    /// The moment to show first.
    pub shown: Option<Stamp>,
}

impl<'a> Subject<'a> {
    /// A session up to `at`.
    #[must_use]
    pub fn of_session(
        summary: &'a SessionSummary,
        bins: &'a [Bin],
        battles: &'a [BattleFacts],
        at: Stamp,
    ) -> Self {
        Self {
            session: summary.id,
            bins,
            gaps: &summary.gaps,
            battles,
            at,
            running: summary.ended_at.is_none(),
            estimated: summary.totals.is_estimated(),
            shown: None,
        }
    }
}

impl Chart {
    /// The chart of a subject, with the lanes that `view` names, and the form under it.
    #[must_use]
    pub fn new<S: Sight>(
        subject: &Subject,
        view: &View,
        windows: Vec<WindowLink>,
        changed: ChangedForm,
        look: &Look,
    ) -> Self {
        let w = look.words();
        let step = step_s(subject.bins, look);
        let points = slots(subject, step);
        let zone = views::zone_at(look.zone, subject.at);
        let (from, to) = match (subject.bins.first(), subject.bins.last()) {
            (Some(first), Some(last)) => (first.from, last.from + BIN_MS),
            _ => (subject.at, subject.at),
        };
        let (from, to) = (views::clock(look, from), views::clock(look, to));
        let ends =
            [("from", from.as_str().into()), ("to", to.as_str().into()), ("zone", zone.as_str().into())];
        let label = w.with("chart-label", ends);
        let shown: Vec<_> = DRIVERS.into_iter().filter(|key| view.shows(key)).collect();
        let lane = |key: &'static str| Lane {
            key,
            name: w.t(series_key(key)).into_owned(),
            hidden: key != "viewers" && !shown.contains(&key),
            now: newest::<S>(&points, key, step, subject.at)
                .map_or(views::NOTHING.to_owned(), |n| views::count(look.lang, n)),
            diamonds: key == "gifts" && S::MONEY,
            clips: flattened::<S>(&points, key, step, subject.at),
        };
        let pick = |key| Pick {
            key,
            name: w.t(series_key(key)).into_owned(),
            checked: shown.first() == Some(&key) || (shown.is_empty() && key == DRIVERS[0]),
        };
        Self {
            w,
            diamonds: S::MONEY,
            data: script_data::<S>(subject, &points, step, view, changed.chosen, look),
            empty: points.iter().flatten().all(|point| point.viewers.is_none()) && points.len() < 2,
            label,
            from,
            to,
            windows,
            lanes: ["viewers"].into_iter().chain(DRIVERS).map(lane).collect(),
            picks: DRIVERS.into_iter().map(pick).collect(),
            table: table::<S>(subject, look),
            table_caption: w.with("chart-caption", [("zone", zone.clone().into())]),
            notes: notes(subject, look),
            changed,
            zone,
            files: super::files(look, |kind| {
                format!("/sessions/{}/chart.{kind}{}", subject.session, view.file_query())
            }),
        }
    }
}

/// The locale key of a series' name.
#[must_use]
pub fn series_key(key: &str) -> &'static str {
    match key {
        "likes" => "likes",
        "comments" => "comments",
        "gifts" => "gifts",
        "follows" => "follows",
        "shares" => "shares",
        _ => "viewers",
    }
}

/// What a series counts in a bin.
#[must_use]
pub fn counted<S: Sight>(counts: &Counts, key: &str) -> i64 {
    match key {
        "likes" => counts.likes,
        "comments" => counts.comments,
        "gifts" => S::gifts(counts),
        "follows" => counts.follows,
        _ => counts.shares,
    }
}

/// How much of a stretch of time lies in gaps, in milliseconds.
#[must_use]
pub fn away_ms(gaps: &[Gap], from: Stamp, to: Stamp, now: Stamp) -> i64 {
    gaps.iter().map(|gap| gap.to.unwrap_or(now).min(to).ms_since(gap.from.max(from)).max(0)).sum()
}

/// The step of a chart of these bins, in seconds.
#[must_use]
pub fn step_s(bins: &[Bin], look: &Look) -> i64 {
    let span_s = span_s(bins);
    STEPS.into_iter().find(|step| span_s / step <= i64::from(look.chart_points)).unwrap_or(600)
}

/// A step of the chart. A step without a single bin is a hole if any of it lies in a gap; else it was quiet.
pub struct Point {
    pub from: Stamp,
    pub viewers: Option<i64>,
    pub counts: Counts,
}

fn span_s(bins: &[Bin]) -> i64 {
    match (bins.first(), bins.last()) {
        (Some(first), Some(last)) => last.from.ms_since(first.from) / 1000 + BIN_MS / 1000,
        _ => 0,
    }
}

/// The bins gathered into steps of `step` seconds from the first one on, with holes where nothing could be seen.
#[must_use]
pub fn slots(subject: &Subject, step: i64) -> Vec<Option<Point>> {
    let (bins, step_ms) = (subject.bins, step * 1000);
    let Some(first) = bins.first().map(|bin| bin.from.floor_to(step_ms)) else { return Vec::new() };
    let mut points: Vec<Option<Point>> = Vec::new();
    let mut before = None;
    for bin in bins {
        let at = usize::try_from(bin.from.floor_to(step_ms).ms_since(first) / step_ms).unwrap_or(0);
        if at >= points.len() {
            before = points.last().and_then(|point| point.as_ref()?.viewers);
            points.resize_with(at + 1, || None);
        }
        let point = points[at].get_or_insert(Point {
            from: first + at as i64 * step_ms,
            viewers: None,
            counts: Counts::default(),
        });
        if bin.viewers.last.is_some() {
            // Of a step's smallest and largest value, the one that departs more from the step before is
            // kept, so that no peak or dip disappears when many bins become one.
            let candidates = [point.viewers, Some(bin.viewers.min), Some(bin.viewers.max), bin.viewers.last];
            point.viewers = match before {
                Some(before) => candidates.into_iter().flatten().max_by_key(|value| (value - before).abs()),
                None => bin.viewers.last,
            };
        }
        point.counts += bin.counts;
    }
    for (i, point) in points.iter_mut().enumerate().filter(|(_, point)| point.is_none()) {
        let from = first + i as i64 * step_ms;
        if away_ms(subject.gaps, from, from + step_ms, subject.at) == 0 {
            *point = Some(Point { from, viewers: None, counts: Counts::default() });
        }
    }
    points
}

/// A step that is not over, or that a session ended in, would look like a fall.
fn over(point: &Point, step: i64, at: Stamp) -> bool {
    point.from + step * 1000 <= at
}

/// The newest value of a series: viewers as they are, the rest per minute.
fn newest<S: Sight>(points: &[Option<Point>], key: &str, step: i64, at: Stamp) -> Option<i64> {
    if key == "viewers" {
        return points.iter().flatten().rev().find_map(|point| point.viewers);
    }
    let point = points.iter().rev().flatten().find(|point| over(point, step, at))?;
    Some(counted::<S>(&point.counts, key) * 60 / step)
}

/// Whether one value in a hundred lies far above the rest: what choose.js offers to cut off.
fn flattened<S: Sight>(points: &[Option<Point>], key: &str, step: i64, at: Stamp) -> bool {
    const ENOUGH: usize = 60;
    let value = |point: &Point| match key {
        "viewers" => point.viewers,
        driver => over(point, step, at).then(|| counted::<S>(&point.counts, driver)),
    };
    let mut known: Vec<_> = points.iter().flatten().filter_map(value).collect();
    known.sort_unstable();
    let usual = known.get((known.len() * 99 / 100).wrapping_sub(1)).copied().unwrap_or(0);
    known.len() >= ENOUGH && usual > 0 && known.last().is_some_and(|most| most * 2 > usual * 3)
}

fn script_data<S: Sight>(
    subject: &Subject,
    points: &[Option<Point>],
    step: i64,
    view: &View,
    chosen: Option<(i64, i64)>,
    look: &Look,
) -> String {
    let seconds = |at: Stamp| at.0 / 1000;
    let first = subject.bins.first().map_or(0, |bin| seconds(bin.from.floor_to(step * 1000)));
    let times: Vec<_> = (0..points.len() as i64).map(|i| first + i * step).collect();
    let rates = |key: &str| -> Vec<Option<i64>> {
        let value = |point: &Point| counted::<S>(&point.counts, key);
        points
            .iter()
            .map(|point| point.as_ref().filter(|point| over(point, step, subject.at)).map(value))
            .collect()
    };
    let viewers: Vec<_> = points.iter().map(|point| point.as_ref()?.viewers).collect();
    let gaps: Vec<_> = subject
        .gaps
        .iter()
        .map(|gap| json!({"from": seconds(gap.from), "to": gap.to.map(seconds), "label": gap_label(gap, subject.at, look)}))
        .collect();
    let w = look.words();
    let battles: Vec<_> = subject
        .battles
        .iter()
        .map(|battle| json!({"from": seconds(battle.started_at), "to": battle.ended_at.map(seconds), "label": w.t("battle")}))
        .collect();
    let source = format!("{}/api/v1/sessions/{}/series?interval={step}s", look.root, subject.session);
    json!({
        "t": times,
        "step": step,
        "span": view.window.span_s(),
        "offset": views::zone_offset_s(look.zone, subject.at),
        "series": {
            "viewers": viewers,
            "likes": rates("likes"),
            "comments": rates("comments"),
            "gifts": rates("gifts"),
            "follows": rates("follows"),
            "shares": rates("shares"),
        },
        "gifts": if S::MONEY { "diamonds" } else { "gifts" },
        "usual": super::live::USUAL_LANES,
        "gaps": gaps,
        "battles": battles,
        "chosen": chosen,
        "shown": subject.shown.map(seconds),
        "source": subject.running.then_some(source),
        "every": look.every_ms(EVERY_MS),
        "words": {
            "none": views::NOTHING,
            "colon": if look.lang == Lang::En { ":" } else { "." },
            "gap": w.t("no-data"),
            "clip": w.t("chart-clip"),
            "clipped": w.with("chart-clipped", [("most", "{most}".into())]),
        },
    })
    .to_string()
}

/// `No data 1m 40s`.
#[must_use]
pub fn gap_label(gap: &Gap, now: Stamp, look: &Look) -> String {
    look.words().with("no-data-for", [("dur", views::duration(look.lang, gap.ms(now)).into())])
}

#[must_use]
pub fn table<S: Sight>(subject: &Subject, look: &Look) -> Vec<TableRow> {
    let span_s = span_s(subject.bins);
    let step = TABLE_STEPS.into_iter().find(|step| span_s / step <= MOST_ROWS).unwrap_or(1800);
    let first = subject.bins.first().map_or(subject.at, |bin| bin.from.floor_to(step * 1000));
    let points = slots(subject, step);
    let cells = |point: &Point| {
        let viewers = point.viewers.map_or(views::NOTHING.to_owned(), |n| views::count(look.lang, n));
        let drivers = DRIVERS.iter().map(|key| {
            let n = counted::<S>(&point.counts, key);
            if *key == "gifts" && S::MONEY {
                super::leaderboard::approximate(look, n, subject.estimated && n > 0)
            } else {
                views::count(look.lang, n)
            }
        });
        [viewers].into_iter().chain(drivers).collect()
    };
    let row = |(i, point): (usize, &Option<Point>)| TableRow {
        time: views::clock(look, first + i as i64 * step * 1000),
        cells: point.as_ref().map(cells),
    };
    points.iter().enumerate().map(row).collect()
}

/// What the hatching and the grey bands mean, where there are any.
#[must_use]
pub fn notes(subject: &Subject, look: &Look) -> Vec<String> {
    let w = look.words();
    let mut notes = Vec::new();
    let from = subject.bins.first().map_or(subject.at, |bin| bin.from);
    let away_ms: i64 = subject
        .gaps
        .iter()
        .filter(|gap| gap.to.is_none_or(|to| to > from))
        .map(|gap| gap.ms(subject.at))
        .sum();
    if away_ms > 0 {
        notes.push(w.with("chart-hatched", [("dur", views::duration(look.lang, away_ms).into())]));
    }
    if subject.battles.iter().any(|battle| battle.ended_at.is_none_or(|to| to > from)) {
        notes.push(w.t("chart-grey").into_owned());
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::session::GapCause;
    use crate::domain::totals::BinViewers;

    fn bin(at_s: i64, viewers: i64, likes: i64) -> Bin {
        Bin {
            from: Stamp(at_s * 1000),
            viewers: BinViewers { last: Some(viewers), min: viewers, max: viewers, ..BinViewers::default() },
            counts: Counts { likes, ..Counts::default() },
            likes_in_gap: 0,
        }
    }

    fn subject<'a>(bins: &'a [Bin], gaps: &'a [Gap]) -> Subject<'a> {
        let at = Stamp(3_600_000);
        Subject {
            session: SessionId(1),
            bins,
            gaps,
            battles: &[],
            at,
            running: true,
            estimated: false,
            shown: None,
        }
    }

    #[test]
    fn a_step_in_a_gap_is_a_hole_and_a_quiet_one_is_zero() {
        let bins = [bin(0, 5, 1), bin(10, 6, 2), bin(60, 9, 4), bin(100, 9, 1)];
        let gap = Gap { from: Stamp(20_000), to: Some(Stamp(60_000)), cause: GapCause::Disconnected };
        let gaps = [gap];
        let points = slots(&subject(&bins, &gaps), 20);
        let viewers: Vec<_> = points.iter().map(|point| point.as_ref().map(|point| point.viewers)).collect();
        assert_eq!(viewers, [Some(Some(6)), None, None, Some(Some(9)), Some(None), Some(Some(9))]);
        let likes: Vec<_> =
            points.iter().map(|point| point.as_ref().map(|point| point.counts.likes)).collect();
        assert_eq!(likes, [Some(3), None, None, Some(4), Some(0), Some(1)], "gathering loses nothing");
    }

    #[test]
    fn gathering_keeps_a_peak_that_lasted_ten_seconds() {
        let mut bins: Vec<_> = (0..60).map(|i| bin(i * 10, 100, 0)).collect();
        bins[31] = bin(310, 900, 0);
        let peak = slots(&subject(&bins, &[]), 120).iter().flatten().filter_map(|point| point.viewers).max();
        assert_eq!(peak, Some(900));
    }
}
