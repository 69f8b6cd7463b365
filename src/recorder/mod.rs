//! One task per watched creator: connect, record, decide what follows a disconnect.
//!
//! [`supervisor::Recorder`] is the handle for everyone else. Each [`watch`] owns one creator's
//! connection and hands what it counted to the store about once a second; [`shown`] is what it
//! shares with the pages. [`explain`] goes round the running sessions and asks `analytics` why viewers
//! changed; the recorder itself draws no conclusions. [`push`] takes what a foreign connector heard, in the place of
//! a connection of our own. [`revalue`] applies prices the user set to what was
//! recorded before.

pub mod explain;
pub mod feed;
pub mod intake;
pub mod keeper;
pub mod prices;
pub mod push;
pub mod rate;
pub mod recording;
pub mod revalue;
pub mod shared;
pub mod shown;
pub mod snapshot;
pub mod supervisor;
pub mod watch;
pub mod writes;
