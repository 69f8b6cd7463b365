//! One connection to one room: handshake, heartbeat, acknowledgement, and noticing that it died.

use super::config::{Patience, Route};
use super::disconnect::Disconnect;
use super::incoming::{Incoming, Message, Messages};
use super::route::Address;
use crate::clock::Clock;
use crate::domain::ids::RoomId;
use crate::outbound::{Answer, Handshake, Outbound};
use crate::wire::frame::{self, BrokenFrame};
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::Upgraded;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message as WebSocketMessage};
use tokio_util::sync::CancellationToken;

const HEARTBEAT: Duration = Duration::from_secs(10);

/// A frame may be this large before it is inflated; TikTok's are below 1 MiB. A larger one ends the connection.
const MAX_FRAME_BYTES: usize = 16 * 1024 * 1024;

/// Small buffers, because a hundred rooms may be watched at once.
const BUFFER_BYTES: usize = 4 * 1024;

/// How many frames wait for a slow recorder before the socket is read no further.
pub const QUEUED_FRAMES: usize = 64;

/// A frame as it was received.
#[derive(Debug)]
pub struct Received {
    /// When it was read from the socket, by the clock's monotonic milliseconds.
    pub monotonic_ms: i64,
    pub frame: Result<Incoming, BrokenFrame>,
}

/// An open connection.
pub struct Connection {
    socket: WebSocketStream<Upgraded>,
    room: RoomId,
    heartbeat: Duration,
    patience: Patience,
    first: Option<Messages>,
}

impl Connection {
    /// Connects to `address`.
    ///
    /// # Errors
    ///
    /// The [`Disconnect`] that says why it was refused.
    pub async fn open(
        outbound: &Outbound,
        address: Address,
        user_agent: &str,
        room: RoomId,
        route: Route,
        patience: Patience,
    ) -> Result<Self, Disconnect> {
        let key = generate_key();
        let headers = [
            ("user-agent", user_agent),
            ("origin", "https://www.tiktok.com"),
            ("referer", "https://www.tiktok.com/"),
            ("accept-language", "en-US,en;q=0.9"),
            ("cache-control", "no-cache"),
            ("cookie", &address.cookies),
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", &key),
        ];
        let (upgraded, answer) = match outbound.websocket(&address.url, &headers).await? {
            Handshake::Open(upgraded, answer) => (upgraded, answer),
            Handshake::Refused(answer) => return Err(refusal(&answer, route)),
        };
        let accepted = answer
            .get("sec-websocket-accept")
            .is_some_and(|accept| accept.as_bytes() == derive_accept_key(key.as_bytes()).as_bytes());
        if !accepted {
            return Err(Disconnect::Lost { why: "the handshake was answered by something else".to_owned() });
        }
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(64 * 1024)
            .max_message_size(Some(MAX_FRAME_BYTES))
            .max_frame_size(Some(MAX_FRAME_BYTES));
        let mut socket = WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await;
        for hello in [frame::heartbeat(room.0, 1), frame::enter_room(room.0, 0)] {
            socket.send(WebSocketMessage::Binary(hello.into())).await.map_err(|err| lost(&err))?;
        }
        let first = (!address.first.is_empty()).then(|| Messages {
            messages: address.first.into_iter().map(Message::from).collect(),
            server_now: address.server_now,
            acknowledgement: None,
        });
        let heartbeat =
            answer.get("handshake-options").and_then(|options| ping_interval(options.to_str().ok()?));
        Ok(Self { socket, room, heartbeat: heartbeat.unwrap_or(HEARTBEAT), patience, first })
    }

