//! One task per watched creator: connect, record, decide what follows a disconnect.

pub mod snapshot;
pub mod supervisor;
