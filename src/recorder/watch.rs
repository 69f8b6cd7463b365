//! One watched creator: wait for the LIVE, connect, record, decide what follows a disconnect.
//!
//! A room is a session. It begins when the room is found live, goes on through every disconnect,
//! and ends when TikTok says so, when the user stops it, or when the room was out of reach for the
//! grace time.

use super::keeper::{AddedUp, Keeper};
use super::recording::{LARGE_BATCH, Recording};
use super::shared::{Feeder, Settings, Shared};
use super::shown::Shown;
use super::snapshot::Refused;
use crate::analytics::delivery::{Connected, Deliveries};
use crate::clock::Stamper;
use crate::connector::client::TikTok;
use crate::connector::config::Route;
use crate::connector::disconnect::Disconnect;
use crate::connector::identity::Identity;
use crate::connector::incoming::{Incoming, Message, Messages};
use crate::connector::reconnect::{self, GOOD_CONNECTION_MS};
use crate::connector::room::{Broadcast, Found, Room};
use crate::connector::socket::{QUEUED_FRAMES, Received};
use crate::domain::creator::Creator;
use crate::domain::event::{Accounted, Control, What};
use crate::domain::ids::{RoomId, SessionId};
use crate::domain::session::{GapCause, Session, SessionStart};
use crate::domain::time::Stamp;
use crate::domain::watch::WatchState;
use crate::store::StoreError;
use rand::RngExt as _;
use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Everything is written, and time is checked, this often.
const TICK: Duration = Duration::from_secs(1);

/// While the disk refuses, this many events are kept in memory; then the socket is read no further.
const MAX_UNSAVED: usize = 20_000;

/// If the wall clock leaves the monotonic one by more than this between two ticks, the computer
/// slept or its clock was set. Either way the connection is made anew. Like the next one this is time
/// of the computer, however fast a simulated clock runs.
const CLOCK_JUMP: Duration = Duration::from_secs(5);

/// A tick that comes this late means that the computer slept with its monotonic clock running.
const LATE_TICK: Duration = Duration::from_secs(10);

/// TikTok sometimes says "not live" of a room that is: it is believed when said twice, this far apart.
const SECOND_OPINION_MS: i64 = 5_000;

/// For this long after the end of a room its status is not believed.
const STALE_STATUS_MS: i64 = 60_000;

/// What the user asks of a watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Watch now, whatever was decided before.
    Start,
    /// Stop until this room ends.
    Stop,
    /// Value the gifts of this session at prices the user set since.
    Revalue,
}

/// The task of one watched creator.
pub struct Watch {
    creator: Creator,
    shown: Arc<Shown>,
    shared: Shared,
    commands: mpsc::Receiver<Command>,
    stop: CancellationToken,
    identity: Identity,
    route: Route,
    stamper: Stamper,
    /// A session that was running when Pasut stopped, until its room is found again or over.
    left_open: Option<Session>,
    /// Wall and monotonic milliseconds at the last tick.
    ticked: (Stamp, i64),
    /// What the clocks said when a frame last told TikTok's.
    compared: Option<Clocks>,
    keeper: Keeper,
    not_live_since: Option<Stamp>,
    /// The room that ended last, and when: TikTok goes on calling it live for a while.
    ended: Option<(RoomId, Stamp)>,
    /// The room that the user stopped last.
    stopped: Option<RoomId>,
    /// The user asked for the room that is live next, or now; and the room this was of last.
    asked: bool,
    asked_for: Option<RoomId>,
    /// What the session that ended last was sent, should its room go on.
    delivered: Option<(RoomId, Deliveries)>,
    attempt: u32,
}

/// TikTok's clock and both of ours at one moment.
#[derive(Clone, Copy)]
struct Clocks {
    server: Stamp,
    wall: Stamp,
    monotonic_ms: i64,
}

/// A connection, as long as it is read.
struct Line {
    frames: mpsc::Receiver<Received>,
    /// Why it ended.
    ended: oneshot::Receiver<Disconnect>,
    stop: CancellationToken,
    /// Whether messages came.
    answered: bool,
}

