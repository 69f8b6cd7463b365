//! From TikTok to [`LiveEvent`](crate::domain::event::LiveEvent).
//!
//! Finds a creator's room, holds one connection to it and puts its messages into our words. It
//! counts nothing and stores nothing: that is the recorder, which calls it.

pub mod config;
pub mod incoming;
pub mod translate;
