//! What all rooms of one simulator share.

use super::fault::Faults;
use super::rooms::LiveRoom;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// Simulated time: it began at a given moment and runs at a given speed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    started_ms: i64,
    began: Instant,
    /// 0 is "as fast as the client takes it".
    speed: f64,
}

impl Pace {
    pub fn new(started_ms: i64, speed: f64) -> Self {
        Self { started_ms, began: Instant::now(), speed: if speed > 0.0 { speed } else { 0.0 } }
    }

    /// Unbridled simulated time has no clock of its own; then this is the wall's.
    pub fn now_ms(&self) -> i64 {
        let factor = if self.unbridled() { 1.0 } else { self.speed };
        self.started_ms + (self.began.elapsed().as_secs_f64() * 1000.0 * factor) as i64
    }

    pub fn unbridled(&self) -> bool {
        self.speed == 0.0
    }

    /// How long a stretch of simulated time takes; nothing where time is unbridled.
    pub fn wall(&self, simulated: Duration) -> Option<Duration> {
        (!self.unbridled()).then(|| simulated.div_f64(self.speed))
    }

    /// Returns when simulated time is at `at_ms`; at once where time is unbridled.
    pub async fn reach(&self, at_ms: i64) {
        if !self.unbridled() {
            let ahead = (at_ms - self.started_ms).max(0) as f64 / 1000.0 / self.speed;
            tokio::time::sleep_until(self.began + Duration::from_secs_f64(ahead)).await;
        }
    }
}

#[derive(Debug)]
pub(super) struct World {
    pub pace: Pace,
    url: String,
    sign_api_key: Option<String>,
    rooms: Mutex<Vec<Arc<LiveRoom>>>,
    faults: Mutex<Faults>,
    front_pages: AtomicU64,
    /// Requests that are being answered, and the most there were at the same time.
    in_hand: AtomicUsize,
    most_in_hand: AtomicUsize,
}

impl World {
    pub fn new(url: String, pace: Pace, sign_api_key: Option<String>, faults: Faults) -> Self {
        Self {
            pace,
            url,
            sign_api_key,
            rooms: Mutex::default(),
            faults: Mutex::new(faults),
            front_pages: AtomicU64::new(0),
            in_hand: AtomicUsize::new(0),
            most_in_hand: AtomicUsize::new(0),
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn sign_api_key(&self) -> Option<&str> {
        self.sign_api_key.as_deref()
    }

    pub fn now_ms(&self) -> i64 {
        self.pace.now_ms()
    }

    pub fn add(&self, room: Arc<LiveRoom>) {
        let mut rooms = self.rooms.lock().expect("nobody panics while holding the rooms");
        rooms.retain(|known| known.name != room.name);
        rooms.push(room);
    }

    pub fn room(&self, name: &str) -> Option<Arc<LiveRoom>> {
        self.find(|room| room.name.eq_ignore_ascii_case(name))
    }

    pub fn room_of_id(&self, id: &str) -> Option<Arc<LiveRoom>> {
        let id: i64 = id.parse().ok()?;
        self.find(|room| room.state().room_id == id)
    }

    fn find(&self, which: impl Fn(&LiveRoom) -> bool) -> Option<Arc<LiveRoom>> {
        let rooms = self.rooms.lock().expect("nobody panics while holding the rooms");
        rooms.iter().find(|room| which(room)).cloned()
    }

    pub fn faults(&self) -> Faults {
        self.faults.lock().expect("nobody panics while holding the faults").clone()
    }

    pub fn change_faults(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.faults.lock().expect("nobody panics while holding the faults"));
    }

    /// The server's faults and the room's own, which win.
    pub fn faults_of(&self, room: Option<&LiveRoom>) -> Faults {
        let own = room.map(|room| room.state().faults.clone()).unwrap_or_default();
        self.faults().and(&own)
    }

    /// A request came; it is in hand until [`Self::hand_back`].
    pub fn take_in_hand(&self) {
        let now = self.in_hand.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_in_hand.fetch_max(now, Ordering::Relaxed);
    }

    pub fn hand_back(&self) {
        self.in_hand.fetch_sub(1, Ordering::Relaxed);
    }

    pub fn most_in_hand(&self) -> usize {
        self.most_in_hand.load(Ordering::Relaxed)
    }

    /// Returns which request for the front page this is, from 1.
    pub fn count_front_page(&self) -> u64 {
        self.front_pages.fetch_add(1, Ordering::Relaxed) + 1
    }
}