/// Why a watch left off what it was doing.
enum Left {
    Disconnected(Disconnect),
    /// The creator is live in the room that the user stopped.
    StillStopped,
    /// The user wants something else; look again at once.
    Told,
    /// Pasut stops.
    Stopping,
}

impl Watch {
    #[must_use]
    pub fn new(
        creator: Creator,
        left_open: Option<Session>,
        shown: Arc<Shown>,
        shared: Shared,
        commands: mpsc::Receiver<Command>,
        stop: CancellationToken,
    ) -> Self {
        let route = shared.tiktok.borrow().first_route();
        let stamper = Stamper::new(&shared.clock);
        let ticked = (shared.clock.wall(), shared.clock.monotonic_ms());
        let keeper = Keeper::new(creator.handle.clone(), Arc::clone(&shown), shared.clone(), stop.clone());
        Self {
            creator,
            shown,
            shared,
            commands,
            stop,
            identity: Identity::new(),
            route,
            stamper,
            left_open,
            ticked,
            compared: None,
            keeper,
            not_live_since: None,
            ended: None,
            stopped: None,
            asked: false,
            asked_for: None,
            delivered: None,
            attempt: 0,
        }
    }

    /// Watches until Pasut stops, or the creator is watched no more.
    pub async fn run(mut self) {
        loop {
            let began = self.now();
            let left = self.round().await;
            match left {
                Left::Stopping => break,
                Left::Told => self.attempt = 0,
                Left::StillStopped => {
                    let next = reconnect::after(&Disconnect::NotLive, 1, rand::rng().random());
                    if self.wait(next.wait_ms).await.is_break() {
                        break;
                    }
                }
                Left::Disconnected(cause) => {
                    if self.after(cause, began).await.is_break() {
                        break;
                    }
                }
            }
        }
        // Who is watched no more is told to stop and ended at once; whichever was seen first, the
        // session is over.
        while let Ok(command) = self.commands.try_recv() {
            if command == Command::Stop {
                self.end_session().await;
            }
        }
        drop(self.keeper.flush().await);
    }

    /// Looks the creator up and, if live, records until something ends it.
    async fn round(&mut self) -> Left {
        let tiktok = Arc::clone(&self.shared.tiktok.borrow_and_update());
        if self.attempt == 0 && !self.shown.is_recording() {
            self.shown.set_state(WatchState::Waiting { checked_at: None }, self.shared.clock.wall());
        }
        let look_ups = Arc::clone(&self.shared.look_ups);
        let looking = async {
            let _permit = look_ups.acquire().await;
            tiktok.look_up(&self.identity, &self.creator.handle).await
        };
        let stop = self.stop.clone();
        let found = tokio::select! {
            () = stop.cancelled() => return Left::Stopping,
            found = looking => found,
        };
        let found = match found {
            Ok(found) => found,
            Err(cause) => return Left::Disconnected(cause),
        };
        self.learn_account(&found).await;
        let room = match found.broadcast {
            Broadcast::Live(room) => room,
            Broadcast::Off { .. } => return Left::Disconnected(Disconnect::NotLive),
        };
        self.not_live_since = None;
        if self.creator.stopped_room == Some(room.id) {
            self.shown.set_state(WatchState::Stopped, self.shared.clock.wall());
            return Left::StillStopped;
        }
        if self.creator.stopped_room.is_some() {
            self.stop_room(None).await;
        }
        let now = self.now();
        if self.ended.is_some_and(|(ended, at)| ended == room.id && now.ms_since(at) < STALE_STATUS_MS) {
            return Left::Disconnected(Disconnect::NotLive);
        }
        if !self.is_wanted(room.id) {
            self.stop_room(Some(room.id)).await;
            self.shown.set_state(WatchState::Stopped, self.shared.clock.wall());
            return Left::StillStopped;
        }
        if !self.shared.feeders.claim(&self.creator.handle, Feeder::Watch) {
            // A foreign connector feeds the session of this creator; it is looked at again later.
            return Left::StillStopped;
        }
        if let Err(err) = self.open_session(&room).await {
            self.keeper.note_refused(Refused::Session, &err);
            return Left::Disconnected(Disconnect::Lost { why: err.to_string() });
        }
        self.connect_and_record(&tiktok, &room).await
    }

