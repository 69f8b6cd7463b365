//! Who gave, in one session or over a stretch of time: the same boards as the page.

use super::answer::{json, time};
use super::query::{self, Query};
use crate::domain::days::Days;
use crate::domain::gift::Tier;
use crate::reports::leaderboard::{BoardColumn, BoardQuestion, Entry, leaderboard};
use crate::store::boards::BoardScope;
use crate::web::error::Trouble;
use crate::web::sight::{Sight, flat};
use crate::web::state::AppState;
use crate::web::zones;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

const MAX_LIMIT: u32 = 10_000;
const USUAL_LIMIT: u32 = 100;
const USUAL_DAYS: u32 = 30;
const MAX_DAYS: u32 = 3_660;

const SORTS: [(&str, BoardColumn); 3] = [
    ("diamonds", BoardColumn::Diamonds),
    ("gifts", BoardColumn::Gifts),
    ("last_gift", BoardColumn::LastGift),
];

#[derive(Serialize)]
struct Leaderboard<S: Sight> {
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// Their details are in archives, so their gifts are missing.
    sessions_left: usize,
    leaderboard: Vec<GifterJson<S>>,
}

#[derive(Serialize)]
struct GifterJson<S: Sight> {
    /// By diamonds, from 1; people with the same diamonds share a rank.
    rank: u32,
    user_id: String,
    display_id: String,
    nickname: String,
    #[serde(flatten, serialize_with = "flat")]
    money: S::Money<GivenJson>,
    gifts: i64,
    gift_types: u32,
    biggest_gift: BiggestJson<S>,
    sessions: u32,
    first_gift_at: String,
    last_gift_at: String,
    last_seen_at: String,
}

#[derive(Debug, Serialize)]
struct GivenJson {
    diamonds: i64,
    diamonds_to_host: i64,
    diamonds_by_tier: TiersJson,
    /// Whether a part rests on a value that the gift's own event did not say.
    estimated: bool,
}

#[derive(Debug, Serialize)]
struct TiersJson {
    standard: i64,
    special: i64,
    premium: i64,
}

#[derive(Serialize)]
struct BiggestJson<S: Sight> {
    id: String,
    name: String,
    #[serde(flatten, serialize_with = "flat")]
    money: S::Money<PriceJson>,
}

#[derive(Debug, Serialize)]
struct PriceJson {
    diamond_count: i64,
}

/// `GET /api/v1/sessions/{id}/leaderboard`
pub async fn of_session<S: Sight>(
    req: HttpRequest,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let query = Query::of(&req, &["limit", "sort"])?;
    let id = query::detailed(&state, &id).await?.id;
    let board = answered::<S>(&state, &query, BoardScope::Session(id)).await?;
    Ok(json(&req, &Leaderboard { session_id: Some(id.to_string()), ..board }))
}

/// `GET /api/v1/leaderboard`
pub async fn of_days<S: Sight>(req: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Trouble> {
    let query = Query::of(&req, &["days", "from", "to", "creator", "limit", "sort"])?;
    let creator = query.creator()?;
    let zone = match &creator {
        Some(creator) => state.kept.zones.of(creator, &state.store).await?,
        None => zones::DEFAULT,
    };
    let (from, to) = match (query.text("from"), query.text("to")) {
        (None, None) => {
            let days = query.number("days", MAX_DAYS)?.unwrap_or(USUAL_DAYS);
            Days::last(days, state.now(), zone).stretch(zone)
        }
        _ => query.stretch(state.now())?,
    };
    let board = answered::<S>(&state, &query, BoardScope::Stretch { from, to, creator }).await?;
    Ok(json(&req, &Leaderboard { from: Some(time(from)), to: Some(time(to)), ..board }))
}

async fn answered<S: Sight>(
    state: &AppState,
    query: &Query,
    scope: BoardScope,
) -> Result<Leaderboard<S>, Trouble> {
    let limit = query.number("limit", MAX_LIMIT)?.unwrap_or(USUAL_LIMIT) as usize;
    let question = BoardQuestion {
        tiers: state.recorder.tiers(),
        sort: query.choice("sort", &SORTS)?.unwrap_or_default(),
        ..BoardQuestion::first_of(scope, limit)
    };
    let board = leaderboard(&state.store, &state.boards, &question, state.now()).await?;
    Ok(Leaderboard {
        session_id: None,
        from: None,
        to: None,
        sessions_left: board.left.sessions,
        leaderboard: board.entries.into_iter().map(gifter).collect(),
    })
}

fn gifter<S: Sight>(entry: Entry) -> GifterJson<S> {
    let standing = &entry.standing;
    let of_tier = |tier: Tier| standing.by_tier[tier as usize];
    GifterJson {
        rank: standing.rank,
        user_id: standing.user.to_string(),
        money: S::money(|| GivenJson {
            diamonds: standing.diamonds,
            diamonds_to_host: standing.diamonds_to_creator,
            diamonds_by_tier: TiersJson {
                standard: of_tier(Tier::Standard),
                special: of_tier(Tier::Special),
                premium: of_tier(Tier::Premium),
            },
            estimated: standing.estimated,
        }),
        gifts: standing.units,
        gift_types: standing.gift_types,
        biggest_gift: BiggestJson {
            id: standing.biggest_gift.to_string(),
            name: entry.biggest_gift_name,
            money: S::money(|| PriceJson { diamond_count: standing.biggest_diamonds }),
        },
        sessions: standing.sessions,
        first_gift_at: time(standing.first_gift_at),
        last_gift_at: time(standing.last_gift_at),
        last_seen_at: time(standing.last_seen),
        display_id: entry.display_id,
        nickname: entry.nickname,
    }
}
