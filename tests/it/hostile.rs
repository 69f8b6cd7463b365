//! Hostile bytes: every seed that fuzzing kept, as it is and with changes that are the same each time.
//! `fuzz/run` looks for more, for as long as one likes.

#[path = "../../fuzz/src/targets/mod.rs"]
pub mod targets;

use crate::served::Served;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Each target is tried for no longer than this, its seeds aside.
const LONGEST: Duration = Duration::from_secs(3);

/// So many changed inputs are tried of each target, if there is time.
const CHANGED: usize = 2_000;

/// The seeds of a target, in the order of their names.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|err| panic!("{}: {err}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.sort_unstable();
    paths.into_iter().map(|path| std::fs::read(path).expect("readable")).collect()
}

/// Some bytes replaced, put in or taken out, or the end of another seed put on.
fn changed(seed: &[u8], other: &[u8], dice: &mut StdRng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..dice.random_range(1..8) {
        let at = dice.random_range(0..=bytes.len());
        match dice.random_range(0..5) {
            0 if at < bytes.len() => bytes[at] = dice.random(),
            1 if at < bytes.len() => bytes[at] ^= 1 << dice.random_range(0..8),
            2 => bytes.insert(at, [0, 1, 0x7f, 0x80, 0xff][dice.random_range(0..5)]),
            3 => drop(bytes.drain(at..(at + dice.random_range(0..9)).min(bytes.len()))),
            _ => {
                bytes
                    .splice(at.., other[dice.random_range(0..=other.len())..].iter().copied())
                    .for_each(drop);
            }
        }
    }
    bytes
}

fn holds(target: &str) {
    let (_, check) = targets::ALL.into_iter().find(|(name, _)| *name == target).expect("a target");
    let seeds = seeds(target);
    assert!(!seeds.is_empty());
    seeds.iter().for_each(|seed| check(seed));
    let (mut dice, began) = (StdRng::seed_from_u64(5), Instant::now());
    for _ in 0..CHANGED {
        if began.elapsed() > LONGEST {
            break;
        }
        let [one, other] = [0; 2].map(|_| &seeds[dice.random_range(0..seeds.len())]);
        check(&changed(one, other, &mut dice));
    }
}

#[test]
fn frames_of_any_bytes_are_read_or_refused() {
    holds("frames");
}

#[test]
fn captures_of_any_bytes_are_counted_so_that_everything_adds_up_or_refused() {
    holds("captures");
}

#[test]
fn whatever_numbers_are_sent_each_gift_counts_once_and_everything_adds_up() {
    holds("accounting");
}

#[test]
fn lines_of_any_bytes_are_answered_or_refused() {
    holds("events");
}

#[test]
fn stored_blocks_of_any_bytes_are_read_or_refused() {
    holds("segments");
}

#[test]
fn archives_of_any_bytes_are_read_or_refused_and_leave_nothing_behind() {
    holds("archives");
}

#[test]
fn backups_of_any_bytes_are_restored_or_refused_and_leave_nothing_behind() {
    holds("backups");
}

/// Pages, their parts and what is asked of the API, with what each may be asked.
const ASKED: [(&str, &str); 23] = [
    ("/live", "creator win on"),
    ("/f/changed", "session from to"),
    ("/f/feed", "creator since kind"),
    ("/f/leaderboard", "creator"),
    ("/f/pulse", "creator"),
    ("/f/exports", "from to session creator format section zone lang"),
    ("/exports", "from to session creator format section zone lang"),
    ("/insights", "creator days scope"),
    ("/insights.csv", "creator days scope"),
    ("/compare", "a b align by what"),
    ("/compare.csv", "a b align by what"),
    ("/leaderboards", "creator days from to sort page q person"),
    ("/leaderboards.csv", "creator days from to sort page q person"),
    ("/sessions", "creator q from to sort page tag view"),
    ("/sessions/1", "tab page sort at win"),
    ("/sessions/1/chart.csv", "series from to"),
    ("/sessions/1/hold.csv", "lang zone"),
    ("/best-times.csv", "creator zone"),
    ("/api/v1/sessions", "creator from to limit cursor"),
    ("/api/v1/sessions/1/series", "interval from to since"),
    ("/api/v1/sessions/1/events", "kind after limit format"),
    ("/api/v1/sessions/1/what-changed", "from to"),
    ("/api/v1/leaderboard", "days from to creator limit sort"),
];

const ANSWERS: [&str; 24] = [
    "",
    "0",
    "-1",
    "1",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999999",
    "1e309",
    "NaN",
    "0000-00-00",
    "2026-02-30",
    "9999-12-31",
    "-262143-01-01",
    "+262142-12-31T23:59:59Z",
    "2026-11-22T12:00:00%2B99:99",
    "25:61",
    "00:00:00",
    "%00",
    "%ff%fe",
    "%",
    "..%2f..%2fetc%2fpasswd",
    "%27%22%3E%3Cscript%3E",
    "mira",
    "%F0%9F%8C%B9%E2%80%AE%CC%81",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_address_whatever_it_asks_is_answered_with_a_fault_of_ours() {
    let served = Served::start().await;
    targets::world::record(&served.store).await;
    let mut dice = StdRng::seed_from_u64(6);
    for (path, names) in ASKED {
        for _ in 0..8 {
            let asked = names.split(' ').filter_map(|name| {
                let answer = ANSWERS[dice.random_range(0..ANSWERS.len())];
                dice.random_bool(0.7).then(|| format!("{name}={answer}"))
            });
            let address = format!("{path}?{}", asked.collect::<Vec<_>>().join("&"));
            let status = served.get(&address).await.status;
            assert!(status < 500, "{status} for {address}");
        }
        let long = format!("{path}?{}={}", names.split(' ').next().unwrap_or_default(), "9".repeat(8_000));
        let status = served.get(&long).await.status;
        assert!(status < 500, "{status} for {path} with 8,000 digits");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_that_is_deep_or_wrong_is_refused() {
    let served = Served::start().await;
    targets::world::record(&served.store).await;
    let deep = ["[".repeat(100_000), r#"{"username":"#.repeat(10_000), r#"{"x":[[["#.to_owned()];
    for (method, path) in [
        ("POST", "/api/v1/creators"),
        ("POST", "/api/v1/exports"),
        ("POST", "/api/v1/sessions/1/markers"),
        ("PUT", "/api/v1/sessions/1/notes"),
        ("PUT", "/api/v1/sessions/1/tags"),
    ] {
        for body in &deep {
            let status = served.change(method, path, body).await.status;
            assert!((400..500).contains(&status), "{status} for {method} {path}");
        }
    }
}
