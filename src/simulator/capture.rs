//! Plays a recorded stream: its frames exactly as they came, at their pace.

use super::rooms::{LiveRoom, OnAir, Outgoing};
use super::socket::AFTER_THE_END;
use super::world::World;
use crate::wire::Message;
use crate::wire::capture::{self, Broken, Record};
use crate::wire::frame::{self, Frame};
use crate::wire::webcast::CommonOnly;
use bytes::Bytes;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// A recorded stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    pub records: Vec<Record>,
}

impl Capture {
    /// Reads a capture file's bytes.
    ///
    /// # Errors
    ///
    /// [`Broken`] if a record is incomplete or out of time.
    pub fn read(bytes: Bytes) -> Result<Self, Broken> {
        Ok(Self { records: capture::records(bytes).collect::<Result<_, _>>()? })
    }

    /// The room the messages say they belong to.
    #[must_use]
    pub fn room_id(&self) -> Option<i64> {
        let batches = self.records.iter().filter_map(|record| match frame::read(record.message.clone()) {
            Ok(Frame::Batch(batch)) => Some(batch.result.messages),
            _ => None,
        });
        let common = |payload: Bytes| CommonOnly::decode(payload).ok()?.common;
        batches
            .flatten()
            .filter_map(|message| common(message.payload))
            .map(|common| common.room_id)
            .find(|id| *id > 0)
    }
}

/// Plays `capture` when the first client has entered; with `again`, over and over, each time as
/// another LIVE.
pub(super) async fn play(room: &LiveRoom, world: &World, capture: &Capture, again: bool) {
    loop {
        room.until(|state| state.has_listeners() && state.on_air != OnAir::Offline).await;
        let began = Instant::now();
        for record in &capture.records {
            if let Some(wait) = world.pace.wall(Duration::from_millis(record.at_ms)) {
                sleep_until(began + wait).await;
            } else {
                room.until(super::rooms::State::has_listeners).await;
            }
            room.publish(Outgoing::Frame(record.message.clone())).await.written().await;
        }
        // A client that unzips beside reading would lose what is directly before its end.
        sleep(AFTER_THE_END).await;
        if !again {
            room.change(|state| {
                state.on_air = OnAir::Ended;
                state.dismiss_listeners();
            });
            return;
        }
        room.restart(world.now_ms());
    }
}
