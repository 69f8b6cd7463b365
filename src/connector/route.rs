//! The address of a room's socket: TikTok's own, or one that a sign server made.

use super::config::Config;
use super::disconnect::Disconnect;
use super::identity::Identity;
use super::translate::created_at;
use crate::domain::ids::RoomId;
use crate::domain::time::Stamp;
use crate::outbound::{Answer, Outbound};
use crate::wire::Message as _;
use crate::wire::frame::MAX_INFLATED_BYTES;
use crate::wire::webcast::{BaseMessage, FetchResult};
use rand::RngExt as _;
use reqwest::Url;

/// Our client name at the sign server.
const CLIENT: &str = "ttlive-other";

/// A whole answer of the sign server is about 43 kB; during an outage it gives a stub of 272 bytes
/// that leads to this host.
const OUTAGE_HOST: &str = "ws-fallback";

/// Where to connect, with which cookies.
#[derive(Debug)]
pub struct Address {
    pub url: String,
    pub cookies: String,
    /// Messages that came with the address, and TikTok's clock then.
    pub first: Vec<BaseMessage>,
    pub server_now: Option<Stamp>,
}

/// TikTok's own address of `room`: a visitor cookie is all it needs.
///
/// # Errors
///
/// If TikTok gives no visitor cookie.
pub async fn unsigned(
    outbound: &Outbound,
    config: &Config,
    identity: &mut Identity,
    room: RoomId,
) -> Result<Address, Disconnect> {
    let ttwid = identity.ttwid(outbound, &config.endpoints.web).await?;
    let base = format!("{}/webcast/im/ws_proxy/ws_reuse_supplement/", config.endpoints.websocket);
    let url = with_query(&base, room, "1", &[])?;
    let cookies = join_cookies(&format!("ttwid={ttwid}"), config);
    Ok(Address { url, cookies, first: Vec::new(), server_now: None })
}

/// An address that the sign server made. It expires within 30 s and is used once.
///
/// # Errors
///
/// If the sign server refuses or is out of order.
pub async fn signed(
    outbound: &Outbound,
    config: &Config,
    identity: &Identity,
    room: RoomId,
) -> Result<Address, Disconnect> {
    let room_text = room.to_string();
    let query = [
        ("client", CLIENT),
        ("room_id", room_text.as_str()),
        ("user_agent", identity.user_agent),
        ("client_enter", "true"),
        ("platform", "web"),
    ];
    let base = format!("{}/webcast/fetch", config.endpoints.sign);
    let url =
        Url::parse_with_params(&base, query).map_err(|_| refused("has an address that cannot be used"))?;
    let mut headers = vec![("user-agent", "pasut"), ("accept", "application/protobuf,application/json")];
    headers.extend(config.sign_api_key.as_ref().map(|key| ("x-api-key", key.reveal())));
    let answer = outbound.get(url.as_str(), &headers).await?;
    refusal(&answer)?;
    let cookie = answer
        .header("x-set-tt-cookie")
        .and_then(|cookie| cookie.split(';').next())
        .filter(|cookie| !cookie.is_empty());
    let cookie = cookie.ok_or_else(|| refused("gave no cookie for the socket"))?.to_owned();
    if answer.body.is_empty() || answer.body.len() > MAX_INFLATED_BYTES {
        return Err(refused("was detected by TikTok"));
    }
    let result =
        FetchResult::decode(answer.body).map_err(|_| refused("gave an answer that cannot be read"))?;
    let server = String::from_utf8_lossy(&result.push_server).into_owned();
    let host = Url::parse(&server).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    if host.is_empty() || host.starts_with(OUTAGE_HOST) {
        return Err(refused("has an outage"));
    }
    let mut extra: Vec<(String, String)> =
        result.route_params.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    extra.sort();
    for (name, value) in [("cursor", &result.cursor), ("internal_ext", &result.internal_ext)] {
        extra.push((name.to_owned(), String::from_utf8_lossy(value).into_owned()));
    }
    let url = with_query(&server, room, "0", &extra)?;
    let server_now = created_at(result.now);
    Ok(Address { url, cookies: join_cookies(&cookie, config), first: result.messages, server_now })
}

fn refused(why: &str) -> Disconnect {
    Disconnect::SignRefused { why: why.to_owned() }
}

fn refusal(answer: &Answer) -> Result<(), Disconnect> {
    let seconds = |name: &str| answer.header(name).and_then(|seconds| seconds.parse().ok());
    match answer.status.as_u16() {
        200 => Ok(()),
        429 => Err(Disconnect::RateLimited {
            retry_after_s: seconds("retry-after").or_else(|| seconds("ratelimit-reset")),
        }),
        401 => Err(refused("does not accept the key")),
        402 | 403 => Err(refused("asks for a paid plan")),
        status => Err(refused(&format!("answered with status {status}"))),
    }
}

/// The cookies of the socket, and the user's own where they set any.
fn join_cookies(cookies: &str, config: &Config) -> String {
    match &config.cookie {
        Some(own) => format!("{cookies}; {}", own.reveal()),
        None => cookies.to_owned(),
    }
}

/// The query a browser sends; every value is percent-encoded.
fn with_query(
    base: &str,
    room: RoomId,
    ws_direct: &str,
    extra: &[(String, String)],
) -> Result<String, Disconnect> {
    let last_rtt = format!("{:.3}", rand::rng().random_range(100.0..200.0));
    let room = room.to_string();
    let query = [
        ("version_code", "180800"),
        ("update_version_code", "2.0.0"),
        ("aid", "1988"),
        ("app_name", "tiktok_web"),
        ("live_id", "12"),
        ("device_platform", "web"),
        ("room_id", &room),
        ("identity", "audience"),
        ("client_enter", "1"),
        ("ws_direct", ws_direct),
        ("compress", "gzip"),
        ("resp_content_type", "protobuf"),
        ("heartbeat_duration", "10000"),
        ("history_comment_count", "6"),
        ("did_rule", "3"),
        ("sup_ws_ds_opt", "1"),
        ("last_rtt", &last_rtt),
        ("cookie_enabled", "true"),
        ("browser_online", "true"),
        ("screen_width", "1920"),
        ("screen_height", "1080"),
        ("tz_name", "Asia/Jakarta"),
        ("browser_language", "en-US"),
        ("app_language", "en"),
        ("webcast_language", "en"),
        ("browser_platform", "Linux x86_64"),
        ("browser_name", "Mozilla"),
        ("browser_version", "5.0 (X11)"),
    ];
    let extra = extra.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let url = Url::parse_with_params(base, query.into_iter().chain(extra));
    url.map(String::from)
        .map_err(|_| Disconnect::Blocked { why: "the socket's address cannot be used".to_owned() })
}
