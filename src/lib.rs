//! Pasut: a self-hosted dashboard for TikTok LIVE hosts.
//!
//! The rooms, in reading order; `ARCHITECTURE.md` shows how they fit together.

pub mod commands;
pub mod connector;
pub mod domain;
pub mod lifecycle;
pub mod recorder;
pub mod simulator;
pub mod wire;
