//! Pasut: a self-hosted dashboard for TikTok LIVE hosts.
//!
//! The rooms, in reading order; `ARCHITECTURE.md` shows how they fit together.

pub mod alerts;
pub mod analytics;
pub mod app;
pub mod avatars;
pub mod clock;
pub mod commands;
pub mod config;
pub mod connector;
pub mod disk;
pub mod domain;
pub mod export;
pub mod housekeeping;
pub mod imports;
pub mod lifecycle;
pub mod memory;
pub mod network;
pub mod outbound;
pub mod performance;
pub mod picture;
pub mod recorder;
pub mod reports;
pub mod settings;
pub mod simulator;
pub mod store;
pub mod web;
pub mod wire;
pub mod words;
