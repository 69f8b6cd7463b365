//! Is this creator live, and in which room?

use super::config::Endpoints;
use super::disconnect::Disconnect;
use super::translate::created_at;
use crate::domain::handle::Handle;
use crate::domain::ids::{RoomId, UserId};
use crate::domain::time::Stamp;
use crate::outbound::{Answer, Outbound};
use serde::Deserialize;

/// TikTok's code for "no such user". It is also given for creators that are live, so it is
/// believed only when the page says the same.
const USER_NOT_FOUND: i64 = 19_881_007;

/// TikTok's code for "nothing to say about this room to you": an age limit, or a private room.
const NO_ROOM_INFO: i64 = 4_003_110;

/// What TikTok says of a creator.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The creator's account, if it was said.
    pub host: Option<UserId>,
    pub nickname: String,
    pub broadcast: Broadcast,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Broadcast {
    Live(Room),
    /// Not live; the room is the last one, if it was said.
    Off {
        last: Option<RoomId>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    pub id: RoomId,
    pub title: String,
    pub since: Option<Stamp>,
    pub paused: bool,
}

/// Asks TikTok whether `creator` is live. `user_agent` is the browser we claim to be.
///
/// # Errors
///
/// The [`Disconnect`] that says why there is no answer.
pub async fn look_up(
    outbound: &Outbound,
    endpoints: &Endpoints,
    user_agent: &str,
    cookie: Option<&str>,
    creator: &Handle,
) -> Result<Found, Disconnect> {
    let web = &endpoints.web;
    let mut headers = vec![("user-agent", user_agent), ("referer", "https://www.tiktok.com/")];
    headers.extend(cookie.map(|cookie| ("cookie", cookie)));
    let query = "aid=1988&app_name=tiktok_web&device_platform=web_pc&app_language=en&browser_language=en-US\
                 &region=US&user_is_login=false&sourceType=54&staleTime=600000";
    let url = format!("{web}/api-live/user/room?{query}&uniqueId={creator}");
    let first = outbound.get(&url, &headers).await?;
    match read_json(&first) {
        // Both are said of creators that are live; the page is the second opinion.
        Err(cause @ (Disconnect::NotFound | Disconnect::Blocked { .. })) => {
            let page = outbound.get(&format!("{web}/@{creator}/live"), &headers).await?;
            match read_page(&page) {
                Err(Disconnect::Blocked { .. }) => Err(cause),
                found => found,
            }
        }
        found => found,
    }
}

/// Whether TikTok keeps the content of `room` from visitors without a login.
///
/// # Errors
///
/// The [`Disconnect`] that says why there is no answer.
pub async fn is_restricted(
    outbound: &Outbound,
    endpoints: &Endpoints,
    user_agent: &str,
    room: RoomId,
) -> Result<bool, Disconnect> {
    #[derive(Deserialize)]
    struct Info {
        #[serde(default)]
        status_code: i64,
    }
    let url = format!(
        "{}/webcast/room/info/?aid=1988&app_name=tiktok_web&device_platform=web_pc&room_id={room}",
        endpoints.webcast
    );
    let answer = outbound.get(&url, &[("user-agent", user_agent)]).await?;
    refusal(&answer)?;
    Ok(serde_json::from_slice::<Info>(&answer.body).is_ok_and(|info| info.status_code == NO_ROOM_INFO))
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct UserFacts {
    #[serde(deserialize_with = "text")]
    id: String,
    nickname: String,
    #[serde(deserialize_with = "text")]
    room_id: String,
    status: i64,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RoomFacts {
    status: i64,
    title: String,
    start_time: i64,
}

/// An id, which TikTok writes as text or as a number.
fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(i64),
        Nothing(()),
    }
    Ok(match Id::deserialize(deserializer)? {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
        Id::Nothing(()) => String::new(),
    })
}

/// Statuses that mean "this address is not welcome", whatever the body.
fn refusal(answer: &Answer) -> Result<(), Disconnect> {
    match answer.status.as_u16() {
        429 => {
            let retry_after_s = answer.header("retry-after").and_then(|seconds| seconds.parse().ok());
            Err(Disconnect::RateLimited { retry_after_s })
        }
        status @ (300..=399 | 401 | 403 | 451) => {
            Err(Disconnect::Blocked { why: format!("status {status}") })
        }
        status @ 500.. => Err(Disconnect::Lost { why: format!("TikTok answered with status {status}") }),
        _ => Ok(()),
    }
}

/// Reads the answer of `/api-live/user/room`.
fn read_json(answer: &Answer) -> Result<Found, Disconnect> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        #[serde(default)]
        status_code: i64,
        #[serde(default)]
        message: String,
        data: Option<Data>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Data {
        user: Option<UserFacts>,
        live_room: Option<RoomFacts>,
    }
    refusal(answer)?;
    let Ok(body) = serde_json::from_slice::<Body>(&answer.body) else {
        return Err(Disconnect::Blocked {
            why: "TikTok answered with a page that asks for a person".to_owned(),
        });
    };
    if body.status_code == USER_NOT_FOUND || body.message == "user_not_found" {
        return Err(Disconnect::NotFound);
    }
    if body.status_code != 0 {
        return Err(Disconnect::Blocked { why: format!("code {}", body.status_code) });
    }
    let data = body.data.unwrap_or_default();
    Ok(found(&data.user.unwrap_or_default(), &data.live_room.unwrap_or_default()))
}

