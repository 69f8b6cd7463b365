//! TikTok's and the sign server's web pages and JSON, as far as clients need them.

use super::avatar;
use super::fault::{Fault, Refusal, SignFault};
use super::people::GIFTS;
use super::rooms::LiveRoom;
use super::world::World;
use crate::wire::Message;
use crate::wire::webcast::FetchResult;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode, Uri};
use serde_json::{Value, json};
use std::collections::HashMap;

pub(super) type Answer = Response<Full<Bytes>>;

pub(super) const SOCKET_PATH: &str = "/webcast/im/ws_proxy/ws_reuse_supplement/";
const CAPTCHA: &str = "<!doctype html><title>Security check</title><div class=\"tiktok-verify-page\"></div>";

/// Answers everything but the socket.
pub(super) fn answer(world: &World, uri: &Uri, headers: &HeaderMap) -> Answer {
    let query = Query::of(uri);
    let path = uri.path().trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match parts[..] {
        [] => front_page(world),
        [handle, "live"] if handle.starts_with('@') => live_page(world, &handle[1..]),
        ["api-live", "user", "room"] => user_room(world, query.get("uniqueId")),
        ["webcast", "room", "check_alive"] => check_alive(world, query.get("room_ids")),
        ["webcast", "room", "info"] => room_info(world, query.get("room_id")),
        ["webcast", "gift", "list"] => gift_list(),
        ["avatar", file] => respond(StatusCode::OK, "image/png", avatar::png(file)),
        ["webcast", "fetch"] => sign(world, query.get("room_id"), &query, headers),
        ["webcast", "rooms", room_id, "connect"] => sign(world, room_id, &query, headers),
        ["simulator", "rooms", name, "truth"] => {
            world.room(name).map_or_else(not_found, |room| json_text(&json!(room.state().truth)))
        }
        ["simulator", "rooms", name, "connections"] => {
            world.room(name).map_or_else(not_found, |room| json_text(&json!(room.state().connections)))
        }
        _ => not_found(),
    }
}

/// A query string; of a repeated key the first value counts.
pub(super) struct Query(HashMap<String, String>);

impl Query {
    pub fn of(uri: &Uri) -> Self {
        let mut values = HashMap::new();
        for pair in uri.query().unwrap_or_default().split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            values.entry(decode(key)).or_insert_with(|| decode(value));
        }
        Self(values)
    }

    pub fn get(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }
}

