//! One session in full, looked at afterwards (or while it runs).

use super::changed::ChangedForm;
use super::chart::{Chart, DRIVERS, Subject, WindowLink};
use super::feed::cause_key;
use super::leaderboard::{Leaderboard, approximate};
use super::live::{USUAL_LANES, View};
use super::moments::{Moments, Told};
use super::shell::{Nav, Shell, Visit};
use super::verdict::Verdict;
use crate::domain::answer::Answer;
use crate::domain::gift::{TierLimits, ValueSource};
use crate::domain::marker::Marker;
use crate::domain::time::Stamp;
use crate::domain::totals::{BattleFacts, GiftTotal, SessionTotals};
use crate::reports::review::{ReviewedInterval, SessionReview};
use crate::reports::sessions::SessionSummary;
use crate::web::look::Look;
use crate::web::views;
use crate::web::words::Words;
use askama::Template;

#[derive(Template)]
#[template(path = "pages/review.html")]
pub struct ReviewPage {
    pub shell: Shell,
    pub w: &'static Words,
    pub money: bool,
    pub session: String,
    pub creator: String,
    pub zone: String,
    pub heading: String,
    pub reviewing: String,
    /// Said beside it if the creator is live at this moment.
    pub live_now: bool,
    pub running: bool,
    pub recap: String,
    pub notes: String,
    /// Links to the other parts of a continued session.
    pub parts: Vec<(String, String)>,
    /// The verdict, rendered; empty if there is no answer.
    pub verdict: String,
    pub chart: Chart,
    pub moments: String,
    pub figures: Vec<Figure>,
    pub leaderboard: Leaderboard,
    pub gifts: Vec<GiftRow>,
    pub intervals: Vec<IntervalRow>,
    pub interval_caption: String,
    pub battles: Vec<BattleRow>,
    pub pauses: Vec<(String, String)>,
    pub quality: Quality,
}

/// A total with its label.
pub struct Figure {
    pub label: String,
    pub value: String,
    pub diamonds: bool,
    pub note: String,
}

pub struct GiftRow {
    pub id: String,
    pub name: String,
    /// One mark for each step of the tier; 0 where nobody knows the price.
    pub tier: usize,
    pub tier_name: String,
    pub units: String,
    pub streaks: String,
    pub each: String,
    pub diamonds: String,
    pub source: String,
    pub unknown: bool,
}

pub struct IntervalRow {
    pub time: String,
    pub viewers: String,
    pub average: String,
    pub range: String,
    pub change: String,
    pub direction: &'static str,
    pub likes: String,
    pub comments: String,
    pub gifts: String,
    pub diamonds: String,
    pub follows: String,
    pub shares: String,
    pub score: String,
    pub top_gifter: String,
    /// Nothing at all is known of viewers in it.
    pub unknown: bool,
}

pub struct BattleRow {
    pub time: String,
    pub length: String,
    /// Each side with its score; scores are not diamonds.
    pub sides: Vec<(String, String)>,
}

/// How complete and how sure the numbers are.
pub struct Quality {
    pub recorded: String,
    pub strip: Vec<StripPart>,
    pub strip_from: String,
    pub strip_to: String,
    pub gaps: Vec<GapRow>,
    /// What became of the messages, largest first where they have no order of their own.
    pub messages: Vec<(String, String)>,
    pub methods: Vec<(String, String)>,
    /// Where the diamonds' values come from, as shares; empty if there were none.
    pub sources: String,
    pub unpriced: Vec<GiftRow>,
}

/// A stretch of the coverage strip, in thousandths of the session.
pub struct StripPart {
    pub x: u32,
    pub width: u32,
    pub title: String,
}

pub struct GapRow {
    pub from: String,
    pub to: String,
    pub length: String,
    pub cause: String,
}

/// Why viewers changed in a session, and what else its page is asked to show.
#[derive(Default)]
pub struct Explained {
    /// `None` if there is nothing to answer from.
    pub answer: Option<Answer>,
    pub markers: Vec<Marker>,
    /// What changed between two times, if that is asked.
    pub changed: Option<ChangedForm>,
    /// The place to show, in milliseconds since the session began.
    pub shown_ms: Option<i64>,
}

