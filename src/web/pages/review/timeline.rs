//! The session over time: verdict, chart, moments and intervals, and what it all adds up to.

use super::super::changed::ChangedForm;
use super::super::chart::{Chart, DRIVERS, Subject, WindowLink};
use super::super::leaderboard::approximate;
use super::super::live::{Mark, USUAL_LANES, View};
use super::super::metric::{Metric, MetricName};
use super::super::moments::{Moments, Told};
use super::super::shell::Visit;
use super::super::verdict::Verdict;
use super::super::worth::Worth;
use crate::analytics::metrics::{Held, hold_curve, metrics};
use crate::domain::answer::{Answer, Cause};
use crate::domain::marker::Marker;
use crate::domain::time::Stamp;
use crate::domain::totals::{Bin, SessionTotals};
use crate::reports::audience::Crowd;
use crate::reports::review::{ReviewedInterval, SessionReview};
use crate::reports::sessions::SessionSummary;
use crate::web::look::Look;
use crate::web::sight::{Held as _, Sight};
use crate::web::views;
use crate::words::Words;
use askama::Template;
use std::sync::Arc;

/// So many of the largest changes are listed by themselves.
const TOP_MOMENTS: usize = 5;

#[derive(Template)]
#[template(path = "review/timeline.html")]
pub struct Timeline<S: Sight> {
    pub w: &'static Words,
    pub session: String,
    pub zone: String,
    /// The verdict, rendered; empty if there is no answer.
    pub verdict: String,
    pub metrics: Vec<MetricFigure>,
    pub figures: Vec<Figure<S>>,
    pub chart: Chart,
    pub top: Vec<TopMoment>,
    pub moments: String,
    /// For whoever may mark moments.
    pub mark: Option<Mark>,
    pub mark_at: String,
    pub hold: Option<Hold>,
    pub intervals: Vec<IntervalRow<S>>,
    pub interval_caption: String,
    pub pauses: Vec<(String, String)>,
}

/// A number that needs its meaning said.
pub struct MetricFigure {
    /// Its name with a button, rendered.
    pub name: String,
    pub value: String,
    pub note: String,
}

/// A total with its label.
pub struct Figure<S: Sight> {
    pub label: String,
    pub value: String,
    /// Of a value in diamonds.
    pub diamonds: S::Money<Option<Diamonds>>,
    pub note: String,
}

/// What there is to say of diamonds beside their number.
pub struct Diamonds {
    /// Stands before the number.
    pub worth: Option<Worth>,
}

/// One of the largest changes of viewers.
pub struct TopMoment {
    pub number: usize,
    pub href: String,
    pub time: String,
    pub viewers: String,
    pub change: String,
    pub direction: &'static str,
    /// The driver that came before it, with its words, or what else is known.
    pub series: &'static str,
    pub first: String,
}

