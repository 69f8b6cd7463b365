//! One client's websocket, from its entering the room to its end.

use super::dice::Dice;
use super::drip::Drip;
use super::fault::{Fault, Faults};
use super::pen::Pen;
use super::rooms::{Delivery, LiveRoom, Outgoing, QUEUE, is_end};
use super::world::World;
use crate::wire::frame::{self, ClientFrame};
use crate::wire::webcast::{BaseMessage, FetchResult};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::Message as Ws;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, frame::coding::CloseCode};
use tokio_util::sync::CancellationToken;

/// Clients that do not leave by themselves after a LIVE's end are closed after this.
pub(super) const AFTER_THE_END: Duration = Duration::from_secs(2);
const BOMB_BYTES: usize = 64 << 20;
const OVERSIZED_BYTES: usize = 2 << 20;

/// Who comes in, and how.
#[derive(Debug)]
pub(super) struct Entry {
    pub room: Arc<LiveRoom>,
    pub user_agent: String,
    pub gzip: bool,
    pub slow_drip: bool,
}

/// Serves one connection to its end.
pub(super) async fn attend(upgraded: Upgraded, entry: Entry, world: &World, stop: CancellationToken) {
    let parts = upgraded.downcast::<TokioIo<TcpStream>>().expect("the server upgrades nothing but TCP");
    let stream = Drip::new(parts.io.into_inner(), entry.slow_drip);
    let socket =
        WebSocketStream::from_partially_read(stream, parts.read_buf.to_vec(), Role::Server, None).await;
    let cut = CancellationToken::new();
    let number = entry.room.connect(&entry.user_agent, cut.clone());
    let faults = world.faults_of(Some(&entry.room));
    let drop_after = faults.find(|fault| match fault {
        Fault::DropAfter(after) => Some(after),
        _ => None,
    });
    let (queue, deliveries) = mpsc::channel(QUEUE);
    let room = Arc::clone(&entry.room);
    let pen = room.change(|state| Pen::new(state.room_id, state.owner.clone(), 2 + number as i64));
    let mut visit = Visit {
        socket,
        world,
        number,
        gzip: entry.gzip,
        dice: Dice::aside(pen.room_id as u64, number as u64),
        pen,
        room: entry.room,
        queue: Some(queue),
        frames: 0,
        ends_at: None,
    };
    // Whatever of these comes first drops the visit, and with it the stream, without a word.
    tokio::select! {
        left = visit.stay(deliveries, &stop) => drop(left),
        () = maybe_sleep(drop_after) => {}
        () = cut.cancelled() => {}
    }
    // Before the client can notice, so that nobody talks to a connection that is gone.
    room.disconnect(number);
    drop(visit);
}

struct Visit<'a> {
    socket: WebSocketStream<Drip>,
    world: &'a World,
    room: Arc<LiveRoom>,
    number: usize,
    gzip: bool,
    dice: Dice,
    pen: Pen,
    /// Given to the room when the client enters.
    queue: Option<mpsc::Sender<Delivery>>,
    frames: i64,
    ends_at: Option<Instant>,
}

