//! What one answer to "why did viewers change?" costs, at the end of a LIVE of four hours.
//! `cargo bench --bench explain`; see docs/performance.md.
//!
//! It is the time of a processor that is told, so that whatever else the machine does adds nothing.

#[path = "../measure/capture.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod capture;
#[path = "../measure/median.rs"]
mod median;
#[path = "../measure/process.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod process;
#[path = "../measure/verdict.rs"]
#[allow(dead_code, reason = "shared by several benchmarks")]
mod verdict;

use capture::{Capture, START};
use median::median;
use pasut::analytics::drivers;
use pasut::analytics::drivers::observations::{BIN_MS, Observations};
use pasut::analytics::gift_value::LearnedPrices;
use pasut::analytics::tally::Tally;
use pasut::connector::incoming::Incoming;
use pasut::domain::answer::{Level, Slope};
use pasut::domain::totals::IntervalMedians;
use pasut::recorder::intake::{Intake, Taken};
use std::hint::black_box;
use verdict::Verdict;

const SECONDS: i64 = 4 * 3600;
const RUNS: usize = 7;
/// Linux counts processor time in hundredths of a second, so many answers make a run.
const ANSWERS: usize = 30;
/// As many earlier sessions as a creator of some weeks has.
const PAST: usize = 40;

fn main() -> anyhow::Result<()> {
    let mut verdict = Verdict::default();
    for profile in ["calm", "gift-driven", "busy"] {
        let observed = observed(profile);
        let (end, bins) = (START + SECONDS * 1000, observed.bins().len());
        anyhow::ensure!(bins as i64 * BIN_MS >= SECONDS * 1000 - BIN_MS, "{profile} has only {bins} bins");
        let answer = drivers::explain(&observed, end, &[]);
        let judged = answer.drivers.iter().filter(|driver| driver.level != Level::Unclear).count();
        let bursts: u32 = answer.drivers.iter().map(|driver| driver.bursts).sum();
        println!(
            "{profile}: {bins} bins, {judged} drivers judged, {bursts} bursts, {} windows",
            answer.windows.len()
        );
        let past: Vec<Vec<Slope>> = vec![answer.slopes; PAST];
        let runs = (0..RUNS).map(|_| {
            let before = process::processor_time("self");
            for _ in 0..ANSWERS {
                black_box(drivers::explain(black_box(&observed), end, &past));
            }
            (process::processor_time("self") - before).as_secs_f64() * 1000.0 / ANSWERS as f64
        });
        verdict.at_most(&format!("{profile}, one answer, ms"), median(runs.collect()), 50.0);
    }
    verdict.result()
}

/// What a room of the simulator did in [`SECONDS`], as a recording observes it.
fn observed(profile: &str) -> Observations {
    let capture = Capture::of_room(profile, SECONDS, 1);
    let mut intake = Intake::new(Tally::new(Some(capture.host), 300_000, IntervalMedians::default()));
    let prices = LearnedPrices::default();
    let mut observed = Observations::new(START, Some(capture.host));
    for second in capture.seconds {
        for frame in second.frames {
            let Ok(Incoming::Messages(batch)) = Incoming::read(frame) else { continue };
            for message in &batch.messages {
                match intake.take(second.at, message, &prices) {
                    Taken::Counted(accounted) => observed.take(&accounted),
                    Taken::Spilled(spilled) => {
                        observed.take(&intake.take_streak(spilled, None, &prices));
                    }
                    Taken::Nothing => {}
                }
            }
        }
    }
    observed
}
