//! One session as JSON. Members that a capture's truth has (`tests/fixtures`) have its names and
//! its meaning.

use super::answer::time;
use crate::domain::event::Kind;
use crate::domain::gift::ValueSource;
use crate::domain::session::{Gap, Session};
use crate::domain::time::Stamp;
use crate::domain::totals::{GiftTotal, SessionTotals};
use crate::web::sight::{Sight, flat};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
pub struct SessionJson<S: Sight> {
    pub session_id: String,
    creator: String,
    room_id: String,
    host_user_id: Option<String>,
    title: String,
    /// `live` while it runs, then `ended`.
    state: &'static str,
    origin: &'static str,
    continues: Option<String>,
    /// When the LIVE itself began, by TikTok.
    started_at: Option<String>,
    recorded_from: String,
    ended_at: Option<String>,
    duration_ms: i64,
    /// Connected time divided by session time, 0 to 1.
    coverage: f64,
    gaps: Vec<GapJson>,
    messages: Messages,
    events: BTreeMap<&'static str, i64>,
    #[serde(flatten, serialize_with = "flat")]
    money: S::Money<MoneyJson>,
    gift_units: i64,
    likes: Likes,
    viewers: Viewers,
    comments: i64,
    follows: i64,
    shares: i64,
    joins: i64,
    unique_commenters: i64,
    unique_gifters: i64,
    unique_joiners: i64,
    people: i64,
}

#[derive(Debug, Serialize)]
pub struct GapJson {
    from: String,
    to: Option<String>,
    reason: &'static str,
    duration_ms: i64,
}

#[derive(Debug, Serialize)]
struct Messages {
    in_frames: i64,
    history_skipped: i64,
    duplicates_dropped: i64,
    decode_errors: i64,
    unknown: i64,
    counted: i64,
    broken_frames: i64,
}

#[derive(Debug, Serialize)]
struct MoneyJson {
    diamonds: Diamonds,
    /// Gifts whose price nobody knows.
    unpriced_units: i64,
}

#[derive(Debug, Serialize)]
struct Diamonds {
    total: i64,
    to_host: i64,
    to_others: i64,
    /// The total by how the gifts' values are known.
    by_value_source: BTreeMap<&'static str, i64>,
}

#[derive(Debug, Serialize)]
struct Likes {
    /// Likes seen; TikTok sends only a sample of them.
    total: i64,
    /// Growth of TikTok's own counter while recorded.
    room_growth: i64,
    max_reported_total: Option<i64>,
    last_reported_total: Option<i64>,
}

#[derive(Debug, Serialize)]
struct Viewers {
    max: Option<i64>,
    max_at: Option<String>,
    #[serde(rename = "final")]
    last: Option<i64>,
    final_total_user: i64,
    average: Option<f64>,
    viewer_hours: f64,
}

/// One gift of a session, under its id.
#[derive(Serialize)]
pub struct GiftJson<S: Sight> {
    name: String,
    #[serde(flatten, serialize_with = "flat")]
    money: S::Money<PriceJson>,
    streakable: bool,
    count: i64,
    streaks: i64,
}

#[derive(Debug, Serialize)]
struct PriceJson {
    diamond_count: u32,
    diamonds: i64,
    value_source: &'static str,
}

impl<S: Sight> SessionJson<S> {
    #[must_use]
    pub fn new(session: &Session, gaps: &[Gap], now: Stamp) -> Self {
        let Session { id, start, ended_at, totals, .. } = session;
        let viewers = totals.viewers;
        let events = totals.events.iter().filter(|(_, count)| *count > 0);
        Self {
            session_id: id.to_string(),
            creator: start.creator.to_string(),
            room_id: start.room.to_string(),
            host_user_id: start.host.map(|host| host.to_string()),
            title: start.title.clone(),
            state: if ended_at.is_none() { "live" } else { "ended" },
            origin: start.origin.as_str(),
            continues: start.continues.map(|earlier| earlier.to_string()),
            started_at: start.live_since.map(time),
            recorded_from: time(start.recorded_from),
            ended_at: ended_at.map(time),
            duration_ms: session.duration_ms,
            coverage: session.coverage,
            gaps: gaps_json(gaps, ended_at.unwrap_or(now)),
            messages: Messages {
                in_frames: totals.messages.in_frames(),
                history_skipped: totals.messages.history_skipped,
                duplicates_dropped: totals.messages.duplicates_dropped,
                decode_errors: totals.messages.decode_errors,
                unknown: totals.events.of(Kind::Unknown),
                counted: totals.messages.counted,
                broken_frames: totals.messages.broken_frames,
            },
            events: events.map(|(kind, count)| (kind.as_str(), count)).collect(),
            money: S::money(|| money(totals)),
            gift_units: totals.gift_units,
            likes: Likes {
                total: totals.likes_seen,
                room_growth: totals.likes,
                max_reported_total: totals.like_counter.map(|counter| counter.max),
                last_reported_total: totals.like_counter.map(|counter| counter.last),
            },
            viewers: Viewers {
                max: viewers.peak,
                max_at: viewers.peak_at.map(time),
                last: viewers.last,
                final_total_user: viewers.total,
                average: viewers.average(),
                viewer_hours: viewers.viewer_ms as f64 / 3_600_000.0,
            },
            comments: totals.comments,
            follows: totals.follows,
            shares: totals.shares,
            joins: totals.joins,
            unique_commenters: totals.unique_commenters,
            unique_gifters: totals.unique_gifters,
            unique_joiners: totals.unique_joiners,
            people: totals.people,
        }
    }
}

fn money(totals: &SessionTotals) -> MoneyJson {
    let by_value_source =
        ValueSource::ALL.iter().map(|source| source.as_str()).zip(totals.diamonds_by_source);
    MoneyJson {
        diamonds: Diamonds {
            total: totals.diamonds,
            to_host: totals.diamonds_to_creator,
            to_others: totals.diamonds - totals.diamonds_to_creator,
            by_value_source: by_value_source.filter(|(_, diamonds)| *diamonds > 0).collect(),
        },
        unpriced_units: totals.unpriced_units,
    }
}

/// Gaps; one that lasts is measured until `now`.
#[must_use]
pub fn gaps_json(gaps: &[Gap], now: Stamp) -> Vec<GapJson> {
    let json = |gap: &Gap| GapJson {
        from: time(gap.from),
        to: gap.to.map(time),
        reason: gap.cause.as_str(),
        duration_ms: gap.ms(now),
    };
    gaps.iter().map(json).collect()
}

/// The gifts of a session by id.
#[must_use]
pub fn gifts<S: Sight>(totals: &[GiftTotal]) -> BTreeMap<String, GiftJson<S>> {
    let json = |total: &GiftTotal| GiftJson {
        name: total.name.clone(),
        money: S::money(|| PriceJson {
            diamond_count: total.value.diamonds,
            diamonds: total.diamonds,
            value_source: total.value.source.as_str(),
        }),
        streakable: total.streakable,
        count: total.units,
        streaks: total.streaks,
    };
    totals.iter().map(|total| (total.gift.to_string(), json(total))).collect()
}
