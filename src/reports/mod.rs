//! Questions about the past: loaded from the store, handed to analytics, answered as plain values.
//!
//! They know nothing of pages or files; `web` and `export` show them.

pub mod audience;
pub mod boards;
pub mod compare;
pub mod explain;
pub mod insights;
pub mod leaderboard;
pub mod past;
pub mod person;
pub mod recount;
pub mod review;
pub mod sessions;
pub mod trials;
