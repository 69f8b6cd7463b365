//! The JSON routes against a database that was filled as the recorder fills it.

use crate::served::{NOW, Served};
use pasut::domain::event::{Accounted, Kind, LiveEvent, Viewer, What};
use pasut::domain::gift::{GiftAdded, GiftReport, UnitValue, ValueSource};
use pasut::domain::handle::Handle;
use pasut::domain::ids::{GiftId, RoomId, SessionId, UserId};
use pasut::domain::record::Batch;
use pasut::domain::session::{Gap, GapCause, Origin, SessionStart};
use pasut::domain::time::Stamp;
use pasut::domain::totals::{
    Bin, BinViewers, Counts, GiftTotal, GifterTotal, IntervalRow, PersonActivity, SessionTotals, ViewerTotals,
};
use pasut::store::Store;
use serde_json::{Value, json};

const MINUTE_MS: i64 = 60_000;

/// 2025-11-22T11:00:00Z, an hour before the server's now.
pub const START: Stamp = Stamp(NOW.0 - 60 * MINUTE_MS);

pub fn event(number: u64, at: Stamp, user: i64, what: What, added: Option<GiftAdded>) -> Accounted {
    let viewer = Viewer {
        id: UserId(user),
        display_id: format!("user{user}").as_str().into(),
        nickname: "<b>Ana</b>".into(),
        ..Viewer::default()
    };
    let event = LiveEvent { created_at: None, user: Some(viewer), what };
    Accounted { number, at, msg_id: number as i64, event, added }
}

pub fn start(creator: &str, room: i64, recorded_from: Stamp) -> SessionStart {
    SessionStart {
        creator: Handle::parse(creator).expect("valid"),
        room: RoomId(room),
        host: Some(UserId(1)),
        title: "Sore".to_owned(),
        live_since: Some(recorded_from - MINUTE_MS),
        recorded_from,
        continues: None,
        origin: Origin::Live,
    }
}

/// Three minutes of comments every hundred milliseconds, a gap of a minute in the middle, and gifts
/// of three people, two of whom gave the same.
pub async fn recorded(store: &Store) -> SessionId {
    let id = store.begin_session(&start("mira", 7_500_602_901_061_957_808, START)).await.expect("begun");
    let value = UnitValue { diamonds: 5, source: ValueSource::Event };
    let mut events: Vec<_> = (1..=1200)
        .map(|number| {
            let gap_ms = if number > 600 { MINUTE_MS } else { 0 };
            let at = START + number as i64 * 100 + gap_ms;
            event(number, at, 40, What::Comment { text: "halo".into() }, None)
        })
        .collect();
    for (number, user, units) in [(1201, 41, 2), (1202, 42, 2), (1203, 43, 1)] {
        let report = GiftReport {
            gift: GiftId(9),
            name: "Doughnut".into(),
            repeat_count: units,
            ..GiftReport::default()
        };
        let added = GiftAdded { units, diamonds: i64::from(units) * 5, to_creator: user != 43, value };
        events.push(event(number, START + 3 * MINUTE_MS, user, What::Gift(report), Some(added)));
    }
    let gifter = |user, units: i64| GifterTotal {
        user: UserId(user),
        units,
        diamonds: units * 5,
        diamonds_to_creator: if user == 43 { 0 } else { units * 5 },
        gift_types: 1,
        biggest_diamonds: 5,
        biggest_gift: GiftId(9),
        first_gift_at: START + 3 * MINUTE_MS,
        last_gift_at: START + 3 * MINUTE_MS + user,
        estimated: false,
    };
    let person = |user| PersonActivity {
        user: UserId(user),
        display_id: format!("user{user}"),
        nickname: "<b>Ana</b>".to_owned(),
        first_at: START,
        last_at: START,
        ..PersonActivity::default()
    };
    let viewers = |last| BinViewers {
        last: Some(last),
        min: last,
        max: last,
        viewer_ms: last * 10_000,
        known_ms: 10_000,
    };
    let bin = |from_s: i64, last, likes| Bin {
        from: START + from_s * 1000,
        viewers: viewers(last),
        counts: Counts { likes, ..Counts::default() },
        likes_in_gap: 0,
    };
    let mut totals = SessionTotals {
        comments: 1200,
        likes: 900,
        likes_seen: 80,
        gift_units: 5,
        diamonds: 25,
        diamonds_to_creator: 20,
        viewers: ViewerTotals {
            peak: Some(90),
            last: Some(70),
            viewer_ms: 3_600_000,
            known_ms: 60_000,
            ..ViewerTotals::default()
        },
        ..SessionTotals::default()
    };
    totals.messages.counted = 1203;
    totals.events.set(Kind::Chat, 1200);
    totals.events.set(Kind::Gift, 3);
    totals.diamonds_by_source[ValueSource::Event as usize] = 25;
    let batch = Batch {
        session: id,
        events,
        totals,
        bins: vec![bin(0, 80, 1), bin(10, 90, 2), bin(120, 70, 3)],
        rows: vec![IntervalRow {
            from: START,
            length_ms: 300_000,
            viewers: viewers(70),
            counts: Counts { diamonds: 25, likes: 900, ..Counts::default() },
            top_gifter: Some(UserId(41)),
            ..IntervalRow::default()
        }],
        gifters: vec![gifter(41, 2), gifter(42, 2), gifter(43, 1)],
        gifts: vec![GiftTotal {
            gift: GiftId(9),
            name: "Doughnut".to_owned(),
            streakable: false,
            value,
            units: 5,
            diamonds: 25,
            streaks: 3,
        }],
        people: vec![person(41), person(42), person(43)],
        methods: vec![("WebcastChatMessage".to_owned(), 1200)],
        gaps: vec![Gap {
            from: START + MINUTE_MS,
            to: Some(START + 2 * MINUTE_MS),
            cause: GapCause::Disconnected,
        }],
        ..Batch::default()
    };
    store.append(batch).await.expect("written");
    store.finish_session(id, START + 4 * MINUTE_MS).await.expect("finished");
    id
}

