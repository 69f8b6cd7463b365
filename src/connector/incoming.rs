//! What arrives on a connection: frames, and the messages in them.

use super::translate::{Unreadable, translate};
use crate::domain::event::LiveEvent;
use crate::domain::ids::RoomId;
use crate::domain::time::Stamp;
use crate::wire::Message as _;
use crate::wire::frame::{self, BrokenFrame, Frame};
use crate::wire::webcast::{BaseMessage, CommonOnly};
use bytes::Bytes;

/// One binary websocket message, read.
#[derive(Debug)]
pub enum Incoming {
    Messages(Messages),
    /// The server confirmed that we entered the room.
    Entered,
    /// A frame of the transport that carries no messages.
    Ignored,
}

/// The messages of one frame.
#[derive(Debug)]
pub struct Messages {
    pub messages: Vec<Message>,
    /// TikTok's clock when it sent the frame.
    pub server_now: Option<Stamp>,
    /// The frame to answer with, where TikTok asked for one.
    pub acknowledgement: Option<Vec<u8>>,
}

/// One message, not decoded yet.
#[derive(Debug)]
pub struct Message(BaseMessage);

impl Incoming {
    /// Reads one binary websocket message.
    ///
    /// # Errors
    ///
    /// [`BrokenFrame`]; the next frame may well be readable.
    pub fn read(frame: Bytes) -> Result<Self, BrokenFrame> {
        let batch = match frame::read(frame)? {
            Frame::Batch(batch) => batch,
            Frame::Entered => return Ok(Self::Entered),
            Frame::Ignored => return Ok(Self::Ignored),
        };
        let result = batch.result;
        let acknowledge = result.need_ack && !result.internal_ext.is_empty();
        Ok(Self::Messages(Messages {
            messages: result.messages.into_iter().map(Message).collect(),
            server_now: super::translate::created_at(result.now),
            acknowledgement: acknowledge.then(|| frame::acknowledgement(batch.log_id, result.internal_ext)),
        }))
    }
}

impl Message {
    #[must_use]
    pub const fn id(&self) -> i64 {
        self.0.msg_id
    }

    #[must_use]
    pub const fn is_history(&self) -> bool {
        self.0.is_history
    }

    #[must_use]
    pub fn method(&self) -> &[u8] {
        &self.0.method
    }

    /// The room the message belongs to, by its common header.
    #[must_use]
    pub fn room(&self) -> Option<RoomId> {
        let common = CommonOnly::decode(self.0.payload.clone()).ok()?.common?;
        (common.room_id != 0).then_some(RoomId(common.room_id))
    }

    /// Decodes the message and puts it into our words.
    ///
    /// # Errors
    ///
    /// As [`translate`].
    pub fn event(&self) -> Result<LiveEvent, Unreadable> {
        translate(&self.0.method, self.0.payload.clone())
    }
}

impl From<BaseMessage> for Message {
    fn from(message: BaseMessage) -> Self {
        Self(message)
    }
}
