//! Hostile bytes: every seed that fuzzing kept, as it is and with changes that are the same each time.
//! `fuzz/run` looks for more, for as long as one likes.

#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;

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
                bytes.splice(at.., other[dice.random_range(0..=other.len())..].iter().copied()).for_each(drop)
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
