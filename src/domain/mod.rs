//! The vocabulary: what every other room talks about.
//!
//! Plain values with their rules of construction. No I/O, no clock, no logging, so nothing here
//! can fail at run time. Used by every room; uses none.

pub mod access;
pub mod alert;
pub mod answer;
pub mod audit;
pub mod board;
pub mod creator;
pub mod days;
pub mod driver;
pub mod erasure;
pub mod event;
pub mod experiment;
pub mod gift;
pub mod goal;
pub mod handle;
pub mod ids;
pub mod keeping;
pub mod machine;
pub mod marker;
pub mod money;
pub mod record;
pub mod remark;
pub mod session;
pub mod text;
pub mod time;
pub mod told;
pub mod totals;
pub mod trial;
pub mod watch;
