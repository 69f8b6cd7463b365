//! LIVEs of the simulator as the frames a client receives: one a second, gzipped.

use bytes::Bytes;
use pasut::domain::ids::UserId;
use pasut::domain::time::Stamp;
use pasut::simulator::{Room, profile_named};
use pasut::wire::frame;
use pasut::wire::webcast::FetchResult;

pub const START: Stamp = Stamp(1_790_000_000_000);

/// What arrived in one second.
pub struct Second {
    /// The end of that second.
    pub at: Stamp,
    pub frames: Vec<Bytes>,
}

pub struct Capture {
    pub name: String,
    pub host: UserId,
    pub seconds: Vec<Second>,
    pub messages: usize,
    pub inflated_bytes: usize,
}

impl Capture {
    /// A room of the simulator; the messages of each second come in `frames_a_second` frames.
    pub fn of_room(profile: &str, seconds: i64, frames_a_second: usize) -> Self {
        let profile = profile_named(profile).expect("a scenario of the simulator");
        let mut room = Room::new(profile, 7, START.0);
        let mut capture = Self {
            name: format!("{}, {frames_a_second} a second", profile.name),
            host: UserId(room.pen.owner.id),
            seconds: Vec::new(),
            messages: 0,
            inflated_bytes: 0,
        };
        let mut number = 0;
        for batch in room.advance(START.0 + seconds * 1000) {
            capture.messages += batch.messages.len();
            let at_once = batch.messages.len().div_ceil(frames_a_second).max(1);
            let mut frames = Vec::new();
            for messages in batch.messages.chunks(at_once) {
                number += 1;
                let result = FetchResult {
                    messages: messages.to_vec(),
                    cursor: format!("t-{}_d-{number}", batch.at_ms).into(),
                    now: batch.at_ms,
                    internal_ext: format!("internal_src:dim|wss_push_room_id:{}", room.pen.room_id).into(),
                    heartbeat_duration: 10_000,
                    need_ack: true,
                    ..FetchResult::default()
                };
                capture.inflated_bytes += pasut::wire::Message::encoded_len(&result);
                frames.push(frame::push(number, number, &result, true).into());
            }
            capture.seconds.push(Second { at: Stamp(batch.at_ms), frames });
        }
        capture
    }

    pub fn frames(&self) -> usize {
        self.seconds.iter().map(|second| second.frames.len()).sum()
    }
}
