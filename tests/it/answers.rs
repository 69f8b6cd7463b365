//! `pasut explain` as people run it, on sessions whose truth is known.

use crate::captures::fixture_path;
use crate::program::pasut;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Output;

const KINDS: [&str; 5] = ["likes", "gifts", "comments", "follows", "shares"];

/// Sessions and what moved viewers in them.
const SESSIONS: [(&str, Option<&str>); 6] = [
    ("gifts_short-s0-n0", Some("gifts")),
    ("gifts_short-s0-n3", Some("gifts")),
    ("likes_feed-s3-n3", Some("likes")),
    ("null_flappy-s1-n2", None),
    ("null_nojoin-s3-n0", None),
    ("null_raids-s3-n1", None),
];

fn session(name: &str) -> PathBuf {
    fixture_path(&format!("attribution/{name}.events.jsonl"))
}

fn explain(options: &[&str], files: &[PathBuf]) -> Output {
    pasut().arg("explain").args(options).args(files).output().expect("the program")
}

fn explained(options: &[&str], files: &[PathBuf]) -> Value {
    let output = explain(&[&["--json"], options].concat(), files);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

fn all_together() -> Value {
    let streamers = fixture_path("attribution/streamers.json");
    let files: Vec<_> = SESSIONS.iter().map(|(name, _)| session(name)).collect();
    explained(&["--streamers", streamers.to_str().expect("a plain path")], &files)
}

/// The drivers of an answer that claims something, each with its verdict.
fn claims(answer: &Value) -> Vec<(&str, &str)> {
    let drivers = answer["drivers"].as_array().expect("a list");
    let named = drivers.iter().map(|driver| {
        let claim = matches!(driver["level"].as_str(), Some("likely" | "strong"));
        let verdict = driver["verdict"].as_str().expect("a verdict");
        assert_eq!(claim, verdict != "no_evidence", "{driver}");
        (driver["kind"].as_str().expect("a kind"), verdict)
    });
    named.filter(|(_, verdict)| *verdict != "no_evidence").collect()
}

#[test]
fn every_answer_is_what_moved_viewers_and_there_is_none_where_nothing_did() {
    let answers = all_together();
    for (name, truth) in SESSIONS {
        let found = claims(&answers["sessions"][name]);
        let expected: Vec<_> = truth.into_iter().map(|kind| (kind, "raises")).collect();
        assert_eq!(found, expected, "{name}");
    }
    let pooled = answers["pooled"].as_object().expect("creators were named");
    assert_eq!(pooled.len(), 5);
    for (streamer, answer) in pooled {
        let truth = streamer.split('_').next().filter(|kind| KINDS.contains(kind));
        let expected: Vec<_> = truth.into_iter().map(|kind| (kind, "raises")).collect();
        assert_eq!(claims(answer), expected, "{streamer}");
    }
    assert_eq!(pooled["gifts_short-s0"]["sessions"], 2);
}

#[test]
fn answers_have_the_members_that_a_scorer_reads() {
    let answers = all_together();
    for (name, _) in SESSIONS {
        let answer = &answers["sessions"][name];
        let drivers = answer["drivers"].as_array().expect("a list");
        let kinds: Vec<_> = drivers.iter().map(|driver| driver["kind"].as_str().expect("a kind")).collect();
        assert_eq!(kinds, KINDS, "{name}");
        for driver in drivers {
            let p = driver["p_value"].as_f64().expect("every kind can be judged");
            let q = driver["q_value"].as_f64().expect("every kind can be judged");
            assert!((0.0..=1.0).contains(&p) && p <= q && q <= 1.0, "{name}: {driver}");
            let effect = driver["effect_per_unit"].as_f64().expect("an effect");
            let ends = driver["ci95"].as_array().expect("two ends");
            let [low, high] = [&ends[0], &ends[1]].map(|end| end.as_f64().expect("a number"));
            assert!(low <= effect && effect <= high, "{name}: {driver}");
            assert!(driver["lag_s"].as_f64().is_some_and(|lag_s| lag_s >= 0.0), "{name}: {driver}");
        }
        let windows = answer["windows"].as_array().expect("a list");
        let mut before = 0;
        for window in windows {
            let at = |end: &str| window[end].as_i64().expect("milliseconds");
            assert!(before <= at("start_ms") && at("start_ms") < at("end_ms"), "{name}: {window}");
            before = at("end_ms");
            assert_ne!(window["viewer_change"].as_i64().expect("a number"), 0);
            let cause = window["cause"].as_str().expect("a cause");
            assert!(cause == "none" || KINDS.contains(&cause), "{name}: {window}");
            assert!(window["confidence"].as_f64().is_some_and(|p| (0.0..=1.0).contains(&p)), "{window}");
        }
        assert!(!windows.is_empty(), "{name}");
    }
    assert_eq!(answers.as_object().map(serde_json::Map::len), Some(2));
}

#[test]
fn a_count_that_jumped_and_came_back_has_no_cause() {
    let answers = all_together();
    let glitches = |name: &str| {
        let windows = answers["sessions"][name]["windows"].as_array().expect("a list");
        windows.iter().filter(|window| window["glitch"] == true).cloned().collect::<Vec<_>>()
    };
    for name in ["null_flappy-s1-n2", "likes_feed-s3-n3"] {
        let glitches = glitches(name);
        assert!(!glitches.is_empty(), "{name}");
        assert!(glitches.iter().all(|window| window["cause"] == "none"), "{name}: {glitches:?}");
    }
    assert_eq!(glitches("null_raids-s3-n1"), Vec::<Value>::new(), "people came and left");
}

#[test]
fn a_session_is_explained_alone_or_among_others_with_the_same_verdicts() {
    let together = all_together();
    for (name, _) in &SESSIONS[..2] {
        let alone = explained(&[], &[session(name)]);
        assert_eq!(alone["sessions"][name]["drivers"], together["sessions"][name]["drivers"], "{name}");
        assert_eq!(alone["pooled"], Value::Null, "no creator was named");
    }
}

#[test]
fn a_bad_line_is_named_and_changes_nothing() {
    let name = "gifts_short-s0-n0";
    let folder = tempfile::tempdir().expect("a folder");
    let damaged = folder.path().join(format!("{name}.events.jsonl"));
    let text = std::fs::read_to_string(session(name)).expect("a fixture");
    let (first, rest) = text.split_once('\n').expect("lines");
    let mut file = std::fs::File::create(&damaged).expect("a file");
    write!(file, "{first}\n{{\"t_ms\":5,\"kind\":\"wave\",\"count\":1}}\n\n{rest}{{\"t_ms\":")
        .expect("written");
    drop(file);

    let output = explain(&["--json"], std::slice::from_ref(&damaged));
    assert!(output.status.success());
    let lines = text.lines().count();
    let told = String::from_utf8(output.stderr).expect("text");
    let [first, last] = told.lines().collect::<Vec<_>>()[..] else { panic!("{told}") };
    let begins = |line: usize| format!("{}, line {line} is left out: ", damaged.display());
    assert!(first.starts_with(&begins(2)) && first.contains("unknown variant `wave`"), "{first}");
    assert!(last.starts_with(&begins(lines + 3)) && last.contains("EOF while parsing"), "{last}");
    let answers: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(answers, explained(&[], &[session(name)]));
}

#[test]
fn answers_can_be_read() {
    let output = explain(&[], &[session("gifts_short-s0-n3"), session("null_flappy-s1-n2")]);
    let text = String::from_utf8(output.stdout).expect("text");
    let [gifts, flaps] = text.split("\n\n").filter(|part| !part.is_empty()).collect::<Vec<_>>()[..] else {
        panic!("{text}")
    };
    let said: Vec<_> = gifts.lines().collect();
    assert_eq!(said[0], "gifts_short-s0-n3: 19m, 170 viewers on average");
    assert!(said[1].starts_with("  gifts     Likely    Gifts often come before a rise: about +"), "{gifts}");
    assert_eq!(flaps.matches("Not a real change.").count(), 2, "{flaps}");
    assert!(!flaps.contains("most likely "), "{flaps}");
}

#[test]
fn what_cannot_be_explained_is_said_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let empty = path("empty.events.jsonl");
    std::fs::write(&empty, "").expect("written");
    let named = explained(&[], std::slice::from_ref(&empty));
    assert_eq!(named["sessions"]["empty"]["windows"], json!([]));
    assert_eq!(claims(&named["sessions"]["empty"]), []);

    std::fs::write(path("list.json"), "[]").expect("written");
    let list = path("list.json").display().to_string();
    for (options, files, reason) in [
        (&[][..], vec![path("gone.events.jsonl")], "gone.events.jsonl cannot be read"),
        (&[], vec![empty.clone(), empty.clone()], "have the same name"),
        (&["--streamers", &list], vec![empty.clone()], "is not a JSON object that gives"),
    ] {
        let output = explain(options, &files);
        let told = String::from_utf8(output.stderr).expect("text");
        assert_eq!(
            (output.status.code(), output.stdout.len(), told.lines().count()),
            (Some(1), 0, 1),
            "{told}"
        );
        assert!(told.contains(reason), "{told}");
    }
    let output = explain(&[], &[]);
    assert_eq!(output.status.code(), Some(2), "a file has to be named");
}
