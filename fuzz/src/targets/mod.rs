//! What is tried with hostile bytes: each target reads some as Pasut reads them, and panics if what comes of
//! it cannot be. `fuzz/run` invents the bytes; `tests/it/hostile.rs` tries those that are kept in `corpus`.
//!
//! The first byte often says which way the others go in, so that bytes behind a checksum or a compression
//! are reached as well.

mod accounting;
mod archives;
mod backups;
pub mod book;
mod captures;
mod events;
mod frames;
mod patched;
mod segments;
pub mod world;

/// Reads bytes and panics if it should not have come so.
pub type Check = fn(&[u8]);

/// Every target and the folder of its seeds in `corpus`.
pub const ALL: [(&str, Check); 7] = [
    ("accounting", accounting::check),
    ("archives", archives::check),
    ("backups", backups::check),
    ("captures", captures::check),
    ("events", events::check),
    ("frames", frames::check),
    ("segments", segments::check),
];
