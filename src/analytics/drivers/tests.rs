//! The engine as a whole, in rooms whose viewers' reasons are known; and the chance the steps are tested with.

pub mod dice;
mod hostile;
mod room;
mod verdicts;
mod windows;
