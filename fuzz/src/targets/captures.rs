//! A capture, replayed to its end: what comes of it adds up, and is stored as it was counted.

use super::book::Book;
use super::segments::written;
use super::world;
use bytes::Bytes;
use pasut::commands::replay::{Given, Sink, replay};
use pasut::domain::handle::Handle;
use pasut::domain::ids::SessionId;
use pasut::domain::record::Batch;
use pasut::domain::time::Stamp;
use pasut::store::segment::Events;
use pasut::web::api::event_json::{Origin, write_event};
use pasut::web::sight::WithMoney;

/// When it began, unless it begins with the epoch: so that stamps can be too large.
const BEGAN: Stamp = Stamp(1_790_000_000_000);

struct Into<'a>(&'a mut Book);

impl Sink for Into<'_> {
    async fn batch(&mut self, batch: Batch) -> anyhow::Result<()> {
        self.0.write(batch);
        Ok(())
    }
}

/// The first byte: from when its time counts.
pub fn check(bytes: &[u8]) {
    let Some((way, rest)) = bytes.split_first() else { return };
    let (capture, mut book) = (Bytes::copy_from_slice(rest), Book::default());
    let start = if way % 2 == 0 { Stamp(0) } else { BEGAN };
    let replayed = world::wait(replay(&capture, Given::default(), start, &mut Into(&mut book)));
    let Ok(replayed) = replayed else { return };
    assert!(replayed.to_json().is_object());
    book.assert_adds_up();
    book.assert_recounts(replayed.host);
    let (body, from) = written(&book.events);
    assert_eq!(
        Events::read(body, 1, from).filter(Result::is_ok).count(),
        book.events.len(),
        "every event is stored"
    );
    let creator = Handle::parse("mira").expect("a username");
    let origin =
        Origin { session: SessionId(1), creator: &creator, host: replayed.host, tiers: Default::default() };
    for event in &book.events {
        let mut line = Vec::new();
        write_event::<WithMoney>(&mut line, &origin, event);
        assert!(line.is_empty() || serde_json::from_slice::<serde_json::Value>(&line).is_ok(), "{event:?}");
    }
}
