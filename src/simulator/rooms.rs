//! The rooms of one simulator: who is on air, who listens, and what reached whom.

use super::fault::{Fault, Faults, Refusal};
use super::pen::{ENDED, PAUSED, Pen, UNPAUSED};
use super::people::Person;
use super::truth::Truth;
use crate::wire::Message;
use crate::wire::frame::ClientFrame;
use crate::wire::webcast::{BaseMessage, Control};
use bytes::Bytes;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// A client that does not read for this long is no longer waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// So many deliveries may wait for a client.
pub(super) const QUEUE: usize = 64;
/// TikTok shows this many old comments to who enters (`history_comment_count`).
const OLD_COMMENTS: usize = 6;
const RESENT: usize = 20;
/// Of a client that acknowledges nothing no more frames are remembered.
const MOST_UNACKNOWLEDGED: usize = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnAir {
    /// Has not begun.
    Offline,
    Live,
    Paused,
    Ended,
}

impl OnAir {
    /// TikTok's number for it.
    #[must_use]
    pub const fn status(self) -> i64 {
        match self {
            Self::Live => 2,
            Self::Paused => 3,
            Self::Offline | Self::Ended => 4,
        }
    }
}

/// What goes to whoever listens.
#[derive(Clone, Debug)]
pub(super) enum Outgoing {
    Batch {
        at_ms: i64,
        messages: Arc<Vec<BaseMessage>>,
    },
    /// Sent as it is.
    Frame(Bytes),
}

#[derive(Debug)]
pub(super) struct Delivery {
    pub what: Outgoing,
    /// Dropped once it is written or never will be; the sender waits for that.
    _receipt: mpsc::Sender<()>,
}

/// One connection as its server saw it.
#[derive(Clone, Debug, Serialize)]
pub struct Connection {
    /// Counts from 1 within the room.
    pub number: usize,
    pub room_id: String,
    pub user_agent: String,
    pub open: bool,
    pub frames_sent: u64,
    pub heartbeats: u64,
    pub acknowledgements: u64,
    pub entered: u64,
    /// What was written to this connection.
    pub truth: Truth,
    /// What was written and not acknowledged yet, by the number of its frame.
    #[serde(skip)]
    unacknowledged: VecDeque<(i64, Vec<BaseMessage>)>,
    #[serde(skip)]
    pub(super) cut: CancellationToken,
}

#[derive(Debug)]
pub(super) struct LiveRoom {
    pub name: String,
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

#[derive(Debug)]
pub(super) struct State {
    pub room_id: i64,
    pub owner: Person,
    pub on_air: OnAir,
    pub started_ms: i64,
    /// How far a room that lives by itself has come. It is behind where a client kept it waiting.
    pub lived_to_ms: Option<i64>,
    pub faults: Faults,
    pub truth: Truth,
    /// What was written to any connection.
    pub delivered: Truth,
    /// What a client said it has.
    pub acknowledged: Truth,
    pub pen: Pen,
    pub connections: Vec<Connection>,
    pub seen: Vec<ClientFrame>,
    listeners: Vec<(usize, mpsc::Sender<Delivery>)>,
    recent: VecDeque<BaseMessage>,
    comments: VecDeque<BaseMessage>,
    blocked_ttwid: Option<String>,
}

impl LiveRoom {
    pub fn new(name: &str, room_id: i64, owner: Person, on_air: OnAir, started_ms: i64) -> Self {
        let state = State {
            room_id,
            on_air,
            started_ms,
            lived_to_ms: None,
            faults: Faults::default(),
            truth: Truth::of_host(owner.id),
            delivered: Truth::of_host(owner.id),
            acknowledged: Truth::of_host(owner.id),
            pen: Pen::new(room_id, owner.clone(), 1),
            owner,
            connections: Vec::new(),
            seen: Vec::new(),
            listeners: Vec::new(),
            recent: VecDeque::new(),
            comments: VecDeque::new(),
            blocked_ttwid: None,
        };
        Self { name: name.to_owned(), state: Mutex::new(state), changed: watch::Sender::new(()) }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics while holding the room")
    }

    /// Changes the room and tells whoever waits in [`Self::until`].
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state());
        self.changed.send_replace(());
        result
    }

    pub async fn until(&self, condition: impl Fn(&State) -> bool) {
        let mut changes = self.changed.subscribe();
        while !condition(&self.state()) {
            changes.changed().await.expect("the room owns the sender");
        }
    }

    /// Something happened in the room: counts it, and gives it to who listens. Returns when it is
    /// queued for everyone; the receipt says when it is written.
    pub async fn publish(&self, what: Outgoing) -> Receipt {
        let listeners = self.change(|state| {
            state.note(&what);
            state.listeners.clone()
        });
        let (receipt, written) = mpsc::channel(1);
        for (number, listener) in listeners {
            let delivery = Delivery { what: what.clone(), _receipt: receipt.clone() };
            if listener.send_timeout(delivery, PATIENCE).await.is_err() {
                self.change(|state| state.listeners.retain(|(known, _)| *known != number));
            }
        }
        Receipt(written)
    }

    /// The creator starts anew: another room id, everyone is disconnected, the truth begins again.
    pub fn restart(&self, now_ms: i64) {
        self.change(|state| {
            state.room_id += 1_000_000_007;
            state.pen = Pen::new(state.room_id, state.owner.clone(), 1);
            state.truth = Truth::of_host(state.owner.id);
            state.delivered = state.truth.clone();
            state.acknowledged = state.truth.clone();
            state.on_air = OnAir::Live;
            state.started_ms = now_ms;
            state.lived_to_ms = None;
            state.listeners.clear();
            state.recent.clear();
            state.comments.clear();
        });
    }

    pub fn connect(&self, user_agent: &str, cut: CancellationToken) -> usize {
        self.change(|state| {
            let number = state.connections.len() + 1;
            state.connections.push(Connection {
                number,
                room_id: state.room_id.to_string(),
                user_agent: user_agent.to_owned(),
                open: true,
                frames_sent: 0,
                heartbeats: 0,
                acknowledgements: 0,
                entered: 0,
                truth: Truth::of_host(state.owner.id),
                unacknowledged: VecDeque::new(),
                cut,
            });
            number
        })
    }

    pub fn disconnect(&self, number: usize) {
        self.change(|state| {
            state.connection(number).open = false;
            state.connection(number).unacknowledged.clear();
            state.listeners.retain(|(known, _)| *known != number);
        });
    }
}

