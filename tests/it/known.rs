//! Rooms whose truth is known: an hour of the simulator, recorded, and what every page says of it.

use crate::program::pasut;
use crate::served::ask;
use crate::studio::Studio;
use pasut::simulator::{Room, profile_named};
use pasut::wire::frame;
use pasut::wire::webcast::FetchResult;
use serde_json::{Value, json};

/// 2026-11-21T12:00:00Z
const START_MS: i64 = 1_795_262_400_000;
const MINUTES: i64 = 60;

/// Lets a room of this scenario live for an hour and records it as a finished session of `@mira`. Returns
/// the session's id. The same every time, which a room that runs by the clock is not.
pub async fn recorded(studio: &mut Studio, scenario: &str, seed: u64) -> String {
    let profile = profile_named(scenario).expect("a scenario");
    let mut room = Room::new(profile, seed, START_MS).of("mira").lasting(MINUTES * 60_000);
    let mut capture = Vec::new();
    for batch in room.advance(i64::MAX) {
        let result = FetchResult { messages: batch.messages, ..FetchResult::default() };
        let message = frame::push(batch.at_ms, 0, &result, false);
        capture.extend_from_slice(&u64::try_from(batch.at_ms - START_MS).expect("later").to_le_bytes());
        capture.extend_from_slice(&u32::try_from(message.len()).expect("short").to_le_bytes());
        capture.extend_from_slice(&message);
    }
    let file = studio.folder().join("mira.cap");
    std::fs::write(&file, capture).expect("written");
    studio.stop_app().await;
    let mut replay = pasut();
    replay.arg("replay").arg(&file).args(["--started-at", "2026-11-21T19:00:00+07:00"]);
    let told = replay.arg("--into").arg(studio.folder()).output().expect("the program");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    studio.start_app().await;
    let sessions = json_of(studio, "/api/v1/sessions").await;
    sessions["sessions"][0]["session_id"].as_str().unwrap_or_else(|| panic!("{sessions}")).to_owned()
}

