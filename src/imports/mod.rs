//! What other programs heard of a LIVE, read: lines of Event JSON, whether pushed now or kept in a file, and the logs of
//! the usual connectors. What is read is counted by `recorder::intake`, as a recording of our own is.
//!
//! Deliberately nothing here decides what counts; it only understands what was written.

pub mod archive;
pub mod event_line;
pub mod file;
pub mod log;
pub mod shelf;
pub mod table;
pub mod taking;