impl Visit<'_> {
    async fn stay(
        &mut self,
        mut deliveries: mpsc::Receiver<Delivery>,
        stop: &CancellationToken,
    ) -> Result<(), Error> {
        let close_after = self.faults().find(|fault| match fault {
            Fault::CloseAfter(after) => Some(after),
            _ => None,
        });
        let close_at = close_after.map(|after| Instant::now() + after);
        loop {
            let until = [close_at, self.ends_at].into_iter().flatten().min();
            tokio::select! {
                received = self.socket.next() => match received {
                    Some(Ok(Ws::Binary(message))) => self.hear(message).await?,
                    Some(Ok(Ws::Close(_))) | None => return Ok(()),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(error),
                },
                delivery = deliveries.recv() => match delivery {
                    Some(delivery) => self.deliver(&delivery.what).await?,
                    None => return self.say_goodbye(CloseCode::Normal).await,
                },
                () = maybe_until(until) => return self.say_goodbye(CloseCode::Normal).await,
                () = stop.cancelled() => return self.say_goodbye(CloseCode::Away).await,
            }
        }
    }

    fn faults(&self) -> Faults {
        self.world.faults_of(Some(&self.room))
    }

    async fn say_goodbye(&mut self, code: CloseCode) -> Result<(), Error> {
        self.room.disconnect(self.number);
        self.socket.close(Some(CloseFrame { code, reason: "".into() })).await?;
        // Reading on until the client has answered, or it would lose what was written last.
        let answered = async { while let Some(Ok(_)) = self.socket.next().await {} };
        let _ = tokio::time::timeout(Duration::from_secs(1), answered).await;
        Ok(())
    }

    async fn hear(&mut self, message: Bytes) -> Result<(), Error> {
        let heard = frame::read_from_client(message).unwrap_or(ClientFrame::Other);
        let (number, kept) = (self.number, heard.clone());
        self.room.change(|state| {
            match &kept {
                ClientFrame::HeartBeat { .. } => state.connection(number).heartbeats += 1,
                ClientFrame::EnterRoom { .. } => state.connection(number).entered += 1,
                ClientFrame::Acknowledgement { log_id, .. } => state.note_acknowledged(number, *log_id),
                ClientFrame::Other => {}
            }
            state.seen.push(kept);
        });
        if self.faults().has(Fault::Silence) {
            return Ok(());
        }
        match heard {
            ClientFrame::HeartBeat { .. } => self.write(frame::heartbeat_answer().into()).await,
            ClientFrame::EnterRoom { room } => self.enter(room).await,
            ClientFrame::Acknowledgement { .. } | ClientFrame::Other => Ok(()),
        }
    }

    async fn enter(&mut self, room_id: i64) -> Result<(), Error> {
        self.write(frame::entered(room_id).into()).await?;
        let Some(queue) = self.queue.take() else { return Ok(()) };
        let (faults, number) = (self.faults(), self.number);
        let (now_ms, old, again) = self.room.change(|state| {
            let now_ms = state.lived_to_ms.unwrap_or_else(|| self.world.now_ms());
            // A room that has been left for another one, or is over, has nothing more to say.
            if state.room_id == room_id {
                state.listen(number, queue);
            }
            let (old, again) = state.replay(&faults, now_ms);
            (now_ms, old, again)
        });
        if !faults.has(Fault::Mute) {
            self.write_batch(now_ms, old, &faults).await?;
            let resent = self.write_batch(now_ms, again, &faults).await?;
            self.note_delivered(resent);
        }
        if faults.has(Fault::GzipBomb) {
            let bomb = FetchResult { cursor: vec![0; BOMB_BYTES].into(), ..FetchResult::default() };
            self.write(frame::push(0, 1, &bomb, true).into()).await?;
        }
        if faults.has(Fault::OversizedFrame) {
            let large = FetchResult { cursor: vec![b'x'; OVERSIZED_BYTES].into(), ..FetchResult::default() };
            self.write(frame::push(0, 1, &large, false).into()).await?;
        }
        Ok(())
    }

    async fn deliver(&mut self, what: &Outgoing) -> Result<(), Error> {
        let faults = self.faults();
        let number = self.number;
        if let Outgoing::Batch { messages, .. } = what
            && messages.iter().any(is_end)
        {
            self.ends_at = Some(Instant::now() + AFTER_THE_END);
        }
        if faults.has(Fault::Mute) || faults.has(Fault::Silence) {
            return Ok(());
        }
        match what {
            Outgoing::Frame(bytes) => {
                self.write(bytes.clone()).await?;
                self.room.change(|state| state.connection(number).truth.count_frame(bytes.clone()));
            }
            Outgoing::Batch { at_ms, messages } => {
                let mut messages = messages.to_vec();
                if faults.has(Fault::UnannouncedEnd) {
                    messages.retain(|message| !is_end(message));
                }
                faults.disturb(&mut messages, &mut self.dice, &mut self.pen);
                if let Some(broken) = faults.broken_frame(&mut self.dice) {
                    self.write(broken).await?;
                }
                let written = self.write_batch(*at_ms, messages, &faults).await?;
                self.note_delivered(written);
            }
        }
        Ok(())
    }

    /// Writes the messages as one frame and returns them; no messages, no frame.
    async fn write_batch(
        &mut self,
        at_ms: i64,
        messages: Vec<BaseMessage>,
        faults: &Faults,
    ) -> Result<Vec<BaseMessage>, Error> {
        if messages.is_empty() {
            return Ok(messages);
        }
        self.frames += 1;
        let skew = faults.find(|fault| match fault {
            Fault::ClockSkew(ms) => Some(ms),
            _ => None,
        });
        let mut result = FetchResult {
            messages,
            cursor: format!("t-{at_ms}_d-{}", self.frames).into(),
            now: at_ms + skew.unwrap_or(0),
            internal_ext: format!("internal_src:dim|wss_push_room_id:{}", self.pen.room_id).into(),
            heartbeat_duration: 10_000,
            need_ack: true,
            ..FetchResult::default()
        };
        let bytes = frame::push(self.frames, self.log_id(), &result, self.gzip);
        self.write(bytes.into()).await?;
        Ok(std::mem::take(&mut result.messages))
    }

    fn note_delivered(&self, written: Vec<BaseMessage>) {
        if !written.is_empty() {
            self.room.change(|state| state.note_delivered(self.number, self.log_id(), written));
        }
    }

    /// The number of the newest frame.
    const fn log_id(&self) -> i64 {
        ((self.number as i64) << 32) + self.frames
    }

    async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        self.socket.send(Ws::Binary(bytes)).await?;
        let number = self.number;
        self.room.change(|state| state.connection(number).frames_sent += 1);
        Ok(())
    }
}

async fn maybe_sleep(duration: Option<Duration>) {
    match duration {
        Some(duration) => sleep(duration).await,
        None => pending().await,
    }
}

async fn maybe_until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}