    /// Reads until the connection ends, and says why. Frames go to `frames`; while that is full
    /// nothing more is read, but heartbeats go on.
    pub async fn run(
        mut self,
        clock: &Clock,
        frames: mpsc::Sender<Received>,
        stop: CancellationToken,
    ) -> Disconnect {
        if let Some(first) = self.first.take() {
            let received =
                Received { monotonic_ms: clock.monotonic_ms(), frame: Ok(Incoming::Messages(first)) };
            if frames.send(received).await.is_err() {
                return Disconnect::LiveEnded;
            }
        }
        let mut beat = 1;
        let mut heartbeat = interval_at(Instant::now() + self.heartbeat, self.heartbeat);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut last_frame, mut last_message) = (Instant::now(), Instant::now());
        let mut place = None;
        // Once TikTok takes nothing more from us, what it said before is still read to its end.
        let mut broken = None;
        loop {
            let Patience { no_frame, no_message } = self.patience;
            let dead_at = (last_frame + no_frame).min(last_message + no_message);
            // In this order: what has arrived is read before silence is believed.
            tokio::select! {
                biased;
                () = stop.cancelled() => {
                    // Nothing more comes; who takes the rest need not wait for the farewell.
                    drop(place);
                    drop(self.socket.close(None).await);
                    return Disconnect::LiveEnded;
                }
                _ = heartbeat.tick(), if broken.is_none() => {
                    beat += 1;
                    let frame = frame::heartbeat(self.room.0, beat);
                    broken = self.socket.send(WebSocketMessage::Binary(frame.into())).await.err();
                }
                permit = frames.clone().reserve_owned(), if place.is_none() => match permit {
                    Ok(permit) => place = Some(permit),
                    Err(_) => return Disconnect::LiveEnded,
                },
                message = self.socket.next(), if place.is_some() => {
                    let frame = match message {
                        Some(Ok(WebSocketMessage::Binary(frame))) => frame,
                        Some(Ok(WebSocketMessage::Close(_))) | None => {
                            return Disconnect::Lost { why: "the other side closed it".to_owned() };
                        }
                        Some(Ok(_)) => continue,
                        Some(Err(err)) => return lost(&err),
                    };
                    last_frame = Instant::now();
                    let received = Received { monotonic_ms: clock.monotonic_ms(), frame: Incoming::read(frame) };
                    if let Ok(Incoming::Messages(batch)) = &received.frame {
                        last_message = last_frame;
                        if broken.is_none() {
                            broken = self.acknowledge(batch).await.err();
                        }
                    }
                    if let Some(place) = place.take() {
                        place.send(received);
                    }
                }
                // While the recorder is slow, silence says nothing about the connection.
                () = tokio::time::sleep_until(dead_at), if place.is_some() => {
                    return broken.map_or(Disconnect::Silent, |err| lost(&err));
                }
            }
        }
    }

    async fn acknowledge(&mut self, batch: &Messages) -> Result<(), Error> {
        match &batch.acknowledgement {
            Some(frame) => self.socket.send(WebSocketMessage::Binary(Bytes::copy_from_slice(frame))).await,
            None => Ok(()),
        }
    }
}

fn lost(err: &Error) -> Disconnect {
    Disconnect::Lost { why: err.to_string() }
}

/// TikTok refuses a handshake with an ordinary answer whose headers say why.
fn refusal(answer: &Answer, route: Route) -> Disconnect {
    let message = answer.header("handshake-msg").unwrap_or_default();
    let why = format!("status {} {message}", answer.status.as_u16()).trim_end().to_owned();
    match (answer.header("handshake-status"), answer.status.as_u16()) {
        (Some("415"), _) => Disconnect::DeviceBlocked { why },
        _ if message == "DEVICE_BLOCKED" => Disconnect::DeviceBlocked { why },
        (Some("417"), _) if route == Route::Signed => {
            Disconnect::SignRefused { why: format!("gave an address TikTok refuses ({why})") }
        }
        (Some("417"), _) => Disconnect::DeviceBlocked { why },
        (_, 429) => Disconnect::RateLimited {
            retry_after_s: answer.header("retry-after").and_then(|wait| wait.parse().ok()),
        },
        _ => Disconnect::Blocked { why },
    }
}

/// `ping-interval=SECONDS` in a list like that of a cookie.
fn ping_interval(options: &str) -> Option<Duration> {
    let seconds = options.split(';').find_map(|option| option.trim().strip_prefix("ping-interval="))?;
    let seconds: u64 = seconds.parse().ok()?;
    (1..=60).contains(&seconds).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_may_ask_for_another_heartbeat_within_reason() {
        assert_eq!(ping_interval("a=b; ping-interval=5"), Some(Duration::from_secs(5)));
        assert_eq!(ping_interval("ping-interval=0"), None);
        assert_eq!(ping_interval("ping-interval=86400"), None);
        assert_eq!(ping_interval(""), None);
    }
}
