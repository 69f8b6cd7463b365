//! From TikTok to [`LiveEvent`](crate::domain::event::LiveEvent).
//!
//! Finds a creator's room, holds one connection to it and puts its messages into our words. It
//! counts nothing and stores nothing: that is the recorder, which calls it.

<<<<<<< HEAD
pub mod incoming;
=======
pub mod config;
>>>>>>> api
pub mod translate;
