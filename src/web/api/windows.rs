//! Notable rises and drops of a session, and what changed in a stretch that somebody chose.

use super::answer::{json, time};
use super::drivers::{RangeJson, Said, Weighed, range};
use super::events;
use super::query::{self, Query};
use crate::domain::answer::{Changed, Share, WindowAnswer};
use crate::domain::ids::{GiftId, SessionId};
use crate::domain::session::Session;
use crate::domain::time::Stamp;
use crate::web::error::Trouble;
use crate::web::explained;
use crate::web::sentences::window_sentence;
use crate::web::sight::{Sight, flat};
use crate::web::state::AppState;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use std::collections::HashMap;

#[derive(Serialize)]
struct Windows {
    session_id: String,
    running: bool,
    recorded_from: String,
    /// Up to when the session was looked at; null if it was not yet, or if nothing was recorded.
    at: Option<String>,
    /// Oldest first.
    windows: Vec<WindowJson>,
}

#[derive(Serialize)]
struct WindowJson {
    /// Milliseconds since `recorded_from`.
    start_ms: i64,
    end_ms: i64,
    from: String,
    to: String,
    viewers: i64,
    viewer_change: i64,
    cause: &'static str,
    confidence: f64,
    occasion: Option<OccasionJson>,
    sentence: Said,
}

#[derive(Serialize)]
struct OccasionJson {
    at: String,
    units: i64,
    gift: Option<GiftNamed>,
}

#[derive(Serialize)]
struct GiftNamed {
    id: String,
    name: Option<String>,
}

#[derive(Serialize)]
struct ChangedJson<S: Sight> {
    session_id: String,
    from: String,
    to: String,
    viewers: Option<Ends>,
    joins_per_minute: f64,
    usual_joins_per_minute: f64,
    cause: &'static str,
    confidence: f64,
    /// The largest first.
    shares: Vec<ShareJson<S>>,
}

#[derive(Serialize)]
struct Ends {
    from: i64,
    to: i64,
}

#[derive(Serialize)]
struct ShareJson<S: Sight> {
    kind: &'static str,
    #[serde(flatten, serialize_with = "flat")]
    weighed: Weighed<S, WeighedJson>,
}

#[derive(Serialize)]
struct WeighedJson {
    share: Option<RangeJson>,
    per_minute: f64,
    usual_per_minute: f64,
}

/// `GET /api/v1/sessions/{id}/windows`
pub async fn of_session(
    req: HttpRequest,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    Query::of(&req, &[])?;
    let session = query::detailed(&state, &id).await?;
    let answer = explained::answer(&state, &session).await?;
    let gifts = state.store.gift_totals(session.id).await?;
    let names: HashMap<_, _> = gifts.into_iter().map(|gift| (gift.gift, gift.name)).collect();
    let windows = answer.as_ref().map_or(&[][..], |answer| &answer.windows);
    let windows = Windows {
        session_id: session.id.to_string(),
        running: session.ended_at.is_none(),
        recorded_from: time(session.start.recorded_from),
        at: answer.as_ref().map(|answer| time(answer.at)),
        windows: windows.iter().map(|of| window(of, session.start.recorded_from, &names)).collect(),
    };
    Ok(json(&req, &windows))
}

/// `GET /api/v1/sessions/{id}/what-changed`
pub async fn what_changed<S: Sight>(
    req: HttpRequest,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let query = Query::of(&req, &["from", "to"])?;
    let session = query::detailed(&state, &id).await?;
    let (from, to) = stretch_of(&session, &query, state.now())?;
    let changed = explained::what_changed(&state, &session, from, to).await?;
    match changed {
        Some(changed) => Ok(json(&req, &changed_json::<S>(session.id, &changed))),
        None if session.ended_at.is_some() => Err(events::gone()),
        None => Err(Trouble::NotFound(
            "What changed cannot be said for this session: it has just begun. Ask again in a minute."
                .to_owned(),
        )),
    }
}

/// The two moments that are asked about.
fn stretch_of(session: &Session, query: &Query, now: Stamp) -> Result<(Stamp, Stamp), Trouble> {
    let missing = |name| Trouble::invalid(name, "is missing; give a time such as 2026-11-22T12:30:00Z");
    let from = query.from("from")?.ok_or_else(|| missing("from"))?;
    let to = query.to("to")?.ok_or_else(|| missing("to"))?;
    let (begin, end) = (session.start.recorded_from, session.ended_at.unwrap_or(now));
    if from < begin || from >= end {
        let reason = format!("must lie in the session, from {} to {}", time(begin), time(end));
        return Err(Trouble::invalid("from", &reason));
    }
    if to <= from {
        return Err(Trouble::invalid("to", "must come after from"));
    }
    Ok((from, to.min(end)))
}

fn window(of: &WindowAnswer, recorded_from: Stamp, names: &HashMap<GiftId, String>) -> WindowJson {
    let gift = of.occasion.and_then(|occasion| occasion.gift);
    let name = gift.and_then(|gift| names.get(&gift));
    WindowJson {
        start_ms: of.from.ms_since(recorded_from),
        end_ms: of.to.ms_since(recorded_from),
        from: time(of.from),
        to: time(of.to),
        viewers: of.viewers,
        viewer_change: of.change,
        cause: of.cause.as_str(),
        confidence: of.confidence,
        occasion: of.occasion.map(|occasion| OccasionJson {
            at: time(occasion.at),
            units: occasion.units,
            gift: gift.map(|gift| GiftNamed { id: gift.to_string(), name: name.cloned() }),
        }),
        sentence: Said::new(|w| window_sentence(of, name.map(String::as_str), w).text),
    }
}

