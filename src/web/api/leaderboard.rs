//! Who gave, in one session or over a stretch of time.

use super::answer::{json, time};
use super::query::{self, Query};
use crate::store::gifts::{Gifter, GifterSort, LeaderboardEntry};
use crate::web::error::Trouble;
use crate::web::state::AppState;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

const MAX_LIMIT: u32 = 10_000;

const SORTS: [(&str, GifterSort); 3] =
    [("diamonds", GifterSort::Diamonds), ("gifts", GifterSort::Units), ("last_gift", GifterSort::LastGift)];

#[derive(Serialize)]
struct Leaderboard {
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    leaderboard: Vec<GifterJson>,
}

#[derive(Debug, Serialize)]
struct GifterJson {
    /// By diamonds, from 1; people with the same diamonds share a rank.
    rank: usize,
    user_id: String,
    display_id: String,
    nickname: String,
    diamonds: i64,
    diamonds_to_host: i64,
    /// Whether a part rests on a value that the gift's own event did not say.
    estimated: bool,
    gifts: i64,
    gift_types: i64,
    sessions: i64,
    last_gift_at: String,
}

/// `GET /api/v1/sessions/{id}/leaderboard`
pub async fn of_session(
    req: HttpRequest,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let query = Query::of(&req, &["limit", "sort"])?;
    let limit = query.number("limit", MAX_LIMIT)?.unwrap_or(100);
    let sort = query.choice("sort", &SORTS)?.unwrap_or_default();
    let id = query::session(&state, &id).await?.id;
    let gifters = state.store.gifters(id, sort, i64::from(limit)).await?;
    let mut leaderboard: Vec<_> = gifters.iter().map(gifter).collect();
    if sort == GifterSort::Diamonds {
        rank(&mut leaderboard);
    } else {
        // A rank is a place by diamonds among all gifters, whatever the rows are sorted by.
        let by_diamonds = state.store.gifters(id, GifterSort::Diamonds, i64::MAX).await?;
        let diamonds: Vec<_> = by_diamonds.iter().map(|gifter| gifter.total.diamonds).collect();
        for gifter in &mut leaderboard {
            gifter.rank = 1 + diamonds.partition_point(|above| *above > gifter.diamonds);
        }
    }
    Ok(json(&req, &Leaderboard { session_id: Some(id.to_string()), from: None, to: None, leaderboard }))
}

/// `GET /api/v1/leaderboard`
pub async fn of_days(req: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let query = Query::of(&req, &["days", "from", "to", "creator", "limit"])?;
    let limit = query.number("limit", MAX_LIMIT)?.unwrap_or(100);
    let creator = query.creator()?;
    let (from, to) = query.stretch(state.now())?;
    let entries = state.store.leaderboard(from, to, creator.as_ref(), i64::from(limit)).await?;
    let mut leaderboard: Vec<_> = entries.iter().map(entry).collect();
    rank(&mut leaderboard);
    Ok(json(&req, &Leaderboard { session_id: None, from: Some(time(from)), to: Some(time(to)), leaderboard }))
}

/// Ranks rows that come most diamonds first.
fn rank(rows: &mut [GifterJson]) {
    for at in 0..rows.len() {
        rows[at].rank = match at.checked_sub(1).map(|before| &rows[before]) {
            Some(before) if before.diamonds == rows[at].diamonds => before.rank,
            _ => at + 1,
        };
    }
}

fn gifter(gifter: &Gifter) -> GifterJson {
    let total = &gifter.total;
    GifterJson {
        rank: 0,
        user_id: total.user.to_string(),
        display_id: gifter.display_id.clone(),
        nickname: gifter.nickname.clone(),
        diamonds: total.diamonds,
        diamonds_to_host: total.diamonds_to_creator,
        estimated: total.estimated,
        gifts: total.units,
        gift_types: total.gift_types,
        sessions: 1,
        last_gift_at: time(total.last_gift_at),
    }
}

fn entry(entry: &LeaderboardEntry) -> GifterJson {
    GifterJson {
        rank: 0,
        user_id: entry.user.to_string(),
        display_id: entry.display_id.clone(),
        nickname: entry.nickname.clone(),
        diamonds: entry.diamonds,
        diamonds_to_host: entry.diamonds_to_creator,
        estimated: entry.estimated,
        gifts: entry.units,
        gift_types: entry.gift_types,
        sessions: entry.sessions,
        last_gift_at: time(entry.last_gift_at),
    }
}
