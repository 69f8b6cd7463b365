//! Every event the moment it is accounted, over a WebSocket.

use super::connector_feed::Told;
use super::connector_json;
use super::event_json::{self, KINDS, Origin};
use super::query::Query;
use crate::domain::access::Opens;
use crate::domain::gift::TierLimits;
use crate::domain::handle::Handle;
use crate::recorder::shared::FeedEvent;
use crate::web::access::Visitor;
use crate::web::access::leave::left;
use crate::web::error::Trouble;
use crate::web::readers::Seat;
use crate::web::sight::Sight;
use crate::web::state::AppState;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use actix_ws::{CloseCode, CloseReason, Closed, Message, MessageStream, Session};
use serde_json::json;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

/// A reader that is gone without a word is noticed within this time.
const PING_EVERY: Duration = Duration::from_secs(20);

/// A reader that takes nothing for this long is let go.
const STUCK_AFTER: Duration = Duration::from_secs(60);

/// Readers have nothing to say but pings and their farewell.
const MAX_FRAME_BYTES: usize = 4096;

/// In whose words events are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Format {
    #[default]
    Pasut,
    /// Those of the common Node connector.
    Connector,
}

const FORMATS: [(&str, Format); 2] = [("pasut", Format::Pasut), ("connector", Format::Connector)];

/// `GET /api/v1/feed`
pub async fn feed<S: Sight>(
    req: HttpRequest,
    body: web::Payload,
    state: web::Data<AppState>,
    visitor: Visitor,
) -> Result<HttpResponse, Trouble> {
    let query = Query::of(&req, &["creator", "kind", "format", "token"])?;
    let creator = allowed(query.creator()?, visitor.opens())?;
    let wanted = Wanted { creator, kinds: query.names("kind", &KINDS)? };
    let format = query.choice("format", &FORMATS)?.unwrap_or_default();
    let seat = state.kept.readers.sit(req.peer_addr())?;
    let (store, clock) = (state.store.clone(), state.clock.clone());
    let left = Box::pin(async move { left(&visitor, &store, &clock).await });
    let door = Door { seat, stop: state.stop.clone(), left };
    match format {
        Format::Pasut => {
            let (events, tiers) = (state.recorder.subscribe(), state.recorder.tiers());
            let lines = move |received: Result<&FeedEvent, u64>| match received {
                Ok(event) => [None, wanted.line::<S>(event, tiers)],
                Err(missed) => [Some(missed_line(missed)), None],
            };
            open(&req, body, door, Telling { first: Vec::new(), events, lines })
        }
        Format::Connector => {
            let (now, events, mut place) = state.connector_feed.listen(wanted.creator.as_ref());
            let first = now.iter().map(|written| written.text(S::MONEY).to_owned()).collect();
            let lines = move |received: Result<&Told, u64>| {
                // How many this reader missed is seen at the next message, which follows at once.
                let Ok(told) = received else { return [None, None] };
                let missed = Some(place.left_out_before(told)).filter(|missed| *missed > 0);
                let missed = missed.map(|missed| connector_json::missed(missed).text(S::MONEY).to_owned());
                [missed, wanted.told(told, S::MONEY)]
            };
            open(&req, body, door, Telling { first, events, lines })
        }
    }
}

/// Whose events are told: those asked for, of those the token opens.
fn allowed(asked: Option<Handle>, opens: Option<&Opens>) -> Result<Option<Handle>, Trouble> {
    match (asked, opens) {
        (asked, Some(Opens::Feed { creator: Some(opened), .. })) => match asked {
            Some(asked) if asked != *opened => Err(Trouble::Http {
                status: StatusCode::FORBIDDEN,
                reason: format!("This token opens the feed of @{opened} and of nobody else."),
            }),
            _ => Ok(Some(opened.clone())),
        },
        (asked, _) => Ok(asked),
    }
}

/// What a reader asked for; `None` means all.
#[derive(Debug)]
struct Wanted {
    creator: Option<Handle>,
    kinds: Option<Vec<&'static str>>,
}

/// What a reader is told, and how.
struct Telling<T, L> {
    /// What it has to know before.
    first: Vec<String>,
    events: broadcast::Receiver<Arc<T>>,
    /// What to say of an event, or of so many that this reader was too slow for.
    lines: L,
}

/// A reader's place, and what ends it.
struct Door {
    seat: Seat,
    /// Pasut stops.
    stop: CancellationToken,
    /// Resolves once they may read no more.
    left: Pin<Box<dyn Future<Output = ()>>>,
}

