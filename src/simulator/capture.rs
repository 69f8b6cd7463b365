//! Plays a recorded stream: its frames exactly as they came, at their pace.
//!
//! A capture is a sequence of records: receive time in ms since its start (u64 LE), length
//! (u32 LE), and one websocket message of that length.

use super::rooms::{LiveRoom, OnAir, Outgoing};
use super::world::World;
use crate::wire::Message;
use crate::wire::frame::{self, Frame};
use crate::wire::webcast::CommonOnly;
use bytes::{Buf, Bytes};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// One recorded frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub at_ms: u64,
    pub frame: Bytes,
}

/// A recorded stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    pub records: Vec<Record>,
}

/// Why a file is no capture.
#[derive(Debug, thiserror::Error)]
pub enum BadCapture {
    #[error("the capture stops in the middle of record {0}; it was cut off, or is no capture")]
    CutOff(usize),
}

impl Capture {
    /// Reads a `.cap` file's bytes.
    ///
    /// # Errors
    ///
    /// [`BadCapture`] if the last record is incomplete.
    pub fn read(mut bytes: Bytes) -> Result<Self, BadCapture> {
        let mut records = Vec::new();
        while bytes.has_remaining() {
            let torn = || BadCapture::CutOff(records.len());
            let at_ms = bytes.try_get_u64_le().map_err(|_| torn())?;
            let length = bytes.try_get_u32_le().map_err(|_| torn())? as usize;
            if bytes.remaining() < length {
                return Err(torn());
            }
            records.push(Record { at_ms, frame: bytes.split_to(length) });
        }
        Ok(Self { records })
    }

    /// The room the messages say they belong to.
    #[must_use]
    pub fn room_id(&self) -> Option<i64> {
        let batches = self.records.iter().filter_map(|record| match frame::read(record.frame.clone()) {
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
            room.publish(Outgoing::Frame(record.frame.clone())).await.written().await;
        }
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