/// Says when what was published has been written to everyone who was connected.
#[must_use = "ask for `written`, or drop it on purpose"]
pub(super) struct Receipt(mpsc::Receiver<()>);

impl Receipt {
    pub async fn written(mut self) {
        let nothing_more = self.0.recv().await;
        debug_assert!(nothing_more.is_none(), "receipts are only dropped");
    }
}

impl State {
    pub fn connection(&mut self, number: usize) -> &mut Connection {
        &mut self.connections[number - 1]
    }

    /// These messages were written to a connection, in the frame of this number.
    pub fn note_delivered(&mut self, number: usize, log_id: i64, messages: Vec<BaseMessage>) {
        self.delivered.count_all(&messages);
        let connection = self.connection(number);
        connection.truth.count_all(&messages);
        connection.unacknowledged.push_back((log_id, messages));
        connection.unacknowledged.truncate(MOST_UNACKNOWLEDGED);
    }

    /// The client of a connection has the frame of this number.
    pub fn note_acknowledged(&mut self, number: usize, log_id: i64) {
        let connection = self.connection(number);
        connection.acknowledgements += 1;
        let place = connection.unacknowledged.iter().position(|(waiting, _)| *waiting == log_id);
        if let Some((_, messages)) = place.and_then(|place| connection.unacknowledged.remove(place)) {
            self.acknowledged.count_all(&messages);
        }
    }

    pub fn listen(&mut self, number: usize, queue: mpsc::Sender<Delivery>) {
        self.listeners.push((number, queue));
    }

    pub fn has_listeners(&self) -> bool {
        !self.listeners.is_empty()
    }

    /// How many open connections get what is published.
    #[must_use]
    pub fn listening(&self) -> usize {
        self.listeners.iter().filter(|(number, _)| self.connections[number - 1].open).count()
    }

    /// Ends every connection properly.
    pub fn dismiss_listeners(&mut self) {
        self.listeners.clear();
    }

    /// True if this client is to be refused as a blocked device: until it brings another `ttwid`
    /// than the first one seen.
    pub fn blocks(&mut self, ttwid: Option<&str>) -> bool {
        let Some(ttwid) = ttwid else { return true };
        *self.blocked_ttwid.get_or_insert_with(|| ttwid.to_owned()) == ttwid
    }

    /// What a client gets upon entering while the faults for it are in force: the comments that
    /// are history whether marked or not, and the newest messages again.
    pub fn replay(&self, faults: &Faults, now_ms: i64) -> (Vec<BaseMessage>, Vec<BaseMessage>) {
        let mut old = Vec::new();
        if faults.has(Fault::History) {
            let mut pen = Pen::new(self.room_id, self.owner.clone(), 2);
            let before = |place: i64| now_ms - 60_000 + place * 5_000;
            let invented = (0..OLD_COMMENTS as i64)
                .map(|place| pen.comment(before(place), &Person::named(&format!("early{place}")), "hadir"));
            let marked =
                self.comments.iter().map(|comment| BaseMessage { is_history: true, ..comment.clone() });
            old.extend(invented.chain(marked));
        }
        let again =
            if faults.has(Fault::Resend) { self.recent.iter().cloned().collect() } else { Vec::new() };
        (old, again)
    }

    fn note(&mut self, what: &Outgoing) {
        match what {
            Outgoing::Frame(frame) => self.truth.count_frame(frame.clone()),
            Outgoing::Batch { messages, .. } => {
                self.truth.count_all(messages);
                messages.iter().for_each(|message| self.note_message(message));
            }
        }
    }

    fn note_message(&mut self, message: &BaseMessage) {
        keep(&mut self.recent, message, RESENT);
        match &message.method[..] {
            b"WebcastChatMessage" => keep(&mut self.comments, message, OLD_COMMENTS),
            b"WebcastControlMessage" => match control_action(message) {
                PAUSED => self.on_air = OnAir::Paused,
                UNPAUSED => self.on_air = OnAir::Live,
                action if ends(action) => self.on_air = OnAir::Ended,
                _ => {}
            },
            _ => {}
        }
    }

    /// How a room that does not let in looks to who asks about it.
    pub fn status(&self, faults: &Faults) -> i64 {
        match faults.refusal() {
            Some(Refusal::Offline) => OnAir::Offline.status(),
            _ => self.on_air.status(),
        }
    }
}

/// True for the message that says the LIVE is over.
pub(super) fn is_end(message: &BaseMessage) -> bool {
    &message.method[..] == b"WebcastControlMessage" && ends(control_action(message))
}

const fn ends(action: i64) -> bool {
    matches!(action, ENDED | 4)
}

fn control_action(message: &BaseMessage) -> i64 {
    Control::decode(message.payload.clone()).map_or(0, |control| control.action)
}

fn keep(newest: &mut VecDeque<BaseMessage>, message: &BaseMessage, limit: usize) {
    newest.push_back(message.clone());
    if newest.len() > limit {
        newest.pop_front();
    }
}
