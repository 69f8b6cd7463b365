//! A room whose events are told from outside: by a test, or by a demo.

use super::capture::Capture;
use super::fault::Fault;
use super::pen::{ENDED, GiftTick, Pen};
use super::people::{GiftKind, Person};
use super::rooms::{Connection, LiveRoom, OnAir, Outgoing};
use super::scenario::Room;
use super::truth::Truth;
use super::world::World;
use crate::wire::frame::ClientFrame;
use crate::wire::webcast::BaseMessage;
use bytes::Bytes;
use std::sync::Arc;

/// Where a room's events come from.
#[derive(Clone, Debug)]
pub enum RoomSource {
    /// The room lives by itself.
    Generated(Box<Room>),
    /// A recording; with `again`, over and over.
    Capture { capture: Arc<Capture>, again: bool },
    /// Only what its handle is told.
    Scripted,
}

/// Something of what was delivered in a LIVE.
#[derive(Clone, Copy, Debug)]
pub struct Delivered<T> {
    pub room_id: i64,
    /// Written to any connection.
    pub written: T,
    /// Of that, what a client said it has.
    pub acknowledged: T,
}

/// One room of a running simulator. What happens through it reaches every client that has
/// entered, and each method that tells something returns when it is written to all of them.
#[derive(Clone, Debug)]
pub struct RoomHandle {
    pub(super) room: Arc<LiveRoom>,
    pub(super) world: Arc<World>,
}

impl RoomHandle {
    #[must_use]
    pub fn name(&self) -> &str {
        &self.room.name
    }

    #[must_use]
    pub fn room_id(&self) -> i64 {
        self.room.state().room_id
    }

    #[must_use]
    pub fn host_id(&self) -> i64 {
        self.room.state().owner.id
    }

    pub async fn comment(&self, from: &str, text: &str) {
        self.tell(|pen, now_ms| pen.comment(now_ms, &Person::named(from), text)).await;
    }

    /// So many comments in one batch.
    pub async fn comments(&self, from: &str, count: usize) {
        let (now_ms, from) = (self.world.now_ms(), Person::named(from));
        let messages = {
            let pen = &mut self.room.state().pen;
            (0..count).map(|number| pen.comment(now_ms, &from, &number.to_string())).collect()
        };
        self.raw(messages).await;
    }

    /// One message of a streak (or of a gift that is none). `group` tells streaks of one sender
    /// and gift apart; `to` is a guest, none is the creator.
    pub async fn gift(
        &self,
        from: &str,
        to: Option<&str>,
        gift: GiftKind,
        group: i64,
        repeat_count: i64,
        end: bool,
    ) {
        let (from, to) = (Person::named(from), to.map(Person::named));
        let tick = GiftTick { from: &from, to: to.as_ref(), gift, group, repeat_count, end };
        self.tell(|pen, now_ms| pen.gift(now_ms, &tick)).await;
    }

    pub async fn like(&self, from: &str, count: i64) {
        let total = self.room.state().truth.likes.max_reported_total + count;
        self.tell(|pen, now_ms| pen.like(now_ms, &Person::named(from), count, total)).await;
    }

    pub async fn join(&self, who: &str) {
        let viewers = self.room.state().truth.viewers.last;
        self.tell(|pen, now_ms| pen.join(now_ms, &Person::named(who), viewers, "for_you")).await;
    }

    pub async fn follow(&self, who: &str) {
        self.tell(|pen, now_ms| pen.follow(now_ms, &Person::named(who), 0)).await;
    }

    pub async fn share(&self, who: &str) {
        self.tell(|pen, now_ms| pen.share(now_ms, &Person::named(who))).await;
    }

    pub async fn viewers(&self, viewers: i64, total_viewers: i64) {
        self.tell(|pen, now_ms| pen.viewers(now_ms, viewers, total_viewers)).await;
    }

    /// 1 pauses, 2 resumes, 3 ends, 4 suspends.
    pub async fn control(&self, action: i64) {
        self.tell(|pen, now_ms| pen.control(now_ms, action)).await;
    }

    /// One message, written with the room's pen and at the simulator's time.
    pub async fn tell(&self, message: impl FnOnce(&mut Pen, i64) -> BaseMessage) {
        let now_ms = self.world.now_ms();
        let message = message(&mut self.room.state().pen, now_ms);
        self.raw(vec![message]).await;
    }

    /// A batch as it is.
    pub async fn raw(&self, messages: Vec<BaseMessage>) {
        let batch = Outgoing::Batch { at_ms: self.world.now_ms(), messages: Arc::new(messages) };
        self.room.publish(batch).await.written().await;
    }

    /// A websocket message as it is.
    pub async fn raw_frame(&self, frame: impl Into<Bytes>) {
        self.room.publish(Outgoing::Frame(frame.into())).await.written().await;
    }

    /// Cuts every connection without a word.
    pub fn drop_connections(&self) {
        self.room.state().connections.iter().for_each(|connection| connection.cut.cancel());
    }

    /// Ends the LIVE and says so, unless [`Fault::UnannouncedEnd`] is in force: then the room is
    /// merely offline and its connections are closed.
    pub async fn end(&self) {
        let unannounced = self.world.faults_of(Some(&self.room)).has(Fault::UnannouncedEnd);
        if unannounced {
            self.room.change(|state| {
                state.on_air = OnAir::Ended;
                state.dismiss_listeners();
            });
        } else {
            self.control(ENDED).await;
        }
    }

    /// The creator goes LIVE anew, with another room id. Whoever was connected is closed.
    pub fn restart(&self) {
        self.room.restart(self.world.now_ms());
    }

    /// The creator goes LIVE, or offline before having begun.
    pub fn put_on_air(&self, on_air: OnAir) {
        self.room.change(|state| state.on_air = on_air);
    }

    /// The creator takes another display name.
    pub fn rename(&self, nickname: &str) {
        self.room.change(|state| state.owner.nickname = nickname.to_owned());
    }

    pub fn set_fault(&self, fault: Fault) {
        self.room.change(|state| state.faults.set(fault));
    }

    pub fn clear_faults(&self) {
        self.room.change(|state| state.faults.clear());
    }

    /// All connections so far, also closed ones.
    #[must_use]
    pub fn connections(&self) -> Vec<Connection> {
        self.room.state().connections.clone()
    }

    /// Every frame clients sent, in the order of arrival.
    #[must_use]
    pub fn seen(&self) -> Vec<ClientFrame> {
        self.room.state().seen.clone()
    }

    #[must_use]
    pub fn truth(&self) -> Truth {
        self.room.state().truth.clone()
    }

    /// What was written to any connection, each message once.
    #[must_use]
    pub fn delivered(&self) -> Truth {
        self.room.state().delivered.clone()
    }

    /// The same, and what of it a client said it has, looked at where they are, which costs nothing however
    /// much they hold.
    pub fn look_at_delivered<T>(&self, look: impl Fn(&Truth) -> T) -> Delivered<T> {
        let state = self.room.state();
        Delivered {
            room_id: state.room_id,
            written: look(&state.delivered),
            acknowledged: look(&state.acknowledged),
        }
    }

    #[must_use]
    pub fn on_air(&self) -> OnAir {
        self.room.state().on_air
    }

    /// How many clients have entered and are connected.
    #[must_use]
    pub fn listening(&self) -> usize {
        self.room.state().listening()
    }

    /// Returns when this many clients have entered and are connected.
    pub async fn listened_to_by(&self, clients: usize) {
        self.room.until(|state| state.listening() == clients).await;
    }
}
