//! Settings that are changed while Pasut runs: saved one by one, in force at once, and taken back.

use crate::served::{Answer, Served, ask};
use crate::studio::{Setup, Studio, handle};
use pasut::app::App;
use pasut::domain::keeping::Keeping;
use pasut::housekeeping::retention;
use pasut::recorder::shared::Settings;
use pasut::settings::preferences::Key;

async fn post(served: &Served, path: &str, body: &str) -> Answer {
    let headers = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    served.change_with("POST", path, headers, body).await
}

/// What a page of a running app shows.
async fn shown(app: &App, path: &str) -> String {
    let address = app.address;
    ask(address, &format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n")).await.body
}

#[tokio::test]
async fn a_setting_is_saved_by_itself_and_the_page_offers_to_take_it_back() {
    let served = Served::start().await;
    let answer = post(&served, "/settings/session", "session.grace=25").await;
    assert_eq!(answer.header("location"), Some("/settings/session?saved=session.grace#session.grace"));
    let page = served.get("/settings/session?saved=session.grace").await.body;
    assert!(page.contains("name=\"session.grace\" value=\"25\""), "{page}");
    assert!(page.contains("Undo: back to 10"), "{page}");
    let answer = post(&served, "/settings/undo", "back=%2Fsettings%2Fsession").await;
    assert_eq!(answer.header("location"), Some("/settings/session"));
    assert!(served.get("/settings/session").await.body.contains("name=\"session.grace\" value=\"10\""));
}

#[tokio::test]
async fn how_long_sessions_are_kept_is_saved_by_itself_says_what_comes_of_it_and_is_taken_back() {
    let served = Served::start().await;
    post(&served, "/settings/data", "data.raw_days=7").await;
    let answer = post(&served, "/settings/data", "data.retention_days=0").await;
    let place = "/settings/data?saved=data.retention_days#data.retention_days";
    assert_eq!(answer.header("location"), Some(place));
    let page = served.get("/settings/data?saved=data.retention_days").await.body;
    for says in [
        "name=\"data.retention_days\" value=\"0\"",
        "name=\"data.raw_days\" value=\"7\"",
        "Nothing is archived: sessions are kept for ever.",
        "Undo: back to 90",
    ] {
        assert!(page.contains(says), "{says}: {page}");
    }
    let kept = || async { retention::keeping(&served.store).await.expect("readable") };
    assert_eq!(kept().await, Keeping { days: 0, raw_days: 7 }, "the next chore goes by it");
    let answer = post(&served, "/settings/undo", "back=%2Fsettings%2Fdata").await;
    assert_eq!(answer.header("location"), Some("/settings/data"));
    assert_eq!(kept().await, Keeping { days: 90, raw_days: 7 });
    post(&served, "/settings/data", "data.language=id").await;
    let page = served.get("/settings/data?saved=data.language").await.body;
    assert!(page.contains("value=\"id\" lang=\"id\" aria-pressed=\"true\""), "{page}");
    assert!(page.contains("Undo: back to English"), "{page}");
}

#[tokio::test]
async fn what_cannot_be_used_is_said_beside_its_field_and_stays_typed() {
    let served = Served::start().await;
    for (tab, body, says) in [
        ("session", "session.grace=999", "Type a whole number from 1 to 120."),
        ("gifts", "gifts.special=1000", "Special has to begin below premium."),
        ("data", "data.retention_days=36501", "Type a whole number from 0 to 36,500."),
        ("data", "data.raw_days=soon", "Type a whole number from 0 to 36,500."),
    ] {
        let answer = post(&served, &format!("/settings/{tab}"), body).await;
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains(says), "{}", answer.body);
        let typed = body.split_once('=').expect("two parts").1;
        assert!(answer.body.contains(&format!("value=\"{typed}\"")), "{}", answer.body);
    }
    let answer = post(&served, "/settings/data", "data.language=nl").await;
    assert!(
        answer.status == 400 && answer.body.contains("Choose one of these languages."),
        "{}",
        answer.body
    );
    assert!(served.store.settings().await.expect("readable").is_empty());
    assert_eq!(post(&served, "/settings/session", "session.nonsense=1").await.status, 400);
}

