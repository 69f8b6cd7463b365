//! Why viewers changed: while a session runs, when it ends, and ever after; and what people mark.

use crate::api::{START, event, recorded, start};
use crate::served::{Served, ask};
use crate::studio::Studio;
use pasut::domain::answer::Level;
use pasut::domain::event::What;
use pasut::domain::marker::MarkerKind;
use pasut::domain::record::Batch;
use pasut::domain::time::Stamp;
use pasut::domain::totals::{BinViewers, Counts, IntervalMedians, IntervalRow, UsualInterval};
use pasut::store::{Opening, Store};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE_MS: i64 = 60_000;

async fn shown(studio: &Studio, path: &str) -> Value {
    let address = studio.app().address;
    let request = format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{}\r\n\r\n", address.port());
    let answer = ask(address, &request).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).expect(path)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_session_has_the_same_answer_in_its_snapshot_and_as_json() {
    let (studio, room) = Studio::live("mira").await;
    room.comment("ben", "halo").await;
    let session = studio.until_session("mira", "explained", |session| session.answer.is_some()).await;
    let answer = session.answer.as_ref().expect("just seen");
    assert!(answer.drivers.iter().all(|driver| driver.level == Level::Unclear), "it has just begun");

    let json = shown(&studio, &format!("/api/v1/sessions/{}/drivers", session.id)).await;
    assert_eq!((&json["running"], json["drivers"].as_array().map(Vec::len)), (&json!(true), Some(5)));
    for driver in json["drivers"].as_array().expect("a list") {
        assert_eq!(driver["level"], "unclear");
        assert!(driver["shortage"]["need"].as_i64() > driver["shortage"]["have"].as_i64(), "{driver}");
        let (en, id) = (driver["sentence"]["en"].as_str(), driver["sentence"]["id"].as_str());
        assert!(en.is_some_and(|text| !text.is_empty()) && id.is_some() && en != id, "{driver}");
    }
    let windows = shown(&studio, &format!("/api/v1/sessions/{}/windows", session.id)).await;
    assert_eq!((&windows["at"], &windows["windows"]), (&json["at"], &json!([])));
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_answer_of_a_session_is_stored_and_told_ever_after() {
    let (mut studio, room) = Studio::live("mira").await;
    room.comment("ben", "halo").await;
    studio.until_session("mira", "the comment", |session| session.totals.comments == 1).await;
    room.end().await;
    let ended = studio.until_session("mira", "the end", |session| session.ended_at.is_some()).await;
    let last = ended.answer.as_deref().expect("an answer");
    assert_eq!(Some(last.at), ended.ended_at);
    assert_eq!(studio.app().store.answer(ended.id).await.expect("readable").as_ref(), Some(last));

    let path = format!("/api/v1/sessions/{}/drivers", ended.id);
    let told = shown(&studio, &path).await;
    assert_eq!(told["running"], false);
    studio.stop_app().await;
    studio.start_app().await;
    assert_eq!(shown(&studio, &path).await, told);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_marked_and_answered_is_there_after_a_restart() {
    let (mut studio, room) = Studio::live("mira").await;
    room.comment("ben", "halo").await;
    let before = studio.until_session("mira", "explained", |session| session.answer.is_some()).await;
    let recorder = &studio.app().recorder;
    let marked = recorder.mark(before.id, None, MarkerKind::NewGame, "  Catur <3 ").await.expect("marked");
    let gone = recorder.mark(before.id, None, MarkerKind::Pk, "").await.expect("marked");
    assert!(recorder.unmark(before.id, gone.id).await.expect("removed"));
    assert_eq!(marked.note, "Catur <3");
    assert_eq!(studio.session("mira").markers, std::slice::from_ref(&marked));
    let answered = studio.app().store.answer(before.id).await.expect("readable").expect("kept");
    studio.stop_app().await;

    studio.start_app().await;
    room.listened_to_by(1).await;
    let after = studio.until_session("mira", "taken up", |session| session.id == before.id).await;
    assert_eq!(after.markers, [marked]);
    let history = studio.app().store.answer_history(before.id).await.expect("readable");
    assert_eq!(history[0], answered, "as it was given");
    studio.until_session("mira", "explained again", |session| session.answer.is_some()).await;
    studio.close().await;
}

/// Records twenty minutes with eighty viewers, which nobody explains.
async fn twenty_minutes(store: &Store, began: Stamp) {
    let session = store.begin_session(&start("mira", began.0, began)).await.expect("begun");
    let row = |interval: i64| IntervalRow {
        from: began + interval * 5 * MINUTE_MS,
        length_ms: 5 * MINUTE_MS,
        viewers: BinViewers { last: Some(80), viewer_ms: 80_000, known_ms: 1_000, ..BinViewers::default() },
        counts: Counts { likes: 400, ..Counts::default() },
        ..IntervalRow::default()
    };
    let rows = (0..4).map(row).collect();
    let events = vec![event(1, began, 40, What::Comment { text: "halo".into() }, None)];
    store.append(Batch { session, events, rows, ..Batch::default() }).await.expect("written");
    store.finish_session(session, began + 20 * MINUTE_MS).await.expect("finished");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_session_knows_what_is_usual_at_its_age() {
    let studio = Studio::open().await;
    let began = studio.clock.wall().floor_to(5 * MINUTE_MS) - 60 * MINUTE_MS;
    twenty_minutes(&studio.app().store, began).await;

    let room = studio.simulator.scripted("mira");
    studio.watch("mira").await;
    room.listened_to_by(1).await;
    room.viewers(100, 1_000).await;
    let live = studio.until_session("mira", "what is usual", |session| session.usual.is_some()).await;
    let counts = IntervalMedians { likes: 400.0, ..IntervalMedians::default() };
    assert_eq!(live.usual, Some(UsualInterval { sessions: 1, viewers: 80.0, counts }));
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_nobody_saw_end_is_explained_at_the_next_start() {
    let mut studio = Studio::open().await;
    let session = recorded(&studio.app().store).await;
    assert_eq!(studio.app().store.unanswered_sessions().await, Ok(vec![session]));
    studio.stop_app().await;
    studio.start_app().await;
    let ended = studio.until_stored(session, |stored| stored.ended_at.is_some()).await.ended_at;
    let waiting = async {
        while studio.app().store.unanswered_sessions().await != Ok(Vec::new()) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(40), waiting).await.expect("explained in time");
    let answer = studio.app().store.answer(session).await.expect("readable").expect("kept");
    assert_eq!(Some(answer.at), ended);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pasut_stops_at_once_in_the_middle_of_explaining_and_goes_on_at_the_next_start() {
    const SESSIONS: i64 = 40;
    let mut studio = Studio::open().await;
    studio.stop_app().await;
    let store = Store::open(&studio.folder().join("pasut.db"), Opening::Owner).expect("a database");
    for earlier in 1..=SESSIONS {
        twenty_minutes(&store, studio.clock.wall() - earlier * 60 * MINUTE_MS).await;
    }
    drop(store);
    studio.start_app().await;
    let unexplained =
        async |studio: &Studio| studio.app().store.unanswered_sessions().await.expect("readable").len();
    while unexplained(&studio).await as i64 == SESSIONS {
        tokio::task::yield_now().await;
    }
    tokio::time::timeout(Duration::from_secs(40), studio.stop_app()).await.expect("stopped in time");

    let store = Store::open(&studio.folder().join("pasut.db"), Opening::Beside).expect("a database");
    let left = store.unanswered_sessions().await.expect("readable");
    assert!(!left.is_empty(), "it did not go through all of them first");
    drop(store);
    studio.start_app().await;
    let explained = async {
        while unexplained(&studio).await > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(40), explained).await.expect("explained in time");
    studio.close().await;
}

#[tokio::test]
async fn a_session_that_nobody_explained_is_explained_once_and_for_all() {
    let served = Served::start().await;
    let id = recorded(&served.store).await;
    assert_eq!(served.store.answer(id).await, Ok(None));
    let drivers = served.json(&format!("/api/v1/sessions/{id}/drivers")).await;
    assert_eq!(drivers["at"], "2025-11-22T11:04:00.000Z");
    let kept = served.store.answer(id).await.expect("readable").expect("kept");
    assert_eq!(kept.at, START + 4 * MINUTE_MS);
    assert_eq!(served.json(&format!("/api/v1/sessions/{id}/drivers")).await, drivers);
    assert_eq!(served.store.answer_history(id).await, Ok(vec![kept]));
    assert_eq!(served.get("/api/v1/sessions/77/drivers").await.status, 404);

    let pooled = served.json("/api/v1/creators/@mira/drivers?days=7").await;
    assert_eq!((&pooled["creator"], pooled["drivers"].as_array().map(Vec::len)), (&json!("mira"), Some(5)));
    assert_eq!(pooled["to"], "2025-11-22T12:00:00.001Z");
    let both = served.get("/api/v1/creators/mira/drivers?days=7&from=2025-11-01").await;
    assert_eq!((both.status, both.problem()["parameter"].as_str()), (400, Some("days")));
}

#[tokio::test]
async fn markers_are_added_listed_and_removed() {
    let served = Served::start().await;
    let id = recorded(&served.store).await;
    let path = format!("/api/v1/sessions/{id}/markers");
    let note = "ä".repeat(600);
    let mut ids = Vec::new();
    for (kind, at, note) in [
        ("giveaway", "2025-11-22T11:02:00Z", note.as_str()),
        ("asked_for_likes", "2025-11-22T18:01:00.5+07:00", ""),
    ] {
        let body = json!({ "kind": kind, "at": at, "note": note }).to_string();
        let added = served.change("POST", &path, &body).await;
        assert_eq!(added.status, 201, "{}", added.body);
        let added: Value = serde_json::from_str(&added.body).expect("JSON");
        ids.push(added["id"].as_str().expect("text").to_owned());
    }
    let markers = served.json(&path).await;
    assert_eq!(
        markers["markers"],
        json!([
            { "id": ids[1], "at": "2025-11-22T11:01:00.500Z", "kind": "asked_for_likes", "note": "" },
            { "id": ids[0], "at": "2025-11-22T11:02:00.000Z", "kind": "giveaway", "note": "ä".repeat(500) },
        ])
    );
    assert_eq!(served.change("DELETE", &format!("{path}/{}", ids[0]), "").await.status, 204);
    for gone in [ids[0].as_str(), "x"] {
        assert_eq!(served.change("DELETE", &format!("{path}/{gone}"), "").await.status, 404);
    }
    let left = served.json(&path).await;
    assert_eq!(left["markers"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_marker_that_cannot_be_is_refused_with_what_can() {
    let served = Served::start().await;
    let id = recorded(&served.store).await;
    let path = format!("/api/v1/sessions/{id}/markers");
    for (body, parameter) in [
        (r#"{"kind": "party", "at": "2025-11-22T11:02:00Z"}"#, "kind"),
        (r#"{"at": "2025-11-22T11:02:00Z"}"#, "body"),
        ("not json", "body"),
        (r#"{"kind": "pk", "at": "soon"}"#, "at"),
        (r#"{"kind": "pk", "at": "2025-11-22T10:59:59Z"}"#, "at"),
        (r#"{"kind": "pk", "at": "2025-11-22T11:04:01Z"}"#, "at"),
        (r#"{"kind": "pk"}"#, "at"),
    ] {
        let refused = served.change("POST", &path, body).await;
        assert_eq!(
            (refused.status, refused.problem()["parameter"].as_str()),
            (400, Some(parameter)),
            "{body}"
        );
    }
    let nowhere = served.change("POST", "/api/v1/sessions/77/markers", r#"{"kind": "pk"}"#).await;
    assert_eq!(nowhere.status, 404, "{}", nowhere.body);
    assert_eq!(served.json(&path).await["markers"], json!([]));
    for query in ["", "?from=2025-11-22T11:01:00Z", "?from=2025-11-22T11:03:00Z&to=2025-11-22T11:02:00Z"] {
        let refused = served.get(&format!("/api/v1/sessions/{id}/what-changed{query}")).await;
        assert_eq!(refused.status, 400, "{query}: {}", refused.body);
    }
}
