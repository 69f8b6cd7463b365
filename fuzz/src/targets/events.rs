//! Lines of JSON: event files, and what `pasut decode` is given.

use pasut::analytics::drivers;
use pasut::commands::decode;
use pasut::commands::explain::event_file;

/// The first byte: an event file, one that is explained as well, or recorded payloads.
pub fn check(bytes: &[u8]) {
    let Some((way, rest)) = bytes.split_first() else { return };
    match way % 3 {
        0 => {
            let _ = event_file::read(rest).expect("memory can be read");
        }
        1 => {
            let recorded = event_file::read(rest).expect("memory can be read");
            let answer = drivers::explain(&recorded.observed, recorded.until, &[]);
            assert!(answer.basis.mean_viewers.is_finite(), "{:?}", answer.basis);
        }
        _ => {
            let mut answers = Vec::new();
            decode::run(rest, &mut answers).expect("memory can be written");
            let lines = rest.split_inclusive(|byte| *byte == b'\n').count();
            assert_eq!(
                answers.iter().filter(|byte| **byte == b'\n').count(),
                lines,
                "an answer to every line"
            );
        }
    }
}
