//! What a browser sees: pages, their fragments, the same facts as JSON, and who may ask for them.
//!
//! It decides nothing about a LIVE: it shows snapshots of the recorder and reports about the past.
//! `app` starts it with [`server::serve`].

pub mod access;
pub mod address;
pub mod api;
pub mod assets;
pub mod certificate;
pub mod durations;
pub mod error;
pub mod explained;
pub mod jobs;
pub mod listening;
pub mod look;
pub mod pages;
pub mod pictures;
pub mod readers;
pub mod rehearsals;
pub mod rendered;
pub mod root;
pub mod routes;
pub mod saves;
pub mod sentences;
pub mod server;
pub mod sight;
pub mod state;
pub mod views;
pub mod visits;
pub mod wishes;
pub mod zones;
