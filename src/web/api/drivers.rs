//! What came before viewers rose or fell, driver by driver: of one session, and over several.

use super::answer::{json, time};
use super::query::{self, Query};
use crate::domain::answer::{Answer, DriverAnswer, PooledAnswer, PooledDriver, Range, Shortage};
use crate::domain::driver::Driver;
use crate::domain::handle::Handle;
use crate::domain::time::Stamp;
use crate::reports::explain;
use crate::web::error::Trouble;
use crate::web::explained;
use crate::web::sentences::driver_sentence;
use crate::web::sight::{Held, Sight, flat};
use crate::web::state::AppState;
use crate::words::{Lang, Words};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

/// A text in both languages.
#[derive(Debug, PartialEq, Serialize)]
pub struct Said {
    en: String,
    id: String,
}

impl Said {
    pub fn new(say: impl Fn(&Words) -> String) -> Self {
        Self { en: say(Words::of(Lang::En)), id: say(Words::of(Lang::Id)) }
    }
}

#[derive(Serialize)]
struct Drivers<S: Sight> {
    session_id: String,
    /// Whether the answer may still change.
    running: bool,
    /// Up to when the session was looked at; null if it was not yet, or if nothing was recorded.
    at: Option<String>,
    basis: Option<Basis>,
    /// Strongest evidence first.
    drivers: Vec<DriverJson<S>>,
}

#[derive(Serialize)]
struct Basis {
    observed_ms: i64,
    excluded_ms: i64,
    reporting_delay_s: f64,
    joins: bool,
    mean_viewers: f64,
}

#[derive(Serialize)]
struct Pooled<S: Sight> {
    creator: String,
    from: String,
    to: String,
    /// Sessions with enough data to be counted.
    sessions: usize,
    drivers: Vec<PooledJson<S>>,
}

#[derive(Serialize)]
struct PooledJson<S: Sight> {
    #[serde(flatten)]
    driver: DriverJson<S>,
    sessions: usize,
    #[serde(flatten, serialize_with = "flat")]
    spread: Weighed<S, SpreadJson>,
}

#[derive(Serialize)]
struct DriverJson<S: Sight> {
    kind: &'static str,
    verdict: &'static str,
    level: &'static str,
    #[serde(flatten, serialize_with = "flat")]
    effect: Weighed<S, EffectJson>,
    per_burst: Option<RangeJson>,
    lag_s: Option<f64>,
    p_value: Option<f64>,
    q_value: Option<f64>,
    bursts: u32,
    hits: u32,
    hits_by_chance: f64,
    shortage: Option<ShortageJson>,
    sentence: Said,
}

/// Viewers at the peak for one like, comment, follow, share or diamond.
#[derive(Serialize)]
struct EffectJson {
    effect_per_unit: Option<f64>,
    /// The likely range of `effect_per_unit`.
    ci95: Option<[f64; 2]>,
}

/// How far that differs between sessions.
#[derive(Serialize)]
struct SpreadJson {
    tau: Option<f64>,
}

/// Numbers by which a driver is weighed. Gifts are weighed in diamonds: what one brings, beside what a usual
/// burst brings, would say how many a burst has.
pub enum Weighed<S: Sight, T> {
    Diamond(S::Money<T>),
    Other(T),
}

impl<S: Sight, T> Weighed<S, T> {
    pub fn of(driver: Driver, number: T) -> Self {
        match driver {
            Driver::Gifts => Self::Diamond(S::money(|| number)),
            Driver::Likes | Driver::Comments | Driver::Follows | Driver::Shares => Self::Other(number),
        }
    }
}

impl<S: Sight, T> Held for Weighed<S, T> {
    type Of = T;

    fn shown(&self) -> Option<&T> {
        match self {
            Self::Diamond(number) => number.shown(),
            Self::Other(number) => Some(number),
        }
    }

    fn into_shown(self) -> Option<T> {
        match self {
            Self::Diamond(number) => number.into_shown(),
            Self::Other(number) => Some(number),
        }
    }
}

#[derive(Serialize)]
pub struct RangeJson {
    estimate: f64,
    low: f64,
    high: f64,
}

