//! A stored block of events, and what is packed.

use bytes::Bytes;
use pasut::domain::event::Accounted;
use pasut::domain::time::Stamp;
use pasut::store::segment::{Events, Segment, unpack};

/// More events than that of one block are not looked at: they are read one by one.
const LOOKED_AT: usize = 100_000;

/// The first byte: a body, or one that is packed.
pub fn check(bytes: &[u8]) {
    let Some((way, rest)) = bytes.split_first() else { return };
    let body = match way % 2 {
        0 => Bytes::copy_from_slice(rest),
        _ => match unpack(rest) {
            Ok(body) => body,
            Err(_) => return,
        },
    };
    let Ok(events) = read(body, 1, Stamp(0)) else { return };
    // What was read is written and read again. The first time, texts may be cut.
    let (once, from) = written(&events);
    let once = read(once, 1, from).expect("we wrote it");
    let (twice, from) = written(&once);
    assert_eq!(read(twice, 1, from).expect("we wrote it"), once, "a block keeps what it is given");
}

/// Reads events, those after `looked_at` aside.
fn read(body: Bytes, first: u64, from: Stamp) -> Result<Vec<Accounted>, pasut::store::segment::Damaged> {
    Events::read(body, first, from).take(LOOKED_AT).collect()
}

/// Events as a recording writes them, and the stamp they are read from.
pub fn written(events: &[Accounted]) -> (Bytes, Stamp) {
    let Some(first) = events.first() else { return (Bytes::new(), Stamp(0)) };
    let mut segment = Segment::begin(first);
    events.iter().for_each(|event| segment.push(event));
    (segment.body.into(), segment.from)
}