    async fn connect_and_record(&mut self, tiktok: &TikTok, room: &Room) -> Left {
        if self.attempt == 0 || !self.shown.is_away() {
            self.shown.set_state(WatchState::Connecting, self.shared.clock.wall());
        }
        let stop = self.stop.clone();
        let connection = tokio::select! {
            () = stop.cancelled() => return Left::Stopping,
            connection = tiktok.connect(&mut self.identity, room.id, self.route) => connection,
        };
        let connection = match connection {
            Ok(connection) => connection,
            Err(cause) => return Left::Disconnected(cause),
        };
        info!(creator = %self.creator.handle, room = %room.id, "Connected to {}", self.creator.handle);
        let (frames_in, frames) = mpsc::channel(QUEUED_FRAMES);
        let (ended_in, ended) = oneshot::channel();
        let stop = self.stop.child_token();
        let (clock, token) = (self.shared.clock.clone(), stop.clone());
        self.shared.lifecycle.spawn(format!("connection to {}", self.creator.handle), async move {
            // Nobody waits for the reason when the watch itself ended the connection.
            drop(ended_in.send(connection.run(&clock, frames_in, token).await));
        });
        let left =
            self.record(Line { frames, ended, stop: stop.clone(), answered: false }, room.paused).await;
        stop.cancel();
        if matches!(left, Left::Disconnected(Disconnect::Silent))
            && tiktok.is_restricted(&self.identity, room.id).await
        {
            return Left::Disconnected(Disconnect::Restricted);
        }
        left
    }

    /// Takes frames until the connection, the LIVE or the watch ends.
    async fn record(&mut self, mut line: Line, paused: bool) -> Left {
        self.ticked = self.clocks();
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let stop = self.stop.clone();
        loop {
            let room_for_more = self.shown.unsaved() < MAX_UNSAVED;
            tokio::select! {
                () = stop.cancelled() => {
                    self.take_rest(&mut line, paused).await;
                    return Left::Stopping;
                }
                received = line.frames.recv(), if room_for_more => {
                    let Some(received) = received else {
                        let given_up = Disconnect::Lost { why: "it was given up".to_owned() };
                        return Left::Disconnected(line.ended.await.unwrap_or(given_up));
                    };
                    if self.take_from(&mut line, received, paused).await {
                        self.take_rest(&mut line, paused).await;
                        return Left::Disconnected(Disconnect::LiveEnded);
                    }
                    if self.shown.unsaved() >= LARGE_BATCH {
                        self.keeper.begin_write();
                    }
                }
                result = self.keeper.writes.written() => {
                    drop(self.keeper.note_written(result));
                }
                _ = tick.tick() => {
                    if self.tick().await {
                        let ended = self.take_rest(&mut line, paused).await;
                        return Left::Disconnected(if ended { Disconnect::LiveEnded } else { Disconnect::Woke });
                    }
                }
                command = self.commands.recv() => match command {
                    Some(Command::Stop) => {
                        self.take_rest(&mut line, paused).await;
                        self.stop_this_room().await;
                        return Left::Told;
                    }
                    Some(Command::Start) => {}
                    Some(Command::Revalue) => self.keeper.revalue().await,
                    None => {
                        self.take_rest(&mut line, paused).await;
                        return Left::Stopping;
                    }
                },
            }
        }
    }

    /// Takes what was read and acknowledged before a connection is given up: it is not sent again. Returns
    /// whether the LIVE ended with it.
    async fn take_rest(&mut self, line: &mut Line, paused: bool) -> bool {
        line.stop.cancel();
        line.frames.close();
        let mut ended = false;
        while let Some(received) = line.frames.recv().await {
            ended |= self.take_from(line, received, paused).await;
        }
        ended
    }

    /// Counts the messages of a frame, the first of which says that the connection is back. Returns whether
    /// one of them ended the LIVE.
    async fn take_from(&mut self, line: &mut Line, received: Received, paused: bool) -> bool {
        if let Ok(Incoming::Messages(batch)) = &received.frame {
            self.watch_server_clock(batch, received.monotonic_ms);
            if !std::mem::replace(&mut line.answered, true) {
                self.came_back(batch, received.monotonic_ms, paused);
            }
        }
        self.take(received).await
    }

