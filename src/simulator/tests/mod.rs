//! The simulator, asked over TCP by a client that knows only the wire.

mod faults;
mod rooms;
mod scenarios;
mod web;

use super::*;
use crate::wire::frame::{self, BrokenFrame, Frame};
use crate::wire::webcast::{BaseMessage, FetchResult};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Ws;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Response;

/// 2026-11-01T00:00:00Z
const START_MS: i64 = 1_793_491_200_000;

async fn start(config: Config) -> SimulatorHandle {
    Simulator::start(config, &Lifecycle::start()).await.expect("a free port")
}

async fn started() -> SimulatorHandle {
    start(Config::calm(START_MS)).await
}

async fn get(simulator: &SimulatorHandle, path: &str) -> reqwest::Response {
    // The client wants a TLS provider even where it speaks none; a second installation is no harm.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().expect("a plain client");
    client.get(format!("{}{path}", simulator.url())).send().await.expect("the simulator answers")
}

async fn get_json(simulator: &SimulatorHandle, path: &str) -> serde_json::Value {
    let text = get(simulator, path).await.text().await.expect("a body");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}"))
}

/// A client of one room that has entered, or tried to.
struct Client {
    socket: WebSocketStream<TcpStream>,
    room_id: i64,
}

async fn handshake(
    room: &RoomHandle,
    ttwid: &str,
) -> Result<(WebSocketStream<TcpStream>, Response), tokio_tungstenite::tungstenite::Error> {
    let address = room.world.url().trim_start_matches("http://");
    let url =
        format!("ws://{address}/webcast/im/ws_proxy/ws_reuse_supplement/?version_code=1&version_code=2");
    let url = format!("{url}&room_id={}&compress=gzip&screen%20width=%5B1%5D", room.room_id());
    let mut request = url.into_client_request().expect("a valid address");
    request.headers_mut().insert("cookie", format!("a=b; ttwid={ttwid}").parse().expect("plain text"));
    let stream = TcpStream::connect(address).await.expect("the simulator listens");
    tokio_tungstenite::client_async(request, stream).await
}

impl Client {
    async fn enter(room: &RoomHandle) -> Self {
        let (mut socket, _) = handshake(room, "t").await.expect("let in");
        let room_id = room.room_id();
        socket.send(Ws::binary(frame::enter_room(room_id, 0))).await.expect("written");
        let mut client = Self { socket, room_id };
        assert!(matches!(client.frame().await, Some(Ok(Frame::Entered))));
        room.listened_to_by(1).await;
        client
    }

    /// The next binary message, or nothing if the connection is over, however it ended.
    async fn bytes(&mut self) -> Option<bytes::Bytes> {
        loop {
            match self.socket.next().await? {
                Ok(Ws::Binary(bytes)) => return Some(bytes),
                Ok(Ws::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    async fn frame(&mut self) -> Option<Result<Frame, BrokenFrame>> {
        self.bytes().await.map(frame::read)
    }

    /// The next frame with messages.
    async fn batch(&mut self) -> FetchResult {
        loop {
            match self.frame().await.expect("still connected") {
                Ok(Frame::Batch(batch)) => return batch.result,
                Ok(_) => {}
                Err(broken) => panic!("{broken}"),
            }
        }
    }

    async fn messages(&mut self) -> Vec<BaseMessage> {
        self.batch().await.messages
    }

    /// Sends a heartbeat and returns the messages that come before its answer.
    async fn until_heartbeat(&mut self) -> Vec<BaseMessage> {
        self.socket.send(Ws::binary(frame::heartbeat(self.room_id, 1))).await.expect("written");
        let mut messages = Vec::new();
        loop {
            match self.frame().await.expect("still connected") {
                Ok(Frame::Batch(batch)) => messages.extend(batch.result.messages),
                Ok(_) => return messages,
                Err(broken) => panic!("{broken}"),
            }
        }
    }

    /// Everything until the connection ends, and how many frames could not be read.
    async fn rest(mut self) -> (Vec<BaseMessage>, usize) {
        let (mut messages, mut broken) = (Vec::new(), 0);
        while let Some(frame) = self.frame().await {
            match frame {
                Ok(Frame::Batch(batch)) => messages.extend(batch.result.messages),
                Ok(_) => {}
                Err(_) => broken += 1,
            }
        }
        (messages, broken)
    }
}

fn methods(messages: &[BaseMessage]) -> Vec<String> {
    messages.iter().map(|message| String::from_utf8_lossy(&message.method).into_owned()).collect()
}

fn truth_of(messages: &[BaseMessage], host: i64) -> Truth {
    let mut truth = Truth::of_host(host);
    truth.count_all(messages);
    truth
}
