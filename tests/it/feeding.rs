//! The event feed, read from outside while LIVEs are recorded.

use crate::studio::{Setup, Studio, handle};
use futures_util::{SinkExt, StreamExt};
use pasut::domain::session::Session;
use pasut::simulator::{Fault, GALAXY, Profile, ROSE, RoomSource, profile_named};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite};

const PATIENCE: Duration = Duration::from_secs(40);

/// A program that reads the feed.
struct Reader(WebSocketStream<TcpStream>);

impl Reader {
    async fn of(studio: &Studio, query: &str) -> Self {
        Self::with_buffer(studio, query, None).await
    }

    async fn with_buffer(studio: &Studio, query: &str, bytes: Option<u32>) -> Self {
        let address = studio.app().address;
        let socket = TcpSocket::new_v4().expect("a socket");
        if let Some(bytes) = bytes {
            socket.set_recv_buffer_size(bytes).expect("a smaller buffer");
        }
        let stream = socket.connect(address).await.expect("listens");
        let (socket, _) =
            client_async(format!("ws://{address}/api/v1/feed?{query}"), stream).await.expect(query);
        Self(socket)
    }

    /// The next message; `None` once the feed is closed.
    async fn next(&mut self) -> Option<Value> {
        let reading = async {
            loop {
                match self.0.next().await?.ok()? {
                    tungstenite::Message::Text(text) => {
                        break Some(serde_json::from_str(&text).expect("JSON"));
                    }
                    tungstenite::Message::Close(_) => break None,
                    _ => {}
                }
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("told in time")
    }

    /// The next message, whose event has to be `name`.
    async fn event(&mut self, name: &str) -> Value {
        let message = self.next().await.expect("open");
        assert_eq!(message["event"], name, "{message}");
        message["data"].clone()
    }
}

/// A game that counts as the documentation of the library tells its users to.
#[derive(Debug, Default)]
struct Game {
    events: BTreeMap<String, u64>,
    gifts: i64,
    diamonds: i64,
    likes: i64,
}

impl Game {
    fn play(&mut self, message: &Value) {
        let (event, data) = (message["event"].as_str().expect("a name"), &message["data"]);
        *self.events.entry(event.to_owned()).or_default() += 1;
        let number = |member: &str| data[member].as_i64().unwrap_or_else(|| panic!("{member} of {message}"));
        match event {
            "gift" if number("giftType") == 1 && data["repeatEnd"] == false => {}
            "gift" => {
                self.gifts += number("repeatCount");
                self.diamonds += number("repeatCount") * number("diamondCount");
            }
            "like" => self.likes += number("likeCount"),
            _ => {}
        }
    }

    fn counted_what_is_in(&self, session: &Session) {
        let totals = &session.totals;
        let count = |event: &str| i64::try_from(self.events.get(event).copied().unwrap_or(0)).expect("few");
        assert_eq!(
            (self.gifts, self.diamonds, self.likes, count("chat")),
            (totals.gift_units, totals.diamonds, totals.likes_seen, totals.comments),
            "gifts, diamonds, likes and comments"
        );
        assert_eq!((count("follow"), count("share")), (totals.follows, totals.shares));
        assert_eq!(count("social"), totals.follows + totals.shares);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_game_counts_what_the_session_has_whatever_happens_to_the_connection() {
    let studio = Studio::with(Setup { speed: 20.0, ..Setup::default() }).await;
    let lively = profile_named("lively").expect("known");
    let generous = Profile { gifts_per_viewer: 2.0, ..lively };
    let generated = studio.simulator.generated("mira", generous);
    let room = studio.simulator.add_room("mira", RoomSource::Generated(Box::new(generated)));
    for fault in [Fault::Resend, Fault::History, Fault::LateTicks] {
        room.set_fault(fault);
    }
    let mut reader = Reader::of(&studio, "creator=mira&format=connector").await;
    reader.event("disconnected").await;
    studio.watch("mira").await;
    assert_eq!(reader.event("connected").await["roomId"], room.room_id().to_string());

    let (mut game, mut dropped) = (Game::default(), false);
    while let Some(message) = reader.next().await {
        if message["event"] == "disconnected" {
            break;
        }
        game.play(&message);
        if game.gifts > 40 && !dropped {
            // Streaks lose their ends, and what was sent before is sent again.
            room.drop_connections();
            dropped = true;
        }
        if game.gifts > 160 {
            studio.app().recorder.stop_watching(&handle("mira")).await.expect("watched");
        }
    }
    let session = studio.until_stored(studio.session("mira").id, |session| session.ended_at.is_some()).await;
    assert!(dropped && game.gifts > 160, "{game:?}");
    game.counted_what_is_in(&session);
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_streak_is_told_until_its_end_and_a_live_until_it_is_over() {
    let (studio, room) = Studio::live("mira").await;
    let mut reader = Reader::of(&studio, "creator=mira&kind=gift,control&format=connector").await;
    let state = reader.event("connected").await;
    assert_eq!(
        (&state["isConnected"], &state["roomInfo"]["owner"]["display_id"]),
        (&true.into(), &"mira".into())
    );

    for (count, end) in [(1, false), (3, false), (5, true), (5, true)] {
        room.gift("ana", None, ROSE, 7, count, end).await;
    }
    room.comment("ana", "not asked for").await;
    room.gift("ana", Some("guest"), GALAXY, 0, 1, false).await;
    // This one never ends by itself.
    room.gift("budi", None, ROSE, 8, 4, false).await;
    room.control(1).await;
    room.end().await;

    let told = |data: &Value| (data["repeatCount"].as_i64(), data["repeatEnd"].as_bool());
    for expected in [(1, false), (3, false), (5, true)] {
        assert_eq!(told(&reader.event("gift").await), (Some(expected.0), Some(expected.1)));
    }
    let galaxy = reader.event("gift").await;
    assert_eq!(told(&galaxy), (Some(1), Some(true)));
    assert_eq!((&galaxy["giftType"], &galaxy["diamondCount"]), (&2.into(), &1000.into()));
    assert_ne!(galaxy["receiverUserId"], room.host_id().to_string());
    assert_eq!(told(&reader.event("gift").await), (Some(4), Some(false)));
    assert_eq!(reader.event("controlMessage").await["action"], 1);
    assert_eq!(told(&reader.event("gift").await), (Some(4), Some(true)), "ended with the LIVE");
    assert_eq!(reader.event("controlMessage").await["action"], 3);
    assert_eq!(reader.event("streamEnd").await["action"], 3);
    reader.event("disconnected").await;
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_gets_the_creators_and_kinds_it_asked_for_in_either_form() {
    let (studio, mira) = Studio::live("mira").await;
    let budi = studio.simulator.scripted("budi");
    studio.watch("budi").await;
    budi.listened_to_by(1).await;
    let mut native = Reader::of(&studio, "creator=budi&kind=comment").await;
    let mut game = Reader::of(&studio, "creator=budi&kind=comment&format=connector").await;
    game.event("connected").await;
    mira.comment("ana", "to mira").await;
    budi.follow("ana").await;
    budi.comment("ana", "to budi").await;
    let native = native.next().await.expect("open");
    assert_eq!((&native["creator"], &native["text"]), (&"budi".into(), &"to budi".into()));
    let message = game.next().await.expect("open");
    assert_eq!((&message["event"], &message["creator"]), (&"chat".into(), &"budi".into()));
    assert_eq!((&message["data"]["comment"], &message["event_id"]), (&"to budi".into(), &native["event_id"]));

    let mut all = Reader::of(&studio, "format=connector").await;
    let live = [all.event("connected").await, all.event("connected").await];
    assert_eq!(
        live.map(|state| state["roomId"].clone()),
        [budi.room_id(), mira.room_id()].map(|id| id.to_string())
    );
    let mut nobody = Reader::of(&studio, "creator=unknown&format=connector").await;
    let reason = nobody.event("disconnected").await["reason"].take();
    assert!(reason.as_str().expect("a reason").contains("does not watch @unknown"), "{reason}");
    studio.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_is_too_slow_is_told_what_it_missed_and_recording_does_not_wait() {
    const COMMENTS: u64 = 24_000;
    let (studio, room) = Studio::live("mira").await;
    let mut slow =
        Reader::with_buffer(&studio, "creator=mira&kind=comment&format=connector", Some(4096)).await;
    slow.event("connected").await;
    for _ in 0..12 {
        room.comments("ana", COMMENTS as usize / 12).await;
    }
    let recorded =
        |session: &pasut::recorder::snapshot::LiveSession| session.totals.comments == COMMENTS as i64;
    studio.until_session("mira", "every comment", recorded).await;
    let (mut told, mut missed) = (0, 0);
    while told + missed < COMMENTS {
        let message = slow.next().await.expect("open");
        match message["event"].as_str() {
            Some("chat") => told += 1,
            Some("pasut.missed") => missed += message["data"]["count"].as_u64().expect("a number"),
            _ => panic!("{message}"),
        }
    }
    assert!(missed > 0 && told + missed == COMMENTS, "{told} were told, {missed} missed");
    slow.0.send(tungstenite::Message::Close(None)).await.expect("open");
    studio.close().await;
}