/// Reads the JSON inside the page `/@name/live`.
fn read_page(answer: &Answer) -> Result<Found, Disconnect> {
    #[derive(Deserialize)]
    struct State {
        #[serde(rename = "LiveRoom")]
        live_room: Option<LiveRoom>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct LiveRoom {
        live_room_user_info: Option<Info>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Info {
        user: Option<UserFacts>,
        live_room: Option<RoomFacts>,
    }
    refusal(answer)?;
    let captcha =
        || Disconnect::Blocked { why: "TikTok answered with a page that asks for a person".to_owned() };
    let page = String::from_utf8_lossy(&answer.body);
    let (_, rest) =
        page.split_once(r#"<script id="SIGI_STATE" type="application/json">"#).ok_or_else(captcha)?;
    let (json, _) = rest.split_once("</script>").ok_or_else(captcha)?;
    let state: State = serde_json::from_str(json).map_err(|_| captcha())?;
    let info = state.live_room.and_then(|room| room.live_room_user_info).ok_or(Disconnect::NotFound)?;
    Ok(found(&info.user.unwrap_or_default(), &info.live_room.unwrap_or_default()))
}

/// The room id of the last LIVE stays there after its end, so the status decides: 2 live, 3 paused.
fn found(user: &UserFacts, room: &RoomFacts) -> Found {
    let id = user.room_id.parse().ok().filter(|id: &i64| *id != 0).map(RoomId);
    let status = if room.status == 0 { user.status } else { room.status };
    let broadcast = match (id, status) {
        (Some(id), 2 | 3) => Broadcast::Live(Room {
            id,
            title: room.title.chars().take(300).collect(),
            since: created_at(room.start_time),
            paused: status == 3,
        }),
        (last, _) => Broadcast::Off { last },
    };
    let host = user.id.parse().ok().filter(|id: &i64| *id != 0).map(UserId);
    Found { host, nickname: user.nickname.chars().take(100).collect(), broadcast }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;

    fn answer(status: u16, body: &str) -> Answer {
        let status = StatusCode::from_u16(status).expect("a status");
        Answer { status, headers: HeaderMap::new(), body: body.to_owned().into() }
    }

    fn json(user: &str, room: &str) -> Answer {
        answer(
            200,
            &format!(r#"{{"statusCode":0,"message":"","data":{{"user":{{{user}}},"liveRoom":{{{room}}}}}}}"#),
        )
    }

    #[test]
    fn the_status_decides_because_an_old_room_id_stays() {
        let live =
            |id, paused| Broadcast::Live(Room { id: RoomId(id), title: String::new(), since: None, paused });
        for (user, room, expected) in [
            (r#""roomId":"75","status":2"#, r#""status":2"#, live(75, false)),
            (r#""roomId":75,"status":4"#, r#""status":3"#, live(75, true)),
            (r#""roomId":"75","status":2"#, "", live(75, false)),
            (r#""roomId":"75","status":2"#, r#""status":4"#, Broadcast::Off { last: Some(RoomId(75)) }),
            (r#""roomId":"0","status":2"#, r#""status":2"#, Broadcast::Off { last: None }),
            (r#""roomId":"","status":2"#, r#""status":2"#, Broadcast::Off { last: None }),
        ] {
            assert_eq!(
                read_json(&json(user, room)).map(|found| found.broadcast),
                Ok(expected),
                "{user} {room}"
            );
        }
    }

    #[test]
    fn each_refusal_has_its_cause() {
        let not_found = format!(r#"{{"statusCode":{USER_NOT_FOUND},"message":"user_not_found"}}"#);
        assert_eq!(read_json(&answer(200, &not_found)), Err(Disconnect::NotFound));
        assert_eq!(read_json(&answer(429, "")), Err(Disconnect::RateLimited { retry_after_s: None }));
        for blocked in [
            answer(403, ""),
            answer(200, ""),
            answer(200, "<html>captcha"),
            answer(302, ""),
            answer(200, r#"{"statusCode":404000}"#),
        ] {
            assert!(matches!(read_json(&blocked), Err(Disconnect::Blocked { .. })), "{blocked:?}");
        }
        assert!(matches!(read_json(&answer(502, "")), Err(Disconnect::Lost { .. })));
    }

    #[test]
    fn the_page_tells_the_same_as_the_api() {
        let page = |state: &str| {
            answer(200, &format!(r#"<html><script id="SIGI_STATE" type="application/json">{state}</script>"#))
        };
        let state = r#"{"LiveRoom":{"liveRoomUserInfo":{"user":{"id":"9","nickname":"Mira","roomId":"75","status":2},"liveRoom":{"status":2,"startTime":1700000000}}}}"#;
        let found = read_page(&page(state)).expect("live");
        assert_eq!((found.host, found.nickname.as_str()), (Some(UserId(9)), "Mira"));
        let since = Some(Stamp(1_700_000_000_000));
        assert_eq!(
            found.broadcast,
            Broadcast::Live(Room { id: RoomId(75), title: String::new(), since, paused: false })
        );
        assert_eq!(read_page(&page("{}")), Err(Disconnect::NotFound));
        assert!(matches!(read_page(&answer(200, "<html>")), Err(Disconnect::Blocked { .. })));
    }
}
