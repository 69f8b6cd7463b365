//! Pasut: a self-hosted dashboard for TikTok LIVE hosts.
//!
//! The rooms, in reading order; `ARCHITECTURE.md` shows how they fit together.

pub mod clock;
pub mod config;
pub mod connector;
pub mod domain;
pub mod recorder;
pub mod reports;
pub mod store;
pub mod web;
pub mod wire;