fn changed_json<S: Sight>(session: SessionId, changed: &Changed) -> ChangedJson<S> {
    let share = |of: &Share| ShareJson {
        kind: of.driver.as_str(),
        weighed: Weighed::of(
            of.driver,
            WeighedJson {
                share: of.share.map(range),
                per_minute: of.per_minute,
                usual_per_minute: of.usual_per_minute,
            },
        ),
    };
    ChangedJson {
        session_id: session.to_string(),
        from: time(changed.from),
        to: time(changed.to),
        viewers: changed.viewers.map(|(from, to)| Ends { from, to }),
        joins_per_minute: changed.joins_per_minute,
        usual_joins_per_minute: changed.usual_joins_per_minute,
        cause: changed.cause.as_str(),
        confidence: changed.confidence,
        shares: changed.shares.iter().map(share).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer::{Cause, Occasion, Range};
    use crate::domain::driver::Driver;
    use crate::web::sight::{Moneyless, WithMoney};
    use serde_json::json;

    /// 2025-11-22T12:00:00Z
    const BEGAN: Stamp = Stamp(1_763_812_800_000);

    fn window_of(cause: Cause, occasion: Option<Occasion>) -> serde_json::Value {
        let (from, to) = (BEGAN + 60_000, BEGAN + 180_000);
        let of = WindowAnswer { from, to, viewers: 98, change: 38, cause, confidence: 0.7, occasion };
        let names = HashMap::from([(GiftId(9), "Galaxy".to_owned())]);
        serde_json::to_value(window(&of, BEGAN, &names)).expect("JSON")
    }

    #[test]
    fn a_window_has_the_members_of_the_scorers_form_beside_its_occasion_and_sentence() {
        let occasion = Occasion { at: BEGAN + 20_000, units: 1, gift: Some(GiftId(9)) };
        let shown = window_of(Cause::Driver(Driver::Gifts), Some(occasion));
        for (member, value) in [
            ("start_ms", json!(60_000)),
            ("end_ms", json!(180_000)),
            ("from", json!("2025-11-22T12:01:00.000Z")),
            ("to", json!("2025-11-22T12:03:00.000Z")),
            ("viewers", json!(98)),
            ("viewer_change", json!(38)),
            ("cause", json!("gifts")),
            ("confidence", json!(0.7)),
            (
                "occasion",
                json!({ "at": "2025-11-22T12:00:20.000Z", "units": 1, "gift": { "id": "9", "name": "Galaxy" } }),
            ),
        ] {
            assert_eq!(shown[member], value, "{member}");
        }
        for lang in ["en", "id"] {
            let sentence = shown["sentence"][lang].as_str().expect("text");
            assert!(sentence.contains("38") && sentence.contains("Galaxy"), "{sentence}");
        }
    }

    #[test]
    fn a_window_without_a_cause_has_no_occasion() {
        for (cause, name) in [(Cause::None, "none"), (Cause::Glitch, "glitch")] {
            let shown = window_of(cause, None);
            assert_eq!((&shown["cause"], &shown["occasion"]), (&json!(name), &json!(null)));
        }
    }

    #[test]
    fn what_changed_keeps_the_order_of_the_shares_and_says_which_is_not_known() {
        let share = |driver, share| Share { driver, share, per_minute: 4.5, usual_per_minute: 1.5 };
        let range = Range { estimate: 0.5, low: 0.25, high: 0.75 };
        let changed = Changed {
            from: BEGAN,
            to: BEGAN + 60_000,
            viewers: Some((80, 120)),
            joins_per_minute: 9.0,
            usual_joins_per_minute: 3.0,
            cause: Cause::Driver(Driver::Gifts),
            confidence: 0.8,
            shares: vec![share(Driver::Gifts, Some(range)), share(Driver::Likes, None)],
        };
        let shown = serde_json::to_value(changed_json::<WithMoney>(SessionId(5), &changed)).expect("JSON");
        assert_eq!(
            shown,
            json!({
                "session_id": "5",
                "from": "2025-11-22T12:00:00.000Z",
                "to": "2025-11-22T12:01:00.000Z",
                "viewers": { "from": 80, "to": 120 },
                "joins_per_minute": 9.0,
                "usual_joins_per_minute": 3.0,
                "cause": "gifts",
                "confidence": 0.8,
                "shares": [
                    {
                        "kind": "gifts",
                        "share": { "estimate": 0.5, "low": 0.25, "high": 0.75 },
                        "per_minute": 4.5,
                        "usual_per_minute": 1.5,
                    },
                    { "kind": "likes", "share": null, "per_minute": 4.5, "usual_per_minute": 1.5 },
                ],
            })
        );
        let shown = serde_json::to_value(changed_json::<Moneyless>(SessionId(5), &changed)).expect("JSON");
        assert_eq!(shown["shares"][0], json!({ "kind": "gifts" }), "its place, and no number of diamonds");
        assert_eq!(shown["shares"][1]["per_minute"], json!(4.5));
    }
}
