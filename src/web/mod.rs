//! What a browser sees: pages, their fragments, words, styles.
//!
//! It decides nothing about a LIVE: it shows snapshots of the recorder and reports about the past.

pub mod assets;
pub mod look;
pub mod pages;
pub mod views;
pub mod words;
