//! Captures with known truth, made by a library that is not ours, and recorded payloads.

use bytes::Bytes;
use pasut::commands::{decode, replay};
use pasut::domain::record::Batch;
use pasut::domain::time::Stamp;
use serde_json::Value;
use std::path::PathBuf;

struct Nowhere;

impl replay::Sink for Nowhere {
    async fn batch(&mut self, _: Batch) -> anyhow::Result<()> {
        Ok(())
    }
}

pub fn fixture_path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

pub fn fixture(name: &str) -> Vec<u8> {
    let path = fixture_path(name);
    std::fs::read(&path).unwrap_or_else(|err| panic!("{}: {err}", path.display()))
}

/// The members that a replay must state exactly.
const MEMBERS: [&str; 19] = [
    "host_user_id",
    "room_id",
    "messages",
    "events",
    "by_method",
    "diamonds",
    "gift_units",
    "gifts",
    "likes",
    "streaks",
    "leaderboard",
    "viewers",
    "unique_commenters",
    "unique_gifters",
    "unique_joiners",
    "follows",
    "shares",
    "joins",
    "control",
];

async fn replays_exactly(name: &str) {
    let expected: Value =
        serde_json::from_slice(&fixture(&format!("{name}.expected.json"))).expect("a truth");
    let capture = Bytes::from(fixture(&format!("{name}.cap")));
    let replay =
        replay::replay(&capture, replay::Given::default(), Stamp(0), &mut Nowhere).await.expect("a capture");
    let replayed = replay.to_json();
    for member in MEMBERS {
        assert_eq!(replayed[member], expected[member], "{name}: {member}");
    }
    for part in ["frames", "ignored_frames", "broken_frames"] {
        assert_eq!(replayed["capture"][part], expected["capture"][part], "{name}: {part}");
    }
}

#[tokio::test]
async fn the_small_capture_replays_to_its_truth() {
    replays_exactly("small").await;
}

#[tokio::test]
async fn the_capture_of_streaks_replays_to_its_truth() {
    replays_exactly("streaks").await;
}

#[tokio::test]
async fn the_hostile_capture_replays_to_its_truth() {
    replays_exactly("hostile").await;
}

#[test]
fn decode_answers_every_line_in_order_whatever_it_holds() {
    let lines = concat!(
        "{\"type\":\"WebcastChatMessage\",\"payload_b64\":\"GgJoaQ==\"}\n",
        "not json\n",
        "{\"type\":\"WebcastChatMessage\",\"payload_b64\":\"!!\"}\n",
        "{\"type\":\"WebcastChatMessage\",\"payload_b64\":\"GAE=\"}\n",
        "{\"type\":\"SomethingNew\",\"payload_b64\":\"GAE=\"}",
    );
    let mut output = Vec::new();
    decode::run(lines.as_bytes(), &mut output).expect("memory");
    let answers: Vec<Value> = output
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("json"))
        .collect();
    let ok: Vec<_> = answers.iter().map(|answer| answer["ok"].as_bool()).collect();
    assert_eq!(ok, [Some(true), Some(false), Some(false), Some(false), Some(true)]);
    assert_eq!(answers[0]["kind"], "chat");
    assert_eq!(answers[0]["fields"]["content"], "hi");
    assert_eq!(answers[4]["kind"], Value::Null);
}