    /// The first batch of a connection: events arrive again.
    fn came_back(&mut self, batch: &Messages, monotonic_ms: i64, paused: bool) {
        let at = self.stamper.at(monotonic_ms);
        let connected = Connected { at, server_at: batch.server_now.unwrap_or(at) };
        self.shown.with(|recording| {
            recording.intake.connected(connected);
            recording.end_gap(at);
        });
        let state = if paused { WatchState::Paused } else { WatchState::Live };
        self.shown.set_state(state, self.shared.clock.wall());
    }

    /// Counts the messages of a frame. Returns whether one of them ended the LIVE.
    async fn take(&mut self, received: Received) -> bool {
        let at = self.stamper.at(received.monotonic_ms);
        self.keeper.last_at = at;
        let batch = match received.frame {
            Ok(Incoming::Messages(batch)) => batch,
            Ok(Incoming::Entered | Incoming::Ignored) => return false,
            Err(broken) => {
                warn!(creator = %self.creator.handle, %broken, "Skipped a frame that cannot be read");
                self.shown.with(|recording| recording.intake.tally.count_broken_frame());
                return false;
            }
        };
        let mut ended = false;
        let mut events = 0;
        for message in &batch.messages {
            let Some(accounted) = self.count(at, message).await else { continue };
            events += 1;
            if let What::Control(control) = &accounted.event.what {
                ended |= control.is_end();
                self.note_pause(*control);
            }
            self.keeper.keep(accounted);
        }
        let lag_ms = self.shared.clock.monotonic_ms() - received.monotonic_ms;
        let lag_ms = u32::try_from(lag_ms.max(0)).unwrap_or(u32::MAX);
        self.shown.with(|recording| recording.note_frame(at, events, lag_ms));
        self.shown.changed();
        ended
    }

    async fn count(&mut self, at: Stamp, message: &Message) -> Option<Accounted> {
        self.keeper.count(|intake, prices| intake.take(at, message, prices)).await
    }

    fn note_pause(&self, control: Control) {
        let state = match control {
            Control::Paused => WatchState::Paused,
            Control::Resumed => WatchState::Live,
            _ => return,
        };
        self.shown.set_state(state, self.shared.clock.wall());
    }

    /// Compares TikTok's clock with ours: after a sleep, time went by that the monotonic one did not see.
    /// TikTok's clock alone proves nothing, and neither does that of this computer: as much as both say is
    /// believed.
    fn watch_server_clock(&mut self, batch: &Messages, monotonic_ms: i64) {
        let Some(server) = batch.server_now else { return };
        let now = Clocks { server, wall: self.shared.clock.wall(), monotonic_ms };
        if let Some(before) = self.compared.replace(now) {
            let seen_ms = monotonic_ms - before.monotonic_ms;
            let passed_ms = server.ms_since(before.server).min(now.wall.ms_since(before.wall));
            let slept_ms = passed_ms.saturating_sub(seen_ms);
            if self.shared.clock.takes(slept_ms) > CLOCK_JUMP && self.shown.is_away() {
                self.stamper.skip(slept_ms);
                self.shown.with(|recording| recording.intake.tally.explain_gap(GapCause::Asleep));
            }
        }
    }

    /// Once a second: time passes for what is shown, and what changed is written. Returns whether
    /// the computer slept or its clock was set.
    async fn tick(&mut self) -> bool {
        let (wall, monotonic_ms) = self.clocks();
        let passed_ms = monotonic_ms - self.ticked.1;
        let jumped_ms = wall.ms_since(self.ticked.0) - passed_ms;
        self.ticked = (wall, monotonic_ms);
        let interval_ms = self.shared.settings.borrow().interval_ms;
        let now = self.now();
        self.shown.with(|recording| recording.intake.tally.set_interval(interval_ms));
        if self.shown.with(|recording| recording.settle(now)).unwrap_or(false) {
            self.shown.changed();
        }
        self.keeper.begin_write();
        let clock = &self.shared.clock;
        clock.takes(jumped_ms) > CLOCK_JUMP || clock.takes(passed_ms) > LATE_TICK
    }

