//! What other programs heard of a LIVE, read: lines of Event JSON. What is read is counted by `recorder::intake`, as
//! a recording of our own is.
//!
//! Deliberately nothing here decides what counts; it only understands what was written.

pub mod event_line;
