//! From TikTok to [`LiveEvent`](crate::domain::event::LiveEvent).
//!
//! Finds a creator's room, holds one connection to it and puts its messages into our words. It
//! counts nothing and stores nothing: that is the recorder, which calls it.

pub mod client;
pub mod config;
pub mod disconnect;
pub mod identity;
pub mod incoming;
pub mod pictures;
pub mod reconnect;
pub mod room;
pub mod route;
pub mod socket;
pub mod translate;
