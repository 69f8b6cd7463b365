//! One file per subcommand. Thin: arguments in, a room's work, a sentence out.
//!
//! Called by `main` only.

pub mod simulate;
