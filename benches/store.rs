//! What it costs to store a busy room: time per event while it runs, bytes per event, and where the
//! bytes are. `cargo bench --bench store` prints them.
//!
//! Batches of one second are counted first and stored then; only storing is timed, with the disk's
//! share in it. The processor time is that of the whole process until the session ends, making up and
//! counting included.

use pasut::analytics::gift_value::LearnedPrices;
use pasut::analytics::tally::Tally;
use pasut::domain::event::{LiveEvent, Viewer, What};
use pasut::domain::gift::GiftReport;
use pasut::domain::handle::Handle;
use pasut::domain::ids::{GiftId, RoomId, UserId};
use pasut::domain::session::{Origin, SessionStart};
use pasut::domain::time::Stamp;
use pasut::domain::totals::IntervalMedians;
use pasut::store::{Opening, Store};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::path::Path;
use std::time::{Duration, Instant};

const START: Stamp = Stamp(1_790_000_000_000);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // Cargo hands flags to every benchmark; this one has none.
    for (events_a_second, seconds) in [(200, 300), (5_000, 40)] {
        measure(events_a_second, seconds).await?;
    }
    Ok(())
}

async fn measure(events_a_second: usize, seconds: i64) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("pasut.db");
    let store = Store::open(&path, Opening::Owner)?;
    let session = store.begin_session(&start()?).await?;
    let mut tally = Tally::new(None, 300_000, IntervalMedians::default());
    let mut room = Room::new(events_a_second);
    let before = processor_time();
    let mut counting = Vec::new();
    let mut storing = Vec::new();
    for second in 0..seconds {
        let now = START + second * 1000;
        let began = Instant::now();
        let events = (0..events_a_second)
            .map(|index| {
                let at = now + (index * 1000 / events_a_second) as i64;
                let (msg_id, event) = room.event(at);
                tally.count(at, msg_id, b"WebcastMessage", event, &LearnedPrices::default())
            })
            .collect();
        tally.pass_to(now + 1000);
        let batch = tally.take_batch(session, now + 1000, events);
        counting.push(began.elapsed());
        let began = Instant::now();
        store.append(batch).await?;
        storing.push(began.elapsed());
    }
    let events = events_a_second * seconds as usize;
    let spent = processor_time() - before;
    let open = store.size_bytes() as usize;
    let began = Instant::now();
    store.finish_session(session, START + seconds * 1000).await?;
    let finishing = began.elapsed();
    let people = tally.totals().people;
    drop(store);

    println!("{events_a_second} events a second, {events} events of {people} people");
    println!("  made up and counted  {:7.2} us per event", median_us(counting) / events_a_second as f64);
    println!("  stored               {:7.2} us per event", median_us(storing) / events_a_second as f64);
    println!("  finished             {:7.2} us per event", us(finishing) / events as f64);
    println!("  processor time       {:7.2} us per event", us(spent) / events as f64);
    println!("  file with log, open  {:7.2} bytes per event", open as f64 / events as f64);
    for (table, bytes) in table_sizes(&path)? {
        println!("    {table:<26} {:7.2} bytes per event", bytes as f64 / events as f64);
    }
    Ok(())
}

fn start() -> anyhow::Result<SessionStart> {
    Ok(SessionStart::new(Handle::parse("mira")?, RoomId(1), START, Origin::Live))
}

/// A room as they are: mostly likes and joins, some regulars and many passers-by.
struct Room {
    random: StdRng,
    passers_by: u32,
    likes: i64,
    number: i64,
}

impl Room {
    fn new(events_a_second: usize) -> Self {
        let passers_by = 20 * events_a_second as u32;
        Self { random: StdRng::seed_from_u64(7), passers_by, likes: 50_000, number: 0 }
    }

    fn event(&mut self, at: Stamp) -> (i64, LiveEvent) {
        self.number += 1;
        let what = match self.below(20) {
            0..=6 => self.like(),
            7..=12 => What::Join { viewers: 900 + i64::from(self.below(50)), source: "homepage_hot".into() },
            13..=16 => What::Comment { text: self.words().as_str().into() },
            17 => What::Viewers {
                viewers: 900 + i64::from(self.below(50)),
                total_viewers: 40_000 + self.number,
            },
            18 => What::Follow { target: None },
            _ => self.gift(at),
        };
        let user = (!matches!(what, What::Viewers { .. })).then(|| self.viewer());
        let created_at = Some(at - 400 - i64::from(self.below(300)));
        let msg_id = (at.0 << 22) + i64::from(self.below(1 << 22));
        (msg_id, LiveEvent { created_at, user, what })
    }

    fn like(&mut self) -> What {
        let count = 1 + self.below(15);
        self.likes += i64::from(count);
        What::Like { count, total: self.likes }
    }

    fn gift(&mut self, at: Stamp) -> What {
        What::Gift(GiftReport {
            gift: GiftId(5655 + i64::from(self.below(20))),
            name: "Rose".into(),
            unit_diamonds: Some(1),
            streakable: true,
            repeat_count: 1 + self.below(20),
            group: at.0 - i64::from(self.below(9000)),
            group_count: 1,
            ..GiftReport::default()
        })
    }

    fn words(&mut self) -> String {
        const WORDS: [&str; 8] = ["halo", "kak", "spill", "dong", "semangat", "wkwk", "cantik", "lagu"];
        let words: Vec<&str> = (0..=self.below(6)).map(|_| WORDS[self.below(8) as usize]).collect();
        words.join(" ")
    }

    fn viewer(&mut self) -> Viewer {
        let all = if self.below(2) == 0 { 60 } else { self.passers_by };
        let number = self.below(all);
        Viewer {
            id: UserId(6_800_000_000_000_000_000 + i64::from(number) * 7_919_191_919),
            display_id: format!("penonton_{number}").into(),
            nickname: format!("Penonton {number} ✨").into(),
            avatar_url: format!(
                "https://p16-sign-sg.example/aweme/100x100/tos-alisg-avt-0068/{number:032x}.webp"
            )
            .into(),
            follower: number.is_multiple_of(3),
            ..Viewer::default()
        }
    }

    fn below(&mut self, limit: u32) -> u32 {
        self.random.random_range(0..limit)
    }
}

fn median_us(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    us(times[times.len() / 2])
}

fn us(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// User and system time of this process, in the hundredths of a second that Linux counts; zero
/// where there is no `/proc`.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
    Duration::from_millis(fields.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10)
}

/// Bytes of every table and index of a database that nobody uses any more, largest first.
fn table_sizes(path: &Path) -> anyhow::Result<Vec<(String, i64)>> {
    use diesel::prelude::*;
    use diesel::sql_types::{BigInt, Text};

    #[derive(QueryableByName)]
    struct Size {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = BigInt)]
        bytes: i64,
    }
    let mut connection = SqliteConnection::establish(&path.display().to_string())?;
    let sizes: Vec<Size> = diesel::sql_query(
        "SELECT '= file in use' AS name, (SELECT page_count FROM pragma_page_count) * 4096 \
             - (SELECT freelist_count FROM pragma_freelist_count) * 4096 AS bytes \
         UNION ALL SELECT * FROM (SELECT name, sum(pgsize) FROM dbstat GROUP BY name \
             HAVING sum(pgsize) > 8192 ORDER BY 2 DESC)",
    )
    .load(&mut connection)?;
    Ok(sizes.into_iter().map(|size| (size.name, size.bytes)).collect())
}
