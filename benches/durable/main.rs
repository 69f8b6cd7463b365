//! What the whole path costs, from a frame to an event that survives a loss of power, beside a
//! program that only unzips, decodes and inserts. `cargo bench --bench durable`; see
//! docs/performance.md.

#[path = "../measure/capture.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod capture;
mod limit;
#[path = "../measure/median.rs"]
mod median;
#[path = "../measure/process.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod process;
#[path = "../measure/verdict.rs"]
mod verdict;

use capture::{Capture, START};
use median::median;
use pasut::analytics::gift_value::LearnedPrices;
use pasut::analytics::tally::Tally;
use pasut::connector::incoming::Incoming;
use pasut::domain::gift::TierLimits;
use pasut::domain::handle::Handle;
use pasut::domain::ids::RoomId;
use pasut::domain::session::{Origin, SessionStart};
use pasut::domain::totals::IntervalMedians;
use pasut::recorder::intake::Taken;
use pasut::recorder::recording::{Recording, Seen};
use pasut::store::{Opening, Store};
use std::time::{Duration, Instant};
use verdict::Verdict;

const RUNS: usize = 5;

/// What one run came to.
struct Run {
    events: usize,
    processor: Duration,
    /// From the first frame of a second until its events are on the disk; the slowest.
    slowest: Duration,
    bytes: u64,
    /// What packing costs once the session is over; it is not part of `processor`.
    finishing: Duration,
    finished_bytes: u64,
}

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut verdict = Verdict::default();
    for (profile, seconds, rooms) in [("busy", 600, 1), ("busy", 60, 10), ("busy", 20, 60)] {
        let capture = together(profile, seconds, rooms);
        let (mut ours, mut limits) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            ours.push(runtime.block_on(record(&capture))?);
            limits.push(limit::run(&capture)?);
        }
        let us = |runs: &[Run], part: fn(&Run) -> Duration| {
            median(runs.iter().map(|run| part(run).as_secs_f64() * 1e6 / run.events as f64).collect())
        };
        let bytes = |run: &Run, bytes: u64| bytes as f64 / run.events as f64;
        let (own, limit) = (us(&ours, |run| run.processor), us(&limits, |run| run.processor));
        let run = &ours[0];
        println!("{}: {} events, {} a second", capture.name, run.events, run.events / capture.seconds.len());
        println!(
            "  ours  {own:6.2} us an event, {:6.0} events/s of a core, {:5.1} bytes an event",
            1e6 / own,
            bytes(run, run.bytes)
        );
        println!(
            "  limit {limit:6.2} us an event, {:6.0} events/s of a core, {:5.1} bytes an event",
            1e6 / limit,
            bytes(&limits[0], limits[0].bytes)
        );
        println!(
            "  when it is over: {:.2} us an event for packing, {:.1} bytes an event remain",
            us(&ours, |run| run.finishing),
            bytes(run, run.finished_bytes)
        );
        let slowest = ours.iter().map(|run| run.slowest).max().unwrap_or_default();
        verdict.at_most(
            &format!("{}, times the limit program's processor time", capture.name),
            own / limit,
            2.5,
        );
        verdict.at_least(&format!("{}, thousand events/s of a core", capture.name), 1e3 / own, 60.0);
        verdict.at_most(
            &format!("{}, seconds until the slowest batch was durable", capture.name),
            slowest.as_secs_f64(),
            1.0,
        );
    }
    verdict.result()
}

/// A capture as full as that of `rooms` such rooms: their seconds are played at once.
fn together(profile: &str, seconds: i64, rooms: usize) -> Capture {
    let mut capture = Capture::of_room(profile, seconds * rooms as i64, 10);
    let mut seconds = Vec::new();
    for some in std::mem::take(&mut capture.seconds).chunks_mut(rooms) {
        let frames = some.iter_mut().flat_map(|second| std::mem::take(&mut second.frames)).collect();
        seconds.push(capture::Second { at: START + 1000 * (seconds.len() as i64 + 1), frames });
    }
    capture.name = format!("{profile}, {rooms}-fold");
    capture.seconds = seconds;
    capture
}

/// Ours: frames through the recorder's accounting into a store on the disk, a batch a second.
async fn record(capture: &Capture) -> anyhow::Result<Run> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("pasut.db");
    let store = Store::open(&path, Opening::Owner)?;
    let start = SessionStart {
        host: Some(capture.host),
        ..SessionStart::new(Handle::parse("mira")?, RoomId(1), START, Origin::Live)
    };
    let session = store.begin_session(&start).await?;
    let tally = Tally::new(start.host, 300_000, IntervalMedians::default());
    let seen = Seen::new(TierLimits::default(), &start);
    let mut recording = Recording::new(session, start, tally, seen, Vec::new());
    let prices = LearnedPrices::default();
    let (mut events, mut slowest) = (0, Duration::ZERO);
    let before = process::processor_time("self");
    for second in &capture.seconds {
        let began = Instant::now();
        for frame in &second.frames {
            let Ok(Incoming::Messages(batch)) = Incoming::read(frame.clone()) else { continue };
            let mut counted = 0;
            for message in &batch.messages {
                let accounted = match recording.intake.take(second.at, message, &prices) {
                    Taken::Nothing => continue,
                    Taken::Counted(accounted) => accounted,
                    Taken::Spilled(spilled) => {
                        let streak = store.streak(session, spilled.key).await?;
                        recording.intake.take_streak(spilled, streak, &prices)
                    }
                };
                recording.keep(accounted);
                counted += 1;
            }
            recording.note_frame(second.at, counted, 0);
        }
        let batch = recording.take_batch(second.at);
        events += batch.events.len();
        store.append(batch).await?;
        slowest = slowest.max(began.elapsed());
    }
    let processor = process::processor_time("self") - before;
    let bytes = size(&path)?;
    let before = process::processor_time("self");
    store.finish_session(session, capture.seconds.last().map_or(START, |second| second.at)).await?;
    let finishing = process::processor_time("self") - before;
    drop((recording, store));
    Ok(Run { events, processor, slowest, bytes, finishing, finished_bytes: size(&path)? })
}

fn size(path: &std::path::Path) -> std::io::Result<u64> {
    // The log is as long as it ever was and holds pages twice; the database itself is what stays.
    Ok(std::fs::metadata(path)?.len())
}