impl ReviewPage {
    /// # Errors
    ///
    /// [`askama::Error`] if a fragment cannot be rendered.
    pub fn new(
        visit: &Visit,
        review: &SessionReview,
        explained: &Explained,
        on: &str,
        tiers: TierLimits,
    ) -> Result<Self, askama::Error> {
        let look = &visit.look;
        let w = look.words();
        let summary = &review.summary;
        let whole_view = View::whole(on);
        let start = summary.start.recorded_from;
        let reviewing = w.with("reviewing", [("date", views::moment(look, start).into())]);
        let end = summary.ended_at.unwrap_or(visit.now);
        let subject = Subject {
            session: summary.id,
            bins: &review.bins,
            gaps: &summary.gaps,
            battles: &review.battles,
            at: end,
            running: false,
            estimated: summary.totals.is_estimated(),
            shown: explained.shown_ms.map(|ms| start + ms),
        };
        let gift_names = review.gifts.iter().map(|gift| (gift.gift, gift.name.clone())).collect();
        let told = Told {
            session: summary.id,
            began: start,
            answer: explained.answer.as_ref(),
            markers: &explained.markers,
            gifts: &gift_names,
            since: None,
        };
        let verdict = explained.answer.as_ref().map(|answer| {
            Verdict::of_session(summary.id, answer, summary.totals.viewers.peak, look).render()
        });
        let changed = explained.changed.clone().unwrap_or_else(|| changed_form(summary, on));
        let gifts: Vec<_> = review.gifts.iter().map(|gift| gift_row(gift, tiers, look)).collect();
        let unpriced = review.gifts.iter().filter(|gift| gift.value.source == ValueSource::Unknown);
        Ok(Self {
            shell: Shell::new(visit, Nav::Sessions, format!("{reviewing} · Pasut")).charting(),
            w,
            money: look.money,
            session: summary.id.to_string(),
            creator: summary.start.creator.to_string(),
            zone: views::zone_at(look.zone, start),
            heading: heading(summary, look, end),
            reviewing,
            live_now: visit.snapshot().is_some_and(|snapshot| snapshot.state.as_str() == "live"),
            running: summary.ended_at.is_none(),
            recap: recap(summary, look),
            notes: summary.notes.clone(),
            parts: parts(summary, look),
            verdict: verdict.transpose()?.unwrap_or_default(),
            chart: Chart::new(&subject, &whole_view, lane_links(summary, &whole_view, w), changed, look),
            moments: Moments::new(&told, look).render()?,
            figures: figures(&summary.totals, look),
            leaderboard: Leaderboard::finished(&review.gifters, look),
            gifts,
            interval_caption: interval_caption(&review.rows, look, start),
            intervals: review.rows.iter().map(|row| interval_row(row, look, &summary.totals)).collect(),
            battles: review.battles.iter().map(|battle| battle_row(battle, look, end)).collect(),
            pauses: review
                .pauses
                .iter()
                .map(|pause| {
                    let length_ms = pause.to.unwrap_or(end).ms_since(pause.from);
                    (views::clock(look, pause.from), views::duration(look.lang, length_ms))
                })
                .collect(),
            quality: Quality {
                unpriced: unpriced.map(|gift| gift_row(gift, tiers, look)).collect(),
                ..quality(review, look, end)
            },
        })
    }
}

/// The form that asks what changed, on the page of a session.
#[must_use]
pub fn changed_form(summary: &SessionSummary, on: &str) -> ChangedForm {
    let hidden = if on.is_empty() { Vec::new() } else { vec![("on", on.to_owned())] };
    ChangedForm::new(format!("/sessions/{}", summary.id), summary.id, hidden)
}

/// `Thu 19 Nov 2026, 19:30 to 22:17 WIB`.
#[must_use]
pub fn heading(summary: &SessionSummary, look: &Look, end: Stamp) -> String {
    let from = summary.start.recorded_from;
    look.words().with(
        "session-heading",
        [
            ("day", views::day(look, from).into()),
            ("from", views::clock(look, from).into()),
            ("to", views::clock(look, end).into()),
            ("next", if views::crosses_midnight(look, from, end) { " +1".into() } else { "".into() }),
            ("zone", views::zone_at(look.zone, from).into()),
        ],
    )
}

#[must_use]
pub fn recap(summary: &SessionSummary, look: &Look) -> String {
    let w = look.words();
    let viewers = &summary.totals.viewers;
    let mut parts = vec![
        views::minutes(look.lang, summary.length_ms),
        w.with("recorded-share", [("share", views::percent(look.lang, summary.coverage).into())]),
    ];
    if let Some(average) = viewers.average() {
        parts.push(w.with("average-viewers", [("n", (average.round() as i64).into())]));
    }
    if let (Some(peak), Some(at)) = (viewers.peak, viewers.peak_at) {
        parts.push(w.with("peak-at", [("n", peak.into()), ("time", views::clock(look, at).into())]));
    }
    parts.join(" · ")
}