    /// Begins the session of `room`, or takes it up again.
    async fn open_session(&mut self, room: &Room) -> Result<(), StoreError> {
        if let Some(recorded) = self.shown.room() {
            if recorded == room.id {
                return Ok(());
            }
            // A new room means that the old one is over, whoever said so or not.
            self.close_session(self.keeper.last_at).await;
        }
        if self.left_open.as_ref().is_some_and(|left_open| left_open.start.room != room.id) {
            self.finish_left_open().await?;
        }
        // What is stored of it is read, so all of it must be.
        self.keeper.write_all().await?;
        self.stamper = Stamper::new(&self.shared.clock);
        let now = self.now();
        self.keeper.last_at = now;
        let before = self.shared.store.last_session_of(&self.creator.handle).await?;
        let Settings { grace_ms, origin, .. } = *self.shared.settings.borrow();
        let continues = before
            .filter(|before| before.start.origin == origin && before.start.room != room.id)
            .filter(|before| before.ended_at.is_some_and(|ended| now.ms_since(ended) <= grace_ms));
        let start = SessionStart {
            creator: self.creator.handle.clone(),
            room: room.id,
            host: self.creator.user,
            title: room.title.clone(),
            live_since: room.since,
            recorded_from: now,
            continues: continues.map(|before| before.id),
            origin,
        };
        let session = self.shared.store.begin_session(&start).await?;
        let recording = self.take_up(session, start).await?;
        self.shown.begin(recording);
        self.keeper.note_accepted();
        self.left_open = None;
        self.compared = None;
        info!(creator = %self.creator.handle, %session, "Recording {} as session {session}", self.creator.handle);
        Ok(())
    }

    /// Takes up what is stored of `session`; nothing, if it is new.
    async fn take_up(&mut self, session: SessionId, start: SessionStart) -> Result<Recording, StoreError> {
        let store = self.shared.store.clone();
        let now = start.recorded_from;
        let start = store.session(session).await?.map_or(start, |stored| stored.start);
        let AddedUp { mut tally, seen, seen_to } = self.keeper.add_up(session, &start).await?;
        let cause = if self.stopped == Some(start.room) { GapCause::Stopped } else { GapCause::NotRunning };
        // Also where nothing of it was stored, because the disk was full from the beginning.
        if start.recorded_from != now {
            tally.begin_gap(seen_to, cause);
        }
        if let Some((_, delivered)) = self.delivered.take_if(|(room, _)| *room == start.room) {
            tally.restore_deliveries(delivered);
        }
        tally.forget_changes(seen_to);
        self.stamper.go_on_from(seen_to, self.shared.clock.monotonic_ms());
        self.keeper.last_at = self.keeper.last_at.max(seen_to);
        let markers = store.markers(session).await?;
        self.shared.revaluing.notify_one();
        Ok(Recording::new(session, start, tally, seen, markers))
    }

    async fn close_session(&mut self, ended_at: Stamp) {
        if self.shown.is_recording() {
            self.delivered = self.keeper.close(ended_at).await;
        }
        self.let_go();
    }

    /// Ends the session that is recorded, or that waits to be taken up again.
    async fn end_session(&mut self) {
        if self.shown.is_recording() {
            let now = self.now();
            self.close_session(now).await;
        }
        self.give_up_left_open().await;
    }

    /// Ends the session that was running when Pasut stopped where its last event was.
    async fn finish_left_open(&mut self) -> Result<(), StoreError> {
        if let Some(left_open) = &self.left_open {
            self.shared.store.finish_session(left_open.id, left_open.until()).await?;
            self.left_open = None;
        }
        self.let_go();
        Ok(())
    }

    /// Where there is no session, a foreign connector may begin one.
    fn let_go(&self) {
        if !self.shown.is_recording() && self.left_open.is_none() {
            self.shared.feeders.let_go(&self.creator.handle, Feeder::Watch);
        }
    }

    async fn give_up_left_open(&mut self) {
        if let Err(err) = self.finish_left_open().await {
            warn!(creator = %self.creator.handle, %err, "The end of a session could not be written: {err}");
        }
    }

