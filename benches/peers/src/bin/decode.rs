//! Decoding and counting a big capture on one thread, beside what another library needs for decoding
//! the same bytes alone. See docs/performance.md.

#[path = "../../../measure/capture.rs"]
mod capture;
#[path = "../../../measure/median.rs"]
mod median;
#[path = "../../../measure/process.rs"]
mod process;
#[path = "../../../measure/verdict.rs"]
mod verdict;

use bytes::Bytes;
use capture::{Capture, START, Second};
use median::median;
use pasut::analytics::gift_value::LearnedPrices;
use pasut::analytics::tally::Tally;
use pasut::connector::incoming::Incoming;
use pasut::domain::ids::SessionId;
use pasut::domain::totals::IntervalMedians;
use pasut::recorder::intake::{Intake, Taken};
use pasut::wire;
use piratetok_live_rs::decode::mapper;
use piratetok_live_rs::structs::proto::{WebcastPushFrame, WebcastResponse};
use piratetok_live_rs::websocket::frames::decompress_if_gzipped;
use prost::Message as _;
use std::hint::black_box;
use std::time::Duration;
use verdict::Verdict;

const RUNS: usize = 7;

/// A run takes about this many messages, so that it lasts for many ticks of the processor's clock.
const MESSAGES_A_RUN: usize = 1_000_000;

fn main() -> anyhow::Result<()> {
    let mut verdict = Verdict::default();
    let captures = [
        Capture::of_room("busy", 900, 1),
        Capture::of_room("busy", 900, 10),
        Capture::of_room("lively", 7200, 1),
        fixture("streaks.cap")?,
    ];
    for capture in captures {
        let passes = MESSAGES_A_RUN.div_ceil(capture.messages);
        let us = |spent: Duration| spent.as_secs_f64() * 1e6 / (passes * capture.messages) as f64;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            ours.push(us(time(|| (0..passes).map(|_| count(&capture)).sum(), passes * capture.messages)));
            theirs.push(us(time(|| (0..passes).map(|_| decode(&capture)).sum(), passes * capture.messages)));
        }
        let (ours, theirs) = (median(ours), median(theirs));
        println!(
            "{}: {} messages in {} frames, {:.1} MB inflated",
            capture.name,
            capture.messages,
            capture.frames(),
            capture.inflated_bytes as f64 / 1e6
        );
        println!("  decoded and counted {ours:6.3} us a message, decoded by the peer {theirs:6.3} us");
        verdict.at_least(&format!("{}, times as fast", capture.name), theirs / ours, 2.0);
    }
    verdict.result()
}

fn time(work: impl FnOnce() -> usize, expected: usize) -> Duration {
    let before = process::processor_time("self");
    assert!(work() >= expected * 9 / 10, "nearly every message is an event");
    process::processor_time("self") - before
}

/// Ours: frames to accounted events, and once a second what changed, ready to be stored.
fn count(capture: &Capture) -> usize {
    let prices = LearnedPrices::default();
    let mut intake = Intake::new(Tally::new(Some(capture.host), 300_000, IntervalMedians::default()));
    let mut counted = 0;
    for second in &capture.seconds {
        let mut events = Vec::new();
        for frame in &second.frames {
            let Ok(Incoming::Messages(batch)) = Incoming::read(frame.clone()) else { continue };
            for message in &batch.messages {
                match intake.take(second.at, message, &prices) {
                    Taken::Nothing => {}
                    Taken::Counted(accounted) => events.push(accounted),
                    Taken::Spilled(spilled) => events.push(intake.take_streak(spilled, None, &prices)),
                }
            }
        }
        intake.tally.pass_to(second.at);
        counted += events.len();
        black_box(intake.tally.take_batch(SessionId(1), second.at, events));
    }
    counted
}

/// Theirs: what their `process_binary` does with each frame but for sending it on.
fn decode(capture: &Capture) -> usize {
    let mut events = 0;
    for frame in capture.seconds.iter().flat_map(|second| &second.frames) {
        let Ok(frame) = WebcastPushFrame::decode(&frame[..]) else { continue };
        if frame.payload_type != "msg" {
            continue;
        }
        let Ok(plain) = decompress_if_gzipped(&frame.payload) else { continue };
        let Ok(response) = WebcastResponse::decode(plain.as_slice()) else { continue };
        for message in &response.messages {
            for event in mapper::decode_message(&message.r#type, &message.payload) {
                black_box(event);
                events += 1;
            }
        }
    }
    events
}

/// A capture that was made without Pasut's simulator.
fn fixture(name: &str) -> anyhow::Result<Capture> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/");
    let file = Bytes::from(std::fs::read(format!("{path}{name}"))?);
    let mut capture = Capture {
        name: name.to_owned(),
        host: Default::default(),
        seconds: Vec::new(),
        messages: 0,
        inflated_bytes: 0,
    };
    for record in wire::capture::records(file) {
        let record = record?;
        if let Ok(wire::frame::Frame::Batch(batch)) = wire::frame::read(record.message.clone()) {
            capture.messages += batch.result.messages.len();
            capture.inflated_bytes += batch.result.encoded_len();
        }
        let at = START + i64::try_from(record.at_ms)?;
        match capture.seconds.last_mut().filter(|second| at.ms_since(second.at) < 1000) {
            Some(second) => second.frames.push(record.message),
            None => capture.seconds.push(Second { at, frames: vec![record.message] }),
        }
    }
    Ok(capture)
}
