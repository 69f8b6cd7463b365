//! Captures: the binary websocket messages of one LIVE in a file.
//!
//! A sequence of records without header or trailer: receive time (u64, little-endian, milliseconds
//! since the start of the stream, which never decreases), length (u32, little-endian), and that many bytes.

use bytes::{Buf, Bytes};

/// A record later than this is none: no LIVE lasts a month, and times that are added to it may overflow.
const LATEST_MS: u64 = 31 * 24 * 3600 * 1000;

/// One websocket message of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Milliseconds since the stream began.
    pub at_ms: u64,
    pub message: Bytes,
}

/// From a record on, this is no capture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("the capture ends within record {record}: it was cut off or is no capture")]
    CutOff { record: usize },
    #[error(
        "record {record} comes before the one before it or more than a month after the first: it is no capture"
    )]
    Untimely { record: usize },
}

/// Reads the records of a capture one by one.
#[derive(Debug)]
pub struct Records {
    rest: Bytes,
    next: usize,
    at_ms: u64,
}

/// Reads a capture.
#[must_use]
pub const fn records(capture: Bytes) -> Records {
    Records { rest: capture, next: 0, at_ms: 0 }
}

impl Iterator for Records {
    type Item = Result<Record, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let record = self.next;
        self.next += 1;
        let header = self.rest.try_get_u64_le().and_then(|at_ms| Ok((at_ms, self.rest.try_get_u32_le()?)));
        let broken = match header {
            Ok((at_ms, _)) if !(self.at_ms..=LATEST_MS).contains(&at_ms) => Broken::Untimely { record },
            Ok((at_ms, length)) if length as usize <= self.rest.len() => {
                self.at_ms = at_ms;
                return Some(Ok(Record { at_ms, message: self.rest.split_to(length as usize) }));
            }
            _ => Broken::CutOff { record },
        };
        self.rest.clear();
        Some(Err(broken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_in_order_until_the_file_ends_or_is_cut_off() {
        let mut file = Vec::new();
        for (at_ms, message) in [(0_u64, &b""[..]), (1_500, b"abc")] {
            file.extend(at_ms.to_le_bytes());
            file.extend((message.len() as u32).to_le_bytes());
            file.extend(message);
        }
        let read = |bytes: &[u8]| records(Bytes::copy_from_slice(bytes)).collect::<Vec<_>>();
        let first = Ok(Record { at_ms: 0, message: Bytes::new() });
        let second = Ok(Record { at_ms: 1_500, message: Bytes::from_static(b"abc") });
        assert_eq!(read(&file), [first.clone(), second]);
        assert_eq!(read(&file[..file.len() - 1]), [first.clone(), Err(Broken::CutOff { record: 1 })]);
        assert_eq!(read(&file[..15]), [first, Err(Broken::CutOff { record: 1 })]);
        for (at_ms, message) in [(1_499_u64, b""), (LATEST_MS + 1, b"")] {
            let mut untimely = file.clone();
            untimely.extend(at_ms.to_le_bytes());
            untimely.extend((message.len() as u32).to_le_bytes());
            assert_eq!(read(&untimely).last(), Some(&Err(Broken::Untimely { record: 2 })), "{at_ms}");
        }
    }
}
