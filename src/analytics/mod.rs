//! What the numbers mean: pure accounting, without clock, I/O or logging, so it cannot fail.
//!
//! [`tally::Tally`] is the one place where the events of a session become totals. A live
//! recording, the replay of a capture, a pushed session and the recount of `pasut check` all go
//! through it, so they cannot disagree. Stores nothing; the recorder and the reports call it.

pub mod battle;
pub mod beside;
pub mod best_times;
pub mod board;
pub mod course;
pub mod delivery;
pub mod draw;
pub mod drivers;
pub mod experiment;
pub mod gift_value;
pub mod leaderboard;
pub mod likes;
pub mod metrics;
pub mod recipient;
pub mod recount;
pub mod streak;
pub mod tally;
pub mod timeline;
pub mod trial;
pub mod windows;
