//! One task per watched creator: connect, record, decide what follows a disconnect.

pub mod feed;
pub mod intake;
pub mod prices;
pub mod recording;
pub mod snapshot;
