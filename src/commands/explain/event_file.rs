//! Event files: what a client saw of one LIVE, a JSON object a line.
//!
//! `{"t_ms": 31934, "kind": "gift", "count": 3, "value": 30, "user": "u301"}`. `t_ms` is milliseconds since
//! the LIVE began. `kind` is viewers, comment, like, gift, follow, share or join. `count` is viewers, likes of
//! a batch or gifts of a streak; `value` the diamonds of a gift in all. Whoever it was does not matter here.

use crate::analytics::delivery;
use crate::analytics::drivers::observations::Observations;
use crate::domain::driver::Driver;
use crate::domain::ids::GiftId;
use crate::domain::time::Stamp;
use serde::Deserialize;
use std::io::{self, BufRead};
use std::ops::RangeInclusive;

/// A longer line is no event.
const MAX_LINE: usize = 64 * 1024;

/// A LIVE of two days, in milliseconds.
const MAX_MS: i64 = 2 * 24 * 3600 * 1000;

/// Why a line is refused is told of so many lines; the others are counted.
const TOLD: usize = 100;

/// Files do not say which gift it was.
pub const UNNAMED_GIFT: GiftId = GiftId(0);

/// One LIVE as it was read.
pub struct Recorded {
    pub observed: Observations,
    /// The newest event.
    pub until: Stamp,
    pub refused: Refused,
}

/// The lines that were left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// The number of a line, from 1, and what is wrong with it: the first hundred.
    pub told: Vec<(usize, String)>,
    pub lines: usize,
}