#[tokio::test]
async fn a_creator_is_added_told_and_removed() {
    let served = Served::start().await;
    let added = served
        .change("POST", "/api/v1/creators", r#"{"username": "https://www.tiktok.com/@Mira/live"}"#)
        .await;
    assert_eq!(added.status, 201, "{}", added.body);
    let again = served.change("POST", "/api/v1/creators", r#"{"username": "mira"}"#).await;
    assert_eq!(again.status, 200, "{}", again.body);
    let creators = served.json("/api/v1/creators").await;
    assert_eq!(creators["creators"].as_array().map(Vec::len), Some(1));
    assert_eq!(creators["creators"][0]["username"], "mira");
    assert!(creators["creators"][0]["reason"].as_str().is_some_and(|reason| !reason.is_empty()));

    let stopped = served.change("POST", "/api/v1/creators/@mira/stop", "").await;
    assert_eq!(stopped.status, 200, "{}", stopped.body);
    assert!(stopped.body.contains(r#""username":"mira""#), "{}", stopped.body);
    assert_eq!(served.change("POST", "/api/v1/creators/mira/start", "").await.status, 200);
    assert_eq!(served.change("DELETE", "/api/v1/creators/mira", "").await.status, 204);
    let gone = served.change("DELETE", "/api/v1/creators/mira", "").await;
    assert_eq!(gone.status, 404);
    assert!(gone.problem()["detail"].as_str().expect("text").contains("@mira is not watched"));
}

#[tokio::test]
async fn a_name_that_is_none_is_refused_with_what_a_name_is() {
    let served = Served::start().await;
    for (body, parameter) in [
        (r#"{"username": "<script>"}"#, "username"),
        (r#"{"username": ""}"#, "username"),
        (r#"{"name": "mira"}"#, "body"),
        ("not json", "body"),
    ] {
        let answer = served.change("POST", "/api/v1/creators", body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.problem()["parameter"], parameter, "{body}");
    }
}

#[tokio::test]
async fn a_session_has_the_members_of_a_capture_and_its_gaps() {
    let served = Served::start().await;
    let id = recorded(&served.store).await;
    let session = served.json(&format!("/api/v1/sessions/{id}")).await;
    for (pointer, value) in [
        ("/session_id", json!(id.to_string())),
        ("/creator", json!("mira")),
        ("/room_id", json!("7500602901061957808")),
        ("/state", json!("ended")),
        ("/started_at", json!("2025-11-22T10:59:00.000Z")),
        ("/recorded_from", json!("2025-11-22T11:00:00.000Z")),
        ("/ended_at", json!("2025-11-22T11:04:00.000Z")),
        ("/duration_ms", json!(240_000)),
        ("/coverage", json!(0.75)),
        ("/messages/counted", json!(1203)),
        ("/events/chat", json!(1200)),
        ("/diamonds/total", json!(25)),
        ("/diamonds/to_host", json!(20)),
        ("/diamonds/to_others", json!(5)),
        ("/likes/total", json!(80)),
        ("/likes/room_growth", json!(900)),
        ("/viewers/max", json!(90)),
        ("/viewers/average", json!(60.0)),
        ("/gifts/9/diamonds", json!(25)),
        ("/by_method/WebcastChatMessage", json!(1200)),
        ("/gaps/0/from", json!("2025-11-22T11:01:00.000Z")),
        ("/gaps/0/duration_ms", json!(60_000)),
        ("/gaps/0/reason", json!("disconnected")),
    ] {
        assert_eq!(session.pointer(pointer), Some(&value), "{pointer}");
    }
    for path in ["/api/v1/sessions/77", "/api/v1/sessions/x", "/api/v1/sessions/77/events"] {
        let answer = served.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.problem()["detail"].as_str().expect("text").contains("/api/v1/sessions"));
    }
}

#[tokio::test]
async fn sessions_come_newest_first_page_by_page_and_none_twice() {
    let served = Served::start().await;
    for room in 1..=5 {
        let began = START - room * 60 * MINUTE_MS;
        let id = served
            .store
            .begin_session(&start(if room == 3 { "budi" } else { "mira" }, room, began))
            .await
            .expect("begun");
        served.store.finish_session(id, began + MINUTE_MS).await.expect("finished");
    }
    let mut rooms = Vec::new();
    let mut path = "/api/v1/sessions?creator=mira&limit=2".to_owned();
    loop {
        let page = served.json(&path).await;
        assert_eq!(page["total"], 4);
        rooms.extend(
            page["sessions"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|s| s["room_id"].as_str().expect("text").to_owned()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/v1/sessions?creator=mira&limit=2&cursor={cursor}");
    }
    assert_eq!(rooms, ["1", "2", "4", "5"]);

    let days = served.json("/api/v1/sessions?from=2025-11-22T07:30:00Z&to=2025-11-22T09:30:00Z").await;
    let found: Vec<_> =
        days["sessions"].as_array().expect("a list").iter().map(|s| s["room_id"].clone()).collect();
    assert_eq!(found, ["2", "3"]);
    for (query, parameter) in [
        ("limit=501", "limit"),
        ("cursor=x", "cursor"),
        ("from=monday", "from"),
        ("creator=%20", "creator"),
        ("sort=likes", "sort"),
    ] {
        let answer = served.get(&format!("/api/v1/sessions?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.problem()["parameter"], parameter, "{query}");
    }
}

#[tokio::test]
async fn a_gap_is_null_in_the_series_and_not_zero() {
    let served = Served::start().await;
    let id = recorded(&served.store).await;
    let series = served.json(&format!("/api/v1/sessions/{id}/series")).await;
    let points = series["points"].as_array().expect("a list");
    assert_eq!(points.len(), 24, "four minutes in steps of ten seconds");
    assert_eq!((&points[1]["viewers"], &points[1]["likes"]), (&json!(90), &json!(2)));
    assert_eq!(points[2]["likes"], 0, "quiet, but connected");
    for point in &points[6..12] {
        assert_eq!((&point["viewers"], &point["likes"]), (&Value::Null, &Value::Null), "{point}");
    }
    assert_eq!(points[12]["viewers"], 70);

    let wide = served.json(&format!("/api/v1/sessions/{id}/series?interval=60s")).await;
    let viewers: Vec<_> =
        wide["points"].as_array().expect("a list").iter().map(|p| p["viewers"].clone()).collect();
    assert_eq!(viewers, [json!(90), Value::Null, json!(70), Value::Null]);

    let since = served.json(&format!("/api/v1/sessions/{id}/series?since=2025-11-22T11:03:45Z")).await;
    assert_eq!(since["points"].as_array().map(Vec::len), Some(2));
    assert_eq!(since["points"][0]["t"], "2025-11-22T11:03:40.000Z");

    let rows = served.json(&format!("/api/v1/sessions/{id}/intervals")).await;
    assert_eq!(rows["intervals"][0]["diamonds"], 25);
    assert_eq!(rows["intervals"][0]["top_gifter_user_id"], "41");
}

#[tokio::test]
async fn people_with_the_same_diamonds_share_a_rank() {
    let served = Served::start().await;
    let id = recorded(&served.store).await;
    let rows = |answer: Value| -> Vec<(i64, String, i64)> {
        let row = |row: &Value| {
            let user = row["user_id"].as_str().expect("text").to_owned();
            (
                row["rank"].as_i64().expect("a number"),
                user,
                row["diamonds_to_host"].as_i64().expect("a number"),
            )
        };
        answer["leaderboard"].as_array().expect("a list").iter().map(row).collect()
    };
    let of = |rank, user: &str, to_host| (rank, user.to_owned(), to_host);
    let by_diamonds = [of(1, "41", 10), of(1, "42", 10), of(3, "43", 0)];
    assert_eq!(rows(served.json(&format!("/api/v1/sessions/{id}/leaderboard")).await), by_diamonds);
    let newest = served.json(&format!("/api/v1/sessions/{id}/leaderboard?sort=last_gift&limit=1")).await;
    assert_eq!(rows(newest), [of(3, "43", 0)], "the rank stays one by diamonds");
    assert_eq!(rows(served.json("/api/v1/leaderboard?days=7").await), by_diamonds);
    assert_eq!(rows(served.json("/api/v1/leaderboard?days=7&creator=budi").await), []);
    assert_eq!(rows(served.json("/api/v1/leaderboard?to=2025-11-21").await), []);
    let both = served.get("/api/v1/leaderboard?days=7&from=2025-11-21").await;
    assert_eq!((both.status, both.problem()["parameter"].as_str()), (400, Some("days")));
}

#[tokio::test]
async fn events_are_paged_without_loss_and_the_gap_stands_where_it_was() {
    let served = Served::start().await;
    let id = recorded(&served.store).await;
    let mut ids = Vec::new();
    let mut path = format!("/api/v1/sessions/{id}/events?limit=500");
    loop {
        let answer = served.get(&path).await;
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let page: Vec<Value> = serde_json::from_str(&answer.body).expect("an array");
        ids.extend(page.iter().map(|event| event["event_id"].as_str().expect("text").to_owned()));
        let Some(link) = answer.header("link") else { break };
        path = link.trim_start_matches('<').split('>').next().expect("an address").to_owned();
    }
    let mut expected: Vec<String> = (1..=1203).map(|number| number.to_string()).collect();
    expected.insert(600, format!("600.{}", (START + MINUTE_MS).0));
    let differs = ids.iter().zip(&expected).find(|(got, expected)| got != expected);
    assert_eq!((differs, ids.len()), (None, expected.len()));

    for after in ["599", "600", &expected[600], "601"] {
        let answer = served.get(&format!("/api/v1/sessions/{id}/events?after={after}&limit=3")).await;
        let page: Vec<Value> = serde_json::from_str(&answer.body).expect("an array");
        let place = expected.iter().position(|known| known == after).expect("known");
        let got: Vec<_> = page.iter().map(|event| event["event_id"].as_str().expect("text")).collect();
        assert_eq!(got, &expected[place + 1..place + 4], "after {after}");
    }
}

#[tokio::test]
async fn all_events_come_as_lines_to_those_who_ask() {
    let served = Served::start().await;
    let id = recorded(&served.store).await;
    let path = format!("/api/v1/sessions/{id}/events");
    for answer in [
        served.get(&format!("{path}?format=ndjson")).await,
        served.get_with(&path, "Accept: application/x-ndjson\r\n").await,
    ] {
        assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
        let lines: Vec<Value> =
            answer.body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(lines.len(), 1204);
        let added: i64 = lines.iter().filter_map(|line| line["added_diamonds"].as_i64()).sum();
        assert_eq!(added, 25);
    }
    let gifts = served.get(&format!("{path}?format=ndjson&kind=gift")).await;
    assert_eq!(gifts.body.lines().count(), 3);
    assert!(gifts.body.contains(r#""nickname":"<b>Ana</b>""#), "text is text, as it came");
    let gaps = served.json(&format!("{path}?kind=gap")).await;
    assert_eq!((gaps[0]["reason"].as_str(), gaps.as_array().map(Vec::len)), (Some("disconnected"), Some(1)));
    let wrong = served.get(&format!("{path}?kind=gift,money")).await;
    assert!(wrong.problem()["detail"].as_str().expect("text").contains("comment"), "says what is allowed");
}

#[tokio::test]
async fn an_answer_that_did_not_change_is_304() {
    let served = Served::start().await;
    let id = recorded(&served.store).await;
    let path = format!("/api/v1/sessions/{id}");
    let first = served.get(&path).await;
    let tag = first.header("etag").expect("a tag");
    let again = served.get_with(&path, &format!("If-None-Match: {tag}\r\n")).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
}

#[tokio::test]
async fn monitors_see_health_and_numbers() {
    let served = Served::start().await;
    served.change("POST", "/api/v1/creators", r#"{"username": "mira"}"#).await;
    let ready = served.get("/readyz").await;
    assert_eq!((ready.status, ready.body.trim()), (200, "ok"));
    let metrics = served.get("/metrics").await;
    assert!(metrics.header("content-type").is_some_and(|kind| kind.starts_with("text/plain; version=0.0.4")));
    for start in [
        "pasut_messages_total{kind=\"gift\"} ",
        "pasut_events_stored_total ",
        "pasut_queue_length ",
        "pasut_event_lag_seconds ",
        "pasut_watches{state=\"",
        "pasut_feed_readers 0",
        "pasut_database_bytes ",
        "pasut_http_request_duration_seconds_count{route=\"/api/v1/creators\"} 1",
    ] {
        assert!(metrics.body.lines().any(|line| line.starts_with(start)), "{start} in\n{}", metrics.body);
    }
}

#[tokio::test]
async fn the_description_names_routes_that_exist_and_needs_no_other_host() {
    let served = Served::start().await;
    let id = recorded(&served.store).await;
    let document = served.json("/api/v1/openapi.json").await;
    let docs = served.get("/api/v1/docs").await;
    assert_eq!(docs.status, 200);
    assert!(!docs.body.contains("http://") && !docs.body.contains("https://"), "no outside host");
    let paths = document["paths"].as_object().expect("paths");
    for part in ["series", "intervals", "leaderboard", "drivers", "windows", "what-changed", "events"] {
        let answers = &paths[&format!("/api/v1/sessions/{{id}}/{part}")]["get"]["responses"];
        assert!(answers["410"]["description"].is_string(), "{part} may be gone");
    }
    assert!(paths.len() > 15, "{}", paths.len());
    for (pattern, methods) in paths {
        assert!(docs.body.contains(pattern.as_str()), "{pattern} is on the page");
        let path =
            pattern.replace("{id}", &id.to_string()).replace("{username}", "mira").replace("{marker}", "1");
        for method in methods.as_object().expect("methods").keys() {
            let answer = served.change(&method.to_uppercase(), &path, "").await;
            let unknown = answer.body.contains("nothing at this address") || answer.status == 405;
            assert!(!unknown && answer.status < 500, "{method} {path}: {} {}", answer.status, answer.body);
        }
    }
}