fn decode(text: &str) -> String {
    let (mut decoded, mut rest) = (Vec::new(), text.as_bytes());
    while let [byte, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (byte, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(code)) => {
                decoded.push(code);
                rest = &tail[2..];
            }
            _ => {
                decoded.push(if *byte == b'+' { b' ' } else { *byte });
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// What a refusal says to plain requests about a room, if anything.
pub(super) fn refused(refusal: Option<Refusal>) -> Option<Answer> {
    match refusal? {
        Refusal::Blocked => Some(respond(StatusCode::FORBIDDEN, "text/html", "Access Denied")),
        Refusal::Captcha => Some(respond(StatusCode::OK, "text/html", CAPTCHA)),
        Refusal::RateLimited => {
            let answer = respond(StatusCode::TOO_MANY_REQUESTS, "application/json", "{}");
            Some(with_header(answer, "retry-after", "7"))
        }
        _ => None,
    }
}

fn front_page(world: &World) -> Answer {
    let faults = world.faults();
    if let Some(answer) = refused(faults.refusal()) {
        return answer;
    }
    let request = world.count_front_page();
    let missing = faults.find(|fault| match fault {
        Fault::MissingTtwid(requests) => Some(requests),
        _ => None,
    });
    let page = respond(StatusCode::OK, "text/html; charset=utf-8", "<!doctype html><title>TikTok</title>");
    if missing.is_some_and(|requests| request <= u64::from(requests)) {
        return page;
    }
    with_header(page, "set-cookie", &format!("ttwid=1%7Csimulator{request}%7C0; Path=/"))
}

fn live_page(world: &World, name: &str) -> Answer {
    let room = world.room(name);
    let faults = world.faults_of(room.as_deref());
    if faults.has(Fault::CaptchaPage) {
        return respond(StatusCode::OK, "text/html", CAPTCHA);
    }
    if let Some(answer) = refused(faults.refusal()) {
        return answer;
    }
    let state = match room.filter(|_| faults.refusal() != Some(Refusal::NotFound)) {
        Some(room) => json!({ "LiveRoom": { "liveRoomUserInfo": who_and_what(world, &room) } }),
        None => json!({ "AppContext": {} }),
    };
    // `</` would end the script early.
    let state = state.to_string().replace("</", "<\\/");
    let page = format!(
        "<!doctype html><html><head><title>TikTok LIVE</title></head><body>\n\
         <script id=\"SIGI_STATE\" type=\"application/json\">{state}</script>\n</body></html>"
    );
    respond(StatusCode::OK, "text/html; charset=utf-8", page)
}

fn user_room(world: &World, name: &str) -> Answer {
    let room = world.room(name);
    let faults = world.faults_of(room.as_deref());
    if faults.has(Fault::CaptchaApi) {
        return respond(StatusCode::OK, "text/html", CAPTCHA);
    }
    if let Some(answer) = refused(faults.refusal()) {
        return answer;
    }
    match room.filter(|_| faults.refusal() != Some(Refusal::NotFound)) {
        Some(room) => json_text(&json!({
            "statusCode": 0, "message": "", "data": who_and_what(world, &room),
        })),
        None => json_text(&json!({ "statusCode": 19_881_007, "message": "user_not_found" })),
    }
}

fn who_and_what(world: &World, room: &LiveRoom) -> Value {
    let faults = world.faults_of(Some(room));
    let state = room.state();
    let status = state.status(&faults);
    json!({
        "user": {
            "id": state.owner.id.to_string(), "uniqueId": room.name, "nickname": state.owner.nickname,
            "roomId": state.room_id.to_string(), "status": status,
        },
        "stats": { "followerCount": 12_345, "followingCount": 67 },
        "liveRoom": {
            "status": status, "title": format!("LIVE with {}", room.name),
            "startTime": state.started_ms / 1000,
            "liveRoomStats": {
                "userCount": state.truth.viewers.last, "enterCount": state.truth.viewers.final_total_user,
            },
        },
    })
}

fn check_alive(world: &World, room_ids: &str) -> Answer {
    let alive = |id: &str| {
        let room = world.room_of_id(id);
        let status = room.map(|room| {
            let faults = world.faults_of(Some(&room));
            room.state().status(&faults)
        });
        json!({
            "alive": matches!(status, Some(2 | 3)), "room_id": id.parse().unwrap_or(0_i64), "room_id_str": id,
        })
    };
    let data: Vec<Value> = room_ids.split(',').map(alive).collect();
    json_text(&json!({ "data": data, "status_code": 0 }))
}

fn room_info(world: &World, room_id: &str) -> Answer {
    let Some(room) = world.room_of_id(room_id) else {
        return json_text(&json!({ "status_code": 30_003, "data": {} }));
    };
    let faults = world.faults_of(Some(&room));
    if let Some(answer) = refused(faults.refusal()) {
        return answer;
    }
    if faults.refusal() == Some(Refusal::AgeRestricted) {
        return json_text(&json!({ "status_code": 4_003_110, "data": { "prompts": "" } }));
    }
    let state = room.state();
    json_text(&json!({
        "status_code": 0, "extra": { "now": world.now_ms() },
        "data": {
            "id_str": room_id, "status": state.status(&faults), "title": format!("LIVE with {}", room.name),
            "create_time": state.started_ms / 1000, "start_time": state.started_ms / 1000,
            "user_count": state.truth.viewers.last, "like_count": state.truth.likes.max_reported_total,
            "stats": {
                "like_count": state.truth.likes.max_reported_total,
                "total_user": state.truth.viewers.final_total_user,
                "follow_count": state.truth.follows, "share_count": state.truth.shares,
            },
            "owner": {
                "id_str": state.owner.id.to_string(), "display_id": room.name,
                "nickname": state.owner.nickname, "follow_info": { "follower_count": 12_345 },
            },
        },
    }))
}

fn gift_list() -> Answer {
    let gifts: Vec<Value> = GIFTS
        .iter()
        .map(|gift| {
            json!({
                "id": gift.id, "name": gift.name, "diamond_count": gift.diamonds,
                "type": if gift.streakable { 1 } else { 2 }, "combo": gift.streakable,
            })
        })
        .collect();
    json_text(&json!({ "status_code": 0, "data": { "gifts": gifts } }))
}

/// The sign server, in both spellings of its route.
fn sign(world: &World, room_id: &str, query: &Query, headers: &HeaderMap) -> Answer {
    let fault = world.faults().find(|fault| match fault {
        Fault::Sign(fault) => Some(fault),
        _ => None,
    });
    let given = headers.get("x-api-key").and_then(|key| key.to_str().ok()).unwrap_or(query.get("apiKey"));
    let unknown_key = world.sign_api_key().is_some_and(|key| key != given);
    let error = |status, body: Value| respond(status, "application/json", body.to_string());
    match fault {
        _ if unknown_key => return error(StatusCode::UNAUTHORIZED, json!({ "message": "Invalid API key" })),
        Some(SignFault::InvalidKey) => {
            return error(StatusCode::UNAUTHORIZED, json!({ "message": "Invalid API key" }));
        }
        Some(SignFault::RateLimited) => {
            let body = json!({ "message": "Too many requests", "limit_label": "rate_limit_account_minute" });
            return with_header(error(StatusCode::TOO_MANY_REQUESTS, body), "retry-after", "7");
        }
        Some(SignFault::Broken) => {
            return error(StatusCode::INTERNAL_SERVER_ERROR, json!({ "message": "agent failed" }));
        }
        Some(SignFault::OutageStub) | None => {}
    }
    let Some(room) = world.room_of_id(room_id) else { return not_found() };
    let stub = fault == Some(SignFault::OutageStub);
    let host = if stub { "wss://ws-fallback.eulerstream.com" } else { &world.url().replace("http", "ws") };
    let mut fetched = FetchResult {
        cursor: "t-1_d-1_u-1_h-1".into(),
        now: world.now_ms(),
        internal_ext: "internal_src:dim|wss_push_room_id:1".into(),
        route_params: HashMap::from([("imprp".to_owned(), "simulator".to_owned())]),
        heartbeat_duration: 10_000,
        push_server: format!("{host}{SOCKET_PATH}").into(),
        is_first: true,
        ..FetchResult::default()
    };
    if stub {
        // The stub seen in 2026 had 272 bytes in all.
        let missing = 272_usize.saturating_sub(fetched.encoded_len());
        fetched.cursor = [&fetched.cursor[..], &vec![b'0'; missing][..]].concat().into();
    }
    let answer = respond(StatusCode::OK, "application/octet-stream", fetched.encode_to_vec());
    let answer = with_header(answer, "x-set-tt-cookie", "ttwid=1%7Csigned%7C0; Path=/");
    let answer = with_header(answer, "x-request-id", "simulator");
    with_header(answer, "x-room-id", &room.state().room_id.to_string())
}

fn json_text(value: &Value) -> Answer {
    respond(StatusCode::OK, "application/json", value.to_string())
}

fn not_found() -> Answer {
    respond(StatusCode::NOT_FOUND, "text/plain", "The simulator has nothing here.\n")
}

pub(super) fn respond(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

pub(super) fn with_header(mut answer: Answer, name: &'static str, value: &str) -> Answer {
    let value = HeaderValue::from_str(value).expect("our own values are plain text");
    answer.headers_mut().insert(HeaderName::from_static(name), value);
    answer
}