    /// Whether a room is recorded: every one, or those that are recorded already or were asked for.
    fn is_wanted(&mut self, room: RoomId) -> bool {
        if std::mem::take(&mut self.asked) {
            self.asked_for = Some(room);
        }
        let left_open = self.left_open.as_ref().map(|session| session.start.room);
        self.shared.settings.borrow().auto_start
            || [self.asked_for, self.shown.room(), left_open].contains(&Some(room))
    }

    /// Has `room` stopped until it ends; `None` has whatever comes recorded again.
    async fn stop_room(&mut self, room: Option<RoomId>) {
        self.creator.stopped_room = room;
        if let Err(err) = self.shared.store.set_stopped_room(&self.creator.handle, room).await {
            warn!(creator = %self.creator.handle, %err, "Which LIVE is stopped could not be written: {err}");
        }
    }

    async fn stop_this_room(&mut self) {
        let room = self.shown.room();
        self.stopped = room;
        self.stop_room(room).await;
        let now = self.now();
        self.close_session(now).await;
        self.shown.set_state(WatchState::Stopped, self.shared.clock.wall());
    }

    async fn learn_account(&mut self, found: &Found) {
        let Some(user) = found.host.or(self.creator.user) else { return };
        let known = if found.nickname.is_empty() { &self.creator.nickname } else { &found.nickname };
        let nickname = known.clone();
        if self.creator.user == Some(user) && nickname == self.creator.nickname {
            return;
        }
        self.creator.user = Some(user);
        self.creator.nickname = nickname;
        self.shown.set_nickname(&self.creator.nickname);
        let creator = &self.creator;
        if let Err(err) =
            self.shared.store.set_creator_account(&creator.handle, user, &creator.nickname).await
        {
            warn!(creator = %creator.handle, %err, "The account could not be written: {err}");
        }
    }

    /// Decides and waits after a disconnect. Breaks when Pasut stops.
    async fn after(&mut self, cause: Disconnect, began: Stamp) -> ControlFlow<()> {
        let now = self.now();
        let recording = self.shown.is_recording();
        if recording && cause != Disconnect::LiveEnded {
            info!(creator = %self.creator.handle, %cause, "Away from {}: {cause}", self.creator.handle);
        }
        let answered = matches!(cause, Disconnect::NotLive | Disconnect::LiveEnded);
        let good = answered || now.ms_since(began) >= GOOD_CONNECTION_MS;
        self.attempt = if good { 1 } else { self.attempt + 1 };
        match &cause {
            Disconnect::LiveEnded => {
                self.ended = self.shown.room().map(|room| (room, now));
                self.close_session(now).await;
            }
            Disconnect::NotLive => self.believe_not_live(now).await,
            _ => self.lose_sight(&cause, now),
        }
        // It may be long until there is something to write again.
        drop(self.keeper.flush().await);
        if answered {
            self.let_go();
            // The LIVE that could not be begun is over, too.
            self.shown.set_refused((!self.keeper.writes.is_done()).then_some(Refused::Events));
        }
        let mut next = reconnect::after(&cause, self.attempt, rand::rng().random());
        if cause == Disconnect::NotLive && self.shown.is_recording() {
            next.wait_ms = SECOND_OPINION_MS;
        }
        if next.new_identity {
            self.identity = Identity::new();
        }
        if next.other_route {
            self.route = self.shared.tiktok.borrow().other_route(self.route);
        }
        self.show_wait(&cause, next.wait_ms);
        self.wait(next.wait_ms).await
    }

    /// TikTok says that the creator is not live.
    async fn believe_not_live(&mut self, now: Stamp) {
        let since = *self.not_live_since.get_or_insert(now);
        let said_twice = since < now;
        if self.shown.is_recording() {
            self.lose_sight(&Disconnect::NotLive, now);
            if said_twice {
                self.close_session(self.keeper.last_at).await;
            }
        } else if said_twice {
            self.give_up_left_open().await;
        }
        if self.creator.stopped_room.is_some() && !self.shown.is_recording() && said_twice {
            // The room that was stopped is over; the next one is recorded again.
            self.stop_room(None).await;
        }
    }