fn parts(summary: &SessionSummary, look: &Look) -> Vec<(String, String)> {
    let earlier = summary.earlier.iter();
    earlier
        .map(|part| (format!("/sessions/{}", part.id), views::clock_zone(look, part.start.recorded_from)))
        .collect()
}

fn lane_links(summary: &SessionSummary, view: &View, w: &'static Words) -> Vec<WindowLink> {
    let all = DRIVERS.iter().all(|key| view.shows(key));
    vec![
        WindowLink {
            href: format!("/sessions/{}", summary.id),
            text: w.t("lanes-3").into_owned(),
            current: !all,
        },
        WindowLink {
            href: format!("/sessions/{}?on={USUAL_LANES},follows,shares", summary.id),
            text: w.t("lanes-5").into_owned(),
            current: all,
        },
    ]
}

fn figures(totals: &SessionTotals, look: &Look) -> Vec<Figure> {
    let w = look.words();
    let count = |n: i64| views::count(look.lang, n);
    let plain = |key: &str, n: i64, note: String| Figure {
        label: w.t(key).into_owned(),
        value: count(n),
        diamonds: false,
        note,
    };
    let mut figures = vec![
        plain("likes", totals.likes, w.with("likes-seen", [("n", totals.likes_seen.into())])),
        plain("comments", totals.comments, w.with("people-count", [("n", totals.unique_commenters.into())])),
    ];
    if look.money {
        let to_guests = totals.diamonds - totals.diamonds_to_creator;
        figures.push(Figure {
            label: w.t("diamonds").into_owned(),
            value: approximate(look, totals.diamonds_to_creator, totals.is_estimated()),
            diamonds: true,
            note: match to_guests {
                0 => String::new(),
                _ => w.with("plus-to-guests", [("n", to_guests.into())]),
            },
        });
    }
    figures.extend([
        plain("gifts", totals.gift_units, w.with("gifters-count", [("n", totals.unique_gifters.into())])),
        plain("follows", totals.follows, String::new()),
        plain("shares", totals.shares, String::new()),
        plain("joins", totals.joins, w.with("people-count", [("n", totals.unique_joiners.into())])),
        plain("ever-entered", totals.viewers.total, w.t("by-tiktok").into_owned()),
    ]);
    figures
}

fn gift_row(gift: &GiftTotal, tiers: TierLimits, look: &Look) -> GiftRow {
    let w = look.words();
    let unknown = gift.value.source == ValueSource::Unknown;
    let tier = tiers.tier(gift.value.diamonds);
    let money = |n: i64| match look.money {
        true => approximate(look, n, gift.value.source.is_estimate()),
        false => String::new(),
    };
    GiftRow {
        id: gift.gift.to_string(),
        name: match gift.name.trim() {
            "" => w.with("gift-unnamed", [("id", gift.gift.to_string().into())]),
            name => name.to_owned(),
        },
        tier: if unknown { 0 } else { tier as usize + 1 },
        tier_name: w
            .t(match tier {
                _ if unknown => "source-unknown",
                crate::domain::gift::Tier::Standard => "tier-standard",
                crate::domain::gift::Tier::Special => "tier-special",
                crate::domain::gift::Tier::Premium => "tier-premium",
            })
            .into_owned(),
        units: views::count(look.lang, gift.units),
        streaks: views::count(look.lang, gift.streaks),
        each: if unknown { views::NOTHING.to_owned() } else { money(i64::from(gift.value.diamonds)) },
        diamonds: money(gift.diamonds),
        source: w.t(source_key(gift.value.source)).into_owned(),
        unknown,
    }
}

pub const fn source_key(source: ValueSource) -> &'static str {
    match source {
        ValueSource::Event => "source-event",
        ValueSource::Learned => "source-learned",
        ValueSource::List => "source-list",
        ValueSource::Estimate => "source-estimate",
        ValueSource::Unknown => "source-unknown",
    }
}

fn interval_caption(rows: &[ReviewedInterval], look: &Look, at: Stamp) -> String {
    let minutes = rows.first().map_or(5, |row| row.row.length_ms / 60_000);
    look.words()
        .with("interval-caption", [("min", minutes.into()), ("zone", views::zone_at(look.zone, at).into())])
}