/// The hold curve as areas of an SVG of 1000 by 100, and as a table.
pub struct Hold {
    pub name: String,
    pub areas: Vec<String>,
    pub rows: Vec<(String, String)>,
    /// The curve in words.
    pub said: String,
    pub to: String,
    /// The curve as a picture and as numbers: what the link says, and where it leads. For whoever may save.
    pub files: Vec<(&'static str, String)>,
}

pub struct IntervalRow<S: Sight> {
    pub time: String,
    pub viewers: String,
    pub average: String,
    pub range: String,
    pub change: String,
    pub direction: &'static str,
    pub likes: String,
    pub comments: String,
    pub gifts: String,
    pub diamonds: S::Money<String>,
    pub follows: String,
    pub shares: String,
    pub score: String,
    pub top_gifter: String,
    /// Nothing at all is known of viewers in it.
    pub unknown: bool,
}

/// Why viewers changed in a session, and what else its page is asked to show.
#[derive(Default)]
pub struct Explained {
    /// `None` if there is nothing to answer from.
    pub answer: Option<Arc<Answer>>,
    pub markers: Vec<Marker>,
    /// What changed between two times, if that is asked.
    pub changed: Option<ChangedForm>,
    /// The place to show, in milliseconds since the session began.
    pub shown_ms: Option<i64>,
}

impl<S: Sight> Timeline<S> {
    /// # Errors
    ///
    /// [`askama::Error`] if a fragment cannot be rendered.
    pub fn new(
        visit: &Visit<S>,
        review: &SessionReview,
        crowd: &Crowd,
        explained: &Explained,
        on: &str,
    ) -> Result<Self, askama::Error> {
        let look = &visit.look;
        let w = look.words();
        let summary = &review.summary;
        let whole_view = View::whole(on);
        let start = summary.start.recorded_from;
        let end = super::end(summary, visit.now);
        let subject = Subject {
            running: false,
            shown: explained.shown_ms.map(|ms| start + ms),
            ..Subject::of_session(summary, &review.bins, &review.battles, end)
        };
        let gift_names = review.gifts.iter().map(|gift| (gift.gift, gift.name.clone())).collect();
        let told = Told {
            session: summary.id,
            began: start,
            answer: explained.answer.as_deref(),
            markers: &explained.markers,
            gifts: &gift_names,
            since: None,
        };
        let verdict = explained.answer.as_ref().map(|answer| {
            Verdict::of_session(summary.id, answer, summary.totals.viewers.peak, look).render()
        });
        let changed = explained.changed.clone().unwrap_or_else(|| changed_form(summary, on, look));
        let pause_row = |pause: &crate::domain::record::Pause| {
            let length_ms = pause.to.unwrap_or(end).ms_since(pause.from);
            (views::clock(look, pause.from), views::duration(look.lang, length_ms))
        };
        Ok(Self {
            w,
            session: summary.id.to_string(),
            zone: views::zone_at(look.zone, start),
            verdict: verdict.transpose()?.unwrap_or_default(),
            metrics: metric_figures::<S>(summary, crowd, look)?,
            figures: figures(&summary.totals, look),
            chart: Chart::new::<S>(
                &subject,
                &whole_view,
                lane_links(summary, &whole_view, look),
                changed,
                look,
            ),
            top: top_moments(&told, look),
            moments: Moments::new(&told, look).render()?,
            mark: look.may_note().then(|| Mark::new(summary.id, w)),
            mark_at: explained.shown_ms.map_or_else(String::new, |ms| views::clock(look, start + ms)),
            hold: hold(review, end, look)?,
            interval_caption: interval_caption(&review.rows, look, start),
            intervals: review.rows.iter().map(|row| interval_row(row, look, &summary.totals)).collect(),
            pauses: review.pauses.iter().map(pause_row).collect(),
        })
    }
}

/// The form that asks what changed, on the page of a session.
#[must_use]
pub fn changed_form(summary: &SessionSummary, on: &str, look: &Look) -> ChangedForm {
    let hidden = if on.is_empty() { Vec::new() } else { vec![("on", on.to_owned())] };
    ChangedForm::new(look.root.session(summary.id, ""), summary.id, hidden, look)
}

fn lane_links(summary: &SessionSummary, view: &View, look: &Look) -> Vec<WindowLink> {
    let w = look.words();
    let all = DRIVERS.iter().all(|key| view.shows(key));
    vec![
        WindowLink {
            href: look.root.session(summary.id, ""),
            text: w.t("lanes-3").into_owned(),
            current: !all,
        },
        WindowLink {
            href: look.root.session(summary.id, &format!("?on={USUAL_LANES},follows,shares")),
            text: w.t("lanes-5").into_owned(),
            current: all,
        },
    ]
}

/// Every number that compares sessions, with what it means.
fn metric_figures<S: Sight>(
    summary: &SessionSummary,
    crowd: &Crowd,
    look: &Look,
) -> Result<Vec<MetricFigure>, askama::Error> {
    let w = look.words();
    let totals = &summary.totals;
    let rates = metrics(totals, Some(crowd.people.engaged));
    let count = |n: i64| views::count(look.lang, n);
    let of = |part: i64, whole: i64| w.with("part-of", [("part", part.into()), ("whole", whole.into())]);
    let share = |share: Option<f64>| share.map(|share| views::percent(look.lang, share));
    let rate = |rate: Option<f64>| rate.map(|rate| views::rate(look.lang, rate));
    let plain = |value: Option<String>| (value, String::new());
    let peak_at = totals.viewers.peak_at.map_or_else(String::new, |at| views::clock_zone(look, at));
    let now = totals.viewers.last.filter(|_| summary.ended_at.is_none());
    let mut said = Vec::new();
    if let Some(now) = now {
        said.push((MetricName::ViewersNow, plain(Some(count(now)))));
    }
    said.extend([
        (MetricName::Average, plain(rates.average_viewers.map(|average| count(average.round() as i64)))),
        (MetricName::Peak, (totals.viewers.peak.map(count), peak_at)),
        (MetricName::ViewerHours, plain(Some(views::rate(look.lang, rates.viewer_hours)))),
        (MetricName::Engaged, (share(rates.engaged_share), of(crowd.people.engaged, totals.people))),
        (
            MetricName::FollowRate,
            (rate(rates.follow_rate), w.with("follows-count", [("n", totals.follows.into())])),
        ),
        (MetricName::GifterRate, (share(rates.gifter_rate), of(totals.unique_gifters, totals.people))),
    ]);
    let value = S::money(|| {
        let value = rates.value_rate.map(|rate| {
            let shown = views::rate(look.lang, rate);
            if totals.is_estimated() { format!("≈ {shown}") } else { shown }
        });
        (MetricName::ValueRate, plain(value))
    });
    said.extend(value.into_shown());
    let new = crowd
        .returning
        .map(|returning| format!("{} · {}", count((crowd.people.seen - returning).max(0)), count(returning)));
    said.extend([
        (MetricName::NewReturning, plain(new)),
        (
            MetricName::ReturnRate,
            match &crowd.before {
                Some((before, back)) if back.gifters > 0 => {
                    let day = views::short_day(look, *before);
                    let note = w.with(
                        "gifters-of-day",
                        [("part", back.back.into()), ("whole", back.gifters.into()), ("day", day.into())],
                    );
                    (share(Some(back.back as f64 / back.gifters as f64)), note)
                }
                _ => plain(None),
            },
        ),
        (MetricName::Coverage, plain(share(Some(summary.coverage)))),
    ]);
    said.into_iter()
        .map(|(name, (value, note))| {
            Ok(MetricFigure {
                name: Metric::new(name, w).render()?,
                value: value.unwrap_or_else(|| views::NOTHING.to_owned()),
                note,
            })
        })
        .collect()
}

#[must_use]
pub fn figures<S: Sight>(totals: &SessionTotals, look: &Look) -> Vec<Figure<S>> {
    let w = look.words();
    let count = |n: i64| views::count(look.lang, n);
    let plain = |key: &str, n: i64, note: String| Figure {
        label: w.t(key).into_owned(),
        value: count(n),
        diamonds: S::money(|| None),
        note,
    };
    let mut figures = vec![
        plain("likes", totals.likes, w.with("likes-seen", [("n", totals.likes_seen.into())])),
        plain("comments", totals.comments, w.with("people-count", [("n", totals.unique_commenters.into())])),
    ];
    figures.extend(S::money(|| money_figures(totals, look)).into_shown().into_iter().flatten());
    figures.extend([
        plain("gifts", totals.gift_units, w.with("gifters-count", [("n", totals.unique_gifters.into())])),
        plain("follows", totals.follows, String::new()),
        plain("shares", totals.shares, String::new()),
        plain("joins", totals.joins, w.with("people-count", [("n", totals.unique_joiners.into())])),
        plain("ever-entered", totals.viewers.total, w.t("by-tiktok").into_owned()),
    ]);
    figures
}

fn money_figures<S: Sight>(totals: &SessionTotals, look: &Look) -> Vec<Figure<S>> {
    let w = look.words();
    let diamonds = Figure {
        label: w.t("column-diamonds").into_owned(),
        value: views::count(look.lang, totals.diamonds_to_creator),
        diamonds: S::money(|| Some(Diamonds { worth: Worth::new("worth-session", &totals.known(), look) })),
        note: match totals.diamonds - totals.diamonds_to_creator {
            0 => String::new(),
            to_guests => w.with("plus-to-guests", [("n", to_guests.into())]),
        },
    };
    let worth = (totals.diamonds_to_creator > 0).then(|| Figure {
        label: w.t("money-label").into_owned(),
        value: format!("≈\u{a0}{}", views::money(look, totals.diamonds_to_creator)),
        diamonds: S::money(|| None),
        note: String::new(),
    });
    [diamonds].into_iter().chain(worth).collect()
}

fn top_moments(told: &Told, look: &Look) -> Vec<TopMoment> {
    let w = look.words();
    let windows = told.answer.map_or(&[][..], |answer| &answer.windows);
    let mut top: Vec<_> = (1..).zip(windows.iter().filter(|window| window.cause != Cause::Glitch)).collect();
    let size = |change: i64, viewers: i64| change.abs() as f64 / viewers.max(1) as f64;
    top.sort_by(|(_, a), (_, b)| size(b.change, b.viewers).total_cmp(&size(a.change, a.viewers)));
    top.truncate(TOP_MOMENTS);
    let row = |(number, window): (usize, &crate::domain::answer::WindowAnswer)| TopMoment {
        number,
        href: super::super::moments::address(told, window.from, look),
        time: views::clock(look, window.from),
        viewers: w.with(
            "viewers-from-to",
            [("from", window.viewers.into()), ("to", (window.viewers + window.change).into())],
        ),
        change: views::change(look.lang, window.viewers as f64, (window.viewers + window.change) as f64)
            .unwrap_or_else(|| views::signed(look.lang, window.change)),
        direction: if window.change > 0 { "up" } else { "down" },
        series: match window.cause {
            Cause::Driver(driver) => driver.as_str(),
            Cause::None | Cause::Glitch => "",
        },
        first: match window.cause {
            Cause::Driver(driver) => w.t(driver.as_str()).into_owned(),
            Cause::None | Cause::Glitch => w.t("nothing-in-room").into_owned(),
        },
    };
    top.into_iter().map(row).collect()
}

/// The hold curve of a session until `end`; `None` while too little of it is known.
#[must_use]
pub fn held(summary: &SessionSummary, bins: &[Bin], end: Stamp) -> Option<Vec<Held>> {
    let start = summary.start.recorded_from;
    let curve = hold_curve(bins, start, end.ms_since(start), summary.totals.viewers.peak?);
    (curve.iter().filter(|held| held.share.is_some()).count() >= 2).then_some(curve)
}

fn hold(review: &SessionReview, end: Stamp, look: &Look) -> Result<Option<Hold>, askama::Error> {
    let w = look.words();
    let summary = &review.summary;
    let start = summary.start.recorded_from;
    let (Some(curve), Some(peak)) = (held(summary, &review.bins, end), summary.totals.viewers.peak) else {
        return Ok(None);
    };
    // The point nearest the middle at which viewers were known.
    let middle_ms = end.ms_since(start) / 2;
    let halfway = curve
        .iter()
        .filter_map(|held| Some((held, held.share?)))
        .min_by_key(|(held, _)| (held.since_ms - middle_ms).abs());
    let said = halfway.map_or_else(String::new, |(held, share)| {
        w.with(
            "hold-said",
            [
                ("time", views::minutes(look.lang, held.since_ms).into()),
                ("share", views::percent(look.lang, share).into()),
                ("peak", peak.into()),
            ],
        )
    });
    Ok(Some(Hold {
        name: Metric::new(MetricName::Hold, w).render()?,
        areas: areas(&curve),
        rows: curve
            .iter()
            .map(|held| {
                let share =
                    held.share.map_or(views::NOTHING.to_owned(), |share| views::percent(look.lang, share));
                (views::minutes(look.lang, held.since_ms), share)
            })
            .collect(),
        said,
        to: views::minutes(look.lang, end.ms_since(start)),
        files: [("PNG", "png"), ("CSV", "csv")]
            .into_iter()
            .filter(|_| look.may_manage())
            .map(|(name, kind)| (name, format!("/sessions/{}/hold.{kind}", summary.id)))
            .collect(),
    }))
}

/// The stretches of a curve that are known, each as a path from the ground up and down again.
fn areas(curve: &[Held]) -> Vec<String> {
    let wide = 1000.0 / curve.len().max(1) as f64;
    let mut areas = Vec::new();
    for run in curve
        .iter()
        .zip(0..)
        .collect::<Vec<_>>()
        .chunk_by(|(a, _), (b, _)| a.share.is_some() == b.share.is_some())
    {
        let [(first, from), ..] = run else { continue };
        if first.share.is_none() {
            continue;
        }
        let mut path = format!("M{:.1} 100", f64::from(*from) * wide);
        for (held, at) in run {
            let high = 100.0 - held.share.unwrap_or(0.0) * 100.0;
            path += &format!("V{high:.1}H{:.1}", f64::from(at + 1) * wide);
        }
        areas.push(path + "V100Z");
    }
    areas
}

fn interval_caption(rows: &[ReviewedInterval], look: &Look, at: Stamp) -> String {
    let minutes = rows.first().map_or(5, |row| row.row.length_ms / 60_000);
    look.words()
        .with("interval-caption", [("min", minutes.into()), ("zone", views::zone_at(look.zone, at).into())])
}

fn interval_row<S: Sight>(
    interval: &ReviewedInterval,
    look: &Look,
    totals: &SessionTotals,
) -> IntervalRow<S> {
    let row = &interval.row;
    let count = |n: i64| views::count(look.lang, n);
    let known = |n: Option<i64>| n.map_or(views::NOTHING.to_owned(), count);
    let viewers = &row.viewers;
    let average = viewers.average().map(|average| average.round() as i64);
    let change = row.viewer_change;
    IntervalRow {
        time: views::clock(look, row.from),
        viewers: known(viewers.last),
        average: known(average),
        range: match viewers.last {
            Some(_) => format!("{}–{}", count(viewers.min), count(viewers.max)),
            None => views::NOTHING.to_owned(),
        },
        change: change.map_or(String::new(), |n| views::signed(look.lang, n)),
        direction: match change {
            Some(n) if n > 0 => "up",
            Some(n) if n < 0 => "down",
            _ => "",
        },
        likes: count(row.counts.likes),
        comments: count(row.counts.comments),
        gifts: count(row.counts.gift_units),
        diamonds: S::money(|| {
            approximate(look, row.counts.diamonds, row.counts.diamonds > 0 && totals.is_estimated())
        }),
        follows: count(row.counts.follows),
        shares: count(row.counts.shares),
        score: row.activity_score.map_or(views::NOTHING.to_owned(), |score| views::decimal(look.lang, score)),
        top_gifter: interval.top_gifter_name.clone(),
        unknown: viewers.last.is_none(),
    }
}