#[derive(Serialize)]
struct ShortageJson {
    of: &'static str,
    have: u32,
    need: u32,
}

/// `GET /api/v1/sessions/{id}/drivers`
pub async fn of_session<S: Sight>(
    req: HttpRequest,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    Query::of(&req, &[])?;
    let session = query::detailed(&state, &id).await?;
    let answer = explained::answer(&state, &session).await?;
    let answer = answer.as_deref();
    let drivers = Drivers::<S> {
        session_id: session.id.to_string(),
        running: session.ended_at.is_none(),
        at: answer.map(|answer| time(answer.at)),
        basis: answer.map(basis),
        drivers: answer
            .map_or_else(Vec::new, |answer| answer.by_strength().into_iter().map(driver).collect()),
    };
    Ok(json(&req, &drivers))
}

/// `GET /api/v1/creators/{username}/drivers`
pub async fn of_creator<S: Sight>(
    req: HttpRequest,
    username: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Trouble> {
    let (from, to) = Query::of(&req, &["days", "from", "to"])?.stretch(state.now())?;
    let creator = Handle::parse(&username).map_err(|err| Trouble::invalid("username", &err.to_string()))?;
    let answer = explain::pooled(&state.store, &creator, from, to).await?;
    Ok(json(&req, &pooled::<S>(&creator, from, to, &answer)))
}

fn pooled<S: Sight>(creator: &Handle, from: Stamp, to: Stamp, answer: &PooledAnswer) -> Pooled<S> {
    let of = |pooled: &PooledDriver| PooledJson {
        driver: driver(&pooled.answer),
        sessions: pooled.sessions,
        spread: Weighed::of(pooled.answer.driver, SpreadJson { tau: pooled.tau }),
    };
    Pooled {
        creator: creator.to_string(),
        from: time(from),
        to: time(to),
        sessions: answer.sessions,
        drivers: answer.drivers.iter().map(of).collect(),
    }
}

fn basis(answer: &Answer) -> Basis {
    let basis = answer.basis;
    Basis {
        observed_ms: basis.observed_ms,
        excluded_ms: basis.excluded_ms,
        reporting_delay_s: basis.reporting_delay_s,
        joins: basis.joins,
        mean_viewers: basis.mean_viewers,
    }
}

fn driver<S: Sight>(of: &DriverAnswer) -> DriverJson<S> {
    let effect = EffectJson {
        effect_per_unit: of.per_unit.map(|range| range.estimate),
        ci95: of.per_unit.map(|range| [range.low, range.high]),
    };
    DriverJson {
        kind: of.driver.as_str(),
        verdict: of.verdict.as_str(),
        level: of.level.as_str(),
        effect: Weighed::of(of.driver, effect),
        per_burst: of.per_burst.map(range),
        lag_s: of.lag_s,
        p_value: of.p_value,
        q_value: of.q_value,
        bursts: of.bursts,
        hits: of.hits,
        hits_by_chance: of.hits_by_chance,
        shortage: of.shortage.map(shortage),
        sentence: Said::new(|w| driver_sentence(of, w).text),
    }
}

pub fn range(range: Range) -> RangeJson {
    RangeJson { estimate: range.estimate, low: range.low, high: range.high }
}

fn shortage(shortage: Shortage) -> ShortageJson {
    let (of, have, need) = match shortage {
        Shortage::Minutes { have, need } => ("minutes", have, need),
        Shortage::Occasions { have, need } => ("occasions", have, need),
        Shortage::Viewers { have, need } => ("viewers", have, need),
    };
    ShortageJson { of, have, need }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer::{Level, Verdict};
    use crate::web::sight::{Moneyless, WithMoney};
    use serde_json::json;

    fn gifts(level: Level, shortage: Option<Shortage>) -> DriverAnswer {
        let known = shortage.is_none();
        DriverAnswer {
            driver: Driver::Gifts,
            verdict: if level.is_claim() { Verdict::Raises } else { Verdict::NoEvidence },
            level,
            shortage,
            p_value: known.then_some(0.001),
            q_value: known.then_some(0.005),
            per_unit: known.then_some(Range { estimate: 0.5, low: 0.25, high: 0.75 }),
            per_burst: known.then_some(Range { estimate: 12.0, low: 5.0, high: 19.0 }),
            lag_s: known.then_some(60.0),
            bursts: 11,
            hits: 9,
            hits_by_chance: 3.0,
            moments: Vec::new(),
            evidence: None,
        }
    }

    #[test]
    fn a_driver_has_the_members_of_the_scorers_form_beside_level_and_sentence() {
        let mut shown = serde_json::to_value(driver::<WithMoney>(&gifts(Level::Likely, None))).expect("JSON");
        let sentence = shown.as_object_mut().expect("an object").remove("sentence").expect("a member");
        assert_ne!(sentence["en"], sentence["id"]);
        assert!(sentence["en"].as_str().is_some_and(|text| text.contains("12")), "{sentence}");
        assert_eq!(
            shown,
            json!({
                "kind": "gifts",
                "verdict": "raises",
                "level": "likely",
                "effect_per_unit": 0.5,
                "ci95": [0.25, 0.75],
                "per_burst": { "estimate": 12.0, "low": 5.0, "high": 19.0 },
                "lag_s": 60.0,
                "p_value": 0.001,
                "q_value": 0.005,
                "bursts": 11,
                "hits": 9,
                "hits_by_chance": 3.0,
                "shortage": null,
            })
        );
    }

    #[test]
    fn what_a_diamond_brings_is_told_to_the_owner_alone() {
        let answer = gifts(Level::Likely, None);
        let likes = DriverAnswer { driver: Driver::Likes, ..answer.clone() };
        let shown = |of: &DriverAnswer| serde_json::to_value(driver::<Moneyless>(of)).expect("JSON");
        let members = |shown: &serde_json::Value| shown.as_object().expect("an object").len();
        assert_eq!(members(&shown(&likes)), members(&shown(&answer)) + 2);
        assert!(shown(&answer).get("effect_per_unit").is_none() && shown(&answer).get("ci95").is_none());
        assert_eq!(shown(&likes)["effect_per_unit"], json!(0.5));
        let of = PooledDriver { answer, sessions: 6, tau: Some(0.25) };
        let pooled_answer = PooledAnswer { sessions: 6, drivers: [(); 5].map(|()| of.clone()) };
        let mira = Handle::parse("mira").expect("a handle");
        let shown = serde_json::to_value(pooled::<Moneyless>(&mira, Stamp(0), Stamp(1), &pooled_answer))
            .expect("JSON");
        assert!(shown["drivers"][0].get("tau").is_none() && shown["drivers"][0]["sessions"] == json!(6));
    }

    #[test]
    fn too_early_says_what_is_missing_and_nothing_else() {
        let shortage = Shortage::Occasions { have: 3, need: 8 };
        let shown =
            serde_json::to_value(driver::<WithMoney>(&gifts(Level::Unclear, Some(shortage)))).expect("JSON");
        assert_eq!(shown["shortage"], json!({ "of": "occasions", "have": 3, "need": 8 }));
        for member in ["effect_per_unit", "ci95", "per_burst", "lag_s", "p_value", "q_value"] {
            assert_eq!(shown[member], json!(null), "{member}");
        }
    }

    #[test]
    fn several_sessions_say_how_many_and_how_far_they_differ() {
        let of = |sessions, tau| PooledDriver { answer: gifts(Level::Strong, None), sessions, tau };
        let answer = PooledAnswer {
            sessions: 6,
            drivers: [of(6, Some(0.25)), of(5, None), of(4, None), of(3, None), of(2, None)],
        };
        let mira = Handle::parse("mira").expect("a handle");
        let shown =
            serde_json::to_value(pooled::<WithMoney>(&mira, Stamp(0), Stamp(1), &answer)).expect("JSON");
        assert_eq!((&shown["creator"], &shown["sessions"]), (&json!("mira"), &json!(6)));
        let first = &shown["drivers"][0];
        assert_eq!(
            (&first["sessions"], &first["tau"], &first["level"]),
            (&json!(6), &json!(0.25), &json!("strong"))
        );
        assert_eq!(shown["drivers"][1]["tau"], json!(null));
    }
}