fn open<T: Send + Sync + 'static>(
    req: &HttpRequest,
    body: web::Payload,
    door: Door,
    telling: Telling<T, impl FnMut(Result<&T, u64>) -> [Option<String>; 2] + 'static>,
) -> Result<HttpResponse, Trouble> {
    let (response, session, incoming) = actix_ws::handle(req, body).map_err(|err| {
        Trouble::invalid("Upgrade", &format!("must ask for a WebSocket, which this address speaks ({err})"))
    })?;
    // The task belongs to the connection: it ends with it, or when Pasut stops.
    actix_web::rt::spawn(async move {
        let Door { seat, stop, left } = door;
        let relaying = relay(telling, session.clone(), incoming.max_frame_size(MAX_FRAME_BYTES), stop);
        let reason = tokio::select! {
            reason = relaying => reason,
            () = left => Some(CloseReason {
                code: CloseCode::Policy,
                description: Some("Whatever let you in was revoked or ran out.".to_owned()),
            }),
        };
        // A reader that is gone cannot be told that it is.
        let _ = session.close(reason).await;
        drop(seat);
    });
    Ok(response)
}

/// Passes events on until either side ends; with the reason to say, if the reader still listens.
async fn relay<T>(
    telling: Telling<T, impl FnMut(Result<&T, u64>) -> [Option<String>; 2]>,
    mut session: Session,
    mut incoming: MessageStream,
    stop: CancellationToken,
) -> Option<CloseReason> {
    let Telling { first, mut events, mut lines } = telling;
    for text in first {
        send(session.text(text)).await.ok()?;
    }
    let mut ping = tokio::time::interval(PING_EVERY);
    loop {
        let sent = tokio::select! {
            () = stop.cancelled() => return Some(CloseCode::Away.into()),
            received = events.recv() => {
                let lines = match received {
                    Ok(event) => lines(Ok(&event)),
                    Err(RecvError::Lagged(missed)) => lines(Err(missed)),
                    Err(RecvError::Closed) => return Some(CloseCode::Away.into()),
                };
                let mut sent = Ok(());
                for line in lines.into_iter().flatten() {
                    sent = sent.and(send(session.text(line)).await);
                }
                sent
            }
            message = incoming.recv() => match message {
                Some(Ok(Message::Ping(bytes))) => send(session.pong(&bytes)).await,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => Ok(()),
            },
            _ = ping.tick() => send(session.ping(b"")).await,
        };
        if sent.is_err() {
            return None;
        }
    }
}

async fn send(sending: impl Future<Output = Result<(), Closed>>) -> Result<(), Closed> {
    tokio::time::timeout(STUCK_AFTER, sending).await.unwrap_or(Err(Closed))
}

impl Wanted {
    fn wants(&self, creator: &Handle, kind: Option<&str>) -> bool {
        self.creator.as_ref().is_none_or(|wanted| wanted == creator)
            && self.kinds.as_ref().is_none_or(|kinds| kind.is_none_or(|kind| kinds.contains(&kind)))
    }

    fn line<S: Sight>(&self, event: &FeedEvent, tiers: TierLimits) -> Option<String> {
        let kind = event_json::kind_name(event.accounted.event.what.kind())?;
        if !self.wants(&event.creator, Some(kind)) {
            return None;
        }
        let origin = Origin { session: event.session, creator: &event.creator, host: event.host, tiers };
        let mut line = Vec::new();
        event_json::write_event::<S>(&mut line, &origin, &event.accounted);
        line.pop(); // The line break; a message ends by itself.
        Some(String::from_utf8(line).expect("JSON is UTF-8"))
    }

    fn told(&self, told: &Told, sees_money: bool) -> Option<String> {
        let wanted = told.creator.as_ref().is_none_or(|creator| self.wants(creator, told.kind));
        wanted.then(|| told.written.text(sees_money).to_owned())
    }
}

