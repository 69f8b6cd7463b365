//! What keeps the data of a Pasut safe over months: backups, and getting them back.
//!
//! Deliberately not here: what a database is made of and how one takes the place of another (`store`),
//! and when Pasut stops for it (the roof). Called by the commands, the roof and the web.

pub mod backup;
pub mod backups;
pub mod restore;