#[tokio::test]
async fn a_faster_preset_reaches_a_page_that_stands_with_its_next_poll() {
    let (studio, _room) = Studio::live("mira").await;
    let pulse = || async {
        let page = shown(studio.app(), "/live").await;
        let at = page.find("id=\"pulse\"").expect("there");
        page[at..at + 300].to_owned()
    };
    assert!(pulse().await.contains("every 2s") && pulse().await.contains("data-chart-every=\"5000\""));
    let preferences = &studio.app().preferences;
    preferences.change(&[(Key::Refresh, Some("200"))]).await.expect("usable");
    assert!(pulse().await.contains("every 4s") && pulse().await.contains("data-chart-every=\"10000\""));
    studio.close().await;
}

#[tokio::test]
async fn an_interval_the_operator_fixed_is_shown_locked_and_stays() {
    let settings = Settings { interval_ms: 60_000, ..Settings::default() };
    let file = "session.interval = 1".to_owned();
    let studio = Studio::with(Setup { file, settings, ..Setup::default() }).await;
    assert!(shown(studio.app(), "/settings/session").await.contains("Set in pasut.toml"));
    let preferences = &studio.app().preferences;
    assert!(preferences.change(&[(Key::Interval, Some("5"))]).await.is_err());
    assert_eq!(preferences.now().interval_ms, 60_000);
    studio.close().await;
}

#[tokio::test]
async fn without_recording_by_itself_a_live_waits_until_it_is_asked_for() {
    let studio = Studio::open().await;
    studio.app().preferences.change(&[(Key::AutoStart, Some("off"))]).await.expect("usable");
    let mut settings = studio.app().settings.subscribe();
    settings.wait_for(|settings| !settings.auto_start).await.expect("the app lives");
    let room = studio.simulator.scripted("mira");
    studio.watch("mira").await;
    studio.until("mira", "left alone", |snapshot| snapshot.state.as_str() == "stopped").await;
    assert!(studio.app().store.open_sessions().await.expect("readable").is_empty());
    studio.app().recorder.start_watching(&handle("mira")).await.expect("watched");
    room.listened_to_by(1).await;
    room.viewers(100, 1_000).await;
    studio.until("mira", "recorded", |snapshot| snapshot.state.as_str() == "live").await;
    studio.close().await;
}

#[tokio::test]
async fn the_rate_of_the_rupiah_is_dated_when_it_is_saved_and_both_are_taken_back_together() {
    let served = Served::start().await;
    let page = served.get("/settings/money").await.body;
    assert!(page.contains("10,000 diamonds ≈\u{a0}US$50."), "{page}");
    let answer = post(&served, "/settings/money", "money.idr_per_usd=16200").await;
    let place = "/settings/money?saved=money.idr_per_usd#money.idr_per_usd";
    assert_eq!(answer.header("location"), Some(place));
    let page = served.get("/settings/money?saved=money.idr_per_usd").await.body;
    assert!(page.contains("10,000 diamonds ≈\u{a0}Rp\u{a0}810,000."), "{page}");
    assert!(page.contains("Undo: back to nothing"), "{page}");
    let saved = served.store.settings().await.expect("readable");
    let date = saved.get("money.idr_date").expect("dated");
    assert!(page.contains(&format!("type=\"date\" name=\"money.idr_date\" value=\"{date}\"")), "{page}");
    post(&served, "/settings/undo", "back=%2Fsettings%2Fmoney").await;
    assert!(served.store.settings().await.expect("readable").is_empty());
    let answer = post(&served, "/settings/money", "money.diamond_usd=2").await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("Type an amount from 0.0001 to 1."), "{}", answer.body);
}
