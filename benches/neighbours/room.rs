//! The one room: equally busy all the time, and with the moment at which each of its events was sent.

use pasut::clock::Clock;
use pasut::simulator::{Profile, Room, RoomHandle, profile_named};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, interval};
use tokio_util::sync::CancellationToken;

const FRAMES_A_SECOND: u32 = 10;
/// 200 a second.
const EVENTS_A_FRAME: usize = 20;
/// So many viewers do about as much.
const VIEWERS: f64 = 3_500.0;
/// By then a room has its viewers.
const AGE_MS: i64 = 3_600_000;
const SEED: u64 = 7;

/// When each event was sent, in the order in which Pasut numbers them.
#[derive(Default)]
pub struct Telling(Mutex<Vec<Instant>>);

impl Telling {
    /// How many were sent.
    pub fn told(&self) -> usize {
        self.sent().len()
    }

    /// When the event of this number was sent; the first has number 1.
    pub fn at(&self, number: usize) -> Option<Instant> {
        self.sent().get(number.checked_sub(1)?).copied()
    }

    fn sent(&self) -> MutexGuard<'_, Vec<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A room that has its viewers already.
pub fn busy() -> Room {
    let busy = profile_named("busy").expect("a scenario of the simulator");
    let now_ms = Clock::real().wall().0;
    let mut room = Room::new(Profile { viewers: VIEWERS, ..busy }, SEED, now_ms - AGE_MS);
    room.advance(now_ms);
    room
}

/// Lets the room live until it is told to stop: as many events every second, whatever its moods. So its time runs
/// a little faster or slower than ours.
pub async fn tell(mut room: Room, to: RoomHandle, telling: Arc<Telling>, stop: CancellationToken) {
    // Comments of before somebody connected are history, which is not counted.
    let mut now_ms = Clock::real().wall().0 + 1000;
    room.advance(now_ms);
    let mut tick = interval(Duration::from_secs(1) / FRAMES_A_SECOND);
    let mut waiting = VecDeque::new();
    while !stop.is_cancelled() {
        while waiting.len() < EVENTS_A_FRAME {
            now_ms += 1000;
            waiting.extend(room.advance(now_ms).into_iter().flat_map(|batch| batch.messages));
        }
        tick.tick().await;
        telling.sent().extend([Instant::now(); EVENTS_A_FRAME]);
        to.raw(waiting.drain(..EVENTS_A_FRAME).collect()).await;
    }
}