fn interval_row(interval: &ReviewedInterval, look: &Look, totals: &SessionTotals) -> IntervalRow {
    let row = &interval.row;
    let count = |n: i64| views::count(look.lang, n);
    let known = |n: Option<i64>| n.map_or(views::NOTHING.to_owned(), count);
    let viewers = &row.viewers;
    let average =
        (viewers.known_ms > 0).then(|| (viewers.viewer_ms as f64 / viewers.known_ms as f64).round() as i64);
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
        diamonds: match look.money {
            true => approximate(look, row.counts.diamonds, row.counts.diamonds > 0 && totals.is_estimated()),
            false => String::new(),
        },
        follows: count(row.counts.follows),
        shares: count(row.counts.shares),
        score: row.activity_score.map_or(views::NOTHING.to_owned(), |score| views::decimal(look.lang, score)),
        top_gifter: interval.top_gifter_name.clone(),
        unknown: viewers.last.is_none(),
    }
}

fn battle_row(battle: &BattleFacts, look: &Look, end: Stamp) -> BattleRow {
    let name = |nickname: &str, display_id: &str| match nickname.trim() {
        "" => format!("@{display_id}"),
        nickname => nickname.to_owned(),
    };
    BattleRow {
        time: views::clock(look, battle.started_at),
        length: views::duration(look.lang, battle.ended_at.unwrap_or(end).ms_since(battle.started_at)),
        sides: battle
            .sides
            .iter()
            .map(|side| (name(&side.nickname, &side.display_id), views::count(look.lang, side.score)))
            .collect(),
    }
}

fn quality(review: &SessionReview, look: &Look, end: Stamp) -> Quality {
    let w = look.words();
    let summary = &review.summary;
    let start = summary.start.recorded_from;
    let count = |n: i64| views::full(look.lang, n);
    let messages = &summary.totals.messages;
    let told = [
        ("messages-counted", messages.counted),
        ("messages-history", messages.history_skipped),
        ("messages-duplicate", messages.duplicates_dropped),
        ("messages-undecodable", messages.decode_errors),
        ("messages-unknown", summary.totals.events.of(crate::domain::event::Kind::Unknown)),
        ("frames-broken", messages.broken_frames),
    ];
    let length_ms = end.ms_since(start).max(1);
    let thousandth =
        |at: Stamp| u32::try_from(at.ms_since(start).clamp(0, length_ms) * 1000 / length_ms).unwrap_or(0);
    let gap_row = |gap: &crate::domain::session::Gap| GapRow {
        from: views::clock(look, gap.from),
        to: gap.to.map_or_else(|| w.t("until-now").into_owned(), |to| views::clock(look, to)),
        length: views::duration(look.lang, gap.ms(end)),
        cause: w.t(cause_key(gap.cause)).into_owned(),
    };
    let strip_part = |gap: &crate::domain::session::Gap| {
        let x = thousandth(gap.from);
        let title = super::chart::gap_label(gap, end, look);
        StripPart { x, width: (thousandth(gap.to.unwrap_or(end)) - x).max(2), title }
    };
    Quality {
        recorded: w.with("recorded-share", [("share", views::percent(look.lang, summary.coverage).into())]),
        strip: summary.gaps.iter().map(strip_part).collect(),
        strip_from: views::clock(look, start),
        strip_to: views::clock_zone(look, end),
        gaps: summary.gaps.iter().map(gap_row).collect(),
        messages: told.map(|(key, n)| (w.t(key).into_owned(), count(n))).into(),
        methods: review.methods.iter().map(|(name, n)| (name.clone(), count(*n))).collect(),
        sources: if look.money { sources(&summary.totals, look) } else { String::new() },
        unpriced: Vec::new(),
    }
}

/// `97.2% exact · 2.1% from list · 0.7% estimated`.
fn sources(totals: &SessionTotals, look: &Look) -> String {
    let w = look.words();
    let share = |source: ValueSource| {
        let diamonds = totals.diamonds_by_source[source as usize];
        (diamonds > 0).then(|| {
            let share = views::percent(look.lang, diamonds as f64 / totals.diamonds.max(1) as f64);
            format!("{share} {}", w.t(source_key(source)))
        })
    };
    ValueSource::ALL.into_iter().filter_map(share).collect::<Vec<_>>().join(" · ")
}