    fn lose_sight(&self, cause: &Disconnect, now: Stamp) {
        let (from, why) = match cause {
            _ if self.shown.refused().is_some() => (now, GapCause::DiskFull),
            Disconnect::Silent => (self.keeper.last_at, GapCause::Silent),
            Disconnect::Woke => (self.keeper.last_at, GapCause::Disconnected),
            _ => (now, GapCause::Disconnected),
        };
        self.shown.with(|recording| recording.begin_gap(from, why));
        self.shown.changed();
    }

    /// Says on the page what we wait for.
    fn show_wait(&self, cause: &Disconnect, wait_ms: i64) {
        let wall = self.shared.clock.wall();
        let next_at = wall + wait_ms;
        let state = match cause {
            Disconnect::NotLive if self.creator.stopped_room.is_some() => WatchState::Stopped,
            Disconnect::NotLive if self.shown.is_recording() => {
                WatchState::Reconnecting { attempt: self.attempt, next_at }
            }
            Disconnect::NotLive | Disconnect::LiveEnded => WatchState::Waiting { checked_at: Some(wall) },
            Disconnect::NotFound => WatchState::NotFound { next_at },
            Disconnect::Restricted => WatchState::Restricted { next_at },
            Disconnect::Blocked { .. } | Disconnect::DeviceBlocked { .. } => WatchState::Blocked { next_at },
            Disconnect::RateLimited { .. } => WatchState::RateLimited { next_at },
            Disconnect::NoInternet => WatchState::NoInternet { next_at },
            Disconnect::Silent => WatchState::Silent { since: self.keeper.last_at },
            Disconnect::SignRefused { .. } | Disconnect::Lost { .. } | Disconnect::Woke => {
                WatchState::Reconnecting { attempt: self.attempt, next_at }
            }
        };
        self.shown.set_state(state, wall);
    }

    /// Waits, unless the user wants something, the settings of the connection change, or the
    /// computer wakes. Breaks when Pasut stops.
    async fn wait(&mut self, wait_ms: i64) -> ControlFlow<()> {
        let mut waited = pin!(tokio::time::sleep(self.shared.clock.takes(wait_ms)));
        self.ticked = self.clocks();
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let stop = self.stop.clone();
        loop {
            tokio::select! {
                () = stop.cancelled() => return ControlFlow::Break(()),
                () = &mut waited => return ControlFlow::Continue(()),
                _ = tick.tick() => {
                    if self.tick().await {
                        return ControlFlow::Continue(());
                    }
                    self.give_up_after_grace().await;
                }
                result = self.keeper.writes.written() => {
                    drop(self.keeper.note_written(result));
                }
                changed = self.shared.tiktok.changed() => {
                    if changed.is_ok() {
                        self.route = self.shared.tiktok.borrow().first_route();
                        self.attempt = 0;
                        return ControlFlow::Continue(());
                    }
                }
                command = self.commands.recv() => match command {
                    Some(Command::Start) => {
                        self.asked = true;
                        self.stop_room(None).await;
                        self.attempt = 0;
                        return ControlFlow::Continue(());
                    }
                    Some(Command::Stop) if self.shown.is_recording() => {
                        self.stop_this_room().await;
                    }
                    Some(Command::Stop) => {}
                    Some(Command::Revalue) => self.keeper.revalue().await,
                    None => return ControlFlow::Break(()),
                },
            }
        }
    }

    /// A room that is out of reach for too long is over as far as we know.
    async fn give_up_after_grace(&mut self) {
        let (now, grace_ms) = (self.now(), self.shared.settings.borrow().grace_ms);
        let away_since = self.shown.with(|recording| {
            recording.intake.tally.gaps().last().filter(|gap| gap.to.is_none()).map(|gap| gap.from)
        });
        if let Some(since) = away_since.flatten()
            && now.ms_since(since) > grace_ms
        {
            self.close_session(since).await;
        }
    }

    /// What both clocks say. Looking a creator up and connecting may take long; only between two ticks can a
    /// sleep be told from that.
    fn clocks(&self) -> (Stamp, i64) {
        (self.shared.clock.wall(), self.shared.clock.monotonic_ms())
    }

    fn now(&mut self) -> Stamp {
        self.stamper.at(self.shared.clock.monotonic_ms())
    }
}