impl Refused {
    fn add(&mut self, number: usize, reason: String) {
        self.lines += 1;
        if self.told.len() < TOLD {
            self.told.push((number, reason));
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Viewers,
    Comment,
    Like,
    Gift,
    Follow,
    Share,
    Join,
}

#[derive(Clone, Copy, Deserialize)]
struct Event {
    t_ms: i64,
    kind: Kind,
    count: u32,
    value: Option<u32>,
}

/// Reads a file to its end. Lines need not be in order of time.
///
/// # Errors
///
/// If it cannot be read; a bad line is refused, never an error.
pub fn read(file: impl BufRead) -> io::Result<Recorded> {
    let (mut events, refused) = events(file)?;
    events.sort_by_key(|event| event.t_ms);
    let messages: Vec<_> =
        events.iter().map(|event| (Stamp(event.t_ms), event.kind == Kind::Comment)).collect();
    let mut observed = Observations::new(Stamp(0), None);
    for (event, is_replay) in events.iter().zip(delivery::replayed_chats(&messages)) {
        if !is_replay {
            take(&mut observed, event);
        }
    }
    let until = messages.last().map_or(Stamp(0), |(at, _)| *at);
    Ok(Recorded { observed, until, refused })
}

fn take(observed: &mut Observations, event: &Event) {
    let at = Stamp(event.t_ms);
    match event.kind {
        Kind::Viewers => observed.viewers(at, event.count.into()),
        Kind::Comment => observed.add(at, Driver::Comments, event.count),
        Kind::Like => observed.add(at, Driver::Likes, event.count),
        Kind::Gift => {
            observed.gift(at, UNNAMED_GIFT, event.count, 0, event.value.unwrap_or_default().into());
        }
        Kind::Follow => observed.add(at, Driver::Follows, event.count),
        Kind::Share => observed.add(at, Driver::Shares, event.count),
        Kind::Join => observed.join(at),
    }
}

fn events(mut file: impl BufRead) -> io::Result<(Vec<Event>, Refused)> {
    let (mut events, mut refused) = (Vec::new(), Refused::default());
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if io::Read::take(&mut file, MAX_LINE as u64 + 1).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() > MAX_LINE && line.last() != Some(&b'\n') {
            file.skip_until(b'\n')?;
            refused.add(number, format!("it is longer than {MAX_LINE} bytes"));
        } else if !line.trim_ascii().is_empty() {
            match event(&line) {
                Ok(event) => events.push(event),
                Err(reason) => refused.add(number, reason),
            }
        }
    }
    Ok((events, refused))
}

/// A line as an event, or what is wrong with it.
fn event(line: &[u8]) -> Result<Event, String> {
    const LIVE: RangeInclusive<i64> = 0..=MAX_MS;
    let event: Event = serde_json::from_slice(line).map_err(|fault| fault.to_string())?;
    if !LIVE.contains(&event.t_ms) {
        return Err(format!("t_ms {} is not within the two days after the beginning", event.t_ms));
    }
    if event.kind == Kind::Gift && event.value.is_none() {
        return Err("a gift needs its value in diamonds".to_owned());
    }
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(text: &str) -> Recorded {
        read(text.as_bytes()).expect("memory can be read")
    }

    #[test]
    fn lines_become_what_was_observed() {
        let read = recorded(concat!(
            r#"{"t_ms":6000,"kind":"like","count":14,"user":"u446"}"#,
            "\n\n",
            r#"{"t_ms":1000,"kind":"viewers","count":110}"#,
            "\r\n",
            r#"{"t_ms":2000,"kind":"gift","count":3,"value":30,"user":"u1"}"#,
            "\n",
            r#"{"t_ms":2500,"kind":"join","count":1}"#,
        ));
        assert_eq!((read.until, read.refused), (Stamp(6_000), Refused::default()));
        let bins = read.observed.bins();
        assert_eq!(bins.iter().map(|bin| bin.messages).collect::<Vec<_>>(), [3, 1]);
        assert_eq!((bins[1].units[Driver::Likes.index()], bins[0].joins), (14.0, 1));
        assert_eq!((read.observed.samples()[0].viewers, read.observed.gifts()[0].diamonds), (110, 30));
    }

    #[test]
    fn a_bad_line_is_refused_with_its_number_and_the_others_are_kept() {
        let good = r#"{"t_ms":1,"kind":"comment","count":1}"#;
        for (bad, reason) in [
            ("{", "EOF while parsing"),
            ("\u{0}\u{1}", "expected value"),
            (r#"{"t_ms":1,"kind":"wave","count":1}"#, "unknown variant `wave`"),
            (r#"{"t_ms":1,"kind":"like","count":-1}"#, "invalid value: integer `-1`"),
            (r#"{"t_ms":1,"kind":"like"}"#, "missing field `count`"),
            (r#"{"t_ms":1,"kind":"gift","count":1}"#, "its value in diamonds"),
            (r#"{"t_ms":-1,"kind":"like","count":1}"#, "not within the two days"),
            (r#"{"t_ms":172800001,"kind":"like","count":1}"#, "not within the two days"),
            (&"x".repeat(MAX_LINE + 1), "longer than 65536 bytes"),
        ] {
            let Recorded { observed, refused, .. } = recorded(&format!("{good}\n{bad}\n{good}\n"));
            assert_eq!((observed.bins()[0].messages, refused.lines), (2, 1), "{reason}");
            let [(2, told)] = &refused.told[..] else { panic!("{refused:?}") };
            assert!(told.contains(reason), "{told}");
        }
    }

    #[test]
    fn of_many_bad_lines_a_hundred_are_told() {
        let Refused { told, lines } = recorded(&"?\n".repeat(250)).refused;
        assert_eq!((told.len(), lines, told[99].0), (100, 250, 100));
    }

    #[test]
    fn chats_that_were_repeated_after_a_reconnect_are_left_out() {
        let line = |ms: i64, kind: &str| format!("{{\"t_ms\":{ms},\"kind\":\"{kind}\",\"count\":1}}\n");
        let text: String = [
            (100, "viewers"),
            (3_000, "comment"),
            (3_050, "comment"),
            (3_100, "comment"),
            (3_900, "comment"),
        ]
        .map(|(ms, kind)| line(ms, kind))
        .concat();
        let bins = recorded(&text).observed.bins().to_vec();
        assert_eq!(bins[0].events[Driver::Comments.index()], 1);
    }
}
