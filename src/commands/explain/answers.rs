//! How answers are printed: as one JSON object, or to be read.

use super::Session;
use super::event_file::UNNAMED_GIFT;
use crate::domain::answer::{Answer, Cause, DriverAnswer, PooledAnswer, Range, WindowAnswer};
use crate::domain::time::Stamp;
use crate::web::sentences::{Sentence, driver_sentence, level_word, window_sentence};
use crate::web::views;
use crate::words::{Lang, Words};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

type Pooled<'a> = BTreeMap<&'a str, PooledAnswer>;

/// `{"sessions": {NAME: {"drivers": [...], "windows": [...]}}, "pooled": {STREAMER: {"drivers": [...]}}}`;
/// `pooled` only where creators were named.
pub fn to_json(sessions: &[Session], pooled: &Pooled) -> Value {
    let of_session = |answer: &Answer| {
        let windows: Vec<_> = answer.windows.iter().map(window).collect();
        json!({ "drivers": answer.drivers.each_ref().map(driver), "windows": windows })
    };
    let sessions: Map<_, _> =
        sessions.iter().map(|session| (session.name.to_owned(), of_session(&session.answer))).collect();
    let mut all = json!({ "sessions": sessions });
    if !pooled.is_empty() {
        let of_streamer = |pooled: &PooledAnswer| {
            let drivers = pooled.drivers.each_ref().map(|pooled| {
                let mut driver = driver(&pooled.answer);
                driver["sessions"] = json!(pooled.sessions);
                driver["tau"] = json!(pooled.tau);
                driver
            });
            json!({ "sessions": pooled.sessions, "drivers": drivers })
        };
        all["pooled"] = pooled.iter().map(|(name, pooled)| (*name, of_streamer(pooled))).collect();
    }
    all
}

fn driver(answer: &DriverAnswer) -> Value {
    let ends = |range: Range| [range.low, range.high];
    json!({
        "kind": answer.driver.as_str(),
        "verdict": answer.verdict.as_str(),
        "level": answer.level.as_str(),
        "shortage": answer.shortage,
        "p_value": answer.p_value,
        "q_value": answer.q_value,
        "effect_per_unit": answer.per_unit.map(|range| range.estimate),
        "ci95": answer.per_unit.map(ends),
        "effect_per_burst": answer.per_burst.map(|range| range.estimate),
        "ci95_per_burst": answer.per_burst.map(ends),
        "lag_s": answer.lag_s,
        "bursts": answer.bursts,
        "hits": answer.hits,
        "hits_by_chance": answer.hits_by_chance,
    })
}

/// The cause of a glitch is none, because nobody came or left.
fn window(answer: &WindowAnswer) -> Value {
    let glitch = answer.cause == Cause::Glitch;
    let cause = if glitch { Cause::None } else { answer.cause };
    let mut window = json!({
        "start_ms": answer.from.0,
        "end_ms": answer.to.0,
        "viewer_change": answer.change,
        "cause": cause.as_str(),
        "confidence": answer.confidence,
    });
    if glitch {
        window["glitch"] = json!(true);
    }
    window
}

/// A paragraph for each LIVE and each creator: every driver, strongest evidence first, and every notable rise
/// and drop.
pub fn to_text(sessions: &[Session], pooled: &Pooled) -> String {
    let w = Words::of(Lang::En);
    let mut text = String::new();
    for Session { name, answer, .. } in sessions {
        let length = views::minutes(w.lang(), answer.at.0);
        text += &match answer.basis.mean_viewers {
            viewers if viewers > 0.0 => format!("{name}: {length}, {viewers:.0} viewers on average\n"),
            _ => format!("{name}: {length}, viewers not known\n"),
        };
        answer.by_strength().into_iter().for_each(|driver| push_driver(&mut text, driver, w));
        answer.windows.iter().for_each(|window| push_window(&mut text, window, w));
        text.push('\n');
    }
    for (name, pooled) in pooled.iter().filter(|(_, pooled)| pooled.sessions > 1) {
        text += &format!("{name}: {} LIVEs together\n", pooled.sessions);
        pooled.drivers.iter().for_each(|driver| push_driver(&mut text, &driver.answer, w));
        text.push('\n');
    }
    text
}

fn push_driver(text: &mut String, answer: &DriverAnswer, w: &Words) {
    let said = said(&driver_sentence(answer, w));
    writeln!(text, "  {:<8}  {:<8}  {said}", answer.driver.as_str(), level_word(answer.level, w))
        .expect("a text takes everything");
}

fn push_window(text: &mut String, answer: &WindowAnswer, w: &Words) {
    let occasion = answer.occasion.filter(|occasion| occasion.gift != Some(UNNAMED_GIFT));
    let said = said(&window_sentence(&WindowAnswer { occasion, ..*answer }, None, w));
    let at = |at: Stamp| views::elapsed(at.0);
    writeln!(text, "  {} to {}  {said}", at(answer.from), at(answer.to)).expect("a text takes everything");
}

fn said(sentence: &Sentence) -> String {
    match &sentence.evidence {
        Some(evidence) => format!("{} ({evidence})", sentence.text),
        None => sentence.text.clone(),
    }
}