/// The feed keeps a bounded number of events for all readers; `missed` counts those of all
/// creators and kinds.
fn missed_line(missed: u64) -> String {
    let detail = format!(
        "This reader was too slow, so up to {missed} events were left out here. They are recorded: read \
         /api/v1/sessions/{{id}}/events after the last event_id you have."
    );
    json!({"kind": "missed", "count": missed, "detail": detail}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Role;
    use crate::domain::event::{Accounted, LiveEvent, What};
    use crate::domain::ids::SessionId;
    use crate::domain::time::Stamp;
    use crate::web::readers::Readers;
    use crate::web::sight::WithMoney;
    use actix_web::{App, HttpServer};
    use futures_util::{SinkExt, StreamExt};
    use serde_json::Value;
    use tokio::net::TcpStream;
    use tokio::task::JoinSet;
    use tokio_tungstenite::{WebSocketStream, client_async, tungstenite};

    type Feed = broadcast::Sender<Arc<FeedEvent>>;

    fn like(creator: &str, number: u64) -> Arc<FeedEvent> {
        let event = LiveEvent { created_at: None, user: None, what: What::Like { count: 3, total: 9 } };
        Arc::new(FeedEvent {
            creator: Handle::parse(creator).expect("valid"),
            session: SessionId(1),
            host: None,
            accounted: Accounted { number, at: Stamp(0), msg_id: 0, event, added: None },
        })
    }

    /// A feed of its own, and one reader of it who asked for `creator` and nothing but likes.
    async fn reader(
        tasks: &mut JoinSet<std::io::Result<()>>,
        feed: &Feed,
        creator: &str,
        stop: &CancellationToken,
    ) -> WebSocketStream<TcpStream> {
        let (feed, stop, creator) = (feed.clone(), stop.clone(), Handle::parse(creator).expect("valid"));
        let server = HttpServer::new(move || {
            let (feed, stop, creator) = (feed.clone(), stop.clone(), creator.clone());
            let handler = move |req: HttpRequest, body: web::Payload| {
                let wanted = Wanted { creator: Some(creator.clone()), kinds: Some(vec!["like"]) };
                let seat = Readers::default().sit(req.peer_addr()).expect("the first");
                let left = Box::pin(std::future::pending());
                let telling = Telling {
                    first: Vec::new(),
                    events: feed.subscribe(),
                    lines: move |received: Result<&FeedEvent, u64>| match received {
                        Ok(event) => [None, wanted.line::<WithMoney>(event, TierLimits::default())],
                        Err(missed) => [Some(missed_line(missed)), None],
                    },
                };
                std::future::ready(open(&req, body, Door { seat, stop: stop.clone(), left }, telling))
            };
            App::new().route("/feed", web::get().to(handler))
        });
        let server = server.workers(1).disable_signals().bind("127.0.0.1:0").expect("a free port");
        let address = server.addrs()[0];
        tasks.spawn(server.run());
        let stream = TcpStream::connect(address).await.expect("listens");
        client_async(format!("ws://{address}/feed"), stream).await.expect("a WebSocket").0
    }

    async fn next(reader: &mut WebSocketStream<TcpStream>) -> Value {
        loop {
            match reader.next().await.expect("open").expect("readable") {
                tungstenite::Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                tungstenite::Message::Ping(_) => {}
                other => panic!("{other:?} is no event"),
            }
        }
    }

    #[tokio::test]
    async fn a_reader_gets_what_it_asked_for() {
        let (feed, stop, mut tasks) = (broadcast::channel(16).0, CancellationToken::new(), JoinSet::new());
        let mut reader = reader(&mut tasks, &feed, "mira", &stop).await;
        for event in [like("budi", 1), like("mira", 2)] {
            assert_eq!(feed.send(event).expect("one reader"), 1);
        }
        let event = next(&mut reader).await;
        assert_eq!(
            (&event["event_id"], &event["kind"], &event["count"]),
            (&json!("2"), &json!("like"), &json!(3))
        );
    }

    #[test]
    fn a_token_of_one_creator_opens_the_feed_of_that_creator() {
        let handle = |name| Handle::parse(name).expect("valid");
        let of_mira = Opens::Feed { creator: Some(handle("mira")), role: Role::Moderator };
        let of_all = Opens::Feed { creator: None, role: Role::Owner };
        for (asked, opens, allowed_creator) in [
            (None, None, Some(None)),
            (Some("budi"), None, Some(Some("budi"))),
            (None, Some(&of_mira), Some(Some("mira"))),
            (Some("mira"), Some(&of_mira), Some(Some("mira"))),
            (Some("budi"), Some(&of_mira), None),
            (Some("budi"), Some(&of_all), Some(Some("budi"))),
        ] {
            let allowed = allowed(asked.map(handle), opens).ok();
            assert_eq!(allowed, allowed_creator.map(|creator| creator.map(handle)), "{asked:?} {opens:?}");
        }
    }

    #[tokio::test]
    async fn a_reader_that_is_too_slow_is_told_what_it_missed() {
        let (feed, stop, mut tasks) = (broadcast::channel(4).0, CancellationToken::new(), JoinSet::new());
        let mut reader = reader(&mut tasks, &feed, "mira", &stop).await;
        // More than the buffers of both ends and the channel hold, while nothing is read.
        let sent = 200_000;
        for number in 1..=sent {
            let _ = feed.send(like("mira", number));
        }
        let (mut got, mut missed) = (0, 0);
        while got + missed < sent {
            let event = next(&mut reader).await;
            if event["kind"] == "missed" {
                missed += event["count"].as_u64().expect("a number");
                assert!(event["detail"].as_str().expect("text").contains("/events"));
            } else {
                got += 1;
            }
        }
        assert!(missed > 0 && got + missed == sent, "{got} + {missed}");
    }

    #[tokio::test]
    async fn readers_are_let_go_when_pasut_stops() {
        let (feed, stop, mut tasks) = (broadcast::channel(16).0, CancellationToken::new(), JoinSet::new());
        let mut reader = reader(&mut tasks, &feed, "mira", &stop).await;
        reader.send(tungstenite::Message::Ping("x".into())).await.expect("open");
        stop.cancel();
        while let Some(Ok(message)) = reader.next().await {
            if let tungstenite::Message::Close(reason) = message {
                assert_eq!(u16::from(reason.expect("a reason").code), 1001);
                return;
            }
        }
        panic!("closed without a word");
    }
}
