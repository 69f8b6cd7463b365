//! What the user may change while Pasut runs: validated, saved, and announced to who needs it.
//!
//! What the operator decided before the start (flags, environment, file) goes first and cannot be
//! changed here. Deliberately not what a browser remembers for itself (language, theme, zone): those are
//! its cookies. Reads and writes the store; `app` makes it, `performance` eases it, the web changes it.

pub mod connection;
pub mod goals;
pub mod preferences;
pub mod sharing;