async fn body_of(studio: &Studio, path: &str, lang: &str) -> String {
    let address = studio.app().address;
    let head = format!("Host: 127.0.0.1:{}\r\nCookie: pasut_lang={lang}", address.port());
    let answer = ask(address, &format!("GET {path} HTTP/1.0\r\n{head}\r\n\r\n")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

pub async fn json_of(studio: &Studio, path: &str) -> Value {
    serde_json::from_str(&body_of(studio, path, "en").await).expect(path)
}

/// What can be read, with every run of spaces as one.
fn readable(page: &str) -> String {
    let texts = page.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    texts.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

pub fn driver<'a>(drivers: &'a Value, kind: &str) -> &'a Value {
    let all = drivers["drivers"].as_array().expect("a list");
    all.iter().find(|driver| driver["kind"] == kind).unwrap_or_else(|| panic!("no {kind} in {drivers}"))
}

fn claims(drivers: &Value) -> Vec<&str> {
    let all = drivers["drivers"].as_array().expect("a list").iter();
    all.filter(|driver| driver["verdict"] != "no_evidence")
        .map(|driver| driver["kind"].as_str().expect("text"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_gifts_fill_is_said_to_be_so_everywhere_and_in_both_languages() {
    let mut studio = Studio::open().await;
    let id = recorded(&mut studio, "gift-driven", 3).await;
    let drivers = json_of(&studio, &format!("/api/v1/sessions/{id}/drivers")).await;
    assert_eq!(claims(&drivers), ["gifts"], "{drivers}");
    let gifts = driver(&drivers, "gifts");
    assert_eq!(gifts["verdict"], "raises");
    let (low, high) = (gifts["ci95"][0].as_f64(), gifts["ci95"][1].as_f64());
    assert!(low > Some(0.0) && high > low, "{gifts}");

    let windows = json_of(&studio, &format!("/api/v1/sessions/{id}/windows")).await;
    let caused = windows["windows"].as_array().expect("a list").iter();
    let caused = caused.filter(|window| window["cause"] == "gifts").count();
    assert!(caused > 0, "{windows}");
    for (lang, by_gifts) in [("en", "most likely gifts:"), ("id", "kemungkinan besar gift:")] {
        let sentence = gifts["sentence"][lang].as_str().expect("a sentence");
        let insights = readable(&body_of(&studio, &format!("/insights?scope=session:{id}"), lang).await);
        let review = readable(&body_of(&studio, &format!("/sessions/{id}"), lang).await);
        assert!(insights.contains(sentence), "{sentence}\n{insights}");
        assert!(review.contains(sentence), "{sentence}\n{review}");
        assert_eq!(review.matches(by_gifts).count(), caused, "{review}");
    }
    // The page as files: each driver a column, each of 21 minutes a row of both drawings.
    let page = body_of(&studio, &format!("/insights?scope=session:{id}"), "en").await;
    let saved = |kind: &str| format!("/insights.{kind}?scope=session:{id}");
    assert!(page.contains(&saved("png")) && page.contains(&saved("csv")), "{page}");
    let csv = body_of(&studio, &saved("csv"), "en").await;
    let rows: Vec<&str> = csv.trim_end().split("\r\n").collect();
    assert!(rows[0].starts_with("\u{feff}Chart,Minutes,Gifts,"), "the strongest first: {}", rows[0]);
    assert_eq!(rows.len(), 1 + 21 + 21 + 1);
    assert!(body_of(&studio, &saved("png"), "en").await.contains("PNG"));
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_room_that_nothing_moves_nothing_is_claimed() {
    let mut studio = Studio::open().await;
    let id = recorded(&mut studio, "unmoved", 3).await;
    let drivers = json_of(&studio, &format!("/api/v1/sessions/{id}/drivers")).await;
    assert_eq!(claims(&drivers), [""; 0], "{drivers}");
    for kind in ["likes", "gifts", "comments"] {
        assert_eq!(driver(&drivers, kind)["shortage"], json!(null), "{kind} could be judged");
    }
    let windows = json_of(&studio, &format!("/api/v1/sessions/{id}/windows")).await;
    let by_driver = |window: &&Value| !matches!(window["cause"].as_str(), Some("none" | "glitch"));
    assert_eq!(windows["windows"].as_array().expect("a list").iter().filter(by_driver).count(), 0);
    let insights = readable(&body_of(&studio, &format!("/insights?scope=session:{id}"), "en").await);
    assert!(!insights.contains("likely a real lift") && !insights.contains("usually rise"), "{insights}");
    let review = readable(&body_of(&studio, &format!("/sessions/{id}"), "id").await);
    assert!(!review.contains("kemungkinan besar gift"), "{review}");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hold_curve_of_the_page_is_saved_as_a_picture_and_as_numbers() {
    let mut studio = Studio::open().await;
    let id = recorded(&mut studio, "calm", 3).await;
    let page = body_of(&studio, &format!("/sessions/{id}"), "en").await;
    let saved = |kind: &str| format!("/sessions/{id}/hold.{kind}");
    assert!(page.contains(&saved("png")) && page.contains(&saved("csv")), "{page}");
    let csv = body_of(&studio, &saved("csv"), "id").await;
    let rows: Vec<Vec<&str>> = csv.trim_end().split("\r\n").map(|row| row.split(';').collect()).collect();
    assert!(rows.len() > 20, "an hour in stretches of whole minutes: {csv}");
    assert_eq!(rows[1][0], "0");
    let shares: Vec<f64> = rows[1..].iter().filter_map(|row| row[1].replace(',', ".").parse().ok()).collect();
    assert!(shares.len() > 20 && shares.iter().all(|share| (0.0..=1.0).contains(share)), "{csv}");
    assert!(shares.iter().any(|share| *share > 0.5), "{csv}");
    assert!(body_of(&studio, &saved("png"), "en").await.contains("PNG"));
    studio.close().await;
}
