//! One port for pages, JSON and sockets.

use super::fault::{Fault, Refusal};
use super::http::{self, Answer, Query, SOCKET_PATH, respond, with_header};
use super::socket::{self, Entry};
use super::world::World;
use crate::lifecycle::Lifecycle;
use hyper::body::Incoming;
use hyper::header::{COOKIE, HeaderMap, SEC_WEBSOCKET_KEY, USER_AGENT};
use hyper::service::service_fn;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tracing::{debug, warn};

/// Serves until the stop signal.
pub(super) async fn serve(listener: TcpListener, world: Arc<World>, lifecycle: Lifecycle) {
    let stop = lifecycle.stop_signal();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let connection = converse(stream, Arc::clone(&world), lifecycle.clone());
                lifecycle.spawn("simulator request", connection);
            }
            // A client that left before it was accepted, or too many open files: the next may do.
            Err(error) => {
                warn!(%error, "The simulator could not accept a connection");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn converse(stream: TcpStream, world: Arc<World>, lifecycle: Lifecycle) {
    // Without delay, so that a slow drip arrives in drops; if it cannot be set, it drips coarsely.
    let _ = stream.set_nodelay(true);
    let stop = lifecycle.stop_signal();
    let service = service_fn(move |request| {
        let (world, lifecycle) = (Arc::clone(&world), lifecycle.clone());
        async move {
            world.take_in_hand();
            sleep(slowness(&world)).await;
            let answer = answer(request, &world, &lifecycle);
            world.hand_back();
            Ok::<_, Infallible>(answer)
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::select! {
        ended = connection => {
            if let Err(error) = ended {
                debug!(%error, "A simulator client left in the middle of a request");
            }
        }
        () = stop.cancelled() => {}
    }
}

fn slowness(world: &World) -> Duration {
    let slow = world.faults().find(|fault| match fault {
        Fault::SlowAnswers(duration) => Some(duration),
        _ => None,
    });
    slow.unwrap_or_default()
}

fn answer(request: Request<Incoming>, world: &Arc<World>, lifecycle: &Lifecycle) -> Answer {
    if request.method() != Method::GET {
        return respond(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "Only GET.\n");
    }
    if request.uri().path().trim_end_matches('/') == SOCKET_PATH.trim_end_matches('/') {
        return upgrade(request, world, lifecycle);
    }
    http::answer(world, request.uri(), request.headers())
}

fn upgrade(request: Request<Incoming>, world: &Arc<World>, lifecycle: &Lifecycle) -> Answer {
    let query = Query::of(request.uri());
    let headers = request.headers();
    let Some(key) = headers.get(SEC_WEBSOCKET_KEY) else {
        return refuse(StatusCode::BAD_REQUEST, "400", "this is a websocket");
    };
    let accept = derive_accept_key(key.as_bytes());
    let Some(room) = world.room_of_id(query.get("room_id")) else {
        return refuse(StatusCode::BAD_REQUEST, "404", "room not found");
    };
    let faults = world.faults_of(Some(&room));
    let refusal = faults.refusal();
    match refusal {
        Some(Refusal::NoUpgrade | Refusal::Captcha) => {
            return refuse(StatusCode::OK, "417", "illegal app_id");
        }
        Some(Refusal::DeviceBlocked) if room.state().blocks(ttwid(headers)) => {
            return refuse(StatusCode::OK, "415", "DEVICE_BLOCKED");
        }
        _ => {}
    }
    if let Some(answer) = http::refused(refusal) {
        return answer;
    }
    let entry = Entry {
        user_agent: text_of(headers, USER_AGENT.as_str()).to_owned(),
        gzip: query.get("compress") == "gzip",
        slow_drip: faults.has(Fault::SlowDrip),
        room,
    };
    let (world, owned) = (Arc::clone(world), lifecycle.stop_signal());
    lifecycle.spawn("simulator socket", async move {
        match hyper::upgrade::on(request).await {
            Ok(upgraded) => socket::attend(upgraded, entry, &world, owned).await,
            Err(error) => debug!(%error, "A simulator client left while it was upgraded"),
        }
    });
    let answer = respond(StatusCode::SWITCHING_PROTOCOLS, "text/plain", "");
    let answer = with_header(answer, "connection", "Upgrade");
    let answer = with_header(answer, "upgrade", "websocket");
    let answer = with_header(answer, "sec-websocket-accept", &accept);
    with_header(answer, "handshake-options", "ping-interval=10")
}

fn refuse(status: StatusCode, code: &str, message: &str) -> Answer {
    let answer = respond(status, "text/plain", "");
    with_header(with_header(answer, "handshake-status", code), "handshake-msg", message)
}

fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn ttwid(headers: &HeaderMap) -> Option<&str> {
    let cookies = text_of(headers, COOKIE.as_str());
    cookies
        .split(';')
        .find_map(|cookie| cookie.trim().strip_prefix("ttwid="))
        .filter(|value| !value.is_empty())
}
